package link

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/feed"
)

// Edge is a site's end of its link. It works while Run does; the other methods may be called at any time.
type Edge struct {
	o      EdgeOptions
	runner *runner
	sender *sender
}

// NewEdge returns the end of a site that has keys, a join code, or both. It starts nothing. A join code for another
// site is ErrJoinSite.
func NewEdge(o EdgeOptions) (*Edge, error) {
	if o.Bus == nil || o.Store == nil || o.Site.IsZero() || (o.Join != nil && o.Keep == nil) {
		return nil, errors.New("a link needs a bus, a store, a site id, and with a join code a place to keep its key")
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	m, err := NewEdgeMachine(EdgeConfig{
		Site: o.Site, Name: o.Name, Node: o.Node, Boot: o.Boot, Keys: o.Keys, Join: o.Join, Schema: o.Schema, Random: o.Random,
	})
	if err != nil {
		return nil, err
	}
	e := &Edge{o: o, sender: newSender(o.Bus, o.Log)}
	channel := bus.UpChannel(bus.Bucket(o.Site))
	desk := Desk{Store: o.Store, Keep: o.Keep}
	if desk.Keep == nil {
		desk.Keep = func(context.Context, Enrolled) error { return errors.New("there is no place to keep a new key") }
	}
	e.runner = newRunner(m, desk, func(frame []byte) { e.sender.send(channel, frame) }, o.Now, o.Log, o.OnStatus)
	return e, nil
}

// Run keeps the link until ctx ends, whatever the bus does, and says goodbye. It fails only with an error of the
// store that no waiting cures, such as ErrRolledBack.
func (e *Edge) Run(ctx context.Context) error {
	l := &listener{
		bus: e.o.Bus, channels: []string{bus.DownChannel(e.o.Site)}, node: e.o.Boot, random: e.o.Random, now: e.o.Now, log: e.o.Log,
		up:   func(ctx context.Context) { e.post(ctx, BusUp{}) },
		down: func(ctx context.Context) { e.post(ctx, BusDown{}) },
		take: func(ctx context.Context, frame []byte) { e.post(ctx, Received{Frame: frame}) },
	}
	var listening, sending sync.WaitGroup
	heard, deafen := context.WithCancel(ctx)
	sent, mute := context.WithCancel(context.WithoutCancel(ctx))
	listening.Go(func() { l.run(heard) })
	sending.Go(func() { e.sender.run(sent) })
	err := e.runner.run(ctx)
	deafen()
	listening.Wait()
	mute()
	sending.Wait()
	return err
}

func (e *Edge) post(ctx context.Context, event Event) {
	select {
	case e.runner.inbox <- event:
	case <-ctx.Done():
	}
}

// Committed tells that a scope's head moved. It never blocks, and may be called for scopes that do not travel.
func (e *Edge) Committed(scope feed.Scope, head feed.Seq) {
	if scope == feed.Network || scope == feed.SiteScope(e.o.Site) {
		e.runner.committed(scope, head)
	}
}

// Status returns how the link is doing now.
func (e *Edge) Status() Status { return e.runner.status() }

// Traffic returns what passed since the start.
func (e *Edge) Traffic() Traffic { return e.runner.passed() }
