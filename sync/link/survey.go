package link

import (
	"context"
	"encoding/binary"

	"github.com/aashram-care/sangam/sync/feed"
)

// place is one scope of a store as it stood at one moment.
type place struct {
	timeline feed.Timeline
	head     feed.Seq
	spans    []feed.Span
	cursors  []feed.Cursor // held of the peer's feed
}

// survey reads all that a hello or welcome says. A scope that nothing was ever written to gets its first timeline.
type survey struct {
	writing
	session uint64
	peer    string
	scopes  [scopes]feed.Scope
	fresh   [scopes]feed.Timeline
}

type surveyed struct {
	outcome
	places [scopes]place
	acked  feed.Seq // of the site's scope, as it was last remembered
}

func (w survey) Perform(ctx context.Context, d Desk) Event {
	out := surveyed{outcome: outcome{session: w.session}}
	blank, err := w.read(d, &out)
	if err == nil && blank {
		if err = d.Store.Write(ctx, w.mint); err == nil {
			_, err = w.read(d, &out)
		}
	}
	out.err = err
	return out
}

func (w survey) read(d Desk, out *surveyed) (blank bool, err error) {
	err = d.Store.View(func(tx feed.Tx) (err error) {
		for i, scope := range w.scopes {
			if out.places[i], err = readPlace(tx, scope, w.peer); err != nil {
				return err
			}
			blank = blank || len(out.places[i].spans) == 0
		}
		out.acked, err = recall(tx, out.places[siteScope])
		return err
	})
	return blank, err
}

func (w survey) mint(tx feed.Tx) error {
	for i, scope := range w.scopes {
		spans, err := feed.Spans(tx, scope)
		if err != nil {
			return err
		}
		if len(spans) > 0 {
			continue
		}
		if err := feed.Mint(tx, scope, w.fresh[i]); err != nil {
			return err
		}
	}
	return nil
}

// remember keeps how far the hub was, so that a site that starts without a line can tell what waits.
type remember struct {
	writing
	timeline feed.Timeline
	acked    feed.Seq
}

const ackedName = "acked by the hub"

func (w remember) Perform(ctx context.Context, d Desk) Event {
	row := binary.BigEndian.AppendUint64(w.timeline[:], uint64(w.acked))
	return remembered{outcome{err: d.Store.Write(ctx, func(tx feed.Tx) error { return feed.SetMeta(tx, ackedName, row) })}}
}

type remembered struct{ outcome }

func recall(tx feed.Tx, p place) (feed.Seq, error) {
	row, err := feed.Meta(tx, ackedName)
	if err != nil || len(row) != len(feed.Timeline{})+8 {
		return 0, err
	}
	end := p.head
	for i := len(p.spans) - 1; i >= 0; i-- {
		if p.spans[i].Timeline == feed.Timeline(row[:16]) {
			return min(end, feed.Seq(binary.BigEndian.Uint64(row[16:]))), nil
		}
		end = p.spans[i].First - 1
	}
	return 0, nil
}

func readPlace(tx feed.Tx, scope feed.Scope, peer string) (p place, err error) {
	if p.spans, err = feed.Spans(tx, scope); err != nil {
		return p, err
	}
	if p.timeline, p.head, err = feed.Head(tx, scope); err != nil {
		return p, err
	}
	p.cursors, err = feed.Cursors(tx, scope, peer)
	return p, err
}

// adopt settles from where each scope of the peer's feed is read in this session.
type adopt struct {
	writing
	session uint64
	peer    string
	scopes  [scopes]feed.Scope
	theirs  [scopes]place // timelines and heads that the peer told
	ablated Ablation
}

type adopted struct {
	outcome
	cursors [scopes]feed.Cursor
}

func (w adopt) Perform(ctx context.Context, d Desk) Event {
	out := adopted{outcome: outcome{session: w.session}}
	settled := true
	out.err = d.Store.View(func(tx feed.Tx) error {
		for i := range w.scopes {
			_, same, err := w.resume(tx, i, &out.cursors[i])
			if err != nil {
				return err
			}
			settled = settled && same
		}
		return nil
	})
	if settled || out.err != nil {
		return out
	}
	out.err = d.Store.Write(ctx, func(tx feed.Tx) error {
		for i, scope := range w.scopes {
			c, same, err := w.resume(tx, i, &out.cursors[i])
			if err != nil {
				return err
			}
			if same {
				continue
			}
			if err := feed.Adopt(tx, scope, w.peer, c); err != nil {
				return err
			}
		}
		return nil
	})
	return out
}

// resume finds the cursor of a scope, and whether the store holds it as it is.
func (w adopt) resume(tx feed.Tx, i int, out *feed.Cursor) (c feed.Cursor, same bool, err error) {
	if len(w.theirs[i].spans) == 0 {
		return c, true, nil
	}
	held, err := feed.Cursors(tx, w.scopes[i], w.peer)
	if err != nil {
		return c, false, err
	}
	_, c, _ = feed.Resume(w.theirs[i].spans, w.theirs[i].head, w.ablated.cursors(w.theirs[i].spans, held))
	*out = c
	return c, len(held) > 0 && held[len(held)-1] == c, nil
}

// look reads what a beat says.
type look struct {
	reading
	session   uint64
	peer      string
	scopes    [scopes]feed.Scope
	timelines [scopes]feed.Timeline // of the peer's feed
	acked     feed.Seq              // of the site's scope, for the backlog
	backlog   bool
	recall    bool // acked may be more than this, as it was last remembered
}

type looked struct {
	outcome
	places  [scopes]place // spans are left out, and cursors but the one of the timeline
	acked   feed.Seq
	backlog Backlog
}

func (w look) Perform(_ context.Context, d Desk) Event {
	out := looked{outcome: outcome{session: w.session}, acked: w.acked}
	out.err = d.Store.View(func(tx feed.Tx) error {
		for i, scope := range w.scopes {
			p, err := readPlace(tx, scope, w.peer)
			if err != nil {
				return err
			}
			out.places[i] = place{timeline: p.timeline, head: p.head}
			if w.recall && scopeNo(i) == siteScope {
				acked, err := recall(tx, p)
				if err != nil {
					return err
				}
				out.acked = max(out.acked, acked)
			}
			for _, c := range p.cursors {
				if c.Timeline == w.timelines[i] {
					out.places[i].cursors = []feed.Cursor{c}
				}
			}
		}
		if !w.backlog {
			return nil
		}
		var err error
		b := &out.backlog
		b.Records, b.Bytes, b.OldestAt, err = feed.Backlog(tx, w.scopes[siteScope], out.acked)
		return err
	})
	return out
}
