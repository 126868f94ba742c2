package clinic

import (
	"cmp"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

func book(w *work, in Book) error {
	switch {
	case in.Person == nil || *in.Person == (PersonRef{}):
		return refuse(CodeInvalid, "Whose appointment? The person is missing.")
	case in.Guruji.IsZero():
		return refuse(CodeInvalid, "With whom? The guruji's id is missing.")
	}
	if err := w.slotIsFree(in.Guruji, in.Slot, record.ID{}); err != nil {
		return err
	}
	who, err := w.identify(*in.Person)
	if err != nil {
		return err
	}
	set := fields{
		"person": record.IDValue(who.id), "name": orNull(who.name), "guruji": record.IDValue(in.Guruji),
		"slot": ms(in.Slot), "minutes": record.Int(int64(cmp.Or(in.Minutes, w.day.settings.SlotMinutes))),
		"status": record.Text(StatusBooked), "lastAction": record.IDValue(w.command.ID),
		"createdBy": record.Text(w.actor.ID), "createdAt": ms(w.clinic),
	}
	for name, text := range map[string]string{"phone": who.phone, "reason": in.Reason, "recurring": in.Recurring} {
		if text != "" {
			set[name] = record.Text(text)
		}
	}
	w.appoint(w.command.ID, in.Slot, set)
	return nil
}

// appoint writes a new appointment on the service-day of its slot, and a record of that date, so that the turn of the
// day finds it even if the clinic never opens then.
func (w *work) appoint(id record.ID, slot time.Time, set fields) {
	date := ServiceDay(slot, w.day.settings.Zone())
	set["date"] = record.Text(date)
	if _, known := w.day.dates[date]; !known {
		w.edit(record.Edit{Kind: KindDay, ID: DayID(date), Set: fields{"date": record.Text(date)}})
	}
	w.edit(record.Edit{Kind: KindAppointment, ID: id, Day: date, Set: set})
	w.about(KindAppointment, id, set)
	w.out.Data = AppointmentAnswer{Appointment: id, Status: set["status"].Text()}
}

// slotIsFree refuses a slot in the past, one that another appointment of the guruji overlaps, and one on a day that is
// full. except is the appointment being moved.
func (w *work) slotIsFree(guruji record.ID, slot time.Time, except record.ID) error {
	s := w.day.settings
	g := w.day.gurujis[guruji]
	switch {
	case g == nil || g.disabled:
		return refuse(CodeNotFound, "There is no such guruji.")
	case slot.IsZero():
		return refuse(CodeInvalid, "When? The slot is missing.")
	case slot.Before(w.clinic.Add(-time.Minute)):
		return refuse(CodeInvalid, "This slot is past.")
	case slot.After(w.clinic.AddDate(2, 0, 0)):
		return refuse(CodeInvalid, "This slot is more than two years away.")
	case s.EnforceHours && !s.openAt(slot):
		return refuse(CodeClosed, "The clinic is not open at that time.")
	}
	date := ServiceDay(slot, s.Zone())
	taken := 0
	for _, r := range w.look.ByIndex(KindAppointment, "guruji_date", record.IDValue(guruji), record.Text(date)) {
		status := Schema.Shown(&r).Name
		if r.ID == except || status == StatusCancelled || status == StatusNoShow {
			continue
		}
		if r.Get("slot").Int() == slot.UnixMilli() {
			return refuse(CodeNotAllowed, "This slot is taken.")
		}
		taken++
	}
	if s.AppointmentsPerDay > 0 && taken >= s.AppointmentsPerDay {
		return refuse(CodeNotAllowed, "%s has %d appointments on that day, which is all.", g.name, taken)
	}
	return nil
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
	for _, status := range statuses {
		if status == shown {
			return r, false, nil
		}
	}
	return nil, false, refuse(CodeNotAllowed, "This appointment is %s.", shown)
}

func (w *work) moveAppointment(in AppointmentMove, to string, from ...string) error {
	r, repeat, err := w.appointment(in.Appointment, from...)
	if err != nil || repeat {
		return err
	}
	w.change(KindAppointment, r.ID, r.Day, fields{"status": record.Text(to), "lastAction": record.IDValue(w.command.ID)})
	w.out.Data = AppointmentAnswer{Appointment: r.ID, Status: to}
	return nil
}

func confirm(w *work, in AppointmentMove) error {
	return w.moveAppointment(in, StatusConfirmed, StatusBooked)
}

func cancelAppointment(w *work, in AppointmentMove) error {
	return w.moveAppointment(in, StatusCancelled, StatusBooked, StatusConfirmed)
}

func missAppointment(w *work, in AppointmentMove) error {
	return w.moveAppointment(in, StatusNoShow, StatusBooked, StatusConfirmed)
}

// reschedule moves the slot. On another service-day the appointment is cancelled and a new one booked, each naming the
// other, since a record keeps its day.
func reschedule(w *work, in Reschedule) error {
	r, repeat, err := w.appointment(in.Appointment, StatusBooked, StatusConfirmed)
	if err != nil || repeat {
		return err
	}
	guruji := idOf(r, "guruji")
	if !in.Guruji.IsZero() {
		guruji = in.Guruji
	}
	if err := w.slotIsFree(guruji, in.Slot, r.ID); err != nil {
		return err
	}
	last := record.IDValue(w.command.ID)
	if ServiceDay(in.Slot, w.day.settings.Zone()) == r.Day {
		w.change(KindAppointment, r.ID, r.Day, fields{"slot": ms(in.Slot), "guruji": record.IDValue(guruji), "lastAction": last})
		w.out.Data = AppointmentAnswer{Appointment: r.ID, Status: Schema.Shown(r).Name}
		return nil
	}
	w.edit(record.Edit{Kind: KindAppointment, ID: r.ID, Day: r.Day, Set: fields{
		"status": record.Text(StatusCancelled), "rescheduledTo": last, "lastAction": last,
	}})
	set := fields{
		"slot": ms(in.Slot), "guruji": record.IDValue(guruji), "status": record.Text(StatusBooked), "rescheduledFrom": record.IDValue(r.ID),
		"lastAction": last, "createdBy": record.Text(w.actor.ID), "createdAt": ms(w.clinic),
	}
	for _, name := range []string{"person", "name", "phone", "minutes", "reason", "recurring"} {
		if v := r.Get(name); !v.IsNull() {
			set[name] = v
		}
	}
	w.appoint(w.command.ID, in.Slot, set)
	return nil
}
