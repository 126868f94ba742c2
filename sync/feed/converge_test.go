package feed_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/google/go-cmp/cmp"
)

var (
	seeds    = flag.Int("feed.seeds", 300, "how many histories the convergence test plays")
	oneSeed  = flag.Uint64("feed.seed", 0, "play this history alone")
	stepsPer = flag.Int("feed.steps", 160, "steps of a history")
)

// rawEdit is one acknowledged edit as its author asked for it, with the stamp
// and generation it was given. The oracle knows these and the ghosts alone:
// it shares no code with merge, feed or cursor.
type rawEdit struct {
	stamp  record.Stamp
	rank   int
	gen    int64
	values map[string]string
}

type ghost map[int]bool // ids of edits

// actor is a store with what the oracle knows of it.
type actor struct {
	*node
	ghosts map[string]ghost // record -> edits ever merged
	peers  []int
	backup []saved
	talks  map[int]*talk // by peer, the session in which this one reads
}

type saved struct {
	disk   feedtest.Snapshot
	ghosts map[string]ghost
}

// talk is a session and the frames under way in it; a frame carries the
// ghosts of its records as they were read.
type talk struct {
	*session
	flying []flight
	since  feed.Seq
}

type flight struct {
	batch  feed.Batch
	ghosts map[record.ID]ghost
}

type history struct {
	t      *testing.T
	seed   uint64
	r      *rand.Rand
	actors []*actor
	edits  []rawEdit
	sent   int
}

func cloneGhosts(g map[string]ghost) map[string]ghost {
	out := make(map[string]ghost, len(g))
	for k, v := range g {
		out[k] = maps.Clone(v)
	}
	return out
}

func newHistory(t *testing.T, seed uint64) *history {
	h := &history{t: t, seed: seed, r: rand.New(rand.NewPCG(seed, 7))}
	n := 2 + h.r.IntN(2)
	for i := range n {
		a := &actor{node: open(t, fmt.Sprintf("node%d", i)), ghosts: map[string]ghost{}, talks: map[int]*talk{}}
		a.backup = append(a.backup, saved{})
		h.actors = append(h.actors, a)
	}
	// Actor 0 is the hub, the others are one site's edge and its clones.
	for i := 1; i < n; i++ {
		h.actors[0].peers = append(h.actors[0].peers, i)
		h.actors[i].peers = []int{0}
	}
	return h
}

var names = []string{"A", "B", "C", "D", "E"}

func (h *history) fail(format string, args ...any) {
	h.t.Helper()
	h.t.Fatalf("seed %d (-feed.seed=%d): %s", h.seed, h.seed, fmt.Sprintf(format, args...))
}

func (h *history) edit(a *actor) {
	name := names[h.r.IntN(len(names))]
	set := map[string]record.Value{}
	raw := rawEdit{values: map[string]string{}, rank: -1}
	id := len(h.edits)
	for _, f := range []string{"x", "y"} {
		if h.r.IntN(2) == 0 {
			set[f] = record.Int(int64(id))
			raw.values[f] = string(set[f])
		}
	}
	ranks := schema["entry"].Status.Ranks
	if len(set) == 0 || h.r.IntN(3) == 0 {
		raw.rank = h.r.IntN(len(ranks))
		set["status"] = record.Text(ranks[raw.rank])
	}
	if h.r.IntN(8) == 0 {
		a.now = a.now.Add(time.Duration(h.r.IntN(7200)-3600) * time.Second)
	}
	c := a.edit(name, set)
	raw.stamp = c.After.Greatest()
	for f := range set {
		if c.After.StampOf(f) != raw.stamp {
			h.fail("own write of %s to %s is not on top", f, name)
		}
	}
	if s, ok := c.After.Get("status").Status(); ok && raw.rank >= 0 {
		raw.gen = s.Generation
		if schema.Shown(&c.After).Name != ranks[raw.rank] {
			h.fail("own move of %s to %s is not shown", name, ranks[raw.rank])
		}
	}
	h.edits = append(h.edits, raw)
	if a.ghosts[name] == nil {
		a.ghosts[name] = ghost{}
	}
	a.ghosts[name][id] = true
}

// hello begins a session in which a reads from peer.
func (h *history) hello(a *actor, peer int) {
	s := hello(a.node, h.actors[peer].node)
	a.talks[peer] = &talk{session: s, since: s.since}
}

// send reads a batch of the peer's feed and lets it fly; a live one begins
// near the head, beyond what the reader holds.
func (h *history) send(a *actor, peer int) {
	t := a.talks[peer]
	if t == nil {
		h.hello(a, peer)
		return
	}
	since := t.since
	if h.r.IntN(4) == 0 {
		t.owner.view(func(tx feed.Tx) error {
			_, head, err := feed.Head(tx, site)
			since = head - min(head, feed.Seq(h.r.IntN(3)))
			return err
		})
	}
	b := t.read(since, 1+h.r.IntN(3))
	f := flight{batch: b, ghosts: map[record.ID]ghost{}}
	owner := h.actors[peer]
	for _, r := range b.Records {
		for _, name := range names {
			if r.Record.Kind == "entry" && r.Record.ID == entry(name) {
				f.ghosts[r.Record.ID] = maps.Clone(owner.ghosts[name])
			}
		}
	}
	h.sent += len(b.Records)
	t.flying = append(t.flying, f)
}

// arrive delivers, loses, repeats or reorders what flies.
func (h *history) arrive(a *actor, peer int) {
	t := a.talks[peer]
	if t == nil || len(t.flying) == 0 {
		return
	}
	i := h.r.IntN(len(t.flying))
	f := t.flying[i]
	switch h.r.IntN(6) {
	case 0:
		t.flying = slices.Delete(t.flying, i, i+1) // lost
		return
	case 1: // repeated
	default:
		t.flying = slices.Delete(t.flying, i, i+1)
	}
	h.take(a, t, f)
}

func (h *history) take(a *actor, t *talk, f flight) {
	t.since = t.merge(f.batch).Seq
	for _, name := range names {
		if g := f.ghosts[entry(name)]; g != nil {
			if a.ghosts[name] == nil {
				a.ghosts[name] = ghost{}
			}
			maps.Copy(a.ghosts[name], g)
		}
	}
}

// reopened drops every session that names the actor: frames are bound to
// them.
func (h *history) reopened(i int) {
	clear(h.actors[i].talks)
	for _, a := range h.actors {
		delete(a.talks, i)
	}
}

func (h *history) step() {
	i := h.r.IntN(len(h.actors))
	a := h.actors[i]
	peer := a.peers[h.r.IntN(len(a.peers))]
	switch n := h.r.IntN(100); {
	case n < 30:
		h.edit(a)
	case n < 60:
		h.send(a, peer)
	case n < 88:
		h.arrive(a, peer)
	case n < 90:
		h.hello(a, peer)
	case n < 94:
		a.backup = append(a.backup, saved{a.store.Snapshot(), cloneGhosts(a.ghosts)})
	case n < 98: // the newest backup more often than any other
		b := a.backup[len(a.backup)-1]
		if h.r.IntN(3) == 0 {
			b = a.backup[h.r.IntN(len(a.backup))]
		}
		a.ghosts = cloneGhosts(b.ghosts)
		a.restore(b.disk)
		h.reopened(i)
	case n < 99:
		a.reopen()
		h.reopened(i)
	default: // a clone of another edge's disk
		if i > 0 && len(h.actors) > 2 {
			from := h.actors[3-i]
			a.ghosts = cloneGhosts(from.ghosts)
			a.restore(from.store.Snapshot())
			h.reopened(i)
		}
	}
}

// heal lets every pair talk until nothing moves.
func (h *history) heal() map[string]ghost {
	survived := map[string]ghost{}
	for _, a := range h.actors {
		for name, g := range a.ghosts {
			if survived[name] == nil {
				survived[name] = ghost{}
			}
			maps.Copy(survived[name], g)
		}
	}
	for i := range h.actors {
		h.reopened(i)
	}
	for range 4 {
		for _, a := range h.actors {
			for _, peer := range a.peers {
				h.hello(a, peer)
				t := a.talks[peer]
				for {
					b := t.read(t.since, 50)
					h.take(a, t, flight{batch: b})
					if !b.More {
						break
					}
				}
			}
		}
	}
	return survived
}

// expected recomputes a field from the raw edits that survived.
func (h *history) expected(g ghost, field string) (rawEdit, bool) {
	var best rawEdit
	found := false
	for id := range g {
		e := h.edits[id]
		if field == "status" && e.rank < 0 {
			continue
		}
		if _, sets := e.values[field]; field != "status" && !sets {
			continue
		}
		later := best.stamp.Less(e.stamp)
		if field == "status" && (e.gen != best.gen || e.rank != best.rank) {
			later = e.gen > best.gen || e.gen == best.gen && e.rank > best.rank
		}
		if !found || later {
			best, found = e, true
		}
	}
	return best, found
}

func (h *history) judge(survived map[string]ghost) {
	first := h.actors[0]
	for _, a := range h.actors {
		if d := cmp.Diff(digest(first.node), digest(a.node)); d != "" {
			h.fail("%s and %s differ after quiet: %s", first.name, a.name, d)
		}
		for _, name := range names {
			got, want := a.load(name), survived[name]
			if (got == nil) != (len(want) == 0) {
				h.fail("%s of %s: held %v, %d edits survived", name, a.name, got != nil, len(want))
			}
			if got == nil {
				continue
			}
			if !bytes.Equal(record.Encode(got), record.Encode(first.load(name))) {
				h.fail("%s differs between %s and %s", name, first.name, a.name)
			}
			for _, f := range []string{"x", "y", "status"} {
				e, set := h.expected(want, f)
				if !set != (len(got.Get(f)) == 0) {
					h.fail("%s.%s of %s: set is %v", name, f, a.name, !set)
				}
				if set && got.StampOf(f) != e.stamp {
					h.fail("%s.%s of %s is %x of %v, the oracle says %x of %v", name, f, a.name, got.Get(f), got.StampOf(f), e.values[f], e.stamp)
				}
			}
		}
		for _, peer := range a.peers {
			h.reachedHead(a, h.actors[peer])
		}
	}
}

func (h *history) reachedHead(a *actor, peer *actor) {
	var head feed.Seq
	var last feed.Timeline
	peer.view(func(tx feed.Tx) (err error) {
		last, head, err = feed.Head(tx, site)
		return err
	})
	a.view(func(tx feed.Tx) error {
		cursors, err := feed.Cursors(tx, site, peer.name)
		if n := len(cursors); err != nil || n == 0 || cursors[n-1].Timeline != last || cursors[n-1].Seq != head || cursors[n-1].Safe != head {
			h.fail("%s holds %+v of %s, whose head is %d", a.name, cursors, peer.name, head)
		}
		return err
	})
}

// Whatever survives on one disk at the end is on every disk, as the raw edits
// say, whatever was lost, repeated, put back or cloned on the way.
func TestStoresConvergeOnWhatSurvived(t *testing.T) {
	from, to := uint64(1), uint64(*seeds)
	if testing.Short() {
		to /= 3
	}
	if *oneSeed != 0 {
		from, to = *oneSeed, *oneSeed
	}
	conflicts := 0
	for seed := from; seed <= to; seed++ {
		h := newHistory(t, seed)
		for range *stepsPer {
			h.step()
		}
		h.judge(h.heal())
		h.actors[0].view(func(tx feed.Tx) error {
			return feed.ByKind(tx, site, record.ConflictKind, func(record.Record) (bool, error) {
				conflicts++
				return true, nil
			})
		})
	}
	t.Logf("%d histories, %d conflicts", to-from+1, conflicts)
	if conflicts == 0 && *oneSeed == 0 {
		t.Errorf("no history had a conflict: the test proves little")
	}
}
