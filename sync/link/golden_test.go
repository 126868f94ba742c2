package link_test

import (
	"bytes"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

var update = flag.Bool("update", false, "record the conversation anew; never once a release that wrote it is out")

const protocol1 = "testdata/protocol-1.txt"

func TestWhatProtocol1SaidIsStillUnderstood(t *testing.T) {
	if *update {
		if err := recordConversation(t).save(protocol1); err != nil {
			t.Fatal(err)
		}
	}
	r := readRecording(t, protocol1)
	for _, as := range []string{theEdge, theHub} {
		for kind := seal.Kind(helloKind); kind <= probeKind; kind++ {
			if foreign := kind == helloKind && as == theHub || kind == welcomeKind && as == theEdge; !foreign && len(of(r.said, as, kind)) == 0 {
				t.Errorf("no %s of the %s was recorded", kindNames[kind], as)
			}
		}
		for name, next := range map[string]bool{"as it was said": false, "with the keys of a later version": true} {
			t.Run(as+" "+name, func(t *testing.T) {
				v := newPlayer(t, r, as, next)
				v.play()
				v.runFor(2 * lineDelay)
				v.check()
				v.checkEnd()
			})
		}
	}
}

func (v *player) check() {
	v.t.Helper()
	v.checkRecords()
	v.checkAnswers()
	v.checkShapes()
	if got, want := nonces(v.t, v.heard), nonces(v.t, of(v.said, v.real, helloKind)); v.real == theEdge && len(got) != len(want) {
		v.t.Errorf("the node said hello %d times, and said it %d times", len(got), len(want))
	}
	if byes := of(v.heard, v.real, byeKind); len(byes) != 0 {
		v.t.Errorf("the node said goodbye %d times", len(byes))
	}
	for _, n := range v.notices {
		if strings.Contains(n, "could not be read") || strings.Contains(n, "could not be merged") {
			v.t.Error(n)
		}
	}
}

// checkEnd tells whether the goodbye was taken for one, and not before.
func (v *player) checkEnd() {
	v.t.Helper()
	if v.real == theHub {
		if !v.hub.sites[v.site].Idle() {
			v.t.Error("the hub holds on to a session whose other end said goodbye")
		}
		return
	}
	before := len(nonces(v.t, v.heard))
	v.runUntil("a new hello after the goodbye", 10*time.Second, func() bool { return len(nonces(v.t, v.heard)) > before })
}

func nonces(t testing.TB, all []said) map[string]bool {
	out := map[string]bool{}
	for _, s := range all {
		if s.kind == helloKind {
			out[string(s.body(t)[3].([]byte))] = true
		}
	}
	return out
}

// checkRecords tells what was not merged, and what was not acknowledged.
func (v *player) checkRecords() {
	v.t.Helper()
	records := 0
	for _, s := range of(v.said, v.as, changesKind) {
		b := s.body(v.t)
		scope := scopesNamed(v.site)[scopeOf(b)]
		for _, r := range v.records(b) {
			records++
			held, _, _, err := feed.Load(v.node.disk.tx(v.t), scope, r.Key())
			if err != nil || !bytes.Equal(record.Canonical(&held), record.Canonical(&r)) {
				v.t.Errorf("%s %s of %s is not as it was sent: %v", r.Kind, r.ID, scope, err)
			}
		}
	}
	if records == 0 {
		v.t.Error("no records were recorded")
	}
	got, want := v.reached(v.heard), v.reached(v.said)
	if fmt.Sprint(got) != fmt.Sprint(want) || len(want) != 2 {
		v.t.Errorf("acknowledged %v, and then %v", got, want)
	}
}

// reached is how far the node's end said to be, by scope.
func (v *player) reached(all []said) map[uint64]uint64 {
	out := map[uint64]uint64{}
	for _, s := range all {
		if s.by != v.real || s.kind != ackKind && s.kind != beatKind {
			continue
		}
		b := s.body(v.t)
		reports := b[1]
		if s.kind == beatKind {
			reports = b[2]
		}
		for _, r := range reports.([]any) {
			r := r.([]any)
			out[r[0].(uint64)] = r[2].(uint64)
		}
	}
	return out
}

// checkAnswers compares what became of pulls, digests and refusals.
func (v *player) checkAnswers() {
	v.t.Helper()
	for _, s := range of(v.said, v.as, pullKind) {
		scope := s.body(v.t)[1].([]any)[0].(uint64)
		if !slices.ContainsFunc(of(v.heard, v.real, changesKind), func(a said) bool {
			return scopeOf(a.body(v.t)) == scope && a.at > s.at && a.at < s.at+time.Second
		}) {
			v.t.Errorf("the pull of scope %d after %s was not answered", scope, s.at)
		}
	}
	for scope := range uint64(2) {
		if got, want := v.phases(v.heard, scope), v.phases(v.said, scope); fmt.Sprint(got) != fmt.Sprint(want) {
			v.t.Errorf("digests of scope %d were answered %v, and then %v", scope, want, got)
		}
	}
	refused, repairs := len(of(v.said, v.as, rejectKind))+len(of(v.said, v.real, rejectKind)), 0
	for _, s := range of(v.heard, v.real, changesKind) {
		if s.body(v.t)[6] == uint64(2) {
			repairs++
		}
	}
	if got := len(of(v.heard, v.real, rejectKind)) + len(of(v.said, v.as, rejectKind)); got != refused || repairs == 0 {
		v.t.Errorf("%d records were refused, want %d; %d frames of repairs", got, refused, repairs)
	}
}

// phases are the node's answers to digests, in their order.
func (v *player) phases(all []said, scope uint64) (out []uint64) {
	for _, s := range of(all, v.real, digestKind) {
		if b := s.body(v.t); scopeOf(b) == scope && b[2] != nil && b[2] != uint64(0) {
			out = append(out, b[2].(uint64))
		}
	}
	return out
}

// checkShapes tells which keys a node of that time would miss, and which it would misread.
func (v *player) checkShapes() {
	v.t.Helper()
	for kind := seal.Kind(helloKind); kind < probeKind; kind++ {
		then, today := of(v.said, v.real, kind), of(v.heard, v.real, kind)
		types := map[int]string{}
		for _, s := range then {
			for key, value := range s.body(v.t) {
				types[key] = fmt.Sprintf("%T", value)
			}
		}
		for key, want := range types {
			always := !slices.ContainsFunc(then, func(s said) bool { return s.body(v.t)[key] == nil })
			for _, s := range today {
				if value := s.body(v.t)[key]; (value != nil || always) && fmt.Sprintf("%T", value) != want {
					v.t.Errorf("key %d of %s is a %T, and was a %s", key, kindNames[kind], value, want)
				}
			}
		}
		if len(today) == 0 && len(then) > 0 && kind != byeKind {
			v.t.Errorf("the node sent no %s", kindNames[kind])
		}
	}
}
