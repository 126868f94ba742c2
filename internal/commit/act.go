package commit

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// act runs one action of an actor. A refusal is a result; an error is a fault of ours that spoils the transaction.
func (b *batch) act(actor clinic.Actor, a api.Action) (api.Result, error) {
	command, err := commandOf(a)
	if err != nil {
		return rejected(a.ID, err), nil
	}
	hash := contentHash(a.Type, a.Data)
	row, known, err := loadKeyRow(b.tx, actor.ID, command.ID)
	if err != nil {
		return api.Result{}, err
	}
	if known {
		return repeated(a.ID, row, hash)
	}
	var given answer
	err = guard(func() (err error) {
		given, err = b.decide(actor, command)
		return err
	})
	if err != nil {
		return api.Result{}, err
	}
	given.result.ID = a.ID
	return given.result, b.keep(actor, command, hash, given)
}

// commandOf reads what every action has; the rest is the clinic's to judge.
func commandOf(a api.Action) (clinic.Command, error) {
	id, err := record.ParseID(a.ID)
	if err != nil || id[6]>>4 != 7 {
		return clinic.Command{}, &clinic.Error{Code: clinic.CodeInvalid, Message: "The id of an action is a UUIDv7."}
	}
	var at api.Time
	if a.At != "" {
		if err := at.UnmarshalText([]byte(a.At)); err != nil {
			return clinic.Command{}, &clinic.Error{Code: clinic.CodeInvalid, Message: "The time of an action is an RFC 3339 time."}
		}
	}
	return clinic.Command{ID: id, Type: a.Type, At: at.Time, Saw: a.Saw, Data: a.Data, Secret: a.Secret, HeardAt: a.HeardAt}, nil
}

// repeated is the answer to an action that was answered before.
func repeated(id string, row keyRow, hash [16]byte) (api.Result, error) {
	if row.hash != hash {
		return rejected(id, &clinic.Error{Code: clinic.CodeIDReused, Message: "This id was used for another action."}), nil
	}
	first, err := row.answer()
	if err != nil {
		return api.Result{}, fmt.Errorf("read the first answer of %s: %w", id, err)
	}
	first.ID, first.Status = id, api.Duplicate
	return first, nil
}

func (r keyRow) answer() (api.Result, error) {
	var stored struct {
		Seq   api.Seq         `json:"seq"`
		Data  json.RawMessage `json:"data"`
		Error *api.Problem    `json:"error"`
	}
	if err := json.Unmarshal(r.result, &stored); err != nil {
		return api.Result{}, fmt.Errorf("decode: %w", err)
	}
	result := api.Result{Seq: stored.Seq, Error: stored.Error}
	if len(stored.Data) > 0 {
		result.Data = stored.Data
	}
	return result, nil
}

// keep writes down the answer, for the day the same action comes again. What may succeed later is not kept.
func (b *batch) keep(actor clinic.Actor, command clinic.Command, hash [16]byte, a answer) error {
	if a.forget || a.result.Error != nil && a.result.Error.Retryable {
		return nil
	}
	row := keyRow{hash: hash, at: b.now}
	var err error
	if row.result, err = json.Marshal(a.result); err != nil {
		return fmt.Errorf("encode the answer of %s: %w", command.Type, err)
	}
	if a.undo != nil {
		if row.undo, err = a.undo.AppendJSON(make([]byte, 0, 512)); err != nil {
			return fmt.Errorf("encode how to undo %s: %w", command.Type, err)
		}
	}
	key := rowKey(actor.ID, command.ID)
	if err := b.tx.Put(key, row.encode()); err != nil {
		return fmt.Errorf("write the answer of %s: %w", command.Type, err)
	}
	b.rowKeys = append(b.rowKeys, key)
	return nil
}

// answer is what becomes of an action. One that is to be forgotten is made again when the action comes again.
type answer struct {
	result api.Result
	undo   *clinic.Undo
	forget bool
}

// decide asks the clinic and writes what it decided.
func (b *batch) decide(actor clinic.Actor, command clinic.Command) (answer, error) {
	src := b.c.source(b.tx, b.c.o.Site)
	decision, err := b.ask(src, actor, command)
	var refusal *clinic.Error
	switch {
	case errors.As(err, &refusal):
		return answer{result: rejected("", refusal)}, nil
	case err != nil:
		return answer{}, fmt.Errorf("decide: %w", err)
	case decision.Duplicate:
		return answer{result: api.Result{Status: api.Duplicate, Data: decision.Data}, forget: decision.Forget}, nil
	}
	seq, err := b.carryOut(src, decision)
	if err != nil {
		return answer{}, err
	}
	return answer{api.Result{Status: api.Applied, Seq: api.Seq(seq), Data: decision.Data}, decision.Undo, decision.Forget}, nil
}

func rejected(id string, err error) api.Result {
	return api.Result{ID: id, Status: api.Rejected, Error: api.ProblemOf(err)}
}
