package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/aashram-care/sangam/storage/bolt"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// files reads every file whose name begins with that of a store, by what
// follows it: what a crash at this moment leaves.
func files(t *testing.T, path string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found[strings.TrimPrefix(name, path)] = b
	}
	return found
}

// put writes files as a store of another folder and returns its path.
func put(t *testing.T, files map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "crashed")
	for suffix, b := range files {
		if err := os.WriteFile(path+suffix, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// holds tells what record n holds of edit: n, or -1 when it is not there.
func holds(t *testing.T, s *bolt.Store, n int) (got int) {
	t.Helper()
	err := s.View(func(tx feed.Tx) error {
		r, _, ok, err := feed.Load(tx, site, record.Key{Kind: "entry", ID: record.Derive(fmt.Sprint(n))})
		if got = -1; ok {
			got = int(r.Get("n").Int())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return got
}

func edits(t *testing.T, s *bolt.Store, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		if err := edit(s, n); err != nil {
			t.Fatal(err)
		}
	}
}

func TestACleanCloseLeavesOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	s := open(t, path, bolt.Options{})
	edits(t, s, 0, 5)
	if st := s.Stats(); st.LogBytes == 0 || st.Transaction < 5 {
		t.Errorf("before the close: %+v, want edits in the log", st)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left := files(t, path)
	if len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
	again := open(t, put(t, left), bolt.Options{ReadOnly: true})
	if got := holds(t, again, 4); got != 4 {
		t.Errorf("the file alone holds %d", got)
	}
}

func TestAReadOnlyOpeningAfterACrashReadsTheLogAndLeavesIt(t *testing.T) {
	live := filepath.Join(t.TempDir(), "store")
	s := open(t, live, bolt.Options{})
	edits(t, s, 0, 5)
	crashed := files(t, live)
	path := put(t, crashed)
	reader := open(t, path, bolt.Options{ReadOnly: true})
	for n := range 5 {
		if got := holds(t, reader, n); got != n {
			t.Errorf("record %d holds %d", n, got)
		}
	}
	var copied bytes.Buffer
	if _, err := reader.Backup(&copied); err != nil {
		t.Fatal(err)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	for suffix, before := range crashed {
		if after, err := os.ReadFile(path + suffix); err != nil || !bytes.Equal(before, after) {
			t.Errorf("reading changed %q (%v)", suffix, err)
		}
	}
	restored := open(t, put(t, map[string][]byte{"": copied.Bytes()}), bolt.Options{})
	if got := holds(t, restored, 4); got != 4 {
		t.Errorf("its backup holds %d", got)
	}
}

func TestABackupRestoredOverACrashedStoreIsTheBackup(t *testing.T) {
	live := filepath.Join(t.TempDir(), "store")
	s := open(t, live, bolt.Options{})
	edits(t, s, 0, 3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	restored := files(t, live)
	s = open(t, live, bolt.Options{})
	edits(t, s, 3, 9)
	for suffix, b := range files(t, live) {
		if suffix != "" {
			restored[suffix] = b
		}
	}
	path := put(t, restored)
	got := open(t, path, bolt.Options{})
	if holds(t, got, 2) != 2 || holds(t, got, 3) != -1 {
		t.Errorf("the log of the store that was replaced came into the backup")
	}
	edits(t, got, 20, 22)
	aside, err := filepath.Glob(path + ".log-0.of-another-state-*")
	if err != nil || len(aside) != 1 {
		t.Errorf("the log of the other state is at %v (%v), want it kept", aside, err)
	}
}

func TestALostLineBeforeOthersIsDamageAndNotTheEnd(t *testing.T) {
	live := filepath.Join(t.TempDir(), "store")
	s := open(t, live, bolt.Options{})
	edits(t, s, 0, 5)
	for at, want := range map[int]error{0: bolt.ErrCorrupt, 4096: bolt.ErrCorrupt, 3 * 4096: bolt.ErrCorrupt, 4 * 4096: nil} {
		crashed := files(t, live)
		crashed[".log-0"][at+50] ^= 4
		path := put(t, crashed)
		got, err := bolt.Open(path, bolt.Options{})
		if !errors.Is(err, want) {
			t.Errorf("line at %d damaged: %v, want %v", at, err, want)
		}
		if got == nil {
			continue
		}
		if holds(t, got, 3) != 3 || holds(t, got, 4) != -1 {
			t.Errorf("without its last line the log gives records 3 and 4 as %d, %d", holds(t, got, 3), holds(t, got, 4))
		}
		if err := got.Close(); err != nil {
			t.Error(err)
		}
	}
	crashed := files(t, live)
	crashed[".log-0"] = crashed[".log-0"][:8192]
	if _, err := bolt.Open(put(t, crashed), bolt.Options{}); !errors.Is(err, bolt.ErrCorrupt) {
		t.Errorf("a log cut short: %v, want ErrCorrupt", err)
	}
}

func TestEitherRootOfTheFileLeadsToAllThatLeftTheLog(t *testing.T) {
	live := filepath.Join(t.TempDir(), "store")
	s := open(t, live, bolt.Options{LogBytes: 64 << 10})
	edits(t, s, 0, 12)
	large := make([]byte, 100<<10) // goes past the log, which begins anew
	if err := s.Update(func(tx feed.Tx) error { return tx.Put([]byte("\x20large"), large) }); err != nil {
		t.Fatal(err)
	}
	edits(t, s, 12, 22)
	states := map[string]map[string][]byte{"crashed": files(t, live)}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	states["closed"] = files(t, live)
	for name, state := range states {
		for root := range 2 {
			state[""][root*os.Getpagesize()+40] ^= 1
			again := open(t, put(t, state), bolt.Options{})
			state[""][root*os.Getpagesize()+40] ^= 1
			for n := range 22 {
				if got := holds(t, again, n); got != n {
					t.Errorf("%s, root %d lost: record %d holds %d", name, root, n, got)
				}
			}
		}
	}
}

// descriptor finds the number under which this process has a file open.
func descriptor(t *testing.T, path string) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range all {
		var n int
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && to == path {
			if _, err := fmt.Sscan(fd.Name(), &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("%s is not open", path)
	return 0
}

func TestAfterAFailedSyncNothingIsCommittedUntilItIsOpenedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	s, err := bolt.Open(path, bolt.Options{Scopes: []feed.Scope{site}})
	if err != nil {
		t.Fatal(err)
	}
	edits(t, s, 0, 3)
	// /dev/null takes every byte and knows no sync.
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	log := descriptor(t, path+".log-0")
	kept, err := syscall.Dup(log)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(kept)
	if err := syscall.Dup3(int(null.Fd()), log, 0); err != nil {
		t.Fatal(err)
	}
	if err := edit(s, 3); !errors.Is(err, bolt.ErrUnsure) {
		t.Errorf("the sync failed: %v, want ErrUnsure", err)
	}
	if err := syscall.Dup3(kept, log, 0); err != nil { // the disk works again
		t.Fatal(err)
	}
	if err := edit(s, 4); !errors.Is(err, bolt.ErrUnsure) || !strings.Contains(err.Error(), "restart the node") {
		t.Errorf("the next edit: %v, want ErrUnsure that says what to do", err)
	}
	if got := holds(t, s, 2); got != 2 {
		t.Errorf("reading gives %d, want what was acknowledged", got)
	}
	if err := errors.Join(s.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
	again := open(t, path, bolt.Options{})
	if holds(t, again, 2) != 2 || holds(t, again, 4) != -1 {
		t.Errorf("opened again, records 2 and 4 hold %d, %d", holds(t, again, 2), holds(t, again, 4))
	}
	edits(t, again, 4, 6)
}

func TestTheLogStaysWithinItsBounds(t *testing.T) {
	const limit = 64 << 10
	path := filepath.Join(t.TempDir(), "store")
	s := open(t, path, bolt.Options{LogBytes: limit})
	for n := range 300 {
		edits(t, s, n, n+1)
		if got := s.Stats().LogBytes; got > 4*limit+2*4096 {
			t.Fatalf("after %d edits the log has %d bytes", n, got)
		}
	}
	for suffix, b := range files(t, path) {
		if suffix != "" && len(b) > 256<<10 {
			t.Errorf("%s has %d bytes", suffix, len(b))
		}
	}
	if err := s.Fold(); err != nil {
		t.Fatal(err)
	}
	if st := s.Stats(); st.LogBytes != 0 || st.Rows < 300 {
		t.Errorf("after a fold: %+v", st)
	}
}

func TestATransactionLargerThanTheLogIsCommittedAllTheSame(t *testing.T) {
	live := filepath.Join(t.TempDir(), "store")
	s := open(t, live, bolt.Options{LogBytes: 64 << 10})
	edits(t, s, 0, 3)
	key := []byte("\x20large")
	large := bytes.Repeat([]byte("x"), 1<<20)
	if err := s.Update(func(tx feed.Tx) error { return tx.Put(key, large) }); err != nil {
		t.Fatal(err)
	}
	edits(t, s, 3, 5)
	crashed := open(t, put(t, files(t, live)), bolt.Options{})
	err := crashed.View(func(tx feed.Tx) error {
		got, err := tx.Get(key)
		if !bytes.Equal(got, large) {
			t.Errorf("after a crash it has %d bytes", len(got))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if holds(t, crashed, 2) != 2 || holds(t, crashed, 4) != 4 {
		t.Errorf("after a crash records 2 and 4 hold %d, %d", holds(t, crashed, 2), holds(t, crashed, 4))
	}
}

func TestALogRemovedUnderARunningStoreTakesNoEdits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	s, err := bolt.Open(path, bolt.Options{Scopes: []feed.Scope{site}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() // it has lost its log: the error is not the point
	edits(t, s, 0, 1)
	if err := os.Remove(path + ".log-0"); err != nil {
		t.Fatal(err)
	}
	if err := edit(s, 1); !errors.Is(err, bolt.ErrReplaced) {
		t.Errorf("got %v, want ErrReplaced", err)
	}
}

func TestARowThatNoStoreCouldHoldIsRefusedWhenItIsPut(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "store"), bolt.Options{})
	for _, key := range [][]byte{nil, make([]byte, 40_000)} {
		if err := s.Update(func(tx feed.Tx) error { return tx.Put(key, []byte("x")) }); err == nil {
			t.Errorf("a key of %d bytes is taken", len(key))
		}
	}
	if err := errors.Join(edit(s, 1), s.Fold()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
