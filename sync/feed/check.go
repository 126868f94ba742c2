package feed

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aashram-care/sangam/sync/record"
)

// Check reads the whole store and tells every way in which its rows
// contradict each other or the rules: nil means that none does. Every error
// wraps ErrCorrupt, but for those of the transaction itself. It holds one
// entry per row in memory.
func Check(tx Tx, schema record.Schema) error {
	c := checker{tx: tx, schema: schema, places: map[string]place{}, due: map[string]string{}, sums: map[string]*Bucket{}, heads: map[tag]Seq{}}
	for _, step := range []func() error{c.scopes, c.readPlaces, c.records, c.derived, c.digests, c.cursors} {
		if err := step(); err != nil {
			c.found = append(c.found, err)
		}
	}
	return errors.Join(c.found...)
}

type checker struct {
	tx     Tx
	schema record.Schema
	heads  map[tag]Seq
	places map[string]place  // by-seq key -> what it names; those still unmatched
	due    map[string]string // derived key -> record that asks for it
	sums   map[string]*Bucket
	found  []error
}

func (c *checker) bad(format string, args ...any) {
	c.found = append(c.found, corrupt(format, args...))
}

func (c *checker) table(t byte, fn func(key, row []byte) error) error {
	return c.tx.Scan([]byte{t}, []byte{t + 1}, func(key, row []byte) (bool, error) {
		if len(key) < 9 {
			c.bad("key %x names no scope", key)
			return true, nil
		}
		if err := fn(key, row); err != nil {
			c.found = append(c.found, err)
		}
		return true, nil
	})
}

func (c *checker) scopes() error {
	all, err := Scopes(c.tx)
	if err != nil {
		return err
	}
	for _, scope := range all {
		k := tagOf(scope)
		spans, err := Spans(c.tx, scope)
		if err != nil {
			return err
		}
		head, err := headSeq(c.tx, k)
		if err != nil {
			return err
		}
		c.heads[k] = head
		if row, err := c.tx.Get(k.key(tableHead)); err != nil || row == nil {
			c.bad("%s has no head", scope)
		}
		if len(spans) == 0 || len(spans) > MaxSpans {
			c.bad("%s has %d timelines", scope, len(spans))
		}
		held := map[Timeline]bool{}
		for i, s := range spans {
			if held[s.Timeline] || s.First == 0 || s.First > head+1 || i > 0 && s.First <= spans[i-1].First {
				c.bad("%s: timeline %s from %d is out of place, head %d", scope, s.Timeline, s.First, head)
			}
			held[s.Timeline] = true
		}
	}
	known := func(key, _ []byte) error {
		if _, ok := c.heads[tag(key[1:])]; !ok {
			return corrupt("row %x belongs to no scope", key)
		}
		return nil
	}
	return errors.Join(c.table(tableHead, known), c.table(tableSpans, known))
}

func (c *checker) readPlaces() error {
	return c.table(tableSeq, func(key, row []byte) error {
		p, err := readPlace(row)
		if err != nil || len(key) != 17 {
			return fmt.Errorf("by-seq row %x: %w", key, errors.Join(err, ErrCorrupt))
		}
		head, known := c.heads[tag(key[1:9])]
		if seq := Seq(binary.BigEndian.Uint64(key[9:])); !known || seq == 0 || seq > head {
			c.bad("seq %d of %s %s lies outside the feed, head %d", seq, p.key.Kind, p.key.ID, head)
		}
		c.places[string(key)] = p
		return nil
	})
}

func (c *checker) records() error {
	err := c.table(tableRecord, func(key, row []byte) error {
		s, err := readRow(row)
		if err != nil {
			return fmt.Errorf("record row %x: %w", key, err)
		}
		k := tag(key[1:9])
		if !bytes.Equal(key, k.record(s.rec.Key())) {
			c.bad("%s %s stands under another key", s.rec.Kind, s.rec.ID)
		}
		c.record(k, s)
		return nil
	})
	for key, p := range c.places {
		c.bad("seq %d names %s %s, which is not there", binary.BigEndian.Uint64([]byte(key[9:])), p.key.Kind, p.key.ID)
	}
	return err
}

func (c *checker) record(k tag, s *stored) {
	r, name := s.rec, fmt.Sprintf("%s %s", s.rec.Kind, s.rec.ID)
	if err := r.Valid(); err != nil {
		c.bad("%s: %v", name, err)
	}
	if !bytes.Equal(record.Encode(r), s.body) {
		c.bad("%s is not in canonical form", name)
	}
	if s.hi != 0 && s.hi <= r.Greatest().HLC {
		c.bad("%s keeps a clock that its stamps tell already", name)
	}
	for _, st := range r.Stamps {
		for _, o := range st.Seen {
			if o.Writer == st.Writer {
				c.bad("%s: an edit has seen its own writer", name)
			}
		}
	}
	p, ok := c.places[string(k.seq(s.seq))]
	if !ok || p.key != r.Key() || p.size != len(s.body) {
		c.bad("%s at seq %d is not what the by-seq index says", name, s.seq)
	}
	delete(c.places, string(k.seq(s.seq)))
	if r.Day != "" {
		c.due[string(append(k.day(r.Kind, r.Day), r.ID[:]...))] = name
	}
	for i := range c.schema[r.Kind].Indexes {
		c.due[string(indexKey(c.schema, k, &c.schema[r.Kind].Indexes[i], r))] = name
	}
	bucket := string(k.digest(r.Kind, r.Day))
	if c.sums[bucket] == nil {
		c.sums[bucket] = &Bucket{Kind: r.Kind, Day: r.Day}
	}
	c.sums[bucket].add(record.Hash(r))
	c.conflicts(r)
}

// conflicts demands the conflict record of every listing, in any scope: a
// merge of the network scope may have put it into the site's.
func (c *checker) conflicts(r *record.Record) {
	for _, l := range r.Lost() {
		found := false
		for k := range c.heads {
			row, err := c.tx.Get(k.record(record.Key{Kind: record.ConflictKind, ID: l.ID}))
			found = found || err == nil && row != nil
		}
		if !found {
			c.bad("%s %s lists a conflict of %s without its record", r.Kind, r.ID, l.Field)
		}
	}
}

// derived compares the day and index rows with those the records ask for.
// Rows of a schema that the checker was not given are an error too.
func (c *checker) derived() error {
	seen := func(key, _ []byte) error {
		if _, ok := c.due[string(key)]; !ok {
			return corrupt("row %x belongs to no record", key)
		}
		delete(c.due, string(key))
		return nil
	}
	err := errors.Join(c.table(tableDay, seen), c.table(tableIndex, seen))
	for key, name := range c.due {
		c.bad("%s lacks its row %x", name, key)
	}
	return err
}

func (c *checker) digests() error {
	err := c.table(tableDigest, func(key, row []byte) error {
		b, err := readBucket(key, row)
		if err != nil {
			return err
		}
		want := c.sums[string(key)]
		if want == nil || *want != b {
			return corrupt("the digest of %s %s does not match its records", b.Kind, b.Day)
		}
		delete(c.sums, string(key))
		return nil
	})
	for _, key := range slices.Sorted(maps.Keys(c.sums)) {
		c.bad("%s %s has records and no digest", c.sums[key].Kind, c.sums[key].Day)
	}
	return err
}

func (c *checker) cursors() error {
	return c.table(tableCursor, func(key, row []byte) error {
		cursors, err := readCursors(row)
		if err != nil {
			return err
		}
		held := map[Timeline]bool{}
		for _, cur := range cursors {
			if held[cur.Timeline] || cur.Safe > cur.Seq || cur.Seq >= cur.Seen && cur.Safe != cur.Seq {
				return corrupt("cursor %+v of %q", cur, key[9:])
			}
			held[cur.Timeline] = true
		}
		return nil
	})
}
