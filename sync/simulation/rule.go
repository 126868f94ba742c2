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
	Caught  Invariant // by which promise; empty: the rule saves traffic or time, and nothing breaks
}

// Rules are those whose worth is shown.
func Rules() []Rule {
	return []Rule{
		{"beats", Off{Link: link.AblateBeat}, "brutal", 1, InTime},
		{"a probe of each subscription", Off{Probe: true}, "brutal", 1, InTime},
		{"timelines: not a bare number", Off{Link: link.AblateTimelines}, "rollback", 1, Survives},
		{"ranges: not a high-water mark", Off{Link: link.AblateRanges}, "brutal", 1, Survives},
		{"echo: only what equals what was sent", Off{Feed: feed.AblateEchoEquality}, "brutal", 1, Survives},
		{"echo: items count as well", Off{Feed: feed.AblateGrowEquality}, "clocks", 1, Survives},
		{"echo: only what the reader's list covers", Off{Link: link.AblateEchoList}, "brutal", 1, Survives},
		{"seen and safe", Off{Link: link.AblateSafe}, "rollback", 1, Survives},
		{"sessions bound to both nonces", Off{Link: link.AblateSession}, "brutal", 1, Survives},
		{"one clock a record", Off{Feed: feed.AblateHi}, "clocks", 1, Hidden},
		{"whole records in outcomes", Off{Effects: true}, "brutal", 1, Hidden},
		{"a writer drawn at each open", Off{Boots: true}, "brutal", 1, OneStamp},
		{"tombstones are kept", Off{Tombstones: true}, "brutal", 1, Deleted},
		{"statuses merge by generation and rank", Off{Ranks: true}, "clocks", 1, Terminal},
		{"a store rolled back under a process is found", Off{Incarnation: true}, "hub-rollback", 1, Survives},
		{"echo marks", Off{Link: link.AblateEcho}, "clean", 0, ""},
		{"a live lane", Off{Link: link.AblateLiveLane}, "clean", 0, ""},
		{"ranges: not what is contiguous only", Off{Link: link.AblateContiguous}, "lossy", 0, ""},
	}
}

// Catches tells whether a play of the rule's profile breaks the rule's promise.
func (r Rule) Catches(seed uint64) (Result, bool) {
	p, ok := ProfileNamed(r.Profile)
	if !ok {
		panic("simulation: no profile " + r.Profile)
	}
	result := Play(p, seed, r.Off, nil)
	return result, slices.ContainsFunc(result.Faults, func(f Fault) bool { return f.Invariant == r.Caught })
}
