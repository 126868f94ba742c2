package main_test

import (
	"io"
	"net/http"
	neturl "net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/testkit"
)

// lineAt is the line as one end tells it.
func lineAt(t *testing.T, p *testkit.Process) control.Line {
	t.Helper()
	var lines []control.Line
	testkit.RunJSON(t, &lines, "", "link", "--data", p.Dir)
	if len(lines) != 1 {
		t.Fatalf("%d lines", len(lines))
	}
	return lines[0]
}

// listen returns what a view was told since now.
func listen(t *testing.T, url, name, view string) func() []api.Event {
	t.Helper()
	token := signIn(t, url, name)
	var at struct{ Cursor string }
	get(t, url+"/api/v1/snapshot?view="+view, token, &at)
	return func() []api.Event {
		var out struct{ Events []api.Event }
		get(t, url+"/api/v1/changes?since="+neturl.QueryEscape(at.Cursor), token, &out)
		return out.Events
	}
}

func TestBothEndsTellHowTheLineIsDoing(t *testing.T) {
	w, site := enrolledWorld(t)
	w.deskOf(t).checkIn("Asha")
	for _, end := range []*testkit.Process{w.edge, w.hub} {
		var l control.Line
		if !testkit.Eventually(30*time.Second, func() bool { l = lineAt(t, end); return l.State == "live" && l.Backlog.Records == 0 }) {
			t.Errorf("not in time: %+v", l)
		}
		if l.Site != site.String() || l.Name != "Nirmal Dham" || l.State != "live" || l.LastHeard == nil || l.ClockOffsetMs == nil || l.Repairs != 0 ||
			l.FramesIn == 0 || l.FramesOut == 0 || l.BytesIn == 0 || l.BytesOut == 0 {
			t.Errorf("%+v", l)
		}
	}
	if text := testkit.Run(t, "", "link", "--data", w.hub.Dir, "--site", "nirmal dham"); !strings.Contains(text, "Nirmal Dham") || !strings.Contains(text, "live") {
		t.Error(text)
	}
	heardAtSite, heardAtCentre := listen(t, w.edge.URL, "Meera", "coordinator"), listen(t, w.hub.URL, "Anil", "centre")
	w.redis.Kill()
	w.deskOf(t).checkIn("Bina")
	var l control.Line
	if !testkit.Eventually(40*time.Second, func() bool {
		l = lineAt(t, w.edge)
		return l.State == "silent" && l.Backlog.Records > 0 && l.Backlog.OldestAt != nil
	}) {
		t.Errorf("with the wire gone: %+v", l)
	}
	for where, heard := range map[string]func() []api.Event{"site": heardAtSite, "centre": heardAtCentre} {
		if !testkit.Eventually(30*time.Second, func() bool {
			return slices.ContainsFunc(heard(), func(e api.Event) bool {
				data, _ := e.Data.(map[string]any)
				return e.Type == "uplink.changed" && e.Subject.ID == site.String() && data["state"] == "silent"
			})
		}) {
			t.Errorf("nobody at the %s was told", where)
		}
	}
	w.edge.Stop()
	if text, code := testkit.Refused(t, "link", "--data", w.edge.Dir); code != 1 || !strings.Contains(text, "does not run") {
		t.Errorf("exit %d, %s", code, text)
	}
}

func TestEverythingIsSentAgainOnDemandAndChangesNothing(t *testing.T) {
	w, site := enrolledWorld(t)
	ids := w.deskOf(t).checkIn("Asha", "Bina", "Chand", "Devi", "Esha")
	for _, end := range []*testkit.Process{w.hub, w.edge} {
		if !testkit.Eventually(30*time.Second, func() bool { return lineAt(t, end).State == "live" }) {
			t.Fatal("not live")
		}
		before := lineAt(t, end).BytesIn
		testkit.Run(t, "", "link", "resync", "--data", end.Dir, "--site", "Nirmal Dham")
		if !testkit.Eventually(30*time.Second, func() bool { l := lineAt(t, end); return l.InSync && l.BytesIn > before+500 }) {
			t.Error("nothing was sent again")
		}
	}
	if !testkit.Eventually(30*time.Second, func() bool { return allAcknowledged(t, w.edge.URL) }) {
		t.Error("the centre has not acknowledged everything")
	}
	w.equal(t, site, ids...)
}

func TestTheWireHasFiguresForWhoLooksAfterIt(t *testing.T) {
	w, _ := enrolledWorld(t)
	w.edge.Stop()
	admin := testkit.FreeAddr(t)
	w.edge.StartWith("--redis", w.redis.URL, "--admin-listen", admin)
	awaitUplink(t, w.edge, api.StateLive, "")
	res, err := http.Get("http://" + admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sangam_wire_published_total", "sangam_wire_bytes_in_total", "sangam_uplink_live 1"} {
		if !strings.Contains(string(text), "\n"+name) {
			t.Errorf("no %s", name)
		}
	}
}

// The silence by which a centre finds a site gone without a word takes 20 s.
func TestASiteThatIsStoppedIsSilentAtTheCentreAtOnce(t *testing.T) {
	w, _ := enrolledWorld(t)
	w.edge.Stop()
	if !testkit.Eventually(12*time.Second, func() bool { return lineAt(t, w.hub).State == "silent" }) {
		t.Errorf("its goodbye was not heard: %+v", lineAt(t, w.hub))
	}
}

func TestALineThatNeverWasIsToldAsSuch(t *testing.T) {
	server := testkit.StartRedis(t)
	hub := testkit.StartProcess(t, "hub", "--redis", server.URL)
	var enrolled struct{ Code string }
	testkit.RunJSON(t, &enrolled, "", "hub", "enrol", "--data", hub.Dir, "--site", "Nirmal Dham")
	var none []control.Line
	if testkit.RunJSON(t, &none, "", "link", "--data", hub.Dir); len(none) != 0 {
		t.Errorf("before anybody joined: %+v", none)
	}
	alone := testkit.StartProcess(t, "edge", "--site-name", "Alone")
	if l := lineAt(t, alone); l.State != "off" || l.LastHeard != nil {
		t.Errorf("a site without a wire says %+v", l)
	}
	edge := testkit.StartProcess(t, "edge", "--redis", server.URL, "--join", enrolled.Code, "--site-name", "Nirmal Dham")
	if !testkit.Eventually(30*time.Second, func() bool { return lineAt(t, edge).State == "live" }) {
		t.Fatalf("not live: %+v", lineAt(t, edge))
	}
	// A site that joined and was never heard since; a centre that is started anew knows when it last heard one.
	edge.Stop()
	if !testkit.Eventually(30*time.Second, func() bool { l := lineAt(t, hub); return l.State == "silent" && l.LastHeard != nil }) {
		t.Errorf("not silent: %+v", lineAt(t, hub))
	}
	hub.Stop()
	hub.Start()
	if l := lineAt(t, hub); l.State != "silent" || l.LastHeard == nil {
		t.Errorf("a centre that was started anew says %+v", l)
	}
	server.Stop()
	edge.Start()
	if l := lineAt(t, edge); l.State != "connecting" {
		t.Errorf("a site that has not met its centre since the start says %+v", l)
	}
}
