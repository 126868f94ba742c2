package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/record"
)

// chaotic is one hub and several sites as processes on a wire.
type chaotic struct {
	t      *testing.T
	random *rand.Rand
	wire   chaoticWire
	hub    *testkit.Process
	sites  []*chaoticSite
	kills  int
	done   map[string]int // what the nemesis did
}

// chaoticWire is a kind of Redis, and the bad things that happen to it.
type chaoticWire interface {
	hubURL() string
	siteURL() string // of the next site
	deeds(ctx context.Context, c *chaotic, site int, away time.Duration) []deed
}

// deed is a bad thing that happens in proportion to its weight.
type deed struct {
	name   string
	weight int
	do     func()
}

type chaoticSite struct {
	edge *testkit.Process
	id   record.ID

	token, guruji string

	mu    sync.Mutex // guards all below
	acked []string
	sent  map[string]bool
}

func newChaos(t *testing.T, wire chaoticWire, sites int, seed uint64) *chaotic {
	t.Helper()
	c := &chaotic{t: t, random: rand.New(rand.NewPCG(seed, 1)), wire: wire, done: map[string]int{}}
	c.hub = testkit.StartProcess(t, "hub", "--redis", wire.hubURL())
	testkit.Run(t, pin, "staff", "add", "--data", c.hub.Dir, "--name", "Anil", "--role", "central_admin")
	for i := range sites {
		s := &chaoticSite{sent: map[string]bool{}}
		name := fmt.Sprintf("Dham %d", i+1)
		var enrolled struct{ Code string }
		testkit.RunJSON(t, &enrolled, "", "hub", "enrol", "--data", c.hub.Dir, "--site", name)
		s.edge = testkit.StartProcess(t, "edge", "--redis", wire.siteURL(), "--join", enrolled.Code, "--site-name", name)
		testkit.Run(t, pin, "staff", "add", "--data", s.edge.Dir, "--name", "Meera", "--role", "admin")
		testkit.Run(t, pin, "staff", "add", "--data", s.edge.Dir, "--name", "Vaidya", "--role", "guruji")
		s.token = signIn(t, s.edge.URL, "Meera")
		var shot struct {
			View struct{ Gurujis []struct{ ID string } }
		}
		get(t, s.edge.URL+"/api/v1/snapshot?view=coordinator", s.token, &shot)
		if len(shot.View.Gurujis) != 1 {
			t.Fatalf("%s shows %d gurujis", name, len(shot.View.Gurujis))
		}
		s.guruji = shot.View.Gurujis[0].ID
		var err error
		if s.id, err = record.ParseID(siteOf(t, s.edge.URL)); err != nil {
			t.Fatal(err)
		}
		c.sites = append(c.sites, s)
	}
	return c
}

// write checks people in until ctx ends, and repeats each until the site has answered.
func (s *chaoticSite) write(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		id := record.NewV7(time.Now(), cryptoRandom{}).String()
		s.mu.Lock()
		s.sent[id] = true
		s.mu.Unlock()
		for ctx.Err() == nil && !s.checkIn(ctx, id, n) {
			pauseFor(ctx, 10*time.Millisecond)
		}
		pauseFor(ctx, 20*time.Millisecond)
	}
}

func pauseFor(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// checkIn is false when nobody knows whether it was done.
func (s *chaoticSite) checkIn(ctx context.Context, id string, n int) bool {
	body, err := json.Marshal(map[string]any{"actions": []any{map[string]any{
		"id": id, "type": "queue.check_in", "at": time.Now().UTC().Format(time.RFC3339Nano),
		"data": map[string]any{"guruji": s.guruji, "person": map[string]string{"name": fmt.Sprint("Person ", n)}},
	}}})
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.edge.URL+"/api/v1/actions", bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	var out struct{ Results []api.Result }
	if json.NewDecoder(res.Body).Decode(&out) != nil || len(out.Results) != 1 {
		return false
	}
	if status := out.Results[0].Status; status != api.Applied && status != api.Duplicate {
		return false
	}
	s.mu.Lock()
	s.acked = append(s.acked, id)
	s.mu.Unlock()
	return true
}

// disturb does one bad thing, and lets it be for a while.
func (c *chaotic) disturb(ctx context.Context) {
	n := c.random.IntN(len(c.sites))
	s := c.sites[n]
	away := time.Duration(c.random.IntN(400)) * time.Millisecond
	deeds := append(c.wire.deeds(ctx, c, n, away),
		deed{"site killed", 10, func() { c.kill(ctx, s.edge.Kill, s.edge.Start, away/4) }},
		deed{"centre killed", 4, func() { c.kill(ctx, c.hub.Kill, c.hub.Start, away/2) }},
	)
	total := 0
	for _, d := range deeds {
		total += d.weight
	}
	at := c.random.IntN(total)
	for _, d := range deeds {
		if at -= d.weight; at < 0 {
			d.do()
			c.done[d.name]++
			return
		}
	}
}

func (c *chaotic) kill(ctx context.Context, kill, start func(), away time.Duration) {
	kill()
	c.kills++
	pauseFor(ctx, away)
	start()
}

// singleRedis is one server, and a line of its own for each site.
type singleRedis struct {
	t     *testing.T
	redis *testkit.Redis
	lines []*testkit.Proxy
}

func (w *singleRedis) hubURL() string { return w.redis.URL }

func (w *singleRedis) siteURL() string {
	line := testkit.StartProxy(w.t, w.redis.Addr)
	w.lines = append(w.lines, line)
	return w.redis.URLAt(line.Addr)
}

func (w *singleRedis) deeds(ctx context.Context, c *chaotic, site int, away time.Duration) []deed {
	line := w.lines[site]
	return []deed{
		{"Redis killed", 2, func() { c.kill(ctx, w.redis.Kill, w.redis.Start, 2*away) }},
		{"Redis stopped in its tracks", 1, func() { w.redis.Pause(); pauseFor(ctx, 4*away); w.redis.Resume() }},
		{"Redis wiped", 1, func() { w.redis.Flush() }},
		{"subscriptions killed", 1, func() { w.redis.KillSubscriptions() }},
		{"line cut", 2, func() { line.Cut(); pauseFor(ctx, 4*away); line.Restore() }},
		{"line swallows", 2, func() { line.Stall(); pauseFor(ctx, 4*away); line.Restore() }},
	}
}

// clusterRedis is three masters, and a replica that takes the place of one that was killed.
type clusterRedis struct{ cluster *testkit.RedisCluster }

func (w clusterRedis) hubURL() string { return w.cluster.URL() }

func (w clusterRedis) siteURL() string { return w.cluster.URL() }

func (w clusterRedis) deeds(ctx context.Context, c *chaotic, site int, away time.Duration) []deed {
	id := c.sites[site].id
	channel := bus.DownChannel(id)
	if away%2 == 0 {
		channel = bus.UpChannel(bus.Bucket(id))
	}
	return []deed{
		{"slot moved", 8, func() { w.cluster.Move(channel) }},
		{"master killed", 6, func() {
			w.cluster.AwaitReplica()
			w.cluster.HaveReplica(channel)
			w.cluster.AwaitWell()
			master := w.cluster.Owner(channel)
			c.kill(ctx, master.Kill, func() {
				w.cluster.AwaitOwnerAfter(channel, master)
				w.cluster.Start()
			}, away)
		}},
		{"cluster stopped", 2, func() { c.kill(ctx, w.cluster.Stop, w.cluster.Start, away) }},
	}
}

// TestNothingIsLostWhateverIsKilled kills sites, centre and Redis at random while people are checked in, and compares
// what was acknowledged with what both ends hold. SANGAM_CHAOS_SITES=5 SANGAM_CHAOS_KILLS=500 makes it longer.
func TestNothingIsLostWhateverIsKilled(t *testing.T) {
	playChaos(t, &singleRedis{t: t, redis: testkit.StartRedis(t)}, 12)
}

// TestNothingIsLostWhateverHappensToACluster is the same on a Redis Cluster.
func TestNothingIsLostWhateverHappensToACluster(t *testing.T) {
	playChaos(t, clusterRedis{testkit.StartRedisCluster(t, "")}, 8)
}

func playChaos(t *testing.T, wire chaoticWire, kills int) {
	c := newChaos(t, wire, setting(t, "SANGAM_CHAOS_SITES", 2), uint64(setting(t, "SANGAM_CHAOS_SEED", 1)))
	ctx, cancel := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	for _, s := range c.sites {
		writing.Go(func() { s.write(ctx) })
	}
	for kills = setting(t, "SANGAM_CHAOS_KILLS", kills); c.kills < kills && !t.Failed(); {
		c.disturb(ctx)
		pauseFor(ctx, time.Duration(c.random.IntN(300))*time.Millisecond)
	}
	cancel()
	writing.Wait()
	quiet := time.Now()
	for _, s := range c.sites {
		if !testkit.Eventually(time.Until(quiet.Add(time.Minute)), func() bool { return allAcknowledged(t, s.edge.URL) }) {
			t.Errorf("%s has not reached the centre within a minute of quiet: %+v", s.edge.URL, uplink(t, s.edge.URL))
		}
	}
	took := time.Since(quiet)
	c.hub.Kill()
	acked := 0
	for _, s := range c.sites {
		s.edge.Kill()
		acked += len(s.acked)
		c.judge(s)
	}
	t.Logf("%d kills, %v; %d acknowledged check-ins held by site and centre, all equal %s after the last fault", c.kills, c.done, acked, took.Round(time.Millisecond))
}

func (c *chaotic) judge(s *chaoticSite) {
	t := c.t
	edge, hub := testkit.ReadHeld(t, s.edge.Dir, s.id), testkit.ReadHeld(t, c.hub.Dir, s.id)
	if diff := cmp.Diff(edge.Digest, hub.Digest); diff != "" {
		t.Errorf("the digests of site and centre differ:\n%s", diff)
	}
	for _, id := range s.acked {
		if edge.Entries[id] == "" || edge.Entries[id] != hub.Entries[id] {
			t.Errorf("check-in %s was acknowledged; token %q at the site, %q at the centre", id, edge.Entries[id], hub.Entries[id])
		}
	}
	var tokens []string
	for id, token := range edge.Entries {
		tokens = append(tokens, token)
		if !s.sent[id] {
			t.Errorf("entry %s was never sent", id)
		}
	}
	slices.Sort(tokens)
	if n := len(slices.Compact(slices.Clone(tokens))); n != len(tokens) {
		t.Errorf("%d entries have %d tokens", len(tokens), n)
	}
}
