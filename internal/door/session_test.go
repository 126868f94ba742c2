package door_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/sync/feed"
)

func TestSetupMakesTheFirstAdminOnce(t *testing.T) {
	n := startNode(t, nil)
	if n.setupCode == "" {
		t.Fatal("no setup code was told")
	}
	var status api.Status
	n.call("GET", "/api/v1/status", "", nil, nil).into(200, &status)
	if !status.Setup || status.Node != n.id || status.Uplink != nil {
		t.Errorf("status %+v, want setup and nothing private", status)
	}
	n.call("POST", "/api/v1/setup", "", api.SetupRequest{Code: "AAAA-AAAA", Admin: api.SetupAdmin{Name: "Eve", PIN: "1234"}}, nil).refused(401, "unauthenticated")
	code := n.setupCode
	token := n.admin()
	var me api.Session
	n.call("GET", "/api/v1/session", token, nil, nil).into(200, &me)
	if me.User.Role != "admin" || me.User.Name != "Asha" || me.ExpiresAt == nil || me.Token != "" {
		t.Errorf("session %+v", me)
	}
	n.call("POST", "/api/v1/setup", "", api.SetupRequest{Code: code, Admin: api.SetupAdmin{Name: "Eve", PIN: "1234"}}, nil).refused(401, "unauthenticated")
	n.setupCode = ""
	n.restart()
	if n.setupCode != "" {
		t.Error("a node that has an admin prints a setup code")
	}
	n.call("GET", "/api/v1/status", "", nil, nil).into(200, &status)
}

func TestSessionsSurviveARestartAndEndWhenAsked(t *testing.T) {
	n := startNode(t, nil)
	token := n.admin()
	n.restart()
	n.call("GET", "/api/v1/session", token, nil, nil).into(200, nil)
	n.call("DELETE", "/api/v1/session", token, nil, nil).into(204, nil)
	n.call("GET", "/api/v1/session", token, nil, nil).refused(401, "unauthenticated")
	n.restart()
	n.call("GET", "/api/v1/session", token, nil, nil).refused(401, "unauthenticated")
}

func TestStaffIdleOutAndDevicesDoNot(t *testing.T) {
	n := startNode(t, nil)
	admin := n.admin()
	kiosk := n.device("kiosk")
	n.clock.advance(11 * time.Hour)
	n.call("GET", "/api/v1/session", admin, nil, nil).into(200, nil)
	n.clock.advance(11 * time.Hour)
	n.call("GET", "/api/v1/session", admin, nil, nil).into(200, nil)
	n.clock.advance(13 * time.Hour)
	n.call("GET", "/api/v1/session", admin, nil, nil).refused(401, "unauthenticated")
	n.clock.advance(300 * 24 * time.Hour)
	n.call("GET", "/api/v1/session", kiosk, nil, nil).into(200, nil)
}

func TestTheLastUseOfASessionSurvivesARestart(t *testing.T) {
	n := startNode(t, nil)
	admin := n.admin()
	n.clock.advance(11 * time.Hour)
	n.call("GET", "/api/v1/session", admin, nil, nil).into(200, nil)
	n.restart()
	n.clock.advance(2 * time.Hour)
	n.call("GET", "/api/v1/session", admin, nil, nil).into(200, nil)
}

func TestWatchingAloneDoesNotKeepASession(t *testing.T) {
	n := startNode(t, nil)
	admin := n.admin()
	n.clock.advance(11 * time.Hour)
	n.screen(admin, "")
	n.clock.advance(2 * time.Hour)
	n.call("GET", "/api/v1/snapshot", admin, nil, nil).refused(401, "unauthenticated")
}

// gate lets a test act between the moment a session's rights were read and the moment they are used.
type gate struct {
	door.Core
	after atomic.Pointer[func()]
}

func (g *gate) View(fn func(feed.Tx) error) error {
	err := g.Core.View(fn)
	if after := g.after.Swap(nil); after != nil {
		(*after)()
	}
	return err
}

func TestRightsThatEndWhileTheyAreReadAreNotUsed(t *testing.T) {
	g := &gate{}
	n := startNode(t, func(o *door.Options) { g.Core = o.Core; o.Core = g })
	c := n.crew()
	n.restart() // no session is in memory any more
	admin := n.signIn("Asha", adminPIN)
	disable := func() { n.done(admin, "staff.disable", map[string]any{"staff": c.staffIDs["Bina"]}, nil) }
	g.after.Store(&disable)
	n.call("GET", "/api/v1/session", c.coordinator, nil, nil).refused(401, "unauthenticated")
}

func TestANewPINEndsTheSessionsThatWereBegunWithTheOldOne(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	second := n.signIn("bina", staffPIN)
	n.restart() // the second one is on disk only
	n.call("GET", "/api/v1/session", c.coordinator, nil, nil).into(200, nil)
	n.clock.advance(-time.Hour) // a box without a clock battery
	n.done(n.signIn("Asha", adminPIN), "staff.reset_pin", map[string]any{"staff": c.staffIDs["Bina"], "pin": "998877"}, nil)
	for which, token := range map[string]string{"in memory": c.coordinator, "on disk": second} {
		if a := n.call("GET", "/api/v1/session", token, nil, nil); a.status != 401 {
			t.Errorf("the session %s is answered %d", which, a.status)
		}
	}
	fresh := n.signIn("bina", "998877")
	n.restart()
	n.call("GET", "/api/v1/session", fresh, nil, nil).into(200, nil)
	n.call("GET", "/api/v1/session", c.guruji, nil, nil).into(200, nil)
	n.call("GET", "/api/v1/session", c.kiosk, nil, nil).into(200, nil)
	n.call("GET", "/api/v1/session", second, nil, nil).refused(401, "unauthenticated")
}

func TestWhoCameWhileTheDeviceWasCutOffKeepsTheirTime(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	n.screen(c.kiosk, "") // the kiosk hears the node
	heard := n.clock.Now()
	n.clinic.advance(10 * time.Minute)
	n.clock.advance(10 * time.Minute)
	n.screen(c.kiosk, "") // it is back
	now := n.clock.Now()
	for name, tc := range map[string]struct{ at, want time.Time }{
		"while cut off":         {now.Add(-5 * time.Minute), now.Add(-5 * time.Minute)},
		"before it was cut off": {now.Add(-30 * time.Minute), heard},
		"in the future":         {now.Add(time.Hour), now},
		"now":                   {now, now},
	} {
		id := newID()
		action := api.Action{ID: id, Type: "queue.check_in", At: api.At(tc.at).String(), Data: json.RawMessage(`{"guruji":"` + c.gurujiID + `"}`)}
		n.call("POST", "/api/v1/actions", c.kiosk, api.ActionsRequest{Actions: []api.Action{action}}, nil).into(200, nil)
		row := n.screen(c.coordinator, "").rows["row "+id]
		text, _ := row["checkedInAt"].(string)
		got, err := time.Parse(time.RFC3339, text)
		if err != nil || got.Sub(tc.want).Abs() > 10*time.Second {
			t.Errorf("%s: checked in at %v, want %v", name, row["checkedInAt"], tc.want)
		}
	}
}

func TestAWrongNameAndAWrongPINAreToldAlike(t *testing.T) {
	n := startNode(t, nil)
	n.admin()
	wrong := n.call("POST", "/api/v1/session", "", api.SessionRequest{User: "asha", PIN: "0000"}, nil)
	nobody := n.call("POST", "/api/v1/session", "", api.SessionRequest{User: "nobody", PIN: "0000"}, nil)
	wrong.refused(401, "unauthenticated")
	if string(wrong.body) != string(nobody.body) {
		t.Errorf("%s is not %s", wrong.body, nobody.body)
	}
}

func TestWrongPINsWaitLongerAndLongerButNeverForEver(t *testing.T) {
	n := startNode(t, nil)
	n.admin()
	n.clock.stop()
	try := func(user, pin string) answer {
		return n.call("POST", "/api/v1/session", "", api.SessionRequest{User: user, PIN: pin}, nil)
	}
	var waits []string
	for range 8 {
		a := try("Asha", "0000")
		for a.status == http.StatusTooManyRequests {
			p := a.refused(429, "locked_out")
			if !p.Retryable {
				t.Error("locked_out is not retryable")
			}
			waits = append(waits, a.header.Get("Retry-After"))
			try("asha", adminPIN).refused(429, "locked_out") // the right PIN, and another spelling, wait as well
			wait, err := time.ParseDuration(a.header.Get("Retry-After") + "s")
			if err != nil {
				t.Fatal(err)
			}
			n.clock.advance(wait)
			a = try("Asha", "0000")
		}
		a.refused(401, "unauthenticated")
	}
	if got, want := strings.Join(waits, " "), "1 2 4 8 16"; got != want {
		t.Errorf("waits %q, want %q", got, want)
	}
	n.clock.advance(5 * time.Minute)
	if a := try("Asha", adminPIN); a.status != 200 {
		t.Errorf("after five minutes the right PIN is answered %d %s", a.status, a.body)
	}
}

func TestASlipsLinkOpensItsOwnEntryOnly(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	mine := n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID, "person": person("Farida Sheikh", "9822011111")})
	other := n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID, "person": person("Govind Rao", "9822022222")})
	if !strings.HasPrefix(mine.Link, "/patient#t=") {
		t.Fatalf("link %q", mine.Link)
	}
	var s api.Session
	n.call("POST", "/api/v1/session", "", api.SessionRequest{Link: mine.Link}, nil).into(200, &s)
	if s.User.Role != "patient" || s.User.EntryID != mine.Entry {
		t.Errorf("session %+v", s)
	}
	shot := n.call("GET", "/api/v1/snapshot", s.Token, nil, nil)
	shot.into(200, nil)
	if !strings.Contains(string(shot.body), mine.Token) || strings.Contains(string(shot.body), "Govind") {
		t.Errorf("snapshot %s", shot.body)
	}
	if r := n.action(s.Token, "queue.leave", map[string]any{"entry": other.Entry}); r.Error == nil || r.Error.Code != "forbidden" {
		t.Errorf("a patient made another leave: %+v", r)
	}
	n.action(c.admin, "guruji.set_capacity", map[string]any{"guruji": c.gurujiID, "capacity": 1})
	waits := n.action(c.kiosk, "queue.join_waitlist", map[string]any{"guruji": c.gurujiID, "person": person("Hema Rao", "9822033333")})
	data, _ := waits.Data.(map[string]any)
	admitted := n.action(c.coordinator, "queue.admit", map[string]any{"waitlist": data["waitlist"]})
	data, _ = admitted.Data.(map[string]any)
	link, _ := data["link"].(string)
	n.call("POST", "/api/v1/session", "", api.SessionRequest{Link: link}, nil).into(200, &s)
	if s.User.EntryID != data["entry"] {
		t.Errorf("who was admitted from the waitlist got the link %q, which opens %+v", link, s.User)
	}
	for i := strings.Index(mine.Link, "sgp_") + 4; i < len(mine.Link)-1; i += 7 { // the last letter has bits that mean nothing
		other := byte('A')
		if mine.Link[i] == other {
			other = 'B'
		}
		broken := mine.Link[:i] + string(other) + mine.Link[i+1:]
		n.call("POST", "/api/v1/session", "", api.SessionRequest{Link: broken}, nil).refused(401, "unauthenticated")
	}
	n.clock.advance(25 * time.Hour)
	n.call("GET", "/api/v1/snapshot", s.Token, nil, nil).refused(401, "unauthenticated")
}

func TestRightsEndAtOnce(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	n.done(c.admin, "staff.disable", map[string]any{"staff": c.staffIDs["Bina"]}, nil)
	n.call("GET", "/api/v1/session", c.coordinator, nil, nil).refused(401, "unauthenticated")
	n.call("POST", "/api/v1/session", "", api.SessionRequest{User: "bina", PIN: staffPIN}, nil).refused(401, "unauthenticated")
}

func TestANewPINReplacesTheOldOneAndIsNowhereInTheClear(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	n.done(c.admin, "staff.reset_pin", map[string]any{"staff": c.staffIDs["Bina"], "pin": "secret-pin-77"}, nil)
	n.call("POST", "/api/v1/session", "", api.SessionRequest{User: "bina", PIN: staffPIN}, nil).refused(401, "unauthenticated")
	token := n.signIn("Bina", "secret-pin-77")
	n.call("GET", "/ws?token="+token, "", nil, nil).refused(426, "invalid")
	again := api.Action{ID: newID(), Type: "staff.reset_pin"}
	for i, want := range []string{api.Applied, api.Duplicate} { // the PIN is no part of what an action's id stands for
		again.Data = json.RawMessage(fmt.Sprintf(`{"staff":%q,"pin":"secret-pin-7%d"}`, c.staffIDs["Bina"], 8-i))
		var out api.ActionsResponse
		n.call("POST", "/api/v1/actions", c.admin, api.ActionsRequest{Actions: []api.Action{again}}, nil).into(200, &out)
		if out.Results[0].Status != want {
			t.Errorf("%+v, want %s", out.Results[0], want)
		}
	}
	n.call("POST", "/api/v1/session", "", api.SessionRequest{User: "bina", PIN: "secret-pin-77"}, nil).refused(401, "unauthenticated")
	n.stop()
	for name, secret := range map[string]string{"PIN": "secret-pin-7", "token": token} {
		if strings.Contains(n.log.String(), secret) {
			t.Errorf("the log has the %s", name)
		}
		if n.onDisk(secret) {
			t.Errorf("the disk has the %s", name)
		}
	}
}

func TestCookiesAreTheScreensAndRefuseOtherPages(t *testing.T) {
	n := startNode(t, nil)
	n.admin()
	signIn := func(screen string) *http.Cookie {
		a := n.call("POST", "/api/v1/session", "", api.SessionRequest{User: "Asha", PIN: adminPIN}, http.Header{"Sangam-Screen": {screen}})
		a.into(200, nil)
		res := http.Response{Header: a.header}
		return res.Cookies()[0]
	}
	desk, board := signIn("desk"), signIn("board")
	if desk.Name == board.Name || !strings.HasSuffix(desk.Name, "_desk") || !desk.HttpOnly || desk.SameSite != http.SameSiteStrictMode {
		t.Errorf("cookies %v and %v", desk, board)
	}
	with := func(screen, origin string) http.Header {
		h := http.Header{"Cookie": {desk.Name + "=" + desk.Value}, "Sangam-Screen": {screen}}
		if origin != "" {
			h.Set("Origin", origin)
		}
		return h
	}
	n.call("GET", "/api/v1/session", "", nil, with("desk", "")).into(200, nil)
	n.call("GET", "/api/v1/session?screen=desk", "", nil, http.Header{"Cookie": {desk.Name + "=" + desk.Value}}).into(200, nil)
	n.call("GET", "/api/v1/session", "", nil, with("board", "")).refused(401, "unauthenticated")
	n.call("DELETE", "/api/v1/session", "", nil, with("desk", "https://evil.example")).refused(403, "forbidden")
	n.call("POST", "/api/v1/actions", "", `{"actions":[]}`, with("desk", "null")).refused(403, "forbidden")
	n.call("GET", "/api/v1/session", "", nil, with("Desk/..", "")).refused(422, "invalid")
	n.call("POST", "/api/v1/actions", "", `{"actions":[]}`, with("desk", n.url)).into(200, nil)
}

func TestOtherPagesThatAreNamedMayUseABearerToken(t *testing.T) {
	n := startNode(t, func(o *door.Options) { o.Origins = []string{"https://app.example"} })
	token := n.admin()
	a := n.call("OPTIONS", "/api/v1/actions", "", nil, http.Header{"Origin": {"https://app.example"}, "Access-Control-Request-Method": {"POST"}})
	if a.status != 204 || a.header.Get("Access-Control-Allow-Origin") != "https://app.example" || a.header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("preflight %d %v", a.status, a.header)
	}
	a = n.call("GET", "/api/v1/session", token, nil, http.Header{"Origin": {"https://app.example"}})
	if a.status != 200 || a.header.Get("Access-Control-Allow-Origin") != "https://app.example" {
		t.Errorf("call %d %v", a.status, a.header)
	}
	if a = n.call("GET", "/api/v1/session", token, nil, http.Header{"Origin": {"https://evil.example"}}); a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another page is allowed: %v", a.header)
	}
}
