package clinic

import (
	"math"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

const (
	lastServices  = 12 // how many consultations the mean looks back on
	priorWeight   = 4  // how many consultations the learnt prior counts for
	fewServices   = 3  // before which nothing is told, unless a prior was learnt
	longMinutes   = 120
	roundMinutes  = 5
	eightyPercent = 1.28 // standard deviations on either side that hold four of five
	usualSpread   = 0.6  // standard deviation of a consultation against its mean, until enough were seen
)

// pace is what is known of how long one guruji's consultations take.
type pace struct {
	mean, deviation float64 // minutes
	seen            int
	known           bool // enough to tell somebody
}

func (d *Day) pace(g *guruji) pace {
	services := d.queue(g.id).services
	last := services[max(0, len(services)-lastServices):]
	var sum float64
	for _, e := range last {
		sum += e.minutes()
	}
	n, weight, prior := float64(len(last)), 0.0, 0.0
	if g.priorSeconds > 0 {
		weight, prior = priorWeight, float64(g.priorSeconds)/60
	}
	p := pace{seen: len(last), known: len(last) >= fewServices || weight > 0}
	if n+weight == 0 {
		p.mean = float64(d.settings.ServiceMinutes)
		p.deviation = usualSpread * p.mean
		return p
	}
	p.mean = (sum + weight*prior) / (n + weight)
	usual := usualSpread * p.mean
	squares := priorWeight * usual * usual
	for _, e := range last {
		squares += (e.minutes() - p.mean) * (e.minutes() - p.mean)
	}
	p.deviation = math.Sqrt(squares / (priorWeight + n))
	return p
}

func (e *entry) minutes() float64 { return float64(e.ended-e.started) / minuteMs }

// load is how many consultations stand between somebody with this many ahead in line and their own call: those ahead,
// whoever is on the way in, and half of each one that is going on.
func (q *queue) load(ahead int) float64 { return float64(ahead+q.called) + float64(q.inService)/2 }

// outlook is what one guruji's queue looks like at a moment: everything that the waits of all who stand in it share.
type outlook struct {
	queue *queue
	pace  pace
	pause float64 // minutes
	known bool    // there is such a guruji
}

func (d *Day) outlook(id record.ID, clinicNow time.Time) outlook {
	o := outlook{queue: d.queue(id)}
	if g := d.gurujis[id]; g != nil {
		o.known, o.pace, o.pause = true, d.pace(g), g.pauseMinutes(clinicNow)
	}
	return o
}

// wait tells how long somebody with so many ahead will wait: a range, or nil for what cannot be told, with long when
// that is because it is too long for a number. Every queue has one guruji, so nothing is shared out among several.
func (o *outlook) wait(ahead int) (w *Wait, long bool) {
	p := &o.pace
	if !p.known {
		return nil, false
	}
	n := o.queue.load(ahead)
	middle := n*p.mean + o.pause
	if middle > longMinutes {
		return nil, true
	}
	// Two things are uncertain: each consultation, and the mean itself.
	spread := eightyPercent * p.deviation * math.Sqrt(n+n*n/float64(p.seen+priorWeight))
	low := int(math.Max(0, middle-spread)) / roundMinutes * roundMinutes
	high := int(math.Ceil((middle+spread)/roundMinutes)) * roundMinutes
	return &Wait{Low: low, High: max(high, low+roundMinutes)}, false
}

// projectedMinutes is when a newcomer would be called, by the best guess there is; it only compares gurujis.
func (d *Day) projectedMinutes(g *guruji, clinicNow time.Time) float64 {
	q := d.queue(g.id)
	return q.load(len(q.line))*d.pace(g).mean + g.pauseMinutes(clinicNow)
}

// missDelay is how far back, in whole minutes, somebody goes who did not answer: three consultations.
func (d *Day) missDelay(id record.ID) int64 {
	g := d.gurujis[id]
	if g == nil {
		g = &guruji{id: id}
	}
	return int64(math.Max(1, math.Ceil(3*d.pace(g).mean)))
}

// availableAt is the availability at a moment: a break that has ended is over without anybody saying so.
func (g *guruji) availableAt(clinicNow time.Time) string {
	if g.availability == OnBreak && g.until > 0 && g.until <= clinicNow.UnixMilli() {
		return Available
	}
	return g.availability
}

// pauseMinutes is what remains of a break with an end.
func (g *guruji) pauseMinutes(clinicNow time.Time) float64 {
	if g.availableAt(clinicNow) != OnBreak || g.until == 0 {
		return 0
	}
	return float64(g.until-clinicNow.UnixMilli()) / minuteMs
}

// openAt tells whether the clinic's hours include a moment.
func (s Settings) openAt(t time.Time) bool {
	local := t.In(s.Zone())
	minute := local.Hour()*60 + local.Minute()
	day := weekdays[(int(local.Weekday())+6)%7]
	return minute >= s.OpensAt && minute < s.ClosesAt && !slices.Contains(s.ClosedWeekdays, day)
}

// finishesLate tells whether those who wait now already take a guruji past closing time.
func (d *Day) finishesLate(g *guruji, clinicNow time.Time) bool {
	p := d.pace(g)
	if !p.known {
		return false
	}
	local := clinicNow.In(d.settings.Zone())
	left := float64(d.settings.ClosesAt - local.Hour()*60 - local.Minute())
	return d.projectedMinutes(g, clinicNow) >= left
}
