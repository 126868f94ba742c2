package clinic

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aashram-care/sangam/sync/record"
)

// MinKeepDays is the least that a site may decide to keep what is personal.
const MinKeepDays = 365

// MaxForget is how many records one data.forget may name.
const MaxForget = 200

// Forgettable are the kinds of records of a day that hold something personal. The audit of a day is not among them.
var Forgettable = []string{
	KindEntry, KindAppointment, KindWaitlist, KindConsultation, KindAmendment, KindRemedy, KindNotification, KindEmergency,
}

// Forget is the data of data.forget.
type Forget struct {
	Records []RecordRef `json:"records" minItems:"1" maxItems:"200" nullable:"false"`
}

// RecordRef names a record.
type RecordRef struct {
	Kind string    `json:"kind" enum:"entry,appointment,waitlist,consultation,amendment,remedy,notification,emergency"`
	ID   record.ID `json:"id"`

	Print string `json:"print,omitempty" maxLength:"64" doc:"Of what an archive has of it: a record that is another by now is left as it is"`
}

// ForgetAnswer is the answer of data.forget.
type ForgetAnswer struct {
	Emptied int `json:"emptied"`
}

// ForgetBefore is the first service-day that is kept whole, or empty when the site keeps everything.
func (d *Day) ForgetBefore() string {
	if d.settings.KeepContentDays < MinKeepDays {
		return ""
	}
	return daysBefore(d.date, d.settings.KeepContentDays)
}

// Holds tells whether something personal is left in a record.
func Holds(r *record.Record) bool {
	return slices.ContainsFunc(personal[r.Kind], func(field string) bool { return !r.Get(field).IsNull() })
}

// forgetData empties what is personal in records of days that the site keeps no longer: names, numbers to call and words
// about health. Tokens, times and states stay, and so does the audit. It is an edit like any other, so it reaches the
// centre, and a backup that is restored there later is emptied again.
func forgetData(w *work, in Forget) error {
	before := w.day.ForgetBefore()
	switch {
	case before == "":
		return refuse(CodeNotAllowed, "This site keeps everything: set keepContentDays first.")
	case len(in.Records) == 0 || len(in.Records) > MaxForget:
		return refuse(CodeInvalid, "Name 1 to %d records.", MaxForget)
	}
	emptied := 0
	for _, ref := range in.Records {
		if !slices.Contains(Forgettable, ref.Kind) {
			return refuse(CodeInvalid, "A %.32q holds nothing that is forgotten by its day.", ref.Kind)
		}
		r, err := w.load(ref.Kind, ref.ID, "record")
		if err != nil {
			return err
		}
		if r.Day >= before {
			return refuse(CodeNotAllowed, "What was on %s is kept: only what is older than %s is forgotten.", r.Day, before)
		}
		if ref.Print != "" && ref.Print != PrintOf(w.holders(r)) {
			continue
		}
		if w.forget(r) {
			emptied++
		}
	}
	w.touched = []string{before, strconv.Itoa(emptied)}
	w.out.Data = ForgetAnswer{Emptied: emptied}
	return nil
}

// forget empties one record, its text that was kept at home, and what was dropped in a conflict about it.
func (w *work) forget(r *record.Record) (held bool) {
	for _, holder := range w.holders(r) {
		held = held || holder.Kind != KindConflict && Holds(&holder)
		w.empty(&holder)
	}
	return held
}

// holders are the records that hold what is personal in one: itself, its text that was kept at home, and conflicts.
func (w *work) holders(r *record.Record) []record.Record {
	all := []record.Record{*r}
	if kept, ok := w.look.Load(KindPrivateText, r.ID); ok {
		all = append(all, kept)
	}
	return append(all, w.look.ByIndex(KindConflict, "subject", record.IDValue(r.ID))...)
}

// PrintOf tells by a short text whether what is personal in some records is still the same.
func PrintOf(records []record.Record) string {
	var of []string
	for _, r := range records {
		for _, name := range personal[r.Kind] {
			of = append(of, strings.Join([]string{r.Kind, r.ID.String(), name, string(r.Get(name))}, " "))
		}
	}
	slices.Sort(of) // their order is the store's
	return record.Derive(of...).String()
}

// Archived is a record as an archive keeps it: all of it, for whoever has the archive's key.
func Archived(r *record.Record) ExportRecord {
	all := ExportRecord{Kind: r.Kind, ID: r.ID, Day: r.Day, Fields: map[string]any{}}
	for _, f := range r.Fields {
		all.Fields[f.Name] = plainField(r, f.Name)
	}
	return all
}
