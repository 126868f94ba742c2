package clinic

import "time"

// Places are the place and the wait of everybody in line, for those who measure nothing but that.
func (d *Day) Places(clinicNow time.Time) []PlaceRow {
	var all []PlaceRow
	for id, q := range d.queues {
		o := d.outlook(id, clinicNow)
		for ahead, e := range q.line {
			all = append(all, o.at(e, ahead))
		}
	}
	return all
}
