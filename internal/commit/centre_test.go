package commit_test

import (
	"testing"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// A hub has no day of its own. What only a site does is refused there in words, and nothing is ever a fault of ours.
func TestNoCommandIsAFaultOfOursAtTheCentre(t *testing.T) {
	n := hub(t)
	for _, command := range clinic.Commands() {
		for _, role := range command.Roles {
			actor := clinic.Actor{ID: "somebody", Name: "Somebody", Role: role, Device: record.Derive("device").String()}
			for what, data := range map[string]any{"empty": command.Data, "nothing": nil, "a reference": clinic.DeviceApprove{Device: record.Derive("device")}} {
				r := n.act(actor, action(newID(), command.Type, data))
				if r.Error != nil && (r.Error.Code == string(clinic.CodeInternal) || r.Error.Message == "") {
					t.Errorf("%s by %s with %s: %+v", command.Type, role, what, r.Error)
				}
			}
		}
	}
	if err := n.Healthy(); err != nil {
		t.Errorf("afterwards the committer is not well: %v", err)
	}
}

func TestADeviceIsNotLetInAtTheCentre(t *testing.T) {
	n := hub(t)
	r := n.act(admin, action(newID(), "device.approve", clinic.DeviceApprove{Device: record.Derive("a kiosk")}))
	if r.Status != api.Rejected || r.Error.Code != string(clinic.CodeNotAllowed) {
		t.Errorf("got %s, %+v, want it refused as not allowed", r.Status, r.Error)
	}
}
