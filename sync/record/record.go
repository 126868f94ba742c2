package record

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// Key names a record inside a scope.
type Key struct {
	Kind string
	ID   ID
}

// Record is one state of a record. Its slices and values are shared between
// copies and are never modified in place; Apply and Merge make new ones.
type Record struct {
	Kind   string
	ID     ID
	Day    string      // service-day, fixed at creation; may be empty
	Stamps []StampSeen // only those in use, in stamp order
	Fields []Field     // in name order
}

// Field is one field of a record. A grow field has items and no stamp; every
// other has a value and the index of its stamp in the record's table.
type Field struct {
	Name  string
	Stamp int
	Value Value
	Items []Item // in id order
}

// Item is one member of a grow field. The same id always has the same value.
type Item struct {
	ID    ID
	Value Value
}

// Key returns the record's kind and id.
func (r *Record) Key() Key { return Key{Kind: r.Kind, ID: r.ID} }

func (r *Record) field(name string) *Field {
	i, ok := slices.BinarySearchFunc(r.Fields, name, func(f Field, n string) int {
		return strings.Compare(f.Name, n)
	})
	if !ok {
		return nil
	}
	return &r.Fields[i]
}

// Get returns the value of a field, absent for grow fields and for fields
// that were never set.
func (r *Record) Get(name string) Value {
	if f := r.field(name); f != nil {
		return f.Value
	}
	return nil
}

// Items returns the items of a grow field in id order. The slice is shared.
func (r *Record) Items(name string) []Item {
	if f := r.field(name); f != nil {
		return f.Items
	}
	return nil
}

// StampOf returns the stamp of the edit that set a field, or the zero Stamp.
func (r *Record) StampOf(name string) Stamp {
	if f := r.field(name); f != nil && len(f.Value) > 0 {
		return r.Stamps[f.Stamp].Stamp
	}
	return Stamp{}
}

// Greatest returns the greatest stamp in use, or the zero Stamp.
func (r *Record) Greatest() Stamp {
	if len(r.Stamps) == 0 {
		return Stamp{}
	}
	return r.Stamps[len(r.Stamps)-1].Stamp
}

// Clone returns a copy whose slices may be changed; values stay shared.
func (r *Record) Clone() Record {
	c := *r
	c.Stamps = slices.Clone(r.Stamps)
	c.Fields = slices.Clone(r.Fields)
	for i := range c.Fields {
		c.Fields[i].Items = slices.Clone(c.Fields[i].Items)
	}
	return c
}

func findItem(items []Item, id ID) (int, bool) {
	return slices.BinarySearchFunc(items, id, func(it Item, id ID) int {
		return bytes.Compare(it.ID[:], id[:])
	})
}

// normalise orders the stamp table and drops empty fields and the stamps not
// in use. Two
// entries of one stamp become one that has seen what either saw. It replaces
// r's slices and never writes into the old ones.
func (r *Record) normalise() {
	if r.isNormal() {
		return
	}
	r.Fields = slices.DeleteFunc(slices.Clone(r.Fields), func(f Field) bool {
		return len(f.Value) == 0 && len(f.Items) == 0
	})
	used := make([]int, 0, len(r.Fields))
	for _, f := range r.Fields {
		if len(f.Value) > 0 {
			used = append(used, f.Stamp)
		}
	}
	slices.SortFunc(used, func(a, b int) int {
		return cmp.Or(r.Stamps[a].Compare(r.Stamps[b].Stamp), cmp.Compare(a, b))
	})
	used = slices.Compact(used)
	table := make([]StampSeen, 0, len(used))
	moved := make(map[int]int, len(used))
	for _, i := range used {
		s := r.Stamps[i]
		if n := len(table); n > 0 && table[n-1].Stamp == s.Stamp {
			if !slices.Equal(table[n-1].Seen, s.Seen) {
				table[n-1].Seen = greatestPerWriter(slices.Concat(table[n-1].Seen, s.Seen))
			}
		} else {
			table = append(table, s)
		}
		moved[i] = len(table) - 1
	}
	for i := range r.Fields {
		f := &r.Fields[i]
		if len(f.Value) == 0 {
			f.Stamp = 0
			continue
		}
		f.Stamp = moved[f.Stamp]
	}
	r.Stamps = table
}

func (r *Record) isNormal() bool {
	for i := 1; i < len(r.Stamps); i++ {
		if !r.Stamps[i-1].Less(r.Stamps[i].Stamp) {
			return false
		}
	}
	var bits [4]uint64
	used := 0
	for i := range r.Fields {
		f := &r.Fields[i]
		if len(f.Value) == 0 {
			if f.Stamp != 0 || len(f.Items) == 0 {
				return false
			}
			continue
		}
		if f.Stamp >= 256 {
			return false
		}
		if bit := uint64(1) << (f.Stamp & 63); bits[f.Stamp>>6]&bit == 0 {
			bits[f.Stamp>>6] |= bit
			used++
		}
	}
	return used == len(r.Stamps)
}
