package commit

import (
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// A batch is one transaction on its way: what it wrote, and how the working days were moved ahead of it.
type batch struct {
	c              *Committer
	tx             *feed.Hot
	now, clinicNow time.Time
	actor          string // whose command it is; empty for merges and the node's own
	size           int    // commands that may share the transaction
	changes        []feed.Change
	steps          []int // which of changes moved the working day
	events         map[feed.Scope][]logged
	rowKeys        [][]byte
	heads          map[feed.Scope]Head
	journal        journal // as it is once this is on disk
	place          []byte  // of its row in the journal; nil until all is written
	cause          spoiler
}

// A spoiler is the one action or task because of which a transaction cannot go on.
type spoiler struct {
	task   *task
	action int // -1: the whole task
	err    error
}

var errSpoilt = errors.New("a command broke the transaction")

// commitTasks runs tasks in one transaction and answers them. A task that breaks the transaction is answered alone,
// and the others run again without it.
func (c *Committer) commitTasks(tasks []*task) {
	for spoilt := 0; len(tasks) > 0; {
		group := tasks
		if spoilt > maxSpoilt {
			group = tasks[:1] // no more work is thrown away for a neighbour's fault
		}
		cause := c.commitGroup(group)
		if cause.task == nil {
			tasks = tasks[len(group):]
			continue
		}
		spoilt++
		if cause.task.write == nil { // who writes gets the error and answers for it
			c.o.Log.Error("a command failed inside", "command", cause.name(), "err", cause.err)
		}
		tasks = cause.setAside(tasks)
	}
}

const maxSpoilt = 3

// commitGroup is one transaction: it answers all its tasks and tells the hooks, or returns the one that spoilt it, in
// which case nothing happened and nobody was answered.
func (c *Committer) commitGroup(tasks []*task) spoiler {
	b := c.newBatch()
	for _, t := range tasks {
		b.size += t.weight()
	}
	err := b.commit(func() error {
		for _, t := range tasks {
			if !b.run(t) {
				return fmt.Errorf("%w: %w", errSpoilt, b.cause.err)
			}
		}
		return nil
	})
	if b.cause.task != nil {
		return b.cause
	}
	if err != nil {
		c.o.Log.Error("a transaction failed", "tasks", len(tasks), "err", err)
	}
	c.mintNew(b.changes)
	for _, t := range tasks {
		if err != nil {
			t.fail(errDisk)
		}
		close(t.done)
	}
	if err == nil {
		c.tell(b)
	}
	return spoiler{}
}

// commit runs fill in a transaction, and brings days and readers in line with what became of it.
func (b *batch) commit(fill func() error) error {
	c := b.c
	if err := c.ready(); err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.failure = err
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	err := c.store.Update(func(tx feed.Tx) error {
		b.tx = feed.NewHot(tx)
		if err := fill(); err != nil {
			return err
		}
		if err := b.finish(); err != nil {
			return err
		}
		return b.tx.Flush()
	})
	b.settle(err)
	return err
}

func (c *Committer) newBatch() *batch {
	return &batch{
		c: c, now: c.o.Now(), clinicNow: c.o.ClinicNow(), events: map[feed.Scope][]logged{}, heads: map[feed.Scope]Head{},
		changes: make([]feed.Change, 0, c.lastChanges),
	}
}

// run runs one task, and reports whether the transaction can go on.
func (b *batch) run(t *task) bool {
	switch {
	case t.write != nil:
		return b.runWrite(t)
	case t.actions != nil:
		t.results = make([]api.Result, len(t.actions))
		for i := range t.actions {
			if err := t.spoilt[i]; err != nil {
				t.results[i] = rejected(t.actions[i].ID, err)
				continue
			}
			b.actor = t.actor.ID
			result, err := b.act(t.actor, t.actions[i])
			b.actor = ""
			if err != nil {
				b.cause = spoiler{t, i, err}
				return false
			}
			t.results[i] = result
		}
		return true
	}
	if err := guard(func() error { return b.answerRequest(t.request) }); err != nil {
		b.cause = spoiler{t, -1, err}
		return false
	}
	return true
}

func (b *batch) runWrite(t *task) bool {
	w := &Writer{batch: b}
	t.err = guard(func() error { return t.write(w) })
	if t.err != nil && w.dirty {
		b.cause = spoiler{t, -1, t.err}
		return false
	}
	return true
}

// panicked is a bug met on the way, as an error: it must not end the node.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

func guard(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicked{p, debug.Stack()}
		}
	}()
	return fn()
}

// edit writes one edit through the feed and moves the working day along.
func (b *batch) edit(scope feed.Scope, e record.Edit) (feed.Change, error) {
	head, err := b.head(scope)
	if err != nil {
		return feed.Change{}, err
	}
	change, err := b.c.o.Rules.Edit(b.tx, scope, e, b.now)
	if err != nil {
		return feed.Change{}, fmt.Errorf("edit %s %s: %w", e.Kind, e.ID, err)
	}
	if change.Seq > head.Seq { // else the record had all of it already
		b.note(change)
	}
	return change, nil
}

// head is the scope's head as this transaction has moved it.
func (b *batch) head(scope feed.Scope) (Head, error) {
	if head, ok := b.heads[scope]; ok {
		return head, nil
	}
	timeline, seq, err := feed.Head(b.tx, scope)
	if err != nil {
		return Head{}, fmt.Errorf("read the head of %s: %w", scope, err)
	}
	b.heads[scope] = Head{timeline, seq}
	return b.heads[scope], nil
}

// note follows a change that is in the transaction: heads, events, the working day.
func (b *batch) note(noted feed.Change) {
	head := b.heads[noted.Scope]
	head.Seq = noted.Seq
	b.heads[noted.Scope] = head
	b.changes = append(b.changes, noted)
	change := &b.changes[len(b.changes)-1]
	for _, e := range clinic.Events(change.Before, &change.After, b.c.teller(change.Scope)) {
		e.Actor = b.actor
		b.events[change.Scope] = append(b.events[change.Scope], logged{change.Seq, e})
	}
	if day := b.c.working; day != nil && concerns(change.Scope, day.Site()) {
		day.Apply(change.Before, &change.After)
		b.steps = append(b.steps, len(b.changes)-1)
	}
}

// finish writes what belongs to the transaction as a whole.
func (b *batch) finish() error {
	b.journal, b.c.lastChanges = b.c.journal, len(b.changes)
	if len(b.changes)+len(b.rowKeys) == 0 {
		return nil
	}
	row := journalRow{Keys: b.rowKeys}
	for _, scope := range slices.Sorted(maps.Keys(b.events)) {
		events, err := appendEvents(b.tx, scope, b.events[scope])
		if err != nil {
			return err
		}
		row.Events = append(row.Events, events)
	}
	var err error
	if b.journal, err = b.journal.forgetEvents(b.tx, b.now, row.eventCount()); err != nil {
		return err
	}
	if err := b.journal.forgetAnswers(b.tx, b.now); err != nil {
		return err
	}
	b.c.serial++
	b.place = journalKey(b.now, b.c.serial)
	return row.write(b.tx, b.place)
}
