package clinic_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

func TestWhatStaffAreNotifiedOfIsThereTheNextMorning(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	entry := s.walkIn(g)
	do[clinic.RecordAnswer](s, desk, "notification.send", clinic.NotificationSend{Entry: entry, Title: "to a patient, of that day"})
	id := do[clinic.RecordAnswer](s, admin, "notification.send", clinic.NotificationSend{Role: clinic.RoleCoordinator, Title: "the lift is broken"}).ID
	told := func() (titles []string) {
		audience, err := clinic.AudienceOf(desk, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range s.day.Snapshot(audience, s.clinic).(clinic.QueueView).Rows {
			if row.Kind == clinic.KindNotification {
				titles = append(titles, row.Fields.(map[string]any)["title"].(string))
			}
		}
		return titles
	}
	for _, tc := range []struct {
		days  int
		keeps int
		want  int
	}{{1, 30, 1}, {28, 30, 1}, {1, 30, 0}, {0, 60, 1}, {29, 60, 1}, {1, 60, 0}} {
		s.set("notificationDays", tc.keeps)
		if tc.days > 0 {
			s.pass(time.Duration(tc.days) * 24 * time.Hour)
			s.turn()
		}
		if got := told(); len(got) != tc.want {
			t.Errorf("on %s, kept for %d days: %v", s.day.ServiceDay(), tc.keeps, got)
		}
		if tc.days == 1 && tc.want == 1 {
			do[clinic.RecordAnswer](s, desk, "notification.read", clinic.NotificationRef{Notification: id})
		}
	}
}

func TestANoteIsOfItsDayAndWhatComesLaterIsAnAmendment(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	entry := s.walkIn(g)
	do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
	do[clinic.EntryAnswer](s, g.actor, "queue.start", clinic.EntryMove{Entry: entry})
	consultation := s.record(clinic.KindEntry, entry).Get("consultation").ID()
	do[clinic.RecordAnswer](s, g.actor, "consultation.note", clinic.Note{Entry: entry, Text: "sleeps badly"})
	refused(s, g.actor, clinic.CodeNotAllowed, "consultation.amend", clinic.Amend{Consultation: consultation, Text: "too early"})
	do[clinic.EntryAnswer](s, g.actor, "queue.complete", clinic.EntryMove{Entry: entry})
	s.pass(48 * time.Hour)
	s.turn()
	refused(s, g.actor, clinic.CodeNotAllowed, "consultation.note", clinic.Note{Consultation: consultation, Text: "rewritten"})
	refused(s, g.actor, clinic.CodeInvalid, "consultation.amend", clinic.Amend{Consultation: consultation})
	refused(s, s.guruji("Vasudev").actor, clinic.CodeForbidden, "consultation.amend", clinic.Amend{Consultation: consultation, Text: "not mine"})
	mark := len(s.history)
	first := do[clinic.RecordAnswer](s, g.actor, "consultation.amend", clinic.Amend{Consultation: consultation, Text: "sleeps well"}).ID
	if diff := cmp.Diff([]string{"consultation.updated"}, s.since(mark)); diff != "" {
		t.Error(diff)
	}
	second := do[clinic.RecordAnswer](s, g.actor, "consultation.amend", clinic.Amend{Consultation: consultation, Text: "came back"}).ID
	r := s.record(clinic.KindConsultation, consultation)
	if r.Get("notes").Text() != "sleeps badly" || len(r.Items("amendments")) != 2 {
		t.Errorf("the note is %q with %d amendments", r.Get("notes").Text(), len(r.Items("amendments")))
	}
	for id, want := range map[record.ID]string{first: "sleeps well", second: "came back"} {
		if got := s.seen(g.actor, clinic.KindAmendment, id)["text"]; got != want {
			t.Errorf("the amendment reads %v, want %q", got, want)
		}
	}
}

func TestARemedyIsChangedHandedOverAndCompleted(t *testing.T) {
	for _, private := range []bool{false, true} {
		s := newSite(t)
		g := s.guruji("Madhavnath")
		if private {
			s.commit([]record.Edit{{Kind: clinic.KindPolicy, ID: clinic.PolicyID("healthTextStays"), Set: map[string]record.Value{
				"name": record.Text("healthTextStays"), "value": record.Bool(true)}}})
		}
		entry := s.walkIn(g)
		remedy := do[clinic.RecordAnswer](s, g.actor, "remedy.prescribe", clinic.Prescribe{
			Entry: entry, Type: "ayurvedic", Name: "unicorn\nroot", Dosage: "unicorn dose", Instructions: "unicorn\ntwice", Days: 5}).ID
		do[clinic.RecordAnswer](s, g.actor, "remedy.update", clinic.RemedyUpdate{Remedy: remedy, Dosage: ptr("unicorn half"), Days: ptr(7)})
		refused(s, g.actor, clinic.CodeInvalid, "remedy.update", clinic.RemedyUpdate{Remedy: remedy})
		refused(s, g.actor, clinic.CodeInvalid, "remedy.update", clinic.RemedyUpdate{Remedy: remedy, Name: ptr("")})
		r := s.record(clinic.KindRemedy, remedy)
		if got := r.Get("days").Int(); got != 7 {
			t.Errorf("for %d days", got)
		}
		if private {
			if bytes.Contains(record.Canonical(r), []byte("unicorn")) {
				t.Error("the text would leave the node")
			}
			want := "unicorn root\nunicorn half\nunicorn\ntwice"
			if got := s.record(clinic.KindPrivateText, remedy).Get("text").Text(); got != want {
				t.Errorf("kept at home: %q", got)
			}
		} else if r.Get("dosage").Text() != "unicorn half" || r.Get("name").Text() != "unicorn\nroot" {
			t.Errorf("changed to %q, %q", r.Get("name").Text(), r.Get("dosage").Text())
		}
		refused(s, s.guruji("Vasudev").actor, clinic.CodeForbidden, "remedy.deliver", clinic.RemedyRef{Remedy: remedy})
		refused(s, desk, clinic.CodeForbidden, "remedy.update", clinic.RemedyUpdate{Remedy: remedy, Days: ptr(1)})
		mark := len(s.history)
		do[clinic.RecordAnswer](s, desk, "remedy.deliver", clinic.RemedyRef{Remedy: remedy})
		do[clinic.RecordAnswer](s, g.actor, "remedy.complete", clinic.RemedyRef{Remedy: remedy})
		if diff := cmp.Diff([]string{"remedy.completed", "remedy.updated"}, s.since(mark)); diff != "" {
			t.Error(diff)
		}
		for _, command := range []string{"remedy.deliver", "remedy.complete"} {
			refused(s, desk, clinic.CodeNotAllowed, command, clinic.RemedyRef{Remedy: remedy})
		}
		refused(s, g.actor, clinic.CodeNotAllowed, "remedy.update", clinic.RemedyUpdate{Remedy: remedy, Days: ptr(1)})
	}
}

func TestANotificationIsHeardAndReadByWhomItIsTo(t *testing.T) {
	w := newWorld(t)
	patient, stranger := w.actors[clinic.RolePatient], clinic.Actor{ID: "q", Role: clinic.RolePatient, Entry: w.theirs}
	for _, tc := range []struct {
		name      string
		send      clinic.NotificationSend
		to        clinic.Actor
		told      map[string]bool // who is told of it
		mayDelete clinic.Actor
	}{
		{"patient", clinic.NotificationSend{Entry: w.mine, Title: "Your remedy is ready"}, patient,
			map[string]bool{"patient": true, "coordinator": true, "admin": true}, desk},
		{"guruji", clinic.NotificationSend{Guruji: w.own.id, Title: "Tea"}, w.own.actor, map[string]bool{"guruji": true}, w.own.actor},
		{"gurujis", clinic.NotificationSend{Role: clinic.RoleGuruji, Title: "Tea"}, w.other.actor, map[string]bool{"guruji": true, "other guruji": true}, w.other.actor},
		{"desks", clinic.NotificationSend{Role: clinic.RoleCoordinator, Title: "Paper"}, desk, map[string]bool{"coordinator": true}, desk},
	} {
		mark := len(w.history)
		id := do[clinic.RecordAnswer](w.site, admin, "notification.send", tc.send).ID
		readers := map[string]clinic.Actor{"patient": patient, "stranger": stranger, "coordinator": desk, "admin": admin, "guruji": w.own.actor,
			"other guruji": w.other.actor, "kiosk": kiosk, "board": boards, "centre": central}
		for name, a := range readers {
			audience, err := clinic.AudienceOf(a, "")
			if err != nil {
				t.Fatal(err)
			}
			_, visible := clinic.View(audience.Actor(), w.day, w.record(clinic.KindNotification, id))
			heard := false
			for _, c := range w.history[mark:] {
				for _, e := range clinic.Events(c.Before, c.After, w.day) {
					_, ok := clinic.CanHear(audience, e, w.day)
					heard = heard || ok && e.Type == "notification.sent"
				}
			}
			if visible != tc.told[name] || heard != tc.told[name] {
				t.Errorf("to the %s: %s sees it: %v, hears it: %v", tc.name, name, visible, heard)
			}
		}
		refused(w.site, stranger, clinic.CodeForbidden, "notification.read", clinic.NotificationRef{Notification: id})
		mark = len(w.history)
		do[clinic.RecordAnswer](w.site, tc.to, "notification.read", clinic.NotificationRef{Notification: id})
		refused(w.site, tc.to, clinic.CodeNotAllowed, "notification.read", clinic.NotificationRef{Notification: id})
		do[clinic.RecordAnswer](w.site, tc.mayDelete, "notification.delete", clinic.NotificationRef{Notification: id})
		if diff := cmp.Diff([]string{"notification.deleted", "notification.read"}, w.since(mark)); diff != "" {
			t.Error(diff)
		}
		refused(w.site, tc.to, clinic.CodeNotFound, "notification.delete", clinic.NotificationRef{Notification: id})
		if rows := w.rowsOf(tc.to, clinic.KindNotification); len(rows) != 0 {
			t.Errorf("the deleted one is in the snapshot of %s", tc.to.Role)
		}
	}
	refused(w.site, desk, clinic.CodeInvalid, "notification.send", clinic.NotificationSend{Title: "to nobody"})
	refused(w.site, desk, clinic.CodeInvalid, "notification.send", clinic.NotificationSend{Title: "to two", Guruji: w.own.id, Role: clinic.RoleAdmin})
	refused(w.site, desk, clinic.CodeInvalid, "notification.send", clinic.NotificationSend{Guruji: w.own.id})
	refused(w.site, w.own.actor, clinic.CodeForbidden, "notification.send", clinic.NotificationSend{Entry: w.theirs, Title: "not mine"})
}

// rowsOf are the records of a kind in the snapshot of an actor's own view.
func (s *site) rowsOf(a clinic.Actor, kind string) (rows []clinic.Row) {
	s.t.Helper()
	audience, err := clinic.AudienceOf(a, "")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, row := range s.day.Snapshot(audience, s.clinic).(clinic.QueueView).Rows {
		if row.Kind == kind {
			rows = append(rows, row)
		}
	}
	return rows
}
