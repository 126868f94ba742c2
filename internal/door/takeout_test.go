package door_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

// treated is a visitor who was here, and their person's id.
type treated struct {
	visitor
	id string
}

// treat lets a person come, be seen, noted and given a remedy by Chandra.
func (n *node) treat(c crew, v visitor) treated {
	n.t.Helper()
	v.checkedIn = n.checkIn(c.coordinator, map[string]any{"guruji": c.gurujiID, "person": person(v.name, v.phone), "reason": v.reason})
	id, _ := n.screen(c.coordinator, "coordinator").rows["row "+v.Entry]["person"].(string)
	if id == "" {
		n.t.Fatal("the desk does not see who came")
	}
	n.done(c.guruji, "queue.call_next", map[string]any{}, nil)
	n.move(c.guruji, "queue.start", v.Entry, "called")
	n.done(c.guruji, "consultation.note", map[string]any{"entry": v.Entry, "text": v.note}, nil)
	n.done(c.guruji, "remedy.prescribe", map[string]any{"entry": v.Entry, "type": "ayurvedic", "name": v.remedy, "dosage": v.remedy, "days": 3}, nil)
	n.move(c.guruji, "queue.complete", v.Entry, "in_service")
	return treated{v, id}
}

func (n *node) today() (date string) {
	n.committer.Day(n.site, func(day *clinic.Day) { date = day.ServiceDay() })
	return date
}

func lines(t *testing.T, a answer) [][]string {
	t.Helper()
	if a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(a.body), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestWhoMayTakeWhatOutOfTheDoor asks every export as every role, and searches what each is given for every word that
// the role may not know. What is given is audited, once, and what is refused leaves nothing.
func TestWhoMayTakeWhatOutOfTheDoor(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	key := func(scopes string) string {
		made, _, err := n.door.NewAppKey(t.Context(), "app of "+scopes, scopes)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	v := n.treat(c, newVisitor(1))
	var patient api.Session
	n.call("POST", "/api/v1/session", "", api.SessionRequest{Link: v.Link}, nil).into(200, &patient)
	today, who := n.today(), v.id
	span := "?from=" + today
	exports := map[string]string{
		"fhir": "/fhir?day=" + today, "person": "/fhir?person=" + who, "report": "/api/v1/report?day=" + today,
		"entries": "/api/v1/exports/entries" + span, "appointments": "/api/v1/exports/appointments" + span, "consultations": "/api/v1/exports/consultations" + span,
		"audit": "/api/v1/exports/audit" + span, "erasures": "/api/v1/exports/erasures" + span, "breach": "/api/v1/exports/breach" + span,
	}
	health := []string{"reason", "note", "remedy"}
	for _, role := range []struct {
		who, token, may string
		never           []string
	}{
		{"an admin", c.admin, "fhir person report entries appointments consultations audit erasures breach", health},
		{"a coordinator", c.coordinator, "report", []string{"name", "phone", "reason", "note", "remedy"}},
		{"their guruji", c.guruji, "person", []string{"phone"}},
		{"another guruji", c.other, "", nil},
		{"a kiosk", c.kiosk, "", nil}, {"a board", c.board, "", nil}, {"the patient", patient.Token, "", nil},
		{"an app with the scope", key("data.export"), "fhir person entries appointments consultations", []string{"name", "phone", "reason", "note", "remedy"}},
		{"an app of another scope", key("queue.*"), "", nil},
		{"nobody", "", "", nil},
	} {
		for export, path := range exports {
			before := n.audits(c.admin)
			a := n.call("GET", path, role.token, nil, nil)
			if slices.Contains(strings.Fields(role.may), export) {
				if a.status != 200 {
					t.Errorf("%s is refused %s: %d %s", role.who, export, a.status, a.body)
				}
				if made := n.audits(c.admin) - before; made != 1 {
					t.Errorf("%s as %s left %d audits, want 1", export, role.who, made)
				}
				for word, text := range v.words() {
					if slices.Contains(role.never, word) && strings.Contains(string(a.body), text) {
						t.Errorf("%s is told the %s in %s", role.who, word, export)
					}
				}
				continue
			}
			if role.token == "" {
				a.refused(401, "unauthenticated")
			} else {
				a.refused(403, "forbidden")
			}
			if made := n.audits(c.admin) - before; made != 0 {
				t.Errorf("%s refused to %s left %d audits", export, role.who, made)
			}
		}
	}
	for path, word := range map[string]string{exports["entries"]: v.phone, exports["person"]: v.name, exports["breach"]: "Chandra", exports["consultations"]: v.name} {
		if a := n.call("GET", path, c.admin, nil, nil); !strings.Contains(string(a.body), word) {
			t.Errorf("%s does not tell %s to an admin: the search would find nothing", path, word)
		}
	}
	if a := n.call("GET", exports["person"], c.guruji, nil, nil); !strings.Contains(string(a.body), v.remedy) {
		t.Error("their guruji does not get what they gave")
	}
}

// audits counts the exports that were audited.
func (n *node) audits(admin string) int {
	n.t.Helper()
	var page api.AuditPage
	n.call("GET", "/api/v1/audit?type=data.export&limit=500", admin, nil, nil).into(200, &page)
	return len(page.Rows)
}

func TestDocumentsOfADayAreWhatTheySay(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	v := n.treat(c, newVisitor(1))
	today := n.today()
	var bundle struct {
		ResourceType string
		Entry        []struct{ Resource map[string]any }
	}
	fhir := n.call("GET", "/fhir?day="+today, c.admin, nil, nil)
	fhir.into(200, &bundle)
	kinds := map[any]int{}
	for _, e := range bundle.Entry {
		kinds[e.Resource["resourceType"]]++
	}
	if bundle.ResourceType != "Bundle" || kinds["Encounter"] != 1 || kinds["Patient"] != 1 || kinds["Practitioner"] != 2 || kinds["MedicationRequest"] != 1 || kinds["AuditEvent"] < 8 {
		t.Errorf("the bundle holds %v", kinds)
	}
	if got := fhir.header.Get("Content-Type"); !strings.HasPrefix(got, "application/fhir+json") || fhir.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", fhir.header)
	}
	table := n.call("GET", "/api/v1/exports/entries?from="+today+"&to="+today, c.admin, nil, nil)
	rows := lines(t, table)
	if len(rows) != 2 || rows[1][slices.Index(rows[0], "token")] != v.Token || rows[1][slices.Index(rows[0], "name")] != v.name {
		t.Errorf("the table is %v", rows)
	}
	if got := table.header.Get("Content-Disposition"); got != `attachment; filename="entries-`+today+`.csv"` || !strings.HasPrefix(table.header.Get("Content-Type"), "text/csv") {
		t.Errorf("%v", table.header)
	}
	page := n.call("GET", "/api/v1/report?lang=hi&day="+today, c.coordinator, nil, nil)
	if page.status != 200 || !strings.Contains(string(page.body), "दिन का विवरण") || !strings.Contains(string(page.body), "Chandra") ||
		!strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
		t.Errorf("%d %v %s", page.status, page.header, page.body)
	}
	if style := n.call("GET", "/report.css", "", nil, nil); style.status != 200 || !strings.HasPrefix(style.header.Get("Content-Type"), "text/css") {
		t.Errorf("the page has no style: %d", style.status)
	}
	breach := lines(t, n.call("GET", "/api/v1/exports/breach?from="+today, c.admin, nil, nil))
	how := slices.Index(breach[0], "how")
	seen := map[string]int{}
	for _, row := range breach[1:] {
		if strings.HasPrefix(row[how], "took") {
			continue
		}
		seen[row[how]]++
		if row[1] != "Chandra" || row[4] != v.name {
			t.Errorf("%v saw a text of %s", row, v.name)
		}
	}
	if seen["wrote"] != 2 || seen["had on their screen"] != 1 || len(seen) != 2 {
		t.Errorf("who saw what: %v", seen)
	}
}

func TestAnErasedPersonIsInNoExport(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	v := n.treat(c, newVisitor(1))
	today, who := n.today(), v.id
	n.done(c.admin, "person.erase", map[string]any{"person": who}, nil)
	for _, path := range []string{"/fhir?day=" + today, "/api/v1/exports/entries?from=" + today, "/api/v1/exports/consultations?from=" + today, "/api/v1/exports/breach?from=" + today} {
		a := n.call("GET", path, c.admin, nil, nil)
		for word, text := range v.words() {
			if a.status != 200 || strings.Contains(string(a.body), text) {
				t.Errorf("%s: %d, and it tells the %s", path, a.status, word)
			}
		}
	}
	n.call("GET", "/fhir?person="+who, c.admin, nil, nil).refused(404, "not_found")
	rows := lines(t, n.call("GET", "/api/v1/exports/erasures?from="+today, c.admin, nil, nil))
	if len(rows) != 2 || rows[1][1] != who || rows[1][2] != "Asha" {
		t.Errorf("the erasure report is %v", rows)
	}
	if rows := lines(t, n.call("GET", "/api/v1/exports/erasures?from=2026-01-01", c.admin, nil, nil)); len(rows) != 1 {
		t.Errorf("the erasures of another day are %v", rows)
	}
}

func TestExportsThatMakeNoSenseAreRefused(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	today := n.today()
	for path, want := range map[string]int{
		"/fhir": 422, "/fhir?day=yesterday": 422, "/fhir?day=" + today + "&person=" + newID(): 422, "/fhir?person=7": 422,
		"/fhir?person=" + newID(): 404, "/fhir?day=" + today + "&site=" + newID(): 404, "/fhir?day=" + today + "&site=x": 422,
		"/api/v1/exports/passwords?from=" + today: 422, "/api/v1/exports/fhir?from=" + today: 422, "/api/v1/exports/entries": 422,
		"/api/v1/exports/entries?from=2026-01-01&to=2026-02-15": 422, "/api/v1/exports/entries?from=2026-02-01&to=2026-01-01": 422,
		"/api/v1/exports/entries?from=2026-13-01": 422, "/api/v1/report": 422, "/api/v1/report?day=" + strings.Repeat("2", 40): 422,
		"/api/v1/audit?from=x": 422, "/api/v1/audit?to=x": 422, "/api/v1/audit?from=2020-01-01&to=2026-01-01": 422,
		"/api/v1/audit?from=2026-01-02&to=2026-01-01": 422, "/api/v1/audit?after=x": 422, "/api/v1/audit?limit=501": 422, "/api/v1/audit?limit=-1": 422,
		"/api/v1/audit?after=" + url.QueryEscape("1999-01-01~~"): 422,
	} {
		code := map[int]string{422: "invalid", 404: "not_found"}[want]
		n.call("GET", path, c.admin, nil, nil).refused(want, code)
	}
	if made := n.audits(c.admin); made != 0 {
		t.Errorf("%d refused exports were audited", made)
	}
}

func TestAtTheCentreAnExportNamesItsSite(t *testing.T) {
	n := startCentre(t)
	var s api.Session
	n.call("POST", "/api/v1/setup", "", api.SetupRequest{Code: n.setupCode, Admin: api.SetupAdmin{Name: "Uma", PIN: adminPIN}}, nil).into(200, &s)
	n.call("GET", "/fhir?day=2026-01-05", s.Token, nil, nil).refused(422, "invalid")
	n.call("GET", "/fhir?day=2026-01-05&site="+newID(), s.Token, nil, nil).refused(404, "not_found")
	n.done(s.Token, "staff.create", map[string]any{"name": "Vera", "role": "central_admin", "pin": staffPIN}, nil)
	var page api.AuditPage
	n.call("GET", "/api/v1/audit?actor=UMA&type=staff", s.Token, nil, nil).into(200, &page)
	if len(page.Rows) != 1 || page.Rows[0].Type != "staff.create" || page.Rows[0].ActorName != "Uma" {
		t.Errorf("the centre's own audit is %+v", page.Rows)
	}
}

func TestTheAuditIsFoundByWhoWhatAndOnWhat(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	for role, token := range map[string]string{"coordinator": c.coordinator, "guruji": c.guruji, "kiosk": c.kiosk, "board": c.board} {
		if a := n.call("GET", "/api/v1/audit", token, nil, nil); a.status != http.StatusForbidden {
			t.Errorf("a %s reads the audit: %d", role, a.status)
		}
	}
	entries := n.morning(c, 12)
	n.done(c.other, "guruji.set_room", map[string]any{"room": "7"}, nil)
	search := func(query string) api.AuditPage {
		var page api.AuditPage
		n.call("GET", "/api/v1/audit?"+query, c.admin, nil, nil).into(200, &page)
		return page
	}
	if rows := search("actor=deva").Rows; len(rows) != 1 || rows[0].Type != "guruji.set_room" || rows[0].Role != "guruji" || rows[0].ActorName != "Deva" || rows[0].Kind != "guruji" {
		t.Errorf("of Deva: %+v", rows)
	}
	if rows := search("actor=" + c.staffIDs["Deva"]).Rows; len(rows) != 1 {
		t.Errorf("by id: %+v", rows)
	}
	if rows := search("subject=" + entries[3] + "&kind=entry&type=queue.check_in").Rows; len(rows) != 1 || rows[0].Type != "queue.check_in" {
		t.Errorf("on one entry: %+v", rows)
	}
	for query, want := range map[string]int{"type=queue.check_in": 12, "type=queue": 18, "type=queue.*": 18, "type=staff": 4, "kind=guruji": 1, "kind=lease": 0, "actor=nobody": 0, "from=2020-01-01&to=2020-12-31": 0} {
		if page := search(query); len(page.Rows) != want {
			t.Errorf("%s finds %d, want %d", query, len(page.Rows), want)
		}
	}

	all, seen := search("limit=500").Rows, map[string]bool{}
	var paged []api.AuditRow
	for after, pages := "", 0; ; pages++ {
		page := search("limit=5&after=" + url.QueryEscape(after))
		paged = append(paged, page.Rows...)
		for _, row := range page.Rows {
			if seen[row.ID] {
				t.Errorf("%s is on two pages", row.ID)
			}
			seen[row.ID] = true
		}
		if pages == 0 {
			n.done(c.coordinator, "person.register", map[string]any{"name": "Late"}, nil) // who writes meanwhile moves nothing
		}
		if after = page.Next; after == "" {
			break
		}
		if pages > 20 {
			t.Fatal("the pages do not end")
		}
	}
	one, _ := json.Marshal(all)
	many, _ := json.Marshal(paged)
	if string(one) != string(many) {
		t.Errorf("page by page it is\n%s\nand whole\n%s", many, one)
	}
	if !slices.IsSortedFunc(all, func(a, b api.AuditRow) int { return b.At.Compare(a.At.Time) }) {
		t.Error("not newest first")
	}
}

func TestALongSearchOfTheAuditComesToAnEnd(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	after, pages := "", 0
	for ; pages < 20; pages++ {
		var page api.AuditPage
		n.call("GET", fmt.Sprintf("/api/v1/audit?from=2024-01-01&to=2024-12-30&after=%s", url.QueryEscape(after)), c.admin, nil, nil).into(200, &page)
		if after = page.Next; after == "" {
			break
		}
	}
	if pages < 10 || pages > 12 {
		t.Errorf("a year without anything has %d pages", pages)
	}
}
