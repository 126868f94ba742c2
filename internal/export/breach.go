package export

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
)

// sight is one time that somebody had a health text before them, or took personal data out.
type sight struct {
	at               time.Time
	who, whoID, role string
	how              string
	person, personID string
	kind, id         string
}

// looked are the commands that show or take personal data, and in what way.
var looked = map[string]string{
	"person.history": "asked for the past", "person.export": "took out", "data.export": "took out",
	"consultation.note": "wrote", "consultation.amend": "wrote", "remedy.prescribe": "wrote", "remedy.update": "wrote",
}

// Breach is who saw which health texts, as a table: from the audit what somebody asked for, took out or wrote, and whose
// notes they had on their screen; and what a guruji could have on it though the audit has no such look, which is the
// texts of a day of whoever was in their queue. It names people and records, and holds no word of any text.
func (b *Book) Breach() []byte {
	had, looks := b.had()
	sights := slices.Concat(b.asked(), had, b.could(looks))
	slices.SortStableFunc(sights, func(x, y sight) int {
		return cmp.Or(x.at.Compare(y.at), strings.Compare(x.whoID, y.whoID), strings.Compare(x.id, y.id))
	})
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	writeLine(&out, []string{"at", "who", "role", "how", "whose", "what", "id of who", "id of whose", "id of what"})
	for _, s := range sights {
		writeLine(&out, []string{b.local(s.at), s.who, s.role, s.how, s.person, s.kind, s.whoID, s.personID, s.id})
	}
	return out.Bytes()
}

func (b *Book) asked() []sight {
	var sights []sight
	for _, a := range b.byKind[clinic.KindAudit] {
		how, ok := looked[a.text("type")]
		if !ok {
			continue
		}
		s := sight{
			at: a.time("at"), who: b.actorName(a.text("actor")), whoID: a.text("actor"), role: a.text("role"), how: how,
			kind: a.text("kind"), id: a.text("subject"),
		}
		if a.text("type") == "data.export" {
			s.kind = cmp.Or(s.kind, strings.Join(texts(a.list("fields")), " "))
		}
		s.personID = b.subjectPerson(s.kind, s.id)
		s.person = b.name(clinic.KindPerson, s.personID)
		sights = append(sights, s)
	}
	return sights
}

// look is that somebody had a person's notes on their screen on a day.
type look struct{ day, who, person string }

// had are the looks that the audit has.
func (b *Book) had() ([]sight, map[look]bool) {
	var sights []sight
	looks := map[look]bool{}
	for _, a := range b.byKind[clinic.KindAudit] {
		if a.text("type") != clinic.AuditNoteView {
			continue
		}
		for _, id := range subjects(a) {
			person := b.subjectPerson(a.text("kind"), id)
			looks[look{a.Day, a.text("actor"), person}] = true
			sights = append(sights, sight{
				at: a.time("at"), who: b.actorName(a.text("actor")), whoID: a.text("actor"), role: a.text("role"), how: "had on their screen",
				person: b.name(clinic.KindPerson, person), personID: person, kind: a.text("kind"), id: id,
			})
		}
	}
	return sights, looks
}

// subjectPerson is whom a record is about.
func (b *Book) subjectPerson(kind, id string) string {
	if kind == clinic.KindPerson {
		return id
	}
	r, _ := b.find(kind, id)
	return b.personOf(r)
}

// could are the texts of a day of those who were in a guruji's queue, without looks that the audit has: there is none of
// who never opened their screen, and none of days before looks were written down.
func (b *Book) could(looks map[look]bool) []sight {
	type visit struct{ day, person string }
	gurujis := map[visit][]Row{}
	for _, e := range b.byKind[clinic.KindEntry] {
		if person := e.text("person"); person != "" {
			at := visit{e.Day, person}
			gurujis[at] = append(gurujis[at], e)
		}
	}
	staff := map[string]Row{}
	for _, r := range b.byKind[clinic.KindStaff] {
		staff[r.text("guruji")] = r
	}
	var sights []sight
	for _, kind := range []string{clinic.KindConsultation, clinic.KindAmendment, clinic.KindRemedy} {
		for _, r := range b.byKind[kind] {
			person := b.personOf(r)
			told := map[string]bool{}
			for _, e := range gurujis[visit{r.Day, person}] {
				guruji := e.text("guruji")
				if told[guruji] {
					continue
				}
				told[guruji] = true
				who := staff[guruji]
				if looks[look{r.Day, who.staffID(), person}] {
					continue
				}
				sights = append(sights, sight{
					at: later(r.time(began[kind]), e.time("checkedInAt")), who: b.name(clinic.KindGuruji, guruji), whoID: cmp.Or(who.staffID(), guruji), role: string(clinic.RoleGuruji),
					how: "could see", person: b.name(clinic.KindPerson, person), personID: person, kind: kind, id: r.ID.String(),
				})
			}
		}
	}
	return sights
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func (r Row) staffID() string {
	if r.ID.IsZero() {
		return ""
	}
	return r.ID.String()
}
