package feed_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/google/go-cmp/cmp"
)

// A@1 B@2 C@3, the peer at 0. A is edited: A@4. The peer reads (0, 3] = B, C.
// The owner is put back to its copy of head 3: A is at 1 again, and the
// peer's cursor of 3 must not hide it.
func TestResumeAfterTheOwnerWasPutBackSkipsNoRecord(t *testing.T) {
	owner, peer := open(t, "owner"), open(t, "peer")
	for _, name := range []string{"A", "B", "C"} {
		owner.set(name, "band", record.Int(1))
	}
	backup := owner.store.Snapshot()
	owner.set("A", "band", record.Int(2))
	s := hello(peer, owner)
	if cur := s.merge(s.read(s.since, 2)); cur.Seq != 3 || cur.Seen != 4 || cur.Safe != 0 {
		t.Fatalf("cursor %+v, want seq 3, seen 4, safe 0", cur)
	}
	owner.restore(backup)
	if s := hello(peer, owner); s.clean || s.since != 0 {
		t.Errorf("resumes at %d, clean %v; want 0 and the history told to be gone", s.since, s.clean)
	}
	pull(peer, owner)
	if got := peer.load("A"); got == nil || got.Get("band").Int() != 1 {
		t.Errorf("the peer holds %+v of A, want the owner's", got)
	}
}

// The owner edits A.x, then merges the peer's A.y: what it holds now is more
// than the peer sent, so the peer must get it.
func TestConcurrentEditsOfOneRecordReachBothSides(t *testing.T) {
	hub, edge := open(t, "hub"), open(t, "edge")
	edge.set("A", "y", record.Int(1))
	pull(hub, edge)
	pull(edge, hub)
	hub.set("A", "x", record.Int(7))
	edge.set("A", "y", record.Int(8))
	pull(hub, edge)
	pull(edge, hub)
	for _, n := range []*node{hub, edge} {
		if a := n.load("A"); a.Get("x").Int() != 7 || a.Get("y").Int() != 8 {
			t.Errorf("%s holds x %d, y %d; want 7 and 8", n.name, a.Get("x").Int(), a.Get("y").Int())
		}
	}
}

func TestWhatAPeerSentIsNotSentBack(t *testing.T) {
	hub, edge := open(t, "hub"), open(t, "edge")
	for _, name := range []string{"A", "B", "C"} {
		edge.set(name, "band", record.Int(1))
	}
	if n := pull(hub, edge); n != 3 {
		t.Fatalf("%d records sent, want 3", n)
	}
	if n := pull(edge, hub); n != 0 {
		t.Errorf("%d records came back", n)
	}
	hub.set("B", "band", record.Int(2))
	if n := pull(edge, hub); n != 1 {
		t.Errorf("%d records after one edit, want 1", n)
	}
	if n := pull(hub, edge); n != 0 {
		t.Errorf("%d records came back", n)
	}
}

// A wholly left-out stretch moves the cursor all the same.
func TestLeftOutStretchMovesTheCursor(t *testing.T) {
	hub, edge := open(t, "hub"), open(t, "edge")
	edge.set("A", "band", record.Int(1))
	edge.set("B", "band", record.Int(1))
	pull(hub, edge)
	s := hello(edge, hub)
	b := s.read(s.since, 10)
	if b.LeftOut != 2 || len(b.Records) != 0 || b.To != b.Head || b.More {
		t.Errorf("batch %+v, want two left out up to the head", b)
	}
	if cur := s.merge(b); cur.Seq != b.Head || cur.Safe != b.Head {
		t.Errorf("cursor %+v, want head %d", cur, b.Head)
	}
}

// A peer that was put back to an old copy gets its own lost work back.
func TestARestoredPeerGetsItsOwnLostWorkBack(t *testing.T) {
	hub, edge := open(t, "hub"), open(t, "edge")
	edge.set("A", "band", record.Int(1))
	backup := edge.store.Snapshot()
	edge.set("A", "band", record.Int(2))
	edge.set("B", "band", record.Int(3))
	pull(hub, edge)
	edge.restore(backup)
	pull(edge, hub)
	if a, b := edge.load("A"), edge.load("B"); a.Get("band").Int() != 2 || b == nil {
		t.Errorf("after the restore the edge holds %v and %v", a, b)
	}
}

// The list of timelines that a mark is compared with must be that of this
// session: an old one says that a restored peer still holds what it lost.
func TestListOfAnEarlierSessionWouldHideLostWork(t *testing.T) {
	hub, edge := open(t, "hub"), open(t, "edge")
	backup := edge.store.Snapshot()
	edge.set("A", "band", record.Int(1))
	pull(hub, edge)
	before := hello(edge, hub)
	edge.restore(backup)
	if b := before.read(0, 10); b.LeftOut != 1 {
		t.Fatalf("the list of the old session covers %d records, want 1: the story is another", b.LeftOut)
	}
	if b := hello(edge, hub).read(0, 10); len(b.Records) != 1 {
		t.Errorf("%d records by the list of this session, want 1", len(b.Records))
	}
}

func TestNothingIsWrittenBeforeATimelineIsMinted(t *testing.T) {
	n := open(t, "edge")
	other := feed.SiteScope(record.Derive("another"))
	err := n.store.Update(func(tx feed.Tx) error {
		_, err := n.rules.Edit(tx, other, record.Edit{Kind: "x", ID: entry("A"), Set: map[string]record.Value{"v": record.Int(1)}}, start)
		return err
	})
	if !errors.Is(err, feed.ErrNoTimeline) {
		t.Errorf("got %v, want ErrNoTimeline", err)
	}
}

func TestATimelineThatNumbersNothingIsReplaced(t *testing.T) {
	n := open(t, "edge")
	n.reopen()
	n.reopen()
	spans := func() (out []feed.Span) {
		n.view(func(tx feed.Tx) (err error) { out, err = feed.Spans(tx, site); return err })
		return out
	}
	if got := spans(); len(got) != 1 || got[0].First != 1 {
		t.Errorf("timelines %v, want one from 1", got)
	}
	n.set("A", "band", record.Int(1))
	n.reopen()
	if got := spans(); len(got) != 2 || got[1].First != 2 {
		t.Errorf("timelines %v, want a second from 2", got)
	}
	for range 2 * feed.MaxSpans {
		n.set("A", "band", record.Int(1))
		n.reopen()
	}
	if got := spans(); len(got) != feed.MaxSpans {
		t.Errorf("%d timelines, want the newest %d", len(got), feed.MaxSpans)
	}
}

// no_answer -> called, on_hold -> called, transferred -> waiting go down in
// rank; an acknowledged move must be what is shown, here and at the centre.
func TestOwnMoveDownInRankIsVisibleEverywhere(t *testing.T) {
	hub, edge := open(t, "hub"), open(t, "edge")
	for _, move := range [][2]string{{"no_answer", "called"}, {"on_hold", "called"}, {"transferred", "waiting"}, {"cancelled", "waiting"}, {"done", "in_service"}} {
		name := move[0]
		edge.set(name, "status", record.Text(move[0]))
		pull(hub, edge)
		edge.set(name, "status", record.Text(move[1]))
		pull(hub, edge)
		for _, n := range []*node{hub, edge} {
			if got := schema.Shown(n.load(name)).Name; got != move[1] {
				t.Errorf("%s shows %s after %s -> %s", n.name, got, move[0], move[1])
			}
		}
	}
}

// Both sides derive the same conflict record, in the transaction of the
// merge, and nothing bounces.
func TestAConflictIsOneRecordTheSameOnEveryNode(t *testing.T) {
	hub, edge := open(t, "hub"), open(t, "edge")
	edge.set("A", "room", record.Text("1"))
	pull(hub, edge)
	pull(edge, hub)
	edge.set("A", "room", record.Text("2"))
	hub.now = edge.now.Add(1e9)
	hub.set("A", "room", record.Text("3"))
	hub.set("A", "room", record.Text("4"))
	pull(hub, edge)
	conflicts := func(n *node) (out []record.Record) {
		n.view(func(tx feed.Tx) error {
			return feed.ByKind(tx, site, record.ConflictKind, func(r record.Record) (bool, error) {
				out = append(out, r)
				return true, nil
			})
		})
		return out
	}
	at := conflicts(hub)
	if len(at) != 1 || at[0].Get("value").Text() != "2" || at[0].Get("field").Text() != "room" || at[0].Get("subject").ID() != entry("A") {
		t.Fatalf("the hub tells %+v, want the dropped room 2", at)
	}
	pull(edge, hub)
	pull(hub, edge)
	if d := cmp.Diff(at, conflicts(edge)); d != "" {
		t.Errorf("the edge tells another conflict: %s", d)
	}
	if d := cmp.Diff(digest(hub), digest(edge)); d != "" {
		t.Errorf("digests differ: %s", d)
	}
	if n := pull(edge, hub) + pull(hub, edge); n != 0 {
		t.Errorf("%d records bounce", n)
	}
}

// A conflict that an edge finds in what the centre wrote goes into the
// edge's own scope: it may not write to network.
func TestAConflictInTheNetworkScopeGoesHome(t *testing.T) {
	edge := open(t, "edge")
	edge.rules.Home = site
	rec := func(w record.Writer, v string) record.Record {
		return record.Record{Kind: "policy", ID: entry("P"),
			Stamps: []record.StampSeen{{Stamp: record.Stamp{HLC: record.HLC(w), Writer: w}}},
			Fields: []record.Field{{Name: "v", Value: record.Text(v)}}}
	}
	var changes []feed.Change
	edge.update(func(tx feed.Tx) (err error) {
		if _, err = edge.rules.Merge(tx, feed.Network, rec(1, "a"), feed.Source{}); err == nil {
			changes, err = edge.rules.Merge(tx, feed.Network, rec(2, "b"), feed.Source{})
		}
		return err
	})
	if len(changes) != 2 || changes[0].Scope != feed.Network || changes[1].Scope != site || changes[1].After.Kind != record.ConflictKind {
		t.Errorf("changes %+v, want the policy in network and a conflict in the site's scope", changes)
	}
}

func TestReadingGivesEachRecordOnceAsItIsNow(t *testing.T) {
	n, peer := open(t, "edge"), open(t, "peer")
	for _, name := range []string{"A", "B", "A", "C", "A", "B"} {
		n.set(name, "band", record.Int(1))
	}
	b := hello(peer, n).read(0, 100)
	var seqs []feed.Seq
	for _, r := range b.Records {
		seqs = append(seqs, r.Seq)
	}
	if want := []feed.Seq{4, 5, 6}; !slices.Equal(seqs, want) || b.Head != 6 || b.To != 6 || b.More {
		t.Errorf("seqs %v, batch to %d of %d; want %v to 6", seqs, b.To, b.Head, want)
	}
}

func TestAnEditThatAddsNothingTakesNoSeq(t *testing.T) {
	n := open(t, "edge")
	add := record.Edit{Kind: "entry", ID: entry("A"), Day: day, Add: map[string][]record.Item{"notes": {{Value: record.Text("hello")}}}}
	var seqs []feed.Seq
	for range 2 {
		n.update(func(tx feed.Tx) error {
			c, err := n.rules.Edit(tx, site, add, start)
			seqs = append(seqs, c.Seq)
			return err
		})
	}
	if !slices.Equal(seqs, []feed.Seq{1, 1}) {
		t.Errorf("seqs %v, want 1 and 1", seqs)
	}
}

func TestLocalKindsDoNotTravel(t *testing.T) {
	n := open(t, "edge")
	secret := record.Edit{Kind: "credential", ID: entry("A"), Set: map[string]record.Value{"hash": record.Int(1)}}
	err := n.store.Update(func(tx feed.Tx) error { _, err := n.rules.Edit(tx, site, secret, start); return err })
	if !errors.Is(err, feed.ErrScope) {
		t.Errorf("edit in the site's scope: %v, want ErrScope", err)
	}
	r, _, err := record.Apply(schema, nil, secret, start, 9, 0)
	if err != nil {
		t.Fatal(err)
	}
	err = n.store.Update(func(tx feed.Tx) error { _, err := n.rules.Merge(tx, site, r, feed.Source{}); return err })
	if !errors.Is(err, feed.ErrParked) {
		t.Errorf("merge into the site's scope: %v, want ErrParked", err)
	}
}

func TestAValueFromABrokenClockIsParkedAndListed(t *testing.T) {
	n := open(t, "edge")
	bad := record.Record{Kind: "entry", ID: entry("A"), Day: day,
		Stamps: []record.StampSeen{{Stamp: record.Stamp{HLC: record.MaxHLC + 1, Writer: 5}}},
		Fields: []record.Field{{Name: "band", Value: record.Int(1)}}}
	from := feed.Source{Peer: "hub", Timeline: feed.Timeline{1}, Seq: 8}
	n.update(func(tx feed.Tx) error {
		_, err := n.rules.Merge(tx, site, bad, from)
		if !errors.Is(err, feed.ErrParked) || !errors.Is(err, record.ErrClock) {
			t.Errorf("merge: %v, want ErrParked for ErrClock", err)
		}
		return feed.Park(tx, site, from, "clock", record.Encode(&bad))
	})
	var got []feed.Parked
	n.view(func(tx feed.Tx) error {
		return feed.EachParked(tx, site, func(p feed.Parked) (bool, error) {
			got = append(got, p)
			return true, nil
		})
	})
	if len(got) != 1 || got[0].Source != from || got[0].Reason != "clock" {
		t.Fatalf("parked %+v, want the record from %+v", got, from)
	}
	n.update(func(tx feed.Tx) error { return feed.Unpark(tx, site, got[0].Key) })
	n.view(func(tx feed.Tx) error {
		return feed.EachParked(tx, site, func(p feed.Parked) (bool, error) {
			t.Errorf("still parked: %+v", p)
			return true, nil
		})
	})
}

func TestAMergeThatOnlyRaisesTheClockIsRemembered(t *testing.T) {
	edge := open(t, "edge")
	edge.set("A", "status", record.Text("done"))
	far := record.HLCOf(start.AddDate(50, 0, 0))
	theirs := record.Record{Kind: "entry", ID: entry("A"), Day: day,
		Stamps: []record.StampSeen{{Stamp: record.Stamp{HLC: far, Writer: 5}}},
		Fields: []record.Field{{Name: "status", Value: record.StatusValue(record.Status{Name: "waiting", Generation: 1})}}}
	edge.update(func(tx feed.Tx) error {
		_, err := edge.rules.Merge(tx, site, theirs, feed.Source{})
		return err
	})
	c := edge.set("A", "band", record.Int(1))
	if at := c.After.StampOf("band"); at.HLC != far+1 {
		t.Errorf("stamped %d after a lost merge of %d: one writer's stamps must pass all it ever merged", at.HLC, far)
	}
}

// A frame is labelled with its owner's last timeline, and may carry what an earlier one numbered.
func TestWhatWasNumberedBeforeTheLastTimelineIsNotSentBack(t *testing.T) {
	hub, edge := open(t, "hub"), open(t, "edge")
	hub.set("A", "x", record.Int(1))
	hub.reopen()
	hub.set("B", "x", record.Int(1))
	if sent := pull(edge, hub); sent != 2 {
		t.Fatalf("%d records were sent to the edge, want 2", sent)
	}
	if sent := pull(hub, edge); sent != 0 {
		t.Errorf("%d records were sent back, want none", sent)
	}
}
