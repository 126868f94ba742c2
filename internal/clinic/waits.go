package clinic

import (
	"math"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

const (
	lastServices = 12 // how many consultations the mean looks back on
	priorWeight  = 4  // how many consultations the learnt prior counts for
	fewServices  = 3  // before which nothing is told, unless a prior was learnt
	longMinutes  = 120
	roundMinutes = 5
)

// pace is what is known of how long one guruji's consultations take.
type pace struct {
	mean  float64 // minutes
	seen  int
	known bool // enough to tell somebody
}

func (d *Day) pace(g *guruji) pace { return d.paceOf(g, d.queue(g.id).services.last(lastServices)) }

func (l line) last(most int) line { return l[max(0, len(l)-most):] }

// paceOf is the pace that these consultations show, together with the prior.
func (d *Day) paceOf(g *guruji, last line) pace {
	var sum float64
	for _, e := range last {
		sum += e.minutes()
	}
	n, weight, prior := float64(len(last)), 0.0, 0.0
	if g.priorSeconds > 0 {
		weight, prior = priorWeight, float64(g.priorSeconds)/60
	}
	p := pace{seen: len(last), known: len(last) >= fewServices || weight > 0, mean: float64(d.settings.ServiceMinutes)}
	if n+weight > 0 {
		p.mean = (sum + weight*prior) / (n + weight)
	}
	return p
}

func (e *entry) minutes() float64 { return float64(e.ended-e.started) / minuteMs }

// load is how many consultations stand between somebody with this many ahead in line and their own call: those ahead,
// whoever is on the way in, and half of each one that is going on.
func (q *queue) load(ahead int) float64 { return float64(ahead+q.called) + float64(q.inService)/2 }

// outlook is what one guruji's queue looks like at a moment: everything that the waits of all who stand in it share.
type outlook struct {
	day    *Day
	guruji *guruji // nil when there is no such guruji
	queue  *queue
	now    time.Time
	pace   pace
	pause  float64 // minutes
	trust  float64 // in the line against the lag, 0 to 1
	error  float64 // usualError of what was told
	first  *entry  // the first in line, emergencies apart
	latest []int64 // made by latestBefore when somebody asks
}

func (d *Day) outlook(id record.ID, clinicNow time.Time) outlook {
	o := outlook{day: d, queue: d.queue(id), now: clinicNow}
	if g := d.gurujis[id]; g != nil {
		o.guruji, o.pace, o.pause = g, d.pace(g), g.pauseMinutes(clinicNow)
		proofs := o.queue.proofs(lastTold)
		o.trust, o.error = g.trust(proofs), g.usualError(proofs)
	}
	for _, e := range o.queue.line {
		if e.band != BandEmergency {
			o.first = e
			break
		}
	}
	return o
}

// forecast is how long somebody will wait, in minutes: by what stands before them, by how long others waited, and what
// the two of them come to.
type forecast struct{ byLine, byLag, middle float64 }

// forecast looks ahead for an entry with so many before it; nil is somebody who comes now. The line says how much work
// stands before them. The lag says how far behind the queue runs: who is first came so much earlier in the order, and
// if the queue runs no faster and no slower, that is the wait. Of a busload that came together it knows little, so it is
// believed only in the same order of magnitude as the line. Which of them deserves more trust the queue itself shows.
// Every queue has one guruji, so nothing is shared out among several.
func (o *outlook) forecast(e *entry, ahead int) forecast {
	work := o.queue.load(ahead) * o.pace.mean
	order, normal := int64(BandNormal)<<43|o.now.UnixMilli(), true
	if e != nil {
		order, normal = e.order, e.band == BandNormal
	}
	f := forecast{byLine: work + o.pause}
	f.byLag, f.middle = f.byLine, f.byLine
	if normal && ahead > 0 && o.first != nil {
		lag := float64(order-o.first.order)/minuteMs - o.pause
		f.byLag = min(max(lag, work/mostApart), work*mostApart) + o.pause
		f.middle = o.trust*f.byLine + (1-o.trust)*f.byLag
	}
	return f
}

// wait tells what is to be told of a forecast: a range, or nil for what cannot be told, with long when that is because
// it is too long for a number.
func (o *outlook) wait(f forecast) (w *Wait, long bool) {
	switch {
	case !o.pace.known:
		return nil, false
	case f.middle > longMinutes:
		return nil, true
	}
	either := o.error * (f.middle + sureMinutes)
	low, high := rounded(max(f.middle-either, 0)), rounded(f.middle+either)
	return &Wait{Low: low, High: max(high, low+roundMinutes)}, false
}

func rounded(minutes float64) int { return int(math.Round(minutes/roundMinutes)) * roundMinutes }

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
