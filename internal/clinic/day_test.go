package clinic_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

func TestTheServiceDayTurnsAtThreeInTheSitesZone(t *testing.T) {
	india, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		at   time.Time
		zone *time.Location
		want string
	}{
		{time.Date(2026, 11, 23, 2, 59, 59, 0, india), india, "2026-11-22"},
		{time.Date(2026, 11, 23, 3, 0, 0, 0, india), india, "2026-11-23"},
		{time.Date(2026, 11, 23, 23, 59, 0, 0, india), india, "2026-11-23"},
		{time.Date(2026, 11, 22, 21, 29, 0, 0, time.UTC), india, "2026-11-22"},
		{time.Date(2026, 11, 22, 21, 30, 0, 0, time.UTC), india, "2026-11-23"},
		{time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC), time.UTC, "2026-02-28"},
		{time.Date(2026, 3, 8, 3, 0, 0, 0, newYork), newYork, "2026-03-08"}, // summer time began an hour ago
		{time.Date(2026, 11, 1, 2, 59, 0, 0, newYork), newYork, "2026-10-31"},
		{time.Date(2026, 11, 1, 3, 0, 0, 0, newYork), newYork, "2026-11-01"},
	} {
		if got := clinic.ServiceDay(tc.at, tc.zone); got != tc.want {
			t.Errorf("%v in %v is %s, want %s", tc.at, tc.zone, got, tc.want)
		}
	}
}

// turn does what the committer does when the clock has left the day.
func (s *site) turn() {
	s.t.Helper()
	edits, err := clinic.RollOver(s.day, s, s.clinic)
	if err != nil {
		s.t.Fatal(err)
	}
	s.commit(edits)
	s.begin()
}

func (s *site) begin() {
	s.t.Helper()
	s.day = clinic.NewDay(siteID, clinic.ServiceDay(s.clinic, s.day.Settings().Zone()))
	if err := s.day.Fill(s); err != nil {
		s.t.Fatal(err)
	}
}

func TestRollOverClosesWhatIsOpenAndBeginsAtA001(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	waiting, inside, held := s.walkIn(g), s.walkIn(g), s.walkIn(g)
	do[clinic.EntryAnswer](s, desk, "queue.call", clinic.EntryMove{Entry: inside})
	do[clinic.EntryAnswer](s, desk, "queue.start", clinic.EntryMove{Entry: inside})
	do[clinic.EntryAnswer](s, desk, "queue.hold", clinic.EntryMove{Entry: held})
	missed := do[clinic.AppointmentAnswer](s, desk, "appointment.book", clinic.Book{Person: &clinic.PersonRef{Name: "Usha"}, Guruji: g.id, Slot: s.clinic.Add(time.Hour)}).Appointment
	for range 3 {
		s.walkIn(g)
		s.serve(g, 6*time.Minute)
	}
	if s.day.Turned(s.clinic.Add(15 * time.Hour)) {
		t.Error("the day turned at half past midnight")
	}
	s.pass(5 * 24 * time.Hour)
	if !s.day.Turned(s.clinic) {
		t.Fatal("the day did not turn")
	}
	refused(s, desk, clinic.CodeUnavailable, "queue.check_in", clinic.CheckIn{Guruji: g.id})
	s.turn()
	for _, id := range []record.ID{waiting, inside, held} {
		r := s.records[record.Key{Kind: clinic.KindEntry, ID: id}]
		if status := clinic.Schema.Shown(&r).Name; status == "waiting" || status == "in_service" || status == "on_hold" {
			t.Errorf("an entry is still %s", status)
		}
	}
	r := s.records[record.Key{Kind: clinic.KindAppointment, ID: missed}]
	if got := clinic.Schema.Shown(&r).Name; got != "no_show" {
		t.Errorf("the appointment that nobody came to is %s", got)
	}
	learnt := s.records[record.Key{Kind: clinic.KindGuruji, ID: g.id}]
	if got := learnt.Get("priorSeconds").Int(); got != 360 {
		t.Errorf("learnt %d s", got)
	}
	if edits, err := clinic.RollOver(s.day, s, s.clinic); err != nil || len(edits) != 0 {
		t.Errorf("a second roll-over has %d edits, %v", len(edits), err)
	}
	if got := s.checkIn(clinic.CheckIn{Guruji: g.id}); got.Token != "A001" || got.Wait == nil {
		t.Errorf("the new day began with %+v", got)
	}
	refused(s, desk, clinic.CodeNotAllowed, "queue.reinstate", clinic.EntryMove{Entry: waiting})
}

func TestABoxWithoutAClockGivesNoTokensForAPastDay(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	device, _ := s.leaseFor(1)
	s.walkIn(g)
	s.clinic = time.Date(2020, 1, 1, 6, 0, 0, 0, time.UTC)
	s.begin()
	refused(s, desk, clinic.CodeNotAllowed, "queue.check_in", clinic.CheckIn{Guruji: g.id})
	refused(s, device, clinic.CodeNotAllowed, "queue.lease_tokens", clinic.LeaseTokens{Count: 5})
	if edits, err := clinic.RollOver(s.day, s, s.clinic); err != nil || len(edits) != 0 {
		t.Errorf("a clock in the past closed something: %v, %v", edits, err)
	}
}

func TestBookingAheadDoesNotMakeTodayLookPast(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	do[clinic.AppointmentAnswer](s, desk, "appointment.book", clinic.Book{Person: &clinic.PersonRef{Name: "Usha"}, Guruji: g.id, Slot: s.clinic.AddDate(0, 0, 7)})
	s.walkIn(g)
	s.pass(30 * 24 * time.Hour)
	s.turn()
	for key, r := range s.records {
		if key.Kind == clinic.KindAppointment && clinic.Schema.Shown(&r).Name != "no_show" {
			t.Errorf("an appointment of a day on which nobody worked is still %s", clinic.Schema.Shown(&r).Name)
		}
	}
}

func TestADayIsClosedBeforeItIsSealedAndThenNothingMoves(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	entry := clinic.EntryMove{Entry: s.walkIn(g)}
	refused(s, admin, clinic.CodeNotAllowed, "day.seal", clinic.DayMove{})
	refused(s, desk, clinic.CodeNotAllowed, "day.open", clinic.DayMove{})
	do[clinic.RecordAnswer](s, desk, "day.close", clinic.DayMove{Reason: "power cut"})
	refused(s, desk, clinic.CodeNotAllowed, "day.close", clinic.DayMove{})
	refused(s, admin, clinic.CodeNotAllowed, "day.seal", clinic.DayMove{})
	do[clinic.EntryAnswer](s, desk, "queue.leave", entry)
	do[clinic.RecordAnswer](s, desk, "day.open", clinic.DayMove{})
	s.walkIn(g)
	do[clinic.RecordAnswer](s, desk, "day.close", clinic.DayMove{})
	s.serve(g, time.Minute)
	refused(s, desk, clinic.CodeForbidden, "day.seal", clinic.DayMove{})
	do[clinic.RecordAnswer](s, admin, "day.seal", clinic.DayMove{})
	refused(s, desk, clinic.CodeClosed, "queue.reinstate", entry)
	refused(s, desk, clinic.CodeNotAllowed, "day.open", clinic.DayMove{})
	refused(s, desk, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: g.id})
}

func TestWaitsAreToldAsRangesOnlyWhenSomethingIsKnown(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	for i := range 3 {
		if got := s.checkIn(clinic.CheckIn{Guruji: g.id}); got.Wait != nil || got.LongWait {
			t.Errorf("after %d consultations a wait was told: %+v", i, got.Wait)
		}
		s.serve(g, 10*time.Minute)
	}
	first := s.checkIn(clinic.CheckIn{Guruji: g.id})
	if first.Wait == nil || first.Wait.Low != 0 || first.Wait.High != 5 {
		t.Errorf("who is next waits %+v", first.Wait)
	}
	for range 5 {
		s.walkIn(g)
	}
	seventh := s.checkIn(clinic.CheckIn{Guruji: g.id})
	w := seventh.Wait
	if w == nil || w.Low%5 != 0 || w.High%5 != 0 || w.Low >= 60 || w.High <= 60 || w.Low < 20 || w.High > 100 {
		t.Errorf("six people of ten minutes: %+v", w)
	}
	before := *w
	do[clinic.RecordAnswer](s, g.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.OnBreak, Until: ptr(s.clinic.Add(30 * time.Minute))})
	row := s.row(seventh.Entry)
	if later := (row.Wait.Low + row.Wait.High - before.Low - before.High) / 2; later < 25 || later > 35 {
		t.Errorf("with half an hour of break: %+v, before %+v", row.Wait, before)
	}
	for range 12 {
		s.walkIn(g)
	}
	if last := s.checkIn(clinic.CheckIn{Guruji: g.id}); last.Wait != nil || !last.LongWait {
		t.Errorf("past two hours a number was told: %+v", last.Wait)
	}
}

func TestOnlyTheLastTwelveConsultationsCount(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	for range 12 {
		s.walkIn(g)
		s.serve(g, 30*time.Minute)
		s.turnIfNeeded()
	}
	for range 12 {
		s.walkIn(g)
		s.serve(g, 5*time.Minute)
	}
	a, err := clinic.AudienceOf(desk, "")
	if err != nil {
		t.Fatal(err)
	}
	view := s.day.Snapshot(a, s.clinic).(clinic.QueueView)
	if got := view.Gurujis[0].MeanMinutes; got == nil || *got != 5 {
		t.Errorf("the mean is %v", got)
	}
	if diff := cmp.Diff(clinic.Figures{Done: 24}, view.Figures); diff != "" {
		t.Error(diff)
	}
}

func (s *site) turnIfNeeded() {
	if s.day.Turned(s.clinic) {
		s.turn()
	}
}

func TestSettingsAreCheckedAndLearnt(t *testing.T) {
	s := newSite(t)
	for _, tc := range []struct {
		name  string
		value any
		ok    bool
	}{
		{"name", "Nirmal Dham", true}, {"name", "", false}, {"name", 7, false}, {"name", nil, false},
		{"timezone", "Asia/Kathmandu", true}, {"timezone", "Nowhere/Land", false}, {"timezone", "Local", false}, {"timezone", "../../etc/passwd", false},
		{"elderlyMinutes", 30, true}, {"elderlyMinutes", 30.5, false}, {"elderlyMinutes", -1, false}, {"elderlyMinutes", "30", false}, {"elderlyMinutes", 1e300, false},
		{"enforceHours", true, true}, {"enforceHours", "yes", false},
		{"closedWeekdays", []string{"sunday", "monday"}, true}, {"closedWeekdays", []string{"someday"}, false}, {"closedWeekdays", "sunday", false},
		{"noSuchSetting", 1, false},
	} {
		data := map[string]any{"name": tc.name, "value": tc.value}
		_, err := s.act(admin, clinic.Command{Type: "setting.update", Data: encode(t, data)})
		if (err == nil) != tc.ok || !tc.ok && codeOf(err) != clinic.CodeInvalid {
			t.Errorf("%s = %v: %v", tc.name, tc.value, err)
		}
	}
	got := s.day.Settings()
	if got.Name != "Nirmal Dham" || got.Timezone != "Asia/Kathmandu" || got.ElderlyMinutes != 30 || !got.EnforceHours || len(got.ClosedWeekdays) != 2 {
		t.Errorf("learnt %+v", got)
	}
	if got.Zone().String() != "Asia/Kathmandu" {
		t.Errorf("the zone is %v", got.Zone())
	}
}
