package bustest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/aashram-care/sangam/sync/bus"
)

func payloadArrivesWhole(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c")
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	largest := bytes.Repeat([]byte("\r\n$-1\r\n\x00"), bus.MaxPayload/8)
	for _, payload := range [][]byte{{}, []byte("x"), every, largest} {
		sent := bytes.Clone(payload)
		if _, err := a.Publish(deadline(t), "c", sent); err != nil {
			t.Fatalf("publish %d bytes: %v", len(payload), err)
		}
		clear(sent) // the bus must not look at it any more
		expect(t, s, "c", string(payload))
	}
}

func everySubscriberGetsIt(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	var all []bus.Subscription
	for range 3 {
		all = append(all, subscribe(t, b, "c"))
	}
	all = append(all, subscribe(t, a, "c")) // one's own messages come back: a probe is one
	if n := publish(t, a, "c", "hello"); h.CountsReceivers && n != len(all) || !h.CountsReceivers && n != -1 {
		t.Errorf("publish counted %d receivers of %d", n, len(all))
	}
	for _, s := range all {
		expect(t, s, "c", "hello")
	}
}

func onlySubscribedChannelsArrive(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "sangam:{1}:up")
	for _, other := range []string{"sangam:{11}:up", "sangam:{1}:u", "sangam:*", "other"} {
		publish(t, a, other, "not for you")
	}
	expectNothing(t, a, s, "sangam:{1}:up")
}

func orderIsKept(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c")
	const count = 500
	var sender sync.WaitGroup
	sender.Go(func() {
		for i := range count {
			if _, err := a.Publish(context.Background(), "c", fmt.Append(nil, i)); err != nil {
				t.Errorf("publish %d: %v", i, err)
				return
			}
		}
	})
	defer sender.Wait()
	for i := range count {
		expect(t, s, "c", fmt.Sprint(i))
	}
}

func confirmedBeforeReturn(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	for i := range 50 { // a driver that returns early loses some of these
		channel := fmt.Sprint("c", i)
		s := subscribe(t, b, channel)
		publish(t, a, channel, "at once")
		expect(t, s, channel, "at once")
		s.Close()
	}
}

func manyChannels(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	channels := bus.UpChannels()
	s := subscribe(t, b, append(channels, channels[0])...) // naming one twice is harmless
	for _, c := range channels {
		publish(t, a, c, "to "+c)
		expect(t, s, c, "to "+c)
	}
	expectNothing(t, a, s, channels[0])
}

func batchArrives(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c", "d")
	var batch []bus.Message
	for i := range 200 {
		batch = append(batch, bus.Message{Channel: []string{"c", "d"}[i%2], Payload: fmt.Append(nil, i)})
	}
	if err := a.PublishAll(deadline(t), batch); err != nil {
		t.Fatalf("publish all: %v", err)
	}
	next := map[string]int{"c": 0, "d": 1} // channels may travel by different servers
	for range batch {
		m, err := s.Receive(deadline(t))
		if err != nil {
			t.Fatalf("receive: %v", err)
		}
		if want := fmt.Sprint(next[m.Channel]); string(m.Payload) != want {
			t.Fatalf("received %q on %s, want %q", m.Payload, m.Channel, want)
		}
		next[m.Channel] += 2
	}
	if err := a.PublishAll(deadline(t), nil); err != nil {
		t.Errorf("publish nothing: %v", err)
	}
}

func tooLargeIsRefused(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c")
	large := make([]byte, bus.MaxPayload+1)
	if _, err := a.Publish(deadline(t), "c", large); !errors.Is(err, bus.ErrTooLarge) {
		t.Errorf("publish: %v, want ErrTooLarge", err)
	}
	if err := a.PublishAll(deadline(t), []bus.Message{{Channel: "c", Payload: large}}); !errors.Is(err, bus.ErrTooLarge) {
		t.Errorf("publish all: %v, want ErrTooLarge", err)
	}
	expectNothing(t, a, s, "c")
}

func noChannel(t *testing.T, h Harness) {
	b := node(t, h.Open)
	if s, err := b.Subscribe(deadline(t)); err == nil {
		s.Close()
		t.Error("subscribing to nothing succeeded; it would wait for ever")
	}
}

func closeEndsReceive(t *testing.T, h Harness) {
	b := node(t, h.Open)
	s := subscribe(t, b, "c")
	got := make(chan error)
	go func() {
		_, err := s.Receive(context.Background())
		got <- err
	}()
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := <-got; !errors.Is(err, bus.ErrClosed) {
		t.Errorf("receive: %v, want ErrClosed", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
	if n := publish(t, b, "c", "to nobody"); h.CountsReceivers && n != 0 {
		t.Errorf("%d receivers after the close", n)
	}
}

func closedBusRefuses(t *testing.T, h Harness) {
	b := node(t, h.Open)
	s := subscribe(t, b, "c")
	if err := b.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if _, err := s.Receive(deadline(t)); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("receive: %v, want ErrClosed", err)
	}
	if _, err := b.Publish(deadline(t), "c", nil); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("publish: %v, want ErrClosed", err)
	}
	if _, err := b.Subscribe(deadline(t), "c"); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("subscribe: %v, want ErrClosed", err)
	}
}

func closeWhileSubscribing(t *testing.T, h Harness) {
	for range 20 { // the moments in which they meet differ
		b := node(t, h.Open)
		got := make(chan error)
		for range 4 {
			go func() {
				s, err := b.Subscribe(context.Background(), "c")
				if err == nil {
					_, err = s.Receive(context.Background())
				}
				got <- err
			}()
		}
		if err := b.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
		for range 4 {
			if err := <-got; !errors.Is(err, bus.ErrClosed) {
				t.Fatalf("subscribe or receive: %v, want ErrClosed", err)
			}
		}
	}
}

func receiveHonoursContext(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.Open)
	s := subscribe(t, b, "c")
	ctx, cancel := context.WithCancel(context.Background())
	got := make(chan error)
	go func() {
		_, err := s.Receive(ctx)
		got <- err
	}()
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Errorf("receive: %v, want the context's error", err)
	}
	expectNothing(t, a, s, "c") // and it lives on
}

func slowReceiver(t *testing.T, h Harness) {
	a, b := node(t, h.Open), node(t, h.OpenSmall)
	s := subscribe(t, b, "c")
	ctx := deadline(t)
	batch := make([]bus.Message, 100)
	for i := range batch {
		batch[i] = bus.Message{Channel: "c", Payload: []byte("too many")}
	}
	for overflowed := false; !overflowed; { // more come in than go out, so the queue fills in the end
		if err := a.PublishAll(ctx, batch); err != nil {
			t.Fatalf("publish all: %v", err)
		}
		_, err := s.Receive(ctx)
		gap := new(bus.Gap)
		overflowed = errors.As(err, &gap)
		if overflowed && (!gap.Connected || !errors.Is(gap, bus.ErrOverflow)) {
			t.Errorf("gap %v, want one by ErrOverflow of a live subscription", gap)
		}
		if err != nil && !overflowed {
			t.Fatalf("receive: %v", err)
		}
	}
	untilArrives(t, a, s, "c")
	expectNothing(t, a, s, "c")
}
