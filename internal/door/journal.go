package door

import (
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
)

// laneSize is how many changes of a scope stay in memory. A reader who is further behind is served from the store.
const laneSize = 4096

// journal keeps the last commits, so that live readers are served without touching the store, and with what a record
// was before. It is the truth of what readers may be told: no cursor of the node is beyond it.
type journal struct {
	knowing sync.Mutex // one at a time finds out about new scopes

	mu      sync.RWMutex
	lanes   map[feed.Scope]*lane
	changed chan struct{} // closed and replaced at each commit
}

// lane is the newest part of one scope's feed.
type lane struct {
	ready    bool // readers may begin here
	timeline feed.Timeline
	first    feed.Seq      // the least that timeline numbers
	older    feed.Timeline // what numbers the seqs right before it; zero: none
	low      feed.Seq      // everything after it is here
	head     feed.Seq
	changes  []feed.Change // in seq order
	events   []heard       // in seq order
}

// heard is an event and the seq it belongs to.
type heard struct {
	seq   feed.Seq
	event clinic.Event
}

func newJournal() *journal {
	return &journal{lanes: map[feed.Scope]*lane{}, changed: make(chan struct{})}
}

// note adds one commit. Scopes that nobody reads are not kept. An event stands behind all of its commit, since a
// reader gets a commit from memory whole or not at all.
func (j *journal) note(c Commit) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for scope, head := range c.Heads {
		l := j.lanes[scope]
		if l == nil {
			continue
		}
		if l.timeline != head.Timeline {
			low := before(c.Changes, scope, head.Seq)
			*l = lane{timeline: head.Timeline, first: low + 1, low: low, ready: l.ready}
		}
		l.head = max(l.head, head.Seq)
	}
	for _, change := range c.Changes {
		if l := j.lanes[change.Scope]; l != nil {
			l.changes = append(l.changes, change)
		}
	}
	for _, e := range c.Events {
		if l := j.lanes[c.scopeOf(e)]; l != nil {
			l.events = append(l.events, heard{l.head, e})
		}
	}
	for _, l := range j.lanes {
		l.trim()
	}
	close(j.changed)
	j.changed = make(chan struct{})
}

// scopeOf is the scope that caused an event: its site's, or else the one that changed with its subject.
func (c *Commit) scopeOf(e clinic.Event) feed.Scope {
	for i := range c.Changes {
		if change := &c.Changes[i]; change.After.Kind == e.Subject.Kind && change.After.ID.String() == e.Subject.ID {
			return change.Scope
		}
	}
	site := feed.Scope("site:" + e.Site)
	if _, ok := c.Heads[site]; ok {
		return site
	}
	for scope := range c.Heads {
		if scope != feed.Network {
			return scope
		}
	}
	return feed.Network
}

// before is the seq under the first change of a scope in a commit.
func before(changes []feed.Change, scope feed.Scope, head feed.Seq) feed.Seq {
	for _, c := range changes {
		if c.Scope == scope {
			return c.Seq - 1
		}
	}
	return head
}

// trim drops the older half when the lane is full. Slices are replaced, not moved: readers may hold the old ones.
func (l *lane) trim() {
	if len(l.changes) < laneSize && len(l.events) < laneSize {
		return
	}
	if n := len(l.changes); n > 0 {
		l.low = max(l.low, l.changes[n/2].Seq)
	}
	if n := len(l.events); n > 0 {
		l.low = max(l.low, l.events[n/2].seq)
	}
	l.changes = append([]feed.Change(nil), l.changes[firstAfter(l.changes, l.low):]...)
	l.events = append([]heard(nil), l.events[firstEvent(l.events, l.low):]...)
}

func firstAfter(changes []feed.Change, seq feed.Seq) int {
	return sort.Search(len(changes), func(i int) bool { return changes[i].Seq > seq })
}

func firstEvent(events []heard, seq feed.Seq) int {
	return sort.Search(len(events), func(i int) bool { return events[i].seq > seq })
}

// know makes sure that the lanes of these scopes exist, and that what the node shows is not behind where they begin:
// settled returns when all that is in the store has been told.
func (j *journal) know(scopes []feed.Scope, view func(func(feed.Tx) error) error, settled func() error) error {
	if j.has(scopes) {
		return nil
	}
	j.knowing.Lock()
	defer j.knowing.Unlock()
	if j.has(scopes) {
		return nil
	}
	fresh := map[feed.Scope]*lane{}
	err := view(func(tx feed.Tx) error {
		for _, scope := range scopes {
			_, head, err := feed.Head(tx, scope)
			if err != nil {
				return err
			}
			spans, err := feed.Spans(tx, scope)
			if err != nil {
				return err
			}
			l := &lane{low: head, head: head, first: head + 1}
			if n := len(spans); n > 0 {
				l.timeline, l.first = spans[n-1].Timeline, spans[n-1].First
				l.older = numbering(spans, l.first-1)
			}
			fresh[scope] = l
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read where feeds stand: %w", err)
	}
	j.mu.Lock()
	for scope, l := range fresh {
		if j.lanes[scope] == nil {
			j.lanes[scope] = l
		}
	}
	j.mu.Unlock()
	if err := settled(); err != nil {
		return fmt.Errorf("wait for the committer: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, scope := range scopes {
		j.lanes[scope].ready = true
	}
	return nil
}

func (j *journal) has(scopes []feed.Scope) bool {
	j.mu.RLock()
	defer j.mu.RUnlock()
	for _, scope := range scopes {
		if l := j.lanes[scope]; l == nil || !l.ready {
			return false
		}
	}
	return true
}

// reach waits until a scope's lane has come to seq, and reports whether it did in time.
func (j *journal) reach(scope feed.Scope, seq feed.Seq, atMost time.Duration) bool {
	late := time.NewTimer(atMost)
	defer late.Stop()
	for {
		j.mu.RLock()
		l, changed := j.lanes[scope], j.changed
		there := l != nil && l.head >= seq
		j.mu.RUnlock()
		if there {
			return true
		}
		select {
		case <-changed:
		case <-late.C:
			return false
		}
	}
}

// place is where the scopes stand now: the newest a reader may be told of.
func (j *journal) place(scopes []feed.Scope) []feed.Cursor {
	j.mu.RLock()
	defer j.mu.RUnlock()
	p := make([]feed.Cursor, len(scopes))
	for i, scope := range scopes {
		if l := j.lanes[scope]; l != nil {
			p[i] = feed.Cursor{Timeline: l.timeline, Seq: l.head, Seen: l.head, Safe: l.head}
			if l.head < l.first {
				p[i].Timeline = l.older
			}
		}
	}
	return p
}

// wait returns a channel that is closed at the next commit.
func (j *journal) wait() <-chan struct{} {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return j.changed
}

// stretch is a part of one scope's feed.
type stretch struct {
	changes []feed.Change
	events  []heard
}

// between returns what lies in (from, to] of a scope, or false when it is not all in memory. The slices are shared.
func (j *journal) between(scope feed.Scope, from feed.Cursor, to feed.Seq) (stretch, bool) {
	j.mu.RLock()
	defer j.mu.RUnlock()
	l := j.lanes[scope]
	if l == nil || !l.continues(from) || from.Seq < l.low || from.Seq > l.head {
		return stretch{}, false
	}
	changes := l.changes[firstAfter(l.changes, from.Seq):]
	changes = changes[:firstAfter(changes, to)]
	events := l.events[firstEvent(l.events, from.Seq):]
	events = events[:firstEvent(events, to)]
	return stretch{changes, events}, true
}

// continues tells whether a cursor stands in the history that this lane goes on with.
func (l *lane) continues(from feed.Cursor) bool {
	return from.Timeline == l.timeline || from.Timeline == l.older && from.Seen < l.first
}

// numbering is the timeline that numbers a seq; zero for 0. A cursor is labelled with it, and not with the newest: one
// that numbers nothing is gone at the next start, and every cursor with it.
func numbering(spans []feed.Span, seq feed.Seq) feed.Timeline {
	for i := len(spans) - 1; i >= 0 && seq > 0; i-- {
		if spans[i].First <= seq {
			return spans[i].Timeline
		}
	}
	return feed.Timeline{}
}

// Commit is one transaction of the node, as its committer tells it.
type Commit struct {
	Changes []feed.Change
	Events  []clinic.Event
	Heads   map[feed.Scope]Head // of every scope that changed
}

// Head is the last seq of a scope and the timeline it belongs to.
type Head struct {
	Timeline feed.Timeline
	Seq      feed.Seq
}

// EventLog visits the logged events of a scope in (since, to], in seq order, until visit returns false. whole is
// false when older ones of them are gone.
type EventLog func(tx feed.Tx, scope feed.Scope, since, to feed.Seq, visit func(feed.Seq, clinic.Event) (more bool)) (whole bool, err error)
