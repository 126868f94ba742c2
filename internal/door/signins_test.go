package door_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

const tablet = "Mozilla/5.0 (Linux; Android 14; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"

func (n *node) tryPIN(user, pin string) answer {
	n.t.Helper()
	return n.call("POST", "/api/v1/session", "", api.SessionRequest{User: user, PIN: pin}, http.Header{"User-Agent": {tablet}, "Sangam-Screen": {"coordinator"}})
}

// hire makes a member of staff who has not signed in yet.
func (n *node) hire(c crew) string {
	n.t.Helper()
	var made clinic.StaffAnswer
	n.done(c.admin, "staff.create", map[string]any{"name": "Esha", "role": "coordinator", "pin": staffPIN}, &made)
	return made.Staff.String()
}

func (n *node) signIns(token, staff string) api.SignIns {
	n.t.Helper()
	var out api.SignIns
	n.call("GET", "/api/v1/sign-ins?staff="+staff, token, nil, nil).into(200, &out)
	return out
}

func TestAnAdminSeesWhenAndFromWhereSomebodySignedIn(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	var session api.Session
	n.tryPIN("Bina", staffPIN).into(200, &session)
	n.screen(session.Token, "")
	rows := n.signIns(c.admin, c.staffIDs["Bina"]).Rows
	if len(rows) != 2 {
		t.Fatalf("%d sign-ins, want this one and that of the crew: %+v", len(rows), rows)
	}
	got := rows[0]
	if got.Browser != "Chrome, Android" || got.Screen != "coordinator" || got.Address != "127.0.0.1" || got.Wrong != 0 || !got.Open || !got.Watched || got.SeenAt == nil || got.EndedAt != nil {
		t.Errorf("signed in as %+v", got)
	}
	n.clock.advance(time.Minute)
	if got := n.signIns(c.admin, c.staffIDs["Bina"]).Rows[0]; !got.Open || got.Watched {
		t.Errorf("not heard for a minute, and it says %+v", got)
	}
	n.call("DELETE", "/api/v1/session", session.Token, nil, nil).into(204, nil)
	if got := n.signIns(c.admin, c.staffIDs["Bina"]).Rows[0]; got.Open || got.Watched || got.EndedAt == nil {
		t.Errorf("signed out, and it says %+v", got)
	}
	n.clock.advance(13 * time.Hour)
	if got := n.signIns(n.signIn("Asha", adminPIN), c.staffIDs["Bina"]).Rows[1]; got.Open || got.EndedAt != nil {
		t.Errorf("not used for 13 hours, and it says %+v", got)
	}
}

func TestWrongPINsAreKeptForTheAdminAndSurviveARestart(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	n.clock.stop()
	for range 3 {
		n.tryPIN("Bina", "000000").refused(401, "unauthenticated")
	}
	n.tryPIN("Bina", "000000").refused(429, "locked_out") // it was not looked at, and does not count
	n.tryPIN("Nobody", "000000").refused(401, "unauthenticated")
	check := func(token string) {
		t.Helper()
		got := n.signIns(token, c.staffIDs["Bina"]).Rows[0]
		if got.Wrong != 3 || got.Browser != "Chrome, Android" || got.Open {
			t.Errorf("three wrong PINs are told as %+v", got)
		}
	}
	check(c.admin)
	locked := n.signIns(c.admin, "").Locked
	if len(locked) != 1 || locked[0].Staff != c.staffIDs["Bina"] || !locked[0].Until.After(n.clock.Now()) {
		t.Errorf("locked out are %+v", locked)
	}
	n.restart()
	check(n.signIn("Asha", adminPIN))
	n.tryPIN("Bina", "000000").refused(401, "unauthenticated")
	n.restart()
	if got := n.signIns(n.signIn("Asha", adminPIN), c.staffIDs["Bina"]).Rows[0]; got.Wrong != 4 {
		t.Errorf("one more of the same day makes %d", got.Wrong)
	}
}

func TestOfAllStaffTheLastSignInAndTheLastRefusalAreTold(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	n.signIn("Bina", staffPIN)
	n.tryPIN("Bina", "000000").refused(401, "unauthenticated")
	came, wrong := map[string]int{}, map[string]int{}
	for _, row := range n.signIns(c.admin, "").Rows {
		if row.Wrong > 0 {
			wrong[row.Staff]++
		} else {
			came[row.Staff]++
		}
	}
	for name, id := range c.staffIDs {
		if came[id] != 1 {
			t.Errorf("%s: %d sign-ins, want the last one", name, came[id])
		}
	}
	if len(wrong) != 1 || wrong[c.staffIDs["Bina"]] != 1 {
		t.Errorf("refused were %v", wrong)
	}
}

func TestOnlyAdminsSeeSignInsAndDevices(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	for who, token := range map[string]string{"a coordinator": c.coordinator, "a guruji": c.guruji, "a kiosk": c.kiosk, "a board": c.board} {
		for _, path := range []string{"/api/v1/sign-ins", "/api/v1/devices"} {
			if a := n.call("GET", path, token, nil, nil); a.status != 403 {
				t.Errorf("%s is answered %d by %s", who, a.status, path)
			}
		}
	}
	if got := n.signIns(c.admin, n.hire(c)).Rows; got == nil || len(got) > 0 {
		t.Errorf("who never signed in has %v", got)
	}
	n.call("GET", "/api/v1/sign-ins?staff="+newID(), c.admin, nil, nil).refused(404, "not_found")
	n.call("GET", "/api/v1/sign-ins?staff=x", c.admin, nil, nil).refused(422, "invalid")
}

func TestAnAdminSeesWhatADeviceDoesNow(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	find := func(token string, has func(api.DeviceNow) bool) (out api.DeviceNow) {
		t.Helper()
		var now api.DevicesNow
		n.call("GET", "/api/v1/devices", token, nil, nil).into(200, &now)
		for _, row := range now.Rows {
			if has(row) {
				return row
			}
		}
		t.Fatalf("none of %+v", now.Rows)
		return out
	}
	n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID})
	n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID})
	n.checkIn(c.coordinator, map[string]any{"guruji": c.gurujiID})
	gave := func(row api.DeviceNow) bool { return row.Tokens > 0 }
	kiosk := find(c.admin, gave)
	if kiosk.Tokens != 2 || kiosk.LastTokenAt == nil {
		t.Errorf("the kiosk gave two: %+v", kiosk)
	}
	n.screen(c.kiosk, "")
	if kiosk = find(c.admin, gave); !kiosk.Live || kiosk.HeardAt == nil {
		t.Errorf("its screen stands open: %+v", kiosk)
	}
	n.clock.advance(time.Minute)
	if kiosk = find(c.admin, gave); kiosk.Live || kiosk.HeardAt == nil {
		t.Errorf("not heard for a minute: %+v", kiosk)
	}
	n.restart()
	if kiosk = find(n.signIn("Asha", adminPIN), gave); kiosk.HeardAt != nil || kiosk.Live {
		t.Errorf("not heard since the start: %+v", kiosk)
	}
}
