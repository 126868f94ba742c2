package record

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Drop is a value that a merge did not keep.
type Drop struct {
	Field string
	Lost  StampSeen // the edit that set it
	Value Value     // the lost one
	Won   Stamp
	// Conflict tells that neither edit had seen the other; the lost value is
	// then listed in the record's conflicts.
	Conflict bool
}

// Merge unites two states of one record; either may be nil. It is
// commutative, associative and idempotent, but for the listings of conflicts:
// which states met is history. Values dropped for concurrent ones are listed
// in the grow field "conflicts" of the result.
//
// It fails with ErrOtherRecord for two different records and with ErrClock
// when theirs is stamped past MaxHLC, with ErrTooLarge when the union is
// beyond what can be told to a peer: such a record must be parked. Neither
// argument is modified.
func Merge(s Schema, mine, theirs *Record) (Record, []Drop, error) {
	if theirs == nil {
		if mine == nil {
			return Record{}, nil, fmt.Errorf("merge nothing: %w", ErrOtherRecord)
		}
		return *mine, nil, nil
	}
	if err := theirs.checkClocks(); err != nil {
		return Record{}, nil, fmt.Errorf("merge: %w", err)
	}
	if mine == nil {
		merged := *theirs
		merged.normalise()
		return merged, nil, nil
	}
	if mine.Kind != theirs.Kind || mine.ID != theirs.ID {
		return Record{}, nil, fmt.Errorf("merge %s %s with %s %s: %w", mine.Kind, mine.ID, theirs.Kind, theirs.ID, ErrOtherRecord)
	}
	m := merging{schema: s, mine: mine, theirs: theirs}
	m.merged = Record{Kind: mine.Kind, ID: mine.ID, Day: mergeDay(mine.Day, theirs.Day)}
	m.merged.Stamps = slices.Concat(mine.Stamps, theirs.Stamps)
	m.fields()
	m.list()
	m.merged.normalise()
	if err := m.merged.checkSize(); err != nil {
		return Record{}, nil, fmt.Errorf("merge %s %s: %w", mine.Kind, mine.ID, err)
	}
	return m.merged, m.drops, nil
}

// mergeDay settles what two creators of one derived id disagree on: some day
// before none, the earlier one first.
func mergeDay(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

type merging struct {
	schema       Schema
	mine, theirs *Record
	merged       Record
	drops        []Drop
}

// fields walks both sorted field lists at once.
func (m *merging) fields() {
	a, b := m.mine.Fields, m.theirs.Fields
	out := make([]Field, 0, max(len(a), len(b))+1)
	shift := len(m.mine.Stamps)
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Name < b[0].Name:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0].Name < a[0].Name:
			f := b[0]
			f.Stamp += shift
			out, b = append(out, f), b[1:]
		default:
			f := b[0]
			f.Stamp += shift
			out = append(out, m.field(a[0], f))
			a, b = a[1:], b[1:]
		}
	}
	m.merged.Fields = out
}

// field merges two forms of one field. A field is merged by its shape: items
// are united and values compete, so that a field this node does not know
// keeps what other nodes put there.
func (m *merging) field(a, b Field) Field {
	out := Field{Name: a.Name, Items: unite(a.Items, b.Items)}
	switch {
	case len(b.Value) == 0:
		out.Stamp, out.Value = a.Stamp, a.Value
	case len(a.Value) == 0:
		out.Stamp, out.Value = b.Stamp, b.Value
	default:
		won, lost := a, b
		if m.prefers(b, a) {
			won, lost = b, a
		}
		out.Stamp, out.Value = won.Stamp, won.Value
		w, l := m.merged.Stamps[won.Stamp], m.merged.Stamps[lost.Stamp]
		if w.Stamp != l.Stamp {
			m.drops = append(m.drops, Drop{
				Field: a.Name, Lost: l, Value: lost.Value, Won: w.Stamp,
				Conflict: !w.Covers(l.Stamp) && !l.Covers(w.Stamp),
			})
		}
	}
	return out
}

// prefers tells whether x wins over y. The order is total: bytes decide where
// stamps do not, which only a broken peer can bring about.
func (m *merging) prefers(x, y Field) bool {
	sx, sy := m.merged.Stamps[x.Stamp].Stamp, m.merged.Stamps[y.Stamp].Stamp
	byStamp := cmp.Or(sx.Compare(sy), bytes.Compare(x.Value, y.Value))
	switch m.schema.policy(m.merged.Kind, x.Name) {
	case Once:
		return byStamp < 0
	case StatusPolicy:
		if st := m.schema[m.merged.Kind].Status; st != nil {
			nx, gx := x.Value.statusKey()
			ny, gy := y.Value.statusKey()
			return cmp.Or(cmp.Compare(gx, gy), cmp.Compare(st.Rank(string(nx)), st.Rank(string(ny))), byStamp) > 0
		}
	}
	return byStamp > 0
}

// unite returns the union of two item lists. Two values of one item, which
// only a broken peer can bring about, are settled by their bytes.
func unite(a, b []Item) []Item {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := make([]Item, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := bytes.Compare(a[0].ID[:], b[0].ID[:]); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			it := a[0]
			if bytes.Compare(b[0].Value, it.Value) > 0 {
				it = b[0]
			}
			out, a, b = append(out, it), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// list puts the values dropped in conflict into the record itself, so that a
// listing travels with the value that won.
func (m *merging) list() {
	var items []Item
	for _, d := range m.drops {
		if d.Conflict {
			items = append(items, listing(&m.merged, d))
		}
	}
	if len(items) == 0 {
		return
	}
	slices.SortFunc(items, func(a, b Item) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	i, held := slices.BinarySearchFunc(m.merged.Fields, ConflictsField, func(f Field, n string) int {
		return strings.Compare(f.Name, n)
	})
	if !held {
		m.merged.Fields = slices.Insert(m.merged.Fields, i, Field{Name: ConflictsField})
	}
	m.merged.Fields[i].Items = unite(m.merged.Fields[i].Items, items)
}
