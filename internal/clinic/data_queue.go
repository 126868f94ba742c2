package clinic

import (
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// CheckIn is the data of queue.check_in.
type CheckIn struct {
	Guruji      record.ID  `json:"guruji,omitzero" doc:"Whom to see; without it the least projected wait decides"`
	Person      *PersonRef `json:"person,omitempty" doc:"Who; without it the entry is anonymous"`
	Appointment record.ID  `json:"appointment,omitzero"`
	Booking     string     `json:"booking,omitempty" maxLength:"40" doc:"In place of appointment: its reference, or the telephone number under which it was booked"`
	Credit      string     `json:"credit,omitempty" enum:"elderly,disabled,pregnant"`
	Emergency   bool       `json:"emergency,omitempty" doc:"From a kiosk or a patient this only calls staff"`
	Token       string     `json:"token,omitempty" doc:"From the device's own lease, when it was cut off"`
	Reason      string     `json:"reason,omitempty" maxLength:"2000" doc:"Why they came; only their guruji reads it"`
	Language    string     `json:"language,omitempty" maxLength:"16"`
	Override    bool       `json:"override,omitempty" doc:"A coordinator lets them in although intake is closed"`
}

// PersonRef names a person by id, or by name and phone: the same normalised pair is the same person.
type PersonRef struct {
	ID    record.ID `json:"id,omitzero"`
	Name  string    `json:"name,omitempty" maxLength:"200"`
	Phone string    `json:"phone,omitempty" maxLength:"40"`
}

// CheckInAnswer is the answer of queue.check_in. Link is filled in at the door.
type CheckInAnswer struct {
	Entry    record.ID `json:"entry"`
	Token    string    `json:"token"`
	Day      string    `json:"day" example:"2026-01-05" doc:"Service-day, on which nobody else has this token"`
	Guruji   record.ID `json:"guruji"`
	Position *int      `json:"position"`
	Ahead    *int      `json:"ahead"`
	Wait     *Wait     `json:"wait"`
	LongWait bool      `json:"longWait,omitempty"`
	Link     string    `json:"link,omitempty"`
}

// JoinWaitlist is the data of queue.join_waitlist: for somebody who comes when the day's tokens are given.
type JoinWaitlist struct {
	Guruji   record.ID  `json:"guruji,omitzero" doc:"Whom to see; without it the least projected wait decides"`
	Person   *PersonRef `json:"person" nullable:"false"`
	Reason   string     `json:"reason,omitempty" maxLength:"2000"`
	Language string     `json:"language,omitempty" maxLength:"16"`
}

// WaitlistAnswer is the answer of queue.join_waitlist.
type WaitlistAnswer struct {
	Waitlist record.ID `json:"waitlist"`
	Place    int       `json:"place" doc:"1 is the first to get a token"`
}

// WaitlistRef is the data of queue.admit and queue.leave_waitlist.
type WaitlistRef struct {
	Waitlist record.ID `json:"waitlist"`
	Guruji   record.ID `json:"guruji,omitzero" doc:"Of queue.admit: to another guruji than they asked for"`
}

// CallNext is the data of queue.call_next.
type CallNext struct {
	Guruji record.ID `json:"guruji,omitzero" doc:"Whose queue; a guruji's own when left out"`
}

// EntryAnswer is the answer of queue.call_next and of all that move one entry.
type EntryAnswer struct {
	Entry  record.ID `json:"entry"`
	Token  string    `json:"token"`
	Status string    `json:"status"`
}

// EntryMove is the data of every queue command that names just an entry.
type EntryMove struct {
	Entry  record.ID `json:"entry"`
	Reason string    `json:"reason,omitempty" maxLength:"2000"`
}

// Transfer is the data of queue.transfer.
type Transfer struct {
	Entry  record.ID `json:"entry"`
	Guruji record.ID `json:"guruji,omitzero" doc:"To whom; without it the least projected wait decides among the others"`
	Reason string    `json:"reason,omitempty" maxLength:"2000"`
}

// Prioritise is the data of queue.prioritise: exactly one of Emergency, Credit and Nudge.
type Prioritise struct {
	Entry     record.ID `json:"entry"`
	Emergency *bool     `json:"emergency,omitempty" doc:"true: first of all; false: back among the others"`
	Credit    string    `json:"credit,omitempty" enum:"elderly,disabled,pregnant"`
	Nudge     *int      `json:"nudge,omitempty" minimum:"-120" maximum:"120" doc:"Minutes earlier, or later when negative; replaces an earlier nudge"`
	Reason    string    `json:"reason" maxLength:"2000"`
}

// UndoData is the data of queue.undo.
type UndoData struct {
	Entry  record.ID `json:"entry"`
	Action record.ID `json:"action" doc:"Id of the action to take back"`
}

// LeaseTokens is the data of queue.lease_tokens.
type LeaseTokens struct {
	Count int `json:"count" minimum:"1" maximum:"50"`
}

// LeaseAnswer is a block of token numbers that a device may give out while it is cut off: Prefix, a dash, and the
// number with at least two digits (K2-07). It holds for Day only.
type LeaseAnswer struct {
	Lease  record.ID `json:"lease"`
	Day    string    `json:"day"`
	Prefix string    `json:"prefix"`
	From   int       `json:"from"`
	To     int       `json:"to"`
}

// SetAvailability is the data of guruji.set_availability.
type SetAvailability struct {
	Guruji       record.ID  `json:"guruji,omitzero" doc:"A guruji's own when left out"`
	Availability string     `json:"availability" enum:"available,on_break,busy,off"`
	Until        *time.Time `json:"until,omitempty" format:"date-time" doc:"End of the break; open-ended when left out"`
	OfferTo      record.ID  `json:"offerTo,omitzero" doc:"With on_break and off: to whom those who wait may go, keeping token and check-in time"`
}

// SetRoom is the data of guruji.set_room.
type SetRoom struct {
	Guruji record.ID `json:"guruji,omitzero"`
	Room   string    `json:"room" maxLength:"40"`
}

// SetCapacity is the data of guruji.set_capacity.
type SetCapacity struct {
	Guruji   record.ID `json:"guruji"`
	Capacity *int      `json:"capacity" minimum:"0" maximum:"1000" doc:"People a day; 0 for no limit"`
}

// DayMove is the data of day.open, day.close and day.seal.
type DayMove struct {
	Reason string `json:"reason,omitempty" maxLength:"2000"`
}

// SetIntake is the data of day.set_intake: for the whole day, or for one guruji.
type SetIntake struct {
	Open   *bool     `json:"open"`
	Guruji record.ID `json:"guruji,omitzero"`
	Reason string    `json:"reason,omitempty" maxLength:"2000"`
}

// Wait is an honest range in minutes, rounded to 5, that should hold four times out of five.
type Wait struct {
	Low  int `json:"low"`
	High int `json:"high"`
}
