package clinic

import (
	"strconv"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// Event tells people and programs that something happened. Its data never holds a name, a number to call or a word
// about health: who may know these reads the record that Subject names.
type Event struct {
	ID      string         `json:"id"`
	Type    string         `json:"type"`
	At      time.Time      `json:"at"`
	Site    string         `json:"site"`
	Actor   string         `json:"actor,omitempty"`
	Subject Subject        `json:"subject"`
	Data    map[string]any `json:"data"`
}

// Subject names the record an event is about.
type Subject struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// EventTypes is the catalogue. Those that no change of a record implies come from elsewhere in the node, or from an
// outside app.
var EventTypes = []string{
	"appointment.created", "appointment.updated", "appointment.cancelled", "appointment.rescheduled", "appointment.checked_in",
	"appointment.completed", "appointment.reminder",
	"queue.entry_added", "queue.entry_updated", "queue.entry_removed", "queue.position_updated",
	"queue.called", "queue.recalled", "queue.transferred", "queue.day_opened", "queue.day_closed",
	"consultation.started", "consultation.ended", "consultation.updated",
	"remedy.prescribed", "remedy.updated", "remedy.completed",
	"notification.sent", "notification.read", "notification.deleted",
	"user.registered", "user.updated", "user.status_changed",
	"guruji.available", "guruji.busy", "guruji.offline", "guruji.schedule_updated",
	"emergency.raised", "emergency.resolved",
	"device.requested", "device.approved", "device.revoked", "device.silent",
	"conflict.recorded", "request.received", "request.settled", "announcement.published", "announcement.withdrawn",
	"data.exported",
	"system.maintenance", "system.update", "system.error", "server.time_update", "uplink.changed",
}

// Events are what the change of a record means. before is nil for a new record. They are the same on every node, ids
// included: an id is a hash of type, subject and the stamp of the change.
func Events(before, after *record.Record, day *Day) []Event {
	if after == nil {
		return nil
	}
	t := telling{before: before, after: after, day: day}
	if tell := tellers[after.Kind]; tell != nil {
		tell(&t)
	}
	return t.events
}

var tellers = map[string]func(*telling){
	KindEntry: tellEntry, KindAppointment: tellAppointment, KindConsultation: tellConsultation, KindRemedy: tellRemedy,
	KindNotification: tellNotification, KindPerson: tellPerson, KindStaff: tellStaff, KindGuruji: tellGuruji, KindDay: tellDay,
	KindEmergency: tellEmergency, KindDevice: tellDevice, KindConflict: tellConflict, KindRequest: tellRequest,
	KindAnnouncement: tellAnnouncement, KindAudit: tellAudit, KindCentralAudit: tellAudit,
}

// telling gathers the events of one change.
type telling struct {
	before, after *record.Record
	day           *Day
	events        []Event
}

func (t *telling) tell(kind string, data map[string]any) {
	t.tellOf(kind, Subject{Kind: t.after.Kind, ID: t.after.ID.String()}, data)
}

func (t *telling) tellOf(kind string, subject Subject, data map[string]any) {
	at := t.after.Greatest()
	site := ""
	if t.day != nil {
		site = t.day.site.String()
	}
	var stamp [33]byte
	edit := append(strconv.AppendUint(stamp[:0], uint64(at.HLC), 16), '.')
	edit = strconv.AppendUint(edit, uint64(at.Writer), 16)
	id := record.Derive("event", kind, subject.Kind, subject.ID, string(edit))
	t.events = append(t.events, Event{ID: id.String(), Type: kind, At: at.HLC.Time(), Site: site, Subject: subject, Data: data})
}

// was and is are a field's value before and after; changed tells whether they differ.
func (t *telling) was(field string) record.Value {
	if t.before == nil {
		return nil
	}
	return t.before.Get(field)
}

func (t *telling) is(field string) record.Value { return t.after.Get(field) }

func (t *telling) changed(fields ...string) bool {
	for _, field := range fields {
		was, is := t.was(field), t.is(field)
		if was.IsNull() != is.IsNull() || !was.IsNull() && string(was) != string(is) {
			return true
		}
	}
	return false
}

// set tells whether a field came to have a value that it did not have.
func (t *telling) set(field string) bool { return t.was(field).IsNull() && !t.is(field).IsNull() }

// pick is the data of an event: these fields of the record, as a board could see them.
func (t *telling) pick(fields ...string) map[string]any {
	data := make(map[string]any, len(fields))
	for _, field := range fields {
		data[field] = plainField(t.after, field)
	}
	return data
}

func tellEntry(t *telling) {
	now := readEntry(t.after)
	data := t.pick("token", "status", "generation", "guruji", "room")
	var was *entry
	if t.before == nil {
		t.tell("queue.entry_added", data)
	} else if was = readEntry(t.before); was.terminal != now.terminal && now.terminal {
		t.tell("queue.entry_removed", data)
	} else {
		t.tell("queue.entry_updated", data)
	}
	switch {
	case now.status == StatusCalled && (was == nil || was.status != StatusCalled || was.generation != now.generation):
		t.tell("queue.called", data)
	case now.status == StatusCalled && now.recalls > was.recalls:
		t.tell("queue.recalled", data)
	}
	if was != nil && was.guruji != now.guruji {
		moved := t.pick("token", "guruji")
		moved["from"] = was.guruji.String()
		t.tell("queue.transferred", moved)
	}
	t.tellPositions(was, now)
}

// tellPositions says once a queue, and not once an entry, that places in it are others now.
func (t *telling) tellPositions(was, now *entry) {
	type spot struct {
		in     bool
		guruji record.ID
		order  int64
	}
	spotOf := func(e *entry) spot {
		if e == nil || !e.inLine() {
			return spot{}
		}
		return spot{true, e.guruji, e.order}
	}
	before, after := spotOf(was), spotOf(now)
	if before == after {
		return
	}
	told := map[record.ID]bool{}
	for _, s := range []spot{before, after} {
		if s.in && !told[s.guruji] {
			told[s.guruji] = true
			t.tellOf("queue.position_updated", Subject{Kind: KindGuruji, ID: s.guruji.String()}, map[string]any{"guruji": s.guruji.String()})
		}
	}
}

func tellAppointment(t *telling) {
	data := t.pick("status", "guruji", "slot", "date", "entry")
	if t.before == nil {
		t.tell("appointment.created", data)
		return
	}
	was, is := Schema.Shown(t.before).Name, Schema.Shown(t.after).Name
	switch {
	case was != is && is == StatusCancelled && !t.is("rescheduledTo").IsNull(), was == is && t.changed("slot"):
		t.tell("appointment.rescheduled", data)
	case was != is && is == StatusCancelled:
		t.tell("appointment.cancelled", data)
	case was != is && is == StatusCheckedIn:
		t.tell("appointment.checked_in", data)
	case was != is && is == StatusCompleted:
		t.tell("appointment.completed", data)
	case t.changed("remindedAt"):
		t.tell("appointment.reminder", data)
	default:
		t.tell("appointment.updated", data)
	}
}

func tellConsultation(t *telling) {
	data := t.pick("entry", "guruji")
	switch {
	case t.before == nil:
		t.tell("consultation.started", data)
		if t.set("endedAt") {
			t.tell("consultation.ended", data)
		}
	case t.set("endedAt"):
		t.tell("consultation.ended", data)
	default:
		t.tell("consultation.updated", data)
	}
}

func tellRemedy(t *telling) {
	data := t.pick("entry", "guruji")
	switch {
	case t.before == nil:
		t.tell("remedy.prescribed", data)
	case t.set("completedAt"):
		t.tell("remedy.completed", data)
	default:
		t.tell("remedy.updated", data)
	}
}

func tellNotification(t *telling) {
	data := t.pick("toKind", "to")
	switch {
	case t.before == nil:
		t.tell("notification.sent", data)
	case t.set("readAt"):
		t.tell("notification.read", data)
	case t.changed("deleted"):
		t.tell("notification.deleted", data)
	}
}

func tellPerson(t *telling) {
	if t.before == nil {
		t.tell("user.registered", map[string]any{})
		return
	}
	t.tell("user.updated", map[string]any{})
}

func tellStaff(t *telling) {
	data := t.pick("role", "disabled")
	switch {
	case t.before == nil:
		t.tell("user.registered", data)
	case t.changed("disabled"):
		t.tell("user.status_changed", data)
	default:
		t.tell("user.updated", data)
	}
}

func tellGuruji(t *telling) {
	data := t.pick("availability", "until", "room")
	if t.before == nil || t.changed("availability", "until") {
		switch t.is("availability").Text() {
		case OnBreak, Busy:
			t.tell("guruji.busy", data)
		case Off:
			t.tell("guruji.offline", data)
		default:
			t.tell("guruji.available", data)
		}
	}
	if t.before != nil && t.changed("room", "name", "intakeClosed", "capacity", "disabled") {
		t.tell("guruji.schedule_updated", data)
	}
}

func tellDay(t *telling) {
	data := t.pick("date", "intakeClosed")
	switch {
	case t.set("closedAt"):
		t.tell("queue.day_closed", data)
	case t.set("openedAt"), t.before != nil && !t.was("closedAt").IsNull() && t.is("closedAt").IsNull():
		t.tell("queue.day_opened", data)
	}
}

func tellEmergency(t *telling) {
	data := t.pick("entry", "guruji", "place")
	switch {
	case t.before == nil:
		t.tell("emergency.raised", data)
	case t.set("resolvedAt"):
		t.tell("emergency.resolved", data)
	}
}

func tellDevice(t *telling) {
	if !t.changed("state") {
		return
	}
	data := t.pick("kind", "state", "number")
	switch t.is("state").Text() {
	case DeviceRequested:
		t.tell("device.requested", data)
	case DeviceApproved:
		t.tell("device.approved", data)
	case DeviceRevoked:
		t.tell("device.revoked", data)
	}
}

func tellConflict(t *telling) {
	if t.before == nil {
		t.tell("conflict.recorded", t.pick("subjectKind", "subject", "field"))
	}
}

func tellRequest(t *telling) {
	data := t.pick("command", "state", "code")
	switch {
	case t.before == nil:
		t.tell("request.received", data)
	case t.changed("state") && t.is("state").Text() != RequestPending:
		t.tell("request.settled", data)
	}
}

func tellAnnouncement(t *telling) {
	switch {
	case t.set("withdrawnAt"):
		t.tell("announcement.withdrawn", t.pick("target"))
	case t.set("publishedAt"):
		t.tell("announcement.published", t.pick("target"))
	}
}

// tellAudit tells of the one thing that leaves no other trace than its audit.
func tellAudit(t *telling) {
	if t.before != nil || t.is("type").Text() != "data.export" {
		return
	}
	data := t.pick("actor", "role")
	if about, _ := plainField(t.after, "fields").([]any); len(about) > 0 {
		data["what"] = about[0]
	}
	t.tell("data.exported", data)
}
