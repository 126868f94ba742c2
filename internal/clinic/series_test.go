package clinic_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// slots are when these appointments are, in the site's zone, as far as they still stand.
func (s *site) slots(ids []record.ID) []string {
	s.t.Helper()
	at := []string{}
	for _, id := range ids {
		r, ok := s.records[record.Key{Kind: clinic.KindAppointment, ID: id}]
		if !ok {
			s.t.Fatalf("there is no appointment %s", id)
		}
		if status := clinic.Schema.Shown(&r).Name; status == "booked" || status == "confirmed" {
			at = append(at, r.Get("slot").Time().In(s.day.Settings().Zone()).Format("2006-01-02 15:04"))
		}
	}
	return at
}

func bookSeries(s *site, g guru, slot time.Time, recurring string, times int) clinic.AppointmentAnswer {
	s.t.Helper()
	return do[clinic.AppointmentAnswer](s, desk, "appointment.book", clinic.Book{
		Person: &clinic.PersonRef{Name: "Usha Patil", Phone: "9822012345"}, Guruji: g.id, Slot: slot, Recurring: recurring, Times: times})
}

func TestASeriesKeepsItsTimeOfDay(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		recurring string
		times     int
		first     time.Time
		want      []string
	}{
		{"weekly", 3, time.Date(2027, 3, 1, 10, 30, 0, 0, newYork), []string{"2027-03-01 10:30", "2027-03-08 10:30", "2027-03-15 10:30"}}, // summer time begins
		{"monthly", 4, time.Date(2027, 1, 31, 9, 0, 0, 0, newYork), []string{"2027-01-31 09:00", "2027-02-28 09:00", "2027-03-31 09:00", "2027-04-30 09:00"}},
		{"quarterly", 0, time.Date(2026, 11, 30, 9, 0, 0, 0, newYork), []string{"2026-11-30 09:00", "2027-02-28 09:00", "2027-05-30 09:00", "2027-08-30 09:00"}},
		{"yearly", 0, time.Date(2027, 2, 28, 9, 0, 0, 0, newYork), []string{"2027-02-28 09:00", "2028-02-28 09:00"}},
	} {
		s := newSite(t)
		do[clinic.RecordAnswer](s, admin, "setting.update", map[string]any{"name": "timezone", "value": "America/New_York"})
		s.turnIfNeeded()
		answer := bookSeries(s, s.guruji("Madhavnath"), tc.first, tc.recurring, tc.times)
		if diff := cmp.Diff(tc.want, s.slots(answer.Appointments)); diff != "" {
			t.Errorf("%s: %s", tc.recurring, diff)
		}
		if answer.Series != answer.Appointment || len(answer.Skipped) != 0 {
			t.Errorf("%s: %+v", tc.recurring, answer)
		}
	}
}

func TestASeriesLeavesOutWhatIsTakenAndSaysSo(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	slot := s.clinic.Add(time.Hour)
	do[clinic.AppointmentAnswer](s, desk, "appointment.book", clinic.Book{Person: &clinic.PersonRef{Name: "Tara"}, Guruji: g.id, Slot: slot.AddDate(0, 0, 14)})
	answer := bookSeries(s, g, slot, "weekly", 4)
	if len(answer.Appointments) != 3 || len(answer.Skipped) != 1 || !answer.Skipped[0].Slot.Equal(slot.AddDate(0, 0, 14)) || answer.Skipped[0].Why == "" {
		t.Errorf("got %+v", answer)
	}
	refused(s, desk, clinic.CodeNotAllowed, "appointment.book", clinic.Book{Person: &clinic.PersonRef{Name: "Mira"}, Guruji: g.id, Slot: slot, Recurring: "weekly"})
	refused(s, desk, clinic.CodeInvalid, "appointment.book", clinic.Book{Person: &clinic.PersonRef{Name: "Mira"}, Guruji: g.id, Slot: slot.Add(time.Hour), Times: 3})
}

func TestOneOfASeriesOrAllLaterOnesAreCancelled(t *testing.T) {
	s := newSite(t)
	answer := bookSeries(s, s.guruji("Madhavnath"), s.clinic.Add(time.Hour), "weekly", 5)
	do[clinic.AppointmentAnswer](s, desk, "appointment.cancel", clinic.AppointmentMove{Appointment: answer.Appointments[1]})
	if got := s.slots(answer.Appointments); len(got) != 4 {
		t.Errorf("after one was cancelled: %v", got)
	}
	rest := do[clinic.AppointmentAnswer](s, desk, "appointment.cancel", clinic.AppointmentMove{Appointment: answer.Appointments[2], Later: true})
	if got := s.slots(answer.Appointments); len(got) != 1 || len(rest.Appointments) != 3 {
		t.Errorf("after the later ones were cancelled: %v, %+v", got, rest)
	}
	do[clinic.AppointmentAnswer](s, desk, "appointment.no_show", clinic.AppointmentMove{Appointment: answer.Appointments[0], Later: true})
}

func TestAllLaterOnesMoveAsFarInEitherDirection(t *testing.T) {
	for _, tc := range []struct {
		name string
		to   time.Duration
		want []string
	}{
		{"a week later", 7 * 24 * time.Hour, []string{"2026-11-23 10:30", "2026-12-07 10:30", "2026-12-14 10:30", "2026-12-21 10:30"}},
		{"three days and an hour earlier", -73 * time.Hour, []string{"2026-11-23 10:30", "2026-11-27 09:30", "2026-12-04 09:30", "2026-12-11 09:30"}},
		{"an hour later", time.Hour, []string{"2026-11-23 10:30", "2026-11-30 11:30", "2026-12-07 11:30", "2026-12-14 11:30"}},
	} {
		s := newSite(t)
		g := s.guruji("Madhavnath")
		answer := bookSeries(s, g, s.clinic.Add(time.Hour), "weekly", 4)
		second := answer.Appointments[1]
		r := s.records[record.Key{Kind: clinic.KindAppointment, ID: second}]
		moved := do[clinic.AppointmentAnswer](s, desk, "appointment.reschedule", clinic.Reschedule{
			Appointment: second, Slot: r.Get("slot").Time().Add(tc.to), Later: true})
		got := s.slots(append([]record.ID{answer.Appointments[0]}, moved.Appointments...))
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
		if standing := s.slots(s.appointments()); len(standing) != 4 || len(moved.Skipped) != 0 || moved.Appointments[0] != moved.Appointment {
			t.Errorf("%s: %v stand, %+v", tc.name, standing, moved)
		}
	}
}

func (s *site) appointments() []record.ID {
	var ids []record.ID
	for key := range s.records {
		if key.Kind == clinic.KindAppointment {
			ids = append(ids, key.ID)
		}
	}
	return ids
}

func TestAShiftedOneWhoseNewSlotIsTakenStays(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	slot := s.clinic.Add(time.Hour)
	answer := bookSeries(s, g, slot, "weekly", 3)
	do[clinic.AppointmentAnswer](s, desk, "appointment.book", clinic.Book{Person: &clinic.PersonRef{Name: "Tara"}, Guruji: g.id, Slot: slot.AddDate(0, 0, 8)})
	moved := do[clinic.AppointmentAnswer](s, desk, "appointment.reschedule", clinic.Reschedule{Appointment: answer.Appointment, Slot: slot.AddDate(0, 0, 1), Later: true})
	if len(moved.Skipped) != 1 || len(moved.Appointments) != 2 || !slices.Contains(s.slots(answer.Appointments), "2026-11-30 10:30") {
		t.Errorf("got %+v, standing %v", moved, s.slots(answer.Appointments))
	}
	refused(s, desk, clinic.CodeNotAllowed, "appointment.reschedule", clinic.Reschedule{Appointment: moved.Appointment, Slot: slot.AddDate(0, 0, 8), Later: true})
}

func TestAReminderIsToldOnce(t *testing.T) {
	s := newSite(t)
	booked := bookSeries(s, s.guruji("Madhavnath"), s.clinic.Add(time.Hour), "", 0)
	mark := len(s.history)
	do[clinic.AppointmentAnswer](s, desk, "appointment.remind", clinic.Remind{Appointment: booked.Appointment})
	if diff := cmp.Diff([]string{"appointment.reminder"}, s.since(mark)); diff != "" {
		t.Error(diff)
	}
	do[clinic.AppointmentAnswer](s, desk, "appointment.cancel", clinic.AppointmentMove{Appointment: booked.Appointment})
	refused(s, desk, clinic.CodeNotAllowed, "appointment.remind", clinic.Remind{Appointment: booked.Appointment})
}
