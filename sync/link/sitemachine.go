package link

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

const (
	maxSessions = 8  // of one site, those included that nobody has confirmed yet
	maxEnded    = 16 // sessions of which a bye is still told
	maxBoots    = 16
)

// SiteConfig is what the machine of a hub's end of one site starts from; see HubOptions.
type SiteConfig struct {
	Site    record.ID
	Hub     record.ID
	Node    string
	Boot    [16]byte
	Alone   bool // no other process serves the hub's store
	Keys    []SiteKey
	MAC     seal.MACKey
	Pool    *Pool // shared by all sites of the hub
	Schema  uint64
	Random  io.Reader
	Ablated Ablation
}

// SiteMachine is a hub's end of the link of one site. The site may have several sessions: of a box and its clone, of
// a box and its former boot.
type SiteMachine struct {
	core
	c    SiteConfig
	ring *seal.Ring
	key  SiteKey // the current one; zero while the site has none

	asking   []greeting // hellos for which the store is being read
	sessions []*guest
	ended    [][16]byte
	told     time.Time // when an unknown session was last told so
	boots    []bootSeen
	heard    time.Time
	turned   Reason // why the site was last turned away
	last     Status // of the last session
}

// greeting is a hello that waits for the store.
type greeting struct {
	id    uint64
	hello hello
	keyID seal.KeyID
}

// guest is a session with the hello that founded it. Until a frame under its seal has come, the hello may be one that
// somebody recorded: nothing is changed for it.
type guest struct {
	*session
	boot, nonce [16]byte
	theirs      [scopes]place
	welcome     welcome
	confirmed   bool
}

type bootSeen struct {
	boot   [16]byte
	number uint64 // of the last beat issued when the boot was first heard
}

// NewSiteMachine returns a machine that waits for a hello.
func NewSiteMachine(c SiteConfig) (*SiteMachine, error) {
	m := &SiteMachine{c: c}
	m.core = core{
		side: seal.Hub, site: c.Site, peer: SitePeer(c.Site), random: c.Random, mac: c.MAC, pool: c.Pool, ablated: c.Ablated,
		loose: m.lost, answered: m.answers,
	}
	return m, m.rekey(c.Keys)
}

func (m *SiteMachine) rekey(keys []SiteKey) error {
	m.ring, m.key = seal.NewRing(m.site), SiteKey{}
	for _, k := range keys {
		if !k.Revoked {
			m.key = k
		}
	}
	return addKeys(m.ring, keys)
}

// Step implements Machine.
func (m *SiteMachine) Step(e Event, now time.Time) []Effect {
	switch e := e.(type) {
	case Tick:
		for _, g := range slices.Clone(m.sessions) {
			g.tick(now)
		}
	case BusUp:
		for _, g := range slices.Clone(m.sessions) {
			if g.ready {
				g.gap(now)
			}
		}
	case Received:
		m.received(e, now)
	case Committed:
		for _, g := range slices.Clone(m.sessions) {
			for n := range scopes {
				if m.scope(n) == e.Scope {
					g.committed(n, e.Head, now)
				}
			}
		}
	case Rekeyed:
		m.rekeyed(e.Keys, now)
	case Leave:
		for _, g := range m.sessions {
			m.bye(g.sealed.KeyID(), g.sealed.ID(), bye{Code: byeLeaving, RetryMs: e.Retry.Milliseconds()})
		}
	case interface{ about() outcome }:
		m.outcome(e.(Event), e.about().session, now)
	}
	return m.take()
}

// Wake implements Machine.
func (m *SiteMachine) Wake() time.Time {
	at := time.Time{}
	for _, g := range m.sessions {
		if w := g.wake(); at.IsZero() || w.Before(at) {
			at = w
		}
	}
	return at
}

// Idle tells that the machine has nothing under way, and may be forgotten.
func (m *SiteMachine) Idle() bool { return len(m.sessions) == 0 && len(m.asking) == 0 }

func (m *SiteMachine) received(e Received, now time.Time) {
	h, err := seal.ParseHeader(e.Frame)
	if err != nil || h.Site != m.site {
		return
	}
	if !h.Open {
		m.sessionFrame(h, e.Frame, now)
		return
	}
	ring := m.ring
	if h.KeyID.OneTime() {
		if e.Secret == nil {
			return
		}
		ring = seal.NewRing(m.site)
		ring.AddSecret(*e.Secret)
	}
	h, body, err := ring.Unseal(seal.Up, e.Frame)
	if errors.Is(err, seal.ErrRevoked) {
		m.turned = Revoked
		m.bye(h.KeyID, [16]byte{}, bye{Code: byeRevoked})
		return
	}
	if err != nil {
		return
	}
	switch h.Kind {
	case kindHello:
		if f, err := decode[hello](body); err == nil {
			m.onHello(h, f, e.Secret)
		}
	case kindBye:
		if g := m.find(h.Session); g != nil {
			g.end(0, now)
		}
	}
}

func (m *SiteMachine) find(id [16]byte) *guest {
	for _, g := range slices.Backward(m.sessions) {
		if g.sealed.ID() == id {
			return g
		}
	}
	return nil
}

func (m *SiteMachine) sessionFrame(h seal.Header, frame []byte, now time.Time) {
	g := m.find(h.Session)
	if g == nil {
		// Another replica's session is not ours to end: only one that this process, or one before it, has had.
		if (m.c.Alone || slices.Contains(m.ended, h.Session)) && now.Sub(m.told).Abs() > time.Second {
			m.told = now
			m.bye(m.ring.Current(), h.Session, bye{Code: byeUnknown})
		}
		return
	}
	h, body, err := g.sealed.Unseal(frame)
	if err != nil {
		return
	}
	m.heard, m.turned = now, ""
	if !g.confirmed {
		m.confirm(g, now)
	}
	g.frame(h, body, now)
}

// confirm takes a session for true: its other end is alive and has founded it too.
func (m *SiteMachine) confirm(g *guest, now time.Time) {
	g.confirmed = true
	for _, other := range slices.Clone(m.sessions) {
		if other != g && other.boot == g.boot && other.confirmed {
			other.end(0, now)
		}
	}
	if !slices.ContainsFunc(m.boots, func(b bootSeen) bool { return b.boot == g.boot }) {
		m.boots = append(m.boots, bootSeen{boot: g.boot, number: m.number})
		if len(m.boots) > maxBoots {
			m.boots = slices.Delete(m.boots, 0, 1)
		}
	}
	g.settle(g.theirs)
}

// answers raises the alarm when a boot answers a beat that was sent after a newer boot was first heard: then both are
// alive. A boot that died before the newer one started cannot.
func (m *SiteMachine) answers(s *session, number uint64) {
	var boot [16]byte
	for _, g := range m.sessions {
		if g.session == s {
			boot = g.boot
		}
	}
	i := slices.IndexFunc(m.boots, func(b bootSeen) bool { return b.boot == boot })
	if i < 0 || m.alarm {
		return
	}
	for _, newer := range m.boots[i+1:] {
		if number > newer.number {
			m.alarm = true
			m.notice("two boxes answer as one site: one of them must be enrolled anew", nil)
			return
		}
	}
}

func (m *SiteMachine) onHello(h seal.Header, f hello, secret *seal.Secret) {
	chosen := min(f.Max, protocolMax)
	if chosen < max(f.Min, protocolMin) {
		m.turned = BadVersion
		m.answer(h.KeyID, secret, kindBye, encode(bye{Code: byeVersion, Hello: f.Nonce}))
		return
	}
	if secret != nil {
		m.serial++
		m.do(enrol{session: m.serial, hello: f, invitation: *secret, enrolment: Enrolment{
			Invitation: h.KeyID, Site: m.site, Name: f.Name, Node: f.Node,
		}})
		return
	}
	if h.KeyID != m.key.ID {
		m.answer(h.KeyID, nil, kindWelcome, encode(m.rotation(f)))
		return
	}
	for _, g := range m.sessions {
		if g.boot == f.Boot && g.nonce == f.Nonce {
			m.answer(h.KeyID, nil, kindWelcome, encode(g.welcome))
			return
		}
	}
	if len(m.asking) >= maxSessions || slices.ContainsFunc(m.asking, func(g greeting) bool { return g.hello.Nonce == f.Nonce }) {
		return
	}
	m.serial++
	m.asking = append(m.asking, greeting{id: m.serial, hello: f, keyID: h.KeyID})
	w := survey{session: m.serial, peer: m.peer, scopes: m.scopes()}
	for n := range w.fresh {
		fill(m.random, w.fresh[n][:])
	}
	m.do(w)
}

// rotation tells a site that uses an older key which one is current.
func (m *SiteMachine) rotation(f hello) welcome {
	return welcome{Node: m.c.Node, Boot: m.c.Boot, Hello: f.Nonce, Hub: m.c.Hub, KeyID: m.key.ID, Key: m.key.Key[:]}
}

func (m *SiteMachine) onSurveyed(o surveyed, g greeting, now time.Time) {
	if o.err != nil {
		m.notice("the store could not be read for a welcome", o.err)
		return
	}
	var nonce seal.Nonce
	fill(m.random, nonce[:])
	theirs, mine := m.ablated.nonces(seal.Nonce(g.hello.Nonce), nonce)
	sealed, err := m.ring.Session(seal.Hub, g.keyID, theirs, mine)
	if err != nil {
		m.notice("a hello cannot found a session", err)
		return
	}
	if len(m.sessions) >= maxSessions {
		m.sessions[0].end(0, now)
	}
	s := &session{core: &m.core, id: g.id, sealed: sealed, peerNode: g.hello.Node, version: min(g.hello.Max, protocolMax), credit: g.hello.Credit}
	guest := &guest{session: s, boot: g.hello.Boot, nonce: g.hello.Nonce, theirs: places(g.hello.Scopes)}
	guest.welcome = welcome{
		Node: m.c.Node, Boot: m.c.Boot, Nonce: nonce, Hello: g.hello.Nonce, Chosen: s.version, Schema: m.c.Schema,
		Clock: now.UnixMilli(), Scopes: infos(o.places), Credit: minCredit, Hub: m.c.Hub,
	}
	m.sessions = append(m.sessions, guest)
	s.open(o.places, guest.theirs, now)
	m.answer(g.keyID, nil, kindWelcome, encode(guest.welcome))
}

func (m *SiteMachine) onEnrolled(o enrolled) {
	secret := &o.work.invitation
	code := byeCode(0)
	switch {
	case errors.Is(o.err, ErrJoinUsed):
		code = byeJoinUsed
	case errors.Is(o.err, ErrJoinExpired):
		code = byeJoinExpired
	case errors.Is(o.err, ErrJoinSite):
		code = byeJoinSite
	case o.err != nil:
		m.notice("a site could not be enrolled; it asks again", o.err)
		return
	}
	if code != 0 {
		m.turned = reasons[code]
		m.answer(secret.KeyID(), secret, kindBye, encode(bye{Code: code, Hello: o.work.hello.Nonce}))
		return
	}
	if m.key.ID != o.key.ID {
		m.key = o.key
		if err := addKeys(m.ring, []SiteKey{o.key}); err != nil {
			m.notice("a site was given a key that cannot be used", err)
			return
		}
	}
	m.answer(secret.KeyID(), secret, kindWelcome, encode(m.rotation(o.work.hello)))
}

// answer seals under the key that the question came with.
func (m *SiteMachine) answer(id seal.KeyID, secret *seal.Secret, kind seal.Kind, body []byte) {
	ring := m.ring
	if secret != nil {
		ring = seal.NewRing(m.site)
		ring.AddSecret(*secret)
	}
	frame, err := ring.Seal(m.random, seal.Down, seal.Header{Kind: kind, KeyID: id}, body)
	if err != nil {
		m.notice("an answer could not be sealed", err)
		return
	}
	m.do(Send{Frame: frame})
}

func (m *SiteMachine) bye(id seal.KeyID, session [16]byte, b bye) {
	frame, err := m.ring.Seal(m.random, seal.Down, seal.Header{Kind: kindBye, KeyID: id, Session: session}, encode(b))
	if err != nil {
		return // a site without keys: there is nobody to tell
	}
	m.do(Send{Frame: frame})
}

// rekeyed ends what stands on a key that is no longer good.
func (m *SiteMachine) rekeyed(keys []SiteKey, now time.Time) {
	before := m.key.ID
	if err := m.rekey(keys); err != nil {
		m.notice("a site's keys cannot be used", err)
	}
	if m.key.ID != before {
		m.alarm, m.boots = false, nil
	}
	for _, g := range slices.Clone(m.sessions) {
		switch id := g.sealed.KeyID(); {
		case id == m.key.ID:
		case slices.ContainsFunc(keys, func(k SiteKey) bool { return k.ID == id && k.Revoked }):
			m.turned = Revoked
			m.bye(id, g.sealed.ID(), bye{Code: byeRevoked})
			g.end(0, now)
		default:
			m.bye(id, g.sealed.ID(), bye{Code: byeUnknown})
			g.end(0, now)
		}
	}
}

// lost forgets a session, and tells its other end if that is alive.
func (m *SiteMachine) lost(s *session, code byeCode, now time.Time) {
	for i, g := range m.sessions {
		if g.session != s {
			continue
		}
		m.last = m.Status(now)
		m.sessions = slices.Delete(m.sessions, i, i+1)
		break
	}
	if m.ended = append(m.ended, s.sealed.ID()); len(m.ended) > maxEnded {
		m.ended = slices.Delete(m.ended, 0, 1)
	}
	if code != 0 {
		m.bye(s.sealed.KeyID(), s.sealed.ID(), bye{Code: code})
	}
}

func (m *SiteMachine) outcome(e Event, id uint64, now time.Time) {
	switch o := e.(type) {
	case surveyed:
		if i := slices.IndexFunc(m.asking, func(g greeting) bool { return g.id == id }); i >= 0 {
			g := m.asking[i]
			m.asking = slices.Delete(m.asking, i, i+1)
			m.onSurveyed(o, g, now)
		}
		return
	case enrolled:
		m.onEnrolled(o)
		return
	}
	for _, g := range m.sessions {
		if g.id == id {
			g.outcome(e, now)
			return
		}
	}
}

// Status implements Machine. With several sessions it tells of the one that was heard last.
func (m *SiteMachine) Status(now time.Time) Status {
	st := m.last
	st.LastHeard, st.Repairs, st.State, st.Reason, st.InSync = m.heard, m.repairs, NeverSeen, "", false
	var s *session
	for _, g := range m.sessions {
		if g.confirmed && (s == nil || g.heard.After(s.heard)) {
			s = g.session
		}
	}
	if s != nil {
		s.describe(&st, now)
		st.Lag = s.peerLag
		if ahead, ok := s.offset.ahead(); ok {
			st.ClockOffset, st.ClockKnown = ahead, true
		}
		st.State = s.state(st)
	}
	switch {
	case m.turned != "":
		st.State, st.Reason = Rejected, m.turned
	case m.alarm:
		st.State = Cloned
	case !m.heard.IsZero() && (s == nil || now.Sub(s.heard) >= hubSilence):
		st.State = Silent
	}
	return st
}
