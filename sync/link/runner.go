package link

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
)

const (
	// inboxFrames is how many frames wait for a machine. When it is full an edge's reading waits, where the bus's own
	// queue bounds what comes; a hub's drops the frame, so that one site never holds up another.
	inboxFrames = 64
	statusEvery = 5 * time.Second
)

// runner runs one machine: it feeds it what happens and does what it says. The store is read between two steps and
// written beside them.
type runner struct {
	desk     Desk
	send     func(frame []byte) // never blocks
	now      func() time.Time
	log      *slog.Logger
	onStatus func(Status)

	inbox    chan Event
	outcomes chan Event
	works    chan Work
	wakeup   chan struct{} // heads or keys wait; capacity 1

	mu      sync.Mutex // guards all below
	machine Machine
	heads   map[feed.Scope]feed.Seq // committed and not told to the machine yet
	keys    *Rekeyed                // likewise
	traffic Traffic
	told    Status
	toldAt  time.Time
}

func newRunner(m Machine, desk Desk, send func([]byte), now func() time.Time, log *slog.Logger, onStatus func(Status)) *runner {
	return &runner{
		desk: desk, send: send, now: now, log: log, onStatus: onStatus, machine: m,
		inbox: make(chan Event, inboxFrames), outcomes: make(chan Event), works: make(chan Work),
		wakeup: make(chan struct{}, 1), heads: map[feed.Scope]feed.Seq{},
	}
}

// committed never blocks: heads that the machine has not heard of yet are overwritten by newer ones.
func (r *runner) committed(scope feed.Scope, head feed.Seq) {
	r.mu.Lock()
	r.heads[scope] = max(r.heads[scope], head)
	r.mu.Unlock()
	r.wake()
}

// rekey never blocks, and the newest keys win.
func (r *runner) rekey(keys []SiteKey) {
	r.mu.Lock()
	r.keys = &Rekeyed{Keys: keys}
	r.mu.Unlock()
	r.wake()
}

func (r *runner) wake() {
	select {
	case r.wakeup <- struct{}{}:
	default:
	}
}

func (r *runner) status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.machine.Status(r.now())
}

func (r *runner) passed() Traffic {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.traffic
}

// count takes what one step received and sent; the caller holds mu.
func (r *runner) count(e Event, effects []Effect) {
	if in, ok := e.(Received); ok {
		r.traffic.FramesIn++
		r.traffic.BytesIn += uint64(len(in.Frame))
	}
	for _, f := range effects {
		if out, ok := f.(Send); ok {
			r.traffic.FramesOut++
			r.traffic.BytesOut += uint64(len(out.Frame))
		}
	}
}

// run returns after the worker has ended, with an error only when the store is gone for good.
func (r *runner) run(ctx context.Context) error {
	var worker sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	worker.Go(func() { r.work(ctx) })
	defer worker.Wait()
	defer cancel()
	return r.loop(ctx)
}

// work performs what writes, one after the other.
func (r *runner) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case w := <-r.works:
			o := w.Perform(ctx, r.desk)
			select {
			case r.outcomes <- o:
			case <-ctx.Done():
				return
			}
		}
	}
}

func (r *runner) loop(ctx context.Context) error {
	var queue []Work // what writes; the machine never asks for more than a few at a time
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var works chan Work
		var next Work
		if len(queue) > 0 {
			works, next = r.works, queue[0]
		}
		var events []Event
		select {
		case <-ctx.Done():
			r.step(Leave{}, &queue)
			return nil
		case works <- next:
			queue = queue[1:]
			continue
		case e := <-r.inbox:
			events = append(events, e)
		case o := <-r.outcomes:
			if gone := errorOf(o); errors.Is(gone, ErrRolledBack) {
				return gone
			}
			events = append(events, o)
		case <-r.wakeup:
			events = r.news()
		case <-timer.C:
			events = append(events, Tick{})
		}
		for _, e := range events {
			if err := r.step(e, &queue); err != nil {
				return err
			}
		}
		timer.Reset(r.wait())
	}
}

func errorOf(e Event) error {
	if o, ok := e.(interface{ about() outcome }); ok {
		return o.about().err
	}
	return nil
}

// news is what came past the inbox.
func (r *runner) news() (events []Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys != nil {
		events = append(events, *r.keys)
		r.keys = nil
	}
	for scope, head := range r.heads {
		events = append(events, Committed{Scope: scope, Head: head})
	}
	clear(r.heads)
	return events
}

// step lets the machine take an event, and what it reads in answer.
func (r *runner) step(e Event, queue *[]Work) error {
	for events := []Event{e}; len(events) > 0; events = events[1:] {
		r.mu.Lock()
		effects := r.machine.Step(events[0], r.now())
		r.count(events[0], effects)
		r.mu.Unlock()
		for _, f := range effects {
			switch f := f.(type) {
			case Send:
				r.send(f.Frame)
			case Notice:
				r.log.Warn(f.Text, "err", f.Err)
			case Work:
				if f.Slow() {
					*queue = append(*queue, f)
					continue
				}
				o := f.Perform(context.Background(), r.desk)
				if err := errorOf(o); errors.Is(err, ErrRolledBack) {
					return err
				}
				events = append(events, o)
			}
		}
	}
	r.tell()
	return nil
}

// wait is how long nothing is due.
func (r *runner) wait() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	wait := statusEvery
	if at := r.machine.Wake(); !at.IsZero() {
		wait = min(wait, at.Sub(r.now()))
	}
	return max(wait, 0)
}

// tell passes the status on when its state changes, and its figures now and then.
func (r *runner) tell() {
	if r.onStatus == nil {
		return
	}
	r.mu.Lock()
	now := r.now()
	s := r.machine.Status(now)
	same := s.State == r.told.State && s.Reason == r.told.Reason
	if same && (now.Sub(r.toldAt) < statusEvery || s == r.told) {
		r.mu.Unlock()
		return
	}
	r.told, r.toldAt = s, now
	r.mu.Unlock()
	r.onStatus(s)
}
