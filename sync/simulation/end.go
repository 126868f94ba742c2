package simulation

import (
	"context"
	"errors"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

const (
	diskTime = 5 * time.Millisecond // a transaction waits for its turn, and its outcome for its reader
	idle     = 5 * time.Second
)

var hubID = record.Derive("hub")

// end is one machine, and what the shell of the program does around it: reads at once, writes one after the other.
type end struct {
	*process
	peer    record.ID // the site
	machine link.Machine
	wake    time.Time // when it is ticked next; zero: not planned
	works   []link.Work
	working bool
}

// serve finds the machine of a site's link, or begins one.
func (p *process) serve(site record.ID) *end {
	if e := p.ends[site]; e != nil || !p.alive {
		return e
	}
	key, known := p.keys[site]
	if !known {
		return nil
	}
	e := &end{process: p, peer: site}
	var err error
	if p.isHub() {
		e.machine, err = link.NewSiteMachine(link.SiteConfig{
			Site: site, Hub: hubID, Node: p.name, Boot: p.boot, Alone: p.alone, Keys: []link.SiteKey{key}, MAC: p.mac, Pool: p.pool,
			Random: entropy{p.random}, Ablated: p.without(),
		})
	} else {
		e.machine, err = link.NewEdgeMachine(link.EdgeConfig{
			Site: site, Name: p.name, Node: p.name, Boot: p.boot, Keys: []link.SiteKey{key}, Random: entropy{p.random}, Ablated: p.without(),
		})
	}
	if err != nil {
		panic(err) // the keys are the simulation's own
	}
	p.ends[site] = e
	return e
}

// without is what the process does without; the older program does not tell which frames came.
func (p *process) without() link.Ablation {
	if p.disk.old {
		return p.off.Link | link.AblateCame
	}
	return p.off.Link
}

// step lets the machine take an event, and does what it says.
func (e *end) step(event link.Event) {
	era := e.era
	for events := []link.Event{event}; len(events) > 0; events = events[1:] {
		for _, effect := range e.machine.Step(events[0], e.clock()) {
			switch effect := effect.(type) {
			case link.Send:
				e.send(effect)
			case link.Notice:
				e.tracef(e.name, "notice: %s: %v", effect.Text, effect.Err)
			case link.Work:
				if effect.Slow() {
					e.works = append(e.works, effect)
				} else {
					events = append(events, effect.Perform(context.Background(), e.desk()))
				}
			}
		}
		if e.settle(); e.era != era {
			return
		}
	}
	e.work()
	e.rewake()
}

func (e *end) desk() link.Desk {
	return link.Desk{Store: e.store, Keep: func(context.Context, link.Enrolled) error { return errors.New("nobody enrols here") }}
}

func (e *end) send(s link.Send) {
	channel := bus.DownChannel(e.peer)
	if !e.isHub() {
		channel = bus.UpChannel(bus.Bucket(e.peer))
	}
	e.traceFrame("sends", s.Frame)
	e.result.Frames++
	e.result.Sent += s.Records
	e.overhear(channel, s.Frame)
	e.bus.Publish(context.Background(), channel, s.Frame) // an error is a lost frame
}

var kinds = []string{"nothing", "hello", "welcome", "changes", "ack", "beat", "pull", "digest", "reject", "bye", "probe"}

func (p *process) traceFrame(how string, frame []byte) {
	if h, err := seal.ParseHeader(frame); err == nil && p.trace != nil {
		p.tracef(p.name, "%s %s of site %s, session %x, %d bytes", how, kinds[h.Kind], record.ID(h.Site).String()[:4], h.Session[:2], len(frame))
	}
}

// work performs the next of what writes. The process may die between the transaction and its outcome.
func (e *end) work() {
	if e.working || len(e.works) == 0 {
		return
	}
	e.working = true
	next := e.works[0]
	e.works = e.works[1:]
	e.later(e.disk.stall+e.upTo(diskTime), func() {
		outcome := next.Perform(context.Background(), e.desk())
		era := e.era
		if e.settle(); e.era != era {
			return
		}
		e.later(e.upTo(diskTime), func() {
			e.working = false
			e.step(outcome)
		})
	})
}

// rewake sees to it that the machine is ticked when it wants to be, and now and then in any case, as the shell does.
func (e *end) rewake() {
	at := e.now.Add(idle)
	if wake := e.machine.Wake(); !wake.IsZero() && wake.Add(-e.skew).Before(at) {
		at = wake.Add(-e.skew)
	}
	if at.Before(e.now) {
		at = e.now
	}
	if !e.wake.IsZero() && !at.Before(e.wake) {
		return
	}
	e.wake = at
	e.later(at.Sub(e.now), func() {
		if e.wake.Equal(e.now) {
			e.wake = time.Time{}
			e.step(link.Tick{})
		}
	})
}
