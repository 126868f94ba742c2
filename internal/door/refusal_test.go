package door_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/internal/testkit"
)

func TestEveryRouteRefusesBadRequestsWithAProblem(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	app, _, err := n.door.NewAppKey(t.Context(), "old app", "events")
	if err != nil {
		t.Fatal(err)
	}
	patient := n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID})
	head := n.head(c.admin)
	asked := testkit.MisuseRoutes(t, n.url, map[string]string{
		"an admin": c.admin, "a coordinator": c.coordinator, "a guruji": c.guruji, "a kiosk": c.kiosk, "a board": c.board, "an app": app,
		"a patient": strings.TrimPrefix(patient.Link, "/patient#t="),
	})
	t.Logf("%d bad requests", asked)
	if now := n.head(c.admin); now != head {
		t.Errorf("bad requests moved the site from %s to %s", head, now)
	}
	if strings.Contains(n.log.String(), "panic") || strings.Contains(n.log.String(), "level=ERROR") {
		t.Errorf("the log tells of a fault:\n%.2000s", n.log.String())
	}
}

// TestAnActionThatForgesItsRoleIsJudgedByTheSession sends what a client would if it could choose who it is.
func TestAnActionThatForgesItsRoleIsJudgedByTheSession(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	for who, token := range map[string]string{"a coordinator": c.coordinator, "a guruji": c.guruji, "a kiosk": c.kiosk, "a board": c.board} {
		forged := `{"role":"admin","actor":"x","actions":[{"id":"` + newID() + `","type":"staff.create","at":"","role":"admin","actor":{"role":"admin"},` +
			`"data":{"name":"Eve","role":"admin","pin":"1234"}}]}`
		var out api.ActionsResponse
		n.call("POST", "/api/v1/actions?role=admin", token, forged, http.Header{"X-Role": {"admin"}}).into(200, &out)
		if r := out.Results[0]; r.Error == nil || r.Error.Code != "forbidden" {
			t.Errorf("%s became somebody else: %+v", who, r)
		}
	}
}

func (a answer) code() string {
	var p api.Problem
	_ = json.Unmarshal(a.body, &p)
	return p.Code
}

func (n *node) head(token string) string {
	n.t.Helper()
	var s api.Status
	n.call("GET", "/api/v1/status", token, nil, nil).into(200, &s)
	return s.Cursor
}

func TestRefusalsOutsideOfTheContractAreProblemsToo(t *testing.T) {
	n := startNode(t, func(o *door.Options) {
		o.Routes = func(a huma.API, d *door.Door) {
			huma.Register(a, huma.Operation{Method: "GET", Path: "/api/v1/boom", OperationID: "boom"}, func(context.Context, *struct{}) (*struct{}, error) {
				panic("a bug with a secret 12345")
			})
			huma.Register(a, huma.Operation{Method: "GET", Path: "/api/v1/broken", OperationID: "broken"}, func(context.Context, *struct{}) (*struct{}, error) {
				return nil, d.Answer(errors.New("disk on fire"))
			})
		}
	})
	token := n.admin()
	n.call("GET", "/api/v1/nothing", "", nil, nil).refused(404, "not_found")
	n.call("GET", "/nothing/here.js", "", nil, nil).refused(404, "not_found")
	n.call("PUT", "/api/v1/actions", token, "{}", nil).refused(405, "invalid")
	n.call("POST", "/api/v1/actions", token, "<a/>", http.Header{"Content-Type": {"text/xml"}}).refused(415, "invalid")
	n.call("POST", "/api/v1/actions", token, strings.Repeat(" ", 256<<10)+"{}", nil).refused(413, "too_large")
	n.call("GET", "/api/v1/boom", "", nil, nil).refused(500, "internal")
	for _, secret := range []string{"12345", "fire"} {
		if a := n.call("GET", "/api/v1/broken", "", nil, nil); strings.Contains(string(a.body), secret) {
			t.Errorf("the caller is told %s", a.body)
		}
	}
	if !strings.Contains(n.log.String(), "disk on fire") || !strings.Contains(n.log.String(), "a bug with a secret") {
		t.Error("the log does not say what went wrong")
	}
}

func TestABatchIsBoundedAndJudgedOneByOne(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	many := api.ActionsRequest{Actions: make([]api.Action, 201)}
	for i := range many.Actions {
		many.Actions[i] = api.Action{ID: newID(), Type: "queue.check_in", Data: json.RawMessage(`{"guruji":"` + c.gurujiID + `"}`)}
	}
	n.call("POST", "/api/v1/actions", c.kiosk, many, nil).refused(413, "too_large")
	mixed := []api.Action{
		many.Actions[0],
		{ID: "not-an-id", Type: "queue.check_in", Data: json.RawMessage(`{}`)},
		{ID: newID(), Type: "no.such", Data: json.RawMessage(`{}`)},
		{ID: newID(), Type: "staff.create", Data: json.RawMessage(`{"name":"Eve","role":"admin","pin":"12"}`)},
		{ID: newID(), Type: "staff.create", Data: json.RawMessage(`{"name":"Eve","role":"admin","pin":"1234"}`)},
		many.Actions[0],
		many.Actions[1],
	}
	var out api.ActionsResponse
	n.call("POST", "/api/v1/actions", c.kiosk, api.ActionsRequest{Actions: mixed}, nil).into(200, &out)
	got := ""
	for i, r := range out.Results {
		if r.ID != mixed[i].ID {
			t.Errorf("result %d is of %s", i, r.ID)
		}
		got += r.Status
		if r.Error != nil {
			got += ":" + r.Error.Code
		}
		got += " "
	}
	if want := "applied rejected:invalid rejected:invalid rejected:invalid rejected:forbidden duplicate applied "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A client that sends its queue in order could never get past an action that refuses the whole batch.
func TestAnActionThatCannotBeReadIsRefusedAloneAndItsNeighboursAreJudged(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	good := func() string {
		return `{"id":"` + newID() + `","type":"queue.check_in","at":"2026-01-05T04:00:00Z","data":{"guruji":"` + c.gurujiID + `"}}`
	}
	bad := []string{
		`{"id":"` + newID() + `","type":7,"data":{}}`, `{"id":7,"type":"queue.check_in","data":{}}`, `{"id":"` + newID() + `","type":"queue.check_in","saw":[],"data":{}}`,
		`{"id":"` + newID() + `","type":"queue.check_in","at":{},"data":{}}`, `{"id":"` + newID() + `"}`, `{}`,
	}
	body := good()
	for _, text := range bad {
		body += "," + text + "," + good()
	}
	var out api.ActionsResponse
	n.call("POST", "/api/v1/actions", c.kiosk, `{"actions":[`+body+`]}`, nil).into(200, &out)
	if len(out.Results) != 2*len(bad)+1 {
		t.Fatalf("%d results of %d actions", len(out.Results), 2*len(bad)+1)
	}
	for i, r := range out.Results {
		if i%2 == 0 && r.Status != api.Applied {
			t.Errorf("the neighbour of %s: %+v", bad[min(i/2, len(bad)-1)], r)
		}
		if i%2 == 1 && (r.Status != api.Rejected || r.Error == nil || r.Error.Code != "invalid") {
			t.Errorf("%s: %+v", bad[i/2], r)
		}
	}
	var sent struct{ ID string }
	if err := json.Unmarshal([]byte(bad[0]), &sent); err != nil || out.Results[1].ID != sent.ID {
		t.Errorf("the id %s came back as %s (%v)", sent.ID, out.Results[1].ID, err)
	}
	for _, text := range []string{`{}`, `{"actions":null}`, `{"actions":{}}`, `{"actions":"x"}`, `{"actions":[7]}`, `{"actions":[{},null]}`, `{"actions":[[]]}`, `[]`, `{"actions":[`} {
		if a := n.call("POST", "/api/v1/actions", c.kiosk, text, nil); a.status < 400 || a.status >= 500 || a.code() != "invalid" {
			t.Errorf("%s: %d %s", text, a.status, a.body)
		}
	}
}

func TestRatesHoldBackOneAddressAndOneSession(t *testing.T) {
	n := startNode(t, func(o *door.Options) {
		o.Rates = door.Rates{Address: 1e6, Session: rate.Limit(10), Actions: 1e6, SignIn: rate.Limit(1), Burst: 1}
	})
	token := n.admin()
	refusedAt := -1
	for i := range 40 {
		if a := n.call("GET", "/api/v1/session", token, nil, nil); a.status == 429 {
			p := a.refused(429, "rate_limited")
			if a.header.Get("Retry-After") == "" || !p.Retryable {
				t.Error("no Retry-After")
			}
			refusedAt = i
			break
		}
	}
	if refusedAt < 5 {
		t.Errorf("one session was held back at request %d", refusedAt)
	}
	n.call("GET", "/api/v1/status", "", nil, nil).into(200, nil) // others go on
	for i := 0; ; i++ {
		if a := n.call("POST", "/api/v1/session", "", api.SessionRequest{Pair: "x"}, nil); a.code() == "rate_limited" {
			break
		}
		if i > 50 {
			t.Fatal("sign-ins are not held back")
		}
	}
}

func TestOneAddressDoesNotHoldUpAnother(t *testing.T) {
	n := startNode(t, func(o *door.Options) {
		o.Rates = door.Rates{Address: 1, Session: 1e6, Actions: 1e6, SignIn: 1e6, Burst: 5}
	})
	from := func(address string) int {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/api/v1/status", nil)
		r.RemoteAddr = address + ":1234"
		n.door.ServeHTTP(w, r)
		return w.Code
	}
	got := 0
	for range 20 {
		if from("192.0.2.7") == 200 {
			got++
		}
	}
	if got < 5 || got > 10 {
		t.Errorf("one address was answered %d of 20 times, want its burst of 5 and a little", got)
	}
	if code := from("192.0.2.8"); code != 200 {
		t.Errorf("another address is answered %d", code)
	}
}

func TestWhileTheNodeStartsItSaysSo(t *testing.T) {
	d, err := door.New(door.Options{
		Node: "node-1", Role: "edge", Core: nothing{}, Write: func(context.Context, func(door.Writer) error) error { return errors.New("not yet") },
		Now: time.Now, ClinicNow: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	n := &node{t: t}
	n.serve(d)
	n.call("GET", "/healthz", "", nil, nil).into(200, nil)
	n.call("GET", "/readyz", "", nil, nil).into(503, nil)
	if a := n.call("GET", "/api/v1/status", "", nil, nil); a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	} else {
		a.refused(503, "unavailable")
	}
}

func TestOutsideEventsReachThoseWhoMayHearThemOnce(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	key, id, err := n.door.NewAppKey(t.Context(), "old app", "appointment.*")
	if err != nil {
		t.Fatal(err)
	}
	desk, board := n.screen(c.coordinator, ""), n.screen(c.board, "")
	event := api.OutsideEvent{ID: newID(), Type: "appointment.reminder", Subject: api.Subject{Kind: "appointment", ID: newID()}, Data: map[string]any{"minutes": 30}}
	for range 2 {
		n.call("POST", "/api/v1/events", key, event, nil).into(200, nil)
	}
	desk.connect()
	desk.until("the event", func() bool { return len(desk.events) == 1 })
	board.poll()
	if len(board.events) != 0 {
		t.Error("a board hears of appointments")
	}
	n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID})
	desk.until("the next event", func() bool { return len(desk.events) > 1 })
	for id, times := range desk.events {
		if times != 1 {
			t.Errorf("event %s was heard %d times", id, times)
		}
	}
	bad := event
	bad.Data = map[string]any{"minutes": 45}
	n.call("POST", "/api/v1/events", key, bad, nil).refused(409, "id_reused")
	bad.ID, bad.Data = newID(), map[string]any{"x": strings.Repeat("x", 5_000)}
	n.call("POST", "/api/v1/events", key, bad, nil).refused(413, "too_large")
	bad.Type, bad.Data = "queue.called", nil
	n.call("POST", "/api/v1/events", key, bad, nil).refused(403, "forbidden")
	bad.Type = "appointment.invented"
	n.call("POST", "/api/v1/events", key, bad, nil).refused(422, "invalid")
	n.call("POST", "/api/v1/events", c.admin, event, nil).refused(403, "forbidden")
	if err := n.door.RevokeAppKey(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	n.call("POST", "/api/v1/events", key, event, nil).refused(401, "unauthenticated")
}

func TestScreensAndDocuments(t *testing.T) {
	n := startNode(t, nil)
	cases := []struct{ path, body, cache string }{
		{"/", "index", "no-cache"}, {"/kiosk", "kiosk page", "no-cache"}, {"/kiosk/", "kiosk page", "no-cache"},
		{"/assets/app-Ab12Cd34.js", "js", "public, max-age=31536000, immutable"},
	}
	for _, c := range cases {
		a := n.call("GET", c.path, "", nil, nil)
		if a.status != 200 || string(a.body) != c.body || a.header.Get("Cache-Control") != c.cache {
			t.Errorf("%s: %d %q %q", c.path, a.status, a.body, a.header.Get("Cache-Control"))
		}
		if csp := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'self'") || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", c.path, a.header)
		}
	}
	first := n.call("GET", "/big", "", nil, http.Header{"Accept-Encoding": {"gzip"}})
	if first.header.Get("Content-Encoding") != "gzip" || len(first.body) > 1000 {
		t.Errorf("a page that can be packed comes as %d bytes, %v", len(first.body), first.header)
	}
	n.call("GET", "/big", "", nil, http.Header{"If-None-Match": {first.header.Get("Etag")}}).into(304, nil)
	if plain := n.call("GET", "/big", "", nil, http.Header{"Accept-Encoding": {"identity"}}); len(plain.body) != 10_000 {
		t.Errorf("who cannot unpack gets %d bytes", len(plain.body))
	}
	for _, path := range []string{"/assets", "/../etc/passwd", "/kiosk.html/..", "/%2e%2e/door.go"} {
		if a := n.call("GET", path, "", nil, nil); a.status != 404 && a.status != 200 || strings.Contains(string(a.body), "root:") {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	for path, want := range map[string]string{"/openapi.json": `"/api/v1/actions"`, "/asyncapi.json": `"asyncapi": "3.0.0"`, "/docs": "EntryEvent", "/docs.css": "body", "/report.css": "src:url(/assets/noto-sans-devanagari-devanagari-700-normal-Ab12Cd34.woff2)"} {
		a := n.call("GET", path, "", nil, nil)
		if a.status != 200 || !strings.Contains(string(a.body), want) {
			t.Errorf("%s: %d, no %s", path, a.status, want)
		}
		if strings.Contains(string(a.body), "https://unpkg") || strings.Contains(string(a.body), "cdn") {
			t.Errorf("%s loads from elsewhere", path)
		}
	}
}

func TestWithoutABuildEveryScreenSaysHowToMakeOne(t *testing.T) {
	n := startNode(t, func(o *door.Options) { o.Web = emptyFS{} })
	for _, path := range []string{"/", "/kiosk"} {
		if a := n.call("GET", path, "", nil, nil); a.status != 200 || !strings.Contains(string(a.body), "make web") {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

func TestSocketsOfStrangersAreRefused(t *testing.T) {
	n := startNode(t, nil)
	token := n.admin()
	for name, header := range map[string]http.Header{
		"nobody":            {},
		"a forged token":    {"Authorization": {"Bearer sgs_" + strings.Repeat("A", 43)}},
		"a page elsewhere":  {"Authorization": {"Bearer " + token}, "Origin": {"https://evil.example"}},
		"a forged prefix":   {"Authorization": {"Bearer sgp_AAAA"}},
		"an unknown scheme": {"Authorization": {"Basic " + token}},
	} {
		_, res, err := websocket.DefaultDialer.Dial("ws"+n.url[4:]+"/ws", header)
		if err == nil || res.StatusCode != 401 && res.StatusCode != 403 || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %v %v", name, res, err)
		}
	}
	conn, _, err := websocket.DefaultDialer.Dial("ws"+n.url[4:]+"/ws?token="+token, nil)
	if err != nil {
		t.Fatalf("a token in the query: %v", err)
	}
	conn.Close()
	n.call("GET", "/api/v1/session?token="+token, "", nil, nil).refused(401, "unauthenticated")
}

func FuzzCursor(f *testing.F) {
	f.Add([]byte{}, 0)
	f.Add([]byte{1, 1, 0, 0, 0}, 1)
	f.Add([]byte("\x01\x00\x05queue\x00\x0a2026-01-01............"), 0)
	f.Add([]byte("\x01\x02\xffqueue"), 2)
	f.Fuzz(func(t *testing.T, body []byte, scopes int) {
		if scopes < 0 || scopes > 8 {
			return
		}
		if err := door.ReadSealed(body, scopes); err != nil && err.Error() == "" {
			t.Error("an error without a reason")
		}
	})
}
