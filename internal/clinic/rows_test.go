package clinic_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

func (s *site) audience(a clinic.Actor, view string) clinic.Audience {
	s.t.Helper()
	audience, err := clinic.AudienceOf(a, view)
	if err != nil {
		s.t.Fatal(err)
	}
	return audience
}

// rows are the kinds and ids of what an audience is sent for what happened since a mark.
func (s *site) rows(a clinic.Audience, mark int) []string {
	rows := []string{}
	for _, row := range s.day.Rows(a, s.history[mark:], false, s.clinic) {
		name := row.Kind
		if row.Gone {
			name += " gone"
		}
		if fields, ok := row.Fields.(clinic.EntryRow); ok {
			name += " " + fields.Token + " " + fields.Status
		}
		rows = append(rows, name)
	}
	slices.Sort(rows)
	return rows
}

func TestEachAudienceIsSentWhatItShowsAndNoMore(t *testing.T) {
	w := newWorld(t)
	s := w.site
	audiences := map[string]clinic.Audience{
		"coordinator": s.audience(desk, ""), "own guruji": s.audience(w.own.actor, ""), "other guruji": s.audience(w.other.actor, ""),
		"board": s.audience(boards, ""), "kiosk": s.audience(kiosk, ""), "patient": s.audience(w.actors[clinic.RolePatient], ""),
	}
	sent := func(act func()) map[string][]string {
		mark := len(s.history)
		act()
		got := map[string][]string{}
		for name, a := range audiences {
			got[name] = s.rows(a, mark)
		}
		return got
	}
	for _, tc := range []struct {
		name string
		act  func()
		want map[string][]string
	}{
		{"somebody else checks in", func() { s.walkIn(w.own) }, map[string][]string{
			"coordinator": {"guruji_wait", "row A002 waiting"}, "own guruji": {"guruji_wait", "row A002 waiting"}, "other guruji": {"guruji_wait"},
			"board": {"guruji_wait"}, "kiosk": {"guruji_wait", "place"}, "patient": {"place"},
		}},
		{"the patient is called", func() { do[clinic.EntryAnswer](s, w.own.actor, "queue.call_next", clinic.CallNext{}) }, map[string][]string{
			"coordinator": {"guruji_wait", "recent", "row A001 called"}, "own guruji": {"guruji_wait", "recent", "row A001 called"}, "other guruji": {"guruji_wait", "recent"},
			"board": {"guruji_wait", "recent", "row A001 called"}, "kiosk": {"guruji_wait", "recent"}, "patient": {"place", "row A001 called"},
		}},
		{"the patient is transferred", func() {
			do[clinic.EntryAnswer](s, desk, "queue.transfer", clinic.Transfer{Entry: w.mine, Guruji: w.other.id})
		}, map[string][]string{
			"coordinator": {"guruji_wait", "guruji_wait", "recent", "row A001 waiting"}, "own guruji": {"guruji_wait", "guruji_wait", "recent", "row gone"},
			"other guruji": {"guruji_wait", "guruji_wait", "recent", "row A001 waiting"},
			"board":        {"guruji_wait", "guruji_wait", "recent", "row gone"}, "kiosk": {"guruji_wait", "guruji_wait", "place", "recent"}, "patient": {"place", "row A001 waiting"},
		}},
		{"a guruji takes a break", func() {
			do[clinic.RecordAnswer](s, w.own.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.OnBreak})
		}, map[string][]string{
			"coordinator": {"guruji_wait"}, "own guruji": {"guruji_wait"}, "other guruji": {"guruji_wait"}, "board": {"guruji_wait"}, "kiosk": {"guruji_wait"}, "patient": {},
		}},
	} {
		if diff := cmp.Diff(tc.want, sent(tc.act)); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
}

func TestARowIsNotSentForAChangeThatItsReaderCannotSee(t *testing.T) {
	w := newWorld(t)
	person := w.view(w.theirs)["person"].(string)
	id, err := record.ParseID(person)
	if err != nil {
		t.Fatal(err)
	}
	mark := len(w.history)
	do[clinic.RecordAnswer](w.site, desk, "person.update", clinic.PersonUpdate{Person: id, Name: ptr("Imran A. Qureshi"), Phone: ptr("9898989898")})
	if got := w.rows(w.audience(desk, ""), mark); !slices.Contains(got, "row B001 waiting") {
		t.Errorf("the desk was sent %v", got)
	}
	if got := w.rows(w.audience(desk, clinic.ViewQueue), mark); !slices.Contains(got, "row B001 waiting") {
		t.Errorf("the desk's queue was sent %v", got)
	}
	for _, a := range []clinic.Audience{w.audience(central, clinic.ViewQueue), w.audience(kiosk, clinic.ViewQueue), w.audience(w.own.actor, clinic.ViewQueue)} {
		if got := w.rows(a, mark); slices.Contains(got, "row B001 waiting") {
			t.Errorf("%s was sent a row in which nothing changed", a.Role)
		}
	}
	if got := w.row(w.theirs); got.Name != "Imran A. Qureshi" || got.Phone != "919898989898" {
		t.Errorf("the row says %s, %s", got.Name, got.Phone)
	}
}

// TestSnapshotAndRowsSayTheSame folds every change into a client, as the SDK does, and compares it with a snapshot.
func TestSnapshotAndRowsSayTheSame(t *testing.T) {
	w := newWorld(t)
	s := w.site
	for name, a := range map[string]clinic.Audience{
		"coordinator": s.audience(desk, ""), "guruji": s.audience(w.own.actor, ""), "queue": s.audience(central, clinic.ViewQueue),
	} {
		client := map[string]clinic.EntryRow{}
		fold := func(rows []clinic.Row) {
			for _, row := range rows {
				fields, ok := row.Fields.(clinic.EntryRow)
				switch {
				case row.Kind != clinic.RowEntry:
				case row.Gone:
					delete(client, row.ID)
				case ok:
					client[row.ID] = fields
				}
			}
		}
		fold(s.day.Rows(a, nil, true, s.clinic))
		for range 8 {
			mark := len(s.history)
			s.pass(time.Minute)
			entry := s.walkIn(w.own)
			do[clinic.EntryAnswer](s, desk, "queue.prioritise", clinic.Prioritise{Entry: entry, Nudge: ptr(5), Reason: "far"})
			do[clinic.EntryAnswer](s, w.own.actor, "queue.call_next", clinic.CallNext{})
			fold(s.day.Rows(a, s.history[mark:], false, s.clinic))
		}
		for _, g := range s.day.Snapshot(a, s.clinic).(clinic.QueueView).Gurujis {
			for _, want := range g.Entries {
				got := client[want.ID.String()]
				got.Position, got.Ahead, got.Wait, got.LongWait = want.Position, want.Ahead, want.Wait, want.LongWait
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
		}
	}
}

func TestASnapshotHasTheShapeOfTheContract(t *testing.T) {
	w := newWorld(t)
	do[clinic.EntryAnswer](w.site, w.own.actor, "queue.call_next", clinic.CallNext{})
	var view struct {
		Day     string
		Gurujis []struct {
			ID, Name, Availability string
			Room                   *string
			Entries                []map[string]any
		}
		Recent []map[string]any
		Rows   []struct{ Kind string }
	}
	text := encode(t, w.day.Snapshot(w.audience(desk, clinic.ViewQueue), w.clinic))
	if err := json.Unmarshal(text, &view); err != nil {
		t.Fatal(err)
	}
	if view.Day != "2026-11-23" || len(view.Gurujis) != 2 || view.Gurujis[0].Name != "Madhavnath" || view.Gurujis[0].Availability != "available" {
		t.Errorf("got %s", text)
	}
	called, waiting := view.Gurujis[0].Entries[0], view.Gurujis[1].Entries[0]
	if called["status"] != "called" || called["position"] != nil || called["ahead"] != nil || waiting["position"] != 1.0 || waiting["ahead"] != 0.0 {
		t.Errorf("places: %v and %v", called, waiting)
	}
	for _, field := range []string{"id", "token", "status", "generation", "band", "order", "position", "ahead", "checkedInAt", "wait", "name"} {
		if _, ok := waiting[field]; !ok {
			t.Errorf("an entry has no %s", field)
		}
	}
	want := []map[string]any{{"token": "A001", "room": "room of Madhavnath", "at": "2026-11-23T04:00:00.000Z"}}
	if diff := cmp.Diff(want, view.Recent); diff != "" {
		t.Error(diff)
	}
	day := clinic.NewDay(siteID, "2026-11-24")
	empty := string(encode(t, day.Snapshot(w.audience(boards, ""), w.clinic)))
	var lists map[string]json.RawMessage
	if err := json.Unmarshal([]byte(empty), &lists); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"gurujis", "recent", "rows"} {
		if string(lists[list]) != "[]" {
			t.Errorf("an empty %s is %s", list, lists[list])
		}
	}
}

func TestRecentIsTheLastFiveNewestFirst(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	for range 7 {
		s.walkIn(g)
	}
	for range 7 {
		do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
	}
	view := s.day.Snapshot(s.audience(boards, ""), s.clinic).(clinic.QueueView)
	var tokens []string
	for _, call := range view.Recent {
		tokens = append(tokens, call.Token)
	}
	if diff := cmp.Diff([]string{"A007", "A006", "A005", "A004", "A003"}, tokens); diff != "" {
		t.Error(diff)
	}
}
