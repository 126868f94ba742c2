package simulation

import (
	"slices"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
)

// Rule is one rule of the design that a play can do without, and what then breaks.
type Rule struct {
	Name    string
	Off     Off
	Profile string    // whose days show it
	Seed    uint64    // at which it is caught
	Caught  Invariant // by which promise
}

// Rules are those whose worth is shown, each with a day that goes wrong without it. A change of the simulation plays
// other days under the same seeds: `-rules` finds new ones.
func Rules() []Rule {
	return []Rule{
		{"beats", Off{Link: link.AblateBeat}, "brutal", 1, InTime},
		{"a probe of each subscription", Off{Probe: true}, "brutal", 4, InTime},
		{"timelines: not a bare number", Off{Link: link.AblateTimelines}, "hub-rollback", 2, Survives},
		{"ranges: not a high-water mark", Off{Link: link.AblateRanges}, "brutal", 3, Survives},
		{"echo: only what equals what was sent", Off{Feed: feed.AblateEchoEquality}, "brutal", 3, Survives},
		{"echo: items count as well", Off{Feed: feed.AblateGrowEquality}, "clocks", 18, Equal},
		{"echo: only what the reader's list covers", Off{Link: link.AblateEchoList}, "brutal", 1, Survives},
		{"seen and safe", Off{Link: link.AblateSafe}, "rollback", 533, Survives},
		{"sessions bound to both nonces", Off{Link: link.AblateSession}, "brutal", 11, Survives},
		{"one clock for all fields of a record", Off{Feed: feed.AblateHi}, "clocks", 17, Hidden},
		{"whole records in outcomes", Off{Effects: true}, "brutal", 317, Hidden},
		{"a writer drawn at each open", Off{Boots: true}, "rollback", 210, OneStamp},
		{"tombstones are kept", Off{Tombstones: true}, "brutal", 3, Deleted},
		{"statuses merge by generation and rank", Off{Ranks: true}, "clocks", 1, Terminal},
		{"a store rolled back under a process is found", Off{Incarnation: true}, "hub-rollback", 10, Survives},
		{"what came is not yet on disk", Off{Link: link.AblateKept}, "brutal", 66, InTime},
		{"echo: only what equals what was sent, with digests on", Off{Feed: feed.AblateEchoEquality}, "digest", 3, Repairs},
	}
}

// Savings are rules without which nothing breaks: they save traffic or time.
func Savings() []Rule {
	return []Rule{
		{Name: "marks of what came from whom", Off: Off{Link: link.AblateEcho}, Profile: "clean"},
		{Name: "ranges: not what is contiguous only", Off: Off{Link: link.AblateContiguous}, Profile: "brutal"},
		{Name: "a live lane", Off: Off{Link: link.AblateLiveLane}, Profile: "lossy"},
	}
}

// Find plays the rule's days without it, from the recorded seed on, and returns the first that breaks its promise.
// Those days that a change of the program moved elsewhere are found again so.
func (r Rule) Find(budget uint64) (Result, bool) {
	p, ok := ProfileNamed(r.Profile)
	if !ok {
		panic("simulation: no profile " + r.Profile)
	}
	for seed := r.Seed; seed < r.Seed+budget; seed++ {
		result := Play(p, seed, r.Off, nil)
		if slices.ContainsFunc(result.Faults, func(f Fault) bool { return f.Invariant == r.Caught }) {
			return result, true
		}
	}
	return Result{}, false
}
