package door_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
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
