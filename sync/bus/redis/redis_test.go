package redis_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/bustest"
	"github.com/aashram-care/sangam/sync/bus/redis"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quick = redis.Options{IOTimeout: time.Second, RetryMin: time.Millisecond, RetryMax: 20 * time.Millisecond}

func open(t *testing.T, url string, o redis.Options) *redis.Bus {
	t.Helper()
	b, err := redis.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("close the bus: %v", err)
		}
	})
	return b
}

func TestConformance(t *testing.T) {
	bustest.Run(t, func(t *testing.T) bustest.Harness {
		s := testkit.StartRedisWithPassword(t, "a secret: %/@?#")
		small := quick
		small.QueueMessages = 8
		return bustest.Harness{
			Open:              func(t *testing.T) bus.Bus { return open(t, s.URL, quick) },
			OpenSmall:         func(t *testing.T) bus.Bus { return open(t, s.URL, small) },
			OpenRefused:       func(t *testing.T) bus.Bus { return open(t, "redis://:wrong@"+s.Addr, quick) },
			Stop:              s.Stop,
			Start:             s.Start,
			Flush:             s.Flush,
			KillSubscriptions: func() { s.KillSubscriptions() },
			OpenThroughLine: func(t *testing.T) (bus.Bus, func()) {
				line := testkit.StartProxy(t, s.Addr)
				return open(t, s.URLAt(line.Addr), quick), line.Stall
			},
			CountsReceivers: true,
		}
	})
}
