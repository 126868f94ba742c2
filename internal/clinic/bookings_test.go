package clinic_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
)

// book books for an hour from now, at so many minutes more.
func (s *site) book(g guru, name, phone string, minutes int) clinic.AppointmentAnswer {
	s.t.Helper()
	return do[clinic.AppointmentAnswer](s, desk, "appointment.book", clinic.Book{
		Person: &clinic.PersonRef{Name: name, Phone: phone}, Guruji: g.id, Slot: s.clinic.Add(time.Hour + time.Duration(minutes)*time.Minute)})
}

func TestAKioskChecksInWhoeverGivesTheirReferenceOrTelephone(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	usha, ravi := s.book(g, "Usha Patil", "98220 12345", 0), s.book(g, "Ravi Kale", "98900 55555", 10)
	if !regexp.MustCompile(`^[1-9][0-9]{5}$`).MatchString(usha.Reference) || usha.Reference == ravi.Reference {
		t.Fatalf("references %q and %q", usha.Reference, ravi.Reference)
	}
	refused(s, kiosk, clinic.CodeNotFound, "queue.check_in", clinic.CheckIn{Booking: "999999999"})
	refused(s, kiosk, clinic.CodeNotFound, "queue.check_in", clinic.CheckIn{Booking: "no digits"})
	s.pass(time.Hour)
	for _, tc := range []struct {
		said string
		want clinic.AppointmentAnswer
	}{{usha.Reference[:3] + " " + usha.Reference[3:], usha}, {"+91-98900 55555", ravi}} {
		in := do[clinic.CheckInAnswer](s, kiosk, "queue.check_in", clinic.CheckIn{Booking: tc.said})
		appointment := s.record(clinic.KindAppointment, tc.want.Appointment)
		if entry := s.view(in.Entry); entry["slot"] == nil || entry["createdHow"] != "appointment" || appointment.Get("entry").ID() != in.Entry {
			t.Errorf("%s checked in %v, for an entry %s", tc.said, entry, appointment.Get("entry").ID())
		}
		refused(s, kiosk, clinic.CodeNotFound, "queue.check_in", clinic.CheckIn{Booking: tc.said}) // a second time
	}
}

func TestAFamilyOfOneTelephoneIsToldApartByTheReference(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	mother := s.book(g, "Usha Patil", "98220 12345", 0)
	child := s.book(g, "Ravi Patil", "98220 12345", 10)
	s.pass(time.Hour)
	refused(s, kiosk, clinic.CodeNotAllowed, "queue.check_in", clinic.CheckIn{Booking: "9822012345"})
	do[clinic.CheckInAnswer](s, kiosk, "queue.check_in", clinic.CheckIn{Booking: child.Reference})
	in := do[clinic.CheckInAnswer](s, kiosk, "queue.check_in", clinic.CheckIn{Booking: "9822012345"})
	if mine := s.record(clinic.KindAppointment, mother.Appointment); mine.Get("entry").ID() != in.Entry {
		t.Error("the one who is left was not found by the telephone")
	}
}

func TestAReferenceGoesAlongToAnotherDay(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	was := s.book(g, "Usha Patil", "", 0)
	now := do[clinic.AppointmentAnswer](s, desk, "appointment.reschedule", clinic.Reschedule{Appointment: was.Appointment, Slot: s.clinic.Add(24 * time.Hour)})
	if now.Appointment == was.Appointment || now.Reference != was.Reference {
		t.Errorf("%+v became %+v", was, now)
	}
	s.pass(24 * time.Hour)
	s.turn()
	in := do[clinic.CheckInAnswer](s, kiosk, "queue.check_in", clinic.CheckIn{Booking: was.Reference})
	if s.view(in.Entry)["slot"] == nil {
		t.Error("the slot of the other day was not kept")
	}
}

func TestWhoIsNamedAtTheDeskKeepsTheSlotTheyBooked(t *testing.T) {
	for _, tc := range []struct {
		name  string
		after time.Duration
		other bool // they ask for another guruji
		want  bool
	}{
		{"in the window", 50 * time.Minute, false, true},
		{"late", 2 * time.Hour, false, true},
		{"long before it", 10 * time.Minute, false, false},
		{"for another guruji", time.Hour, true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			g, other := s.guruji("Madhavnath"), s.guruji("Vasudev")
			booked := s.book(g, "Usha Patil", "98220 12345", 0)
			s.pass(tc.after)
			in := clinic.CheckIn{Person: &clinic.PersonRef{Name: "usha patil", Phone: "9822012345"}}
			if tc.other {
				in.Guruji = other.id
			}
			entry := s.checkIn(in).Entry
			r := s.record(clinic.KindAppointment, booked.Appointment)
			if got := r.Get("entry").ID() == entry; got != tc.want || got != (s.view(entry)["appointment"] != nil) {
				t.Errorf("checked in for the appointment: %v", got)
			}
		})
	}
}
