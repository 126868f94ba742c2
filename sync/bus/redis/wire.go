package redis

import (
	"context"
	"errors"
	"net"
	"sync"

	goredis "github.com/redis/go-redis/v9"
)

// wire is one connection of a subscription, from dialling to closing.
//
// go-redis would dial again by itself after an error and subscribe to everything once more, without telling anybody
// that there was a gap, and while it dials or waits for an answer it holds the lock that its Close needs. So a wire
// dials once, and closes its socket below go-redis.
type wire struct {
	address string
	client  *goredis.Client
	pubsub  *goredis.PubSub

	mu     sync.Mutex
	used   bool // dialled or closed: no further dialling
	closed bool
	cause  error       // why closeFor ended it
	unbind func() bool // from the life of the subscription
	socket *socket     // below TLS; nil before it is dialled
}

var errUsed = errors.New("the connection of this subscription is gone")

// newWire returns a wire to a server that dials when its PubSub is first used, and closes when life ends.
func (b *Bus) newWire(life context.Context, address string) *wire {
	w := &wire{address: address}
	o := b.optionsFor(address)
	o.PoolSize = poolSize // of which one is used
	o.PipelinePoolSize = -1
	o.MaxRetries = -1
	o.Dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
		if !w.use() {
			return nil, errUsed
		}
		conn, below, err := b.open(ctx, network, address)
		if err != nil {
			return nil, err
		}
		if err := w.keep(below); err != nil {
			return nil, err
		}
		return conn, nil
	}
	w.client = goredis.NewClient(o)
	w.pubsub = w.client.Subscribe(context.Background()) // to no channel, which sends nothing
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unbind = context.AfterFunc(life, w.close)
	return w
}

func (w *wire) use() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := !w.used
	w.used = true
	return first
}

// keep remembers the socket for close, or closes it if close came first.
func (w *wire) keep(below *socket) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		_ = below.Close()
		return errUsed
	}
	w.socket = below
	return nil
}

// heard is how many bytes have arrived.
func (w *wire) heard() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.socket == nil {
		return 0
	}
	return w.socket.heard.Load()
}

// closeFor is close for a reason other than that the subscription is closed.
func (w *wire) closeFor(cause error) {
	w.mu.Lock()
	w.cause = cause
	w.mu.Unlock()
	w.close()
}

// why is the reason that closeFor was given, or err.
func (w *wire) why(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cause != nil {
		return w.cause
	}
	return err
}

// close ends the wire whatever it is doing. Closing twice is harmless.
func (w *wire) close() {
	w.mu.Lock()
	w.used, w.closed = true, true
	if w.socket != nil {
		_ = w.socket.Close() // TLS above it would wait to say goodbye
	}
	w.unbind()
	w.mu.Unlock()
	// Their only errors say that they were closed before.
	_ = w.pubsub.Close()
	_ = w.client.Close()
}
