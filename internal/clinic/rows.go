package clinic

import (
	"reflect"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// EntryRow is an entry as an audience sees it: an element of a snapshot and the fields of a derived row. Position,
// Ahead and Wait are as of when it was made; staff clients sort by (band, order, id) and count. What the audience may
// not see is left out.
type EntryRow struct {
	ID          record.ID `json:"id"`
	Guruji      record.ID `json:"guruji"`
	Token       string    `json:"token"`
	Status      string    `json:"status"`
	Generation  int64     `json:"generation"`
	Band        int       `json:"band" doc:"0 is emergency"`
	Order       int64     `json:"order" doc:"The sort key, below 2^53; band is part of it"`
	Position    *int      `json:"position" doc:"1-based among those to be called; null for all others"`
	Ahead       *int      `json:"ahead"`
	CheckedInAt *string   `json:"checkedInAt" format:"date-time"`
	CalledAt    *string   `json:"calledAt" format:"date-time"`
	Room        *string   `json:"room"`
	Wait        *Wait     `json:"wait"`
	LongWait    bool      `json:"longWait,omitempty" doc:"Too long for a number: please ask"`
	WaitWhy     WaitWhy   `json:"waitWhy,omitempty" enum:"paused,emergency,others_first,slower,faster,back" doc:"Why the wait is no longer what they were told when they came"`

	StartedAt *string  `json:"startedAt,omitempty" format:"date-time"`
	EndedAt   *string  `json:"endedAt,omitempty" format:"date-time"`
	Slot      *string  `json:"slot,omitempty" format:"date-time" doc:"Of an appointment kept in its window"`
	Credit    *int64   `json:"credit,omitempty" doc:"Minutes"`
	Nudge     *int64   `json:"nudge,omitempty" doc:"Minutes, part of credit"`
	Delay     *int64   `json:"delay,omitempty" doc:"Minutes"`
	Misses    *int     `json:"misses,omitempty"`
	Recalls   *int     `json:"recalls,omitempty"`
	Why       []string `json:"why,omitempty" doc:"What moved this place: emergency, elderly, disabled, pregnant, nudge, appointment, late, no_answer, transferred; twice when the person has another place; alike when they may be somebody known"`

	From         record.ID `json:"from,omitzero"`
	Appointment  record.ID `json:"appointment,omitzero"`
	Consultation record.ID `json:"consultation,omitzero"`
	Twin         record.ID `json:"twin,omitzero"`
	Alike        record.ID `json:"alike,omitzero" doc:"Somebody known who may be the same person: merge them, or say that they are two"`
	LastAction   record.ID `json:"lastAction,omitzero" doc:"What queue.undo may name"`
	Person       record.ID `json:"person,omitzero"`
	Name         string    `json:"name,omitempty"`
	Phone        string    `json:"phone,omitempty"`
	Language     string    `json:"language,omitempty"`
	Reason       string    `json:"reason,omitempty"`
}

// PlaceRow is a place in the queue without anything else.
type PlaceRow struct {
	Position *int    `json:"position"`
	Ahead    *int    `json:"ahead"`
	Wait     *Wait   `json:"wait"`
	LongWait bool    `json:"longWait,omitempty"`
	WaitWhy  WaitWhy `json:"waitWhy,omitempty" enum:"paused,emergency,others_first,slower,faster,back" doc:"Why the wait is no longer what they were told when they came"`
}

// GurujiWaitRow is what a newcomer to a queue may expect.
type GurujiWaitRow struct {
	Waiting     int   `json:"waiting"`
	InService   int   `json:"inService"`
	Wait        *Wait `json:"wait"`
	LongWait    bool  `json:"longWait,omitempty"`
	MeanMinutes *int  `json:"meanMinutes" doc:"Of a consultation; null until enough were seen"`
}

// RecentRow is what boards show as called.
type RecentRow struct {
	Recent []RecentCall `json:"recent"`
}

// RecentCall is one call.
type RecentCall struct {
	Token string  `json:"token"`
	Room  *string `json:"room"`
	At    *string `json:"at" format:"date-time"`
}

// Row is one derived row, to be sent as a change.
type Row struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Fields any    `json:"fields,omitempty"`
	Gone   bool   `json:"gone,omitempty"`
}

// Changed is a record as it was and as it is; either may be nil.
type Changed struct {
	Before, After *record.Record
}

// shownCalls is how many calls boards show.
const shownCalls = 5

// rights are what a role reads of entries, asked of the table of View once.
type rights struct {
	figures, records, alike, name, phone, reason bool
}

var entryRights = func() map[Role]rights {
	table := map[Role]rights{}
	for _, role := range Roles {
		may := func(field string) bool { return mayRead(role, KindEntry, field) }
		table[role] = rights{may("credit"), may("lastAction"), may("alike"), may("name"), may("phone"), may("reason")}
	}
	return table
}()

// entryRow is an entry for an audience, at its place.
func (d *Day) entryRow(a Audience, e *entry, place PlaceRow) EntryRow {
	may := entryRights[a.standingTo(e)]
	row := EntryRow{
		ID: e.id, Guruji: e.guruji, Token: e.token, Status: e.status, Generation: e.generation, Band: e.band, Order: e.order,
		Position: place.Position, Ahead: place.Ahead, Wait: place.Wait, LongWait: place.LongWait, WaitWhy: place.WaitWhy,
		CheckedInAt: stampMs(e.checkedIn), CalledAt: stampMs(e.called), Room: orNil(e.room),
	}
	if may.figures {
		row.StartedAt, row.EndedAt, row.Slot = stampMs(e.started), stampMs(e.ended), stampMs(e.slot)
		row.Credit, row.Nudge, row.Delay, row.Misses, row.Recalls = &e.credit, &e.nudge, &e.delay, &e.misses, &e.recalls
		row.Why = e.why(may.alike)
	}
	if may.records {
		row.From, row.Appointment, row.Consultation = e.from, e.appointment, e.consultation
		row.Twin, row.LastAction, row.Person, row.Language = e.twin, e.lastAction, e.person, e.language
	}
	if d.erased[e.id] > 0 {
		row.Language = ""
		return row
	}
	if may.alike {
		row.Alike = e.alike
	}
	if may.name {
		row.Name = e.name
	}
	if may.phone {
		row.Phone = e.phone
	}
	if may.reason {
		row.Reason = e.reason
	}
	return row
}

// standingTo is standing for an entry of the day.
func (a Audience) standingTo(e *entry) Role {
	reader := a.Actor()
	if reader.Role == RoleGuruji && !reader.owns(e.guruji) {
		return RoleBoard
	}
	return reader.Role
}

// why explains a place in words that every client translates.
func (e *entry) why(toStaff bool) []string {
	var why []string
	for _, reason := range []struct {
		holds bool
		word  string
	}{
		{e.band == BandEmergency, "emergency"}, {e.creditFor != "", e.creditFor}, {e.nudge != 0, "nudge"}, {e.hasSlot(), "appointment"}, {e.late, "late"},
		{e.delay > 0, "no_answer"}, {!e.from.IsZero(), "transferred"}, {!e.twin.IsZero(), "twice"},
		{toStaff && !e.alike.IsZero(), "alike"},
	} {
		if reason.holds {
			why = append(why, reason.word)
		}
	}
	return why
}

// placeOf is the place of an entry, also of one that is only about to be written.
func (d *Day) placeOf(e *entry, clinicNow time.Time) PlaceRow {
	o := d.outlook(e.guruji, clinicNow)
	return o.place(e)
}

func (o *outlook) place(e *entry) PlaceRow {
	if !e.inLine() {
		return PlaceRow{}
	}
	return o.at(e, o.queue.line.rank(e, byOrder))
}

// at is the place of an entry behind so many.
func (o *outlook) at(e *entry, ahead int) PlaceRow {
	place := [2]int{ahead, ahead + 1}
	row := PlaceRow{Position: &place[1], Ahead: &place[0]}
	f := o.forecast(e, ahead)
	row.Wait, row.LongWait = o.wait(f)
	row.WaitWhy = o.why(e, ahead, f)
	return row
}

func (o *outlook) row() GurujiWaitRow {
	row := GurujiWaitRow{Waiting: len(o.queue.line), InService: o.queue.inService}
	row.Wait, row.LongWait = o.wait(o.forecast(nil, len(o.queue.line)))
	if o.pace.known {
		mean := max(1, int(o.pace.mean+0.5))
		row.MeanMinutes = &mean
	}
	return row
}

func (d *Day) recent() []RecentCall {
	recent := []RecentCall{}
	for i := len(d.calls) - 1; i >= 0 && len(recent) < shownCalls; i-- {
		e := d.calls[i]
		recent = append(recent, RecentCall{Token: e.token, Room: orNil(e.room), At: stampMs(e.called)})
	}
	return recent
}

// Rows are the derived rows of an audience whose inputs are among changed; with all, every one of them. The Day must
// already stand after the changes.
func (d *Day) Rows(a Audience, changed []Changed, all bool, clinicNow time.Time) []Row {
	b := rowBuilder{day: d, audience: a, now: clinicNow, queues: map[record.ID]bool{}}
	if all {
		b.everything()
	} else {
		for _, c := range changed {
			b.note(c)
		}
	}
	b.derived()
	return b.rows
}

type rowBuilder struct {
	day      *Day
	audience Audience
	now      time.Time
	rows     []Row
	queues   map[record.ID]bool // whose waits and places may differ
	calls    bool
	outlooks map[record.ID]*outlook
}

func (b *rowBuilder) outlook(guruji record.ID) *outlook {
	if b.outlooks[guruji] == nil {
		if b.outlooks == nil {
			b.outlooks = map[record.ID]*outlook{}
		}
		o := b.day.outlook(guruji, b.now)
		b.outlooks[guruji] = &o
	}
	return b.outlooks[guruji]
}

func (b *rowBuilder) place(e *entry) PlaceRow { return b.outlook(e.guruji).place(e) }

func (b *rowBuilder) everything() {
	for _, e := range b.day.entries {
		b.queues[e.guruji] = true
		b.entry(nil, e)
	}
	for id := range b.day.gurujis {
		b.queues[id] = true
	}
	b.calls = true
}

func (b *rowBuilder) note(c Changed) {
	r := c.After
	if r == nil {
		r = c.Before
	}
	switch {
	case r == nil || r.Day != "" && r.Day != b.day.date:
	case r.Kind == KindGuruji:
		b.queues[r.ID] = true
	case r.Kind == KindEntry:
		var before, after *entry
		if c.Before != nil {
			before = readEntry(c.Before)
			b.queues[before.guruji] = true
		}
		if c.After != nil {
			after = readEntry(c.After)
			b.queues[after.guruji] = true
		}
		b.calls = b.calls || calledOf(before) != calledOf(after)
		b.entry(before, after)
	}
}

// calledOf is what the boards show of an entry.
func calledOf(e *entry) [3]string {
	if e == nil || e.called == 0 {
		return [3]string{}
	}
	return [3]string{*stampMs(e.called), e.token, e.room}
}

// entry adds the row of one entry, unless the audience would see no difference but that of its place.
func (b *rowBuilder) entry(before, after *entry) {
	saw, sees := b.shows(before), b.shows(after)
	switch {
	case sees:
		row := b.day.entryRow(b.audience, after, b.place(after))
		if saw && sameButPlace(b.day.entryRow(b.audience, before, PlaceRow{}), row) {
			return
		}
		b.add(RowEntry, after.id.String(), row)
	case saw:
		b.rows = append(b.rows, Row{Kind: RowEntry, ID: before.id.String(), Gone: true})
	}
	if after != nil && b.audience.View == ViewKiosk && after.inLine() {
		b.add(RowPlace, after.id.String(), b.place(after))
	}
}

func sameButPlace(a, b EntryRow) bool {
	a.Position, a.Ahead, a.Wait, a.LongWait, a.WaitWhy = b.Position, b.Ahead, b.Wait, b.LongWait, b.WaitWhy
	return reflect.DeepEqual(a, b)
}

// shows tells whether the view has a row for an entry: boards for those called or inside, gurujis for their own queue,
// patients for their own entry, kiosks for none.
func (b *rowBuilder) shows(e *entry) bool {
	if e == nil {
		return false
	}
	if b.audience.showsQueues() {
		return true
	}
	switch b.audience.View {
	case ViewBoard:
		return e.status == StatusCalled || e.status == StatusInService
	case ViewGuruji:
		return b.audience.Actor().owns(e.guruji)
	case ViewPatient:
		return e.id == b.audience.Entry
	}
	return false
}

// derived adds the rows that many entries share in.
func (b *rowBuilder) derived() {
	if b.audience.View == ViewPatient {
		if e := b.day.entries[b.audience.Entry]; e != nil && b.queues[e.guruji] {
			b.add(RowPlace, e.id.String(), b.place(e))
		}
		return
	}
	for id := range b.queues {
		if o := b.outlook(id); o.guruji != nil {
			b.add(RowGurujiWait, id.String(), o.row())
		}
	}
	if b.calls {
		b.add(RowRecent, b.day.site.String(), RecentRow{Recent: b.day.recent()})
		if b.audience.View == ViewAdmin {
			b.add(RowWaitTruth, b.day.site.String(), b.day.WaitTruth())
		}
	}
}

func (b *rowBuilder) add(kind, id string, fields any) {
	b.rows = append(b.rows, Row{Kind: kind, ID: id, Fields: fields})
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
