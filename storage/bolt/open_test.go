package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/storage/bolt"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

var site = feed.SiteScope(record.Derive("site"))

func open(t *testing.T, path string, o bolt.Options) *bolt.Store {
	t.Helper()
	o.Scopes = append(o.Scopes, site)
	s, err := bolt.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func edit(s *bolt.Store, n int) error {
	rules := feed.Rules{Writer: 1}
	return s.Update(func(tx feed.Tx) error {
		_, err := rules.Edit(tx, site, record.Edit{
			Kind: "entry", ID: record.Derive(fmt.Sprint(n)), Set: map[string]record.Value{"n": record.Int(int64(n))},
		}, time.Now())
		return err
	})
}

func spans(t *testing.T, s *bolt.Store) []feed.Span {
	t.Helper()
	var out []feed.Span
	if err := s.View(func(tx feed.Tx) (err error) { out, err = feed.Spans(tx, site); return err }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestALockedStoreNamesItsHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	open(t, path, bolt.Options{})
	for _, o := range []bolt.Options{{Timeout: time.Millisecond}, {Timeout: time.Millisecond, ReadOnly: true}} {
		_, err := bolt.Open(path, o)
		if !errors.Is(err, bolt.ErrLocked) {
			t.Fatalf("got %v, want ErrLocked", err)
		}
		if want := fmt.Sprintf("process %d", os.Getpid()); !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not name %s", err, want)
		}
	}
}

func TestEveryOpeningForWritingBeginsATimeline(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	for n := range 3 {
		s := open(t, path, bolt.Options{})
		if got := spans(t, s); len(got) != n+1 || got[n].First != feed.Seq(n+1) {
			t.Errorf("opening %d: timelines %v", n, got)
		}
		if err := errors.Join(edit(s, n), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAReadOnlyOpeningMintsNothingAndSharesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	s := open(t, path, bolt.Options{})
	if err := errors.Join(edit(s, 1), s.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	one, two := open(t, path, bolt.Options{ReadOnly: true}), open(t, path, bolt.Options{ReadOnly: true})
	if got := spans(t, two); len(got) != 1 {
		t.Errorf("timelines %v, want the one of the writer", got)
	}
	if err := edit(one, 2); !errors.Is(err, bolt.ErrReadOnly) {
		t.Errorf("edit: %v, want ErrReadOnly", err)
	}
	if err := errors.Join(one.Close(), two.Close()); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("reading changed the file (%v)", err)
	}
	if _, err := bolt.Open(path+".none", bolt.Options{ReadOnly: true}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading where nothing is: %v, want os.ErrNotExist", err)
	}
}

func TestANewerFileIsRefusedUnchanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	up := bolt.Options{Migrations: []func(feed.Tx) error{func(feed.Tx) error { return nil }}}
	if err := open(t, path, up).Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []bolt.Options{{}, {ReadOnly: true}} {
		if _, err := bolt.Open(path, o); !errors.Is(err, bolt.ErrNewer) {
			t.Errorf("got %v, want ErrNewer", err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the newer file was changed (%v)", err)
	}
	open(t, path, up)
}

func TestAMigrationCopiesTheFileFirstAndIsAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "store")
	s := open(t, path, bolt.Options{})
	if err := errors.Join(edit(s, 1), s.Close()); err != nil {
		t.Fatal(err)
	}
	key := []byte("\x20migrated")
	var calls []string
	step := func(name string, fail error) func(feed.Tx) error {
		return func(tx feed.Tx) error {
			calls = append(calls, name)
			return errors.Join(tx.Put(key, []byte(name)), fail)
		}
	}
	broken := errors.New("broken")
	_, err := bolt.Open(path, bolt.Options{Migrations: []func(feed.Tx) error{step("one", nil), step("two", broken)}})
	if !errors.Is(err, broken) {
		t.Fatalf("got %v, want the migration's error", err)
	}
	kept, err := filepath.Glob(path + ".version-1-*")
	if err != nil || len(kept) != 1 {
		t.Fatalf("copies %v (%v), want one", kept, err)
	}
	value := func(s *bolt.Store) (v string) {
		if err := s.View(func(tx feed.Tx) error { b, err := tx.Get(key); v = string(b); return err }); err != nil {
			t.Error(err)
		}
		return v
	}
	copied := open(t, kept[0], bolt.Options{})
	if got := value(copied); got != "" {
		t.Errorf("the copy holds %q of the migration", got)
	}
	old := open(t, path, bolt.Options{})
	if got := value(old); got != "" {
		t.Errorf("after a failed migration the store holds %q of it", got)
	}
	if err := errors.Join(old.Close(), copied.Close(), os.Remove(kept[0])); err != nil {
		t.Fatal(err)
	}
	calls = nil
	done := open(t, path, bolt.Options{Migrations: []func(feed.Tx) error{step("one", nil), step("two", nil)}})
	if got := value(done); got != "two" || strings.Join(calls, " ") != "one two" {
		t.Errorf("the store holds %q after %v", got, calls)
	}
}

func TestAFileThatIsNoStoreIsRefusedWithAdvice(t *testing.T) {
	for name, content := range map[string][]byte{"empty": nil, "text": []byte("hello"), "zeros": make([]byte, 1<<16)} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := bolt.Open(path, bolt.Options{})
		if !errors.Is(err, bolt.ErrCorrupt) || !strings.Contains(err.Error(), "restore the last backup") {
			t.Errorf("%s: %v, want ErrCorrupt that says what to do", name, err)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, content) {
			t.Errorf("%s: the file was changed (%v)", name, err)
		}
	}
}

func TestAReplacedFileTakesNoEdits(t *testing.T) {
	for name, replace := range map[string]func(path string, old []byte) error{
		"moved over": func(path string, old []byte) error {
			return errors.Join(os.WriteFile(path+".old", old, 0o600), os.Rename(path+".old", path))
		},
		"written over": func(path string, old []byte) error {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.Write(old)
			return errors.Join(err, f.Close())
		},
		"removed": func(path string, _ []byte) error { return os.Remove(path) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store")
			s, err := bolt.Open(path, bolt.Options{Scopes: []feed.Scope{site}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close() // it has lost its file: the error is not the point
			if err := edit(s, 1); err != nil {
				t.Fatal(err)
			}
			old, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for n := range 4 {
				if err := edit(s, n); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(s.Fold(), replace(path, old)); err != nil {
				t.Fatal(err)
			}
			if err := edit(s, 9); !errors.Is(err, bolt.ErrReplaced) {
				t.Errorf("edit: %v, want ErrReplaced", err)
			}
		})
	}
}

func TestAnUncleanCloseIsVerifiedAndACleanLargeOneIsNot(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "a"), bolt.Options{})
	if err := edit(s, 1); err != nil {
		t.Fatal(err)
	}
	live, err := os.ReadFile(filepath.Join(dir, "a")) // as after kill -9
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "b"), live, 0o600); err != nil {
		t.Fatal(err)
	}
	crashed := open(t, filepath.Join(dir, "b"), bolt.Options{VerifyUpTo: -1})
	if st := crashed.Stats(); st.Clean || !st.Verified {
		t.Errorf("after a crash: %+v, want it verified", st)
	}
	if err := errors.Join(edit(crashed, 2), crashed.Close()); err != nil {
		t.Fatal(err)
	}
	closed := open(t, filepath.Join(dir, "b"), bolt.Options{VerifyUpTo: -1})
	if st := closed.Stats(); !st.Clean || st.Verified {
		t.Errorf("after a close: %+v, want it taken as it is", st)
	}
	if st := closed.Stats(); st.Rows < 10 || st.FileBytes == 0 || st.Transaction == 0 {
		t.Errorf("figures %+v", st)
	}
}

func TestWithoutASyncedFreelistTheStoreIsTheSame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	for n, o := range []bolt.Options{{NoFreelistSync: true}, {}, {NoFreelistSync: true}, {}} {
		s := open(t, path, o)
		for i := range 20 {
			if err := edit(s, 20*n+i); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.View(func(tx feed.Tx) error { return feed.Check(tx, nil) }); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestIncarnationTellsCopiesApart(t *testing.T) {
	dir := t.TempDir()
	a := open(t, filepath.Join(dir, "a"), bolt.Options{})
	b := open(t, filepath.Join(dir, "b"), bolt.Options{})
	if a.Incarnation() == b.Incarnation() || a.Incarnation() == "" {
		t.Errorf("incarnations %q and %q", a.Incarnation(), b.Incarnation())
	}
}

func TestVerifyFindsRotUnderARunningStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	s, err := bolt.Open(path, bolt.Options{Scopes: []feed.Scope{site}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() // of a damaged store: its error is not the point
	for n := range 50 {
		if err := edit(s, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Verify(); err != nil {
		t.Fatalf("a sound store: %v", err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	id := record.Derive("7")
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for at := 0; ; at++ { // every copy of the id: keys, rows and old pages
		i := bytes.Index(file[at:], id[:])
		if i < 0 {
			break
		}
		at += i
		if _, err := f.WriteAt([]byte{file[at] ^ 1}, int64(at)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Verify(); !errors.Is(err, bolt.ErrCorrupt) {
		t.Errorf("a damaged store: %v, want ErrCorrupt", err)
	}
	err = s.View(func(tx feed.Tx) error { return feed.Check(tx, nil) })
	if !errors.Is(err, bolt.ErrCorrupt) {
		t.Errorf("reading it: %v, want ErrCorrupt", err)
	}
}
