package door_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

func TestWhatASiteKeepsNoLongerIsEmptied(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	v := n.treat(c, newVisitor(1))
	day := n.today()
	for who, token := range map[string]string{"a coordinator": c.coordinator, "a guruji": c.guruji, "a kiosk": c.kiosk, "a board": c.board} {
		if a := n.call("POST", "/api/v1/retention", token, api.RetentionRequest{}, nil); a.status != 403 {
			t.Errorf("%s: %d %s", who, a.status, a.body)
		}
	}
	n.call("POST", "/api/v1/retention", c.admin, api.RetentionRequest{}, nil).refused(409, "not_allowed")
	n.done(c.admin, "setting.update", map[string]any{"name": "keepContentDays", "value": 365}, nil)
	var told api.RetentionAnswer
	n.call("POST", "/api/v1/retention", c.admin, api.RetentionRequest{}, nil).into(200, &told)
	if told.Found != 0 {
		t.Errorf("of today there is %+v", told)
	}

	n.clinic.advance(400 * 24 * time.Hour)
	n.restart() // the day turns
	admin := n.signIn("asha", adminPIN)
	n.call("POST", "/api/v1/retention", admin, api.RetentionRequest{Count: true}, nil).into(200, &told)
	if told.Found != 3 || told.Emptied != 0 || told.More || len(told.Months) != 1 || told.Months[0] != (api.RetentionMonth{Month: day[:7], Found: 3}) {
		t.Errorf("counted %+v", told) // entry, consultation, remedy
	}
	for _, month := range []string{"2026", "2026-13", "march", "2026-11-"} {
		n.call("POST", "/api/v1/retention", admin, api.RetentionRequest{Month: month}, nil).refused(422, "invalid")
	}
	told = api.RetentionAnswer{}
	n.call("POST", "/api/v1/retention", admin, api.RetentionRequest{Month: "2019-01"}, nil).into(200, &told)
	if told.Found != 0 || told.Emptied != 0 {
		t.Errorf("of a month before the site began: %+v", told)
	}
	told = api.RetentionAnswer{}
	n.call("POST", "/api/v1/retention", admin, api.RetentionRequest{Month: day[:7]}, nil).into(200, &told)
	if told.Found != 3 || told.Emptied != 3 {
		t.Errorf("emptied %+v", told)
	}
	n.call("POST", "/api/v1/retention", admin, api.RetentionRequest{}, nil).into(200, &told)
	if told.Found != 0 || told.Emptied != 0 {
		t.Errorf("again %+v", told)
	}
	entries := n.call("GET", "/api/v1/exports/entries?from="+day, admin, nil, nil)
	if rows := lines(t, entries); len(rows) != 2 || strings.Contains(string(entries.body), v.name) || !strings.Contains(string(entries.body), v.Token) {
		t.Errorf("left is %s", entries.body)
	}
	if audit := lines(t, n.call("GET", "/api/v1/exports/audit?from="+day, admin, nil, nil)); len(audit) < 8 {
		t.Errorf("the audit of that day has %d lines", len(audit))
	}
	var page api.AuditPage
	n.call("GET", "/api/v1/audit?type=data.forget", admin, nil, nil).into(200, &page)
	if len(page.Rows) != 1 {
		t.Errorf("audited %d times, want once", len(page.Rows))
	}
}

// What was archived is emptied, and only that: a step that ended between the two, by a kill or for another reason, is made
// again, and a record that changed since the archive was written stays.
func TestNothingIsEmptiedThatNoArchiveHas(t *testing.T) {
	type kept struct {
		month   string
		records []clinic.ExportRecord
	}
	var archives []kept
	var fail error
	between := func() {}
	n := startNode(t, func(o *door.Options) {
		o.Archive = func(month string, records []clinic.ExportRecord) error {
			archives = append(archives, kept{month, records})
			between()
			return fail
		}
	})
	c := n.crew()
	v := n.treat(c, newVisitor(1))
	n.done(c.admin, "setting.update", map[string]any{"name": "keepContentDays", "value": 365}, nil)
	day := n.today()
	n.clinic.advance(400 * 24 * time.Hour)
	n.restart()
	admin := n.signIn("asha", adminPIN)

	fail = errors.New("killed")
	n.call("POST", "/api/v1/retention", admin, api.RetentionRequest{Month: day[:7]}, nil).refused(503, "unavailable")
	if entries := n.call("GET", "/api/v1/exports/entries?from="+day, admin, nil, nil); !strings.Contains(string(entries.body), v.name) {
		t.Error("emptied without an archive")
	}
	if len(archives) != 1 || archives[0].month != day[:7] || len(archives[0].records) != 3 {
		t.Fatalf("archived %+v", archives)
	}
	text, _ := json.Marshal(archives[0].records)
	for word, said := range v.words() {
		if !strings.Contains(string(text), said) {
			t.Errorf("the archive has no %s", word)
		}
	}

	fail = nil
	entry, err := record.ParseID(v.Entry)
	if err != nil {
		t.Fatal(err)
	}
	between = func() { // another writes while the archive is made
		err := n.committer.Write(t.Context(), func(w *commit.Writer) error {
			_, err := w.Edit(feed.SiteScope(n.site), record.Edit{Kind: clinic.KindEntry, ID: entry, Day: day, Set: map[string]record.Value{"reason": record.Text("told later")}})
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	var told api.RetentionAnswer
	n.call("POST", "/api/v1/retention", admin, api.RetentionRequest{Month: day[:7]}, nil).into(200, &told)
	if told.Found != 3 || told.Emptied != 2 {
		t.Errorf("with a record that changed: %+v", told)
	}
	between = func() {}
	n.call("POST", "/api/v1/retention", admin, api.RetentionRequest{Month: day[:7]}, nil).into(200, &told)
	text, _ = json.Marshal(archives[len(archives)-1].records)
	if told.Found != 1 || told.Emptied != 1 || !strings.Contains(string(text), "told later") {
		t.Errorf("the record that changed: %+v, archived %s", told, text)
	}
}
