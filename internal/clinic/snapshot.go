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
	Entry   *EntryRow    `json:"entry,omitempty" doc:"Of a patient"`
	Records []Row        `json:"records" doc:"Records that the view's feed carries, as changes would bring them"`
}

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
	IntakeClosed bool       `json:"intakeClosed,omitempty"`
	Entries      []EntryRow `json:"entries" doc:"Those that have not ended, in queue order"`
	Ended        []EntryRow `json:"ended,omitempty" doc:"For staff: the last to end today without a consultation, newest first; they may be reinstated"`
	GurujiWaitRow
}

// shownEnded is how many ended entries a queue shows to staff.
const shownEnded = 20

// Snapshot is the view object of client.md for an audience, as the day stands.
func (d *Day) Snapshot(a Audience, clinicNow time.Time) any {
	view := QueueView{
		Day: d.date, Site: SiteView{ID: d.site, Name: d.settings.Name, Timezone: d.settings.Timezone},
		Intake: d.intake(), Figures: d.Figures(), Gurujis: []GurujiView{}, Recent: d.recent(), Records: d.records(a),
	}
	b := rowBuilder{day: d, audience: a, now: clinicNow}
	entries := d.visibleEntries(&b)
	for _, g := range d.gurujisInOrder() {
		if g.disabled && len(entries[g.id]) == 0 {
			continue
		}
		view.Gurujis = append(view.Gurujis, d.gurujiView(&b, g, entries[g.id]))
	}
	if a.View == ViewPatient {
		view.Gurujis = slices.DeleteFunc(view.Gurujis, func(g GurujiView) bool { return d.entries[a.Entry] == nil || g.ID != d.entries[a.Entry].guruji })
		view.Recent = []RecentCall{}
		if e := d.entries[a.Entry]; e != nil {
			row := d.entryRow(a, e, clinicNow)
			view.Entry = &row
		}
	}
	return view
}

func (d *Day) intake() IntakeView {
	today := d.dates[d.date]
	return IntakeView{Open: !today.closed && !today.sealed && !today.intakeClosed, Reason: today.reason}
}

// visibleEntries sorts the entries that an audience sees by guruji, in queue order.
func (d *Day) visibleEntries(b *rowBuilder) map[record.ID]line {
	sorted := map[record.ID]line{}
	for _, e := range d.entries {
		if b.shows(e) {
			sorted[e.guruji] = append(sorted[e.guruji], e)
		}
	}
	for _, list := range sorted {
		slices.SortFunc(list, byOrder)
	}
	return sorted
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

func (d *Day) gurujiView(b *rowBuilder, g *guruji, entries line) GurujiView {
	view := GurujiView{
		ID: g.id, Name: g.name, Room: orNil(g.room), Series: g.series, Availability: g.availableAt(b.now),
		IntakeClosed: g.intakeClosed, Entries: []EntryRow{}, GurujiWaitRow: d.gurujiWait(g, b.now),
	}
	if view.Availability == OnBreak {
		view.Until = stampMs(g.until)
	}
	var ended line
	for _, e := range entries {
		switch {
		case !e.terminal():
			view.Entries = append(view.Entries, d.entryRow(b.audience, e, b.now))
		case e.status != StatusDone && inside.has(b.audience.standingTo(e)):
			ended = append(ended, e)
		}
	}
	slices.SortStableFunc(ended, func(a, b *entry) int { return cmp.Compare(b.checkedIn, a.checkedIn) })
	for _, e := range ended[:min(len(ended), shownEnded)] {
		view.Ended = append(view.Ended, d.entryRow(b.audience, e, b.now))
	}
	return view
}

// records are the kept records that the audience's feed carries and it may see.
func (d *Day) records(a Audience) []Row {
	rows := []Row{}
	for kind, kept := range d.kept {
		if !a.Carries(kind) || kind == KindGuruji {
			continue
		}
		for _, r := range kept {
			if fields, visible := View(a.Actor(), d, r); visible && !stale(r, d.date) {
				rows = append(rows, Row{Kind: kind, ID: r.ID.String(), Fields: fields})
			}
		}
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	return rows
}

// stale leaves records of other dates out of a snapshot of this one.
func stale(r *record.Record, date string) bool {
	return r.Kind == KindDay && r.Get("date").Text() != date || r.Kind == KindEmergency && !r.Get("resolvedAt").IsNull()
}
