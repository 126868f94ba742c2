package clinic

import (
	"slices"

	"github.com/aashram-care/sangam/sync/record"
)

// Whether a person who settled a conflict kept what stands or wrote back what was lost.
const (
	keepCurrent = "current"
	keepLost    = "lost"
)

// restorable are the fields that people write and that stand alone, so that a lost value can be written again. What the
// queue is made of is not among them: its moves are told as conflicts, and made again by its own commands.
var restorable = map[string][]string{
	KindPerson:       {"name", "phone", "birthYear", "gender", "place", "language", "guardian"},
	KindEntry:        {"reason", "language"},
	KindAppointment:  {"reason"},
	KindConsultation: {"notes"},
	KindAmendment:    {"text"},
	KindRemedy:       {"name", "dosage", "days", "instructions", "language"},
	KindGuruji:       {"room"},
	KindDevice:       {"name"},
	KindSetting:      {"value"},
}

// settleConflict is a person's word about two values that met. Either way nobody is asked again.
func settleConflict(w *work, in ConflictSettle) error {
	c, err := w.load(KindConflict, in.Conflict, "conflict")
	if err != nil {
		return err
	}
	switch {
	case in.Keep == "":
		return refuse(CodeInvalid, "Which value is to stand? Say current or lost.")
	case !c.Get("settledAt").IsNull():
		return refuse(CodeNotAllowed, "This was settled already.")
	}
	if in.Keep == keepLost {
		if err := w.restore(c); err != nil {
			return err
		}
	}
	w.change(KindConflict, c.ID, c.Day, fields{
		"settledAt": ms(w.clinic), "settledBy": record.Text(w.actor.ID), "settled": record.Text(in.Keep),
	})
	return nil
}

// restore writes the lost value of a conflict over the one that stands, unless that is no longer what the person saw.
func (w *work) restore(c *record.Record) error {
	kind, field, lost := c.Get("subjectKind").Text(), c.Get("field").Text(), c.Get("value")
	subject, known := w.look.Load(kind, idOf(c, "subject"))
	switch {
	case !slices.Contains(restorable[kind], field):
		return refuse(CodeNotAllowed, "This value cannot be put back by itself. Do again what was meant.")
	case !mayRead(w.actor.Role, kind, field):
		return forbidden
	case !known || subject.Get("deleted").Bool() || w.day.isErased(&subject):
		return refuse(CodeNotFound, "What this was about is no longer here.")
	case kind == KindEntry && subject.Day != w.day.date:
		return refuse(CodeNotAllowed, "This entry is of %s; only today's can be changed.", subject.Day)
	case subject.Get("private").Bool():
		return refuse(CodeNotAllowed, "This text is kept beside its record. Write it again there.")
	case kind == KindSetting && !fitting(subject.Get("name").Text(), lost):
		return refuse(CodeNotAllowed, "The setting can no longer have this value.")
	case field == "name" && lost.IsNull():
		return refuse(CodeNotAllowed, "It needs a name.")
	}
	current := plainField(&subject, field)
	if saw, given := w.command.Saw["current"]; given && !sameValue(saw, current) {
		e := &Error{Code: CodeStale, Message: "This has changed since you looked.", Current: map[string]any{"current": current}}
		if current != nil && isNote(kind, field) {
			e.Note = whose(&subject)
		}
		return e
	}
	if lost.IsNull() {
		lost = record.Null()
	}
	set := fields{field: lost}
	if kind == KindPerson && field == "name" {
		set["nameKey"] = record.Text(NormalName(lost.Text()))
	}
	w.edit(record.Edit{Kind: kind, ID: subject.ID, Day: subject.Day, Set: set})
	if kind == KindPerson && (field == "name" || field == "phone") {
		w.renewCopies(subject.ID, fields{field: lost}, false)
	}
	return nil
}

// fitting tells whether a setting may have a value.
func fitting(name string, v record.Value) bool {
	known, ok := settingTable[name]
	if !ok {
		return false
	}
	scratch := DefaultSettings()
	value, ok := known.decode(v)
	return ok && known.apply(&scratch, value)
}

// ownsSubject tells whether a guruji may know of a conflict about a record, by what the Day knows of that record.
func (a Actor) ownsSubject(day *Day, kind string, id record.ID) bool {
	switch kind {
	case KindEntry:
		e := day.entry(id)
		return e != nil && a.owns(e.guruji)
	case KindGuruji:
		return a.owns(id)
	case KindPerson:
		return day.hasToday(id, a.Guruji)
	case KindConsultation, KindAmendment, KindRemedy, KindAppointment:
		r := day.keptRecord(kind, id)
		return r != nil && a.owns(idOf(r, "guruji"))
	}
	return false
}

func (d *Day) keptRecord(kind string, id record.ID) *record.Record {
	if d == nil {
		return nil
	}
	return d.kept[kind][id]
}
