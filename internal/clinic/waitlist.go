package clinic

import (
	"cmp"
	"slices"

	"github.com/aashram-care/sangam/sync/record"
)

// States of somebody on the waitlist.
const (
	WaitlistWaiting  = "waiting"
	WaitlistAdmitted = "admitted"
	WaitlistLeft     = "left"
	WaitlistClosed   = "closed_by_rollover"
)

// joinWaitlist notes somebody for whom there is no token, in the order they came.
func joinWaitlist(w *work, in JoinWaitlist) error {
	a := &arrival{work: w, in: CheckIn{Guruji: in.Guruji, Person: in.Person}, at: w.cameAt(), set: fields{}}
	if err := a.dayIsRight(); err != nil {
		return err
	}
	if in.Person == nil || *in.Person == (PersonRef{}) {
		return refuse(CodeInvalid, "Who waits? The person is missing.")
	}
	if a.in.Guruji.IsZero() {
		if g := w.day.leastWait(w.clinic, record.ID{}); g != nil {
			a.in.Guruji = g.id
		}
	}
	if err := a.guruji(); err != nil {
		return err
	}
	waiting := w.day.waitlist()
	today := w.day.dates[w.day.date]
	switch {
	case today.closed || today.sealed:
		return refuse(CodeClosed, "The clinic is closed for today.")
	case a.intake() == nil:
		return refuse(CodeNotAllowed, "There is room: give them a token.")
	case len(waiting) >= w.day.settings.WaitlistMax:
		return refuse(CodeClosed, "The waitlist is full.")
	}
	if err := a.identity(); err != nil {
		return err
	}
	if same := slices.IndexFunc(waiting, func(r *record.Record) bool { return idOf(r, "person") == a.who.id }); same >= 0 {
		return refuse(CodeNotAllowed, "They are number %d on the waitlist already.", same+1)
	}
	set := fields{
		"person": idOrNull(a.who.id), "name": orNull(a.who.name), "phone": orNull(a.who.phone), "guruji": record.IDValue(a.in.Guruji),
		"reason": orNull(in.Reason), "language": orNull(in.Language), "state": record.Text(WaitlistWaiting), "joinedAt": ms(a.at),
		"createdBy": record.Text(w.actor.ID),
	}
	if _, known := w.day.dates[w.day.date]; !known { // nobody opened yet, and the turn of the day must find it all the same
		w.edit(record.Edit{Kind: KindDay, ID: DayID(w.day.date), Set: fields{"date": record.Text(w.day.date)}})
	}
	w.create(KindWaitlist, w.day.date, set)
	w.out.Data = WaitlistAnswer{Waitlist: w.command.ID, Place: len(waiting) + 1}
	return nil
}

// waitlist are those who wait for a token, in the order they came.
func (d *Day) waitlist() []*record.Record {
	var waiting []*record.Record
	for _, r := range d.kept[KindWaitlist] {
		if r.Get("state").Text() == WaitlistWaiting {
			waiting = append(waiting, r)
		}
	}
	slices.SortFunc(waiting, byJoining)
	return waiting
}

func byJoining(a, b *record.Record) int {
	return cmp.Or(cmp.Compare(a.Get("joinedAt").Int(), b.Get("joinedAt").Int()), slices.Compare(a.ID[:], b.ID[:]))
}

// admit gives somebody from the waitlist a token although intake is closed, which the audit shows. They queue by when
// they came.
func admit(w *work, in WaitlistRef) error {
	r, err := w.waiting(in.Waitlist)
	if err != nil {
		return err
	}
	a := &arrival{work: w, at: r.Get("joinedAt").Time(), in: CheckIn{
		Guruji: idOf(r, "guruji"), Reason: r.Get("reason").Text(), Language: r.Get("language").Text(), Override: true,
	}}
	if !in.Guruji.IsZero() {
		a.in.Guruji = in.Guruji
	}
	if person := idOf(r, "person"); !person.IsZero() {
		a.in.Person = &PersonRef{ID: person}
	}
	w.edit(record.Edit{Kind: KindWaitlist, ID: r.ID, Day: r.Day, Set: fields{
		"state": record.Text(WaitlistAdmitted), "entry": record.IDValue(w.command.ID),
	}})
	return a.arrive("waitlist")
}

func leaveWaitlist(w *work, in WaitlistRef) error {
	r, err := w.waiting(in.Waitlist)
	if err != nil {
		return err
	}
	w.change(KindWaitlist, r.ID, r.Day, fields{"state": record.Text(WaitlistLeft)})
	return nil
}

// waiting loads somebody who still waits for a token today.
func (w *work) waiting(id record.ID) (*record.Record, error) {
	r, err := w.loadSeen(KindWaitlist, id, "place on the waitlist")
	switch {
	case err != nil:
		return nil, err
	case r.Day != w.day.date || r.Get("state").Text() != WaitlistWaiting:
		return nil, refuse(CodeNotAllowed, "They no longer wait for a token.")
	}
	return r, nil
}

// closeWaitlist ends what the waitlist of a date left open.
func closeWaitlist(src Source, date string) ([]record.Edit, error) {
	var edits []record.Edit
	err := src.ByDay(KindWaitlist, date, func(r record.Record) bool {
		if r.Get("state").Text() == WaitlistWaiting {
			edits = append(edits, record.Edit{Kind: KindWaitlist, ID: r.ID, Day: r.Day, Set: fields{"state": record.Text(WaitlistClosed)}})
		}
		return true
	})
	return edits, err
}
