package door

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	freeTries  = 3                // wrong PINs before the first delay
	firstDelay = time.Second      // doubled at each further one
	maxDelay   = 5 * time.Minute  // never for ever: somebody at the desk must get in again without a visit
	forgetIn   = 30 * time.Minute // after the last try
	maxTracked = 10_000           // pairs of user and address; the quietest are forgotten first
)

// attempt names who is being tried, from where. A user locked out from one tablet can still sign in at another.
type attempt struct{ user, address string }

// lockout makes guessing PINs slow, in memory: what a restart forgets costs the guesser more than it gives.
type lockout struct {
	now func() time.Time

	mu    sync.Mutex
	tries map[attempt]*tries
}

type tries struct {
	wrong int
	last  time.Time
	until time.Time
}

func newLockout(now func() time.Time) *lockout {
	return &lockout{now: now, tries: map[attempt]*tries{}}
}

// begin reports how long the pair must still wait; zero lets it try. A try counts as wrong until right is called, so
// that many at once are not free.
func (l *lockout) begin(a attempt) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	t := l.tries[a]
	if t == nil || now.Sub(t.last) > forgetIn {
		l.makeRoom(now)
		t = &tries{}
		l.tries[a] = t
	}
	if wait := t.until.Sub(now); wait > 0 {
		return wait
	}
	t.wrong++
	t.last = now
	if over := t.wrong - freeTries; over >= 0 {
		t.until = now.Add(min(firstDelay<<min(over, 16), maxDelay))
	}
	return 0
}

// waiting are the members of staff who must wait now, each with the longest wait.
func (l *lockout) waiting() []api.LockedOut {
	l.mu.Lock()
	defer l.mu.Unlock()
	until := map[string]time.Time{}
	for a, t := range l.tries {
		if _, notID := record.ParseID(a.user); notID == nil && t.until.After(l.now()) && t.until.After(until[a.user]) {
			until[a.user] = t.until
		}
	}
	locked := []api.LockedOut{}
	for _, user := range slices.Sorted(maps.Keys(until)) {
		locked = append(locked, api.LockedOut{Staff: user, Until: api.At(until[user])})
	}
	return locked
}

// right forgets the pair's wrong tries.
func (l *lockout) right(a attempt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.tries, a)
}

func (l *lockout) makeRoom(now time.Time) {
	if len(l.tries) < maxTracked {
		return
	}
	var oldest attempt
	var at time.Time
	for a, t := range l.tries {
		if now.Sub(t.last) > forgetIn {
			delete(l.tries, a)
		} else if at.IsZero() || t.last.Before(at) {
			oldest, at = a, t.last
		}
	}
	if len(l.tries) >= maxTracked {
		delete(l.tries, oldest)
	}
}
