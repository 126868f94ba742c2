package clinic_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

func settle(conflict record.ID, keep string) clinic.ConflictSettle {
	return clinic.ConflictSettle{Conflict: conflict, Keep: keep}
}

func TestALostValueIsWrittenAgainWhenSomebodyKeepsIt(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	entry := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Usha", Phone: "9822012345"}}).Entry
	person := s.row(entry).Person
	lost := s.conflict(clinic.KindPerson, person, "name", record.Text("Usha Patil"))
	if rows := s.rowsOf(desk, clinic.KindConflict); len(rows) != 1 {
		t.Fatalf("the desk is shown %d conflicts", len(rows))
	}
	refused(s, desk, clinic.CodeInvalid, "conflict.settle", settle(lost, ""))
	refusedSaw(s, desk, clinic.CodeStale, "conflict.settle", settle(lost, "lost"), map[string]any{"current": "Usha Devi"})
	if _, err := s.act(desk, clinic.Command{Type: "conflict.settle", Data: encode(t, settle(lost, "lost")), Saw: map[string]any{"current": "Usha"}}); err != nil {
		t.Fatal(err)
	}
	if got := s.row(entry).Name; got != "Usha Patil" {
		t.Errorf("the row says %q", got)
	}
	if got := s.record(clinic.KindPerson, person).Get("nameKey").Text(); got != "usha patil" {
		t.Errorf("they are found as %q", got)
	}
	if rows := s.rowsOf(desk, clinic.KindConflict); len(rows) != 0 {
		t.Error("the settled conflict is still shown")
	}
	refused(s, desk, clinic.CodeNotAllowed, "conflict.settle", settle(lost, "current"))
}

func TestKeepingWhatStandsChangesNothingElse(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	id := s.conflict(clinic.KindGuruji, g.id, "room", record.Text("9"))
	mark := len(s.history)
	do[clinic.RecordAnswer](s, g.actor, "conflict.settle", settle(id, "current"))
	for _, c := range s.history[mark:] {
		if c.After.Kind != clinic.KindConflict && c.After.Kind != clinic.KindAudit {
			t.Errorf("a %s was changed", c.After.Kind)
		}
	}
}

func TestWhatAConflictMayPutBack(t *testing.T) {
	w := newWorld(t)
	person := w.row(w.mine).Person
	for _, tc := range []struct {
		name    string
		kind    string
		subject record.ID
		field   string
		lost    record.Value
		who     clinic.Actor
		want    clinic.Code
	}{
		{"a status", clinic.KindEntry, w.mine, "status", record.Text("done"), desk, clinic.CodeNotAllowed},
		{"a place", clinic.KindEntry, w.mine, "credit", record.Int(500), desk, clinic.CodeNotAllowed},
		{"a reason, by who may not read it", clinic.KindEntry, w.mine, "reason", record.Text("x"), desk, clinic.CodeForbidden},
		{"a reason, by another guruji", clinic.KindEntry, w.mine, "reason", record.Text("x"), w.other.actor, clinic.CodeForbidden},
		{"a reason, by their guruji", clinic.KindEntry, w.mine, "reason", record.Text("back pain"), w.own.actor, ""},
		{"no name", clinic.KindPerson, person, "name", record.Null(), desk, clinic.CodeNotAllowed},
		{"a phone taken away", clinic.KindPerson, person, "phone", record.Null(), desk, ""},
		{"somebody who is not here", clinic.KindPerson, record.Derive("nobody"), "name", record.Text("x"), desk, clinic.CodeNotFound},
		{"a setting", clinic.KindSetting, clinic.SettingID("maxRecalls"), "value", record.Int(5), admin, ""},
		{"a value that the setting cannot have", clinic.KindSetting, clinic.SettingID("slotMinutes"), "value", record.Text("x"), admin, clinic.CodeNotAllowed},
		{"a template of the centre", clinic.KindTemplate, record.Derive("t"), "name", record.Text("x"), admin, clinic.CodeNotAllowed},
		{"a secret", clinic.KindCredential, record.Derive("c"), "hash", record.Text("x"), admin, clinic.CodeNotAllowed},
	} {
		for _, name := range []string{"maxRecalls", "slotMinutes"} {
			w.set(name, 20)
		}
		id := record.Derive("conflict", tc.kind, tc.subject.String(), tc.field, tc.name)
		w.commit([]record.Edit{{Kind: clinic.KindConflict, ID: id, Set: map[string]record.Value{
			"subjectKind": record.Text(tc.kind), "subject": record.IDValue(tc.subject), "field": record.Text(tc.field), "value": tc.lost, "at": record.TimeValue(w.clinic)}}})
		_, err := w.act(tc.who, clinic.Command{Type: "conflict.settle", Data: encode(t, settle(id, "lost"))})
		if codeOf(err) != tc.want {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
		if got := w.day.Settings().MaxRecalls; (got == 5) != (tc.name == "a setting") {
			t.Errorf("%s: the setting is %d", tc.name, got)
		}
	}
	if got := w.seen(w.own.actor, clinic.KindEntry, w.mine)["reason"]; got != "back pain" {
		t.Errorf("the reason is %v", got)
	}
}

func TestAConflictOfAnEarlierDayWaitsForSomebody(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	entry := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Usha"}}).Entry
	s.commit([]record.Edit{{Kind: clinic.KindConflict, ID: record.Derive("c"), Set: map[string]record.Value{
		"subjectKind": record.Text(clinic.KindEntry), "subject": record.IDValue(entry), "field": record.Text("language"), "value": record.Text("mr")}}})
	s.pass(48 * time.Hour)
	s.turn()
	if rows := s.rowsOf(desk, clinic.KindConflict); len(rows) != 1 {
		t.Errorf("two days later the desk is shown %d conflicts", len(rows))
	}
	refused(s, desk, clinic.CodeNotAllowed, "conflict.settle", settle(record.Derive("c"), "lost"))
	do[clinic.RecordAnswer](s, desk, "conflict.settle", settle(record.Derive("c"), "current"))
}

func TestEverySiteCommandWithoutASecretCanBeRequestedByWhoMayGiveIt(t *testing.T) {
	s := newSite(t)
	s.enrol()
	asked := 0
	for _, info := range clinic.Commands() {
		central := slices.Contains(info.Roles, clinic.RoleCentralAdmin)
		want := clinic.Code("")
		switch {
		case slices.Contains(atCentre, info.Type):
			want = clinic.CodeInvalid
		case clinic.CarriesSecret(info.Type):
			want = clinic.CodeNotAllowed
		case !central:
			want = clinic.CodeForbidden
		default:
			asked++
		}
		_, err := s.atHub("request.send", clinic.RequestSend{Site: siteID, Type: info.Type, Data: json.RawMessage(`{}`)})
		if codeOf(err) != want {
			t.Errorf("%s: %v, want %q", info.Type, err, want)
		}
	}
	if asked < 40 {
		t.Errorf("only %d commands can be asked for", asked)
	}
}

func TestARequestRunsOnceUnderTheSitesRulesAndEndsInTime(t *testing.T) {
	s := newSite(t)
	s.enrol()
	g := s.guruji("Madhavnath")
	entry := s.walkIn(g)
	ask := func(in clinic.RequestSend) *record.Record {
		in.Site = siteID
		return s.record(clinic.KindRequest, atHub[clinic.RecordAnswer](s, "request.send", in).ID)
	}
	move := encode(t, clinic.EntryMove{Entry: entry})
	stale, asker, _, _ := clinic.Requested(ask(clinic.RequestSend{Type: "queue.call", Data: move, Saw: map[string]any{"status": "on_hold", "generation": 1}}))
	if _, err := s.act(asker, stale); codeOf(err) != clinic.CodeStale {
		t.Errorf("what the centre saw is no longer so: %v", err)
	}
	call, asker, expires, ok := clinic.Requested(ask(clinic.RequestSend{Type: "queue.call", Data: move, Saw: map[string]any{"status": "waiting", "generation": 1}}))
	if !ok || !expires.Equal(s.now.Add(24*time.Hour)) {
		t.Errorf("without a time it expires at %v", expires)
	}
	for i := range 2 {
		if _, err := s.act(asker, call); err != nil {
			t.Fatal(err)
		}
		if s.last.Duplicate != (i > 0) {
			t.Errorf("run %d: duplicate %v", i+1, s.last.Duplicate)
		}
	}
	if s.status(entry) != clinic.StatusCalled {
		t.Errorf("the entry is %s", s.status(entry))
	}
	r := ask(clinic.RequestSend{Type: "day.open", Data: json.RawMessage(`{}`)})
	r.Fields = slices.DeleteFunc(slices.Clone(r.Fields), func(f record.Field) bool { return f.Name == "actorRole" })
	if _, _, _, ok := clinic.Requested(r); ok {
		t.Error("a request that names no role of the centre is run")
	}
	s.refusedAtHub(clinic.CodeInvalid, "request.send", clinic.RequestSend{Site: siteID, Type: "day.open", Minutes: 44641})
	for i := range 60 {
		s.commit([]record.Edit{{Kind: clinic.KindRequest, ID: record.Derive("old", fmt.Sprint(i)), Set: map[string]record.Value{
			"state": record.Text("accepted"), "settledAt": record.TimeValue(s.now.Add(time.Duration(i) * time.Minute))}}})
	}
	if got := len(s.rowsOf(admin, clinic.KindRequest)); got != 50+3 {
		t.Errorf("the admin is shown %d requests, want the last 50 settled and 3 that wait", got)
	}
}
