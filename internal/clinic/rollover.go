package clinic

import (
	"fmt"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// RollOver is what the turn of the day writes: it closes every entry, appointment and day that an earlier service-day
// left open, however many days the box was switched off. Nothing is deleted. The committer writes the edits at the
// turn of the day and at every start, before it begins the new Day; a second call finds nothing to do.
//
// day is the one that ends, or a filled Day of today at a start. With the clinic's clock behind the last day that the
// site has seen, there are no edits.
func RollOver(day *Day, src Source, clinicNow time.Time) ([]record.Edit, error) {
	today := ServiceDay(clinicNow, day.settings.Zone())
	if today < day.lastDate {
		return nil, nil
	}
	var edits []record.Edit
	for _, date := range day.unclosedBefore(today) {
		closed, err := closeDate(src, date, clinicNow)
		if err != nil {
			return nil, err
		}
		edits = append(edits, closed...)
	}
	if day.date < today {
		edits = append(edits, day.learntPaces()...)
	}
	return edits, nil
}

func (d *Day) unclosedBefore(today string) []string {
	var dates []string
	for date, state := range d.dates {
		if date != "" && date < today && !state.sealed {
			dates = append(dates, date)
		}
	}
	slices.Sort(dates)
	return dates
}

func closeDate(src Source, date string, clinicNow time.Time) ([]record.Edit, error) {
	var edits []record.Edit
	counts := map[string]int{}
	err := src.ByDay(KindEntry, date, func(r record.Record) bool {
		status := Schema.Shown(&r).Name
		if !Schema[KindEntry].Status.IsTerminal(status) {
			edits = append(edits, rolledOver(src, &r, clinicNow)...)
			status = StatusClosedByRollover
		}
		counts[status]++
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("close the entries of %s: %w", date, err)
	}
	err = src.ByDay(KindAppointment, date, func(r record.Record) bool {
		switch Schema.Shown(&r).Name {
		case StatusBooked, StatusConfirmed:
			edits = append(edits, record.Edit{Kind: KindAppointment, ID: r.ID, Day: r.Day, Set: fields{"status": record.Text(StatusNoShow)}})
		}
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("close the appointments of %s: %w", date, err)
	}
	waitlist, err := closeWaitlist(src, date)
	if err != nil {
		return nil, fmt.Errorf("close the waitlist of %s: %w", date, err)
	}
	edits = append(edits, waitlist...)
	totals, err := record.ValueOf(counts)
	if err != nil {
		return nil, fmt.Errorf("count the entries of %s: %w", date, err)
	}
	edits = append(edits, record.Edit{Kind: KindDay, ID: DayID(date), Set: fields{
		"closedAt": ms(clinicNow), "closedReason": record.Text("rollover"), "sealedAt": ms(clinicNow), "totals": totals,
	}})
	return edits, nil
}

func rolledOver(look Lookup, r *record.Record, clinicNow time.Time) []record.Edit {
	action := r.ID.Child("rollover")
	edits := []record.Edit{{
		Kind: KindEntry, ID: r.ID, Day: r.Day,
		Set: fields{
			"status": record.Text(StatusClosedByRollover), "closedReason": record.Text("rollover"), "lastAction": record.IDValue(action),
		},
		Add: map[string][]record.Item{"periods": {periodItem(StatusClosedByRollover, clinicNow)}},
	}}
	came, ok := look.Load(KindAppointment, idOf(r, "appointment"))
	if ok && !Schema[KindAppointment].Status.IsTerminal(Schema.Shown(&came).Name) {
		edits = append(edits, record.Edit{Kind: KindAppointment, ID: came.ID, Day: came.Day, Set: fields{"status": record.Text(StatusCancelled)}})
	}
	return edits
}
