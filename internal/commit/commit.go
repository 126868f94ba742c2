// Package commit is the committer of a node: the one goroutine through which every edit of a store goes. It owns the
// days in memory, asks the clinic what each command comes to, and writes many commands in one transaction: records
// through the feed, idempotency rows, audit and events.
//
// It promises that an answer is given only after its transaction is on disk, that readers never see what is not, that
// an action sent twice has one effect and one answer, and that a failed transaction leaves the days as they were. It
// refuses to know sockets, Redis or files of a store: neighbours hand it commands and records, and hear of commits
// through OnCommit.
package commit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit/ledger"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// Store runs transactions. Update returns nil only when the transaction will survive a power cut.
type Store interface {
	Update(func(feed.Tx) error) error
	View(func(feed.Tx) error) error
}

// Options of a Committer. Now is real time: stamps, keys, undo. ClinicNow is what the clinic's clock shows.
type Options struct {
	Rules          feed.Rules
	Node           string
	Site           record.ID  // of an edge; zero at a hub
	Local          feed.Scope // the node's own scope, never linked
	Now, ClinicNow func() time.Time
	TokensPath     string        // DIR/tokens; unused at a hub
	Machine        string        // fingerprint of this machine; ledger.Machine() when empty
	Replaced       bool          // the site existed before this box: a missing token file means the next series
	MergeSlice     time.Duration // longest transaction of merged records, so that local actions never wait long; 10 ms
	Log            *slog.Logger
}

const (
	localQueue  = 1024 // tasks of Act and Write; full: they answer unavailable, the person tries again
	remoteQueue = 64   // batches of Merge; full: the link waits, and its credit keeps the other side waiting
	maxBatch    = 512  // commands in one transaction, give or take one task
)

// Committer is made by New and works while Run does. All its methods may be called from any goroutine.
type Committer struct {
	store Store
	o     Options

	local  chan *task
	remote chan *incoming
	closed chan struct{} // closed when Run has ended

	// writing is held from the start of a transaction until the shown days have what it wrote, so that a day read from
	// the store in between misses nothing and repeats nothing.
	writing      sync.Mutex
	working      *clinic.Day               // of an edge: what commands are decided on, ahead of the store within a transaction
	tellers      map[record.ID]*clinic.Day // at a hub, see teller
	tokens       *ledger.Ledger            // nil at a hub
	journal      journal
	swept        bool      // what earlier days left open was closed since the start
	turnAfter    time.Time // real; when a failed turn is tried again
	reread       bool      // a fault may have left the working day half moved
	lastGroup    int       // tasks of the last transaction
	lastChanges  int       // changes of the last transaction
	requestsWait bool      // some request of the centre could not be run yet
	doubt        *batch    // the last transaction, when its commit failed and the store could not say whether it is in
	serial       uint64    // tells rows of one millisecond apart; starts at the store's writer, so that no restart repeats one

	mu        sync.RWMutex
	shown     map[record.ID]*clinic.Day // what readers see: as committed
	hooks     []func(Committed)
	failure   error // of the last transaction; nil when it succeeded
	tokenless error // why the last try to reserve token numbers failed; nil when it did not
}

// Committed is what one transaction wrote, for those who show it or send it on. Changes of one scope are in seq
// order. It is shared by all hooks, which must not change it.
type Committed struct {
	Changes []feed.Change
	Events  []clinic.Event
	Heads   map[feed.Scope]Head // of every scope that changed
	Turned  []record.ID         // sites whose service-day began anew: all that was shown of them is to be read again
}

// Head is the last seq of a scope and the timeline it belongs to.
type Head struct {
	Timeline feed.Timeline
	Seq      feed.Seq
}

// New prepares a committer over a store that is open for writing. It reads the day of an edge, and opens or begins
// the token file; it starts nothing.
func New(store Store, o Options) (*Committer, error) {
	c := &Committer{
		store:   store,
		o:       o,
		local:   make(chan *task, localQueue),
		remote:  make(chan *incoming, remoteQueue),
		closed:  make(chan struct{}),
		shown:   map[record.ID]*clinic.Day{},
		tellers: map[record.ID]*clinic.Day{},
		serial:  uint64(o.Rules.Writer),
	}
	c.o.MergeSlice = cmp.Or(c.o.MergeSlice, 10*time.Millisecond)
	if c.o.Log == nil {
		c.o.Log = slog.New(slog.DiscardHandler)
	}
	if err := store.View(c.journal.open); err != nil {
		return nil, fmt.Errorf("open the journal: %w", err)
	}
	if o.Site.IsZero() {
		return c, nil
	}
	if err := c.openTokens(); err != nil {
		return nil, err
	}
	if err := c.beginDay(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Committer) openTokens() error {
	var known int
	var used bool
	err := c.store.View(func(tx feed.Tx) (err error) {
		if known, err = loadEpoch(tx); err != nil {
			return err
		}
		_, head, err := feed.Head(tx, feed.SiteScope(c.o.Site))
		used = head > 0
		return err
	})
	if err != nil {
		return fmt.Errorf("read what tokens were given: %w", err)
	}
	c.tokens, err = ledger.Open(c.o.TokensPath, cmp.Or(c.o.Machine, ledger.Machine()), known, used || c.o.Replaced)
	if err != nil {
		return fmt.Errorf("open token file: %w", err)
	}
	if c.tokens.Epoch() > max(known, 1) {
		c.o.Log.Warn("tokens go on in a new series", "epoch", c.tokens.Epoch(), "known", known)
	}
	return nil
}

// OnCommit adds a hook that is called after each transaction, in order, from the committer's goroutine. It must not
// block, and must be added before Run.
func (c *Committer) OnCommit(hook func(Committed)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hooks = append(c.hooks, hook)
}

// Run commits until ctx ends, then what is already queued, and returns. Calls that come later are answered
// unavailable. It runs once.
func (c *Committer) Run(ctx context.Context) error {
	defer close(c.closed)
	if err := c.mintSites(); err != nil {
		return err
	}
	c.turnDays()
	c.resumeRequests()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var merging []*incoming
	for {
		if first := c.tryLocal(); first != nil {
			c.serve(first)
		}
		select {
		case <-tick.C:
			c.tick()
		default:
		}
		if merging = c.takeRemote(merging); len(merging) > 0 && ctx.Err() == nil {
			merging = c.mergeSlice(merging)
			continue
		}
		select {
		case <-ctx.Done():
			c.drain(merging)
			return nil
		case first := <-c.local:
			c.serve(first)
		case in := <-c.remote:
			merging = append(merging, in)
		case <-tick.C:
			c.tick()
		}
	}
}

// tick does what no visitor asks for.
func (c *Committer) tick() {
	c.turnDays()
	c.tellTurned(c.forgetTurned(c.o.ClinicNow()))
	if c.requestsWait {
		c.resumeRequests()
	}
	if err := c.settleDoubt(); err != nil {
		c.o.Log.Warn("the store cannot say yet what became of the last transaction", "err", err)
	}
}

// serve commits what waits, on the day that it is.
func (c *Committer) serve(first *task) {
	c.turnDays()
	c.commitTasks(c.gather(first))
}

// drain answers everybody who got into a queue before the end.
func (c *Committer) drain(merging []*incoming) {
	for first := c.tryLocal(); first != nil; first = c.tryLocal() {
		c.serve(first)
	}
	for _, in := range c.takeRemote(merging) {
		in.finish(errClosed)
	}
}

func (c *Committer) tryLocal() *task {
	select {
	case t := <-c.local:
		return t
	default:
		return nil
	}
}

// gather takes what else waits, up to a transaction's worth. Callers that the last group answered are on their way
// back with their next action: letting them run before the disk is asked makes one transaction of two.
func (c *Committer) gather(first *task) []*task {
	batch, n := []*task{first}, first.weight()
	for n < maxBatch {
		t := c.tryLocal()
		if t == nil && len(batch) < c.lastGroup {
			runtime.Gosched()
			t = c.tryLocal()
		}
		if t == nil {
			break
		}
		batch, n = append(batch, t), n+t.weight()
	}
	c.lastGroup = len(batch)
	return batch
}

func (c *Committer) takeRemote(merging []*incoming) []*incoming {
	for {
		select {
		case in := <-c.remote:
			merging = append(merging, in)
		default:
			return merging
		}
	}
}

// View runs fn in a read transaction. It may see commits that the days and hooks do not have yet.
func (c *Committer) View(fn func(feed.Tx) error) error { return c.store.View(fn) }

// Day lets fn read a site's day as it was last committed; fn must not keep it. False: this node has no such site.
// A hub reads a site's day from its store at the first use.
func (c *Committer) Day(site record.ID, fn func(*clinic.Day)) bool {
	c.mu.RLock()
	day := c.shown[site]
	if day == nil {
		c.mu.RUnlock()
		var err error
		if day, err = c.showDay(site); err != nil {
			if !errors.Is(err, errNoSite) {
				c.o.Log.Error("a site's day could not be read", "site", site.String(), "err", err)
			}
			return false
		}
		c.mu.RLock()
	}
	defer c.mu.RUnlock()
	fn(day)
	return true
}

// Waiting is how many callers are in the queue of Act and Write, for figures; the one being served is not.
func (c *Committer) Waiting() int { return len(c.local) }

// Healthy is nil, or why the last transaction of this node failed, or why it has no token numbers to give.
func (c *Committer) Healthy() error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return cmp.Or(c.failure, c.tokenless)
}
