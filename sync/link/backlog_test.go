package link_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aashram-care/sangam/sync/bus/memory"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

func TestAFreshCommitOvertakesTheBacklog(t *testing.T) {
	p := startPair(t)
	p.net.SetFaults("edge", memory.Up, memory.Faults{Cut: true})
	last := p.write(p.edge, p.scope, "entry", 6000)
	p.runFor(time.Minute)
	p.slow = 400 * time.Millisecond // the hub has a slow disk: the backlog takes its time
	p.net.SetFaults("edge", memory.Up, memory.Faults{MinDelay: 10 * time.Millisecond, MaxDelay: 10 * time.Millisecond})
	p.runUntil("a session", time.Minute, func() bool { return p.atHub().State == link.Lagging })
	fresh := p.write(p.edge, p.scope, "entry", 1)
	p.arrives("the fresh edit at the hub", p.hub, p.scope, fresh, time.Minute)
	if has(t, p.hub.disk, p.scope, last) {
		t.Error("the backlog was drained before the fresh edit came")
	}
	p.arrives("the end of the backlog", p.hub, p.scope, last, 5*time.Minute)
}

// loses lets what the node sends meanwhile get lost.
func (p *pair) loses(n *node, meanwhile func()) {
	before := p.net.Faults(n.name, memory.Up)
	p.net.SetFaults(n.name, memory.Up, memory.Faults{Cut: true})
	meanwhile()
	p.runFor(5 * time.Millisecond)
	p.net.SetFaults(n.name, memory.Up, before)
}

func TestALostFreshCommitIsSentAgainWithoutWaitingForABeat(t *testing.T) {
	p := startPair(t)
	for range 8 { // by which the site learns how long an acknowledgement takes
		p.arrives("an edit", p.hub, p.scope, p.write(p.edge, p.scope, "entry", 1), time.Second)
		p.runFor(time.Second)
	}
	var fresh record.Key
	p.loses(p.edge, func() { fresh = p.write(p.edge, p.scope, "entry", 1) })
	if took := p.arrives("the lost edit", p.hub, p.scope, fresh, time.Minute); took > time.Second {
		t.Errorf("alone on its line it took %s", took)
	}
	p.runFor(time.Second)
	p.loses(p.edge, func() { fresh = p.write(p.edge, p.scope, "entry", 1) })
	p.runFor(50 * time.Millisecond)
	p.write(p.edge, p.scope, "entry", 1)
	if took := p.arrives("the overtaken edit", p.hub, p.scope, fresh, time.Minute); took > 200*time.Millisecond {
		t.Errorf("overtaken by the next it took %s", took)
	}
}

func TestALostFreshCommitDoesNotWaitForTheBacklog(t *testing.T) {
	p := startPair(t)
	p.net.SetFaults("edge", memory.Up, memory.Faults{Cut: true})
	last := p.write(p.edge, p.scope, "entry", 9000)
	p.runFor(time.Minute)
	p.slow = 400 * time.Millisecond
	p.net.SetFaults("edge", memory.Up, memory.Faults{MinDelay: 10 * time.Millisecond, MaxDelay: 10 * time.Millisecond})
	p.runUntil("a session", time.Minute, func() bool { return p.atHub().State == link.Lagging })
	var fresh record.Key
	p.loses(p.edge, func() { fresh = p.write(p.edge, p.scope, "entry", 1) })
	if took := p.arrives("the lost fresh edit", p.hub, p.scope, fresh, 5*time.Minute); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
	if has(t, p.hub.disk, p.scope, last) {
		t.Error("the backlog was drained before the fresh edit came")
	}
}

func TestANarrowLineCarriesABacklogOnceAndFreshCommitsInBetween(t *testing.T) {
	p := startPair(t)
	p.net.SetFaults("edge", memory.Up, memory.Faults{Cut: true})
	last := p.write(p.edge, p.scope, "entry", 3000)
	p.runFor(time.Minute)
	narrow := memory.Faults{MinDelay: 100 * time.Millisecond, MaxDelay: 100 * time.Millisecond, Rate: 8000}
	p.net.SetFaults("edge", memory.Up, narrow)
	p.net.SetFaults("edge", memory.Down, narrow)
	p.runUntil("a session", time.Minute, func() bool { return p.atHub().State == link.Lagging })
	before, began := p.bytes, p.now
	clear(p.sent)
	p.carried = 0
	var slowest time.Duration
	for !has(t, p.hub.disk, p.scope, last) {
		fresh := p.write(p.edge, p.scope, "entry", 1)
		slowest = max(slowest, p.arrives("a fresh edit", p.hub, p.scope, fresh, time.Minute))
		p.runFor(time.Second)
	}
	if slowest > 3*time.Second {
		t.Errorf("a fresh edit took %s", slowest)
	}
	if pulls := p.sent[pullKind]; pulls > 3 {
		t.Errorf("what was on its way was asked for %d times", pulls)
	}
	took := p.now.Sub(began)
	if full := float64(p.bytes-before) / 8000 / took.Seconds(); full < 0.6 {
		t.Errorf("%d bytes in %s, which fills %.0f %% of the line", p.bytes-before, took, 100*full)
	}
	if again := float64(p.carried) / float64(p.count); again > 1.1 {
		t.Errorf("each record was sent %.2f times", again)
	}
}

func TestManyBacklogsTogetherStayWithinThePool(t *testing.T) {
	t.Parallel()
	const sites, records = 20, 200
	w := newWorld(t, 3)
	hub := w.addHub("hub", w.addDisk())
	hub.alone = true
	hub.start()
	tap := w.net.Open("tap")
	var edges []*node
	var subs []*memory.Subscription
	for i := range sites {
		name := fmt.Sprint("edge", i)
		n := w.addEdge(name, w.known(name), w.addDisk())
		n.start()
		w.net.SetFaults(name, memory.Up, memory.Faults{Cut: true})
		for j := range records {
			noise := make([]byte, 4<<10) // does not compress
			bits{w.random}.Read(noise)
			name := fmt.Sprint(i, " ", j)
			if _, err := n.disk.edit(feed.SiteScope(n.site), "entry", record.Derive(name), record.Derive("edit", name), hex.EncodeToString(noise), w.now); err != nil {
				t.Fatal(err)
			}
		}
		sub, err := tap.SubscribeNow(t.Context(), n.channelUp())
		if err != nil {
			t.Fatal(err)
		}
		edges, subs = append(edges, n), append(subs, sub)
	}
	hub.disk.stall = time.Minute // nothing is merged, so nothing is acknowledged
	for _, n := range edges {
		w.net.SetFaults(n.name, memory.Up, memory.Faults{})
	}
	w.runFor(50 * time.Second)
	sent := 0
	for i, sub := range subs {
		for {
			m, ok, err := sub.TryReceive()
			if err != nil || !ok {
				break
			}
			// Two sites may share a channel.
			if h, err := seal.ParseHeader(m.Payload); err == nil && !h.Open && h.Site == edges[i].site {
				sent += len(m.Payload)
			}
		}
	}
	// The pool, a frame for each that got nothing of it, and beats.
	const bound = 2<<20 + sites*(128<<10) + sites*(16<<10)
	t.Logf("%d sites sent %d bytes that nobody took", sites, sent)
	if sent > bound || sent < 1<<20 {
		t.Errorf("%d sites sent %d bytes that nobody took, want at most %d, and some", sites, sent, bound)
	}
	hub.disk.stall = 0
	w.runUntil("drained", 5*time.Minute, func() bool {
		for _, n := range edges {
			if n.edge.Status(w.now).Backlog.Records > 0 {
				return false
			}
		}
		return true
	})
}

// gate is a store whose merges wait until it opens.
type gate struct {
	link.Store
	open         chan struct{}
	inside, done atomic.Int32
}

func (g *gate) Merge(context.Context, link.Incoming) (link.Merged, error) {
	g.inside.Add(1)
	<-g.open
	g.done.Add(1)
	return link.Merged{}, nil
}

func TestAHubUnpacksWhatAFewOfItsSitesSentAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const sites, atOnce = 20, 8
		w := newWorld(t, 9)
		hub := w.addHub("hub", w.addDisk())
		hub.alone = true
		var waiting []link.Work
		w.instead = func(n *node, work link.Work) bool {
			merges := n == hub && fmt.Sprintf("%T", work) == "link.merge"
			if merges {
				waiting = append(waiting, work)
			}
			return merges
		}
		hub.start()
		for i := range sites {
			site := w.known(fmt.Sprint("site ", i))
			box := w.addEdge(fmt.Sprint("box ", i), site, w.addDisk())
			box.start()
			id := record.Derive("entry", fmt.Sprint(i))
			if _, err := box.disk.edit(feed.SiteScope(site), "entry", id, record.Derive("edit", fmt.Sprint(i)), "text", w.now); err != nil {
				t.Fatal(err)
			}
		}
		w.runUntil("all sites sent something", time.Minute, func() bool { return len(waiting) >= sites })
		g := &gate{open: make(chan struct{})}
		for _, work := range waiting[:sites] {
			go work.Perform(t.Context(), link.Desk{Store: g})
		}
		synctest.Wait()
		if n := g.inside.Load(); n != atOnce {
			t.Errorf("%d of %d are merged at once, want %d", n, sites, atOnce)
		}
		close(g.open)
		synctest.Wait()
		if n := g.done.Load(); n != sites {
			t.Errorf("%d of %d were merged in the end", n, sites)
		}
	})
}
