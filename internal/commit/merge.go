package commit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// Incoming is what a peer sent of one scope: the records of the stretch (From, To] of its feed. With Advance the
// cursor held of the peer moves over the stretch in the transaction that merges the last of them.
type Incoming struct {
	Scope          feed.Scope
	Peer           string // empty for a file: nothing is remembered of where the records came from
	Timeline       feed.Timeline
	From, To, Head feed.Seq
	Records        []feed.Sequenced
	Advance        bool
}

// Merged says what became of an Incoming. Applied counts the records that changed something here.
type Merged struct {
	Cursor  feed.Cursor
	Applied int
	Parked  []record.Key // cannot be merged; kept aside for people, and the cursor moved on
}

// incoming is an Incoming on its way; next is the first record that is not on disk yet.
type incoming struct {
	Incoming
	next   int
	merged Merged
	spoilt map[int]error // records that broke a transaction: parked when it is tried again
	err    error
	done   chan struct{}
}

func (in *incoming) finish(err error) {
	in.err = err
	close(in.done)
}

// Merge unites a peer's records with those held, in short transactions between which local actions go
// first, and returns once all of it is on disk. After an error a part may be merged, which does no harm, and the
// cursor has not moved. When much waits, Merge waits too.
func (c *Committer) Merge(ctx context.Context, in Incoming) (Merged, error) {
	t := &incoming{Incoming: in, done: make(chan struct{})}
	select {
	case c.remote <- t:
	case <-ctx.Done():
		return Merged{}, fmt.Errorf("wait to merge: %w", ctx.Err())
	case <-c.closed:
		return Merged{}, errClosed
	}
	if err := c.await(ctx, t.done); err != nil {
		return Merged{}, err
	}
	return t.merged, t.err
}

// mergeSlice is one transaction of what peers sent. It returns what is left.
func (c *Committer) mergeSlice(waiting []*incoming) []*incoming {
	b := c.newBatch()
	var progress []step
	err := b.commit(func() (err error) {
		progress, err = b.merge(waiting)
		return err
	})
	if errors.Is(err, errSpoilt) {
		return waiting
	}
	if err != nil {
		return c.failSlice(waiting, err)
	}
	c.mintNew(b.changes)
	for i, s := range progress {
		s.of(waiting[i])
	}
	c.tell(b)
	c.commitTasks(c.waitingRequests(b.changes))
	return waiting[finished(progress):]
}

// A step is how far a slice got with one incoming: it counts only once the transaction is on disk.
type step struct {
	next   int
	merged Merged
	done   bool
}

func (s step) of(in *incoming) {
	in.next, in.merged = s.next, s.merged
	if s.done {
		in.finish(nil)
	}
}

// finished is how many of the first steps are done; only the last one of a slice may not be.
func finished(steps []step) int {
	n := len(steps)
	if n > 0 && !steps[n-1].done {
		n--
	}
	return n
}

// failSlice answers those that the slice could have touched; the link asks again.
func (c *Committer) failSlice(waiting []*incoming, err error) []*incoming {
	c.o.Log.Error("records of a peer could not be merged", "peer", waiting[0].Peer, "scope", string(waiting[0].Scope), "err", err)
	waiting[0].finish(fmt.Errorf("merge records of %s from %s: %w", waiting[0].Scope, waiting[0].Peer, err))
	return waiting[1:]
}

// merge goes through what waits until the slice's time is up. At least one record is merged, so that a slow disk
// makes slices long and not endless.
func (b *batch) merge(waiting []*incoming) ([]step, error) {
	var progress []step
	started := time.Now()
	for _, in := range waiting {
		s := step{next: in.next, merged: in.merged}
		for ; s.next < len(in.Records); s.next++ {
			if (s.next > in.next || len(progress) > 0) && time.Since(started) >= b.c.o.MergeSlice {
				return append(progress, s), nil
			}
			if err := b.mergeOne(in, s.next, &s.merged); err != nil {
				return nil, err
			}
		}
		if in.Advance {
			cursor, err := feed.Advance(b.tx, in.Scope, in.Peer, feed.Frame{Timeline: in.Timeline, From: in.From, To: in.To, Head: in.Head})
			if err != nil {
				return nil, fmt.Errorf("advance the cursor: %w", err)
			}
			s.merged.Cursor = cursor
		}
		s.done = true
		progress = append(progress, s)
	}
	return progress, nil
}

// mergeOne merges one record, and with the answer to a request also the records it carries.
func (b *batch) mergeOne(in *incoming, i int, merged *Merged) error {
	sent := in.Records[i]
	from := feed.Source{Peer: in.Peer, Timeline: in.Timeline, Seq: sent.Seq}
	changed, err := false, in.spoilt[i]
	if err == nil {
		changed, err = b.mergeRecord(in.Scope, sent.Record, from)
	}
	var fault *panicked
	switch {
	case errors.Is(err, feed.ErrParked), in.spoilt[i] != nil:
		merged.Parked = append(merged.Parked, sent.Record.Key())
		b.c.o.Log.Error("a record of a peer cannot be merged; it is kept aside", "kind", sent.Record.Kind,
			"id", sent.Record.ID.String(), "peer", in.Peer, "err", err)
		return feed.Park(b.tx, in.Scope, from, err.Error(), record.Encode(&sent.Record))
	case errors.As(err, &fault), errors.Is(err, feed.ErrCorrupt):
		if in.spoilt == nil {
			in.spoilt = map[int]error{}
		}
		in.spoilt[i] = err
		return fmt.Errorf("%w: %w", errSpoilt, err)
	}
	if err != nil {
		return err
	}
	for _, r := range unpackOutcome(&sent.Record) {
		more, err := b.mergeRecord(in.Scope, r, feed.Source{})
		if err != nil && !errors.Is(err, feed.ErrParked) {
			return err
		}
		changed = changed || more
	}
	if changed {
		merged.Applied++
	}
	return nil
}

func (b *batch) mergeRecord(scope feed.Scope, r record.Record, from feed.Source) (changed bool, err error) {
	var changes []feed.Change
	err = guard(func() (err error) {
		if changes, err = b.c.o.Rules.Merge(b.tx, scope, r, from); err != nil {
			return fmt.Errorf("merge %s %s: %w", r.Kind, r.ID, err)
		}
		for i := range changes {
			if _, err := b.head(changes[i].Scope); err != nil {
				return err
			}
			b.note(changes[i])
		}
		return nil
	})
	return len(changes) > 0, err
}
