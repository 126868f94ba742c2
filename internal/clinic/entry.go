package clinic

import (
	"bytes"
	"cmp"

	"github.com/aashram-care/sangam/sync/record"
)

// entry is a queue entry taken out of its record once, when the Day learns of it. It is never changed afterwards: a
// new state of the record is a new entry. Times are milliseconds of clinic time, 0 for none.
type entry struct {
	id, person, guruji, from  record.ID
	appointment, consultation record.ID
	twin, alike, lastAction   record.ID

	token      string
	status     string // the shown one
	generation int64
	terminal   bool
	band       int
	order      int64

	credit, nudge, delay int64 // minutes
	creditFor            string
	late                 bool // came after the window of their appointment
	misses, recalls      int

	checkedIn, slot, called, started, ended int64

	told   told
	waited int64 // seconds until the call for which told was told; -1 until then

	name, phone, room, language, reason, priorityReason string
}

func readEntry(r *record.Record) *entry {
	e := &entry{id: r.ID, band: BandNormal, waited: -1}
	for i := range r.Fields {
		e.read(r.Fields[i].Name, r.Fields[i].Value)
	}
	shown := Schema.Shown(r)
	e.status, e.generation = shown.Name, shown.Generation
	e.terminal = Schema[KindEntry].Status.IsTerminal(e.status)
	e.order = e.sortKey()
	return e
}

func (e *entry) read(name string, v record.Value) {
	switch name {
	case "person":
		e.person = v.ID()
	case "guruji":
		e.guruji = v.ID()
	case "from":
		e.from = v.ID()
	case "appointment":
		e.appointment = v.ID()
	case "consultation":
		e.consultation = v.ID()
	case "twin":
		e.twin = v.ID()
	case "alike":
		e.alike = v.ID()
	case "lastAction":
		e.lastAction = v.ID()
	case "token":
		e.token = v.Text()
	case "band":
		if !v.IsNull() {
			e.band = int(min(max(v.Int(), 0), maxBand))
		}
	case "credit":
		e.credit = v.Int()
	case "nudge":
		e.nudge = v.Int()
	case "delay":
		e.delay = v.Int()
	case "late":
		e.late = v.Bool()
	case "creditFor":
		e.creditFor = v.Text()
	case "misses":
		e.misses = int(v.Int())
	case "recalls":
		e.recalls = int(v.Int())
	case "checkedInAt":
		e.checkedIn = v.Int()
	case "slot":
		e.slot = v.Int()
	case "calledAt":
		e.called = v.Int()
	case "startedAt":
		e.started = v.Int()
	case "endedAt":
		e.ended = v.Int()
	case "told":
		e.told = readTold(v)
	case "waitedSeconds":
		e.waited = -1
		if !v.IsNull() {
			e.waited = v.Int()
		}
	case "name":
		e.name = v.Text()
	case "phone":
		e.phone = v.Text()
	case "room":
		e.room = v.Text()
	case "language":
		e.language = v.Text()
	case "reason":
		e.reason = v.Text()
	case "priorityReason":
		e.priorityReason = v.Text()
	}
}

const (
	minuteMs = 60_000
	maxBand  = 15
	maxTime  = 1<<43 - 1 // in the year 2248; a band above it stays below 2^47, and JSON numbers are exact to 2^53
)

// sortKey is the one number that orders a queue, explainable as a time of day: when they came (or their slot), less
// credit, plus delay, with the band above it. Ties are for the id to settle.
func (e *entry) sortKey() int64 {
	at := e.checkedIn
	if e.slot > 0 {
		at = e.slot
	}
	at += (clampMinutes(e.delay) - clampMinutes(e.credit)) * minuteMs
	return int64(e.band)<<43 | min(max(at, 0), maxTime)
}

// A broken record must not wrap the arithmetic; two years are more than any day can mean.
func clampMinutes(minutes int64) int64 { return min(max(minutes, -1_000_000), 1_000_000) }

// inLine tells whether the entry waits for a call: position and ahead are counted over these.
func (e *entry) inLine() bool { return e.status == StatusWaiting || e.status == StatusNoAnswer }

// served tells whether the entry is a consultation that was measured.
func (e *entry) served() bool {
	return e.status == StatusDone && e.started > 0 && e.ended > e.started
}

// hasSlot tells whether an appointment, kept in its window, gave this entry its place.
func (e *entry) hasSlot() bool { return e.slot > 0 }

func byOrder(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.order, b.order), bytes.Compare(a.id[:], b.id[:]))
}

func byCall(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.called, b.called), bytes.Compare(a.id[:], b.id[:]))
}

func byEnd(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.ended, b.ended), bytes.Compare(a.id[:], b.id[:]))
}

// idOf is the id that a field of a record holds, zero when none.
func idOf(r *record.Record, field string) record.ID { return r.Get(field).ID() }
