package commit

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit/ledger"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// reserveAhead is how many token numbers one write of the ledger takes, or one for each command of the transaction when
// those are more: a kill -9 costs at most that many.
const reserveAhead = 20

var (
	errPast = &clinic.Error{Code: clinic.CodeUnavailable, Retryable: true,
		Message: "The clock of this box is behind the last day that had tokens. Set the clock, then try again."}
	errNoTokens = &clinic.Error{Code: clinic.CodeUnavailable, Retryable: true,
		Message: "Token numbers could not be reserved on the disk. Try again."}
)

var errEventReused = &clinic.Error{Code: clinic.CodeIDReused, Message: "This id was used for another event."}

// ask puts the command before the clinic, with token numbers reserved as it needs them. The error is a *clinic.Error
// or a fault of the store.
func (b *batch) ask(src *source, actor clinic.Actor, command clinic.Command) (clinic.Decision, error) {
	if err := b.recallUndo(actor, &command); err != nil {
		return clinic.Decision{}, err
	}
	for {
		decision, err := clinic.Decide(b.c.working, src, command, actor, b.clinicNow, b.now)
		if src.err != nil {
			return clinic.Decision{}, src.err
		}
		var needed *clinic.TokensNeeded
		if !errors.As(err, &needed) {
			return decision, err
		}
		if err := b.reserve(needed); err != nil {
			return clinic.Decision{}, err
		}
	}
}

// recallUndo gives queue.undo what the row of the action it names kept. The row is looked for under the actor first;
// a coordinator may undo what another did, whom the audit of that action names.
func (b *batch) recallUndo(actor clinic.Actor, command *clinic.Command) error {
	if command.Type != "queue.undo" {
		return nil
	}
	var data clinic.UndoData
	if json.Unmarshal(command.Data, &data) != nil || data.Action.IsZero() {
		return nil // the clinic says what is wrong with the data
	}
	row, ok, err := loadKeyRow(b.tx, actor.ID, data.Action)
	if err == nil && !ok {
		audit, _, known, loadErr := feed.Load(b.tx, feed.SiteScope(b.c.o.Site), record.Key{Kind: clinic.KindAudit, ID: data.Action})
		if loadErr != nil || !known {
			return loadErr
		}
		row, ok, err = loadKeyRow(b.tx, audit.Get("actor").Text(), data.Action)
	}
	if err != nil || !ok || len(row.undo) == 0 {
		return err
	}
	var undo clinic.Undo
	if err := json.Unmarshal(row.undo, &undo); err != nil {
		return fmt.Errorf("decode how to undo %s: %w", data.Action, err)
	}
	command.Undo = &undo
	return nil
}

// reserve takes the next numbers of a series into the working day.
func (b *batch) reserve(needed *clinic.TokensNeeded) error {
	c, day := b.c, b.c.working
	epoch := c.tokens.Epoch()
	got, err := c.tokens.Reserve(needed.Day, needed.Series, day.HighestToken(needed.Series, epoch), max(needed.Count, reserveAhead, b.size))
	if errors.Is(err, ledger.ErrDayPast) {
		return errPast
	}
	c.mu.Lock()
	c.tokenless = err
	c.mu.Unlock()
	if err != nil {
		c.o.Log.Error("token numbers could not be reserved", "series", needed.Series, "err", err)
		return errNoTokens
	}
	if got.Epoch != epoch {
		c.o.Log.Warn("another box gave tokens in this one's name; they go on in a new series", "epoch", got.Epoch)
		clear(day.Tokens)
	}
	next := clinic.TokenRange{Epoch: got.Epoch, Next: got.First, Last: got.Last}
	if left, ok := day.Tokens[needed.Series]; ok && left.Epoch == got.Epoch && left.Last+1 == got.First && left.Next <= left.Last {
		next.Next = left.Next
	}
	day.Tokens[needed.Series] = next
	return saveEpoch(b.tx, got.Epoch)
}

// emit logs an event that no change implies. The local feed gives it a seq by a record that says which event was last.
func (b *batch) emit(e clinic.Event) error {
	content, err := json.Marshal([]any{e.Actor, e.Subject, e.Data})
	if err != nil {
		return fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	hash, id := contentHash(e.Type, content), record.Derive("emitted", e.ID)
	told, known, err := loadKeyRow(b.tx, "event", id)
	switch {
	case err != nil:
		return err
	case known && told.hash != hash && told.hash != [16]byte{}: // an older program kept none
		return errEventReused
	case known:
		return nil
	}
	key := rowKey("event", id)
	if err := b.tx.Put(key, keyRow{hash: hash, at: b.now}.encode()); err != nil {
		return fmt.Errorf("remember event %s: %w", e.ID, err)
	}
	b.rowKeys = append(b.rowKeys, key)
	change, err := b.edit(b.c.o.Local, record.Edit{
		Kind: "emitted", ID: record.Derive("emitted"), Set: map[string]record.Value{"event": record.Text(e.ID)},
	})
	if err != nil {
		return err
	}
	b.events[b.c.o.Local] = append(b.events[b.c.o.Local], logged{change.Seq, e})
	return nil
}

// carryOut writes what was decided and returns the last seq it took.
func (b *batch) carryOut(src *source, decision clinic.Decision) (feed.Seq, error) {
	var last feed.Seq
	if !decision.Site.IsZero() {
		src.site = feed.SiteScope(decision.Site)
	}
	for _, e := range decision.Edits {
		scope := src.scopeOf(e.Kind)
		if scope == "" {
			return 0, fmt.Errorf("edit %s %s: it belongs to a site, and the command names none", e.Kind, e.ID)
		}
		change, err := b.edit(scope, e)
		if err != nil {
			return 0, err
		}
		if scope != src.local {
			last = change.Seq
		}
	}
	for _, e := range decision.Events {
		if err := b.emit(e); err != nil {
			return 0, err
		}
	}
	return last, nil
}
