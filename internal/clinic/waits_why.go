package clinic

import (
	"slices"
	"time"
)

// WaitWhy says why somebody's wait is no longer what they were told when they came. It is found in the records as they
// stand, and left out when they show no cause: no reason is better than a false one.
type WaitWhy string

// The reasons. Clients translate them.
const (
	WhyPaused      WaitWhy = "paused"       // the guruji is away, or was since they came
	WhyEmergency   WaitWhy = "emergency"    // an emergency went first
	WhyOthersFirst WaitWhy = "others_first" // somebody who came later has an earlier place: an appointment, a credit
	WhySlower      WaitWhy = "slower"       // consultations take longer than they did
	WhyFaster      WaitWhy = "faster"       // consultations take less time than they did
	WhyBack        WaitWhy = "back"         // the guruji came back
)

const (
	paceDiffers = 1.1 // how much slower or faster people notice
	overlong    = 2.0 // a consultation that lasts so many means makes the others wait
)

// why compares what somebody was told with what they will have waited by the forecast.
func (o *outlook) why(e *entry, ahead int, f forecast) WaitWhy {
	if o.guruji == nil || !o.pace.known {
		return ""
	}
	inAll := float64(o.now.UnixMilli()-e.checkedIn)/minuteMs + f.middle
	told := e.told.high > 0
	later, earlier := told && inAll > float64(e.told.high), told && inAll < float64(e.told.low)
	away := o.guruji.availableAt(o.now) != Available
	if !later && !earlier && !away {
		return ""
	}
	cameBack := o.guruji.cameBack(o.now) > e.checkedIn
	switch {
	case away && (later || o.pause == 0):
		return WhyPaused
	case later && e.band != BandEmergency && o.queue.lastEmergency() > e.checkedIn:
		return WhyEmergency
	case later && cameBack:
		return WhyPaused
	case later && o.latestBefore(ahead) > e.checkedIn:
		return WhyOthersFirst
	case later && (o.pace.mean > o.paceAt(e)*paceDiffers || o.runsOver()):
		return WhySlower
	case earlier && cameBack:
		return WhyBack
	case earlier && o.pace.mean < o.paceAt(e)/paceDiffers:
		return WhyFaster
	}
	return ""
}

// cameBack is when the guruji last came back from being away, 0 for never: by saying so, or by the end of the break.
func (g *guruji) cameBack(now time.Time) int64 {
	if g.availability == OnBreak && g.availableAt(now) == Available {
		return g.until
	}
	return g.back
}

// lastEmergency is the latest check-in of an emergency that is to be called or was among the last calls.
func (q *queue) lastEmergency() int64 {
	var latest int64
	for _, e := range q.open {
		if e.band != BandEmergency {
			break
		}
		latest = max(latest, e.checkedIn)
	}
	for _, e := range q.calls.last(lastTold) {
		if e.band == BandEmergency {
			latest = max(latest, e.checkedIn)
		}
	}
	return latest
}

// latestBefore is the latest check-in of those before a place, emergencies apart.
func (o *outlook) latestBefore(ahead int) int64 {
	if o.latest == nil {
		o.latest = make([]int64, len(o.queue.line)+1)
		for i, e := range o.queue.line {
			o.latest[i+1] = o.latest[i]
			if e.band != BandEmergency {
				o.latest[i+1] = max(o.latest[i], e.checkedIn)
			}
		}
	}
	return o.latest[min(ahead, len(o.latest)-1)]
}

// paceAt is the mean as it was when somebody came.
func (o *outlook) paceAt(e *entry) float64 {
	services := o.queue.services
	seen, _ := slices.BinarySearchFunc(services, e.checkedIn, func(s *entry, at int64) int { return int(min(max(s.ended-at, -1), 1)) })
	return o.day.paceOf(o.guruji, services[:seen].last(lastServices)).mean
}

// runsOver tells whether somebody has been inside for so long that all others wait longer.
func (o *outlook) runsOver() bool {
	return slices.ContainsFunc(o.queue.open, func(e *entry) bool {
		return e.status == StatusInService && float64(o.now.UnixMilli()-e.started)/minuteMs > overlong*o.pace.mean
	})
}
