package simulation

import (
	"bytes"
	"context"
	"time"

	"github.com/aashram-care/sangam/sync/bundle"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// stick is a bundle that somebody carries about, and reads whenever it suits: late, again, after a newer one.
type stick struct {
	site record.ID
	way  seal.Direction
	data []byte
}

const maxSticks = 12

// carry lets somebody write a stick at one end of a link, or read an old one.
func (w *world) carry() {
	if len(w.sticks) > 0 && w.chance(0.3) {
		w.readStick(w.sticks[w.random.IntN(len(w.sticks))])
		return
	}
	from := w.anyone()
	if !from.alive {
		return
	}
	s := stick{site: from.site, way: seal.Up}
	if from.isHub() {
		s.site, s.way = w.sites[w.random.IntN(len(w.sites))], seal.Down
	}
	held := w.said(s, from)
	var out bytes.Buffer
	_, err := bundle.Write(context.Background(), &out, bundle.Source{
		Site: s.site, Node: from.name, Scopes: []bundle.ScopeNo{bundle.Site}, View: from.store.View, Held: held,
		Stream: w.stream(s), Random: entropy{w.random}, Now: from.clock(),
	}, func(int, int) {})
	from.settle()
	if err != nil {
		w.tracef(from.name, "writes no stick: %v", err)
		return
	}
	s.data = out.Bytes()
	w.tracef(from.name, "writes a stick of %d bytes", len(s.data))
	if w.sticks = append(w.sticks, s); len(w.sticks) > maxSticks {
		w.sticks = w.sticks[1:]
	}
	w.at(w.upTo(20*time.Second), func() {
		if !w.calm {
			w.readStick(s)
		}
	})
}

// said is what a reader told the writer that it holds, or nothing.
func (w *world) said(s stick, from *process) bundle.Held {
	to := w.reader(s)
	if to == nil || w.chance(0.5) {
		return bundle.Held{}
	}
	return look(w, to.disk, func(tx feed.Tx) (bundle.Held, error) { return bundle.ReadHeld(tx, s.site, peerOf(to, s.site)) })
}

// reader is a process at the other end that is up.
func (w *world) reader(s stick) *process {
	for _, p := range w.processes() {
		if p.alive && p.isHub() == (s.way == seal.Up) && (p.isHub() || p.site == s.site) {
			return p
		}
	}
	return nil
}

// peerOf is how a process calls the other end of a site's link in its store.
func peerOf(p *process, site record.ID) string {
	if p.isHub() {
		return link.SitePeer(site)
	}
	return link.HubPeer
}

func (w *world) ring(site record.ID) *seal.Ring {
	ring := seal.NewRing(site)
	if err := ring.Add(w.keys[site].ID, w.keys[site].Key); err != nil {
		panic(err) // the keys are the simulation's own
	}
	return ring
}

func (w *world) stream(s stick) *seal.Stream {
	stream, err := w.ring(s.site).Stream(s.way, w.keys[s.site].ID, entropy{w.random}.id())
	if err != nil {
		panic(err) // the keys are the simulation's own
	}
	return stream
}

func (w *world) readStick(s stick) {
	p := w.reader(s)
	if p == nil || p.isHub() && head(p.disk, feed.SiteScope(s.site)).timeline.IsZero() {
		return // a hub that has not met the site has no such scope yet
	}
	peer := peerOf(p, s.site)
	sum, err := bundle.Read(context.Background(), bytes.NewReader(s.data), bundle.Target{
		Site: s.site, Peer: peer, Ring: w.ring(s.site), Direction: s.way, View: p.store.View,
		Adopt: func(ctx context.Context, scope feed.Scope, c feed.Cursor) error {
			return p.store.Write(ctx, func(tx feed.Tx) error { return feed.Adopt(tx, scope, peer, c) })
		},
		Merge: func(ctx context.Context, in bundle.Incoming) (applied, parked int, err error) {
			m, err := p.store.Merge(ctx, link.Incoming{
				Scope: in.Scope, Peer: in.Peer, Timeline: in.Timeline, From: in.From, To: in.To, Head: in.Head, Records: in.Records, Advance: true,
			})
			return m.Applied, len(m.Parked), err
		},
	}, func(int, int) {})
	w.tracef(p.name, "reads a stick: %d records, %d new, %v", sum.Records, sum.Applied, err)
	p.settle()
}
