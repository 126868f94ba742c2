// Package door is the one HTTP and socket contract of a node, served by edge and hub alike: sign-in, actions,
// snapshots, changes by poll or socket, status, documents and the screens.
//
// It promises that who may see and do what comes from the signed-in session alone and never from what a client says,
// that live frames, polls and resumes show an audience the same changes by the same function, that every refusal is a
// problem with a code, and that no secret reaches a log, a URL it makes, or an action it passes on. It refuses to
// decide anything about the clinic: commands go to the node's committer, visibility to package clinic.
package door

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/pin"
	"github.com/aashram-care/sangam/internal/realtime"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// Core is what the door needs of a node's committer.
type Core interface {
	// Act judges actions one by one, in order, and answers when they are durable.
	Act(ctx context.Context, a clinic.Actor, actions []api.Action) ([]api.Result, error)
	// View reads the store as committed.
	View(fn func(feed.Tx) error) error
	// Day shows a site's day as committed, or returns false for a site that is not here.
	Day(site record.ID, fn func(*clinic.Day)) bool
}

// Writer is a transaction for the node's own records.
type Writer interface {
	Tx() feed.Tx
	Edit(scope feed.Scope, e record.Edit) (feed.Change, error)
	// Emit logs an event that no change implies, in the node's own scope; one whose id was emitted before is dropped.
	Emit(e clinic.Event) error
}

// StaffScope says where the people who may sign in are kept: a site's staff at an edge, central staff at a hub.
type StaffScope struct {
	Scope feed.Scope
	Kind  string
}

// Options of a Door. Fields without a comment are needed.
type Options struct {
	Node, Boot, Version string
	Role                string    // edge or hub
	Site                record.ID // of an edge; zero at a hub
	Local               feed.Scope
	Staff               StaffScope
	Core                Core
	// Write runs one transaction of the committer.
	Write func(ctx context.Context, fn func(Writer) error) error
	// Events reads the node's event log; nil: readers who come back hear no events of the time they were away.
	Events EventLog

	Now, ClinicNow func() time.Time
	ClinicSpeed    func() float64     // nil: 1
	Status         func() api.Status  // adds uplink, clock and disk; nil: nothing to add
	Uplink         func() *api.Uplink // for beats; nil at a hub
	Ready          func() error       // nil: ready as soon as the store can be read

	// Archive keeps records of a month, and has read them again, before what is personal in them is emptied; its error
	// is told to whoever asked, and nothing is emptied. nil: nobody said where to.
	Archive func(month string, records []clinic.ExportRecord) error
	// HideNames leaves the sign-in list empty: on the internet it would tell strangers who works here.
	HideNames bool
	// Views makes what an audience reads; nil: EdgeViews.
	Views func(d *Door, ask Ask) (View, error)
	// SetupCode is told the one-time code, in full, when no enabled admin has a credential. It may be called again.
	SetupCode func(code string)
	// Routes adds the node's own operations. They find the actor by ActorOf.
	Routes func(huma.API, *Door)
	// Backup makes a backup to be downloaded; nil: this node has no key to lock one with.
	Backup func(ctx context.Context) (*Backup, error)
	// HTTPS tells how the node is reached over https; it may say nil, for not at all. nil: not at all.
	HTTPS func() *HTTPS
	// Web holds the screens; nil: those built into the binary.
	Web fs.FS
	// Secure says that TLS ends in front of the node, so that cookies are for it alone.
	Secure bool
	// Origins are scheme://host[:port] of other pages that may use the API with a bearer token.
	Origins []string
	Log     *slog.Logger

	Realtime  realtime.Options // Node, Boot, Clocks, Uplink, Origins and Log are filled in
	PollLimit time.Duration    // longest wait of a poll; 25 s
	Rates     Rates
}

// Rates bound what one address and one session may ask for. Zero fields have defaults made for a clinic behind one
// router, and for a machine that runs a whole demo.
type Rates struct {
	Address, Session, Actions, SignIn rate.Limit // a second: 500, 500, 2,000 and 20
	Burst                             int        // of each, in seconds: 5
}

// Door serves the contract. It is made by New and works while Run does.
type Door struct {
	o        Options
	engine   *gin.Engine
	api      huma.API
	hub      *realtime.Hub
	journal  *journal
	cursors  *cursors
	sessions *sessions
	pins     *pin.Hasher
	lockout  *lockout
	wrong    *wrongPINs
	setup    *setup
	admins   atomic.Bool // a PIN was set since the setup code was printed
	screens  *screens
	snaps    *snapshots
	notes    *noteViews
	crossing *http.CrossOriginProtection

	exporting sync.Mutex // held while an export is made
	backingUp sync.Mutex // held while a backup is made
	looking   sync.Mutex // held while somebody is looked for

	byAddress, bySession, byActions, bySignIn *throttle
	started                                   chan struct{} // closed when Run has read what it needs
	stopping                                  chan struct{} // closed when Run is to end: waiting polls are answered
}

// New makes a Door and reads nothing yet: until Run has, it answers unavailable.
func New(o Options) (*Door, error) {
	if o.Core == nil || o.Write == nil || o.Now == nil || o.ClinicNow == nil || o.Node == "" {
		return nil, errors.New("make door: Core, Write, Now, ClinicNow and Node are needed")
	}
	d := &Door{o: withDefaults(o), pins: pin.New(), started: make(chan struct{}), stopping: make(chan struct{})}
	d.journal = newJournal()
	d.lockout = newLockout(d.o.Now)
	d.wrong = newWrongPINs(d)
	d.snaps = newSnapshots()
	d.notes = newNoteViews(d)
	d.setup = &setup{}
	d.screens = newScreens(d.o.Web)
	d.crossing = http.NewCrossOriginProtection()
	for _, origin := range d.o.Origins {
		if err := d.crossing.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("make door: origin %q: %w", origin, err)
		}
	}
	r := d.o.Rates
	d.byAddress = newThrottle(r.Address, int(r.Address)*r.Burst, d.o.Now)
	d.bySession = newThrottle(r.Session, int(r.Session)*r.Burst, d.o.Now)
	d.byActions = newThrottle(r.Actions, max(int(r.Actions)*r.Burst, api.MaxActions), d.o.Now)
	d.bySignIn = newThrottle(r.SignIn, max(int(r.SignIn)*r.Burst, 10), d.o.Now)
	d.sessions = newSessions(d)

	rt := d.o.Realtime
	rt.Node, rt.Boot, rt.Clocks, rt.Uplink, rt.Origins, rt.Log = d.o.Node, d.o.Boot, d.clocks, d.o.Uplink, d.o.Origins, d.o.Log
	d.hub = realtime.New(rt)

	d.engine = d.routes()
	return d, nil
}

func withDefaults(o Options) Options {
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.PollLimit = cmp.Or(o.PollLimit, 25*time.Second)
	o.Rates.Address = cmp.Or(o.Rates.Address, 500)
	o.Rates.Session = cmp.Or(o.Rates.Session, 500)
	o.Rates.Actions = cmp.Or(o.Rates.Actions, 2_000)
	o.Rates.SignIn = cmp.Or(o.Rates.SignIn, 20)
	o.Rates.Burst = cmp.Or(o.Rates.Burst, 5)
	if o.ClinicSpeed == nil {
		o.ClinicSpeed = func() float64 { return 1 }
	}
	if o.Views == nil {
		o.Views = EdgeViews
	}
	if o.HTTPS == nil {
		o.HTTPS = func() *HTTPS { return nil }
	}
	if o.SetupCode == nil {
		o.SetupCode = func(string) {}
	}
	return o
}

// ServeHTTP serves the contract.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.engine.ServeHTTP(w, r) }

// Run reads the node's keys and heads, then publishes commits to readers until ctx ends; sockets are told bye and
// closed before it returns. Committed must be hooked to the committer, and the committer run, before.
func (d *Door) Run(ctx context.Context) error {
	if err := d.begin(ctx); err != nil {
		return fmt.Errorf("open the door: %w", err)
	}
	close(d.started)
	running, ctx := errgroup.WithContext(ctx)
	running.Go(func() error {
		<-ctx.Done()
		close(d.stopping)
		return nil
	})
	running.Go(func() error { return d.hub.Run(ctx) })
	running.Go(func() error { return d.sessions.run(ctx) })
	running.Go(func() error { return d.notes.run(ctx) })
	err := running.Wait()
	d.notes.keep(context.WithoutCancel(ctx))
	return err
}

func (d *Door) begin(ctx context.Context) error {
	key, err := d.signingKey(ctx)
	if err != nil {
		return err
	}
	d.cursors = newCursors(key)
	if err := d.know([]feed.Scope{d.mainScope()}); err != nil {
		return err
	}
	return d.lookForAdmin()
}

// Opened is closed once Run has read what it needs: from then on the door answers.
func (d *Door) Opened() <-chan struct{} { return d.started }

func (d *Door) running() bool {
	select {
	case <-d.started:
		return true
	default:
		return false
	}
}

// Committed takes over what a transaction wrote. It is to be hooked to the committer, is called in the order of the
// commits, and does not block. A commit of nothing says that a service-day turned: who reads of it is told to take a
// new snapshot, since a place in the feed belongs to a day.
func (d *Door) Committed(c Commit) {
	d.sessions.changed(c.Changes) // before the journal: who reads of a right that was taken must not have it any more
	d.adminsChanged(c.Changes)
	d.journal.note(c)
	d.hub.Wake()
}

// Sockets returns figures of the live readers.
func (d *Door) Sockets() realtime.Stats { return d.hub.Stats() }

func (d *Door) clocks() api.Clocks {
	return api.Clocks{ServerTime: api.At(d.o.Now()), ClinicTime: api.At(d.o.ClinicNow()), ClinicSpeed: d.o.ClinicSpeed()}
}
