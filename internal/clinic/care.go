package clinic

import (
	"github.com/aashram-care/sangam/sync/record"
)

// policy is the value of one of the centre's policies; null when it said nothing.
func (d *Day) policy(name string) record.Value {
	r := d.kept[KindPolicy][PolicyID(name)]
	if r == nil {
		return nil
	}
	return r.Get("value")
}

// healthTextStays tells whether what a guruji writes is kept on this node only, and never linked.
func (d *Day) healthTextStays() bool { return d.policy("healthTextStays").Bool() }

// healthText is where a text about somebody's health goes: into the record, or beside it under the same id into a
// record that never leaves the node, when policy keeps such text at home. of has the person and guruji it is about.
func (w *work) healthText(set fields, of *record.Record, kind, field string, id record.ID, text string) {
	if !w.day.healthTextStays() {
		set[field], set["private"] = orNull(text), record.Bool(false)
		return
	}
	set[field], set["private"] = record.Null(), record.Bool(true)
	w.edit(record.Edit{Kind: KindPrivateText, ID: id, Set: fields{
		"kind": record.Text(kind), "subject": record.IDValue(id), "text": orNull(text),
		"person": idOrNull(idOf(of, "person")), "guruji": idOrNull(idOf(of, "guruji")),
	}})
}

// note replaces the note of a consultation.
func note(w *work, in Note) error {
	id := in.Consultation
	if id.IsZero() && !in.Entry.IsZero() {
		r, err := w.load(KindEntry, in.Entry, "entry")
		if err != nil {
			return err
		}
		if id = idOf(r, "consultation"); id.IsZero() {
			return refuse(CodeNotAllowed, "The consultation of %s has not begun.", r.Get("token").Text())
		}
	}
	r, err := w.loadSeen(KindConsultation, id, "consultation")
	if err != nil {
		return err
	}
	if r.Day != w.day.date {
		return refuse(CodeNotAllowed, "This consultation was on %s. What is added later stands beside its note, as an amendment.", r.Day)
	}
	set := fields{"noteAt": ms(w.clinic), "lastAction": record.IDValue(w.command.ID)}
	w.healthText(set, r, KindConsultation, "notes", id, in.Text)
	w.change(KindConsultation, id, r.Day, set)
	return nil
}

// amend adds a text to a consultation that has ended. The note stays as it was, and the text is a record of its own, so
// that it can be erased: what a list was once given stays in it.
func amend(w *work, in Amend) error {
	r, err := w.loadSeen(KindConsultation, in.Consultation, "consultation")
	if err != nil {
		return err
	}
	switch {
	case in.Text == "":
		return refuse(CodeInvalid, "The text is missing.")
	case r.Get("void").Bool():
		return refuse(CodeNotAllowed, "This consultation was undone.")
	case r.Get("endedAt").IsNull() && r.Day == w.day.date:
		return refuse(CodeNotAllowed, "This consultation goes on. Write into its note.")
	}
	id := w.command.ID
	set := fields{
		"consultation": record.IDValue(r.ID), "entry": idOrNull(idOf(r, "entry")), "person": idOrNull(idOf(r, "person")),
		"guruji": idOrNull(idOf(r, "guruji")), "createdBy": record.Text(w.actor.ID), "createdAt": ms(w.clinic),
	}
	w.healthText(set, r, KindAmendment, "text", id, in.Text)
	w.edit(record.Edit{Kind: KindConsultation, ID: r.ID, Day: r.Day, Set: fields{"lastAction": record.IDValue(id)},
		Add: map[string][]record.Item{"amendments": {{ID: id, Value: record.IDValue(id)}}}})
	w.create(KindAmendment, w.day.date, set)
	return nil
}

func raiseEmergency(w *work, in EmergencyRaise) error {
	guruji := w.actor.Guruji
	if w.actor.Role == RolePatient {
		in.Entry = w.actor.Entry
	}
	if !in.Entry.IsZero() {
		e := w.day.entries[in.Entry]
		if e == nil {
			return refuse(CodeNotFound, "There is no such entry today.")
		}
		guruji = e.guruji
	}
	e := w.emergency(w.command.ID, in, guruji)
	w.change(KindEmergency, e.ID, e.Day, e.Set)
	return nil
}

// emergency is a call for staff. It is a record, so that whoever opens their screen late still sees it.
func (w *work) emergency(id record.ID, in EmergencyRaise, guruji record.ID) record.Edit {
	return record.Edit{Kind: KindEmergency, ID: id, Day: w.day.date, Set: fields{
		"entry": idOrNull(in.Entry), "guruji": idOrNull(guruji), "place": orNull(in.Place), "note": orNull(in.Note),
		"raisedAt": ms(w.clinic), "raisedBy": record.Text(w.actor.ID),
	}}
}

func resolveEmergency(w *work, in EmergencyResolve) error {
	r, err := w.loadSeen(KindEmergency, in.Emergency, "emergency")
	if err != nil {
		return err
	}
	if !r.Get("resolvedAt").IsNull() {
		return refuse(CodeNotAllowed, "This was resolved already.")
	}
	w.change(KindEmergency, r.ID, r.Day, fields{
		"resolvedAt": ms(w.clinic), "resolvedBy": record.Text(w.actor.ID), "outcome": orNull(in.Outcome),
	})
	return nil
}
