package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aashram-care/sangam/internal/api"
)

// coordinatorCount is how many desks there are. More would not change what the site has to do.
const coordinatorCount = 2

// crew is everybody who acts in a replay, signed in.
type crew struct {
	admin        *caller
	gurujis      []*caller
	coordinators []*caller
	kiosks       []*caller
	hub          *caller // nil without a hub
}

// gather signs everybody in. Who is missing is created under a name of the replay's own; who is there from an earlier
// replay gets a new PIN.
func gather(ctx context.Context, o Options) (*crew, error) {
	c := &crew{admin: newCaller(o.Site, "admin")}
	if err := c.admin.signIn(ctx, api.SessionRequest{User: o.Admin.Name, PIN: o.Admin.PIN}); err != nil {
		return nil, err
	}
	if c.admin.user.Role != "admin" {
		return nil, fmt.Errorf("%s is %s: a replay needs an admin, who creates the staff that is missing", o.Admin.Name, c.admin.user.Role)
	}
	var there api.SessionNames
	if _, err := c.admin.do(ctx, http.MethodGet, "/api/v1/session/names", nil, &there); err != nil {
		return nil, fmt.Errorf("list the staff: %w", err)
	}
	known := map[string]string{}
	for _, n := range there.Names {
		known[n.Name] = n.ID
	}
	for i := range o.Gurujis {
		g, err := c.hire(ctx, o.Staff, known, "guruji", i)
		if err != nil {
			return nil, err
		}
		data := map[string]any{"guruji": g.user.GurujiID, "availability": "available"}
		if err := c.must(ctx, g, "guruji.set_availability", data); err != nil {
			return nil, err
		}
		c.gurujis = append(c.gurujis, g)
	}
	for i := range coordinatorCount {
		desk, err := c.hire(ctx, o.Staff, known, "coordinator", i)
		if err != nil {
			return nil, err
		}
		c.coordinators = append(c.coordinators, desk)
	}
	if err := c.sendHome(ctx); err != nil {
		return nil, err
	}
	for i := range o.Kiosks {
		kiosk, err := c.pair(ctx, fmt.Sprintf("Hall %d", i+1))
		if err != nil {
			return nil, err
		}
		c.kiosks = append(c.kiosks, kiosk)
	}
	if o.Hub != "" {
		c.hub = newCaller(o.Hub, "centre")
		if err := c.hub.signIn(ctx, api.SessionRequest{User: o.HubUser.Name, PIN: o.HubUser.PIN}); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// hire signs in the i-th member of staff of a role: one whose PIN is known while there are any, then one of the
// replay's own.
func (c *crew) hire(ctx context.Context, staff []api.DescribeUser, known map[string]string, role string, i int) (*caller, error) {
	who := newCaller(c.admin.base, role)
	for _, u := range staff {
		if u.Role != role {
			continue
		}
		if i == 0 {
			return who, who.signIn(ctx, api.SessionRequest{User: u.Name, PIN: u.PIN})
		}
		i--
	}
	name, pin := fmt.Sprintf("Replay %s %02d", role, i+1), newPIN()
	command, data := "staff.create", map[string]any{"name": name, "role": role, "pin": pin}
	if role == "guruji" {
		data["room"] = fmt.Sprint(i + 1)
	}
	if id, ok := known[name]; ok {
		command, data = "staff.reset_pin", map[string]any{"staff": id, "pin": pin}
	}
	if err := c.must(ctx, c.admin, command, data); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := who.signIn(ctx, api.SessionRequest{User: name, PIN: pin}); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return who, nil
}

// sendHome switches off the gurujis that nobody plays: a person given to them would wait for ever.
func (c *crew) sendHome(ctx context.Context) error {
	_, queue, err := c.coordinators[0].snapshot(ctx, api.ViewQueue, "")
	if err != nil {
		return err
	}
	played := map[string]bool{}
	for _, g := range c.gurujis {
		played[g.user.GurujiID] = true
	}
	for _, g := range queue.Gurujis {
		if played[g.ID] {
			continue
		}
		data := map[string]any{"guruji": g.ID, "availability": "off"}
		if err := c.must(ctx, c.coordinators[0], "guruji.set_availability", data); err != nil {
			return err
		}
	}
	return nil
}

// pair asks as a kiosk to be let in, and lets it in as the admin.
func (c *crew) pair(ctx context.Context, name string) (*caller, error) {
	kiosk := newCaller(c.admin.base, "kiosk")
	request := api.SessionRequest{Device: &api.DeviceSignIn{Kind: "kiosk", Name: name}}
	asked, err := untilAnswered(ctx, func() (asked api.DevicePending, err error) {
		_, err = kiosk.do(ctx, http.MethodPost, "/api/v1/session", request, &asked)
		return asked, err
	})
	if err != nil {
		return nil, fmt.Errorf("%s asks to be let in: %w", name, err)
	}
	device, err := c.deviceShowing(ctx, asked.Code)
	if err != nil {
		return nil, fmt.Errorf("find %s among the devices that ask: %w", name, err)
	}
	if err := c.must(ctx, c.admin, "device.approve", map[string]any{"device": device}); err != nil {
		return nil, fmt.Errorf("let %s in: %w", name, err)
	}
	request = api.SessionRequest{Device: &api.DeviceSignIn{RequestID: asked.RequestID}}
	for {
		var status int
		text, err := untilAnswered(ctx, func() (text json.RawMessage, err error) {
			status, err = kiosk.do(ctx, http.MethodPost, "/api/v1/session", request, &text)
			return text, err
		})
		if err != nil {
			return nil, fmt.Errorf("%s takes its session: %w", name, err)
		}
		if status != http.StatusAccepted {
			var session api.Session
			if err := json.Unmarshal(text, &session); err != nil {
				return nil, fmt.Errorf("%s takes its session: %w", name, err)
			}
			kiosk.token, kiosk.user = session.Token, session.User
			return kiosk, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// deviceShowing is the device that shows a code, as the admin's screen lists it.
func (c *crew) deviceShowing(ctx context.Context, code string) (string, error) {
	var shot struct {
		View struct {
			Rows []struct {
				Kind   string         `json:"kind"`
				ID     string         `json:"id"`
				Fields map[string]any `json:"fields"`
			} `json:"rows"`
		} `json:"view"`
	}
	if _, err := c.admin.do(ctx, http.MethodGet, "/api/v1/snapshot?view=admin", nil, &shot); err != nil {
		return "", err
	}
	for _, r := range shot.View.Rows {
		if r.Kind == "device" && r.Fields["code"] == code {
			return r.ID, nil
		}
	}
	return "", fmt.Errorf("none shows the code %s", code)
}

// must does an action that a replay cannot go on without.
func (c *crew) must(ctx context.Context, who *caller, command string, data any) error {
	action, err := newAction(command, data, nil)
	if err != nil {
		return err
	}
	out, err := who.act(ctx, nil, action)
	if err != nil {
		return err
	}
	if out.Error != nil {
		return fmt.Errorf("%s was refused: %w", command, errors.New(out.Error.Code+": "+out.Error.Message))
	}
	return nil
}

// Names of nobody: made by joining common given and family names.
var (
	givenNames  = []string{"Asha", "Ramesh", "सीता", "Imran", "Lakshmi", "Joseph", "मीना", "Govind", "Farida", "Arun", "कमला", "Harpreet"}
	familyNames = []string{"Patil", "Kulkarni", "शर्मा", "Shaikh", "Iyer", "D'Souza", "जोशी", "Rathod", "Verma", "Nene", "देसाई"}
)

// personName is the made-up name of the n-th visitor.
func personName(n int) string {
	return givenNames[n%len(givenNames)] + " " + familyNames[n/len(givenNames)%len(familyNames)]
}
