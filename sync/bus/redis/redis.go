// Package redis is the bus over Redis: one server by PUBLISH and SUBSCRIBE, the master that Sentinels choose, or a
// cluster by its sharded channels.
//
// It treats Redis as a wire: it sets no key, and a server that was wiped, restarted or replaced needs nothing from it.
// Open never connects, so a node starts whether or not Redis is there. A subscription that loses its connection
// reports a gap, redials by itself with jittered backoff and reports a second gap once the server has confirmed
// every channel again; only what a person must cure (credentials, a server of the wrong sort) ends it. It asks now and
// then who carries its channels, and leaves a server that was replaced although that one still seems well.
// It never prints the user or the password of its URL, and logs nothing: every fault is an error of a call.
//
// It pings its subscriptions and reads the answers, which go-redis does not, so a connection that went silent without
// closing costs some seconds. A server that answers and yet delivers nothing looks healthy from here, and PUBLISH
// counts a deaf subscriber: the link's probe is for these.
package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

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
	// CheckEvery is how often a subscription pings its servers and asks whether they still carry its channels. One
	// that is silent for three checks is given up. 0: 4 s.
	CheckEvery time.Duration
	// Dial makes the connections, under TLS if the URL asks for it; nil: the system's. It is for lines that need more
	// than an address. Its connections should be a syscall.Conn, or a closed one is noticed only when it is used.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Bus implements bus.Bus.
type Bus struct {
	target    target
	opts      Options
	directory *directory
	figures   figures

	mu            sync.Mutex
	closed        bool
	publishers    map[string]*publisher // by address; no more than there are servers
	subscriptions map[*subscription]struct{}
}

var _ bus.Bus = (*Bus)(nil)

// go-redis writes to standard error about every failed dial, which here is ordinary weather and reported by error.
func init() { logging.Disable() }

// Open reads a URL: redis://user:password@host:6379/0, rediss:// for TLS, unix:///run/redis.sock,
// redis+sentinel://user:password@host:26379,host:26379/master, or redis+cluster://user:password@host:6379,host:6379.
// It does not connect. Its only error is one that Is ErrBadURL.
func Open(rawURL string, o Options) (*Bus, error) {
	parsed, err := parseURL(rawURL)
	if err != nil {
		return nil, err
	}
	setDefaults(&o)
	dial := &parsed.dial
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
	b := &Bus{target: parsed, opts: o, publishers: map[string]*publisher{}, subscriptions: map[*subscription]struct{}{}}
	b.directory = b.newDirectory()
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
		{&o.CheckEvery, 4 * time.Second},
	} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	o.RetryMax = max(o.RetryMax, o.RetryMin)
	if o.Dial == nil {
		o.Dial = dialDirectly
	}
}

// Address is where the server is, or whom to ask, without credentials: fit for logs and screens.
func (b *Bus) Address() string { return b.target.address() }

// Kind is how Redis runs, as the URL says.
func (b *Bus) Kind() Kind { return b.target.kind }

// Subscribe implements bus.Bus. The subscription has connections of its own: one, or in a cluster one for each slot
// of its channels, so that a slot that moves disturbs no other.
func (b *Bus) Subscribe(ctx context.Context, channels ...string) (bus.Subscription, error) {
	if len(channels) == 0 {
		return nil, errors.New("subscribe: no channel given")
	}
	s := newSubscription(b, channels)
	err := b.add(s)
	if err == nil {
		err = s.open(ctx)
	}
	if err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("subscribe to %d channels: %w", len(channels), err)
	}
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
	if _, open := b.subscriptions[s]; open {
		delete(b.subscriptions, s)
		b.figures.dropped.Add(s.queue.State().Dropped)
	}
}

func (b *Bus) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
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
	if err := b.closePublishers(); err != nil {
		return fmt.Errorf("close the bus: %w", err)
	}
	return nil
}
