package main_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/replay"
	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/record"
)

func TestMain(m *testing.M) {
	code := m.Run()
	testkit.RemoveBinary()
	os.Exit(code)
}

const pin = "246810"

// world is a hub and a site as processes of their own, on a real Redis.
type world struct {
	redis     *testkit.Redis
	hub, edge *testkit.Process
	journal   string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{redis: testkit.StartRedis(t), journal: filepath.Join(t.TempDir(), "journal")}
	w.hub = testkit.StartProcess(t, "hub", "--redis", w.redis.URL)
	testkit.Run(t, pin, "staff", "add", "--data", w.hub.Dir, "--name", "Anil", "--role", "central_admin")
	var enrolled struct{ Code string }
	testkit.RunJSON(t, &enrolled, "", "hub", "enrol", "--data", w.hub.Dir, "--site", "Nirmal Dham")
	w.edge = testkit.StartProcess(t, "edge", "--redis", w.redis.URL, "--join", enrolled.Code, "--site-name", "Nirmal Dham")
	testkit.Run(t, pin, "staff", "add", "--data", w.edge.Dir, "--name", "Meera", "--role", "admin")
	return w
}

// play plays a day against the site while disturb has its way, and judges.
func (w *world) play(t *testing.T, o replay.Options, disturb func(ctx context.Context)) *replay.Report {
	t.Helper()
	site := siteOf(t, w.edge.URL)
	if !testkit.Eventually(30*time.Second, func() bool { return atCentre(t, w.hub.URL, site) }) {
		t.Fatal("the site did not reach the centre within 30 s")
	}
	o.Site, o.SiteID, o.Hub = w.edge.URL, site, w.hub.URL
	o.Admin, o.HubUser = replay.Account{Name: "Meera", PIN: pin}, replay.Account{Name: "Anil", PIN: pin}
	o.Journal, o.Settle = w.journal, time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	disturbed := make(chan struct{})
	go func() { defer close(disturbed); disturb(ctx) }()
	report, err := replay.Run(ctx, o)
	cancel()
	<-disturbed
	if report != nil {
		var text strings.Builder
		_ = report.Write(&text)
		t.Log(text.String())
	}
	if err != nil {
		t.Fatalf("the day was not played to its end: %v", err)
	}
	if err := report.Verdict(); err != nil {
		t.Error(err)
	}
	return report
}

// awaitSend waits until the client's journal grows: an action is on its way now.
func (w *world) awaitSend(ctx context.Context) {
	size := func() int64 {
		if file, err := os.Stat(w.journal); err == nil {
			return file.Size()
		}
		return 0
	}
	for before := size(); size() == before && wait(ctx, time.Millisecond); {
	}
}

// judge compares what the client was told with what both files hold.
func (w *world) judge(t *testing.T) {
	t.Helper()
	site, err := record.ParseID(siteOf(t, w.edge.URL))
	if err != nil {
		t.Fatal(err)
	}
	// Killed once all is acknowledged: a node that is asked to stop still notes which devices it last saw.
	if !testkit.Eventually(time.Minute, func() bool { return allAcknowledged(t, w.edge.URL) }) {
		t.Error("the centre has not acknowledged everything within a minute")
	}
	w.edge.Kill()
	w.hub.Kill()
	edge, hub := testkit.ReadHeld(t, w.edge.Dir, site), testkit.ReadHeld(t, w.hub.Dir, site)
	if diff := cmp.Diff(edge.Digest, hub.Digest); diff != "" {
		t.Errorf("the digests of site and centre differ:\n%s", diff)
	}
	file, err := os.Open(w.journal)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := replay.ReadJournal(file)
	if err != nil {
		t.Fatal(err)
	}
	checkedIn, applied := 0, 0
	for _, line := range lines {
		if line.Status != api.Applied && line.Status != api.Duplicate || line.Code != "" {
			continue
		}
		applied++
		if !edge.Audited[line.ID] || !hub.Audited[line.ID] {
			t.Errorf("%s %s was acknowledged; held at the site: %v, at the centre: %v", line.Type, line.ID, edge.Audited[line.ID], hub.Audited[line.ID])
		}
		if line.Type == "queue.check_in" {
			checkedIn++
			if edge.Entries[line.ID] == "" || edge.Entries[line.ID] != hub.Entries[line.ID] {
				t.Errorf("check-in %s: token %q at the site, %q at the centre", line.ID, edge.Entries[line.ID], hub.Entries[line.ID])
			}
		}
	}
	tokens := map[string]string{}
	for id, token := range edge.Entries {
		if other := tokens[token]; other != "" {
			t.Errorf("token %s was given to %s and to %s", token, other, id)
		}
		tokens[token] = id
	}
	if len(edge.Entries) != checkedIn {
		t.Errorf("the site holds %d entries for %d check-ins that were acknowledged", len(edge.Entries), checkedIn)
	}
	t.Logf("%d acknowledged actions judged: all at the site and at the centre, %d tokens, none twice", applied, len(tokens))
}

// TestADaySurvivesKillsOfTheSite kills the site's process in the middle of its writes, again and again.
// SANGAM_KILLS=20 SANGAM_VISITS=1000 makes it longer.
func TestADaySurvivesKillsOfTheSite(t *testing.T) {
	w := newWorld(t)
	kills, killed := setting(t, "SANGAM_KILLS", 5), 0
	o := replay.Options{Day: replay.Generate("2026-01-05", setting(t, "SANGAM_VISITS", 150), 11), Speed: 2500, Gurujis: 4, Listeners: 3, Seed: 11}
	report := w.play(t, o, func(ctx context.Context) {
		for killed < kills {
			select {
			case <-ctx.Done():
				return
			case <-time.After(900 * time.Millisecond):
			}
			w.awaitSend(ctx)
			w.edge.Kill()
			w.edge.Start()
			killed++
		}
	})
	if killed < kills {
		t.Errorf("only %d of %d kills fitted into the day", killed, kills)
	}
	if report.Retried == 0 {
		t.Error("no action had to be sent again: the kills hit nothing")
	}
	w.judge(t)
}

// TestASiteNeverNoticesThatRedisIsAway kills Redis for a third of a day that a hundred sockets watch.
// SANGAM_DAY_FILE and SANGAM_DAY play a recorded day at 600 times its speed instead of a made-up one.
func TestASiteNeverNoticesThatRedisIsAway(t *testing.T) {
	w := newWorld(t)
	o := replay.Options{Day: replay.Generate("2026-01-05", 200, 12), Speed: 2500, Gurujis: 12, Listeners: 100, Seed: 12}
	if path := os.Getenv("SANGAM_DAY_FILE"); path != "" {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if o.Day, err = replay.ReadDay(file, os.Getenv("SANGAM_DAY")); err != nil {
			t.Fatal(err)
		}
		o.Speed = 600
	}
	from, to := o.Day.Span()
	third := time.Duration(float64(to-from) / o.Speed / 3)
	away := 0 * time.Second
	report := w.play(t, o, func(ctx context.Context) {
		if !wait(ctx, third) {
			return
		}
		w.redis.Kill()
		began := time.Now()
		wait(ctx, third)
		w.redis.Start()
		away = time.Since(began)
	})
	if away < third {
		t.Errorf("redis was away for %s, not for a third of the day", away)
	}
	if report.Retried > 0 {
		t.Errorf("%d actions had to be sent again: the site noticed", report.Retried)
	}
	t.Logf("redis was away for %s of %s", away.Round(time.Millisecond), report.Took.Round(time.Millisecond))
	w.judge(t)
}

func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func siteOf(t *testing.T, url string) string {
	t.Helper()
	var status api.Status
	get(t, url+"/api/v1/status", "", &status)
	return status.Site
}

// allAcknowledged tells whether the site has nothing that the centre did not acknowledge.
func allAcknowledged(t *testing.T, edge string) bool {
	t.Helper()
	var status api.Status
	get(t, edge+"/api/v1/status", signIn(t, edge, "Meera"), &status)
	return status.Uplink != nil && status.Uplink.State == api.StateLive && status.Uplink.Backlog.Records == 0
}

// signIns are those of this process: whoever waits for something asks again and again, faster than anybody may sign in.
var signIns sync.Map // of node and name: token

// signIn returns a token that the node knows; "" when it does not let them in.
func signIn(t testing.TB, node, name string) (token string) {
	t.Helper()
	if known, ok := signIns.Load(node + " " + name); ok {
		var status api.Status
		get(t, node+"/api/v1/status", known.(string), &status)
		if status.Cursor != "" { // only who is signed in is told
			return known.(string)
		}
	}
	res, err := http.Post(node+"/api/v1/session", "application/json", strings.NewReader(`{"user":"`+name+`","pin":"`+pin+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var session api.Session
	if err := json.NewDecoder(res.Body).Decode(&session); err != nil {
		t.Fatal(err)
	}
	if session.Token != "" {
		signIns.Store(node+" "+name, session.Token)
	}
	return session.Token
}

// atCentre tells whether the centre lists a site as live.
func atCentre(t *testing.T, hub, site string) bool {
	t.Helper()
	var shot struct {
		View api.CentreView `json:"view"`
	}
	get(t, hub+"/api/v1/snapshot?view=centre", signIn(t, hub, "Anil"), &shot)
	for _, s := range shot.View.Sites {
		if s.ID == site && s.State == api.StateLive {
			return true
		}
	}
	return false
}

func get(t testing.TB, url, token string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNotModified {
		return
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
}

func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
