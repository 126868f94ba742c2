package replay_test

import (
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/replay"
	"github.com/aashram-care/sangam/internal/testkit"
)

// TestASecondReplayFindsItsPeopleAndKiosksAgain plays two short days on one site that has no line.
func TestASecondReplayFindsItsPeopleAndKiosksAgain(t *testing.T) {
	edge := testkit.StartProcess(t, "edge", "--site-name", "Nirmal Dham")
	testkit.Run(t, pin, "staff", "add", "--data", edge.Dir, "--name", "Meera", "--role", "admin")
	admin := &caller{t: t, base: edge.URL}
	admin.signIn(api.SessionRequest{User: "Meera", PIN: pin})
	for run := range 2 {
		o := replay.Options{
			Day: hour(6, uint64(run)), Speed: 2000, Gurujis: 2, Kiosks: 2, Listeners: 2, Seed: uint64(run) + 1,
			Site: edge.URL, Admin: replay.Account{Name: "Meera", PIN: pin},
		}
		report, err := replay.Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := report.Verdict(); err != nil {
			t.Error(err)
		}
		if in := report.Types["queue.check_in"]; in.Applied != 6 || report.Frames == 0 {
			t.Errorf("run %d: %d came, the listeners got %d frames", run, in.Applied, report.Frames)
		}
	}
	var shot struct {
		View struct {
			Rows []struct {
				Kind   string
				Fields struct{ Name, State string }
			}
		}
	}
	admin.must("GET", "/api/v1/snapshot?view=admin", nil, &shot)
	kiosks, gurujis := 0, 0
	for _, row := range shot.View.Rows {
		if row.Kind == "device" && strings.HasPrefix(row.Fields.Name, "Hall") && row.Fields.State == "approved" {
			kiosks++
		}
		if row.Kind == "staff" && strings.HasPrefix(row.Fields.Name, "Replay guruji") {
			gurujis++
		}
	}
	if kiosks != 2 || gurujis != 2 {
		t.Errorf("after two replays the site has %d kiosks and %d gurujis of the replay's, want 2 and 2", kiosks, gurujis)
	}
}
