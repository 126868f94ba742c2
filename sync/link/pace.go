package link

import "time"

const (
	// How long to wait at least, and while nobody knows how long an acknowledgement takes. A backlog has time: where a
	// thousand sites have one at once, sending it again unasked would only add to what keeps them waiting.
	liveTimeout, firstLive         = 500 * time.Millisecond, 2 * time.Second
	backfillTimeout, firstBackfill = 2 * time.Second, 8 * time.Second
	mostTimeout                    = 10 * time.Second
	// mostHeld is after how long even what came goes again: a reader that lost it should have asked long before.
	mostHeld = 30 * time.Second
	// leastReorder is how much later than a lost one a frame must have been sent to tell that it was lost. It doubles with
	// each that was only late.
	leastReorder = 20 * time.Millisecond
	mostReorder  = 8 * time.Second
	// lineQueue is how long the backlog may lie in the line: enough to keep it full while the other end merges, and no
	// more than a fresh commit can wait behind.
	lineQueue   = 500 * time.Millisecond
	leastWindow = 8 << 10 // bytes
	// leastRecords is how few records still share what a frame costs, firstRecords how many go into the first one.
	leastRecords = 32
	firstRecords = 128
	rateSpan     = 5 * time.Second
)

// pace is what acknowledgements tell of how long a frame of one lane takes to be acknowledged, as RFC 6298 reckons.
type pace struct {
	least, first    time.Duration // to wait for, and while nothing is known
	known           bool
	mean, deviation time.Duration
	backoff         int
	moved           time.Time // when a frame was last acknowledged, or sent again for want of that
}

// acknowledged counts a frame. One that was sent twice does not tell how long either took, and leaves the wait as long
// as it has become: on a line that takes longer than anybody waits, nothing would be learnt otherwise.
func (p *pace) acknowledged(f flight, now time.Time) {
	p.moved = now
	took := now.Sub(f.sent)
	if f.again {
		return
	}
	p.backoff = 0
	if !p.known {
		p.known, p.mean, p.deviation = true, took, took/2
		return
	}
	p.deviation += ((took - p.mean).Abs() - p.deviation) / 4
	p.mean += (took - p.mean) / 8
}

// timeout is how long to wait for an acknowledgement.
func (p *pace) timeout() time.Duration {
	if !p.known {
		return p.first
	}
	return min(max(p.mean+4*p.deviation, p.least), mostTimeout)
}

// underway tells that a frame may still be on its way, or its acknowledgement.
func (p *pace) underway(f flight, now time.Time) bool {
	return p.known && now.Sub(f.sent) < p.timeout()
}

// due is when the oldest frame of the lane counts as lost, and false while nobody seems to be there: after one that was
// sent again in vain, nothing of the other end was heard. Each acknowledgement begins the wait anew.
func (p *pace) due(oldest, heard time.Time) (time.Time, bool) {
	wait := min(p.timeout()<<min(p.backoff, 5), mostTimeout)
	return later(oldest, p.moved).Add(wait), p.backoff == 0 || heard.After(p.moved)
}

// width is what the line carries of a backlog, by the rate at which that is acknowledged.
type width struct {
	bytes int // acknowledged so far
	at    time.Time
	least time.Duration // that an acknowledgement took
	turn  time.Time     // when the present span of rates began
	rates [2]float64    // greatest of this span and the one before, bytes a second
	each  int           // bytes that a record of the last frame took
}

func (w *width) acknowledged(f flight, now time.Time) {
	w.bytes += f.bytes
	w.at = now
	if f.again {
		return
	}
	if took := now.Sub(f.sent); w.least == 0 || took < w.least {
		w.least = max(took, time.Millisecond)
	}
	if now.Sub(w.turn) > rateSpan {
		w.turn, w.rates = now, [2]float64{0, w.rates[0]}
	}
	if took := now.Sub(f.ackedAt); took > 0 {
		w.rates[0] = max(w.rates[0], float64(w.bytes-f.acked)/took.Seconds())
	}
}

// window is how much of the backlog may be under way.
func (w *width) window() int {
	rate := max(w.rates[0], w.rates[1])
	return max(leastWindow, int(min(rate*(w.least+lineQueue).Seconds(), 1<<30)))
}

// records is how many records go into a frame: on a narrow line few, since a fresh commit waits for the whole of it.
func (w *width) records() int {
	if w.each == 0 {
		return firstRecords
	}
	return min(max(w.window()/2/w.each, leastRecords), frameRecords)
}
