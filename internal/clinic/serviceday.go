package clinic

import (
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// cutOff is when one service-day turns into the next, in the site's zone: the evening's last people belong to it.
const cutOff = 3 * time.Hour

const dateLayout = "2006-01-02"

// ServiceDay is the service-day that a moment belongs to, YYYY-MM-DD, in a site's zone.
func ServiceDay(t time.Time, zone *time.Location) string {
	local := t.In(zone)
	if local.Hour() < int(cutOff/time.Hour) {
		local = local.AddDate(0, 0, -1)
	}
	return local.Format(dateLayout)
}

// daysBefore is the service-day so many days before another, empty for what is no date.
func daysBefore(date string, days int) string {
	at, err := time.Parse(dateLayout, date)
	if err != nil {
		return ""
	}
	return at.AddDate(0, 0, -days).Format(dateLayout)
}

// DayID is the id of the record of a date: a day exists once, whoever opens it.
func DayID(date string) record.ID { return record.Derive(KindDay, date) }

// SettingID is the id of the record of a setting.
func SettingID(name string) record.ID { return record.Derive(KindSetting, name) }

// PolicyID is the id of the record of a policy of the centre.
func PolicyID(name string) record.ID { return record.Derive(KindPolicy, name) }

// stamp is a time as the contract writes it: RFC 3339, UTC, milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// stampMs is stamp of milliseconds since the epoch, and nil for none.
func stampMs(ms int64) *string {
	if ms == 0 {
		return nil
	}
	s := stamp(time.UnixMilli(ms))
	return &s
}
