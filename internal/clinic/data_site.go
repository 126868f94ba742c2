package clinic

import (
	"encoding/json"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// PersonRegister is the data of person.register.
type PersonRegister struct {
	Name      string `json:"name" maxLength:"200"`
	Phone     string `json:"phone,omitempty" maxLength:"40"`
	BirthYear int    `json:"birthYear,omitempty" minimum:"1880" maximum:"2200"`
	Gender    string `json:"gender,omitempty" maxLength:"40"`
	Place     string `json:"place,omitempty" maxLength:"200"`
	Language  string `json:"language,omitempty" maxLength:"16"`
	Guardian  string `json:"guardian,omitempty" maxLength:"200"`
	How       string `json:"how,omitempty" enum:"self,coordinator,family,walk_in,phone" doc:"How they were registered"`
}

// PersonAnswer is the answer of person.register: Existing says that the same name and phone were known.
type PersonAnswer struct {
	Person   record.ID `json:"person"`
	Existing bool      `json:"existing,omitempty"`
}

// PersonUpdate is the data of person.update; fields left out stay as they are.
type PersonUpdate struct {
	Person    record.ID `json:"person"`
	Name      *string   `json:"name,omitempty" maxLength:"200"`
	Phone     *string   `json:"phone,omitempty" maxLength:"40"`
	BirthYear *int      `json:"birthYear,omitempty" minimum:"1880" maximum:"2200"`
	Gender    *string   `json:"gender,omitempty" maxLength:"40"`
	Place     *string   `json:"place,omitempty" maxLength:"200"`
	Language  *string   `json:"language,omitempty" maxLength:"16"`
	Guardian  *string   `json:"guardian,omitempty" maxLength:"200"`
}

// Book is the data of appointment.book.
type Book struct {
	Person    *PersonRef `json:"person"`
	Guruji    record.ID  `json:"guruji"`
	Slot      time.Time  `json:"slot" format:"date-time"`
	Minutes   int        `json:"minutes,omitempty" minimum:"5" maximum:"480" doc:"Length; the site's setting when left out"`
	Reason    string     `json:"reason,omitempty" maxLength:"2000"`
	Recurring string     `json:"recurring,omitempty" enum:"weekly,monthly,quarterly,yearly"`
}

// AppointmentMove is the data of appointment.confirm, cancel and no_show.
type AppointmentMove struct {
	Appointment record.ID `json:"appointment"`
	Reason      string    `json:"reason,omitempty" maxLength:"2000"`
}

// Reschedule is the data of appointment.reschedule. On another day the appointment becomes a new record, which the
// answer names, since a record keeps its day.
type Reschedule struct {
	Appointment record.ID `json:"appointment"`
	Slot        time.Time `json:"slot" format:"date-time"`
	Guruji      record.ID `json:"guruji,omitzero"`
}

// AppointmentAnswer is the answer of every appointment command.
type AppointmentAnswer struct {
	Appointment record.ID `json:"appointment"`
	Status      string    `json:"status"`
}

// Note is the data of consultation.note: the text replaces the note of the consultation of that entry.
type Note struct {
	Entry        record.ID `json:"entry,omitzero"`
	Consultation record.ID `json:"consultation,omitzero"`
	Text         string    `json:"text" maxLength:"20000"`
}

// Prescribe is the data of remedy.prescribe.
type Prescribe struct {
	Entry        record.ID `json:"entry"`
	Template     record.ID `json:"template,omitzero" doc:"Fields left out come from it"`
	Type         string    `json:"type,omitempty" enum:"homeopathic,ayurvedic,spiritual,lifestyle,dietary"`
	Name         string    `json:"name,omitempty" maxLength:"200"`
	Dosage       string    `json:"dosage,omitempty" maxLength:"2000"`
	Days         int       `json:"days,omitempty" minimum:"1" maximum:"3650"`
	Instructions string    `json:"instructions,omitempty" maxLength:"20000"`
	Language     string    `json:"language,omitempty" maxLength:"16"`
}

// RecordAnswer names the record a command made or changed.
type RecordAnswer struct {
	ID record.ID `json:"id"`
}

// StaffCreate is the data of staff.create; the PIN travels beside it and is only ever kept as a hash.
type StaffCreate struct {
	Name string `json:"name" maxLength:"200"`
	Role Role   `json:"role" enum:"coordinator,guruji,admin,central_admin"`
	Room string `json:"room,omitempty" maxLength:"40" doc:"Of a guruji"`
}

// StaffAnswer is the answer of staff.create; Guruji and Series are those of the guruji record it made.
type StaffAnswer struct {
	Staff  record.ID `json:"staff"`
	Guruji record.ID `json:"guruji,omitzero"`
	Series string    `json:"series,omitempty"`
}

// StaffUpdate is the data of staff.update.
type StaffUpdate struct {
	Staff record.ID `json:"staff"`
	Name  *string   `json:"name,omitempty" maxLength:"200"`
	Role  *Role     `json:"role,omitempty" enum:"coordinator,admin,central_admin" doc:"Nobody becomes or stops being a guruji this way"`
}

// StaffDisable is the data of staff.disable.
type StaffDisable struct {
	Staff    record.ID `json:"staff"`
	Disabled *bool     `json:"disabled,omitempty" doc:"false lets them in again"`
}

// StaffRef is the data of staff.reset_pin.
type StaffRef struct {
	Staff record.ID `json:"staff"`
}

// DeviceRequest is the data of device.request.
type DeviceRequest struct {
	Kind string `json:"kind" enum:"kiosk,board,printer,browser"`
	Name string `json:"name" maxLength:"200"`
}

// DeviceApprove is the data of device.approve.
type DeviceApprove struct {
	Device record.ID `json:"device"`
	Name   string    `json:"name,omitempty" maxLength:"200" doc:"A better name than the one it asked under"`
}

// DeviceRef is the data of device.revoke.
type DeviceRef struct {
	Device record.ID `json:"device"`
}

// SettingUpdate is the data of setting.update.
type SettingUpdate struct {
	Name  string          `json:"name" maxLength:"64"`
	Value json.RawMessage `json:"value"`
}

// EmergencyRaise is the data of emergency.raise.
type EmergencyRaise struct {
	Entry record.ID `json:"entry,omitzero"`
	Place string    `json:"place,omitempty" maxLength:"200"`
	Note  string    `json:"note,omitempty" maxLength:"2000"`
}

// EmergencyResolve is the data of emergency.resolve.
type EmergencyResolve struct {
	Emergency record.ID `json:"emergency"`
	Outcome   string    `json:"outcome,omitempty" maxLength:"2000"`
}

// SiteEnrol is the data of site.enrol, at the centre. Site names a known site whose box is replaced.
type SiteEnrol struct {
	Name string    `json:"name" maxLength:"200"`
	Site record.ID `json:"site,omitzero"`
}

// SiteRef is the data of site.revoke.
type SiteRef struct {
	Site record.ID `json:"site"`
}

// RequestSend is the data of request.send: a command that the site is asked to run.
type RequestSend struct {
	Site    record.ID       `json:"site"`
	Type    string          `json:"type" maxLength:"64"`
	Saw     map[string]any  `json:"saw,omitempty"`
	Data    json.RawMessage `json:"data"`
	Minutes int             `json:"minutes,omitempty" minimum:"1" maximum:"44640" doc:"Until it expires; a day when left out"`
}
