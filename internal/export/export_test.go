package export_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/export"
	"github.com/aashram-care/sangam/sync/record"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s has changed; if that was meant, run with -update and read every field:\n%s", name, diff)
	}
}

const today = "2026-01-05"

var (
	siteID   = record.Derive("site", "pune")
	gurujiID = record.Derive("guruji", "chandra")
	otherID  = record.Derive("guruji", "deva")
	personID = record.Derive("person", "tara")
	goneID   = record.Derive("person", "tara's twin")
	entryID  = record.Derive("entry", "tara")
	nobodyID = record.Derive("entry", "nobody")
	movedID  = record.Derive("entry", "tara, later")
	staffID  = record.Derive("staff", "chandra")
	adminID  = record.Derive("staff", "asha")

	india = time.FixedZone("IST", 5*3600+1800)
	at    = func(hour, minute int) time.Time { return time.Date(2026, 1, 5, hour, minute, 0, 0, india) }

	admin   = clinic.Actor{ID: adminID.String(), Role: clinic.RoleAdmin}
	central = clinic.Actor{ID: "centre", Role: clinic.RoleCentralAdmin}
	app     = clinic.Actor{ID: "app", Role: clinic.RoleApp, Scopes: []string{"data.export"}}
	healer  = clinic.Actor{ID: staffID.String(), Role: clinic.RoleGuruji, Guruji: gurujiID}
)

// Words that some readers may not have: each is unlike everything else.
const (
	secretName, secretPhone, secretReason = "Tara Joglekar", "919812345678", "xylophone pain"
	secretNote, secretRemedy, secretPlan  = "unicorn note", "mahayograj remedy", "moonwalk plan"
)

type fields = map[string]any

// made is a record as a site would have it.
func made(t *testing.T, kind string, id record.ID, day string, set fields) record.Record {
	t.Helper()
	e := record.Edit{Kind: kind, ID: id, Day: day, Set: map[string]record.Value{}}
	for name, plain := range set {
		switch v := plain.(type) {
		case record.ID:
			e.Set[name] = record.IDValue(v)
		case time.Time:
			e.Set[name] = record.TimeValue(v)
		case []record.Item:
			e.Add = map[string][]record.Item{name: v}
		default:
			value, err := record.ValueOf(v)
			if err != nil {
				t.Fatal(err)
			}
			e.Set[name] = value
		}
	}
	r, _, err := record.Apply(clinic.Schema, nil, e, at(9, 0), 1, 0)
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return r
}

func items(t *testing.T, values ...any) (list []record.Item) {
	t.Helper()
	for _, value := range values {
		v, err := record.ValueOf(value)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, record.Item{ID: record.Derive("item", string(v)), Value: v})
	}
	return list
}

// monday is a day with one of everything.
func monday(t *testing.T) []record.Record {
	appointmentID, remedyID, planID := record.Derive("appointment"), record.Derive("remedy"), record.Derive("plan")
	consultationID := record.Derive("consultation")
	return []record.Record{
		made(t, clinic.KindGuruji, gurujiID, "", fields{"name": "Chandra", "room": "2", "series": "A", "availability": clinic.Available}),
		made(t, clinic.KindGuruji, otherID, "", fields{"name": "Deva", "room": "3", "series": "B", "availability": clinic.Off, "disabled": true}),
		made(t, clinic.KindStaff, staffID, "", fields{"name": "Chandra", "role": "guruji", "guruji": gurujiID}),
		made(t, clinic.KindStaff, adminID, "", fields{"name": "Asha", "role": "admin"}),
		made(t, clinic.KindPerson, personID, "", fields{
			"name": secretName, "phone": secretPhone, "birthYear": 1961, "gender": "F", "place": "Nashik", "language": "mr", "guardian": "Mohan",
			"consent": items(t, fields{"purpose": "care", "given": true, "notice": "3", "at": "2026-01-05T03:40:00.000Z"},
				fields{"purpose": "share_with_centre", "given": false, "notice": "3", "at": "2026-01-05T03:41:00.000Z"}),
		}),
		made(t, clinic.KindPerson, goneID, "", fields{"name": "Tara", "mergedInto": personID, "deleted": true, "gender": "hijra"}),
		made(t, clinic.KindAppointment, appointmentID, today, fields{
			"person": personID, "name": secretName, "phone": secretPhone, "guruji": gurujiID, "slot": at(9, 30), "minutes": 45,
			"status": clinic.StatusCompleted, "reason": secretReason, "recurring": "weekly"}),
		made(t, clinic.KindAppointment, record.Derive("missed"), today, fields{
			"person": record.Derive("person", "elsewhere"), "guruji": otherID, "slot": at(11, 0), "minutes": 30, "status": clinic.StatusNoShow}),
		made(t, clinic.KindEntry, entryID, today, fields{
			"person": personID, "name": secretName, "phone": secretPhone, "guruji": gurujiID, "token": "A001", "status": clinic.StatusDone, "band": 0,
			"appointment": appointmentID, "slot": at(9, 30), "checkedInAt": at(9, 10), "calledAt": at(9, 28), "startedAt": at(9, 30), "endedAt": at(9, 50),
			"room": "2", "reason": secretReason, "consultation": consultationID, "createdHow": "kiosk", "language": "mr"}),
		made(t, clinic.KindEntry, nobodyID, today, fields{"guruji": otherID, "token": "B001", "status": clinic.StatusNoShow, "checkedInAt": at(9, 15), "misses": 2}),
		made(t, clinic.KindEntry, record.Derive("waiting"), today, fields{"guruji": gurujiID, "token": "A002", "name": "=cmd|' /C calc'!A0", "status": clinic.StatusOnHold, "checkedInAt": at(10, 0)}),
		made(t, clinic.KindEntry, movedID, today, fields{"person": personID, "guruji": otherID, "token": "B002", "status": clinic.StatusLeft, "checkedInAt": at(12, 0), "endedAt": at(12, 20)}),
		made(t, clinic.KindConsultation, consultationID, today, fields{
			"entry": entryID, "person": personID, "guruji": gurujiID, "startedAt": at(9, 30), "endedAt": at(9, 50), "notes": secretNote, "noteAt": at(9, 45)}),
		made(t, clinic.KindRemedy, remedyID, today, fields{
			"entry": entryID, "person": personID, "guruji": gurujiID, "type": "ayurvedic", "name": secretRemedy, "dosage": "2 at night", "days": 7,
			"instructions": "with warm milk", "createdAt": at(9, 48), "completedAt": at(9, 55)}),
		made(t, clinic.KindRemedy, planID, today, fields{
			"entry": entryID, "person": personID, "guruji": gurujiID, "type": "lifestyle", "name": secretPlan, "instructions": "at dawn", "days": 21, "createdAt": at(9, 49)}),
		made(t, clinic.KindNotification, record.Derive("notification"), today, fields{
			"toKind": "role", "to": "admin", "title": "Printer", "body": "out of paper", "sentAt": at(10, 5)}),
		made(t, clinic.KindNotification, record.Derive("to a guruji"), today, fields{
			"toKind": "guruji", "to": gurujiID, "title": "Come", "sentAt": at(10, 6), "readAt": at(10, 7)}),
		made(t, clinic.KindAudit, record.Derive("audit", "note"), today, fields{
			"at": at(9, 45), "type": "consultation.note", "actor": staffID.String(), "role": "guruji", "kind": clinic.KindConsultation,
			"subject": consultationID, "fields": []string{"noteAt", "notes"}, "device": "tablet-2"}),
		made(t, clinic.KindAudit, record.Derive("audit", "history"), today, fields{
			"at": at(9, 31), "type": "person.history", "actor": staffID.String(), "role": "guruji", "kind": clinic.KindPerson, "subject": personID}),
		made(t, clinic.KindAudit, record.Derive("audit", "look"), today, fields{
			"at": at(9, 46), "type": clinic.AuditNoteView, "actor": staffID.String(), "role": "guruji", "session": record.Derive("session"), "kind": clinic.KindPerson,
			"subjects": [][]byte{personID[:], goneID[:]}}),
		made(t, clinic.KindAudit, record.Derive("audit", "open"), today, fields{"at": at(8, 55), "type": "day.open", "actor": adminID.String(), "role": "admin"}),
		made(t, clinic.KindAudit, record.Derive("audit", "export"), today, fields{
			"at": at(13, 0), "type": "data.export", "actor": adminID.String(), "role": "admin", "fields": []string{"entries", "2026-01-01", "2026-01-05"}}),
		made(t, clinic.KindErasure, record.Derive("erasure"), "", fields{"person": record.Derive("person", "erased"), "at": at(12, 0), "by": adminID.String()}),
		made(t, clinic.KindDay, clinic.DayID(today), "", fields{"date": today, "openedAt": at(8, 55), "closedAt": at(17, 5)}),
	}
}

// bookOf is the day as a reader has it, with the guruji's people here today.
func bookOf(t *testing.T, reader clinic.Actor) *export.Book {
	t.Helper()
	day := clinic.NewDay(siteID, today)
	records := monday(t)
	for i := range records {
		day.Apply(nil, &records[i])
	}
	var rows []export.Row
	for i := range records {
		if row, visible := export.See(reader, day, &records[i]); visible {
			rows = append(rows, row)
		}
	}
	return export.NewBook(export.Site{ID: siteID, Name: "Pune", Zone: india, At: at(14, 0)}, rows)
}

var csvs = []string{clinic.ExportEntries, clinic.ExportAppointments, clinic.ExportConsultations, clinic.ExportAudit, clinic.ExportErasures}

// everything is each document of a book, one behind the other.
func everything(t *testing.T, b *export.Book) string {
	t.Helper()
	var all strings.Builder
	bundle, err := b.FHIR()
	if err != nil {
		t.Fatal(err)
	}
	all.Write(bundle)
	all.Write(b.Breach())
	for _, what := range csvs {
		table, err := b.CSV(what)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(table)
	}
	for _, language := range export.Languages {
		page, err := b.Report(today, language)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(page)
	}
	return all.String()
}

func TestNoDocumentSaysMoreThanView(t *testing.T) {
	secrets := map[string]string{"name": secretName, "phone": secretPhone, "reason": secretReason, "note": secretNote, "remedy": secretRemedy, "plan": secretPlan}
	for _, c := range []struct {
		who    string
		reader clinic.Actor
		may    string
	}{
		{"an admin", admin, "name phone"}, {"an app", app, ""}, {"the centre", central, ""}, {"a coordinator", clinic.Actor{Role: clinic.RoleCoordinator}, "name phone"},
		{"their guruji", healer, "name reason remedy plan"}, {"another guruji", clinic.Actor{Role: clinic.RoleGuruji, Guruji: record.Derive("guruji", "third")}, ""},
		{"a board", clinic.Actor{Role: clinic.RoleBoard}, ""}, {"a kiosk", clinic.Actor{Role: clinic.RoleKiosk}, ""},
		{"the patient", clinic.Actor{Role: clinic.RolePatient, Entry: entryID}, "name phone reason remedy plan"},
	} {
		told := everything(t, bookOf(t, c.reader))
		for what, secret := range secrets {
			sent, may := strings.Contains(told, secret), strings.Contains(c.may, what)
			if sent && !may {
				t.Errorf("%s is told the %s", c.who, what)
			}
			if !sent && may {
				t.Errorf("%s is not told the %s: the search would find nothing", c.who, what)
			}
		}
	}
}
