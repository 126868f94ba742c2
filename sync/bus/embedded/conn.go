package embedded

import (
	"errors"
	"net"
	"sync"
)

// outputLimit is how many bytes may wait for one client, as the hard limit of deploy/redis.conf.
const outputLimit = 32 << 20

var errTooSlow = errors.New("the client does not read")

// conn is a client's connection whose Write never waits for the client.
//
// miniredis writes to subscribers under the lock of the whole server: one client that stops reading would stop all.
// Here what is written waits in memory for write to send it; when that is more than outputLimit, the connection is
// closed, which is what Redis does.
type conn struct {
	net.Conn
	forget func(*conn)

	mu      sync.Mutex
	filled  *sync.Cond
	waiting []byte
	closed  bool
}

func newConn(socket net.Conn, forget func(*conn)) *conn {
	c := &conn{Conn: socket, forget: forget}
	c.filled = sync.NewCond(&c.mu)
	return c
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, net.ErrClosed
	}
	if len(c.waiting)+len(p) > outputLimit {
		c.shut()
		return 0, errTooSlow
	}
	c.waiting = append(c.waiting, p...)
	c.filled.Signal()
	return len(p), nil
}

// write sends what waits until the connection closes.
func (c *conn) write() {
	defer c.forget(c)
	defer c.Close()
	for {
		c.mu.Lock()
		for len(c.waiting) == 0 && !c.closed {
			c.filled.Wait()
		}
		sending := c.waiting
		c.waiting = nil
		closed := c.closed
		c.mu.Unlock()
		if closed {
			return
		}
		if _, err := c.Conn.Write(sending); err != nil {
			return
		}
	}
}

// Close implements net.Conn. Closing twice is harmless.
func (c *conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shut()
}

// shut is called with mu held.
func (c *conn) shut() error {
	if c.closed {
		return nil
	}
	c.closed, c.waiting = true, nil
	c.filled.Signal()
	return c.Conn.Close()
}
