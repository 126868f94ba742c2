package redis

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aashram-care/sangam/sync/bus"
)

// dialAtOnce is how many connections of one subscription are made at the same time.
const dialAtOnce = 16

// subscription is one connection, or one for each slot of its channels, all read into one queue.
type subscription struct {
	bus    *Bus
	queue  *bus.Queue // what to do when it is full: see bus.Queue, a gap
	parts  []*part
	ctx    context.Context // ends with Close
	cancel context.CancelFunc

	closing sync.Once
	running sync.WaitGroup // what start started
	mu      sync.Mutex     // also orders the gaps of different parts
	closed  bool
	lost    int // parts that were confirmed once and are not now
}

func newSubscription(b *Bus, channels []string) *subscription {
	s := &subscription{bus: b, queue: bus.NewQueue(b.opts.QueueMessages, b.opts.QueueBytes)}
	s.queue.Now = time.Now
	s.ctx, s.cancel = context.WithCancel(context.Background())
	channels = slices.Compact(slices.Sorted(slices.Values(channels)))
	if b.target.kind != Cluster {
		s.parts = []*part{{of: s, channels: channels}}
		return s
	}
	// One SSUBSCRIBE takes channels of one slot only.
	bySlot := map[int]*part{}
	for _, c := range channels {
		p := bySlot[slot(c)]
		if p == nil {
			p = &part{of: s}
			bySlot[slot(c)] = p
			s.parts = append(s.parts, p)
		}
		p.channels = append(p.channels, c)
	}
	return s
}

// open connects every part, and starts reading once all are confirmed.
func (s *subscription) open(ctx context.Context) error {
	dialling, ctx := errgroup.WithContext(ctx)
	dialling.SetLimit(dialAtOnce)
	wires := make([]*wire, len(s.parts))
	for i, p := range s.parts {
		dialling.Go(func() (err error) {
			wires[i], err = p.connect(ctx)
			return err
		})
	}
	err := dialling.Wait()
	if err == nil {
		err = s.start(wires)
	}
	if err != nil {
		for _, w := range wires {
			if w != nil {
				w.close()
			}
		}
	}
	return err
}

// start reads the wires until Close, unless Close came first.
func (s *subscription) start(wires []*wire) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return bus.ErrClosed
	}
	for i, p := range s.parts {
		s.running.Go(func() { p.run(wires[i]) })
	}
	s.running.Go(s.check)
	return nil
}

// Receive implements bus.Subscription.
func (s *subscription) Receive(ctx context.Context) (bus.Message, error) { return s.queue.Receive(ctx) }

// Close implements bus.Subscription. It returns after the connections are closed and the reading has ended.
func (s *subscription) Close() error {
	s.closing.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		s.queue.Close()
		s.cancel()
		s.running.Wait()
		s.bus.remove(s)
	})
	return nil
}

// fail ends the subscription for what only a person can cure.
func (s *subscription) fail(err error) {
	s.queue.Fail(err)
	s.cancel()
}

// lose reports that a part is not subscribed.
func (s *subscription) lose(p *part, cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.confirmed {
		p.confirmed, p.cause = false, cause
		s.lost++
	}
	s.queue.PushGap(&bus.Gap{Cause: cause})
}

// confirm notes that a part is subscribed. If it was before, the queue gets the gap, before anything new arrives.
func (s *subscription) confirm(p *part) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.known {
		s.lost--
		s.bus.figures.resubscribes.Add(1)
		s.queue.PushGap(&bus.Gap{Connected: s.lost == 0, Cause: fmt.Errorf("the connection was lost and made again: %w", p.cause)})
	}
	p.known, p.confirmed = true, true
}

// check looks after the parts until the subscription ends.
func (s *subscription) check() {
	for {
		every := s.bus.opts.CheckEvery
		select {
		// All nodes of a restarted server must not ask in step.
		case <-time.After(every - every/8 + rand.N(every/4+1)):
		case <-s.ctx.Done():
			return
		}
		// An error changes nothing: what is known stands, and a server that is gone is noticed by its connection.
		_, _ = s.bus.directory.renew(s.ctx, every/2)
		for _, p := range s.parts {
			p.check(s.ctx)
		}
	}
}
