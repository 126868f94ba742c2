package hub_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aashram-care/sangam/hub"
	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const pin = "246810"

// clock is the clinic's, moved by tests.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// centre is a whole hub without a wire, which holds what a site sent it before.
type centre struct {
	t     *testing.T
	url   string
	token string // of a central admin
	site  record.ID
	clock *clock
	log   *bytes.Buffer
}

func startCentre(t *testing.T, people int) *centre {
	t.Helper()
	c := &centre{t: t, clock: &clock{}, log: &bytes.Buffer{}}
	dir := t.TempDir()
	c.fill(dir, people)
	started, code := make(chan string, 1), make(chan string, 1)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- hub.Run(ctx, hub.Options{
			Data: dir, Listen: "127.0.0.1:0", ClinicNow: c.clock.Now, Log: slog.New(slog.NewTextHandler(&guarded{w: c.log}, nil)),
			Started: func(s hub.Started) { started <- s.URL }, SetupCode: func(text string) { code <- text },
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the hub ended with %v", err)
		}
		testkit.ReadHeld(t, dir, c.site) // checks every invariant of the file
	})
	select {
	case c.url = <-started:
	case err := <-ended:
		t.Fatalf("the hub did not start: %v", err)
	}
	c.eventually("the hub is ready", func() bool { return c.call("GET", "/readyz", nil, nil) == 200 })
	var s api.Session
	if status := c.call("POST", "/api/v1/setup", api.SetupRequest{Code: <-code, Admin: api.SetupAdmin{Name: "Anil", PIN: pin}}, &s); status != 200 {
		t.Fatalf("setup: %d", status)
	}
	c.token = s.Token
	return c
}

type guarded struct {
	mu sync.Mutex
	w  io.Writer
}

func (g *guarded) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.w.Write(p)
}

// fill gives a hub's directory what a site with waiting people would have sent.
func (c *centre) fill(dir string, people int) {
	c.t.Helper()
	edge := c.open(filepath.Join(c.t.TempDir(), "edge"), node.Edge)
	c.site = edge.Site
	var in commit.Incoming
	c.run(edge, func(ctx context.Context) {
		admin := clinic.Actor{ID: "admin", Role: clinic.RoleAdmin}
		var made clinic.StaffAnswer
		c.act(ctx, edge, admin, "staff.create", clinic.StaffCreate{Name: "Ananda", Role: clinic.RoleGuruji}, &made)
		c.act(ctx, edge, admin, "setting.update", map[string]any{"name": "slotMinutes", "value": 30}, nil)
		c.act(ctx, edge, admin, "setting.update", map[string]any{"name": "name", "value": "Nirmal Dham"}, nil)
		c.act(ctx, edge, clinic.Actor{}, "device.request", clinic.DeviceRequest{Kind: "board", Name: "Hall"}, nil)
		for i := range people {
			c.act(ctx, edge, admin, "queue.check_in", map[string]any{"guruji": made.Guruji, "person": map[string]any{"name": fmt.Sprintf("Visitor %d", i)}}, nil)
		}
		err := edge.Committer.View(func(tx feed.Tx) error {
			b, err := feed.Read(tx, feed.SiteScope(c.site), 0, feed.ReadOptions{MaxRecords: 10_000, MaxBytes: 1 << 24})
			in = commit.Incoming{Scope: b.Scope, Peer: "edge", Timeline: b.Timeline, From: b.From, To: b.To, Head: b.Head, Records: b.Records, Advance: true}
			return err
		})
		if err != nil {
			c.t.Fatal(err)
		}
	})
	centre := c.open(dir, node.Hub)
	c.run(centre, func(ctx context.Context) {
		err := centre.Committer.Write(ctx, func(w *commit.Writer) error {
			_, err := w.Edit(feed.Network, record.Edit{Kind: clinic.KindSite, ID: c.site, Set: map[string]record.Value{
				"name": record.Text("Pune"), "state": record.Text("enrolled"), "createdBy": record.Text("hub"),
			}})
			return err
		})
		if err == nil {
			_, err = centre.Committer.Merge(ctx, in)
		}
		if err != nil {
			c.t.Fatal(err)
		}
	})
}

func (c *centre) open(dir, role string) *node.Node {
	c.t.Helper()
	n, err := node.Open(node.Options{Dir: dir, Role: role, ClinicNow: c.clock.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

// run lets a node work for as long as do takes.
func (c *centre) run(n *node.Node, do func(context.Context)) {
	c.t.Helper()
	ctx, stop := context.WithCancel(c.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx, func(ctx context.Context) error { <-ctx.Done(); return nil }) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			c.t.Error(err)
		}
		if err := n.Close(); err != nil {
			c.t.Error(err)
		}
	}()
	do(ctx)
}

func (c *centre) act(ctx context.Context, n *node.Node, actor clinic.Actor, kind string, data, into any) {
	c.t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		c.t.Fatal(err)
	}
	results, err := n.Committer.Act(ctx, actor, []api.Action{{ID: record.NewV7(time.Now(), rand.Reader).String(), Type: kind, Data: raw}})
	if err != nil || results[0].Error != nil {
		c.t.Fatalf("%s: %v %+v", kind, err, results)
	}
	if into != nil {
		text, _ := json.Marshal(results[0].Data)
		if err := json.Unmarshal(text, into); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *centre) call(method, path string, in, out any) int {
	c.t.Helper()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			c.t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, c.url+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+c.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	if out != nil && res.StatusCode < 300 {
		if err := json.NewDecoder(res.Body).Decode(out); err != nil {
			c.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return res.StatusCode
}

// shown is the site's row on the centre's screen.
func (c *centre) shown() api.SiteStatus {
	c.t.Helper()
	var shot struct{ View api.CentreView }
	c.call("GET", "/api/v1/snapshot?view=centre", nil, &shot)
	for _, s := range shot.View.Sites {
		if s.ID == c.site.String() {
			return s
		}
	}
	return api.SiteStatus{}
}

func (c *centre) eventually(what string, ok func() bool) {
	c.t.Helper()
	if !testkit.Eventually(20*time.Second, ok) {
		c.t.Fatalf("never: %s", what)
	}
}

func TestEveryRouteOfTheCentreRefusesBadRequestsWithAProblem(t *testing.T) {
	c := startCentre(t, 1)
	asked := testkit.MisuseRoutes(t, c.url, map[string]string{"a central admin": c.token})
	t.Logf("%d bad requests", asked)
	if strings.Contains(c.log.String(), "level=ERROR") {
		t.Errorf("the log tells of a fault:\n%s", c.log)
	}
}

// TestTheCentreTurnsTheDayOfASiteItWatches lets the clinic's clock pass the cut-off while the site says nothing.
func TestTheCentreTurnsTheDayOfASiteItWatches(t *testing.T) {
	c := startCentre(t, 3)
	c.eventually("three wait", func() bool { s := c.shown(); return s.Waiting != nil && *s.Waiting == 3 })
	var shot api.Snapshot
	view := "/api/v1/snapshot?view=queue&site=" + c.site.String()
	c.call("GET", view, nil, &shot)
	told := make(chan api.Changes, 1)
	go func() {
		var page api.Changes
		c.call("GET", "/api/v1/changes?wait=25s&since="+url.QueryEscape(shot.Cursor), nil, &page)
		told <- page
	}()
	c.clock.advance(24 * time.Hour)
	if page := <-told; page.Reset != "new_day" {
		t.Errorf("who watches the site is told %+v", page)
	}
	c.eventually("nobody waits on the new day", func() bool { s := c.shown(); return s.Waiting != nil && *s.Waiting == 0 })
	var today struct{ View clinic.QueueView }
	c.call("GET", view, nil, &today)
	if len(today.View.Gurujis) != 1 || len(today.View.Gurujis[0].Entries) != 0 || today.View.Day != clinic.ServiceDay(c.clock.Now(), time.FixedZone("IST", 19800)) {
		t.Errorf("the new day shows %+v", today.View)
	}
}
