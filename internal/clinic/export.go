package clinic

import (
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// What data.export may be about.
const (
	ExportFHIR          = "fhir"
	ExportEntries       = "entries"
	ExportAppointments  = "appointments"
	ExportConsultations = "consultations"
	ExportAudit         = "audit"
	ExportErasures      = "erasures"
	ExportBreach        = "breach" // who saw health texts
	ExportReport        = "report" // numbers of a day, without anybody's name
	ExportBackup        = "backup" // everything, locked for whoever has the key
)

// exporters may take out each of them; how much of it they get is View's to say.
var exporters = map[string]roleSet{
	ExportFHIR:          admins | healers | roles(RoleApp),
	ExportEntries:       admins | roles(RoleApp),
	ExportAppointments:  admins | roles(RoleApp),
	ExportConsultations: admins | roles(RoleApp),
	ExportAudit:         box,
	ExportErasures:      admins,
	ExportBreach:        box,
	ExportReport:        deskOnly | centre,
	ExportBackup:        box,
}

// MaxExportDays is how many service-days one export may span.
const MaxExportDays = 31

// Export is the data of data.export: a span of service-days, or one person.
type Export struct {
	What   string    `json:"what" enum:"fhir,entries,appointments,consultations,audit,erasures,breach,report,backup"`
	From   string    `json:"from,omitempty" maxLength:"10" doc:"First service-day"`
	To     string    `json:"to,omitempty" maxLength:"10" doc:"Last service-day; the first when left out"`
	Person record.ID `json:"person,omitzero" doc:"FHIR only, in place of days"`
	Site   record.ID `json:"site,omitzero" doc:"At the centre: whose data"`
}

// exportData changes nothing: it says whether somebody may take data out, and leaves an audit that they did, whose id is
// the answer.
func exportData(w *work, in Export) error {
	w.out.Data = RecordAnswer{ID: w.command.ID}
	may, known := exporters[in.What]
	switch {
	case !known:
		return refuse(CodeInvalid, "What is to be exported? One of fhir, entries, appointments, consultations, audit, erasures, breach, report and backup.")
	case !may.has(w.actor.Role), w.actor.Role == RoleGuruji && in.Person.IsZero():
		return forbidden
	case in.What == ExportBackup:
		w.touched = []string{in.What}
		return nil
	case w.day == nil && in.Site.IsZero():
		return refuse(CodeInvalid, "Of which site? Give its id as site.")
	case !in.Person.IsZero():
		return w.exportOf(in)
	}
	if in.To == "" {
		in.To = in.From
	}
	days, err := Dates(in.From, in.To)
	if err != nil {
		return err
	}
	w.touched = slices.Compact([]string{in.What, days[0], days[len(days)-1]})
	w.ofSite(in)
	return nil
}

func (w *work) exportOf(in Export) error {
	if in.What != ExportFHIR || in.From != "" || in.To != "" {
		return refuse(CodeInvalid, "One person is exported as FHIR, and without days.")
	}
	w.touched = []string{in.What}
	if w.day == nil {
		w.ofSite(in)
		return nil
	}
	person, err := w.person(in.Person)
	if err != nil {
		return err
	}
	w.subject = record.Key{Kind: KindPerson, ID: person.ID}
	return nil
}

func (w *work) ofSite(in Export) {
	if w.day == nil {
		w.subject = record.Key{Kind: KindSite, ID: in.Site}
	}
}

// Dates are the service-days from one to another, both included. The error is an *Error with CodeInvalid.
func Dates(from, to string) ([]string, error) {
	first, err := time.Parse(dateLayout, from)
	last, bad := time.Parse(dateLayout, to)
	switch {
	case err != nil, bad != nil:
		return nil, refuse(CodeInvalid, "A service-day is written as 2026-01-05.")
	case last.Before(first):
		return nil, refuse(CodeInvalid, "The last day lies before the first.")
	case last.Sub(first) >= MaxExportDays*24*time.Hour:
		return nil, refuse(CodeInvalid, "At most %d days at a time.", MaxExportDays)
	}
	var days []string
	for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
		days = append(days, day.Format(dateLayout))
	}
	return days, nil
}
