// Package clinic is the domain: what a day at an ashram's clinic consists of, what may be done in it, and who may do
// and see what. Decide turns a command into edits, Can and View say who may do and see it, Day is today in memory,
// Events tells what a change of a record means to people and programs.
//
// It promises that the same records and arguments give the same answer on every node: at a site, at the centre, in a
// simulation. It refuses to act: no I/O, no clock, no source of ids, no goroutine. Time comes as two arguments, the
// clinic's (queues, waits, service-days; a demo speeds it up) and the real one (undo, sessions).
package clinic

import (
	"encoding/json"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// Role is what a session may be. Everything that depends on it is in Can, View and the audience functions.
type Role string

// The roles. Patients hold a signed link to one entry; kiosks and boards are devices; apps hold a key with scopes.
const (
	RolePatient      Role = "patient"
	RoleKiosk        Role = "kiosk"
	RoleBoard        Role = "board"
	RoleCoordinator  Role = "coordinator"
	RoleGuruji       Role = "guruji"
	RoleAdmin        Role = "admin"
	RoleCentralAdmin Role = "central_admin"
	RoleApp          Role = "app"
)

// Roles lists every role, in the order of tables and tests.
var Roles = []Role{RolePatient, RoleKiosk, RoleBoard, RoleCoordinator, RoleGuruji, RoleAdmin, RoleCentralAdmin, RoleApp}

// Actor is who acts or looks, as the session proved it and never as a client claims it.
type Actor struct {
	ID, Name string
	Role     Role
	Guruji   record.ID // of a guruji
	Entry    record.ID // of a patient
	Device   string    // id of the device record the session belongs to; empty for a browser that is none
	Scopes   []string  // of an app: names of commands, or an area and a star such as "queue.*"
}

// Command is an action in the domain's form.
type Command struct {
	ID   record.ID // the action's id, and the id of the record it creates
	Type string
	// At is when the person acted, by the client's copy of the node's real clock; zero when it did not say.
	At   time.Time
	Saw  map[string]any // fields as they were shown to the person
	Data json.RawMessage
	// Secret is the argon2id hash of a PIN, made at the door. It is never part of Data.
	Secret []byte
	// HeardAt is when the session last got a beat (real time); zero when it never did. See Decide for its use.
	HeardAt time.Time
	// Undo is what the idempotency row of the action named by a queue.undo kept (Decision.Undo of that action); nil
	// when there is no such row.
	Undo *Undo
}

// Decision is what a command comes to. It is applied whole or not at all.
type Decision struct {
	Edits []record.Edit
	// Site is whose scope the site's records among the edits belong to, for a decision of the centre; zero elsewhere.
	Site record.ID
	// Data is the answer to the client: one of the *Answer types, or nil.
	Data any
	// Events are those that no change of a record implies.
	Events []Event
	// Undo is to be kept in the action's idempotency row; nil when the action cannot be undone.
	Undo *Undo
	// Forget says that Data is not to be kept in the idempotency row: it is personal, and a repeat makes it again.
	Forget bool
	// Duplicate says that the records show this very action as done: there are no edits, and Data is its answer.
	Duplicate bool
}

// Undo is how to put back what an action changed. It marshals to JSON for the idempotency row.
type Undo struct {
	Action record.ID     `json:"action"`
	Entry  record.ID     `json:"entry"`
	Actor  string        `json:"actor"`
	At     time.Time     `json:"at"` // real time
	Edits  []record.Edit `json:"edits"`
}

// UndoWithin is how long after an action it may be undone, in real time.
const UndoWithin = 10 * time.Second

// Lookup reads records as they stand before the command, with what its predecessors in the same transaction wrote.
// The records belong to the callee and are not changed.
type Lookup interface {
	Load(kind string, id record.ID) (record.Record, bool)
	// ByIndex returns the records of a kind whose indexed fields have exactly these values.
	ByIndex(kind, index string, key ...record.Value) []record.Record
}

// Source is a Lookup that can also list; a Day is filled from one.
type Source interface {
	Lookup
	ByDay(kind, day string, visit func(record.Record) (more bool)) error
	ByKind(kind string, visit func(record.Record) (more bool)) error
}
