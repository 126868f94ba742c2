package api

// BookingRow is an appointment of a day, as far as the asking role may see it.
type BookingRow struct {
	ID        string `json:"id"`
	Guruji    string `json:"guruji"`
	Person    string `json:"person,omitempty"`
	Name      string `json:"name,omitempty" example:"Usha Patil"`
	Phone     string `json:"phone,omitempty" example:"919822012345"`
	Slot      *Time  `json:"slot" format:"date-time"`
	Status    string `json:"status" example:"booked"`
	Reference string `json:"reference,omitempty" example:"482913"`
	Reminded  *Time  `json:"remindedAt,omitempty" format:"date-time" doc:"When they were last reminded of it"`
	MovedTo   string `json:"rescheduledTo,omitempty" doc:"The appointment of another day that took its place"`
}

// Bookings is the answer of GET /api/v1/bookings, in the order of their slots.
type Bookings struct {
	Day      string       `json:"day" example:"2026-01-05"`
	Bookings []BookingRow `json:"bookings" nullable:"false"`
}
