package record

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Edit is one change of one record, as the domain decides it.
type Edit struct {
	Kind string
	ID   ID
	Day  string // at creation; later empty or the same
	// Set gives fields new values; an absent Value clears the field. A
	// status field takes Text(name) or an old status: Apply works out the
	// generation.
	Set map[string]Value
	// Add gives grow fields new items. Items already held are left alone. One
	// without an id gets its ItemID: the cheapest on the wire, and a repeat
	// of it adds nothing.
	Add map[string][]Item
	// NewGeneration starts a new status generation even where the move goes
	// up in rank: an undo, a reinstatement.
	NewGeneration bool
}

// Apply returns current (nil: a new record) with e applied at now by w, and
// the record's hi: the greatest clock this store ever merged or issued in any
// field of it. hi is what the store remembered, 0 for nothing beyond the
// stamp table. The edit's stamp is max(now, hi+1), so one writer's stamps
// rise through the whole record and the edit wins over all that is held.
//
// It fails with one of the errors of this package and then changes nothing.
// current is not modified.
func Apply(s Schema, current *Record, e Edit, now time.Time, w Writer, hi HLC) (Record, HLC, error) {
	next, err := start(s, current, e)
	if err != nil {
		return Record{}, hi, err
	}
	hi = max(hi, next.Greatest().HLC)
	a := applying{schema: s, record: &next, edit: e}
	if len(e.Set) > 0 {
		a.stamp = Stamp{HLC: max(HLCOf(now), hi+1), Writer: w}
		if a.stamp.HLC > MaxHLC {
			return Record{}, hi, fmt.Errorf("edit %s %s: %w", e.Kind, e.ID, ErrClock)
		}
		hi = a.stamp.HLC
		next.Stamps = append(slices.Clip(next.Stamps), StampSeen{Stamp: a.stamp, Seen: next.seenBy(w)})
	}
	for _, name := range sortedNames(e.Set) {
		if err := a.set(name, e.Set[name]); err != nil {
			return Record{}, hi, fmt.Errorf("edit %s of %s %s: %w", name, e.Kind, e.ID, err)
		}
	}
	for _, name := range sortedNames(e.Add) {
		if err := a.add(name, e.Add[name]); err != nil {
			return Record{}, hi, fmt.Errorf("add to %s of %s %s: %w", name, e.Kind, e.ID, err)
		}
	}
	next.normalise()
	if n := next.size(); n > maxEditedBytes {
		return Record{}, hi, fmt.Errorf("edit %s %s: %d bytes: %w", e.Kind, e.ID, n, ErrTooLarge)
	}
	return next, hi, nil
}

func sortedNames[V any](of map[string]V) []string {
	names := slices.AppendSeq(make([]string, 0, len(of)), maps.Keys(of))
	slices.Sort(names)
	return names
}

// start checks what an edit is of and returns the record it starts from.
func start(s Schema, current *Record, e Edit) (Record, error) {
	if len(e.Set) == 0 && len(e.Add) == 0 {
		return Record{}, fmt.Errorf("%s %s: %w", e.Kind, e.ID, ErrEmptyEdit)
	}
	room := len(e.Set) + len(e.Add) // for all that may be new, so that the fields move to a larger array once
	if current != nil {
		if current.Kind != e.Kind || current.ID != e.ID {
			return Record{}, fmt.Errorf("edit of %s %s given %s %s: %w", e.Kind, e.ID, current.Kind, current.ID, ErrOtherRecord)
		}
		if e.Day != "" && e.Day != current.Day {
			return Record{}, fmt.Errorf("%s %s is of day %q, the edit of %q: %w", e.Kind, e.ID, current.Day, e.Day, ErrDay)
		}
		next := *current
		next.Fields = append(make([]Field, 0, min(len(current.Fields)+room, MaxFields)), current.Fields...)
		return next, nil
	}
	next := Record{Kind: e.Kind, ID: e.ID, Day: e.Day, Fields: make([]Field, 0, min(room, MaxFields))}
	if err := next.Valid(); err != nil {
		return Record{}, err
	}
	if k, known := s[e.Kind]; known && k.HasDay != (e.Day != "") {
		return Record{}, fmt.Errorf("new %s %s of day %q: %w", e.Kind, e.ID, e.Day, ErrDay)
	}
	return next, nil
}

type applying struct {
	schema Schema
	record *Record
	edit   Edit
	stamp  Stamp
}

func (a *applying) set(name string, v Value) error {
	if len(v) == 0 {
		v = Null()
	}
	if err := v.check(); err != nil {
		return err
	}
	switch a.schema.policy(a.record.Kind, name) {
	case Grow:
		return fmt.Errorf("a set grows by items only: %w", ErrPolicy)
	case Once:
		if len(a.record.Get(name)) > 0 {
			return ErrOnceSet
		}
	case StatusPolicy:
		return a.move(name, v)
	}
	return a.put(name, v)
}

// put sets a field whose policy has been heard.
func (a *applying) put(name string, v Value) error {
	f, err := a.open(name)
	if err != nil {
		return err
	}
	f.Value = v
	f.Stamp = len(a.record.Stamps) - 1
	return nil
}

// open returns the named field, making room for it where it is new.
func (a *applying) open(name string) (*Field, error) {
	if f := a.record.field(name); f != nil {
		return f, nil
	}
	if err := checkName("field", name); err != nil {
		return nil, err
	}
	if len(a.record.Fields) >= MaxFields {
		return nil, ErrTooLarge
	}
	i, _ := slices.BinarySearchFunc(a.record.Fields, name, func(f Field, n string) int {
		return strings.Compare(f.Name, n)
	})
	a.record.Fields = slices.Insert(a.record.Fields, i, Field{Name: name})
	return &a.record.Fields[i], nil
}

// move works out the generation of a status move, decided from the shown
// status, and keeps the promise on completions.
func (a *applying) move(name string, v Value) error {
	st := a.schema[a.record.Kind].Status
	if st == nil || st.Field != name {
		return fmt.Errorf("the schema has no ranks for it: %w", ErrPolicy)
	}
	to := v.Text()
	if old, ok := v.Status(); ok {
		to = old.Name
	}
	if st.Rank(to) < 0 {
		return fmt.Errorf("%q: %w", to, ErrUnknownStatus)
	}
	stored, had := a.record.Get(name).Status()
	shown := a.schema.Shown(a.record)
	generation := max(stored.Generation, 1)
	if had && (a.edit.NewGeneration || st.startsGeneration(shown.Name, to)) {
		generation = stored.Generation + 1
	}
	if st.Completed != "" && st.Completed != to && shown.Name == st.Completed {
		if err := a.putBack(st); err != nil {
			return err
		}
	}
	if st.Completed != "" && st.Completed == to {
		if err := a.complete(st); err != nil {
			return err
		}
	}
	return a.put(name, StatusValue(Status{Name: to, Generation: generation}))
}

// startsGeneration tells whether a move must outlive the ranks: it goes to an
// equal or lower one, or takes back an end.
func (st *StatusSchema) startsGeneration(from, to string) bool {
	return st.Rank(to) <= st.Rank(from) || st.IsTerminal(from) && !st.IsTerminal(to)
}

// putBack lists every completion held that is not listed yet.
func (a *applying) putBack(st *StatusSchema) error {
	var items []Item
	for _, id := range unlisted(st, a.record) {
		items = append(items, Item{ID: id, Value: Null()})
	}
	return a.grow(st.PutBacks, items)
}

// complete adds the completion that a move to the completed status stands
// for, unless the edit brings one of its own.
func (a *applying) complete(st *StatusSchema) error {
	for _, it := range a.edit.Add[st.Completions] {
		if _, held := findItem(a.record.Items(st.Completions), it.ID); !held {
			return nil
		}
	}
	id := completionID(a.record, a.stamp)
	return a.grow(st.Completions, []Item{{ID: id, Value: Null()}})
}

// completionID names the completion that the edit stamped at made.
func completionID(r *Record, at Stamp) ID {
	return Derive("completion", r.Kind, string(r.ID[:]),
		strconv.FormatUint(uint64(at.HLC), 36), strconv.FormatUint(uint64(at.Writer), 36))
}

func (a *applying) add(name string, items []Item) error {
	if a.schema.policy(a.record.Kind, name) != Grow {
		if _, known := a.schema[a.record.Kind].Fields[name]; known {
			return fmt.Errorf("it takes one value, not items: %w", ErrPolicy)
		}
	}
	items = slices.Clone(items)
	for i := range items {
		it := &items[i]
		if len(it.Value) == 0 {
			it.Value = Null()
		}
		if err := it.Value.check(); err != nil {
			return err
		}
		if it.ID.IsZero() {
			it.ID = ItemID(a.record.Key(), name, it.Value)
		}
	}
	return a.grow(name, items)
}

// ItemID names an item by its content: the same value in the same field of
// the same record is the same item.
func ItemID(of Key, field string, v Value) ID {
	return Derive("item", of.Kind, string(of.ID[:]), field, string(v))
}

func (a *applying) grow(name string, items []Item) error {
	if len(items) == 0 {
		return nil
	}
	f, err := a.open(name)
	if err != nil {
		return err
	}
	held := f.Items
	grown := slices.Clone(held)
	for _, it := range items {
		i, ok := findItem(grown, it.ID)
		if !ok {
			grown = slices.Insert(grown, i, it)
		}
	}
	if len(grown) > MaxItems {
		return ErrTooLarge
	}
	f.Items = grown
	return nil
}
