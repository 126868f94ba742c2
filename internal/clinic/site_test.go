package clinic_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// site is a committer in memory: it decides, applies to records and to the day, and keeps the way back of each action.
type site struct {
	t       testing.TB
	day     *clinic.Day
	records map[record.Key]record.Record
	his     map[record.Key]record.HLC
	clinic  time.Time
	now     time.Time
	undos   map[record.ID]*clinic.Undo
	history []clinic.Changed
	last    clinic.Decision
	made    uint64
	writer  record.Writer
	// reserve hands out token numbers; nil for a box that never loses any.
	reserve func(*clinic.TokensNeeded)
}

var (
	siteID  = record.Derive("site", "nirmal dham")
	monday  = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC) // 09:30 in India
	admin   = clinic.Actor{ID: "admin", Name: "Asha", Role: clinic.RoleAdmin}
	desk    = clinic.Actor{ID: "desk", Name: "Ravi", Role: clinic.RoleCoordinator}
	kiosk   = clinic.Actor{ID: "kiosk-session", Role: clinic.RoleKiosk, Device: record.Derive("device", "kiosk").String()}
	boards  = clinic.Actor{ID: "board-session", Role: clinic.RoleBoard}
	central = clinic.Actor{ID: "central", Role: clinic.RoleCentralAdmin}
)

func newSite(t testing.TB) *site {
	return &site{
		t: t, day: clinic.NewDay(siteID, "2026-11-23"), records: map[record.Key]record.Record{}, his: map[record.Key]record.HLC{},
		clinic: monday, now: monday, undos: map[record.ID]*clinic.Undo{}, writer: 7,
	}
}

func (s *site) Load(kind string, id record.ID) (record.Record, bool) {
	r, ok := s.records[record.Key{Kind: kind, ID: id}]
	return r, ok
}

func (s *site) ByIndex(kind, index string, key ...record.Value) []record.Record {
	i := slices.IndexFunc(clinic.Schema[kind].Indexes, func(x record.Index) bool { return x.Name == index })
	if i < 0 {
		s.t.Fatalf("no index %s of %s", index, kind)
	}
	var found []record.Record
	for k, r := range s.records {
		if k.Kind != kind {
			continue
		}
		match := true
		for j, field := range clinic.Schema[kind].Indexes[i].Fields {
			match = match && string(r.Get(field)) == string(key[j])
		}
		if match {
			found = append(found, r)
		}
	}
	return found
}

func (s *site) ByDay(kind, day string, visit func(record.Record) bool) error {
	return s.each(visit, func(r record.Record) bool { return r.Kind == kind && r.Day == day })
}

func (s *site) ByKind(kind string, visit func(record.Record) bool) error {
	return s.each(visit, func(r record.Record) bool { return r.Kind == kind })
}

func (s *site) each(visit, wanted func(record.Record) bool) error {
	for _, r := range s.records {
		if wanted(r) && !visit(r) {
			return nil
		}
	}
	return nil
}

// id makes the next id: ids rise with the order they are made in, as UUIDv7 do.
func (s *site) id() record.ID {
	s.made++
	id := record.ID{0, 1, 2, 3, 4, 5, 0x70, 0, 0x80}
	for i := range 7 {
		id[15-i] = byte(s.made >> (8 * i))
	}
	return id
}

func (s *site) pass(d time.Duration) { s.clinic, s.now = s.clinic.Add(d), s.now.Add(d) }

// act decides and applies one command. Token numbers are reserved as the committer does it.
func (s *site) act(a clinic.Actor, c clinic.Command) (any, error) {
	s.t.Helper()
	if c.ID.IsZero() {
		c.ID = s.id()
	}
	if c.Type == "queue.undo" {
		var data clinic.UndoData
		_ = json.Unmarshal(c.Data, &data)
		c.Undo = s.undos[data.Action]
	}
	for {
		decision, err := clinic.Decide(s.day, s, c, a, s.clinic, s.now)
		var needed *clinic.TokensNeeded
		if errors.As(err, &needed) {
			if s.reserve != nil {
				s.reserve(needed)
				continue
			}
			r := s.day.Tokens[needed.Series]
			s.day.Tokens[needed.Series] = clinic.TokenRange{Epoch: max(r.Epoch, 1), Next: max(r.Next, 1), Last: max(r.Last, 0) + max(needed.Count, 20)}
			continue
		}
		if err != nil {
			var known *clinic.Error
			if !errors.As(err, &known) || !slices.Contains(clinic.Codes, known.Code) {
				s.t.Fatalf("%s: an error without a code: %v", c.Type, err)
			}
			return nil, err
		}
		s.commit(decision.Edits)
		if decision.Undo != nil {
			s.undos[c.ID] = s.kept(decision.Undo)
		}
		s.last = decision
		return decision.Data, nil
	}
}

// kept is what the idempotency row gives back.
func (s *site) kept(u *clinic.Undo) *clinic.Undo {
	text, err := json.Marshal(u)
	if err != nil {
		s.t.Fatal(err)
	}
	var back clinic.Undo
	if err := json.Unmarshal(text, &back); err != nil {
		s.t.Fatal(err)
	}
	return &back
}

func (s *site) commit(edits []record.Edit) {
	s.t.Helper()
	for _, e := range edits {
		key := record.Key{Kind: e.Kind, ID: e.ID}
		var before *record.Record
		if r, ok := s.records[key]; ok {
			before = &r
		}
		after, hi, err := record.Apply(clinic.Schema, before, e, s.now, s.writer, s.his[key])
		if err != nil {
			s.t.Fatalf("an edit of %s that the record refuses: %v", e.Kind, err)
		}
		s.records[key], s.his[key] = after, hi
		s.day.Apply(before, &after)
		s.history = append(s.history, clinic.Changed{Before: before, After: &after})
	}
}

func encode(t testing.TB, data any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// do acts and expects it to be done.
func do[T any](s *site, a clinic.Actor, command string, data any) T {
	s.t.Helper()
	answer, err := s.act(a, clinic.Command{Type: command, Data: encode(s.t, data), Saw: s.saw(data)})
	if err != nil {
		s.t.Fatalf("%s %s: %v", command, encode(s.t, data), err)
	}
	typed, ok := answer.(T)
	if !ok {
		s.t.Fatalf("%s answered %T", command, answer)
	}
	return typed
}

// refused acts and expects an error with a code.
func refused(s *site, a clinic.Actor, want clinic.Code, command string, data any) *clinic.Error {
	s.t.Helper()
	return refusedSaw(s, a, want, command, data, s.saw(data))
}

func refusedSaw(s *site, a clinic.Actor, want clinic.Code, command string, data any, saw map[string]any) *clinic.Error {
	s.t.Helper()
	answer, err := s.act(a, clinic.Command{Type: command, Data: encode(s.t, data), Saw: saw})
	var known *clinic.Error
	if !errors.As(err, &known) {
		s.t.Fatalf("%s %s: got %v, %v; want %s", command, encode(s.t, data), answer, err, want)
	}
	if known.Code != want {
		s.t.Fatalf("%s %s: got %v; want %s", command, encode(s.t, data), known, want)
	}
	return known
}

// saw is what a person with everything on the screen saw of the entry that data names.
func (s *site) saw(data any) map[string]any {
	var named struct{ Entry record.ID }
	_ = json.Unmarshal(encode(s.t, data), &named)
	r, ok := s.records[record.Key{Kind: clinic.KindEntry, ID: named.Entry}]
	if !ok {
		return nil
	}
	all, _ := clinic.View(desk, s.day, &r)
	saw := map[string]any{}
	for _, field := range []string{"status", "generation", "guruji", "band", "credit"} {
		saw[field] = all[field]
	}
	return saw
}

func (s *site) view(id record.ID) map[string]any {
	s.t.Helper()
	r, ok := s.records[record.Key{Kind: clinic.KindEntry, ID: id}]
	if !ok {
		s.t.Fatalf("no entry %s", id)
	}
	fields, visible := clinic.View(desk, s.day, &r)
	if !visible {
		s.t.Fatalf("entry %s is hidden from the desk", id)
	}
	return fields
}

func (s *site) status(id record.ID) string { return s.view(id)["status"].(string) }

type guru struct {
	id    record.ID
	actor clinic.Actor
}

func (s *site) guruji(name string) guru {
	s.t.Helper()
	made := do[clinic.StaffAnswer](s, admin, "staff.create", clinic.StaffCreate{Name: name, Role: clinic.RoleGuruji, Room: "room of " + name})
	return guru{made.Guruji, clinic.Actor{ID: made.Staff.String(), Name: name, Role: clinic.RoleGuruji, Guruji: made.Guruji}}
}

func (s *site) checkIn(in clinic.CheckIn) clinic.CheckInAnswer {
	s.t.Helper()
	return do[clinic.CheckInAnswer](s, desk, "queue.check_in", in)
}

func (s *site) walkIn(g guru) record.ID {
	s.t.Helper()
	return s.checkIn(clinic.CheckIn{Guruji: g.id}).Entry
}

// serve lets a guruji see somebody for a while.
func (s *site) serve(g guru, length time.Duration) record.ID {
	s.t.Helper()
	next := do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
	do[clinic.EntryAnswer](s, g.actor, "queue.start", clinic.EntryMove{Entry: next.Entry})
	s.pass(length)
	do[clinic.EntryAnswer](s, g.actor, "queue.complete", clinic.EntryMove{Entry: next.Entry})
	return next.Entry
}

// leaseFor lets a kiosk in and gives it numbers.
func (s *site) leaseFor(count int) (clinic.Actor, clinic.LeaseAnswer) {
	s.t.Helper()
	asked := do[clinic.RecordAnswer](s, clinic.Actor{}, "device.request", clinic.DeviceRequest{Kind: "kiosk", Name: fmt.Sprint("kiosk ", s.made)})
	do[clinic.RecordAnswer](s, admin, "device.approve", clinic.DeviceApprove{Device: asked.ID})
	a := clinic.Actor{ID: "session of " + asked.ID.String(), Role: clinic.RoleKiosk, Device: asked.ID.String()}
	return a, do[clinic.LeaseAnswer](s, a, "queue.lease_tokens", clinic.LeaseTokens{Count: count})
}
