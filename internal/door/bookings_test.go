package door_test

import (
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

func (n *node) bookings(token, day string) (b api.Bookings) {
	n.t.Helper()
	n.call("GET", "/api/v1/bookings?day="+day, token, nil, nil).into(200, &b)
	return b
}

func TestTheDeskSeesTheBookingsOfAnyDay(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	zone := time.FixedZone("IST", 19_800)
	today, err := time.ParseInLocation(time.DateOnly, clinic.ServiceDay(n.clinic.Now(), zone), zone)
	if err != nil {
		t.Fatal(err)
	}
	slot := func(days, hour int) time.Time { return today.AddDate(0, 0, days).Add(time.Duration(hour) * time.Hour) }
	day := func(days int) string { return today.AddDate(0, 0, days).Format(time.DateOnly) }
	book := func(name string, at time.Time) (made struct{ Appointment, Reference string }) {
		n.done(c.coordinator, "appointment.book", map[string]any{"person": map[string]any{"name": name, "phone": "98220 12345"}, "guruji": c.gurujiID,
			"slot": at, "reason": "an old ache"}, &made)
		return made
	}
	later, first := book("Usha Patil", slot(2, 11)), book("Anil Rao", slot(2, 10))
	book("Gopal", slot(4, 10))

	got := n.bookings(c.coordinator, day(2))
	if len(got.Bookings) != 2 || got.Bookings[0].ID != first.Appointment || got.Bookings[1].ID != later.Appointment {
		t.Fatalf("of the day after tomorrow: %+v", got)
	}
	if one := got.Bookings[1]; one.Name != "Usha Patil" || one.Phone != "919822012345" || one.Reference != later.Reference || one.Status != "booked" || one.Guruji != c.gurujiID {
		t.Errorf("a booking is shown as %+v", one)
	}
	if got := n.bookings(c.admin, day(1)); len(got.Bookings) != 0 {
		t.Errorf("of an empty day: %+v", got)
	}

	var moved struct{ Appointment string }
	n.done(c.coordinator, "appointment.reschedule", map[string]any{"appointment": first.Appointment, "slot": slot(3, 10)}, &moved)
	if one := n.bookings(c.coordinator, day(2)).Bookings[0]; one.Status != "cancelled" || one.MovedTo != moved.Appointment {
		t.Errorf("what was moved to another day is shown as %+v", one)
	}
	if one := n.bookings(c.coordinator, day(3)).Bookings[0]; one.ID != moved.Appointment || one.Reference != first.Reference {
		t.Errorf("what it became is shown as %+v, not under reference %s", one, first.Reference)
	}
}

func TestNobodyButTheDeskSeesTheBookingsOfADay(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	for who, token := range map[string]string{"a guruji": c.guruji, "a kiosk": c.kiosk, "a board": c.board} {
		if a := n.call("GET", "/api/v1/bookings?day=2026-01-05", token, nil, nil); a.status != 403 {
			t.Errorf("%s: %d %s", who, a.status, a.body)
		}
	}
	n.call("GET", "/api/v1/bookings?day=2026-01-05", "", nil, nil).refused(401, "unauthenticated")
	for _, day := range []string{"", "2026-1-5", "tomorrow", "2026-02-30"} {
		n.call("GET", "/api/v1/bookings?day="+day, c.coordinator, nil, nil).refused(422, "invalid")
	}
}
