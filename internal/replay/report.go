package replay

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// Report is what a replay found. Latencies run from the moment an action was first sent by the client.
type Report struct {
	Day        string
	Visits     int
	Seed       uint64
	Took       time.Duration
	Types      map[string]Count
	Acked      Latency        // action -> answer
	Seen       Latency        // action -> row on another socket of the site
	AtHub      Latency        // action -> row on a socket of the hub; empty without one
	Unseen     int            // applied actions whose row another socket never showed
	Stale      map[string]int // refused as stale: what the sender saw and what was there
	Retried    int            // actions that needed more than one try
	Listeners  int
	Frames     int // changes frames that the listeners got
	Breaks     int // frames of the listeners that did not follow the one before
	Doubled    []string
	QueueEqual *bool  // the queue read by HTTP is the same at site and hub; nil without a hub
	Difference string // the first difference, when it is not
}

// Count is the outcomes of one type of action.
type Count struct {
	Applied   int            `json:"applied"`
	Duplicate int            `json:"duplicate"`
	Rejected  map[string]int `json:"rejected,omitempty"` // by code
}

// Latency is a set of durations.
type Latency struct {
	mu      sync.Mutex
	samples []time.Duration
}

// Add takes one more duration.
func (l *Latency) Add(d time.Duration) {
	l.mu.Lock()
	l.samples = append(l.samples, d)
	l.mu.Unlock()
}

// Count is how many durations there are.
func (l *Latency) Count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.samples)
}

// Quantile is the duration that share q of all are at most; 0 when there is none.
func (l *Latency) Quantile(q float64) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.samples) == 0 {
		return 0
	}
	slices.Sort(l.samples)
	return l.samples[min(int(q*float64(len(l.samples))), len(l.samples)-1)]
}

// Actions is the number of acknowledged actions, and how many of them were applied.
func (r *Report) Actions() (acked, applied int) {
	for _, c := range r.Types {
		acked += c.Applied + c.Duplicate
		applied += c.Applied + c.Duplicate
		for _, n := range c.Rejected {
			acked += n
		}
	}
	return acked, applied
}

// Write prints the report as text.
func (r *Report) Write(out io.Writer) error {
	acked, applied := r.Actions()
	fmt.Fprintf(out, "\n%s: %d visits in %s, seed %d\n", r.Day, r.Visits, r.Took.Round(100*time.Millisecond), r.Seed)
	fmt.Fprintf(out, "%d actions acknowledged, %d applied, %d tried more than once\n\n", acked, applied, r.Retried)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "action\tapplied\tduplicate\trejected\tcodes")
	for _, name := range slices.SortedFunc(maps.Keys(r.Types), cmp.Compare[string]) {
		c := r.Types[name]
		var rejected int
		var codes []string
		for _, code := range slices.Sorted(maps.Keys(c.Rejected)) {
			rejected += c.Rejected[code]
			codes = append(codes, fmt.Sprintf("%s %d", code, c.Rejected[code]))
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\n", name, c.Applied, c.Duplicate, rejected, strings.Join(codes, ", "))
	}
	for _, what := range slices.Sorted(maps.Keys(r.Stale)) {
		fmt.Fprintf(table, "  stale: %s\t\t\t%d\t\n", what, r.Stale[what])
	}
	fmt.Fprintln(table, "\t\t\t\t")
	fmt.Fprintln(table, "latency\tp50\tp95\tp99\tcount")
	for _, l := range []struct {
		name    string
		latency *Latency
	}{{"action -> acknowledged", &r.Acked}, {"action -> another socket", &r.Seen}, {"action -> socket at the hub", &r.AtHub}} {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\n", l.name, ms(l.latency.Quantile(0.5)), ms(l.latency.Quantile(0.95)), ms(l.latency.Quantile(0.99)), l.latency.Count())
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	fmt.Fprintf(out, "\n%d sockets listened: %d frames, %d out of chain; %d applied actions never seen on another socket\n", r.Listeners, r.Frames, r.Breaks, r.Unseen)
	if len(r.Doubled) > 0 {
		fmt.Fprintf(out, "TOKENS GIVEN TWICE: %s\n", strings.Join(r.Doubled, ", "))
	}
	switch {
	case r.QueueEqual == nil:
	case *r.QueueEqual:
		fmt.Fprintln(out, "the queue read by HTTP is the same at the site and at the centre")
	default:
		fmt.Fprintf(out, "THE QUEUE DIFFERS between site and centre: %s\n", r.Difference)
	}
	return nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }

// Verdict is nil when the day held what the product promises: no token twice, every frame in its chain, every applied
// action seen on another socket, and the same queue at the centre. It says nothing about speed.
func (r *Report) Verdict() error {
	var faults []error
	if len(r.Doubled) > 0 {
		faults = append(faults, fmt.Errorf("%d tokens were given twice", len(r.Doubled)))
	}
	if r.Breaks > 0 {
		faults = append(faults, fmt.Errorf("%d frames did not follow the one before", r.Breaks))
	}
	if r.Unseen > 0 {
		faults = append(faults, fmt.Errorf("%d applied actions were never seen on another socket", r.Unseen))
	}
	if r.QueueEqual != nil && !*r.QueueEqual {
		faults = append(faults, fmt.Errorf("the queue differs between site and centre: %s", r.Difference))
	}
	return errors.Join(faults...)
}

// Summary is the report as JSON values; latencies are in milliseconds.
func (r *Report) Summary() map[string]any {
	acked, applied := r.Actions()
	latency := func(l *Latency) map[string]any {
		out := map[string]any{"count": l.Count()}
		for name, q := range map[string]float64{"p50": 0.5, "p95": 0.95, "p99": 0.99} {
			out[name] = float64(l.Quantile(q)) / float64(time.Millisecond)
		}
		return out
	}
	return map[string]any{
		"day": r.Day, "visits": r.Visits, "seed": r.Seed, "seconds": r.Took.Seconds(),
		"acknowledged": acked, "applied": applied, "retried": r.Retried, "types": r.Types, "stale": r.Stale,
		"ackedMs": latency(&r.Acked), "seenMs": latency(&r.Seen), "atHubMs": latency(&r.AtHub),
		"listeners": r.Listeners, "frames": r.Frames, "breaks": r.Breaks, "unseen": r.Unseen,
		"doubledTokens": append([]string{}, r.Doubled...), "queueEqual": r.QueueEqual, "difference": r.Difference,
	}
}
