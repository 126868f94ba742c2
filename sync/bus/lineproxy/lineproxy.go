// Package lineproxy stands for the line between two machines: a TCP proxy that can be slow and narrow, and can stop
// carrying bytes.
//
// A cut line closes nothing. Both ends keep connections that look open and hear nothing, as they do when a cable is
// pulled or a mobile link fades, and what was on its way arrives once the line is restored. A proxy reads nothing of
// what it carries and keeps no more of it than a socket would. It is no defence: whoever reaches its port reaches
// the target.
package lineproxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// MaxConnections is how many connections a proxy carries at once; one more is closed at once.
const MaxConnections = 1024

// Proxy carries bytes between those who connect to it and its target. Its methods are safe for concurrent use.
type Proxy struct {
	target   string
	listener net.Listener

	mu    sync.Mutex
	open  chan struct{} // closed while the line carries bytes, replaced by an open one when it is cut
	cut   bool
	delay time.Duration
	rate  int          // bytes a second each way; 0: no limit
	free  [2]time.Time // when each way has carried all that was given to it
	lines map[*connection]struct{}
}

// The ways of a line.
const (
	out  = iota // to the target
	back        // from it
)

// Listen returns a proxy to target that listens on address, and carries nothing before Run.
func Listen(address, target string) (*Proxy, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for the line to %s: %w", target, err)
	}
	open := make(chan struct{})
	close(open)
	return &Proxy{target: target, listener: listener, open: open, lines: map[*connection]struct{}{}}, nil
}

// Addr is the host and port that the proxy listens on.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Run carries bytes until ctx ends, then closes the listener and every connection, and returns nil once all has ended.
func (p *Proxy) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	defer p.Drop()
	stop := context.AfterFunc(ctx, func() { _ = p.listener.Close() })
	defer stop()
	for {
		near, err := p.listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = near.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("the line to %s: %w", p.target, err)
		case err != nil:
			// Out of file descriptors, most likely: that passes, and a loop without a pause would make it worse.
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
			}
			continue
		}
		if c := p.admit(ctx, near); c != nil {
			running.Go(func() {
				c.carry()
				p.forget(c)
			})
		}
	}
}

func (p *Proxy) admit(ctx context.Context, near net.Conn) *connection {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.lines) >= MaxConnections {
		_ = near.Close()
		return nil
	}
	c := &connection{proxy: p, near: near, stalled: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancel(ctx)
	p.lines[c] = struct{}{}
	return c
}

func (p *Proxy) forget(c *connection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.lines, c)
}

// Cut stops carrying bytes both ways and closes nothing. Who connects meanwhile is accepted and hears nothing.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.cut {
		p.cut, p.open = true, make(chan struct{})
	}
}

// Restore carries bytes again, first those that were on their way.
func (p *Proxy) Restore() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut {
		p.cut = false
		close(p.open)
	}
}

// IsCut says whether the line is cut.
func (p *Proxy) IsCut() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cut
}

// Stall lets the connections that are open now never carry another byte, also after Restore, while new ones do:
// what a router does that forgot its connections.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.lines {
		c.stallOnce.Do(func() { close(c.stalled) })
	}
}

// Drop closes all connections, and leaves the line as it is.
func (p *Proxy) Drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.lines {
		c.cancel()
	}
}

// SetDelay lets every byte take so much longer each way. Zero is the default.
func (p *Proxy) SetDelay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// SetRate lets all connections together carry at most so many bytes a second each way. Zero, the default, is no limit.
func (p *Proxy) SetRate(bytesPerSecond int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rate = max(bytesPerSecond, 0)
}

// Connections is how many are open.
func (p *Proxy) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.lines)
}

// opening is closed while the line carries bytes.
func (p *Proxy) opening() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open
}

const (
	wholeRead  = 32 << 10
	leastRead  = 256
	pieceTimes = 50 // pieces a second that a narrow line carries, so that connections share it fairly
)

// piece is how much is read of a connection at once.
func (p *Proxy) piece() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rate == 0 {
		return wholeRead
	}
	return min(max(p.rate/pieceTimes, leastRead), wholeRead)
}

// due is when so many bytes, read now, have passed one way: behind all that was read before them, and the delay.
func (p *Proxy) due(way, bytes int) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := time.Now()
	if p.rate > 0 {
		if p.free[way].After(at) {
			at = p.free[way]
		}
		at = at.Add(time.Duration(bytes) * time.Second / time.Duration(p.rate))
		p.free[way] = at
	}
	return at.Add(p.delay)
}
