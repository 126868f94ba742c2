package clinic

import (
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// Decide judges a command and says what it changes. It reads day and look, and changes neither: the caller applies
// the edits, all or none, before it decides the next command.
//
// clinicNow is the clinic's clock, now the real one. Two ages are real: how long ago an action was (Command.At, held
// between HeardAt and now: nobody can check in before the time their device last proved to be connected), and the ten
// seconds of an undo.
//
// The error is an *Error, or *TokensNeeded, after which the same call is repeated. day is nil at the centre for
// commands about the centre itself.
func Decide(day *Day, look Lookup, c Command, a Actor, clinicNow, now time.Time) (Decision, error) {
	w := &work{day: day, look: look, command: c, actor: a, clinic: clinicNow, now: now}
	spec, ok := table[c.Type]
	switch {
	case !ok:
		return Decision{}, refuse(CodeInvalid, "There is no action called %.64q.", c.Type)
	case c.ID.IsZero():
		return Decision{}, refuse(CodeInvalid, "An action has an id.")
	}
	if err := Can(a, c.Type, day, nil); err != nil {
		return Decision{}, err
	}
	if err := w.place(spec); err != nil {
		return Decision{}, err
	}
	done, err := w.repeated(spec)
	if err != nil || done {
		return w.out, err
	}
	if err := spec.handle(w); err != nil {
		return Decision{}, err
	}
	if w.out.Duplicate {
		return Decision{Data: w.out.Data, Duplicate: true}, nil
	}
	w.audit()
	return w.out, nil
}

// work is one command on its way to a Decision.
type work struct {
	day     *Day
	look    Lookup
	command Command
	actor   Actor
	clinic  time.Time
	now     time.Time
	out     Decision
	subject record.Key
	touched []string // fields of the subject, for the audit
}

// place refuses a command at the wrong kind of node.
func (w *work) place(spec spec) error {
	switch {
	case spec.central && w.day != nil && !w.day.watched:
		return refuse(CodeNotAllowed, "This is done at the centre.")
	case spec.central || w.day == nil && spec.eitherWay:
		return nil
	case w.day == nil:
		return refuse(CodeNotAllowed, "This is done at a site. The centre asks a site with request.send.")
	case w.day.watched:
		return refuse(CodeNotAllowed, "Only the site changes this. The centre asks a site with request.send.")
	}
	return nil
}

// repeated recognises an action that the records show as done, which happens when its idempotency row was lost with a
// disk. Its answer is rebuilt from the records.
func (w *work) repeated(spec spec) (bool, error) {
	if audit, ok := w.look.Load(w.auditKind(), w.command.ID); ok {
		if audit.Get("type").Text() != w.command.Type || audit.Get("actor").Text() != w.actor.ID {
			return false, idTaken
		}
		w.again(audit.Get("kind").Text(), idOf(&audit, "subject"))
		return true, nil
	}
	if spec.creates == "" {
		return false, nil
	}
	made, ok := w.look.Load(w.kindOf(spec), w.command.ID)
	if !ok {
		return false, nil
	}
	if made.Get("createdBy").Text() != w.actor.ID {
		return false, idTaken
	}
	w.again(made.Kind, made.ID)
	return true, nil
}

var idTaken = &Error{Code: CodeIDTaken, Message: "This id already belongs to something else. Act again under a new one."}

func (w *work) again(kind string, id record.ID) {
	w.out = Decision{Duplicate: true, Data: w.answer(kind, id)}
}

// kindOf is the kind a creating command creates here: the centre has staff of its own.
func (w *work) kindOf(spec spec) string {
	if spec.creates == KindStaff {
		return w.staffKind()
	}
	return spec.creates
}

func (w *work) staffKind() string {
	if w.day == nil {
		return KindCentralStaff
	}
	return KindStaff
}

func (w *work) auditKind() string {
	if w.day == nil {
		return KindCentralAudit
	}
	return KindAudit
}

// answer is what a command answers about the record it made or changed, as that stands now.
func (w *work) answer(kind string, id record.ID) any {
	r, ok := w.look.Load(kind, id)
	if !ok {
		return nil
	}
	switch {
	case kind == KindEntry && (w.command.Type == "queue.check_in" || w.command.Type == "queue.admit"):
		return w.checkInAnswer(r.Day, readEntry(&r))
	case kind == KindEntry:
		return EntryAnswer{Entry: id, Token: r.Get("token").Text(), Status: Schema.Shown(&r).Name}
	case kind == KindAppointment:
		return AppointmentAnswer{Appointment: id, Status: Schema.Shown(&r).Name, Series: idOf(&r, "series"), Reference: r.Get("reference").Text()}
	case kind == KindPerson && w.command.Type == "person.register":
		return PersonAnswer{Person: id, Existing: id != w.command.ID}
	case kind == KindPerson && (w.command.Type == "person.export" || w.command.Type == "person.history"):
		return w.personExport(id)
	case kind == KindWaitlist && w.command.Type == "queue.join_waitlist":
		return WaitlistAnswer{Waitlist: id, Place: 1 + slices.IndexFunc(w.day.waitlist(), func(other *record.Record) bool { return other.ID == id })}
	case kind == KindLease:
		return leaseAnswer(&r)
	case kind == KindStaff && w.command.Type == "staff.create":
		answer := StaffAnswer{Staff: id, Guruji: idOf(&r, "guruji")}
		if g, ok := w.look.Load(KindGuruji, answer.Guruji); ok {
			answer.Series = g.Get("series").Text()
		}
		return answer
	}
	return RecordAnswer{ID: id}
}

// edit adds an edit; the first one about the subject names it for the audit.
func (w *work) edit(e record.Edit) { w.out.Edits = append(w.out.Edits, e) }

// about says what the command was done to.
func (w *work) about(kind string, id record.ID, touched fields) {
	w.subject = record.Key{Kind: kind, ID: id}
	w.touched = slices.Grow(w.touched, len(touched))
	for name := range touched {
		w.touched = append(w.touched, name)
	}
	slices.Sort(w.touched)
}

// audit writes who did what to which record, by reference: names of fields and never what they hold.
func (w *work) audit() {
	set := fields{
		"at": ms(w.clinic), "type": record.Text(w.command.Type),
		"actor": record.Text(w.actor.ID), "role": record.Text(string(w.actor.Role)),
	}
	if !w.command.At.IsZero() {
		set["actedAt"] = ms(w.command.At)
	}
	if w.actor.Device != "" {
		set["device"] = record.Text(w.actor.Device)
	}
	if w.subject.Kind != "" {
		set["kind"], set["subject"] = record.Text(w.subject.Kind), record.IDValue(w.subject.ID)
	}
	if len(w.touched) > 0 {
		set["fields"] = list(w.touched)
	}
	w.edit(record.Edit{Kind: w.auditKind(), ID: w.command.ID, Day: w.date(), Set: set})
}

// date is the service-day the command falls on; the centre's own are counted in UTC.
func (w *work) date() string {
	if w.day == nil {
		return ServiceDay(w.clinic, time.UTC)
	}
	return w.day.date
}

// load reads the record a command is about and asks Can again, now that it is known.
func (w *work) load(kind string, id record.ID, what string) (*record.Record, error) {
	if id.IsZero() {
		return nil, refuse(CodeInvalid, "Which %s? Its id is missing.", what)
	}
	r, ok := w.look.Load(kind, id)
	if !ok {
		return nil, refuse(CodeNotFound, "There is no such %s.", what)
	}
	if err := Can(w.actor, w.command.Type, w.day, &r); err != nil {
		return nil, err
	}
	return &r, nil
}

func ms(t time.Time) record.Value { return record.TimeValue(t) }

// list is the value of a list of texts.
func list(texts []string) record.Value {
	values := make([]record.Value, len(texts))
	for i, text := range texts {
		values[i] = record.Text(text)
	}
	return record.List(values...)
}

// orNull is the value of a text, and null for none.
func orNull(s string) record.Value {
	if s == "" {
		return record.Null()
	}
	return record.Text(s)
}

func idOrNull(id record.ID) record.Value {
	if id.IsZero() {
		return record.Null()
	}
	return record.IDValue(id)
}
