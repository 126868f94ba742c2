package replay

import (
	"context"
	"errors"
	"fmt"
	"net/http"

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
	if err := c.letKiosksIn(ctx, o.Kiosks); err != nil {
		return nil, err
	}
	if o.Hub != "" {
		c.hub = newCaller(o.Hub, "centre")
		if _, err := c.hub.reach(ctx, o.Reach); err != nil {
			return nil, err
		}
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

// letKiosksIn signs in so many kiosks. One that an earlier replay let in under the same name is let in again; the first of
// all asks from the hall as a new one does, the others get a code before they ask.
func (c *crew) letKiosksIn(ctx context.Context, n int) error {
	known, err := c.devices(ctx, "approved")
	if err != nil {
		return err
	}
	for i := range n {
		name := fmt.Sprintf("Hall %d", i+1)
		kiosk := newCaller(c.admin.base, "kiosk")
		prepare := api.DevicePrepare{Kind: "kiosk", Name: name}
		for id, d := range known {
			if d["name"] == name && d["kind"] == "kiosk" {
				prepare = api.DevicePrepare{Device: id}
			}
		}
		if i == 0 && prepare.Device == "" {
			err = c.admit(ctx, kiosk, name)
		} else {
			err = c.prepare(ctx, kiosk, prepare)
		}
		if err != nil {
			return fmt.Errorf("let %s in: %w", name, err)
		}
		c.kiosks = append(c.kiosks, kiosk)
	}
	return nil
}

// prepare gets a pair code as the admin, and signs the kiosk in with it.
func (c *crew) prepare(ctx context.Context, kiosk *caller, device api.DevicePrepare) error {
	made, err := untilAnswered(ctx, func() (made api.DevicePrepared, err error) {
		_, err = c.admin.do(ctx, http.MethodPost, "/api/v1/devices", device, &made)
		return made, err
	})
	if err != nil {
		return err
	}
	return kiosk.signIn(ctx, api.SessionRequest{Pair: made.Code})
}

// admit asks as a kiosk to be let in, and lets it in as the admin who reads its code.
func (c *crew) admit(ctx context.Context, kiosk *caller, name string) error {
	request := api.SessionRequest{Device: &api.DeviceSignIn{Kind: "kiosk", Name: name}}
	asked, err := untilAnswered(ctx, func() (asked api.DevicePending, err error) {
		_, err = kiosk.do(ctx, http.MethodPost, "/api/v1/session", request, &asked)
		return asked, err
	})
	if err != nil {
		return err
	}
	// A screen that others read at the same moment may be a moment old.
	device, err := untilAnswered(ctx, func() (string, error) {
		waiting, err := c.devices(ctx, "requested")
		for id, d := range waiting {
			if d["code"] == asked.Code {
				return id, nil
			}
		}
		return "", errors.Join(err, errNotShown)
	})
	if err != nil {
		return err
	}
	if err := c.must(ctx, c.admin, "device.approve", map[string]any{"device": device}); err != nil {
		return err
	}
	return kiosk.signIn(ctx, api.SessionRequest{Device: &api.DeviceSignIn{RequestID: asked.RequestID}})
}

var errNotShown = errors.New("the admin's screen does not show the device that asks")

// devices are those in a state, by id, as the admin's screen lists them.
func (c *crew) devices(ctx context.Context, state string) (map[string]map[string]any, error) {
	type answer struct {
		View struct {
			Rows []struct {
				Kind   string         `json:"kind"`
				ID     string         `json:"id"`
				Fields map[string]any `json:"fields"`
			} `json:"rows"`
		} `json:"view"`
	}
	shot, err := untilAnswered(ctx, func() (shot answer, err error) {
		_, err = c.admin.do(ctx, http.MethodGet, "/api/v1/snapshot?view=admin", nil, &shot)
		return shot, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the devices: %w", err)
	}
	found := map[string]map[string]any{}
	for _, r := range shot.View.Rows {
		if r.Kind == "device" && r.Fields["state"] == state {
			found[r.ID] = r.Fields
		}
	}
	return found, nil
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
	fatherNames = []string{"Ramesh", "Govind", "Arun", "Imran", "गणेश", "Joseph", "Vasant", "Harpreet", "Mohan", "Anil", "विष्णु", "Suresh"}
	familyNames = []string{"Patil", "Kulkarni", "शर्मा", "Shaikh", "Iyer", "D'Souza", "जोशी", "Rathod", "Verma", "Nene", "देसाई"}
	complaints  = []string{"knee", "back", "चक्कर", "sleep", "stomach", "खांसी", "shoulder"}
)

// personName is the made-up name of the n-th visitor: their own, their father's and the family's. 1,584 in a row differ.
func personName(n int) string {
	own, rest := n%len(givenNames), n/len(givenNames)
	father := fatherNames[(own+rest/len(familyNames))%len(fatherNames)]
	return givenNames[own] + " " + father + " " + familyNames[(own+rest)%len(familyNames)]
}

// complaint is why the n-th visitor came; no two are alike.
func complaint(n int) string { return fmt.Sprintf("%s, paper %05d", complaints[n%len(complaints)], n) }
