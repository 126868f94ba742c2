package record_test

import (
	"errors"
	"testing"

	"github.com/aashram-care/sangam/sync/record"
	"pgregory.net/rapid"
)

func move(t testingT, w *world, i int, to string) {
	t.Helper()
	if err := w.edit(t, i, start, record.Edit{Set: map[string]record.Value{"status": record.Text(to)}}); err != nil {
		t.Fatalf("move to %s: %v", to, err)
	}
}

func status(w *world, i int) record.Status { return schema.Shown(w.copies[i].rec) }

func TestGenerationRisesWhenAMoveGoesDownOrTakesBackAnEnd(t *testing.T) {
	w := newWorld(1)
	for _, step := range []struct {
		to         string
		generation int64
	}{
		{"waiting", 1}, {"called", 1}, {"in_service", 1}, {"waiting", 2}, {"called", 2}, {"called", 3},
		{"cancelled", 3}, {"done", 3}, {"waiting", 4}, {"left", 4}, {"on_hold", 5},
	} {
		move(t, w, 0, step.to)
		if got := status(w, 0); got != (record.Status{Name: step.to, Generation: step.generation}) {
			t.Errorf("shown %v, want %s in generation %d", got, step.to, step.generation)
		}
	}
}

func TestAskedForGenerationIsGranted(t *testing.T) {
	w := newWorld(1)
	move(t, w, 0, "waiting")
	e := record.Edit{Set: map[string]record.Value{"status": record.Text("called")}, NewGeneration: true}
	if err := w.edit(t, 0, start, e); err != nil {
		t.Fatal(err)
	}
	if got := status(w, 0); got.Generation != 2 {
		t.Errorf("generation %d, want 2", got.Generation)
	}
}

func TestOldStatusOfARecordIsAcceptedAsTarget(t *testing.T) {
	w := newWorld(1)
	move(t, w, 0, "waiting")
	old := w.copies[0].rec.Get("status")
	move(t, w, 0, "called")
	next, _, err := record.Apply(schema, w.copies[0].rec, record.Edit{Kind: "entry", ID: subject,
		Set: map[string]record.Value{"status": old}}, start, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := schema.Shown(&next); got != (record.Status{Name: "waiting", Generation: 2}) {
		t.Errorf("shown %v, want waiting in generation 2", got)
	}
}

func TestUnknownStatusIsRefused(t *testing.T) {
	w := newWorld(1)
	err := w.edit(t, 0, start, record.Edit{Set: map[string]record.Value{"status": record.Text("nowhere")}})
	if !errors.Is(err, record.ErrUnknownStatus) {
		t.Errorf("got %v, want ErrUnknownStatus", err)
	}
}

// A put-back that never saw a consultation cannot hide it.
func TestPutBackThatNeverSawTheConsultationDoesNotHideIt(t *testing.T) {
	w := newWorld(2)
	move(t, w, 0, "waiting")
	move(t, w, 0, "cancelled")
	w.merge(t, 1, 0)
	move(t, w, 1, "waiting") // generation 2, knows of no consultation
	move(t, w, 0, "done")
	w.settle(t)
	for i := range w.copies {
		if got := status(w, i); got.Name != "done" {
			t.Errorf("copy %d shows %v, want the consultation that took place", i, got)
		}
	}
	move(t, w, 1, "waiting") // now it is known: a real put-back
	w.settle(t)
	for i := range w.copies {
		if got := status(w, i); got != (record.Status{Name: "waiting", Generation: 3}) {
			t.Errorf("copy %d shows %v, want waiting in generation 3", i, got)
		}
	}
}

func TestEveryCompletionIsShownUntilSomebodyWhoKnewItPutsItBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := play(t, 40)
		w.settle(t)
		r := w.copies[0].rec
		if r == nil {
			return
		}
		open := 0
		for _, c := range r.Items("completions") {
			known := false
			for _, p := range r.Items("putBacks") {
				known = known || p.ID == c.ID
			}
			if !known {
				open++
			}
		}
		if shown := schema.Shown(r).Name == "done"; shown != (open > 0) {
			t.Fatalf("shown done is %v with %d completions open", shown, open)
		}
	})
}
