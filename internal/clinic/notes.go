package clinic

import (
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// AuditNoteView is the type of an audit that says whose health notes somebody was given. It is no command: the door
// writes it.
const AuditNoteView = "note.view"

// NoteOf names whose health notes they are: a person, or the entry of one who gave no name.
type NoteOf = record.Key

// NoteIn tells whose health note a reader is given with these fields of a record, as View shows them; false: none. A
// health note is what a guruji wrote: notes, amendments, remedies, and such a text that was lost in a conflict.
func (d *Day) NoteIn(r *record.Record, fields map[string]any) (NoteOf, bool) {
	switch {
	case r.Kind == KindConflict && fields["value"] != nil && isNote(r.Get("subjectKind").Text(), r.Get("field").Text()):
		return d.noteOfConflict(r), true
	case slices.Contains(ofCare, r.Kind):
		given := slices.ContainsFunc(personal[r.Kind], func(name string) bool { return fields[name] != nil })
		return whose(r), given
	}
	return NoteOf{}, false
}

func isNote(kind, field string) bool {
	return slices.Contains(ofCare, kind) && slices.Contains(personal[kind], field)
}

func whose(r *record.Record) NoteOf {
	for _, of := range []string{KindPerson, KindEntry} {
		if id := idOf(r, of); !id.IsZero() {
			return NoteOf{Kind: of, ID: id}
		}
	}
	return NoteOf{Kind: r.Kind, ID: r.ID}
}

func (d *Day) noteOfConflict(c *record.Record) NoteOf {
	subject := NoteOf{Kind: c.Get("subjectKind").Text(), ID: idOf(c, "subject")}
	if d != nil {
		if r := d.kept[subject.Kind][subject.ID]; r != nil {
			return whose(r)
		}
	}
	return subject
}

// NoteViews are the audits that a reader, in a session, was given these people's health notes at a time by the clinic's
// clock: one for each kind of what they are named by, and for each `most` of them.
func NoteViews(reader Actor, session record.ID, day string, at time.Time, of []NoteOf, most int, newID func() record.ID) []record.Edit {
	byKind := map[string][]record.Value{}
	var kinds []string
	for _, note := range of {
		if byKind[note.Kind] == nil {
			kinds = append(kinds, note.Kind)
		}
		byKind[note.Kind] = append(byKind[note.Kind], record.IDValue(note.ID))
	}
	var audits []record.Edit
	for _, kind := range kinds {
		for some := range slices.Chunk(byKind[kind], most) {
			set := fields{
				"at": ms(at), "type": record.Text(AuditNoteView), "kind": record.Text(kind),
				"actor": record.Text(reader.ID), "role": record.Text(string(reader.Role)), "session": record.IDValue(session),
			}
			if reader.Device != "" {
				set["device"] = record.Text(reader.Device)
			}
			if len(some) == 1 {
				set["subject"] = some[0]
			} else {
				set["subjects"] = record.List(some...)
			}
			audits = append(audits, record.Edit{Kind: KindAudit, ID: newID(), Day: day, Set: set})
		}
	}
	return audits
}

// NotesViewed are those whose health notes were given, by an audit; none when it is of something else.
func NotesViewed(audit *record.Record) []NoteOf {
	if audit.Get("type").Text() != AuditNoteView {
		return nil
	}
	var views []NoteOf
	for _, id := range AuditSubjects(audit) {
		views = append(views, NoteOf{Kind: audit.Get("kind").Text(), ID: id})
	}
	return views
}

// AuditSubjects are the records that an audit is about.
func AuditSubjects(audit *record.Record) []record.ID {
	if id := idOf(audit, "subject"); !id.IsZero() {
		return []record.ID{id}
	}
	var many [][]byte
	_ = audit.Get("subjects").Decode(&many) // an absent list is an empty one
	var ids []record.ID
	for _, b := range many {
		ids = append(ids, record.Bytes(b).ID())
	}
	return ids
}
