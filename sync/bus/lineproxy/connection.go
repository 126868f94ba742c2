package lineproxy

import (
	"context"
	"net"
	"sync"
	"time"
)

// connection is one accepted connection and the one to the target that goes with it.
type connection struct {
	proxy *Proxy
	near  net.Conn

	ctx       context.Context
	cancel    context.CancelFunc
	stalled   chan struct{} // closed when it shall carry nothing more
	stallOnce sync.Once
}

// carry returns when the connection has ended and both sockets are closed.
func (c *connection) carry() {
	defer c.cancel()
	defer c.near.Close()
	if !c.passable() {
		return
	}
	var dialer net.Dialer
	far, err := dialer.DialContext(c.ctx, "tcp", c.proxy.target)
	if err != nil {
		return // closing is all that whoever connected can be told
	}
	defer far.Close()
	stop := context.AfterFunc(c.ctx, func() {
		_ = c.near.Close()
		_ = far.Close()
	})
	defer stop()
	var both sync.WaitGroup
	both.Go(func() { c.pump(out, far, c.near) })
	both.Go(func() { c.pump(back, c.near, far) })
	both.Wait()
}

// chunk is bytes on their way, which arrive no earlier than due.
type chunk struct {
	data []byte
	due  time.Time
}

// pump carries bytes one way until either end closes, which ends the other way too.
func (c *connection) pump(way int, to, from net.Conn) {
	defer c.cancel()
	// As much as a line holds in flight. When it is full the reading waits, and the sender's socket fills up.
	flight := make(chan chunk, 64)
	go c.read(way, flight, from)
	for piece := range flight {
		select {
		case <-time.After(time.Until(piece.due)):
		case <-c.ctx.Done():
		}
		if !c.passable() {
			break
		}
		if _, err := to.Write(piece.data); err != nil {
			break
		}
	}
	c.cancel()
	for range flight { // until read has ended too
	}
}

func (c *connection) read(way int, flight chan<- chunk, from net.Conn) {
	defer close(flight)
	for {
		data := make([]byte, c.proxy.piece())
		n, err := from.Read(data)
		if n > 0 {
			select {
			case flight <- chunk{data: data[:n], due: c.proxy.due(way, n)}:
			case <-c.ctx.Done():
				return
			}
		}
		if err != nil {
			select {
			case <-c.stalled: // pump waits for ever, and has nothing left to wait for
				c.cancel()
			default:
			}
			return
		}
	}
}

// passable waits until bytes may pass, and is false when they never will.
func (c *connection) passable() bool {
	for {
		open := c.proxy.opening()
		select {
		case <-c.stalled:
			<-c.ctx.Done()
			return false
		case <-c.ctx.Done():
			return false
		case <-open:
		}
		// Of several ready cases select takes any: look again whether it was stalled or cut in between.
		select {
		case <-c.stalled:
			continue
		default:
		}
		if !c.proxy.IsCut() {
			return c.ctx.Err() == nil
		}
	}
}
