package record_test

import (
	"fmt"
	"maps"

	"time"

	"github.com/aashram-care/sangam/sync/record"
	"pgregory.net/rapid"
)

var schema = record.Schema{
	"entry": {
		HasDay: true,
		Fields: map[string]record.FieldSchema{
			"created":     {Policy: record.Once},
			"status":      {Policy: record.StatusPolicy},
			"completions": {Policy: record.Grow},
			"putBacks":    {Policy: record.Grow},
			"notes":       {Policy: record.Grow},
			"band":        {Policy: record.LWW},
			"room":        {Policy: record.LWW},
		},
		Status: &record.StatusSchema{
			Field:     "status",
			Ranks:     []string{"waiting", "called", "on_hold", "in_service", "left", "cancelled", "done"},
			Terminal:  []string{"left", "cancelled", "done"},
			Completed: "done", Completions: "completions", PutBacks: "putBacks",
		},
	},
}

var (
	start   = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	subject = record.Derive("entry", "A001")
)

const day = "2026-03-02"

// copyOf is one store's copy of one record, with the ghost set of every edit
// that ever reached it. The oracle uses the ghosts alone.
type copyOf struct {
	writer record.Writer
	rec    *record.Record
	hi     record.HLC
	ghost  map[record.Stamp]bool
}

type world struct {
	copies  []*copyOf
	authors map[record.Stamp]map[record.Stamp]bool // edit -> ghost of its author before it
	writers record.Writer
}

// testingT is what rapid.T and testing.T share.
type testingT interface {
	Helper()
	Fatalf(format string, args ...any)
}

func newWorld(stores int) *world {
	w := &world{authors: map[record.Stamp]map[record.Stamp]bool{}}
	for range stores {
		w.copies = append(w.copies, w.open(copyOf{}))
	}
	return w
}

// open opens an old copy of a store for writing: a new writer on old state.
func (w *world) open(old copyOf) *copyOf {
	w.writers++
	old.writer = w.writers
	old.ghost = maps.Clone(old.ghost)
	if old.ghost == nil {
		old.ghost = map[record.Stamp]bool{}
	}
	return &old
}

func (w *world) edit(t testingT, i int, now time.Time, e record.Edit) error {
	t.Helper()
	c := w.copies[i]
	e.Kind, e.ID = "entry", subject
	if c.rec == nil {
		e.Day = day
	}
	before := maps.Clone(c.ghost)
	next, hi, err := record.Apply(schema, c.rec, e, now, c.writer, c.hi)
	if err != nil {
		return err
	}
	if hi <= c.hi && len(e.Set) > 0 {
		t.Fatalf("an edit stamped %d after %d: one writer's stamps must rise", hi, c.hi)
	}
	for name, v := range e.Set {
		got := next.Get(name)
		if s, ok := got.Status(); ok {
			got = record.Text(s.Name)
		}
		if string(got) != string(v) {
			t.Fatalf("own write of %s is not visible: %x, want %x", name, got, v)
		}
		if at := next.StampOf(name); at.HLC != hi || at.Writer != c.writer {
			t.Fatalf("%s stamped %v, want %d by %d", name, at, hi, c.writer)
		}
	}
	if len(e.Set) > 0 {
		at := record.Stamp{HLC: hi, Writer: c.writer}
		w.authors[at] = before
		c.ghost[at] = true
	}
	c.rec, c.hi = &next, hi
	return nil
}

// merge brings the state of copy j to copy i and judges every dropped value
// by the ghosts: exactly the concurrent ones are listed.
func (w *world) merge(t testingT, i, j int) {
	t.Helper()
	a, b := w.copies[i], w.copies[j]
	if b.rec == nil {
		return
	}
	merged, drops, err := record.Merge(schema, a.rec, b.rec)
	if err != nil {
		t.Fatalf("merge: %v", err)
	}
	for _, d := range drops {
		lost := d.Lost.Stamp
		concurrent := !w.authors[d.Won][lost] && !w.authors[lost][d.Won]
		if concurrent && !d.Conflict {
			t.Fatalf("hidden conflict: %s of %v dropped for %v", d.Field, lost, d.Won)
		}
		if concurrent && !lists(&merged, d) {
			t.Fatalf("conflict on %s is not in the record", d.Field)
		}
		if d.Conflict && !concurrent {
			t.Fatalf("false conflict: %s of %v dropped for %v", d.Field, lost, d.Won)
		}
	}
	a.rec = &merged
	a.hi = max(a.hi, b.rec.Greatest().HLC)
	maps.Copy(a.ghost, b.ghost)
}

func lists(r *record.Record, d record.Drop) bool {
	for _, l := range r.Lost() {
		if l.Field == d.Field && l.Edit.Stamp == d.Lost.Stamp && string(l.Value) == string(d.Value) {
			return true
		}
	}
	return false
}

// settle merges all copies into each other until nothing moves.
func (w *world) settle(t testingT) {
	for range 3 {
		for i := range w.copies {
			for j := range w.copies {
				if i != j {
					w.merge(t, i, j)
				}
			}
		}
	}
}

var statuses = schema["entry"].Status.Ranks

// play makes random edits and merges among stores whose clocks jump and whose
// disks are put back.
func play(t *rapid.T, steps int) *world {
	w := newWorld(rapid.IntRange(2, 4).Draw(t, "stores"))
	var backups []copyOf
	for step := range steps {
		i := rapid.IntRange(0, len(w.copies)-1).Draw(t, "store")
		switch rapid.IntRange(0, 15).Draw(t, "disk") {
		case 14:
			backup := *w.copies[i]
			backup.ghost = maps.Clone(backup.ghost)
			backups = append(backups, backup)
		case 15:
			if len(backups) > 0 {
				w.copies[i] = w.open(rapid.SampledFrom(backups).Draw(t, "backup"))
			}
		}
		if rapid.IntRange(0, 2).Draw(t, "merge") == 0 {
			w.merge(t, i, rapid.IntRange(0, len(w.copies)-1).Draw(t, "from"))
			continue
		}
		now := start.Add(time.Duration(rapid.IntRange(-5000, 5000).Draw(t, "clock")) * time.Millisecond)
		e := record.Edit{Set: map[string]record.Value{}, Add: map[string][]record.Item{}}
		if rapid.Bool().Draw(t, "moves") {
			e.Set["status"] = record.Text(rapid.SampledFrom(statuses).Draw(t, "status"))
			e.NewGeneration = rapid.IntRange(0, 5).Draw(t, "undo") == 0
		}
		for _, f := range []string{"band", "room", "foreign"} {
			if rapid.IntRange(0, 2).Draw(t, f) == 0 {
				e.Set[f] = record.Int(int64(step))
			}
		}
		if rapid.IntRange(0, 4).Draw(t, "note") == 0 {
			e.Add["notes"] = []record.Item{{ID: record.Derive("note", fmt.Sprint(step)), Value: record.Text("n")}}
		}
		if len(e.Set)+len(e.Add) == 0 {
			continue
		}
		if err := w.edit(t, i, now, e); err != nil {
			t.Fatalf("edit: %v", err)
		}
	}
	return w
}
