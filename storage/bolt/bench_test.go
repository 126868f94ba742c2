package bolt_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aashram-care/sangam/storage/bolt"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"golang.org/x/sys/unix"
)

var records = flag.Int("bolt.records", 100_000, "records of the file that BenchmarkOpen opens")

var benchSchema = record.Schema{"entry": {
	HasDay:  true,
	Fields:  map[string]record.FieldSchema{"status": {Policy: record.StatusPolicy}},
	Status:  &record.StatusSchema{Field: "status", Ranks: []string{"waiting", "called", "done"}},
	Indexes: []record.Index{{Name: "person", Fields: []string{"person"}}},
}}

// entryEdit is an edit of a queue entry: a check-in the first time, a call
// after that.
func entryEdit(tx feed.Tx, n, of int) error {
	rules := feed.Rules{Schema: benchSchema, Writer: 1}
	id := record.Derive("bench", fmt.Sprint(n%of))
	now := time.UnixMilli(1_770_000_000_000 + int64(n))
	e := record.Edit{Kind: "entry", ID: id, Set: map[string]record.Value{
		"status": record.Text("called"), "calledAt": record.TimeValue(now), "lastAction": record.IDValue(id.Child("call")),
	}}
	if n < of {
		e.Day = fmt.Sprintf("2026-%02d-%02d", 1+n/3000/28%12, 1+n/3000%28)
		e.Set = map[string]record.Value{
			"status": record.Text("waiting"), "person": record.IDValue(id.Child("person")), "guruji": record.IDValue(record.ID{byte(n % 12), 1}),
			"token": record.Text(fmt.Sprintf("A%03d", n)), "band": record.Int(1), "checkedInAt": record.TimeValue(now),
			"createdBy": record.Text("a coordinator"), "lastAction": record.IDValue(id),
		}
	}
	_, err := rules.Edit(tx, site, e, now)
	return err
}

func benchStore(b *testing.B, path string, o bolt.Options) *bolt.Store {
	b.Helper()
	o.Scopes = []feed.Scope{site}
	s, err := bolt.Open(path, o)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkCommit tells what one durable edit costs: beside a bare append and
// fsync of as many bytes, alone in its transaction, and in a group of 100.
func BenchmarkCommit(b *testing.B) {
	b.Run("raw-fsync", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "log"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		line := make([]byte, 400)
		for b.Loop() {
			if _, err := f.Write(line); err != nil {
				b.Fatal(err)
			}
			if err := f.Sync(); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, group := range []int{1, 100} {
		for _, o := range []bolt.Options{{}, {NoFreelistSync: true}} {
			b.Run(fmt.Sprintf("bolt-group-%d/freelist-synced-%v", group, !o.NoFreelistSync), func(b *testing.B) {
				s := benchStore(b, filepath.Join(b.TempDir(), "store"), o)
				defer s.Close()
				n := 0
				for b.Loop() {
					err := s.Update(func(tx feed.Tx) error {
						for range group {
							if err := entryEdit(tx, n, 3000); err != nil {
								return err
							}
							n++
						}
						return nil
					})
					if err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/edit")
			})
		}
	}
}

// BenchmarkEdit tells what one edit costs inside a transaction that is never
// committed: no disk.
func BenchmarkEdit(b *testing.B) {
	s := benchStore(b, filepath.Join(b.TempDir(), "store"), bolt.Options{})
	defer s.Close()
	enough := errors.New("enough")
	err := s.Update(func(tx feed.Tx) error {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if err := entryEdit(tx, n, 3000); err != nil {
				return err
			}
		}
		return enough
	})
	if !errors.Is(err, enough) {
		b.Fatal(err)
	}
}

// BenchmarkOpen opens a file of -bolt.records records that is not in memory:
// closed cleanly, and as a crash left it, with and without the list of free
// pages in it.
func BenchmarkOpen(b *testing.B) {
	for _, o := range []bolt.Options{{}, {NoFreelistSync: true}} {
		path := filepath.Join(b.TempDir(), "store")
		s := benchStore(b, path, o)
		for n := 0; n < *records*5/4; {
			err := s.Update(func(tx feed.Tx) error {
				for range 1000 {
					if err := entryEdit(tx, n, *records); err != nil {
						return err
					}
					n++
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		for _, verify := range []int64{-1, 1 << 40} {
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			name := fmt.Sprintf("freelist-synced-%v/verified-%v/%d-MiB", !o.NoFreelistSync, verify > 0, info.Size()>>20)
			o.VerifyUpTo = verify
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					forget(b, path)
					b.StartTimer()
					s := benchStore(b, path, o)
					b.StopTimer()
					if err := s.Close(); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
			})
		}
	}
}

// forget drops a file from the kernel's memory.
func forget(b *testing.B, path string) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := errors.Join(f.Sync(), unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)); err != nil {
		b.Fatal(err)
	}
}
