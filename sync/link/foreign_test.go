package link_test

import (
	"context"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// TestAnotherSitesCredentialsReadAndWriteNothingOfThisOne lets somebody who holds all that site B has (its key, and a
// line on which every frame can be heard and any can be sent) do to site A what they can.
func TestAnotherSitesCredentialsReadAndWriteNothingOfThisOne(t *testing.T) {
	p := startPair(t)
	a, b := p.site, p.known("another clinic")
	ears := map[string]func() [][]byte{}
	thief := p.net.Open("thief")
	for _, channel := range []string{bus.UpChannel(bus.Bucket(a)), bus.DownChannel(a)} {
		sub, err := thief.SubscribeNow(t.Context(), channel)
		if err != nil {
			t.Fatal(err)
		}
		ears[channel] = func() (heard [][]byte) {
			for {
				m, ok, err := sub.TryReceive()
				if err != nil || !ok {
					return heard
				}
				heard = append(heard, m.Payload)
			}
		}
	}
	secret := p.write(p.edge, p.scope, "entry", 3)
	p.arrives("A's edit at the hub", p.hub, p.scope, secret, time.Minute)

	// Reading: B's key opens no frame of A, whatever ring it is put into.
	key := p.keys[b][0].Key
	heard := 0
	for _, ear := range ears {
		for _, frame := range ear() {
			h, err := seal.ParseHeader(frame)
			if err != nil || h.Site != [16]byte(a) {
				continue
			}
			heard++
			ring := seal.NewRing(a)
			if err := ring.Add(h.KeyID, key); err != nil {
				t.Fatal(err)
			}
			for _, d := range []seal.Direction{seal.Up, seal.Down} {
				if _, _, err := ring.Unseal(d, frame); err == nil {
					t.Error("B's key opens a frame of A")
				}
			}
		}
	}
	if heard == 0 {
		t.Fatal("nothing of A was heard")
	}

	// Writing: frames in A's name under B's key, to both ends.
	before := p.hub.disk.head(t, p.scope)
	mine := p.edge.disk.head(t, p.scope)
	forged := seal.NewRing(a)
	if err := forged.Add(p.keys[a][0].ID, key); err != nil {
		t.Fatal(err)
	}
	session, err := forged.Session(seal.Edge, p.keys[a][0].ID, seal.Nonce{1}, seal.Nonce{2})
	if err != nil {
		t.Fatal(err)
	}
	records := entries(t, p.world, 1)
	line := bits{p.random}.id()
	said := map[seal.Kind]body{
		helloKind: {1: "thief", 2: line, 3: line, 4: 1, 5: 1, 6: 1, 7: p.now.UnixMilli(), 10: 65536,
			8: []any{[]any{0, 1, []any{[]any{line, 1}}, []any{}}, []any{1, 0, []any{}, []any{}}}},
		byeKind:     {1: 1},
		changesKind: {1: 0, 2: line, 3: 1, 4: 0, 5: 1, 6: 0, 7: 1, 8: []int{1}, 9: batchOf(t, records...)},
	}
	for kind, content := range said {
		data, err := cbor.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []seal.Direction{seal.Up, seal.Down} {
			frame, err := forged.Seal(bits{p.random}, d, seal.Header{Kind: kind}, data)
			if err != nil {
				t.Fatal(err)
			}
			send(t, p, thief.Publish, d, a, frame)
		}
		frame, err := session.Seal(bits{p.random}, kind, data)
		if err != nil {
			t.Fatal(err)
		}
		send(t, p, thief.Publish, seal.Up, a, frame)
	}
	p.runFor(30 * time.Second)
	if got := p.hub.disk.head(t, p.scope); got != before {
		t.Errorf("A's scope at the hub went from %d to %d", before, got)
	}
	if got := p.edge.disk.head(t, p.scope); got != mine {
		t.Errorf("A's scope at the site went from %d to %d", mine, got)
	}
	if st := p.atHub(); st.State != link.Live {
		t.Errorf("A is %s at the hub", st.State)
	}

	// B as itself, over its own line: whatever it sends lands in its own scope.
	own := p.addEdge("another", b, p.addDisk())
	own.start()
	p.runUntil("B live", time.Minute, func() bool { return own.edge.Status(own.clock()).State == link.Live })
	written := p.write(own, feed.SiteScope(b), "entry", 1)
	p.arrives("B's edit at the hub", p.hub, feed.SiteScope(b), written, time.Minute)
	for _, n := range []*node{p.hub, p.edge} {
		if has(t, n.disk, p.scope, written) {
			t.Error("B's record is among A's")
		}
	}
	if has(t, own.disk, feed.SiteScope(b), secret) || has(t, own.disk, p.scope, secret) {
		t.Error("B holds a record of A")
	}
}

// send publishes a frame in a site's name.
func send(t *testing.T, p *pair, publish func(context.Context, string, []byte) (int, error), d seal.Direction, site record.ID, frame []byte) {
	t.Helper()
	channel := bus.UpChannel(bus.Bucket(site))
	if d == seal.Down {
		channel = bus.DownChannel(site)
	}
	if _, err := publish(t.Context(), channel, frame); err != nil {
		t.Fatal(err)
	}
	p.runFor(time.Second)
}
