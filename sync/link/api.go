package link

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// ErrRolledBack is what a Store wraps when the file under it is no longer the one it opened. Run then drops every
// session and returns it; the node must reopen the store, with a new boot and new timelines.
var ErrRolledBack = errors.New("the store is not the one that was opened")

// HubPeer is the name under which a site's store keeps what it holds of the hub's feeds: the hub is one peer, whichever
// of its processes answers.
const HubPeer = "hub"

// SitePeer is the name under which a hub's store keeps what it holds of a site's feeds.
func SitePeer(site record.ID) string { return site.String() }

// Store is what a link needs of a node's store. All methods may be called at the same time.
type Store interface {
	View(func(feed.Tx) error) error

	// Write runs fn in a transaction and returns nil once it is on disk. fn may run more than once. It touches
	// cursors, parked records and named values (feed.Adopt, feed.Park, feed.SetMeta), never a record.
	Write(ctx context.Context, fn func(feed.Tx) error) error

	// Merge unites records with those held, parks those that cannot be merged, and with Advance moves the cursor over
	// the stretch in the transaction that merges the last of them. It returns once all of it is on disk. After an
	// error a part may be merged, and the cursor has not moved.
	Merge(ctx context.Context, in Incoming) (Merged, error)
}

// Incoming is what a peer sent of one scope: the records of the stretch (From, To] of its feed.
type Incoming struct {
	Scope          feed.Scope
	Peer           string // empty: nothing is remembered of where the records came from
	Timeline       feed.Timeline
	From, To, Head feed.Seq
	Records        []feed.Sequenced
	Advance        bool
}

// Merged says what became of an Incoming. Applied counts the records that changed something.
type Merged struct {
	Cursor  feed.Cursor // as it stands now; zero without Advance
	Applied int
	Parked  []record.Key
}

// SiteKey is one of a site's keys. A revoked one only serves to tell its holder so.
type SiteKey struct {
	ID      seal.KeyID
	Key     seal.SiteKey
	Revoked bool
}

// EdgeOptions are what an Edge needs. Boot must be drawn anew at each opening of the store.
type EdgeOptions struct {
	Site record.ID
	Name string // the site's, told while enrolling
	Node string // stays the same over restarts: a join code that was half used works again for it
	Boot [16]byte

	Keys []SiteKey  // that the site holds; the last one is current
	Join *seal.Join // nil unless the site is to enrol; it wins over Keys
	// Keep stores what an enrolment or a new key brought, durably, before it is used; the join code is spent then.
	Keep func(context.Context, Enrolled) error

	Bus    bus.Bus
	Store  Store
	Schema uint64 // version of the records' schema, for people
	Random io.Reader
	Now    func() time.Time
	Log    *slog.Logger
	// OnStatus is called from Run when the state of the link changes. It must not block. May be nil.
	OnStatus func(Status)
}

// Enrolled is what a hub gave a site.
type Enrolled struct {
	Hub [16]byte
	Key SiteKey // current from now on
}

// HubOptions are what a Hub needs. Boot must be drawn anew at each opening of the store.
type HubOptions struct {
	Hub  record.ID // as join codes name it
	Node string    // of this replica
	// Replicas tells that other processes serve the same store. A hub that is alone need not wait for a site to find
	// out that its session died with the process before.
	Replicas bool
	Boot     [16]byte

	Keys Keys
	MAC  seal.MACKey // marks the hub's own network records; the same for ever

	Bus    bus.Bus
	Store  Store
	Schema uint64
	Random io.Reader
	Now    func() time.Time
	Log    *slog.Logger
	// OnStatus is called from the hub's goroutines when the state of a site changes or once in 5 s while its figures
	// move. It must not block. May be nil.
	OnStatus func(site record.ID, s Status)
}

// Keys is where a hub keeps who its sites are. All methods may be called at the same time.
type Keys interface {
	// Site returns the keys of a site, the current one last, and none for a site that is unknown.
	Site(site record.ID) ([]SiteKey, error)

	// Invitation finds a join code's secret by the key id that frames name it by, also when it is used or expired, so
	// that its holder can be told.
	Invitation(id seal.KeyID) (seal.Secret, bool)

	// Enrol binds a site to the hub and spends the invitation, in one durable transaction. The same invitation, site
	// and node get the same key again. It refuses with ErrJoinUsed, ErrJoinExpired or ErrJoinSite.
	Enrol(ctx context.Context, e Enrolment) (SiteKey, error)
}

// Enrolment is a site that showed a join code.
type Enrolment struct {
	Invitation seal.KeyID
	Site       record.ID
	Name       string
	Node       string
}

// Reasons for which Keys.Enrol refuses. The site is told.
var (
	ErrJoinUsed    = errors.New("the join code was used by another box")
	ErrJoinExpired = errors.New("the join code has expired")
	ErrJoinSite    = errors.New("the join code is for another site")
)

// State is how a link is doing, as people are told.
type State string

// The states. At a hub: how a site is doing. Off is for a node that has no bus, and is never a Status of this package.
const (
	Live       State = "live"
	Lagging    State = "lagging"     // the oldest unacknowledged edit of the site is older than 30 s
	Silent     State = "silent"      // nothing heard for 20 s
	NeverSeen  State = "never_seen"  // at a hub: nothing heard since it started
	ClockWrong State = "clock_wrong" // the two clocks are more than two minutes apart
	Cloned     State = "cloned"      // two boxes answer as one site
	Rejected   State = "rejected"    // Reason says why
	Connecting State = "connecting"  // at an edge: no session since it started
	Off        State = "off"
)

// Reason is why a hub turned a site away.
type Reason string

// The reasons of Rejected.
const (
	Revoked     Reason = "revoked"
	JoinUsed    Reason = "join_used"
	JoinExpired Reason = "join_expired"
	JoinSite    Reason = "join_site"
	BadVersion  Reason = "version" // the two programs are too far apart
)

// Status tells how a link is doing.
type Status struct {
	State  State
	Reason Reason // of Rejected
	// Lag is the age of the site's oldest edit that the hub has not acknowledged; 0 for none.
	Lag       time.Duration
	Backlog   Backlog   // of the site's edits towards the hub
	LastHeard time.Time // zero: never since the start
	// ClockOffset is the site's clock minus the hub's, at both ends; ClockKnown is false before the first beat.
	ClockOffset time.Duration
	ClockKnown  bool
	Estimate    time.Duration // until the backlog has drained, at the present rate; 0 when there is none or none is known
	InSync      bool          // both ends were compared and equal since the last change
	// Repairs are records of the site that only a digest found to differ; anything but 0 is a fault. The network's do
	// not count: after a hub was restored, a site cannot give back the conflicts that it found there itself.
	Repairs int
	Parked  int        // records that could not be merged, on either side, in this session
	Version string     // of the protocol that is spoken, "" without a session
	Peer    string     // the other end's node
	Key     seal.KeyID // of the last session; 0 for none
}

// Traffic is what passed since the start, both ways: whole sealed frames, also those that were dropped on arrival.
type Traffic struct {
	FramesIn, FramesOut uint64
	BytesIn, BytesOut   uint64
}

// Backlog is what the other side has not acknowledged.
type Backlog struct {
	Records  int
	Bytes    int
	OldestAt time.Time // zero for none
}
