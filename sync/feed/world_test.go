package feed_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/record"
)

var schema = record.Schema{
	"entry": {
		Scope:  record.Site,
		HasDay: true,
		Fields: map[string]record.FieldSchema{
			"token":       {Policy: record.Once},
			"status":      {Policy: record.StatusPolicy},
			"completions": {Policy: record.Grow},
			"putBacks":    {Policy: record.Grow},
			"notes":       {Policy: record.Grow},
		},
		Status: &record.StatusSchema{
			Field:     "status",
			Ranks:     []string{"waiting", "called", "on_hold", "no_answer", "in_service", "transferred", "left", "cancelled", "done"},
			Terminal:  []string{"left", "cancelled", "done"},
			Completed: "done", Completions: "completions", PutBacks: "putBacks",
		},
		Indexes: []record.Index{
			{Name: "status", Fields: []string{"status"}},
			{Name: "guruji", Fields: []string{"guruji", "status"}},
		},
	},
	"credential": {Scope: record.Local},
	"policy":     {Scope: record.Network},
}

const day = "2026-03-02"

var (
	start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	site  = feed.SiteScope(record.Derive("site"))
)

func entry(name string) record.ID { return record.Derive("entry", name) }

// node is a store with the rules of its present opening.
type node struct {
	t     testing.TB
	name  string
	store feedtest.Memory
	rules feed.Rules
	now   time.Time
}

// random gives timelines and writers that no other opening has.
type random struct{ n uint64 }

func (r *random) Read(b []byte) (int, error) {
	for i := range b {
		if i%8 == 0 {
			r.n++
		}
		var word [8]byte
		binary.BigEndian.PutUint64(word[:], r.n*0x9e3779b97f4a7c15)
		b[i] = word[i%8]
	}
	return len(b), nil
}

var source io.Reader = &random{}

func open(t testing.TB, name string) *node {
	n := &node{t: t, name: name, now: start}
	n.reopen()
	t.Cleanup(func() {
		if err := n.store.View(func(tx feed.Tx) error { return feed.Check(tx, schema) }); err != nil {
			t.Errorf("store of %s: %v", name, err)
		}
	})
	return n
}

// reopen is what an opening for writing does: a new writer, new timelines.
func (n *node) reopen() {
	var w [8]byte
	source.Read(w[:])
	n.rules = feed.Rules{Schema: schema, Writer: record.Writer(binary.BigEndian.Uint64(w[:]))}
	n.update(func(tx feed.Tx) error { return feed.MintAll(tx, source, site, feed.Network) })
}

// restore puts an old copy of the disk in place and opens it.
func (n *node) restore(s feedtest.Snapshot) {
	n.store.Restore(s)
	n.reopen()
}

func (n *node) update(fn func(feed.Tx) error) {
	n.t.Helper()
	if err := n.store.Update(fn); err != nil {
		n.t.Fatalf("%s: %v", n.name, err)
	}
}

func (n *node) view(fn func(feed.Tx) error) {
	n.t.Helper()
	if err := n.store.View(fn); err != nil {
		n.t.Fatalf("%s: %v", n.name, err)
	}
}

// edit sets fields of an entry, or adds items where the value is one.
func (n *node) edit(name string, set map[string]record.Value) feed.Change {
	n.t.Helper()
	n.now = n.now.Add(time.Millisecond)
	var out feed.Change
	n.update(func(tx feed.Tx) (err error) {
		e := record.Edit{Kind: "entry", ID: entry(name), Set: set}
		if _, _, held, err := feed.Load(tx, site, record.Key{Kind: "entry", ID: e.ID}); err != nil || !held {
			e.Day = day
		}
		out, err = n.rules.Edit(tx, site, e, n.now)
		return err
	})
	return out
}

func (n *node) set(name, field string, v record.Value) feed.Change {
	n.t.Helper()
	return n.edit(name, map[string]record.Value{field: v})
}

func (n *node) load(name string) *record.Record {
	n.t.Helper()
	var out *record.Record
	n.view(func(tx feed.Tx) error {
		r, _, ok, err := feed.Load(tx, site, record.Key{Kind: "entry", ID: entry(name)})
		if ok {
			out = &r
		}
		return err
	})
	return out
}

// session is what both sides told each other in their hellos.
type session struct {
	reader, owner *node
	spans         []feed.Span // the reader's own, as the owner heard them
	since         feed.Seq
	clean         bool
}

// hello begins a session: the reader takes up where the owner says.
func hello(reader, owner *node) *session {
	s := &session{reader: reader, owner: owner}
	var spans []feed.Span
	var head feed.Seq
	owner.view(func(tx feed.Tx) (err error) {
		if spans, err = feed.Spans(tx, site); err != nil {
			return err
		}
		_, head, err = feed.Head(tx, site)
		return err
	})
	reader.update(func(tx feed.Tx) error {
		held, err := feed.Cursors(tx, site, owner.name)
		if err != nil {
			return err
		}
		var cur feed.Cursor
		s.since, cur, s.clean = feed.Resume(spans, head, held)
		if s.spans, err = feed.Spans(tx, site); err != nil {
			return err
		}
		return feed.Adopt(tx, site, owner.name, cur)
	})
	return s
}

func (s *session) read(since feed.Seq, max int) feed.Batch {
	var b feed.Batch
	s.owner.view(func(tx feed.Tx) (err error) {
		b, err = feed.Read(tx, site, since, feed.ReadOptions{MaxRecords: max, PeerSpans: s.spans})
		return err
	})
	return b
}

// merge takes a batch in: records and cursor in one transaction.
func (s *session) merge(b feed.Batch) feed.Cursor {
	var cur feed.Cursor
	s.reader.update(func(tx feed.Tx) (err error) {
		for _, r := range b.Records {
			from := feed.Source{Peer: s.owner.name, Timeline: b.Timeline, Seq: r.Seq}
			if _, err := s.reader.rules.Merge(tx, site, r.Record, from); err != nil {
				return fmt.Errorf("seq %d: %w", r.Seq, err)
			}
		}
		cur, err = feed.Advance(tx, site, s.owner.name, feed.Frame{Timeline: b.Timeline, From: b.From, To: b.To, Head: b.Head})
		return err
	})
	return cur
}

// pull brings everything over in one session and returns how many records
// were sent.
func pull(reader, owner *node) int {
	s := hello(reader, owner)
	sent := 0
	for since := s.since; ; {
		b := s.read(since, 2)
		sent += len(b.Records)
		since = s.merge(b).Seq
		if !b.More {
			return sent
		}
	}
}

func digest(n *node) []feed.Bucket {
	var out []feed.Bucket
	n.view(func(tx feed.Tx) (err error) {
		out, err = feed.Digest(tx, site)
		return err
	})
	return out
}
