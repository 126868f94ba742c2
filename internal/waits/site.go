package waits

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// site is a clinic in memory, without a store: it decides commands and applies what they come to, as a committer does.
type site struct {
	day     *clinic.Day
	records map[string]map[record.ID]record.Record // by kind
	hlc     record.HLC
	made    uint64
	now     time.Time
}

var (
	theSite = record.Derive("site", "waits")
	admin   = clinic.Actor{ID: "admin", Name: "Admin", Role: clinic.RoleAdmin}
	desk    = clinic.Actor{ID: "desk", Name: "Desk", Role: clinic.RoleCoordinator}
)

const theWriter = record.Writer(1)

func newSite() *site { return &site{records: map[string]map[record.ID]record.Record{}} }

// begin starts a service-day; gurujis and what was learnt of them stay, entries go.
func (s *site) begin(at time.Time) error {
	s.now = at
	for _, kind := range []string{clinic.KindEntry, clinic.KindConsultation, clinic.KindAudit} {
		delete(s.records, kind)
	}
	s.day = clinic.NewDay(theSite, clinic.ServiceDay(at, zone))
	if err := s.day.Fill(s); err != nil {
		return fmt.Errorf("begin %s: %w", s.day.ServiceDay(), err)
	}
	return nil
}

func (s *site) Load(kind string, id record.ID) (record.Record, bool) {
	r, ok := s.records[kind][id]
	return r, ok
}

func (s *site) ByIndex(kind, index string, key ...record.Value) []record.Record {
	var found []record.Record
	for _, i := range clinic.Schema[kind].Indexes {
		if i.Name != index {
			continue
		}
		for _, r := range s.records[kind] {
			same := true
			for n, field := range i.Fields {
				same = same && string(r.Get(field)) == string(key[n])
			}
			if same {
				found = append(found, r)
			}
		}
	}
	return found
}

func (s *site) ByKind(kind string, visit func(record.Record) bool) error {
	for _, r := range s.records[kind] {
		if !visit(r) {
			return nil
		}
	}
	return nil
}

func (s *site) ByDay(kind, day string, visit func(record.Record) bool) error {
	return s.ByKind(kind, func(r record.Record) bool { return r.Day != day || visit(r) })
}

// do acts at s.now, and gives T the answer.
func do[T any](s *site, who clinic.Actor, command string, data any, saw map[string]any) (answer T, err error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return answer, fmt.Errorf("%s: %w", command, err)
	}
	c := clinic.Command{ID: s.id(), Type: command, Data: raw, Saw: saw}
	decision, err := clinic.Decide(s.day, s, c, who, s.now, s.now)
	var needed *clinic.TokensNeeded
	if errors.As(err, &needed) {
		s.day.Tokens[needed.Series] = clinic.TokenRange{Epoch: 1, Next: s.day.HighestToken(needed.Series, 1) + 1, Last: 1 << 20}
		decision, err = clinic.Decide(s.day, s, c, who, s.now, s.now)
	}
	if err != nil {
		return answer, fmt.Errorf("%s at %s: %w", command, s.now.In(zone).Format(time.DateTime), err)
	}
	if err := s.commit(decision.Edits); err != nil {
		return answer, fmt.Errorf("%s: %w", command, err)
	}
	answer, ok := decision.Data.(T)
	if !ok {
		return answer, fmt.Errorf("%s answered %T", command, decision.Data)
	}
	return answer, nil
}

func (s *site) commit(edits []record.Edit) error {
	for _, e := range edits {
		if e.Kind == clinic.KindAudit {
			continue
		}
		var before *record.Record
		if r, ok := s.records[e.Kind][e.ID]; ok {
			before = &r
		}
		after, hlc, err := record.Apply(clinic.Schema, before, e, s.now, theWriter, s.hlc)
		if err != nil {
			return fmt.Errorf("apply an edit of %s: %w", e.Kind, err)
		}
		s.hlc = hlc
		if s.records[e.Kind] == nil {
			s.records[e.Kind] = map[record.ID]record.Record{}
		}
		s.records[e.Kind][e.ID] = after
		s.day.Apply(before, &after)
	}
	return nil
}

// move is one of the commands that name an entry, by somebody who sees it as it is.
func (s *site) move(command string, entry record.ID) error {
	r := s.records[clinic.KindEntry][entry]
	shown := clinic.Schema.Shown(&r)
	_, err := do[clinic.EntryAnswer](s, desk, command, clinic.EntryMove{Entry: entry},
		map[string]any{"status": shown.Name, "generation": shown.Generation})
	return err
}

// id rises with every command, as the ids of actions do.
func (s *site) id() record.ID {
	s.made++
	id := record.ID{6: 0x70, 8: 0x80}
	binary.BigEndian.PutUint32(id[:4], uint32(s.made>>32))
	binary.BigEndian.PutUint32(id[12:], uint32(s.made))
	return id
}
