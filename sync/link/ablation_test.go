package link_test

import (
	"testing"

	"github.com/aashram-care/sangam/sync/link"
)

// TestEachRuleIsMissed shows that the simulation sees the rules: with one of them off, some seed fails, and in the
// way that the rule prevents. A simulation that passes without them would prove nothing with them.
func TestEachRuleIsMissed(t *testing.T) {
	for _, c := range []struct {
		name   string
		rule   link.Ablation
		budget uint64
	}{
		{"a high-water mark instead of ranges", link.AblateRanges, 60},
		{"no beats", link.AblateBeat, 60},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := uint64(1); seed <= c.budget; seed++ {
				_, faults := play(t, seed, c.rule|link.AblateDigest)
				if len(faults) > 0 {
					t.Logf("seed %d: %s", seed, faults[0])
					return
				}
			}
			t.Errorf("%d seeds passed without the rule", c.budget)
		})
	}
}
