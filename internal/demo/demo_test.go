package demo_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/demo"
)

func TestOptionsThatCannotBeUsedAreWrongUsage(t *testing.T) {
	for name, o := range map[string]demo.Options{
		"too many sites":    {Sites: 4},
		"a negative site":   {Sites: -1},
		"standing time":     {Speed: 0.5},
		"time that runs":    {Speed: 1e6},
		"ports that end":    {PortBase: 65534},
		"no Redis URL":      {Redis: "localhost:6379"},
		"Redis behind TLS":  {Redis: "rediss://localhost"},
		"Redis with no one": {Redis: "redis://"},
	} {
		if err := demo.Run(t.Context(), o); !errors.Is(err, demo.ErrUsage) {
			t.Errorf("%s: %v, want ErrUsage", name, err)
		}
	}
}

func TestPortInUseIsToldBeforeAnythingStarts(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	base := freePorts(t, 3)
	taken, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", base+2))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	err = demo.Run(t.Context(), demo.Options{PortBase: base, Idle: true, Sites: 1})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprint(base+2)) || !strings.Contains(err.Error(), "--port-base") {
		t.Errorf("Run: %v, want an error that names port %d and what to do", err, base+2)
	}
	nothingIn(t, os.Getenv("TMPDIR"))
}

func TestDataWithoutItsAccountsIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(dir+"/hub", 0o700); err != nil {
		t.Fatal(err)
	}
	err := demo.Run(t.Context(), demo.Options{PortBase: freePorts(t, 3), Data: dir, Sites: 1})
	if err == nil || !strings.Contains(err.Error(), "empty directory") {
		t.Errorf("Run: %v, want an error that says what to do", err)
	}
}

func nothingIn(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("%s holds %v, %v, want nothing", dir, left, err)
	}
}

// One demo for all of it, as for a newcomer: starting one is most of what a test costs.
func TestIdleDemo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var told bytes.Buffer
	d := run(t, demo.Options{Idle: true, Sites: 2, Out: &told})

	t.Run("describes itself", func(t *testing.T) { testDescription(t, d, told.String()) })
	t.Run("refuses what it cannot do", func(t *testing.T) { testRefusals(t, d) })
	t.Run("changes the speed of time", func(t *testing.T) { testSpeed(t, d) })
	t.Run("streams what changes", func(t *testing.T) { testStream(t, d) })
	t.Run("opens screens", func(t *testing.T) { testDoors(t, d) })
	t.Run("works on while a line is cut", func(t *testing.T) { testCut(t, d) })
	t.Run("stops and starts a box", func(t *testing.T) { testBox(t, d) })

	d.stop()
	nothingIn(t, os.Getenv("TMPDIR"))
	for n := range 4 {
		_, port, _ := net.SplitHostPort(strings.TrimPrefix(d.page, "http://"))
		var base int
		fmt.Sscan(port, &base)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", base+n))
		if err != nil {
			t.Errorf("port %d is still in use: %v", base+n, err)
			continue
		}
		l.Close()
	}
}

func testDescription(t *testing.T, d *running, told string) {
	if len(d.describe.Sites) != 2 || len(d.describe.Hub.Users) != 1 {
		t.Fatalf("it describes %d sites and %d users of the hub, want 2 and 1", len(d.describe.Sites), len(d.describe.Hub.Users))
	}
	central := session(t, d.describe.Hub.URL, api.SessionRequest{User: d.describe.Hub.Users[0].Name, PIN: d.describe.Hub.Users[0].PIN})
	if central.User.Role != "central_admin" || d.describe.Hub.Users[0].Role != "central_admin" {
		t.Errorf("the hub's user is %s", central.User.Role)
	}
	for _, s := range d.describe.Sites {
		var status api.Status
		ask(t, http.MethodGet, s.URL+"/api/v1/status", "", nil, &status)
		if status.Site != s.ID || status.Setup {
			t.Errorf("%s is site %s, described as %s; waits for setup: %t", s.URL, status.Site, s.ID, status.Setup)
		}
		roles := map[string]int{}
		for _, u := range s.Users {
			roles[session(t, s.URL, api.SessionRequest{User: u.Name, PIN: u.PIN}).User.Role]++
			if !strings.Contains(told, u.Name) || !strings.Contains(told, u.PIN) {
				t.Errorf("%s with PIN %s was not printed", u.Name, u.PIN)
			}
		}
		if diff := cmp.Diff(map[string]int{"admin": 1, "coordinator": 2, "guruji": 3}, roles); diff != "" {
			t.Errorf("staff of %s: %s", s.Name, diff)
		}
		for _, device := range s.Devices {
			if got := session(t, s.URL, api.SessionRequest{Pair: device.Pair}).User.Role; got != device.Kind {
				t.Errorf("the code of a %s lets a %s in", device.Kind, got)
			}
			if status := ask(t, http.MethodPost, s.URL+"/api/v1/session", "", api.SessionRequest{Pair: device.Pair}, nil); status != http.StatusUnauthorized {
				t.Errorf("a code used twice answers %d, want 401", status)
			}
		}
		if len(s.Devices) != 2 || !strings.Contains(told, s.URL) {
			t.Errorf("%s has %d devices, and was it printed? %q", s.Name, len(s.Devices), told)
		}
	}
	if !strings.Contains(told, d.page+"/demo") {
		t.Errorf("the page %s/demo was not printed: %q", d.page, told)
	}
}

func testRefusals(t *testing.T, d *running) {
	line := "/demo/sites/" + d.site(0).ID + "/line"
	for _, c := range []struct {
		name, path string
		in         any
		headers    []string
		status     int
		code       string
	}{
		{"an unknown site", "/demo/sites/nowhere/line", map[string]any{"cut": true}, nil, 404, "not_found"},
		{"no cut", line, map[string]any{}, nil, 422, "invalid"},
		{"a cut that is no truth", line, map[string]any{"cut": "yes"}, nil, 422, "invalid"},
		{"no object", line, []int{1}, nil, 422, "invalid"},
		{"no stop", "/demo/sites/" + d.site(0).ID + "/node", map[string]any{}, nil, 422, "invalid"},
		{"too much", line, map[string]any{"cut": true, "more": strings.Repeat("x", 5000)}, nil, 413, "too_large"},
		{"standing time", "/demo/speed", map[string]any{"speed": 0}, nil, 422, "invalid"},
		{"too fast a time", "/demo/speed", map[string]any{"speed": 1e9}, nil, 422, "invalid"},
		{"no JSON", "/demo/speed", map[string]any{"speed": 1}, []string{"Content-Type", "text/plain"}, 422, "invalid"},
		{"another page's order", "/demo/restart", nil, []string{"Origin", "http://elsewhere.example"}, 403, "forbidden"},
		{"another name of this host", "/demo/restart", nil, []string{"Host", "elsewhere.example"}, 403, "forbidden"},
		{"an unknown screen", "/demo/sites/" + d.site(0).ID + "/open/admin", nil, nil, 404, "not_found"},
	} {
		var problem api.Problem
		status := ask(t, http.MethodPost, d.page+c.path, "", c.in, &problem, c.headers...)
		if status != c.status || problem.Code != c.code || problem.Message == "" {
			t.Errorf("%s: %d %q %q, want %d %q and a message", c.name, status, problem.Code, problem.Message, c.status, c.code)
		}
	}
	if s := d.shown(); s.Speed != 1 || s.Sites[0].CutAt != nil {
		t.Errorf("a refused order changed something: %+v", s)
	}
	if status := ask(t, http.MethodGet, d.page+"/demo/state", "", nil, nil, "Host", "elsewhere.example"); status != http.StatusForbidden {
		t.Errorf("the state under another name answers %d, want 403", status)
	}
}

func testSpeed(t *testing.T, d *running) {
	slope := func() float64 {
		a := d.shown()
		var b shown
		d.await("a second to pass", func() bool { b = d.shown(); return b.ServerTime.Sub(a.ServerTime) > time.Second })
		return float64(b.ClinicTime.Sub(a.ClinicTime)) / float64(b.ServerTime.Sub(a.ServerTime))
	}
	if got := slope(); got < 0.95 || got > 1.05 {
		t.Errorf("the time of an idle demo runs at %g, want 1", got)
	}
	d.order("/demo/speed", map[string]any{"speed": 60})
	if got := slope(); got < 57 || got > 63 {
		t.Errorf("time runs at %g, want 60", got)
	}
	for _, node := range []struct{ url, token, view string }{
		{d.site(0).URL, signIn(t, d.site(0).URL, d.site(0).Users, "coordinator"), "coordinator"},
		{d.describe.Hub.URL, signIn(t, d.describe.Hub.URL, d.describe.Hub.Users, "central_admin"), "centre"},
	} {
		if hello := helloOf(t, node.url, node.token, node.view); hello.ClinicSpeed != 60 || time.Until(hello.ServerTime.Time).Abs() > time.Minute {
			t.Errorf("%s says that time runs at %g and that it is really %s", node.url, hello.ClinicSpeed, hello.ServerTime)
		}
	}
	d.order("/demo/speed", map[string]any{"speed": 1})
}

// helloOf is the first frame of a socket.
func helloOf(t *testing.T, url, token, view string) (hello api.HelloFrame) {
	t.Helper()
	header := http.Header{"Authorization": {"Bearer " + token}}
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+"/ws?view="+view, header)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.ReadJSON(&hello); err != nil || hello.Frame != api.FrameHello {
		t.Fatalf("the first frame is %+v, %v", hello, err)
	}
	return hello
}

func testStream(t *testing.T, d *running) {
	ctx, cancel := context.WithTimeout(t.Context(), giveUp)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, d.page+"/demo/stream", nil)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	ordered := false
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var s shown
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatalf("the stream says %q: %v", text, err)
		}
		switch {
		case !ordered:
			ordered = true
			d.order("/demo/speed", map[string]any{"speed": 7})
		case s.Speed == 7:
			d.order("/demo/speed", map[string]any{"speed": 1})
			return
		}
	}
	t.Fatalf("the stream ended before it told the change: %v", lines.Err())
}

func testDoors(t *testing.T, d *running) {
	s := d.site(1)
	for _, screen := range []string{"kiosk", "board"} {
		var where string
		if status := ask(t, http.MethodPost, d.page+"/demo/sites/"+s.ID+"/open/"+screen, "", nil, &where); status != http.StatusSeeOther {
			t.Fatalf("opening a %s answers %d", screen, status)
		}
		code, ok := strings.CutPrefix(where, s.URL+"/"+screen+"#pair=")
		if !ok {
			t.Fatalf("a %s opens at %q", screen, where)
		}
		if got := session(t, s.URL, api.SessionRequest{Pair: code}).User.Role; got != screen {
			t.Errorf("the %s's code lets a %s in", screen, got)
		}
	}
	var first, again string
	ask(t, http.MethodPost, d.page+"/demo/sites/"+s.ID+"/open/patient", "", nil, &first)
	ask(t, http.MethodPost, d.page+"/demo/sites/"+s.ID+"/open/patient", "", nil, &again)
	link := strings.TrimPrefix(first, s.URL)
	if first != again || !strings.HasPrefix(link, "/patient#t=") {
		t.Fatalf("a phone opens at %q, and again at %q", first, again)
	}
	if got := session(t, s.URL, api.SessionRequest{Link: link}).User; got.Role != "patient" || got.Name != d.shown().Sites[1].Phone {
		t.Errorf("the phone is of %s %q, shown as %q", got.Role, got.Name, d.shown().Sites[1].Phone)
	}
}

func testCut(t *testing.T, d *running) {
	s := d.site(0)
	desk := signIn(t, s.URL, s.Users, "coordinator")
	central := signIn(t, d.describe.Hub.URL, d.describe.Hub.Users, "central_admin")
	before := checkIn(t, s.URL, desk)
	d.await("the centre to have "+before, func() bool { return slices.Contains(queueAt(t, d.describe.Hub.URL, central, s.ID), before) })

	d.line(0, true)
	during := []string{checkIn(t, s.URL, desk), checkIn(t, s.URL, desk)}
	if got := queueAt(t, s.URL, desk, ""); !slices.Contains(got, during[0]) || !slices.Contains(got, during[1]) {
		t.Errorf("the queue of a site that is cut off is %v, want %v in it", got, during)
	}
	d.await("the centre to miss the site", func() bool { return d.shown().Sites[0].Centre.State == api.StateSilent })
	if got := queueAt(t, d.describe.Hub.URL, central, s.ID); slices.Contains(got, during[0]) {
		t.Errorf("a cut line carried %s", during[0])
	}
	now := d.shown()
	if now.Sites[0].CutAt == nil || now.Sites[0].Uplink.Backlog.Records == 0 || now.Sites[1].Centre.State != api.StateLive {
		t.Errorf("while one line is cut the page shows %+v", now.Sites)
	}

	d.line(0, false)
	d.await("the page to say that all has arrived", func() bool { return d.shown().Sites[0].Back != nil })
	if got, want := queueAt(t, d.describe.Hub.URL, central, s.ID), queueAt(t, s.URL, desk, ""); cmp.Diff(want, got) != "" {
		t.Errorf("the queue at the centre: %s", cmp.Diff(want, got))
	}
	now = d.shown()
	if back := now.Sites[0].Back; back.Records < len(during) || now.Sites[0].CutAt != nil {
		t.Errorf("%d edits arrived, want at least %d; cut %v", back.Records, len(during), now.Sites[0].CutAt)
	}
	var kinds []string
	for _, n := range slices.Backward(now.News) {
		if n.Site == s.ID && n.Kind != "given" {
			kinds = append(kinds, n.Kind)
		}
	}
	if diff := cmp.Diff([]string{"cut", "silent", "joined", "back"}, kinds); diff != "" {
		t.Errorf("news: %s", diff)
	}
}

func testBox(t *testing.T, d *running) {
	s := d.site(1)
	desk := signIn(t, s.URL, s.Users, "coordinator")
	token := checkIn(t, s.URL, desk)
	d.box(1, true)
	if status := ask(t, http.MethodGet, s.URL+"/healthz", "", nil, nil); status != 0 {
		t.Errorf("a stopped box answers %d", status)
	}
	if now := d.shown(); now.Sites[1].StoppedAt == nil || now.Sites[1].Uplink != nil || now.Sites[0].StoppedAt != nil {
		t.Errorf("with one box stopped the page shows %+v", now.Sites)
	}
	d.box(1, true) // ordered twice is as good as once
	d.box(1, false)
	if got := queueAt(t, s.URL, desk, ""); !slices.Contains(got, token) {
		t.Errorf("after a new start the session from before sees %v, want %s in it", got, token)
	}
	if now := d.shown(); now.Sites[1].StoppedAt != nil {
		t.Error("a box that runs is shown as stopped")
	}
	checkIn(t, s.URL, desk)
}

func TestDataSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	d := run(t, demo.Options{Idle: true, Sites: 1, Data: dir})
	s := d.site(0)
	token := checkIn(t, s.URL, signIn(t, s.URL, s.Users, "coordinator"))
	d.stop()

	info, err := os.Stat(dir + "/demo.json")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("demo.json: %v, %v, want it for its owner only", info.Mode(), err)
	}
	again := run(t, demo.Options{Idle: true, Sites: 1, Data: dir})
	if again.site(0).ID != s.ID {
		t.Errorf("the site is %s now, was %s", again.site(0).ID, s.ID)
	}
	desk := signIn(t, again.site(0).URL, s.Users, "coordinator")
	if got := queueAt(t, again.site(0).URL, desk, ""); !slices.Contains(got, token) {
		t.Errorf("after a restart %v wait, want %s among them", got, token)
	}
	if again.shown().Sites[0].Centre.State != api.StateLive {
		t.Error("the centre does not hear a site that it knows")
	}
}

func TestDayIsPlayedAndBegunAnew(t *testing.T) {
	d := run(t, demo.Options{Sites: 1, Speed: 300})
	first := d.shown().ClinicTime
	d.await("somebody to be called, seen and done, and the centre to know", func() bool {
		s := d.shown()
		called := false
		for _, n := range s.News {
			called = called || n.Kind == "called" && n.TookMs != nil
		}
		return called && s.Sites[0].Figures != nil && s.Sites[0].Figures.Done > 0 && s.Sites[0].Arrived > 0
	})
	d.line(0, true)
	d.order("/demo/restart", nil)
	var s shown
	// A fast morning may have seen people done before anybody looks.
	d.await("the next morning", func() bool {
		s = d.shown()
		f := s.Sites[0].Figures
		return s.ClinicTime.Sub(first) > 12*time.Hour && f != nil && f.Waiting+f.InService+f.Done > 0
	})
	if s.Sites[0].CutAt != nil {
		t.Errorf("after starting over the line was still cut, at %v", s.Sites[0].CutAt)
	}
}
