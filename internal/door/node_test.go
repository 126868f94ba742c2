package door_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/internal/realtime"
	"github.com/aashram-care/sangam/storage/bolt"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
}

// clock is real time, moved by tests, or stopped.
type clock struct {
	mu      sync.Mutex
	ahead   time.Duration
	stopped time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped.IsZero() {
		return c.stopped.Add(c.ahead)
	}
	return time.Now().Add(c.ahead)
}

// stop leaves the clock to advance alone: what is counted in seconds does not depend on how busy the machine is.
func (c *clock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = time.Now()
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// node is a whole site over a real store and real TCP, but for the link and the command line.
type node struct {
	t         *testing.T
	dir       string
	id        string
	site      record.ID
	clock     *clock
	clinic    *clock
	log       *syncBuffer
	url       string
	door      *door.Door
	committer *commit.Committer
	setupCode string
	options   func(*door.Options)
	stop      func()
	waiting   atomic.Int32 // polls being answered

	lateNews atomic.Bool // the door is told of commits some time after their callers are answered
}

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func startNode(t *testing.T, options func(*door.Options)) *node {
	t.Helper()
	return startAt(t, record.NewV7(time.Now(), rand.Reader), options)
}

// startCentre is startNode for a node that belongs to no site.
func startCentre(t *testing.T) *node {
	t.Helper()
	return startAt(t, record.ID{}, func(o *door.Options) {
		o.Role, o.Staff, o.HideNames = "hub", door.StaffScope{Scope: feed.Network, Kind: clinic.KindCentralStaff}, true
		o.Views = func(_ *door.Door, ask door.Ask) (door.View, error) {
			who, err := clinic.AudienceOf(ask.Actor, ask.View)
			return door.View{Audience: who, Scopes: []feed.Scope{feed.Network}, Snapshot: func(time.Time) (any, error) { return api.CentreView{}, nil }}, err
		}
	})
}

func startAt(t *testing.T, site record.ID, options func(*door.Options)) *node {
	t.Helper()
	n := &node{
		t: t, dir: t.TempDir(), id: record.NewV7(time.Now(), rand.Reader).String(), site: site,
		clock: &clock{}, clinic: &clock{}, log: &syncBuffer{}, options: options,
	}
	n.start()
	t.Cleanup(func() { n.stop() })
	return n
}

func (n *node) start() {
	t := n.t
	t.Helper()
	local, own := feed.LocalScope(n.id), feed.SiteScope(n.site)
	scopes := []feed.Scope{feed.Network, local}
	if !n.site.IsZero() {
		scopes = append(scopes, own)
	}
	store, err := bolt.Open(filepath.Join(n.dir, "store"), bolt.Options{Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(n.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var writer record.Writer
	for writer == 0 {
		var b [8]byte
		_, _ = rand.Read(b[:])
		for _, x := range b {
			writer = writer<<8 | record.Writer(x)
		}
	}
	n.committer, err = commit.New(store, commit.Options{
		Rules: feed.Rules{Schema: clinic.Schema, Writer: writer}, Node: n.id, Site: n.site, Local: local,
		Now: n.clock.Now, ClinicNow: n.clinic.Now, TokensPath: filepath.Join(n.dir, "tokens"), Machine: "test", Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	c := n.committer
	o := door.Options{
		Node: n.id, Boot: record.NewV7(time.Now(), rand.Reader).String(), Version: "test", Role: "edge", Site: n.site, Local: local,
		Staff: door.StaffScope{Scope: own, Kind: clinic.KindStaff}, Core: c,
		Write: func(ctx context.Context, fn func(door.Writer) error) error {
			return c.Write(ctx, func(w *commit.Writer) error { return fn(w) })
		},
		Events: commit.Events, Now: n.clock.Now, ClinicNow: n.clinic.Now, Log: log,
		SetupCode: func(code string) { n.setupCode = code },
		Web:       fstest.MapFS{"index.html": {Data: []byte("index")}, "kiosk.html": {Data: []byte("kiosk page")}, "assets/app-Ab12Cd34.js": {Data: []byte("js")}, "assets/noto-sans-devanagari-devanagari-700-normal-Ab12Cd34.woff2": {Data: []byte("font")}, "big.html": {Data: bytes.Repeat([]byte("p"), 10_000)}},
		Rates:     door.Rates{Address: 1e6, Session: 1e6, Actions: 1e6, SignIn: 1e6},
		Realtime:  realtime.Options{BeatEvery: 50 * time.Millisecond, Window: time.Millisecond},
	}
	if n.options != nil {
		n.options(&o)
	}
	if n.door, err = door.New(o); err != nil {
		t.Fatal(err)
	}
	d := n.door
	c.OnCommit(func(x commit.Committed) {
		if n.lateNews.Load() {
			<-time.After(5 * time.Millisecond)
		}
		heads := map[feed.Scope]door.Head{}
		for scope, h := range x.Heads {
			heads[scope] = door.Head(h)
		}
		d.Committed(door.Commit{Changes: x.Changes, Events: x.Events, Heads: heads})
	})

	committing, endCommitter := context.WithCancel(context.Background())
	opening, endDoor := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := c.Run(committing); err != nil {
			t.Errorf("committer: %v", err)
		}
	})
	doorEnded := make(chan struct{})
	go func() {
		defer close(doorEnded)
		if err := d.Run(opening); err != nil {
			t.Errorf("door: %v", err)
		}
	}()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.RawQuery, "wait=") {
			n.waiting.Add(1)
			defer n.waiting.Add(-1)
		}
		d.ServeHTTP(w, r)
	}))
	n.url = srv.URL
	n.stop = sync.OnceFunc(func() {
		endDoor()
		<-doorEnded
		srv.Close()
		endCommitter()
		running.Wait()
		if err := store.View(func(tx feed.Tx) error { return feed.Check(tx, clinic.Schema) }); err != nil {
			t.Errorf("the store contradicts itself: %v", err)
		}
		if err := store.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	n.until("the node is ready", func() bool { return n.call("GET", "/readyz", "", nil, nil).status == 200 })
}

// restart opens the same disk again.
func (n *node) restart() {
	n.t.Helper()
	n.stop()
	n.start()
}

func (n *node) until(what string, ok func() bool) {
	n.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			n.t.Fatalf("never: %s", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}

type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

func (n *node) call(method, path, token string, body any, header http.Header) answer {
	n.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			n.t.Fatal(err)
		}
		in = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, n.url+path, in)
	if err != nil {
		n.t.Fatal(err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		n.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return answer{n.t, res.StatusCode, res.Header, text}
}

// into decodes a body that must have a status.
func (a answer) into(status int, to any) {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("answered %d %s, want %d", a.status, a.body, status)
	}
	if to == nil {
		return
	}
	if err := json.Unmarshal(a.body, to); err != nil {
		a.t.Fatalf("%s: %v", a.body, err)
	}
}

// refused checks that a body is a problem with a code.
func (a answer) refused(status int, code string) api.Problem {
	a.t.Helper()
	var p api.Problem
	if err := json.Unmarshal(a.body, &p); err != nil || a.status != status || p.Code != code || p.Status != status || p.Message == "" ||
		a.header.Get("Content-Type") != "application/problem+json" {
		a.t.Errorf("answered %d %s %s, want a problem %d %s", a.status, a.header.Get("Content-Type"), a.body, status, code)
	}
	return p
}

func newID() string { return record.NewV7(time.Now(), rand.Reader).String() }

// action runs one action and returns its result.
func (n *node) action(token, kind string, data any) api.Result {
	n.t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		n.t.Fatal(err)
	}
	var out api.ActionsResponse
	n.call("POST", "/api/v1/actions", token, api.ActionsRequest{Actions: []api.Action{{ID: newID(), Type: kind, At: api.At(n.clock.Now()).String(), Data: raw}}}, nil).into(200, &out)
	return out.Results[0]
}

// done is action for one that must be applied; the answer's data goes into to.
func (n *node) done(token, kind string, data, to any) {
	n.t.Helper()
	r := n.action(token, kind, data)
	if r.Status != api.Applied {
		n.t.Fatalf("%s: %s %+v", kind, r.Status, r.Error)
	}
	if to != nil {
		text, _ := json.Marshal(r.Data)
		if err := json.Unmarshal(text, to); err != nil {
			n.t.Fatalf("%s: %s: %v", kind, text, err)
		}
	}
}

const adminPIN, staffPIN = "9876", "4321"

// admin sets the node up and returns the admin's token.
func (n *node) admin() string {
	n.t.Helper()
	var s api.Session
	n.call("POST", "/api/v1/setup", "", api.SetupRequest{Code: n.setupCode, Site: &api.SetupSite{Name: "Pune", Timezone: "Asia/Kolkata"}, Admin: api.SetupAdmin{Name: "Asha", PIN: adminPIN}}, nil).into(200, &s)
	return s.Token
}

func (n *node) signIn(user, pin string) string {
	n.t.Helper()
	var s api.Session
	n.call("POST", "/api/v1/session", "", api.SessionRequest{User: user, PIN: pin}, nil).into(200, &s)
	return s.Token
}

// crew is one signed-in session of each role.
type crew struct {
	admin, coordinator, guruji, other, kiosk, board string
	gurujiID, otherID                               string
	staffIDs                                        map[string]string
}

func (n *node) crew() crew {
	n.t.Helper()
	c := crew{admin: n.admin(), staffIDs: map[string]string{}}
	for _, s := range []struct{ name, role string }{{"Bina", "coordinator"}, {"Chandra", "guruji"}, {"Deva", "guruji"}} {
		var made clinic.StaffAnswer
		n.done(c.admin, "staff.create", map[string]any{"name": s.name, "role": s.role, "pin": staffPIN, "room": s.name + "'s room"}, &made)
		c.staffIDs[s.name] = made.Staff.String()
		switch s.name {
		case "Chandra":
			c.gurujiID = made.Guruji.String()
		case "Deva":
			c.otherID = made.Guruji.String()
		}
	}
	c.coordinator, c.guruji, c.other = n.signIn("bina", staffPIN), n.signIn("chandra", staffPIN), n.signIn("deva", staffPIN)
	c.kiosk, c.board = n.device("kiosk"), n.device("board")
	return c
}

func (n *node) device(kind string) string {
	n.t.Helper()
	code, _, err := n.door.PairDevice(context.Background(), clinic.Actor{ID: "test", Role: clinic.RoleAdmin}, kind, kind+" at the gate")
	if err != nil {
		n.t.Fatal(err)
	}
	var s api.Session
	n.call("POST", "/api/v1/session", "", api.SessionRequest{Pair: strings.ToLower(code)}, nil).into(200, &s)
	return s.Token
}

type checkedIn struct{ Entry, Token, Link string }

func (n *node) checkIn(token string, data map[string]any) (c checkedIn) {
	n.t.Helper()
	n.done(token, "queue.check_in", data, &c)
	return c
}

func person(name, phone string) map[string]any { return map[string]any{"name": name, "phone": phone} }

var adminActor = clinic.Actor{ID: "test", Role: clinic.RoleAdmin}

// onDisk searches every byte of the node's files.
func (n *node) onDisk(text string) bool {
	n.t.Helper()
	found := false
	err := filepath.WalkDir(n.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found = found || bytes.Contains(content, []byte(text))
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return found
}

// serve puts a door on the network until the test ends.
func (n *node) serve(d *door.Door) {
	srv := httptest.NewServer(d)
	n.url = srv.URL
	n.t.Cleanup(srv.Close)
}

// nothing is a node that has not read its store yet.
type nothing struct{}

func (nothing) Act(context.Context, clinic.Actor, []api.Action) ([]api.Result, error) {
	return nil, errors.New("not yet")
}
func (nothing) View(func(feed.Tx) error) error        { return errors.New("not yet") }
func (nothing) Day(record.ID, func(*clinic.Day)) bool { return false }

// emptyFS is a front end that was not built.
type emptyFS struct{}

func (emptyFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
