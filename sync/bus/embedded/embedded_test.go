package embedded_test

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/bustest"
	"github.com/aashram-care/sangam/sync/bus/embedded"
	"github.com/aashram-care/sangam/sync/bus/redis"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quick = redis.Options{IOTimeout: time.Second, RetryMin: time.Millisecond, RetryMax: 20 * time.Millisecond}

func open(t *testing.T, url string, o redis.Options) bus.Bus {
	t.Helper()
	b, err := redis.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// start serves until the end of the test, in which it may be closed and started again.
func start(t *testing.T, address, password string) *embedded.Server {
	t.Helper()
	s, err := embedded.Start(address, password)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	bustest.Run(t, func(t *testing.T) bustest.Harness {
		s := start(t, "127.0.0.1:0", "secret")
		url, addr := s.URL(), s.Addr()
		small := quick
		small.QueueMessages = 8
		return bustest.Harness{
			Open:        func(t *testing.T) bus.Bus { return open(t, url, quick) },
			OpenSmall:   func(t *testing.T) bus.Bus { return open(t, url, small) },
			OpenRefused: func(t *testing.T) bus.Bus { return open(t, "redis://:wrong@"+addr, quick) },
			Stop: func() {
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			},
			Start:             func() { s = start(t, addr, "secret") },
			Flush:             func() { s.Flush() },
			KillSubscriptions: func() { s.DropConnections() },
			ChangePassword: func() {
				s.Close()
				s = start(t, addr, "changed")
			},
			OpenThroughLine: func(t *testing.T) (bus.Bus, bustest.Line) {
				line := testkit.StartProxy(t, addr)
				return open(t, "redis://:secret@"+line.Addr, quick), bustest.Line{Stall: line.Stall, Cut: line.Cut, Restore: line.Restore}
			},
			CountsReceivers: true,
		}
	})
}

// miniredis writes to subscribers under the server's lock: without the buffers of this package, one client that
// stops reading stops every other.
func TestClientThatDoesNotReadIsCutOffAndHoldsUpNobody(t *testing.T) {
	s := start(t, "127.0.0.1:0", "")
	stuck, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Close()
	if _, err := stuck.Write([]byte("*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nc\r\n")); err != nil {
		t.Fatal(err)
	}
	confirmation := make([]byte, len("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"))
	if _, err := stuck.Read(confirmation); err != nil {
		t.Fatal(err)
	}
	b := open(t, s.URL(), quick)
	defer b.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	healthy, err := b.Subscribe(ctx, "c")
	if err != nil {
		t.Fatal(err)
	}
	payload := make([]byte, bus.MaxPayload)
	for sent := 0; ; sent++ { // far more than sockets buffer: the server has to decide
		n, err := b.Publish(ctx, "c", payload)
		if err != nil {
			t.Fatalf("publish %d: %v", sent, err)
		}
		if _, err := healthy.Receive(ctx); err != nil {
			t.Fatalf("message %d does not reach the healthy subscriber: %v", sent, err)
		}
		if n == 1 {
			return // the stuck one is gone
		}
		if sent > 1000 {
			t.Fatal("the stuck client is still there after 250 MB")
		}
	}
}

func TestPortInUseIsAnError(t *testing.T) {
	s := start(t, "127.0.0.1:0", "")
	if again, err := embedded.Start(s.Addr(), ""); err == nil {
		again.Close()
		t.Error("two servers on one port")
	}
}

func TestProbeFindsNoShardedChannels(t *testing.T) {
	s := start(t, "127.0.0.1:0", "")
	b, err := redis.Open(s.URL(), quick)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	caps, err := b.Probe(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprintf("%+v", caps), "{Version: Mode: Role: Sharded:false OutputLimit:-1}"; got != want {
		t.Errorf("capabilities %s, want %s", got, want)
	}
}
