package simulation_test

import (
	"os"
	"strconv"
	"testing"

	"github.com/aashram-care/sangam/sync/simulation"
)

// seeds is how many are played: 1,000 unless SANGAM_SEEDS says otherwise, and a few under the race detector, which has
// nothing to find in one thread.
func seeds(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("SANGAM_SEEDS")); err == nil {
		return n
	}
	if raceEnabled || testing.Short() {
		return 2 * len(simulation.Profiles())
	}
	return 1000
}

func TestEveryPromiseIsKeptOnEveryKindOfBadDay(t *testing.T) {
	sums := map[string]*simulation.Summary{}
	simulation.PlayAll(t.Context(), simulation.Spread(simulation.Profiles(), 1, seeds(t)), func(r simulation.Result) {
		if sums[r.Profile] == nil {
			sums[r.Profile] = &simulation.Summary{}
		}
		sums[r.Profile].Add(r)
		if len(r.Faults) > 0 {
			t.Errorf("%s", simulation.Story(r, 40))
		}
	})
	for _, p := range simulation.Profiles() {
		s := sums[p.Name]
		t.Logf("%-12s %4d seeds, converged after %s, %s (p99), %s, %.2f sent for each that was useful", p.Name, s.Seeds,
			s.Converged(50), s.Converged(99), s.Converged(100), s.Traffic())
	}
	if clean := sums["clean"]; clean.Traffic() > 1.01 {
		t.Errorf("without loss %.3f records were sent for each that was useful, want 1.01", clean.Traffic())
	}
}

func TestASeedPlaysTheSameWayEachTime(t *testing.T) {
	for _, p := range simulation.Profiles() {
		var first string
		for range 2 {
			trace := simulation.NewTrace(1<<20, "")
			simulation.Play(p, 7, simulation.Off{}, trace)
			if first == "" {
				first = trace.String()
			} else if trace.String() != first {
				t.Errorf("%s seed 7 went two ways", p.Name)
			}
		}
	}
}
