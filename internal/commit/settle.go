package commit

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// settle brings the days in line with what became of the transaction: readers see all of it, or nothing.
func (b *batch) settle(err error) {
	b.tx = nil
	c := b.c
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.failure = nil
		b.show()
		return
	}
	var fault *panicked
	if errors.As(err, &fault) {
		c.reread = true // a day that a panic left half moved cannot be moved back
	} else {
		for _, at := range slices.Backward(b.steps) {
			s := &b.changes[at]
			c.working.Apply(&s.After, s.Before)
		}
	}
	if b.place != nil {
		c.doubt = b
	}
	if !errors.Is(err, errSpoilt) {
		c.failure = err
	}
}

// show moves the shown days to the batch. The caller holds mu.
func (b *batch) show() {
	c := b.c
	c.journal = b.journal
	for i := range b.changes {
		change := &b.changes[i]
		if change.Scope != feed.Network {
			if day := c.shown[siteOfScope(change.Scope)]; day != nil {
				day.Apply(change.Before, &change.After)
			}
			continue
		}
		for _, day := range c.shown {
			day.Apply(change.Before, &change.After)
		}
	}
}

// ready prepares the next transaction: it settles what the last one left open.
func (c *Committer) ready() error {
	if err := c.settleDoubt(); err != nil {
		return err
	}
	if c.reread && c.working != nil {
		return c.beginDay()
	}
	return nil
}

// settleDoubt finds out what became of a transaction whose commit failed: a disk that reports an error may have
// written it all the same. If so it is shown after all, and the clients that repeat their actions are told duplicate.
func (c *Committer) settleDoubt() error {
	b := c.doubt
	if b == nil {
		return nil
	}
	c.writing.Lock()
	landed := false
	err := c.store.View(func(tx feed.Tx) error {
		row, err := tx.Get(b.place)
		landed = row != nil
		return err
	})
	if err == nil && landed {
		for _, at := range b.steps {
			s := &b.changes[at]
			c.working.Apply(s.Before, &s.After)
		}
		c.mu.Lock()
		b.show()
		c.mu.Unlock()
	}
	c.writing.Unlock()
	if err != nil {
		return fmt.Errorf("look what became of the last transaction: %w", err)
	}
	c.doubt = nil
	if landed {
		c.requestsWait = true
		c.mintNew(b.changes)
		c.tell(b)
	}
	return nil
}

// tell calls the hooks.
func (c *Committer) tell(b *batch) {
	if len(b.changes) == 0 && len(b.events) == 0 {
		return
	}
	done := Committed{Changes: b.changes, Heads: map[feed.Scope]Head{}}
	for i := range b.changes {
		done.Heads[b.changes[i].Scope] = b.heads[b.changes[i].Scope]
	}
	count := 0
	for _, events := range b.events {
		count += len(events)
	}
	done.Events = make([]clinic.Event, 0, count)
	for _, scope := range slices.Sorted(maps.Keys(b.events)) {
		for _, l := range b.events[scope] {
			done.Events = append(done.Events, l.Event)
		}
	}
	for _, hook := range c.hooks {
		hook(done)
	}
}

// name is what the log calls the spoiler.
func (s spoiler) name() string {
	switch {
	case s.action >= 0:
		return s.task.actions[s.action].Type
	case s.task.write != nil:
		return "write"
	}
	return "request"
}

// ours are faults that the same command meets again, whatever the disk does.
var ours = []error{
	record.ErrOnceSet, record.ErrUnknownStatus, record.ErrPolicy, record.ErrBadName, record.ErrDay, record.ErrEmptyEdit,
	record.ErrClock, feed.ErrScope, feed.ErrNoTimeline, feed.ErrCorrupt,
}

// verdict is what the one who sent the action is told: a fault of the disk may pass, ours does not.
func (s spoiler) verdict() error {
	var fault *panicked
	switch {
	case errors.Is(s.err, record.ErrTooLarge):
		return errFull
	case errors.As(s.err, &fault), slices.ContainsFunc(ours, func(e error) bool { return errors.Is(s.err, e) }):
		return errOurs
	}
	return errDisk
}

// setAside settles the spoiler and returns the tasks that are still to be run.
func (s spoiler) setAside(tasks []*task) []*task {
	t := s.task
	if s.action >= 0 {
		if t.spoilt == nil {
			t.spoilt = map[int]error{}
		}
		t.spoilt[s.action] = s.verdict()
		return tasks
	}
	t.err = s.err
	close(t.done)
	return slices.DeleteFunc(slices.Clone(tasks), func(other *task) bool { return other == t })
}

// fail answers the whole task with one error.
func (t *task) fail(err error) {
	t.err = err
	t.results = make([]api.Result, len(t.actions))
	for i := range t.actions {
		t.results[i] = rejected(t.actions[i].ID, err)
	}
}
