package clinic

import (
	"cmp"
	"strings"

	"github.com/aashram-care/sangam/sync/record"
)

func prescribe(w *work, in Prescribe) error {
	entry, err := w.loadSeen(KindEntry, in.Entry, "entry")
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
		"days": record.Int(int64(in.Days)), "language": orNull(in.Language),
		"createdBy": record.Text(w.actor.ID), "createdAt": ms(w.clinic),
	}
	w.remedyText(set, entry, w.command.ID, remedyText{in.Name, in.Dosage, in.Instructions})
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

// remedyText is what of a remedy is about somebody's health.
type remedyText struct {
	name, dosage, instructions string
}

// remedyText writes the text into the record, or all of it beside it when policy keeps it at home: a line for the name,
// one for the dosage, and the instructions.
func (w *work) remedyText(set fields, of *record.Record, id record.ID, text remedyText) {
	if w.day.healthTextStays() {
		set["name"], set["dosage"] = record.Null(), record.Null()
		text.instructions = strings.Join([]string{oneLine(text.name), oneLine(text.dosage), text.instructions}, "\n")
	} else {
		set["name"], set["dosage"] = orNull(text.name), orNull(text.dosage)
	}
	w.healthText(set, of, KindRemedy, "instructions", id, text.instructions)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// textOf reads back what remedyText wrote.
func (w *work) textOf(remedy *record.Record) remedyText {
	if !remedy.Get("private").Bool() {
		return remedyText{remedy.Get("name").Text(), remedy.Get("dosage").Text(), remedy.Get("instructions").Text()}
	}
	private, _ := w.look.Load(KindPrivateText, remedy.ID)
	lines := append(strings.SplitN(private.Get("text").Text(), "\n", 3), "", "")
	return remedyText{lines[0], lines[1], lines[2]}
}

// remedy loads one that a command changes.
func (w *work) remedy(id record.ID) (r *record.Record, repeat bool, err error) {
	if r, err = w.load(KindRemedy, id, "remedy"); err != nil {
		return nil, false, err
	}
	if idOf(r, "lastAction") == w.command.ID {
		w.again(KindRemedy, id)
		return r, true, nil
	}
	return r, false, w.checkSaw(r)
}

func updateRemedy(w *work, in RemedyUpdate) error {
	r, repeat, err := w.remedy(in.Remedy)
	if err != nil || repeat {
		return err
	}
	text := w.textOf(r)
	set, rewritten := in.changes(&text)
	switch {
	case !r.Get("completedAt").IsNull():
		return refuse(CodeNotAllowed, "This remedy is completed. Prescribe another.")
	case len(set) == 0 && !rewritten:
		return refuse(CodeInvalid, "Nothing to change was given.")
	case text.name == "":
		return refuse(CodeInvalid, "The remedy has no name.")
	}
	if rewritten {
		w.remedyText(set, r, r.ID, text)
	}
	set["lastAction"] = record.IDValue(w.command.ID)
	w.change(KindRemedy, r.ID, r.Day, set)
	return nil
}

// changes puts the new texts into text, and returns whether there were any, and the other fields.
func (in RemedyUpdate) changes(text *remedyText) (set fields, rewritten bool) {
	set = fields{}
	for to, from := range map[*string]*string{&text.name: in.Name, &text.dosage: in.Dosage, &text.instructions: in.Instructions} {
		if from != nil {
			*to, rewritten = *from, true
		}
	}
	if in.Type != nil && *in.Type != "" {
		set["type"] = record.Text(*in.Type)
	}
	if in.Days != nil {
		set["days"] = record.Int(int64(*in.Days))
	}
	if in.Language != nil {
		set["language"] = orNull(*in.Language)
	}
	return set, rewritten
}

func deliverRemedy(w *work, in RemedyRef) error {
	r, repeat, err := w.remedy(in.Remedy)
	if err != nil || repeat {
		return err
	}
	if !r.Get("deliveredAt").IsNull() {
		return refuse(CodeNotAllowed, "This remedy was handed over already.")
	}
	w.change(KindRemedy, r.ID, r.Day, fields{
		"deliveredAt": ms(w.clinic), "deliveredBy": record.Text(w.actor.ID), "lastAction": record.IDValue(w.command.ID),
	})
	return nil
}

func completeRemedy(w *work, in RemedyRef) error {
	r, repeat, err := w.remedy(in.Remedy)
	if err != nil || repeat {
		return err
	}
	if !r.Get("completedAt").IsNull() {
		return refuse(CodeNotAllowed, "This remedy is completed already.")
	}
	w.change(KindRemedy, r.ID, r.Day, fields{"completedAt": ms(w.clinic), "lastAction": record.IDValue(w.command.ID)})
	return nil
}
