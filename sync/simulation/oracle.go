package simulation

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// place is where a record lives, on whatever disk.
type place struct {
	scope feed.Scope
	key   record.Key
}

func (p place) String() string { return fmt.Sprintf("%s %s", p.key.Kind, p.key.ID.String()[:8]) }

// edit is one committed edit as its author asked for it, and what its author's store had ever merged of the record.
type edit struct {
	by         string
	at         time.Time
	stamp      record.Stamp // zero when it only adds items
	values     map[string]record.Value
	items      map[string][]record.ID
	generation int64 // of its status, by the oracle's own reckoning
	past       set
	cut        bool // what it had seen did not fit its stamp
}

// story is all that was ever done to one record, in the order in which it was done.
type story struct {
	place
	edits  []*edit
	values map[fieldStamp]string // that a stamp names
}

type fieldStamp struct {
	field string
	stamp record.Stamp
}

// oracle knows what every state of every record stands for.
type oracle struct {
	fault   func(Invariant, string, ...any)
	stories map[place]*story
	order   []*story
	states  map[stateID]set
}

// stateID names a state by its bytes: a record on its way is known by them.
type stateID struct {
	scope feed.Scope
	hash  [16]byte
}

func newOracle(fault func(Invariant, string, ...any)) *oracle {
	return &oracle{fault: fault, stories: map[place]*story{}, states: map[stateID]set{}}
}

// tells reports whether the oracle keeps a story of such records. Conflict records are derived, and judged by the
// records that they come from; foreign ones only have to be out of the way.
func tells(kind string) bool { return kind == kindEntry || kind == kindRequest || kind == kindNotice }

func (o *oracle) story(p place) *story {
	s := o.stories[p]
	if s == nil {
		s = &story{place: p, values: map[fieldStamp]string{}}
		o.stories[p] = s
		o.order = append(o.order, s)
	}
	return s
}

// edited hears of a committed edit, and returns what the disk's state stands for now.
func (o *oracle) edited(by string, e record.Edit, c *feed.Change, held set, now time.Time) set {
	p := place{c.Scope, c.After.Key()}
	s := o.story(p)
	raw := &edit{by: by, at: now, values: maps.Clone(e.Set), items: map[string][]record.ID{}, past: held}
	for f, items := range e.Add {
		for _, it := range items {
			raw.items[f] = append(raw.items[f], it.ID)
		}
	}
	if len(e.Set) > 0 {
		raw.stamp = c.After.StampOf(slices.Sorted(maps.Keys(e.Set))[0])
		o.stamped(s, raw, &c.After, now)
	}
	if v, moves := e.Set["status"]; moves {
		o.moved(s, raw, v.Text(), c)
	}
	for f, v := range e.Set {
		got := c.After.Get(f)
		if st, ok := got.Status(); ok {
			got = record.Text(st.Name)
		}
		if !bytes.Equal(got, v) || c.After.StampOf(f) != raw.stamp {
			o.fault(OwnWrite, "%s set %s of %s and does not see it", by, f, p)
		}
	}
	s.edits = append(s.edits, raw)
	stands := held.with(len(s.edits) - 1)
	o.holds(c, stands)
	return stands
}

// stamped judges the stamp that an edit was given.
func (o *oracle) stamped(s *story, raw *edit, after *record.Record, now time.Time) {
	limit := record.HLCOf(now)
	for n := range raw.past.each() {
		e := s.edits[n]
		if e.stamp.HLC >= limit {
			limit = e.stamp.HLC + 1
		}
		if e.stamp.Writer == raw.stamp.Writer && e.stamp.HLC >= raw.stamp.HLC {
			o.fault(OneStamp, "%s stamped %s of %s after %s: one writer's stamps must rise", raw.by, clock(raw.stamp), s.place, clock(e.stamp))
		}
	}
	if raw.stamp.HLC > limit {
		o.fault(ClockPoison, "%s stamped %s at %s, though nobody gave it more than %s", s.place, clock(raw.stamp), now, clock(record.Stamp{HLC: limit}))
	}
	for _, t := range after.Stamps {
		if t.Stamp == raw.stamp {
			raw.cut = len(t.Seen) >= record.MaxSeen
		}
	}
}

func clock(s record.Stamp) string {
	return fmt.Sprintf("%s+%d/%x", s.HLC.Time().Format("2006-01-02T15:04:05.000"), s.HLC&0xffff, uint64(s.Writer)>>48)
}

// moved reckons the generation and the completions of a status move, from the raw edits alone.
func (o *oracle) moved(s *story, raw *edit, to string, c *feed.Change) {
	stored := s.winner("status", raw.past)
	shown := s.shown(raw.past)
	raw.generation = 1
	if stored != nil {
		raw.generation = stored.generation
		if rank(to) <= rank(shown) || isTerminal(shown) && !isTerminal(to) {
			raw.generation++
		}
	}
	if shown == completed && to != completed {
		raw.items["putBacks"] = s.openCompletions(raw.past)
	}
	if to == completed {
		raw.items["completions"] = newItems(c, "completions")
		if len(raw.items["completions"]) != 1 {
			o.fault(Completions, "%s: %s made it done with %d completions", s.place, raw.by, len(raw.items["completions"]))
		}
	}
	if got, ok := c.After.Get("status").Status(); !ok || got.Generation != raw.generation {
		o.fault(Terminal, "%s: %s moved it from %s to %s in generation %d, want %d", s.place, raw.by, shown, to, got.Generation, raw.generation)
	}
}

func newItems(c *feed.Change, field string) (ids []record.ID) {
	for _, it := range c.After.Items(field) {
		if c.Before == nil || !slices.ContainsFunc(c.Before.Items(field), func(b record.Item) bool { return b.ID == it.ID }) {
			ids = append(ids, it.ID)
		}
	}
	return ids
}

// holds learns a state that a store committed, and returns what it stands for.
func (o *oracle) holds(c *feed.Change, stands set) {
	p := place{c.Scope, c.After.Key()}
	o.learn(p.scope, &c.After, stands)
	s := o.story(p)
	for i := range c.After.Fields {
		f := &c.After.Fields[i]
		if len(f.Value) == 0 {
			continue
		}
		at := fieldStamp{f.Name, c.After.Stamps[f.Stamp].Stamp}
		if v, known := s.values[at]; known && v != string(f.Value) {
			o.fault(OneStamp, "%s: stamp %s names two values of %s: %x and %x", p, clock(at.stamp), f.Name, v, f.Value)
		}
		s.values[at] = string(f.Value)
	}
	if c.Before == nil {
		return
	}
	was, _ := c.Before.Get("status").Status()
	is, _ := c.After.Get("status").Status()
	if isTerminal(was.Name) && !isTerminal(is.Name) && is.Generation <= was.Generation {
		o.fault(Terminal, "%s went from %v to %v", p, was, is)
	}
}

// learn remembers what the bytes of a state stand for.
func (o *oracle) learn(scope feed.Scope, r *record.Record, stands set) {
	id := stateID{scope, record.Hash(r)}
	if known, ok := o.states[id]; ok && !known.equals(stands) {
		s := o.story(place{scope, r.Key()})
		o.fault(Hidden, "%s: one state stands for %s and for %s", s.place, s.names(known), s.names(stands))
		stands = known.union(stands)
	}
	o.states[id] = stands
}

// standsFor tells which edits a record that arrived stands for.
func (o *oracle) standsFor(scope feed.Scope, r *record.Record) set {
	stands, ok := o.states[stateID{scope, record.Hash(r)}]
	if !ok {
		o.fault(Forged, "%s arrived in a state that no store ever held", place{scope, r.Key()})
	}
	return stands
}

func (s *story) names(of set) string {
	out := ""
	for n := range of.each() {
		e := s.edits[n]
		out += fmt.Sprintf(" #%d(%s %v)", n, e.by, slices.Sorted(maps.Keys(e.values)))
	}
	return "{" + out + " }"
}

// winner is the edit whose value of a field is kept when these met, or nil.
func (s *story) winner(field string, of set) (best *edit) {
	for n := range of.each() {
		e := s.edits[n]
		if _, sets := e.values[field]; sets && (best == nil || beats(field, e, best)) {
			best = e
		}
	}
	return best
}

func beats(field string, a, b *edit) bool {
	switch {
	case field == "created":
		return a.stamp.Less(b.stamp)
	case field == "status" && a.generation != b.generation:
		return a.generation > b.generation
	case field == "status":
		if ra, rb := rank(a.values[field].Text()), rank(b.values[field].Text()); ra != rb {
			return ra > rb
		}
	}
	return b.stamp.Less(a.stamp)
}

// shown is the status that people see, or nothing.
func (s *story) shown(of set) string {
	stored := s.winner("status", of)
	if stored == nil {
		return ""
	}
	if len(s.openCompletions(of)) > 0 {
		return completed
	}
	return stored.values["status"].Text()
}

// openCompletions are those that no put-back lists.
func (s *story) openCompletions(of set) (open []record.ID) {
	done, back := s.union("completions", of), s.union("putBacks", of)
	for _, id := range done {
		if _, listed := slices.BinarySearchFunc(back, id, compareIDs); !listed {
			open = append(open, id)
		}
	}
	return open
}

// union is every item of a field that these added, in order.
func (s *story) union(field string, of set) (ids []record.ID) {
	for n := range of.each() {
		ids = append(ids, s.edits[n].items[field]...)
	}
	slices.SortFunc(ids, compareIDs)
	return slices.Compact(ids)
}

func compareIDs(a, b record.ID) int { return bytes.Compare(a[:], b[:]) }
