package link

import (
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/seal"
)

// Machine is one end of one site's link as a function of what happens to it. It is not safe for concurrent use.
type Machine interface {
	// Step takes an event and returns what is to be done about it, in that order. now never has to rise.
	Step(e Event, now time.Time) []Effect
	// Wake is when a Tick is due, if nothing else happens before.
	Wake() time.Time
	// Status is how the link is doing.
	Status(now time.Time) Status
}

// Event is something that happened: one of the types below, or the outcome of a Work.
type Event interface{ event() }

// Tick says that time has passed.
type Tick struct{}

// BusUp says that the subscriptions are confirmed: for the first time, or after messages may have been missed.
type BusUp struct{}

// BusDown says that nothing can be received or sent until the next BusUp.
type BusDown struct{}

// Received is a frame from the bus; the machine owns it. Secret is that of the invitation that the frame's header
// names, nil when it names none or one that is unknown.
type Received struct {
	Frame  []byte
	Secret *seal.Secret
}

// Committed says that the head of a scope moved.
type Committed struct {
	Scope feed.Scope
	Head  feed.Seq
}

// Rekeyed replaces a site's keys at the hub's end.
type Rekeyed struct{ Keys []SiteKey }

// Leave says that the node stops; what it sends is a goodbye.
type Leave struct{ Retry time.Duration }

func (Tick) event()      {}
func (BusUp) event()     {}
func (BusDown) event()   {}
func (Received) event()  {}
func (Committed) event() {}
func (Rekeyed) event()   {}
func (Leave) event()     {}

// Effect is something to be done: a Send, a Work or a Notice.
type Effect interface{ effect() }

// Send publishes a frame towards the other end. Losing it does no harm that the machine does not mend.
type Send struct {
	Frame   []byte
	Records int // that the frame carries
}

// Notice is for the log: something that a person should know of.
type Notice struct {
	Text string
	Err  error
}

func (Send) effect()   {}
func (Notice) effect() {}
