package replay_test

import (
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/replay"
)

// A call that the healer answers within one frame of the hub is never shown there by itself.
func TestAStateThatWasOvertakenIsThereWithTheNext(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	called := []replay.Told{
		{By: "action", Seq: 11, At: ms(5), Sent: ms(1)},
		{By: "site", Seq: 11, Status: "called", At: ms(8)},
		{By: "action", Seq: 12, At: ms(12), Sent: ms(9)},
	}
	inside := replay.Told{By: "site", Seq: 12, Status: "in_service", At: ms(18)}
	atHub := replay.Told{By: "hub", Seq: 40, Status: "in_service", At: ms(15)}
	later := replay.Told{By: "hub", Seq: 90, Status: "done", At: ms(1700)}
	for name, order := range map[string][]replay.Told{
		"the site's screen first":  {inside, atHub, later},
		"the hub's screen first":   {atHub, inside, later},
		"nothing shown afterwards": {atHub, inside},
	} {
		count, slowest := replay.AtHub(append(called[:3:3], order...)...)
		if count != 2 || slowest > ms(18) {
			t.Errorf("%s: %d actions shown, the slowest after %v, want 2 within 18 ms", name, count, slowest)
		}
	}
}

func TestAStateThatTheHubDoesNotShowIsNotThere(t *testing.T) {
	count, _ := replay.AtHub(
		replay.Told{By: "action", Seq: 11, At: 2},
		replay.Told{By: "site", Seq: 11, Status: "called", At: 3},
		replay.Told{By: "hub", Seq: 40, Status: "waiting", At: 4},
	)
	if count != 0 {
		t.Errorf("%d actions count as shown, want none", count)
	}
}

func TestATokenMayBeGivenAgainOnAnotherDay(t *testing.T) {
	doubled := replay.Doubled(
		[2]string{"2026-01-05", "A001"}, [2]string{"2026-01-05", "A002"}, [2]string{"2026-01-06", "A001"}, [2]string{"2026-01-06", "A001"},
	)
	if len(doubled) != 1 || doubled[0] != "A001 of 2026-01-06" {
		t.Errorf("given twice: %v, want A001 of the second day alone", doubled)
	}
}
