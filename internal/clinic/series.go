package clinic

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// recurrence is how far one appointment of a series is from the next, and how many there are unless somebody says.
var recurrence = map[string]struct{ days, months, usual int }{
	"weekly": {days: 7, usual: 8}, "monthly": {months: 1, usual: 6}, "quarterly": {months: 3, usual: 4}, "yearly": {months: 12, usual: 2},
}

// recur is the slot n steps after the first, at the same time by the clock on the wall. A month without that day ends
// earlier: after 31 January comes 28 February, and then 31 March.
func recur(first time.Time, recurring string, n int, zone *time.Location) time.Time {
	step, local := recurrence[recurring], first.In(zone)
	day := local.Day() + n*step.days
	months := int(local.Month()) + n*step.months
	if step.months > 0 {
		day = min(day, time.Date(local.Year(), time.Month(months)+1, 0, 12, 0, 0, 0, zone).Day())
	}
	return time.Date(local.Year(), time.Month(months), day, local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), zone)
}

// repeat books the rest of a series. A slot that is not free is left out and told, since the others are wanted all the
// same.
func (s *slots) repeat(in Book, set fields, answer *AppointmentAnswer) {
	answer.Series, answer.Appointments = s.command.ID, []record.ID{s.command.ID}
	for n := 1; n < cmp.Or(in.Times, recurrence[in.Recurring].usual); n++ {
		slot := recur(in.Slot, in.Recurring, n, s.day.settings.Zone())
		if err := s.free(in.Guruji, slot); err != nil {
			answer.Skipped = append(answer.Skipped, SkippedSlot{Slot: slot.UTC(), Why: err.Message})
			continue
		}
		id := s.command.ID.Child(fmt.Sprint("occurrence ", n))
		s.book(id, in.Guruji, slot, set)
		answer.Appointments = append(answer.Appointments, id)
	}
}

// laterInSeries are the appointments of the same series that come after r and have one of the statuses, in time order.
func (w *work) laterInSeries(r *record.Record, statuses ...string) []record.Record {
	series := idOf(r, "series")
	if series.IsZero() {
		return nil
	}
	var later []record.Record
	for _, other := range w.look.ByIndex(KindAppointment, "series", record.IDValue(series)) {
		if other.ID != r.ID && other.Get("slot").Int() > r.Get("slot").Int() && slices.Contains(statuses, Schema.Shown(&other).Name) {
			later = append(later, other)
		}
	}
	slices.SortFunc(later, func(a, b record.Record) int { return bySlot(&a, &b) })
	return later
}

func bySlot(a, b *record.Record) int {
	return cmp.Or(cmp.Compare(a.Get("slot").Int(), b.Get("slot").Int()), cmp.Compare(a.ID.String(), b.ID.String()))
}

// shift moves an appointment and all later ones of its series as many days, to the same time of day. They go in the
// order in which each leaves its slot before the next needs it.
func (s *slots) shift(r *record.Record, in Reschedule) error {
	if in.Slot.IsZero() {
		return refuse(CodeInvalid, "When? The slot is missing.")
	}
	zone := s.day.settings.Zone()
	from, to := r.Get("slot").Time().In(zone), in.Slot.In(zone)
	days := calendarDays(to) - calendarDays(from)
	all := append([]record.Record{*r}, s.laterInSeries(r, StatusBooked, StatusConfirmed)...)
	if in.Slot.After(r.Get("slot").Time()) {
		slices.Reverse(all)
	}
	answer := AppointmentAnswer{Series: idOf(r, "series")}
	for i := range all {
		one, slot, guruji := &all[i], in.Slot, in.Guruji
		if guruji.IsZero() {
			guruji = idOf(one, "guruji")
		}
		anew := s.command.ID
		if one.ID != r.ID {
			was := one.Get("slot").Time().In(zone)
			slot = time.Date(was.Year(), was.Month(), was.Day()+days, to.Hour(), to.Minute(), to.Second(), 0, zone)
			anew = s.command.ID.Child(one.ID.String())
		}
		s.freed[one.ID] = true
		if err := s.free(guruji, slot); err != nil {
			if one.ID == r.ID {
				return err
			}
			delete(s.freed, one.ID)
			answer.Skipped = append(answer.Skipped, SkippedSlot{Slot: slot.UTC(), Why: err.Message})
			continue
		}
		id := s.move(one, guruji, slot, anew)
		answer.Appointments = append(answer.Appointments, id)
		if one.ID == r.ID {
			answer.Appointment, answer.Status = id, s.statusAfter(r, id)
			s.about(KindAppointment, id, moved)
		}
	}
	if in.Slot.After(r.Get("slot").Time()) {
		slices.Reverse(answer.Appointments)
		slices.Reverse(answer.Skipped)
	}
	s.out.Data = answer
	return nil
}

// calendarDays counts the days to the date on the wall, so that two dates can be subtracted whatever the clocks did
// between them.
func calendarDays(t time.Time) int {
	return int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}
