package clinic

import (
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/aashram-care/sangam/sync/record"
)

// referenceDigits is how long the reference of a booking is: no telephone number is as short.
const referenceDigits = 6

// referenceOf is the number by which somebody names their appointment at a kiosk. It is drawn from the id, so that a
// repeat has the same one; it need not be unique, since a day that has it twice refuses it.
func referenceOf(appointment record.ID) string {
	drawn := record.Derive("reference", appointment.String())
	return strconv.Itoa(100_000 + int(binary.BigEndian.Uint32(drawn[:4])%900_000))
}

// booked finds the appointment of today that a reference or a telephone number names. A family shares a number, and who
// stands there cannot be told: then only the reference does.
func (w *work) booked(said string) (record.ID, error) {
	var digits string
	for _, c := range said {
		if c >= '0' && c <= '9' {
			digits += string(c)
		}
	}
	fits := func(r *record.Record) bool { return r.Get("reference").Text() == digits }
	if len(digits) != referenceDigits {
		phone := NormalPhone(said)
		fits = func(r *record.Record) bool { return phone != "" && r.Get("phone").Text() == phone }
	}
	found := w.day.stillBooked(fits)
	switch {
	case len(found) == 0:
		return record.ID{}, refuse(CodeNotFound, "There is no booking under this number that is still to come today.")
	case len(digits) == referenceDigits && len(found) > 1,
		slices.ContainsFunc(found, func(r *record.Record) bool { return idOf(r, "person") != idOf(found[0], "person") }):
		return record.ID{}, refuse(CodeNotAllowed, "Several bookings have this number. Give the reference of yours, or ask at the desk.")
	}
	return found[0].ID, nil
}

// stillBooked are the appointments of the day that nobody has come for, the earliest first.
func (d *Day) stillBooked(fits func(*record.Record) bool) []*record.Record {
	var found []*record.Record
	for _, r := range d.kept[KindAppointment] {
		if status := Schema.Shown(r).Name; (status == StatusBooked || status == StatusConfirmed) && fits(r) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, bySlot)
	return found
}
