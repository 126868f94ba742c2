package clinic

import (
	"strconv"

	"github.com/aashram-care/sangam/sync/record"
)

// guruji is the one a command names, or the actor's own; Can has been asked about them.
func (w *work) guruji(id record.ID) (*guruji, error) {
	if id.IsZero() {
		id = w.actor.Guruji
	}
	if id.IsZero() {
		return nil, refuse(CodeInvalid, "Whose queue? The guruji's id is missing.")
	}
	g := w.day.gurujis[id]
	if g == nil || g.disabled {
		return nil, refuse(CodeNotFound, "There is no such guruji.")
	}
	if err := Can(w.actor, w.command.Type, w.day, &record.Record{Kind: KindGuruji, ID: id}); err != nil {
		return nil, err
	}
	return g, nil
}

// seenGuruji is guruji, who must still be as the person saw them.
func (w *work) seenGuruji(id record.ID) (*guruji, error) {
	g, err := w.guruji(id)
	if err != nil {
		return nil, err
	}
	return g, w.asSeen(KindGuruji, g.id)
}

// today is the day's state, which must still be as the person saw it.
func (w *work) today() (dayState, error) {
	return w.day.dates[w.day.date], w.asSeen(KindDay, DayID(w.day.date))
}

// change edits one record that exists and answers its id.
func (w *work) change(kind string, id record.ID, day string, set fields) {
	w.edit(record.Edit{Kind: kind, ID: id, Day: day, Set: set})
	w.about(kind, id, set)
	w.out.Data = RecordAnswer{ID: id}
}

// create makes the record that has the action's id.
func (w *work) create(kind, day string, set fields) record.ID {
	id := w.command.ID
	w.change(kind, id, day, set)
	return id
}

func setAvailability(w *work, in SetAvailability) error {
	g, err := w.seenGuruji(in.Guruji)
	if err != nil {
		return err
	}
	until := record.Null()
	switch {
	case in.Availability == "":
		return refuse(CodeInvalid, "The availability is missing.")
	case in.Until != nil && in.Availability != OnBreak:
		return refuse(CodeInvalid, "Only a break has an end.")
	case in.Until != nil && !in.Until.After(w.clinic):
		return refuse(CodeInvalid, "The end of the break is past.")
	case in.Until != nil:
		until = ms(*in.Until)
	}
	if err := w.mayOffer(g, in); err != nil {
		return err
	}
	set := fields{"availability": record.Text(in.Availability), "until": until, "offerTo": idOrNull(in.OfferTo)}
	if in.Availability == Available && g.availableAt(w.clinic) != Available {
		set["backAt"] = ms(w.clinic)
	}
	w.change(KindGuruji, g.id, "", set)
	return nil
}

// mayOffer judges to whom a guruji who goes away sends those who wait.
func (w *work) mayOffer(g *guruji, in SetAvailability) error {
	if in.OfferTo.IsZero() {
		return nil
	}
	to := w.day.gurujis[in.OfferTo]
	switch {
	case in.Availability != OnBreak && in.Availability != Off:
		return refuse(CodeInvalid, "Only who goes away offers another guruji.")
	case to == nil || to.disabled || to.id == g.id:
		return refuse(CodeNotFound, "There is no such other guruji.")
	case to.availableAt(w.clinic) == Off:
		return refuse(CodeNotAllowed, "%s is off today.", to.name)
	}
	return nil
}

func setRoom(w *work, in SetRoom) error {
	g, err := w.seenGuruji(in.Guruji)
	if err != nil {
		return err
	}
	w.change(KindGuruji, g.id, "", fields{"room": orNull(in.Room)})
	return nil
}

// setCapacity bounds how many people one guruji takes in a day. Who is in the queue already stays in it.
func setCapacity(w *work, in SetCapacity) error {
	g, err := w.seenGuruji(in.Guruji)
	if err != nil {
		return err
	}
	if in.Capacity == nil {
		return refuse(CodeInvalid, "How many people a day? The number is missing.")
	}
	w.change(KindGuruji, g.id, "", fields{"capacity": record.Int(int64(*in.Capacity))})
	return nil
}

// leaseTokens gives a device numbers of its own for the time it may be cut off.
func leaseTokens(w *work, in LeaseTokens) error {
	device, err := record.ParseID(w.actor.Device)
	if err != nil {
		return refuse(CodeNotAllowed, "Only a device that was let in gets numbers of its own.")
	}
	if in.Count == 0 {
		return refuse(CodeInvalid, "How many numbers? The count is missing.")
	}
	if err := w.dayIsRight(); err != nil {
		return err
	}
	if w.day.dates[w.day.date].closed {
		return refuse(CodeClosed, "The clinic is closed for today.")
	}
	number, known := w.day.kiosks[device]
	if !known {
		number = w.day.nextKiosk()
		w.edit(record.Edit{Kind: KindDevice, ID: device, Set: fields{"number": record.Int(int64(number))}})
	}
	series := string(rune(deviceSeries)) + strconv.Itoa(number)
	r, ok := w.day.Tokens[series]
	if !ok || r.Last-r.Next+1 < in.Count {
		return &TokensNeeded{Day: w.day.date, Series: series, Count: in.Count}
	}
	set := fields{
		"device": record.Text(w.actor.Device), "series": record.Text(series), "epoch": record.Int(int64(r.Epoch)),
		"prefix": record.Text(tokenLabel(series, r.Epoch)),
		"from":   record.Int(int64(r.Next)), "to": record.Int(int64(r.Next + in.Count - 1)),
		"createdBy": record.Text(w.actor.ID), "createdAt": ms(w.clinic),
	}
	w.create(KindLease, w.day.date, set)
	w.out.Data = LeaseAnswer{Lease: w.command.ID, Day: w.day.date, Prefix: set["prefix"].Text(), From: r.Next, To: r.Next + in.Count - 1}
	return nil
}

func leaseAnswer(r *record.Record) LeaseAnswer {
	return LeaseAnswer{Lease: r.ID, Day: r.Day, Prefix: r.Get("prefix").Text(), From: int(r.Get("from").Int()), To: int(r.Get("to").Int())}
}

func (d *Day) nextKiosk() int {
	number := 0
	for _, taken := range d.kiosks {
		number = max(number, taken)
	}
	return number + 1
}

func (w *work) opening() record.Edit {
	return record.Edit{Kind: KindDay, ID: DayID(w.day.date), Set: fields{
		"date": record.Text(w.day.date), "openedAt": ms(w.clinic), "openedBy": record.Text(w.actor.ID),
	}}
}

func openDay(w *work, _ DayMove) error {
	today, err := w.today()
	if err != nil {
		return err
	}
	switch {
	case today.sealed:
		return refuse(CodeNotAllowed, "This day is sealed. Nothing of it changes any more.")
	case today.opened && !today.closed:
		return refuse(CodeNotAllowed, "The day is open already.")
	}
	e := w.opening()
	e.Set["closedAt"], e.Set["closedReason"], e.Set["intakeClosed"] = record.Null(), record.Null(), record.Bool(false)
	w.change(KindDay, e.ID, "", e.Set)
	return nil
}

// closeDay ends intake; who waits is still served. What is learnt of each guruji's pace is kept for tomorrow.
func closeDay(w *work, in DayMove) error {
	today, err := w.today()
	if err != nil {
		return err
	}
	if today.closed || today.sealed {
		return refuse(CodeNotAllowed, "The day is closed already.")
	}
	for _, e := range w.day.learntPaces() {
		w.edit(e)
	}
	w.change(KindDay, DayID(w.day.date), "", fields{
		"date": record.Text(w.day.date), "closedAt": ms(w.clinic), "closedBy": record.Text(w.actor.ID),
		"closedReason": orNull(in.Reason), "totals": w.day.totals(),
	})
	return nil
}

func sealDay(w *work, _ DayMove) error {
	today, err := w.today()
	if err != nil {
		return err
	}
	switch {
	case today.sealed:
		return refuse(CodeNotAllowed, "The day is sealed already.")
	case !today.closed:
		return refuse(CodeNotAllowed, "Close the day before you seal it.")
	case w.day.openEntries() > 0:
		return refuse(CodeNotAllowed, "%d people still have an open entry.", w.day.openEntries())
	}
	w.change(KindDay, DayID(w.day.date), "", fields{"sealedAt": ms(w.clinic), "totals": w.day.totals()})
	return nil
}

func (d *Day) openEntries() int {
	open := len(d.entries)
	for _, status := range Schema[KindEntry].Status.Terminal {
		open -= d.counts[status]
	}
	return open
}

func (d *Day) totals() record.Value {
	v, _ := record.ValueOf(d.counts)
	return v
}

func setIntake(w *work, in SetIntake) error {
	if in.Open == nil {
		return refuse(CodeInvalid, "Say whether intake is open.")
	}
	if !in.Guruji.IsZero() {
		g, err := w.seenGuruji(in.Guruji)
		if err != nil {
			return err
		}
		w.change(KindGuruji, g.id, "", fields{"intakeClosed": record.Bool(!*in.Open)})
		return nil
	}
	today, err := w.today()
	switch {
	case err != nil:
		return err
	case today.sealed:
		return refuse(CodeNotAllowed, "This day is sealed. Nothing of it changes any more.")
	}
	w.change(KindDay, DayID(w.day.date), "", fields{
		"date": record.Text(w.day.date), "intakeClosed": record.Bool(!*in.Open), "intakeReason": orNull(in.Reason),
	})
	return nil
}
