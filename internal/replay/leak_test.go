package replay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/replay"
	"github.com/aashram-care/sangam/internal/testkit"
)

func TestMain(m *testing.M) {
	code := m.Run()
	testkit.RemoveBinary()
	os.Exit(code)
}

const pin = "246810"

// secret is what was said of one visitor at the desk, and in whose queues they were.
type secret struct {
	name, phone, reason string
	gurujis             map[string]bool
}

// secrets are the visitors of a journal by the id of their entry. The queues are those that a coordinator was shown.
func secrets(t *testing.T, journal string, desk *caller) map[string]*secret {
	t.Helper()
	file, err := os.Open(journal)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := replay.ReadJournal(file)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*secret{}
	for _, line := range lines {
		var in struct {
			Person *struct{ Name, Phone string }
			Reason string
		}
		if line.Type == "queue.check_in" && line.Status == "sent" && json.Unmarshal(line.Data, &in) == nil && in.Person != nil {
			all[line.ID] = &secret{in.Person.Name, in.Person.Phone, in.Reason, map[string]bool{}}
		}
	}
	desk.queues(all)
	return all
}

// queues notes in whose queue each entry was, by all the rows that this screen was shown.
func (c *caller) queues(of map[string]*secret) {
	frames := json.NewDecoder(bytes.NewReader(c.told.Bytes()))
	for {
		var f struct {
			Changes []struct {
				Kind, ID string
				Fields   struct{ Guruji string }
			}
			View struct {
				Gurujis []struct {
					ID      string
					Entries []struct{ ID string }
				}
			}
		}
		if frames.Decode(&f) != nil {
			return
		}
		for _, g := range f.View.Gurujis {
			for _, e := range g.Entries {
				if s := of[e.ID]; s != nil {
					s.gurujis[g.ID] = true
				}
			}
		}
		for _, change := range f.Changes {
			if s := of[change.ID]; s != nil && change.Kind == "row" {
				s.gurujis[change.Fields.Guruji] = true
			}
		}
	}
}

// may tells which of a visitor's secrets somebody may be told.
type may func(entry string, of *secret) (name, phone, reason bool)

// leaks searches all that somebody was told for what they may not know.
func leaks(told []byte, all map[string]*secret, allowed may) (found []string) {
	for entry, s := range all {
		name, phone, reason := allowed(entry, s)
		for _, word := range []struct {
			text string
			may  bool
		}{{s.name, name}, {s.phone, phone}, {strings.TrimPrefix(s.phone, "+91"), phone}, {s.reason, reason}} {
			if !word.may && bytes.Contains(told, []byte(word.text)) {
				found = append(found, word.text)
			}
		}
	}
	return found
}

func nothing(string, *secret) (bool, bool, bool) { return false, false, false }
func desk(string, *secret) (bool, bool, bool)    { return true, true, false }

func healer(guruji string) may {
	return func(_ string, s *secret) (bool, bool, bool) { return s.gurujis[guruji], false, s.gurujis[guruji] }
}

func own(entry string) may {
	return func(e string, _ *secret) (bool, bool, bool) { return e == entry, e == entry, e == entry }
}

// hour is a day that passes within an hour.
func hour(visits int, seed uint64) replay.Day {
	day := replay.Generate("2026-01-05", visits, seed)
	for i := range day.Visits {
		v := &day.Visits[i]
		v.Arrival = 9*time.Hour + time.Duration(i)*50*time.Minute/time.Duration(visits)
		v.End = v.Arrival + 8*time.Minute
		v.Exit = v.End
	}
	return day
}

// TestOverAnHourNobodyIsToldMoreThanTheirRoleMayKnow replays an hour on a site and a centre that are processes of their
// own, while every role reads by socket, poll and snapshot, and searches every byte they got.
func TestOverAnHourNobodyIsToldMoreThanTheirRoleMayKnow(t *testing.T) {
	redis := testkit.StartRedis(t)
	hub := testkit.StartProcess(t, "hub", "--redis", redis.URL)
	testkit.Run(t, pin, "staff", "add", "--data", hub.Dir, "--name", "Anil", "--role", "central_admin")
	var enrolled struct{ Code string }
	testkit.RunJSON(t, &enrolled, "", "hub", "enrol", "--data", hub.Dir, "--site", "Nirmal Dham")
	edge := testkit.StartProcess(t, "edge", "--redis", redis.URL, "--join", enrolled.Code, "--site-name", "Nirmal Dham")
	testkit.Run(t, pin, "staff", "add", "--data", edge.Dir, "--name", "Meera", "--role", "admin")

	readers, rules := map[string]*caller{}, map[string]may{}
	reader := func(who, view string, allowed may) *caller {
		c := &caller{t: t, base: edge.URL, view: view}
		readers[who+" "+view], rules[who+" "+view] = c, allowed
		return c
	}
	admin := reader("admin", "admin", desk)
	admin.signIn(api.SessionRequest{User: "Meera", PIN: pin})
	o := replay.Options{
		Day: hour(120, 31), Speed: 300, Gurujis: 3, Kiosks: 2, Named: 0.6, Seed: 31, Journal: filepath.Join(t.TempDir(), "journal"),
		Site: edge.URL, Admin: replay.Account{Name: "Meera", PIN: pin},
	}
	for name, role := range map[string]string{"Ananda": "guruji", "Bhakti": "guruji", "Chitra": "coordinator"} {
		var made struct{ Staff, Guruji string }
		admin.act("staff.create", map[string]any{"name": name, "role": role, "pin": pin}, &made)
		o.Staff = append(o.Staff, api.DescribeUser{Role: role, Name: name, PIN: pin})
		views := map[string]may{"coordinator": desk, "queue": desk, "board": nothing}
		if role == "guruji" {
			views = map[string]may{"guruji": healer(made.Guruji), "queue": healer(made.Guruji)}
		}
		for view, allowed := range views {
			reader(name, view, allowed).signIn(api.SessionRequest{User: name, PIN: pin})
		}
	}
	for kind, views := range map[string][]string{"kiosk": {"kiosk", "queue"}, "board": {"board", "queue"}} {
		var made api.DevicePrepared
		admin.must("POST", "/api/v1/devices", api.DevicePrepare{Kind: kind, Name: "Spy " + kind}, &made)
		first := &caller{t: t, base: edge.URL}
		first.signIn(api.SessionRequest{Pair: made.Code})
		for _, view := range views {
			reader(kind, view, nothing).token = first.token
		}
	}
	var app api.AppKey
	admin.must("POST", "/api/v1/apps", api.AppRequest{Name: "old app", Scopes: []string{"events", "queue.*", "person.*"}}, &app)
	reader("app", "queue", nothing).token = app.Key
	reader("nobody", "queue", nothing)
	reader("nobody", "admin", nothing)

	var mine struct{ Entry, Link string }
	me := &secret{"Sarojini Only Once", "+919700000001", "paper of my own", map[string]bool{}}
	readers["Chitra coordinator"].act("queue.check_in", map[string]any{"person": map[string]any{"name": me.name, "phone": me.phone}, "reason": me.reason}, &mine)
	reader("patient", "patient", own(mine.Entry)).signIn(api.SessionRequest{Link: mine.Link})

	central := &caller{t: t, base: hub.URL, view: "centre"}
	central.signIn(api.SessionRequest{User: "Anil", PIN: pin})
	var site api.Status
	admin.must("GET", "/api/v1/status", nil, &site)
	if !testkit.Eventually(30*time.Second, func() bool {
		status, _ := central.call(t.Context(), "GET", "/api/v1/snapshot?view=queue&site="+site.Site, nil)
		return status == http.StatusOK
	}) {
		t.Fatal("the site did not reach the centre")
	}
	for _, view := range []string{"centre", "queue"} {
		c := reader("central admin", view, nothing)
		c.base, c.token = hub.URL, central.token
		if view == "queue" {
			c.site = site.Site
		}
	}

	ctx, stop := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	for _, c := range readers {
		reading.Go(func() { c.read(ctx) })
	}
	report, err := replay.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	// What the last action did has reached the centre when its own figures say so.
	testkit.Eventually(20*time.Second, func() bool {
		status, text := central.call(ctx, "GET", "/api/v1/snapshot?view=queue&site="+site.Site, nil)
		return status == http.StatusOK && !bytes.Contains(text, []byte(`"in_service"`))
	})
	stranger := readers["nobody queue"]
	for _, path := range []string{"/", "/api/v1/status", "/api/v1/session", "/api/v1/session/names", "/api/v1/apps", "/openapi.json", "/asyncapi.json", "/docs", "/healthz", "/readyz"} {
		_, text := stranger.call(ctx, "GET", path, nil)
		stranger.keep(text)
	}
	stop()
	reading.Wait()

	all := secrets(t, o.Journal, readers["Chitra coordinator"])
	all[mine.Entry] = me
	readers["Chitra coordinator"].queues(all)
	bytesRead := 0
	for who, c := range readers {
		bytesRead += c.told.Len()
		for _, leak := range leaks(c.told.Bytes(), all, rules[who]) {
			t.Errorf("%s was told %q", who, leak)
		}
	}
	acked, _ := report.Actions()
	t.Logf("%d actions, %d visitors with a name, %d readers, %d bytes searched", acked, len(all), len(readers), bytesRead)
	proveTheSearch(t, readers, rules, all, mine.Entry)
}

// proveTheSearch shows that the search finds what is there to find: what each role may know it was told, and it would
// be a leak to anybody whose audience is another.
func proveTheSearch(t *testing.T, readers map[string]*caller, rules map[string]may, all map[string]*secret, entry string) {
	t.Helper()
	if len(all) < 40 {
		t.Errorf("only %d visitors gave a name: the search had little to find", len(all))
	}
	for _, wrong := range []struct {
		told, as string
		least    int
	}{
		{"Chitra coordinator", "board queue", len(all)}, {"Chitra queue", "app queue", len(all)}, {"admin admin", "central admin queue", len(all)},
		{"Ananda guruji", "Bhakti guruji", 10}, {"Bhakti guruji", "Ananda guruji", 10}, {"Ananda guruji", "Chitra coordinator", 5},
		{"Chitra coordinator", "Ananda guruji", 10}, {"patient patient", "kiosk kiosk", 1}, {"admin admin", "patient patient", len(all)},
	} {
		if found := leaks(readers[wrong.told].told.Bytes(), all, rules[wrong.as]); len(found) < wrong.least {
			t.Errorf("what %s was told, judged as if %s had been told it, is called %d leaks, want at least %d", wrong.told, wrong.as, len(found), wrong.least)
		}
	}
	for _, who := range []string{"board board", "board queue", "kiosk kiosk", "kiosk queue", "app queue", "central admin queue", "central admin centre", "nobody queue"} {
		if n := readers[who].told.Len(); n < 2_000 {
			t.Errorf("%s was told only %d bytes", who, n)
		}
	}
	if !bytes.Contains(readers["central admin queue"].told.Bytes(), []byte(entry)) {
		t.Error("the centre was never shown the site's queue")
	}
}
