package simulation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
)

var (
	errFull    = errors.New("no space left on the disk")
	errCrashed = errors.New("the process died")
)

// disk is a store, and beside it what its records stand for.
type disk struct {
	name        string
	rows        rows
	stands      map[place]set
	incarnation int  // rises when the store under running processes is replaced
	old         bool // its processes run the older program
	full        bool
	stall       time.Duration // how long a transaction waits for the disk
	copies      []backup
}

// backup is an old copy of a disk.
type backup struct {
	rows   rows
	stands map[place]set
}

func newDisk(name string) *disk {
	return &disk{name: name, stands: map[place]set{}, copies: []backup{{}}} // the empty disk is a copy too
}

func (d *disk) schema() record.Schema {
	if d.old {
		return oldSchema
	}
	return newSchema
}

func (d *disk) copy() backup { return backup{slices.Clone(d.rows), maps.Clone(d.stands)} }

func (d *disk) restore(b backup) {
	d.rows, d.stands = slices.Clone(b.rows), maps.Clone(b.stands)
	if d.stands == nil {
		d.stands = map[place]set{}
	}
}

func (d *disk) view(fn func(feed.Tx) error) error { return fn(&transaction{rows: &d.rows}) }

// look reads what a judge needs; an error is a fault of the store.
func look[T any](w *world, d *disk, read func(feed.Tx) (T, error)) (out T) {
	err := d.view(func(tx feed.Tx) (err error) {
		out, err = read(tx)
		return err
	})
	if err != nil {
		w.fault(Sound, "%s: %v", d.name, err)
	}
	return out
}

// store is a disk as one process has it open.
type store struct {
	*process
	opened int
}

var _ link.Store = (*store)(nil)

func (s *store) usable() error {
	switch {
	case !s.alive || s.doomed:
		return errCrashed
	case s.opened != s.disk.incarnation && !s.world.off.Incarnation:
		s.stale = true
		return fmt.Errorf("%s: %w", s.disk.name, link.ErrRolledBack)
	}
	return nil
}

// View implements link.Store.
func (s *store) View(fn func(feed.Tx) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	return s.disk.view(fn)
}

// Write implements link.Store.
func (s *store) Write(_ context.Context, fn func(feed.Tx) error) error { return s.update(fn, nil) }

// update is one transaction. The process may die on either side of the barrier: before anything is written, or after
// all of it is and nobody was told. told runs when it is on disk.
func (s *store) update(fn func(feed.Tx) error, told func()) error {
	if err := s.usable(); err != nil {
		return err
	}
	if s.disk.full {
		return errFull
	}
	if s.world.dies(s.process, "before") {
		return errCrashed
	}
	tx := &transaction{rows: &s.disk.rows, write: true}
	if err := fn(tx); err != nil {
		tx.rollback()
		return err
	}
	if told != nil {
		told()
	}
	if s.world.dies(s.process, "after") {
		return errCrashed
	}
	return nil
}

// Merge implements link.Store as a committer does: in short transactions, between which others write, and the cursor
// moves in the last one.
func (s *store) Merge(_ context.Context, in link.Incoming) (link.Merged, error) {
	var m link.Merged
	rest := in.Records
	for first := true; first || len(rest) > 0; first = false {
		slice := rest
		if n := len(rest); n > 1 && s.world.chance(0.3) {
			slice = rest[:1+s.world.random.IntN(n-1)]
		}
		rest = rest[len(slice):]
		if err := s.mergeSlice(in, slice, len(rest) == 0, &m); err != nil {
			return link.Merged{}, err
		}
		if len(rest) > 0 {
			s.world.intrude(s.process)
		}
	}
	return m, nil
}

func (s *store) mergeSlice(in link.Incoming, slice []feed.Sequenced, last bool, m *link.Merged) error {
	var arrivals []arrival
	done := *m
	done.Parked = slices.Clone(m.Parked)
	err := s.update(func(tx feed.Tx) error {
		for i := range slice {
			from := feed.Source{Peer: in.Peer, Timeline: in.Timeline, Seq: slice[i].Seq}
			more, err := s.mergeRecord(tx, in.Scope, &slice[i].Record, from, &done)
			if err != nil {
				return err
			}
			arrivals = append(arrivals, more...)
		}
		if !last || !in.Advance {
			return nil
		}
		var err error
		done.Cursor, err = feed.Advance(tx, in.Scope, in.Peer, feed.Frame{Timeline: in.Timeline, From: in.From, To: in.To, Head: in.Head})
		if err != nil {
			s.world.fault(Stretch, "%s: %v", s.name, err)
		}
		return err
	}, func() { s.arrived(in.Scope, arrivals) })
	if err == nil {
		s.result.Useful += done.Applied - m.Applied
		*m = done
	}
	return err
}

// arrival is a record that was merged, and what that changed.
type arrival struct {
	record  *record.Record
	changes []feed.Change
}

// mergeRecord merges a record, and with the answer to a request also the whole records that it carries.
func (s *store) mergeRecord(tx feed.Tx, scope feed.Scope, r *record.Record, from feed.Source, m *link.Merged) ([]arrival, error) {
	changes, err := s.merging.Merge(tx, scope, *r, from)
	if errors.Is(err, feed.ErrParked) {
		m.Parked = append(m.Parked, r.Key())
		return nil, feed.Park(tx, scope, from, err.Error(), record.Encode(r))
	}
	if err != nil {
		return nil, err
	}
	out := []arrival{{r, changes}}
	changed := len(changes) > 0
	for _, effect := range effects(r) {
		more, err := s.merging.Merge(tx, scope, effect, feed.Source{})
		if err != nil {
			return nil, fmt.Errorf("merge the effect of a request: %w", err)
		}
		changed = changed || len(more) > 0
		out = append(out, arrival{&effect, more})
	}
	if changed {
		m.Applied++
	}
	return out, nil
}

// arrived tells the oracle, and whoever follows the disk.
func (s *store) arrived(scope feed.Scope, arrivals []arrival) {
	o := s.world.oracle
	moved := map[feed.Scope]bool{}
	for _, a := range arrivals {
		for i := range a.changes {
			moved[a.changes[i].Scope] = true
			s.world.changed(s.process, &a.changes[i])
		}
		if !tells(a.record.Kind) {
			continue
		}
		p := place{scope, a.record.Key()}
		stands := s.disk.stands[p].union(o.standsFor(scope, a.record))
		if len(a.changes) > 0 {
			o.holds(&a.changes[0], stands)
		} else {
			s.unchanged(p, stands)
		}
		s.disk.stands[p] = stands
	}
	for _, sc := range s.world.scopes() {
		if moved[sc] {
			s.world.moved(s.disk, sc, s.process)
		}
	}
}

// unchanged judges a merge that changed nothing: what came must have been held.
func (s *store) unchanged(p place, stands set) {
	if !s.disk.stands[p].equals(stands) {
		story := s.world.oracle.story(p)
		s.world.fault(Hidden, "%s: %s took %s for %s", p, s.name, story.names(stands), story.names(s.disk.stands[p]))
	}
}

// edited tells the oracle of an edit of a person at this process, and whoever follows the disk.
func (s *store) edited(e record.Edit, c *feed.Change) {
	s.world.changed(s.process, c)
	if tells(c.After.Kind) {
		p := place{c.Scope, c.After.Key()}
		s.disk.stands[p] = s.world.oracle.edited(s.name, e, c, s.disk.stands[p], s.clock())
	}
	s.world.moved(s.disk, c.Scope, s.process)
}
