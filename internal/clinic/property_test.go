package clinic_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// crowd is a site where anything happens at random.
type crowd struct {
	*site
	pick    func(n int) int // below n
	gurujis []guru
	entries []record.ID
	actions []record.ID
	booked  []record.ID
	waiting []record.ID // for a token
}

func newCrowd(t testing.TB, gurujis int, pick func(n int) int) *crowd {
	c := &crowd{site: newSite(t), pick: pick}
	for i := range gurujis {
		c.gurujis = append(c.gurujis, c.guruji(fmt.Sprint("guruji ", i)))
	}
	return c
}

func (c *crowd) anybody() clinic.Actor {
	if c.pick(3) == 0 {
		return c.gurujis[c.pick(len(c.gurujis))].actor
	}
	return desk
}

func (c *crowd) anyGuruji() record.ID { return c.gurujis[c.pick(len(c.gurujis))].id }

func (c *crowd) anyEntry() record.ID {
	if len(c.entries) == 0 {
		return record.ID{}
	}
	return c.entries[len(c.entries)-1-c.pick(min(len(c.entries), 40))]
}

// anyPerson is who came with an entry, who may have been merged or erased since.
func (c *crowd) anyPerson() record.ID {
	if e, ok := c.records[record.Key{Kind: clinic.KindEntry, ID: c.anyEntry()}]; ok {
		return e.Get("person").ID()
	}
	return record.ID{}
}

var steps = []string{
	"queue.check_in", "queue.check_in", "queue.check_in", "queue.call_next", "queue.call_next", "queue.start", "queue.start", "queue.complete", "queue.complete",
	"queue.call", "queue.recall", "queue.no_answer", "queue.hold", "queue.resume", "queue.cancel", "queue.leave", "queue.no_show", "queue.reinstate",
	"queue.transfer", "queue.prioritise", "queue.undo", "queue.undo", "appointment.book", "guruji.set_availability", "person.update",
	"person.merge", "person.link_family", "person.erase", "notification.send", "consultation.note", "remedy.prescribe", "queue.join_waitlist", "queue.admit",
}

// step gives one command, whatever comes of it, and returns its type.
func (c *crowd) step() string {
	c.t.Helper()
	c.pass(time.Duration(c.pick(40)) * time.Second)
	command := clinic.Command{ID: c.id(), Type: steps[c.pick(len(steps))]}
	data := c.data(command.Type)
	command.Data = encode(c.t, data)
	if c.pick(20) > 0 {
		command.Saw = c.saw(data)
	} else {
		command.Saw = map[string]any{"status": "waiting", "generation": 1, "guruji": c.anyGuruji().String(), "band": 1, "credit": 0}
	}
	who := c.anybody()
	if command.Type == "person.erase" {
		who = admin
	}
	answer, err := c.act(who, command)
	if err != nil {
		return command.Type
	}
	c.actions = append(c.actions, command.ID)
	switch a := answer.(type) {
	case clinic.CheckInAnswer:
		c.entries = append(c.entries, a.Entry)
	case clinic.WaitlistAnswer:
		c.waiting = append(c.waiting, a.Waitlist)
	case clinic.AppointmentAnswer:
		c.booked = append(c.booked, a.Appointment)
	}
	return command.Type
}

func (c *crowd) data(command string) any {
	switch command {
	case "queue.check_in":
		in := clinic.CheckIn{Emergency: c.pick(30) == 0, Credit: []string{"", "", "", "elderly", "pregnant"}[c.pick(5)]}
		if c.pick(2) == 0 {
			in.Guruji = c.anyGuruji()
		}
		if c.pick(2) == 0 {
			in.Person = &clinic.PersonRef{Name: fmt.Sprint("person ", c.pick(50)), Phone: fmt.Sprint(9822000000 + c.pick(20))}
		}
		if len(c.booked) > 0 && c.pick(3) == 0 {
			in = clinic.CheckIn{Appointment: c.booked[c.pick(len(c.booked))]}
		}
		return in
	case "queue.call_next":
		return clinic.CallNext{Guruji: c.anyGuruji()}
	case "queue.transfer":
		return clinic.Transfer{Entry: c.anyEntry(), Guruji: c.anyGuruji()}
	case "queue.prioritise":
		in := clinic.Prioritise{Entry: c.anyEntry(), Reason: "because"}
		switch c.pick(3) {
		case 0:
			in.Emergency = ptr(c.pick(2) == 0)
		case 1:
			in.Credit = clinic.CreditDisabled
		default:
			in.Nudge = ptr(c.pick(241) - 120)
		}
		return in
	case "queue.undo":
		if len(c.actions) == 0 {
			return clinic.UndoData{}
		}
		action := c.actions[len(c.actions)-1-c.pick(min(len(c.actions), 3))]
		if kept := c.undos[action]; kept != nil {
			return clinic.UndoData{Entry: kept.Entry, Action: action}
		}
		return clinic.UndoData{Entry: c.anyEntry(), Action: action}
	case "appointment.book":
		return clinic.Book{Guruji: c.anyGuruji(), Slot: c.clinic.Add(time.Duration(c.pick(30)) * time.Minute),
			Person: &clinic.PersonRef{Name: fmt.Sprint("person ", c.pick(50)), Phone: fmt.Sprint(9822000000 + c.pick(20))}}
	case "guruji.set_availability":
		return clinic.SetAvailability{Guruji: c.anyGuruji(), Availability: []string{"available", "available", "on_break", "off"}[c.pick(4)]}
	case "person.update":
		if e, ok := c.records[record.Key{Kind: clinic.KindEntry, ID: c.anyEntry()}]; ok {
			return clinic.PersonUpdate{Person: e.Get("person").ID(), Name: ptr(fmt.Sprint("renamed ", c.pick(99)))}
		}
		return clinic.PersonUpdate{}
	case "person.merge":
		return clinic.MergePersons{Keep: c.anyPerson(), Drop: c.anyPerson()}
	case "person.link_family":
		return clinic.LinkFamily{Person: c.anyPerson(), Relative: c.anyPerson(), Relation: "sibling", Guardian: c.pick(2) == 0}
	case "person.erase":
		if c.pick(4) > 0 {
			return clinic.PersonOnly{}
		}
		return clinic.PersonOnly{Person: c.anyPerson()}
	case "notification.send":
		return clinic.NotificationSend{Entry: c.anyEntry(), Title: "ready"}
	case "consultation.note":
		return clinic.Note{Entry: c.anyEntry(), Text: fmt.Sprint("note ", c.pick(99))}
	case "remedy.prescribe":
		return clinic.Prescribe{Entry: c.anyEntry(), Type: "lifestyle", Name: "walk"}
	case "queue.join_waitlist":
		return clinic.JoinWaitlist{Person: &clinic.PersonRef{Name: fmt.Sprint("person ", c.pick(50))}}
	case "queue.admit":
		if len(c.waiting) > 0 {
			return clinic.WaitlistRef{Waitlist: c.waiting[len(c.waiting)-1]}
		}
		return clinic.WaitlistRef{}
	}
	return clinic.EntryMove{Entry: c.anyEntry()}
}

// drawn picks with rapid, so that a failure shrinks; seeded picks from a printed seed.
func drawn(t *rapid.T) func(int) int {
	return func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }
}

// told is everything a day tells to anybody: two days that tell the same are the same.
func told(t testing.TB, d *clinic.Day, gurujis []guru, now time.Time) string {
	t.Helper()
	text := fmt.Sprint(d.Figures())
	for _, a := range []clinic.Actor{desk, admin, boards, kiosk, central, gurujis[0].actor} {
		for _, view := range clinic.Views(a.Role) {
			audience, err := clinic.AudienceOf(a, view)
			if err != nil {
				t.Fatal(err)
			}
			text += string(encode(t, d.Snapshot(audience, now)))
			rows := d.Rows(audience, nil, true, now)
			slices.SortFunc(rows, func(a, b clinic.Row) int { return cmpText(a.Kind+a.ID, b.Kind+b.ID) })
			text += string(encode(t, rows))
		}
	}
	for _, g := range gurujis {
		text += fmt.Sprint(d.Order(g.id))
	}
	return text
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestTheSameRecordsGiveTheSameQueueInAnyOrderAndRepeated(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newCrowd(t, 3, drawn(rt))
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			c.step()
		}
		want := told(t, c.day, c.gurujis, c.clinic)
		all := make([]record.Record, 0, len(c.records))
		for _, r := range c.records {
			all = append(all, r)
		}
		slices.SortFunc(all, func(a, b record.Record) int { return cmpText(a.Kind+a.ID.String(), b.Kind+b.ID.String()) })
		order := rapid.Permutation(all).Draw(rt, "order")
		other := clinic.NewDay(siteID, c.day.ServiceDay())
		for i := range order {
			other.Apply(nil, &order[i])
			if c.pick(4) == 0 {
				again := order[c.pick(i+1)]
				other.Apply(&again, &again)
			}
		}
		if got := told(t, other, c.gurujis, c.clinic); got != want {
			rt.Fatal(cmp.Diff(want, got))
		}
	})
}

func TestTakingChangesBackLeavesNoTrace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newCrowd(t, 2, drawn(rt))
		for range rapid.IntRange(0, 30).Draw(rt, "before") {
			c.step()
		}
		want, mark := told(t, c.day, c.gurujis, c.clinic), len(c.history)
		at := c.clinic
		for range rapid.IntRange(1, 30).Draw(rt, "after") {
			c.step()
		}
		for i := len(c.history) - 1; i >= mark; i-- {
			c.day.Apply(c.history[i].After, c.history[i].Before)
		}
		if got := told(t, c.day, c.gurujis, at); got != want {
			rt.Fatal(cmp.Diff(want, got))
		}
	})
}

func TestAnEmergencyStaysFirstThroughWhateverFollows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newCrowd(t, 2, drawn(rt))
		for range 10 {
			c.step()
		}
		for id := range entriesIn(c.site) {
			if e := c.view(id); e["band"] == int64(0) {
				e := clinic.Prioritise{Entry: id, Emergency: ptr(false), Reason: "one is enough"}
				_, _ = c.act(desk, clinic.Command{Type: "queue.prioritise", Data: encode(t, e), Saw: c.saw(e)})
			}
		}
		g := c.gurujis[0]
		urgent := c.checkIn(clinic.CheckIn{Guruji: g.id, Emergency: true, Override: true}).Entry
		for range rapid.IntRange(1, 100).Draw(rt, "steps") {
			c.step()
			if c.status(urgent) == clinic.StatusCalled { // it was first indeed; a hundred edits are to follow all the same
				back := clinic.EntryMove{Entry: urgent}
				do[clinic.EntryAnswer](c.site, desk, "queue.hold", back)
				do[clinic.EntryAnswer](c.site, desk, "queue.resume", back)
			}
			first := c.day.Order(g.id)
			if c.status(urgent) != clinic.StatusWaiting || c.view(urgent)["guruji"] != g.id.String() || c.view(urgent)["band"] != int64(0) {
				return // they were called, moved, or found to be none
			}
			if other := c.view(first[0]); first[0] != urgent && other["band"] != int64(0) {
				rt.Fatalf("the emergency stands at %d of %d", slices.Index(first, urgent)+1, len(first))
			}
		}
	})
}

func entriesIn(s *site) map[record.ID]bool {
	ids := map[record.ID]bool{}
	for key := range s.records {
		if key.Kind == clinic.KindEntry {
			ids[key.ID] = true
		}
	}
	return ids
}

func TestNoOneIsCalledToTwoGurujis(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newCrowd(t, 2, drawn(rt))
		called := map[record.ID]record.ID{}
		for range rapid.IntRange(1, 80).Draw(rt, "steps") {
			switch c.pick(3) {
			case 0:
				c.entries = append(c.entries, c.checkIn(clinic.CheckIn{}).Entry)
			case 1:
				data := clinic.Transfer{Entry: c.anyEntry(), Guruji: c.anyGuruji()}
				if _, err := c.act(desk, clinic.Command{Type: "queue.transfer", Data: encode(t, data), Saw: c.saw(data)}); err == nil {
					delete(called, data.Entry)
				}
			default:
				g := c.gurujis[c.pick(2)]
				answer, err := c.act(g.actor, clinic.Command{Type: "queue.call_next"})
				if err != nil {
					continue
				}
				entry := answer.(clinic.EntryAnswer).Entry
				if by, twice := called[entry]; twice {
					rt.Fatalf("%s was called by %s and by %s", entry, by, g.id)
				}
				called[entry] = g.id
			}
		}
	})
}

func TestTenThousandRandomCommandsKeepEveryPromise(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	c := newCrowd(t, 5, random.IntN)
	c.set("maxEntriesPerDay", 120)
	done := map[string]int{}
	for i := range 10_000 {
		done[c.step()]++
		if i%500 == 499 {
			c.checkInvariants()
		}
		c.turnIfNeeded()
	}
	c.checkInvariants()
	if len(c.entries) < 200 || len(c.waiting) == 0 {
		t.Errorf("only %d entries and %d who waited for one came of it: the commands were mostly refused", len(c.entries), len(c.waiting))
	}
	for _, step := range steps {
		if done[step] == 0 {
			t.Errorf("%s was never tried", step)
		}
	}
}

// checkInvariants compares the day with its records, read afresh.
func (c *crowd) checkInvariants() {
	c.t.Helper()
	tokens := map[string]record.ID{}
	for key, r := range c.records {
		if key.Kind != clinic.KindEntry {
			continue
		}
		token := r.Day + " " + r.Get("token").Text()
		if other, twice := tokens[token]; twice {
			c.t.Fatalf("%s was given to %s and to %s", token, other, key.ID)
		}
		tokens[token] = key.ID
		st, generation := clinic.Schema.Shown(&r).Name, clinic.Schema.Shown(&r).Generation
		if clinic.Schema[clinic.KindEntry].Status.Rank(st) < 0 || generation < 1 {
			c.t.Fatalf("%s is %s in generation %d", token, st, generation)
		}
	}
	afresh := clinic.NewDay(siteID, c.day.ServiceDay())
	if err := afresh.Fill(c); err != nil {
		c.t.Fatal(err)
	}
	if got, want := told(c.t, c.day, c.gurujis, c.clinic), told(c.t, afresh, c.gurujis, c.clinic); got != want {
		c.t.Fatalf("the day is not what its records say: %s", cmp.Diff(want, got))
	}
	for _, g := range c.gurujis {
		var last clinic.EntryRow
		for i, id := range c.day.Order(g.id) {
			row := c.row(id)
			if row.Position == nil || *row.Position != i+1 || *row.Ahead != i {
				c.t.Fatalf("%s is number %d and is told %v", row.Token, i+1, row.Position)
			}
			if i > 0 && (last.Order > row.Order || last.Order == row.Order && last.ID.String() >= row.ID.String()) || row.Order >= 1<<53 || last.Band > row.Band {
				c.t.Fatalf("%s and %s stand the wrong way round", last.Token, row.Token)
			}
			last = row
		}
	}
}
