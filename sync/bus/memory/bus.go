package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aashram-care/sangam/sync/bus"
)

// Bus is one node's connection to a Network.
type Bus struct {
	network *Network
	node    string

	// Guarded by network.mu.
	closed          bool
	messages, bytes int
}

var _ bus.Bus = (*Bus)(nil)

// Open returns the connection of a node. Faults are set by the node's name; it may have several connections.
func (n *Network) Open(node string) *Bus { return &Bus{network: n, node: node} }

// SetQueue bounds what later subscriptions hold for a slow receiver, as bus.NewQueue does.
func (b *Bus) SetQueue(messages, bytes int) {
	b.network.mu.Lock()
	defer b.network.mu.Unlock()
	b.messages, b.bytes = messages, bytes
}

// Publish implements bus.Bus. The count of receivers is known only without a clock.
func (b *Bus) Publish(ctx context.Context, channel string, payload []byte) (int, error) {
	b.network.mu.Lock()
	defer b.network.mu.Unlock()
	receivers, err := b.publish(ctx, bus.Message{Channel: channel, Payload: payload})
	if err != nil {
		return -1, fmt.Errorf("publish on %s: %w", channel, err)
	}
	return receivers, nil
}

// PublishAll implements bus.Bus.
func (b *Bus) PublishAll(ctx context.Context, messages []bus.Message) error {
	b.network.mu.Lock()
	defer b.network.mu.Unlock()
	for i, m := range messages {
		if _, err := b.publish(ctx, m); err != nil {
			return fmt.Errorf("publish message %d of %d: %w", i+1, len(messages), err)
		}
	}
	return nil
}

// publish is called with network.mu held.
func (b *Bus) publish(ctx context.Context, m bus.Message) (int, error) {
	n := b.network
	if len(m.Payload) > bus.MaxPayload {
		return -1, fmt.Errorf("%w: %d bytes, the limit is %d", bus.ErrTooLarge, len(m.Payload), bus.MaxPayload)
	}
	if err := b.usable(ctx); err != nil {
		return -1, err
	}
	m.Payload = slices.Clone(m.Payload)
	n.send(b.node, Up, &flight{message: m, due: n.now()})
	// The answer to a PUBLISH comes back on the same line: without it nobody knows whether it went out.
	if line := n.line(b.node); line[Up].Cut || line[Down].Cut {
		return -1, fmt.Errorf("%w: no answer", bus.ErrUnreachable)
	}
	if n.opts.Now != nil {
		return -1, nil
	}
	receivers := 0
	for _, s := range n.subs {
		if s.listensTo(m.Channel) {
			receivers++
		}
	}
	n.deliver()
	return receivers, nil
}

// usable is called with network.mu held.
func (b *Bus) usable(ctx context.Context) error {
	switch {
	case b.closed:
		return bus.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	case b.network.down:
		return fmt.Errorf("%w: the server is down", bus.ErrUnreachable)
	case b.network.refused[b.node]:
		return bus.ErrAuth
	}
	return nil
}

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(ctx context.Context, channels ...string) (bus.Subscription, error) {
	s, err := b.SubscribeNow(ctx, channels...)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// SubscribeNow is Subscribe for simulations, which never wait: its result can also be asked without blocking.
func (b *Bus) SubscribeNow(ctx context.Context, channels ...string) (*Subscription, error) {
	n := b.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(channels) == 0 {
		return nil, errors.New("subscribe: no channel given")
	}
	if err := b.usable(ctx); err != nil {
		return nil, fmt.Errorf("subscribe to %d channels: %w", len(channels), err)
	}
	if line := n.line(b.node); line[Up].Cut || line[Down].Cut {
		return nil, fmt.Errorf("subscribe to %d channels: %w: no confirmation", len(channels), bus.ErrUnreachable)
	}
	s := &subscription{
		bus:       b,
		channels:  slices.Clone(channels),
		queue:     bus.NewQueue(b.messages, b.bytes),
		confirmed: true,
	}
	n.subs = append(n.subs, s)
	return &Subscription{s}, nil
}

// Close implements bus.Bus.
func (b *Bus) Close() error {
	n := b.network
	n.mu.Lock()
	defer n.mu.Unlock()
	b.closed = true
	n.subs = slices.DeleteFunc(n.subs, func(s *subscription) bool {
		if s.bus == b {
			s.end()
		}
		return s.bus == b
	})
	return nil
}

// Subscription implements bus.Subscription.
type Subscription struct{ inner *subscription }

// subscription is what the network knows of one; guarded by its mu, but for the queue.
type subscription struct {
	bus       *Bus
	channels  []string
	queue     *bus.Queue
	confirmed bool // the server knows it
	deaf      bool
}

func (s *subscription) listensTo(channel string) bool {
	return s.confirmed && slices.Contains(s.channels, channel)
}

// end is called with network.mu held. What still travels to the subscription is lost.
func (s *subscription) end() {
	s.confirmed = false
	s.queue.Close()
}

// takes says whether what arrives at the node reaches it.
func (s *subscription) takes() bool { return s.confirmed && !s.deaf }

// Receive implements bus.Subscription.
func (s *Subscription) Receive(ctx context.Context) (bus.Message, error) {
	return s.inner.queue.Receive(ctx)
}

// TryReceive returns what Receive would return at once; ok is false when Receive would wait.
func (s *Subscription) TryReceive() (m bus.Message, ok bool, err error) {
	return s.inner.queue.TryReceive()
}

// Close implements bus.Subscription.
func (s *Subscription) Close() error {
	n := s.inner.bus.network
	n.mu.Lock()
	defer n.mu.Unlock()
	n.subs = slices.DeleteFunc(n.subs, func(other *subscription) bool { return other == s.inner })
	s.inner.end()
	return nil
}
