package storagetest

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/aashram-care/sangam/sync/feed"
)

// sound makes a store that was closed cleanly and returns its file and a hash
// of its rows.
func (s suite) sound(t *testing.T) (file []byte, rows [32]byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sound")
	st, err := s.open(path)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	update(t, st, mint)
	for n := range 12 {
		update(t, st, func(tx feed.Tx) error {
			for i := range 40 {
				if err := edit(tx, (n*17+i*3)%200, n); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if rows, err = hashRows(st); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if file, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return file, rows
}

// hashRows hashes every row but those that an opening writes: all of the
// feed's, by way of what Read, Digest and the indexes give.
func hashRows(st Store) (sum [32]byte, err error) {
	h := sha256.New()
	err = st.View(func(tx feed.Tx) error {
		_, head, err := feed.Head(tx, scope)
		if err != nil {
			return err
		}
		buckets, err := feed.Digest(tx, scope)
		if err != nil {
			return err
		}
		fmt.Fprintln(h, head, buckets)
		for i := range 200 {
			n, err := number(tx, i)
			if err != nil {
				return err
			}
			fmt.Fprintln(h, i, n)
		}
		for since := feed.Seq(0); ; {
			b, err := feed.Read(tx, scope, since, feed.ReadOptions{})
			if err != nil {
				return err
			}
			for _, r := range b.Records {
				fmt.Fprintf(h, "%d %+v\n", r.Seq, r.Record)
			}
			if since = b.To; !b.More {
				break
			}
		}
		return feed.Check(tx, schema)
	})
	h.Sum(sum[:0])
	return sum, err
}

// judge opens a damaged copy. An error at open or at reading is fine, and so
// is whole data; a panic or other data is not. It tells whether it opened.
func (s suite) judge(t *testing.T, path, what string, rows [32]byte) (opened bool) {
	t.Helper()
	st, err := s.open(path)
	if err != nil {
		if len(err.Error()) < 20 {
			t.Errorf("%s: %q tells nobody what to do", what, err)
		}
		return false
	}
	got, err := hashRows(st)
	if err == nil && got != rows {
		t.Errorf("%s: opens without a word and holds other data", what)
	}
	if err := st.Close(); err != nil {
		t.Logf("%s: close: %v", what, err)
	}
	return true
}

func (s suite) cut(t *testing.T) {
	file, rows := s.sound(t)
	path := filepath.Join(t.TempDir(), "cut")
	opened := 0
	lengths := []int{0, 1, 15, 16, 80, 4095, 4096, 8191, 8192, len(file) - 1}
	for range 30 {
		lengths = append(lengths, rand.IntN(len(file)))
	}
	for _, n := range lengths {
		writeFile(t, path, file[:n])
		if s.judge(t, path, fmt.Sprintf("cut to %d of %d bytes", n, len(file)), rows) {
			opened++
		}
	}
	if opened == len(lengths) {
		t.Errorf("no cut was noticed")
	}
}

func (s suite) flip(t *testing.T) {
	file, rows := s.sound(t)
	path := filepath.Join(t.TempDir(), "flipped")
	opened, flips := 0, 150
	if testing.Short() {
		flips = 40
	}
	for i := range flips {
		at := rand.IntN(len(file))
		if i < flips/3 { // heads of pages, where a byte means most
			at = at / 4096 * 4096
			at += rand.IntN(min(256, len(file)-at))
		}
		bit := byte(1) << rand.IntN(8)
		file[at] ^= bit
		writeFile(t, path, file)
		if s.judge(t, path, fmt.Sprintf("byte %d of %d, bit %#02x flipped", at, len(file), bit), rows) {
			opened++
		}
		file[at] ^= bit
	}
	t.Logf("%d of %d damaged files opened, whole", opened, flips)
	for at := 100; at < len(file); at += 256 { // free pages hold nothing, and not all are free
		file[at] ^= 1
	}
	writeFile(t, path, file)
	if s.judge(t, path, "a bit in every 256 bytes flipped", rows) {
		t.Errorf("a file full of flipped bits opens")
	}
}
