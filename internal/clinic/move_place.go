package clinic

import (
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// transfer moves an entry to another guruji's queue. It stays the same entry, with its token and check-in time, and
// begins a new generation, so that whoever still looks at the old queue is stale.
func transfer(w *work, in Transfer) error {
	m, repeat, err := w.take(in.Entry, "status", "generation", "guruji")
	if err != nil || repeat {
		return err
	}
	if err := m.from(StatusWaiting, StatusCalled, StatusOnHold, StatusNoAnswer, StatusInService); err != nil {
		return err
	}
	if in.Guruji.IsZero() && w.actor.Role != RolePatient {
		if g := w.day.leastWait(w.clinic, m.e.guruji); g != nil {
			in.Guruji = g.id
		}
	}
	to, ok := w.day.gurujis[in.Guruji]
	switch {
	case in.Guruji.IsZero():
		return refuse(CodeNotAllowed, "No other guruji is available.")
	case !ok || to.disabled:
		return refuse(CodeNotFound, "There is no such guruji.")
	case in.Guruji == m.e.guruji:
		return refuse(CodeNotAllowed, "%s is in that queue already.", m.e.token)
	case w.actor.Role == RolePatient && !m.offered(to.id):
		return refuse(CodeNotAllowed, "You may go to another guruji when yours offers it. Please ask at the desk.")
	}
	m.stepAside()
	if m.e.status == StatusInService {
		m.appointment(StatusCheckedIn)
	}
	m.to(StatusWaiting)
	m.set["guruji"], m.set["from"], m.set["to"] = record.IDValue(to.id), idOrNull(m.e.guruji), record.IDValue(to.id)
	for _, name := range []string{"room", "calledAt", "startedAt", "consultation"} {
		if !m.rec.Get(name).IsNull() {
			m.set[name] = record.Null()
		}
	}
	return m.finish()
}

// offered tells whether the guruji who is away offered those who wait another one.
func (m *moving) offered(to record.ID) bool {
	g := m.day.gurujis[m.e.guruji]
	return g != nil && g.offerTo == to && g.availableAt(m.clinic) != Available && m.e.inLine()
}

// prioritise changes what an entry's place is made of, and never the place itself.
func prioritise(w *work, in Prioritise) error {
	m, repeat, err := w.take(in.Entry, "band", "credit")
	if err != nil || repeat {
		return err
	}
	asked := 0
	for _, given := range []bool{in.Emergency != nil, in.Credit != "", in.Nudge != nil} {
		if given {
			asked++
		}
	}
	switch {
	case asked != 1:
		return refuse(CodeInvalid, "Say exactly one of emergency, credit and nudge.")
	case in.Reason == "":
		return refuse(CodeInvalid, "Say why: a reason is required.")
	}
	if err := m.from(StatusWaiting, StatusCalled, StatusOnHold, StatusNoAnswer); err != nil {
		return err
	}
	class, nudge := m.e.creditFor, m.e.nudge
	switch {
	case in.Emergency != nil && *in.Emergency:
		m.set["band"] = record.Int(BandEmergency)
	case in.Emergency != nil:
		m.set["band"] = record.Int(BandNormal)
	case in.Credit != "":
		class = in.Credit
		m.set["creditFor"] = record.Text(class)
	default:
		nudge = int64(*in.Nudge)
		m.set["nudge"] = record.Int(nudge)
	}
	if in.Emergency == nil {
		m.set["credit"] = record.Int(w.day.settings.creditMinutes(class) + nudge)
	}
	m.set["priorityReason"] = record.Text(in.Reason)
	m.dropPromise()
	return m.finish()
}

func (s Settings) creditMinutes(class string) int64 {
	switch class {
	case CreditElderly:
		return int64(s.ElderlyMinutes)
	case CreditDisabled:
		return int64(s.DisabledMinutes)
	case CreditPregnant:
		return int64(s.PregnantMinutes)
	}
	return 0
}

// undo puts back what an action changed, while nothing has happened to the entry since. What only grows stays: the
// log of periods, and a completion, which the put-back lists.
func undo(w *work, in UndoData) error {
	m, repeat, err := w.take(in.Entry)
	if err != nil || repeat {
		return err
	}
	if in.Action.IsZero() {
		return refuse(CodeInvalid, "Which action? Its id is missing.")
	}
	kept := w.command.Undo
	switch {
	case kept == nil || kept.Action != in.Action || kept.Entry != in.Entry:
		return refuse(CodeNotAllowed, "This can no longer be undone.")
	case kept.Actor != w.actor.ID && w.actor.Role != RoleCoordinator && w.actor.Role != RoleAdmin:
		return forbidden
	case m.e.lastAction != in.Action:
		return refuse(CodeStale, "Something was done since. It cannot be undone any more.")
	case w.now.Sub(kept.At) > UndoWithin || w.now.Before(kept.At.Add(-time.Second)):
		return refuse(CodeNotAllowed, "More than %d seconds have passed. It cannot be undone any more.", UndoWithin/time.Second)
	}
	for _, e := range kept.Edits {
		if e.Kind != KindEntry {
			w.edit(e)
			continue
		}
		m.set, m.add = fields{}, nil
		for name, value := range e.Set {
			m.set[name] = value
		}
	}
	m.to(backTo(m))
	m.set["lastAction"] = record.IDValue(w.command.ID)
	w.edit(record.Edit{Kind: KindEntry, ID: m.e.id, Day: m.rec.Day, Set: m.set, Add: m.add, NewGeneration: true})
	w.about(KindEntry, m.e.id, m.set)
	w.out.Data = EntryAnswer{Entry: m.e.id, Token: m.e.token, Status: backTo(m)}
	return nil
}

// backTo is the status an undo returns to: the one kept, or the present one when the action changed none.
func backTo(m *moving) string {
	if v, ok := m.set["status"]; ok {
		return v.Text()
	}
	return m.e.status
}
