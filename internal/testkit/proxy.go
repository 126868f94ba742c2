package testkit

import (
	"context"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/bus/lineproxy"
)

// Proxy is a line of one test to a target, which can be cut.
type Proxy struct {
	Addr string // what to connect to instead of the target
	t    testing.TB
	line *lineproxy.Proxy
}

// StartProxy carries bytes to target until the test ends.
func StartProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	line, err := lineproxy.Listen("127.0.0.1:0", target)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- line.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("line to %s: %v", target, err)
		}
	})
	return &Proxy{Addr: line.Addr(), t: t, line: line}
}

// Cut stops carrying bytes both ways and closes nothing.
func (p *Proxy) Cut() { p.line.Cut() }

// Restore carries bytes again.
func (p *Proxy) Restore() { p.line.Restore() }

// Stall silences the connections that are open now for ever; new ones work.
func (p *Proxy) Stall() { p.line.Stall() }

// DropConnections closes all open connections.
func (p *Proxy) DropConnections() { p.line.Drop() }

// Delay lets every byte take so much longer each way.
func (p *Proxy) Delay(d time.Duration) { p.line.SetDelay(d) }

// Rate lets the line carry at most so many bytes a second each way; 0 is no limit.
func (p *Proxy) Rate(bytesPerSecond int) { p.line.SetRate(bytesPerSecond) }

// AwaitConnections waits until so many connections are open, or fails the test.
func (p *Proxy) AwaitConnections(n int) {
	p.t.Helper()
	giveUp := time.After(30 * time.Second)
	for p.line.Connections() != n {
		select {
		case <-time.After(time.Millisecond):
		case <-giveUp:
			p.t.Fatalf("%d connections are open, want %d", p.line.Connections(), n)
		}
	}
}
