package link

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/seal"
)

func (s *session) onChanges(f changes, number uint64, now time.Time) {
	in := &s.in[f.Scope]
	if f.Lane == laneRepair {
		s.onRepair(f)
		return
	}
	if f.Timeline != in.timeline {
		s.end(byeUnknown, now)
		return
	}
	in.came = now
	if len(f.Batch) == 0 {
		if f.From < f.To {
			in.skip(f.From, f.To, f.Head)
			s.ackDue = true
		}
		in.heard, in.sent = max(in.heard, f.Head), max(in.sent, f.Sent)
		s.onSkips(f.Skips)
		return
	}
	s.onSkips(f.Skips)
	if s.without(AblateContiguous) && f.From > in.expected() {
		return
	}
	if in.merged.covers(in.cursor.Seq, f.From, f.To) && s.ready {
		s.ackDue = true // the ack of the first one may be lost
	}
	if !in.accept(f, s.pool) {
		if s.dropped = append(s.dropped, number); len(s.dropped) > cameNumbers {
			s.dropped = s.dropped[1:]
		}
	}
}

func (s *session) onSkips(skips []skip) {
	for _, k := range skips {
		if in := &s.in[k.Scope]; k.Timeline == in.timeline {
			in.skip(k.From, k.To, k.Head)
		}
	}
}

func (s *session) mergeNext(n scopeNo) {
	in := &s.in[n]
	group := in.next(s.pool)
	if group == nil {
		return
	}
	m := in.incoming(group, s.scope(n), s.peer)
	if s.without(AblateRanges) {
		m.From = in.cursor.Seq
	}
	s.do(s.merging(n, group, m))
}

func (s *session) merging(n scopeNo, frames []changes, in Incoming) merge {
	w := merge{session: s.id, no: n, frames: frames, in: in, pool: s.pool}
	if s.side == seal.Hub {
		w.own = &s.mac
	}
	return w
}

func (s *session) onMerged(o mergedIn, now time.Time) {
	if o.foreign > 0 {
		s.notice("a site sent network records that this hub never made", fmt.Errorf("%d of them", o.foreign))
	}
	if o.work.repair {
		s.repaired(o, now)
		return
	}
	in := &s.in[o.work.no]
	if o.spoilt != nil {
		in.release(o.work.frames, s.pool)
		in.busy = false
		in.back(o.work.frames, o.at, s.pool)
		s.unreadable(o.work.frames[o.at], o.spoilt, now)
		return
	}
	if o.err != nil {
		s.notice("what the other side sent could not be merged; it is asked for again", o.err)
		in.release(slices.Concat(o.work.frames, in.waiting), s.pool)
		in.busy, in.failed, in.wanted = false, now, true
		in.waiting = nil
		if errors.Is(o.err, ErrRolledBack) {
			s.end(byeLeaving, now)
		}
		return
	}
	in.release(o.work.frames, s.pool)
	if !in.done(o.work.in, o.result.Cursor) {
		s.end(byeUnknown, now)
		return
	}
	s.parked += len(o.result.Parked)
	for _, k := range o.result.Parked {
		s.send(kindReject, reject{Scope: o.work.no, Kind: k.Kind, ID: k.ID, Reason: "parked"})
	}
	s.digest[o.work.no].changed(now, o.result.Applied > 0)
	s.ackDue = s.ackDue || len(o.work.frames) > 0 || len(o.result.Parked) > 0
}

// unreadable asks for the records of a batch one by one, or parks the one that it is: the cursor must move on, and
// one bad record must not take others with it.
func (s *session) unreadable(f changes, err error, now time.Time) {
	in := &s.in[f.Scope]
	if len(f.Seqs) > 1 {
		s.notice("a batch could not be read; asking record by record", err)
		s.send(kindPull, pull{Report: in.report(f.Scope), Single: f.To, Came: s.came()})
		in.asked(now)
		return
	}
	if in.busy || !s.ready {
		return // it is sent again
	}
	m := Incoming{From: f.From, To: f.To, Head: f.Head}
	in.join(&m)
	in.busy = true
	s.do(park{
		session: s.id, no: f.Scope, scope: s.scope(f.Scope), peer: s.peer, at: f.To, reason: err.Error(), data: f.Batch,
		frame: feed.Frame{Timeline: in.timeline, From: m.From, To: m.To, Head: m.Head},
	})
}

func (s *session) pull(n scopeNo, now time.Time) {
	s.in[n].asked(now)
	s.send(kindPull, pull{Report: s.in[n].report(n), Came: s.came()})
}
