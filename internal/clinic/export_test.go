package clinic_test

import (
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

var allExports = []string{
	clinic.ExportFHIR, clinic.ExportEntries, clinic.ExportAppointments, clinic.ExportConsultations, clinic.ExportAudit,
	clinic.ExportErasures, clinic.ExportBreach, clinic.ExportReport, clinic.ExportBackup,
}

func TestWhoMayTakeWhatOut(t *testing.T) {
	w := newWorld(t)
	w.actors[clinic.RoleApp] = clinic.Actor{ID: "app", Role: clinic.RoleApp, Scopes: []string{"data.export"}}
	mine, theirs := w.record(clinic.KindEntry, w.mine), w.record(clinic.KindEntry, w.theirs)
	var b strings.Builder
	b.WriteString("all: a span of days; own, foreign: one person of their own queue, of another. An app is given the scope data.export.\n\n")
	b.WriteString(heading("at a site"))
	for _, what := range allExports {
		b.WriteString(columns(what, func(role clinic.Role) string {
			var may []string
			for _, try := range []struct {
				word string
				data clinic.Export
			}{
				{"all", clinic.Export{What: what, From: w.day.ServiceDay()}},
				{"own", clinic.Export{What: what, Person: mine.Get("person").ID()}},
				{"foreign", clinic.Export{What: what, Person: theirs.Get("person").ID()}},
			} {
				_, err := w.act(w.actors[role], clinic.Command{Type: "data.export", Data: encode(t, try.data)})
				switch code := codeOf(err); {
				case err == nil:
					may = append(may, try.word)
				case code != clinic.CodeForbidden && (code != clinic.CodeInvalid || try.data.Person.IsZero()):
					t.Errorf("%s %s %s: %v", role, what, try.word, err)
				}
			}
			if len(may) == 0 {
				return "-"
			}
			return strings.Join(may, "+")
		}))
	}
	golden(t, "exports.golden", b.String())
}

func TestWhatIsTakenOutIsAuditedAndTold(t *testing.T) {
	s := newSite(t)
	before := len(s.history)
	do[clinic.RecordAnswer](s, admin, "data.export", clinic.Export{What: clinic.ExportAudit, From: "2026-01-01", To: "2026-01-31"})
	if len(s.history) != before+1 {
		t.Fatalf("%d records changed, want the audit alone", len(s.history)-before)
	}
	audit := s.history[before].After
	fields, _ := clinic.View(admin, s.day, audit)
	if about, ok := fields["fields"].([]any); !ok || len(about) != 3 || about[0] != "audit" || about[1] != "2026-01-01" || about[2] != "2026-01-31" ||
		fields["actor"] != admin.ID || fields["type"] != "data.export" {
		t.Errorf("the audit says %v", fields)
	}
	told := clinic.Events(nil, audit, s.day)
	if len(told) != 1 || told[0].Type != "data.exported" || told[0].Data["what"] != "audit" {
		t.Errorf("told %+v", told)
	}
}

func TestWhatCannotBeTakenOutIsRefused(t *testing.T) {
	s := newSite(t)
	known := s.register("Tara", "").Person
	for name, c := range map[string]struct {
		data any
		want clinic.Code
	}{
		"nothing":                 {clinic.Export{}, clinic.CodeInvalid},
		"unheard of":              {map[string]any{"what": "passwords", "from": "2026-01-01"}, clinic.CodeInvalid},
		"no days":                 {clinic.Export{What: "entries"}, clinic.CodeInvalid},
		"no such day":             {clinic.Export{What: "entries", From: "2026-02-30"}, clinic.CodeInvalid},
		"a day with words":        {clinic.Export{What: "entries", From: "yesterday"}, clinic.CodeInvalid},
		"the wrong way round":     {clinic.Export{What: "entries", From: "2026-01-02", To: "2026-01-01"}, clinic.CodeInvalid},
		"32 days":                 {clinic.Export{What: "entries", From: "2026-01-01", To: "2026-02-01"}, clinic.CodeInvalid},
		"too long a day":          {clinic.Export{What: "entries", From: "2026-01-01T00:00:00Z"}, clinic.CodeTooLarge},
		"a person and days":       {clinic.Export{What: "fhir", From: "2026-01-01", Person: known}, clinic.CodeInvalid},
		"a person as a list":      {clinic.Export{What: "entries", Person: known}, clinic.CodeInvalid},
		"a person nobody knows":   {clinic.Export{What: "fhir", Person: record.Derive("nobody")}, clinic.CodeNotFound},
		"what is not an id":       {map[string]any{"what": "fhir", "person": "x"}, clinic.CodeInvalid},
		"what is of another type": {map[string]any{"what": 7}, clinic.CodeInvalid},
	} {
		_, err := s.act(admin, clinic.Command{Type: "data.export", Data: encode(t, c.data)})
		if codeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := clinic.Dates("2026-01-01", "2026-01-31"); err != nil {
		t.Errorf("a whole month: %v", err)
	}
	s.refusedAtHub(clinic.CodeInvalid, "data.export", clinic.Export{What: "entries", From: "2026-01-01"})
}

func TestTheCentreTakesOutOfASiteItNames(t *testing.T) {
	s := newSite(t)
	s.enrol()
	before := len(s.history)
	atHub[clinic.RecordAnswer](s, "data.export", clinic.Export{What: clinic.ExportEntries, From: "2026-01-01", Site: siteID})
	audit := s.history[before].After
	if audit.Kind != clinic.KindCentralAudit || audit.Get("kind").Text() != clinic.KindSite || audit.Get("subject").ID() != siteID || len(s.history) != before+1 {
		t.Errorf("the centre's audit is %v", audit)
	}
	s.refusedAtHub(clinic.CodeForbidden, "data.export", clinic.Export{What: clinic.ExportBreach, From: "2026-01-01", Site: siteID})
	s.refusedAtHub(clinic.CodeForbidden, "data.export", clinic.Export{What: clinic.ExportAudit, From: "2026-01-01", Site: siteID})
}

func TestACapacityIsANumberAndOfAGuruji(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	for _, data := range []any{
		clinic.SetCapacity{Guruji: g.id}, clinic.SetCapacity{Guruji: g.id, Capacity: ptr(-1)}, clinic.SetCapacity{Guruji: g.id, Capacity: ptr(1001)},
		map[string]any{"guruji": g.id, "capacity": "many"},
	} {
		refused(s, admin, clinic.CodeInvalid, "guruji.set_capacity", data)
	}
	refused(s, admin, clinic.CodeNotFound, "guruji.set_capacity", clinic.SetCapacity{Guruji: record.Derive("nobody"), Capacity: ptr(3)})
	refused(s, g.actor, clinic.CodeForbidden, "guruji.set_capacity", clinic.SetCapacity{Guruji: g.id, Capacity: ptr(3)})
}
