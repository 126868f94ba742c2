package clinic

import (
	"slices"

	"github.com/aashram-care/sangam/sync/record"
)

// familyLink is one relative in a person's list, as it is kept.
type familyLink struct {
	Person   []byte `cbor:"person"`
	Relation string `cbor:"relation"`
	Guardian bool   `cbor:"guardian"`
	Proxy    bool   `cbor:"proxy"`
}

// mostRelatives bounds a list that every reader of a person gets whole.
const mostRelatives = 50

// inverse is what somebody is to their relative.
var inverse = map[string]string{
	"parent": "child", "child": "parent", "spouse": "spouse", "sibling": "sibling", "grandparent": "grandchild",
	"grandchild": "grandparent", "guardian": "ward", "ward": "guardian", "other": "other",
}

// Relatives are the ids in somebody's list of relatives, as they were when the list was written.
func Relatives(r *record.Record) []record.ID {
	var ids []record.ID
	for _, l := range familyOf(r) {
		ids = append(ids, record.ID(l.Person))
	}
	return ids
}

func familyOf(r *record.Record) []familyLink {
	var links []familyLink
	if v := r.Get("familyLinks"); !v.IsNull() && v.Decode(&links) != nil {
		return nil
	}
	return slices.DeleteFunc(links, func(l familyLink) bool { return len(l.Person) != len(record.ID{}) })
}

// family are somebody's relatives as they are known now: who was merged away is who they became.
func (w *work) family(r *record.Record) []familyLink {
	var links []familyLink
	for _, l := range familyOf(r) {
		if relative, known := w.look.Load(KindPerson, record.ID(l.Person)); known {
			now := w.became(relative).ID
			l.Person = now[:]
		}
		if id := record.ID(l.Person); id != r.ID && !holds(links, id) {
			links = append(links, l)
		}
	}
	return links
}

func holds(links []familyLink, relative record.ID) bool {
	return slices.ContainsFunc(links, func(l familyLink) bool { return record.ID(l.Person) == relative })
}

func familyValue(links []familyLink) record.Value {
	if len(links) == 0 {
		return record.Null()
	}
	v, _ := record.ValueOf(links)
	return v
}

func without(links []familyLink, relative record.ID) []familyLink {
	return slices.DeleteFunc(slices.Clone(links), func(l familyLink) bool { return record.ID(l.Person) == relative })
}

// linkFamily writes what two people are to each other into both of them.
func linkFamily(w *work, in LinkFamily) error {
	person, err := w.person(in.Person)
	if err != nil {
		return err
	}
	relative, err := w.person(in.Relative)
	if err != nil {
		return err
	}
	switch {
	case person.ID == relative.ID:
		return refuse(CodeInvalid, "A person is not their own relative.")
	case !in.Unlink && in.Relation == "":
		return refuse(CodeInvalid, "What is the relative to the person? The relation is missing.")
	}
	if err := w.checkSaw(person); err != nil {
		return err
	}
	ofPerson, ofRelative := without(w.family(person), relative.ID), w.family(relative)
	if in.Unlink {
		ofRelative = without(ofRelative, person.ID)
	} else {
		ofPerson = append(ofPerson, familyLink{relative.ID[:], in.Relation, in.Guardian, in.Proxy})
		ofRelative = backLink(ofRelative, person.ID, inverse[in.Relation])
	}
	if max(len(ofPerson), len(ofRelative)) > mostRelatives {
		return refuse(CodeTooLarge, "A person has at most %d relatives here.", mostRelatives)
	}
	w.edit(record.Edit{Kind: KindPerson, ID: relative.ID, Set: fields{"familyLinks": familyValue(ofRelative)}})
	w.change(KindPerson, person.ID, "", fields{"familyLinks": familyValue(ofPerson)})
	return nil
}

// backLink keeps what the other side may decide: that is said from there.
func backLink(links []familyLink, to record.ID, relation string) []familyLink {
	back := familyLink{Person: to[:], Relation: relation}
	for _, l := range links {
		if record.ID(l.Person) == to {
			back.Guardian, back.Proxy = l.Guardian, l.Proxy
		}
	}
	return append(without(links, to), back)
}

// person loads one whom a command is about; who was merged away is who they became.
func (w *work) person(id record.ID) (*record.Record, error) {
	r, err := w.load(KindPerson, id, "person")
	if err != nil {
		return nil, err
	}
	now := w.became(*r)
	if now.Get("deleted").Bool() {
		return nil, refuse(CodeNotFound, "There is no such person any more.")
	}
	if now.ID != r.ID {
		return w.load(KindPerson, now.ID, "person")
	}
	return r, nil
}

// mostMerges bounds the way from one who was merged away to who they are; two disks could merge two into each other.
const mostMerges = 16

// Became is who a person is after merges; load finds a person by id.
func Became(r record.Record, load func(record.ID) (record.Record, bool)) record.Record {
	for range mostMerges {
		into, known := load(idOf(&r, "mergedInto"))
		if !known {
			break
		}
		r = into
	}
	return r
}

func (w *work) became(r record.Record) record.Record {
	return Became(r, func(id record.ID) (record.Record, bool) { return w.look.Load(KindPerson, id) })
}

// recordConsent adds to the list of what a person agreed to and took back. The list only grows: it is the proof.
func recordConsent(w *work, in RecordConsent) error {
	person, err := w.consenting(in)
	if err != nil {
		return err
	}
	if in.Notice == "" {
		in.Notice = w.day.policy("consentNotice").Text()
	}
	switch {
	case in.Purpose == "":
		return refuse(CodeInvalid, "To what? The purpose is missing.")
	case in.Notice == "" && !in.Withdrawn:
		return refuse(CodeInvalid, "Which notice were they shown? Its version is missing.")
	case !in.By.IsZero() && !w.isGuardian(person, in.By):
		return refuse(CodeNotAllowed, "They are not recorded as a guardian who decides for this person.")
	}
	said := map[string]any{
		"purpose": in.Purpose, "given": !in.Withdrawn, "notice": in.Notice, "language": in.Language,
		"at": stamp(w.clinic), "recordedBy": w.actor.ID,
	}
	if !in.By.IsZero() {
		said["by"] = in.By[:]
	}
	value, err := record.ValueOf(said)
	if err != nil {
		return refuse(CodeInvalid, "This consent cannot be kept.")
	}
	w.edit(record.Edit{Kind: KindPerson, ID: person.ID, Add: map[string][]record.Item{"consent": {{ID: w.command.ID, Value: value}}}})
	w.about(KindPerson, person.ID, fields{"consent": nil})
	w.out.Data = RecordAnswer{ID: person.ID}
	return nil
}

func (w *work) isGuardian(person *record.Record, id record.ID) bool {
	return slices.ContainsFunc(w.family(person), func(l familyLink) bool { return l.Guardian && record.ID(l.Person) == id })
}

// consenting is who consents: a person by id for the desk, and for devices and patients the person of an entry that is
// theirs, since they know of no one else.
func (w *work) consenting(in RecordConsent) (*record.Record, error) {
	if in.Entry.IsZero() && w.actor.Role != RoleKiosk && w.actor.Role != RolePatient {
		person, err := w.person(in.Person)
		if err != nil {
			return nil, err
		}
		return person, w.checkSaw(person)
	}
	e, err := w.load(KindEntry, in.Entry, "entry")
	switch {
	case err != nil:
		return nil, err
	case w.actor.Role == RoleKiosk && (e.Get("createdBy").Text() != w.actor.ID || e.Day != w.day.date):
		return nil, forbidden
	}
	person, known := w.look.Load(KindPerson, idOf(e, "person"))
	if !known || person.Get("deleted").Bool() {
		return nil, refuse(CodeNotAllowed, "Nobody is named on this entry.")
	}
	return &person, nil
}
