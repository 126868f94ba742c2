package link

import (
	"slices"

	"github.com/aashram-care/sangam/sync/feed"
)

const (
	// liveWindow is how many unacknowledged bytes the live lane may have under way; what is committed then waits for
	// an ack and goes out in fewer, larger frames.
	liveWindow = 256 << 10
	// minCredit is what every session may send of a backlog without being granted more: one frame.
	minCredit = 64 << 10
	maxFlight = 256 // frames under way
)

// flight is a frame under way.
type flight struct {
	from, to feed.Seq
	bytes    int
	lane     lane
}

// outflow is the owner's side of one scope: what the peer was sent of this store's feed.
//
// Up to back everything was sent, and from start to live too; between back and start lies the backlog.
type outflow struct {
	timeline feed.Timeline // of this store; zero while the scope has none
	head     feed.Seq
	spans    []feed.Span // that the peer sent in this session

	acked feed.Seq // the peer holds all up to here
	has   ranges   // and these

	back, start, live feed.Seq
	flights           []flight
	single            feed.Seq // one record a frame up to here

	epoch  uint64 // rises with each pull
	busy   bool
	answer bool // a pull waits for a frame, also an empty one
	failed bool // reading failed; tried again at the next beat

	pending skip // a stretch wholly left out, that rides on the next frame
}

// begin sets off from where the peer is.
func (o *outflow) begin(p place, since feed.Seq, theirs []feed.Span) {
	*o = outflow{
		timeline: p.timeline, head: p.head, spans: theirs, acked: since,
		back: since, start: p.head, live: p.head,
	}
}

// sent is up to where everything was sent.
func (o *outflow) sent() feed.Seq {
	if o.back >= o.start {
		return max(o.back, o.live)
	}
	return o.back
}

// pulled sends all over again from where the peer says it is. Its word counts more than what was thought before: while
// the session was founded another one may have moved its cursor, also back.
func (o *outflow) pulled(r report, single feed.Seq) {
	if r.Seq <= o.head {
		o.acked, o.has = r.Seq, nil
	}
	o.heard(r)
	o.epoch++
	o.busy = false
	o.back, o.start, o.live = o.acked, o.head, o.head
	o.flights, o.single, o.answer = nil, single, true
	o.pending = skip{}
}

// heard takes the peer's report.
func (o *outflow) heard(r report) {
	if r.Seq > o.head {
		return // of a head that this store never had: not ours to count
	}
	o.acked = max(o.acked, r.Seq)
	for _, s := range r.Ranges {
		if s.To <= o.head {
			o.has.add(s.From, s.To)
		}
	}
	o.acked = o.has.reach(o.acked)
	o.has.absorb(o.acked)
	o.flights = slices.DeleteFunc(o.flights, func(f flight) bool { return o.has.covers(o.acked, f.from, f.to) })
}

func (o *outflow) underway(l lane) (bytes int) {
	for _, f := range o.flights {
		if f.lane == l {
			bytes += f.bytes
		}
	}
	return bytes
}

// nextRead says what to read next: fresh commits first, then the backlog as far as the peer's credit goes.
func (o *outflow) nextRead(credit int, freshFirst bool) (l lane, since feed.Seq, ok bool) {
	switch {
	case o.busy || o.failed || o.timeline.IsZero() || len(o.flights) >= maxFlight:
		return 0, 0, false
	case o.live < o.head && o.underway(laneLive) < liveWindow && (freshFirst || o.back >= o.start):
		return laneLive, o.live, true
	case o.back < o.start && o.underway(laneBackfill) < max(credit, minCredit):
		o.back = o.has.reach(o.back)
		if o.back < o.start {
			return laneBackfill, o.back, true
		}
	}
	return 0, 0, false
}

// clip leaves out what the peer has beyond the next hole.
func (o *outflow) clip(b *feed.Batch) {
	limit := o.has.next(b.From)
	if limit == 0 || b.To <= limit {
		return
	}
	b.To = limit
	b.Records = slices.DeleteFunc(b.Records, func(s feed.Sequenced) bool { return s.Seq > limit })
}

// took moves a lane over a stretch that was read.
func (o *outflow) took(l lane, b feed.Batch) {
	o.head = max(o.head, b.Head)
	if l == laneLive {
		caughtUp := o.back >= o.start
		o.live = max(o.live, b.To)
		if caughtUp {
			o.back, o.start = o.live, o.live
		}
		return
	}
	o.back = max(o.back, b.To)
	if o.back >= o.start {
		o.live = max(o.live, o.back)
		o.back, o.start = o.live, o.live
	}
}

// leave keeps a stretch that was wholly left out until a frame goes that way.
func (o *outflow) leave(no scopeNo, b feed.Batch) {
	if p := &o.pending; p.To > p.From && p.To >= b.From && p.From <= b.From {
		p.To, p.Head = max(p.To, b.To), max(p.Head, b.Head)
		return
	}
	// Two that do not touch: the older one is found missing and asked for, which an empty frame answers.
	o.pending = skip{Scope: no, Timeline: o.timeline, From: b.From, To: b.To, Head: b.Head}
}

// rider takes the stretch that waits for a frame.
func (o *outflow) rider() (skip, bool) {
	p := o.pending
	o.pending = skip{}
	return p, p.To > p.From
}
