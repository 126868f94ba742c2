package clinic

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aashram-care/sangam/sync/record"
)

// mostNamesakes is how many people of one name in a day still make it worth a question.
const mostNamesakes = 8

// alikeTo is somebody known who may well be the person of this phone and name, for staff to look at: the same phone with
// nearly the same name, or somebody here today of the same name where one of the two has no phone. Families share a
// phone, so that alone says nothing, and all who were ever called Ram would say too much.
func (w *work) alikeTo(phone, name string) record.ID {
	key := NormalName(name)
	var found []record.Record
	if phone != "" {
		for _, r := range w.look.ByIndex(KindPerson, "phone", record.Text(phone)) {
			if nearlySame(r.Get("nameKey").Text(), key) {
				found = append(found, r)
			}
		}
	}
	namesakes := w.day.named[key]
	if len(namesakes) > mostNamesakes {
		namesakes = nil
	}
	for person := range namesakes {
		r, known := w.look.Load(KindPerson, person)
		if known && (phone == "" || r.Get("phone").IsNull()) {
			found = append(found, r)
		}
	}
	if first := firstKnown(found); first != nil {
		return first.ID
	}
	return record.ID{}
}

// nearlySame tells whether two normal names differ by a word left out or by a slip in spelling.
func nearlySame(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	short, long := strings.Fields(a), strings.Fields(b)
	if len(short) > len(long) {
		short, long = long, short
	}
	within := !slices.ContainsFunc(short, func(word string) bool { return !slices.Contains(long, word) })
	return within || slips([]rune(a), []rune(b)) <= 1+min(len(a), len(b))/10
}

// slips is how many letters were added, left out or mistaken between two names.
func slips(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		left := row[0]
		row[0] = i + 1
		for j, y := range b {
			above := row[j+1]
			cost := left
			if x != y {
				cost++
			}
			row[j+1] = min(cost, above+1, row[j]+1)
			left = above
		}
	}
	return row[len(b)]
}

// mergePersons makes one person of two. Nothing of the queue moves: whoever was called keeps their turn, and two open
// places of the one person are flagged for staff to decide about.
func mergePersons(w *work, in MergePersons) error {
	keep, err := w.load(KindPerson, in.Keep, "person")
	if err != nil {
		return err
	}
	drop, err := w.load(KindPerson, in.Drop, "person")
	if err != nil {
		return err
	}
	switch {
	case keep.ID == drop.ID:
		return refuse(CodeInvalid, "These are one person already.")
	case keep.Get("deleted").Bool() || drop.Get("deleted").Bool():
		return refuse(CodeNotAllowed, "One of them is no longer here.")
	}
	if err := w.checkSaw(keep); err != nil {
		return err
	}
	set := w.inherit(keep, drop)
	if idOf(keep, "alike") == drop.ID {
		set["alike"] = record.Null()
	}
	shown := fields{"name": keep.Get("name"), "phone": orNull(keep.Get("phone").Text())}
	if phone, inherited := set["phone"]; inherited {
		shown["phone"] = phone
		w.renewCopies(keep.ID, fields{"phone": phone}, false)
	}
	w.edit(record.Edit{Kind: KindPerson, ID: drop.ID, Set: fields{
		"deleted": record.Bool(true), "mergedInto": record.IDValue(keep.ID), "alike": record.Null(),
	}})
	w.edit(record.Edit{Kind: KindPerson, ID: keep.ID, Set: set, Add: consentsOf(drop)})
	w.about(KindPerson, keep.ID, set)
	w.repoint(drop.ID, keep.ID, shown)
	w.notAlike(keep.ID, drop.ID)
	w.flagTwins(keep.ID, drop.ID)
	w.out.Data = RecordAnswer{ID: keep.ID}
	return nil
}

// inherit is what the one who stays takes over: what they had not, further phones, and the family.
func (w *work) inherit(keep, drop *record.Record) fields {
	set := fields{"mergedFrom": record.IDValue(drop.ID)}
	for _, name := range []string{"phone", "birthYear", "gender", "place", "language", "guardian"} {
		if v := drop.Get(name); keep.Get(name).IsNull() && !v.IsNull() {
			set[name] = v
		}
	}
	main := cmp.Or(keep.Get("phone").Text(), drop.Get("phone").Text())
	var phones, theirs []string
	_ = keep.Get("phones").Decode(&phones) // an absent list is an empty one
	_ = drop.Get("phones").Decode(&theirs)
	for _, phone := range append(theirs, drop.Get("phone").Text()) {
		if phone != "" && phone != main && !slices.Contains(phones, phone) {
			phones = append(phones, phone)
		}
	}
	if len(phones) > 0 {
		set["phones"] = list(phones)
	}
	links := without(w.family(keep), drop.ID)
	for _, l := range w.family(drop) {
		if relative := record.ID(l.Person); relative != keep.ID && !holds(links, relative) && len(links) < mostRelatives {
			links = append(links, l)
		}
	}
	if len(links) > 0 || len(familyOf(keep)) > 0 {
		set["familyLinks"] = familyValue(links)
	}
	return set
}

func consentsOf(r *record.Record) map[string][]record.Item {
	if items := r.Items("consent"); len(items) > 0 {
		return map[string][]record.Item{"consent": items}
	}
	return nil
}

// ofPerson are the kinds that name a person, each found by an index.
var ofPerson = []string{KindEntry, KindAppointment, KindWaitlist, KindConsultation, KindAmendment, KindRemedy, KindPrivateText}

// repoint gives everything of one person to another, with the copies of name and phone that rows are made of.
func (w *work) repoint(from, to record.ID, shown fields) {
	for _, kind := range ofPerson {
		found := w.look.ByIndex(kind, "person", record.IDValue(from))
		slices.SortFunc(found, func(a, b record.Record) int { return slices.Compare(a.ID[:], b.ID[:]) })
		for i := range found {
			set := fields{"person": record.IDValue(to)}
			if (kind == KindEntry || kind == KindAppointment) && found[i].Day >= w.day.date {
				set["name"], set["phone"] = shown["name"], shown["phone"]
			}
			w.edit(record.Edit{Kind: kind, ID: found[i].ID, Day: found[i].Day, Set: set})
		}
	}
}

// notAlike takes back the question whether two are one, now that it is answered.
func (w *work) notAlike(a, b record.ID) {
	var asked []record.Edit
	for _, person := range []record.ID{a, b} {
		for id := range w.day.people[person] {
			if alike := w.day.entries[id].alike; alike == a || alike == b {
				asked = append(asked, record.Edit{Kind: KindEntry, ID: id, Day: w.day.date, Set: fields{"alike": record.Null()}})
			}
		}
	}
	w.editAll(asked)
}

// flagTwins names the first of several open places of one person in all the others.
func (w *work) flagTwins(persons ...record.ID) {
	var open line
	for _, person := range persons {
		for id := range w.day.people[person] {
			if e := w.day.entries[id]; !e.terminal {
				open = append(open, e)
			}
		}
	}
	slices.SortFunc(open, byOrder)
	for _, e := range open[min(1, len(open)):] {
		w.edit(record.Edit{Kind: KindEntry, ID: e.id, Day: w.day.date, Set: fields{"twin": record.IDValue(open[0].id)}})
	}
}
