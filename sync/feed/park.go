package feed

import (
	"fmt"

	"github.com/aashram-care/sangam/sync/record"
)

// Parked is a record that could not be merged or read, kept for people.
type Parked struct {
	Key    [16]byte // names it to Unpark
	Source Source
	Reason string
	Data   []byte // the record, encoded, or the bytes that could not be read
}

type parkedRow struct {
	_        struct{} `cbor:",toarray"`
	Peer     string
	Timeline []byte
	Seq      uint64
	Reason   string
	Data     []byte
}

// Park keeps data, a record's encoding or unreadable bytes, apart under its
// scope. The same bytes are parked once.
func Park(tx Tx, scope Scope, from Source, reason string, data []byte) error {
	row, err := record.ValueOf(parkedRow{
		Peer: from.Peer, Timeline: from.Timeline[:], Seq: uint64(from.Seq), Reason: reason, Data: data,
	})
	if err != nil {
		return fmt.Errorf("park a record of %s: %w", scope, err)
	}
	name := record.HashEncoded(data)
	if err := tx.Put(append(tagOf(scope).key(tableParked), name[:]...), row); err != nil {
		return fmt.Errorf("park a record of %s: %w", scope, err)
	}
	return nil
}

// EachParked calls fn for what is parked under a scope until it returns false.
func EachParked(tx Tx, scope Scope, fn func(Parked) (bool, error)) error {
	prefix := tagOf(scope).key(tableParked)
	return tx.Scan(prefix, next(prefix), func(key, value []byte) (bool, error) {
		var row parkedRow
		if err := record.Value(value).Decode(&row); err != nil || len(row.Timeline) != len(Timeline{}) || len(key) != len(prefix)+16 {
			return false, corrupt("a parked row of %d bytes", len(value))
		}
		return fn(Parked{
			Key:    [16]byte(key[len(prefix):]),
			Source: Source{Peer: row.Peer, Timeline: Timeline(row.Timeline), Seq: Seq(row.Seq)},
			Reason: row.Reason, Data: row.Data,
		})
	})
}

// Unpark forgets one parked record, after a person has seen to it.
func Unpark(tx Tx, scope Scope, key [16]byte) error {
	if err := tx.Delete(append(tagOf(scope).key(tableParked), key[:]...)); err != nil {
		return fmt.Errorf("unpark a record of %s: %w", scope, err)
	}
	return nil
}
