package link

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// Work is an effect on the node itself. Its outcome is an event for the machine that asked for it. Outcomes may come
// in any order, but each Work must be performed once, and begun in the order in which they were asked for.
type Work interface {
	Effect
	// Perform does it. It fails by an outcome that says so.
	Perform(ctx context.Context, d Desk) Event
	// Slow tells that it writes, and may wait for others who do.
	Slow() bool
}

// Desk is what works are performed with. Keep is an edge's, Enrol a hub's.
type Desk struct {
	Store Store
	Keep  func(context.Context, Enrolled) error
	Enrol func(context.Context, Enrolment) (SiteKey, error)
}

type reading struct{}

func (reading) effect()    {}
func (reading) Slow() bool { return false }

type writing struct{}

func (writing) effect()    {}
func (writing) Slow() bool { return true }

// outcome of a work that a session asked for. Those of a former session find nobody.
type outcome struct {
	session uint64
	err     error
}

func (outcome) event()           {}
func (o outcome) about() outcome { return o }

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

// read takes the next stretch of a feed.
type read struct {
	reading
	session uint64
	epoch   uint64 // of the outflow: a pull makes what was read before it stale
	no      scopeNo
	scope   feed.Scope
	errand  errand
	options feed.ReadOptions
	vouched bool // only what the hub vouched for
}

type gotBatch struct {
	outcome
	epoch  uint64
	no     scopeNo
	errand errand
	batch  feed.Batch
	macs   []byte
}

func (w read) Perform(_ context.Context, d Desk) Event {
	out := gotBatch{outcome: outcome{session: w.session}, epoch: w.epoch, no: w.no, errand: w.errand}
	out.err = d.Store.View(func(tx feed.Tx) (err error) {
		if out.batch, err = feed.Read(tx, w.scope, w.errand.since, w.options); err == nil && w.vouched {
			out.batch.Records, out.macs, err = vouchedOnly(tx, out.batch.Records)
		}
		return err
	})
	return out
}

// merge unites what came with what is held.
type merge struct {
	writing
	session uint64
	no      scopeNo
	frames  []*arrival
	in      Incoming
	vouch   []byte // MACs of the hub, one a record
	repair  bool

	givenBack bool // by a site, of the network's records
}

// takeBack merges what a site gave back of the network's records. Nothing is remembered of where it came from: it is
// what the hub once made, and the site may hold less, if it died between keeping a MAC and merging its record.
func (w merge) takeBack(ctx context.Context, d Desk) (Merged, error) {
	records := slices.Clone(w.in.Records)
	for i := range records {
		records[i].Seq = 0
	}
	m, err := d.Store.Merge(ctx, Incoming{Scope: w.in.Scope, Records: records})
	if err != nil {
		return Merged{}, err
	}
	frame := feed.Frame{Timeline: w.in.Timeline, From: w.in.From, To: w.in.To, Head: w.in.Head}
	err = d.Store.Write(ctx, func(tx feed.Tx) (err error) {
		m.Cursor, err = feed.Advance(tx, w.in.Scope, w.in.Peer, frame)
		return err
	})
	return m, err
}

type mergedIn struct {
	outcome
	work   merge
	result Merged
}

func (w merge) Perform(ctx context.Context, d Desk) Event {
	out := mergedIn{outcome: outcome{session: w.session}, work: w}
	if len(w.vouch) > 0 {
		// Before the merge: a record without its MAC could never be given back, a MAC without its record does no harm.
		out.err = d.Store.Write(ctx, func(tx feed.Tx) error { return Vouch(tx, w.in.Records, w.vouch) })
	}
	switch {
	case out.err != nil:
	case w.givenBack:
		out.result, out.err = w.takeBack(ctx, d)
	default:
		out.result, out.err = d.Store.Merge(ctx, w.in)
	}
	if out.err != nil {
		out.err = fmt.Errorf("merge (%d, %d] of %s from %s: %w", w.in.From, w.in.To, w.in.Scope, w.in.Peer, out.err)
	}
	return out
}

// park keeps a batch of one record that cannot be read, and moves on over it.
type park struct {
	writing
	session uint64
	no      scopeNo
	scope   feed.Scope
	peer    string
	frame   feed.Frame
	at      feed.Seq
	reason  string
	data    []byte
}

func (w park) Perform(ctx context.Context, d Desk) Event {
	out := mergedIn{outcome: outcome{session: w.session}, work: merge{no: w.no, in: Incoming{
		Scope: w.scope, Peer: w.peer, Timeline: w.frame.Timeline, From: w.frame.From, To: w.frame.To, Head: w.frame.Head,
	}}}
	out.err = d.Store.Write(ctx, func(tx feed.Tx) (err error) {
		source := feed.Source{Peer: w.peer, Timeline: w.frame.Timeline, Seq: w.at}
		if err = feed.Park(tx, w.scope, source, w.reason, w.data); err != nil {
			return err
		}
		out.result.Cursor, err = feed.Advance(tx, w.scope, w.peer, w.frame)
		return err
	})
	out.result.Parked = []record.Key{{}}
	return out
}

// sum reads the digest of a scope.
type sum struct {
	reading
	session uint64
	no      scopeNo
	scope   feed.Scope
	asked   *digest // by the peer; nil when this end begins
}

type summed struct {
	outcome
	no       scopeNo
	asked    *digest
	timeline feed.Timeline
	head     feed.Seq
	buckets  []feed.Bucket
}

func (w sum) Perform(_ context.Context, d Desk) Event {
	out := summed{outcome: outcome{session: w.session}, no: w.no, asked: w.asked}
	out.err = d.Store.View(func(tx feed.Tx) (err error) {
		if out.timeline, out.head, err = feed.Head(tx, w.scope); err != nil {
			return err
		}
		out.buckets, err = feed.Digest(tx, w.scope)
		return err
	})
	return out
}

// gather reads the records of a bucket that a digest found to differ.
type gather struct {
	reading
	session   uint64
	no        scopeNo
	scope     feed.Scope
	kind, day string
	after     record.ID
	vouched   bool
}

type gathered struct {
	outcome
	work    gather
	records []feed.Sequenced
	macs    []byte
	more    bool
}

// gatherBytes bounds a frame of repairs.
const gatherBytes = 48 << 10

func (w gather) Perform(_ context.Context, d Desk) Event {
	out := gathered{outcome: outcome{session: w.session}, work: w}
	size := 0
	out.err = d.Store.View(func(tx feed.Tx) error {
		err := feed.ByDay(tx, w.scope, w.kind, w.day, func(r record.Record) (bool, error) {
			if string(r.ID[:]) <= string(w.after[:]) {
				return true, nil
			}
			size += len(record.Encode(&r))
			if out.more = len(out.records) > 0 && size > gatherBytes; out.more {
				return false, nil
			}
			out.records = append(out.records, feed.Sequenced{Record: r})
			out.work.after = r.ID
			return true, nil
		})
		if err == nil && w.vouched {
			out.records, out.macs, err = vouchedOnly(tx, out.records)
		}
		return err
	})
	return out
}

// keep stores what a hub gave.
type keep struct {
	writing
	session uint64
	given   Enrolled
}

type kept struct {
	outcome
	given Enrolled
}

func (w keep) Perform(ctx context.Context, d Desk) Event {
	return kept{outcome: outcome{session: w.session, err: d.Keep(ctx, w.given)}, given: w.given}
}

// enrol binds a site to the hub.
type enrol struct {
	writing
	session    uint64
	hello      hello
	invitation seal.Secret
	enrolment  Enrolment
}

type enrolled struct {
	outcome
	work enrol
	key  SiteKey
}

func (w enrol) Perform(ctx context.Context, d Desk) Event {
	key, err := d.Enrol(ctx, w.enrolment)
	return enrolled{outcome: outcome{session: w.session, err: err}, work: w, key: key}
}

// lagOf is how long the oldest unacknowledged edit has waited.
func lagOf(b Backlog, now time.Time) time.Duration {
	if b.OldestAt.IsZero() {
		return 0
	}
	return max(0, now.Sub(b.OldestAt))
}
