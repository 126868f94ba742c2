package clinic

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// QueueView is the view object of every snapshot but the centre's. What a view has no use for is left out.
type QueueView struct {
	Day     string       `json:"day" doc:"Service-day, YYYY-MM-DD in the site's zone"`
	Site    SiteView     `json:"site"`
	Intake  IntakeView   `json:"intake"`
	Figures Figures      `json:"figures"`
	Gurujis []GurujiView `json:"gurujis"`
	Recent  []RecentCall `json:"recent" doc:"The last five called, newest first"`
	Rows    []Row        `json:"rows" doc:"What else the feed of this view carries, as changes would bring it: records, waits, the last to end"`

	notes []NoteOf
}

// Notes names those whose health notes are in the view, some of them more than once.
func (v QueueView) Notes() []NoteOf { return v.notes }

// SiteView is what everybody may know of the site.
type SiteView struct {
	ID       record.ID `json:"id"`
	Name     string    `json:"name"`
	Timezone string    `json:"timezone"`
}

// IntakeView tells whether tokens are given.
type IntakeView struct {
	Open   bool   `json:"open"`
	Reason string `json:"reason,omitempty"`
}

// GurujiView is one healer, what a newcomer may expect, and who waits for them.
type GurujiView struct {
	ID           record.ID  `json:"id"`
	Name         string     `json:"name"`
	Room         *string    `json:"room"`
	Series       string     `json:"series"`
	Availability string     `json:"availability" doc:"available, on_break, busy or off"`
	Until        *string    `json:"until" format:"date-time" doc:"End of a break; null when it is open-ended"`
	OfferTo      record.ID  `json:"offerTo,omitzero" doc:"Where those who wait may go while this one is away"`
	IntakeClosed bool       `json:"intakeClosed,omitempty"`
	Entries      []EntryRow `json:"entries" doc:"Those that have not ended, in queue order"`
	GurujiWaitRow
}

// shownGone is how many entries that ended without a consultation a snapshot has.
const shownGone = 50

// Snapshot is the view object of client.md for an audience, as the day stands.
func (d *Day) Snapshot(a Audience, clinicNow time.Time) any {
	view := QueueView{
		Day: d.date, Site: SiteView{ID: d.site, Name: d.settings.Name, Timezone: d.settings.Timezone},
		Intake: d.intake(), Figures: d.Figures(), Gurujis: []GurujiView{}, Recent: d.recent(),
	}
	b := &rowBuilder{day: d, audience: a, now: clinicNow}
	for _, g := range d.gurujisInOrder() {
		if a.View == ViewPatient && !d.sees(a.Entry, g) || g.disabled && len(d.queue(g.id).open) == 0 {
			continue
		}
		view.Gurujis = append(view.Gurujis, d.gurujiView(b, g))
		if a.View != ViewPatient {
			b.add(RowGurujiWait, g.id.String(), b.outlook(g.id).row())
		}
	}
	if a.View == ViewPatient {
		view.Recent = []RecentCall{}
	}
	if a.View == ViewAdmin {
		b.add(RowWaitTruth, d.site.String(), d.WaitTruth())
	}
	for _, e := range d.visibleGone(b) {
		b.add(RowEntry, e.id.String(), d.entryRow(a, e, PlaceRow{}))
	}
	view.Rows, view.notes = d.records(a, clinicNow)
	view.Rows = append(view.Rows, b.rows...)
	return view
}

// sees tells whether an entry is with a guruji.
func (d *Day) sees(entry record.ID, g *guruji) bool {
	e := d.entries[entry]
	return e != nil && e.guruji == g.id
}

func (d *Day) intake() IntakeView {
	today := d.dates[d.date]
	return IntakeView{Open: !today.closed && !today.sealed && !today.intakeClosed, Reason: today.reason}
}

// visibleGone are the last to end without a consultation, whom staff may reinstate; for a patient, their own entry
// however it ended.
func (d *Day) visibleGone(b *rowBuilder) line {
	var gone line
	switch b.audience.View {
	case ViewPatient:
		if e := d.entries[b.audience.Entry]; e != nil && e.terminal {
			gone = line{e}
		}
	case ViewGuruji, ViewCoordinator, ViewAdmin:
		for _, q := range d.queues {
			for _, e := range q.gone[max(0, len(q.gone)-shownGone):] {
				if b.shows(e) {
					gone = append(gone, e)
				}
			}
		}
	}
	slices.SortFunc(gone, func(a, b *entry) int { return byOrder(b, a) })
	return gone[:min(len(gone), shownGone)]
}

func (d *Day) gurujisInOrder() []*guruji {
	list := make([]*guruji, 0, len(d.gurujis))
	for _, g := range d.gurujis {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *guruji) int {
		return cmp.Or(cmp.Compare(len(a.series), len(b.series)), cmp.Compare(a.series, b.series), bytes.Compare(a.id[:], b.id[:]))
	})
	return list
}

func (d *Day) gurujiView(b *rowBuilder, g *guruji) GurujiView {
	view := GurujiView{
		ID: g.id, Name: g.name, Room: orNil(g.room), Series: g.series, Availability: g.availableAt(b.now),
		IntakeClosed: g.intakeClosed, Entries: []EntryRow{}, GurujiWaitRow: b.outlook(g.id).row(),
	}
	if view.Availability != Available {
		view.OfferTo = g.offerTo
	}
	if view.Availability == OnBreak {
		view.Until = stampMs(g.until)
	}
	open, outlook := d.queue(g.id).open, b.outlook(g.id)
	if b.audience.showsQueues() {
		view.Entries = make([]EntryRow, 0, len(open)) // a row is large, and a queue may be long
	}
	ahead := 0
	for _, e := range open {
		waits := e.inLine()
		if b.shows(e) {
			var place PlaceRow
			if waits {
				place = outlook.at(e, ahead)
			}
			view.Entries = append(view.Entries, d.entryRow(b.audience, e, place))
		}
		if waits {
			ahead++
		}
	}
	return view
}

// showsQueues tells whether a view has a row for everybody who waits.
func (a Audience) showsQueues() bool {
	return a.View == ViewQueue || a.View == ViewCoordinator || a.View == ViewAdmin
}

// records are the kept records that the audience's feed carries and it may see, and whose health notes are in them.
func (d *Day) records(a Audience, now time.Time) (rows []Row, notes []NoteOf) {
	rows = []Row{}
	for kind, kept := range d.kept {
		if !a.Carries(kind) || kind == KindGuruji {
			continue
		}
		for _, r := range d.standing(kind, kept, now) {
			fields, visible := View(a.Actor(), d, r)
			if !visible {
				continue
			}
			rows = append(rows, Row{Kind: kind, ID: r.ID.String(), Fields: fields})
			if of, given := d.NoteIn(r, fields); given {
				notes = append(notes, of)
			}
		}
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	return rows, notes
}

// shownSettled is how many requests that were settled a snapshot has.
const shownSettled = 50

// standing are the kept records of a kind that still have something to say.
func (d *Day) standing(kind string, kept map[record.ID]*record.Record, now time.Time) []*record.Record {
	var list, settled []*record.Record
	for _, r := range kept {
		switch {
		case kind == KindRequest && !r.Get("settledAt").IsNull():
			settled = append(settled, r)
		case !d.stale(r, now):
			list = append(list, r)
		}
	}
	slices.SortFunc(settled, func(a, b *record.Record) int {
		return cmp.Or(cmp.Compare(b.Get("settledAt").Int(), a.Get("settledAt").Int()), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return append(list, settled[:min(len(settled), shownSettled)]...)
}

// stale leaves out of a snapshot what has no more to say: other dates, what was resolved, deleted or has expired.
func (d *Day) stale(r *record.Record, clinicNow time.Time) bool {
	switch r.Kind {
	case KindDay:
		return r.Get("date").Text() != d.date
	case KindEmergency:
		return !r.Get("resolvedAt").IsNull()
	case KindNotification:
		return r.Get("deleted").Bool() || r.Day <= daysBefore(d.date, d.settings.NotificationDays)
	case KindAnnouncement:
		return !r.Get("withdrawnAt").IsNull() || r.Get("expiresAt").Int() <= clinicNow.UnixMilli()
	case KindReceipt:
		of := d.kept[KindAnnouncement][idOf(r, "announcement")]
		return of == nil || d.stale(of, clinicNow)
	}
	return false
}
