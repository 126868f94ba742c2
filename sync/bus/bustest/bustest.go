// Package bustest is what every bus must keep, as one suite.
//
// A driver's test calls Run with a Harness that says how to open a bus and how to do to its server what the world
// does. What a server cannot do is left nil, and the promises about it are then not tried: a driver's test must leave
// nil only what its server truly cannot do. The suite judges by messages, gaps and errors alone, never by time; what
// never happens fails by a limit long enough for a slow machine.
package bustest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
)

// Harness is one server with what can be done to it. Each test of the suite gets a fresh one.
type Harness struct {
	// Open connects a node; the suite closes it. It must retry quickly.
	Open func(t *testing.T) bus.Bus
	// OpenSmall connects a node whose subscriptions hold at most 8 messages.
	OpenSmall func(t *testing.T) bus.Bus
	// OpenRefused connects with credentials that the server refuses.
	OpenRefused func(t *testing.T) bus.Bus
	// Stop takes the server down, Start brings it back empty under the same address.
	Stop, Start func()
	// Flush empties the server while it runs.
	Flush func()
	// KillSubscriptions lets the server close every subscribing connection.
	KillSubscriptions func()
	// ChangePassword lets the server want another password from now on, and closes every connection.
	ChangePassword func()
	// OpenNarrow connects a node that the server lets publish and subscribe on the channel "mine" only.
	OpenNarrow func(t *testing.T) bus.Bus
	// Move lets another server carry a channel, while both run.
	Move func(channel string)
	// Failover kills the server that carries a channel, and returns once another one carries it.
	Failover func(channel string)
	// OpenThroughLine connects a node over a line.
	OpenThroughLine func(t *testing.T) (bus.Bus, Line)
	// CountsReceivers says that Publish knows how many subscriptions there are.
	CountsReceivers bool
}

// Line is what can be done to the line of one node.
type Line struct {
	// Stall silences for ever the connections that are open at that moment.
	Stall func()
	// Cut stops carrying bytes and closes nothing; Restore carries on, with what was on its way. Nil if the server
	// keeps nothing for a node that does not read.
	Cut, Restore func()
}

// limit is when a test gives up waiting.
const limit = 30 * time.Second

// Run tries every promise on harnesses from open.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, test := range []struct {
		name string
		try  func(*testing.T, Harness)
	}{
		{"PayloadArrivesWhole", payloadArrivesWhole},
		{"EverySubscriberOfAChannelGetsIt", everySubscriberGetsIt},
		{"OnlySubscribedChannelsArrive", onlySubscribedChannelsArrive},
		{"OrderOfOnePublisherIsKeptOnAGoodLine", orderIsKept},
		{"ConfirmedBeforeSubscribeReturns", confirmedBeforeReturn},
		{"ManyChannelsInOneSubscription", manyChannels},
		{"BatchArrivesInTheOrderOfEachChannel", batchArrives},
		{"TooLargeIsRefusedAndNothingElseIsHurt", tooLargeIsRefused},
		{"NoChannelIsAnError", noChannel},
		{"CloseEndsReceive", closeEndsReceive},
		{"ClosedBusRefuses", closedBusRefuses},
		{"ClosingTheBusEndsASubscribeOnItsWay", closeWhileSubscribing},
		{"ReceiveHonoursItsContext", receiveHonoursContext},
		{"SlowReceiverGetsAGapAndThenTheNewest", slowReceiver},
		{"WrongPasswordIsTold", wrongPassword},
		{"ServerDownIsAnErrorAndNotAHang", serverDown},
		{"SubscriptionHealsAfterARestart", healsAfterRestart},
		{"SubscriptionHealsAfterTwoRestarts", healsAfterTwoRestarts},
		{"EmptiedServerCarriesOn", emptiedServer},
		{"KilledSubscriptionHealsWithAGap", killedSubscription},
		{"SilentConnectionHealsByClosingAndSubscribing", silentConnection},
		{"SubscriberPastTheOutputLimitHealsWithAGap", pastOutputLimit},
		{"MovedChannelHealsWithAGap", movedChannel},
		{"ChannelOfAKilledServerHealsWithAGap", killedServer},
		{"EveryLossStandsBehindAGap", everyLoss},
		{"ChannelThatIsNotAllowedIsTold", narrow},
		{"SubscriptionEndsWhenItsPasswordNoLongerHolds", changedPassword},
	} {
		t.Run(test.name, func(t *testing.T) { test.try(t, open(t)) })
	}
}

// node opens a bus that closes with the test.
func node(t *testing.T, open func(*testing.T) bus.Bus) bus.Bus {
	t.Helper()
	b := open(t)
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("close the bus: %v", err)
		}
	})
	return b
}

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return ctx
}

func subscribe(t *testing.T, b bus.Bus, channels ...string) bus.Subscription {
	t.Helper()
	s, err := b.Subscribe(deadline(t), channels...)
	if err != nil {
		t.Fatalf("subscribe: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func publish(t *testing.T, b bus.Bus, channel, payload string) int {
	t.Helper()
	n, err := b.Publish(deadline(t), channel, []byte(payload))
	if err != nil {
		t.Fatalf("publish: %v", err)
	}
	return n
}

// expect receives exactly this message next.
func expect(t *testing.T, s bus.Subscription, channel, payload string) {
	t.Helper()
	m, err := s.Receive(deadline(t))
	if err != nil {
		t.Fatalf("receive: %v, want %q", err, payload)
	}
	if m.Channel != channel || !bytes.Equal(m.Payload, []byte(payload)) {
		t.Fatalf("received %q on %s, want %q on %s", m.Payload, m.Channel, payload, channel)
	}
}

// expectNothing proves that nothing waits before a marker which is published behind it.
func expectNothing(t *testing.T, from bus.Bus, s bus.Subscription, channel string) {
	t.Helper()
	publish(t, from, channel, "marker")
	expect(t, s, channel, "marker")
}

// untilArrives publishes until the latest message arrives at s, so that nothing is left behind it, and returns the
// gaps on the way. Messages may be lost while a subscription heals.
func untilArrives(t *testing.T, from bus.Bus, s bus.Subscription, channel string) (gaps []*bus.Gap) {
	t.Helper()
	ctx := deadline(t)
	var publishErr error
	for attempt := 0; ctx.Err() == nil; attempt++ {
		latest := fmt.Sprintf("attempt %d", attempt)
		_, publishErr = from.Publish(ctx, channel, []byte(latest))
		// How long to wait before trying again; too short only costs another attempt.
		brief, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		found, more := receiveUntil(t, brief, s, latest)
		cancel()
		gaps = append(gaps, more...)
		if found {
			return gaps
		}
	}
	t.Fatalf("nothing arrived; the last publish: %v; gaps: %v", publishErr, gaps)
	return nil
}

// heals publishes until the subscription has reported that it is whole again and the latest message arrives. Of
// several connections one may be back, and bring messages, before the others are.
func heals(t *testing.T, from bus.Bus, s bus.Subscription, channel string) {
	t.Helper()
	for ctx, whole := deadline(t), false; !whole; {
		gaps := untilArrives(t, from, s, channel)
		whole = len(gaps) > 0 && gaps[len(gaps)-1].Connected
		if ctx.Err() != nil {
			t.Fatal("no gap told that the subscription is whole again, which lets a link ask for what it missed")
		}
	}
}

// receiveUntil receives until the payload or the end of ctx, and returns the gaps before.
func receiveUntil(t *testing.T, ctx context.Context, s bus.Subscription, payload string) (found bool, gaps []*bus.Gap) {
	t.Helper()
	for {
		m, err := s.Receive(ctx)
		gap := new(bus.Gap)
		switch {
		case err == nil && string(m.Payload) == payload:
			return true, gaps
		case errors.As(err, &gap):
			gaps = append(gaps, gap)
		case ctx.Err() != nil:
			return false, gaps
		case err != nil:
			t.Fatalf("receive: %v, want a message or a gap", err)
		}
	}
}
