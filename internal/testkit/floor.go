package testkit

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/sync/record"
)

// Clock shows what it was last set to.
type Clock struct{ at atomic.Int64 }

// Now is what the clock shows.
func (c *Clock) Now() time.Time { return time.UnixMilli(c.at.Load()) }

// Set puts the clock to a time.
func (c *Clock) Set(at time.Time) { c.at.Store(at.UnixMilli()) }

// Pass lets time go by.
func (c *Clock) Pass(d time.Duration) { c.at.Add(d.Milliseconds()) }

const (
	floorGurujis = 12
	// One in five says a name at the desk, and most of them have come before.
	namedEach  = 5
	floorNames = 3_000
)

// Floor is the people of a site at work. Each visit is a check-in, a call, a start and a completion, and leaves an
// entry, a consultation and four rows of the audit.
type Floor struct {
	Clock *Clock // of the clinic; moved on by Work

	t         testing.TB
	committer *commit.Committer
	gurujis   []record.ID
	visits    int
}

var floorDesk = clinic.Actor{ID: "desk", Role: clinic.RoleCoordinator}

// NewFloor hires the gurujis of a site whose committer runs.
func NewFloor(t testing.TB, c *commit.Committer, clock *Clock) *Floor {
	t.Helper()
	f := &Floor{Clock: clock, t: t, committer: c}
	for n := range floorGurujis {
		answer := f.act(clinic.Actor{ID: "admin", Role: clinic.RoleAdmin}, []api.Action{
			f.action("staff.create", "", clinic.StaffCreate{Name: fmt.Sprint("Guruji ", n), Role: clinic.RoleGuruji}),
		})[0]
		hired, ok := answer.Data.(clinic.StaffAnswer)
		if !ok {
			t.Fatalf("hire a guruji: %s, %v", answer.Status, answer.Error)
		}
		f.gurujis = append(f.gurujis, hired.Guruji)
	}
	return f
}

// MoveTo goes on at another opening of the same store.
func (f *Floor) MoveTo(c *commit.Committer, clock *Clock) { f.committer, f.Clock = c, clock }

// Days works day after day from nine o'clock, so many visits each, which come in groups of so many at once.
func (f *Floor) Days(first time.Time, days, visits, group int) {
	f.t.Helper()
	for n := range days {
		day := first.AddDate(0, 0, n)
		f.Clock.Set(time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, day.Location()))
		for left := visits; left > 0; left -= group {
			f.Work(min(left, group))
		}
	}
}

// Work takes so many people through their visits, all at once, in a quarter of an hour of the clinic's.
func (f *Floor) Work(people int) {
	f.t.Helper()
	entries, checkIns := make([]record.ID, people), make([]api.Action, people)
	for n := range people {
		in := clinic.CheckIn{Guruji: f.gurujis[f.visits%len(f.gurujis)]}
		if f.visits%namedEach == 0 {
			who := f.visits * 7919 % floorNames
			in.Person = &clinic.PersonRef{Name: fmt.Sprintf("Devotee %04d", who), Phone: fmt.Sprintf("+9198%08d", who*31337%100_000_000)}
		}
		f.visits++
		checkIns[n] = f.action("queue.check_in", "", in)
		entries[n], _ = record.ParseID(checkIns[n].ID)
	}
	f.act(floorDesk, checkIns)
	for _, move := range []struct {
		kind, saw string
		after     time.Duration
	}{
		{"queue.call", clinic.StatusWaiting, 3 * time.Minute},
		{"queue.start", clinic.StatusCalled, time.Minute},
		{"queue.complete", clinic.StatusInService, 11 * time.Minute},
	} {
		f.Clock.Pass(move.after)
		moves := make([]api.Action, people)
		for n, entry := range entries {
			moves[n] = f.action(move.kind, move.saw, clinic.EntryMove{Entry: entry})
		}
		f.act(floorDesk, moves)
	}
}

func (f *Floor) action(kind, saw string, data any) api.Action {
	raw, err := json.Marshal(data)
	if err != nil {
		f.t.Fatal(err)
	}
	a := api.Action{ID: record.NewV7(f.Clock.Now(), rand.Reader).String(), Type: kind, Data: raw}
	if saw != "" {
		a.Saw = map[string]any{"status": saw, "generation": 1}
	}
	return a
}

func (f *Floor) act(who clinic.Actor, actions []api.Action) []api.Result {
	f.t.Helper()
	results, err := f.committer.Act(f.t.Context(), who, actions)
	if err != nil {
		f.t.Fatal(err)
	}
	for n, r := range results {
		if r.Status != api.Applied {
			f.t.Fatalf("%s: %s, %v", actions[n].Type, r.Status, r.Error)
		}
	}
	return results
}
