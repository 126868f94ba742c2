package feed

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/aashram-care/sangam/sync/record"
)

// Bucket is the digest of one kind and day of a scope: how many records, and
// the sum modulo 2^128 of their hashes.
type Bucket struct {
	Kind, Day string
	Sum       [16]byte
	Count     uint64
}

const bucketSize = 24

func (b *Bucket) add(h [16]byte) {
	b.Count++
	lo, carry := bits.Add64(binary.BigEndian.Uint64(b.Sum[8:]), binary.BigEndian.Uint64(h[8:]), 0)
	hi, _ := bits.Add64(binary.BigEndian.Uint64(b.Sum[:]), binary.BigEndian.Uint64(h[:]), carry)
	binary.BigEndian.PutUint64(b.Sum[8:], lo)
	binary.BigEndian.PutUint64(b.Sum[:], hi)
}

func (b *Bucket) remove(h [16]byte) {
	b.Count--
	lo, borrow := bits.Sub64(binary.BigEndian.Uint64(b.Sum[8:]), binary.BigEndian.Uint64(h[8:]), 0)
	hi, _ := bits.Sub64(binary.BigEndian.Uint64(b.Sum[:]), binary.BigEndian.Uint64(h[:]), borrow)
	binary.BigEndian.PutUint64(b.Sum[8:], lo)
	binary.BigEndian.PutUint64(b.Sum[:], hi)
}

// putDigest keeps the sums of the buckets that a write leaves and enters.
func putDigest(tx Tx, w write) error {
	fresh := record.HashEncoded(w.body)
	moved := w.before != nil && w.before.rec.Day != w.after.Day
	if moved {
		err := changeBucket(tx, w.k, w.after.Kind, w.before.rec.Day, func(b *Bucket) {
			b.remove(record.HashEncoded(w.before.body))
		})
		if err != nil {
			return err
		}
	}
	return changeBucket(tx, w.k, w.after.Kind, w.after.Day, func(b *Bucket) {
		if w.before != nil && !moved {
			b.remove(record.HashEncoded(w.before.body))
		}
		b.add(fresh)
	})
}

func changeBucket(tx Tx, k tag, kind, day string, change func(*Bucket)) error {
	key := k.digest(kind, day)
	row, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read the digest of %s %s: %w", kind, day, err)
	}
	var b Bucket
	if row != nil {
		if b, err = readBucket(key, row); err != nil {
			return err
		}
	}
	change(&b)
	if b.Count == 0 {
		err = tx.Delete(key)
	} else {
		err = tx.Put(key, append(binary.BigEndian.AppendUint64(make([]byte, 0, bucketSize), b.Count), b.Sum[:]...))
	}
	if err != nil {
		return fmt.Errorf("write the digest of %s %s: %w", kind, day, err)
	}
	return nil
}

func readBucket(key, row []byte) (Bucket, error) {
	var b Bucket
	if len(row) != bucketSize || len(key) < 9 {
		return b, corrupt("a digest row of %d bytes", len(row))
	}
	kind, day, ok := strings.Cut(string(key[9:]), "\x00")
	if !ok {
		return b, corrupt("a digest key of %d bytes", len(key))
	}
	b.Kind, b.Day = kind, day
	b.Count = binary.BigEndian.Uint64(row)
	copy(b.Sum[:], row[8:])
	return b, nil
}

// Digest returns the buckets of a scope in the order of kind and day. Equal
// digests mean equal records.
func Digest(tx Tx, scope Scope) ([]Bucket, error) {
	prefix := tagOf(scope).key(tableDigest)
	var out []Bucket
	err := tx.Scan(prefix, next(prefix), func(key, row []byte) (bool, error) {
		b, err := readBucket(key, row)
		out = append(out, b)
		return true, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the digest of %s: %w", scope, err)
	}
	return out, nil
}

func sortedKinds(schema record.Schema) []string { return slices.Sorted(maps.Keys(schema)) }
