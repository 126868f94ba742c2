package api

import "github.com/aashram-care/sangam/internal/clinic"

// Views a snapshot, poll or socket may be of.
const (
	ViewQueue       = clinic.ViewQueue
	ViewBoard       = clinic.ViewBoard
	ViewKiosk       = clinic.ViewKiosk
	ViewGuruji      = clinic.ViewGuruji
	ViewCoordinator = clinic.ViewCoordinator
	ViewAdmin       = clinic.ViewAdmin
	ViewPatient     = clinic.ViewPatient
	ViewCentre      = clinic.ViewCentre
)

// Snapshot is the answer of GET /api/v1/snapshot: a view now, and the cursor it stands at.
type Snapshot struct {
	Cursor string `json:"cursor" maxLength:"512" doc:"Opaque; belongs to this view and site"`
	At     Time   `json:"at" format:"date-time"`
	View   any    `json:"view" doc:"QueueView, or CentreView for view=centre"`
}

// Wait is an honest range in minutes.
type Wait = clinic.Wait

// The view of a site's queue and its parts. Package clinic makes them, so they are described there.
type (
	QueueView  = clinic.QueueView
	GurujiView = clinic.GurujiView
	EntryView  = clinic.EntryRow
	RecentCall = clinic.RecentCall
)

// Fields of derived rows.
type (
	PlaceRow      = clinic.PlaceRow
	GurujiWaitRow = clinic.GurujiWaitRow
	RecentRow     = clinic.RecentRow
)

// CentreView is the hub's view of all its sites.
type CentreView struct {
	Sites []SiteStatus `json:"sites" nullable:"false"`
}

// States of a site at the hub and of an uplink at a site; an uplink is also off or connecting.
const (
	StateLive       = "live"
	StateLagging    = "lagging"
	StateSilent     = "silent"
	StateNeverSeen  = "never_seen"
	StateClockWrong = "clock_wrong"
	StateCloned     = "cloned"
	StateRejected   = "rejected"
	StateOff        = "off"
	StateConnecting = "connecting"
)

// SiteStatus is what the centre knows of one site, and the fields of a site_status row.
type SiteStatus struct {
	ID            string  `json:"id"`
	Name          string  `json:"name"`
	State         string  `json:"state" enum:"live,lagging,silent,never_seen,clock_wrong,cloned,rejected"`
	Reason        string  `json:"reason,omitempty" doc:"Of rejected: revoked, join_used, join_expired, join_site or version"`
	LastHeard     *Time   `json:"lastHeard" format:"date-time"`
	Backlog       Backlog `json:"backlog"`
	ClockOffsetMs *int64  `json:"clockOffsetMs" doc:"Site's clock minus the hub's"`
	Waiting       *int    `json:"waiting"`
	InService     *int    `json:"inService"`
	Done          *int    `json:"done"`
}

// Backlog is what waits to be acknowledged by the other side.
type Backlog struct {
	Records  int   `json:"records"`
	Bytes    int   `json:"bytes"`
	OldestAt *Time `json:"oldestAt" format:"date-time"`
}

// Change is one row as it is now, or that it may no longer be seen.
type Change struct {
	Kind   string `json:"kind" doc:"Kind of a record, or of a derived row: row, place, guruji_wait, recent, wait_truth, site_status"`
	ID     string `json:"id"`
	Seq    Seq    `json:"seq,omitzero"`
	Fields any    `json:"fields,omitempty"`
	Gone   bool   `json:"gone,omitempty" doc:"True: drop the row; it was transferred, revoked or belongs to another day"`
}

// Changes is the answer of GET /api/v1/changes.
type Changes struct {
	Cursor     string   `json:"cursor" maxLength:"512"`
	Changes    []Change `json:"changes" nullable:"false"`
	Events     []Event  `json:"events" nullable:"false"`
	EventsFrom *Time    `json:"eventsFrom,omitempty" format:"date-time" doc:"Events are whole from here on; absent when none is missing"`
	More       bool     `json:"more" doc:"True: ask again at once"`
	Reset      string   `json:"reset,omitempty" doc:"Why the cursor cannot be served; take a new snapshot"`
}

// Event is something people and apps listen to. Its types and the data of each are in Catalogue.
type Event struct {
	ID      string  `json:"id" doc:"The same at every node that derives the event"`
	Type    string  `json:"type"`
	At      Time    `json:"at" format:"date-time"`
	Site    string  `json:"site"`
	Actor   string  `json:"actor,omitempty" doc:"For staff: who did it"`
	Subject Subject `json:"subject"`
	Data    any     `json:"data"`
}

// Subject is the record an event is about.
type Subject = clinic.Subject

// EventOf is an event of the domain as it crosses to a client.
func EventOf(e clinic.Event) Event {
	data := e.Data
	if data == nil {
		data = map[string]any{}
	}
	return Event{ID: e.ID, Type: e.Type, At: At(e.At), Site: e.Site, Actor: e.Actor, Subject: e.Subject, Data: data}
}

// OutsideEvent is the body of POST /api/v1/events: an event of another app, after its own commit.
type OutsideEvent struct {
	_ struct{} `additionalProperties:"true"`

	ID      string         `json:"id" maxLength:"64" doc:"Idempotency key: a UUID made by the app"`
	Type    string         `json:"type" maxLength:"64" doc:"From the catalogue"`
	Subject Subject        `json:"subject"`
	Data    map[string]any `json:"data,omitempty"`
}
