package commit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/sync/feed"
)

// heard reads the log of a scope in (since, to].
func heard(t *testing.T, n *node, of feed.Scope, since, to feed.Seq) (types []string, seqs []feed.Seq, whole bool) {
	t.Helper()
	err := n.View(func(tx feed.Tx) (err error) {
		whole, err = commit.Events(tx, of, since, to, func(seq feed.Seq, e clinic.Event) bool {
			types, seqs = append(types, e.Type), append(seqs, seq)
			return true
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return types, seqs, whole
}

func TestEventsStandUnderTheSeqThatCausedThem(t *testing.T) {
	n := start(t)
	guruji := n.guruji("Ananda")
	var head feed.Seq
	n.View(func(tx feed.Tx) (err error) { _, head, err = feed.Head(tx, scope); return err })
	in := n.act(desk, action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji}))
	types, seqs, whole := heard(t, n, scope, head, feed.Seq(in.Seq))
	if !slices.Contains(types, "queue.entry_added") || !whole {
		t.Fatalf("heard %v, whole %v", types, whole)
	}
	for i, seq := range seqs {
		if seq <= head || seq > feed.Seq(in.Seq) || i > 0 && seq < seqs[i-1] {
			t.Errorf("%s stands at %d, outside (%d, %d] or out of order", types[i], seq, head, in.Seq)
		}
	}
	if later, _, _ := heard(t, n, scope, feed.Seq(in.Seq), 1<<40); len(later) != 0 {
		t.Errorf("heard %v after the head", later)
	}
	if early, _, _ := heard(t, n, scope, 0, head); slices.Contains(early, "queue.entry_added") || !slices.Contains(early, "guruji.available") {
		t.Errorf("heard %v of the time before", early)
	}
}

func TestTheActorIsNamedInTheEvent(t *testing.T) {
	n := start(t)
	n.checkIn(n.guruji("Ananda"))
	var actors []string
	n.View(func(tx feed.Tx) error {
		_, err := commit.Events(tx, scope, 0, 1<<40, func(_ feed.Seq, e clinic.Event) bool {
			if e.Type == "queue.entry_added" {
				actors = append(actors, e.Actor)
			}
			return true
		})
		return err
	})
	if len(actors) != 1 || actors[0] != desk.ID {
		t.Errorf("the entry was added by %q", actors)
	}
}

func TestAnOutsideEventIsLoggedOnceInTheLocalScope(t *testing.T) {
	told := make(chan commit.Committed, 10)
	n := startWith(t, func(c commit.Committed) { told <- c })
	e := clinic.Event{ID: newID().String(), Type: "appointment.reminder", At: morning, Site: site.String(),
		Subject: clinic.Subject{Kind: "appointment", ID: newID().String()}, Data: map[string]any{"minutes": 30.0}}
	for range 2 {
		if err := n.Write(t.Context(), func(w *commit.Writer) error { return w.Emit(e) }); err != nil {
			t.Fatal(err)
		}
	}
	other := e
	other.Type = "appointment.cancelled"
	var reused *clinic.Error
	if err := n.Write(t.Context(), func(w *commit.Writer) error { return w.Emit(other) }); !errors.As(err, &reused) || reused.Code != clinic.CodeIDReused {
		t.Errorf("another event under the same id: %v", err)
	}
	types, seqs, _ := heard(t, n, local, 0, 1<<40)
	if fmt.Sprint(types) != "[appointment.reminder]" || seqs[0] != 1 {
		t.Errorf("heard %v at %v", types, seqs)
	}
	n.stop()
	if c := <-told; len(c.Events) != 1 || c.Events[0].ID != e.ID || c.Heads[local].Seq != 1 {
		t.Errorf("hooks heard %+v", c)
	}
	if len(told) != 0 {
		t.Errorf("the repeat was told again: %+v", <-told)
	}
}

func TestEventsAreForgottenAfterADayAndSaySo(t *testing.T) {
	n := start(t)
	guruji := n.guruji("Ananda")
	n.checkIn(guruji)
	var old feed.Seq
	n.View(func(tx feed.Tx) (err error) { _, old, err = feed.Head(tx, scope); return err })
	n.real.advance(25 * time.Hour)
	n.act(guruji, action(newID(), "guruji.set_room", clinic.SetRoom{Room: "2"}))
	types, _, whole := heard(t, n, scope, 0, 1<<40)
	if whole || fmt.Sprint(types) != "[guruji.schedule_updated]" {
		t.Errorf("heard %v, whole %v", types, whole)
	}
	if _, _, whole := heard(t, n, scope, old, 1<<40); !whole {
		t.Error("who heard all of yesterday misses nothing, and is told they do")
	}
}

func TestOldAnswersAreForgottenAfterAMonth(t *testing.T) {
	n := start(t)
	guruji := n.guruji("Ananda")
	in := action(newID(), "queue.recall", clinic.EntryMove{Entry: newID()})
	n.act(desk, in)
	n.real.advance(29 * 24 * time.Hour)
	n.act(guruji, action(newID(), "guruji.set_room", clinic.SetRoom{Room: "2"}))
	if r := n.act(desk, in); r.Status != "duplicate" {
		t.Errorf("after 29 days: %s", r.Status)
	}
	n.real.advance(2 * 24 * time.Hour)
	n.act(guruji, action(newID(), "guruji.set_room", clinic.SetRoom{Room: "3"}))
	if r := n.act(desk, in); r.Status != "rejected" {
		t.Errorf("after 31 days: %s", r.Status)
	}
}

// Whoever reads the catalogue must find in it what really comes.
func TestEventsCarryWhatTheCatalogueSays(t *testing.T) {
	n := start(t)
	a, b := n.guruji("Ananda"), n.guruji("Bodhi")
	entry := n.checkIn(a).Entry
	move := func(actor clinic.Actor, kind string, saw map[string]any, data any) {
		t.Helper()
		act := action(newID(), kind, data)
		act.Saw = saw
		if r := n.act(actor, act); r.Status != api.Applied {
			t.Fatalf("%s: %v", kind, r.Error)
		}
	}
	saw := func(status string) map[string]any {
		r := load(t, n, scope, clinic.KindEntry, entry)
		return map[string]any{"status": status, "generation": clinic.Schema.Shown(&r).Generation, "guruji": r.Get("guruji").ID().String()}
	}
	move(desk, "queue.transfer", saw("waiting"), clinic.Transfer{Entry: entry, Guruji: b.Guruji})
	move(desk, "queue.call", saw("waiting"), clinic.EntryMove{Entry: entry})
	move(desk, "queue.start", saw("called"), clinic.EntryMove{Entry: entry})
	move(b, "consultation.note", nil, clinic.Note{Entry: entry, Text: "slept well"})
	move(b, "remedy.prescribe", nil, clinic.Prescribe{Entry: entry, Type: "ayurvedic", Name: "Triphala"})
	move(desk, "queue.complete", saw("in_service"), clinic.EntryMove{Entry: entry})
	move(b, "guruji.set_availability", nil, clinic.SetAvailability{Availability: clinic.OnBreak})
	move(b, "guruji.set_room", nil, clinic.SetRoom{Room: "2"})
	move(desk, "emergency.raise", nil, clinic.EmergencyRaise{Place: "gate"})
	move(desk, "person.register", nil, clinic.PersonRegister{Name: "Kavita", Phone: "9822000000"})
	move(desk, "day.close", nil, clinic.DayMove{})

	catalogue := map[string]reflect.Type{}
	for _, e := range api.Catalogue {
		catalogue[e.Type] = reflect.TypeOf(e.Data)
	}
	seen := map[string]bool{}
	n.View(func(tx feed.Tx) error {
		_, err := commit.Events(tx, scope, 0, 1<<40, func(_ feed.Seq, e clinic.Event) bool {
			seen[e.Type] = true
			text, err := json.Marshal(e.Data)
			if err != nil {
				t.Error(err)
			}
			typed := json.NewDecoder(bytes.NewReader(text))
			typed.DisallowUnknownFields()
			if err := typed.Decode(reflect.New(catalogue[e.Type]).Interface()); err != nil {
				t.Errorf("%s carries %s: %v", e.Type, text, err)
			}
			return true
		})
		return err
	})
	if len(seen) < 15 {
		t.Errorf("only %d types were told: %v", len(seen), seen)
	}
}
