package door

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// rights are what a session may, by the record of its owner as it is now.
type rights struct {
	actor clinic.Actor
	user  api.User
}

// signedIn is one session in use.
type signedIn struct {
	id    record.ID // of the session record; names the session for sockets and rates
	owner record.Key
	scope feed.Scope // of the owner
	kept  bool       // a session record stands behind it: it has a last use to be written down

	now atomic.Pointer[rights]

	mu      sync.Mutex
	ended   bool
	seen    time.Time // last use
	written time.Time // last use on disk
	heard   time.Time // when the client last proved that it hears the node
	before  time.Time // heard, before the last time it was cut off
	back    time.Time // when it was back
}

func (s *signedIn) rights() *rights { return s.now.Load() }

// expires is when the session ends unless it is used; the zero time: when it is revoked.
func (s *signedIn) expires() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.owner.Kind {
	case clinic.KindDevice, clinic.KindKey:
		return time.Time{}
	case clinic.KindEntry:
		return s.seen.Add(patientLasts)
	}
	return s.seen.Add(staffIdle)
}

// use reports whether the session lives at now, and notes that it was used.
func (s *signedIn) use(now time.Time, used bool) bool {
	ends := s.expires()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || (!ends.IsZero() && now.After(ends)) {
		return false
	}
	if s.kept && used {
		s.seen = now
	}
	return true
}

// hear notes that the client heard the node at now.
func (s *signedIn) hear(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.heard) > heardGap {
		s.before, s.back = s.heard, now
	}
	s.heard = now
}

// heardAt is the last time the client had heard the node when it acted at `at`: while it was cut off, that is the
// time before, though it is back by now.
func (s *signedIn) heardAt(at time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.Before(s.back) {
		return s.before
	}
	return s.heard
}

// lastUse is when somebody last did something with it.
func (s *signedIn) lastUse() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// lastHeard is when the client last proved that it hears the node.
func (s *signedIn) lastHeard() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard
}

func (s *signedIn) due(stale time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept && !s.ended && s.seen.Sub(s.written) > stale
}

func (s *signedIn) writeSeen(w Writer, local feed.Scope) error {
	s.mu.Lock()
	seen := s.seen
	s.mu.Unlock()
	_, err := w.Edit(local, record.Edit{Kind: clinic.KindSession, ID: s.id, Set: map[string]record.Value{"seenAt": record.TimeValue(seen)}})
	if err != nil || s.owner.Kind != clinic.KindDevice {
		return err
	}
	_, err = w.Edit(s.scope, record.Edit{Kind: clinic.KindDevice, ID: s.owner.ID, Set: map[string]record.Value{"lastSeen": record.TimeValue(seen)}})
	return err
}
