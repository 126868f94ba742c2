package door_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// looks are the audits of who was given whose health notes, oldest first.
func (n *node) looks(admin string) []api.AuditRow {
	n.t.Helper()
	var page api.AuditPage
	n.call("GET", "/api/v1/audit?type=note.view&limit=500", admin, nil, nil).into(200, &page)
	slices.Reverse(page.Rows)
	return page.Rows
}

// subjects are whose notes were given, once for each time.
func subjects(rows []api.AuditRow) (ids []string) {
	for _, row := range rows {
		if row.Subject != "" {
			ids = append(ids, row.Subject)
		}
		ids = append(ids, row.Subjects...)
	}
	return ids
}

// noted is treat by a guruji who acts and never looks: the desk moves the queue.
func (n *node) noted(c crew, v visitor) treated {
	n.t.Helper()
	v.checkedIn = n.checkIn(c.coordinator, map[string]any{"guruji": c.gurujiID, "person": person(v.name, v.phone)})
	id, _ := n.screen(c.coordinator, "coordinator").rows["row "+v.Entry]["person"].(string)
	n.done(c.guruji, "queue.call_next", map[string]any{}, nil)
	n.move(c.coordinator, "queue.start", v.Entry, "called")
	n.done(c.guruji, "consultation.note", map[string]any{"entry": v.Entry, "text": v.note}, nil)
	n.done(c.guruji, "remedy.prescribe", map[string]any{"entry": v.Entry, "type": "ayurvedic", "name": v.remedy}, nil)
	n.move(c.coordinator, "queue.complete", v.Entry, "in_service")
	return treated{v, id}
}

func TestWhoIsGivenAHealthNoteIsInTheAuditByEveryDoor(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	first := n.noted(c, newVisitor(1))
	for view, token := range map[string]string{"coordinator": c.coordinator, "admin": c.admin, "kiosk": c.kiosk, "board": c.board, "guruji": c.other, "queue": c.guruji} {
		n.screen(token, view).poll()
	}
	if got := n.looks(c.admin); len(got) != 0 {
		t.Fatalf("nobody was given a note, and the audit says %+v", got)
	}
	expect := func(door string, people ...string) {
		t.Helper()
		if got := subjects(n.looks(c.admin)); !slices.Equal(got, people) {
			t.Errorf("after %s the audit has looks at %v, want %v", door, got, people)
		}
	}

	reader := n.screen(c.guruji, "guruji")
	expect("a snapshot", first.id)
	row := n.looks(c.admin)[0]
	if row.ActorName != "Chandra" || row.Role != "guruji" || row.Kind != "person" || row.Session == "" || row.Day != n.today() || row.At == nil || len(row.Fields) != 0 {
		t.Errorf("the audit says %+v", row)
	}
	n.screen(c.guruji, "guruji")
	expect("a reload", first.id)

	second := n.noted(c, newVisitor(2))
	if reset := reader.poll(); reset != "" || !strings.Contains(reader.bytes.String(), second.note) {
		t.Fatalf("the poll brings no note (reset %q)", reset)
	}
	expect("a poll", first.id, second.id)

	reader.connect()
	third := n.noted(c, newVisitor(3))
	reader.until("the socket brings the note", func() bool { return strings.Contains(reader.bytes.String(), third.note) })
	n.until("the audit has what the socket brought", func() bool { return len(n.looks(c.admin)) == 3 })
	expect("a socket", first.id, second.id, third.id)

	n.restart()
	again := n.screen(c.guruji, "guruji")
	again.connect()
	n.screen(n.signIn("chandra", staffPIN), "guruji")
	expect("a restart and another sign-in", first.id, second.id, third.id)

	n.call("GET", "/api/v1/snapshot", patientOf(n, second), nil, nil).into(200, nil)
	if rows := n.looks(c.admin); len(rows) != 4 || rows[3].Role != "patient" || rows[3].Actor != second.Entry {
		t.Errorf("a remedy on a phone: %+v", rows)
	}
}

func patientOf(n *node, v treated) string {
	n.t.Helper()
	var s api.Session
	n.call("POST", "/api/v1/session", "", api.SessionRequest{Link: v.Link}, nil).into(200, &s)
	return s.Token
}

func TestWhatIsGivenInOneMomentIsOneAudit(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	var people []string
	for i := range 5 {
		people = append(people, n.noted(c, newVisitor(i)).id)
	}
	n.screen(c.guruji, "guruji")
	rows := n.looks(c.admin)
	if len(rows) != 1 || len(rows[0].Subjects) != 5 || rows[0].Subject != "" {
		t.Fatalf("five people's notes at once: %+v", rows)
	}
	var page api.AuditPage
	n.call("GET", "/api/v1/audit?subject="+url.QueryEscape(people[3]), c.admin, nil, nil).into(200, &page)
	if !slices.ContainsFunc(page.Rows, func(r api.AuditRow) bool { return r.ID == rows[0].ID }) {
		t.Errorf("the look is not found by one of the five: %+v", page.Rows)
	}
	breach := lines(t, n.call("GET", "/api/v1/exports/breach?from="+n.today(), c.admin, nil, nil))
	how := map[string]int{}
	for _, row := range breach[1:] {
		how[row[slices.Index(breach[0], "how")]]++
		if row[1] == "" || row[4] == "" && row[3] != "took out" {
			t.Errorf("the breach report has no name in %v", row)
		}
	}
	if how["had on their screen"] != 5 || how["could see"] != 0 {
		t.Errorf("the breach report: %v", how)
	}
	for path, want := range map[string]string{"/api/v1/exports/audit?from=": strings.Join(rows[0].Subjects, " "), "/fhir?day=": rows[0].Subjects[4]} {
		if a := n.call("GET", path+n.today(), c.admin, nil, nil); !strings.Contains(string(a.body), want) {
			t.Errorf("%s has not whose notes were seen", path)
		}
	}
}

func TestAStaleNoteThatIsSentBackIsAudited(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	v := n.noted(c, newVisitor(1))
	act := fmt.Sprintf(`{"actions":[{"id":%q,"type":"consultation.note","saw":{"notes":"another"},"data":{"entry":%q,"text":"x"}}]}`, newID(), v.Entry)
	if a := n.call("POST", "/api/v1/actions", c.guruji, act, nil); a.status != 200 || !strings.Contains(string(a.body), v.note) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if got := subjects(n.looks(c.admin)); !slices.Equal(got, []string{v.id}) {
		t.Errorf("the audit has looks at %v", got)
	}
}

func TestALookThatCouldNotBeWrittenIsAnsweredAndWrittenLater(t *testing.T) {
	var full atomic.Bool
	n := startNode(t, func(o *door.Options) {
		write := o.Write
		o.Write = func(ctx context.Context, fn func(door.Writer) error) error {
			if full.Load() {
				return errors.New("disk full")
			}
			return write(ctx, fn)
		}
	})
	c := n.crew()
	v := n.noted(c, newVisitor(1))
	full.Store(true)
	if s := n.screen(c.guruji, "guruji"); !strings.Contains(s.bytes.String(), v.note) {
		t.Error("the note is kept back")
	}
	if got := n.looks(c.admin); len(got) != 0 || !strings.Contains(n.log.String(), "disk full") {
		t.Errorf("a failed write: %+v", got)
	}
	full.Store(false)
	n.until("the look is written", func() bool { return len(n.looks(c.admin)) == 1 })
	n.screen(c.guruji, "guruji")
	if got := n.looks(c.admin); len(got) != 1 {
		t.Errorf("a look was written twice: %+v", got)
	}
}

// A day costs one audit a visit at most, where each note is shown by itself; reloads, second screens and boards cost
// none. SANGAM_LOOK_VISITS plays a longer day.
func TestADayOfVisitsCostsOneLookAVisitAtMost(t *testing.T) {
	visits := 15
	if text := os.Getenv("SANGAM_LOOK_VISITS"); text != "" {
		var err error
		if visits, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	n := startNode(t, nil)
	c := n.crew()
	screens := []*screen{n.screen(c.guruji, "guruji"), n.screen(c.guruji, "guruji"), n.screen(c.other, "guruji"), n.screen(c.board, "board")}
	for i := range visits {
		v := newVisitor(i)
		v.checkedIn = n.checkIn(c.coordinator, map[string]any{"guruji": c.gurujiID, "person": person(v.name, v.phone)})
		move := func(kind string) {
			t.Helper()
			screens[0].poll()
			if r := n.saw(c.guruji, kind, map[string]any{"entry": v.Entry}, screens[0].rows["row "+v.Entry]); r.Status != api.Applied {
				t.Fatalf("%s: %+v", kind, r.Error)
			}
		}
		move("queue.call")
		move("queue.start")
		n.done(c.guruji, "consultation.note", map[string]any{"entry": v.Entry, "text": v.note}, nil)
		n.done(c.guruji, "remedy.prescribe", map[string]any{"entry": v.Entry, "type": "ayurvedic", "name": v.remedy}, nil)
		move("queue.complete")
		for _, s := range screens {
			s.poll()
		}
	}
	n.screen(c.guruji, "guruji")
	looks, all := 0, 0
	err := n.committer.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, feed.SiteScope(n.site), clinic.KindAudit, func(r record.Record) (bool, error) {
			all++
			looks += min(1, len(clinic.NotesViewed(&r)))
			return true, nil
		})
	})
	if err != nil || looks != visits {
		t.Errorf("%d visits left %d looks: %v", visits, looks, err)
	}
	t.Logf("%d visits: %d audits, of which %d are looks", visits, all, looks)
}
