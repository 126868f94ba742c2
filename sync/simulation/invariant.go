package simulation

import "fmt"

// Invariant is a promise that a play is judged by.
type Invariant string

// The invariants.
const (
	Survives    Invariant = "an edit survives while one copy does"
	Oracle      Invariant = "a record shows what its raw edits say"
	Equal       Invariant = "all stores are equal after quiet"
	Heads       Invariant = "cursors reach the head"
	InSync      Invariant = "who holds the same is told so"
	Clones      Invariant = "two boxes with one identity are told of"
	InTime      Invariant = "converged within 60 s of quiet"
	Still       Invariant = "nothing moves once all is equal"
	OwnWrite    Invariant = "one's own write is seen at once"
	OneStamp    Invariant = "a stamp names one value"
	ClockPoison Invariant = "one clock poisons nobody"
	Terminal    Invariant = "an end is left by a new generation only"
	Completions Invariant = "no completion is hidden"
	Deleted     Invariant = "nothing deleted returns"
	Hidden      Invariant = "a dropped value is listed"
	False       Invariant = "only concurrent values are listed"
	Requests    Invariant = "an accepted request has its effect"
	Poison      Invariant = "one bad record blocks no other"
	Forged      Invariant = "nothing comes from nowhere"
	Repairs     Invariant = "a digest finds nothing to repair"
	Stretch     Invariant = "what a link hands on to be merged is a stretch of a feed"
	Sound       Invariant = "no store contradicts itself"
)

// Fault is a promise that a play broke.
type Fault struct {
	Invariant Invariant
	What      string
}

func (f Fault) String() string { return fmt.Sprintf("%s: %s", f.Invariant, f.What) }

// maxFaults is how many a play tells of: the first ones show the cause.
const maxFaults = 20

func (w *world) fault(i Invariant, format string, args ...any) {
	if len(w.faults) < maxFaults {
		w.faults = append(w.faults, Fault{i, fmt.Sprintf(format, args...)})
		w.tracef("", "FAULT %s: "+format, append([]any{i}, args...)...)
	}
}
