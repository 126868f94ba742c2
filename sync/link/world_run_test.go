package link_test

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// tell gives an event to every machine of the node.
func (n *node) tell(e link.Event) {
	if n.edge != nil {
		n.step(n.edge, e)
	}
	for _, site := range n.inOrder() {
		n.step(n.sites[site], e)
	}
}

func (n *node) inOrder() []record.ID {
	return slices.SortedFunc(maps.Keys(n.sites), func(a, b record.ID) int { return slices.Compare(a[:], b[:]) })
}

func (n *node) committed(scope feed.Scope) {
	era := n.era
	n.w.at(n.w.now, func() {
		if n.alive && n.era == era {
			n.tell(link.Committed{Scope: scope, Head: n.disk.head(n.w.t, scope)})
		}
	})
}

// receive takes what the bus brought.
func (n *node) receive() {
	for n.alive && n.sub != nil {
		m, ok, err := n.sub.TryReceive()
		var gap *bus.Gap
		switch {
		case errors.As(err, &gap):
			if gap.Connected {
				n.tell(link.BusUp{})
			} else {
				n.tell(link.BusDown{})
			}
			continue
		case err != nil || !ok:
			return
		}
		if n.probe.Heard(m.Payload) {
			continue
		}
		e := link.Received{Frame: m.Payload}
		if n.edge != nil {
			n.step(n.edge, e)
			continue
		}
		header, err := seal.ParseHeader(m.Payload)
		if err != nil {
			continue
		}
		if secret, ok := n.w.secrets[header.KeyID]; ok {
			e.Secret = &secret
		}
		if site := n.serve(header.Site, e.Secret != nil); site != nil {
			n.step(site, e)
		}
	}
}

func (n *node) serve(site record.ID, invited bool) *link.SiteMachine {
	if m := n.sites[site]; m != nil || (len(n.w.keys[site]) == 0 && !invited) {
		return m
	}
	m, err := link.NewSiteMachine(link.SiteConfig{
		Site: site, Hub: hubID, Node: n.name, Boot: n.boot, Alone: n.alone, Keys: n.w.keys[site], MAC: n.w.mac, Pool: n.pool, Random: bits{n.w.random},
		Ablated: n.w.ablate,
	})
	if err != nil {
		n.w.t.Fatal(err)
	}
	n.sites[site] = m
	return m
}

// step lets a machine take an event and does what it says.
func (n *node) step(m link.Machine, e link.Event) {
	for events := []link.Event{e}; len(events) > 0; events = events[1:] {
		for _, effect := range m.Step(events[0], n.clock()) {
			switch effect := effect.(type) {
			case link.Send:
				if n.isEdge() {
					n.w.bytes += len(effect.Frame)
					n.w.carried += effect.Records
				}
				n.publish(m, effect.Frame)
			case link.Notice:
				n.w.notices = append(n.w.notices, fmt.Sprintf("%s %s: %s: %v", n.w.now.Format("05.000"), n.name, effect.Text, effect.Err))
			case link.Work:
				if !effect.Slow() {
					events = append(events, effect.Perform(context.Background(), n.desk()))
					continue
				}
				if n.w.instead != nil && n.w.instead(n, effect) {
					continue
				}
				took := time.Duration(n.w.random.Int64N(int64(n.w.slow) + 1))
				if fmt.Sprintf("%T", effect) == "link.merge" {
					took += n.disk.stall
				}
				n.later(took, func() { n.step(m, effect.Perform(context.Background(), n.desk())) })
			}
		}
	}
	n.rewake(m)
}

func (n *node) desk() link.Desk {
	return link.Desk{
		Store: n.disk,
		Keep: func(_ context.Context, e link.Enrolled) error {
			n.held = append(n.held, e.Key)
			n.join = nil
			return nil
		},
		Enrol: func(_ context.Context, e link.Enrolment) (link.SiteKey, error) { return n.w.enrol(e) },
	}
}

func (n *node) publish(m link.Machine, frame []byte) {
	header, err := seal.ParseHeader(frame)
	if err != nil {
		n.w.t.Fatal(err)
	}
	n.w.sent[header.Kind]++
	channel := bus.UpChannel(bus.Bucket(n.site))
	if !n.isEdge() {
		channel = bus.DownChannel(header.Site)
	}
	n.w.frames++
	n.bus.Publish(context.Background(), channel, frame) // an error is a lost frame
}

// rewake sees to it that the machine is ticked when it wants to be.
func (n *node) rewake(m link.Machine) {
	at := m.Wake()
	if at.IsZero() || n.wakes == nil {
		return
	}
	at = at.Add(-n.skew)
	if known, ok := n.wakes[m]; ok && !at.Before(known) {
		return
	}
	if at.Before(n.w.now) {
		at = n.w.now
	}
	n.wakes[m] = at
	n.later(at.Sub(n.w.now), func() {
		if known, ok := n.wakes[m]; ok && known.Equal(n.w.now) {
			delete(n.wakes, m)
			n.step(m, link.Tick{})
		}
	})
}

// later runs fn in this life of the node.
func (n *node) later(d time.Duration, fn func()) {
	era := n.era
	n.w.at(n.w.now.Add(max(d, 0)), func() {
		if n.alive && n.era == era {
			fn()
		}
	})
}

func (w *world) at(at time.Time, fn func()) {
	w.serial++
	heap.Push(&w.queue, planned{at: at, serial: w.serial, fn: fn})
}

// run lets the world go on until a moment.
func (w *world) run(until time.Time) {
	for {
		next := until
		if len(w.queue) > 0 && w.queue[0].at.Before(next) {
			next = w.queue[0].at
		}
		if due, ok := w.net.NextDue(); ok && due.Before(next) {
			next = due
		}
		if next.After(w.now) {
			w.now = next
		}
		if !w.now.Before(until) {
			return
		}
		w.net.Deliver()
		for _, n := range w.nodes {
			n.receive()
		}
		if len(w.queue) > 0 && !w.queue[0].at.After(w.now) {
			heap.Pop(&w.queue).(planned).fn()
		}
	}
}

func (w *world) runFor(d time.Duration) { w.run(w.now.Add(d)) }

// runUntil goes on until something holds, and tells how long it took.
func (w *world) runUntil(what string, limit time.Duration, holds func() bool) time.Duration {
	w.t.Helper()
	began := w.now
	for !holds() {
		if w.now.Sub(began) > limit {
			w.t.Fatalf("after %s virtual: not %s%s", limit, what, w.tail())
		}
		w.runFor(5 * time.Millisecond)
	}
	return w.now.Sub(began)
}

func (w *world) tail() string {
	out := ""
	for _, line := range w.notices[max(0, len(w.notices)-40):] {
		out += "\n\t" + line
	}
	return out
}

type planned struct {
	at     time.Time
	serial int
	fn     func()
}

type timeline []planned

func (q timeline) Len() int      { return len(q) }
func (q timeline) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q timeline) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].serial < q[j].serial
}
func (q *timeline) Push(x any) { *q = append(*q, x.(planned)) }
func (q *timeline) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}

func (n *node) channelUp() string { return bus.UpChannel(bus.Bucket(n.site)) }

// tx reads a disk outside of a transaction: in one thread nothing comes in between.
func (d *disk) tx(t testing.TB) (tx feed.Tx) {
	t.Helper()
	if err := d.mem.View(func(view feed.Tx) error {
		tx = view
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return tx
}

// sameRows tells whether a disk holds what it held.
func sameRows(d *disk, before feedtest.Snapshot) bool {
	other := &feedtest.Memory{}
	other.Restore(before)
	return fmt.Sprint(allRows(d.mem)) == fmt.Sprint(allRows(other))
}

func allRows(m *feedtest.Memory) (out [][2]string) {
	_ = m.View(func(tx feed.Tx) error {
		return tx.Scan(nil, nil, func(key, value []byte) (bool, error) {
			out = append(out, [2]string{string(key), string(value)})
			return true, nil
		})
	})
	return out
}
