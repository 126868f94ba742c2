package clinic_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// face is what people see of an entry and of what follows it, apart from what an undo may leave behind: stamps, the
// generation, and the mark of the last action.
func (s *site) face(entry record.ID) map[string]any {
	s.t.Helper()
	face := map[string]any{}
	for key, r := range s.records {
		if key.Kind == clinic.KindAudit || key.Kind == clinic.KindDay {
			continue
		}
		if key.Kind == clinic.KindConsultation && r.Get("void").Bool() {
			continue
		}
		for _, f := range r.Fields {
			shown := any(string(f.Value))
			switch {
			case f.Name == "lastAction" || f.Items != nil || f.Value.IsNull():
				continue
			case f.Name == "status":
				shown = clinic.Schema.Shown(&r).Name
			}
			face[key.Kind+" "+key.ID.String()+" "+f.Name] = shown
		}
	}
	face["order"] = s.day.Order(entryGuruji(s, entry))
	return face
}

func entryGuruji(s *site, entry record.ID) record.ID {
	r := s.records[record.Key{Kind: clinic.KindEntry, ID: entry}]
	return r.Get("guruji").ID()
}

// moves are all that may be undone, each from the state it needs.
var moves = []struct {
	name    string
	before  []string // queue commands that lead there
	command string
	data    func(entry record.ID, other guru) any
}{
	{"call", nil, "queue.call", just},
	{"recall", []string{"queue.call"}, "queue.recall", just},
	{"no answer", []string{"queue.call"}, "queue.no_answer", just},
	{"second miss", []string{"queue.call", "queue.no_answer", "queue.call"}, "queue.no_answer", just},
	{"hold", []string{"queue.call", "queue.start"}, "queue.hold", just},
	{"resume", []string{"queue.hold"}, "queue.resume", just},
	{"start", []string{"queue.call"}, "queue.start", just},
	{"complete", []string{"queue.call", "queue.start"}, "queue.complete", just},
	{"complete without a start", []string{"queue.call"}, "queue.complete", just},
	{"cancel", nil, "queue.cancel", just},
	{"leave", []string{"queue.call"}, "queue.leave", just},
	{"no show", nil, "queue.no_show", just},
	{"reinstate", []string{"queue.cancel"}, "queue.reinstate", just},
	{"put back", []string{"queue.call", "queue.start", "queue.complete"}, "queue.reinstate", just},
	{"transfer", nil, "queue.transfer", func(entry record.ID, other guru) any { return clinic.Transfer{Entry: entry, Guruji: other.id} }},
	{"transfer from inside", []string{"queue.call", "queue.start"}, "queue.transfer", func(entry record.ID, other guru) any { return clinic.Transfer{Entry: entry, Guruji: other.id} }},
	{"emergency", nil, "queue.prioritise", func(entry record.ID, _ guru) any {
		return clinic.Prioritise{Entry: entry, Emergency: ptr(true), Reason: "fainted"}
	}},
	{"credit", nil, "queue.prioritise", func(entry record.ID, _ guru) any {
		return clinic.Prioritise{Entry: entry, Credit: clinic.CreditDisabled, Reason: "walks badly"}
	}},
}

func just(entry record.ID, _ guru) any { return clinic.EntryMove{Entry: entry} }

func TestUndoReturnsExactlyToBefore(t *testing.T) {
	for _, move := range moves {
		for _, with := range []string{"walk-in", "appointment"} {
			t.Run(move.name+" of "+with, func(t *testing.T) {
				s := newSite(t)
				a, b := s.guruji("Madhavnath"), s.guruji("Vasudev")
				entry := s.entryOf(a, with == "appointment")
				s.walkIn(a)
				for _, command := range move.before {
					s.pass(2 * time.Minute)
					do[clinic.EntryAnswer](s, a.actor, mayAsGuruji(command), clinic.EntryMove{Entry: entry})
				}
				s.pass(2 * time.Minute)
				before, generation := s.face(entry), s.view(entry)["generation"].(int64)
				action := s.id()
				data := move.data(entry, b)
				if _, err := s.act(desk, clinic.Command{ID: action, Type: move.command, Data: encode(t, data), Saw: s.saw(data)}); err != nil {
					t.Fatal(err)
				}
				if cmp.Diff(before, s.face(entry)) == "" {
					t.Fatal("the move changed nothing, so its undo shows nothing")
				}
				s.pass(9 * time.Second)
				do[clinic.EntryAnswer](s, desk, "queue.undo", clinic.UndoData{Entry: entry, Action: action})
				if diff := cmp.Diff(before, s.face(entry)); diff != "" {
					t.Error(diff)
				}
				if got := s.view(entry)["generation"].(int64); got <= generation {
					t.Errorf("generation went from %d to %d", generation, got)
				}
				refused(s, desk, clinic.CodeStale, "queue.undo", clinic.UndoData{Entry: entry, Action: action})
			})
		}
	}
}

// mayAsGuruji is a command itself, unless a guruji may not give it: then the leaving it stands for.
func mayAsGuruji(command string) string {
	if command == "queue.cancel" {
		return "queue.leave"
	}
	return command
}

func (s *site) entryOf(g guru, booked bool) record.ID {
	s.t.Helper()
	if !booked {
		return s.walkIn(g)
	}
	made := do[clinic.AppointmentAnswer](s, desk, "appointment.book", clinic.Book{
		Person: &clinic.PersonRef{Name: "Usha Patil", Phone: "9822012345"}, Guruji: g.id, Slot: s.clinic.Add(10 * time.Minute)})
	return s.checkIn(clinic.CheckIn{Appointment: made.Appointment, Reason: "knee"}).Entry
}

func TestUndoIsForTenSecondsForWhoeverDidItAndForTheDesk(t *testing.T) {
	s := newSite(t)
	a, b := s.guruji("Madhavnath"), s.guruji("Vasudev")
	entry := s.walkIn(a)
	call := func() record.ID {
		id := s.id()
		if _, err := s.act(a.actor, clinic.Command{ID: id, Type: "queue.call_next"}); err != nil {
			t.Fatal(err)
		}
		return id
	}
	action := call()
	refused(s, b.actor, clinic.CodeForbidden, "queue.undo", clinic.UndoData{Entry: entry, Action: action})
	refused(s, desk, clinic.CodeNotAllowed, "queue.undo", clinic.UndoData{Entry: entry, Action: s.id()})
	refused(s, desk, clinic.CodeInvalid, "queue.undo", clinic.UndoData{Entry: entry})
	s.clinic = s.clinic.Add(time.Hour) // the ten seconds are real ones
	do[clinic.EntryAnswer](s, desk, "queue.undo", clinic.UndoData{Entry: entry, Action: action})
	action = call()
	s.pass(11 * time.Second)
	refused(s, a.actor, clinic.CodeNotAllowed, "queue.undo", clinic.UndoData{Entry: entry, Action: action})
	do[clinic.EntryAnswer](s, desk, "queue.start", clinic.EntryMove{Entry: entry})
	refused(s, a.actor, clinic.CodeStale, "queue.undo", clinic.UndoData{Entry: entry, Action: action})
}

func TestAGurujiTakesATransferBackAfterItLeftTheirQueue(t *testing.T) {
	s := newSite(t)
	a, b := s.guruji("Madhavnath"), s.guruji("Vasudev")
	entry, action := s.walkIn(a), s.id()
	data := clinic.Transfer{Entry: entry, Guruji: b.id}
	if _, err := s.act(a.actor, clinic.Command{ID: action, Type: "queue.transfer", Data: encode(t, data), Saw: s.saw(data)}); err != nil {
		t.Fatal(err)
	}
	do[clinic.EntryAnswer](s, a.actor, "queue.undo", clinic.UndoData{Entry: entry, Action: action})
	if got := s.view(entry)["guruji"]; got != a.id.String() {
		t.Errorf("the entry is with %v", got)
	}
}

func TestARepeatMeetsItsOwnWorkAfterItsKeyWasLost(t *testing.T) {
	s := newSite(t)
	a := s.guruji("Madhavnath")
	checkIn := clinic.Command{ID: s.id(), Type: "queue.check_in", Data: encode(t, clinic.CheckIn{Guruji: a.id})}
	first, err := s.act(desk, checkIn)
	if err != nil {
		t.Fatal(err)
	}
	s.walkIn(a)
	again, err := s.act(desk, checkIn)
	if err != nil || !s.last.Duplicate || len(s.last.Edits) != 0 {
		t.Fatalf("the repeat was not seen: %v, %v", s.last, err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	if _, err := s.act(kiosk, checkIn); codeOf(err) != clinic.CodeIDTaken {
		t.Errorf("another actor under the same id: %v", err)
	}
	if _, err := s.act(desk, clinic.Command{ID: checkIn.ID, Type: "person.register", Data: encode(t, clinic.PersonRegister{Name: "Usha"})}); codeOf(err) != clinic.CodeIDTaken {
		t.Errorf("another kind under the same id: %v", err)
	}
	next := clinic.Command{ID: s.id(), Type: "queue.call_next"}
	called, err := s.act(a.actor, next)
	if err != nil {
		t.Fatal(err)
	}
	for key := range s.records {
		if key.Kind == clinic.KindAudit {
			delete(s.records, key) // an old copy of the disk came back with the entry, but without its audit
		}
	}
	for _, command := range []clinic.Command{checkIn, next} {
		if _, err := s.act(actorOf(command, a), command); err != nil || !s.last.Duplicate {
			t.Errorf("%s was done twice: %v", command.Type, err)
		}
	}
	if s.last.Data != called {
		t.Errorf("called %v, and when repeated %v", called, s.last.Data)
	}
}

func actorOf(c clinic.Command, g guru) clinic.Actor {
	if c.Type == "queue.call_next" {
		return g.actor
	}
	return desk
}

func codeOf(err error) clinic.Code {
	if known, ok := err.(*clinic.Error); ok {
		return known.Code
	}
	return ""
}
