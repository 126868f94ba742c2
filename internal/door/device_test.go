package door_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
)

func TestADeviceIsLetInByAnAdminOnce(t *testing.T) {
	n := startNode(t, nil)
	admin := n.admin()
	var asked api.DevicePending
	n.call("POST", "/api/v1/session", "", api.SessionRequest{Device: &api.DeviceSignIn{Kind: "kiosk", Name: "Gate"}}, nil).into(202, &asked)
	again := api.SessionRequest{Device: &api.DeviceSignIn{RequestID: asked.RequestID}}
	var still api.DevicePending
	n.call("POST", "/api/v1/session", "", again, nil).into(202, &still)
	if still != asked || asked.Code == "" {
		t.Errorf("asked %+v, then %+v", asked, still)
	}
	n.restart()
	n.call("POST", "/api/v1/session", "", again, nil).into(202, &still)
	if waiting := n.devices(admin, "requested"); still != asked || len(waiting) != 1 {
		t.Errorf("after a reload it is answered %+v, and %d requests wait", still, len(waiting))
	}
	device := n.deviceShowing(admin, asked.Code)
	n.done(admin, "device.approve", map[string]any{"device": device}, nil)
	var s api.Session
	n.call("POST", "/api/v1/session", "", again, nil).into(200, &s)
	if s.User.Role != "kiosk" || s.User.ID != device || s.ExpiresAt != nil {
		t.Errorf("session %+v", s)
	}
	n.call("POST", "/api/v1/session", "", again, nil).refused(404, "not_found")
	n.call("GET", "/api/v1/snapshot", s.Token, nil, nil).into(200, nil)
	n.done(admin, "device.revoke", map[string]any{"device": device}, nil)
	n.call("GET", "/api/v1/snapshot", s.Token, nil, nil).refused(401, "unauthenticated")
}

// devices are the ids of the devices in a state, with the code each shows, as an admin's screen has them.
func (n *node) devices(admin, state string) map[string]string {
	n.t.Helper()
	var shot struct {
		View struct {
			Rows []struct {
				Kind, ID string
				Fields   map[string]any
			}
		}
	}
	n.call("GET", "/api/v1/snapshot?view=admin", admin, nil, nil).into(200, &shot)
	found := map[string]string{}
	for _, r := range shot.View.Rows {
		if r.Kind == "device" && r.Fields["state"] == state {
			found[r.ID], _ = r.Fields["code"].(string)
		}
	}
	return found
}

// deviceShowing finds the id of the device that shows a code.
func (n *node) deviceShowing(admin, code string) string {
	n.t.Helper()
	waiting := n.devices(admin, "requested")
	for id, shows := range waiting {
		if shows == code {
			return id
		}
	}
	n.t.Fatalf("no device shows %s among %v", code, waiting)
	return ""
}

func TestAPairCodeWorksOnce(t *testing.T) {
	n := startNode(t, nil)
	n.admin()
	code, _, err := n.door.PairDevice(t.Context(), adminActor, "board", "Hall")
	if err != nil {
		t.Fatal(err)
	}
	var s api.Session
	n.call("POST", "/api/v1/session", "", api.SessionRequest{Pair: code}, nil).into(200, &s)
	if s.User.Role != "board" {
		t.Errorf("session %+v", s)
	}
	n.call("POST", "/api/v1/session", "", api.SessionRequest{Pair: code}, nil).refused(401, "unauthenticated")
	n.call("POST", "/api/v1/session", "", api.SessionRequest{Pair: "AAAA-2222"}, nil).refused(401, "unauthenticated")
}

func TestOfManyWhoKnowACodeOneGetsIn(t *testing.T) {
	n := startNode(t, nil)
	n.admin()
	code, _, err := n.door.PairDevice(t.Context(), adminActor, "board", "Hall")
	if err != nil {
		t.Fatal(err)
	}
	statuses := make(chan int, 8)
	for range cap(statuses) {
		go func() { statuses <- n.call("POST", "/api/v1/session", "", api.SessionRequest{Pair: code}, nil).status }()
	}
	in := 0
	for range cap(statuses) {
		if <-statuses == 200 {
			in++
		}
	}
	if in != 1 {
		t.Errorf("%d got in with one code", in)
	}
}

func TestAnAdminLetsADeviceInBeforeItAsks(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	prepare := func(token, kind, name string) answer {
		return n.call("POST", "/api/v1/devices", token, api.DevicePrepare{Kind: kind, Name: name}, nil)
	}
	approved := len(n.devices(c.admin, "approved"))
	for who, token := range map[string]string{"a coordinator": c.coordinator, "a guruji": c.guruji, "a kiosk": c.kiosk, "a board": c.board} {
		if a := prepare(token, "kiosk", "Side door"); a.status != 403 {
			t.Errorf("%s let a device in: %d %s", who, a.status, a.body)
		}
	}
	prepare("", "kiosk", "Side door").refused(401, "unauthenticated")
	for _, wrong := range [][2]string{{"printer", "Desk"}, {"", "Desk"}, {"kiosk", ""}, {"kiosk", strings.Repeat("x", 101)}} {
		prepare(c.admin, wrong[0], wrong[1]).refused(422, "invalid")
	}
	if now, asking := n.devices(c.admin, "approved"), n.devices(c.admin, "requested"); len(now) != approved || len(asking) != 0 {
		t.Errorf("what was refused left %d devices and %d requests", len(now)-approved, len(asking))
	}

	var made, late, dropped api.DevicePrepared
	prepare(c.admin, "kiosk", "Side door").into(200, &made)
	prepare(c.admin, "board", "Hall").into(200, &late)
	prepare(c.admin, "board", "Yard").into(200, &dropped)
	pair := func(code string) answer {
		return n.call("POST", "/api/v1/session", "", api.SessionRequest{Pair: code}, nil)
	}
	var s api.Session
	pair(strings.ToLower(strings.ReplaceAll(made.Code, "-", " "))).into(200, &s)
	if s.User.Role != "kiosk" || s.User.ID != made.Device || s.User.Name != "Side door" {
		t.Errorf("the device is signed in as %+v", s.User)
	}
	pair(made.Code).refused(401, "unauthenticated")
	n.done(c.admin, "device.revoke", map[string]any{"device": dropped.Device}, nil)
	pair(dropped.Code).refused(401, "unauthenticated")
	for _, code := range []string{made.Code, late.Code, strings.ReplaceAll(late.Code, "-", "")} {
		if n.onDisk(code) || strings.Contains(n.log.String(), code) {
			t.Error("a pair code is on the disk or in the log")
		}
	}
	var again api.DevicePrepared
	request := func(device string) answer {
		return n.call("POST", "/api/v1/devices", c.admin, api.DevicePrepare{Device: device}, nil)
	}
	request(made.Device).into(200, &again)
	pair(again.Code).into(200, &s)
	if s.User.ID != made.Device || len(n.devices(c.admin, "approved")) != approved+2 {
		t.Errorf("a device that is let in again is %+v", s.User)
	}
	request(dropped.Device).refused(409, "not_allowed")
	request(newID()).refused(404, "not_found")
	request("Side door").refused(422, "invalid")
	n.call("POST", "/api/v1/devices", c.admin, api.DevicePrepare{Kind: "kiosk", Name: "x", Device: made.Device}, nil).refused(422, "invalid")
	n.clock.advance(late.ExpiresAt.Sub(n.clock.Now()) + time.Second)
	pair(late.Code).refused(401, "unauthenticated")
}
