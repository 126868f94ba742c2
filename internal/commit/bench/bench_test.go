package bench_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	bbolt "go.etcd.io/bbolt"
)

// BenchmarkDurableCommits compares, on one disk in one run: a bare append and fsync, one bbolt Update an edit, one
// transaction of the store an edit, and whole commands (Can, Decide, records, feed, idempotency row, audit, events, fsync) of 1 and of 100 writers.
//
//	go test -run '^$' -bench DurableCommits ./internal/commit/bench
func BenchmarkDurableCommits(b *testing.B) {
	b.Run("append+fsync", benchAppend)
	b.Run("bbolt-update-per-edit", benchBolt)
	b.Run("update-per-edit", benchUpdate)
	b.Run("writers=1", func(b *testing.B) { benchCommands(b, 1) })
	b.Run("writers=100", func(b *testing.B) { benchCommands(b, 100) })
}

func benchAppend(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	line := bytes.Repeat([]byte{'x'}, 400)
	for b.Loop() {
		if _, err := f.Write(line); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b)
}

// roomEdit is the edit that a transaction of its own is made for.
func roomEdit(tx feed.Tx, n int) error {
	rules := feed.Rules{Schema: clinic.Schema, Writer: 9}
	_, err := rules.Edit(tx, scope, record.Edit{Kind: clinic.KindEntry, ID: record.Derive("an entry"), Day: "2026-10-02",
		Set: map[string]record.Value{"room": record.Int(int64(n))}}, time.Now())
	return err
}

func benchUpdate(b *testing.B) {
	s := open(b, b.TempDir())
	for n := 0; b.Loop(); n++ {
		if err := s.store.Update(func(tx feed.Tx) error { return roomEdit(tx, n) }); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b)
}

// bare is the least that makes a bucket of bbolt a feed.Tx.
type bare struct{ *bbolt.Bucket }

func (t bare) Get(key []byte) ([]byte, error) { return t.Bucket.Get(key), nil }

func (t bare) Scan(from, to []byte, fn func(key, value []byte) (bool, error)) error {
	c := t.Cursor()
	for k, v := c.Seek(from); k != nil && (to == nil || bytes.Compare(k, to) < 0); k, v = c.Next() {
		if more, err := fn(k, v); err != nil || !more {
			return err
		}
	}
	return nil
}

func benchBolt(b *testing.B) {
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "bolt"), 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	update := func(fn func(feed.Tx) error) error {
		return db.Update(func(tx *bbolt.Tx) error {
			rows, err := tx.CreateBucketIfNotExists([]byte("rows"))
			if err != nil {
				return err
			}
			return fn(bare{rows})
		})
	}
	if err := update(func(tx feed.Tx) error { return feed.MintAll(tx, rand.Reader, scope) }); err != nil {
		b.Fatal(err)
	}
	for n := 0; b.Loop(); n++ {
		if err := update(func(tx feed.Tx) error { return roomEdit(tx, n) }); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b)
}

// benchCommands takes people through their visit, each writer one after another, as fast as answers come.
func benchCommands(b *testing.B, writers int) {
	s := open(b, b.TempDir())
	s.hire(b)
	var left atomic.Int64
	left.Store(int64(b.N))
	before, spent := s.store.updates.Load(), processorTime(b)
	var all sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range writers {
		all.Go(func() {
			for s.visit(b, &left) {
			}
		})
	}
	all.Wait()
	b.StopTimer()
	perSecond(b)
	b.ReportMetric(float64(b.N)/float64(s.store.updates.Load()-before), "commits/fsync")
	b.ReportMetric(float64((processorTime(b)-spent).Microseconds())/float64(b.N), "cpu-us/commit")
}

// processorTime is what this process has used of the processors: where others use them too, it says more than a clock.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// visit is check-in, call, start and complete of one person, and false when nothing is left to do.
func (s *clinicSite) visit(b *testing.B, left *atomic.Int64) bool {
	entry := newID()
	for _, move := range []struct {
		kind, saw string
		id        record.ID
		data      any
	}{
		{"queue.check_in", "", entry, clinic.CheckIn{Guruji: s.guruji}},
		{"queue.call", clinic.StatusWaiting, newID(), clinic.EntryMove{Entry: entry}},
		{"queue.start", clinic.StatusCalled, newID(), clinic.EntryMove{Entry: entry}},
		{"queue.complete", clinic.StatusInService, newID(), clinic.EntryMove{Entry: entry}},
	} {
		if left.Add(-1) < 0 {
			return false
		}
		r := s.send(b, desk, move.id, move.kind, map[string]any{"status": move.saw, "generation": 1}, move.data)
		if r.Status != api.Applied {
			b.Errorf("%s: %s, %v", move.kind, r.Status, r.Error)
			return false
		}
	}
	return true
}

func perSecond(b *testing.B) { b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s") }
