package clinic_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// visit is a person with everything that a clinic learns of one, and where it stands.
type visit struct {
	person, entry, booked record.ID
}

func (w world) visit() visit {
	w.t.Helper()
	ref := &clinic.PersonRef{Name: secretName, Phone: secretPhone}
	v := visit{entry: w.checkIn(clinic.CheckIn{Guruji: w.own.id, Person: ref, Reason: secretReason}).Entry}
	v.person = w.row(v.entry).Person
	v.booked = do[clinic.AppointmentAnswer](w.site, desk, "appointment.book", clinic.Book{
		Person: ref, Guruji: w.own.id, Slot: w.clinic.AddDate(0, 0, 3), Reason: secretReason}).Appointment
	do[clinic.EntryAnswer](w.site, w.own.actor, "queue.call", clinic.EntryMove{Entry: v.entry})
	do[clinic.EntryAnswer](w.site, w.own.actor, "queue.start", clinic.EntryMove{Entry: v.entry})
	do[clinic.RecordAnswer](w.site, w.own.actor, "consultation.note", clinic.Note{Entry: v.entry, Text: secretNote})
	do[clinic.RecordAnswer](w.site, w.own.actor, "remedy.prescribe", clinic.Prescribe{Entry: v.entry, Type: "ayurvedic", Name: secretRemedy, Dosage: secretRemedy})
	return v
}

func TestAnExportIsWhatViewShowsToWhoAsks(t *testing.T) {
	w := newWorld(t)
	v := w.visit()
	for _, tc := range []struct {
		who              clinic.Actor
		phone, healthToo bool
	}{{admin, true, false}, {w.own.actor, false, true}} {
		export := do[clinic.PersonExport](w.site, tc.who, "person.export", clinic.PersonOnly{Person: v.person})
		text := string(encode(t, export))
		for secret, wanted := range map[string]bool{secretName: true, secretPhone: tc.phone, secretNote: tc.healthToo, secretRemedy: tc.healthToo, secretReason: tc.healthToo} {
			if strings.Contains(text, secret) != wanted {
				t.Errorf("the export of %s holds %q: %v", tc.who.Role, secret, !wanted)
			}
		}
		if !w.last.Forget {
			t.Error("an export would be kept")
		}
		kinds := map[string]int{}
		for _, r := range export.Records {
			kinds[r.Kind]++
		}
		for _, kind := range []string{"person", "entry", "appointment", "consultation", "remedy"} {
			if kinds[kind] != 1 {
				t.Errorf("%s is given %d %s records", tc.who.Role, kinds[kind], kind)
			}
		}
	}
	refused(w.site, w.other.actor, clinic.CodeForbidden, "person.export", clinic.PersonOnly{Person: v.person})
	refused(w.site, desk, clinic.CodeForbidden, "person.export", clinic.PersonOnly{Person: v.person})
	audits := 0
	for key, r := range w.records {
		if key.Kind == clinic.KindAudit && r.Get("type").Text() == "person.export" && r.Get("subject").ID() == v.person {
			audits++
		}
	}
	if audits != 2 {
		t.Errorf("%d audits of 2 exports", audits)
	}
}

func TestAHistoryIsForTheGurujiTheyAreWithAndAudited(t *testing.T) {
	w := newWorld(t)
	v := w.visit()
	do[clinic.EntryAnswer](w.site, w.own.actor, "queue.complete", clinic.EntryMove{Entry: v.entry})
	w.pass(30 * 24 * time.Hour)
	w.turn()
	again := w.checkIn(clinic.CheckIn{Guruji: w.other.id, Person: &clinic.PersonRef{ID: v.person}}).Entry
	refused(w.site, w.own.actor, clinic.CodeForbidden, "person.history", clinic.PersonHistory{Entry: again})
	refused(w.site, desk, clinic.CodeForbidden, "person.history", clinic.PersonHistory{Entry: again})
	refused(w.site, w.other.actor, clinic.CodeNotAllowed, "person.history", clinic.PersonHistory{Entry: w.walkIn(w.other)})
	history := do[clinic.PersonExport](w.site, w.other.actor, "person.history", clinic.PersonHistory{Entry: again})
	text := string(encode(t, history))
	if len(history.Records) != 2 || !strings.Contains(text, secretNote) || !strings.Contains(text, secretRemedy) || strings.Contains(text, secretPhone) {
		t.Errorf("the history is %s", text)
	}
	looks := 0
	for key, r := range w.records {
		if key.Kind == clinic.KindAudit && r.Get("type").Text() == "person.history" && r.Get("subject").ID() == v.person {
			looks++
		}
	}
	if looks != 1 || !w.last.Forget {
		t.Errorf("%d audits of one look; forgotten: %v", looks, w.last.Forget)
	}
}

func TestARepeatedExportIsMadeAgain(t *testing.T) {
	w := newWorld(t)
	v := w.visit()
	command := clinic.Command{ID: w.id(), Type: "person.export", Data: encode(t, clinic.PersonOnly{Person: v.person})}
	first, err := w.act(admin, command)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.act(admin, command)
	if err != nil || !w.last.Duplicate || !bytes.Equal(encode(t, first), encode(t, again)) {
		t.Errorf("the repeat: %v, %v", err, w.last.Duplicate)
	}
}

func TestAfterAnErasureNoByteOfThePersonIsLeftOrShown(t *testing.T) {
	w := newWorld(t)
	v := w.visit()
	child := w.register("Chintu Joglekar", "").Person
	do[clinic.RecordAnswer](w.site, desk, "person.link_family", clinic.LinkFamily{Person: child, Relative: v.person, Relation: "parent"})
	do[clinic.RecordAnswer](w.site, desk, "person.record_consent", clinic.RecordConsent{Person: v.person, Purpose: "care", Notice: "1"})
	twin := w.register("Savitri", secretPhone).Person
	do[clinic.RecordAnswer](w.site, desk, "person.merge", clinic.MergePersons{Keep: v.person, Drop: twin})
	w.conflict(clinic.KindEntry, v.entry, "reason", record.Text(secretReason))
	do[clinic.RecordAnswer](w.site, desk, "emergency.raise", clinic.EmergencyRaise{Entry: v.entry, Note: secretName + " fell"})
	w.enrol()
	atHub[clinic.RecordAnswer](w.site, "request.send", clinic.RequestSend{Site: siteID, Type: "person.update",
		Data: encode(t, clinic.PersonUpdate{Person: v.person, Name: ptr(secretName)})})
	refused(w.site, admin, clinic.CodeNotAllowed, "person.erase", clinic.PersonOnly{Person: v.person})
	do[clinic.EntryAnswer](w.site, w.own.actor, "queue.complete", clinic.EntryMove{Entry: v.entry})
	audits := w.count(clinic.KindAudit)
	do[clinic.RecordAnswer](w.site, admin, "person.erase", clinic.PersonOnly{Person: v.person})
	if got := w.count(clinic.KindAudit); got != audits+1 {
		t.Errorf("%d audits before, %d after", audits, got)
	}
	secrets := []string{secretName, "Savitri", secretPhone, secretReason, secretNote, secretRemedy}
	for key, r := range w.records {
		for _, secret := range secrets {
			if bytes.Contains(record.Canonical(&r), []byte(secret)) {
				t.Errorf("a %s still holds %q", key.Kind, secret)
			}
		}
	}
	person := w.record(clinic.KindPerson, v.person)
	if len(person.Items("consent")) != 1 || !person.Get("deleted").Bool() || person.Get("erasedAt").IsNull() {
		t.Error("of the person the consent and the erasure remain")
	}
	if got := w.seen(desk, clinic.KindPerson, child)["familyLinks"]; got != nil {
		t.Errorf("the child is still linked: %v", got)
	}
	if got := w.seen(desk, clinic.KindAppointment, v.booked)["status"]; got != clinic.StatusCancelled {
		t.Errorf("the booking is %v", got)
	}
	if w.status(v.entry) != clinic.StatusDone || w.view(v.entry)["token"] == "" {
		t.Error("the visit no longer counts")
	}
	refused(w.site, desk, clinic.CodeNotFound, "queue.check_in", clinic.CheckIn{Person: &clinic.PersonRef{ID: v.person}})
	refused(w.site, admin, clinic.CodeNotFound, "person.erase", clinic.PersonOnly{Person: v.person})
	w.lateNewsOf(v)
	for _, a := range append([]clinic.Actor{w.own.actor, {ID: "p", Role: clinic.RolePatient, Entry: v.entry}, admin}, w.everybody()...) {
		sent := w.everythingSentFrom(a, len(w.history)-lateNews)
		for _, secret := range secrets {
			if strings.Contains(sent, secret) {
				t.Errorf("%s is sent %q: ...%s...", a.Role, secret, around(sent, secret))
			}
		}
	}
}

const lateNews = 4

// lateNewsOf is what a box that was cut off brings when the person was erased long ago.
func (w world) lateNewsOf(v visit) {
	text := func(name, value string) map[string]record.Value {
		return map[string]record.Value{name: record.Text(value)}
	}
	w.commit([]record.Edit{
		{Kind: clinic.KindPerson, ID: v.person, Set: text("name", secretName)},
		{Kind: clinic.KindEntry, ID: v.entry, Set: map[string]record.Value{"name": record.Text(secretName), "reason": record.Text(secretReason), "phone": record.Text(secretPhone)}},
		{Kind: clinic.KindAppointment, ID: v.booked, Set: text("name", secretName)},
	})
	w.conflict(clinic.KindEntry, v.entry, "name", record.Text(secretName))
}

// conflict is a value that was dropped when two edits met.
func (s *site) conflict(kind string, subject record.ID, field string, lost record.Value) record.ID {
	id := record.Derive("conflict", kind, subject.String(), field)
	s.commit([]record.Edit{{Kind: clinic.KindConflict, ID: id, Set: map[string]record.Value{
		"subjectKind": record.Text(kind), "subject": record.IDValue(subject), "field": record.Text(field), "value": lost, "at": record.TimeValue(s.clinic)}}})
	return id
}

func (s *site) count(kind string) (n int) {
	for key := range s.records {
		if key.Kind == kind {
			n++
		}
	}
	return n
}

func (w world) everybody() []clinic.Actor {
	var all []clinic.Actor
	for _, a := range w.actors {
		all = append(all, a)
	}
	return all
}

func TestAnErasureTakenBackLeavesNoTrace(t *testing.T) {
	w := newWorld(t)
	v := w.visit()
	do[clinic.EntryAnswer](w.site, w.own.actor, "queue.complete", clinic.EntryMove{Entry: v.entry})
	gurujis := []guru{w.own, w.other}
	want, mark := told(t, w.day, gurujis, w.clinic), len(w.history)
	do[clinic.RecordAnswer](w.site, admin, "person.erase", clinic.PersonOnly{Person: v.person})
	if told(t, w.day, gurujis, w.clinic) == want {
		t.Fatal("the erasure changed nothing that is told")
	}
	for i := len(w.history) - 1; i >= mark; i-- {
		w.day.Apply(w.history[i].After, w.history[i].Before)
	}
	if told(t, w.day, gurujis, w.clinic) != want {
		t.Error("the day is another after a failed commit")
	}
}

func TestEraseKeepsTheVisitsOfOthers(t *testing.T) {
	w := newWorld(t)
	v := w.visit()
	do[clinic.EntryAnswer](w.site, w.own.actor, "queue.complete", clinic.EntryMove{Entry: v.entry})
	before := w.view(w.mine)
	w.pass(time.Minute)
	do[clinic.RecordAnswer](w.site, admin, "person.erase", clinic.PersonOnly{Person: v.person})
	if got := w.view(w.mine)["name"]; got != before["name"] || got == nil {
		t.Errorf("another person's name became %v", got)
	}
}
