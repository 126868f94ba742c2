package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"github.com/aashram-care/sangam/edge"
	"github.com/aashram-care/sangam/hub"
	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/sync/bus/lineproxy"
)

// centre is the hub of the demo.
type centre struct {
	d      *demo
	redis  string
	caller *caller // the central admin; set by begin
	setup  secret
	up     chan hub.Started
}

func newCentre(d *demo, redis string) *centre {
	return &centre{d: d, redis: redis, up: make(chan hub.Started, 1)}
}

// Run is the hub's life.
func (c *centre) Run(ctx context.Context) error {
	return hub.Run(ctx, hub.Options{
		Data: filepath.Join(c.d.dir, "hub"), Listen: c.d.o.address(1), Redis: c.redis, Version: c.d.o.Version,
		ClinicNow: c.d.clock.Now, ClinicSpeed: c.d.clock.Speed, Log: c.d.o.Log.With("node", "hub"),
		Started: func(s hub.Started) { c.up <- s }, SetupCode: c.setup.set,
	})
}

// begin waits for the hub, signs its admin in, and makes a join code for every site that has none yet.
func (c *centre) begin(ctx context.Context) error {
	var started hub.Started
	select {
	case started = <-c.up:
	case <-ctx.Done():
		return ctx.Err()
	}
	c.caller = newCaller(started.URL)
	if err := enter(ctx, c.caller, &c.setup, centralAdmin, pins["central_admin"]); err != nil {
		return err
	}
	for _, s := range c.d.sites {
		if s.kept.Enrolled {
			continue
		}
		code, err := started.Enrol(ctx, s.name)
		if err != nil {
			return fmt.Errorf("make a join code for %s: %w", s.name, err)
		}
		s.join = code
	}
	return nil
}

// site is one ashram of the demo: a box, and the line from it to the wire.
type site struct {
	ashram
	number int // 0 is the first
	d      *demo
	kept   *keptSite
	line   *lineproxy.Proxy
	redis  string // the wire, by way of the line
	join   string // join code; set before the box starts, "" when it is not needed
	listen string
	box    *box
	setup  secret
	admin  *caller           // set by begin, as are url, id and people
	url    string            // of its screens
	id     string            // of the site
	people map[string]string // name to staff id
	paired []api.DescribeDevice
	pair   func(ctx context.Context, kind, name string) (code string, err error)

	seen sight

	mu        sync.Mutex // guards what follows
	cutAt     time.Time  // zero: the line is whole
	stoppedAt time.Time  // zero: the box runs, and nobody has asked it to stop
	rejoined  *rejoining
	back      *arrival
	phone     *slip
}

func newSite(d *demo, i int, wire string) (*site, error) {
	s := &site{ashram: cast[i], number: i, d: d, listen: d.o.address(2 + i)}
	s.kept = d.kept.site(s.name)
	target, err := lineTarget(wire)
	if err != nil {
		return nil, err
	}
	if s.line, err = lineproxy.Listen("127.0.0.1:0", target); err != nil {
		return nil, err
	}
	s.redis = throughLine(wire, s.line.Addr())
	s.box = newBox(s.live, func(err error) {
		d.o.Log.Error("a box ended by itself; start it again from the page", "site", s.id, "err", err)
		s.mark(func() { s.stoppedAt = time.Now() })
		d.news.tell(item{Kind: "failed", Site: s.id})
	})
	return s, nil
}

// close closes the line of a site that never ran.
func (s *site) close() {
	over, cancel := context.WithCancel(context.Background())
	cancel()
	_ = s.line.Run(over) // closes its listener and returns at once
}

// live is one life of the site's node.
func (s *site) live(ctx context.Context, started func()) error {
	return edge.Run(ctx, edge.Options{
		Data: filepath.Join(s.d.dir, "site-"+s.kept.Dir), Listen: s.listen, Redis: s.redis, Join: s.join,
		SiteName: s.name, Timezone: zone, Version: s.d.o.Version,
		ClinicNow: s.d.clock.Now, ClinicSpeed: s.d.clock.Speed, Log: s.d.o.Log.With("node", s.kept.Dir),
		SetupCode: s.setup.set,
		Started: func(up edge.Started) {
			s.mark(func() { s.url, s.id, s.pair = up.URL, up.Site.String(), up.Pair })
			started()
		},
	})
}

// begin starts the box and makes everybody known to it.
func (s *site) begin(ctx context.Context) error {
	if err := s.box.Start(ctx); err != nil {
		return err
	}
	s.admin = newCaller(s.url)
	if err := enter(ctx, s.admin, &s.setup, s.kept.admin().Name, s.kept.admin().PIN); err != nil {
		return err
	}
	return s.seed(ctx)
}

// mark changes what the page shows of the site.
func (s *site) mark(change func()) {
	s.mu.Lock()
	change()
	s.mu.Unlock()
	s.d.changed.set()
}

// lineTarget is the host and port that a line to a Redis leads to. A line carries bytes to one server: what a cluster,
// a sentinel or TLS would name instead goes around it.
func lineTarget(raw string) (string, error) {
	if raw == "" {
		return "", nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "redis" || u.Hostname() == "" {
		// The URL is not repeated: a part of it may be a password.
		return "", fmt.Errorf("%w: --redis: the lines of a demo lead to one server, like redis://[user:password@]host[:port][/database]", ErrUsage)
	}
	if u.Port() == "" {
		u.Host += ":6379"
	}
	return u.Host, nil
}

// throughLine is the URL of the same server by way of a line.
func throughLine(raw, line string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw // lineTarget has read it
	}
	u.Host = line
	return u.String()
}

// secret is a code that a node tells once, before it answers.
type secret struct {
	mu   sync.Mutex
	code string
}

func (s *secret) set(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.code = code
}

func (s *secret) get() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.code
}

// enter signs an admin in once the node is ready, and sets it up with them at its first start.
func enter(ctx context.Context, c *caller, code *secret, name, pin string) error {
	for c.do(ctx, http.MethodGet, "/readyz", nil, nil) != nil {
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	var status api.Status
	if err := c.do(ctx, http.MethodGet, "/api/v1/status", nil, &status); err != nil {
		return err
	}
	if !status.Setup {
		return c.signIn(ctx, name, pin)
	}
	var session api.Session
	setup := api.SetupRequest{Code: code.get(), Admin: api.SetupAdmin{Name: name, PIN: pin}}
	if err := c.do(ctx, http.MethodPost, "/api/v1/setup", setup, &session); err != nil {
		return fmt.Errorf("set the node up: %w", err)
	}
	c.token = session.Token
	return nil
}
