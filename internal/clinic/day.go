package clinic

import (
	"fmt"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// Day is one service-day of one site in memory: the queues, who works, what the site decided. It is a pure function
// of the records it was given, except for Tokens, which are numbers promised by a file. It is not safe for concurrent
// use; its owner guards it.
type Day struct {
	// Tokens are the ranges reserved durably for this day, by series. The committer puts them here when Decide asks
	// with TokensNeeded; Apply moves Next past every number it sees used.
	Tokens map[string]TokenRange

	site    record.ID
	date    string
	watched bool

	settings Settings
	entries  map[record.ID]*entry
	queues   map[record.ID]*queue
	calls    line // all queues together, for the boards
	counts   map[string]int
	truth    truth
	people   map[record.ID]map[record.ID]struct{} // person -> their entries of the day
	named    map[string]map[record.ID]int         // normal name -> people of that name with entries of the day, and how many
	used     map[string]int                       // token -> how many entries carry it
	highest  map[string]int                       // token label -> greatest number ever seen; never falls

	gurujis  map[record.ID]*guruji
	leases   map[record.ID]lease
	kiosks   map[record.ID]int // device -> its number
	dates    map[string]dayState
	erasures map[record.ID][]record.Item // erasure -> what it covers
	erased   map[record.ID]int           // records that erasures cover -> how many erasures
	// lastDate is the latest date that the site has worked on. A date that only has bookings may lie ahead.
	lastDate string
	// kept are the records of small kinds that snapshots carry whole.
	kept map[string]map[record.ID]*record.Record
}

// dayState is what the record of a date says.
type dayState struct {
	opened, closed, sealed bool
	intakeClosed           bool
	reason                 string
}

// guruji is a healer as the queue needs them.
type guruji struct {
	id           record.ID
	name, room   string
	series       string
	availability string
	until        int64     // end of a break, ms; 0 is open-ended
	back         int64     // when they were last available again, ms; a break that ended by itself apart
	offerTo      record.ID // where those who wait may go meanwhile
	priorSeconds int64     // learnt mean of a consultation; 0 when nothing was learnt
	lineTrust    int64     // learnt trust in the line, percent; 0 when nothing was learnt
	toldError    int64     // learnt usual error of what is told, percent; 0 when nothing was learnt
	capacity     int       // entries a day; 0 for no limit
	intakeClosed bool
	disabled     bool
}

// keptKinds are the kinds whose records of the site (or of the day, where they have one) a Day holds whole.
var keptKinds = map[string]bool{
	KindGuruji: true, KindStaff: true, KindDevice: true, KindSetting: true, KindDay: true,
	KindAppointment: true, KindEmergency: true, KindAnnouncement: true, KindRequest: true, KindLease: true, KindPolicy: true,
	KindTemplate: true, KindConflict: true, KindWaitlist: true, KindReceipt: true, KindNotification: true, KindConsultation: true, KindAmendment: true, KindRemedy: true,
}

// NewDay begins an empty day of a site.
func NewDay(site record.ID, date string) *Day {
	return &Day{
		Tokens: map[string]TokenRange{}, site: site, date: date, settings: DefaultSettings(),
		entries: map[record.ID]*entry{}, queues: map[record.ID]*queue{}, counts: map[string]int{},
		people: map[record.ID]map[record.ID]struct{}{}, named: map[string]map[record.ID]int{}, used: map[string]int{}, highest: map[string]int{},
		gurujis: map[record.ID]*guruji{}, leases: map[record.ID]lease{}, kiosks: map[record.ID]int{},
		dates: map[string]dayState{}, erasures: map[record.ID][]record.Item{}, erased: map[record.ID]int{}, kept: map[string]map[record.ID]*record.Record{},
	}
}

// NewWatchedDay begins a day as the centre sees it: it answers every question, and Decide refuses to change it, since
// only the site itself changes its queue.
func NewWatchedDay(site record.ID, date string) *Day {
	d := NewDay(site, date)
	d.watched = true
	return d
}

// Site is the site's id.
func (d *Day) Site() record.ID { return d.site }

// ServiceDay is the date, YYYY-MM-DD.
func (d *Day) ServiceDay() string { return d.date }

// Settings are the site's, as far as the Day has seen their records.
func (d *Day) Settings() Settings { return d.settings }

// Turned tells whether the clinic's clock has left this service-day: the committer then writes RollOver and begins a
// new Day. A clock that went back does not turn the day.
func (d *Day) Turned(clinicNow time.Time) bool {
	return ServiceDay(clinicNow, d.settings.Zone()) > d.date
}

// Fill gives the day everything it is made of.
func (d *Day) Fill(src Source) error {
	apply := func(r record.Record) bool {
		d.Apply(nil, &r)
		return true
	}
	for _, kind := range []string{KindSetting, KindGuruji, KindStaff, KindDevice, KindDay, KindAnnouncement, KindPolicy, KindTemplate, KindRequest, KindReceipt, KindConflict, KindErasure} {
		if err := src.ByKind(kind, apply); err != nil {
			return fmt.Errorf("fill day %s with %s records: %w", d.date, kind, err)
		}
	}
	for _, kind := range []string{KindLease, KindAppointment, KindWaitlist, KindEmergency, KindNotification, KindConsultation, KindAmendment, KindRemedy, KindEntry} {
		if err := src.ByDay(kind, d.date, apply); err != nil {
			return fmt.Errorf("fill day %s with %s records: %w", d.date, kind, err)
		}
	}
	for ago := 1; ago < mostNotificationDays; ago++ {
		if err := src.ByDay(KindNotification, daysBefore(d.date, ago), apply); err != nil {
			return fmt.Errorf("fill day %s with what was notified before: %w", d.date, err)
		}
	}
	return nil
}

// Apply takes note that a record went from before to after, either of which may be nil. Apply(after, before) takes
// it back exactly. Records of other days and kinds are ignored, and both records stay the caller's but must not be
// changed any more.
func (d *Day) Apply(before, after *record.Record) {
	at := after
	if at == nil {
		at = before
	}
	if at == nil {
		return
	}
	if at.Day != "" && at.Day != d.date && !d.outlives(at) {
		return
	}
	if keptKinds[at.Kind] {
		d.keep(at, after)
	}
	switch at.Kind {
	case KindEntry:
		d.applyEntry(at.ID, after)
	case KindGuruji:
		d.applyGuruji(at.ID, after)
	case KindSetting:
		d.relearn()
	case KindDay:
		d.applyDate(at, after)
	case KindLease:
		d.applyLease(at.ID, after)
	case KindDevice:
		d.applyDevice(at.ID, after)
	case KindErasure:
		d.applyErasure(at.ID, after)
	}
}

// outlives tells whether a record of another day has something to say today: a conflict, and what staff were notified of.
func (d *Day) outlives(r *record.Record) bool {
	switch r.Kind {
	case KindConflict:
		return true
	case KindNotification:
		return r.Day < d.date && r.Day > daysBefore(d.date, mostNotificationDays) && r.Get("toKind").Text() != toEntry
	}
	return false
}

// keep holds the record as it is. A conflict waits for somebody to settle it, of whatever day it is, and then is history.
func (d *Day) keep(at, after *record.Record) {
	if after == nil || after.Kind == KindConflict && !after.Get("settledAt").IsNull() {
		delete(d.kept[at.Kind], at.ID)
		return
	}
	if d.kept[at.Kind] == nil {
		d.kept[at.Kind] = map[record.ID]*record.Record{}
	}
	d.kept[at.Kind][at.ID] = after
}

func (d *Day) applyEntry(id record.ID, after *record.Record) {
	if old := d.entries[id]; old != nil {
		d.take(old)
	}
	if after != nil {
		d.put(readEntry(after))
	}
}

func (d *Day) put(e *entry) {
	d.entries[e.id] = e
	d.counts[e.status]++
	d.truth.count(e, 1)
	q := d.queues[e.guruji]
	if q == nil {
		q = &queue{}
		d.queues[e.guruji] = q
	}
	q.put(e)
	if e.called > 0 {
		d.calls = d.calls.insert(e, byCall)
	}
	if !e.person.IsZero() {
		if d.people[e.person] == nil {
			d.people[e.person] = map[record.ID]struct{}{}
		}
		d.people[e.person][e.id] = struct{}{}
		d.putName(e)
	}
	if e.token != "" {
		d.used[e.token]++
		d.sawToken(e.token)
	}
}

func (d *Day) take(e *entry) {
	delete(d.entries, e.id)
	drop(d.counts, e.status)
	d.truth.count(e, -1)
	q := d.queues[e.guruji]
	q.take(e)
	if q.total == 0 {
		delete(d.queues, e.guruji)
	}
	if e.called > 0 {
		d.calls = d.calls.remove(e, byCall)
	}
	if of := d.people[e.person]; of != nil {
		delete(of, e.id)
		if len(of) == 0 {
			delete(d.people, e.person)
		}
		d.takeName(e)
	}
	if e.token != "" {
		drop(d.used, e.token)
	}
}

func (d *Day) putName(e *entry) {
	if e.name == "" {
		return
	}
	key := NormalName(e.name)
	if d.named[key] == nil {
		d.named[key] = map[record.ID]int{}
	}
	d.named[key][e.person]++
}

func (d *Day) takeName(e *entry) {
	if e.name == "" {
		return
	}
	key := NormalName(e.name)
	if drop(d.named[key], e.person); len(d.named[key]) == 0 {
		delete(d.named, key)
	}
}

// drop counts one down and forgets a count of none, so that taking back leaves no trace.
func drop[K comparable](counts map[K]int, name K) {
	if counts[name]--; counts[name] == 0 {
		delete(counts, name)
	}
}

func (d *Day) applyGuruji(id record.ID, after *record.Record) {
	if after == nil {
		delete(d.gurujis, id)
		return
	}
	g := &guruji{
		id: id, name: after.Get("name").Text(), room: after.Get("room").Text(), series: after.Get("series").Text(),
		availability: after.Get("availability").Text(), until: after.Get("until").Int(), back: after.Get("backAt").Int(), offerTo: idOf(after, "offerTo"),
		priorSeconds: max(after.Get("priorSeconds").Int(), 0), lineTrust: percentOf(after, "lineTrust"), toldError: percentOf(after, "toldError"),
		capacity:     int(after.Get("capacity").Int()),
		intakeClosed: after.Get("intakeClosed").Bool(), disabled: after.Get("disabled").Bool(),
	}
	if g.availability == "" {
		g.availability = Available
	}
	d.gurujis[id] = g
}

func percentOf(r *record.Record, field string) int64 {
	return min(max(r.Get(field).Int(), 0), fullPercent)
}

// relearn starts from the defaults: a setting that was taken back must leave no trace.
func (d *Day) relearn() {
	d.settings = DefaultSettings()
	for _, r := range d.kept[KindSetting] {
		d.settings.learn(r)
	}
}

func (d *Day) applyDate(at, after *record.Record) {
	date := at.Get("date").Text()
	if after == nil {
		delete(d.dates, date)
	} else {
		d.dates[date] = dayState{
			opened: !after.Get("openedAt").IsNull(), closed: !after.Get("closedAt").IsNull(), sealed: !after.Get("sealedAt").IsNull(),
			intakeClosed: after.Get("intakeClosed").Bool(), reason: after.Get("intakeReason").Text(),
		}
	}
	d.lastDate = ""
	for date, state := range d.dates {
		if state.opened || state.closed {
			d.lastDate = max(d.lastDate, date)
		}
	}
}

func (d *Day) applyDevice(id record.ID, after *record.Record) {
	if after == nil || after.Get("number").Int() < 1 {
		delete(d.kiosks, id)
		return
	}
	d.kiosks[id] = int(after.Get("number").Int())
}

// Figures are what the centre and the boards count.
type Figures struct {
	Waiting   int `json:"waiting"`
	InService int `json:"inService"`
	Done      int `json:"done"`
}

// Figures counts the day: waiting are all who are to be called or were just called.
func (d *Day) Figures() Figures {
	return Figures{
		Waiting:   d.counts[StatusWaiting] + d.counts[StatusNoAnswer] + d.counts[StatusCalled],
		InService: d.counts[StatusInService],
		Done:      d.counts[StatusDone],
	}
}

// Order is who waits to be called by a guruji, first to last.
func (d *Day) Order(guruji record.ID) []record.ID {
	ids := []record.ID{}
	if q := d.queues[guruji]; q != nil {
		for _, e := range q.line {
			ids = append(ids, e.id)
		}
	}
	return ids
}

// Position is the 1-based place of an entry among those to be called, and false for all others.
func (d *Day) Position(id record.ID) (position int, ok bool) {
	e := d.entries[id]
	if e == nil || !e.inLine() {
		return 0, false
	}
	return d.queues[e.guruji].line.rank(e, byOrder) + 1, true
}

func (d *Day) queue(guruji record.ID) *queue {
	if q := d.queues[guruji]; q != nil {
		return q
	}
	return &queue{}
}
