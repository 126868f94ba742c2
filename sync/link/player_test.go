package link_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/memory"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// scopesNamed are the scopes by their numbers on the wire.
func scopesNamed(site record.ID) []feed.Scope {
	return []feed.Scope{feed.SiteScope(site), feed.Network}
}

// player says what one end of a recorded conversation said, to a node of today. It changes nothing but the nonce that a
// welcome answers and the timelines of that node.
type player struct {
	*pair
	recording
	as, real string
	node     *node
	next     bool // speak as the next version may: with more keys in every body

	ring    *seal.Ring
	key     link.SiteKey
	bus     *memory.Bus
	sub     *memory.Subscription
	session *seal.Session
	patches map[string][]byte
	heard   []said
	base    time.Time // when the recording began, on this world's clock
}

func newPlayer(t *testing.T, r recording, as string, next bool) *player {
	p, _, enrolments := enrolling(t)
	p.random = rand.New(rand.NewPCG(8, 1)) // nothing that is drawn may be what was drawn then
	p.mac = r.mac
	p.secrets = map[seal.KeyID]seal.Secret{r.secret.KeyID(): r.secret}
	p.edge.join = &seal.Join{Hub: hubID, Secret: r.secret}
	v := &player{pair: p, recording: r, as: as, real: theEdge, node: p.edge, next: next, patches: map[string][]byte{}}
	channel := p.edge.channelUp()
	if as == theEdge {
		v.real, v.node, channel = theHub, p.hub, bus.DownChannel(p.site)
	}
	v.key = r.siteKey(t)
	p.enrol = func(e link.Enrolment) (link.SiteKey, error) {
		*enrolments = append(*enrolments, e)
		p.keys[e.Site] = []link.SiteKey{v.key}
		return v.key, nil
	}
	v.ring = seal.NewRing(p.site)
	if err := v.ring.Add(v.key.ID, v.key.Key); err != nil {
		t.Fatal(err)
	}
	v.ring.AddSecret(r.secret)
	p.calm()
	v.bus = p.net.Open("player")
	var err error
	if v.sub, err = v.bus.SubscribeNow(t.Context(), channel); err != nil {
		t.Fatal(err)
	}
	return v
}

// siteKey is the one that the recorded hub gave.
func (r recording) siteKey(t testing.TB) link.SiteKey {
	for _, s := range r.said {
		if s.kind != welcomeKind {
			continue
		}
		if b := s.body(t); b[12] != nil {
			return link.SiteKey{ID: seal.KeyID(b[11].(uint64)), Key: seal.SiteKey(b[12].([]byte))}
		}
	}
	t.Fatal("no recorded welcome brings a key")
	return link.SiteKey{}
}

// play goes through the recording: the other end's bodies are sent when they were sent, and what the node's own end
// committed or refused then, the node does too.
func (v *player) play() {
	v.node.prepare()
	fresh := map[record.ID]bool{}
	for _, s := range of(v.said, v.real, changesKind) {
		b := s.body(v.t)
		for _, r := range v.records(b) {
			if b[6] == uint64(0) {
				fresh[r.ID] = true
			}
		}
		if b[6] == uint64(1) && !fresh[v.records(b)[0].ID] { // a backlog that was there before, not what was asked for again
			v.own(s)
		}
	}
	v.refuse()
	v.node.start()
	v.base = v.now
	v.keepListening()
	for _, s := range v.said {
		if at := v.base.Add(s.at); at.After(v.now) {
			v.run(at)
		}
		switch {
		case s.by == v.real:
			v.own(s)
		case s.lost:
		case s.kind == helloKind || s.kind == welcomeKind:
			v.meet(s)
		default:
			v.say(s)
		}
	}
}

// own does what the recorded node did of itself.
func (v *player) own(s said) {
	switch s.kind {
	case changesKind:
		if b := s.body(v.t); b[6] != uint64(2) && b[9] != nil {
			macs, _ := b[10].([]byte)
			v.node.commit(scopesNamed(v.site)[scopeOf(b)], v.records(b), macs)
		}
	case rejectKind:
		v.at(v.now.Add(lineDelay/2), func() { v.node.disk.parks = nil }) // not before what comes at this moment
	}
}

// refuse lets the node park what the recorded one did.
func (v *player) refuse() {
	v.node.disk.parks = map[record.ID]bool{}
	for _, s := range v.said {
		if s.by == v.real && s.kind == rejectKind {
			v.node.disk.parks[record.ID(s.body(v.t)[3].([]byte))] = true
		}
	}
}

func (v *player) records(b body) []record.Record {
	v.t.Helper()
	batch, _ := b[9].([]byte)
	if batch == nil {
		return nil
	}
	records, err := record.DecodeBatch(batch, record.DefaultLimits)
	if err != nil {
		v.t.Fatalf("a recorded batch: %v", err)
	}
	return records
}

// meet says hello, or answers the node's.
func (v *player) meet(s said) {
	v.t.Helper()
	b := s.body(v.t)
	var edge, hub []byte
	if s.kind == welcomeKind {
		hello := v.await(helloKind)
		v.patches[string(b[4].([]byte))] = hello[3].([]byte)
		v.align(v.recorded(helloKind, 3, b[4]), hello)
		edge, hub = hello[3].([]byte), b[3].([]byte)
	}
	v.base = v.now.Add(-s.at)
	v.say(s)
	if s.kind == helloKind {
		welcome := v.await(welcomeKind)
		v.align(v.recorded(welcomeKind, 4, b[3]), welcome)
		edge, hub = b[3].([]byte), welcome[3].([]byte)
		b = welcome
	}
	if b[12] != nil {
		return // a key, and no session
	}
	side := seal.Edge
	if v.as == theHub {
		side = seal.Hub
	}
	var err error
	if v.session, err = v.ring.Session(side, v.key.ID, seal.Nonce(edge), seal.Nonce(hub)); err != nil {
		v.t.Fatal(err)
	}
}

// recorded finds the hello or welcome that has a value.
func (v *player) recorded(kind seal.Kind, field int, value any) body {
	v.t.Helper()
	for _, s := range v.said {
		if b := s.body; s.kind == kind && bytes.Equal(b(v.t)[field].([]byte), value.([]byte)) {
			return b(v.t)
		}
	}
	v.t.Fatalf("no recorded %s has that nonce", kindNames[kind])
	return nil
}

// align puts the timelines that the node has today in the place of those that it had.
func (v *player) align(then, today body) {
	v.t.Helper()
	for i := range then[8].([]any) {
		old, fresh := spansOf(then, i), spansOf(today, i)
		if len(old) != len(fresh) {
			v.t.Fatalf("the node tells %d timelines, and told %d", len(fresh), len(old))
		}
		for k := range old {
			v.patches[string(old[k])] = fresh[k]
		}
	}
}

func spansOf(b body, scope int) (out [][]byte) {
	for _, s := range b[8].([]any)[scope].([]any)[2].([]any) {
		out = append(out, s.([]any)[0].([]byte))
	}
	return out
}

// patched is what was said, as it has to be said to the node.
func (v *player) patched(data []byte) []byte {
	for old, fresh := range v.patches {
		data = bytes.ReplaceAll(data, []byte(old), fresh)
	}
	return data
}

func (v *player) say(s said) {
	v.t.Helper()
	data := v.patched(s.data)
	if v.next && s.kind != probeKind {
		data = v.extended(s.kind, data)
	}
	h, direction := seal.Header{Kind: s.kind}, seal.Down
	if v.as == theEdge {
		direction = seal.Up
	}
	var frame []byte
	var err error
	switch s.kind {
	case helloKind, welcomeKind:
		if b := s.body(v.t); b[9] != nil && s.kind == helloKind || b[12] != nil {
			h.KeyID = v.secret.KeyID()
		}
		frame, err = v.ring.Seal(bits{v.random}, direction, h, data)
	case byeKind:
		h.Session = v.session.ID()
		frame, err = v.ring.Seal(bits{v.random}, direction, h, data)
	case probeKind:
		frame, err = v.ring.Seal(bits{v.random}, seal.Down, h, data)
	default:
		frame, err = v.session.Seal(bits{v.random}, s.kind, data)
	}
	if err != nil {
		v.t.Fatal(err)
	}
	channel := bus.DownChannel(v.site)
	if v.as == theEdge {
		channel = v.edge.channelUp()
	}
	if _, err := v.bus.Publish(v.t.Context(), channel, frame); err != nil {
		v.t.Fatal(err)
	}
}

// extended adds what a reader of today has never heard of.
func (v *player) extended(kind seal.Kind, data []byte) []byte {
	v.t.Helper()
	var b body
	if err := cbor.Unmarshal(data, &b); err != nil {
		v.t.Fatal(err)
	}
	b[40], b[41], b[-1], b[1000] = "more", map[string]any{"a": []any{1, []byte("b"), nil, true}}, 1.5, []any{[]any{}}
	if kind == helloKind {
		b[5] = 2
	}
	out, err := cbor.Marshal(b)
	if err != nil {
		v.t.Fatal(err)
	}
	return out
}

func (v *player) keepListening() {
	v.listen()
	v.at(v.now.Add(time.Millisecond), v.keepListening)
}

// listen reads what the node said.
func (v *player) listen() {
	v.t.Helper()
	for {
		m, ok, err := v.sub.TryReceive()
		if err != nil {
			v.t.Fatal(err)
		}
		if !ok {
			return
		}
		h, err := seal.ParseHeader(m.Payload)
		if err != nil || h.Site != v.site || h.Kind == probeKind {
			continue
		}
		direction := seal.Up
		if v.as == theEdge {
			direction = seal.Down
		}
		var data []byte
		if h.Open {
			_, data, err = v.ring.Unseal(direction, m.Payload)
		} else if v.session != nil {
			_, data, err = v.session.Unseal(m.Payload)
		}
		if err == nil { // it may be the player's own frame
			v.heard = append(v.heard, said{v.now.Sub(v.base), v.real, h.Kind, false, data})
		}
	}
}

func (v *player) await(kind seal.Kind) body {
	v.t.Helper()
	v.listen()
	from := len(v.heard)
	if kind == helloKind { // it may have come before the player was ready
		from = v.answered()
	}
	var found body
	v.runUntil("a "+kindNames[kind], time.Minute, func() bool {
		v.listen()
		i := slices.IndexFunc(v.heard[from:], func(s said) bool { return s.kind == kind })
		if i >= 0 {
			found = v.heard[from+i].body(v.t)
		}
		return i >= 0
	})
	return found
}

// answered is how much was heard up to the last hello that has its answer.
func (v *player) answered() (n int) {
	for i, s := range v.heard {
		if s.kind != helloKind {
			continue
		}
		for _, fresh := range v.patches {
			if bytes.Equal(fresh, s.body(v.t)[3].([]byte)) {
				n = i + 1
			}
		}
	}
	return n
}

func of(all []said, by string, kind seal.Kind) (out []said) {
	for _, s := range all {
		if s.by == by && s.kind == kind {
			out = append(out, s)
		}
	}
	return out
}
