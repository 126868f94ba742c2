package clinic

import (
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// moving is one entry on its way to another state, with everything that follows from it.
type moving struct {
	*work
	e    *entry
	rec  *record.Record
	set  fields
	add  map[string][]record.Item
	undo []record.Edit
}

// take loads the entry a command names, checks that the actor may move it, that it is of today and as they saw it.
// repeat is true when the entry shows that this very command was done to it.
func (w *work) take(id record.ID, required ...string) (m *moving, repeat bool, err error) {
	rec, err := w.load(KindEntry, id, "entry")
	if err != nil {
		return nil, false, err
	}
	m = &moving{work: w, rec: rec, e: readEntry(rec), set: fields{}}
	switch {
	case m.e.lastAction == w.command.ID:
		w.again(KindEntry, id)
		return m, true, nil
	case rec.Day != w.day.date:
		return nil, false, refuse(CodeNotAllowed, "This entry is of %s; only today's can be changed.", rec.Day)
	case w.day.dates[w.day.date].sealed:
		return nil, false, refuse(CodeClosed, "This day is sealed. Nothing of it changes any more.")
	}
	return m, false, w.checkSaw(rec, required...)
}

// from refuses the move out of any status but these.
func (m *moving) from(statuses ...string) error {
	if slices.Contains(statuses, m.e.status) {
		return nil
	}
	return refuse(CodeNotAllowed, "%s is %s: this cannot be done now.", m.e.token, statusWords[m.e.status])
}

var statusWords = map[string]string{
	StatusWaiting: "waiting", StatusCalled: "called", StatusOnHold: "on hold", StatusNoAnswer: "not answering", StatusInService: "with the guruji",
	StatusClosedByRollover: "closed with its day", StatusNoShow: "a no-show", StatusLeft: "gone", StatusCancelled: "cancelled", StatusDone: "done",
}

// to gives the entry a status and logs the period that begins.
func (m *moving) to(status string) {
	m.set["status"] = record.Text(status)
	m.period(status)
}

// period adds to the log of what the entry was when, which makes waits facts.
func (m *moving) period(status string) {
	m.grow("periods", periodItem(status, m.clinic))
}

// periodItem has no id of its own: named by what it says, an entry costs a third of the bytes on the wire.
func periodItem(status string, at time.Time) record.Item {
	return record.Item{Value: record.List(record.Text(status), ms(at))}
}

func (m *moving) grow(name string, item record.Item) {
	if m.add == nil {
		m.add = map[string][]record.Item{}
	}
	m.add[name] = append(m.add[name], item)
}

// also edits another record that follows the entry; an undo puts it back too.
func (m *moving) also(kind string, id record.ID, set fields) {
	r, ok := m.look.Load(kind, id)
	if !ok {
		return
	}
	m.undo = append(m.undo, reverse(&r, set))
	m.edit(record.Edit{Kind: kind, ID: id, Day: r.Day, Set: set})
}

// finish turns what was gathered into edits, with the way back in the idempotency row.
func (m *moving) finish() error {
	m.undo = append(m.undo, reverse(m.rec, m.set))
	m.set["lastAction"] = record.IDValue(m.command.ID)
	m.edit(record.Edit{Kind: KindEntry, ID: m.e.id, Day: m.rec.Day, Set: m.set, Add: m.add})
	m.about(KindEntry, m.e.id, m.set)
	m.out.Undo = &Undo{Action: m.command.ID, Entry: m.e.id, Actor: m.actor.ID, At: m.now, Edits: m.undo}
	status := m.e.status
	if v, ok := m.set["status"]; ok {
		status = v.Text()
	}
	m.out.Data = EntryAnswer{Entry: m.e.id, Token: m.e.token, Status: status}
	return nil
}

// reverse is the edit that puts the fields of set back to what they are in r.
func reverse(r *record.Record, set fields) record.Edit {
	back := fields{}
	for name := range set {
		old := r.Get(name)
		if old.IsNull() {
			old = record.Null()
		}
		back[name] = old
	}
	_, moved := set["status"]
	if moved {
		back["status"] = record.Text(Schema.Shown(r).Name)
	}
	return record.Edit{Kind: r.Kind, ID: r.ID, Day: r.Day, Set: back, NewGeneration: moved}
}

// leaveRoom ends the consultation of an entry that goes anywhere but on with it.
func (m *moving) leaveRoom() {
	if m.e.status == StatusInService && !m.e.consultation.IsZero() {
		m.also(KindConsultation, m.e.consultation, fields{"endedAt": ms(m.clinic)})
	}
}

// appointment carries the entry's fate over to the appointment it came with.
func (m *moving) appointment(status string) {
	if m.e.appointment.IsZero() {
		return
	}
	m.also(KindAppointment, m.e.appointment, fields{"status": record.Text(status), "lastAction": record.IDValue(m.command.ID)})
}

// simple is a move that only goes from some statuses to another.
func simple(w *work, in EntryMove, to string, more func(*moving), from ...string) error {
	m, repeat, err := w.take(in.Entry, "status", "generation")
	if err != nil || repeat {
		return err
	}
	if err := m.from(from...); err != nil {
		return err
	}
	if more != nil {
		more(m)
	}
	m.to(to)
	if in.Reason != "" && Schema[KindEntry].Status.IsTerminal(to) {
		m.set["closedReason"] = record.Text(in.Reason)
	}
	return m.finish()
}

func callNext(w *work, in CallNext) error {
	g, err := w.guruji(in.Guruji)
	if err != nil {
		return err
	}
	switch g.availableAt(w.clinic) {
	case OnBreak:
		return refuse(CodeNotAllowed, "%s is on a break.", g.name)
	case Off:
		return refuse(CodeNotAllowed, "%s is off today.", g.name)
	}
	q := w.day.queue(g.id)
	if called := q.calledBy(w.command.ID); called != nil {
		w.again(KindEntry, called.id)
		return nil
	}
	e := q.next(w.day.settings.MaxAppointmentsInARow)
	if e == nil {
		return refuse(CodeNotFound, "No one is waiting.")
	}
	m, repeat, err := w.take(e.id)
	if err != nil || repeat {
		return err
	}
	m.call(g)
	return m.finish()
}

func call(w *work, in EntryMove) error {
	m, repeat, err := w.take(in.Entry, "status", "generation")
	if err != nil || repeat {
		return err
	}
	if err := m.from(StatusWaiting, StatusNoAnswer, StatusOnHold); err != nil {
		return err
	}
	g := w.day.gurujis[m.e.guruji]
	if g == nil {
		g = &guruji{}
	}
	m.call(g)
	return m.finish()
}

func (m *moving) call(g *guruji) {
	m.to(StatusCalled)
	m.set["calledAt"], m.set["recalls"] = m.day.callTime(m.clinic), record.Int(0)
	m.keepPromise()
	m.set["room"] = orNull(g.room)
}

// callTime is a moment of its own for each call, so that what was called after what is the same on every node. Only a
// clock that ran far ahead and came back is not waited for.
func (d *Day) callTime(clinicNow time.Time) record.Value {
	now := clinicNow.UnixMilli()
	if n := len(d.calls); n > 0 && d.calls[n-1].called >= now && d.calls[n-1].called < now+1000 {
		now = d.calls[n-1].called + 1
	}
	return record.Int(now)
}

func recall(w *work, in EntryMove) error {
	m, repeat, err := w.take(in.Entry, "status", "generation")
	if err != nil || repeat {
		return err
	}
	if err := m.from(StatusCalled); err != nil {
		return err
	}
	s := w.day.settings
	wait := time.Duration(s.RecallAfterSeconds)*time.Second - w.clinic.Sub(time.UnixMilli(m.e.called))
	switch {
	case m.e.recalls >= s.MaxRecalls:
		return refuse(CodeNotAllowed, "%s was called again %d times already. Mark it as not answering.", m.e.token, m.e.recalls)
	case wait > 0:
		return refuse(CodeNotAllowed, "%s was called a moment ago. Call again in %d s.", m.e.token, int((wait+time.Second-1)/time.Second))
	}
	m.set["recalls"], m.set["calledAt"] = record.Int(int64(m.e.recalls)+1), w.day.callTime(w.clinic)
	return m.finish()
}

func noAnswer(w *work, in EntryMove) error {
	m, repeat, err := w.take(in.Entry, "status", "generation")
	if err != nil || repeat {
		return err
	}
	if err := m.from(StatusCalled); err != nil {
		return err
	}
	misses := m.e.misses + 1
	m.set["misses"] = record.Int(int64(misses))
	if misses >= w.day.settings.MissesToNoShow {
		m.to(StatusNoShow)
		m.appointment(StatusNoShow)
		return m.finish()
	}
	m.to(StatusNoAnswer)
	m.set["delay"] = record.Int(m.e.delay + w.day.missDelay(m.e.guruji))
	return m.finish()
}

func hold(w *work, in EntryMove) error {
	return simple(w, in, StatusOnHold, (*moving).stepAside, StatusWaiting, StatusCalled, StatusNoAnswer, StatusInService)
}

func (m *moving) stepAside() {
	m.leaveRoom()
	m.dropPromise()
}

func resume(w *work, in EntryMove) error {
	return simple(w, in, StatusWaiting, nil, StatusOnHold)
}

func start(w *work, in EntryMove) error {
	return simple(w, in, StatusInService, func(m *moving) {
		m.set["startedAt"], m.set["endedAt"] = ms(m.clinic), record.Null()
		m.beginConsultation(m.clinic.UnixMilli())
		m.appointment(StatusInProgress)
	}, StatusCalled)
}

// beginConsultation creates the consultation under the action's own id. An undo leaves the record and marks it void,
// for a record is never taken away.
func (m *moving) beginConsultation(startedMs int64) {
	id := m.command.ID
	m.set["consultation"] = record.IDValue(id)
	m.edit(record.Edit{Kind: KindConsultation, ID: id, Day: m.rec.Day, Set: fields{
		"entry": record.IDValue(m.e.id), "person": idOrNull(m.e.person), "guruji": idOrNull(m.e.guruji),
		"startedAt": record.Int(startedMs), "createdBy": record.Text(m.actor.ID),
	}})
	m.undo = append(m.undo, record.Edit{Kind: KindConsultation, ID: id, Day: m.rec.Day, Set: fields{"void": record.Bool(true)}})
}

func complete(w *work, in EntryMove) error {
	m, repeat, err := w.take(in.Entry, "status", "generation")
	if err != nil || repeat {
		return err
	}
	// Straight from called: they sat down without anybody pressing start.
	if err := m.from(StatusInService, StatusCalled); err != nil {
		return err
	}
	started, consultation := m.e.started, m.e.consultation
	if m.e.status == StatusCalled {
		started, consultation = m.e.called, w.command.ID
		m.set["startedAt"] = record.Int(started)
		m.beginConsultation(started)
		w.out.Edits[len(w.out.Edits)-1].Set["endedAt"] = ms(w.clinic)
	} else if !consultation.IsZero() {
		m.also(KindConsultation, consultation, fields{"endedAt": ms(w.clinic)})
	}
	m.set["endedAt"] = ms(w.clinic)
	m.to(StatusDone)
	value := record.List(record.IDValue(consultation), record.IDValue(m.e.guruji), record.Int(started), ms(w.clinic))
	m.grow("completions", record.Item{ID: w.command.ID, Value: value})
	m.appointment(StatusCompleted)
	return m.finish()
}

// ended are the moves out of a queue that nobody served.
func ended(appointment string) func(*moving) {
	return func(m *moving) {
		m.leaveRoom()
		m.appointment(appointment)
	}
}

func cancel(w *work, in EntryMove) error {
	return simple(w, in, StatusCancelled, ended(StatusCancelled), StatusWaiting, StatusCalled, StatusOnHold, StatusNoAnswer, StatusInService)
}

func leave(w *work, in EntryMove) error {
	return simple(w, in, StatusLeft, ended(StatusCancelled), StatusWaiting, StatusCalled, StatusOnHold, StatusNoAnswer)
}

func noShow(w *work, in EntryMove) error {
	return simple(w, in, StatusNoShow, ended(StatusNoShow), StatusWaiting, StatusCalled, StatusOnHold, StatusNoAnswer)
}

func reinstate(w *work, in EntryMove) error {
	return simple(w, in, StatusWaiting, func(m *moving) {
		for _, name := range []string{"calledAt", "startedAt", "endedAt", "room", "closedReason", "consultation"} {
			if !m.rec.Get(name).IsNull() {
				m.set[name] = record.Null()
			}
		}
		m.set["misses"], m.set["recalls"] = record.Int(0), record.Int(0)
		m.dropPromise()
		m.appointment(StatusCheckedIn)
	}, StatusNoShow, StatusLeft, StatusCancelled, StatusClosedByRollover, StatusDone)
}
