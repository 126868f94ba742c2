package clinic_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

func (s *site) set(name string, value any) {
	s.t.Helper()
	do[clinic.RecordAnswer](s, admin, "setting.update", map[string]any{"name": name, "value": value})
}

func TestIntakeClosesAtTheDaysMaximumAndAtAGurujisOwn(t *testing.T) {
	s := newSite(t)
	a, b := s.guruji("Madhavnath"), s.guruji("Vasudev")
	do[clinic.RecordAnswer](s, admin, "guruji.set_capacity", clinic.SetCapacity{Guruji: a.id, Capacity: ptr(1)})
	s.walkIn(a)
	refused(s, desk, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: a.id})
	s.walkIn(b)
	s.set("maxEntriesPerDay", 2)
	refused(s, desk, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: b.id})
	refused(s, kiosk, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: b.id, Override: true})
	entry := s.checkIn(clinic.CheckIn{Guruji: b.id, Override: true}).Entry
	if s.view(entry)["overridden"] != string(clinic.CodeClosed) {
		t.Error("the entry does not say that it was let in all the same")
	}
	audit := s.record(clinic.KindAudit, entry)
	var touched []string
	if err := audit.Get("fields").Decode(&touched); err != nil || !slices.Contains(touched, "overridden") || audit.Get("actor").Text() != desk.ID {
		t.Errorf("the audit says %v, %v", touched, err)
	}
	if open := s.checkIn(clinic.CheckIn{Guruji: b.id, Override: true}); s.view(open.Entry)["overridden"] == nil {
		t.Error("a second one is not marked")
	}
}

func TestIntakeClosesWhenThoseWhoWaitWillTakeUntilClosingTime(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	for range 3 {
		s.walkIn(g)
		s.serve(g, 30*time.Minute)
	}
	s.set("closesAt", 12*60+30) // it is 11:00, and everybody takes half an hour
	for range 3 {
		s.walkIn(g)
	}
	s.walkIn(g) // the hours inform and refuse nobody
	s.set("enforceHours", true)
	refused(s, desk, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: g.id})
	s.checkIn(clinic.CheckIn{Guruji: g.id, Override: true})
	s.set("closesAt", 18*60)
	s.walkIn(g)
	s.set("opensAt", 12*60)
	refused(s, desk, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: g.id})
}

func TestWhoComesTooLateWaitsForATokenInTheOrderTheyCame(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	person := func(n int) clinic.JoinWaitlist {
		return clinic.JoinWaitlist{Guruji: g.id, Person: &clinic.PersonRef{Name: fmt.Sprint("person ", n), Phone: fmt.Sprint(9822000000 + n)}}
	}
	refused(s, desk, clinic.CodeNotAllowed, "queue.join_waitlist", person(1)) // there is room
	s.walkIn(g)
	s.set("maxEntriesPerDay", 1)
	s.set("waitlistMax", 2)
	refused(s, desk, clinic.CodeInvalid, "queue.join_waitlist", clinic.JoinWaitlist{Guruji: g.id})
	first := do[clinic.WaitlistAnswer](s, kiosk, "queue.join_waitlist", person(1))
	s.pass(time.Minute)
	refused(s, desk, clinic.CodeNotAllowed, "queue.join_waitlist", person(1)) // twice
	second := do[clinic.WaitlistAnswer](s, desk, "queue.join_waitlist", person(2))
	if first.Place != 1 || second.Place != 2 {
		t.Errorf("places %d and %d", first.Place, second.Place)
	}
	refused(s, desk, clinic.CodeClosed, "queue.join_waitlist", person(3)) // full
	s.pass(time.Hour)
	refused(s, kiosk, clinic.CodeForbidden, "queue.admit", clinic.WaitlistRef{Waitlist: first.Waitlist})
	admitted := do[clinic.CheckInAnswer](s, desk, "queue.admit", clinic.WaitlistRef{Waitlist: first.Waitlist})
	if admitted.Token != "A002" || s.view(admitted.Entry)["checkedInAt"] != "2026-11-23T04:00:00.000Z" || s.view(admitted.Entry)["overridden"] == nil {
		t.Errorf("admitted as %+v, %v", admitted, s.view(admitted.Entry))
	}
	refused(s, desk, clinic.CodeNotAllowed, "queue.admit", clinic.WaitlistRef{Waitlist: first.Waitlist})
	third := do[clinic.WaitlistAnswer](s, desk, "queue.join_waitlist", person(3))
	do[clinic.RecordAnswer](s, desk, "queue.leave_waitlist", clinic.WaitlistRef{Waitlist: second.Waitlist})
	s.pass(24 * time.Hour)
	s.turn()
	states := map[string]int{}
	for key, r := range s.records {
		if key.Kind == clinic.KindWaitlist {
			states[r.Get("state").Text()]++
		}
	}
	if diff := cmp.Diff(map[string]int{"admitted": 1, "left": 1, "closed_by_rollover": 1}, states); diff != "" {
		t.Error(diff)
	}
	refused(s, desk, clinic.CodeNotAllowed, "queue.admit", clinic.WaitlistRef{Waitlist: third.Waitlist})
}

func TestWalkInsDoNotTakeTheSlotThatSomebodyBooked(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	s.set("maxEntriesPerDay", 1)
	intime, late, toolate := s.book(g, "Usha", "", 0), s.book(g, "Ravi", "", -30), s.book(g, "Tara", "", 5)
	s.walkIn(g)
	s.pass(time.Hour)
	refused(s, kiosk, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: g.id})
	refused(s, kiosk, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Appointment: late.Appointment}) // as a walk-in
	entry := do[clinic.CheckInAnswer](s, kiosk, "queue.check_in", clinic.CheckIn{Appointment: intime.Appointment}).Entry
	if s.view(entry)["overridden"] != nil {
		t.Error("what was promised is said to be an exception")
	}
	do[clinic.RecordAnswer](s, desk, "day.close", clinic.DayMove{})
	refused(s, kiosk, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Appointment: toolate.Appointment})
}

func TestWhoWaitsForATokenBeforeAnybodyOpensIsClosedWithTheDay(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	s.set("enforceHours", true)
	s.set("opensAt", 12*60)
	waits := do[clinic.WaitlistAnswer](s, desk, "queue.join_waitlist", clinic.JoinWaitlist{Guruji: g.id, Person: &clinic.PersonRef{Name: "Usha"}})
	s.pass(24 * time.Hour)
	s.turn()
	if r := s.record(clinic.KindWaitlist, waits.Waitlist); r.Get("state").Text() != clinic.WaitlistClosed {
		t.Errorf("the waitlist of a day that never opened still says %s", r.Get("state").Text())
	}
}

func TestWhoComesAfterTheWindowIsAWalkInAndSaidToBeLate(t *testing.T) {
	for _, tc := range []struct {
		name  string
		after time.Duration // their coming, after the slot
		slot  bool
		late  bool
	}{
		{"before the window", -25 * time.Minute, false, false}, {"early", -20 * time.Minute, true, false}, {"just late enough", 15 * time.Minute, true, false},
		{"too late", 16 * time.Minute, false, true},
	} {
		s := newSite(t)
		g := s.guruji("Madhavnath")
		slot := s.clinic.Add(time.Hour)
		booked := bookSeries(s, g, slot, "", 0).Appointment
		s.pass(slot.Add(tc.after).Sub(s.clinic))
		row := s.row(s.checkIn(clinic.CheckIn{Appointment: booked}).Entry)
		why := strings.Join(row.Why, " ")
		if (row.Slot != nil) != tc.slot || strings.Contains(why, "late") != tc.late || strings.Contains(why, "appointment") != tc.slot {
			t.Errorf("%s: slot %v, why %s", tc.name, row.Slot, why)
		}
	}
}

func TestAGurujiWhoPausesOffersAnotherOne(t *testing.T) {
	s := newSite(t)
	a, b := s.guruji("Madhavnath"), s.guruji("Vasudev")
	entry := s.walkIn(a)
	before := s.view(entry)
	patient := clinic.Actor{ID: "p", Role: clinic.RolePatient, Entry: entry}
	move := clinic.Transfer{Entry: entry, Guruji: b.id}
	refused(s, patient, clinic.CodeNotAllowed, "queue.transfer", move)
	refused(s, a.actor, clinic.CodeInvalid, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.Available, OfferTo: b.id})
	refused(s, a.actor, clinic.CodeNotFound, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.OnBreak, OfferTo: a.id})
	do[clinic.RecordAnswer](s, a.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.OnBreak, Until: ptr(s.clinic.Add(30 * time.Minute)), OfferTo: b.id})
	audience, err := clinic.AudienceOf(patient, "")
	if err != nil {
		t.Fatal(err)
	}
	if view := s.day.Snapshot(audience, s.clinic).(clinic.QueueView).Gurujis[0]; view.Availability != clinic.OnBreak || view.Until == nil || view.OfferTo != b.id {
		t.Errorf("the patient is shown %s until %v, offered %s", view.Availability, view.Until, view.OfferTo)
	}
	refused(s, clinic.Actor{ID: "q", Role: clinic.RolePatient, Entry: s.walkIn(a)}, clinic.CodeForbidden, "queue.transfer", move)
	do[clinic.EntryAnswer](s, patient, "queue.transfer", move)
	after := s.view(entry)
	if after["guruji"] != b.id.String() || after["token"] != before["token"] || after["checkedInAt"] != before["checkedInAt"] {
		t.Errorf("after the transfer %v, before %v", after, before)
	}
	s.pass(31 * time.Minute) // the break is over
	refused(s, clinic.Actor{ID: "r", Role: clinic.RolePatient, Entry: s.walkIn(a)}, clinic.CodeForbidden, "queue.transfer", move)
	late := s.walkIn(a)
	refused(s, clinic.Actor{ID: "r", Role: clinic.RolePatient, Entry: late}, clinic.CodeNotAllowed, "queue.transfer", clinic.Transfer{Entry: late, Guruji: b.id})
}

func TestTheEveningsLastPeopleBelongToTheirDay(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	s.pass(14*time.Hour + 29*time.Minute) // 23:59
	before := s.walkIn(g)
	s.pass(3*time.Hour - time.Second) // 02:58:59
	s.turnIfNeeded()
	after := s.walkIn(g)
	if r := s.record(clinic.KindEntry, after); r.Day != "2026-11-23" || r.Get("token").Text() != "A002" {
		t.Errorf("at three in the morning: %s of %s", r.Get("token").Text(), r.Day)
	}
	if s.status(before) != clinic.StatusWaiting {
		t.Errorf("midnight closed an entry: %s", s.status(before))
	}
	s.pass(2 * time.Minute)
	s.turnIfNeeded()
	next := s.walkIn(g)
	if r := s.record(clinic.KindEntry, next); r.Day != "2026-11-24" || r.Get("token").Text() != "A001" {
		t.Errorf("after the cut-off: %s of %s", r.Get("token").Text(), r.Day)
	}
	for _, id := range []record.ID{before, after} {
		r := s.record(clinic.KindEntry, id)
		if status := clinic.Schema.Shown(r).Name; status != clinic.StatusClosedByRollover || r.Get("closedReason").Text() != "rollover" {
			t.Errorf("an entry of the day before is %s because of %q", status, r.Get("closedReason").Text())
		}
	}
}

func TestABoxThatWasOffForDaysClosesThemAllAtItsStart(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	waiting := s.walkIn(g)
	for range 3 {
		s.walkIn(g)
	}
	booked := bookSeries(s, g, s.clinic.AddDate(0, 0, 2), "", 0).Appointment
	s.pass(10 * 24 * time.Hour)
	s.begin() // switched on: today is read before the roll-over
	s.turn()
	if r := s.record(clinic.KindEntry, waiting); clinic.Schema.Shown(r).Name != clinic.StatusClosedByRollover {
		t.Errorf("an entry of ten days ago is %s", clinic.Schema.Shown(r).Name)
	}
	if r := s.record(clinic.KindAppointment, booked); clinic.Schema.Shown(r).Name != clinic.StatusNoShow {
		t.Errorf("an appointment of a day off is %s", clinic.Schema.Shown(r).Name)
	}
	for _, date := range []string{"2026-11-23", "2026-11-25"} {
		r := s.record(clinic.KindDay, clinic.DayID(date))
		var totals map[string]int
		if r.Get("sealedAt").IsNull() || r.Get("totals").Decode(&totals) != nil || date == "2026-11-23" && totals[clinic.StatusClosedByRollover] != 4 {
			t.Errorf("%s is not sealed with its totals: %v", date, totals)
		}
	}
	if edits, err := clinic.RollOver(s.day, s, s.clinic); err != nil || len(edits) != 0 {
		t.Errorf("a second start has %d edits: %v", len(edits), err)
	}
}
