package api

// EventInfo describes one type of event: when it comes, and the type of its data.
type EventInfo struct {
	Type string
	Doc  string
	Data any
}

// Catalogue lists every event there is, in the domain's order. Data holds ids, tokens and states, never a name, a phone
// number or a word about health: who may know these reads the record that the subject names.
var Catalogue = []EventInfo{
	{"appointment.created", "an appointment was booked", AppointmentEvent{}},
	{"appointment.updated", "something else of an appointment changed", AppointmentEvent{}},
	{"appointment.cancelled", "an appointment was cancelled", AppointmentEvent{}},
	{"appointment.rescheduled", "an appointment has another time or day", AppointmentEvent{}},
	{"appointment.checked_in", "a person with an appointment came", AppointmentEvent{}},
	{"appointment.completed", "the consultation of an appointment ended", AppointmentEvent{}},
	{"appointment.reminder", "somebody was reminded of an appointment, or an outside app says that it is near", OutsideData{}},
	{"queue.entry_added", "somebody joined a queue", EntryEvent{}},
	{"queue.entry_updated", "an entry changed and is still open", EntryEvent{}},
	{"queue.entry_removed", "an entry ended", EntryEvent{}},
	{"queue.position_updated", "places in a queue changed; once a queue, and the subject is its guruji", PositionEvent{}},
	{"queue.called", "somebody is called", EntryEvent{}},
	{"queue.recalled", "somebody is called again", EntryEvent{}},
	{"queue.transferred", "somebody goes to another guruji", TransferEvent{}},
	{"queue.day_opened", "the service-day began", DayEvent{}},
	{"queue.day_closed", "the service-day ended", DayEvent{}},
	{"consultation.started", "a consultation began", CareEvent{}},
	{"consultation.ended", "a consultation ended", CareEvent{}},
	{"consultation.updated", "a note was written", CareEvent{}},
	{"remedy.prescribed", "a remedy was prescribed", CareEvent{}},
	{"remedy.updated", "a remedy changed", CareEvent{}},
	{"remedy.completed", "a remedy was completed", CareEvent{}},
	{"notification.sent", "a notification was sent", NotificationEvent{}},
	{"notification.read", "a notification was read", NotificationEvent{}},
	{"notification.deleted", "a notification was deleted", NotificationEvent{}},
	{"user.registered", "a person or a member of staff was registered; the subject's kind says which", UserEvent{}},
	{"user.updated", "a person or a member of staff changed", UserEvent{}},
	{"user.status_changed", "a member of staff was let go or came back", UserEvent{}},
	{"guruji.available", "a guruji sees people", GurujiEvent{}},
	{"guruji.busy", "a guruji is on a break or busy", GurujiEvent{}},
	{"guruji.offline", "a guruji is off", GurujiEvent{}},
	{"guruji.schedule_updated", "room, intake or capacity of a guruji changed", GurujiEvent{}},
	{"emergency.raised", "somebody calls for help", EmergencyEvent{}},
	{"emergency.resolved", "an emergency is over", EmergencyEvent{}},
	{"device.requested", "a device asks to be let in", DeviceEvent{}},
	{"device.approved", "a device was let in", DeviceEvent{}},
	{"device.revoked", "a device was shut out", DeviceEvent{}},
	{"device.silent", "a device was not heard for long", DeviceEvent{}},
	{"conflict.recorded", "two edits met and one value was dropped", ConflictEvent{}},
	{"request.received", "the centre asks the site to act", RequestEvent{}},
	{"request.settled", "the site answered a request", RequestEvent{}},
	{"announcement.published", "the centre announces something", AnnouncementEvent{}},
	{"announcement.withdrawn", "an announcement was taken back", AnnouncementEvent{}},
	{"data.exported", "somebody took data out of the node", ExportEvent{}},
	{"system.maintenance", "the node will be away", OutsideData{}},
	{"system.update", "the node runs another version", OutsideData{}},
	{"system.error", "an admin must act", OutsideData{}},
	{"server.time_update", "the node's clock was set", OutsideData{}},
	{"uplink.changed", "the line between a site and the centre came into another state", UplinkEvent{}},
}

// EntryEvent is the data of what happens to one place in a queue.
type EntryEvent struct {
	Token      string  `json:"token" example:"A012"`
	Status     string  `json:"status" example:"called"`
	Generation int64   `json:"generation" example:"1"`
	Guruji     string  `json:"guruji" example:"0199c3a0-0000-7000-8000-00000000000a" doc:"Id of the guruji"`
	Room       *string `json:"room" example:"2"`
}

// PositionEvent names the queue in which places changed.
type PositionEvent struct {
	Guruji string `json:"guruji" example:"0199c3a0-0000-7000-8000-00000000000a" doc:"Id of the guruji"`
}

// TransferEvent is the data of queue.transferred.
type TransferEvent struct {
	Token  string `json:"token" example:"A012"`
	Guruji string `json:"guruji" example:"0199c3a0-0000-7000-8000-00000000000b" doc:"To whom"`
	From   string `json:"from" example:"0199c3a0-0000-7000-8000-00000000000a" doc:"From whom"`
}

// DayEvent is the data of what happens to a service-day.
type DayEvent struct {
	Date         string `json:"date" example:"2026-01-05"`
	IntakeClosed *bool  `json:"intakeClosed" example:"false"`
}

// AppointmentEvent is the data of what happens to an appointment.
type AppointmentEvent struct {
	Status string  `json:"status" example:"booked"`
	Guruji *string `json:"guruji" example:"0199c3a0-0000-7000-8000-00000000000a" doc:"Id of the guruji"`
	Slot   *Time   `json:"slot" format:"date-time" example:"2026-01-05T04:30:00.000Z"`
	Date   *string `json:"date" example:"2026-01-05"`
	Entry  *string `json:"entry" example:"0199c3a0-0000-7000-8000-000000000001" doc:"The queue entry, once they came"`
}

// CareEvent is the data of what happens to a consultation or a remedy.
type CareEvent struct {
	Entry  *string `json:"entry" example:"0199c3a0-0000-7000-8000-000000000001" doc:"Id of the queue entry"`
	Guruji *string `json:"guruji" example:"0199c3a0-0000-7000-8000-00000000000a" doc:"Id of the guruji"`
}

// NotificationEvent is the data of what happens to a notification.
type NotificationEvent struct {
	ToKind *string `json:"toKind" example:"guruji" doc:"guruji, entry or role"`
	To     *string `json:"to" example:"0199c3a0-0000-7000-8000-00000000000a" doc:"An id, or the name of a role"`
}

// AnnouncementEvent is the data of what happens to an announcement of the centre.
type AnnouncementEvent struct {
	Target *[]string `json:"target,omitempty" example:"[\"0199c3a0-0000-7000-8000-00000000000a\"]" doc:"For staff: the sites it is for; null for all"`
}

// UserEvent is the data of what happens to a person, for whom it is empty, or to a member of staff.
type UserEvent struct {
	Role     *string `json:"role,omitempty" example:"coordinator"`
	Disabled *bool   `json:"disabled,omitempty" nullable:"true" example:"false"`
}

// GurujiEvent is the data of what happens to a guruji.
type GurujiEvent struct {
	Availability *string `json:"availability" example:"on_break"`
	Until        *Time   `json:"until" format:"date-time" example:"2026-01-05T06:00:00.000Z"`
	Room         *string `json:"room" example:"2"`
}

// EmergencyEvent is the data of what happens to an emergency.
type EmergencyEvent struct {
	Entry  *string `json:"entry" example:"0199c3a0-0000-7000-8000-000000000001" doc:"Whose place in the queue, when they have one"`
	Guruji *string `json:"guruji" example:"0199c3a0-0000-7000-8000-00000000000a" doc:"In whose queue"`
	Place  *string `json:"place" example:"gate"`
}

// DeviceEvent is the data of what happens to a device.
type DeviceEvent struct {
	Kind   *string `json:"kind" example:"kiosk"`
	State  *string `json:"state" example:"approved"`
	Number *int64  `json:"number" example:"2" doc:"Of a kiosk: K2 is the series of number 2"`
}

// ConflictEvent is the data of conflict.recorded.
type ConflictEvent struct {
	SubjectKind *string `json:"subjectKind" example:"entry"`
	Subject     *string `json:"subject" example:"0199c3a0-0000-7000-8000-000000000001" doc:"Id of the record in which two edits met"`
	Field       *string `json:"field" example:"guruji"`
}

// RequestEvent is the data of what happens to a request of the centre.
type RequestEvent struct {
	Command *string `json:"command" example:"day.set_intake"`
	State   *string `json:"state" example:"accepted"`
	Code    *string `json:"code" example:"not_allowed" doc:"Why it was refused"`
}

// ExportEvent is the data of data.exported; its subject is the audit of it.
type ExportEvent struct {
	Actor string `json:"actor" example:"0199c3a0-0000-7000-8000-0000000000aa" doc:"Id of who did"`
	Role  string `json:"role" example:"admin"`
	What  string `json:"what" example:"entries"`
}

// UplinkEvent is the data of uplink.changed.
type UplinkEvent struct {
	State  string `json:"state" example:"silent"`
	Was    string `json:"was" example:"live"`
	Reason string `json:"reason,omitempty" example:"revoked" doc:"Of rejected"`
}

// OutsideData is what an outside app or another part of the node says, in fields of its own.
type OutsideData map[string]any
