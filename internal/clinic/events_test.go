package clinic_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// since are the types of the events of what happened after a mark in the history, as desk hears them.
func (s *site) since(mark int) []string {
	types := []string{}
	for _, c := range s.history[mark:] {
		for _, e := range clinic.Events(c.Before, c.After, s.day) {
			types = append(types, e.Type)
		}
	}
	slices.Sort(types)
	return types
}

func TestWhatHappensIsToldByTheNamesOfTheCatalogue(t *testing.T) {
	w := newWorld(t)
	s, entry := w.site, clinic.EntryMove{Entry: w.mine}
	for _, tc := range []struct {
		name string
		act  func()
		want string
	}{
		{"check-in", func() { s.walkIn(w.own) }, "queue.entry_added queue.position_updated"},
		{"call", func() { do[clinic.EntryAnswer](s, w.own.actor, "queue.call", entry) }, "queue.called queue.entry_updated queue.position_updated"},
		{"recall", func() { s.pass(2 * time.Minute); do[clinic.EntryAnswer](s, w.own.actor, "queue.recall", entry) }, "queue.entry_updated queue.recalled"},
		{"start", func() { do[clinic.EntryAnswer](s, w.own.actor, "queue.start", entry) }, "consultation.started queue.entry_updated"},
		{"note", func() {
			do[clinic.RecordAnswer](s, w.own.actor, "consultation.note", clinic.Note{Entry: w.mine, Text: "better"})
		}, "consultation.updated"},
		{"remedy", func() {
			do[clinic.RecordAnswer](s, w.own.actor, "remedy.prescribe", clinic.Prescribe{Entry: w.mine, Type: "lifestyle", Name: "walk"})
		}, "remedy.prescribed"},
		{"complete", func() { do[clinic.EntryAnswer](s, w.own.actor, "queue.complete", entry) }, "consultation.ended queue.entry_removed"},
		{"put back", func() { do[clinic.EntryAnswer](s, desk, "queue.reinstate", entry) }, "queue.entry_updated queue.position_updated"},
		{"transfer", func() {
			do[clinic.EntryAnswer](s, desk, "queue.transfer", clinic.Transfer{Entry: w.mine, Guruji: w.other.id})
		}, "queue.entry_updated queue.position_updated queue.position_updated queue.transferred"},
		{"hold", func() { do[clinic.EntryAnswer](s, desk, "queue.hold", entry) }, "queue.entry_updated queue.position_updated"},
		{"leave", func() { do[clinic.EntryAnswer](s, desk, "queue.leave", entry) }, "queue.entry_removed"},
		{"break", func() {
			do[clinic.RecordAnswer](s, w.own.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.OnBreak})
		}, "guruji.busy"},
		{"back", func() {
			do[clinic.RecordAnswer](s, w.own.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.Available})
		}, "guruji.available"},
		{"off", func() {
			do[clinic.RecordAnswer](s, w.own.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.Off})
		}, "guruji.offline"},
		{"room", func() { do[clinic.RecordAnswer](s, w.own.actor, "guruji.set_room", clinic.SetRoom{Room: "4"}) }, "guruji.schedule_updated"},
		{"new person", func() {
			do[clinic.PersonAnswer](s, desk, "person.register", clinic.PersonRegister{Name: "Tara Chand"})
		}, "user.registered"},
		{"emergency", func() { do[clinic.RecordAnswer](s, kiosk, "emergency.raise", clinic.EmergencyRaise{Place: "hall"}) }, "emergency.raised"},
		{"device", func() {
			asked := do[clinic.RecordAnswer](s, clinic.Actor{}, "device.request", clinic.DeviceRequest{Kind: "board", Name: "hall"})
			do[clinic.RecordAnswer](s, admin, "device.approve", clinic.DeviceApprove{Device: asked.ID})
			do[clinic.RecordAnswer](s, admin, "device.revoke", clinic.DeviceRef{Device: asked.ID})
		}, "device.approved device.requested device.revoked"},
		{"closing", func() { do[clinic.RecordAnswer](s, desk, "day.close", clinic.DayMove{}) }, "queue.day_closed"},
		{"opening", func() { do[clinic.RecordAnswer](s, desk, "day.open", clinic.DayMove{}) }, "queue.day_opened"},
	} {
		mark := len(s.history)
		tc.act()
		if diff := cmp.Diff(strings.Fields(tc.want), s.since(mark)); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
}

func TestAppointmentsAreToldThroughTheirLife(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	mark := len(s.history)
	book := func(after time.Duration) record.ID {
		return do[clinic.AppointmentAnswer](s, desk, "appointment.book", clinic.Book{
			Person: &clinic.PersonRef{Name: "Usha", Phone: "9822012345"}, Guruji: g.id, Slot: s.clinic.Add(after)}).Appointment
	}
	first := book(10 * time.Minute)
	refused(s, desk, clinic.CodeNotAllowed, "appointment.book", clinic.Book{Person: &clinic.PersonRef{Name: "Tara"}, Guruji: g.id, Slot: s.clinic.Add(10 * time.Minute)})
	do[clinic.AppointmentAnswer](s, desk, "appointment.confirm", clinic.AppointmentMove{Appointment: first})
	do[clinic.AppointmentAnswer](s, desk, "appointment.reschedule", clinic.Reschedule{Appointment: first, Slot: s.clinic.Add(5 * time.Minute)})
	entry := s.checkIn(clinic.CheckIn{Appointment: first}).Entry
	refused(s, desk, clinic.CodeNotAllowed, "appointment.cancel", clinic.AppointmentMove{Appointment: first})
	refused(s, desk, clinic.CodeNotAllowed, "queue.check_in", clinic.CheckIn{Appointment: first})
	do[clinic.EntryAnswer](s, g.actor, "queue.call", clinic.EntryMove{Entry: entry})
	do[clinic.EntryAnswer](s, g.actor, "queue.start", clinic.EntryMove{Entry: entry})
	do[clinic.EntryAnswer](s, g.actor, "queue.complete", clinic.EntryMove{Entry: entry})
	second := book(time.Hour)
	moved := do[clinic.AppointmentAnswer](s, desk, "appointment.reschedule", clinic.Reschedule{Appointment: second, Slot: s.clinic.AddDate(0, 0, 1)})
	if moved.Appointment == second {
		t.Error("an appointment changed its day")
	}
	refused(s, desk, clinic.CodeNotAllowed, "queue.check_in", clinic.CheckIn{Appointment: moved.Appointment})
	do[clinic.AppointmentAnswer](s, desk, "appointment.cancel", clinic.AppointmentMove{Appointment: moved.Appointment})
	var told []string
	for _, c := range s.history[mark:] {
		for _, e := range clinic.Events(c.Before, c.After, s.day) {
			if name, ok := strings.CutPrefix(e.Type, "appointment."); ok {
				told = append(told, name)
			}
		}
	}
	want := "created updated rescheduled checked_in updated completed created rescheduled created cancelled"
	if diff := cmp.Diff(strings.Fields(want), told); diff != "" {
		t.Error(diff)
	}
}

func TestEventsAreInTheCatalogueAndNamedAlikeEverywhere(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	c := newCrowd(t, 3, rand.New(rand.NewPCG(seed, 2)).IntN)
	for range 400 {
		c.step()
	}
	ids := map[string]string{}
	elsewhere := clinic.NewWatchedDay(siteID, c.day.ServiceDay())
	for _, change := range c.history {
		events := clinic.Events(change.Before, change.After, c.day)
		for _, e := range events {
			if !slices.Contains(clinic.EventTypes, e.Type) {
				t.Fatalf("%s is not in the catalogue", e.Type)
			}
			about := e.Type + e.Subject.Kind + e.Subject.ID + e.At.String()
			if other, twice := ids[e.ID]; twice && other != about {
				t.Fatalf("one id for %s and %s", other, about)
			}
			ids[e.ID] = about
			if e.Site != siteID.String() || e.At.IsZero() || e.Data == nil {
				t.Fatalf("an envelope with holes: %+v", e)
			}
		}
		if diff := cmp.Diff(events, clinic.Events(change.Before, change.After, elsewhere)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestAPatientHearsOfTheirOwnEntryOnly(t *testing.T) {
	w := newWorld(t)
	audience, err := clinic.AudienceOf(w.actors[clinic.RolePatient], "")
	if err != nil {
		t.Fatal(err)
	}
	mark := len(w.history)
	for _, id := range []record.ID{w.mine, w.theirs} {
		do[clinic.EntryAnswer](w.site, desk, "queue.call", clinic.EntryMove{Entry: id})
	}
	own := 0
	for _, c := range w.history[mark:] {
		for _, e := range clinic.Events(c.Before, c.After, w.day) {
			heard, ok := clinic.CanHear(audience, e, w.day)
			if !ok {
				continue
			}
			if heard.Subject.Kind == clinic.KindEntry {
				own++
			}
			if heard.Subject.ID == w.theirs.String() || heard.Subject.ID == w.other.id.String() {
				t.Errorf("the patient heard %s of another", e.Type)
			}
		}
	}
	if own != 2 {
		t.Errorf("the patient heard %d events of their own entry, want called and updated", own)
	}
}
