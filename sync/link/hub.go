package link

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// bucketsEach is how many buckets share a subscription, and so its limits in Redis.
const bucketsEach = 8

// Hub is the centre's end of the links of all its sites. It works while Run does; the other methods may be called at
// any time.
type Hub struct {
	o      HubOptions
	pool   *Pool
	sender *sender

	mu    sync.Mutex // guards sites
	sites map[record.ID]*runner

	start  func(site record.ID, r *runner) // set while Run runs; guarded by mu
	failed chan error                      // what ended a site's runner
}

// NewHub returns the end of a hub. It starts nothing.
func NewHub(o HubOptions) (*Hub, error) {
	if o.Bus == nil || o.Store == nil || o.Keys == nil || o.Hub.IsZero() {
		return nil, errors.New("a hub's end needs a bus, a store, keys and the hub's id")
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
	return &Hub{
		o: o, pool: NewPool(), sender: newSender(o.Bus, o.Log), sites: map[record.ID]*runner{}, failed: make(chan error, 1),
	}, nil
}

// Run serves every site until ctx ends, whatever the bus does, and says goodbye. It fails only with an error of the
// store that no waiting cures, such as ErrRolledBack.
func (h *Hub) Run(ctx context.Context) error {
	var sites, listening, sending sync.WaitGroup
	served, dismiss := context.WithCancel(ctx)
	defer dismiss()
	h.mu.Lock()
	h.start = func(site record.ID, r *runner) {
		if served.Err() == nil {
			sites.Go(func() { h.serve(served, site, r) })
		}
	}
	for site, r := range h.sites {
		h.start(site, r)
	}
	h.mu.Unlock()

	sent, mute := context.WithCancel(context.WithoutCancel(ctx))
	sending.Go(func() { h.sender.run(sent) })
	for channels := range slices.Chunk(bus.UpChannels(), bucketsEach) {
		l := &listener{
			bus: h.o.Bus, channels: channels, node: h.o.Boot, random: h.o.Random, now: h.o.Now, log: h.o.Log,
			up:   func(context.Context) { h.everySite(channels, BusUp{}) },
			down: func(context.Context) { h.everySite(channels, BusDown{}) },
			take: func(_ context.Context, frame []byte) { h.received(frame) },
		}
		listening.Go(func() { l.run(served) })
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-h.failed:
	}
	h.mu.Lock()
	h.start = nil
	h.mu.Unlock()
	dismiss()
	listening.Wait()
	sites.Wait()
	mute()
	sending.Wait()
	return err
}

func (h *Hub) serve(ctx context.Context, site record.ID, r *runner) {
	if err := r.run(ctx); err != nil {
		select {
		case h.failed <- fmt.Errorf("serve site %s: %w", site, err):
		default: // one is enough to end the hub
		}
	}
}

// everySite tells the sites of some channels what happened to them.
func (h *Hub) everySite(channels []string, e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for site, r := range h.sites {
		if slices.Contains(channels, bus.UpChannel(bus.Bucket(site))) {
			post(r, e)
		}
	}
}

// post drops what finds the inbox full: the site's next beat tells what was missed.
func post(r *runner, e Event) {
	select {
	case r.inbox <- e:
	default:
	}
}

func (h *Hub) received(frame []byte) {
	header, err := seal.ParseHeader(frame)
	if err != nil {
		return
	}
	e := Received{Frame: frame}
	if header.KeyID.OneTime() {
		secret, ok := h.o.Keys.Invitation(header.KeyID)
		if !ok {
			return
		}
		e.Secret = &secret
	}
	if r := h.site(header.Site, e.Secret != nil); r != nil {
		post(r, e)
	}
}

// site finds the runner of a site, or begins one for a site that is known or invited.
func (h *Hub) site(site record.ID, invited bool) *runner {
	h.mu.Lock()
	r := h.sites[site]
	h.mu.Unlock()
	if r != nil {
		return r
	}
	// Outside of the lock, which a commit may be waiting for.
	keys, err := h.o.Keys.Site(site)
	if err != nil {
		h.o.Log.Error("the keys of a site cannot be read", "site", site.String(), "err", err)
		return nil
	}
	if len(keys) == 0 && !invited {
		return nil
	}
	m, err := NewSiteMachine(SiteConfig{
		Site: site, Hub: h.o.Hub, Node: h.o.Node, Boot: h.o.Boot, Alone: !h.o.Replicas, Keys: keys, MAC: h.o.MAC, Pool: h.pool,
		Schema: h.o.Schema, Random: h.o.Random,
	})
	if err != nil {
		h.o.Log.Error("the keys of a site cannot be used", "site", site.String(), "err", err)
		return nil
	}
	channel := bus.DownChannel(site)
	var onStatus func(Status)
	if h.o.OnStatus != nil {
		onStatus = func(s Status) { h.o.OnStatus(site, s) }
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if known := h.sites[site]; known != nil || h.start == nil {
		return known
	}
	r = newRunner(m, Desk{Store: h.o.Store, Enrol: h.o.Keys.Enrol}, func(frame []byte) { h.sender.send(channel, frame) },
		h.o.Now, h.o.Log.With("site", site.String()), onStatus)
	h.sites[site] = r
	h.start(site, r)
	return r
}

// Committed tells that a scope's head moved. It never blocks, and may be called for scopes that do not travel.
func (h *Hub) Committed(scope feed.Scope, head feed.Seq) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for site, r := range h.sites {
		if scope == feed.Network || scope == feed.SiteScope(site) {
			r.committed(scope, head)
		}
	}
}

// KeysChanged makes the hub read a site's keys again: after it was revoked, or its key rotated. It never waits for
// the site.
func (h *Hub) KeysChanged(site record.ID) {
	h.mu.Lock()
	r := h.sites[site]
	h.mu.Unlock()
	if r == nil {
		return
	}
	keys, err := h.o.Keys.Site(site)
	if err != nil {
		h.o.Log.Error("the keys of a site cannot be read", "site", site.String(), "err", err)
		return
	}
	r.rekey(keys)
}

// Status returns how a site is doing; NeverSeen for one that was not heard since the start.
func (h *Hub) Status(site record.ID) Status {
	h.mu.Lock()
	r := h.sites[site]
	h.mu.Unlock()
	if r == nil {
		return Status{State: NeverSeen}
	}
	return r.status()
}

// Traffic returns what passed to and from a site since the start.
func (h *Hub) Traffic(site record.ID) Traffic {
	h.mu.Lock()
	r := h.sites[site]
	h.mu.Unlock()
	if r == nil {
		return Traffic{}
	}
	return r.passed()
}
