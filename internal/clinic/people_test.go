package clinic_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

func (s *site) register(name, phone string) clinic.PersonAnswer {
	s.t.Helper()
	return do[clinic.PersonAnswer](s, desk, "person.register", clinic.PersonRegister{Name: name, Phone: phone})
}

func (s *site) record(kind string, id record.ID) *record.Record {
	s.t.Helper()
	r, ok := s.records[record.Key{Kind: kind, ID: id}]
	if !ok {
		s.t.Fatalf("there is no %s %s", kind, id)
	}
	return &r
}

// seen is what an actor is shown of a record.
func (s *site) seen(a clinic.Actor, kind string, id record.ID) map[string]any {
	s.t.Helper()
	shown, _ := clinic.View(a, s.day, s.record(kind, id))
	return shown
}

func TestAPersonWhoMayBeKnownIsFlaggedToStaff(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	known := s.register("Usha Patil", "9822012345").Person
	for _, tc := range []struct {
		name, phone string
		alike       bool
	}{
		{"Usha", "9822012345", true}, {"Ushaa Patil", "98220 12345", true}, {"Patil Usha", "9822012345", true},
		{"Imran Patil", "9822012345", false}, {"Usha Patil", "9822099999", false}, {"Tara", "", false},
	} {
		got := s.register(tc.name, tc.phone)
		if (got.Alike == known) != tc.alike || got.Alike.IsZero() == tc.alike {
			t.Errorf("%s of %s looks like %s", tc.name, tc.phone, got.Alike)
		}
	}
	entry := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Usha Patill", Phone: "9822012345"}}).Entry
	if row := s.row(entry); row.Alike != known || !strings.Contains(strings.Join(row.Why, " "), "alike") {
		t.Errorf("the desk is not told: %v %v", row.Alike, row.Why)
	}
	s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Mira Joshi"}})
	again := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "mira  JOSHI"}}).Entry
	if s.row(again).Alike.IsZero() {
		t.Error("the same name twice in one day, without a phone, is not flagged")
	}
	person := s.row(again).Person
	do[clinic.RecordAnswer](s, desk, "person.update", clinic.PersonUpdate{Person: person, Distinct: true})
	if row := s.row(again); !row.Alike.IsZero() || strings.Contains(strings.Join(row.Why, " "), "alike") {
		t.Errorf("the flag stays after staff said that they are two: %v", row.Why)
	}
}

func TestAPersonHasFurtherNumbers(t *testing.T) {
	s := newSite(t)
	person := s.register("Usha", "9822012345").Person
	update := func(phones ...string) clinic.PersonUpdate {
		phones = append([]string{}, phones...)
		return clinic.PersonUpdate{Person: person, Phones: &phones}
	}
	do[clinic.RecordAnswer](s, desk, "person.update", update("98220 99999", "+91 98220 99999", "020-2553 1111"))
	if diff := cmp.Diff([]any{"919822099999", "912025531111"}, s.seen(desk, clinic.KindPerson, person)["phones"]); diff != "" {
		t.Error(diff)
	}
	refused(s, desk, clinic.CodeInvalid, "person.update", update("98220 99999", "12"))
	refused(s, desk, clinic.CodeTooLarge, "person.update", update("9822000001", "9822000002", "9822000003", "9822000004", "9822000005", "9822000006"))
	do[clinic.RecordAnswer](s, desk, "person.update", update())
	if phones := s.seen(desk, clinic.KindPerson, person)["phones"]; phones != nil {
		t.Errorf("%v after all were taken away", phones)
	}
}

func TestAfterAMergeNobodyWhoWasCalledLosesTheirTurn(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	called := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Usha", Phone: "9822012345"}}).Entry
	do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
	waiting := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Usha Patil", Phone: "9822012345"}}).Entry
	s.walkIn(g)
	before := map[record.ID]map[string]any{called: s.view(called), waiting: s.view(waiting)}
	order := s.day.Order(g.id)
	keep, drop := s.row(waiting).Person, s.row(called).Person
	do[clinic.RecordAnswer](s, desk, "person.merge", clinic.MergePersons{Keep: keep, Drop: drop})
	for id, was := range before {
		now := s.view(id)
		for _, field := range []string{"status", "generation", "token", "guruji", "checkedInAt", "calledAt", "band", "credit"} {
			if diff := cmp.Diff(was[field], now[field]); diff != "" {
				t.Errorf("%s of %v changed: %s", field, was["token"], diff)
			}
		}
		if now["person"] != keep.String() || now["name"] != "Usha Patil" {
			t.Errorf("%v is of %v, %v", was["token"], now["person"], now["name"])
		}
	}
	if diff := cmp.Diff(order, s.day.Order(g.id)); diff != "" {
		t.Error(diff)
	}
	if why := strings.Join(s.row(waiting).Why, " "); !strings.Contains(why, "twice") {
		t.Errorf("the second place of one person is not flagged: %s", why)
	}
	if got := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{ID: drop}}); s.row(got.Entry).Person != keep {
		t.Error("who was merged away came again as themselves")
	}
	refused(s, desk, clinic.CodeNotAllowed, "person.merge", clinic.MergePersons{Keep: keep, Drop: drop})
	refused(s, desk, clinic.CodeInvalid, "person.merge", clinic.MergePersons{Keep: keep, Drop: keep})
}

func TestAMergeKeepsPhonesFamilyConsentsAndHistory(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	keep, drop, mother := s.register("Usha", "9822012345").Person, s.register("Usha Patil", "9822099999").Person, s.register("Sita", "").Person
	do[clinic.RecordAnswer](s, desk, "person.link_family", clinic.LinkFamily{Person: drop, Relative: mother, Relation: "parent", Guardian: true})
	do[clinic.RecordAnswer](s, desk, "person.record_consent", clinic.RecordConsent{Person: drop, Purpose: "care", Notice: "2026-1", By: mother})
	entry := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{ID: drop}}).Entry
	s.serve(g, time.Minute)
	do[clinic.RecordAnswer](s, desk, "person.merge", clinic.MergePersons{Keep: keep, Drop: drop})
	seen := s.seen(desk, clinic.KindPerson, keep)
	if diff := cmp.Diff([]any{"919822099999"}, seen["phones"]); diff != "" {
		t.Error(diff)
	}
	if len(seen["consent"].([]any)) != 1 || len(seen["familyLinks"].([]any)) != 1 {
		t.Errorf("consent %v, family %v", seen["consent"], seen["familyLinks"])
	}
	consultation := s.record(clinic.KindEntry, entry).Get("consultation").ID()
	if got := s.record(clinic.KindConsultation, consultation).Get("person").ID(); got != keep {
		t.Errorf("the consultation is still of %s", got)
	}
}

func TestAMergeLosesNoNumber(t *testing.T) {
	s := newSite(t)
	keep, drop := s.register("Usha", "").Person, s.register("Usha Patil", "9822012345").Person
	do[clinic.RecordAnswer](s, desk, "person.update", clinic.PersonUpdate{Person: drop, Phones: &[]string{"9822099999", "02026123456"}})
	do[clinic.RecordAnswer](s, desk, "person.merge", clinic.MergePersons{Keep: keep, Drop: drop})
	seen := s.seen(desk, clinic.KindPerson, keep)
	want := []any{"919822012345", []any{"919822099999", "912026123456"}}
	if diff := cmp.Diff(want, []any{seen["phone"], seen["phones"]}); diff != "" {
		t.Error(diff)
	}
}

func TestAMergedRelativeIsStillTheRelative(t *testing.T) {
	s := newSite(t)
	child, keep, drop := s.register("Chintu", "").Person, s.register("Sita Rao", "9822012345").Person, s.register("Seeta", "").Person
	link := clinic.LinkFamily{Person: child, Relative: drop, Relation: "parent", Guardian: true}
	do[clinic.RecordAnswer](s, desk, "person.link_family", link)
	do[clinic.RecordAnswer](s, desk, "person.merge", clinic.MergePersons{Keep: keep, Drop: drop})
	do[clinic.RecordAnswer](s, desk, "person.record_consent", clinic.RecordConsent{Person: child, Purpose: "care", Notice: "1", By: keep})
	link.Relative, link.Relation = keep, "grandparent"
	do[clinic.RecordAnswer](s, desk, "person.link_family", link)
	want := []any{map[string]any{"person": keep.String(), "relation": "grandparent", "guardian": true, "proxy": false}}
	if diff := cmp.Diff(want, s.seen(desk, clinic.KindPerson, child)["familyLinks"]); diff != "" {
		t.Error(diff)
	}
	do[clinic.RecordAnswer](s, desk, "person.link_family", clinic.LinkFamily{Person: child, Relative: keep, Unlink: true})
	for _, id := range []record.ID{child, keep} {
		if got := s.seen(desk, clinic.KindPerson, id)["familyLinks"]; got != nil {
			t.Errorf("after the unlinking: %v", got)
		}
	}
}

func TestAMergedRelativeWhoIsErasedIsNoRelative(t *testing.T) {
	s := newSite(t)
	child, keep, drop := s.register("Chintu", "").Person, s.register("Sita Rao", "9822012345").Person, s.register("Seeta", "").Person
	do[clinic.RecordAnswer](s, desk, "person.link_family", clinic.LinkFamily{Person: child, Relative: drop, Relation: "parent"})
	do[clinic.RecordAnswer](s, desk, "person.merge", clinic.MergePersons{Keep: keep, Drop: drop})
	do[clinic.RecordAnswer](s, admin, "person.erase", clinic.PersonOnly{Person: keep})
	if got := s.seen(desk, clinic.KindPerson, child)["familyLinks"]; got != nil {
		t.Errorf("after the erasure: %v", got)
	}
}

func TestTwoRelativesWhoAreMergedAreNotTheirOwnRelatives(t *testing.T) {
	s := newSite(t)
	keep, drop, sister := s.register("Usha", "9822012345").Person, s.register("Usha Patil", "").Person, s.register("Sita", "").Person
	for _, relative := range []record.ID{drop, sister} {
		do[clinic.RecordAnswer](s, desk, "person.link_family", clinic.LinkFamily{Person: keep, Relative: relative, Relation: "sibling"})
	}
	do[clinic.RecordAnswer](s, desk, "person.link_family", clinic.LinkFamily{Person: drop, Relative: sister, Relation: "sibling"})
	do[clinic.RecordAnswer](s, desk, "person.merge", clinic.MergePersons{Keep: keep, Drop: drop})
	want := []any{map[string]any{"person": sister.String(), "relation": "sibling", "guardian": false, "proxy": false}}
	if diff := cmp.Diff(want, s.seen(desk, clinic.KindPerson, keep)["familyLinks"]); diff != "" {
		t.Error(diff)
	}
}

func TestWhoWasMergedAwayIsKnownByTheirOldNameAndPhone(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	first, second := s.register("Usha Patil", "").Person, s.register("Usha Devi", "9822012345").Person
	entry := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Usha Dev", Phone: "9822012345"}}).Entry
	third := s.row(entry).Person
	other := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{ID: first}}).Entry
	do[clinic.RecordAnswer](s, desk, "person.merge", clinic.MergePersons{Keep: second, Drop: third})
	if row := s.row(entry); !row.Alike.IsZero() || row.Person != second {
		t.Errorf("after the answer it is still asked whether they are %s", row.Alike)
	}
	do[clinic.RecordAnswer](s, desk, "person.merge", clinic.MergePersons{Keep: first, Drop: second})
	if row := s.row(other); row.Phone != "919822012345" {
		t.Errorf("their other place shows the phone %q", row.Phone)
	}
	for _, ref := range []clinic.PersonRef{{Name: "usha dev", Phone: "9822012345"}, {Name: "Usha Devi", Phone: "9822012345"}, {ID: third}} {
		if got := s.row(s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &ref}).Entry).Person; got != first {
			t.Errorf("%+v came as %s", ref, got)
		}
	}
	export := do[clinic.PersonExport](s, admin, "person.export", clinic.PersonOnly{Person: third})
	people := 0
	for _, r := range export.Records {
		if r.Kind == clinic.KindPerson {
			people++
		}
	}
	if export.Person != first || people != 3 {
		t.Errorf("the export is of %s with %d people, want all three that they were", export.Person, people)
	}
}

func TestFamilyIsLinkedFromBothSides(t *testing.T) {
	s := newSite(t)
	child, mother := s.register("Chintu", "").Person, s.register("Sita", "9822012345").Person
	refused(s, desk, clinic.CodeInvalid, "person.link_family", clinic.LinkFamily{Person: child, Relative: child, Relation: "parent"})
	refused(s, desk, clinic.CodeInvalid, "person.link_family", clinic.LinkFamily{Person: child, Relative: mother})
	refused(s, desk, clinic.CodeNotAllowed, "person.record_consent", clinic.RecordConsent{Person: child, Purpose: "care", Notice: "1", By: mother})
	for range 2 { // again is a correction, and no second link
		do[clinic.RecordAnswer](s, desk, "person.link_family", clinic.LinkFamily{Person: child, Relative: mother, Relation: "parent", Guardian: true, Proxy: true})
	}
	want := []any{map[string]any{"person": mother.String(), "relation": "parent", "guardian": true, "proxy": true}}
	if diff := cmp.Diff(want, s.seen(desk, clinic.KindPerson, child)["familyLinks"]); diff != "" {
		t.Error(diff)
	}
	want = []any{map[string]any{"person": child.String(), "relation": "child", "guardian": false, "proxy": false}}
	if diff := cmp.Diff(want, s.seen(desk, clinic.KindPerson, mother)["familyLinks"]); diff != "" {
		t.Error(diff)
	}
	do[clinic.RecordAnswer](s, desk, "person.record_consent", clinic.RecordConsent{Person: child, Purpose: "care", Notice: "1", By: mother})
	do[clinic.RecordAnswer](s, desk, "person.link_family", clinic.LinkFamily{Person: mother, Relative: child, Unlink: true})
	for _, id := range []record.ID{child, mother} {
		if got := s.seen(desk, clinic.KindPerson, id)["familyLinks"]; got != nil {
			t.Errorf("after the unlinking: %v", got)
		}
	}
}

func TestConsentsAreAddedAndNeverTakenAway(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	entry := do[clinic.CheckInAnswer](s, kiosk, "queue.check_in", clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Usha", Phone: "9822012345"}}).Entry
	person := s.row(entry).Person
	refused(s, desk, clinic.CodeInvalid, "person.record_consent", clinic.RecordConsent{Person: person, Purpose: "care"})
	s.commit([]record.Edit{{Kind: clinic.KindPolicy, ID: clinic.PolicyID("consentNotice"), Set: map[string]record.Value{
		"name": record.Text("consentNotice"), "value": record.Text("2026-2")}}})
	do[clinic.RecordAnswer](s, kiosk, "person.record_consent", clinic.RecordConsent{Entry: entry, Purpose: "care", Language: "mr"})
	patient := clinic.Actor{ID: "p", Role: clinic.RolePatient, Entry: entry}
	do[clinic.RecordAnswer](s, patient, "person.record_consent", clinic.RecordConsent{Entry: entry, Purpose: "messages"})
	do[clinic.RecordAnswer](s, patient, "person.record_consent", clinic.RecordConsent{Entry: entry, Purpose: "messages", Withdrawn: true})
	said := map[string]bool{}
	for _, c := range s.seen(desk, clinic.KindPerson, person)["consent"].([]any) {
		c := c.(map[string]any)
		if c["notice"] != "2026-2" || c["at"] == nil || c["recordedBy"] == "" {
			t.Errorf("recorded %v", c)
		}
		said[c["purpose"].(string)] = c["given"].(bool)
	}
	if diff := cmp.Diff(map[string]bool{"care": true, "messages": false}, said); diff != "" {
		t.Error(diff)
	}
	other := clinic.Actor{ID: "another kiosk", Role: clinic.RoleKiosk}
	refused(s, other, clinic.CodeForbidden, "person.record_consent", clinic.RecordConsent{Entry: entry, Purpose: "care"})
	refused(s, other, clinic.CodeInvalid, "person.record_consent", clinic.RecordConsent{Person: person, Purpose: "care"})
	refused(s, clinic.Actor{ID: "q", Role: clinic.RolePatient, Entry: s.walkIn(g)}, clinic.CodeForbidden, "person.record_consent", clinic.RecordConsent{Entry: entry, Purpose: "care"})
	refused(s, desk, clinic.CodeNotAllowed, "person.record_consent", clinic.RecordConsent{Entry: s.walkIn(g), Purpose: "care"})
}
