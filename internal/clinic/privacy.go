package clinic

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// personal are the fields that say who somebody is or what ails them, by kind: what an erasure empties. Tokens, times
// and states stay, for they count visits and not people; consents stay, for they are the proof.
var personal = map[string][]string{
	KindPerson: {"name", "nameKey", "phone", "phones", "birthYear", "gender", "place", "language", "guardian", "familyLinks",
		"registeredHow", "alike"},
	KindEntry:        {"name", "phone", "language", "reason", "priorityReason", "closedReason", "alike"},
	KindAppointment:  {"name", "phone", "reason"},
	KindWaitlist:     {"name", "phone", "reason"},
	KindConsultation: {"notes"},
	KindAmendment:    {"text"},
	KindRemedy:       {"template", "type", "name", "dosage", "days", "instructions"},
	KindPrivateText:  {"text"},
	KindNotification: {"title", "body"},
	KindEmergency:    {"place", "note", "outcome"},
	KindRequest:      {"data", "saw", "outcome"},
	KindConflict:     {"value"},
}

// ErasureID is the id of the record that says a person was erased.
func ErasureID(person record.ID) record.ID { return record.Derive(KindErasure, person.String()) }

// aboutPerson are the records that name a person, those of whoever was merged into them included, in a fixed order.
func (w *work) aboutPerson(person record.ID) []record.Record {
	var all []record.Record
	if r, ok := w.look.Load(KindPerson, person); ok {
		all = append(all, r)
	}
	for i := 0; i < len(all); i++ { // grows by those who were merged into the ones before
		all = append(all, w.look.ByIndex(KindPerson, "merged", record.IDValue(all[i].ID))...)
	}
	for _, one := range slices.Clone(all) {
		for _, kind := range ofPerson {
			for _, r := range w.look.ByIndex(kind, "person", record.IDValue(one.ID)) {
				all = append(all, r)
				if kind == KindEntry {
					all = append(all, w.look.ByIndex(KindNotification, "to", record.IDValue(r.ID))...)
					all = append(all, w.look.ByIndex(KindEmergency, "entry", record.IDValue(r.ID))...)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b record.Record) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Day, b.Day), slices.Compare(a.ID[:], b.ID[:]))
	})
	return all
}

// exportPerson answers with every record about a person, as View shows it to the one who asks: an admin hands over who
// they are and when they came, their guruji what was said.
func exportPerson(w *work, in PersonOnly) error {
	person, err := w.person(in.Person)
	if err != nil {
		return err
	}
	w.tellOf(person.ID)
	return nil
}

// personHistory is what was said and given before to the person in front of a guruji. It is asked for, and not sent
// along, so that the audit shows every look at somebody's past.
func personHistory(w *work, in PersonHistory) error {
	e, err := w.load(KindEntry, in.Entry, "entry")
	if err != nil {
		return err
	}
	person := idOf(e, "person")
	if person.IsZero() {
		return refuse(CodeNotAllowed, "Nobody is named on this entry.")
	}
	w.tellOf(person)
	return nil
}

// tellOf answers with what is known of a person, which is never kept with the answer.
func (w *work) tellOf(person record.ID) {
	w.out.Data, w.out.Forget = w.personExport(person), true
	w.about(KindPerson, person, nil)
}

// ofCare are the kinds of a history.
var ofCare = []string{KindConsultation, KindAmendment, KindRemedy, KindPrivateText}

func (w *work) personExport(person record.ID) PersonExport {
	export := PersonExport{Person: person, At: w.clinic.UTC().Truncate(time.Millisecond), Records: []ExportRecord{}}
	for _, r := range w.aboutPerson(person) {
		if w.command.Type == "person.history" && !slices.Contains(ofCare, r.Kind) {
			continue
		}
		if shown, visible := View(w.actor, w.day, &r); visible {
			export.Records = append(export.Records, ExportRecord{Kind: r.Kind, ID: r.ID, Day: r.Day, Fields: shown})
		}
	}
	return export
}

// erasePerson empties what is known of a person and leaves a record of it, by which View hides whatever of theirs comes
// to light later: from a box that was cut off, or from a conflict. What was dropped in a conflict stays in the record it
// was dropped from, where nobody reads it.
func erasePerson(w *work, in PersonOnly) error {
	person, err := w.person(in.Person)
	if err != nil {
		return err
	}
	if err := w.checkSaw(person); err != nil {
		return err
	}
	if open := w.day.openEntryOf(person.ID); open != nil {
		return refuse(CodeNotAllowed, "They have a place in the queue: %s. End it first.", open.token)
	}
	var covers []record.Item
	for _, r := range w.aboutPerson(person.ID) {
		w.empty(&r)
		covers = append(covers, record.Item{ID: r.ID, Value: record.Null()})
		for _, c := range w.look.ByIndex(KindConflict, "subject", record.IDValue(r.ID)) {
			w.empty(&c)
		}
	}
	w.forgetRelative(person)
	w.emptyRequests(person)
	w.edit(record.Edit{Kind: KindErasure, ID: ErasureID(person.ID), Set: fields{
		"person": record.IDValue(person.ID), "at": ms(w.clinic), "by": record.Text(w.actor.ID),
	}, Add: map[string][]record.Item{"covers": covers}})
	w.about(KindPerson, person.ID, nil)
	w.out.Data = RecordAnswer{ID: person.ID}
	return nil
}

// empty clears the personal fields that a record has. A person is marked as gone; an appointment that is still to come
// is cancelled, since nobody could say whose it is.
func (w *work) empty(r *record.Record) {
	set := fields{}
	for _, name := range personal[r.Kind] {
		if !r.Get(name).IsNull() {
			set[name] = record.Null()
		}
	}
	switch {
	case r.Kind == KindPerson:
		set["deleted"], set["erasedAt"] = record.Bool(true), ms(w.clinic)
	case r.Kind == KindAppointment && (Schema.Shown(r).Name == StatusBooked || Schema.Shown(r).Name == StatusConfirmed):
		set["status"] = record.Text(StatusCancelled)
	}
	if len(set) > 0 {
		w.edit(record.Edit{Kind: r.Kind, ID: r.ID, Day: r.Day, Set: set})
	}
}

// emptyRequests clears what the centre asked for about a person, by name, telephone number or id, and what came of it.
func (w *work) emptyRequests(person *record.Record) {
	var marks [][]byte
	for _, text := range []string{person.Get("name").Text(), person.Get("phone").Text(), person.ID.String()} {
		if text != "" {
			marks = append(marks, []byte(text))
		}
	}
	var naming []*record.Record
	for _, r := range w.day.kept[KindRequest] {
		if slices.ContainsFunc(marks, func(mark []byte) bool {
			return bytes.Contains([]byte(r.Get("data").Text()), mark) || bytes.Contains(r.Get("outcome").Bytes(), mark)
		}) {
			naming = append(naming, r)
		}
	}
	slices.SortFunc(naming, func(a, b *record.Record) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	for _, r := range naming {
		w.empty(r)
	}
}

// forgetRelative takes a person out of the lists of their relatives.
func (w *work) forgetRelative(person *record.Record) {
	for _, l := range w.family(person) {
		relative, known := w.look.Load(KindPerson, record.ID(l.Person))
		if links := w.family(&relative); known && len(links) > 0 {
			w.edit(record.Edit{Kind: KindPerson, ID: relative.ID, Set: fields{"familyLinks": familyValue(without(links, person.ID))}})
		}
	}
}

// applyErasure takes note of which records an erasure covers.
func (d *Day) applyErasure(id record.ID, after *record.Record) {
	for _, item := range d.erasures[id] {
		drop(d.erased, item.ID)
	}
	delete(d.erasures, id)
	if after == nil {
		return
	}
	d.erasures[id] = after.Items("covers")
	for _, item := range d.erasures[id] {
		d.erased[item.ID]++
	}
}

// isErased tells whether an erasure covers a record, or the subject of a conflict.
func (d *Day) isErased(r *record.Record) bool {
	if d == nil || len(d.erased) == 0 {
		return false
	}
	return d.erased[r.ID] > 0 || r.Kind == KindConflict && d.erased[idOf(r, "subject")] > 0
}
