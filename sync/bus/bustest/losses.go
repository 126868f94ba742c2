package bustest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
)

func pastOutputLimit(t *testing.T, h Harness) {
	a := node(t, h.Open)
	b, line := h.OpenThroughLine(t)
	t.Cleanup(func() { b.Close() })
	if line.Cut == nil {
		return
	}
	s := subscribe(t, b, "c")
	publish(t, a, "c", "before")
	expect(t, s, "c", "before")
	line.Cut()
	frame := string(make([]byte, bus.MaxPayload))
	for sent := 0; publish(t, a, "c", frame) > 0; sent++ {
		if sent > 1000 {
			t.Fatal("250 MB wait for a subscriber that does not read: the server has no limit")
		}
	}
	line.Restore()
	heals(t, a, s, "c")
}

func movedChannel(t *testing.T, h Harness) {
	if h.Move == nil {
		return
	}
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c", "d")
	for range 2 {
		publish(t, a, "c", "before")
		expect(t, s, "c", "before")
		h.Move("c")
		heals(t, a, s, "c")
		expectNothing(t, a, s, "d")
	}
}

func killedServer(t *testing.T, h Harness) {
	if h.Failover == nil {
		return
	}
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c", "d")
	publish(t, a, "c", "before")
	expect(t, s, "c", "before")
	h.Failover("c")
	heals(t, a, s, "c")
	expectNothing(t, a, s, "d")
	// A cluster that mends itself may move the channel once more.
	untilArrives(t, b, subscribe(t, a, "c"), "c")
}

// everyLoss is what lets a link trust its cursors: a message that was published without an error and is missing has a
// gap in its place.
func everyLoss(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c")
	trial := &numbered{failed: map[int]bool{}}
	ctx, cancel := context.WithCancel(deadline(t))
	var both sync.WaitGroup
	both.Go(func() { trial.publish(ctx, a) })
	both.Go(func() { trial.receive(ctx, t, s) })
	defer both.Wait()
	defer cancel()
	trial.await(ctx, t)
	restart := func() { h.Stop(); h.Start() }
	for _, fault := range []struct {
		name string
		does func(channel string)
	}{
		{"connections killed", forAll(h.KillSubscriptions)},
		{"channel moved", h.Move},
		{"server killed", h.Failover},
		{"restart", forAll(restart)},
		{"connections killed again", forAll(h.KillSubscriptions)},
	} {
		if fault.does != nil {
			t.Log(fault.name)
			fault.does("c")
			trial.await(ctx, t)
		}
	}
}

func forAll(fault func()) func(string) {
	if fault == nil {
		return nil
	}
	return func(string) { fault() }
}

// numbered is a stream of messages that are the numbers from 1.
type numbered struct {
	sent, received atomic.Int64 // the latest

	mu     sync.Mutex
	failed map[int]bool // to publish: these may be missing
}

func (n *numbered) publish(ctx context.Context, to bus.Bus) {
	for i := 1; ctx.Err() == nil; i++ {
		if _, err := to.Publish(ctx, "c", []byte(strconv.Itoa(i))); err != nil {
			n.mu.Lock()
			n.failed[i] = true
			n.mu.Unlock()
		}
		n.sent.Store(int64(i))
		<-time.After(100 * time.Microsecond) // or one connection alone would fill a queue
	}
}

func (n *numbered) receive(ctx context.Context, t *testing.T, s bus.Subscription) {
	latest, behindGap := 0, false
	for {
		m, err := s.Receive(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, bus.ErrGap):
			behindGap = true
			continue
		case err != nil:
			t.Errorf("receive: %v", err)
			return
		}
		i, err := strconv.Atoi(string(m.Payload))
		if err != nil {
			t.Errorf("received %q", m.Payload)
		}
		if missing := n.missing(latest, i); missing != "" && !behindGap {
			t.Errorf("after %d comes %d; %s is missing and no gap was reported", latest, i, missing)
		}
		latest, behindGap = max(latest, i), false
		n.received.Store(int64(latest))
	}
}

// missing names what was published between two numbers without an error.
func (n *numbered) missing(after, before int) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := after + 1; i < before; i++ {
		if !n.failed[i] {
			return fmt.Sprint(i)
		}
	}
	return ""
}

// await waits until something that is published from now on has arrived.
func (n *numbered) await(ctx context.Context, t *testing.T) {
	t.Helper()
	for now := n.sent.Load(); n.received.Load() <= now+1; {
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("nothing arrives any more after %d; %d were sent", n.received.Load(), n.sent.Load())
		}
	}
}

func narrow(t *testing.T, h Harness) {
	if h.OpenNarrow == nil {
		return
	}
	a, b := node(t, h.Open), node(t, h.OpenNarrow)
	s := subscribe(t, b, "mine")
	publish(t, b, "mine", "allowed")
	expect(t, s, "mine", "allowed")
	if _, err := b.Publish(deadline(t), "other", nil); !errors.Is(err, bus.ErrAuth) {
		t.Errorf("publish on another channel: %v, want ErrAuth", err)
	}
	for _, channels := range [][]string{{"other"}, {"mine", "other"}, {"*"}} {
		if other, err := b.Subscribe(deadline(t), channels...); !errors.Is(err, bus.ErrAuth) {
			if err == nil {
				other.Close()
			}
			t.Errorf("subscribe to %q: %v, want ErrAuth", channels, err)
		}
	}
	expectNothing(t, a, s, "mine") // and the node works on
}

func changedPassword(t *testing.T, h Harness) {
	if h.ChangePassword == nil {
		return
	}
	b := node(t, h.Open)
	s := subscribe(t, b, "c")
	publish(t, b, "c", "before")
	expect(t, s, "c", "before")
	h.ChangePassword()
	ctx := deadline(t)
	for {
		_, err := s.Receive(ctx)
		if errors.Is(err, bus.ErrGap) {
			continue
		}
		if !errors.Is(err, bus.ErrAuth) {
			t.Errorf("receive: %v, want ErrAuth in the end: dialling for ever would only fill the server's log", err)
		}
		break
	}
	if _, err := b.Publish(ctx, "c", nil); !errors.Is(err, bus.ErrAuth) {
		t.Errorf("publish: %v, want ErrAuth", err)
	}
}
