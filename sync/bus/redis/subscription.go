package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	goredis "github.com/redis/go-redis/v9"

	"github.com/aashram-care/sangam/sync/bus"
)

// subscription reads one connection into its queue, and redials when the connection breaks.
type subscription struct {
	bus      *Bus
	channels []string
	queue    *bus.Queue // what to do when it is full: see bus.Queue, a gap
	ctx      context.Context
	cancel   context.CancelFunc
	done     chan struct{} // closed when run has returned

	closing sync.Once
	mu      sync.Mutex
	wire    *wire // the connection being read, nil between two
	started bool  // whether run was or will be called
}

func newSubscription(b *Bus, channels []string) *subscription {
	s := &subscription{
		bus:      b,
		channels: slices.Compact(slices.Sorted(slices.Values(channels))),
		queue:    bus.NewQueue(b.opts.QueueMessages, b.opts.QueueBytes),
		done:     make(chan struct{}),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Receive implements bus.Subscription.
func (s *subscription) Receive(ctx context.Context) (bus.Message, error) { return s.queue.Receive(ctx) }

// Close implements bus.Subscription. It returns after the connection is closed and the reading has ended.
func (s *subscription) Close() error {
	s.closing.Do(func() {
		s.queue.Close()
		s.cancel()
		s.mu.Lock()
		if s.wire != nil {
			s.wire.close()
		}
		started := s.started
		s.mu.Unlock()
		if started {
			<-s.done
		}
		s.bus.remove(s)
	})
	return nil
}

// run reads until the subscription is closed or cannot live on.
func (s *subscription) run(w *wire) {
	defer close(s.done)
	for w != nil {
		err := s.read(w)
		s.hold(nil)
		w.close()
		w = s.redial(err)
	}
}

// redial returns a confirmed connection after a gap, or nil when there will be none.
func (s *subscription) redial(lost error) *wire {
	waits := &backoff.ExponentialBackOff{
		InitialInterval:     s.bus.opts.RetryMin,
		MaxInterval:         s.bus.opts.RetryMax,
		Multiplier:          2,
		RandomizationFactor: 0.5, // so that all nodes of a restarted server do not come back in step
	}
	waits.Reset()
	cause := s.bus.explain(s.ctx, lost)
	for {
		if s.ctx.Err() != nil {
			return nil
		}
		s.queue.PushGap(&bus.Gap{Cause: cause})
		select {
		case <-time.After(waits.NextBackOff()):
		case <-s.ctx.Done():
			return nil
		}
		w, err := s.connect(s.ctx)
		if err == nil {
			return w
		}
		if final(err) {
			s.queue.Fail(err)
			return nil
		}
		cause = err
	}
}

// connect dials and returns once every channel is confirmed. What arrives between two
// confirmations is queued. If this is not the first connection, the queue has the gap before anything it brings.
func (s *subscription) connect(ctx context.Context) (*wire, error) {
	w := s.bus.newWire()
	if !s.hold(w) {
		w.close()
		return nil, bus.ErrClosed
	}
	// go-redis keeps a deadline, and does not hear of a cancellation while it waits for an answer.
	stop := context.AfterFunc(ctx, w.close)
	defer stop()
	if err := s.confirm(ctx, w); err != nil {
		open := s.hold(nil)
		w.close()
		if !open {
			return nil, bus.ErrClosed
		}
		return nil, s.bus.explain(ctx, err)
	}
	return w, nil
}

// hold makes w the connection that Close closes, and says whether the subscription is still open.
func (s *subscription) hold(w *wire) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wire = w
	return s.ctx.Err() == nil
}

// confirm subscribes and waits until the server has confirmed every channel: before that, a message published
// elsewhere may miss this subscription.
func (s *subscription) confirm(ctx context.Context, w *wire) error {
	if err := w.pubsub.Subscribe(ctx, s.channels...); err != nil {
		return err
	}
	var early []bus.Message
	deadline := time.Now().Add(s.bus.opts.IOTimeout)
	for waiting := len(s.channels); waiting > 0; {
		got, err := w.pubsub.ReceiveTimeout(ctx, max(time.Until(deadline), time.Millisecond))
		if err != nil {
			return fmt.Errorf("wait for the confirmation of %d channels: %w", waiting, err)
		}
		switch got := got.(type) {
		case *goredis.Subscription:
			waiting--
		case *goredis.Message:
			early = append(early, message(got))
		}
	}
	again, err := s.start()
	if err != nil {
		return err
	}
	if again {
		s.queue.PushGap(&bus.Gap{Connected: true, Cause: errors.New("the connection was lost and made again")})
	}
	for _, m := range early {
		s.push(m)
	}
	return nil
}

// start notes that run has a connection to read, so that Close waits for it, and says whether it had one before.
func (s *subscription) start() (again bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return false, bus.ErrClosed // Close came first and waits for nothing
	}
	again, s.started = s.started, true
	return again, nil
}

// read queues what arrives until the connection breaks.
func (s *subscription) read(w *wire) error {
	for {
		got, err := w.pubsub.Receive(s.ctx)
		if err != nil {
			return err
		}
		switch got := got.(type) {
		case *goredis.Message:
			s.push(message(got))
		case *goredis.Subscription:
			// An event nobody asked for: the server moved or took a channel.
			return fmt.Errorf("the server sent %s for %s", got.Kind, got.Channel)
		}
	}
}

func (s *subscription) push(m bus.Message) {
	if len(m.Payload) <= bus.MaxPayload { // nothing of ours is larger; the bus may lose
		s.queue.Push(m)
	}
}

func message(m *goredis.Message) bus.Message {
	return bus.Message{Channel: m.Channel, Payload: []byte(m.Payload)}
}
