package redis_test

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
)

// eventually is testkit's with the limit of every test here.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	if !testkit.Eventually(limit, ok) {
		t.Fatalf("%v have passed without %s", limit, what)
	}
}

// A router that forgot a connection closes nothing: the server counts the subscription, and it hears nothing.
func TestSilentConnectionIsGivenUpAndMadeAgain(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t)
	line := testkit.StartProxy(t, s.Addr)
	near, far := open(t, s.URL, quick), open(t, s.URLAt(line.Addr), attentive)
	sub := subscribe(t, far, "c")
	line.Stall()
	if n, err := near.Publish(deadline(t), "c", []byte("into the void")); n != 1 || err != nil {
		t.Errorf("%d receivers, %v; want the deaf one counted", n, err)
	}
	if gaps := untilArrives(t, near, sub, "c"); !mentions(gaps, "went silent") {
		t.Errorf("gaps %v, want one that tells why", gaps)
	}
	if got := far.Stats(); got.Silent != 1 || got.Resubscribes != 1 {
		t.Errorf("stats %+v, want one silent connection and one that was made again", got)
	}
}

// Nothing to hear is not silence: pings are answered, and a refusal is an answer too.
func TestQuietSubscriptionIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedisWithPassword(t, password, narrowUser)
	narrow := url.URL{Scheme: "redis", User: url.UserPassword("narrow", "narrow"), Host: s.Addr}
	for name, address := range map[string]string{"pings answered": s.URL, "pings refused": narrow.String()} {
		b := open(t, address, attentive)
		sub := subscribe(t, b, "mine")
		started := b.Stats().BytesOut
		ping := int64(len("*1\r\n$4\r\nping\r\n"))
		eventually(t, "twenty pings", func() bool { return b.Stats().BytesOut > started+20*ping })
		if got := b.Stats(); got.Silent != 0 || got.Dials != 1 {
			t.Errorf("%s: stats %+v, want one connection that was left alone", name, got)
		}
		untilArrives(t, b, sub, "mine")
		if got := b.Stats().Resubscribes; got != 0 {
			t.Errorf("%s: %d resubscriptions", name, got)
		}
	}
}

func TestStatsTellWhatTheBusDid(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t)
	small := quick
	small.QueueMessages = 2
	b := open(t, s.URL, small)
	ctx := deadline(t)
	sub := subscribe(t, b, "c")
	if _, err := b.Publish(ctx, "nobody", nil); err != nil {
		t.Fatal(err)
	}
	payload := make([]byte, 1000)
	for range 5 {
		if _, err := b.Publish(ctx, "c", payload); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "three messages dropped", func() bool { return b.Stats().Dropped == 3 })
	if _, err := b.Publish(ctx, "c", make([]byte, bus.MaxPayload+1)); !errors.Is(err, bus.ErrTooLarge) {
		t.Fatal(err)
	}
	got := b.Stats()
	if got.Published != 6 || got.PublishedToNobody != 1 || got.PublishFailures != 0 {
		t.Errorf("published %d, to nobody %d, failed %d; want 6, 1, 0", got.Published, got.PublishedToNobody, got.PublishFailures)
	}
	if got.Subscriptions != 1 || got.QueuedMessages != 3 || got.QueuedBytes != 2000 || got.QueueLag <= 0 {
		t.Errorf("%d subscriptions, %d messages of %d bytes for %v; want 1, two and a gap, 2000, some time",
			got.Subscriptions, got.QueuedMessages, got.QueuedBytes, got.QueueLag)
	}
	if got.BytesOut < 5000 || got.BytesIn < 5000 || got.Dials < 2 || got.DialFailures != 0 {
		t.Errorf("%d bytes out, %d in, %d dials, %d failed", got.BytesOut, got.BytesIn, got.Dials, got.DialFailures)
	}
	sub.Close()
	if got := b.Stats(); got.Dropped != 3 || got.Subscriptions != 0 || got.QueuedMessages != 0 || got.QueueLag != 0 {
		t.Errorf("after the close: %+v, want what was dropped kept, and nothing waiting", got)
	}
	s.Kill()
	if err := b.PublishAll(ctx, []bus.Message{{Channel: "c"}, {Channel: "c"}}); err == nil {
		t.Fatal("published without a server")
	}
	if got := b.Stats(); got.PublishFailures != 2 || got.DialFailures == 0 {
		t.Errorf("without a server: %d failures, %d of dialling; want 2 and some", got.PublishFailures, got.DialFailures)
	}
}

func TestServerOfTheWrongSortIsCounted(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedisSentinel(t, "")
	b := open(t, "redis://"+s.Servers[1].Addr, quick)
	if _, err := b.Publish(context.Background(), "c", nil); !errors.Is(err, bus.ErrUnsuitable) {
		t.Fatalf("publish on a replica: %v, want ErrUnsuitable", err)
	}
	if b.Stats().ProbeFailures == 0 {
		t.Error("no failure was counted")
	}
}
