package link_test

import (
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/aashram-care/sangam/sync/bus/memory"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// Numbers of frames and of fields, as docs/protocol.md lists them.
const (
	helloKind, welcomeKind, changesKind, ackKind, beatKind, pullKind = 1, 2, 3, 4, 5, 6
	byeKind                                                          = 9
)

type body = map[int]any

// stranger is a hub that is written by somebody else: it speaks the protocol of the docs by hand.
type stranger struct {
	t       testing.TB
	w       *world
	ring    *seal.Ring
	site    record.ID
	bus     *memory.Bus
	sub     *memory.Subscription
	session *seal.Session
	nonce   [16]byte // of the hello that was answered
	line    [16]byte // timeline of the site's scope at this hub
}

// meetStranger starts a site opposite to a stranger who has not said anything yet.
func meetStranger(t testing.TB) (*stranger, *node) {
	w := newWorld(t, 11)
	site := w.known("clinic")
	s := &stranger{t: t, w: w, ring: seal.NewRing(site), site: site, bus: w.net.Open("stranger"), line: bits{w.random}.id()}
	if err := s.ring.Add(1, w.keys[site][0].Key); err != nil {
		t.Fatal(err)
	}
	edge := w.addEdge("edge", site, w.addDisk())
	var err error
	if s.sub, err = s.bus.SubscribeNow(t.Context(), edge.channelUp()); err != nil {
		t.Fatal(err)
	}
	edge.start()
	return s, edge
}

// next waits for a frame of a kind and reads it.
func (s *stranger) next(kind seal.Kind) (out body) {
	s.t.Helper()
	s.w.runUntil("a frame of the kind", time.Minute, func() bool {
		for {
			m, ok, err := s.sub.TryReceive()
			if err != nil || !ok {
				return false
			}
			h, err := seal.ParseHeader(m.Payload)
			if err != nil || h.Kind != kind {
				continue
			}
			var data []byte
			if h.Open {
				_, data, err = s.ring.Unseal(seal.Up, m.Payload)
			} else if s.session != nil {
				_, data, err = s.session.Unseal(m.Payload)
			} else {
				continue
			}
			if err != nil {
				continue
			}
			out = nil
			if err := cbor.Unmarshal(data, &out); err != nil {
				s.t.Fatal(err)
			}
			return true
		}
	})
	return out
}

// hellos counts what the site said since it was asked last.
func (s *stranger) hellos() (n int) {
	s.t.Helper()
	for {
		m, ok, err := s.sub.TryReceive()
		if err != nil {
			s.t.Fatal(err)
		}
		if !ok {
			return n
		}
		if h, err := seal.ParseHeader(m.Payload); err == nil && h.Kind == helloKind {
			n++
		}
	}
}

func (s *stranger) say(kind seal.Kind, b any) {
	s.t.Helper()
	data, err := cbor.Marshal(b)
	if err != nil {
		s.t.Fatal(err)
	}
	s.sayBytes(kind, data)
}

func (s *stranger) sayBytes(kind seal.Kind, data []byte) {
	s.t.Helper()
	var frame []byte
	var err error
	if kind == welcomeKind || kind == byeKind || s.session == nil {
		frame, err = s.ring.Seal(bits{s.w.random}, seal.Down, seal.Header{Kind: kind}, data)
	} else {
		frame, err = s.session.Seal(bits{s.w.random}, kind, data)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.bus.Publish(s.t.Context(), "sangam:{site:"+s.site.String()+"}:down", frame); err != nil {
		s.t.Fatal(err)
	}
}

// welcome answers the site's hello, for a hub at this head.
func (s *stranger) welcome(head int) {
	s.t.Helper()
	s.answer(s.next(helloKind), head)
}

// answer is a welcome for a hub at this head that holds these cursors.
func (s *stranger) answer(h body, head int, cursors ...any) {
	s.t.Helper()
	copy(s.nonce[:], h[3].([]byte))
	nonce := bits{s.w.random}.id()
	var err error
	if s.session, err = s.ring.Session(seal.Hub, 1, s.nonce, nonce); err != nil {
		s.t.Fatal(err)
	}
	s.say(welcomeKind, body{
		1: "stranger", 2: s.line, 3: nonce, 4: s.nonce, 5: 1, 6: 1, 7: s.w.now.UnixMilli(), 9: 65536, 10: hubID[:],
		8: []any{[]any{0, head, []any{[]any{s.line, 1}}, append([]any{}, cursors...)}},
	})
}

// entries are records as another node would have made them.
func entries(t testing.TB, w *world, n int) (out []record.Record) {
	d := newDisk()
	if err := d.open(w.random, "", feed.Network, "site:x"); err != nil {
		t.Fatal(err)
	}
	p := &pair{world: w}
	for range n {
		key := p.write(&node{w: w, disk: d}, "site:x", "entry", 1)
		if err := d.View(func(tx feed.Tx) error {
			r, _, _, err := feed.Load(tx, "site:x", key)
			out = append(out, r)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func batchOf(t testing.TB, records ...record.Record) []byte {
	data, err := record.EncodeBatch(records)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAStrangerWhoReadTheDocsIsUnderstood(t *testing.T) {
	s, edge := meetStranger(t)
	s.welcome(3)
	records := entries(t, s.w, 3)
	s.next(beatKind)
	// The third first: it lies beyond a hole, and is told as a range.
	s.say(changesKind, body{1: 0, 2: s.line, 3: 3, 4: 2, 5: 3, 6: 0, 7: 0, 8: []int{3}, 9: batchOf(t, records[2])})
	report := s.next(ackKind)[1].([]any)[0].([]any)
	if report[2].(uint64) != 0 || len(report[3].([]any)) != 1 {
		t.Errorf("acknowledged %v, want a cursor of 0 and the range beyond", report)
	}
	s.say(changesKind, body{1: 0, 2: s.line, 3: 3, 4: 0, 5: 2, 6: 1, 7: 2, 8: []int{1, 2}, 9: batchOf(t, records[:2]...)})
	report = s.next(ackKind)[1].([]any)[0].([]any)
	if report[2].(uint64) != 3 || len(report[3].([]any)) != 0 {
		t.Errorf("acknowledged %v, want a cursor of 3 and no range", report)
	}
	for _, r := range records {
		if !has(t, edge.disk, feed.SiteScope(s.site), r.Key()) {
			t.Errorf("%s is not there", r.ID)
		}
	}
}

func TestAHoleIsAskedForWithoutWaitingForABeat(t *testing.T) {
	s, _ := meetStranger(t)
	s.welcome(2)
	records := entries(t, s.w, 2)
	s.next(beatKind)
	began := s.w.now
	s.say(changesKind, body{1: 0, 2: s.line, 3: 2, 4: 1, 5: 2, 6: 0, 7: 2, 8: []int{2}, 9: batchOf(t, records[1])})
	report := s.next(pullKind)[1].([]any)
	if report[2].(uint64) != 0 {
		t.Errorf("asked from %v, want 0", report[2])
	}
	if took := s.w.now.Sub(began); took > time.Second {
		t.Errorf("after %s", took)
	}
}

func TestABatchThatCannotBeReadIsAskedForRecordByRecordAndOnlyTheBadOneIsParked(t *testing.T) {
	s, edge := meetStranger(t)
	s.welcome(3)
	records := entries(t, s.w, 3)
	s.next(beatKind)
	s.say(changesKind, body{1: 0, 2: s.line, 3: 3, 4: 0, 5: 3, 6: 0, 7: 3, 8: []int{1, 2, 3}, 9: []byte("no batch at all")})
	if single := s.next(pullKind)[2]; single.(uint64) != 3 {
		t.Errorf("asked one by one up to %v, want 3", single)
	}
	for i, data := range [][]byte{batchOf(t, records[0]), []byte("no batch at all"), batchOf(t, records[2])} {
		s.say(changesKind, body{1: 0, 2: s.line, 3: 3, 4: i, 5: i + 1, 6: 1, 7: i + 1, 8: []int{i + 1}, 9: data})
		s.w.runFor(100 * time.Millisecond)
	}
	scope := feed.SiteScope(s.site)
	parked := 0
	if err := edge.disk.View(func(tx feed.Tx) error {
		return feed.EachParked(tx, scope, func(p feed.Parked) (bool, error) { parked++; return true, nil })
	}); err != nil {
		t.Fatal(err)
	}
	if parked != 1 || !has(t, edge.disk, scope, records[0].Key()) || !has(t, edge.disk, scope, records[2].Key()) {
		t.Errorf("%d parked, the good ones there: %t %t", parked, has(t, edge.disk, scope, records[0].Key()), has(t, edge.disk, scope, records[2].Key()))
	}
	var at feed.Seq
	if err := edge.disk.View(func(tx feed.Tx) error {
		held, err := feed.Cursors(tx, scope, "hub")
		at = held[len(held)-1].Seq
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if at != 3 {
		t.Errorf("the cursor is at %d, want 3", at)
	}
}

func TestABatchThatCannotBeReadHoldsUpNoneThatCameWithIt(t *testing.T) {
	s, edge := meetStranger(t)
	s.welcome(4)
	records := entries(t, s.w, 4)
	s.next(beatKind)
	s.w.slow, edge.disk.stall = 0, 100*time.Millisecond // the others come while the first is being merged
	for i, data := range [][]byte{batchOf(t, records[0]), batchOf(t, records[1]), []byte("no batch at all"), batchOf(t, records[3])} {
		s.say(changesKind, body{1: 0, 2: s.line, 3: 4, 4: i, 5: i + 1, 6: 1, 7: i + 1, 8: []int{i + 1}, 9: data})
	}
	scope := feed.SiteScope(s.site)
	s.w.runUntil("all but the bad one are there, and that is parked", 5*time.Second, func() bool {
		parked := 0
		if err := edge.disk.View(func(tx feed.Tx) error {
			return feed.EachParked(tx, scope, func(feed.Parked) (bool, error) { parked++; return true, nil })
		}); err != nil {
			t.Fatal(err)
		}
		return parked == 1 && has(t, edge.disk, scope, records[0].Key()) && has(t, edge.disk, scope, records[1].Key()) &&
			has(t, edge.disk, scope, records[3].Key())
	})
	if p := edge.edge.Status(s.w.now).Parked; p != 1 {
		t.Errorf("%d are told as parked", p)
	}
}

func TestAFrameThatComesAgainWhileItIsMergedHoldsNothingUp(t *testing.T) {
	s, edge := meetStranger(t)
	s.welcome(4)
	records := entries(t, s.w, 4)
	s.next(beatKind)
	s.w.slow, edge.disk.stall = 0, 100*time.Millisecond // the others come while the first is being merged
	for _, part := range [][2]int{{0, 3}, {1, 2}, {3, 4}} {
		var seqs []int
		for seq := part[0] + 1; seq <= part[1]; seq++ {
			seqs = append(seqs, seq)
		}
		s.say(changesKind, body{1: 0, 2: s.line, 3: 4, 4: part[0], 5: part[1], 6: 1, 7: part[1], 8: seqs, 9: batchOf(t, records[part[0]:part[1]]...)})
	}
	s.w.runUntil("the last one is there, though it was not asked for", time.Second, func() bool {
		return has(t, edge.disk, feed.SiteScope(s.site), records[3].Key())
	})
}

// Several hellos in a row may be lost on a bad line, and all that a site did meanwhile waits for the one that is not.
func TestASiteThatIsNotAnsweredSaysHelloAsOftenAsABeat(t *testing.T) {
	s, _ := meetStranger(t)
	s.w.runFor(20 * time.Second) // its pauses have grown
	s.hellos()
	s.w.runFor(time.Minute)
	if n := s.hellos(); n < 10 || n > 15 {
		t.Errorf("%d hellos a minute, want one each 4 to 6 s", n)
	}
}

func TestAHubOfAnotherTimeIsToldAsSuch(t *testing.T) {
	s, edge := meetStranger(t)
	h := s.next(helloKind)
	s.say(byeKind, body{1: 7, 3: h[3]})
	s.w.runFor(time.Second)
	if st := edge.edge.Status(s.w.now); st.State != link.Rejected || st.Reason != link.BadVersion {
		t.Errorf("the site says %+v", st)
	}
}

func TestATimelineThatNobodyToldEndsTheSession(t *testing.T) {
	s, _ := meetStranger(t)
	s.welcome(0)
	s.next(beatKind)
	s.say(beatKind, body{1: []any{[]any{0, bits{s.w.random}.id(), 5, 5}}, 3: 65536, 5: s.w.now.UnixMilli(), 6: 1, 7: 0, 8: []any{0, 0, 0, 0}})
	if h := s.next(helloKind); string(h[3].([]byte)) == string(s.nonce[:]) {
		t.Error("the new hello has the old nonce")
	}
}

func TestAPullIsAlwaysAnswered(t *testing.T) {
	s, _ := meetStranger(t)
	h := s.next(helloKind)
	scope := h[8].([]any)[0].([]any)
	spans := scope[2].([]any)
	timeline := spans[len(spans)-1].([]any)[0]
	s.welcome(0)
	s.next(beatKind)
	s.say(pullKind, body{1: []any{0, timeline, 0, []any{}}})
	f := s.next(changesKind)
	if f[3].(uint64) != 0 || f[8] != nil {
		t.Errorf("answered by %v, want an empty frame", f)
	}
}

// While a session is founded, another one of the same site may move the hub's cursor, also back: what the welcome said
// of it is then too much.
func TestAPullFromFurtherBackIsBelieved(t *testing.T) {
	s, edge := meetStranger(t)
	p := &pair{world: s.w}
	p.write(edge, feed.SiteScope(s.site), "entry", 3)
	h := s.next(helloKind)
	scope := h[8].([]any)[0].([]any)
	spans := scope[2].([]any)
	timeline := spans[len(spans)-1].([]any)[0]
	s.answer(h, 0, []any{timeline, 3, 3, 3})
	s.next(beatKind)
	s.say(pullKind, body{1: []any{0, timeline, 1, []any{}}})
	f := s.next(changesKind)
	if f[4].(uint64) != 1 || f[5].(uint64) != 3 {
		t.Errorf("sent (%v, %v], want (1, 3]", f[4], f[5])
	}
}

// FuzzAnyFrameUnderTheRightKey gives a site whatever a hub with the right key might say.
func FuzzAnyFrameUnderTheRightKey(f *testing.F) {
	seed := func(kind byte, b any) {
		data, err := cbor.Marshal(b)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(kind, data)
	}
	line := make([]byte, 16)
	seed(welcomeKind, body{1: "x", 4: line, 8: []any{[]any{0, 1, []any{[]any{line, 1}}, []any{[]any{line, 1, 1, 1}}}}})
	seed(changesKind, body{1: 0, 2: line, 3: 3, 4: 0, 5: 3, 6: 0, 7: 3, 8: []int{1, 2, 3}, 9: []byte("batch")})
	seed(changesKind, body{1: 1, 3: 1, 5: 1, 6: 2, 8: []int{1}, 9: []byte{0}, 10: line, 11: []any{[]any{0, line, 0, 5, 9}}})
	seed(ackKind, body{1: []any{[]any{0, line, 3, []any{[]any{5, 9}}}}, 2: 1, 3: []any{[]any{1, line, 0, 5, 9}}})
	seed(beatKind, body{1: []any{[]any{0, line, 5, 5}}, 2: []any{[]any{1, line, 3, []any{}}}, 5: -1, 6: 1 << 60, 8: []any{1, 1, 1, 1}, 9: true})
	seed(pullKind, body{1: []any{0, line, 1 << 61, []any{[]any{1, 2}}}, 2: 9})
	seed(pullKind, body{1: []any{0, line, 0, []any{}}, 3: []any{1, []byte{1}}})
	seed(ackKind, body{1: []any{}, 2: 1, 4: []any{uint64(1<<64 - 1), []byte{0xff, 3}}})
	seed(7, body{1: 0, 2: 3, 9: "a\x00b", 11: []any{[]any{"entry", "day", line, 1}}})
	seed(8, body{1: 0, 2: "entry", 3: line, 4: "why"})
	seed(byeKind, body{1: 2, 2: 5})
	f.Add(byte(changesKind), []byte{0x9f, 0x9f, 0x9f})
	f.Add(byte(beatKind), []byte{0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, kind byte, data []byte) {
		if len(data) > seal.MaxBody/2 {
			return
		}
		s, edge := meetStranger(t)
		s.welcome(3)
		s.w.runFor(time.Second)
		// The timeline that the site knows, where the seeds have zeroes.
		s.sayBytes(seal.Kind(kind), data)
		s.w.runFor(12 * time.Second)
		st := edge.edge.Status(s.w.now)
		if st.State == link.Live && st.Backlog.Records < 0 {
			t.Errorf("the site says %+v", st)
		}
		if err := edge.disk.View(func(tx feed.Tx) error { return feed.Check(tx, schema) }); err != nil {
			t.Error(err)
		}
	})
}
