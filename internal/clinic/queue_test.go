package clinic_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

func TestTokensCountUpPerLetter(t *testing.T) {
	s := newSite(t)
	a, b := s.guruji("Madhavnath"), s.guruji("Vasudev")
	var got []string
	for _, g := range []guru{a, a, b, a} {
		got = append(got, s.checkIn(clinic.CheckIn{Guruji: g.id}).Token)
	}
	if diff := cmp.Diff([]string{"A001", "A002", "B001", "A003"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAfterARestoreTheLetterMovesOnInItsNextSeries(t *testing.T) {
	s := newSite(t)
	a := s.guruji("Madhavnath")
	s.walkIn(a)
	s.day.Tokens["A"] = clinic.TokenRange{Epoch: 2, Next: 1, Last: 20}
	if got := s.checkIn(clinic.CheckIn{Guruji: a.id}).Token; got != "A2-001" {
		t.Errorf("got %s", got)
	}
	if got := s.checkIn(clinic.CheckIn{Guruji: a.id}).Token; got != "A2-002" {
		t.Errorf("got %s", got)
	}
	if got := s.day.HighestToken("A", 2); got != 2 {
		t.Errorf("the highest of the second series is %d", got)
	}
}

func TestGurujisGetTheNextFreeLetterAndNeverTheDevices(t *testing.T) {
	s := newSite(t)
	var letters string
	for i := range 13 {
		letters += do[clinic.StaffAnswer](s, admin, "staff.create", clinic.StaffCreate{Name: fmt.Sprint("guruji ", i), Role: clinic.RoleGuruji}).Series
	}
	if letters != "ABCDEFGHIJLMN" {
		t.Errorf("got %s", letters)
	}
}

func TestOrderIsBandThenTimeLessCreditPlusDelay(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	first := s.walkIn(g)
	s.pass(10 * time.Minute)
	elder := s.checkIn(clinic.CheckIn{Guruji: g.id, Credit: clinic.CreditElderly}).Entry
	s.pass(15 * time.Minute)
	late := s.checkIn(clinic.CheckIn{Guruji: g.id, Credit: clinic.CreditPregnant}).Entry
	emergency := s.checkIn(clinic.CheckIn{Guruji: g.id, Emergency: true}).Entry
	if diff := cmp.Diff([]record.ID{emergency, elder, first, late}, s.day.Order(g.id)); diff != "" {
		t.Error(diff)
	}
	do[clinic.EntryAnswer](s, desk, "queue.prioritise", clinic.Prioritise{Entry: late, Nudge: ptr(60), Reason: "came from far"})
	if diff := cmp.Diff([]record.ID{emergency, late, elder, first}, s.day.Order(g.id)); diff != "" {
		t.Error(diff)
	}
	if position, _ := s.day.Position(elder); position != 3 {
		t.Errorf("the elder stands at %d", position)
	}
}

func TestAnAppointmentInItsWindowTiesWithItsSlot(t *testing.T) {
	for _, tc := range []struct {
		name    string
		arrives time.Duration // before the slot, negative after it
		kept    bool
	}{
		{"twenty minutes early", 20 * time.Minute, true},
		{"a second too early", 20*time.Minute + time.Second, false},
		{"on time", 0, true},
		{"fifteen minutes late", -15 * time.Minute, true},
		{"a second too late", -15*time.Minute - time.Second, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			g := s.guruji("Madhavnath")
			slot := s.clinic.Add(time.Hour)
			booked := do[clinic.AppointmentAnswer](s, desk, "appointment.book", clinic.Book{
				Person: &clinic.PersonRef{Name: "Usha Patil", Phone: "98220 12345"}, Guruji: g.id, Slot: slot})
			s.pass(time.Hour - tc.arrives)
			entry := s.checkIn(clinic.CheckIn{Appointment: booked.Appointment}).Entry
			got, _ := s.view(entry)["slot"].(string)
			if kept := got != ""; kept != tc.kept {
				t.Errorf("slot kept: %v", kept)
			}
			at := s.clinic
			if tc.kept {
				at = slot
			}
			row := s.row(entry)
			if want := int64(1)<<43 + at.UnixMilli(); row.Order != want {
				t.Errorf("order %d, want %d", row.Order, want)
			}
			if row.Name != "Usha Patil" {
				t.Errorf("the person of the appointment is %q", row.Name)
			}
		})
	}
}

func (s *site) row(id record.ID) clinic.EntryRow {
	s.t.Helper()
	a, err := clinic.AudienceOf(desk, "")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, row := range s.day.Rows(a, nil, true, s.clinic) {
		if row.Kind == clinic.RowEntry && row.ID == id.String() {
			return row.Fields.(clinic.EntryRow)
		}
	}
	s.t.Fatalf("no row of %s", id)
	return clinic.EntryRow{}
}

func TestNeverThreeAppointmentsInARowWhileAWalkInWaits(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	var booked []record.ID
	for i := range 6 {
		booked = append(booked, do[clinic.AppointmentAnswer](s, desk, "appointment.book", clinic.Book{
			Person: &clinic.PersonRef{Name: fmt.Sprint("person ", i)}, Guruji: g.id, Slot: s.clinic.Add(time.Duration(i) * time.Minute)}).Appointment)
	}
	for _, id := range booked {
		s.checkIn(clinic.CheckIn{Appointment: id})
	}
	s.pass(6 * time.Minute)
	s.walkIn(g)
	s.walkIn(g)
	var kinds string
	for range 8 {
		next := do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
		kind := "w"
		if s.view(next.Entry)["slot"] != nil {
			kind = "a"
		}
		kinds += kind
	}
	if kinds != "aawaawaa" {
		t.Errorf("called %s", kinds)
	}
	refused(s, g.actor, clinic.CodeNotFound, "queue.call_next", clinic.CallNext{})
}

func TestAnEmergencyIsCalledWhateverTheCap(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	for i := range 3 {
		id := do[clinic.AppointmentAnswer](s, desk, "appointment.book", clinic.Book{
			Person: &clinic.PersonRef{Name: fmt.Sprint("person ", i)}, Guruji: g.id, Slot: s.clinic.Add(time.Duration(i) * time.Minute)}).Appointment
		s.checkIn(clinic.CheckIn{Appointment: id, Emergency: i == 2})
	}
	s.walkIn(g)
	urgent := do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{}).Entry
	if s.view(urgent)["band"] != int64(0) {
		t.Error("the emergency was not called first")
	}
}

func TestRecallWaitsAMinuteAndHappensThreeTimes(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	entry := clinic.EntryMove{Entry: s.walkIn(g)}
	do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
	s.pass(59 * time.Second)
	refused(s, g.actor, clinic.CodeNotAllowed, "queue.recall", entry)
	for range 3 {
		s.pass(61 * time.Second)
		do[clinic.EntryAnswer](s, g.actor, "queue.recall", entry)
	}
	s.pass(time.Hour)
	refused(s, g.actor, clinic.CodeNotAllowed, "queue.recall", entry)
}

func TestTheSecondMissIsANoShowAndReinstateForgetsTheMisses(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	entry := clinic.EntryMove{Entry: s.walkIn(g)}
	token := s.view(entry.Entry)["token"]
	other := s.walkIn(g)
	do[clinic.EntryAnswer](s, g.actor, "queue.call", entry)
	do[clinic.EntryAnswer](s, g.actor, "queue.no_answer", entry)
	if got := s.view(entry.Entry); got["status"] != "no_answer" || got["misses"] != int64(1) || got["delay"] != int64(30) {
		t.Errorf("after the first miss: %v", got)
	}
	if diff := cmp.Diff([]record.ID{other, entry.Entry}, s.day.Order(g.id)); diff != "" {
		t.Error(diff)
	}
	do[clinic.EntryAnswer](s, g.actor, "queue.call", entry)
	do[clinic.EntryAnswer](s, g.actor, "queue.no_answer", entry)
	if got := s.status(entry.Entry); got != "no_show" {
		t.Errorf("after the second miss: %s", got)
	}
	do[clinic.EntryAnswer](s, desk, "queue.reinstate", entry)
	got := s.view(entry.Entry)
	if got["status"] != "waiting" || got["misses"] != int64(0) || got["token"] != token || got["generation"] != int64(3) {
		t.Errorf("after reinstating: %v", got)
	}
}

func TestATransferToNobodyInParticularGoesToTheLeastWaitOfTheOthers(t *testing.T) {
	s := newSite(t)
	a, b, c := s.guruji("Madhavnath"), s.guruji("Vasudev"), s.guruji("Atmanand")
	moved := s.walkIn(a)
	for range 3 {
		s.walkIn(b)
	}
	s.walkIn(c)
	do[clinic.EntryAnswer](s, desk, "queue.transfer", clinic.Transfer{Entry: moved})
	if got := s.view(moved); got["guruji"] != c.id.String() || got["from"] != a.id.String() {
		t.Errorf("went to %v from %v", got["guruji"], got["from"])
	}
	for _, g := range []guru{a, b} {
		do[clinic.RecordAnswer](s, desk, "guruji.set_availability", clinic.SetAvailability{Guruji: g.id, Availability: clinic.Off})
	}
	refused(s, desk, clinic.CodeNotAllowed, "queue.transfer", clinic.Transfer{Entry: moved})
}

func TestTransferKeepsTokenAndTimeInANewGeneration(t *testing.T) {
	s := newSite(t)
	a, b := s.guruji("Madhavnath"), s.guruji("Vasudev")
	entry := s.walkIn(a)
	before := s.view(entry)
	s.pass(time.Minute)
	refusedSaw(s, desk, clinic.CodeInvalid, "queue.transfer", clinic.Transfer{Entry: entry, Guruji: b.id},
		map[string]any{"status": "waiting", "generation": 1})
	refused(s, b.actor, clinic.CodeForbidden, "queue.transfer", clinic.Transfer{Entry: entry, Guruji: b.id})
	do[clinic.EntryAnswer](s, a.actor, "queue.transfer", clinic.Transfer{Entry: entry, Guruji: b.id})
	after := s.view(entry)
	for _, field := range []string{"token", "checkedInAt", "name"} {
		if before[field] != after[field] {
			t.Errorf("%s went from %v to %v", field, before[field], after[field])
		}
	}
	if after["guruji"] != b.id.String() || after["from"] != a.id.String() || after["status"] != "waiting" || after["generation"] != int64(2) {
		t.Errorf("after the transfer: %v", after)
	}
	if len(s.day.Order(a.id)) != 0 || len(s.day.Order(b.id)) != 1 {
		t.Error("the queues did not follow")
	}
}

func TestAStaleLookIsRefusedWithTheRowAsItIs(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	entry := s.walkIn(g)
	saw := map[string]any{"status": "waiting", "generation": float64(1)}
	if _, err := s.act(desk, clinic.Command{Type: "queue.call", Data: encode(t, clinic.EntryMove{Entry: entry}), Saw: saw}); err != nil {
		t.Fatal(err)
	}
	err := refusedSaw(s, desk, clinic.CodeStale, "queue.call", clinic.EntryMove{Entry: entry}, saw)
	row, ok := err.Current.(clinic.EntryRow)
	if !ok || row.Status != "called" || row.ID != entry {
		t.Errorf("current is %+v", err.Current)
	}
	refusedSaw(s, desk, clinic.CodeInvalid, "queue.hold", clinic.EntryMove{Entry: entry}, nil)
	refusedSaw(s, desk, clinic.CodeInvalid, "queue.hold", clinic.EntryMove{Entry: entry}, map[string]any{"status": "called"})
	refusedSaw(s, desk, clinic.CodeStale, "queue.hold", clinic.EntryMove{Entry: entry}, map[string]any{"status": "called", "generation": 1, "guruji": "somebody else"})
}

func TestWhoGivesNoGurujiGoesWhereTheWaitIsLeast(t *testing.T) {
	s := newSite(t)
	a, b := s.guruji("Madhavnath"), s.guruji("Vasudev")
	for range 3 {
		s.walkIn(a)
	}
	s.walkIn(b)
	if got := s.checkIn(clinic.CheckIn{}).Guruji; got != b.id {
		t.Error("the shorter queue was not chosen")
	}
	do[clinic.RecordAnswer](s, b.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.OnBreak, Until: ptr(s.clinic.Add(time.Minute))})
	if got := s.checkIn(clinic.CheckIn{}).Guruji; got != a.id {
		t.Error("a guruji on a break was chosen")
	}
	s.pass(2 * time.Minute)
	if got := s.checkIn(clinic.CheckIn{}).Guruji; got != b.id {
		t.Error("the break did not end by itself")
	}
	for _, g := range []guru{a, b} {
		do[clinic.RecordAnswer](s, g.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.Off})
	}
	refused(s, desk, clinic.CodeNotAllowed, "queue.check_in", clinic.CheckIn{})
	refused(s, a.actor, clinic.CodeNotAllowed, "queue.call_next", clinic.CallNext{})
}

func TestTheSamePhoneAndNameAreTheSamePerson(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	one := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Usha  Patil", Phone: "+91 98220-12345"}})
	two := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "usha patil", Phone: "09822012345"}})
	three := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Asha Patil", Phone: "9822012345"}})
	if s.view(one.Entry)["person"] != s.view(two.Entry)["person"] {
		t.Error("one person became two")
	}
	if s.view(one.Entry)["person"] == s.view(three.Entry)["person"] {
		t.Error("two persons became one")
	}
	if s.view(two.Entry)["twin"] != one.Entry.String() {
		t.Error("the second place of one person is not flagged")
	}
	refused(s, desk, clinic.CodeInvalid, "queue.check_in", clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Usha", Phone: "12"}})
	refused(s, desk, clinic.CodeNotFound, "queue.check_in", clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{ID: s.id()}})
}

func TestAKiosksEmergencyOnlyCallsStaff(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	s.walkIn(g)
	entry := do[clinic.CheckInAnswer](s, kiosk, "queue.check_in", clinic.CheckIn{Guruji: g.id, Emergency: true})
	if *entry.Position != 2 || s.view(entry.Entry)["band"] != int64(1) {
		t.Error("a kiosk made itself an emergency")
	}
	raised := ""
	for _, c := range s.history {
		for _, e := range clinic.Events(c.Before, c.After, s.day) {
			if e.Type == "emergency.raised" {
				raised, _ = e.Data["entry"].(string)
			}
		}
	}
	if raised != entry.Entry.String() {
		t.Error("staff were not called")
	}
}

func TestACutOffKioskKeepsItsNumbersAndItsTime(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	device, lease := s.leaseFor(5)
	other, second := s.leaseFor(5)
	if lease.Prefix != "K1" || second.Prefix != "K2" || lease.From != 1 || lease.To != 5 || lease.Day != "2026-11-23" {
		t.Fatalf("leases %+v and %+v", lease, second)
	}
	heard := s.now
	s.pass(30 * time.Minute)
	s.walkIn(g)
	at := heard.Add(10 * time.Minute)
	offline := func(a clinic.Actor, token string, at time.Time) (any, error) {
		return s.act(a, clinic.Command{Type: "queue.check_in", At: at, HeardAt: heard, Data: encode(t, clinic.CheckIn{Guruji: g.id, Token: token})})
	}
	answer, err := offline(device, "K1-03", at)
	if err != nil {
		t.Fatal(err)
	}
	entry := answer.(clinic.CheckInAnswer)
	if entry.Token != "K1-03" || *entry.Position != 1 || s.view(entry.Entry)["checkedInAt"] != "2026-11-23T04:10:00.000Z" {
		t.Errorf("got %+v, checked in at %v", entry, s.view(entry.Entry)["checkedInAt"])
	}
	early, err := offline(device, "K1-04", heard.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.view(early.(clinic.CheckInAnswer).Entry)["checkedInAt"]; got != "2026-11-23T04:00:00.000Z" {
		t.Errorf("a time before the last beat was believed: %v", got)
	}
	for _, tc := range []struct {
		a     clinic.Actor
		token string
	}{{device, "K1-03"}, {device, "K1-06"}, {device, "K1-00"}, {other, "K1-05"}, {device, "A001"}, {desk, "K1-05"}, {device, "K1"}, {device, "K1-"}} {
		if _, err := offline(tc.a, tc.token, at); err == nil {
			t.Errorf("%s of %s was accepted", tc.token, tc.a.ID)
		}
	}
	next := do[clinic.LeaseAnswer](s, device, "queue.lease_tokens", clinic.LeaseTokens{Count: 50})
	if next.Prefix != "K1" || next.From != 6 || next.To != 55 {
		t.Errorf("the next block is %+v", next)
	}
	refused(s, desk, clinic.CodeForbidden, "queue.lease_tokens", clinic.LeaseTokens{Count: 5})
	refused(s, device, clinic.CodeInvalid, "queue.lease_tokens", clinic.LeaseTokens{Count: 51})
}

func TestClosedIntakeRefusesUnlessTheDeskOverrides(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	device, lease := s.leaseFor(5)
	do[clinic.RecordAnswer](s, desk, "day.set_intake", clinic.SetIntake{Open: ptr(false)})
	refused(s, device, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: g.id})
	refused(s, device, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: g.id, Override: true})
	refused(s, desk, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: g.id})
	s.checkIn(clinic.CheckIn{Guruji: g.id, Override: true})
	do[clinic.CheckInAnswer](s, device, "queue.check_in", clinic.CheckIn{Guruji: g.id, Token: fmt.Sprintf("%s-%02d", lease.Prefix, lease.From)})
	do[clinic.RecordAnswer](s, desk, "day.set_intake", clinic.SetIntake{Open: ptr(true)})
	do[clinic.CheckInAnswer](s, device, "queue.check_in", clinic.CheckIn{Guruji: g.id})
	do[clinic.RecordAnswer](s, desk, "day.close", clinic.DayMove{})
	refused(s, device, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: g.id})
}

func TestAConsultationEndsWithWhateverTakesThePersonAway(t *testing.T) {
	for _, command := range []string{"queue.hold", "queue.transfer", "queue.cancel", "queue.complete"} {
		s := newSite(t)
		a, b := s.guruji("Madhavnath"), s.guruji("Vasudev")
		entry := s.walkIn(a)
		do[clinic.EntryAnswer](s, a.actor, "queue.call_next", clinic.CallNext{})
		do[clinic.EntryAnswer](s, a.actor, "queue.start", clinic.EntryMove{Entry: entry})
		consultation := record.Key{Kind: clinic.KindConsultation, ID: s.last.Undo.Action}
		s.pass(4 * time.Minute)
		do[clinic.EntryAnswer](s, desk, command, clinic.Transfer{Entry: entry, Guruji: b.id})
		r := s.records[consultation]
		if got := r.Get("endedAt").Time(); !got.Equal(s.clinic) {
			t.Errorf("after %s the consultation ended at %v", command, got)
		}
	}
}

func ptr[T any](v T) *T { return &v }
