package bustest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
)

func wrongPassword(t *testing.T, h Harness) {
	if h.OpenRefused == nil {
		return
	}
	b := node(t, h.OpenRefused)
	if _, err := b.Publish(deadline(t), "c", nil); !errors.Is(err, bus.ErrAuth) {
		t.Errorf("publish: %v, want ErrAuth", err)
	}
	if err := b.PublishAll(deadline(t), []bus.Message{{Channel: "c"}}); !errors.Is(err, bus.ErrAuth) {
		t.Errorf("publish all: %v, want ErrAuth", err)
	}
	if s, err := b.Subscribe(deadline(t), "c"); !errors.Is(err, bus.ErrAuth) {
		if err == nil {
			s.Close()
		}
		t.Errorf("subscribe: %v, want ErrAuth", err)
	}
}

func serverDown(t *testing.T, h Harness) {
	b := node(t, h.Open)
	publish(t, b, "c", "while it is up")
	h.Stop()
	if _, err := b.Publish(deadline(t), "c", []byte("x")); !errors.Is(err, bus.ErrUnreachable) {
		t.Errorf("publish: %v, want ErrUnreachable", err)
	}
	if err := b.PublishAll(deadline(t), []bus.Message{{Channel: "c"}}); !errors.Is(err, bus.ErrUnreachable) {
		t.Errorf("publish all: %v, want ErrUnreachable", err)
	}
	if _, err := b.Subscribe(deadline(t), "c"); !errors.Is(err, bus.ErrUnreachable) {
		t.Errorf("subscribe: %v, want ErrUnreachable", err)
	}
	h.Start()
	// A bus that was opened before, or while the server was down, needs no opening again.
	ctx := deadline(t)
	for {
		s, err := b.Subscribe(ctx, "c")
		if err == nil {
			defer s.Close()
			untilArrives(t, b, s, "c")
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("subscribe after the start: %v", err)
		}
		<-time.After(10 * time.Millisecond) // the caller's own wait before it tries again
	}
}

func healsAfterRestart(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c", "d")
	publish(t, a, "c", "before")
	expect(t, s, "c", "before")
	h.Stop()
	expectGap(t, s, false)
	h.Start()
	heals(t, a, s, "c")
	expectNothing(t, a, s, "d")
}

func healsAfterTwoRestarts(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c")
	for range 2 {
		h.Stop()
		h.Start()
		heals(t, a, s, "c")
	}
}

func emptiedServer(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c")
	publish(t, a, "c", "before")
	h.Flush()
	expect(t, s, "c", "before")
	publish(t, a, "c", "after")
	expect(t, s, "c", "after")
}

func killedSubscription(t *testing.T, h Harness) {
	if h.KillSubscriptions == nil {
		return
	}
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c")
	h.KillSubscriptions()
	heals(t, a, s, "c")
	expectNothing(t, a, s, "c")
}

// expectGap receives a gap next.
func expectGap(t *testing.T, s bus.Subscription, connected bool) {
	t.Helper()
	_, err := s.Receive(deadline(t))
	gap := new(bus.Gap)
	if !errors.As(err, &gap) || gap.Connected != connected {
		t.Fatalf("receive: %v, want a gap with connected = %t", err, connected)
	}
	if gap.Cause == nil {
		t.Errorf("the gap has no cause")
	}
}

func silentConnection(t *testing.T, h Harness) {
	a := node(t, h.Open)
	b, line := h.OpenThroughLine(t)
	t.Cleanup(func() { b.Close() })
	s := subscribe(t, b, "c")
	publish(t, a, "c", "before")
	expect(t, s, "c", "before")
	line.Stall()
	// The server still counts the subscription, and the subscription still looks healthy: no message, no gap, no error.
	if n := publish(t, a, "c", "into the void"); h.CountsReceivers && n != 1 {
		t.Errorf("%d receivers; if servers now notice at once, the link's probe can go", n)
	}
	brief, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if m, err := s.Receive(brief); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("received %q, %v, want silence", m.Payload, err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	// The cure. Connections kept for publishing are silent too, and each may cost one timeout.
	ctx := deadline(t)
	for {
		again, err := b.Subscribe(ctx, "c")
		if err == nil {
			defer again.Close()
			publish(t, a, "c", "after")
			expect(t, again, "c", "after")
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("subscribe again: %v", err)
		}
	}
	for {
		_, err := b.Publish(ctx, "c", []byte("up"))
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("publish: %v", err)
		}
	}
}
