package link_test

import (
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/seal"
)

// FuzzAnyFrameOfASiteUnderTheRightKey gives a hub whatever a site with the right key might say. Whatever it was, the
// store stays sound and the site's next hello has its answer.
func FuzzAnyFrameOfASiteUnderTheRightKey(f *testing.F) {
	recorded := readRecording(f, protocol1)
	var hello said
	seeds := map[seal.Kind]int{}
	for _, s := range recorded.said {
		if s.by != theEdge {
			continue
		}
		if s.kind == helloKind {
			hello = s // the last is under the site's key
		}
		if seeds[s.kind]++; seeds[s.kind] <= 3 {
			f.Add(byte(s.kind), s.data)
		}
	}
	f.Fuzz(func(t *testing.T, kind byte, data []byte) {
		if len(data) > seal.MaxBody/2 {
			return
		}
		v := newPlayer(t, recorded, theEdge, false)
		v.keys[v.site] = []link.SiteKey{v.key}
		v.hub.prepare()
		v.write(v.hub, feed.Network, "note", 2) // so that its feeds begin as the recorded hub's did
		v.hub.start()
		v.meet(hello)
		v.runFor(time.Second)
		v.sayAnything(seal.Kind(kind), v.patched(data))
		v.runFor(12 * time.Second)
		if err := v.hub.disk.View(func(tx feed.Tx) error { return feed.Check(tx, schema) }); err != nil {
			t.Error(err)
		}
		if st := v.atHub(); st.Backlog.Records < 0 || st.Lag < 0 {
			t.Errorf("the hub says %+v", st)
		}
		again := hello.body(t)
		again[3] = make([]byte, len(seal.Nonce{}))
		v.sayOpen(t, v.site, v.ring, again)
		v.await(welcomeKind)
	})
}

// sayAnything seals a body as its kind has to be.
func (v *player) sayAnything(kind seal.Kind, data []byte) {
	v.t.Helper()
	var frame []byte
	var err error
	if kind == helloKind || kind == byeKind {
		frame, err = v.ring.Seal(bits{v.random}, seal.Up, seal.Header{Kind: kind, Session: v.session.ID()}, data)
	} else {
		frame, err = v.session.Seal(bits{v.random}, kind, data)
	}
	if err != nil {
		v.t.Fatal(err)
	}
	if _, err := v.bus.Publish(v.t.Context(), v.edge.channelUp(), frame); err != nil {
		v.t.Fatal(err)
	}
}
