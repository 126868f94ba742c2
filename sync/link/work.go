package link

import (
	"context"
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
