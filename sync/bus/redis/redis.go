// Package redis is the bus over one Redis server, by PUBLISH and SUBSCRIBE.
//
// It treats Redis as a wire: it sets no key, and a server that was wiped or restarted needs nothing from it.
// Open never connects, so a node starts whether or not Redis is there. A subscription that loses its connection
// reports a gap, redials by itself with jittered backoff and reports a second gap once the server has confirmed
// every channel again; only what a person must cure (credentials, a server of the wrong sort) ends it.
// It never prints the user or the password of its URL, and logs nothing: every fault is an error of a call.
//
// It does not notice a connection that went silent without closing. Nobody can at this level: go-redis pings a
// subscription but never reads the pong, and PUBLISH counts a deaf subscriber. The link's probe finds it, and
// closing the subscription and subscribing again is the cure.
package redis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/aashram-care/sangam/sync/bus"
)

// Options tune a Bus. The zero value is what a node wants.
type Options struct {
	Name          string        // shown in the server's CLIENT LIST; "sangam" when empty; no spaces
	QueueMessages int           // messages a subscription holds for a slow receiver; 0: bus.DefaultQueueMessages
	QueueBytes    int           // and their bytes; 0: bus.DefaultQueueBytes
	DialTimeout   time.Duration // for a connection and its handshake each; 0: 5 s
	IOTimeout     time.Duration // for an answer to PUBLISH and a confirmation of SUBSCRIBE; 0: 3 s
	RetryMin      time.Duration // wait before a lost subscription is first dialled again; 0: 200 ms
	RetryMax      time.Duration // what that wait grows to; 0: 10 s
}

// Bus implements bus.Bus over one server.
type Bus struct {
	address string // host:port or a socket's path, without credentials
	dial    goredis.Options
	opts    Options
	publish *goredis.Client

	mu            sync.Mutex
	closed        bool
	subscriptions map[*subscription]struct{}
}

var _ bus.Bus = (*Bus)(nil)

// go-redis writes to standard error about every failed dial, which here is ordinary weather and reported by error.
func init() { logging.Disable() }

// Open reads a URL such as redis://user:password@host:6379/0, rediss:// for TLS, or unix:///run/redis.sock.
// It does not connect. Its only error is one that Is ErrBadURL.
func Open(rawURL string, o Options) (*Bus, error) {
	dial, err := parseURL(rawURL)
	if err != nil {
		return nil, err
	}
	setDefaults(&o)
	dial.ClientName = o.Name
	dial.DialTimeout = o.DialTimeout
	dial.ReadTimeout, dial.WriteTimeout = o.IOTimeout, o.IOTimeout
	dial.ContextTimeoutEnabled = true
	// Repeating a PUBLISH is harmless, and one more try covers a pooled connection that the server closed meanwhile.
	dial.MaxRetries = 1
	dial.DialerRetries = 1
	// RESP2 and none of the handshake that only managed clusters and RESP3 need: fewer ways for old servers to differ.
	dial.Protocol = 2
	dial.DisableIdentity = true
	dial.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	b := &Bus{address: dial.Addr, opts: o, subscriptions: map[*subscription]struct{}{}}
	dial.OnConnect = func(ctx context.Context, c *goredis.Conn) error { return b.checkServer(ctx, c) }
	b.dial = *dial
	publish := b.dial
	// Publishing is one round trip; a few connections keep a slow answer from holding up the others.
	publish.PoolSize = 8
	b.publish = goredis.NewClient(&publish)
	return b, nil
}

func setDefaults(o *Options) {
	if o.Name == "" {
		o.Name = "sangam"
	}
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{
		{&o.DialTimeout, 5 * time.Second},
		{&o.IOTimeout, 3 * time.Second},
		{&o.RetryMin, 200 * time.Millisecond},
		{&o.RetryMax, 10 * time.Second},
	} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	o.RetryMax = max(o.RetryMax, o.RetryMin)
}

// Address is where the server is, without credentials: fit for logs and screens.
func (b *Bus) Address() string { return b.address }

// Publish implements bus.Bus.
func (b *Bus) Publish(ctx context.Context, channel string, payload []byte) (int, error) {
	if err := checkSize(channel, payload); err != nil {
		return -1, err
	}
	n, err := b.publish.Publish(ctx, channel, payload).Result()
	if err != nil {
		return -1, fmt.Errorf("publish on %s: %w", channel, b.explain(ctx, err))
	}
	return int(n), nil
}

// PublishAll implements bus.Bus with one pipeline, which carries about ten times what single calls do.
func (b *Bus) PublishAll(ctx context.Context, messages []bus.Message) error {
	if len(messages) == 0 {
		return nil
	}
	for _, m := range messages {
		if err := checkSize(m.Channel, m.Payload); err != nil {
			return err
		}
	}
	_, err := b.publish.Pipelined(ctx, func(p goredis.Pipeliner) error {
		for _, m := range messages {
			p.Publish(ctx, m.Channel, m.Payload)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("publish %d messages: %w", len(messages), b.explain(ctx, err))
	}
	return nil
}

func checkSize(channel string, payload []byte) error {
	if len(payload) > bus.MaxPayload {
		return fmt.Errorf("publish on %s: %w: %d bytes, the limit is %d", channel, bus.ErrTooLarge, len(payload), bus.MaxPayload)
	}
	return nil
}

// Subscribe implements bus.Bus. The subscription has a connection of its own.
func (b *Bus) Subscribe(ctx context.Context, channels ...string) (bus.Subscription, error) {
	if len(channels) == 0 {
		return nil, errors.New("subscribe: no channel given")
	}
	s := newSubscription(b, channels)
	if err := b.add(s); err != nil {
		return nil, fmt.Errorf("subscribe to %d channels: %w", len(channels), err)
	}
	wire, err := s.connect(ctx)
	if err != nil {
		b.remove(s)
		s.cancel()
		return nil, fmt.Errorf("subscribe to %d channels: %w", len(channels), err)
	}
	go s.run(wire)
	return s, nil
}

func (b *Bus) add(s *subscription) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return bus.ErrClosed
	}
	b.subscriptions[s] = struct{}{}
	return nil
}

func (b *Bus) remove(s *subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.subscriptions, s)
}

// Close implements bus.Bus. Closing twice is harmless.
func (b *Bus) Close() error {
	b.mu.Lock()
	b.closed = true
	var open []*subscription
	for s := range b.subscriptions {
		open = append(open, s)
	}
	b.mu.Unlock()
	for _, s := range open {
		_ = s.Close()
	}
	if err := b.publish.Close(); err != nil && !errors.Is(err, goredis.ErrClosed) {
		return fmt.Errorf("close the bus: %w", err)
	}
	return nil
}
