package bench_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/hub"
	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// SANGAM_SITES is how many sites come back (default 1000), SANGAM_SITES_BACKLOG how many records each has to tell.
const (
	envSites   = "SANGAM_SITES"
	envBacklog = "SANGAM_SITES_BACKLOG"
)

const (
	pin    = "246810"
	outage = 25 * time.Second // after which both ends have given every session up
)

func TestMain(m *testing.M) {
	code := m.Run()
	testkit.RemoveBinary()
	os.Exit(code)
}

// BenchmarkSites is a Redis that was away, with sites that all come back at once, each with a backlog and somebody
// who was just checked in: when an admin at the centre sees that one, when all backlogs are told, and what the hub,
// a process of its own, took for it.
//
//	go test ./sync/link/bench -run '^$' -bench Sites
func BenchmarkSites(b *testing.B) {
	count, records := number(b, envSites, 1000), number(b, envBacklog, 100)
	log := filepath.Join(b.TempDir(), "redis.log")
	server := testkit.StartRedis(b, "logfile "+log)
	centre := testkit.StartProcess(b, "hub", "--redis", server.URL)
	testkit.Run(b, pin, "staff", "add", "--data", centre.Dir, "--name", "Anil", "--role", "central_admin")
	admin := signIn(b, centre.URL)
	wire := openRedis(b, server.URL)
	sites := make([]*smallSite, count)
	for n := range sites {
		sites[n] = newSmallSite(b, wire, centre, n)
	}
	for _, s := range sites {
		s.connect(b, wire, link.EdgeOptions{})
	}
	// In sync: what the network's feed tells of a thousand sites is with each of them, and not in the way later.
	all(b, sites, "in sync", 4*time.Minute, func(s *smallSite) bool {
		st := s.edge.Status()
		return st.State == link.Live && st.InSync
	})
	centre.ForgetPeak(b)
	before := centre.Usage(b)

	server.Stop()
	<-time.After(outage)
	for _, s := range sites {
		s.write(b, records)
	}
	b.ResetTimer()
	server.Start()
	began := time.Now()
	seen := awaitRows(b, admin, centre.URL, count, began)
	all(b, sites, "acknowledged", 5*time.Minute, func(s *smallSite) bool {
		st := s.edge.Status()
		return st.State == link.Live && st.Backlog.Records == 0
	})
	drained := time.Since(began)
	b.StopTimer()
	after := centre.Usage(b)
	text, err := os.ReadFile(log)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(seen[len(seen)/2].Seconds(), "seen-p50-s")
	b.ReportMetric(seen[len(seen)-1].Seconds(), "seen-last-s")
	b.ReportMetric(drained.Seconds(), "drained-s")
	b.ReportMetric(float64(after.Peak)/1024, "hub-peak-MiB")
	b.ReportMetric(float64(before.RSS)/1024, "hub-before-MiB")
	b.ReportMetric((after.CPU - before.CPU).Seconds(), "hub-cpu-s")
	b.ReportMetric(float64(strings.Count(string(text), "overcoming of output buffer limits")), "redis-kills")
}

func number(b *testing.B, name string, otherwise int) int {
	b.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv(name), strconv.Itoa(otherwise)))
	if err != nil || n < 1 {
		b.Fatalf("%s: %v", name, err)
	}
	return n
}

// smallSite is the end of a link over a store in memory.
type smallSite struct {
	id    record.ID
	store *feedtest.Memory
	rules feed.Rules
	key   link.SiteKey
	edge  *link.Edge
	stop  func()
}

func newSmallSite(b *testing.B, wire bus.Bus, centre *testkit.Process, n int) *smallSite {
	b.Helper()
	name := fmt.Sprintf("Site %04d", n)
	var enrolled hub.Enrolled
	err := control.Call(b.Context(), centre.Dir, node.Hub, "hub.enrol", hub.EnrolRequest{Name: name}, &enrolled, hub.Operations)
	if err != nil {
		b.Fatal(err)
	}
	join, err := seal.ParseJoin(enrolled.Code)
	if err != nil {
		b.Fatal(err)
	}
	s := &smallSite{id: record.Derive("small site", name), store: &feedtest.Memory{}}
	s.rules = feed.Rules{Schema: clinic.Schema, Writer: record.Writer(n + 1)}
	err = s.store.Update(func(tx feed.Tx) error {
		return feed.MintAll(tx, rand.Reader, feed.SiteScope(s.id), feed.Network)
	})
	if err != nil {
		b.Fatal(err)
	}
	// One after the other, and stopped again: each site is told of each new one, which is not what is measured.
	kept := make(chan link.SiteKey, 1)
	s.connect(b, wire, link.EdgeOptions{Name: name, Join: &join, Keep: func(_ context.Context, e link.Enrolled) error {
		kept <- e.Key
		return nil
	}})
	select {
	case s.key = <-kept:
	case <-time.After(time.Minute):
		b.Fatalf("%s is not enrolled after a minute: %+v", name, s.edge.Status())
	}
	s.stop()
	return s
}

// connect runs the site's end of its link until stop.
func (s *smallSite) connect(b *testing.B, wire bus.Bus, o link.EdgeOptions) {
	b.Helper()
	o.Site, o.Node, o.Boot, o.Bus, o.Store, o.Log = s.id, s.id.String(), newBoot(), wire, s, quiet
	if o.Join == nil {
		o.Keys = []link.SiteKey{s.key}
	}
	var err error
	if s.edge, err = link.NewEdge(o); err != nil {
		b.Fatal(err)
	}
	s.stop = run(b, s.edge.Run)
}

func (s *smallSite) View(fn func(feed.Tx) error) error { return s.store.View(fn) }

func (s *smallSite) Write(_ context.Context, fn func(feed.Tx) error) error { return s.store.Update(fn) }

func (s *smallSite) Merge(_ context.Context, in link.Incoming) (m link.Merged, err error) {
	err = s.store.Update(func(tx feed.Tx) error {
		m = link.Merged{}
		for _, r := range in.Records {
			changes, err := s.rules.Merge(tx, in.Scope, r.Record, feed.Source{Peer: in.Peer, Timeline: in.Timeline, Seq: r.Seq})
			if err != nil {
				return err
			}
			m.Applied += len(changes)
		}
		if !in.Advance {
			return nil
		}
		var err error
		m.Cursor, err = feed.Advance(tx, in.Scope, in.Peer, feed.Frame{Timeline: in.Timeline, From: in.From, To: in.To, Head: in.Head})
		return err
	})
	return m, err
}

// write adds a backlog of visits that ended on earlier days, and one person who waits today.
func (s *smallSite) write(b *testing.B, records int) {
	b.Helper()
	india := time.FixedZone("IST", 5*3600+1800)
	now := time.Now()
	guruji := record.Derive("guruji", s.id.String())
	scope := feed.SiteScope(s.id)
	var head feed.Seq
	err := s.store.Update(func(tx feed.Tx) error {
		for k := range records {
			at, status := now.AddDate(0, 0, -1-k%20), "done"
			if k == records-1 {
				at, status = now, "waiting"
			}
			set := map[string]record.Value{
				"status": record.Text(status), "guruji": record.IDValue(guruji), "token": record.Text(fmt.Sprintf("A%03d", k)),
				"checkedInAt": record.TimeValue(at), "name": record.Text("somebody"),
			}
			if status == "done" {
				set["calledAt"], set["startedAt"] = record.TimeValue(at.Add(time.Minute)), record.TimeValue(at.Add(2*time.Minute))
				set["endedAt"] = record.TimeValue(at.Add(9 * time.Minute))
			}
			_, err := s.rules.Edit(tx, scope, record.Edit{
				Kind: clinic.KindEntry, ID: record.NewV7(at, rand.Reader), Day: at.In(india).Format(time.DateOnly), Set: set,
			}, at)
			if err != nil {
				return err
			}
		}
		var err error
		_, head, err = feed.Head(tx, scope)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	s.edge.Committed(scope, head)
}

// all waits until something holds for every site.
func all(b *testing.B, sites []*smallSite, what string, atMost time.Duration, is func(*smallSite) bool) {
	b.Helper()
	left := slices.Clone(sites)
	if !testkit.Eventually(atMost, func() bool {
		left = slices.DeleteFunc(left, is)
		return len(left) == 0
	}) {
		b.Fatalf("after %s %d of %d sites are not %s; one says %+v", atMost, len(left), len(sites), what, left[0].edge.Status())
	}
}

// awaitRows reads the centre's screen until every site shows who waits there, and returns how long each took, sorted.
func awaitRows(b *testing.B, token, url string, count int, began time.Time) (took []time.Duration) {
	b.Helper()
	shown := map[string]bool{}
	for len(shown) < count {
		if time.Since(began) > 5*time.Minute {
			b.Fatalf("after 5 minutes the centre shows who waits at %d of %d sites", len(shown), count)
		}
		var shot struct {
			View api.CentreView `json:"view"`
		}
		ask(b, http.MethodGet, url+"/api/v1/snapshot?view=centre", token, nil, &shot)
		for _, s := range shot.View.Sites {
			if s.Waiting != nil && *s.Waiting > 0 && !shown[s.ID] {
				shown[s.ID] = true
				took = append(took, time.Since(began))
			}
		}
		<-time.After(250 * time.Millisecond)
	}
	return took
}

func signIn(b *testing.B, url string) string {
	b.Helper()
	var session api.Session
	ask(b, http.MethodPost, url+"/api/v1/session", "", strings.NewReader(`{"user":"Anil","pin":"`+pin+`"}`), &session)
	return session.Token
}

func ask(b *testing.B, method, url, token string, body *strings.Reader, into any) {
	b.Helper()
	if body == nil {
		body = strings.NewReader("")
	}
	req, err := http.NewRequestWithContext(b.Context(), method, url, body)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		b.Fatalf("%s %s: %s", method, url, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		b.Fatal(err)
	}
}
