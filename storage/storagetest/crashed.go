package storagetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/sync/feed"
)

// files are those of a store, by what follows its path in their names.
type files map[string][]byte

// kept is the name of the file that stands at the path itself; all others
// hold what is not in it yet.
const kept = ""

func (f files) names() []string {
	var names []string
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// crashed kills a child in the middle of its writing and returns what it left
// with the number of the last transaction in it.
func (s suite) crashed(t *testing.T) (files, int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store")
	cmd, lines := start(t, modeWrite, path, 0)
	acked := killAfter(cmd, lines, 30+rand.IntN(30))
	_ = cmd.Wait() // it was killed
	names, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	left := files{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		left[strings.TrimPrefix(name, path)] = b
	}
	last, err := s.prefix(t, left)
	if err != nil || last < acked {
		t.Fatalf("the crashed store ends at %d (%v), acknowledged was %d", last, err, acked)
	}
	return left, last
}

// prefix opens the files as a store and returns the last transaction it
// holds. An error that is not of the store's own making means that it holds
// anything but the first so many transactions of writeForEver.
func (s suite) prefix(t *testing.T, left files) (last int, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store")
	for name, b := range left {
		writeFile(t, path+name, b)
	}
	st, err := s.open(path)
	if err != nil {
		if len(err.Error()) < 20 {
			t.Errorf("%q tells nobody what to do", err)
		}
		return 0, err
	}
	defer func() {
		if e := st.Close(); e != nil && err == nil {
			t.Logf("close: %v", e)
		}
	}()
	err = st.View(func(tx feed.Tx) error {
		if err := feed.Check(tx, schema); err != nil {
			return err
		}
		top, got := -1, 0
		for got >= 0 {
			var err error
			if got, err = number(tx, top+1); err != nil {
				return err
			}
			if got >= 0 {
				top, last = top+1, got
			}
		}
		for i := range top + 1 {
			if got, err := number(tx, i); err != nil || got != min(i, last) || top != last+width-1 {
				return errors.Join(err, fmt.Errorf("%w: record %d of %d holds %d at transaction %d", errMixed, i, top, got, last))
			}
		}
		return nil
	})
	return last, err
}

var errMixed = errors.New("parts of transactions")

// damage damages the files of a crashed store one by one. What opens all the
// same must be the store as it was; where the damage met the last thing that
// was written, which looks like a write the crash cut short, it may lack that.
func (s suite) damage(t *testing.T) {
	left, last := s.crashed(t)
	tries := 20
	if testing.Short() {
		tries = 8
	}
	noticed := 0
	for _, name := range left.names() {
		whole := left[name]
		for range tries {
			at := rand.IntN(len(whole))
			if rand.IntN(2) == 0 { // where blocks begin, a byte means most
				at = at/4096*4096 + rand.IntN(min(64, len(whole)-at/4096*4096))
			}
			bit := byte(1) << rand.IntN(8)
			whole[at] ^= bit
			got, err := s.prefix(t, left)
			if whole[at] ^= bit; err != nil {
				noticed++
			}
			fine := err == nil && (got == last || name != kept && got == last-1)
			if !fine && (err == nil || errors.Is(err, errMixed)) {
				t.Errorf("byte %d of %d of %q, bit %#02x flipped: opens without a word at transaction %d of %d (%v)", at, len(whole), name, bit, got, last, err)
			}
		}
		for range tries / 4 {
			n := rand.IntN(len(whole))
			left[name] = whole[:n]
			got, err := s.prefix(t, left)
			if err != nil {
				noticed++
			}
			fine := err == nil && (got == last || name != kept && got <= last)
			if !fine && (err == nil || errors.Is(err, errMixed)) {
				t.Errorf("%q cut to %d of %d bytes: opens without a word at transaction %d of %d (%v)", name, n, len(whole), got, last, err)
			}
		}
		left[name] = whole
	}
	if noticed == 0 {
		t.Errorf("no damage was noticed")
	}
	if got, err := s.prefix(t, left); err != nil || got != last {
		t.Errorf("undamaged it holds %d of %d (%v)", got, last, err)
	}
}
