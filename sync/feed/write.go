package feed

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// ErrScope tells that a kind of record may not live in that scope.
var ErrScope = errors.New("the kind belongs to another scope")

// Edit applies a local edit and gives it the scope's next seq; the record's
// echo mark is cleared. An edit that changes nothing (all its items are held)
// returns the present state with its old seq and writes nothing.
func (r Rules) Edit(tx Tx, scope Scope, e record.Edit, now time.Time) (Change, error) {
	if err := r.admits(scope, e.Kind); err != nil {
		return Change{}, fmt.Errorf("edit %s %s: %w", e.Kind, e.ID, err)
	}
	k := tagOf(scope)
	before, err := load(tx, k, record.Key{Kind: e.Kind, ID: e.ID})
	if err != nil {
		return Change{}, err
	}
	var current *record.Record
	var hi record.HLC
	if before != nil {
		current, hi = before.rec, before.hi
	}
	after, hi, err := record.Apply(r.Schema, current, e, now, r.Writer, hi)
	if err != nil {
		return Change{}, err
	}
	if after, err = r.lowered(current, after, e, now); err != nil {
		return Change{}, err
	}
	body := record.Encode(&after)
	if before != nil && bytes.Equal(body, before.body) {
		return Change{Scope: scope, Seq: before.seq, Before: current, After: after}, nil
	}
	return r.commit(tx, write{scope: scope, k: k, before: before, after: &after, body: body, hi: hi, at: now})
}

// admits keeps local kinds out of feeds that travel, and the reverse.
func (r Rules) admits(scope Scope, kind string) error {
	known, ok := r.Schema[kind]
	if !ok {
		return nil
	}
	class, ok := classOf(scope)
	if ok && class != known.Scope {
		return fmt.Errorf("%s in %s: %w", kind, scope, ErrScope)
	}
	return nil
}

func classOf(scope Scope) (record.ScopeClass, bool) {
	switch {
	case scope == Network:
		return record.Network, true
	case strings.HasPrefix(string(scope), "site:"):
		return record.Site, true
	case strings.HasPrefix(string(scope), "local:"):
		return record.Local, true
	}
	return 0, false
}

// Merge unites a record that a peer sent with the one held. It returns the
// record if it changed, and the conflict records that the merge brought
// about; nothing when all was held already. The record is marked as the
// peer's own if and only if what is held now equals what the peer sent.
//
// ErrParked means that the record cannot be merged: nothing was written, and
// the caller must Park it and move on.
func (r Rules) Merge(tx Tx, scope Scope, rec record.Record, from Source) ([]Change, error) {
	if err := r.mergeable(scope, &rec); err != nil {
		return nil, err
	}
	k := tagOf(scope)
	before, err := load(tx, k, rec.Key())
	if err != nil {
		return nil, err
	}
	sent := record.Encode(&rec)
	if before != nil && bytes.Equal(sent, before.body) {
		if from == (Source{}) {
			return nil, nil
		}
		return nil, touch(tx, k, before, before.hi, mark{from.Timeline, from.Seq})
	}
	var mine *record.Record
	hi := rec.Greatest().HLC
	if before != nil {
		mine = before.rec
		hi = max(hi, before.hi, mine.Greatest().HLC)
	}
	merged, _, err := record.Merge(r.Schema, mine, &rec)
	if err != nil {
		return nil, parked(&rec, err)
	}
	body := record.Encode(&merged)
	var m mark
	if r.asSent(body, sent) {
		m = mark{from.Timeline, from.Seq}
	}
	if before != nil && bytes.Equal(body, before.body) {
		return nil, touch(tx, k, before, hi, m)
	}
	change, err := r.commit(tx, write{
		scope: scope, k: k, before: before, after: &merged, body: body, hi: hi,
		at: merged.Greatest().HLC.Time(), mark: m,
	})
	if err != nil {
		return nil, err
	}
	return r.mergeConflicts(tx, change)
}

func (r Rules) mergeable(scope Scope, rec *record.Record) error {
	if err := rec.Valid(); err != nil {
		return parked(rec, err)
	}
	class, ok := classOf(scope)
	if known, named := r.Schema[rec.Kind]; named && ok && (class == record.Local) != (known.Scope == record.Local) {
		return parked(rec, ErrScope)
	}
	return nil
}

func parked(rec *record.Record, why error) error {
	return fmt.Errorf("merge %.80q %s: %w: %w", rec.Kind, rec.ID, ErrParked, why)
}

// mergeConflicts writes the conflict records of listings that a merge brought
// into a record. Every node derives the same ones, so a peer's are equal.
func (r Rules) mergeConflicts(tx Tx, change Change) ([]Change, error) {
	changes := []Change{change}
	scope := change.Scope
	if r.Home != "" && scope == Network {
		scope = r.Home
	}
	for _, c := range record.NewConflicts(change.Before, &change.After) {
		more, err := r.Merge(tx, scope, c, Source{})
		if err != nil {
			return nil, fmt.Errorf("record the conflict %s: %w", c.ID, err)
		}
		changes = append(changes, more...)
	}
	return changes, nil
}

// Load returns a record and its seq; ok is false when the scope has none.
func Load(tx Tx, scope Scope, key record.Key) (rec record.Record, seq Seq, ok bool, err error) {
	s, err := load(tx, tagOf(scope), key)
	if err != nil || s == nil {
		return record.Record{}, 0, false, err
	}
	return *s.rec, s.seq, true, nil
}
