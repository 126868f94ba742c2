package clinic

import (
	"cmp"

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
	r, err := w.load(KindConsultation, id, "consultation")
	if err != nil {
		return err
	}
	if err := w.checkSaw(r); err != nil {
		return err
	}
	set := fields{"noteAt": ms(w.clinic), "lastAction": record.IDValue(w.command.ID)}
	w.healthText(set, r, KindConsultation, "notes", id, in.Text)
	w.change(KindConsultation, id, r.Day, set)
	return nil
}

func prescribe(w *work, in Prescribe) error {
	entry, err := w.load(KindEntry, in.Entry, "entry")
	if err != nil {
		return err
	}
	if !in.Template.IsZero() {
		template, ok := w.look.Load(KindTemplate, in.Template)
		if !ok || template.Get("disabled").Bool() {
			return refuse(CodeNotFound, "There is no such template.")
		}
		in.from(&template)
	}
	switch {
	case in.Name == "":
		return refuse(CodeInvalid, "The remedy has no name.")
	case in.Type == "":
		return refuse(CodeInvalid, "The type of the remedy is missing.")
	}
	set := fields{
		"entry": record.IDValue(entry.ID), "person": idOrNull(idOf(entry, "person")), "guruji": idOrNull(idOf(entry, "guruji")),
		"consultation": idOrNull(idOf(entry, "consultation")), "template": idOrNull(in.Template), "type": record.Text(in.Type),
		"days": record.Int(int64(in.Days)), "language": orNull(in.Language), "dosage": orNull(in.Dosage), "name": record.Text(in.Name),
		"createdBy": record.Text(w.actor.ID), "createdAt": ms(w.clinic),
	}
	if w.day.healthTextStays() {
		set["name"], set["dosage"] = record.Null(), record.Null()
		in.Instructions = in.Name + "\n" + in.Dosage + "\n" + in.Instructions
	}
	w.healthText(set, entry, KindRemedy, "instructions", w.command.ID, in.Instructions)
	w.create(KindRemedy, w.day.date, set)
	return nil
}

// from fills in what was left out.
func (in *Prescribe) from(template *record.Record) {
	in.Type = cmp.Or(in.Type, template.Get("type").Text())
	in.Name = cmp.Or(in.Name, template.Get("name").Text())
	in.Dosage = cmp.Or(in.Dosage, template.Get("dosage").Text())
	in.Days = cmp.Or(in.Days, int(template.Get("days").Int()))
	in.Instructions = cmp.Or(in.Instructions, template.Get("instructions").Text())
	in.Language = cmp.Or(in.Language, template.Get("language").Text())
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
	r, err := w.load(KindEmergency, in.Emergency, "emergency")
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
