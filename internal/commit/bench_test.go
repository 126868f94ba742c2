package commit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// BenchmarkDurableCommits compares, on one disk in one run: a bare append and fsync, one store transaction an edit, and
// whole commands (Can, Decide, records, feed, idempotency row, audit, events, fsync) of 1 and of 100 writers.
//
//	go test -run '^$' -bench DurableCommits ./internal/commit
func BenchmarkDurableCommits(b *testing.B) {
	b.Run("append+fsync", benchAppend)
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

func benchUpdate(b *testing.B) {
	dir := b.TempDir()
	store := openBolt(b, dir)
	n := begin(b, store, dir)
	n.stop()
	rules := feed.Rules{Schema: clinic.Schema, Writer: 9}
	entry := record.Derive("an entry")
	for i := 0; b.Loop(); i++ {
		err := store.Update(func(tx feed.Tx) error {
			_, err := rules.Edit(tx, scope, record.Edit{Kind: clinic.KindEntry, ID: entry, Day: "2026-10-02",
				Set: map[string]record.Value{"room": record.Int(int64(i))}}, morning)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b)
}

// benchCommands takes people through their visit (check-in, call, start, complete), each writer one after another, as
// fast as answers come.
func benchCommands(b *testing.B, writers int) {
	dir := b.TempDir()
	g := &gate{Store: openBolt(b, dir)}
	n := begin(b, g, dir)
	guruji := n.guruji("Ananda")
	var left atomic.Int64
	left.Store(int64(b.N))
	before := g.updates.Load()
	var all sync.WaitGroup
	b.ResetTimer()
	for range writers {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				visit(b, n, guruji, &left)
			}
		})
	}
	all.Wait()
	b.StopTimer()
	perSecond(b)
	b.ReportMetric(float64(b.N)/float64(g.updates.Load()-before), "commits/fsync")
}

// visit is four commands, of which the first was taken from left already.
func visit(b *testing.B, n *node, guruji clinic.Actor, left *atomic.Int64) {
	send := func(a api.Action) api.Result {
		results, err := n.Act(b.Context(), desk, []api.Action{a})
		if err != nil || results[0].Status != api.Applied {
			b.Errorf("%s: %v, %v", a.Type, err, results)
			return api.Result{}
		}
		return results[0]
	}
	entry := newID()
	send(action(entry, "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji}))
	for _, move := range []struct{ kind, saw string }{
		{"queue.call", clinic.StatusWaiting}, {"queue.start", clinic.StatusCalled}, {"queue.complete", clinic.StatusInService},
	} {
		if left.Add(-1) < 0 {
			return
		}
		a := action(newID(), move.kind, clinic.EntryMove{Entry: entry})
		a.Saw = map[string]any{"status": move.saw, "generation": 1}
		send(a)
	}
}

func perSecond(b *testing.B) { b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s") }
