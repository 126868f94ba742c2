package link_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/memory"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// The kinds that tests use: edits grows by one item an edit, so that an edit leaves a trace whatever wins in text.
var schema = record.Schema{
	"entry": {Scope: record.Site, HasDay: true, Fields: map[string]record.FieldSchema{"edits": {Policy: record.Grow}, "text": {}}},
	"note":  {Scope: record.Network, Fields: map[string]record.FieldSchema{"edits": {Policy: record.Grow}, "text": {}}},
}

var errFull = errors.New("no space left on the disk")

var epoch = time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)

var hubID = record.Derive("hub")

// disk is a store and, beside it, what it should hold: per record a plain set of edits, united whenever a record
// arrives. It shares nothing with feed, cursors and merge.
type disk struct {
	mem        *feedtest.Memory
	ghost      map[ghostKey]map[record.ID]bool
	rules      feed.Rules
	wrote      func(feed.Scope) // a transaction moved a scope
	fail       error            // what every write returns
	keepsNames bool             // but those of named values
	stall      time.Duration    // how long a merge waits
	parks      map[record.ID]bool
}

type ghostKey struct {
	scope feed.Scope
	key   record.Key
}

func newDisk() *disk {
	return &disk{mem: &feedtest.Memory{}, ghost: map[ghostKey]map[record.ID]bool{}, rules: feed.Rules{Schema: schema}}
}

type backup struct {
	rows  feedtest.Snapshot
	ghost map[ghostKey]map[record.ID]bool
}

func (d *disk) backup() backup {
	b := backup{rows: d.mem.Snapshot(), ghost: map[ghostKey]map[record.ID]bool{}}
	for k, set := range d.ghost {
		b.ghost[k] = maps.Clone(set)
	}
	return b
}

// restore puts a copy on the disk; whoever goes on must open it.
func (d *disk) restore(b backup) {
	d.mem.Restore(b.rows)
	d.ghost = map[ghostKey]map[record.ID]bool{}
	for k, set := range b.ghost {
		d.ghost[k] = maps.Clone(set)
	}
}

// open is what a node does before anything else.
func (d *disk) open(random *rand.Rand, home feed.Scope, scopes ...feed.Scope) error {
	d.rules = feed.Rules{Schema: schema, Writer: record.Writer(random.Uint64()), Home: home}
	return d.mem.Update(func(tx feed.Tx) error { return feed.MintAll(tx, bits{random}, scopes...) })
}

func (d *disk) View(fn func(feed.Tx) error) error { return d.mem.View(fn) }

func (d *disk) Write(_ context.Context, fn func(feed.Tx) error) error {
	if d.fail != nil && !d.keepsNames {
		return d.fail
	}
	return d.mem.Update(fn)
}

func (d *disk) Merge(_ context.Context, in link.Incoming) (link.Merged, error) {
	var m link.Merged
	if d.fail != nil {
		return m, d.fail
	}
	var changed []feed.Change
	err := d.mem.Update(func(tx feed.Tx) (err error) {
		for _, s := range in.Records {
			source := feed.Source{Peer: in.Peer, Timeline: in.Timeline, Seq: s.Seq}
			var changes []feed.Change
			err := feed.ErrParked
			if !d.parks[s.Record.ID] {
				changes, err = d.rules.Merge(tx, in.Scope, s.Record, source)
			}
			if errors.Is(err, feed.ErrParked) {
				m.Parked = append(m.Parked, s.Record.Key())
				if err = feed.Park(tx, in.Scope, source, err.Error(), record.Encode(&s.Record)); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return err
			}
			if len(changes) > 0 {
				m.Applied++
			}
			changed = append(changed, changes...)
		}
		if in.Advance {
			m.Cursor, err = feed.Advance(tx, in.Scope, in.Peer, feed.Frame{Timeline: in.Timeline, From: in.From, To: in.To, Head: in.Head})
		}
		return err
	})
	if err != nil {
		return link.Merged{}, err
	}
	for i := range in.Records {
		d.haunt(in.Scope, &in.Records[i].Record)
	}
	for i := range changed {
		d.moved(changed[i].Scope)
	}
	return m, nil
}

// haunt adds the edits of a record that arrived.
func (d *disk) haunt(scope feed.Scope, r *record.Record) {
	if d.parks[r.ID] || len(r.Items("edits")) == 0 {
		return
	}
	k := ghostKey{scope, r.Key()}
	if d.ghost[k] == nil {
		d.ghost[k] = map[record.ID]bool{}
	}
	for _, item := range r.Items("edits") {
		d.ghost[k][item.ID] = true
	}
}

func (d *disk) moved(scope feed.Scope) {
	if d.wrote != nil {
		d.wrote(scope)
	}
}

// edit is one acknowledged edit of a person.
func (d *disk) edit(scope feed.Scope, kind string, id record.ID, edit record.ID, text string, now time.Time) (feed.Change, error) {
	e := record.Edit{
		Kind: kind, ID: id, Set: map[string]record.Value{"text": record.Text(text)},
		Add: map[string][]record.Item{"edits": {{ID: edit, Value: record.Text(text)}}},
	}
	if kind == "entry" {
		e.Day = "2026-03-01"
	}
	var change feed.Change
	err := d.mem.Update(func(tx feed.Tx) (err error) {
		change, err = d.rules.Edit(tx, scope, e, now)
		return err
	})
	if err == nil {
		d.haunt(scope, &change.After)
		d.moved(scope)
	}
	return change, err
}

func (d *disk) head(t testing.TB, scope feed.Scope) feed.Seq {
	t.Helper()
	var head feed.Seq
	if err := d.mem.View(func(tx feed.Tx) (err error) {
		_, head, err = feed.Head(tx, scope)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return head
}

// bits makes a reader of a generator.
type bits struct{ *rand.Rand }

func (b bits) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b.Uint32())
	}
	return len(p), nil
}

func (b bits) id() (out [16]byte) {
	b.Read(out[:])
	return out
}

// node is one process: an edge, or one replica of the hub.
type node struct {
	w     *world
	name  string
	disk  *disk
	alive bool
	era   int // rises with each start: what an earlier one had under way is gone

	bus   *memory.Bus
	sub   *memory.Subscription
	probe *link.Probe
	boot  [16]byte

	edge  *link.EdgeMachine
	site  record.ID // of an edge
	sites map[record.ID]*link.SiteMachine
	pool  *link.Pool
	alone bool
	skew  time.Duration // of its clock
	wakes map[link.Machine]time.Time
	held  []link.SiteKey // of an edge
	join  *seal.Join
}

// world is everything, in one thread and in virtual time.
type world struct {
	t       testing.TB
	random  *rand.Rand
	now     time.Time
	net     *memory.Network
	queue   timeline
	serial  int
	nodes   []*node
	disks   []*disk
	keys    map[record.ID][]link.SiteKey
	mac     seal.MACKey
	ablate  link.Ablation
	notices []string
	enrol   func(link.Enrolment) (link.SiteKey, error)
	secrets map[seal.KeyID]seal.Secret
	frames  int // published
	bytes   int // likewise, of sites
	carried int // records in frames of sites
	sent    map[seal.Kind]int
	slow    time.Duration
	instead func(*node, link.Work) bool // what is done in place of a work; nil: nothing
}

func newWorld(t testing.TB, seed uint64) *world {
	w := &world{
		t: t, random: rand.New(rand.NewPCG(seed, 1)), now: epoch, keys: map[record.ID][]link.SiteKey{},
		secrets: map[seal.KeyID]seal.Secret{}, slow: 5 * time.Millisecond, sent: map[seal.Kind]int{},
	}
	w.net = memory.NewNetwork(memory.Options{Seed: seed, Now: func() time.Time { return w.now }})
	key, err := seal.NewMACKey(bits{w.random})
	if err != nil {
		t.Fatal(err)
	}
	w.mac = key
	return w
}

// known gives a site an id and a key.
func (w *world) known(name string) record.ID {
	site := record.Derive("site", name)
	key, err := seal.NewSiteKey(bits{w.random})
	if err != nil {
		w.t.Fatal(err)
	}
	w.keys[site] = []link.SiteKey{{ID: 1, Key: key}}
	return site
}

func (w *world) addDisk() *disk {
	d := newDisk()
	w.disks = append(w.disks, d)
	return d
}

func (w *world) addEdge(name string, site record.ID, d *disk) *node {
	n := &node{w: w, name: name, disk: d, site: site, held: slices.Clone(w.keys[site])}
	w.nodes = append(w.nodes, n)
	return n
}

func (w *world) addHub(name string, d *disk) *node {
	n := &node{w: w, name: name, disk: d}
	w.nodes = append(w.nodes, n)
	return n
}

// start opens the disk and begins a boot. Replicas share a disk: the later one mints too.
func (n *node) start() {
	w := n.w
	random := bits{w.random}
	n.alive, n.boot = true, random.id()
	n.era++
	n.wakes = map[link.Machine]time.Time{}
	n.bus = w.net.Open(n.name)
	n.sub = nil
	home, scopes := feed.Scope(""), []feed.Scope{feed.Network}
	if n.isEdge() {
		home = feed.SiteScope(n.site)
		scopes = append(scopes, home)
		m, err := link.NewEdgeMachine(link.EdgeConfig{
			Site: n.site, Name: n.name, Node: n.name, Boot: n.boot, Keys: n.held, Join: n.join, Random: random, Ablated: w.ablate,
		})
		if err != nil {
			w.t.Fatal(err)
		}
		n.edge = m
	} else {
		n.sites, n.pool = map[record.ID]*link.SiteMachine{}, link.NewPool()
	}
	if err := n.disk.open(w.random, home, scopes...); err != nil {
		w.t.Fatal(err)
	}
	n.disk.wrote = func(scope feed.Scope) {
		for _, other := range w.nodes {
			// Replicas are different processes: one does not hear of the other's commits.
			if other.alive && other.disk == n.disk && (other == n || other.isEdge() || w.random.IntN(2) == 0) {
				other.committed(scope)
			}
		}
	}
	n.subscribe()
	if n.edge != nil {
		n.step(n.edge, link.Tick{})
	}
}

// crash forgets all that is in memory.
func (n *node) crash() {
	n.alive, n.era = false, n.era+1
	n.edge, n.sites, n.wakes, n.probe = nil, nil, nil, nil
	if n.bus != nil {
		n.bus.Close()
	}
	n.sub = nil
}

func (n *node) clock() time.Time { return n.w.now.Add(n.skew) }

func (n *node) isEdge() bool { return !n.site.IsZero() }

func (n *node) channels() []string {
	if n.isEdge() {
		return []string{bus.DownChannel(n.site)}
	}
	return bus.UpChannels()
}

func (n *node) subscribe() {
	sub, err := n.bus.SubscribeNow(context.Background(), n.channels()...)
	if err != nil {
		n.later(time.Second, n.subscribe)
		return
	}
	n.sub = sub
	n.probe = link.NewProbe(n.boot, bits{n.w.random}, n.w.now)
	n.tell(link.BusUp{})
	n.keepProbing(sub)
}

func (n *node) keepProbing(sub *memory.Subscription) {
	if n.sub != sub {
		return
	}
	frame, deaf, next := n.probe.Due(n.w.now)
	if deaf {
		sub.Close()
		n.sub = nil
		n.tell(link.BusDown{})
		n.subscribe()
		return
	}
	if frame != nil {
		if _, err := n.bus.Publish(context.Background(), n.channels()[0], frame); err == nil {
			n.probe.Sent()
		}
		_, _, next = n.probe.Due(n.w.now)
	}
	n.later(next.Sub(n.w.now), func() { n.keepProbing(sub) })
}
