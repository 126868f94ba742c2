package link

import (
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/seal"
)

// onLooked sends the beat for which the store was looked at, after counting what others did to the store.
func (s *session) onLooked(l looked, now time.Time) {
	s.beating = false
	if l.err != nil {
		s.notice("the store could not be read for a beat", l.err)
		return
	}
	if s.side == seal.Edge {
		s.backlog = l.backlog
		s.drained.measured(s.backlog, now)
	}
	b := beat{Clock: now.UnixMilli(), Cloned: s.alarm}
	for n := range scopes {
		p, in, o := l.places[n], &s.in[n], &s.out[n]
		if p.timeline != o.timeline {
			s.end(byeUnknown, now) // the store was opened anew by another process, or had no such scope before
			return
		}
		o.failed = false
		if p.head > o.head {
			o.head = p.head
			s.digest[n].changed(now, true)
		}
		if len(p.cursors) > 0 && !in.busy && !in.move(p.cursors[0]) {
			s.end(byeUnknown, now)
			return
		}
		s.flush(n)
		if !o.timeline.IsZero() {
			b.Heads = append(b.Heads, headInfo{Scope: n, Timeline: o.timeline, Head: o.head, Sent: o.sent()})
		}
	}
	s.number++
	b.Number, b.Answers = s.number, s.answers
	b.Reports, b.Credit, b.Skips = s.reports(), s.grant(), s.riders()
	if s.side == seal.Edge {
		b.Backlog = backlogOf(s.backlog, now)
	}
	s.send(kindBeat, b)
}

// flush makes durable what was skipped, so that a resume does not begin before it.
func (s *session) flush(n scopeNo) {
	if m, ok := s.in[n].flush(s.scope(n), s.peer); ok {
		s.do(merge{session: s.id, no: n, in: m})
	}
}

func (s *session) onBeat(f beat, now time.Time) {
	s.offset.heard(f.Clock, now)
	s.answers = max(s.answers, f.Number)
	s.credit = f.Credit
	s.peerCloned = f.Cloned
	if s.side == seal.Hub {
		s.backlog = f.Backlog.backlog()
		s.peerLag = time.Duration(f.Backlog.LagMs) * time.Millisecond
		s.drained.measured(s.backlog, now)
	}
	if s.answered != nil {
		s.answered(s, f.Answers)
	}
	s.onReports(f.Reports, now)
	s.onSkips(f.Skips)
	for _, h := range f.Heads {
		in := &s.in[h.Scope]
		if h.Timeline != in.timeline {
			s.end(byeUnknown, now)
			return
		}
		in.heard, in.sent = max(in.heard, h.Head), max(in.sent, h.Sent)
	}
}

func backlogOf(b Backlog, now time.Time) backlogInfo {
	out := backlogInfo{Records: b.Records, Bytes: b.Bytes, LagMs: lagOf(b, now).Milliseconds()}
	if !b.OldestAt.IsZero() {
		out.OldestMs = b.OldestAt.UnixMilli()
	}
	return out
}

func (b backlogInfo) backlog() Backlog {
	out := Backlog{Records: b.Records, Bytes: b.Bytes}
	if b.OldestMs != 0 {
		out.OldestAt = time.UnixMilli(b.OldestMs).UTC()
	}
	return out
}

// offset is how far the peer's clock is ahead of this one.
//
// A frame that took long makes the peer's clock look slow, never fast: the greatest of the last few is the truest.
type offset struct {
	last  [8]time.Duration
	count int
}

func (o *offset) heard(clockMs int64, now time.Time) {
	o.last[o.count%len(o.last)] = time.Duration(clockMs-now.UnixMilli()) * time.Millisecond
	o.count++
}

// ahead is false while nothing was heard.
func (o *offset) ahead() (time.Duration, bool) {
	n := min(o.count, len(o.last))
	if n == 0 {
		return 0, false
	}
	best := o.last[0]
	for _, d := range o.last[1:n] {
		best = max(best, d)
	}
	return best, true
}

// drain measures how fast a backlog goes down.
type drain struct {
	at    time.Time
	bytes int
	rate  float64 // bytes a second
}

// measured takes the backlog as it is now.
func (d *drain) measured(b Backlog, now time.Time) {
	if took := now.Sub(d.at).Seconds(); !d.at.IsZero() && took >= 1 && d.bytes > b.Bytes {
		fresh := float64(d.bytes-b.Bytes) / took
		if d.rate == 0 {
			d.rate = fresh
		}
		d.rate += (fresh - d.rate) / 2
	}
	if b.Bytes == 0 {
		d.rate = 0
	}
	d.at, d.bytes = now, b.Bytes
}

// estimate is 0 when nothing is known.
func (d *drain) estimate(b Backlog) time.Duration {
	if d.rate <= 0 || b.Bytes == 0 {
		return 0
	}
	return min(time.Duration(float64(b.Bytes)/d.rate*float64(time.Second)), 365*24*time.Hour)
}

// places turns what a hello or welcome said into places.
func places(infos []scopeInfo) (out [scopes]place) {
	for _, i := range infos {
		p := &out[i.Scope]
		p.head = i.Head
		for _, s := range i.Spans {
			p.spans = append(p.spans, feed.Span{Timeline: s.Timeline, First: s.First})
		}
		for _, c := range i.Cursors {
			p.cursors = append(p.cursors, feed.Cursor{Timeline: c.Timeline, Seq: c.Seq, Seen: c.Seen, Safe: c.Safe})
		}
	}
	return out
}

// infos turns places into what a hello or welcome says.
func infos(places [scopes]place) []scopeInfo {
	var out []scopeInfo
	for n, p := range places {
		i := scopeInfo{Scope: scopeNo(n), Head: p.head}
		for _, s := range p.spans {
			i.Spans = append(i.Spans, spanInfo{Timeline: s.Timeline, First: s.First})
		}
		for _, c := range p.cursors {
			i.Cursors = append(i.Cursors, cursorInfo{Timeline: c.Timeline, Seq: c.Seq, Seen: c.Seen, Safe: c.Safe})
		}
		out = append(out, i)
	}
	return out
}
