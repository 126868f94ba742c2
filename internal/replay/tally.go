package replay

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"
)

// tally counts outcomes, and joins what actions did with what other screens showed of it.
type tally struct {
	span time.Duration

	mu     sync.Mutex
	report *Report
	done   time.Duration            // how much of the day has passed
	tokens map[string]bool          // given so far, each with its service-day
	site   map[string][]observation // latest rows of an entry on another screen of the site
	acked  map[string][]expectation // applied actions that no other screen showed yet
	hub    map[string][]expectation // states the site showed and the hub did not yet
	there  map[string]observation   // latest row of an entry at the hub
}

// observation is one state of a row on a screen.
type observation struct {
	seq   uint64
	state string
	at    time.Time
}

// expectation is an applied action whose effect a screen should show.
type expectation struct {
	seq   uint64
	state string
	sent  time.Time
}

// keptObservations is how many states of one row are remembered: an answer comes at most a few commits after them.
const keptObservations = 16

func newTally(report *Report, span time.Duration) *tally {
	return &tally{
		span: span, report: report, tokens: map[string]bool{},
		site: map[string][]observation{}, acked: map[string][]expectation{}, hub: map[string][]expectation{}, there: map[string]observation{},
	}
}

func (t *tally) passed(at time.Duration) {
	t.mu.Lock()
	t.done = max(t.done, at)
	t.mu.Unlock()
}

// progress says how much of the day has passed, and how many actions were acknowledged.
func (t *tally) progress() (share float64, acked int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	acked, _ = t.report.Actions()
	return float64(t.done) / float64(max(t.span, 1)), acked
}

func (t *tally) count(command string, out outcome) {
	t.report.Acked.Add(out.acked.Sub(out.sent))
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.report.Types[command]
	switch {
	case out.Error != nil:
		if c.Rejected == nil {
			c.Rejected = map[string]int{}
		}
		c.Rejected[out.Error.Code]++
	case out.Status == "duplicate":
		c.Duplicate++
	default:
		c.Applied++
	}
	t.report.Types[command] = c
	if out.tries > 1 {
		t.report.Retried++
	}
}

// stale notes what a command met instead of what its sender saw.
func (t *tally) stale(command string, saw, met row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	what := fmt.Sprintf("%s saw %s, met %s", command, saw.Status, met.Status)
	if saw.Status == met.Status {
		what = fmt.Sprintf("%s saw an older %s", command, saw.Status)
	}
	t.report.Stale[what]++
}

// token notes a token as given on a service-day; one given before on that day is the worst a clinic can do.
func (t *tally) token(day, token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	token += " of " + day
	if t.tokens[token] {
		t.report.Doubled = append(t.report.Doubled, token)
	}
	t.tokens[token] = true
}

// watch expects the effect of an applied action on the other screens.
func (t *tally) watch(entry string, out outcome) {
	if out.Error != nil || out.Seq == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	want := expectation{seq: uint64(out.Seq), sent: out.sent}
	for _, o := range t.site[entry] {
		if o.seq >= want.seq {
			t.shown(entry, want, o)
			return
		}
	}
	t.acked[entry] = append(t.acked[entry], want)
}

// atSite takes a row as another screen of the site showed it.
func (t *tally) atSite(r row, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := observation{seq: r.seq, state: r.state(), at: at}
	seen := append(t.site[r.ID], o)
	if len(seen) > keptObservations {
		seen = seen[1:]
	}
	t.site[r.ID] = seen
	t.acked[r.ID] = slices.DeleteFunc(t.acked[r.ID], func(want expectation) bool {
		if want.seq > o.seq {
			return false
		}
		t.shown(r.ID, want, o)
		return true
	})
}

// shown books an effect as seen at the site, and expects it at the hub; it is called with the lock.
func (t *tally) shown(entry string, want expectation, o observation) {
	t.report.Seen.Add(o.at.Sub(want.sent))
	want.state = o.state
	t.hub[entry] = append(t.hub[entry], want)
	if there := t.there[entry]; there.state == want.state && there.at.After(want.sent) {
		t.settle(entry, want.seq, there.at)
	}
}

// atHub takes a row as a screen of the hub showed it.
func (t *tally) atHub(r row, at time.Time) {
	o := observation{state: r.state(), at: at}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.there[r.ID] = o
	for _, want := range slices.Backward(t.hub[r.ID]) {
		if want.state == o.state {
			t.settle(r.ID, want.seq, at)
			return
		}
	}
}

// settle books what the hub shows of an entry as of a seq of the site. A hub may skip states that were overtaken, and
// may show the later one before the site's own screen does, so all earlier ones are settled with it.
func (t *tally) settle(entry string, seq uint64, at time.Time) {
	t.hub[entry] = slices.DeleteFunc(t.hub[entry], func(want expectation) bool {
		if want.seq > seq {
			return false
		}
		t.report.AtHub.Add(at.Sub(want.sent))
		return true
	})
}

// finish books what nobody showed.
func (t *tally) finish() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, left := range t.acked {
		t.report.Unseen += len(left)
	}
}

func sortBy[T any, K cmp.Ordered](all []T, key func(T) K) {
	slices.SortStableFunc(all, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}
