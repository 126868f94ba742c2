package feed

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// stored is a record as its row holds it.
type stored struct {
	seq  Seq
	hi   record.HLC // 0 unless greater than every stamp in the record's table
	body []byte     // its canonical form; valid until the transaction ends
	rec  *record.Record
}

// load returns nil when the scope does not hold the record.
func load(tx Tx, k tag, key record.Key) (*stored, error) {
	row, err := tx.Get(k.record(key))
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", key.Kind, key.ID, err)
	}
	if row == nil {
		return nil, nil
	}
	s, err := readRow(row)
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", key.Kind, key.ID, err)
	}
	return s, nil
}

func readRow(row []byte) (*stored, error) {
	seq, n := binary.Uvarint(row)
	if n <= 0 {
		return nil, corrupt("a record row without seq")
	}
	hi, m := binary.Uvarint(row[n:])
	if m <= 0 {
		return nil, corrupt("a record row without clock")
	}
	s := &stored{seq: Seq(seq), hi: record.HLC(hi), body: row[n+m:]}
	rec, err := record.Decode(s.body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	s.rec = &rec
	return s, nil
}

func appendRow(b []byte, seq Seq, hi record.HLC, body []byte) []byte {
	b = binary.AppendUvarint(b, uint64(seq))
	b = binary.AppendUvarint(b, uint64(hi))
	return append(b, body...)
}

// place is a row of the by-seq index: the newest state of one record.
type place struct {
	key  record.Key
	size int   // bytes of the record's canonical form
	ms   int64 // Unix milliseconds of the commit, or of the merged stamp
	mark mark
}

// mark remembers that a peer sent this very state as seq of its timeline.
type mark struct {
	timeline Timeline
	seq      Seq
}

func (m mark) isSet() bool { return !m.timeline.IsZero() }

func (p *place) append(b []byte) []byte {
	b = binary.AppendVarint(b, p.ms)
	b = binary.AppendUvarint(b, uint64(p.size))
	if p.mark.isSet() {
		b = append(append(b, 1), p.mark.timeline[:]...)
		b = binary.AppendUvarint(b, uint64(p.mark.seq))
	} else {
		b = append(b, 0)
	}
	return append(append(b, p.key.ID[:]...), p.key.Kind...)
}

func readPlace(row []byte) (place, error) {
	var p place
	bad := corrupt("a by-seq row of %d bytes", len(row))
	ms, n := binary.Varint(row)
	if n <= 0 {
		return p, bad
	}
	row = row[n:]
	size, n := binary.Uvarint(row)
	if n <= 0 || len(row) <= n {
		return p, bad
	}
	marked := row[n] == 1
	row = row[n+1:]
	if marked {
		if len(row) < len(p.mark.timeline) {
			return p, bad
		}
		copy(p.mark.timeline[:], row)
		row = row[len(p.mark.timeline):]
		seq, n := binary.Uvarint(row)
		if n <= 0 {
			return p, bad
		}
		p.mark.seq = Seq(seq)
		row = row[n:]
	}
	if len(row) <= len(p.key.ID) {
		return p, bad
	}
	copy(p.key.ID[:], row)
	p.key.Kind = string(row[len(p.key.ID):])
	p.ms, p.size = ms, int(size)
	return p, nil
}

func readPlaceAt(tx Tx, k tag, seq Seq) (place, error) {
	row, err := tx.Get(k.seq(seq))
	if err != nil {
		return place{}, fmt.Errorf("read seq %d: %w", seq, err)
	}
	if row == nil {
		return place{}, corrupt("seq %d of a record has no row", seq)
	}
	return readPlace(row)
}

// write is one record state on its way into the rows.
type write struct {
	scope  Scope
	k      tag
	before *stored // nil: new
	after  *record.Record
	body   []byte // canonical form of after
	hi     record.HLC
	at     time.Time
	mark   mark
}

// commit gives the state the next seq of its scope and rewrites every row
// that speaks of the record.
func (r Rules) commit(tx Tx, w write) (Change, error) {
	row, err := tx.Get(w.k.key(tableHead))
	if err != nil {
		return Change{}, fmt.Errorf("read the head: %w", err)
	}
	if len(row) != 8 {
		return Change{}, fmt.Errorf("write to %s: %w", w.scope, ErrNoTimeline)
	}
	seq := Seq(binary.BigEndian.Uint64(row)) + 1
	if err := tx.Put(w.k.key(tableHead), binary.BigEndian.AppendUint64(nil, uint64(seq))); err != nil {
		return Change{}, fmt.Errorf("move the head: %w", err)
	}
	key := w.after.Key()
	if w.before != nil {
		if err := tx.Delete(w.k.seq(w.before.seq)); err != nil {
			return Change{}, fmt.Errorf("leave seq %d: %w", w.before.seq, err)
		}
	}
	p := place{key: key, size: len(w.body), ms: w.at.UnixMilli(), mark: w.mark}
	if err := tx.Put(w.k.seq(seq), p.append(nil)); err != nil {
		return Change{}, fmt.Errorf("take seq %d: %w", seq, err)
	}
	if err := tx.Put(w.k.record(key), appendRow(make([]byte, 0, len(w.body)+20), seq, sparse(w.hi, w.after), w.body)); err != nil {
		return Change{}, fmt.Errorf("write %s %s: %w", key.Kind, key.ID, err)
	}
	var before *record.Record
	if w.before != nil {
		before = w.before.rec
	}
	if err := putDay(tx, w.k, before, w.after); err != nil {
		return Change{}, err
	}
	if err := r.putIndexes(tx, w.k, before, w.after); err != nil {
		return Change{}, err
	}
	if err := putDigest(tx, w); err != nil {
		return Change{}, err
	}
	return Change{Scope: w.scope, Seq: seq, Before: before, After: *w.after}, nil
}

// sparse returns the hi to store: nothing where the stamp table tells it.
func sparse(hi record.HLC, r *record.Record) record.HLC {
	if hi <= r.Greatest().HLC {
		return 0
	}
	return hi
}

// touch rewrites what a row remembers beside an unchanged record.
func touch(tx Tx, k tag, s *stored, hi record.HLC, m mark) error {
	key := s.rec.Key()
	if hi = sparse(hi, s.rec); hi != s.hi {
		row := appendRow(make([]byte, 0, len(s.body)+20), s.seq, hi, s.body)
		if err := tx.Put(k.record(key), row); err != nil {
			return fmt.Errorf("write %s %s: %w", key.Kind, key.ID, err)
		}
	}
	p, err := readPlaceAt(tx, k, s.seq)
	if err != nil {
		return err
	}
	if p.mark == m {
		return nil
	}
	p.mark = m
	if err := tx.Put(k.seq(s.seq), p.append(nil)); err != nil {
		return fmt.Errorf("mark seq %d: %w", s.seq, err)
	}
	return nil
}
