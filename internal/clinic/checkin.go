package clinic

import (
	"cmp"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// arrival is a check-in being put together.
type arrival struct {
	*work
	in  CheckIn
	set fields
	at  time.Time // when they came, clinic time
	who visitor
}

// visitor is the person of a check-in, as far as they gave themselves to know.
type visitor struct {
	id          record.ID
	name, phone string
	alike       record.ID // somebody known who may be the same
}

func checkIn(w *work, in CheckIn) error {
	a := &arrival{work: w, in: in, at: w.cameAt()}
	return a.arrive("")
}

// arrive puts the entry together and writes it; how says by what way they came, where the check-in itself does not.
func (a *arrival) arrive(how string) error {
	a.set = fields{
		"band": record.Int(BandNormal), "status": record.Text(StatusWaiting), "checkedInAt": ms(a.at),
		"createdBy": record.Text(a.actor.ID), "lastAction": record.IDValue(a.command.ID),
	}
	for _, step := range []func() error{a.dayIsRight, a.identity, a.booking, a.appointment, a.guruji, a.admission, a.person, a.priority, a.token} {
		if err := step(); err != nil {
			return err
		}
	}
	a.set["createdHow"] = record.Text(cmp.Or(how, a.how()))
	a.write()
	return nil
}

// cameAt is when the person stood there: what the device says, but no earlier than it was last connected and no later
// than now. The age is real time, the place in the queue clinic time.
func (w *work) cameAt() time.Time {
	said, heard := w.command.At, w.command.HeardAt
	if said.IsZero() || heard.IsZero() || !heard.Before(w.now) || !said.Before(w.now) {
		return w.clinic
	}
	if said.Before(heard) {
		said = heard
	}
	return w.clinic.Add(-w.now.Sub(said))
}

// dayIsRight refuses a token when the clock cannot be trusted: one given for a day that is long over would be given
// twice.
func (w *work) dayIsRight() error {
	today := ServiceDay(w.clinic, w.day.settings.Zone())
	switch {
	case today < w.day.lastDate || today < w.day.date:
		return refuse(CodeNotAllowed, "The clock of this box says %s, but it has already seen %s. Set the clock; no tokens are given until then.",
			today, max(w.day.lastDate, w.day.date))
	case today > w.day.date:
		return refuse(CodeUnavailable, "A new day begins just now. Try again in a moment.")
	}
	return nil
}

// identity finds or makes the person, when somebody is named.
func (a *arrival) identity() (err error) {
	if ref := a.in.Person; ref != nil && *ref != (PersonRef{}) {
		a.who, err = a.identify(*ref)
	}
	return err
}

// booking is the appointment they came for: the one of a number they gave, or, where nobody named one, that of a known
// person whose window has begun. They would lose their slot, and be a no-show, for having said only who they are.
func (a *arrival) booking() (err error) {
	switch {
	case !a.in.Appointment.IsZero():
	case a.in.Booking != "":
		a.in.Appointment, err = a.booked(a.in.Booking)
	case !a.who.id.IsZero():
		due := a.day.stillBooked(func(r *record.Record) bool {
			early := time.Duration(a.day.settings.WindowBeforeMinutes) * time.Minute
			return idOf(r, "person") == a.who.id && (a.in.Guruji.IsZero() || idOf(r, "guruji") == a.in.Guruji) &&
				!a.at.Before(r.Get("slot").Time().Add(-early))
		})
		if len(due) > 0 {
			a.in.Appointment = due[0].ID
		}
	}
	return err
}

func (a *arrival) appointment() error {
	if a.in.Appointment.IsZero() {
		return nil
	}
	r, err := a.load(KindAppointment, a.in.Appointment, "appointment")
	if err != nil {
		return err
	}
	shown := Schema.Shown(r).Name
	slot := r.Get("slot").Time()
	switch {
	case shown != StatusBooked && shown != StatusConfirmed:
		return refuse(CodeNotAllowed, "This appointment is %s.", shown)
	case r.Day != a.day.date:
		return refuse(CodeNotAllowed, "This appointment is for %s.", r.Day)
	}
	if a.who == (visitor{}) {
		a.who = visitor{id: idOf(r, "person"), name: r.Get("name").Text(), phone: r.Get("phone").Text()}
	}
	if a.in.Guruji.IsZero() {
		a.in.Guruji = idOf(r, "guruji")
	}
	if a.in.Reason == "" {
		a.in.Reason = r.Get("reason").Text()
	}
	a.set["appointment"] = record.IDValue(r.ID)
	switch s := a.day.settings; {
	case s.inWindow(a.at, slot):
		a.set["slot"] = ms(slot)
	case a.at.After(slot):
		a.set["late"] = record.Bool(true)
	}
	a.edit(record.Edit{Kind: KindAppointment, ID: r.ID, Day: r.Day, Set: fields{
		"status": record.Text(StatusCheckedIn), "entry": record.IDValue(a.command.ID), "lastAction": record.IDValue(a.command.ID),
	}})
	return nil
}

// inWindow tells whether somebody who came at this time still has their slot. Outside it they queue as they came.
func (s Settings) inWindow(came, slot time.Time) bool {
	early := slot.Add(-time.Duration(s.WindowBeforeMinutes) * time.Minute)
	late := slot.Add(time.Duration(s.WindowAfterMinutes) * time.Minute)
	return !came.Before(early) && !came.After(late)
}

func (a *arrival) guruji() error {
	if a.in.Guruji.IsZero() {
		g := a.day.leastWait(a.clinic, record.ID{})
		if g == nil {
			return refuse(CodeNotAllowed, "No guruji is available.")
		}
		a.in.Guruji = g.id
	}
	if g := a.day.gurujis[a.in.Guruji]; g == nil || g.disabled {
		return refuse(CodeNotFound, "There is no such guruji.")
	}
	a.set["guruji"] = record.IDValue(a.in.Guruji)
	return nil
}

// leastWait is the available guruji with the least projected wait; while all are on a break, the one whose wait with
// the rest of the break is least. It is never the one to be left out.
func (d *Day) leastWait(clinicNow time.Time, except record.ID) *guruji {
	var best *guruji
	var least float64
	for _, g := range d.gurujis {
		state := g.availableAt(clinicNow)
		if g.id == except || g.disabled || g.intakeClosed || state == Off {
			continue
		}
		wait := d.projectedMinutes(g, clinicNow)
		if state != Available {
			wait += unavailableMinutes
		}
		if best == nil || cmp.Or(cmp.Compare(wait, least), cmp.Compare(g.series, best.series), cmp.Compare(g.id.String(), best.id.String())) < 0 {
			best, least = g, wait
		}
	}
	return best
}

// unavailableMinutes puts whoever is not available behind everybody who is.
const unavailableMinutes = 1e6

// admission asks whether newcomers are let in. A number that a cut-off device already gave out is honoured, and so is a slot
// that was promised while the day goes on: those who came without one filled the day. A desk may override, which the entry
// keeps and the audit shows.
func (a *arrival) admission() error {
	closed := a.intake()
	today := a.day.dates[a.day.date]
	_, promised := a.set["slot"]
	if closed == nil || a.in.Token != "" || promised && !today.closed && !today.sealed {
		return nil
	}
	if !a.in.Override || a.actor.Role == RoleKiosk {
		return closed
	}
	a.set["overridden"] = record.Text(string(closed.Code))
	return nil
}

// intake says why newcomers are not let in, nil when they are: the doors are closed, the day's maximum is reached, or,
// where the hours are enforced, those who wait will take until closing time.
func (a *arrival) intake() *Error {
	today, s := a.day.dates[a.day.date], a.day.settings
	g := a.day.gurujis[a.in.Guruji]
	switch {
	case today.sealed || today.closed:
		return refuse(CodeClosed, "The clinic is closed for today.")
	case today.intakeClosed || g.intakeClosed:
		return refuse(CodeClosed, "No more tokens are given for now.")
	case s.MaxEntriesPerDay > 0 && len(a.day.entries) >= s.MaxEntriesPerDay,
		g.capacity > 0 && a.day.queue(g.id).total >= g.capacity:
		return refuse(CodeClosed, "Today's tokens are all given.")
	case s.EnforceHours && !s.openAt(a.clinic):
		return refuse(CodeClosed, "The clinic is not open at this time.")
	case s.EnforceHours && a.day.finishesLate(g, a.clinic):
		return refuse(CodeClosed, "Those who wait now will take until closing time.")
	}
	return nil
}

// person writes who came, and notes when they already have a place today.
func (a *arrival) person() error {
	if a.who == (visitor{}) {
		return nil
	}
	a.set["person"], a.set["name"] = idOrNull(a.who.id), orNull(a.who.name)
	if a.who.phone != "" {
		a.set["phone"] = record.Text(a.who.phone)
	}
	if !a.who.alike.IsZero() {
		a.set["alike"] = record.IDValue(a.who.alike)
	}
	if twin := a.day.openEntryOf(a.who.id); twin != nil {
		a.set["twin"] = record.IDValue(twin.id)
	}
	return nil
}

// openEntryOf is an entry of the person that has not ended, the first in order.
func (d *Day) openEntryOf(person record.ID) *entry {
	var first *entry
	for id := range d.people[person] {
		if e := d.entries[id]; !e.terminal && (first == nil || byOrder(e, first) < 0) {
			first = e
		}
	}
	return first
}

// priority gives the credit asked for. Only staff decide who is an emergency; a kiosk calls them.
func (a *arrival) priority() error {
	if a.in.Credit != "" {
		a.set["creditFor"] = record.Text(a.in.Credit)
		a.set["credit"] = record.Int(a.day.settings.creditMinutes(a.in.Credit))
	}
	if !a.in.Emergency {
		return nil
	}
	if a.actor.Role != RoleKiosk {
		a.set["band"] = record.Int(BandEmergency)
		return nil
	}
	a.edit(a.emergency(a.command.ID.Child(KindEmergency), EmergencyRaise{Entry: a.command.ID}, a.in.Guruji))
	return nil
}

// token takes the next number of the guruji's series, or accepts the one a device gave out from its own lease. It is
// the last step, so that a refused check-in reserves nothing.
func (a *arrival) token() (err error) {
	token := a.in.Token
	switch {
	case token == "":
		if token, err = a.day.nextToken(a.day.gurujis[a.in.Guruji].series); err != nil {
			return err
		}
	case !a.day.leasedTo(a.actor.Device, token):
		return refuse(CodeNotAllowed, "The token %.16s is not of this device's numbers for today.", token)
	case a.day.used[token] > 0:
		return refuse(CodeNotAllowed, "The token %s has been given already.", token)
	}
	a.set["token"] = record.Text(token)
	return nil
}

func (d *Day) leasedTo(device, token string) bool {
	for _, l := range d.leases {
		if device != "" && l.covers(device, token) {
			return true
		}
	}
	return false
}

func (a *arrival) write() {
	if a.in.Reason != "" {
		a.set["reason"] = record.Text(a.in.Reason)
	}
	if a.in.Language != "" {
		a.set["language"] = record.Text(a.in.Language)
	}
	if !a.day.dates[a.day.date].opened {
		a.edit(a.opening())
	}
	entry := record.Edit{Kind: KindEntry, ID: a.command.ID, Day: a.day.date, Set: a.set, Add: map[string][]record.Item{
		"periods": {periodItem(StatusWaiting, a.at)},
	}}
	made := asEntry(entry)
	a.tell(made)
	a.edit(entry)
	a.about(KindEntry, entry.ID, a.set)
	a.out.Data = a.checkInAnswer(a.day.date, made)
}

// asEntry is the entry that an edit creates.
func asEntry(e record.Edit) *entry {
	made := &entry{id: e.ID, band: BandNormal, waited: -1, generation: 1, status: e.Set["status"].Text()}
	for name, value := range e.Set {
		made.read(name, value)
	}
	made.order = made.sortKey()
	return made
}

func (a *arrival) how() string {
	switch {
	case a.in.Token != "":
		return "kiosk_alone"
	case !a.in.Appointment.IsZero():
		return "appointment"
	case a.actor.Role == RoleKiosk:
		return "kiosk"
	}
	return "desk"
}

func (w *work) checkInAnswer(day string, e *entry) CheckInAnswer {
	answer := CheckInAnswer{Entry: e.id, Token: e.token, Day: day, Guruji: e.guruji}
	place := w.day.placeOf(e, w.clinic)
	answer.Position, answer.Ahead, answer.Wait, answer.LongWait = place.Position, place.Ahead, place.Wait, place.LongWait
	return answer
}
