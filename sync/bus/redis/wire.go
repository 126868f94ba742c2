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
	client *goredis.Client
	pubsub *goredis.PubSub

	mu     sync.Mutex
	used   bool // dialled or closed: no further dialling
	closed bool
	socket net.Conn // nil before it is dialled
}

var errUsed = errors.New("the connection of this subscription is gone")

// newWire returns a wire that dials when its PubSub is first used.
func (b *Bus) newWire() *wire {
	w := &wire{}
	o := b.dial
	o.PoolSize = 1
	o.PipelinePoolSize = -1
	o.MaxRetries = -1
	dial := o.NewDialer()
	o.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if !w.use() {
			return nil, errUsed
		}
		socket, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		if err := w.keep(socket); err != nil {
			return nil, err
		}
		return socket, nil
	}
	w.client = goredis.NewClient(&o)
	w.pubsub = w.client.Subscribe(context.Background()) // to no channel, which sends nothing
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
func (w *wire) keep(socket net.Conn) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		_ = socket.Close()
		return errUsed
	}
	w.socket = socket
	return nil
}

// close ends the wire whatever it is doing. Closing twice is harmless.
func (w *wire) close() {
	w.mu.Lock()
	w.used, w.closed = true, true
	if w.socket != nil {
		_ = w.socket.Close()
	}
	w.mu.Unlock()
	// Their only errors say that they were closed before.
	_ = w.pubsub.Close()
	_ = w.client.Close()
}
