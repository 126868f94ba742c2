package commit_test

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/record"
)

var (
	site    = record.Derive("site of the tests")
	scope   = feed.SiteScope(site)
	local   = feed.LocalScope("box")
	morning = time.Date(2026, 10, 2, 4, 0, 0, 0, time.UTC) // 09:30 in Kolkata
	admin   = clinic.Actor{ID: "admin", Name: "Meera", Role: clinic.RoleAdmin}
	desk    = clinic.Actor{ID: "desk", Name: "Asha", Role: clinic.RoleCoordinator}
)

// clock is a time that tests move.
type clock struct{ ns atomic.Int64 }

func clockAt(t time.Time) *clock {
	c := &clock{}
	c.ns.Store(t.UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.ns.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.ns.Add(int64(d)) }

// node is a committer at work over a store.
type node struct {
	*commit.Committer
	t     testing.TB
	store commit.Store
	real  *clock
	wall  *clock // the clinic's
	stop  func()
}

type setting func(*commit.Options)

// begin opens a store for writing as a node does, and starts a committer on it.
func begin(t testing.TB, store commit.Store, dir string, settings ...setting) *node {
	t.Helper()
	return beginWith(t, store, dir, nil, settings...)
}

func beginWith(t testing.TB, store commit.Store, dir string, hooks []func(commit.Committed), settings ...setting) *node {
	t.Helper()
	n := &node{t: t, store: store, real: clockAt(morning), wall: clockAt(morning)}
	var random [8]byte
	crand.Read(random[:])
	o := commit.Options{
		Rules: feed.Rules{Schema: clinic.Schema, Writer: record.Writer(random[0])<<8 | record.Writer(random[1]) + 1},
		Node:  "box", Site: site, Local: local, Now: n.real.now, ClinicNow: n.wall.now,
		TokensPath: filepath.Join(dir, "tokens"), Machine: "pi",
	}
	for _, set := range settings {
		set(&o)
	}
	scopes := []feed.Scope{feed.Network, o.Local}
	if !o.Site.IsZero() {
		scopes = append(scopes, feed.SiteScope(o.Site))
	}
	if err := store.Update(func(tx feed.Tx) error { return feed.MintAll(tx, crand.Reader, scopes...) }); err != nil {
		t.Fatal(err)
	}
	var err error
	if n.Committer, err = commit.New(store, o); err != nil {
		t.Fatal(err)
	}
	for _, hook := range hooks {
		n.OnCommit(hook)
	}
	n.run()
	return n
}

func (n *node) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	n.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			n.t.Errorf("run: %v", err)
		}
		if err := n.store.View(func(tx feed.Tx) error { return feed.Check(tx, clinic.Schema) }); err != nil {
			n.t.Errorf("the store contradicts itself: %v", err)
		}
	})
	n.t.Cleanup(n.stop)
}

// startWith is start with a hook.
func startWith(t testing.TB, hook func(commit.Committed)) *node {
	t.Helper()
	return beginWith(t, &feedtest.Memory{}, t.TempDir(), []func(commit.Committed){hook})
}

// start is a node over a memory store.
func start(t testing.TB, settings ...setting) *node {
	t.Helper()
	return begin(t, &feedtest.Memory{}, t.TempDir(), settings...)
}

func newID() record.ID { return record.NewV7(time.Now(), crand.Reader) }

func action(id record.ID, kind string, data any) api.Action {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	return api.Action{ID: id.String(), Type: kind, Data: raw}
}

// act sends one action and returns its result.
func (n *node) act(actor clinic.Actor, a api.Action) api.Result {
	n.t.Helper()
	results, err := n.Act(n.t.Context(), actor, []api.Action{a})
	if err != nil {
		n.t.Fatalf("%s: %v", a.Type, err)
	}
	return results[0]
}

// do sends a new action that must be applied, and returns its answer.
func do[T any](n *node, actor clinic.Actor, kind string, data any) T {
	n.t.Helper()
	result := n.act(actor, action(newID(), kind, data))
	if result.Status != api.Applied {
		n.t.Fatalf("%s: %s, %v", kind, result.Status, result.Error)
	}
	return dataOf[T](n.t, result)
}

func dataOf[T any](t testing.TB, result api.Result) T {
	t.Helper()
	var out T
	raw, err := json.Marshal(result.Data)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		t.Fatalf("read the data of %v: %v", result, err)
	}
	return out
}

// guruji makes a guruji and returns the actor who is one.
func (n *node) guruji(name string) clinic.Actor {
	n.t.Helper()
	made := do[clinic.StaffAnswer](n, admin, "staff.create", clinic.StaffCreate{Name: name, Role: clinic.RoleGuruji})
	return clinic.Actor{ID: made.Staff.String(), Name: name, Role: clinic.RoleGuruji, Guruji: made.Guruji}
}

func (n *node) checkIn(g clinic.Actor) clinic.CheckInAnswer {
	n.t.Helper()
	return do[clinic.CheckInAnswer](n, desk, "queue.check_in", clinic.CheckIn{Guruji: g.Guruji})
}

// picture is all that an admin sees of the day, as text to compare.
func (n *node) picture() string {
	n.t.Helper()
	var out []byte
	ok := n.Day(site, func(d *clinic.Day) {
		audience := clinic.Audience{View: clinic.ViewAdmin, Role: clinic.RoleAdmin}
		out, _ = json.Marshal(d.Snapshot(audience, n.wall.now()))
	})
	if !ok {
		n.t.Fatal("the site has no day")
	}
	return string(out)
}

var errDisk = errors.New("input/output error")

// gate is a store that fails, holds, or breaks as told.
type gate struct {
	commit.Store
	updates atomic.Int64

	mu     sync.Mutex
	hold   chan struct{} // commits wait for it to close
	inside chan struct{} // gets a value when a commit begins to wait
	fail   bool          // commits report an error and write nothing
	lie    bool          // commits report an error and are written all the same
	poison []byte        // a write whose key holds it panics
	blind  bool          // reads report an error
}

func (g *gate) set(change func(*gate)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(g)
}

func (g *gate) Update(fn func(feed.Tx) error) error {
	g.updates.Add(1)
	g.mu.Lock()
	hold, inside, fail, lie, sick := g.hold, g.inside, g.fail, g.lie, poisoned{poison: g.poison, blind: g.blind}
	g.mu.Unlock()
	if hold != nil {
		inside <- struct{}{}
		<-hold
	}
	err := g.Store.Update(func(tx feed.Tx) error {
		sick.Tx = tx
		if err := fn(sick); err != nil {
			return err
		}
		if fail {
			return errDisk
		}
		return nil
	})
	if err == nil && lie {
		return errDisk
	}
	return err
}

type poisoned struct {
	feed.Tx
	poison []byte
	blind  bool
}

func (p poisoned) Get(key []byte) ([]byte, error) {
	if p.blind {
		return nil, errDisk
	}
	return p.Tx.Get(key)
}

func (p poisoned) Put(key, value []byte) error {
	if p.poison != nil && bytes.Contains(key, p.poison) {
		panic("a bug in one command")
	}
	return p.Tx.Put(key, value)
}

// eventually waits for a condition that other goroutines bring about.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline.C:
			t.Fatalf("never came: %s", what)
		}
	}
}
