package redis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	goredis "github.com/redis/go-redis/v9"

	"github.com/aashram-care/sangam/sync/bus"
)

// part reads one connection into the queue of its subscription, and redials when the connection breaks.
type part struct {
	of       *subscription
	channels []string // that one server carries

	// Guarded by of.mu.
	known     bool  // whether it was ever confirmed
	confirmed bool  // and is now
	cause     error // why it was lost last

	mu   sync.Mutex
	wire *wire // the connection being read, nil between two

	// Used by check only.
	checked    *wire
	heard      int64 // bytes that had arrived on it at the last check
	unanswered int   // checks since anything arrived
}

// run reads until the subscription is closed or cannot live on.
func (p *part) run(w *wire) {
	for w != nil {
		p.hold(w)
		err := w.why(p.read(w))
		p.hold(nil)
		w.close()
		w = p.redial(w.address, err)
	}
}

// hold makes w the connection that check looks at.
func (p *part) hold(w *wire) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wire = w
}

// redial returns a confirmed connection after a gap, or nil when there will be none.
func (p *part) redial(from string, lost error) *wire {
	s, o := p.of, p.of.bus.opts
	waits := &backoff.ExponentialBackOff{
		InitialInterval:     o.RetryMin,
		MaxInterval:         o.RetryMax,
		Multiplier:          2,
		RandomizationFactor: 0.5, // so that all nodes of a restarted server do not come back in step
	}
	waits.Reset()
	s.bus.directory.doubt()
	cause := s.bus.explain(s.ctx, from, lost)
	for {
		if s.ctx.Err() != nil {
			return nil
		}
		s.lose(p, cause)
		select {
		case <-time.After(waits.NextBackOff()):
		case <-s.ctx.Done():
			return nil
		}
		w, err := p.connect(s.ctx)
		if err == nil {
			return w
		}
		if final(err) {
			s.fail(err)
			return nil
		}
		cause = err
	}
}

// connect finds the server, dials it and returns once every channel is confirmed. What arrives between two
// confirmations is queued. The wire closes with the subscription.
func (p *part) connect(ctx context.Context) (*wire, error) {
	s := p.of
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	address, err := s.bus.directory.find(ctx, p.channels[0])
	if err != nil {
		return nil, p.unlessClosed(err)
	}
	w := s.bus.newWire(s.ctx, address)
	// go-redis keeps a deadline, and does not hear of a cancellation while it waits for an answer.
	stop := context.AfterFunc(ctx, w.close)
	err = p.confirm(ctx, w)
	stop()
	if err != nil {
		w.close()
		s.bus.directory.doubt()
		return nil, p.unlessClosed(s.bus.explain(ctx, address, err))
	}
	return w, nil
}

// unlessClosed is err, unless that is only the consequence of closing.
func (p *part) unlessClosed(err error) error {
	if p.of.ctx.Err() != nil {
		return bus.ErrClosed
	}
	return err
}

// confirm subscribes and waits until the server has confirmed every channel: before that, a message published
// elsewhere may miss this subscription.
func (p *part) confirm(ctx context.Context, w *wire) error {
	subscribe := w.pubsub.Subscribe
	if p.of.bus.target.kind == Cluster {
		subscribe = w.pubsub.SSubscribe
	}
	if err := subscribe(ctx, p.channels...); err != nil {
		return err
	}
	var early []bus.Message
	deadline := time.Now().Add(p.of.bus.opts.IOTimeout)
	for waiting := len(p.channels); waiting > 0; {
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
	p.of.confirm(p)
	for _, m := range early {
		p.push(m)
	}
	return nil
}

// read queues what arrives until the connection breaks.
func (p *part) read(w *wire) error {
	for {
		got, err := w.pubsub.Receive(p.of.ctx)
		if err != nil && isReply(err) && goredis.IsPermissionError(err) {
			continue // the answer to a ping that the ACL does not allow: an answer all the same
		}
		if err != nil {
			return err
		}
		switch got := got.(type) {
		case *goredis.Message:
			p.push(message(got))
		case *goredis.Subscription:
			// An event nobody asked for: the server took a channel away. In a cluster its slot has moved, and no error
			// would ever follow.
			p.of.bus.figures.moved.Add(1)
			return fmt.Errorf("%w: the server sent %s for %s", errMoved, got.Kind, got.Channel)
		}
	}
}

func (p *part) push(m bus.Message) {
	if len(m.Payload) <= bus.MaxPayload { // nothing of ours is larger; the bus may lose
		p.of.queue.Push(m)
	}
}

func message(m *goredis.Message) bus.Message {
	return bus.Message{Channel: m.Channel, Payload: []byte(m.Payload)}
}

var (
	errMoved  = errors.New("another server carries the channel now")
	errSilent = errors.New("the connection went silent without being closed")
)

// patience is after how many checks without an answer a connection is given up: one check asks, and a slow line may
// take longer than to the next.
const patience = 3

// check gives up the connection if another server carries the channels, or if it does not answer.
func (p *part) check(ctx context.Context) {
	p.mu.Lock()
	w := p.wire
	p.mu.Unlock()
	if w == nil {
		return
	}
	if address, err := p.of.bus.directory.find(ctx, p.channels[0]); err == nil && address != w.address {
		p.of.bus.figures.moved.Add(1)
		w.closeFor(fmt.Errorf("%w: it is at %s", errMoved, address))
		return
	}
	heard := w.heard()
	if p.checked != w || heard != p.heard {
		p.checked, p.heard, p.unanswered = w, heard, 0
	} else if p.unanswered++; p.unanswered >= patience {
		p.of.bus.figures.silent.Add(1)
		w.closeFor(errSilent)
		return
	}
	_ = w.pubsub.Ping(ctx) // an error ends the connection, which read notices
}
