package door

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	pageRecords = 512     // read from the store at a time
	pageBytes   = 1 << 20 // of records
	pageEvents  = 2_000   // of one scope, read from the log at a time
	reachWait   = time.Second
)

// gathered is everything that happened in an audience's scopes between two places, each record once.
type gathered struct {
	to         []feed.Cursor
	more       bool
	reset      string // why the place cannot be served
	stored     bool   // some came from the store, where it is not known what they were before
	order      []*gatheredChange
	byKey      map[record.Key]*gatheredChange
	events     []clinic.Event
	eventsFrom time.Time // zero: no event is missing
}

// gatheredChange is a record as it is now, and as it was at the place the reader comes from.
type gatheredChange struct {
	before *record.Record
	after  *record.Record
	known  bool // before is true, also when it is nil
	seq    feed.Seq
}

func (g *gathered) add(c *feed.Change, known bool) {
	key := c.After.Key()
	if have := g.byKey[key]; have != nil {
		have.after, have.seq = &c.After, c.Seq
		return
	}
	have := &gatheredChange{before: c.Before, after: &c.After, known: known, seq: c.Seq}
	g.byKey[key] = have
	g.order = append(g.order, have)
}

// gather collects (from, to] of each scope, from memory where it reaches back far enough, else from the store. A page
// from the store may end before to, or after it, for the store holds records as they are now.
func (a *audience) gather(from, to []feed.Cursor) (*gathered, error) {
	g := &gathered{to: slices.Clone(from), byKey: map[record.Key]*gatheredChange{}}
	for i, scope := range a.view.Scopes {
		if part, ok := a.d.journal.between(scope, from[i], to[i].Seq); ok {
			for k := range part.changes {
				g.add(&part.changes[k], true)
			}
			for _, e := range part.events {
				g.events = append(g.events, e.event)
			}
			g.to[i] = advanced(from[i], to[i])
			continue
		}
		if g.more {
			continue // one page at a time; this scope stays where it is
		}
		if err := a.gatherStored(g, i, from[i]); err != nil || g.reset != "" {
			return g, err
		}
	}
	return g, nil
}

// advanced is where a reader stands that had everything up to `to`. Having seen a later head than that, it is not
// whole before it reaches it.
func advanced(from, to feed.Cursor) feed.Cursor {
	if to.Seq >= from.Seen {
		return to
	}
	return feed.Cursor{Timeline: from.Timeline, Seq: to.Seq, Seen: from.Seen, Safe: from.Safe}
}

// gatherStored adds one page of a scope.
func (a *audience) gatherStored(g *gathered, i int, from feed.Cursor) error {
	scope := a.view.Scopes[i]
	var head feed.Seq
	err := a.d.o.Core.View(func(tx feed.Tx) error {
		spans, err := feed.Spans(tx, scope)
		if err != nil {
			return err
		}
		if _, head, err = feed.Head(tx, scope); err != nil {
			return err
		}
		var held []feed.Cursor
		if !from.Timeline.IsZero() { // zero: there was nothing yet
			held = append(held, from)
		}
		since, at, clean := feed.Resume(spans, head, held)
		if !clean {
			g.reset = "history_gone"
			return nil
		}
		batch, err := feed.Read(tx, scope, since, feed.ReadOptions{MaxRecords: pageRecords, MaxBytes: pageBytes})
		if err != nil {
			return err
		}
		for k := range batch.Records {
			r := &batch.Records[k]
			g.add(&feed.Change{Scope: scope, Seq: r.Seq, After: r.Record}, false)
		}
		g.stored, g.more = true, batch.More
		g.to[i] = read(at, batch, spans)
		return a.gatherEvents(g, tx, scope, since, batch.To)
	})
	if err != nil {
		return fmt.Errorf("read changes of %s: %w", scope, err)
	}
	if g.reset == "" && !a.d.journal.reach(scope, head, reachWait) {
		return errors.New("the journal does not follow the store")
	}
	return nil
}

// read is where a reader at a place stands after a batch.
func read(at feed.Cursor, b feed.Batch, spans []feed.Span) feed.Cursor {
	at.Seq, at.Seen = b.To, max(at.Seen, b.Head)
	at.Timeline = numbering(spans, at.Seen)
	if at.Seq >= at.Seen {
		at.Safe = at.Seq
	}
	return at
}

func (a *audience) gatherEvents(g *gathered, tx feed.Tx, scope feed.Scope, since, to feed.Seq) error {
	if a.d.o.Events == nil {
		g.eventsFrom = a.d.o.Now()
		return nil
	}
	first := len(g.events)
	whole, err := a.d.o.Events(tx, scope, since, to, func(_ feed.Seq, e clinic.Event) bool {
		g.events = append(g.events, e)
		return len(g.events)-first < pageEvents
	})
	if err != nil {
		return err
	}
	if len(g.events)-first == pageEvents {
		// More events than a page holds: the newest of them are what people still want to hear.
		whole = false
	}
	if !whole {
		g.eventsFrom = a.d.o.Now()
		if first < len(g.events) {
			g.eventsFrom = g.events[first].At
		}
	}
	return nil
}
