package redis

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
)

// span says which server carries the slots from first to last.
type span struct {
	first, last int
	address     string
}

// directory knows which server carries a channel: always the same one, the master that Sentinels name, or the masters
// of a cluster. What it was told last stands until somebody doubts it, or renews it.
type directory struct {
	seeds []string                                               // asked in turn; fixed
	ask   func(ctx context.Context, seed string) ([]span, error) // nil when there is nothing to ask
	grows bool                                                   // whether whoever carries a slot can be asked too

	asking chan struct{} // holds a token while nobody asks

	mu      sync.Mutex
	spans   []span
	asked   time.Time // when spans were told
	doubted bool
	turn    int       // which seed is asked first
	failed  error     // what came of asking last
	tried   time.Time // when that was
}

func (b *Bus) newDirectory() *directory {
	d := &directory{seeds: b.target.seeds, asking: make(chan struct{}, 1)}
	d.asking <- struct{}{}
	switch b.target.kind {
	case Sentinel:
		d.ask = b.askSentinel
	case Cluster:
		d.ask, d.grows = b.askCluster, true
	default:
		d.spans = []span{{0, slots - 1, d.seeds[0]}}
	}
	return d
}

// find returns the server that carries a channel. When it was doubted and nobody can be asked, it is the last known.
func (d *directory) find(ctx context.Context, channel string) (string, error) {
	if err := d.ensure(ctx); err != nil {
		return "", err
	}
	return d.lookup(channel)
}

// ensure asks if nothing is known for certain, and fails if nothing is known even then.
func (d *directory) ensure(ctx context.Context) error {
	spans, certain := d.known()
	if certain {
		return nil
	}
	if _, err := d.renew(ctx, 0); err != nil && len(spans) == 0 {
		return err
	}
	return nil
}

// lookup is find without asking anybody.
func (d *directory) lookup(channel string) (string, error) {
	spans, _ := d.known()
	if len(spans) == 1 && spans[0].last-spans[0].first == slots-1 {
		return spans[0].address, nil // without counting the slot of every message
	}
	wanted := slot(channel)
	for _, s := range spans {
		if s.first <= wanted && wanted <= s.last {
			return s.address, nil
		}
	}
	d.doubt()
	return "", fmt.Errorf("redis at %s: %w: no server of the cluster carries slot %d, that of %s: look with redis-cli --cluster check",
		strings.Join(d.seeds, ","), bus.ErrUnreachable, wanted, channel)
}

func (d *directory) known() (spans []span, certain bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.spans, len(d.spans) > 0 && (!d.doubted || d.ask == nil)
}

// doubt says that a server was not what it was said to be, or does not answer: the next find asks, and asks another
// seed first, for this one may be cut off from the rest and not know.
func (d *directory) doubt() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.doubted {
		d.doubted = true
		d.turn++
	}
}

// renew asks the seeds, unless what is known is younger than fresh and not doubted. One asks at a time; who waited
// takes what the other was told, good or bad, for while nobody answers many wait.
func (d *directory) renew(ctx context.Context, fresh time.Duration) ([]span, error) {
	since := time.Now()
	select {
	case <-d.asking:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { d.asking <- struct{}{} }()
	d.mu.Lock()
	spans, turn := d.spans, d.turn
	failed := d.failed
	if !d.tried.After(since) {
		failed = nil
	}
	certain := !d.doubted && len(spans) > 0 && d.asked.After(since.Add(-fresh))
	candidates := d.candidates()
	d.mu.Unlock()
	if certain || d.ask == nil || failed != nil {
		return spans, failed
	}
	var failures []error
	for i := range candidates {
		told, err := d.ask(ctx, candidates[(turn+i)%len(candidates)])
		if err == nil {
			d.mu.Lock()
			d.spans, d.asked, d.doubted, d.turn, d.failed = told, time.Now(), false, turn+i, nil
			d.mu.Unlock()
			return told, nil
		}
		failures = append(failures, err)
		if ctx.Err() != nil {
			return nil, worst(failures) // which is the caller's own affair
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failed, d.tried = worst(failures), time.Now()
	return nil, d.failed
}

// candidates is called with mu held. The servers of a cluster change with the years, and a URL does not.
func (d *directory) candidates() []string {
	all := slices.Clone(d.seeds)
	for _, s := range d.spans {
		if d.grows && !slices.Contains(all, s.address) {
			all = append(all, s.address)
		}
	}
	return all
}

// worst picks the error to tell: one that a person has to cure is worth more than a server that is away.
func worst(failures []error) error {
	for _, err := range failures {
		if final(err) {
			return err
		}
	}
	return failures[len(failures)-1]
}

// serves says whether a server carries anything as far as is known.
func (d *directory) serves(address string) bool {
	spans, _ := d.known()
	return slices.ContainsFunc(spans, func(s span) bool { return s.address == address })
}
