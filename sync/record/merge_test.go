package record_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/record"
	"pgregory.net/rapid"
)

func mustMerge(t testingT, a, b *record.Record) *record.Record {
	t.Helper()
	m, _, err := record.Merge(schema, a, b)
	if err != nil {
		t.Fatalf("merge: %v", err)
	}
	return &m
}

// withoutListings is r less the one field in which the order of meetings
// shows.
func withoutListings(r *record.Record) []byte {
	c := r.Clone()
	c.Fields = slices.DeleteFunc(c.Fields, func(f record.Field) bool { return f.Name == record.ConflictsField })
	return record.Encode(&c)
}

func TestMergeIsCommutativeAssociativeAndIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := play(t, rapid.IntRange(1, 25).Draw(t, "steps"))
		var states []*record.Record
		for _, c := range w.copies {
			if c.rec != nil {
				states = append(states, c.rec)
			}
		}
		if len(states) < 2 {
			return
		}
		a, b, c := states[0], states[1], states[len(states)-1]
		if !bytes.Equal(record.Canonical(mustMerge(t, a, b)), record.Canonical(mustMerge(t, b, a))) {
			t.Fatalf("merge depends on the side")
		}
		if !bytes.Equal(record.Canonical(mustMerge(t, a, a)), record.Canonical(a)) {
			t.Fatalf("merging a state with itself changes it")
		}
		ab := mustMerge(t, a, b)
		if !bytes.Equal(record.Canonical(mustMerge(t, ab, b)), record.Canonical(ab)) {
			t.Fatalf("merging the same state again changes it")
		}
		left := mustMerge(t, mustMerge(t, a, b), c)
		right := mustMerge(t, a, mustMerge(t, b, c))
		if !bytes.Equal(withoutListings(left), withoutListings(right)) {
			t.Fatalf("merge depends on the order:\n%x\n%x", withoutListings(left), withoutListings(right))
		}
	})
}

func TestNoConflictIsHiddenAndNoneIsFalse(t *testing.T) {
	listed := 0
	rapid.Check(t, func(t *rapid.T) {
		w := play(t, 40)
		survived := map[record.ID]bool{}
		for _, c := range w.copies {
			if c.rec != nil {
				for _, l := range c.rec.Lost() {
					survived[l.ID] = true
				}
			}
		}
		w.settle(t)
		first := w.copies[0].rec
		for _, c := range w.copies[1:] {
			if first != nil && !bytes.Equal(record.Canonical(first), record.Canonical(c.rec)) {
				t.Fatalf("copies differ after quiet")
			}
		}
		if first != nil {
			held := map[record.ID]bool{}
			for _, l := range first.Lost() {
				held[l.ID] = true
			}
			for id := range survived {
				if !held[id] {
					t.Fatalf("a listing that survived was lost")
				}
			}
			listed += len(held)
		}
	})
	if listed == 0 {
		t.Errorf("no play had a conflict: the test proves nothing")
	}
}

func TestMergeChangesNeitherSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := play(t, 20)
		a, b := w.copies[0].rec, w.copies[1].rec
		if a == nil || b == nil {
			return
		}
		wasA, wasB := record.Canonical(a), record.Canonical(b)
		mustMerge(t, a, b)
		if err := w.edit(t, 0, start, record.Edit{Set: map[string]record.Value{"status": record.Text("waiting"), "zoo": record.Int(1)}}); err != nil {
			t.Fatalf("edit: %v", err)
		}
		if !bytes.Equal(record.Canonical(a), wasA) || !bytes.Equal(record.Canonical(b), wasB) {
			t.Fatalf("an argument was modified")
		}
	})
}

func TestLateOlderEditDoesNotWin(t *testing.T) {
	w := newWorld(2)
	set := func(i int, at time.Duration, v int64) {
		if err := w.edit(t, i, start.Add(at), record.Edit{Set: map[string]record.Value{"band": record.Int(v)}}); err != nil {
			t.Fatal(err)
		}
	}
	set(0, time.Minute, 1)
	set(1, 0, 2)
	w.merge(t, 0, 1)
	w.merge(t, 1, 0)
	for i, c := range w.copies {
		if got := c.rec.Get("band").Int(); got != 1 {
			t.Errorf("copy %d holds %d, want 1", i, got)
		}
		if n := len(c.rec.Lost()); n != 1 {
			t.Errorf("copy %d lists %d conflicts, want 1", i, n)
		}
	}
}

func TestOrdinaryOverwriteIsNoConflict(t *testing.T) {
	w := newWorld(2)
	for n, i := range []int{0, 1, 0, 1, 1, 0} {
		if err := w.edit(t, i, start, record.Edit{Set: map[string]record.Value{"band": record.Int(int64(n))}}); err != nil {
			t.Fatal(err)
		}
		w.merge(t, 1-i, i)
	}
	if n := len(w.copies[0].rec.Lost()); n != 0 {
		t.Errorf("%d conflicts listed, want none", n)
	}
}

// The first story of the rule that one writer's stamps rise through the whole
// record: the writer bumps one field past its clock, then sets another.
func TestABumpedFieldRaisesTheStampsOfAllOthers(t *testing.T) {
	w := newWorld(2)
	late, early := start.Add(time.Hour), start
	steps := []struct {
		i    int
		now  time.Time
		set  string
		from int
	}{{0, late, "status", -1}, {1, late, "status", 0}, {1, early, "room", -1}, {0, late, "room", 1}}
	for _, s := range steps {
		if s.from >= 0 {
			w.merge(t, s.i, s.from)
		}
		v := record.Text("waiting")
		if s.set == "room" {
			v = record.Int(int64(s.i))
		}
		if err := w.edit(t, s.i, s.now, record.Edit{Set: map[string]record.Value{s.set: v}}); err != nil {
			t.Fatal(err)
		}
	}
	r := w.copies[1].rec
	if !r.StampOf("status").Less(r.StampOf("room")) {
		t.Errorf("room is stamped %v after status %v", r.StampOf("room"), r.StampOf("status"))
	}
}

func TestABrokenClockPoisonsItsOwnRecordOnly(t *testing.T) {
	w := newWorld(2)
	in2099 := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := w.edit(t, 0, in2099, record.Edit{Set: map[string]record.Value{"band": record.Int(1)}}); err != nil {
		t.Fatal(err)
	}
	w.merge(t, 1, 0)
	if err := w.edit(t, 1, start, record.Edit{Set: map[string]record.Value{"band": record.Int(2)}}); err != nil {
		t.Fatal(err)
	}
	w.merge(t, 0, 1)
	if got := w.copies[0].rec.Get("band").Int(); got != 2 {
		t.Errorf("a value of 2099 cannot be overwritten: %d", got)
	}
	other, hi, err := record.Apply(schema, nil, record.Edit{Kind: "entry", ID: record.Derive("other"), Day: day,
		Set: map[string]record.Value{"band": record.Int(1)}}, start, 2, 0)
	if err != nil || hi != record.HLCOf(start) {
		t.Errorf("another record is stamped %v (%v), want now", other.Greatest(), err)
	}
}

func TestValuesPast2200AreRefused(t *testing.T) {
	at := record.Stamp{HLC: record.MaxHLC + 1, Writer: 7}
	theirs := &record.Record{Kind: "entry", ID: subject, Day: day,
		Stamps: []record.StampSeen{{Stamp: at}}, Fields: []record.Field{{Name: "band", Value: record.Int(1)}}}
	if _, _, err := record.Merge(schema, nil, theirs); !errors.Is(err, record.ErrClock) {
		t.Errorf("merge: %v, want ErrClock", err)
	}
	_, _, err := record.Apply(schema, nil, record.Edit{Kind: "entry", ID: subject, Day: day,
		Set: map[string]record.Value{"band": record.Int(1)}}, time.Date(2201, 1, 1, 0, 0, 0, 0, time.UTC), 1, 0)
	if !errors.Is(err, record.ErrClock) {
		t.Errorf("edit: %v, want ErrClock", err)
	}
}

func TestOnceKeepsTheFirstAndRefusesTheSecond(t *testing.T) {
	w := newWorld(2)
	for i, at := range []time.Duration{time.Minute, 0} {
		if err := w.edit(t, i, start.Add(at), record.Edit{Set: map[string]record.Value{"created": record.Int(int64(i))}}); err != nil {
			t.Fatal(err)
		}
	}
	err := w.edit(t, 0, start, record.Edit{Set: map[string]record.Value{"created": record.Int(9)}})
	if !errors.Is(err, record.ErrOnceSet) {
		t.Errorf("second write: %v, want ErrOnceSet", err)
	}
	w.merge(t, 0, 1)
	if got := w.copies[0].rec.Get("created").Int(); got != 1 {
		t.Errorf("created = %d, want the earlier 1", got)
	}
	if n := len(w.copies[0].rec.Lost()); n != 1 {
		t.Errorf("%d conflicts, want the dropped one listed", n)
	}
}

func TestUnknownFieldsOfEveryFormAreKept(t *testing.T) {
	a := &record.Record{Kind: "later", ID: subject, Stamps: []record.StampSeen{{Stamp: record.Stamp{HLC: 5, Writer: 1}}},
		Fields: []record.Field{{Name: "set", Items: []record.Item{{ID: record.Derive("1"), Value: record.Int(1)}}}, {Name: "v", Value: record.Text("a")}}}
	b := &record.Record{Kind: "later", ID: subject, Stamps: []record.StampSeen{{Stamp: record.Stamp{HLC: 9, Writer: 2}}},
		Fields: []record.Field{{Name: "set", Items: []record.Item{{ID: record.Derive("2"), Value: record.Int(2)}}}, {Name: "v", Value: record.Text("b")}}}
	m := mustMerge(t, a, b)
	if n := len(m.Items("set")); n != 2 {
		t.Errorf("%d items, want 2", n)
	}
	if got := m.Get("v").Text(); got != "b" {
		t.Errorf("v = %q, want the later b", got)
	}
}

func TestSeenIsPrunedToTheGreatestAndNeverHides(t *testing.T) {
	r := &record.Record{Kind: "later", ID: subject}
	for i := range record.MaxFields - 1 {
		r.Stamps = append(r.Stamps, record.StampSeen{Stamp: record.Stamp{HLC: record.HLC(i + 1), Writer: record.Writer(1000 - i)}})
		r.Fields = append(r.Fields, record.Field{Name: string([]byte{'a' + byte(i/26), 'a' + byte(i%26)}), Stamp: i, Value: record.Int(1)})
	}
	next, _, err := record.Apply(schema, r, record.Edit{Kind: "later", ID: subject,
		Set: map[string]record.Value{"zz": record.Int(1)}}, start, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	edit := next.Stamps[len(next.Stamps)-1]
	if len(edit.Seen) != record.MaxSeen {
		t.Fatalf("%d writers remembered, want %d", len(edit.Seen), record.MaxSeen)
	}
	for i, s := range r.Stamps {
		if want := i >= len(r.Stamps)-record.MaxSeen; edit.Covers(s.Stamp) != want {
			t.Errorf("covers the stamp of clock %d: %v, want %v", s.HLC, !want, want)
		}
	}
}
