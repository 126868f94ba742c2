package clinic

import (
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// Book is the data of appointment.book.
type Book struct {
	Person    *PersonRef `json:"person" nullable:"false"`
	Guruji    record.ID  `json:"guruji"`
	Slot      time.Time  `json:"slot" format:"date-time"`
	Minutes   int        `json:"minutes,omitempty" minimum:"5" maximum:"480" doc:"Length; the site's setting when left out"`
	Reason    string     `json:"reason,omitempty" maxLength:"2000"`
	Recurring string     `json:"recurring,omitempty" enum:"weekly,monthly,quarterly,yearly"`
	Times     int        `json:"times,omitempty" minimum:"2" maximum:"53" doc:"How often in all, with recurring; a usual number when left out"`
}

// AppointmentMove is the data of appointment.confirm, cancel and no_show.
type AppointmentMove struct {
	Appointment record.ID `json:"appointment"`
	Reason      string    `json:"reason,omitempty" maxLength:"2000"`
	Later       bool      `json:"later,omitempty" doc:"Confirm and cancel: also all later ones of the series"`
}

// Reschedule is the data of appointment.reschedule. On another day the appointment becomes a new record, which the
// answer names, since a record keeps its day.
type Reschedule struct {
	Appointment record.ID `json:"appointment"`
	Slot        time.Time `json:"slot" format:"date-time"`
	Guruji      record.ID `json:"guruji,omitzero"`
	Later       bool      `json:"later,omitempty" doc:"Moves all later ones of the series as far"`
}

// Remind is the data of appointment.remind.
type Remind struct {
	Appointment record.ID `json:"appointment"`
}

// AppointmentAnswer is the answer of every appointment command.
type AppointmentAnswer struct {
	Appointment record.ID `json:"appointment"`
	Status      string    `json:"status"`
	Reference   string    `json:"reference,omitempty" doc:"Six digits by which they check themselves in on the day"`

	Series       record.ID     `json:"series,omitzero" doc:"What the appointments of one recurring booking share"`
	Appointments []record.ID   `json:"appointments,omitempty" doc:"All of the series that were booked or changed, in time order"`
	Skipped      []SkippedSlot `json:"skipped,omitempty" doc:"Those of the series that could not be booked or moved"`
}

// SkippedSlot is a slot of a recurring booking that was not free.
type SkippedSlot struct {
	Slot time.Time `json:"slot" format:"date-time"`
	Why  string    `json:"why"`
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

// Amend is the data of consultation.amend: the text is added to a consultation that has ended, and stands beside its note.
type Amend struct {
	Consultation record.ID `json:"consultation"`
	Text         string    `json:"text" maxLength:"20000"`
}

// RemedyUpdate is the data of remedy.update; fields left out stay as they are.
type RemedyUpdate struct {
	Remedy       record.ID `json:"remedy"`
	Type         *string   `json:"type,omitempty" enum:"homeopathic,ayurvedic,spiritual,lifestyle,dietary"`
	Name         *string   `json:"name,omitempty" maxLength:"200"`
	Dosage       *string   `json:"dosage,omitempty" maxLength:"2000"`
	Days         *int      `json:"days,omitempty" minimum:"1" maximum:"3650"`
	Instructions *string   `json:"instructions,omitempty" maxLength:"20000"`
	Language     *string   `json:"language,omitempty" maxLength:"16"`
}

// RemedyRef is the data of remedy.deliver and remedy.complete.
type RemedyRef struct {
	Remedy record.ID `json:"remedy"`
}

// NotificationSend is the data of notification.send: to exactly one of a guruji, the patient of an entry, and everybody
// of a role.
type NotificationSend struct {
	Guruji record.ID `json:"guruji,omitzero"`
	Entry  record.ID `json:"entry,omitzero"`
	Role   Role      `json:"role,omitempty" enum:"coordinator,guruji,admin"`
	Title  string    `json:"title" maxLength:"200"`
	Body   string    `json:"body,omitempty" maxLength:"2000"`
}

// NotificationRef is the data of notification.read and notification.delete.
type NotificationRef struct {
	Notification record.ID `json:"notification"`
}
