package clinic

import (
	"cmp"
	"maps"
	"slices"

	"github.com/aashram-care/sangam/sync/record"
)

func registerPerson(w *work, in PersonRegister) error {
	phone := NormalPhone(in.Phone)
	switch {
	case in.Name == "":
		return refuse(CodeInvalid, "The name is missing.")
	case in.Phone != "" && phone == "":
		return refuse(CodeInvalid, "This is not a telephone number.")
	}
	if known := w.samePerson(phone, in.Name); known != nil {
		w.about(KindPerson, known.ID, nil)
		w.out.Data = PersonAnswer{Person: known.ID, Existing: true}
		return nil
	}
	set := w.newPerson(in.Name, phone, cmp.Or(in.How, "coordinator"))
	for name, text := range map[string]string{"gender": in.Gender, "place": in.Place, "language": in.Language, "guardian": in.Guardian} {
		if text != "" {
			set[name] = record.Text(text)
		}
	}
	if in.BirthYear != 0 {
		set["birthYear"] = record.Int(int64(in.BirthYear))
	}
	answer := PersonAnswer{Person: w.command.ID, Alike: w.alikeTo(phone, in.Name)}
	if !answer.Alike.IsZero() {
		set["alike"] = record.IDValue(answer.Alike)
	}
	w.create(KindPerson, "", set)
	w.out.Data = answer
	return nil
}

// updatePerson also renews the copies of name and phone in today's entries and coming appointments, which rows are
// made of.
func updatePerson(w *work, in PersonUpdate) error {
	r, err := w.person(in.Person)
	if err != nil {
		return err
	}
	if err := w.checkSaw(r); err != nil {
		return err
	}
	set, shown := fields{}, fields{}
	if in.Name != nil {
		if *in.Name == "" {
			return refuse(CodeInvalid, "A person has a name.")
		}
		shown["name"], set["nameKey"] = record.Text(*in.Name), record.Text(NormalName(*in.Name))
	}
	if in.Phone != nil {
		phone := NormalPhone(*in.Phone)
		if *in.Phone != "" && phone == "" {
			return refuse(CodeInvalid, "This is not a telephone number.")
		}
		shown["phone"] = orNull(phone)
	}
	if in.Phones != nil {
		phones, err := furtherPhones(*in.Phones)
		if err != nil {
			return err
		}
		set["phones"] = phones
	}
	for name, text := range map[string]*string{"gender": in.Gender, "place": in.Place, "language": in.Language, "guardian": in.Guardian} {
		if text != nil {
			set[name] = orNull(*text)
		}
	}
	if in.BirthYear != nil {
		set["birthYear"] = record.Int(int64(*in.BirthYear))
	}
	for name, value := range shown {
		set[name] = value
	}
	if in.Distinct {
		set["alike"] = record.Null()
	}
	if len(set) == 0 {
		return refuse(CodeInvalid, "Nothing to change was given.")
	}
	w.change(KindPerson, r.ID, "", set)
	w.renewCopies(r.ID, shown, in.Distinct)
	return nil
}

// mostPhones is how many numbers a person has beside the one that is dialled.
const mostPhones = 5

func furtherPhones(given []string) (record.Value, error) {
	var phones []string
	for _, one := range given {
		phone := NormalPhone(one)
		switch {
		case phone == "":
			return nil, refuse(CodeInvalid, "This is not a telephone number.")
		case len(phones) == mostPhones:
			return nil, refuse(CodeTooLarge, "A person has at most %d further numbers.", mostPhones)
		case !slices.Contains(phones, phone):
			phones = append(phones, phone)
		}
	}
	if len(phones) == 0 {
		return record.Null(), nil
	}
	return list(phones), nil
}

func (w *work) renewCopies(person record.ID, shown fields, distinct bool) {
	var copies []record.Edit
	for id := range w.day.people[person] {
		set := maps.Clone(shown)
		if distinct && !w.day.entries[id].alike.IsZero() {
			set["alike"] = record.Null()
		}
		if len(set) > 0 {
			copies = append(copies, record.Edit{Kind: KindEntry, ID: id, Day: w.day.date, Set: set})
		}
	}
	if len(shown) == 0 {
		w.editAll(copies)
		return
	}
	for _, r := range w.look.ByIndex(KindAppointment, "person", record.IDValue(person)) {
		if r.Day >= w.day.date {
			copies = append(copies, record.Edit{Kind: KindAppointment, ID: r.ID, Day: r.Day, Set: shown})
		}
	}
	w.editAll(copies)
}

// editAll edits in the order of ids, so that every node decides the same.
func (w *work) editAll(edits []record.Edit) {
	slices.SortFunc(edits, func(a, b record.Edit) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	for _, e := range edits {
		w.edit(e)
	}
}

// identify turns a reference into a person: by id, by normalised phone and name, or a new one.
func (w *work) identify(ref PersonRef) (visitor, error) {
	if !ref.ID.IsZero() {
		r, ok := w.look.Load(KindPerson, ref.ID)
		if r = w.became(r); !ok || r.Get("deleted").Bool() {
			return visitor{}, refuse(CodeNotFound, "There is no such person.")
		}
		return visitor{id: r.ID, name: r.Get("name").Text(), phone: r.Get("phone").Text(), alike: idOf(&r, "alike")}, nil
	}
	phone := NormalPhone(ref.Phone)
	switch {
	case ref.Name == "":
		return visitor{}, refuse(CodeInvalid, "A person is given by id or by name.")
	case ref.Phone != "" && phone == "":
		return visitor{}, refuse(CodeInvalid, "This is not a telephone number.")
	}
	if known := w.samePerson(phone, ref.Name); known != nil {
		return visitor{id: known.ID, name: known.Get("name").Text(), phone: phone, alike: idOf(known, "alike")}, nil
	}
	how := "coordinator"
	if w.actor.Role == RoleKiosk {
		how = "walk_in"
	}
	who := visitor{id: w.command.ID.Child(KindPerson), name: ref.Name, phone: phone, alike: w.alikeTo(phone, ref.Name)}
	set := w.newPerson(ref.Name, phone, how)
	if !who.alike.IsZero() {
		set["alike"] = record.IDValue(who.alike)
	}
	w.edit(record.Edit{Kind: KindPerson, ID: who.id, Set: set})
	return who, nil
}

// samePerson is who was registered first under this phone and name.
func (w *work) samePerson(phone, name string) *record.Record {
	if phone == "" {
		return nil
	}
	known := slices.Clone(w.look.ByIndex(KindPerson, "phone_name", record.Text(phone), record.Text(NormalName(name))))
	for i := range known {
		known[i] = w.became(known[i])
	}
	return firstKnown(known)
}

// firstKnown is who was registered first of those that are still here.
func firstKnown(people []record.Record) *record.Record {
	people = slices.DeleteFunc(slices.Clone(people), func(r record.Record) bool { return r.Get("deleted").Bool() })
	if len(people) == 0 {
		return nil
	}
	first := slices.MinFunc(people, func(a, b record.Record) int {
		return cmp.Or(cmp.Compare(a.Get("createdAt").Int(), b.Get("createdAt").Int()), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return &first
}

func (w *work) newPerson(name, phone, how string) fields {
	set := fields{
		"name": record.Text(name), "nameKey": record.Text(NormalName(name)), "registeredHow": record.Text(how),
		"createdBy": record.Text(w.actor.ID), "createdAt": ms(w.clinic),
	}
	if phone != "" {
		set["phone"] = record.Text(phone)
	}
	return set
}
