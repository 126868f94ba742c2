package storagetest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aashram-care/sangam/sync/feed"
)

func free(s string) []byte { return append([]byte{feed.FreeKeys}, s...) }

func expect(t *testing.T, tx feed.Tx, key string, want []byte) {
	t.Helper()
	got, err := tx.Get(free(key))
	if err != nil {
		t.Errorf("get %q: %v", key, err)
	}
	if (got == nil) != (want == nil) || !bytes.Equal(got, want) {
		t.Errorf("%q holds %q, want %q", key, got, want)
	}
}

func (s suite) rows(t *testing.T) {
	st, _ := s.fresh(t)
	key, value := free("a"), []byte("one")
	update(t, st, func(tx feed.Tx) error {
		expect(t, tx, "a", nil)
		if err := errors.Join(tx.Put(key, value), tx.Put(free("empty"), nil), tx.Put(free("gone"), []byte("x"))); err != nil {
			return err
		}
		// A store keeps neither key nor value of its caller.
		key[1], value[0] = 'b', 'O'
		expect(t, tx, "a", []byte("one"))
		expect(t, tx, "b", nil)
		expect(t, tx, "empty", []byte{})
		return errors.Join(tx.Delete(free("gone")), tx.Delete(free("never")))
	})
	big := bytes.Repeat([]byte("x"), 200_000)
	update(t, st, func(tx feed.Tx) error {
		expect(t, tx, "gone", nil)
		return errors.Join(tx.Put(free("a"), []byte("two")), tx.Put(free("big"), big))
	})
	view(t, st, func(tx feed.Tx) error {
		expect(t, tx, "a", []byte("two"))
		expect(t, tx, "empty", []byte{})
		expect(t, tx, "big", big)
		if tx.Put(free("c"), nil) == nil || tx.Delete(free("a")) == nil {
			t.Errorf("a view may write")
		}
		return nil
	})
}

func (s suite) scan(t *testing.T) {
	st, _ := s.fresh(t)
	update(t, st, func(tx feed.Tx) error {
		for i := range 500 {
			n := i * 7919 % 500
			if err := tx.Put(fmt.Appendf(nil, "k%03d", n), fmt.Append(nil, n)); err != nil {
				return err
			}
		}
		return inOrder(tx, "k100", "k400", 100, 400)
	})
	view(t, st, func(tx feed.Tx) error {
		stop := errors.New("enough")
		seen := 0
		err := tx.Scan([]byte("k"), nil, func(_, _ []byte) (bool, error) {
			seen++
			return true, stop
		})
		if err != stop || seen != 1 {
			t.Errorf("a failing scan gave %v after %d rows, want its error after one", err, seen)
		}
		seen = 0
		err = tx.Scan([]byte("k"), nil, func(_, _ []byte) (bool, error) {
			seen++
			return seen < 10, nil
		})
		if err != nil || seen != 10 {
			t.Errorf("a stopped scan gave %v after %d rows, want none after 10", err, seen)
		}
		return errors.Join(inOrder(tx, "k000", "l", 0, 500), inOrder(tx, "k", "k123", 0, 123),
			inOrder(tx, "k1234", "k125", 124, 125), inOrder(tx, "k5", "l", 500, 500))
	})
}

// inOrder scans [from, to) and wants the numbers low to high.
func inOrder(tx feed.Tx, from, to string, low, high int) error {
	next := low
	err := tx.Scan([]byte(from), []byte(to), func(k, v []byte) (bool, error) {
		if string(k) != fmt.Sprintf("k%03d", next) || string(v) != fmt.Sprint(next) {
			return false, fmt.Errorf("row %q = %q where %d is due", k, v, next)
		}
		next++
		return true, nil
	})
	if err == nil && next != high {
		err = fmt.Errorf("scan of [%s, %s) ended before %d, want %d", from, to, next, high)
	}
	return err
}

func (s suite) rollback(t *testing.T) {
	st, _ := s.fresh(t)
	update(t, st, func(tx feed.Tx) error { return errors.Join(mint(tx), edit(tx, 1, 1)) })
	refused := errors.New("refused")
	if err := st.Update(func(tx feed.Tx) error {
		return errors.Join(edit(tx, 1, 2), edit(tx, 2, 2), tx.Delete(free("x")), refused)
	}); !errors.Is(err, refused) {
		t.Errorf("update: %v, want the error of its function", err)
	}
	func() {
		defer func() {
			if recover() != "broken" {
				t.Errorf("a panic of the function was swallowed")
			}
		}()
		_ = st.Update(func(tx feed.Tx) error {
			if err := edit(tx, 3, 3); err != nil {
				return err
			}
			panic("broken")
		})
	}()
	view(t, st, func(tx feed.Tx) error {
		for i, want := range []int{-1, 1, -1, -1} {
			if got, err := number(tx, i); got != want || err != nil {
				t.Errorf("record %d holds %d (%v), want %d", i, got, err, want)
			}
		}
		return nil
	})
	update(t, st, func(tx feed.Tx) error { return edit(tx, 4, 4) })
}

// snapshot moves amounts between rows while readers add them up: every reader
// must see one committed state.
func (s suite) snapshot(t *testing.T) {
	st, _ := s.fresh(t)
	const accounts, total = 20, 2000
	put := func(tx feed.Tx, i, n int) error { return tx.Put(fmt.Appendf(nil, "n%02d", i), fmt.Append(nil, n)) }
	update(t, st, func(tx feed.Tx) error {
		for i := range accounts {
			if err := put(tx, i, total/accounts); err != nil {
				return err
			}
		}
		return nil
	})
	sum := func(tx feed.Tx) (n int, err error) {
		err = tx.Scan([]byte("n"), []byte("o"), func(_, v []byte) (bool, error) {
			var one int
			_, err := fmt.Sscan(string(v), &one)
			n += one
			return true, err
		})
		return n, err
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for looks := 0; ; looks++ {
				select {
				case <-done:
					if looks > 0 {
						return
					}
				default:
				}
				err := st.View(func(tx feed.Tx) error {
					first, err := sum(tx)
					again, err2 := sum(tx)
					if first != total || again != total {
						return fmt.Errorf("a reader sees %d, then %d, want %d", first, again, total)
					}
					return errors.Join(err, err2)
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 60 {
		from, to := i%accounts, (i*7+1)%accounts
		update(t, st, func(tx feed.Tx) error {
			if from == to {
				return nil
			}
			var a, b int
			for at, n := range map[int]*int{from: &a, to: &b} {
				v, err := tx.Get(fmt.Appendf(nil, "n%02d", at))
				if err != nil {
					return err
				}
				if _, err := fmt.Sscan(string(v), n); err != nil {
					return err
				}
			}
			return errors.Join(put(tx, from, a-1), put(tx, to, b+1))
		})
	}
	close(done)
	readers.Wait()
	// A view that began before an update does not see it.
	began, wrote := make(chan struct{}), make(chan error, 1)
	go func() {
		<-began
		wrote <- st.Update(func(tx feed.Tx) error { return put(tx, 0, -1) })
	}()
	view(t, st, func(tx feed.Tx) error {
		before, err := sum(tx)
		if err != nil {
			return err
		}
		close(began)
		if err := <-wrote; err != nil {
			return err
		}
		if after, err := sum(tx); after != before {
			t.Errorf("a view sees an update that came later: %d, then %d (%v)", before, after, err)
		}
		return nil
	})
}

func (s suite) reopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	var last feed.Timeline
	for round := range 3 {
		st, err := s.open(path)
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		if round == 0 {
			update(t, st, mint)
		}
		view(t, st, func(tx feed.Tx) error {
			now, head, err := feed.Head(tx, scope)
			if now == last || head != feed.Seq(round) {
				t.Errorf("opening %d: timeline %s after %s, head %d", round, now, last, head)
			}
			last = now
			return err
		})
		update(t, st, func(tx feed.Tx) error { return edit(tx, round, round) })
		if err := st.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if st.Update(func(feed.Tx) error { return nil }) == nil || st.View(func(feed.Tx) error { return nil }) == nil {
			t.Errorf("a closed store runs transactions")
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode().Perm() != 0o600 {
			t.Errorf("the file's mode is %v, want 0600", info.Mode())
		}
	}
	view(t, s.at(t, path), func(tx feed.Tx) error {
		for i := range 3 {
			if got, err := number(tx, i); got != i || err != nil {
				t.Errorf("record %d holds %d (%v)", i, got, err)
			}
		}
		return nil
	})
}

// backup copies the store while it is written to; the copy holds all that was
// acknowledged before, and is a store.
func (s suite) backup(t *testing.T) {
	st, path := s.fresh(t)
	update(t, st, mint)
	for i := range 50 {
		update(t, st, func(tx feed.Tx) error { return edit(tx, i, i) })
	}
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		for n := 50; ; n++ {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			if err := st.Update(func(tx feed.Tx) error { return edit(tx, n%60, n) }); err != nil {
				stopped <- err
				return
			}
		}
	}()
	copied := path + ".copy"
	f, err := os.OpenFile(copied, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	n, err := st.Backup(f)
	close(stop)
	if err := errors.Join(err, f.Close(), <-stopped); err != nil {
		t.Fatalf("back up: %v", err)
	}
	if info, err := os.Stat(copied); err != nil || info.Size() != n {
		t.Errorf("the backup tells %d bytes, the file has %d (%v)", n, info.Size(), err)
	}
	view(t, s.at(t, copied), func(tx feed.Tx) error {
		for i := range 50 {
			if got, err := number(tx, i); got < i || err != nil {
				t.Errorf("record %d of the copy holds %d (%v), want at least %d", i, got, err, i)
			}
		}
		return nil
	})
}
