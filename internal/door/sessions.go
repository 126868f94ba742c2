package door

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	staffIdle    = 12 * time.Hour
	patientLasts = 24 * time.Hour   // after check-in, by the id of the entry
	seenEvery    = 10 * time.Minute // how stale "last seen" on disk may be; what a crash may take off a session's life
	heardGap     = 15 * time.Second // silence after which a session counts as cut off
	maxInMemory  = 20_000
)

// sessions finds who a token belongs to. What was found stays in memory until a commit changes it.
type sessions struct {
	d *Door

	mu      sync.Mutex
	version int // counts commits that may have changed anybody's rights
	byHash  map[[32]byte]*signedIn
	byOwner map[record.Key]map[[32]byte]*signedIn
}

func newSessions(d *Door) *sessions {
	return &sessions{d: d, byHash: map[[32]byte]*signedIn{}, byOwner: map[record.Key]map[[32]byte]*signedIn{}}
}

// find returns the living session of a token, nil when there is none. Used says that a person did something: watching
// alone does not keep a session from idling out.
func (ss *sessions) find(token string, used bool) (*signedIn, error) {
	hash := hashOf(token)
	for {
		ss.mu.Lock()
		s, version := ss.byHash[hash], ss.version
		ss.mu.Unlock()
		if s == nil {
			loaded, err := ss.load(token, hash)
			if loaded == nil || err != nil {
				return nil, err
			}
			if s = ss.remember(hash, loaded, version); s == nil {
				continue // somebody's rights changed while these were read
			}
		}
		if !s.use(ss.d.o.Now(), used) {
			ss.forget(hash)
			return nil, nil
		}
		return s, nil
	}
}

func (ss *sessions) load(token string, hash [32]byte) (s *signedIn, err error) {
	err = ss.d.o.Core.View(func(tx feed.Tx) error {
		switch {
		case strings.HasPrefix(token, sessionPrefix):
			s, err = ss.loadKept(tx, hash)
		case strings.HasPrefix(token, patientPrefix):
			s, err = ss.loadPatient(tx, token)
		case strings.HasPrefix(token, appPrefix):
			s, err = ss.loadApp(tx, hash)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look up a session: %w", err)
	}
	return s, nil
}

func (ss *sessions) loadKept(tx feed.Tx, hash [32]byte) (*signedIn, error) {
	id := idOfHash("session", hash)
	r, _, ok, err := feed.Load(tx, ss.d.o.Local, record.Key{Kind: clinic.KindSession, ID: id})
	if err != nil || !ok || !r.Get("endedAt").IsNull() {
		return nil, err
	}
	seen := r.Get("seenAt").Time()
	s := &signedIn{
		id: id, kept: true, seen: seen, written: seen, heard: seen,
		owner: record.Key{Kind: r.Get("ownerKind").Text(), ID: r.Get("owner").ID()},
		scope: feed.Scope(r.Get("ownerScope").Text()),
	}
	if old, err := ss.ofAnotherPIN(tx, &r, s.owner.ID); err != nil || old {
		return nil, err
	}
	return ss.owned(tx, s)
}

// pinOf names the PIN that a member of staff has now, without telling anything of it; null for who has none, such as a
// device.
func (ss *sessions) pinOf(tx feed.Tx, owner record.ID) (record.Value, error) {
	hash, err := ss.d.credentialOf(tx, owner, "pin")
	if err != nil || hash == "" {
		return record.Null(), err
	}
	name := sha256.Sum256([]byte(hash))
	return record.Bytes(name[:16]), nil
}

// ofAnotherPIN tells whether a session was begun with a PIN that its owner does not have any more: whoever knew that one
// is out. Clocks are not asked; that of the box may have been wrong.
func (ss *sessions) ofAnotherPIN(tx feed.Tx, session *record.Record, owner record.ID) (bool, error) {
	with := session.Get("pin")
	if with.IsNull() {
		return false, nil
	}
	now, err := ss.pinOf(tx, owner)
	return err == nil && !bytes.Equal(with.Bytes(), now.Bytes()), err
}

func (ss *sessions) loadPatient(tx feed.Tx, token string) (*signedIn, error) {
	entry, ok := ss.d.readPatientToken(token)
	if !ok || ss.d.o.Site.IsZero() {
		return nil, nil
	}
	s := &signedIn{
		id: entry, owner: record.Key{Kind: clinic.KindEntry, ID: entry}, scope: feed.SiteScope(ss.d.o.Site),
	}
	return ss.owned(tx, s)
}

func (ss *sessions) loadApp(tx feed.Tx, hash [32]byte) (*signedIn, error) {
	key := record.Key{Kind: clinic.KindKey, ID: idOfHash("app", hash)}
	return ss.owned(tx, &signedIn{id: key.ID, owner: key, scope: ss.d.o.Local})
}

// owned gives a session the rights of its owner; nil when the owner may not come in any more.
func (ss *sessions) owned(tx feed.Tx, s *signedIn) (*signedIn, error) {
	owner, _, ok, err := feed.Load(tx, s.scope, s.owner)
	if err != nil || !ok {
		return nil, err
	}
	may := rightsOf(&owner)
	if may == nil {
		return nil, nil
	}
	s.now.Store(may)
	if s.owner.Kind == clinic.KindEntry {
		s.seen = owner.StampOf("createdBy").HLC.Time() // when the node wrote it: ids and check-in times are others' clocks
	}
	return s, nil
}

// remember keeps a session that was read at a version; nil when that is not the present one any more.
func (ss *sessions) remember(hash [32]byte, s *signedIn, version int) *signedIn {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.version != version {
		return nil
	}
	if known := ss.byHash[hash]; known != nil {
		return known
	}
	if len(ss.byHash) >= maxInMemory {
		ss.dropDead()
	}
	ss.byHash[hash] = s
	if ss.byOwner[s.owner] == nil {
		ss.byOwner[s.owner] = map[[32]byte]*signedIn{}
	}
	ss.byOwner[s.owner][hash] = s
	return s
}

// dropDead forgets sessions that ended. What is dropped alive is found again on disk. It holds ss.mu.
func (ss *sessions) dropDead() {
	now := ss.d.o.Now()
	for hash, s := range ss.byHash {
		if ends := s.expires(); !ends.IsZero() && now.After(ends) || len(ss.byHash) >= maxInMemory {
			ss.drop(hash)
		}
	}
}

func (ss *sessions) forget(hash [32]byte) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.drop(hash)
}

// drop holds ss.mu.
func (ss *sessions) drop(hash [32]byte) {
	s := ss.byHash[hash]
	if s == nil {
		return
	}
	delete(ss.byHash, hash)
	delete(ss.byOwner[s.owner], hash)
	if len(ss.byOwner[s.owner]) == 0 {
		delete(ss.byOwner, s.owner)
	}
}

// start makes a session record and returns its token, which is kept nowhere.
func (ss *sessions) start(ctx context.Context, from seat, owner record.Key, scope feed.Scope, also func(Writer) error) (string, *signedIn, error) {
	token := newToken(sessionPrefix)
	hash := hashOf(token)
	now := ss.d.o.Now()
	err := ss.d.o.Write(ctx, func(w Writer) error {
		if also != nil {
			if err := also(w); err != nil {
				return err
			}
		}
		pin, err := ss.pinOf(w.Tx(), owner.ID)
		if err != nil {
			return err
		}
		set := from.fields()
		maps.Copy(set, map[string]record.Value{
			"pin": pin, "owner": record.IDValue(owner.ID), "ownerKind": record.Text(owner.Kind), "ownerScope": record.Text(string(scope)),
			"createdAt": record.TimeValue(now), "seenAt": record.TimeValue(now),
		})
		_, err = w.Edit(ss.d.o.Local, record.Edit{Kind: clinic.KindSession, ID: idOfHash("session", hash), Set: set})
		return err
	})
	if err != nil {
		return "", nil, err
	}
	s, err := ss.find(token, true)
	if err != nil {
		return "", nil, err
	}
	if s == nil {
		return "", nil, errSignIn
	}
	return token, s, nil
}

// end ends a session for good and closes its sockets.
func (ss *sessions) end(ctx context.Context, s *signedIn) error {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	ss.d.hub.Close(s.id.String(), "signed_out")
	if !s.kept {
		return nil
	}
	return ss.d.o.Write(ctx, func(w Writer) error {
		_, err := w.Edit(ss.d.o.Local, record.Edit{Kind: clinic.KindSession, ID: s.id, Set: map[string]record.Value{
			"endedAt": record.TimeValue(ss.d.o.Now()),
		}})
		return err
	})
}

// changed follows a commit: an owner who lost their rights is out at once, one whose rights are others now comes back
// in another audience.
func (ss *sessions) changed(changes []feed.Change) {
	for i := range changes {
		c := &changes[i]
		switch c.After.Kind {
		case clinic.KindStaff, clinic.KindCentralStaff, clinic.KindDevice, clinic.KindEntry, clinic.KindKey:
			may := rightsOf(&c.After)
			for _, s := range ss.of(c.Scope, c.After.Key()) {
				ss.give(s, may)
			}
		case clinic.KindCredential: // a new PIN ends what was begun with the old one
			if c.After.Get("kind").Text() == "pin" {
				owner := record.Key{Kind: ss.d.o.Staff.Kind, ID: c.After.Get("owner").ID()}
				for _, s := range ss.of(ss.d.o.Staff.Scope, owner) {
					ss.give(s, nil)
				}
			}
		case clinic.KindSession:
			if !c.After.Get("endedAt").IsNull() {
				ss.ended(c.After.ID)
			}
		}
	}
}

// of returns the sessions of an owner that are in memory, and makes those just being read start over.
func (ss *sessions) of(scope feed.Scope, owner record.Key) []*signedIn {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.version++
	var own []*signedIn
	for _, s := range ss.byOwner[owner] {
		if s.scope == scope {
			own = append(own, s)
		}
	}
	return own
}

func (ss *sessions) ended(id record.ID) {
	ss.mu.Lock()
	ss.version++
	var found *signedIn
	for _, s := range ss.byHash {
		if s.id == id {
			found = s
		}
	}
	ss.mu.Unlock()
	if found != nil {
		ss.give(found, nil)
	}
}

func (ss *sessions) give(s *signedIn, may *rights) {
	if may == nil {
		s.mu.Lock()
		s.ended = true
		s.mu.Unlock()
		ss.d.hub.Close(s.id.String(), "revoked")
		return
	}
	old := s.now.Swap(may)
	if old.actor.Role != may.actor.Role || old.actor.Guruji != may.actor.Guruji {
		ss.d.hub.Close(s.id.String(), "rights_changed")
	}
}

// inMemory are the sessions of an owner that were used since the node started, by their ids.
func (ss *sessions) inMemory(owner record.Key) map[record.ID]*signedIn {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	own := map[record.ID]*signedIn{}
	for _, s := range ss.byOwner[owner] {
		own[s.id] = s
	}
	return own
}

// run writes down now and then when sessions were last used and which PINs were wrong, until ctx ends, and then once more.
func (ss *sessions) run(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			ss.writeSeen(ending, time.Minute)
			ss.d.wrong.write(ending)
			return nil
		case <-tick.C:
			ss.closeIdle()
			ss.writeSeen(ctx, seenEvery)
			ss.d.wrong.write(ctx)
		}
	}
}

// closeIdle closes the sockets of sessions that idled out behind them.
func (ss *sessions) closeIdle() {
	now := ss.d.o.Now()
	var out []record.ID
	ss.mu.Lock()
	for hash, s := range ss.byHash {
		if !s.use(now, false) {
			out = append(out, s.id)
			ss.drop(hash)
		}
	}
	ss.mu.Unlock()
	for _, id := range out {
		ss.d.hub.Close(id.String(), "expired")
	}
}

func (ss *sessions) writeSeen(ctx context.Context, stale time.Duration) {
	ss.mu.Lock()
	due := make([]*signedIn, 0, 16)
	for _, s := range ss.byHash {
		if s.due(stale) {
			due = append(due, s)
		}
	}
	ss.mu.Unlock()
	if len(due) == 0 {
		return
	}
	err := ss.d.o.Write(ctx, func(w Writer) error {
		for _, s := range due {
			if err := s.writeSeen(w, ss.d.o.Local); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			ss.d.o.Log.Warn("last use of sessions could not be written", "sessions", len(due), "error", err)
		}
		return
	}
	for _, s := range due {
		s.mu.Lock()
		s.written = s.seen
		s.mu.Unlock()
	}
}
