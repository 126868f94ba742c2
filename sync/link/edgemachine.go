package link

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

const (
	firstHello = 500 * time.Millisecond
	// lastHello is as long as a beat: a site that is not answered costs a hub no more than one that is, and some lost
	// in a row cost less than a minute.
	lastHello = beatEvery
	// afterRefusal is when a site that was turned away asks again: people may have changed their mind at the hub.
	afterRefusal = time.Minute
	rememberEach = time.Minute
)

// EdgeConfig is what the machine of a site's end starts from; see EdgeOptions.
type EdgeConfig struct {
	Site    record.ID
	Name    string
	Node    string
	Boot    [16]byte
	Keys    []SiteKey
	Join    *seal.Join
	Schema  uint64
	Random  io.Reader
	Ablated Ablation
}

// EdgeMachine is a site's end of its link.
type EdgeMachine struct {
	core
	c    EdgeConfig
	ring *seal.Ring
	join seal.KeyID // of the one-time secret, while enrolling

	now     time.Time // of the last step
	up      bool
	asked   uint64 // id of the greeting under way; 0 while there is none
	nonce   seal.Nonce
	hello   *hello // nil until the store was read
	mine    [scopes]place
	resend  time.Time // when the next hello is due
	pause   time.Duration
	keeping bool

	session *session
	met     bool // a session was open since the start
	heard   time.Time
	reason  Reason

	look       time.Time // when the backlog is measured next without a session
	acked      feed.Seq
	remembered feed.Seq
	rememberAt time.Time
	backlog    Backlog
}

// NewEdgeMachine returns a machine that waits for BusUp.
func NewEdgeMachine(c EdgeConfig) (*EdgeMachine, error) {
	m := &EdgeMachine{c: c, ring: seal.NewRing(c.Site)}
	m.core = core{side: seal.Edge, site: c.Site, peer: HubPeer, random: c.Random, ablated: c.Ablated, loose: m.lost}
	if err := addKeys(m.ring, c.Keys); err != nil {
		return nil, err
	}
	if c.Join != nil {
		if c.Join.Site != [16]byte{} && c.Join.Site != c.Site {
			return nil, fmt.Errorf("join a hub: %w", ErrJoinSite)
		}
		m.join = m.ring.AddSecret(c.Join.Secret)
	}
	if m.ring.Current() == 0 && m.join == 0 {
		return nil, errors.New("a link needs a site key or a join code")
	}
	return m, nil
}

// addKeys fills a ring; the last key that is not revoked is current.
func addKeys(ring *seal.Ring, keys []SiteKey) error {
	for _, k := range keys {
		if err := ring.Add(k.ID, k.Key); err != nil {
			return err
		}
		if k.Revoked {
			ring.Revoke(k.ID)
			continue
		}
		if err := ring.Use(k.ID); err != nil {
			return err
		}
	}
	return nil
}

// Step implements Machine.
func (m *EdgeMachine) Step(e Event, now time.Time) []Effect {
	m.rewind(now)
	switch e := e.(type) {
	case BusUp:
		m.up = true
		if m.session != nil {
			m.session.gap(now)
		} else {
			m.greet(now)
		}
	case BusDown:
		m.up = false
	case Tick:
		m.tick(now)
	case Received:
		m.received(e.Frame, now)
	case Committed:
		m.committed(e, now)
	case Leave:
		m.leave()
	case interface{ about() outcome }:
		m.outcome(e.(Event), e.about().session, now)
	}
	return m.take()
}

// rewind makes everything due when a clock without a monotonic part was set back: what it was put off to may be years
// away now.
func (m *EdgeMachine) rewind(now time.Time) {
	if now.Before(m.now) {
		m.resend, m.look, m.rememberAt = earlier(m.resend, now), earlier(m.look, now), earlier(m.rememberAt, now)
	}
	m.now = now
}

func (m *EdgeMachine) committed(e Committed, now time.Time) {
	for n := range scopes {
		if m.session != nil && m.scope(n) == e.Scope {
			m.session.committed(n, e.Head, now)
		}
	}
}

func (m *EdgeMachine) tick(now time.Time) {
	if m.session != nil {
		m.session.tick(now)
	}
	if m.session == nil && m.up && !m.keeping && !now.Before(m.resend) {
		if m.hello == nil {
			m.greet(now)
		} else {
			m.sendHello(now)
		}
	}
	if m.session == nil && !now.Before(m.look) {
		m.look = now.Add(beatEvery)
		m.do(look{peer: m.peer, scopes: m.scopes(), acked: m.acked, backlog: true, recall: true})
	}
	if s := m.session; s != nil && s.ready && s.out[siteScope].acked > m.acked {
		m.acked = s.out[siteScope].acked
	}
	if m.acked > m.remembered && !now.Before(m.rememberAt) {
		m.rememberNow(now)
	}
}

func (m *EdgeMachine) rememberNow(now time.Time) {
	if s := m.session; s != nil && m.acked > m.remembered {
		m.remembered, m.rememberAt = m.acked, now.Add(rememberEach)
		m.do(remember{timeline: s.out[siteScope].timeline, acked: m.acked})
	}
}

// Wake implements Machine.
func (m *EdgeMachine) Wake() time.Time {
	if m.session != nil {
		return m.session.wake()
	}
	if m.up && !m.keeping && m.asked == 0 {
		return earlier(m.look, m.resend)
	}
	return m.look
}

// greet reads the store for a new hello.
func (m *EdgeMachine) greet(now time.Time) {
	if m.asked != 0 || m.keeping || !m.up || now.Before(m.resend) && m.hello == nil {
		return
	}
	m.serial++
	m.asked = m.serial
	m.hello = nil
	fill(m.random, m.nonce[:])
	w := survey{session: m.asked, peer: m.peer, scopes: m.scopes()}
	for n := range w.fresh {
		fill(m.random, w.fresh[n][:])
	}
	m.do(w)
}

func (m *EdgeMachine) onSurveyed(o surveyed, now time.Time) {
	m.asked = 0
	if o.err != nil {
		m.notice("the store could not be read for a hello", o.err)
		m.resend = now.Add(m.jitter(time.Second))
		return
	}
	m.mine = o.places
	m.acked = max(m.acked, o.acked)
	m.remembered = m.acked
	m.hello = &hello{
		Node: m.c.Node, Boot: m.c.Boot, Nonce: m.nonce, Min: protocolMin, Max: protocolMax, Schema: m.c.Schema,
		Scopes: infos(o.places), Credit: edgeCredit,
	}
	if m.join != 0 {
		m.hello.Name = m.c.Name
	}
	m.pause = firstHello
	m.sendHello(now)
}

// sendHello says hello, also again: the hub knows it by its nonce.
func (m *EdgeMachine) sendHello(now time.Time) {
	m.hello.Clock = now.UnixMilli()
	frame, err := m.ring.Seal(m.random, seal.Up, seal.Header{Kind: kindHello, KeyID: m.join}, encode(*m.hello))
	if err != nil {
		m.notice("a hello could not be sealed", err)
	} else {
		m.do(Send{Frame: frame})
	}
	m.resend = now.Add(m.jitter(m.pause))
	m.pause = min(2*m.pause, lastHello)
	if m.reason != "" {
		m.resend = now.Add(m.jitter(afterRefusal))
	}
}

func (m *EdgeMachine) received(frame []byte, now time.Time) {
	h, err := seal.ParseHeader(frame)
	if err != nil || h.Site != m.site {
		return
	}
	if !h.Open {
		m.sessionFrame(frame, now)
		return
	}
	h, body, err := m.ring.Unseal(seal.Down, frame)
	if err != nil {
		return
	}
	switch h.Kind {
	case kindWelcome:
		if w, err := decode[welcome](body); err == nil {
			m.welcomed(h, w, now)
		}
	case kindBye:
		if b, err := decode[bye](body); err == nil {
			m.onBye(h, b, now)
		}
	}
}

func (m *EdgeMachine) sessionFrame(frame []byte, now time.Time) {
	s := m.session
	if s == nil {
		return
	}
	h, body, err := s.sealed.Unseal(frame)
	if err != nil {
		return
	}
	m.heard = now
	s.frame(h, body, now)
}

func (m *EdgeMachine) welcomed(h seal.Header, w welcome, now time.Time) {
	if m.hello == nil || m.session != nil || m.keeping || w.Hello != m.nonce {
		return
	}
	m.heard, m.reason = now, ""
	if len(w.Key) > 0 {
		m.serial++
		m.keeping = true
		m.do(keep{given: Enrolled{Hub: w.Hub, Key: SiteKey{ID: w.KeyID, Key: seal.SiteKey(w.Key)}}})
		return
	}
	if w.Chosen < protocolMin || w.Chosen > protocolMax {
		m.reason = BadVersion
		return
	}
	mine, theirs := m.ablated.nonces(m.nonce, seal.Nonce(w.Nonce))
	sealed, err := m.ring.Session(seal.Edge, h.KeyID, mine, theirs)
	if err != nil {
		m.notice("a welcome cannot found a session", err)
		return
	}
	m.serial++
	s := &session{core: &m.core, id: m.serial, sealed: sealed, peerNode: w.Node, version: w.Chosen, credit: w.Credit}
	m.session, m.met, m.hello = s, true, nil
	hub := places(w.Scopes)
	s.open(m.mine, hub, now)
	s.settle(hub)
}

func (m *EdgeMachine) onBye(h seal.Header, b bye, now time.Time) {
	wait := time.Duration(min(max(b.RetryMs, 0), time.Minute.Milliseconds())) * time.Millisecond
	if s := m.session; s != nil {
		if h.Session == s.sealed.ID() {
			m.resend = now.Add(m.jitter(wait))
			s.end(b.Code, now)
		}
		return
	}
	// The hub cannot read a hello under a revoked key, so that its answer names none.
	if reason := reasons[b.Code]; reason != "" && (b.Hello == m.nonce || reason == Revoked) {
		m.heard, m.reason = now, reason
		if m.join != 0 && len(m.c.Keys) > 0 {
			m.join, m.reason, m.hello, m.resend = 0, "", nil, now // a code that was left in a start script
			m.greet(now)
			return
		}
		m.resend = now.Add(m.jitter(afterRefusal))
	}
}

// lost begins anew after a session.
func (m *EdgeMachine) lost(s *session, code byeCode, now time.Time) {
	m.acked = max(m.acked, s.out[siteScope].acked)
	m.rememberNow(now)
	m.backlog = s.backlog
	m.session = nil
	if reason := reasons[code]; reason != "" {
		m.reason = reason
		m.resend = now.Add(m.jitter(afterRefusal))
	}
	m.greet(now)
}

func (m *EdgeMachine) outcome(e Event, id uint64, now time.Time) {
	switch o := e.(type) {
	case surveyed:
		if id == m.asked {
			m.onSurveyed(o, now)
		}
		return
	case kept:
		m.onKept(o, now)
		return
	case remembered:
		if o.err != nil {
			m.notice("how far the hub is could not be kept", o.err)
		}
		return
	case looked:
		if id == 0 {
			if o.err == nil && m.session == nil {
				m.backlog, m.acked = o.backlog, max(m.acked, o.acked)
			}
			return
		}
	}
	if m.session != nil && m.session.id == id {
		m.session.outcome(e, now)
	}
}

// onKept goes on with the key that the hub gave.
func (m *EdgeMachine) onKept(o kept, now time.Time) {
	m.keeping = false
	if o.err != nil {
		m.notice("the key that the hub gave could not be kept", o.err)
		m.hello, m.resend = nil, now.Add(m.jitter(lastHello))
		return
	}
	if err := addKeys(m.ring, []SiteKey{o.given.Key}); err != nil {
		m.notice("the key that the hub gave cannot be used", err)
		m.hello, m.resend = nil, now.Add(m.jitter(lastHello))
		return
	}
	m.join, m.hello, m.resend = 0, nil, now
	m.greet(now)
}

func (m *EdgeMachine) leave() {
	s := m.session
	if s == nil {
		return
	}
	frame, err := m.ring.Seal(m.random, seal.Up, seal.Header{Kind: kindBye, Session: s.sealed.ID(), KeyID: s.sealed.KeyID()}, encode(bye{Code: byeLeaving}))
	if err == nil {
		m.do(Send{Frame: frame})
	}
	m.acked = max(m.acked, s.out[siteScope].acked)
	m.rememberNow(time.Time{})
}

// Status implements Machine.
func (m *EdgeMachine) Status(now time.Time) Status {
	st := Status{State: Connecting, LastHeard: m.heard, Backlog: m.backlog, Repairs: m.repairs}
	s := m.session
	if s == nil {
		st.Lag = lagOf(st.Backlog, now)
		switch {
		case m.reason != "":
			st.State, st.Reason = Rejected, m.reason
		case m.met && now.Sub(m.heard) >= hubSilence:
			st.State = Silent
		case m.met:
			st.State = Live
			if st.Lag > lagFault {
				st.State = Lagging
			}
		}
		return st
	}
	s.describe(&st, now)
	if o := &s.out[siteScope]; s.ready && o.acked >= o.head {
		st.Backlog = Backlog{}
	}
	if ahead, ok := s.offset.ahead(); ok {
		st.ClockOffset, st.ClockKnown = -ahead, true
	}
	st.Lag = lagOf(st.Backlog, now)
	st.State = s.state(st)
	if s.peerCloned {
		st.State = Cloned
	}
	return st
}

// describe fills in what both ends tell alike.
func (s *session) describe(st *Status, now time.Time) {
	st.Backlog, st.Repairs, st.Parked, st.Peer = s.backlog, s.repairs, s.parked, s.peerNode
	st.Estimate = s.drained.estimate(s.backlog)
	st.Version, st.Key = fmt.Sprint(s.version), s.sealed.KeyID()
	st.InSync = true
	for n := range scopes {
		st.InSync = st.InSync && s.digest[n].equal && s.level(n)
	}
}

func (s *session) state(st Status) State {
	switch {
	case st.ClockKnown && st.ClockOffset.Abs() > clockFault:
		return ClockWrong
	case st.Lag > lagFault:
		return Lagging
	}
	return Live
}
