package clinic_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// steady is a guruji who is known to take ten minutes for each.
func steady(t *testing.T) (*site, guru) {
	t.Helper()
	s := newSite(t)
	g := s.guruji("Madhavnath")
	for range 12 {
		s.walkIn(g)
		s.serve(g, 10*time.Minute)
	}
	return s, g
}

func (s *site) field(entry record.ID, name string) any {
	s.t.Helper()
	return s.view(entry)[name]
}

// truth is what the admin's screen shows of the waits told today.
func (s *site) truth() clinic.WaitTruth {
	s.t.Helper()
	for _, row := range s.day.Snapshot(s.audience(admin, ""), s.clinic).(clinic.QueueView).Rows {
		if row.Kind == clinic.RowWaitTruth {
			return row.Fields.(clinic.WaitTruth)
		}
	}
	s.t.Fatal("the admin is shown no truth of waits")
	return clinic.WaitTruth{}
}

func TestWhatWasToldAndWhatItBecameAreKept(t *testing.T) {
	s, g := steady(t)
	before := s.truth()
	for range 3 {
		s.walkIn(g)
	}
	fourth := s.checkIn(clinic.CheckIn{Guruji: g.id})
	told, _ := s.field(fourth.Entry, "told").([]any)
	if len(told) != 4 || told[0] != int64(fourth.Wait.Low) || told[1] != int64(fourth.Wait.High) {
		t.Fatalf("told %+v, kept %v", fourth.Wait, told)
	}
	if got := s.field(fourth.Entry, "waitedSeconds"); got != nil {
		t.Errorf("a wait of %v before the call", got)
	}
	for range 3 {
		s.serve(g, 10*time.Minute)
	}
	do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
	if got := s.field(fourth.Entry, "waitedSeconds"); got != int64(1800) {
		t.Errorf("waited %v s", got)
	}
	s.pass(2 * time.Minute)
	do[clinic.EntryAnswer](s, desk, "queue.recall", clinic.EntryMove{Entry: fourth.Entry})
	do[clinic.EntryAnswer](s, desk, "queue.no_answer", clinic.EntryMove{Entry: fourth.Entry})
	s.pass(30 * time.Minute)
	do[clinic.EntryAnswer](s, desk, "queue.call", clinic.EntryMove{Entry: fourth.Entry})
	if got := s.field(fourth.Entry, "waitedSeconds"); got != int64(1800) {
		t.Errorf("the first call counts, and not a later one: %v s", got)
	}
	after := s.truth()
	if after.Told != before.Told+4 {
		t.Errorf("%+v, before %+v", after, before)
	}
}

func TestTheAdminSeesHowTrueTheWaitsWere(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	edit := record.Edit{Kind: clinic.KindGuruji, ID: g.id, Set: map[string]record.Value{"priorSeconds": record.Int(600)}}
	s.commit([]record.Edit{edit})
	if diff := cmp.Diff(clinic.WaitTruth{}, s.truth()); diff != "" {
		t.Error(diff)
	}
	first := s.checkIn(clinic.CheckIn{Guruji: g.id})
	if first.Wait == nil || *first.Wait != (clinic.Wait{Low: 0, High: 5}) {
		t.Fatalf("the first is told %+v", first.Wait)
	}
	s.pass(time.Minute)
	s.serve(g, 0)
	if diff := cmp.Diff(clinic.WaitTruth{Told: 1, Held: 1, ErrorMinutes: 1.5}, s.truth()); diff != "" {
		t.Error(diff)
	}
	s.checkIn(clinic.CheckIn{Guruji: g.id})
	s.pass(32*time.Minute + 30*time.Second)
	mark := len(s.history)
	called := do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
	want := clinic.WaitTruth{Told: 2, Held: 1, ErrorMinutes: 15.8}
	if diff := cmp.Diff(want, s.truth()); diff != "" {
		t.Error(diff)
	}
	for _, reader := range []struct {
		name  string
		actor clinic.Actor
		sees  bool
	}{{"admin", admin, true}, {"desk", desk, false}, {"board", boards, false}, {"guruji", g.actor, false}} {
		sent := false
		for _, row := range s.day.Rows(s.audience(reader.actor, ""), s.history[mark:], false, s.clinic) {
			sent = sent || row.Kind == clinic.RowWaitTruth && cmp.Equal(row.Fields, any(want))
		}
		if sent != reader.sees {
			t.Errorf("the %s is sent the truth: %v", reader.name, sent)
		}
	}
	do[clinic.EntryAnswer](s, g.actor, "queue.undo", clinic.UndoData{Entry: called.Entry, Action: s.lastAction(called.Entry)})
	if got := s.truth().Told; got != 1 {
		t.Errorf("with the call undone %d were called", got)
	}
}

func (s *site) lastAction(entry record.ID) record.ID {
	r := s.records[record.Key{Kind: clinic.KindEntry, ID: entry}]
	return r.Get("lastAction").ID()
}

func TestWhoIsMovedByHandIsNoProof(t *testing.T) {
	for _, move := range []struct {
		name string
		do   func(s *site, entry record.ID, other guru)
	}{
		{"transfer", func(s *site, entry record.ID, other guru) {
			do[clinic.EntryAnswer](s, desk, "queue.transfer", clinic.Transfer{Entry: entry, Guruji: other.id})
		}},
		{"hold", func(s *site, entry record.ID, _ guru) {
			do[clinic.EntryAnswer](s, desk, "queue.hold", clinic.EntryMove{Entry: entry})
		}},
		{"nudge", func(s *site, entry record.ID, _ guru) {
			do[clinic.EntryAnswer](s, desk, "queue.prioritise", clinic.Prioritise{Entry: entry, Nudge: ptr(30), Reason: "a bus waits"})
		}},
		{"cancelled and put back", func(s *site, entry record.ID, _ guru) {
			do[clinic.EntryAnswer](s, desk, "queue.cancel", clinic.EntryMove{Entry: entry})
			do[clinic.EntryAnswer](s, desk, "queue.reinstate", clinic.EntryMove{Entry: entry})
		}},
	} {
		t.Run(move.name, func(t *testing.T) {
			s, g := steady(t)
			other := s.guruji("Vasudev")
			s.walkIn(g)
			entry, before := s.walkIn(g), s.truth()
			if s.field(entry, "told") == nil {
				t.Fatal("nothing was told")
			}
			move.do(s, entry, other)
			if got := s.field(entry, "told"); got != nil {
				t.Errorf("still told %v", got)
			}
			if move.name == "hold" {
				do[clinic.EntryAnswer](s, desk, "queue.resume", clinic.EntryMove{Entry: entry})
			}
			do[clinic.EntryAnswer](s, desk, "queue.call", clinic.EntryMove{Entry: entry})
			if diff := cmp.Diff(before, s.truth()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhyAWaitIsNotWhatWasTold(t *testing.T) {
	for _, tc := range []struct {
		name    string
		happens func(s *site, g guru)
		want    clinic.WaitWhy
	}{
		{"nothing", func(*site, guru) {}, ""},
		{"all goes as it went", func(s *site, g guru) { s.serve(g, 10*time.Minute) }, ""},
		{"the guruji goes away without an end", func(s *site, g guru) {
			do[clinic.RecordAnswer](s, g.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.OnBreak})
		}, clinic.WhyPaused},
		{"a long break", func(s *site, g guru) {
			do[clinic.RecordAnswer](s, g.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.OnBreak, Until: ptr(s.clinic.Add(time.Hour))})
		}, clinic.WhyPaused},
		{"a break without an end, and back", func(s *site, g guru) {
			do[clinic.RecordAnswer](s, g.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.OnBreak})
			s.pass(time.Hour)
			do[clinic.RecordAnswer](s, g.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.Available})
		}, clinic.WhyPaused},
		{"a break that ends by itself", func(s *site, g guru) {
			do[clinic.RecordAnswer](s, g.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.OnBreak, Until: ptr(s.clinic.Add(time.Hour))})
			s.pass(time.Hour)
		}, clinic.WhyPaused},
		{"an emergency that takes long", func(s *site, g guru) {
			s.pass(time.Second)
			s.checkIn(clinic.CheckIn{Guruji: g.id, Emergency: true})
			s.serve(g, 50*time.Minute)
		}, clinic.WhyEmergency},
		{"others come with credit", func(s *site, g guru) {
			s.pass(time.Second)
			for range 6 {
				s.checkIn(clinic.CheckIn{Guruji: g.id, Credit: clinic.CreditElderly})
			}
		}, clinic.WhyOthersFirst},
		{"each takes an hour", func(s *site, g guru) { s.serve(g, time.Hour) }, clinic.WhySlower},
		{"one is inside for an hour", func(s *site, g guru) {
			next := do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
			do[clinic.EntryAnswer](s, g.actor, "queue.start", clinic.EntryMove{Entry: next.Entry})
			s.pass(time.Hour)
		}, clinic.WhySlower},
		{"each takes a minute", func(s *site, g guru) {
			for range 5 {
				s.serve(g, time.Minute)
			}
		}, clinic.WhyFaster},
		{"nobody can say why", func(s *site, _ guru) { s.pass(2 * time.Hour) }, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, g := steady(t)
			for range 6 {
				s.walkIn(g)
			}
			entry := s.checkIn(clinic.CheckIn{Guruji: g.id})
			tc.happens(s, g)
			if got := s.row(entry.Entry).WaitWhy; got != tc.want {
				t.Errorf("why %q, want %q; told %+v, now %+v", got, tc.want, entry.Wait, s.row(entry.Entry).Wait)
			}
		})
	}
}

func TestAnEarlyReturnIsTheReasonOfAShorterWait(t *testing.T) {
	s, g := steady(t)
	do[clinic.RecordAnswer](s, g.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.OnBreak, Until: ptr(s.clinic.Add(100 * time.Minute))})
	entry := s.walkIn(g)
	s.pass(time.Minute)
	do[clinic.RecordAnswer](s, g.actor, "guruji.set_availability", clinic.SetAvailability{Availability: clinic.Available})
	if got := s.row(entry).WaitWhy; got != clinic.WhyBack {
		t.Errorf("why %q", got)
	}
}

// A room where five are inside at once: each takes five minutes, and one is called every minute. The line, which thinks
// of one at a time, says five times too much; the lag is right.
func TestAQueueLearnsWhetherItsLineOrItsLagIsRight(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	var inside []record.ID
	came := 0
	pass := func(minutes int) {
		for range minutes {
			s.walkIn(g)
			if came++; came > 10 {
				inside = append(inside, s.start(g))
			}
			if len(inside) > 5 {
				do[clinic.EntryAnswer](s, g.actor, "queue.complete", clinic.EntryMove{Entry: inside[0]})
				inside = inside[1:]
			}
			s.pass(time.Minute)
		}
	}
	pass(22)
	early := s.checkIn(clinic.CheckIn{Guruji: g.id})
	pass(120)
	late := s.checkIn(clinic.CheckIn{Guruji: g.id})
	middle := func(w *clinic.Wait) int { return (w.Low + w.High) / 2 }
	if early.Wait == nil || late.Wait == nil || middle(early.Wait) < 20 || middle(late.Wait) > 20 || late.Wait.Low > 11 || late.Wait.High < 11 {
		t.Errorf("all wait eleven minutes; told %+v, then %+v", early.Wait, late.Wait)
	}
	do[clinic.RecordAnswer](s, admin, "day.close", clinic.DayMove{})
	learnt := s.records[record.Key{Kind: clinic.KindGuruji, ID: g.id}]
	if got := learnt.Get("lineTrust").Int(); got < 1 || got > 20 {
		t.Errorf("the line is trusted to %d %%", got)
	}
	if got := learnt.Get("toldError").Int(); got < 1 || got > 100 {
		t.Errorf("the usual error is %d %%", got)
	}
}

// start lets the next one in.
func (s *site) start(g guru) record.ID {
	s.t.Helper()
	next := do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
	do[clinic.EntryAnswer](s, g.actor, "queue.start", clinic.EntryMove{Entry: next.Entry})
	return next.Entry
}

func TestABrokenPromiseInARecordIsNoPromise(t *testing.T) {
	s, g := steady(t)
	before := s.truth()
	for _, value := range []any{"soon", []int{1, 2}, []int{10, 5, 0, 0}, []int{-5, 5, 0, 0}, []string{"a", "b", "c", "d"}} {
		v, err := record.ValueOf(value)
		if err != nil {
			t.Fatal(err)
		}
		entry := s.walkIn(g)
		s.commit([]record.Edit{{Kind: clinic.KindEntry, ID: entry, Day: s.day.ServiceDay(), Set: map[string]record.Value{"told": v}}})
		s.serve(g, time.Minute)
	}
	if diff := cmp.Diff(before, s.truth()); diff != "" {
		t.Error(diff)
	}
}
