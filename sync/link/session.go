package link

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

const (
	beatEvery   = 5 * time.Second
	edgeSilence = 15 * time.Second
	hubSilence  = 20 * time.Second
	clockFault  = 2 * time.Minute
	lagFault    = 30 * time.Second
)

// core is what both ends of a link are made of.
type core struct {
	side    seal.Side
	site    record.ID
	peer    string // name of the other end in the store
	random  io.Reader
	mac     seal.MACKey // of a hub
	pool    *Pool       // of a hub
	ablated Ablation

	effects []Effect
	serial  uint64 // of sessions, so that outcomes find the one that asked
	number  uint64 // of the beats of all sessions
	alarm   bool   // two boxes answer as one site
	repairs int
	drained drain
	// loose is called when a session ends, answered when a beat told which number the peer has heard.
	loose    func(s *session, code byeCode, now time.Time)
	answered func(s *session, number uint64)
}

func (c *core) do(e Effect)                { c.effects = append(c.effects, e) }
func (c *core) scope(n scopeNo) feed.Scope { return n.of(c.site) }
func (c *core) without(a Ablation) bool    { return c.ablated.has(a) }
func (c *core) scopes() [scopes]feed.Scope {
	return [scopes]feed.Scope{c.scope(siteScope), feed.Network}
}
func (c *core) notice(text string, e error) { c.do(Notice{Text: text, Err: e}) }

// take hands out what a step has gathered.
func (c *core) take() []Effect {
	out := c.effects
	c.effects = nil
	return out
}

// jitter spreads a period by 20 % to either side.
func (c *core) jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*fraction(c.random)))
}

// session is one (edge boot, hub boot, both nonces) at one end.
type session struct {
	*core
	id       uint64
	sealed   *seal.Session
	peerNode string
	version  uint64

	ready  bool // cursors are settled
	in     [scopes]inflow
	out    [scopes]outflow
	digest [scopes]comparison

	began    time.Time
	heard    time.Time // when a frame of the session last came
	nextBeat time.Time
	beating  bool // a look is under way
	credit   int  // what the peer lets this end have under way
	ackDue   bool
	dropped  []uint64 // numbers of the latest frames for which there was no room

	offset     offset
	answers    uint64 // greatest number heard of the peer's beats
	backlog    Backlog
	peerLag    time.Duration // of an edge, as it says
	peerCloned bool
	parked     int
	gone       bool
}

func (s *session) silence() time.Duration {
	if s.side == seal.Edge {
		return edgeSilence
	}
	return hubSilence
}

// open founds the flows on what both sides told: mine is this store as it was told to the peer.
func (s *session) open(mine, theirs [scopes]place, now time.Time) {
	s.began, s.heard = now, now
	for n := range scopes {
		since, _, _ := feed.Resume(mine[n].spans, mine[n].head, s.ablated.cursors(mine[n].spans, theirs[n].cursors))
		spans := theirs[n].spans
		if s.without(AblateEcho) {
			spans = nil
		}
		s.out[n].begin(mine[n], since, spans)
		s.out[n].kept = s.without(AblateKept)
		s.in[n] = inflow{heard: theirs[n].head, patient: firstPull}
		if k := len(theirs[n].spans); k > 0 {
			s.in[n].timeline = theirs[n].spans[k-1].Timeline
		}
		s.digest[n].due = true
	}
}

// settle asks from where to read.
func (s *session) settle(theirs [scopes]place) {
	s.do(adopt{session: s.id, peer: s.peer, scopes: s.scopes(), theirs: theirs, ablated: s.ablated})
}

// settled starts the flows.
func (s *session) settled(o adopted, now time.Time) {
	if o.err != nil {
		s.notice("cursors could not be settled", o.err)
		s.end(byeUnknown, now)
		return
	}
	s.ready = true
	for n := range scopes {
		in := &s.in[n]
		in.cursor = o.cursors[n]
		in.seen = max(in.seen, in.cursor.Seen)
	}
	s.nextBeat = now
	s.tick(now)
}

// outcome takes what became of a work that the session asked for.
func (s *session) outcome(e Event, now time.Time) {
	switch o := e.(type) {
	case adopted:
		s.settled(o, now)
	case looked:
		s.onLooked(o, now)
	case gotBatch:
		s.onBatch(o, now)
	case mergedIn:
		s.onMerged(o, now)
	case summed:
		s.onSummed(o, now)
	case gathered:
		s.onGathered(o, now)
	}
	s.pump(now)
}

// frame takes what came under this session's seal.
func (s *session) frame(h seal.Header, body []byte, now time.Time) {
	s.heard = now
	var err error
	switch h.Kind {
	case kindChanges:
		err = handle(body, func(f changes) { s.onChanges(f, h.Counter, now) })
	case kindAck:
		err = handle(body, func(f ack) {
			s.onCame(f.Came)
			s.onReports(f.Reports, now)
			s.credit = f.Credit
			s.onSkips(f.Skips)
		})
	case kindBeat:
		err = handle(body, func(f beat) { s.onBeat(f, now) })
	case kindPull:
		err = handle(body, func(f pull) { s.onPull(f, now) })
	case kindDigest:
		err = handle(body, func(f digest) { s.onDigest(f, now) })
	case kindReject:
		err = handle(body, func(f reject) {
			s.parked++
			s.notice("the other side could not take a record", fmt.Errorf("%s %s: %s", f.Kind, f.ID, f.Reason))
		})
	default:
		err = errMalformed
	}
	if err != nil {
		s.notice("a frame could not be read", fmt.Errorf("kind %d: %w", h.Kind, err))
	}
	s.pump(now)
}

func handle[T interface{ check() error }](body []byte, take func(T)) error {
	f, err := decode[T](body)
	if err == nil {
		take(f)
	}
	return err
}

// end says why the session is over; its owner decides what comes next.
func (s *session) end(code byeCode, now time.Time) {
	if s.gone {
		return
	}
	s.gone = true
	if s.pool != nil {
		s.pool.release(s)
	}
	s.loose(s, code, now)
}

func (s *session) onReports(reports []report, now time.Time) {
	for _, r := range reports {
		o := &s.out[r.Scope]
		if r.Timeline != o.timeline {
			continue
		}
		o.heard(r, now)
	}
}

// onCame ignores what tells of frames that were never sent.
func (s *session) onCame(c came) {
	if c.Newest > s.sealed.Sent() {
		return
	}
	for n := range scopes {
		s.out[n].came(c)
	}
}

// came tells which frames of the other end are here.
func (s *session) came() (c came) {
	if s.without(AblateCame) {
		return c
	}
	c.Newest = s.sealed.Newest()
	for i := range min(c.Newest, cameNumbers) {
		if n := c.Newest - i; !s.sealed.Came(n) {
			c.lacks(n)
		}
	}
	for _, n := range s.dropped {
		c.lacks(n)
	}
	return c
}

func (s *session) onPull(f pull, now time.Time) {
	o := &s.out[f.Report.Scope]
	if f.Report.Timeline != o.timeline {
		s.end(byeUnknown, now)
		return
	}
	if f.Came.Newest > s.sealed.Sent() {
		f.Came = came{}
	}
	s.onCame(f.Came)
	o.pulled(f, now)
}

// pump does all that is due.
func (s *session) pump(now time.Time) {
	if s.gone || !s.ready {
		return
	}
	for n := range scopes {
		s.out[n].overdue(s.heard, now)
		s.mergeNext(n)
		s.readNext(n)
		s.in[n].watch(now)
		if due, ok := s.in[n].pullDue(); ok && !due.After(now) {
			s.pull(n, now)
		}
		s.compare(n, now)
	}
	if s.ackDue {
		s.ack()
	}
}

// committed hears that this store's head moved.
func (s *session) committed(n scopeNo, head feed.Seq, now time.Time) {
	if o := &s.out[n]; head > o.head {
		o.head = head
		s.digest[n].changed(now, true)
	}
	s.pump(now)
}

// gap asks for whatever may have been missed, and shows the peer what it may have missed.
func (s *session) gap(now time.Time) {
	for n := range scopes {
		s.in[n].wanted, s.in[n].patient, s.in[n].pulled = true, firstPull, time.Time{}
	}
	s.nextBeat = now
	s.tick(now)
}

// tick does what time brings. It ends a session that fell silent.
func (s *session) tick(now time.Time) {
	s.rewind(now)
	if now.Sub(s.heard) >= s.silence() {
		s.end(byeUnknown, now)
		return
	}
	if s.ready && !s.beating && !now.Before(s.nextBeat) && !s.without(AblateBeat) {
		s.beating = true
		s.nextBeat = now.Add(s.jitter(beatEvery))
		w := look{session: s.id, peer: s.peer, scopes: s.scopes(), acked: s.out[siteScope].acked, backlog: s.side == seal.Edge}
		for n := range scopes {
			w.timelines[n] = s.in[n].timeline
		}
		s.do(w)
	}
	s.pump(now)
}

// rewind keeps deadlines within reach when a clock without a monotonic part was set back.
func (s *session) rewind(now time.Time) {
	s.heard = earlier(s.heard, now)
	s.nextBeat = earlier(s.nextBeat, now.Add(2*beatEvery))
	for n := range scopes {
		in, c := &s.in[n], &s.digest[n]
		in.came, in.moved = earlier(in.came, now), earlier(in.moved, now)
		in.pulled, in.failed = earlier(in.pulled, now), earlier(in.failed, now)
		c.asked, c.last, c.moved = earlier(c.asked, now), earlier(c.last, now), earlier(c.moved, now)
		s.out[n].rewind(now)
	}
}

// wake is when the next thing is due.
func (s *session) wake() time.Time {
	at := s.heard.Add(s.silence())
	if !s.ready {
		return at
	}
	if !s.beating && !s.without(AblateBeat) {
		at = earlier(at, s.nextBeat)
	}
	for n := range scopes {
		if due, ok := s.in[n].pullDue(); ok {
			at = earlier(at, due)
		}
		if due, ok := s.out[n].due(s.heard); ok {
			at = earlier(at, due)
		}
		if due, ok := s.comparing(n); ok {
			at = earlier(at, due)
		}
	}
	return at
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// send seals a frame and gives it away.
func (s *session) send(kind seal.Kind, body any) int {
	frame, err := s.sealed.Seal(s.random, kind, encode(body))
	if err != nil {
		s.notice("a frame could not be sealed", err)
		return 0
	}
	records := 0
	if f, ok := body.(changes); ok {
		records = len(f.Seqs)
	}
	s.do(Send{Frame: frame, Records: records})
	return len(frame)
}

// riders are the skipped stretches that go with the next frame.
func (s *session) riders() []skip {
	var out []skip
	for n := range scopes {
		if k, ok := s.out[n].rider(); ok {
			out = append(out, k)
		}
	}
	return out
}

func (s *session) reports() []report {
	var out []report
	for n := range scopes {
		if !s.in[n].timeline.IsZero() {
			out = append(out, s.in[n].report(n))
		}
	}
	return out
}

func (s *session) ack() {
	s.ackDue = false
	s.send(kindAck, ack{Reports: s.reports(), Credit: s.grant(), Skips: s.riders(), Came: s.came()})
}

// grant is what the peer may have under way of its backlog.
func (s *session) grant() int {
	if s.pool == nil {
		return edgeCredit
	}
	behind := slices.ContainsFunc(s.in[:], func(in inflow) bool { return in.reach() < in.heard })
	return s.pool.grant(s, behind)
}
