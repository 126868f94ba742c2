package link

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/seal"
)

const (
	digestEvery  = 15 * time.Minute
	digestQuiet  = 30 * time.Second // after the last change: before "in sync" is said
	digestRepeat = 2 * time.Second
	digestPage   = 2000 // buckets in a frame
	repairRound  = 8    // buckets that one comparison repairs
)

// comparison is what one end knows of whether both hold the same in one scope.
type comparison struct {
	due   bool
	busy  bool
	asked time.Time // when a digest was last sent
	last  time.Time // when both were last compared
	equal bool      // as they were then, and nothing changed since
	moved time.Time // when something last changed

	page    int // of buckets, where one frame does not hold them all
	repairs []gather
	reading bool
}

func (c *comparison) changed(now time.Time, really bool) {
	if really {
		c.equal, c.moved = false, now
	}
}

func (c *comparison) compared(equal bool, now time.Time) {
	c.last, c.equal, c.due = now, equal, !equal
	c.asked = now
}

// level tells that both ends should hold the same: each is at the other's head, as far as this end knows.
func (s *session) level(n scopeNo) bool {
	in, o := &s.in[n], &s.out[n]
	return s.ready && !in.timeline.IsZero() && !o.timeline.IsZero() && !in.busy && len(in.waiting) == 0 &&
		in.reach() >= in.heard && o.acked >= o.head
}

// compare sends a digest at the first moment at which it can be compared.
func (s *session) compare(n scopeNo, now time.Time) {
	c := &s.digest[n]
	due, ok := s.comparing(n)
	if !ok || c.busy || due.After(now) || !s.level(n) {
		return
	}
	c.due, c.busy, c.asked = true, true, now
	s.do(sum{session: s.id, no: n, scope: s.scope(n)})
}

// comparing is when the next digest may be sent.
func (s *session) comparing(n scopeNo) (time.Time, bool) {
	c := &s.digest[n]
	switch {
	case s.without(AblateDigest) || !s.level(n) || c.busy:
		return time.Time{}, false
	case c.due:
		return c.asked.Add(digestRepeat), true
	case !c.equal:
		return later(c.moved.Add(digestQuiet), c.asked.Add(digestRepeat)), true
	}
	return c.last.Add(digestEvery), true
}

func (s *session) onSummed(d summed, now time.Time) {
	c, in, o := &s.digest[d.no], &s.in[d.no], &s.out[d.no]
	if d.asked == nil {
		c.busy = false
	}
	if d.err != nil {
		s.notice("the digest could not be read", d.err)
		return
	}
	mine := digest{Scope: d.no, Timeline: d.timeline, Head: d.head, Theirs: in.timeline, Cursor: in.reach()}
	mine.Sum, mine.Count = total(d.buckets)
	steady := d.timeline == o.timeline && d.head == o.head
	if d.asked == nil {
		if steady && s.level(d.no) {
			s.send(kindDigest, mine)
		}
		return
	}
	switch {
	case !steady || !s.matches(*d.asked):
		mine.Phase = digestStale
	case d.asked.Phase == digestBuckets:
		s.repair(*d.asked, d.buckets, now)
		return
	case mine.Sum == d.asked.Sum && mine.Count == d.asked.Count:
		mine.Phase = digestEqual
		c.compared(true, now)
	default:
		mine.Phase = digestBuckets
		c.page = mine.pageOf(d.buckets, c.page)
		c.compared(false, now)
	}
	s.send(kindDigest, mine)
}

// matches tells that a digest speaks of the state in which this end is.
func (s *session) matches(d digest) bool {
	in, o := &s.in[d.Scope], &s.out[d.Scope]
	return s.ready && d.Timeline == in.timeline && d.Head == in.reach() && d.Theirs == o.timeline && d.Cursor == o.head &&
		!in.busy && len(in.waiting) == 0
}

func (s *session) onDigest(d digest, now time.Time) {
	c := &s.digest[d.Scope]
	switch d.Phase {
	case digestEqual:
		if s.matches(d) {
			c.compared(true, now)
		}
	case digestStale:
		c.asked = now
	case digestWant:
		s.queueRepairs(d.Scope, d.Buckets)
	case digestSum, digestBuckets:
		if !s.matches(d) {
			in := &s.in[d.Scope]
			s.send(kindDigest, digest{Scope: d.Scope, Phase: digestStale, Timeline: s.out[d.Scope].timeline, Head: s.out[d.Scope].head,
				Theirs: in.timeline, Cursor: in.reach()})
			return
		}
		s.do(sum{session: s.id, no: d.Scope, scope: s.scope(d.Scope), asked: &d})
	}
}

// total is the digest of a whole scope.
func total(buckets []feed.Bucket) (sum [16]byte, count uint64) {
	var hi, lo, carry uint64
	for _, b := range buckets {
		lo, carry = bits.Add64(lo, binary.BigEndian.Uint64(b.Sum[8:]), 0)
		hi, _ = bits.Add64(hi, binary.BigEndian.Uint64(b.Sum[:]), carry)
		count += b.Count
	}
	binary.BigEndian.PutUint64(sum[:], hi)
	binary.BigEndian.PutUint64(sum[8:], lo)
	return sum, count
}

func bucketKey(kind, day string) string { return kind + "\x00" + day }

// pageOf fills in the buckets of a page and returns the page after it.
func (d *digest) pageOf(buckets []feed.Bucket, page int) (next int) {
	pages := (len(buckets) + digestPage - 1) / digestPage
	if pages == 0 {
		return 0
	}
	page %= pages
	end := min(len(buckets), (page+1)*digestPage)
	if page > 0 {
		d.Low = bucketKey(buckets[page*digestPage].Kind, buckets[page*digestPage].Day)
	}
	if end < len(buckets) {
		d.High = bucketKey(buckets[end].Kind, buckets[end].Day)
	}
	for _, b := range buckets[page*digestPage : end] {
		d.Buckets = append(d.Buckets, bucketInfo{Kind: b.Kind, Day: b.Day, Sum: b.Sum, Count: b.Count})
	}
	return page + 1
}

// repair exchanges the records of buckets in which both ends differ.
func (s *session) repair(theirs digest, mine []feed.Bucket, now time.Time) {
	s.digest[theirs.Scope].compared(false, now)
	differ := map[string]bucketInfo{}
	for _, b := range theirs.Buckets {
		differ[bucketKey(b.Kind, b.Day)] = b
	}
	for _, b := range mine {
		key := bucketKey(b.Kind, b.Day)
		if key < theirs.Low || theirs.High != "" && key >= theirs.High {
			continue
		}
		if other, ok := differ[key]; ok && other.Sum == b.Sum && other.Count == b.Count {
			delete(differ, key)
			continue
		}
		differ[key] = bucketInfo{Kind: b.Kind, Day: b.Day}
	}
	want := digest{Scope: theirs.Scope, Phase: digestWant, Timeline: s.out[theirs.Scope].timeline, Theirs: theirs.Timeline}
	for _, key := range slices.Sorted(maps.Keys(differ)) {
		if len(want.Buckets) < repairRound {
			want.Buckets = append(want.Buckets, differ[key])
		}
	}
	if len(want.Buckets) == 0 {
		return
	}
	s.notice("both ends differ where they should not; exchanging record by record", fmt.Errorf("%s: %v", s.scope(theirs.Scope), want.Buckets))
	s.send(kindDigest, want)
	s.queueRepairs(theirs.Scope, want.Buckets)
}

func (s *session) queueRepairs(n scopeNo, buckets []bucketInfo) {
	c := &s.digest[n]
	for _, b := range buckets {
		if len(c.repairs) >= 2*repairRound {
			break
		}
		c.repairs = append(c.repairs, gather{
			session: s.id, no: n, scope: s.scope(n), kind: b.Kind, day: b.Day, vouched: n == networkScope && s.side == seal.Edge,
		})
	}
	s.nextRepair(n)
}

func (s *session) nextRepair(n scopeNo) {
	c := &s.digest[n]
	if c.reading || len(c.repairs) == 0 {
		return
	}
	c.reading = true
	s.do(c.repairs[0])
	c.repairs = c.repairs[1:]
}

func (s *session) onGathered(g gathered, now time.Time) {
	c := &s.digest[g.work.no]
	c.reading = false
	if g.err != nil {
		s.notice("records could not be read for a repair", g.err)
		return
	}
	if g.more {
		c.repairs = append([]gather{g.work}, c.repairs...)
	}
	if len(g.records) > 0 {
		o := &s.out[g.work.no]
		s.sendBatch(g.work.no, errand{lane: laneRepair}, feed.Batch{Timeline: o.timeline, Head: o.head, Records: g.records}, g.macs, now)
	}
	s.nextRepair(g.work.no)
}

// onRepair merges records that came outside of the feed: nothing is remembered of where they came from.
func (s *session) onRepair(f changes) {
	if len(f.Seqs) == 0 {
		return
	}
	w := s.merging(f.Scope, []changes{f}, Incoming{Scope: s.scope(f.Scope)})
	w.repair = true
	s.do(w)
}

func (s *session) repaired(o mergedIn, now time.Time) {
	if o.spoilt != nil {
		s.notice("a repair could not be read", o.spoilt)
		return
	}
	if o.err != nil {
		s.notice("a repair could not be merged", o.err)
		return
	}
	// Of the network a site gives back what the hub made, and not the conflicts that it found in that by itself. Where
	// those alone differ, another round would bring nothing either.
	if o.work.no == networkScope && o.result.Applied == 0 {
		s.digest[networkScope].compared(true, now)
	}
	if o.work.no == siteScope {
		s.repairs += o.result.Applied
	}
	if o.result.Applied > 0 {
		s.notice("records were repaired that no cursor would have found", fmt.Errorf("%d of %s", o.result.Applied, o.work.in.Scope))
	}
}
