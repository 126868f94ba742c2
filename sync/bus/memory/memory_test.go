package memory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/bustest"
	"github.com/aashram-care/sangam/sync/bus/memory"
)

func TestConformance(t *testing.T) {
	bustest.Run(t, func(*testing.T) bustest.Harness {
		n := memory.NewNetwork(memory.Options{})
		n.Refuse("refused", true)
		return bustest.Harness{
			Open: func(*testing.T) bus.Bus { return n.Open("node") },
			OpenSmall: func(*testing.T) bus.Bus {
				b := n.Open("node")
				b.SetQueue(8, 0)
				return b
			},
			OpenRefused:       func(*testing.T) bus.Bus { return n.Open("refused") },
			Stop:              n.Stop,
			Start:             n.Start,
			Flush:             n.Wipe,
			KillSubscriptions: func() { n.KillSubscriptions("node") },
			OpenThroughLine: func(*testing.T) (bus.Bus, bustest.Line) {
				return n.Open("far"), bustest.Line{Stall: func() { n.Deafen("far") }}
			},
			CountsReceivers: true,
		}
	})
}

// clock is a simulation's: it moves when told.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// trial sends count messages from a to b under faults of either direction, to the end of all delays, and returns
// what arrived in one line.
func trial(t *testing.T, seed uint64, count int, up, down memory.Faults) string {
	t.Helper()
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	n := memory.NewNetwork(memory.Options{Seed: seed, Now: c.now})
	b := n.Open("b")
	s, err := b.SubscribeNow(context.Background(), "c")
	if err != nil {
		t.Fatal(err)
	}
	a := n.Open("a")
	n.SetFaults("a", memory.Up, up)
	n.SetFaults("b", memory.Down, down)
	for i := range count {
		_, err := a.Publish(context.Background(), "c", fmt.Append(nil, i))
		if (err != nil) != up.Cut {
			t.Fatalf("publish: %v", err)
		}
		c.at = c.at.Add(time.Millisecond)
		n.Deliver()
	}
	for {
		due, ok := n.NextDue()
		if !ok {
			break
		}
		c.at = due
		n.Deliver()
	}
	var got []string
	for {
		m, ok, err := s.TryReceive()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return strings.Join(got, " ")
		}
		got = append(got, string(m.Payload))
	}
}

func TestPerfectLineDeliversAllInOrder(t *testing.T) {
	if got, want := trial(t, 1, 5, memory.Faults{}, memory.Faults{}), "0 1 2 3 4"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSameSeedSameFaults(t *testing.T) {
	wild := memory.Faults{Drop: 0.3, Duplicate: 0.2, MinDelay: time.Millisecond, MaxDelay: 50 * time.Millisecond, Late: 0.1, LateBy: time.Second}
	first, again, other := trial(t, 7, 200, wild, wild), trial(t, 7, 200, wild, wild), trial(t, 8, 200, wild, wild)
	if first != again {
		t.Error("one seed gave two runs")
	}
	if first == other {
		t.Error("two seeds gave one run")
	}
}

// Each fault does what its name says, on either direction, and nothing else.
func TestFaultsDoWhatTheySay(t *testing.T) {
	const count = 400
	inOrder := trial(t, 1, count, memory.Faults{}, memory.Faults{})
	words := func(s string) int { return len(strings.Fields(s)) }
	for _, c := range []struct {
		name   string
		faults memory.Faults
		holds  func(got string) bool
	}{
		{"drop", memory.Faults{Drop: 0.5}, func(got string) bool { return words(got) > count/4 && words(got) < count*3/4 }},
		{"drop all", memory.Faults{Drop: 1}, func(got string) bool { return got == "" }},
		{"cut", memory.Faults{Cut: true}, func(got string) bool { return got == "" }},
		{"duplicate", memory.Faults{Duplicate: 1}, func(got string) bool { return words(got) == 2*count }},
		{"even delay", memory.Faults{MinDelay: time.Second, MaxDelay: time.Second}, func(got string) bool { return got == inOrder }},
		{"uneven delay", memory.Faults{MaxDelay: time.Second}, func(got string) bool { return got != inOrder && words(got) == count }},
		{"late", memory.Faults{Late: 0.1, LateBy: time.Second}, func(got string) bool { return got != inOrder && words(got) == count }},
	} {
		if got := trial(t, 3, count, c.faults, memory.Faults{}); !c.holds(got) {
			t.Errorf("%s going up: got %q", c.name, got)
		}
		if got := trial(t, 3, count, memory.Faults{}, c.faults); !c.holds(got) {
			t.Errorf("%s going down: got %q", c.name, got)
		}
	}
}

func TestNothingArrivesBeforeItsTime(t *testing.T) {
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	n := memory.NewNetwork(memory.Options{Now: c.now})
	b := n.Open("b")
	n.SetFaults("b", memory.Up, memory.Faults{MinDelay: time.Second, MaxDelay: time.Second})
	n.SetFaults("b", memory.Down, memory.Faults{MinDelay: time.Second, MaxDelay: time.Second})
	s, err := b.SubscribeNow(context.Background(), "c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Publish(context.Background(), "c", []byte("x")); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(1999 * time.Millisecond)
	if n.Deliver() != 0 {
		t.Error("delivered after 1.999 s of 2 s")
	}
	c.at = c.at.Add(time.Millisecond)
	if n.Deliver() != 1 {
		t.Error("not delivered after 2 s")
	}
	if m, ok, err := s.TryReceive(); !ok || err != nil || string(m.Payload) != "x" {
		t.Errorf("received %q, %t, %v", m.Payload, ok, err)
	}
}

func TestWipeLosesWhatTravels(t *testing.T) {
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	n := memory.NewNetwork(memory.Options{Now: c.now})
	b := n.Open("b")
	if _, err := b.SubscribeNow(context.Background(), "c"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Publish(context.Background(), "c", []byte("x")); err != nil {
		t.Fatal(err)
	}
	n.Wipe()
	if n.Deliver() != 0 {
		t.Error("a wiped message arrived")
	}
}

func TestDeafSubscriptionIsHealedByNothingButANewOne(t *testing.T) {
	n := memory.NewNetwork(memory.Options{})
	b := n.Open("b")
	ctx := context.Background()
	s, err := b.SubscribeNow(ctx, "c")
	if err != nil {
		t.Fatal(err)
	}
	n.Deafen("b")
	n.Stop()
	n.Start()
	n.KillSubscriptions("b")
	if _, err := b.Publish(ctx, "c", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if m, ok, err := s.TryReceive(); ok {
		t.Fatalf("a deaf subscription received %q, %v", m.Payload, err)
	}
	again, err := b.SubscribeNow(ctx, "c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Publish(ctx, "c", []byte("y")); err != nil {
		t.Fatal(err)
	}
	if m, ok, err := again.TryReceive(); !ok || err != nil || string(m.Payload) != "y" {
		t.Errorf("a new subscription received %q, %t, %v", m.Payload, ok, err)
	}
}

func TestCutLineGivesNoAnswer(t *testing.T) {
	for _, d := range []memory.Direction{memory.Up, memory.Down} {
		n := memory.NewNetwork(memory.Options{})
		n.SetFaults("b", d, memory.Faults{Cut: true})
		b := n.Open("b")
		if _, err := b.Publish(context.Background(), "c", nil); !errors.Is(err, bus.ErrUnreachable) {
			t.Errorf("publish with direction %d cut: %v, want ErrUnreachable", d, err)
		}
		if _, err := b.Subscribe(context.Background(), "c"); !errors.Is(err, bus.ErrUnreachable) {
			t.Errorf("subscribe with direction %d cut: %v, want ErrUnreachable", d, err)
		}
		n.SetFaults("b", d, memory.Faults{})
		if _, err := b.Subscribe(context.Background(), "c"); err != nil {
			t.Errorf("subscribe once direction %d is whole: %v", d, err)
		}
	}
}
