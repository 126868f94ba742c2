package commit

import (
	"errors"
	"fmt"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// How a request may be settled; it waits as clinic.RequestPending.
const (
	requestAccepted = "accepted"
	requestRefused  = "refused"
	requestExpired  = "expired"
)

// waitingRequests turns the requests of the centre that a transaction brought into tasks.
func (c *Committer) waitingRequests(changes []feed.Change) []*task {
	if c.working == nil {
		return nil
	}
	var tasks []*task
	for i := range changes {
		after := &changes[i].After
		if after.Kind == clinic.KindRequest && after.Get("state").Text() == clinic.RequestPending && siteOfScope(changes[i].Scope) == c.o.Site {
			tasks = append(tasks, requestTask(after.Key()))
		}
	}
	return tasks
}

func requestTask(key record.Key) *task { return &task{request: key, done: make(chan struct{})} }

// resumeRequests runs the requests that were waiting when the node stopped, or that could not be run yet.
func (c *Committer) resumeRequests() {
	if c.working == nil {
		return
	}
	c.requestsWait = false
	var tasks []*task
	err := c.store.View(func(tx feed.Tx) error {
		pending := []record.Value{record.Text(clinic.RequestPending)}
		return feed.ByIndex(tx, feed.SiteScope(c.o.Site), clinic.KindRequest, "state", pending, func(r record.Record) (bool, error) {
			tasks = append(tasks, requestTask(r.Key()))
			return true, nil
		})
	})
	if err != nil {
		c.requestsWait = true
		c.o.Log.Error("requests of the centre could not be read", "err", err)
		return
	}
	c.commitTasks(tasks)
}

// answerRequest runs what the centre asked for as if its admin stood here, and writes how it went: refused or expired
// with the reason, or accepted with the whole records that it changed, so that whoever merges the answer has them.
func (b *batch) answerRequest(key record.Key) error {
	scope := feed.SiteScope(b.c.o.Site)
	request, _, ok, err := feed.Load(b.tx, scope, key)
	if err != nil {
		return fmt.Errorf("read request %s: %w", key.ID, err)
	}
	if !ok || request.Get("state").Text() != clinic.RequestPending {
		return nil
	}
	set := map[string]record.Value{"settledAt": record.TimeValue(b.now)}
	command, actor, expires, ok := clinic.Requested(&request)
	switch {
	case !ok:
		set["state"], set["code"] = record.Text(requestRefused), record.Text(string(clinic.CodeInvalid))
		set["message"] = record.Text("The site could not read this request.")
	case b.now.After(expires):
		set["state"] = record.Text(requestExpired)
	default:
		changed, err := b.runRequest(actor, command)
		var refusal *clinic.Error
		switch {
		case errors.As(err, &refusal) && refusal.Retryable:
			b.c.requestsWait = true
			return nil
		case errors.As(err, &refusal):
			set["state"], set["code"] = record.Text(requestRefused), record.Text(string(refusal.Code))
			set["message"] = record.Text(refusal.Message)
		case err != nil:
			return err
		default:
			set["state"] = record.Text(requestAccepted)
			if outcome, ok := packOutcome(changed); ok {
				set["outcome"] = outcome
			}
		}
	}
	_, err = b.edit(scope, record.Edit{Kind: key.Kind, ID: key.ID, Day: request.Day, Set: set})
	return err
}

func (b *batch) runRequest(actor clinic.Actor, command clinic.Command) ([]record.Record, error) {
	before := len(b.changes)
	src := b.c.source(b.tx, b.c.o.Site)
	decision, err := b.ask(src, actor, command)
	if err != nil {
		return nil, err
	}
	if _, err := b.carryOut(src, decision); err != nil {
		return nil, err
	}
	var changed []record.Record
	for i := range b.changes[before:] {
		if change := &b.changes[before+i]; change.Scope == src.site {
			changed = append(changed, change.After)
		}
	}
	return changed, nil
}

// packOutcome is false for more than one value holds; the records then come by themselves.
func packOutcome(changed []record.Record) (record.Value, bool) {
	data, err := record.EncodeBatch(changed)
	value := record.Bytes(data)
	return value, err == nil && len(value) <= record.MaxValueBytes
}

// unpackOutcome returns the records that the answer to a request carries; what cannot be read is nothing, since the
// same records also come by themselves.
func unpackOutcome(r *record.Record) []record.Record {
	data := r.Get("outcome").Bytes()
	if r.Kind != clinic.KindRequest || len(data) == 0 {
		return nil
	}
	records, err := record.DecodeBatch(data, record.DefaultLimits)
	if err != nil {
		return nil
	}
	return records
}
