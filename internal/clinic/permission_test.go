package clinic_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("who may what has changed; if that was meant, run with -update and say why:\n%s", diff)
	}
}

// world is a day with a guruji who has one person in their queue, and another guruji.
type world struct {
	*site
	own, other guru
	mine       record.ID // an entry with own
	theirs     record.ID // an entry with other
	actors     map[clinic.Role]clinic.Actor
}

func newWorld(t *testing.T) world {
	s := newSite(t)
	w := world{site: s, own: s.guruji("Madhavnath"), other: s.guruji("Vasudev")}
	person := func(name string) *clinic.PersonRef {
		return &clinic.PersonRef{Name: name, Phone: "98220 1234" + fmt.Sprint(len(name)%10)}
	}
	w.mine = s.checkIn(clinic.CheckIn{Guruji: w.own.id, Person: person("Usha Patil"), Reason: "knee pain"}).Entry
	w.theirs = s.checkIn(clinic.CheckIn{Guruji: w.other.id, Person: person("Imran Qureshi"), Reason: "sleeps badly"}).Entry
	w.actors = map[clinic.Role]clinic.Actor{
		clinic.RolePatient: {ID: "patient", Role: clinic.RolePatient, Entry: w.mine}, clinic.RoleKiosk: kiosk, clinic.RoleBoard: boards,
		clinic.RoleCoordinator: desk, clinic.RoleGuruji: w.own.actor, clinic.RoleAdmin: admin, clinic.RoleCentralAdmin: central,
		clinic.RoleApp: {ID: "app", Role: clinic.RoleApp, Scopes: []string{"queue.*", "appointment.book"}},
	}
	return w
}

// subjects are records of each kind that belong to the guruji, patient or device that looks, and to another.
func (w world) subjects(kind string) (own, foreign record.Record) {
	return w.subject(kind, w.own.id, w.mine, kiosk.Device), w.subject(kind, w.other.id, w.theirs, "another")
}

func (w world) subject(kind string, guruji, entry record.ID, device string) record.Record {
	w.t.Helper()
	e := w.records[record.Key{Kind: clinic.KindEntry, ID: entry}]
	if kind == clinic.KindEntry {
		return e
	}
	schema := clinic.Schema[kind]
	id := record.Derive(kind, entry.String())
	if kind == clinic.KindGuruji {
		id = guruji
	}
	if kind == clinic.KindPerson {
		id = e.Get("person").ID()
	}
	r := record.Record{Kind: kind, ID: id}
	if schema.HasDay {
		r.Day = w.day.ServiceDay()
	}
	names := slices.Sorted(maps.Keys(schema.Fields))
	if kind == clinic.KindConflict {
		names = []string{"at", "field", "subject", "subjectKind", "value"}
	}
	for _, name := range names {
		f := record.Field{Name: name, Value: record.Text(name)}
		switch {
		case schema.Fields[name].Policy == record.StatusPolicy:
			f.Value = record.StatusValue(record.Status{Name: schema.Status.Ranks[0], Generation: 1})
		case schema.Fields[name].Policy == record.Grow:
			f = record.Field{Name: name, Items: []record.Item{{ID: id, Value: record.Text(name)}}}
		case name == "guruji":
			f.Value = record.IDValue(guruji)
		case name == "entry":
			f.Value = record.IDValue(entry)
		case name == "person":
			f.Value = e.Get("person")
		case kind == clinic.KindSetting && name == "name" && entry == w.theirs:
			f.Value = record.Text("maxRecalls") // which the public has no use for
		case name == "withdrawnAt":
			continue
		case name == "target" && entry == w.mine:
			f.Value = sites(siteID)
		case name == "target":
			f.Value = sites(record.Derive("site", "another"))
		case name == "toKind":
			f.Value = record.Text("entry")
		case name == "to" && kind == clinic.KindNotification:
			f.Value = record.IDValue(entry)
		case name == "device":
			f.Value = record.Text(device)
		case kind == clinic.KindConflict && name == "subject":
			f.Value = record.IDValue(entry)
		case kind == clinic.KindConflict && name == "subjectKind":
			f.Value = record.Text(clinic.KindEntry)
		case kind == clinic.KindConflict && name == "field":
			f.Value = record.Text("reason")
		}
		r.Fields = append(r.Fields, f)
	}
	return r
}

func sites(ids ...record.ID) record.Value {
	var raw [][]byte
	for _, id := range ids {
		raw = append(raw, id[:])
	}
	v, err := record.ValueOf(raw)
	if err != nil {
		panic(err)
	}
	return v
}

// columns is a line of the table: the name, then one mark a role.
func columns(name string, mark func(clinic.Role) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-42s", name)
	for _, role := range clinic.Roles {
		fmt.Fprintf(&b, "%-14s", mark(role))
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

func heading(title string) string {
	return columns(title, func(r clinic.Role) string { return string(r) })
}

// subjectOf are the kinds of record that the commands of an area name; creating commands name none.
var subjectOf = map[string]string{
	"queue": clinic.KindEntry, "guruji": clinic.KindGuruji, "consultation": clinic.KindConsultation, "appointment": clinic.KindAppointment,
	"remedy": clinic.KindRemedy, "notification": clinic.KindNotification, "conflict": clinic.KindConflict, "emergency": clinic.KindEmergency, "person": clinic.KindPerson, "staff": clinic.KindStaff,
	"device": clinic.KindDevice, "site": clinic.KindSite,
}

// otherwise are commands of an area that name another kind.
var otherwise = map[string]string{"person.record_consent": clinic.KindEntry, "person.history": clinic.KindEntry, "remedy.prescribe": clinic.KindEntry,
	"queue.admit": clinic.KindWaitlist, "queue.leave_waitlist": clinic.KindWaitlist}

var namesNothing = []string{
	"queue.check_in", "queue.lease_tokens", "person.register", "appointment.book", "staff.create", "device.request", "emergency.raise", "site.enrol",
	"notification.send", "queue.join_waitlist", "data.export", "data.forget", "voice.set", "voice.remove",
}

// atCentre are the commands of the centre itself; those about staff are given at both.
var atCentre = []string{
	"site.enrol", "site.revoke", "site.rotate_key", "request.send", "announcement.publish", "announcement.withdraw", "template.save", "policy.save",
}

func TestWhoMayGiveWhichCommand(t *testing.T) {
	w := newWorld(t)
	var b strings.Builder
	b.WriteString("yes: on every record; own: only on their own; -: never. An app is given the scopes queue.* and appointment.book.\n")
	for _, at := range []struct {
		place string
		day   *clinic.Day
	}{{"at a site", w.day}, {"at the centre", nil}} {
		b.WriteString("\n" + heading(at.place))
		for _, info := range clinic.Commands() {
			area, _, _ := strings.Cut(info.Type, ".")
			if slices.Contains(atCentre, info.Type) != (at.day == nil) && area != "staff" && info.Type != "data.export" {
				continue
			}
			b.WriteString(columns(info.Type, func(role clinic.Role) string { return w.mayGive(info.Type, area, role, at.day) }))
		}
	}
	golden(t, "commands.golden", b.String())
}

func (w world) mayGive(command, area string, role clinic.Role, day *clinic.Day) string {
	var own, foreign *record.Record
	if kind := cmp.Or(otherwise[command], subjectOf[area]); kind != "" && !slices.Contains(namesNothing, command) {
		mine, theirs := w.subjects(kind)
		own, foreign = &mine, &theirs
	}
	switch a := w.actors[role]; {
	case clinic.Can(a, command, day, foreign) == nil && clinic.Can(a, command, day, own) == nil:
		return "yes"
	case clinic.Can(a, command, day, own) == nil:
		return "own"
	}
	return "-"
}

func TestWhoMayReadWhichField(t *testing.T) {
	w := newWorld(t)
	var b strings.Builder
	b.WriteString("yes: of every record; own: only of their own; -: never. Kinds and fields that no role reads are left out.\n")
	for _, kind := range slices.Sorted(maps.Keys(clinic.Schema)) {
		own, foreign := w.subjects(kind)
		fields := map[string]bool{}
		seen := map[clinic.Role][2]map[string]any{}
		for _, role := range clinic.Roles {
			ofOwn, _ := clinic.View(w.actors[role], w.day, &own)
			ofForeign, _ := clinic.View(w.actors[role], w.day, &foreign)
			seen[role] = [2]map[string]any{ofOwn, ofForeign}
			for name := range ofOwn {
				fields[name] = true
			}
		}
		if len(fields) == 0 {
			continue
		}
		b.WriteString("\n" + heading(kind))
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			b.WriteString(columns("  "+name, func(role clinic.Role) string {
				_, ofOwn := seen[role][0][name]
				_, ofForeign := seen[role][1][name]
				switch {
				case ofOwn && ofForeign:
					return "yes"
				case ofOwn:
					return "own"
				case ofForeign:
					return "foreign"
				}
				return "-"
			}))
		}
	}
	golden(t, "fields.golden", b.String())
}

func TestWhoMayAskForWhichView(t *testing.T) {
	w := newWorld(t)
	views := []string{clinic.ViewQueue, clinic.ViewBoard, clinic.ViewKiosk, clinic.ViewGuruji, clinic.ViewCoordinator, clinic.ViewAdmin, clinic.ViewPatient, clinic.ViewCentre}
	var b strings.Builder
	b.WriteString(heading("view"))
	for _, view := range views {
		b.WriteString(columns(view, func(role clinic.Role) string {
			if _, err := clinic.AudienceOf(w.actors[role], view); err != nil {
				if codeOf(err) != clinic.CodeForbidden {
					t.Errorf("%s for %s: %v", view, role, err)
				}
				return "-"
			}
			return "yes"
		}))
	}
	golden(t, "views.golden", b.String())
	if _, err := clinic.AudienceOf(desk, "everything"); codeOf(err) != clinic.CodeInvalid {
		t.Errorf("a view that does not exist: %v", err)
	}
	if _, err := clinic.AudienceOf(clinic.Actor{Role: "root"}, clinic.ViewQueue); codeOf(err) != clinic.CodeForbidden {
		t.Errorf("a role that does not exist: %v", err)
	}
}

// secrets are what some roles may not read anywhere: each is unlike everything else.
const (
	secretName, secretPhone, secretReason = "Savitri Joglekar", "919812345678", "xylophone pain"
	secretNote, secretRemedy              = "unicorn note", "mahayograj remedy"
)

// TestNoByteOfASecretReachesWhoMayNotReadIt lets a day happen and searches everything a reader could be sent.
func TestNoByteOfASecretReachesWhoMayNotReadIt(t *testing.T) {
	w := newWorld(t)
	entry := w.checkIn(clinic.CheckIn{Guruji: w.other.id, Person: &clinic.PersonRef{Name: secretName, Phone: secretPhone}, Reason: secretReason}).Entry
	do[clinic.AppointmentAnswer](w.site, desk, "appointment.book", clinic.Book{
		Person: &clinic.PersonRef{Name: secretName, Phone: secretPhone}, Guruji: w.other.id, Slot: w.clinic.Add(3 * time.Hour), Reason: secretReason})
	do[clinic.EntryAnswer](w.site, desk, "queue.prioritise", clinic.Prioritise{Entry: entry, Emergency: ptr(true), Reason: secretReason})
	do[clinic.EntryAnswer](w.site, w.other.actor, "queue.call_next", clinic.CallNext{})
	do[clinic.EntryAnswer](w.site, w.other.actor, "queue.start", clinic.EntryMove{Entry: entry})
	do[clinic.RecordAnswer](w.site, w.other.actor, "consultation.note", clinic.Note{Entry: entry, Text: secretNote})
	do[clinic.RecordAnswer](w.site, w.other.actor, "remedy.prescribe", clinic.Prescribe{Entry: entry, Type: "ayurvedic", Name: secretRemedy, Dosage: secretRemedy})
	do[clinic.EntryAnswer](w.site, desk, "queue.cancel", clinic.EntryMove{Entry: entry, Reason: secretReason})
	all := map[string]bool{"name": true, "phone": true, "reason": true, "note": true, "remedy": true}
	none := map[string]bool{}
	for role, may := range map[clinic.Role]map[string]bool{
		clinic.RolePatient: none, clinic.RoleKiosk: none, clinic.RoleBoard: none, clinic.RoleCentralAdmin: none, clinic.RoleApp: none,
		clinic.RoleCoordinator: {"name": true, "phone": true}, clinic.RoleAdmin: {"name": true, "phone": true}, clinic.RoleGuruji: none,
		"their guruji": {"name": true, "reason": true, "note": true, "remedy": true}, "their patient": all,
	} {
		a := w.actors[role]
		switch role {
		case "their guruji":
			a = w.other.actor
		case "their patient":
			a = clinic.Actor{ID: "p", Role: clinic.RolePatient, Entry: entry}
		}
		bytes := w.everythingSentTo(a)
		for what, secret := range map[string]string{"name": secretName, "phone": secretPhone, "reason": secretReason, "note": secretNote, "remedy": secretRemedy} {
			sent := strings.Contains(bytes, secret)
			if sent && !may[what] {
				t.Errorf("%s was sent the %s: ...%s...", role, what, around(bytes, secret))
			}
			if !sent && may[what] && what != "note" && role != "their patient" {
				t.Errorf("%s was not sent the %s, so the search shows nothing", role, what)
			}
		}
	}
}

func around(text, word string) string {
	i := strings.Index(text, word)
	return text[max(0, i-300):min(len(text), i+60)]
}

// everythingSentTo is each snapshot, row, record and event of every view that an actor may ask for, over the whole
// history.
func (w world) everythingSentTo(a clinic.Actor) string { return w.everythingSentFrom(a, 0) }

// everythingSentFrom is everythingSentTo of what happened since a mark in the history.
func (w world) everythingSentFrom(a clinic.Actor, mark int) string {
	w.t.Helper()
	var b strings.Builder
	for _, view := range clinic.Views(a.Role) {
		audience, err := clinic.AudienceOf(a, view)
		if err != nil {
			w.t.Fatal(err)
		}
		b.Write(encode(w.t, w.day.Snapshot(audience, w.clinic)))
		b.Write(encode(w.t, w.day.Rows(audience, w.history[mark:], false, w.clinic)))
		b.Write(encode(w.t, w.day.Rows(audience, nil, true, w.clinic)))
		for _, c := range w.history[mark:] {
			if fields, visible := clinic.View(audience.Actor(), w.day, c.After); visible && audience.Carries(c.After.Kind) {
				b.Write(encode(w.t, fields))
			}
			for _, e := range clinic.Events(c.Before, c.After, w.day) {
				if heard, ok := clinic.CanHear(audience, e, w.day); ok {
					b.Write(encode(w.t, heard))
				}
			}
		}
	}
	return b.String()
}
