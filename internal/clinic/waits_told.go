package clinic

import (
	"cmp"
	"math"
	"slices"

	"github.com/aashram-care/sangam/sync/record"
)

const (
	lastTold      = 40   // how many who were told something and were called a queue learns from
	firstTrust    = 0.8  // in the line, of a queue that has shown nothing yet
	firstError    = 0.38 // usual error of a queue that has shown nothing yet
	trustWeight   = 20   // how many lessons the trust learnt before counts for
	mostApart     = 4    // how many times the line, or what part of it, the lag may say
	lessonMinutes = 10   // how far line and lag must lie apart for that to be one lesson
	sureMinutes   = 10   // added to a wait before its error is taken as a share, so that short waits do not look hopeless
	toldHolds     = 0.82 // of the last told; a little more than the 80 % promised, since a queue that changes is always a little behind
	fullPercent   = 100
)

// firstErrors stand in for errors that were not seen yet, each counting as one, as parts of the usual error.
var firstErrors = [...]float64{0.08, 0.16, 0.31, 0.47, 0.65, 0.81, 1.13, 1.62}

// told is what somebody was promised when they came: the range, in minutes, and what line and lag said, in seconds from
// then. A high of 0 is nothing.
type told struct{ low, high, byLine, byLag int64 }

// readTold takes nothing from a value that it does not understand.
func readTold(v record.Value) told {
	n := v.Ints()
	if len(n) != 4 || n[0] < 0 || n[1] <= n[0] {
		return told{}
	}
	for i := range n {
		n[i] = min(max(n[i], -mostSeconds), mostSeconds)
	}
	return told{n[0], n[1], n[2], n[3]}
}

// mostSeconds bounds what a record can say, so that no sum over a day wraps.
const mostSeconds = 1 << 31

func (t told) value() record.Value {
	return record.List(record.Int(t.low), record.Int(t.high), record.Int(t.byLine), record.Int(t.byLag))
}

// middle is the one number that stands for the range, in seconds.
func (t told) middle() int64 { return (t.low + t.high) * 60 / 2 }

// tell keeps in the entry what the newcomer is told. Who was given a token by a device on its own was told nothing.
func (a *arrival) tell(e *entry) {
	if a.in.Token != "" {
		return
	}
	o := a.day.outlook(e.guruji, a.clinic)
	f := o.forecast(e, o.queue.line.rank(e, byOrder))
	w, _ := o.wait(f)
	if w == nil {
		return
	}
	t := told{int64(w.Low), int64(w.High), int64(math.Round(f.byLine * 60)), int64(math.Round(f.byLag * 60))}
	a.set["told"] = t.value()
	e.told = t
}

// keepPromise notes at the first call how long the wait was for which something was told.
func (m *moving) keepPromise() {
	if m.e.told.high > 0 && m.e.waited < 0 {
		m.set["waitedSeconds"] = record.Int(max(m.clinic.UnixMilli()-m.e.checkedIn, 0) / 1000)
	}
}

// dropPromise forgets what was told to somebody who is moved by hand: it was told of another place.
func (m *moving) dropPromise() {
	if m.e.told.high > 0 && m.e.waited < 0 {
		m.set["told"] = record.Null()
	}
}

// proven tells whether it is known what became of what was told.
func (e *entry) proven() bool { return e.told.high > 0 && e.waited >= 0 }

// missed is by how many seconds the middle of what was told was wrong.
func (e *entry) missed() int64 {
	d := min(e.waited, mostSeconds) - e.told.middle()
	return max(d, -d)
}

// held tells whether the wait lay in the range that was told.
func (e *entry) held() bool { return e.told.low*60 <= e.waited && e.waited <= e.told.high*60 }

// proofs are up to so many of the last called for whom it is known whether what they were told was right. Where hardly
// anybody is told anything, it does not look through the whole day.
func (q *queue) proofs(most int) line {
	var found line
	for i := len(q.calls) - 1; i >= max(0, len(q.calls)-4*most) && len(found) < most; i-- {
		if q.calls[i].proven() {
			found = append(found, q.calls[i])
		}
	}
	return found
}

// trust is how much of a forecast should be the line's, the rest being the lag's: the share with which the last told
// would have been told best (least squares), together with what was learnt on earlier days.
func (g *guruji) trust(proofs line) float64 {
	prior := firstTrust
	if g.lineTrust > 0 {
		prior = float64(g.lineTrust) / fullPercent
	}
	const lesson = lessonMinutes * lessonMinutes
	line, all := trustWeight*prior*lesson, float64(trustWeight*lesson)
	for _, e := range proofs {
		apart := float64(e.told.byLine-e.told.byLag) / 60
		line += apart * float64(min(e.waited, mostSeconds)-e.told.byLag) / 60
		all += apart * apart
	}
	return min(max(line/all, 0), 1)
}

// usualError is the share of the wait, and of sureMinutes more, by which four of five of the last told were not missed,
// together with what was learnt on earlier days.
func (g *guruji) usualError(proofs line) float64 {
	prior := firstError
	if g.toldError > 0 {
		prior = float64(g.toldError) / fullPercent
	}
	errors := make([]float64, 0, len(proofs)+len(firstErrors))
	for _, part := range firstErrors {
		errors = append(errors, part*prior)
	}
	for _, e := range proofs {
		errors = append(errors, float64(e.missed())/float64(e.told.middle()+sureMinutes*60))
	}
	slices.Sort(errors)
	at := toldHolds * float64(len(errors)-1)
	below := int(at)
	above := min(below+1, len(errors)-1)
	return errors[below] + (errors[above]-errors[below])*(at-float64(below))
}

// learntPaces are the priors that tomorrow starts from, of every guruji who was seen often enough today: of the whole
// day, since the last hours of one are not like the first of another.
func (d *Day) learntPaces() []record.Edit {
	var edits []record.Edit
	for _, g := range d.gurujis {
		q := d.queue(g.id)
		p := d.paceOf(g, q.services)
		if p.seen < fewServices {
			continue
		}
		set := fields{}
		learn := func(field string, known int64, learnt float64) {
			if n := max(int64(math.Round(learnt)), 1); n != known {
				set[field] = record.Int(n)
			}
		}
		learn("priorSeconds", g.priorSeconds, p.mean*60)
		if proofs := q.proofs(len(q.calls)); len(proofs) > 0 {
			learn("lineTrust", g.lineTrust, g.trust(proofs)*fullPercent)
			learn("toldError", g.toldError, g.usualError(proofs)*fullPercent)
		}
		if len(set) > 0 {
			edits = append(edits, record.Edit{Kind: KindGuruji, ID: g.id, Set: set})
		}
	}
	slices.SortFunc(edits, func(a, b record.Edit) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	return edits
}

// truth counts what became of what was told today.
type truth struct {
	told, held int
	missed     int64 // seconds, of all of them together
}

func (t *truth) count(e *entry, by int) {
	if !e.proven() {
		return
	}
	t.told += by
	t.missed += int64(by) * e.missed()
	if e.held() {
		t.held += by
	}
}

// WaitTruth is how true the waits were that were told today, over all who have been called since.
type WaitTruth struct {
	Told         int     `json:"told" doc:"How many were told a wait when they came, and have been called"`
	Held         int     `json:"held" doc:"How many of them waited as long as they were told; it should be four of five"`
	ErrorMinutes float64 `json:"errorMinutes" doc:"By how much the middle of the range was wrong, on average; to a tenth"`
}

// WaitTruth is as of now.
func (d *Day) WaitTruth() WaitTruth {
	t := WaitTruth{Told: d.truth.told, Held: d.truth.held}
	if t.Told > 0 {
		t.ErrorMinutes = math.Round(float64(d.truth.missed)/float64(t.Told)/6) / 10
	}
	return t
}
