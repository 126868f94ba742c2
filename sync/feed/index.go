package feed

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/aashram-care/sangam/sync/record"
)

// putDay keeps the row by which a day's records are found. The day of a
// record moves only when two creators of a derived id disagreed on it.
func putDay(tx Tx, k tag, before, after *record.Record) error {
	if before != nil {
		if before.Day == after.Day {
			return nil
		}
		if before.Day != "" {
			if err := tx.Delete(append(k.day(before.Kind, before.Day), before.ID[:]...)); err != nil {
				return fmt.Errorf("move %s %s to its day: %w", after.Kind, after.ID, err)
			}
		}
	}
	if after.Day == "" {
		return nil
	}
	if err := tx.Put(append(k.day(after.Kind, after.Day), after.ID[:]...), nil); err != nil {
		return fmt.Errorf("write the day of %s %s: %w", after.Kind, after.ID, err)
	}
	return nil
}

func (r Rules) putIndexes(tx Tx, k tag, before, after *record.Record) error {
	for i := range r.Schema[after.Kind].Indexes {
		index := &r.Schema[after.Kind].Indexes[i]
		fresh := indexKey(r.Schema, k, index, after)
		if before != nil {
			old := indexKey(r.Schema, k, index, before)
			if bytes.Equal(old, fresh) {
				continue
			}
			if err := tx.Delete(old); err != nil {
				return fmt.Errorf("unindex %s %s: %w", after.Kind, after.ID, err)
			}
		}
		if err := tx.Put(fresh, nil); err != nil {
			return fmt.Errorf("index %s %s: %w", after.Kind, after.ID, err)
		}
	}
	return nil
}

func indexKey(s record.Schema, k tag, index *record.Index, r *record.Record) []byte {
	key := k.index(r.Kind, index.Name)
	st := s[r.Kind].Status
	for _, f := range index.Fields {
		v := r.Get(f)
		if st != nil && st.Field == f && len(v) > 0 {
			v = record.Text(s.Shown(r).Name)
		}
		key = appendIndexed(key, v)
	}
	return append(key, r.ID[:]...)
}

// maxIndexed is the longest value that stands in a key as it is.
const maxIndexed = 64

// appendIndexed appends a value so that no value's bytes begin another's:
// CBOR by nature; absent as undefined; a long one as the break code, which
// begins no value, and a hash.
func appendIndexed(key []byte, v record.Value) []byte {
	switch {
	case len(v) == 0:
		return append(key, 0xf7)
	case len(v) > maxIndexed:
		sum := sha256.Sum256(v)
		return append(append(key, 0xff), sum[:]...)
	}
	return append(key, v...)
}

// ByIndex calls fn for the records whose indexed fields begin with key, in
// the order of the remaining fields' bytes and then of id, until fn returns
// false. A status field is keyed by record.Text of the shown status' name.
func ByIndex(tx Tx, scope Scope, kind, index string, key []record.Value, fn func(record.Record) (bool, error)) error {
	k := tagOf(scope)
	from := k.index(kind, index)
	for _, v := range key {
		from = appendIndexed(from, v)
	}
	return eachID(tx, k, kind, from, fn)
}

// ByDay calls fn for the records of a kind that belong to a day, in id order,
// until fn returns false. The empty day finds those that belong to none.
func ByDay(tx Tx, scope Scope, kind, day string, fn func(record.Record) (bool, error)) error {
	if day == "" {
		return ByKind(tx, scope, kind, func(r record.Record) (bool, error) {
			if r.Day != "" {
				return true, nil
			}
			return fn(r)
		})
	}
	k := tagOf(scope)
	return eachID(tx, k, kind, k.day(kind, day), fn)
}

// eachID loads the records whose ids end the keys under prefix.
func eachID(tx Tx, k tag, kind string, prefix []byte, fn func(record.Record) (bool, error)) error {
	return tx.Scan(prefix, next(prefix), func(key, _ []byte) (bool, error) {
		id, ok := idOf(key)
		if !ok {
			return false, corrupt("an index row of %d bytes", len(key))
		}
		s, err := load(tx, k, record.Key{Kind: kind, ID: id})
		if err != nil {
			return false, err
		}
		if s == nil {
			return false, corrupt("an index row names %s %s, which is not there", kind, id)
		}
		return fn(*s.rec)
	})
}

// ByKind calls fn for every record of a kind, in id order, until fn returns
// false.
func ByKind(tx Tx, scope Scope, kind string, fn func(record.Record) (bool, error)) error {
	prefix := word(tagOf(scope).key(tableRecord), kind)
	return tx.Scan(prefix, next(prefix), func(_, row []byte) (bool, error) {
		s, err := readRow(row)
		if err != nil {
			return false, err
		}
		return fn(*s.rec)
	})
}

const metaIndexes = "feed.indexes"

// EnsureIndexes rebuilds every index row when the schema's indexes are not
// those that the rows were written for: after an update of the program. It
// must run before the first edit of a new version, in one transaction.
func EnsureIndexes(tx Tx, schema record.Schema) error {
	want := indexesOf(schema)
	have, err := Meta(tx, metaIndexes)
	if err != nil {
		return err
	}
	if bytes.Equal(have, want) {
		return nil
	}
	var stale [][]byte
	err = tx.Scan([]byte{tableIndex}, []byte{tableIndex + 1}, func(key, _ []byte) (bool, error) {
		stale = append(stale, bytes.Clone(key))
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("list the index rows: %w", err)
	}
	for _, key := range stale {
		if err := tx.Delete(key); err != nil {
			return fmt.Errorf("drop an index row: %w", err)
		}
	}
	fresh, err := indexRows(tx, schema)
	if err != nil {
		return err
	}
	for _, key := range fresh {
		if err := tx.Put(key, nil); err != nil {
			return fmt.Errorf("write an index row: %w", err)
		}
	}
	return SetMeta(tx, metaIndexes, want)
}

// indexRows returns the keys that the records in the store ask for.
func indexRows(tx Tx, schema record.Schema) ([][]byte, error) {
	var keys [][]byte
	err := tx.Scan([]byte{tableRecord}, []byte{tableRecord + 1}, func(key, row []byte) (bool, error) {
		if len(key) < 9 {
			return false, corrupt("a record key of %d bytes", len(key))
		}
		s, err := readRow(row)
		if err != nil {
			return false, err
		}
		for i := range schema[s.rec.Kind].Indexes {
			keys = append(keys, indexKey(schema, tag(key[1:9]), &schema[s.rec.Kind].Indexes[i], s.rec))
		}
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("index the records: %w", err)
	}
	return keys, nil
}

// indexesOf returns a hash of what index rows depend on.
func indexesOf(schema record.Schema) []byte {
	h := sha256.New()
	for _, kind := range sortedKinds(schema) {
		k := schema[kind]
		for _, index := range k.Indexes {
			fmt.Fprintf(h, "%q %q %q\n", kind, index.Name, index.Fields)
		}
		if k.Status != nil && len(k.Indexes) > 0 {
			fmt.Fprintf(h, "%q status %q\n", kind, k.Status)
		}
	}
	return h.Sum(nil)
}
