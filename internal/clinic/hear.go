package clinic

import (
	"maps"
	"slices"
	"strings"

	"github.com/aashram-care/sangam/sync/record"
)

// hearers are the roles that hear of an area at all; gurujis and patients are narrowed further by what is theirs.
var hearers = map[string]roleSet{
	"queue":        everyone,
	"guruji":       everyone,
	"appointment":  overseers | roles(RoleApp),
	"consultation": inside | roles(RoleApp),
	"remedy":       inside | visitors | roles(RoleApp),
	"notification": inside | visitors | roles(RoleApp),
	"user":         deskOnly | roles(RoleApp),
	"emergency":    overseers,
	"device":       deskOnly,
	"conflict":     overseers,
	"request":      admins,
	"announcement": everyone,
	"system":       everyone,
	"server":       everyone,
	"uplink":       overseers,
	"data":         admins,
}

// CanHear tells whether an audience hears of an event, and gives the event as it hears it. The rule is that of View: an
// event never tells of a record that its hearer may not see.
func CanHear(a Audience, e Event, day *Day) (Event, bool) {
	area, _, _ := strings.Cut(e.Type, ".")
	reader := a.Actor()
	if !hearers[area].has(reader.Role) {
		return Event{}, false
	}
	if !staffEvents.has(reader.Role) {
		e.Actor = "" // who pressed the key is for staff
		e.Data = saidAloud(e.Data)
	}
	switch {
	case area == "notification" && reader.Role != RoleApp:
		toKind, _ := e.Data["toKind"].(string)
		to, _ := e.Data["to"].(string)
		return e, reader.mayReadNotification(toKind, to)
	case area == "announcement":
		return reader.hearsAnnounced(e, day)
	case area == "data":
		return e, mayRead(reader.Role, e.Subject.Kind, "type") // an audit is read where it was written
	}
	switch reader.Role {
	case RolePatient:
		return e, reader.patientHears(e, day)
	case RoleGuruji:
		return e, reader.gurujiHears(area, e, day)
	}
	return e, true
}

var staffEvents = overseers | roles(RoleApp)

// aloud are the data of events that may be read by whoever stands before a board.
var aloud = strings.Fields("token status generation guruji room from date intakeClosed availability until entry toKind to target " +
	"awaySeconds byMs version what minutes")

// mostAloud is how long a text is that the hall is shown.
const mostAloud = 64

// saidAloud leaves out what an outside app put into an event beside what belongs there: a name, or what ails somebody.
func saidAloud(data map[string]any) map[string]any {
	unfit := func(name string, value any) bool {
		text, isText := value.(string)
		_, isObject := value.(map[string]any)
		return !slices.Contains(aloud, name) || isObject || isText && len(text) > mostAloud
	}
	for name, value := range data {
		if unfit(name, value) {
			data = maps.Clone(data)
			maps.DeleteFunc(data, unfit)
			break
		}
	}
	return data
}

func (a Actor) patientHears(e Event, day *Day) bool {
	own := a.Entry.String()
	switch {
	case a.Entry.IsZero():
		return false
	case e.Subject.Kind == KindEntry:
		return e.Subject.ID == own
	case e.Data["entry"] != nil:
		return e.Data["entry"] == own
	case e.Subject.Kind == KindGuruji:
		entry := day.entry(a.Entry)
		return entry != nil && e.Subject.ID == entry.guruji.String()
	}
	return e.Subject.Kind == KindDay || strings.HasPrefix(e.Type, "system.") || strings.HasPrefix(e.Type, "server.")
}

// hearsAnnounced: what is announced to other sites is theirs, and which sites those are is for staff.
func (a Actor) hearsAnnounced(e Event, day *Day) (Event, bool) {
	if !centre.has(a.Role) && day != nil && !aimedAt(e.Data["target"], day) {
		return Event{}, false
	}
	if !overseers.has(a.Role) {
		e.Data = maps.Clone(e.Data)
		delete(e.Data, "target")
	}
	return e, true
}

// gurujiHears: of others' appointments, consultations, remedies and conflicts nothing; the queues are on the boards
// anyway.
func (a Actor) gurujiHears(area string, e Event, day *Day) bool {
	switch area {
	case "appointment", "consultation", "remedy":
		return e.Data["guruji"] == a.Guruji.String()
	case "conflict":
		kind, _ := e.Data["subjectKind"].(string)
		text, _ := e.Data["subject"].(string)
		subject, err := record.ParseID(text)
		return err == nil && a.ownsSubject(day, kind, subject)
	}
	return true
}
