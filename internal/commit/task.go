package commit

import (
	"context"
	"fmt"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

var (
	errClosed = &clinic.Error{Code: clinic.CodeUnavailable, Message: "The node is stopping. Try again in a moment.", Retryable: true}
	errBusy   = &clinic.Error{Code: clinic.CodeUnavailable, Message: "The node has too much to do. Try again in a moment.", Retryable: true}
	errDisk   = &clinic.Error{Code: clinic.CodeUnavailable, Message: "The node could not write to its disk. Nothing was changed; try again.", Retryable: true}
	errFull   = &clinic.Error{Code: clinic.CodeTooLarge, Message: "This record cannot hold any more."}
	errOurs   = &clinic.Error{Code: clinic.CodeInternal, Message: "Something went wrong on the node; its log says what."}
)

// A task is what one caller waits for: a list of actions, an edit of the node's own, or a request of the centre.
// Between submit and done it belongs to the committer's goroutine.
type task struct {
	actor   clinic.Actor
	actions []api.Action
	results []api.Result
	spoilt  map[int]error // actions that broke a transaction, by place: left out when it is tried again

	write func(*Writer) error

	request record.Key // of the centre

	err  error
	done chan struct{}
}

func (t *task) weight() int { return max(1, len(t.actions)) }

// Act runs actions one by one in their order, and returns a result for each, in that order, once they are on disk.
// The error is a *clinic.Error (unavailable: nothing was taken) or ctx's; after the latter the actions may still be
// committed, and sending them again tells.
func (c *Committer) Act(ctx context.Context, actor clinic.Actor, actions []api.Action) ([]api.Result, error) {
	if len(actions) == 0 {
		return []api.Result{}, nil
	}
	t := &task{actor: actor, actions: actions, done: make(chan struct{})}
	if err := c.submit(ctx, t); err != nil {
		return nil, err
	}
	return t.results, nil
}

// Write runs fn in a transaction for edits that are no command: sessions, credentials, enrolment. fn may run more
// than once and must not keep the Writer; an error of fn undoes all it wrote, and is returned as it is.
func (c *Committer) Write(ctx context.Context, fn func(*Writer) error) error {
	t := &task{write: fn, done: make(chan struct{})}
	if err := c.submit(ctx, t); err != nil {
		return err
	}
	return t.err
}

func (c *Committer) submit(ctx context.Context, t *task) error {
	select {
	case <-c.closed:
		return errClosed
	default:
	}
	select {
	case c.local <- t:
	default:
		return errBusy
	}
	return c.await(ctx, t.done)
}

// await returns nil once done, also when the committer ended right after.
func (c *Committer) await(ctx context.Context, done chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the commit: %w", ctx.Err())
	case <-c.closed:
	}
	select {
	case <-done:
		return nil
	default:
		return errClosed
	}
}

// Writer writes the node's own edits inside a transaction of Write.
type Writer struct {
	batch *batch
	dirty bool
}

// Tx is the transaction, for reading through package feed. Writing past Edit and Put is a bug.
func (w *Writer) Tx() feed.Tx { return w.batch.tx }

// Edit writes one edit in a scope, shows it to days and hooks like any other, and returns the change.
func (w *Writer) Edit(scope feed.Scope, e record.Edit) (feed.Change, error) {
	w.dirty = true
	return w.batch.edit(scope, e)
}

// Emit logs an event that no change of a record implies, under the next seq of the node's own scope. An event that was
// emitted before is dropped, and another one under its id is refused with clinic.CodeIDReused.
func (w *Writer) Emit(e clinic.Event) error {
	w.dirty = true
	return w.batch.emit(e)
}
