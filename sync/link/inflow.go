package link

import (
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
)

const (
	// Frames that wait to be merged. More are dropped, and asked for again when there is room.
	maxWaiting      = 64
	maxWaitingBytes = 1 << 20
	// maxHoles bounds what is remembered of a feed that comes in pieces.
	maxHoles = 512
	// holeWait is how long a hole may be reordering; firstPull how long an answer may take, doubling up to lastPull while
	// nothing of what is missing comes.
	holeWait  = 500 * time.Millisecond
	firstPull = 2 * time.Second
	lastPull  = 8 * time.Second
)

// inflow is the reader's side of one scope: what is held of the peer's feed.
type inflow struct {
	timeline feed.Timeline // that the peer told; zero while it has none
	cursor   feed.Cursor   // durable
	merged   ranges        // beyond the cursor; a skipped stretch may touch it
	seen     feed.Seq      // greatest head of a frame merged or skipped
	heard    feed.Seq      // greatest head heard of
	sent     feed.Seq      // all up to here was sent, as the peer said

	waiting []changes // as they came: unpacked they would fill the memory of a hub to which all sites come back at once
	bytes   int       // of waiting and of what is being merged
	busy    bool

	reached feed.Seq  // how far all is held when what waits is merged
	hole    bool      // something was sent beyond that and is missing
	came    time.Time // when a frame last came
	moved   time.Time // when reached last rose, or the frame came that opened the hole
	pulled  time.Time
	patient time.Duration // until the next pull
	wanted  bool          // a pull is due whatever is missing
	failed  time.Time     // when a merge failed
}

// reach is how far this end holds everything.
func (in *inflow) reach() feed.Seq { return in.merged.reach(in.cursor.Seq) }

// expected is how far it will hold everything when what waits is merged.
func (in *inflow) expected() feed.Seq {
	all := slices.Clone(in.merged)
	for _, a := range in.waiting {
		all.add(a.From, a.To)
	}
	return all.reach(in.cursor.Seq)
}

// accept takes a frame that is to be merged, and is false when there is no room for it.
func (in *inflow) accept(f changes, pool *Pool) bool {
	in.heard, in.sent = max(in.heard, f.Head), max(in.sent, f.Sent)
	if in.merged.covers(in.cursor.Seq, f.From, f.To) {
		return true
	}
	for _, w := range in.waiting {
		if w.From <= f.From && f.To <= w.To {
			return true
		}
	}
	size := len(f.Batch)
	if len(in.waiting) >= maxWaiting || len(in.merged) >= maxHoles && f.From > in.reach() || in.bytes+size > maxWaitingBytes ||
		!pool.hold(size, in.bytes == 0) {
		return false
	}
	in.waiting = append(in.waiting, f)
	in.bytes += size
	return true
}

// release gives back the room that frames took.
func (in *inflow) release(frames []changes, pool *Pool) {
	for i := range frames {
		size := len(frames[i].Batch)
		in.bytes -= size
		pool.letGo(size)
	}
}

// back puts frames to the others that wait, without the one that could not be read.
func (in *inflow) back(frames []changes, bad int, pool *Pool) {
	waiting := in.waiting
	in.waiting = nil
	for i := range frames {
		if i != bad {
			in.accept(frames[i], pool)
		}
	}
	in.waiting = append(in.waiting, waiting...)
}

// skip counts a stretch that the peer says is held already. It is made durable with the next merge or beat.
func (in *inflow) skip(from, to, head feed.Seq) {
	in.heard, in.sent = max(in.heard, head), max(in.sent, to)
	in.merged.add(from, to)
	in.seen = max(in.seen, head)
}

// next takes the frames that the next transaction merges: the first that waits, a fresh commit before the backlog,
// with those that continue it. What came again while it was being merged is let go.
func (in *inflow) next(pool *Pool) []changes {
	if in.busy {
		return nil
	}
	in.waiting = slices.DeleteFunc(in.waiting, func(f changes) bool {
		held := in.merged.covers(in.cursor.Seq, f.From, f.To)
		if held {
			in.release([]changes{f}, pool)
		}
		return held
	})
	if len(in.waiting) == 0 {
		return nil
	}
	first := max(0, slices.IndexFunc(in.waiting, func(f changes) bool { return f.Lane == laneLive }))
	last, records, to := first+1, len(in.waiting[first].Seqs), in.waiting[first].To
	for ; last < len(in.waiting); last++ {
		a := in.waiting[last]
		if a.From > to || a.From < in.waiting[first].From || records+len(a.Seqs) > maxSeqs {
			break
		}
		records, to = records+len(a.Seqs), max(to, a.To)
	}
	group := slices.Clone(in.waiting[first:last])
	in.waiting = slices.Delete(in.waiting, first, last)
	in.busy = true
	return group
}

// incoming makes one stretch of a group, with what was skipped around it. Its records are still in the frames.
func (in *inflow) incoming(group []changes, scope feed.Scope, peer string) Incoming {
	m := Incoming{Scope: scope, Peer: peer, Timeline: in.timeline, From: group[0].From, To: group[0].To, Advance: true}
	for i := range group {
		m.To, m.Head = max(m.To, group[i].To), max(m.Head, group[i].Head)
	}
	in.join(&m)
	return m
}

// join widens a stretch by what is merged next to it, down to the cursor if nothing lies between.
func (in *inflow) join(m *Incoming) {
	if m.From <= in.reach() {
		m.From = in.cursor.Seq
	}
	if to := in.merged.reach(m.To); to > m.To {
		m.To = to
	}
	m.Head = max(m.Head, in.seen, m.To)
}

// flush is the stretch of skipped frames that the cursor has not moved over yet.
func (in *inflow) flush(scope feed.Scope, peer string) (Incoming, bool) {
	if in.busy || in.reach() <= in.cursor.Seq {
		return Incoming{}, false
	}
	m := Incoming{Scope: scope, Peer: peer, Timeline: in.timeline, From: in.cursor.Seq, To: in.reach(), Advance: true}
	in.join(&m)
	in.busy = true
	return m, true
}

// done counts what a transaction merged. It is false when the store went back behind what it had promised.
func (in *inflow) done(m Incoming, c feed.Cursor) bool {
	in.busy = false
	in.seen = max(in.seen, m.Head)
	in.merged.add(m.From, m.To)
	return in.move(c)
}

// move takes the cursor as the store holds it, which another process may have moved.
func (in *inflow) move(c feed.Cursor) bool {
	if c.Timeline != in.timeline || c.Seq < in.cursor.Seq {
		return false
	}
	in.cursor = c
	in.merged.absorb(c.Seq)
	return true
}

// report tells the owner how far this end is.
func (in *inflow) report(no scopeNo) report {
	return report{Scope: no, Timeline: in.timeline, Seq: in.cursor.Seq, Ranges: in.merged.wire(in.cursor.Seq)}
}

// watch notes whether something that was sent is missing, and whether that is still coming in.
func (in *inflow) watch(now time.Time) {
	reach := in.expected()
	switch {
	case reach > in.reached:
		in.moved, in.patient = now, firstPull
	case !in.hole:
		in.moved = in.came
	}
	in.reached = reach
	in.hole = !in.timeline.IsZero() && reach < in.sent
}

// pullDue is when to ask again for what is missing, and false when nothing is.
func (in *inflow) pullDue() (time.Time, bool) {
	if in.timeline.IsZero() || in.busy || len(in.waiting) > 0 {
		return time.Time{}, false
	}
	due := later(in.failed.Add(time.Second), in.pulled.Add(in.patient))
	if in.wanted {
		return due, true
	}
	return later(due, in.moved.Add(holeWait)), in.hole
}

// asked counts a pull.
func (in *inflow) asked(now time.Time) {
	in.pulled, in.wanted = now, false
	in.patient = min(max(firstPull, 2*in.patient), lastPull)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
