package bolt_test

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"github.com/aashram-care/sangam/storage/bolt"
	"github.com/aashram-care/sangam/sync/feed"
)

// FuzzALineOfAnyBytesIsReadOrRefused puts rows made of any bytes into a line
// with a valid checksum, and the same bytes behind it as they are.
func FuzzALineOfAnyBytesIsReadOrRefused(f *testing.F) {
	live := filepath.Join(f.TempDir(), "store")
	s, err := bolt.Open(live, bolt.Options{Scopes: []feed.Scope{site}})
	if err != nil {
		f.Fatal(err)
	}
	if err := edit(s, 1); err != nil {
		f.Fatal(err)
	}
	file, err := os.ReadFile(live)
	if err != nil {
		f.Fatal(err)
	}
	log, err := os.ReadFile(live + ".log-0")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := s.Close(); err != nil {
			f.Error(err)
		}
	})
	f.Add(log[40 : 40+binary.BigEndian.Uint64(log[32:])])
	f.Add([]byte{2, 1, 'k', 'v'})
	f.Add([]byte{3, 0, 'k'})
	f.Add([]byte{0, 0})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1})
	f.Fuzz(func(t *testing.T, rows []byte) {
		path := filepath.Join(t.TempDir(), "store")
		size := (40 + len(rows) + 4095) &^ 4095
		line := append(make([]byte, 0, 2*size+len(rows)), log[:40]...)
		line = append(line, rows...)
		line = line[:size]
		binary.BigEndian.PutUint64(line[24:], uint64(size))
		binary.BigEndian.PutUint64(line[32:], uint64(len(rows)))
		binary.BigEndian.PutUint32(line[4:], crc32.Checksum(line[8:], crc32.MakeTable(crc32.Castagnoli)))
		if err := errors.Join(os.WriteFile(path, file, 0o600), os.WriteFile(path+".log-0", append(line, rows...), 0o600)); err != nil {
			t.Fatal(err)
		}
		got, err := bolt.Open(path, bolt.Options{ReadOnly: true})
		if err != nil {
			if !errors.Is(err, bolt.ErrCorrupt) && !errors.Is(err, bolt.ErrNewer) {
				t.Errorf("refused with %v, want ErrCorrupt", err)
			}
			return
		}
		err = got.View(func(tx feed.Tx) error {
			return tx.Scan(nil, nil, func(key, _ []byte) (bool, error) {
				if len(key) == 0 {
					t.Errorf("a row without a key")
				}
				return true, nil
			})
		})
		if err := errors.Join(err, got.Close()); err != nil {
			t.Error(err)
		}
	})
}
