package clinic

import (
	"encoding/json"
	"reflect"

	"github.com/aashram-care/sangam/sync/record"
)

// checkSaw compares what the person saw with what View shows them of the record as it is. required fields must have
// been seen; whatever else they saw is compared too, and what View hides is not, so that a guess tells nothing.
func (w *work) checkSaw(r *record.Record, required ...string) error {
	for _, name := range required {
		if _, ok := w.command.Saw[name]; !ok {
			return refuse(CodeInvalid, "saw.%s is missing: say what the person was shown.", name)
		}
	}
	if len(w.command.Saw) == 0 {
		return nil
	}
	look, visible := w.actor.look(w.day, r)
	if !visible || !look.atAny() {
		return forbidden
	}
	for name, saw := range w.command.Saw {
		if look.at(name) && !sameValue(saw, plainField(r, name)) {
			return w.stale(r)
		}
	}
	return nil
}

// loadSeen is load for a record that must still be as the person saw it.
func (w *work) loadSeen(kind string, id record.ID, what string) (*record.Record, error) {
	r, err := w.load(kind, id, what)
	if err != nil {
		return nil, err
	}
	return r, w.checkSaw(r)
}

// asSeen is checkSaw for a record that need not exist yet, such as that of a date.
func (w *work) asSeen(kind string, id record.ID) error {
	if r, ok := w.look.Load(kind, id); ok {
		return w.checkSaw(&r)
	}
	return nil
}

// stale is what a stale action gets back with the row as it is: for entries the row of the queue, for others their fields.
func (w *work) stale(r *record.Record) *Error {
	e := &Error{Code: CodeStale, Message: "This has changed since you looked."}
	if r.Kind == KindEntry {
		row := readEntry(r)
		e.Current = w.day.entryRow(w.actor.audience(), row, w.day.placeOf(row, w.clinic))
		return e
	}
	fields, _ := View(w.actor, w.day, r)
	e.Current = fields
	if of, given := w.day.NoteIn(r, fields); given {
		e.Note = of
	}
	return e
}

// sameValue compares across the types that JSON and Go give the same thing.
func sameValue(a, b any) bool {
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x == y
	}
	switch x := a.(type) {
	case nil:
		return b == nil
	case string:
		y, ok := b.(string)
		return ok && x == y
	case bool:
		y, ok := b.(bool)
		return ok && x == y
	}
	return reflect.DeepEqual(plain(a), plain(b))
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	}
	return 0, false
}

// plain is v as it looks after JSON.
func plain(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	if json.Unmarshal(text, &out) != nil {
		return nil
	}
	return out
}
