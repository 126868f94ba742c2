package clinic

import (
	"encoding/json"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/aashram-care/sangam/sync/record"
)

// Settings is what a site decided about itself, with the defaults where it did not.
type Settings struct {
	Name     string
	Timezone string

	OpensAt, ClosesAt int // minutes after midnight; they inform boards and estimates
	ClosedWeekdays    []string
	EnforceHours      bool
	MaxEntriesPerDay  int // 0: no limit
	WaitlistMax       int // how many may wait for a token

	WindowBeforeMinutes, WindowAfterMinutes int // of an appointment, around its slot
	SlotMinutes                             int
	AppointmentsPerDay                      int // of one guruji

	MaxAppointmentsInARow int
	RecallAfterSeconds    int
	MaxRecalls            int
	MissesToNoShow        int

	ElderlyMinutes, DisabledMinutes, PregnantMinutes int
	ServiceMinutes                                   int // taken for a guruji nothing is known of, never shown

	NotificationDays int // how long a notification is shown
	KeepContentDays  int // what is personal in older days may be emptied; 0: it is kept

	zone *time.Location
}

// DefaultSettings are those of a site that decided nothing.
func DefaultSettings() Settings {
	return Settings{
		Timezone: "Asia/Kolkata", zone: india,
		OpensAt: 9 * 60, ClosesAt: 18 * 60, ClosedWeekdays: []string{"sunday"},
		WindowBeforeMinutes: 20, WindowAfterMinutes: 15, SlotMinutes: 45, AppointmentsPerDay: 20, WaitlistMax: 20,
		MaxAppointmentsInARow: 2, RecallAfterSeconds: 60, MaxRecalls: 3, MissesToNoShow: 2,
		ElderlyMinutes: 20, DisabledMinutes: 20, PregnantMinutes: 20, ServiceMinutes: 10,
		NotificationDays: 30,
	}
}

// India has one zone and no summer time, so the default needs no table of zones.
var india = time.FixedZone("IST", 5*3600+1800)

// Zone is the site's time zone.
func (s Settings) Zone() *time.Location {
	if s.zone == nil {
		return india
	}
	return s.zone
}

// SettingEdit is the edit that gives a setting a value. It fails with CodeInvalid for a setting that does not exist
// and a value it cannot have.
func SettingEdit(name string, value any) (record.Edit, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return record.Edit{}, refuse(CodeInvalid, "This value cannot be kept: %v.", err)
	}
	return settingEdit(name, raw)
}

func settingEdit(name string, raw []byte) (record.Edit, error) {
	known, ok := settingTable[name]
	if !ok {
		return record.Edit{}, refuse(CodeInvalid, "There is no setting called %.64q.", name)
	}
	scratch := DefaultSettings()
	value, ok := known.read(raw)
	if !ok || !known.apply(&scratch, value) {
		return record.Edit{}, refuse(CodeInvalid, "The setting %s is %s.", name, known.takes)
	}
	v, err := record.ValueOf(value)
	if err != nil {
		return record.Edit{}, refuse(CodeInvalid, "The setting %s is %s.", name, known.takes)
	}
	return record.Edit{Kind: KindSetting, ID: SettingID(name), Set: fields{"name": record.Text(name), "value": v}}, nil
}

// fields is what an edit sets.
type fields = map[string]record.Value

// learn takes over one setting record. A value that this version does not understand leaves the default.
func (s *Settings) learn(r *record.Record) {
	known, ok := settingTable[r.Get("name").Text()]
	if !ok {
		return
	}
	if value, ok := known.decode(r.Get("value")); ok {
		known.apply(s, value)
	}
}

// setting is one row of the table: what it takes in words, how its value is read, and where it goes. apply reports
// whether the value is within bounds, and changes nothing otherwise.
type setting struct {
	takes  string
	read   func(raw []byte) (any, bool)
	decode func(record.Value) (any, bool)
	apply  func(*Settings, any) bool
	public bool // boards, kiosks and patients may know it
}

func (s setting) shared() setting { s.public = true; return s }

var settingTable = map[string]setting{
	"name":                  textSetting("a name of 1 to 200 characters", 200, func(s *Settings) *string { return &s.Name }).shared(),
	"timezone":              zoneSetting().shared(),
	"opensAt":               wholeSetting("minutes after midnight", 0, 24*60, func(s *Settings) *int { return &s.OpensAt }).shared(),
	"closesAt":              wholeSetting("minutes after midnight", 0, 24*60, func(s *Settings) *int { return &s.ClosesAt }).shared(),
	"closedWeekdays":        weekdaySetting().shared(),
	"enforceHours":          boolSetting(func(s *Settings) *bool { return &s.EnforceHours }).shared(),
	"maxEntriesPerDay":      wholeSetting("a number of entries, 0 for no limit", 0, 100_000, func(s *Settings) *int { return &s.MaxEntriesPerDay }),
	"waitlistMax":           wholeSetting("a number, 0 to 1000", 0, 1000, func(s *Settings) *int { return &s.WaitlistMax }),
	"windowBeforeMinutes":   wholeSetting("minutes, 0 to 240", 0, 240, func(s *Settings) *int { return &s.WindowBeforeMinutes }),
	"windowAfterMinutes":    wholeSetting("minutes, 0 to 240", 0, 240, func(s *Settings) *int { return &s.WindowAfterMinutes }),
	"slotMinutes":           wholeSetting("minutes, 5 to 480", 5, 480, func(s *Settings) *int { return &s.SlotMinutes }),
	"appointmentsPerDay":    wholeSetting("a number, 0 to 1000", 0, 1000, func(s *Settings) *int { return &s.AppointmentsPerDay }),
	"maxAppointmentsInARow": wholeSetting("a number, 1 to 20", 1, 20, func(s *Settings) *int { return &s.MaxAppointmentsInARow }),
	"recallAfterSeconds":    wholeSetting("seconds, 0 to 3600", 0, 3600, func(s *Settings) *int { return &s.RecallAfterSeconds }).shared(),
	"maxRecalls":            wholeSetting("a number, 0 to 20", 0, 20, func(s *Settings) *int { return &s.MaxRecalls }),
	"missesToNoShow":        wholeSetting("a number, 1 to 10", 1, 10, func(s *Settings) *int { return &s.MissesToNoShow }),
	"elderlyMinutes":        wholeSetting("minutes, 0 to 240", 0, 240, func(s *Settings) *int { return &s.ElderlyMinutes }),
	"disabledMinutes":       wholeSetting("minutes, 0 to 240", 0, 240, func(s *Settings) *int { return &s.DisabledMinutes }),
	"pregnantMinutes":       wholeSetting("minutes, 0 to 240", 0, 240, func(s *Settings) *int { return &s.PregnantMinutes }),
	"keepContentDays":       wholeSetting("days, 365 to 36500; without it nothing is emptied", MinKeepDays, 36_500, func(s *Settings) *int { return &s.KeepContentDays }),
	"notificationDays":      wholeSetting("days, 1 to 60", 1, mostNotificationDays, func(s *Settings) *int { return &s.NotificationDays }),
	"serviceMinutes":        wholeSetting("minutes, 1 to 240", 1, 240, func(s *Settings) *int { return &s.ServiceMinutes }),
}

func readAs[T any](raw []byte) (any, bool) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err == nil && string(raw) != "null"
}

func decodeAs[T any](value record.Value) (any, bool) {
	var v T
	err := value.Decode(&v)
	return v, err == nil && !value.IsNull()
}

func textSetting(takes string, most int, at func(*Settings) *string) setting {
	return setting{takes: takes, read: readAs[string], decode: decodeAs[string], apply: func(s *Settings, v any) bool {
		text := v.(string)
		if text == "" || utf8.RuneCountInString(text) > most {
			return false
		}
		*at(s) = text
		return true
	}}
}

func wholeSetting(takes string, low, high int64, at func(*Settings) *int) setting {
	return setting{takes: takes, read: readWhole, decode: decodeAs[int64], apply: func(s *Settings, v any) bool {
		n := v.(int64)
		if n < low || n > high {
			return false
		}
		*at(s) = int(n)
		return true
	}}
}

// readWhole takes 20 and 20.0, which are the same number to whoever typed them.
func readWhole(raw []byte) (any, bool) {
	v, ok := readAs[float64](raw)
	f := v.(float64)
	return int64(f), ok && f == math.Trunc(f) && math.Abs(f) < 1<<53
}

func boolSetting(at func(*Settings) *bool) setting {
	return setting{takes: "true or false", read: readAs[bool], decode: decodeAs[bool], apply: func(s *Settings, v any) bool {
		*at(s) = v.(bool)
		return true
	}}
}

func zoneSetting() setting {
	return setting{takes: "a time zone such as Asia/Kolkata", read: readAs[string], decode: decodeAs[string], apply: func(s *Settings, v any) bool {
		name := v.(string)
		zone, err := time.LoadLocation(name)
		if err != nil || name == "" || name == "Local" {
			return false
		}
		s.Timezone, s.zone = name, zone
		return true
	}}
}

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

func weekdaySetting() setting {
	return setting{takes: "a list of weekdays such as sunday", read: readAs[[]string], decode: decodeAs[[]string], apply: func(s *Settings, v any) bool {
		days := v.([]string)
		for _, day := range days {
			if !slices.Contains(weekdays, day) {
				return false
			}
		}
		s.ClosedWeekdays = days
		return len(days) <= len(weekdays)
	}}
}
