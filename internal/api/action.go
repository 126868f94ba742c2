package api

import (
	"encoding/json"
	"time"
)

// Limits of one POST /api/v1/actions; whatever is over them is refused whole as too_large.
const (
	MaxActions      = 200
	MaxActionsBytes = 256 << 10
)

// Action is what a client asks for. Values are judged one action at a time, so that a bad id or type in a batch
// refuses that action and not its neighbours.
type Action struct {
	_ struct{} `additionalProperties:"true"`

	ID   string          `json:"id" doc:"UUIDv7 made by the client; with the actor it is the idempotency key"`
	Type string          `json:"type" maxLength:"64" doc:"Name of the command, such as queue.call_next"`
	At   string          `json:"at" maxLength:"40" doc:"When the person acted, by the client's clock: RFC 3339; kept for audit"`
	Saw  map[string]any  `json:"saw,omitempty" doc:"Field values as they were shown; a mismatch with the row as it is now is refused as stale"`
	Data json.RawMessage `json:"data" doc:"Arguments of the command; the shape depends on type"`

	// Secret is the hash of a PIN that the door took out of Data. It never crosses the wire and is never stored but
	// in a credential.
	Secret []byte `json:"-"`
	// HeardAt is when the session that sent the action last got a beat; the zero time when it never did.
	HeardAt time.Time `json:"-"`
}

// ActionsRequest is the body of POST /api/v1/actions.
type ActionsRequest struct {
	_ struct{} `additionalProperties:"true"`

	Actions []Action `json:"actions" maxItems:"200" nullable:"false" doc:"Judged one by one, in this order"`
}

// The outcomes of an action.
const (
	Applied   = "applied"
	Duplicate = "duplicate"
	Rejected  = "rejected"
)

// Result is the answer to one action. Data is the answer of the command; for a duplicate it is the first answer.
// A duplicate of a refused action carries the first refusal in Error.
type Result struct {
	ID     string   `json:"id" doc:"Id of the action, as it was sent"`
	Status string   `json:"status" enum:"applied,duplicate,rejected"`
	Seq    Seq      `json:"seq,omitzero" doc:"Last seq this action wrote in its feed; absent when it wrote nothing"`
	Data   any      `json:"data,omitempty" doc:"Answer of the command; the shape depends on the action's type"`
	Error  *Problem `json:"error,omitempty" doc:"Why it was rejected"`
}

// ActionsResponse has one result an action, in the order they came.
type ActionsResponse struct {
	Results []Result `json:"results" nullable:"false"`
}
