package link_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/bus/memory"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
)

// pair is one site and its hub on a good line.
type pair struct {
	*world
	site  record.ID
	scope feed.Scope
	edge  *node
	hub   *node
	count int
}

func newPair(t testing.TB) *pair {
	p := &pair{world: newWorld(t, 7)}
	p.site = p.known("clinic")
	p.scope = feed.SiteScope(p.site)
	p.hub = p.addHub("hub", p.addDisk())
	p.hub.alone = true
	p.edge = p.addEdge("edge", p.site, p.addDisk())
	for _, n := range p.nodes {
		p.net.SetFaults(n.name, memory.Up, memory.Faults{MinDelay: 10 * time.Millisecond, MaxDelay: 10 * time.Millisecond})
	}
	return p
}

func startPair(t testing.TB) *pair {
	p := newPair(t)
	p.hub.start()
	p.edge.start()
	p.runUntil("live", 30*time.Second, func() bool { return p.atHub().State == link.Live && p.atEdge().InSync })
	return p
}

func (p *pair) atEdge() link.Status { return p.edge.edge.Status(p.edge.clock()) }

func (p *pair) atHub() link.Status {
	m := p.hub.sites[p.site]
	if m == nil {
		return link.Status{State: link.NeverSeen}
	}
	return m.Status(p.hub.clock())
}

// write makes n new records somewhere and returns the last one.
func (p *pair) write(at *node, scope feed.Scope, kind string, n int) (last record.Key) {
	p.t.Helper()
	for range n {
		p.count++
		last = record.Key{Kind: kind, ID: record.Derive(kind, fmt.Sprint(p.count))}
		if _, err := at.disk.edit(scope, kind, last.ID, record.Derive("edit", fmt.Sprint(p.count)), fmt.Sprint("text ", p.count), at.clock()); err != nil {
			p.t.Fatal(err)
		}
	}
	return last
}

func has(t testing.TB, d *disk, scope feed.Scope, key record.Key) (ok bool) {
	t.Helper()
	if err := d.View(func(tx feed.Tx) (err error) {
		_, _, ok, err = feed.Load(tx, scope, key)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return ok
}

func (p *pair) arrives(what string, at *node, scope feed.Scope, key record.Key, within time.Duration) time.Duration {
	p.t.Helper()
	return p.runUntil(what, within, func() bool { return has(p.t, at.disk, scope, key) })
}

func TestACommitIsAtTheOtherEndAtOnce(t *testing.T) {
	p := startPair(t)
	up := p.arrives("the site's edit at the hub", p.hub, p.scope, p.write(p.edge, p.scope, "entry", 1), time.Minute)
	down := p.arrives("the hub's edit at the site", p.edge, feed.Network, p.write(p.hub, feed.Network, "note", 1), time.Minute)
	// 10 ms on the line, at most 5 of the disk, and the step of the test; no timer.
	if up > 60*time.Millisecond || down > 60*time.Millisecond {
		t.Errorf("it took %s up and %s down", up, down)
	}
}

func TestAStretchThatIsLeftOutCostsNoFrame(t *testing.T) {
	p := startPair(t)
	before := p.frames
	const edits = 50
	for range edits {
		p.write(p.edge, p.scope, "entry", 1)
		p.runFor(200 * time.Millisecond)
	}
	p.runFor(time.Second)
	// One changes and one ack an edit. In these 11 s each end beats three times at most and probes three times.
	if sent := p.frames - before; sent > 2*edits+6 {
		t.Errorf("%d edits took %d frames", edits, sent)
	}
}

func TestTheBacklogIsToldWhileTheLineIsDownAndAfterARestart(t *testing.T) {
	p := startPair(t)
	p.write(p.edge, p.scope, "entry", 10)
	p.runUntil("sent", time.Minute, func() bool { return p.atEdge().Backlog.Records == 0 && p.atEdge().InSync })
	p.runFor(2 * time.Minute) // it is remembered each minute
	p.net.SetFaults("edge", memory.Up, memory.Faults{Cut: true})
	p.write(p.edge, p.scope, "entry", 31)
	p.runFor(time.Minute)
	if st := p.atEdge(); st.Backlog.Records != 31 || st.State != link.Silent || st.Lag < 50*time.Second {
		t.Errorf("without a line: %+v", st)
	}
	p.edge.crash()
	p.edge.start()
	p.runFor(time.Minute)
	if st := p.atEdge(); st.Backlog.Records != 31 || st.State != link.Connecting {
		t.Errorf("after a restart without a line: %+v", st)
	}
}

func TestARepeatOfAnyFrameChangesNothing(t *testing.T) {
	p := newPair(t)
	tap := p.net.Open("tap")
	up, err := tap.SubscribeNow(t.Context(), p.edge.channelUp())
	if err != nil {
		t.Fatal(err)
	}
	down, err := tap.SubscribeNow(t.Context(), p.edge.channels()...)
	if err != nil {
		t.Fatal(err)
	}
	p.hub.start()
	p.edge.start()
	p.runFor(5 * time.Second)
	p.write(p.edge, p.scope, "entry", 20)
	p.write(p.hub, feed.Network, "note", 5)
	p.runFor(10 * time.Second)
	p.edge.crash()
	p.edge.start()
	p.runUntil("live", time.Minute, func() bool { return p.atEdge().InSync && p.atHub().InSync })
	edge, hub := p.edge.disk.mem.Snapshot(), p.hub.disk.mem.Snapshot()
	count := 0
	for _, sub := range []*memory.Subscription{up, down} {
		for {
			m, ok, err := sub.TryReceive()
			if err != nil || !ok {
				break
			}
			count++
			if _, err := tap.Publish(t.Context(), m.Channel, m.Payload); err != nil {
				t.Fatal(err)
			}
		}
	}
	if count < 20 {
		t.Fatalf("only %d frames were recorded", count)
	}
	p.runFor(2 * time.Second)
	if !sameRows(p.edge.disk, edge) || !sameRows(p.hub.disk, hub) {
		t.Error("a store changed")
	}
	if st := p.atEdge(); st.State != link.Live || !st.InSync {
		t.Errorf("the edge says %+v", st)
	}
	if st := p.atHub(); st.State != link.Live || !st.InSync {
		t.Errorf("the hub says %+v", st)
	}
}

func TestTwoBoxesWithOneIdentityAreServedAndTold(t *testing.T) {
	p := startPair(t)
	p.edge.crash()
	p.edge.start()
	p.runFor(time.Minute)
	if st := p.atHub(); st.State != link.Live {
		t.Fatalf("after an honest restart: %+v", st)
	}
	copied := p.addDisk()
	copied.restore(p.edge.disk.backup())
	clone := p.addEdge("clone", p.site, copied)
	clone.start()
	p.runUntil("told", time.Minute, func() bool {
		return p.atHub().State == link.Cloned && p.atEdge().State == link.Cloned && clone.edge.Status(p.now).State == link.Cloned
	})
	one, other := p.write(p.edge, p.scope, "entry", 1), p.write(clone, p.scope, "entry", 1)
	p.arrives("the box's edit at the clone", clone, p.scope, one, time.Minute)
	p.arrives("the clone's edit at the box", p.edge, p.scope, other, time.Minute)
}

func TestAWrongClockIsToldAndStopsNothing(t *testing.T) {
	p := newPair(t)
	p.edge.skew = -3 * time.Hour
	p.hub.start()
	p.edge.start()
	p.runUntil("told", time.Minute, func() bool { return p.atHub().State == link.ClockWrong && p.atEdge().State == link.ClockWrong })
	for at, st := range map[string]link.Status{"edge": p.atEdge(), "hub": p.atHub()} {
		if off := (st.ClockOffset - p.edge.skew).Abs(); off > time.Second {
			t.Errorf("the %s says the site's clock is off by %s", at, st.ClockOffset)
		}
	}
	p.arrives("the edit at the hub", p.hub, p.scope, p.write(p.edge, p.scope, "entry", 1), time.Second)
}

func TestAClockThatIsSetBackKeepsNobodyFromSayingHello(t *testing.T) {
	p := newPair(t)
	p.edge.skew = 48 * time.Hour
	p.edge.start()
	p.runFor(time.Minute)
	p.edge.skew = 0
	p.hub.start()
	p.runUntil("live", 30*time.Second, func() bool {
		p.edge.step(p.edge.edge, link.Tick{}) // the shell ticks at least each 5 s
		return p.atEdge().State == link.Live
	})
}

// A site that dies between keeping the hub's MAC of a state and merging the state can give it back. The hub must not
// take it for granted then that the site holds it.
func TestAStateThatASiteGivesBackWithoutHoldingItComesToIt(t *testing.T) {
	p := newPair(t)
	p.ablate = link.AblateDigest // it would mend this
	p.hub.start()
	p.edge.start()
	p.runUntil("live", 30*time.Second, func() bool { return p.atHub().State == link.Live })
	empty := p.hub.disk.backup()
	key := p.write(p.hub, feed.Network, "note", 1)
	p.arrives("the note at the site", p.edge, feed.Network, key, time.Second)
	p.edge.disk.fail, p.edge.disk.keepsNames = errFull, true
	if _, err := p.hub.disk.edit(feed.Network, "note", key.ID, record.Derive("edit", "second"), "second", p.now); err != nil {
		t.Fatal(err)
	}
	p.runFor(2 * time.Second)
	p.edge.crash()
	p.hub.crash()
	p.edge.disk.fail, p.edge.disk.keepsNames = nil, false
	p.hub.disk.restore(empty)
	p.hub.start()
	p.edge.start()
	text := func(d *disk) string {
		r, _, _, err := feed.Load(d.tx(t), feed.Network, key)
		if err != nil {
			t.Fatal(err)
		}
		return r.Get("text").Text()
	}
	p.runUntil("back at the hub", time.Minute, func() bool { return text(p.hub.disk) == "second" })
	p.runUntil("at the site", time.Minute, func() bool { return text(p.edge.disk) == "second" })
}

func TestARecordThatCannotBeMergedBlocksNoOther(t *testing.T) {
	p := startPair(t)
	bad := record.Derive("entry", fmt.Sprint(p.count+1))
	p.hub.disk.parks = map[record.ID]bool{bad: true}
	p.write(p.edge, p.scope, "entry", 1)
	p.arrives("the next record", p.hub, p.scope, p.write(p.edge, p.scope, "entry", 1), time.Second)
	p.runUntil("acknowledged", time.Minute, func() bool { return p.atEdge().Backlog.Records == 0 && p.atEdge().Parked == 1 })
	if p.atHub().Parked != 1 {
		t.Errorf("the hub says %+v", p.atHub())
	}
	if has(t, p.hub.disk, p.scope, record.Key{Kind: "entry", ID: bad}) {
		t.Error("the bad record is there")
	}
}

func TestAHubTakesOnlyItsOwnNetworkRecordsBack(t *testing.T) {
	p := startPair(t)
	empty := p.hub.disk.backup()
	own := p.write(p.hub, feed.Network, "note", 1)
	p.arrives("the note at the site", p.edge, feed.Network, own, time.Second)
	p.edge.disk.rules.Home = ""
	forged := p.write(p.edge, feed.Network, "note", 1)

	p.hub.crash()
	p.hub.disk.restore(empty)
	p.hub.start()
	p.arrives("the note at the restored hub", p.hub, feed.Network, own, time.Minute)
	p.runFor(time.Minute)
	if has(t, p.hub.disk, feed.Network, forged) {
		t.Error("the hub took a network record that it never made")
	}
}

func TestADigestFindsAndMendsWhatNoCursorFinds(t *testing.T) {
	p := startPair(t)
	p.write(p.edge, p.scope, "entry", 50)
	p.runFor(10 * time.Second)
	// A disk that lost records in silence: an old copy, with the cursors of the new one.
	missing := p.write(p.edge, p.scope, "entry", 3)
	p.edge.crash()
	p.hub.crash()
	if err := p.hub.disk.mem.Update(func(tx feed.Tx) error {
		spans, err := feed.Spans(p.edge.disk.tx(t), p.scope)
		if err != nil {
			return err
		}
		at := p.edge.disk.head(t, p.scope)
		return feed.Adopt(tx, p.scope, p.site.String(), feed.Cursor{Timeline: spans[len(spans)-1].Timeline, Seq: at, Seen: at, Safe: at})
	}); err != nil {
		t.Fatal(err)
	}
	p.hub.start()
	p.edge.start()
	p.arrives("what was lost", p.hub, p.scope, missing, 2*time.Minute)
	p.runUntil("in sync", time.Minute, func() bool { return p.atHub().InSync && p.atEdge().InSync })
	if p.atHub().Repairs != 3 {
		t.Errorf("the hub says %+v", p.atHub())
	}
}

// Where a hub was restored, a site may list a conflict in a network record that the hub never met. It cannot give the
// listing back, since the hub did not make it.
func TestWhatASiteCannotGiveBackDoesNotKeepBothEndsComparing(t *testing.T) {
	p := startPair(t)
	key := p.write(p.hub, feed.Network, "note", 1)
	p.arrives("the note at the site", p.edge, feed.Network, key, time.Second)
	lost := newDisk()
	if err := lost.open(p.random, "", feed.Network); err != nil {
		t.Fatal(err)
	}
	change, err := lost.edit(feed.Network, "note", key.ID, record.Derive("edit", "lost"), "lost", p.now.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.edge.disk.mem.Update(func(tx feed.Tx) error {
		_, err := p.edge.disk.rules.Merge(tx, feed.Network, change.After, feed.Source{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	p.edge.crash()
	p.edge.start()
	p.runFor(10 * time.Second)
	p.runUntil("in sync", time.Minute, func() bool { return p.atEdge().InSync && p.atHub().InSync })
	before := p.frames
	p.runFor(time.Minute)
	// Some 13 beats each; a round of comparing every 2 s would be more than 100 frames.
	if sent := p.frames - before; sent > 40 {
		t.Errorf("%d frames in a minute in which nothing happened", sent)
	}
}

func TestAHubThatIsKilledIsBackWithinABeat(t *testing.T) {
	p := startPair(t)
	p.hub.crash()
	p.hub.start()
	took := p.runUntil("live again", time.Minute, func() bool { return p.atHub().State == link.Live })
	if took > 7*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestAFullDiskLosesNothing(t *testing.T) {
	p := startPair(t)
	p.hub.disk.fail = errFull
	key := p.write(p.edge, p.scope, "entry", 5)
	p.runFor(30 * time.Second)
	if has(t, p.hub.disk, p.scope, key) || p.atEdge().Backlog.Records != 5 {
		t.Errorf("with a full disk: %+v", p.atEdge())
	}
	p.hub.disk.fail = nil
	p.arrives("the edit after the disk was mended", p.hub, p.scope, key, 30*time.Second)
}

func TestASiteThatNobodyHeardIsNeverSeen(t *testing.T) {
	p := newPair(t)
	p.hub.start()
	p.runFor(time.Minute)
	if st := p.hub.serve(p.site, false).Status(p.now); st.State != link.NeverSeen || !st.LastHeard.IsZero() {
		t.Errorf("the hub says %+v", st)
	}
}

func TestASiteThatFallsSilentIsToldAsSilent(t *testing.T) {
	p := startPair(t)
	p.edge.crash()
	p.runFor(19 * time.Second)
	if p.atHub().State != link.Live {
		t.Errorf("after 19 s: %+v", p.atHub())
	}
	p.runFor(7 * time.Second)
	if st := p.atHub(); st.State != link.Silent || p.now.Sub(st.LastHeard) < 20*time.Second {
		t.Errorf("after 26 s: %+v", st)
	}
}
