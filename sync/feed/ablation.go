package feed

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// Ablation switches a rule off, for a simulation that shows what the rule is for. A node switches nothing off.
type Ablation uint32

// The rules that can be switched off.
const (
	AblateEchoEquality Ablation = 1 << iota // what a peer sent is marked as its own, whatever was made of it
	AblateGrowEquality                      // it is, if all but the items is as the peer sent it
	AblateEchoList                          // what is marked is left out, whatever its reader holds
	AblateHi                                // an edit's stamp rises above those of the fields it touches only
)

func (a Ablation) has(rule Ablation) bool { return a&rule != 0 }

// asSent tells whether what is held after a merge is what the peer sent.
func (r Rules) asSent(held, sent []byte) bool {
	switch {
	case r.Ablated.has(AblateEchoEquality):
		return true
	case r.Ablated.has(AblateGrowEquality):
		return bytes.Equal(withoutItems(held), withoutItems(sent))
	}
	return bytes.Equal(held, sent)
}

func withoutItems(body []byte) []byte {
	r, err := record.Decode(body)
	if err != nil {
		return body
	}
	c := r.Clone()
	for i := range c.Fields {
		c.Fields[i].Items = nil
	}
	c.Fields = slices.DeleteFunc(c.Fields, func(f record.Field) bool { return len(f.Value) == 0 })
	return record.Encode(&c)
}

// lowered gives an edit the stamp that it would have if only the fields that it touches counted.
func (r Rules) lowered(before *record.Record, after record.Record, e record.Edit, now time.Time) (record.Record, error) {
	if !r.Ablated.has(AblateHi) || before == nil || len(e.Set) == 0 {
		return after, nil
	}
	low := record.HLCOf(now)
	var given record.Stamp
	for f := range e.Set {
		given = after.StampOf(f)
		if at := before.StampOf(f); !at.IsZero() {
			low = max(low, at.HLC+1)
		}
	}
	after = after.Clone()
	for i := range after.Stamps {
		if after.Stamps[i].Stamp == given {
			after.Stamps[i].HLC = low
		}
	}
	ordered, _, err := record.Merge(r.Schema, nil, &after)
	return ordered, err
}

// Forget drops every row of a record, as if deleting were absence. It is for a simulation only: whoever holds an old
// copy brings the record back.
func (r Rules) Forget(tx Tx, scope Scope, key record.Key) error {
	k := tagOf(scope)
	s, err := load(tx, k, key)
	if err != nil || s == nil {
		return err
	}
	keys := [][]byte{k.record(key), k.seq(s.seq)}
	if s.rec.Day != "" {
		keys = append(keys, append(k.day(key.Kind, s.rec.Day), key.ID[:]...))
	}
	for i := range r.Schema[key.Kind].Indexes {
		keys = append(keys, indexKey(r.Schema, k, &r.Schema[key.Kind].Indexes[i], s.rec))
	}
	hash := record.HashEncoded(s.body)
	if err := changeBucket(tx, k, key.Kind, s.rec.Day, func(b *Bucket) { b.remove(hash) }); err != nil {
		return err
	}
	for _, row := range keys {
		if err := tx.Delete(row); err != nil {
			return fmt.Errorf("forget %s %s: %w", key.Kind, key.ID, err)
		}
	}
	return nil
}
