package redis_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
)

// limit is when a test gives up waiting.
const limit = 30 * time.Second

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return ctx
}

// With the shipped configuration Redis cuts off a client that does not read, and ours is never that client: it reads
// on while its receiver sleeps, and says that there was a gap.
func TestReceiverThatSleepsIsNotCutOffByRedis(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t)
	small := quick
	small.QueueBytes = 1 << 20
	publisher, sleeper := open(t, s.URL, quick), open(t, s.URL, small)
	ctx := deadline(t)
	sub, err := sleeper.Subscribe(ctx, "c")
	if err != nil {
		t.Fatal(err)
	}
	stuck, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Close()
	if _, err := stuck.Write([]byte("SUBSCRIBE c\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReaderSize(stuck, 16).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	frame := make([]byte, bus.MaxPayload)
	for sent, receivers := 0, 2; receivers != 1; sent++ {
		if receivers, err = publisher.Publish(ctx, "c", frame); err != nil {
			t.Fatal(err)
		}
		if sent > 1000 {
			t.Fatal("a client that reads nothing is still there after 250 MB: check client-output-buffer-limit")
		}
	}
	for overflowed := false; !overflowed; {
		_, err := sub.Receive(ctx)
		gap := new(bus.Gap)
		switch {
		case errors.As(err, &gap):
			overflowed = true
			if !gap.Connected || !errors.Is(gap, bus.ErrOverflow) {
				t.Fatalf("gap %v, want an overflow of a subscription that lives", gap)
			}
		case err != nil:
			t.Fatal(err)
		}
	}
}

// A server that is stopped, not ended, keeps its sockets: publishing must not hang, and must work again by itself.
func TestFrozenServerCostsATimeoutAndNotAHang(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t)
	b := open(t, s.URL, quick)
	ctx := deadline(t)
	sub, err := b.Subscribe(ctx, "c")
	if err != nil {
		t.Fatal(err)
	}
	s.Pause()
	_, err = b.Publish(ctx, "c", []byte("x"))
	s.Resume()
	if !errors.Is(err, bus.ErrUnreachable) {
		t.Errorf("publish: %v, want ErrUnreachable", err)
	}
	for {
		if _, err := b.Publish(ctx, "c", []byte("y")); err == nil {
			break
		} else if ctx.Err() != nil {
			t.Fatalf("publish after the pause: %v", err)
		}
	}
	for {
		m, err := sub.Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if string(m.Payload) == "y" {
			return // "x" may have arrived too: an error of Publish is no proof that it did not
		}
	}
}

func TestCallersDeadlineIsKeptAndIsNoVerdictOnTheServer(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t)
	b := open(t, s.URL, quick)
	if _, err := b.Publish(deadline(t), "c", nil); err != nil {
		t.Fatal(err)
	}
	s.Pause()
	defer s.Resume()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := b.Publish(ctx, "c", nil)
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, bus.ErrUnreachable) {
		t.Errorf("publish: %v, want the context's error", err)
	}
}

// What a replica is told reaches nobody on its master: both work, and never meet.
func TestReplicaIsRefused(t *testing.T) {
	t.Parallel()
	master := testkit.StartRedis(t)
	host, port, _ := net.SplitHostPort(master.Addr)
	replica := testkit.StartRedis(t, "replicaof "+host+" "+port)
	b := open(t, replica.URL, quick)
	if _, err := b.Subscribe(deadline(t), "c"); !errors.Is(err, bus.ErrUnsuitable) {
		t.Errorf("subscribe: %v, want ErrUnsuitable", err)
	}
	if _, err := b.Publish(deadline(t), "c", nil); !errors.Is(err, bus.ErrUnsuitable) {
		t.Errorf("publish: %v, want ErrUnsuitable", err)
	}
	if caps, err := b.Probe(deadline(t)); err != nil || caps.Role != "slave" {
		t.Errorf("probe: %+v, %v, want the role told", caps, err)
	}
}

// A Sentinel listens, answers PING and takes SUBSCRIBE, and carries none of our messages.
func TestSentinelIsNoServer(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedisSentinel(t, "")
	b := open(t, "redis://"+s.Sentinel.Addr, quick)
	if _, err := b.Subscribe(deadline(t), "c"); !errors.Is(err, bus.ErrUnsuitable) {
		t.Errorf("subscribe: %v, want ErrUnsuitable", err)
	}
}

func TestProbeReadsWhatTheServerIs(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t)
	caps, err := open(t, s.URL, quick).Probe(deadline(t))
	if err != nil {
		t.Fatal(err)
	}
	if caps.Version == "" || caps.Mode != "standalone" || caps.Role != "master" {
		t.Errorf("probe: %+v", caps)
	}
	if major, _, _ := strings.Cut(caps.Version, "."); caps.Sharded != (major >= "7") {
		t.Errorf("Sharded = %t for version %s", caps.Sharded, caps.Version)
	}
	if want := int64(32 << 20); caps.OutputLimit != want {
		t.Errorf("OutputLimit = %d, want %d as in the shipped configuration", caps.OutputLimit, want)
	}
}

// An operator may allow a node nothing but its channels. The probe then knows less, and all else works.
func TestNarrowACLIsEnough(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t,
		"user default off",
		"user node on >secret resetchannels &sangam:* -@all +publish +subscribe +unsubscribe +client|setname",
		"user deaf on >secret resetchannels -@all +publish +subscribe",
	)
	ctx := deadline(t)
	b := open(t, strings.Replace(s.URL, "redis://", "redis://node:secret@", 1), quick)
	sub, err := b.Subscribe(ctx, bus.HubLive)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Publish(ctx, bus.HubLive, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if m, err := sub.Receive(ctx); err != nil || string(m.Payload) != "x" {
		t.Errorf("received %q, %v", m.Payload, err)
	}
	if _, err := b.Subscribe(ctx, "other"); !errors.Is(err, bus.ErrAuth) {
		t.Errorf("subscribe to a channel that the ACL keeps back: %v, want ErrAuth", err)
	}
	if _, err := b.Publish(ctx, "other", nil); !errors.Is(err, bus.ErrAuth) {
		t.Errorf("publish on a channel that the ACL keeps back: %v, want ErrAuth", err)
	}
}

// The password was changed while the node was away: dialling for ever would only fill the server's log.
func TestLiveSubscriptionEndsWhenItsPasswordNoLongerHolds(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t)
	b := open(t, s.URL, quick)
	ctx := deadline(t)
	sub, err := b.Subscribe(ctx, "c")
	if err != nil {
		t.Fatal(err)
	}
	s.Command("CONFIG", "SET", "requirepass", "new")
	s.Password = "new"
	s.KillSubscriptions()
	for {
		_, err := sub.Receive(ctx)
		if errors.Is(err, bus.ErrGap) {
			continue
		}
		if !errors.Is(err, bus.ErrAuth) {
			t.Errorf("receive: %v, want ErrAuth in the end", err)
		}
		return
	}
}

// A subscription closes at once whatever its connection is doing: waiting for a dead server, or for its next try.
func TestCloseDoesNotWaitForTheServer(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t)
	slow := quick
	slow.RetryMin, slow.RetryMax = time.Hour, time.Hour
	b := open(t, s.URL, slow)
	ctx := deadline(t)
	sub, err := b.Subscribe(ctx, "c")
	if err != nil {
		t.Fatal(err)
	}
	s.Kill()
	if _, err := sub.Receive(ctx); !errors.Is(err, bus.ErrGap) {
		t.Fatalf("receive: %v, want a gap", err)
	}
	if err := sub.Close(); err != nil { // would take an hour
		t.Errorf("close: %v", err)
	}
}

// While go-redis waits for an answer it holds the lock that its own Close needs.
func TestCloseDoesNotWaitForAnAnswerThatNeverComes(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t)
	line := testkit.StartProxy(t, s.Addr)
	patient := quick
	patient.IOTimeout = time.Hour
	b := open(t, s.URLAt(line.Addr), patient)
	ctx := deadline(t)
	sub, err := b.Subscribe(ctx, "c")
	if err != nil {
		t.Fatal(err)
	}
	line.Cut()
	line.DropConnections()
	if _, err := sub.Receive(ctx); !errors.Is(err, bus.ErrGap) {
		t.Fatalf("receive: %v, want a gap", err)
	}
	line.AwaitConnections(1) // it has dialled again, and waits
	if err := sub.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestSubscribeEndsWhenItsCallerGivesUp(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t)
	line := testkit.StartProxy(t, s.Addr)
	line.Cut()
	patient := quick
	patient.IOTimeout = time.Hour
	b := open(t, s.URLAt(line.Addr), patient)
	ctx, cancel := context.WithCancel(context.Background())
	got := make(chan error)
	go func() {
		_, err := b.Subscribe(ctx, "c")
		got <- err
	}()
	line.AwaitConnections(1)
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Errorf("subscribe: %v, want the context's error", err)
	}
}

func TestErrorsNameTheServerAndNeverThePassword(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedisWithPassword(t, "right")
	wrong := open(t, "redis://:hunter2@"+s.Addr, quick)
	s2 := testkit.StartRedis(t)
	gone := open(t, "redis://user:hunter2@"+s2.Addr, quick)
	s2.Kill()
	for _, b := range []bus.Bus{wrong, gone} {
		_, publishErr := b.Publish(deadline(t), "c", nil)
		_, subscribeErr := b.Subscribe(deadline(t), "c")
		for _, err := range []error{publishErr, subscribeErr} {
			if err == nil || !strings.Contains(err.Error(), "redis at 127.0.0.1:") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error %v, want one that names the server and not the password", err)
			}
		}
	}
}
