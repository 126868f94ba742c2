package simulation

import (
	"fmt"
	"strings"
	"time"

	"github.com/aashram-care/sangam/sync/link"
)

// Result is what came of a play.
type Result struct {
	Profile string
	Seed    uint64
	Faults  []Fault // none: every promise was kept
	Took    time.Duration
	Edits   int
	Excused int // edits that were on one disk only, and went with it
	Frames  int
	Sent    int // records in frames
	Useful  int // records that changed whom they came to
}

// Story plays a failed seed again and tells what broke, the last steps, and how to watch all of it.
func Story(r Result, steps int) string {
	p, ok := ProfileNamed(r.Profile)
	if !ok {
		panic("simulation: no profile " + r.Profile)
	}
	trace := NewTrace(steps, "")
	var out strings.Builder
	fmt.Fprintf(&out, "FAILED %s seed %d\n", r.Profile, r.Seed)
	for _, f := range Play(p, r.Seed, Off{}, trace).Faults {
		fmt.Fprintln(&out, " ", f)
	}
	fmt.Fprintf(&out, "%s  to watch it: go run ./sync/simulation/sim -profile %s -seed %d -steps 100000\n", trace, r.Profile, r.Seed)
	return out.String()
}

const (
	quietLimit = 60 * time.Second // to converge in
	patience   = 4 * time.Minute  // to see whether it converges at all
	stillFor   = 15 * time.Second
)

// Play plays one seed of a profile, with some rules off, and judges it. trace may be nil.
func Play(p Profile, seed uint64, off Off, trace *Trace) Result {
	w := newWorld(p, seed, off, trace)
	for _, wr := range w.writers {
		wr.live()
	}
	w.start()
	w.run(p.Span)
	w.heal()
	w.quiet()
	w.judge()
	r := w.result
	r.Profile, r.Seed, r.Faults = p.Name, seed, w.faults
	for _, s := range w.oracle.order {
		r.Edits += len(s.edits)
	}
	return r
}

func (w *world) start() {
	if len(w.profile.blows) > 0 {
		w.badLines()
	}
	w.misfortune()
}

// live lets a writer act at its own pace while the play lasts.
func (wr *writer) live() {
	wr.at(time.Duration(float64(2*time.Second)*wr.random.Float64()/wr.profile.Rate), func() {
		if !wr.calm {
			wr.act()
			wr.live()
		}
	})
}

// quiet waits until all is equal, and then sees whether it stays so.
func (w *world) quiet() {
	began := w.now
	for !w.converged() && w.now.Sub(began) < patience {
		w.run(time.Second)
	}
	w.result.Took = w.now.Sub(began)
	w.tracef("", "CONVERGED after %s", w.result.Took)
	if w.result.Took > quietLimit {
		w.fault(InTime, "it took %s or more", w.result.Took)
		return
	}
	// What was sent before may come as late as this, and bring an old state with a conflict that nobody met.
	w.run(max(0, latest+10*time.Second-w.now.Sub(began)))
	for told := w.now; !w.inSync() || !w.converged(); w.run(time.Second) {
		if w.now.Sub(told) > quietLimit {
			w.fault(InSync, "not equal, or not told so, %s after all that was late had come", quietLimit)
			return
		}
	}
	before := w.heads()
	w.run(stillFor)
	for i, at := range w.heads() {
		if at != before[i] {
			w.fault(Still, "a head went from %d to %d", before[i].seq, at.seq)
		}
	}
}

func (w *world) heads() (out []standing) {
	for _, d := range w.disks {
		for _, scope := range w.scopes() {
			out = append(out, head(d, scope))
		}
	}
	return out
}

func (p *process) tick() { p.tell(link.Tick{}) }
