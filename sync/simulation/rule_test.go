package simulation_test

import (
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/simulation"
)

// A simulation that passes without a rule would prove nothing with it.
func TestEachRuleIsMissed(t *testing.T) {
	for _, r := range simulation.Rules() {
		t.Run(r.Name, func(t *testing.T) {
			const budget = 400
			result, caught := r.Find(budget)
			if !caught {
				t.Errorf("%d seeds of %s from %d on keep the promise that %s without it", budget, r.Profile, r.Seed, r.Caught)
			} else if result.Seed != r.Seed {
				t.Logf("%s seed %d no longer breaks without it; write down %d", r.Profile, r.Seed, result.Seed)
			}
		})
	}
}

func TestAFreshEditOvertakesTheBacklogByTheLiveLaneAlone(t *testing.T) {
	const backlog = 1500
	with := simulation.Overtake(1, backlog, simulation.Off{})
	without := simulation.Overtake(1, backlog, simulation.Off{Link: link.AblateLiveLane})
	t.Logf("%s with it, %s without", with, without)
	if with > 2*time.Second || without < 2*with {
		t.Errorf("%s with it, %s without; want at most 2 s, and much more without", with, without)
	}
}
