// Package waits plays days through the clinic and holds what people were told of their wait against what it became,
// beside the ways in which waits are told elsewhere.
//
// It promises that what it measures is what a screen would have shown: people check in, are called, are served and
// leave by clinic's own commands, one day after the other, so that what is learnt on one is there on the next. It
// refuses to choose anything: no constant of the estimator can be given to it.
package waits

import (
	"fmt"
	"math"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// zone is that of all days; files have local times without one.
var zone = clinic.DefaultSettings().Zone()

// manyGurujis serve a day of visits, as in the replay of one. A file of visits does not say how many there were.
const manyGurujis = 12

// Set is days of one clinic, in order.
type Set struct {
	Name    string
	Gurujis int
	Days    []Day
}

// Day is what a file knows of a day. With Starts, the consultations are those of one guruji in order, and the people
// come in order. Without, each end is that of whoever has been inside for longest, and the next is called at once: when
// gurujis became free is a fact, who was called then is the queue's choice.
type Day struct {
	Name     string
	Opens    time.Time // until then the gurujis are away, and people know; zero: they are there when people come
	Arrivals []time.Time
	Starts   []time.Time
	Ends     []time.Time
}

// Told is one person: what they were told when they came, in minutes, and what it became.
type Told struct {
	Wait *clinic.Wait // nil: nothing could be told, or it was too long for a number
	Long bool
	// AtOnce is somebody whose guruji was free: they are sent in, and no wait is told.
	AtOnce bool
	// Naive are what others would have told, in the order of Naives; NaN when they knew nothing.
	Naive [3]float64
	Truth float64
}

// Naives names the ways to tell a wait that the estimator is held against.
var Naives = [3]string{"15 min x position", "mean wait of today", "wait of the last called"}

// middle is the one number that stands for what was told.
func (t Told) middle() float64 { return float64(t.Wait.Low+t.Wait.High) / 2 }

func (t Told) held() bool {
	return float64(t.Wait.Low) <= t.Truth && t.Truth <= float64(t.Wait.High)
}

// Play plays a set and returns the people of each day who were called, in the order of their coming.
func Play(set Set) ([][]Told, error) {
	p := &player{site: newSite()}
	all := make([][]Told, 0, len(set.Days))
	for _, day := range set.Days {
		if len(day.Arrivals) == 0 {
			return nil, fmt.Errorf("%s of %s is empty", day.Name, set.Name)
		}
		told, err := p.play(set.Gurujis, day)
		if err != nil {
			return nil, fmt.Errorf("play %s of %s: %w", day.Name, set.Name, err)
		}
		all = append(all, told)
	}
	return all, nil
}

type player struct {
	*site
	gurujis []record.ID
	people  []*person
	known   map[record.ID]*person
	inside  []*person // longest first
	calls   int       // today
	waited  float64   // minutes, of all called today together
	last    float64   // minutes, of the last called
}

type person struct {
	Told
	entry, guruji record.ID
	came          time.Time
	called        bool
}

func (p *player) play(gurujis int, day Day) ([]Told, error) {
	if err := p.begin(day.Arrivals[0].Add(-time.Minute)); err != nil {
		return nil, err
	}
	p.people, p.known, p.inside, p.calls, p.waited, p.last = nil, map[record.ID]*person{}, nil, 0, 0, math.NaN()
	if err := p.prepare(gurujis, day.Opens); err != nil {
		return nil, err
	}
	if err := p.run(day); err != nil {
		return nil, err
	}
	if _, err := do[clinic.RecordAnswer](p.site, admin, "day.close", clinic.DayMove{}, nil); err != nil {
		return nil, err
	}
	var told []Told
	for _, one := range p.people {
		if one.called {
			told = append(told, one.Told)
		}
	}
	return told, nil
}

// prepare hires whoever is missing and says when the gurujis will be there.
func (p *player) prepare(gurujis int, opens time.Time) error {
	for len(p.gurujis) < gurujis {
		made, err := do[clinic.StaffAnswer](p.site, admin, "staff.create",
			clinic.StaffCreate{Name: fmt.Sprintf("Guruji %02d", len(p.gurujis)+1), Role: clinic.RoleGuruji}, nil)
		if err != nil {
			return err
		}
		p.gurujis = append(p.gurujis, made.Guruji)
	}
	for _, g := range p.gurujis {
		set := clinic.SetAvailability{Guruji: g, Availability: clinic.Available}
		if opens.After(p.now) {
			set.Availability, set.Until = clinic.OnBreak, &opens
		}
		if _, err := do[clinic.RecordAnswer](p.site, admin, "guruji.set_availability", set, nil); err != nil {
			return err
		}
	}
	return nil
}

// run goes through the day moment by moment. At the same moment somebody ends, comes, and is called, in this order; a
// recorded start waits for nobody else.
func (p *player) run(day Day) error {
	arrivals, starts, ends := day.Arrivals, day.Starts, day.Ends
	for len(arrivals)+len(starts)+len(ends) > 0 {
		var err error
		switch {
		case first(ends, starts) && first(ends, arrivals) && len(p.inside) > 0:
			p.now, ends = ends[0], ends[1:]
			err = p.end(day.Starts == nil)
		case first(arrivals, starts) && (first(arrivals, ends) || len(p.inside) == 0) && len(arrivals) > 0:
			p.now, arrivals = arrivals[0], arrivals[1:]
			err = p.arrive(day.Starts == nil)
		case len(starts) > 0:
			p.now, starts = starts[0], starts[1:]
			err = p.begun(day)
		default:
			return fmt.Errorf("a consultation ends at %s and nobody is inside", ends[0].In(zone).Format(time.TimeOnly))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begun is a recorded start, which may come before the doors were to open.
func (p *player) begun(day Day) error {
	if p.now.Before(day.Opens) {
		set := clinic.SetAvailability{Guruji: p.gurujis[0], Availability: clinic.Available}
		if _, err := do[clinic.RecordAnswer](p.site, admin, "guruji.set_availability", set, nil); err != nil {
			return err
		}
	}
	return p.call(p.gurujis[0])
}

// first tells whether the first of a comes no later than the first of b.
func first(a, b []time.Time) bool { return len(a) > 0 && (len(b) == 0 || !a[0].After(b[0])) }

// arrive checks somebody in with whom the wait is least, and notes what each would have told them.
func (p *player) arrive(callAtOnce bool) error {
	before := [3]float64{0, p.waited / float64(p.calls), p.last}
	got, err := do[clinic.CheckInAnswer](p.site, desk, "queue.check_in", clinic.CheckIn{}, nil)
	if err != nil {
		return err
	}
	one := &person{entry: got.Entry, guruji: got.Guruji, came: p.now}
	one.Wait, one.Long, one.Naive = got.Wait, got.LongWait, before
	one.Naive[0] = 15 * float64(*got.Position)
	p.people = append(p.people, one)
	p.known[got.Entry] = one
	if callAtOnce && !p.busy(got.Guruji) {
		one.AtOnce = true
		return p.call(got.Guruji)
	}
	return nil
}

func (p *player) busy(guruji record.ID) bool {
	for _, one := range p.inside {
		if one.guruji == guruji {
			return true
		}
	}
	return false
}

// call lets the next of a guruji in, if somebody waits.
func (p *player) call(guruji record.ID) error {
	if len(p.day.Order(guruji)) == 0 {
		return nil
	}
	called, err := do[clinic.EntryAnswer](p.site, admin, "queue.call_next", clinic.CallNext{Guruji: guruji}, nil)
	if err != nil {
		return err
	}
	if err := p.move("queue.start", called.Entry); err != nil {
		return err
	}
	one := p.known[called.Entry]
	one.called, one.Truth = true, p.now.Sub(one.came).Minutes()
	p.calls++
	p.waited += one.Truth
	p.last = one.Truth
	p.inside = append(p.inside, one)
	return nil
}

// end lets out whoever has been inside for longest.
func (p *player) end(callNext bool) error {
	one := p.inside[0]
	p.inside = p.inside[1:]
	if err := p.move("queue.complete", one.entry); err != nil {
		return err
	}
	if callNext {
		return p.call(one.guruji)
	}
	return nil
}
