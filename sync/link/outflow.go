package link

import (
	"cmp"
	"slices"
	"time"

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
	sent     time.Time
	number   uint64 // of the frame in the session; 0 when the peer has it no longer
	was      uint64 // number of the frame that it repeats
	again    bool   // it was sent before
	came     bool   // the peer has it, and did not say yet that it is on disk
	rider    skip   // that went with it
	// What had been acknowledged of the backlog when it left, and when.
	acked   int
	ackedAt time.Time
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
	lost              []flight // to be sent again, fresh ones first
	paces             [laneRepair]pace
	newest            time.Time     // when the latest frame that came was sent
	reorder           time.Duration // how late a frame may be that others overtook
	kept              bool          // what came counts as on disk, to show why it must not
	width             width
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
		paces: [laneRepair]pace{
			laneLive:     {least: liveTimeout, first: firstLive},
			laneBackfill: {least: backfillTimeout, first: firstBackfill},
		},
	}
}

// sent is up to where everything was sent.
func (o *outflow) sent() feed.Seq {
	if o.back >= o.start {
		return max(o.back, o.live)
	}
	return o.back
}

// pulled sends again what the peer lacks, from where it says that it is. Its word counts more than what was thought
// before: while the session was founded another one may have moved its cursor, also back, and what came may have been
// dropped. What was sent only now may have crossed the pull and is not sent again yet, and what was fresh stays ahead of
// the backlog; but a peer that cannot read is sent all of it anew.
func (o *outflow) pulled(p pull, now time.Time) {
	if p.Report.Seq <= o.head {
		o.acked, o.has = p.Report.Seq, nil
	}
	o.heard(p.Report, now)
	o.epoch++
	o.busy = false
	o.live = max(o.live, o.acked)
	o.back, o.start = o.acked, o.live
	sent := o.flights
	o.flights = nil
	if p.Single > 0 {
		sent, o.lost = nil, nil
	}
	for i := range o.lost {
		o.lost[i].without(p.Came)
	}
	for _, f := range sent {
		if o.kept && f.came {
			o.flights = append(o.flights, f)
			continue
		}
		f.without(p.Came)
		if f.number > p.Came.Newest && o.paces[f.lane].underway(f, now) {
			o.flights = append(o.flights, f)
		} else {
			o.lose(f)
		}
	}
	o.single, o.answer = p.Single, true
	o.pending = skip{}
}

// without forgets that a frame came: the peer lacks what it brought, though it has had the frames in c.
func (f *flight) without(c came) {
	f.came, f.was = false, 0
	if f.number <= c.Newest {
		f.number = 0
	}
}

// came counts the frames that the peer has, merged or not: they are not lost. One that was taken for lost too early is
// waited for longer from now on.
func (o *outflow) came(c came) {
	late := func() { o.reorder = min(2*max(o.reorder, leastReorder), mostReorder) }
	for i := range o.flights {
		f := &o.flights[i]
		switch {
		case f.came:
		case c.has(f.number):
			f.came = true
			o.newest = later(o.newest, f.sent)
			if f.again {
				o.reorder -= o.reorder / 16
			}
		case c.has(f.was):
			f.came = true
			late()
		}
	}
	o.lost = slices.DeleteFunc(o.lost, func(f flight) bool {
		if f.came = c.has(f.number); f.came {
			o.flights = append(o.flights, f)
			late()
		}
		return f.came
	})
}

// heard takes the peer's report.
func (o *outflow) heard(r report, now time.Time) {
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
	there := func(f flight) bool { return o.has.covers(o.acked, f.from, f.to) }
	o.flights = slices.DeleteFunc(o.flights, func(f flight) bool {
		if !there(f) {
			return false
		}
		o.paces[f.lane].acknowledged(f, now)
		if f.lane == laneBackfill {
			o.width.acknowledged(f, now)
		}
		return true
	})
	o.lost = slices.DeleteFunc(o.lost, there)
	o.flights = slices.DeleteFunc(o.flights, func(f flight) bool {
		overtaken := !f.came && o.newest.Sub(f.sent) > max(o.reorder, leastReorder)
		if overtaken {
			o.lose(f)
		}
		return overtaken
	})
}

// lose puts a stretch on the list of those that are sent again.
func (o *outflow) lose(f flight) {
	if f.rider.To > f.rider.From && o.pending.To <= o.pending.From {
		o.pending = f.rider
	}
	i, _ := slices.BinarySearchFunc(o.lost, f, func(a, b flight) int {
		return cmp.Or(cmp.Compare(a.lane, b.lane), cmp.Compare(a.from, b.from))
	})
	o.lost = slices.Insert(o.lost, i, f)
}

// first is the frame of a lane whose time is up first, and when.
func (o *outflow) first(l lane, heard time.Time) (at int, due time.Time, ok bool) {
	for i, f := range o.flights {
		up, waits := o.paces[l].due(f.sent, heard)
		if f.came {
			up, waits = f.sent.Add(mostHeld), !o.kept
		}
		if f.lane == l && waits && (!ok || up.Before(due)) {
			at, due, ok = i, up, true
		}
	}
	return at, due, ok
}

// due is when a frame that nobody acknowledged counts as lost; heard is when the peer last said anything.
func (o *outflow) due(heard time.Time) (at time.Time, ok bool) {
	for l := range laneRepair {
		if _, due, waits := o.first(l, heard); waits && (!ok || due.Before(at)) {
			at, ok = due, true
		}
	}
	return at, ok
}

// overdue gives up the first frame of each lane that waited too long. One alone: its acknowledgement tells what
// became of the others.
func (o *outflow) overdue(heard, now time.Time) {
	for l := range laneRepair {
		if i, due, waits := o.first(l, heard); waits && !due.After(now) {
			f := o.flights[i]
			o.flights = slices.Delete(o.flights, i, i+1)
			if f.came {
				f.came, f.number, f.was = false, 0, 0
			} else {
				o.paces[l].backoff++
				o.paces[l].moved = now
			}
			o.lose(f)
		}
	}
}

// sendOff counts a frame that goes out.
func (o *outflow) sendOff(f flight, now time.Time) {
	if o.underway(laneBackfill) == 0 {
		o.width.at = now
	}
	f.sent, f.acked, f.ackedAt = now, o.width.bytes, o.width.at
	o.flights = append(o.flights, f)
}

// rewind keeps deadlines within reach when a clock without a monotonic part was set back.
func (o *outflow) rewind(now time.Time) {
	for i := range o.flights {
		f := &o.flights[i]
		f.sent, f.ackedAt = earlier(f.sent, now), earlier(f.ackedAt, now)
	}
	for l := range o.paces {
		p := &o.paces[l]
		p.moved = earlier(p.moved, now)
	}
	o.newest = earlier(o.newest, now)
	o.width.at, o.width.turn = earlier(o.width.at, now), earlier(o.width.turn, now)
}

func (o *outflow) underway(l lane) (bytes int) {
	for _, f := range o.flights {
		if f.lane == l {
			bytes += f.bytes
		}
	}
	return bytes
}

// errand is a stretch to be read and sent; a zero upTo means the head.
type errand struct {
	lane        lane
	since, upTo feed.Seq
	again       bool
	was         uint64 // number of the frame that brought it before
}

// next says what to read next: fresh commits first, what was lost of them before others, then the backlog as far as
// the peer's credit and the line go.
func (o *outflow) next(credit int, freshFirst bool) (e errand, ok bool) {
	if o.busy || o.failed || o.timeline.IsZero() || len(o.flights) >= maxFlight {
		return e, false
	}
	window := min(max(credit, minCredit), o.width.window())
	room := [laneRepair]bool{o.underway(laneLive) < liveWindow, o.underway(laneBackfill) < window}
	fresh := room[laneLive] && o.live < o.head && (freshFirst || o.back >= o.start)
	for len(o.lost) > 0 {
		f := o.lost[0]
		if !room[f.lane] || f.lane == laneBackfill && fresh {
			break
		}
		since := o.has.reach(max(f.from, o.acked))
		if since < f.to {
			return errand{lane: f.lane, since: since, upTo: o.hole(since, f.to), again: true, was: f.number}, true
		}
		o.lost = o.lost[1:]
	}
	switch {
	case fresh:
		return errand{lane: laneLive, since: o.live}, true
	case o.back < o.start && room[laneBackfill]:
		taken := o.taken()
		o.back = taken.reach(max(o.back, o.acked))
		if o.back < o.start {
			return errand{lane: laneBackfill, since: o.back, upTo: taken.next(o.back)}, true
		}
	}
	return e, false
}

// hole is where the stretch up to limit ends that the peer lacks after since.
func (o *outflow) hole(since, limit feed.Seq) feed.Seq {
	if at := o.has.next(since); at > 0 {
		return min(at, limit)
	}
	return limit
}

// taken is what the peer has beyond the cursor, or will have by what is on its way or goes before the backlog.
func (o *outflow) taken() ranges {
	all := slices.Clone(o.has)
	for _, f := range slices.Concat(o.flights, o.lost) {
		all.add(f.from, f.to)
	}
	return all
}

// took moves a lane over a stretch that was read, or takes it off the list of what was lost.
func (o *outflow) took(e errand, b feed.Batch) {
	o.head = max(o.head, b.Head)
	switch {
	case e.again:
		if len(o.lost) > 0 {
			if f := &o.lost[0]; b.To >= f.to {
				o.lost = o.lost[1:]
			} else {
				f.from = max(f.from, b.To)
			}
		}
	case e.lane == laneLive:
		caughtUp := o.back >= o.start
		o.live = max(o.live, b.To)
		if caughtUp {
			o.back, o.start = o.live, o.live
		}
	default:
		o.back = max(o.back, b.To)
		if o.back >= o.start {
			o.live = max(o.live, o.back)
			o.back, o.start = o.live, o.live
		}
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
