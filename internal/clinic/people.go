package clinic

import (
	"cmp"
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
	id := w.create(KindPerson, "", set)
	w.out.Data = PersonAnswer{Person: id}
	return nil
}

// updatePerson also renews the copies of name and phone in today's entries and coming appointments, which rows are
// made of.
func updatePerson(w *work, in PersonUpdate) error {
	r, err := w.load(KindPerson, in.Person, "person")
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
	if len(set) == 0 {
		return refuse(CodeInvalid, "Nothing to change was given.")
	}
	w.change(KindPerson, r.ID, "", set)
	if len(shown) > 0 {
		w.renewCopies(r.ID, shown)
	}
	return nil
}

func (w *work) renewCopies(person record.ID, shown fields) {
	var copies []record.Edit
	for id := range w.day.people[person] {
		copies = append(copies, record.Edit{Kind: KindEntry, ID: id, Day: w.day.date, Set: shown})
	}
	for _, r := range w.look.ByIndex(KindAppointment, "person", record.IDValue(person)) {
		if r.Day >= w.day.date {
			copies = append(copies, record.Edit{Kind: KindAppointment, ID: r.ID, Day: r.Day, Set: shown})
		}
	}
	slices.SortFunc(copies, func(a, b record.Edit) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	for _, e := range copies {
		w.edit(e)
	}
}
