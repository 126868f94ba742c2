package door

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const maxThrottled = 20_000

// throttle gives each name (an address, a session) its own rate. Names that have been quiet are forgotten.
type throttle struct {
	limit rate.Limit
	burst int
	now   func() time.Time

	mu    sync.Mutex
	names map[string]*rate.Limiter
}

func newThrottle(limit rate.Limit, burst int, now func() time.Time) *throttle {
	return &throttle{limit: limit, burst: burst, now: now, names: map[string]*rate.Limiter{}}
}

// take asks for n at once; wait is how long until they would be given, zero when they are.
func (t *throttle) take(name string, n int) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	l := t.names[name]
	if l == nil {
		if len(t.names) >= maxThrottled {
			t.forget(now)
		}
		l = rate.NewLimiter(t.limit, t.burst)
		t.names[name] = l
	}
	r := l.ReserveN(now, min(n, t.burst))
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// forget drops the names whose bucket is full again, which are as good as new; all of them when every name is busy.
func (t *throttle) forget(now time.Time) {
	for name, l := range t.names {
		if l.TokensAt(now) >= float64(t.burst) {
			delete(t.names, name)
		}
	}
	if len(t.names) >= maxThrottled {
		clear(t.names)
	}
}
