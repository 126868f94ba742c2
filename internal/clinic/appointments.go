package clinic

import (
	"cmp"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

func book(w *work, in Book) error {
	switch {
	case in.Person == nil || *in.Person == (PersonRef{}):
		return refuse(CodeInvalid, "Whose appointment? The person is missing.")
	case in.Guruji.IsZero():
		return refuse(CodeInvalid, "With whom? The guruji's id is missing.")
	case in.Times > 0 && in.Recurring == "":
		return refuse(CodeInvalid, "How often only goes with recurring.")
	}
	slots := w.slots()
	if err := slots.free(in.Guruji, in.Slot); err != nil {
		return err
	}
	who, err := w.identify(*in.Person)
	if err != nil {
		return err
	}
	set := fields{
		"person": record.IDValue(who.id), "name": orNull(who.name), "guruji": record.IDValue(in.Guruji),
		"minutes": record.Int(int64(cmp.Or(in.Minutes, w.day.settings.SlotMinutes))),
		"status":  record.Text(StatusBooked), "lastAction": record.IDValue(w.command.ID),
		"createdBy": record.Text(w.actor.ID), "createdAt": ms(w.clinic),
	}
	for name, text := range map[string]string{"phone": who.phone, "reason": in.Reason, "recurring": in.Recurring} {
		if text != "" {
			set[name] = record.Text(text)
		}
	}
	if in.Recurring != "" {
		set["series"] = record.IDValue(w.command.ID)
	}
	slots.book(w.command.ID, in.Guruji, in.Slot, set)
	w.about(KindAppointment, w.command.ID, set)
	answer := AppointmentAnswer{Appointment: w.command.ID, Status: StatusBooked, Reference: referenceOf(w.command.ID)}
	if in.Recurring != "" {
		slots.repeat(in, set, &answer)
	}
	w.out.Data = answer
	return nil
}

// slots knows which slots a command has given and freed so far.
type slots struct {
	*work
	freed map[record.ID]bool // appointments that no longer take their slot
	given map[record.ID][]time.Time
}

func (w *work) slots() *slots {
	return &slots{work: w, freed: map[record.ID]bool{}, given: map[record.ID][]time.Time{}}
}

// book writes a new appointment on the service-day of its slot, and a record of that date, so that the turn of the day
// finds it even if the clinic never opens then.
func (s *slots) book(id, guruji record.ID, slot time.Time, set fields) {
	date := ServiceDay(slot, s.day.settings.Zone())
	own := fields{"date": record.Text(date), "slot": ms(slot), "reference": record.Text(referenceOf(id))}
	for name, value := range set {
		own[name] = value
	}
	if _, known := s.day.dates[date]; !known {
		s.edit(record.Edit{Kind: KindDay, ID: DayID(date), Set: fields{"date": record.Text(date)}})
	}
	s.edit(record.Edit{Kind: KindAppointment, ID: id, Day: date, Set: own})
	s.given[guruji] = append(s.given[guruji], slot)
}

// free refuses a slot in the past, one at which another appointment of the guruji begins, and one on a day that is
// full.
func (s *slots) free(guruji record.ID, slot time.Time) *Error {
	g, rules := s.day.gurujis[guruji], s.day.settings
	switch {
	case g == nil || g.disabled:
		return refuse(CodeNotFound, "There is no such guruji.")
	case slot.IsZero():
		return refuse(CodeInvalid, "When? The slot is missing.")
	case slot.Before(s.clinic.Add(-time.Minute)):
		return refuse(CodeInvalid, "This slot is past.")
	case slot.After(s.clinic.AddDate(2, 0, 0)):
		return refuse(CodeInvalid, "This slot is more than two years away.")
	case rules.EnforceHours && !rules.openAt(slot):
		return refuse(CodeClosed, "The clinic is not open at that time.")
	}
	date := ServiceDay(slot, rules.Zone())
	begin := s.begin(guruji, date)
	switch {
	case slices.ContainsFunc(begin, func(at int64) bool { return at == slot.UnixMilli() }):
		return refuse(CodeNotAllowed, "This slot is taken.")
	case rules.AppointmentsPerDay > 0 && len(begin) >= rules.AppointmentsPerDay:
		return refuse(CodeNotAllowed, "%s has %d appointments on that day, which is all.", g.name, len(begin))
	}
	return nil
}

// begin is when the appointments of a guruji and date begin, in milliseconds.
func (s *slots) begin(guruji record.ID, date string) []int64 {
	var begin []int64
	for _, r := range s.look.ByIndex(KindAppointment, "guruji_date", record.IDValue(guruji), record.Text(date)) {
		status := Schema.Shown(&r).Name
		if !s.freed[r.ID] && status != StatusCancelled && status != StatusNoShow {
			begin = append(begin, r.Get("slot").Int())
		}
	}
	for _, slot := range s.given[guruji] {
		if ServiceDay(slot, s.day.settings.Zone()) == date {
			begin = append(begin, slot.UnixMilli())
		}
	}
	return begin
}

// appointment loads one that a command moves; statuses are those it may be moved from.
func (w *work) appointment(id record.ID, statuses ...string) (*record.Record, bool, error) {
	r, err := w.load(KindAppointment, id, "appointment")
	if err != nil {
		return nil, false, err
	}
	if idOf(r, "lastAction") == w.command.ID {
		w.again(KindAppointment, id)
		return r, true, nil
	}
	if err := w.checkSaw(r); err != nil {
		return nil, false, err
	}
	shown := Schema.Shown(r).Name
	if !slices.Contains(statuses, shown) {
		return nil, false, refuse(CodeNotAllowed, "This appointment is %s.", shown)
	}
	return r, false, nil
}

// moveAppointment gives one another status, and with later those of its series that come after it and may be moved too.
func (w *work) moveAppointment(in AppointmentMove, to string, from ...string) error {
	r, repeat, err := w.appointment(in.Appointment, from...)
	if err != nil || repeat {
		return err
	}
	set := fields{"status": record.Text(to), "lastAction": record.IDValue(w.command.ID)}
	w.change(KindAppointment, r.ID, r.Day, set)
	answer := AppointmentAnswer{Appointment: r.ID, Status: to}
	if in.Later {
		answer.Series, answer.Appointments = idOf(r, "series"), []record.ID{r.ID}
		for _, later := range w.laterInSeries(r, from...) {
			w.edit(record.Edit{Kind: KindAppointment, ID: later.ID, Day: later.Day, Set: set})
			answer.Appointments = append(answer.Appointments, later.ID)
		}
	}
	w.out.Data = answer
	return nil
}

func confirm(w *work, in AppointmentMove) error {
	return w.moveAppointment(in, StatusConfirmed, StatusBooked)
}

func cancelAppointment(w *work, in AppointmentMove) error {
	return w.moveAppointment(in, StatusCancelled, StatusBooked, StatusConfirmed)
}

func missAppointment(w *work, in AppointmentMove) error {
	in.Later = false // nobody has missed what is still to come
	return w.moveAppointment(in, StatusNoShow, StatusBooked, StatusConfirmed)
}

// remind notes that the person was reminded; whoever sends messages hears the event.
func remind(w *work, in Remind) error {
	r, repeat, err := w.appointment(in.Appointment, StatusBooked, StatusConfirmed)
	if err != nil || repeat {
		return err
	}
	w.change(KindAppointment, r.ID, r.Day, fields{"remindedAt": ms(w.clinic), "lastAction": record.IDValue(w.command.ID)})
	w.out.Data = AppointmentAnswer{Appointment: r.ID, Status: Schema.Shown(r).Name}
	return nil
}

func reschedule(w *work, in Reschedule) error {
	r, repeat, err := w.appointment(in.Appointment, StatusBooked, StatusConfirmed)
	if err != nil || repeat {
		return err
	}
	s := w.slots()
	if in.Later {
		return s.shift(r, in)
	}
	guruji := in.Guruji
	if guruji.IsZero() {
		guruji = idOf(r, "guruji")
	}
	s.freed[r.ID] = true
	if err := s.free(guruji, in.Slot); err != nil {
		return err
	}
	id := s.move(r, guruji, in.Slot, w.command.ID)
	w.about(KindAppointment, id, moved)
	w.out.Data = AppointmentAnswer{Appointment: id, Status: w.statusAfter(r, id), Reference: r.Get("reference").Text()}
	return nil
}

// moved is what a rescheduling touches, for the audit.
var moved = fields{"slot": nil, "guruji": nil}

// statusAfter is what a rescheduled appointment is: on another day it is booked anew.
func (w *work) statusAfter(r *record.Record, id record.ID) string {
	if id != r.ID {
		return StatusBooked
	}
	return Schema.Shown(r).Name
}

// move writes another slot, and returns the id of the appointment that has it. On another service-day the appointment is
// cancelled and a new one booked, each naming the other, since a record keeps its day.
func (s *slots) move(r *record.Record, guruji record.ID, slot time.Time, anew record.ID) record.ID {
	s.freed[r.ID] = true
	last := record.IDValue(s.command.ID)
	if ServiceDay(slot, s.day.settings.Zone()) == r.Day {
		set := fields{"slot": ms(slot), "guruji": record.IDValue(guruji), "lastAction": last}
		s.edit(record.Edit{Kind: KindAppointment, ID: r.ID, Day: r.Day, Set: set})
		s.given[guruji] = append(s.given[guruji], slot)
		return r.ID
	}
	s.edit(record.Edit{Kind: KindAppointment, ID: r.ID, Day: r.Day, Set: fields{
		"status": record.Text(StatusCancelled), "rescheduledTo": record.IDValue(anew), "lastAction": last,
	}})
	set := fields{
		"guruji": record.IDValue(guruji), "status": record.Text(StatusBooked), "rescheduledFrom": record.IDValue(r.ID),
		"lastAction": last, "createdBy": record.Text(s.actor.ID), "createdAt": ms(s.clinic),
	}
	for _, name := range []string{"person", "name", "phone", "minutes", "reason", "recurring", "series", "reference"} {
		if v := r.Get(name); !v.IsNull() {
			set[name] = v
		}
	}
	s.book(anew, guruji, slot, set)
	return anew
}
