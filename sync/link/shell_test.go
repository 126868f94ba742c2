package link_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/redis"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// shared is a disk that several goroutines use.
type shared struct {
	mu   sync.Mutex // guards disk, but for reads of its rows
	disk *disk
}

func newShared(t *testing.T, home feed.Scope, scopes ...feed.Scope) *shared {
	s := &shared{disk: newDisk()}
	if err := s.disk.open(mathrand.New(mathrand.NewPCG(uint64(time.Now().UnixNano()), 1)), home, scopes...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.disk.View(func(tx feed.Tx) error { return feed.Check(tx, schema) }); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *shared) View(fn func(feed.Tx) error) error { return s.disk.View(fn) }

func (s *shared) Write(ctx context.Context, fn func(feed.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.disk.Write(ctx, fn)
}

func (s *shared) Merge(ctx context.Context, in link.Incoming) (link.Merged, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.disk.Merge(ctx, in)
}

func (s *shared) edit(t *testing.T, scope feed.Scope, kind, name string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.disk.edit(scope, kind, record.Derive(kind, name), record.Derive("edit", name), name, time.Now()); err != nil {
		t.Fatal(err)
	}
}

func (s *shared) has(scope feed.Scope, kind, name string) (ok bool) {
	err := s.View(func(tx feed.Tx) (err error) {
		_, _, ok, err = feed.Load(tx, scope, record.Key{Kind: kind, ID: record.Derive(kind, name)})
		return err
	})
	return ok && err == nil
}

// register is the keys of a hub in memory.
type register struct {
	mu          sync.Mutex // guards all below
	keys        map[record.ID][]link.SiteKey
	invitations map[seal.KeyID]seal.Secret
	spent       map[seal.KeyID]string
}

func newRegister() *register {
	return &register{keys: map[record.ID][]link.SiteKey{}, invitations: map[seal.KeyID]seal.Secret{}, spent: map[seal.KeyID]string{}}
}

func (r *register) Site(site record.ID) ([]link.SiteKey, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.keys[site]), nil
}

func (r *register) Invitation(id seal.KeyID) (seal.Secret, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	secret, ok := r.invitations[id]
	return secret, ok
}

func (r *register) Enrol(_ context.Context, e link.Enrolment) (link.SiteKey, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if by, ok := r.spent[e.Invitation]; ok && by != e.Node {
		return link.SiteKey{}, link.ErrJoinUsed
	}
	if r.spent[e.Invitation] == "" {
		key, err := seal.NewSiteKey(rand.Reader)
		if err != nil {
			return link.SiteKey{}, err
		}
		r.spent[e.Invitation] = e.Node
		r.keys[e.Site] = []link.SiteKey{{ID: 1, Key: key}}
	}
	return r.keys[e.Site][0], nil
}

func (r *register) invite(t *testing.T) *seal.Join {
	t.Helper()
	join, err := seal.NewJoin(rand.Reader, hubID, [16]byte{})
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.invitations[join.Secret.KeyID()] = join.Secret
	return &join
}

func openRedis(t *testing.T, url string) bus.Bus {
	t.Helper()
	b, err := redis.Open(url, redis.Options{DialTimeout: time.Second, IOTimeout: time.Second, RetryMin: 50 * time.Millisecond, RetryMax: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func newBoot(t *testing.T) (boot [16]byte) {
	t.Helper()
	if _, err := rand.Read(boot[:]); err != nil {
		t.Fatal(err)
	}
	return boot
}

// keepRunning runs an end of a link until the test is over.
func keepRunning(t *testing.T, name string, run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	t.Cleanup(stop)
	return stop
}

type clinics struct {
	t     *testing.T
	redis *testkit.Redis
	keys  *register
	hub   *link.Hub
	store *shared
	sites []*clinic
}

type clinic struct {
	id    record.ID
	scope feed.Scope
	store *shared
	edge  *link.Edge
	line  *testkit.Proxy
	stop  func()
	held  []link.SiteKey
}

func startClinics(t *testing.T, server *testkit.Redis, n int) *clinics {
	c := &clinics{t: t, redis: server, keys: newRegister(), store: newShared(t, "", feed.Network)}
	mac, err := seal.NewMACKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.hub, err = link.NewHub(link.HubOptions{
		Hub: hubID, Node: "hub", Boot: newBoot(t), Keys: c.keys, MAC: mac, Bus: openRedis(t, c.redis.URL), Store: c.store, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.store.disk.wrote = func(scope feed.Scope) { c.hub.Committed(scope, c.store.disk.head(t, scope)) }
	keepRunning(t, "hub", c.hub.Run)
	for i := range n {
		c.sites = append(c.sites, c.startSite(fmt.Sprint("site", i)))
	}
	return c
}

// startSite lets a new site enrol over a line of its own.
func (c *clinics) startSite(name string) *clinic {
	site := record.Derive("site", name)
	s := &clinic{id: site, scope: feed.SiteScope(site), line: testkit.StartProxy(c.t, c.redis.Addr)}
	s.store = newShared(c.t, s.scope, s.scope, feed.Network)
	edge, err := link.NewEdge(link.EdgeOptions{
		Site: site, Name: name, Node: name, Boot: newBoot(c.t), Join: c.keys.invite(c.t), Bus: openRedis(c.t, c.redis.URLAt(s.line.Addr)), Store: s.store,
		Keep: func(_ context.Context, e link.Enrolled) error { s.held = append(s.held, e.Key); return nil },
	})
	if err != nil {
		c.t.Fatal(err)
	}
	s.edge = edge
	s.store.disk.wrote = func(scope feed.Scope) { edge.Committed(scope, s.store.disk.head(c.t, scope)) }
	s.stop = keepRunning(c.t, name, edge.Run)
	return s
}

// settled writes at every end and waits until all have all of it.
func (c *clinics) settled(what string) {
	c.t.Helper()
	c.store.edit(c.t, feed.Network, "note", what)
	for _, s := range c.sites {
		s.store.edit(c.t, s.scope, "entry", what)
	}
	began := time.Now()
	ok := testkit.Eventually(time.Minute, func() bool {
		for _, s := range c.sites {
			if !c.store.has(s.scope, "entry", what) || !s.store.has(feed.Network, "note", what) || s.edge.Status().Backlog.Records > 0 {
				return false
			}
		}
		return true
	})
	if !ok {
		for _, s := range c.sites {
			c.t.Logf("edge %+v", s.edge.Status())
			c.t.Logf("hub  %+v", c.hub.Status(s.id))
		}
		c.t.Fatalf("after %s: not everywhere within a minute", what)
	}
	c.t.Logf("after %s: everywhere within %s", what, time.Since(began).Round(time.Millisecond))
}

func TestSitesAndHubConvergeOverARealRedisWhateverHappensToIt(t *testing.T) {
	t.Parallel() // it waits most of the time
	c := startClinics(t, testkit.StartRedis(t), 2)
	c.settled("enrolment")

	c.redis.Stop()
	for i := range 50 {
		c.sites[0].store.edit(t, c.sites[0].scope, "entry", fmt.Sprint("while down ", i))
	}
	c.redis.Start()
	c.settled("a restart of the server")
	for i := range 50 {
		if !c.store.has(c.sites[0].scope, "entry", fmt.Sprint("while down ", i)) {
			t.Fatalf("edit %d made while the server was down is not at the hub", i)
		}
	}

	c.redis.Flush()
	c.settled("a flush")

	c.redis.KillSubscriptions()
	c.settled("killed subscriptions")

	c.sites[1].line.Stall()
	c.settled("a connection that went silent")

	for _, s := range c.sites {
		if st := s.edge.Status(); st.State != link.Live || st.Repairs != 0 {
			t.Errorf("the edge says %+v", st)
		}
		if st := c.hub.Status(s.id); st.State != link.Live || st.Repairs != 0 {
			t.Errorf("the hub says %+v", st)
		}
	}
}

func TestASiteStartsWithoutRedisAndNeverHoldsACommitUp(t *testing.T) {
	t.Parallel() // it waits most of the time
	server := testkit.StartRedis(t)
	server.Stop()
	c := startClinics(t, server, 1)
	s := c.sites[0]
	for i := range 20 {
		s.store.edit(t, s.scope, "entry", fmt.Sprint("before any line ", i))
	}
	server.Start()
	c.settled("a start without a server")
	if !c.store.has(s.scope, "entry", "before any line 19") {
		t.Fatal("what was written before there was a line did not arrive")
	}
	c.redis.Pause() // a server that accepts and never answers is the worst of all
	for i := range 2000 {
		s.store.edit(t, s.scope, "entry", fmt.Sprint("at work ", i))
	}
	c.redis.Resume()
	c.settled("a server that hung")
	if !testkit.Eventually(time.Minute, func() bool { return c.store.has(s.scope, "entry", "at work 1999") }) {
		t.Fatal("what was written while the server hung did not arrive")
	}
}
