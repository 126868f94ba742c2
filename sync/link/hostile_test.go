package link_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/memory"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/seal"
)

// badBodies are what a peer with the right key may send and no reader may take, by name.
func badBodies(t testing.TB, line []byte) map[string]said {
	nested := any(0)
	for range 500 {
		nested = []any{nested}
	}
	many := func(n int, of any) []any { return slices.Repeat([]any{of}, n) }
	var holes []any
	for i := range 65 {
		holes = append(holes, []any{2*i + 1, 2*i + 2})
	}
	changes := func(more body) body {
		b := body{1: 0, 2: line, 3: 9, 4: 5, 5: 6, 6: 0, 7: 6, 8: []int{6}, 9: []byte("batch")}
		for key, value := range more {
			b[key] = value
		}
		return b
	}
	report := func(ranges ...any) body { return body{1: []any{[]any{0, line, 0, ranges}}, 2: 1} }
	out := map[string]said{}
	for name, c := range map[string]struct {
		kind seal.Kind
		body any
	}{
		"deeply nested":             {ackKind, body{1: []any{}, 2: 1, 40: nested}},
		"a list in place of a map":  {beatKind, []any{1, 2, 3}},
		"text in place of a number": {pullKind, body{1: []any{"0", line, 0, []any{}}}},
		"a third scope":             {changesKind, changes(body{1: 2})},
		"from after to":             {changesKind, changes(body{4: 7})},
		"to after head":             {changesKind, changes(body{3: 5})},
		"a head beyond all":         {changesKind, changes(body{3: uint64(1<<62 + 1)})},
		"sent beyond head":          {changesKind, changes(body{7: 10})},
		"an unknown lane":           {changesKind, changes(body{6: 3})},
		"a seq outside":             {changesKind, changes(body{8: []int{7}})},
		"seqs out of order":         {changesKind, changes(body{3: 20, 5: 12, 8: []int{9, 8}})},
		"seqs without a batch":      {changesKind, changes(body{9: []byte{}})},
		"too many seqs":             {changesKind, changes(body{3: 9000, 5: 9000, 8: many(2049, 6)})},
		"too many MACs":             {changesKind, changes(body{10: make([]byte, 2049*seal.MACSize)})},
		"too many skips":            {ackKind, body{1: []any{}, 2: 1, 3: many(17, []any{0, line, 0, 1, 1})}},
		"a skip that goes back":     {ackKind, body{1: []any{}, 2: 1, 3: many(1, []any{0, line, 2, 1, 2})}},
		"too much of what came":     {ackKind, body{1: []any{}, 2: 1, 4: []any{9, make([]byte, 33)}}},
		"too many ranges":           {ackKind, report(holes...)},
		"ranges that overlap":       {ackKind, report([]any{1, 5}, []any{3, 9})},
		"a range of nothing":        {ackKind, report([]any{4, 4})},
		"too many reports":          {ackKind, body{1: many(3, []any{0, line, 0, []any{}}), 2: 1}},
		"a cursor beyond all":       {pullKind, body{1: []any{0, line, uint64(1<<62 + 1), []any{}}}},
		"credit below nothing":      {ackKind, body{1: []any{}, 2: -1}},
		"too many heads":            {beatKind, body{1: many(3, []any{0, line, 0, 0}), 8: []any{0, 0, 0, 0}}},
		"a backlog below nothing":   {beatKind, body{8: []any{-1, 0, 0, 0}}},
		"an unknown phase":          {digestKind, body{1: 0, 2: 5, 3: line}},
		"too many buckets":          {digestKind, body{1: 0, 2: 3, 3: line, 11: many(3001, []any{"entry", "", line, 1})}},
		"a reason without an end":   {rejectKind, body{1: 0, 2: "entry", 3: line, 4: strings.Repeat("why ", 200)}},
		"a kind nobody knows":       {11, body{1: 0}},
		"a hello in a session":      {helloKind, body{1: "x"}},
	} {
		data, err := cbor.Marshal(c.body)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = said{kind: c.kind, data: data}
	}
	out["nothing"] = said{kind: ackKind}
	out["a count without its elements"] = said{kind: beatKind, data: []byte("\xa1\x01\x9b\x00\x00\x00\xff\xff\xff\xff\xff")}
	out["a length without its bytes"] = said{kind: changesKind, data: []byte("\xa1\x09\x5b\x00\x00\x00\xff\xff\xff\xff\xff")}
	out["no end told"] = said{kind: ackKind, data: []byte("\xa1\x01\x9f\xff")}
	out["a key twice"] = said{kind: ackKind, data: []byte("\xa2\x02\x01\x02\x01")}
	out["a tag"] = said{kind: beatKind, data: []byte("\xa1\x05\xc1\x00")}
	out["text that is none"] = said{kind: rejectKind, data: []byte("\xa1\x02\x62\xff\xfe")}
	out["something after its end"] = said{kind: ackKind, data: []byte("\xa1\x02\x01\x00")}
	return out
}

func TestABodyThatCannotBeReadIsToldAndTheNextGoodRecordComes(t *testing.T) {
	s, edge := meetStranger(t)
	bad := badBodies(t, s.line[:])
	s.welcome(len(bad))
	records := entries(t, s.w, len(bad))
	s.next(beatKind)
	seq := 0
	for name, b := range bad {
		told := len(s.w.notices)
		if b.kind == helloKind {
			frame, err := s.session.Seal(bits{s.w.random}, b.kind, b.data)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.bus.Publish(t.Context(), bus.DownChannel(s.site), frame); err != nil {
				t.Fatal(err)
			}
		} else {
			s.sayBytes(b.kind, b.data)
		}
		s.w.runFor(20 * time.Millisecond)
		if !slices.ContainsFunc(s.w.notices[told:], func(n string) bool { return strings.Contains(n, "a frame could not be read") }) {
			t.Errorf("%s: nobody was told", name)
		}
		s.say(changesKind, body{1: 0, 2: s.line, 3: len(bad), 4: seq, 5: seq + 1, 6: 0, 7: seq + 1, 8: []int{seq + 1}, 9: batchOf(t, records[seq])})
		s.w.runFor(20 * time.Millisecond)
		if !has(t, edge.disk, feed.SiteScope(s.site), records[seq].Key()) {
			t.Fatalf("%s: the next good record did not come in the same session", name)
		}
		seq++
	}
}

func TestAPeerThatLiesAboutWhatItHoldsMakesNobodyForgetAnything(t *testing.T) {
	s, edge := meetStranger(t)
	h := s.next(helloKind)
	spans := h[8].([]any)[0].([]any)[2].([]any)
	mine := spans[len(spans)-1].([]any)[0]
	s.answer(h, 0)
	s.next(beatKind)
	p := &pair{world: s.w}
	p.write(edge, feed.SiteScope(s.site), "entry", 1)
	for _, lie := range [][]any{
		{0, mine, 1 << 40, []any{}},                   // more than there is
		{0, mine, 0, []any{[]any{0, 1 << 40}}},        // beyond the end
		{0, bits{s.w.random}.id(), 1, []any{}},        // of another history
		{1, mine, 1, []any{}},                         // of another scope
		{0, mine, 0, []any{[]any{1, 2}, []any{3, 4}}}, // holes where nothing is
	} {
		s.say(ackKind, body{1: []any{lie}, 2: 1 << 50})
		s.say(digestKind, body{1: 0, 2: 1, 3: s.line, 4: 1 << 40, 5: mine, 6: 1 << 40})
	}
	s.w.runFor(7 * time.Second)
	if st := edge.edge.Status(s.w.now); st.Backlog.Records != 1 || st.InSync {
		t.Errorf("the site says %+v", st)
	}
	s.say(pullKind, body{1: []any{0, mine, 0, []any{}}})
	if f := s.next(changesKind); f[5].(uint64) != 1 {
		t.Errorf("sent up to %v, want the record", f[5])
	}
}

func TestAProtocolThatIsNotSpokenIsRefusedAtBothEnds(t *testing.T) {
	s, edge := meetStranger(t)
	h := s.next(helloKind)
	for _, chosen := range []int{0, 2, 9} {
		s.say(welcomeKind, body{1: "x", 2: s.line, 3: s.line, 4: h[3], 5: chosen, 8: []any{}})
		s.w.runFor(time.Second)
		if st := edge.edge.Status(s.w.now); st.State != link.Rejected || st.Reason != link.BadVersion {
			t.Errorf("chosen %d: the site says %+v", chosen, st)
		}
	}
	s.answer(h, 0)
	s.next(beatKind)

	v := newPlayer(t, readRecording(t, protocol1), theEdge, false)
	v.keys[v.site] = []link.SiteKey{v.key}
	v.hub.start()
	v.keepListening()
	for _, c := range [][2]int{{2, 3}, {0, 0}, {7, 1 << 40}} {
		v.sayOpen(t, v.site, v.ring, body{1: "x", 2: s.line, 3: h[3], 4: c[0], 5: c[1], 8: []any{}, 10: 1})
		if b := v.await(byeKind); b[1] != uint64(7) || !bytes.Equal(b[3].([]byte), h[3].([]byte)) {
			t.Errorf("to a site that speaks %v the hub says %v", c, b)
		}
		if st := v.atHub(); st.State != link.Rejected || st.Reason != link.BadVersion {
			t.Errorf("of a site that speaks %v the hub says %+v", c, st)
		}
	}
}

// sayOpen is a hello that names a site, under whatever key.
func (v *player) sayOpen(t testing.TB, site [16]byte, ring *seal.Ring, b body) {
	t.Helper()
	data, err := cbor.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := ring.Seal(bits{v.random}, seal.Up, seal.Header{Kind: helloKind}, data)
	if err != nil {
		t.Fatal(err)
	}
	copy(frame[7:], site[:])
	if _, err := v.bus.Publish(t.Context(), v.edge.channelUp(), frame); err != nil {
		t.Fatal(err)
	}
}

func TestWhoHoldsAnotherSitesKeyIsNotHeard(t *testing.T) {
	v := newPlayer(t, readRecording(t, protocol1), theEdge, false)
	v.keys[v.site] = []link.SiteKey{v.key}
	other := v.known("another clinic")
	v.hub.start()
	v.keepListening()
	rings := map[string]*seal.Ring{}
	for name, site := range map[string][16]byte{"its own ring": other, "a ring of the site": v.site} {
		rings[name] = seal.NewRing(site)
		for _, id := range []seal.KeyID{1, v.key.ID} {
			if err := rings[name].Add(id, v.keys[other][0].Key); err != nil {
				t.Fatal(err)
			}
			if err := rings[name].Use(id); err != nil {
				t.Fatal(err)
			}
		}
	}
	hello := body{1: "x", 2: make([]byte, 16), 3: make([]byte, 16), 4: 1, 5: 1, 8: []any{}, 10: 1}
	before := v.frames
	for _, ring := range rings {
		v.sayOpen(t, v.site, ring, hello)
	}
	v.runFor(10 * time.Second)
	if v.frames != before {
		t.Errorf("the hub answered %d times", v.frames-before)
	}
	if st := v.atHub(); !st.LastHeard.IsZero() {
		t.Errorf("of the site the hub says %+v", st)
	}
	v.sayOpen(t, v.site, v.ring, hello)
	v.await(welcomeKind) // under the site's own key the same hello has its answer
}

func TestAFrameThatIsNotWholeChangesNothing(t *testing.T) {
	p := newPair(t)
	tap := p.net.Open("tap")
	sub, err := tap.SubscribeNow(t.Context(), p.edge.channelUp(), bus.DownChannel(p.site))
	if err != nil {
		t.Fatal(err)
	}
	p.hub.start()
	p.edge.start()
	p.write(p.edge, p.scope, "entry", 5)
	p.write(p.hub, feed.Network, "note", 5)
	p.runUntil("live", 30*time.Second, func() bool { return p.atHub().State == link.Live && p.atEdge().InSync })
	edge, hub := p.edge.disk.mem.Snapshot(), p.hub.disk.mem.Snapshot()
	frames := received(sub)
	if len(frames) < 8 {
		t.Fatalf("only %d frames passed", len(frames))
	}
	for _, m := range frames {
		for _, bad := range damaged(m.Payload) {
			if _, err := tap.Publish(t.Context(), m.Channel, bad); err != nil {
				t.Fatal(err)
			}
		}
		huge := link.Received{Frame: append(bytes.Clone(m.Payload), make([]byte, seal.MaxFrame)...)} // no bus of ours takes it
		p.edge.step(p.edge.edge, huge)
		p.hub.step(p.hub.sites[p.site], huge)
		p.runFor(20 * time.Millisecond)
	}
	p.runFor(2 * time.Second)
	if !sameRows(p.edge.disk, edge) || !sameRows(p.hub.disk, hub) {
		t.Error("a store changed")
	}
	if !p.atEdge().InSync || !p.atHub().InSync {
		t.Errorf("the edge says %+v, the hub %+v", p.atEdge(), p.atHub())
	}
	for _, m := range received(sub) {
		h, err := seal.ParseHeader(m.Payload)
		if err == nil && (h.Kind == helloKind || h.Kind == welcomeKind) && !slices.ContainsFunc(frames, func(f bus.Message) bool {
			return slices.ContainsFunc(damaged(f.Payload), func(bad []byte) bool { return bytes.Equal(bad, m.Payload) })
		}) {
			t.Errorf("a %s came of it", kindNames[h.Kind])
		}
	}
}

func received(sub *memory.Subscription) (out []bus.Message) {
	for {
		m, ok, err := sub.TryReceive()
		if err != nil || !ok {
			return out
		}
		out = append(out, m)
	}
}

// damaged are forms of a frame that none of its readers may take.
func damaged(frame []byte) (out [][]byte) {
	for _, at := range []int{0, 1, 2, 5, 8, 24, 46, 50, seal.Overhead - 16, len(frame) - 1} {
		bad := bytes.Clone(frame)
		bad[at] ^= 0x40
		out = append(out, bad)
	}
	return append(out, []byte{}, frame[:20], frame[:seal.Overhead-1], frame[:len(frame)-1], append(bytes.Clone(frame), 0))
}
