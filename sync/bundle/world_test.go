package bundle_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/bundle"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

var schema = record.Schema{
	"entry":  {Scope: record.Site, HasDay: true, Fields: map[string]record.FieldSchema{"notes": {Policy: record.Grow}}},
	"policy": {Scope: record.Network, Fields: map[string]record.FieldSchema{"notes": {Policy: record.Grow}}},
}

const day = "2026-03-02"

var (
	siteID = record.Derive("site")
	macKey = seal.MACKey{7}
	start  = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
)

// bits is a random source with a seed.
type bits struct{ *rand.Rand }

func (b bits) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b.Uint32())
	}
	return len(p), nil
}

// node is a store and the rules of its present opening.
type node struct {
	t         testing.TB
	name      string
	peer      string
	direction seal.Direction // of what it writes
	scopes    []bundle.ScopeNo
	random    bits
	store     feedtest.Memory
	rules     feed.Rules
	ring      *seal.Ring
	now       time.Time
	edits     int
	macs      map[string]bool // of network records that came
}

// newPair is a site and its centre with one key between them.
func newPair(t testing.TB, seed uint64) (site, hub *node) {
	random := bits{rand.New(rand.NewPCG(seed, 1))}
	key, err := seal.NewSiteKey(random)
	if err != nil {
		t.Fatal(err)
	}
	make := func(name, peer string, d seal.Direction, scopes ...bundle.ScopeNo) *node {
		n := &node{t: t, name: name, peer: peer, direction: d, scopes: scopes, random: random, now: start, macs: map[string]bool{}}
		n.ring = seal.NewRing(siteID)
		if err := n.ring.Add(1, key); err != nil {
			t.Fatal(err)
		}
		n.open()
		t.Cleanup(func() {
			if err := n.store.View(func(tx feed.Tx) error { return feed.Check(tx, schema) }); err != nil {
				t.Errorf("store of %s: %v", name, err)
			}
		})
		return n
	}
	return make("site", "hub", seal.Up, bundle.Site), make("hub", "site", seal.Down, bundle.Site, bundle.Network)
}

func (n *node) open() {
	n.rules = feed.Rules{Schema: schema, Writer: record.Writer(n.random.Uint64())}
	n.update(func(tx feed.Tx) error { return feed.MintAll(tx, n.random, feed.SiteScope(siteID), feed.Network) })
}

func (n *node) update(fn func(feed.Tx) error) {
	n.t.Helper()
	if err := n.store.Update(fn); err != nil {
		n.t.Fatalf("%s: %v", n.name, err)
	}
}

// note adds an item that nobody else adds to one of a few records.
func (n *node) note(no bundle.ScopeNo, which int) {
	n.t.Helper()
	n.edits++
	n.now = n.now.Add(time.Millisecond)
	e := record.Edit{Kind: "entry", ID: record.Derive("entry", fmt.Sprint(which)), Day: day}
	if no == bundle.Network {
		e = record.Edit{Kind: "policy", ID: record.Derive("policy", fmt.Sprint(which))}
	}
	var id record.ID
	_, _ = n.random.Read(id[:])
	e.Add = map[string][]record.Item{"notes": {{ID: id, Value: record.Text(n.name)}}}
	e.Set = map[string]record.Value{"last": record.Int(int64(n.edits))}
	n.update(func(tx feed.Tx) error {
		_, err := n.rules.Edit(tx, no.Of(siteID), e, n.now)
		return err
	})
}

// notes are the ids of all items held in a scope.
func (n *node) notes(no bundle.ScopeNo) map[record.ID]bool {
	n.t.Helper()
	out := map[record.ID]bool{}
	kind := "entry"
	if no == bundle.Network {
		kind = "policy"
	}
	err := n.store.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, no.Of(siteID), kind, func(r record.Record) (bool, error) {
			for _, item := range r.Items("notes") {
				out[item.ID] = true
			}
			return true, nil
		})
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return out
}

func (n *node) digest(no bundle.ScopeNo) []feed.Bucket {
	n.t.Helper()
	var out []feed.Bucket
	err := n.store.View(func(tx feed.Tx) (err error) {
		out, err = feed.Digest(tx, no.Of(siteID))
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return out
}

func (n *node) held() bundle.Held {
	n.t.Helper()
	var h bundle.Held
	err := n.store.View(func(tx feed.Tx) (err error) {
		h, err = bundle.ReadHeld(tx, siteID, n.peer)
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return h
}

// export is a bundle of what lies after what the reader said it holds.
func (n *node) export(held bundle.Held) []byte {
	n.t.Helper()
	nonce, err := seal.NewStreamNonce(n.random)
	if err != nil {
		n.t.Fatal(err)
	}
	stream, err := n.ring.Stream(n.direction, 1, nonce)
	if err != nil {
		n.t.Fatal(err)
	}
	var out bytes.Buffer
	_, err = bundle.Write(context.Background(), &out, bundle.Source{
		Site: siteID, Node: n.name, Scopes: n.scopes, View: n.store.View, MACs: sign, Held: held, Stream: stream, Random: n.random, Now: n.now,
	}, func(int, int) {})
	if err != nil {
		n.t.Fatalf("export from %s: %v", n.name, err)
	}
	return out.Bytes()
}

func sign(records []feed.Sequenced) (macs []byte) {
	for i := range records {
		mac := seal.MAC(macKey, record.Canonical(&records[i].Record))
		macs = append(macs, mac[:]...)
	}
	return macs
}

// read merges a bundle as far as it goes.
func (n *node) read(file []byte) (bundle.Summary, error) {
	d := seal.Up
	if n.direction == seal.Up {
		d = seal.Down
	}
	return bundle.Read(context.Background(), bytes.NewReader(file), bundle.Target{
		Site: siteID, Peer: n.peer, Ring: n.ring, Direction: d, View: n.store.View,
		Adopt: func(_ context.Context, scope feed.Scope, c feed.Cursor) error {
			return n.store.Update(func(tx feed.Tx) error { return feed.Adopt(tx, scope, n.peer, c) })
		},
		Merge: n.merge,
	}, func(int, int) {})
}

func (n *node) merge(_ context.Context, in bundle.Incoming) (applied, parked int, err error) {
	for i := range in.Records {
		if in.Scope == feed.Network {
			mac := in.MACs[i*seal.MACSize : (i+1)*seal.MACSize]
			if err := seal.VerifyMAC(macKey, record.Canonical(&in.Records[i].Record), mac); err != nil {
				return 0, 0, err
			}
		}
	}
	err = n.store.Update(func(tx feed.Tx) error {
		for _, s := range in.Records {
			changes, err := n.rules.Merge(tx, in.Scope, s.Record, feed.Source{Peer: in.Peer, Timeline: in.Timeline, Seq: s.Seq})
			if err != nil {
				return err
			}
			if len(changes) > 0 {
				applied++
			}
		}
		_, err := feed.Advance(tx, in.Scope, in.Peer, feed.Frame{Timeline: in.Timeline, From: in.From, To: in.To, Head: in.Head})
		return err
	})
	return applied, 0, err
}

// line lets a reader take a few batches as a session of the link would: with what it is known to hold left out.
func (n *node) line(from *node, batches int) {
	n.t.Helper()
	for _, no := range from.scopes {
		scope := no.Of(siteID)
		var mine, theirs []feed.Span
		var head feed.Seq
		var held []feed.Cursor
		n.update(func(tx feed.Tx) (err error) {
			if mine, err = feed.Spans(tx, scope); err == nil {
				held, err = feed.Cursors(tx, scope, n.peer)
			}
			return err
		})
		from.update(func(tx feed.Tx) (err error) {
			if theirs, err = feed.Spans(tx, scope); err == nil {
				_, head, err = feed.Head(tx, scope)
			}
			return err
		})
		since, c, _ := feed.Resume(theirs, head, held)
		n.update(func(tx feed.Tx) error { return feed.Adopt(tx, scope, n.peer, c) })
		for range batches {
			var b feed.Batch
			from.update(func(tx feed.Tx) (err error) {
				b, err = feed.Read(tx, scope, since, feed.ReadOptions{MaxRecords: 2, PeerSpans: mine})
				return err
			})
			in := bundle.Incoming{Scope: scope, Peer: n.peer, Timeline: b.Timeline, From: b.From, To: b.To, Head: b.Head, Records: b.Records}
			if scope == feed.Network {
				in.MACs = sign(b.Records)
			}
			if _, _, err := n.merge(context.Background(), in); err != nil {
				n.t.Fatal(err)
			}
			since = b.To
		}
	}
}

// frames are the offsets at which the frames of a bundle end.
func frames(file []byte) (ends []int) {
	for at := len(bundle.Magic); at < len(file); {
		at += 4 + int(binary.BigEndian.Uint32(file[at:]))
		ends = append(ends, at)
	}
	return ends
}
