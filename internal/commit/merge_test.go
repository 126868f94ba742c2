package commit_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	crand "crypto/rand"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/record"
)

var centre = clinic.Actor{ID: "centre", Name: "Leela", Role: clinic.RoleCentralAdmin}

// hub is a committer of the centre, which knows the site.
func hub(t *testing.T) *node {
	t.Helper()
	n := start(t, func(o *commit.Options) { o.Site, o.Node, o.Local = record.ID{}, "hub", feed.LocalScope("hub") })
	err := n.Write(t.Context(), func(w *commit.Writer) error {
		_, err := w.Edit(feed.Network, record.Edit{Kind: clinic.KindSite, ID: site, Set: map[string]record.Value{
			"name": record.Text("Pune"), "state": record.Text("enrolled"),
		}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// pull reads all that a node has of a scope since a seq, as a link would send it.
func pull(t *testing.T, from *node, of feed.Scope, since feed.Seq) commit.Incoming {
	t.Helper()
	in := commit.Incoming{Scope: of, Peer: "peer", Advance: true}
	err := from.View(func(tx feed.Tx) error {
		b, err := feed.Read(tx, of, since, feed.ReadOptions{MaxRecords: 100_000, MaxBytes: 1 << 30})
		in.Timeline, in.From, in.To, in.Head, in.Records = b.Timeline, b.From, b.To, b.Head, b.Records
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func merge(t *testing.T, n *node, in commit.Incoming) commit.Merged {
	t.Helper()
	merged, err := n.Merge(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

func TestTheCentreSeesWhatTheSiteSent(t *testing.T) {
	edge, centre := start(t), hub(t)
	guruji := edge.guruji("Ananda")
	for range 3 {
		edge.checkIn(guruji)
	}
	in := pull(t, edge, scope, 0)
	merged := merge(t, centre, in)
	if merged.Applied != len(in.Records) || merged.Cursor.Seq != in.Head || merged.Cursor.Safe != in.Head {
		t.Errorf("merged %+v of %d records, head %d", merged, len(in.Records), in.Head)
	}
	var figures clinic.Figures
	if !centre.Day(site, func(d *clinic.Day) { figures = d.Figures() }) || figures.Waiting != 3 {
		t.Errorf("the centre counts %+v", figures)
	}
	// From here on the day is kept by what is merged, not read anew.
	edge.act(guruji, action(newID(), "queue.call_next", clinic.CallNext{}))
	entry := edge.checkIn(guruji).Entry
	merge(t, centre, pull(t, edge, scope, merged.Cursor.Seq))
	centre.Day(site, func(d *clinic.Day) { figures = d.Figures() })
	if figures.Waiting != 4 {
		t.Errorf("after more, the centre counts %+v", figures)
	}
	if got := load(t, centre, scope, clinic.KindEntry, entry); got.Get("token").Text() != "A004" {
		t.Errorf("the centre's copy says %q", got.Get("token").Text())
	}
	if again := merge(t, centre, in); again.Applied != 0 || again.Cursor.Seq != merged.Cursor.Seq && again.Cursor.Seq < in.Head {
		t.Errorf("the same frame again: %+v", again)
	}
	if centre.Day(record.Derive("nobody's site"), func(*clinic.Day) {}) {
		t.Error("the centre shows a site it does not know")
	}
}

func TestEventsAreTheSameAtSiteAndCentre(t *testing.T) {
	edge, centre := start(t), hub(t)
	edge.checkIn(edge.guruji("Ananda"))
	merge(t, centre, pull(t, edge, scope, 0))
	ids := func(n *node) map[string]string {
		found := map[string]string{}
		err := n.View(func(tx feed.Tx) error {
			_, err := commit.Events(tx, scope, 0, 1<<40, func(_ feed.Seq, e clinic.Event) bool {
				found[e.ID] = e.Type + " " + e.Site
				return true
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	here, there := ids(edge), ids(centre)
	if len(here) == 0 || fmt.Sprint(here) != fmt.Sprint(there) {
		t.Errorf("the site tells %v, the centre %v", here, there)
	}
}

func TestLocalActionsGoBetweenTheSlicesOfAMerge(t *testing.T) {
	g := &gate{Store: &feedtest.Memory{}, inside: make(chan struct{}, 200)}
	edge := begin(t, g, t.TempDir(), func(o *commit.Options) { o.MergeSlice = 1 }) // one record a slice
	guruji := edge.guruji("Ananda")
	var head feed.Seq
	edge.View(func(tx feed.Tx) (err error) { _, head, err = feed.Head(tx, scope); return err })
	const others = 100
	in := commit.Incoming{Scope: scope, Peer: "peer", Timeline: feed.NewTimeline(crand.Reader), To: others, Head: others, Advance: true}
	for i := range others {
		r, _, err := record.Apply(clinic.Schema, nil, record.Edit{Kind: clinic.KindPerson, ID: record.Derive(fmt.Sprint("person ", i)),
			Set: map[string]record.Value{"name": record.Text("Kavita")}}, morning, 77, 0)
		if err != nil {
			t.Fatal(err)
		}
		in.Records = append(in.Records, feed.Sequenced{Seq: feed.Seq(i + 1), Record: r})
	}
	hold := make(chan struct{})
	g.set(func(g *gate) { g.hold = hold })
	var all sync.WaitGroup
	var merged commit.Merged
	all.Go(func() { merged = merge(t, edge, in) })
	<-g.inside // the first slice is on its way
	var local api.Result
	all.Go(func() { local = edge.act(guruji, action(newID(), "guruji.set_room", clinic.SetRoom{Room: "3"})) })
	eventually(t, "the action waits", func() bool { return edge.Waiting() == 1 })
	g.set(func(g *gate) { g.hold = nil })
	close(hold)
	all.Wait()
	// The slice took one seq, then the action its two: the record and its audit.
	if want := api.Seq(head + 3); local.Seq != want {
		t.Errorf("the action came to seq %d, want %d: it waited for the whole merge", local.Seq, want)
	}
	if merged.Applied != others || merged.Cursor.Seq != others {
		t.Errorf("merged %+v", merged)
	}
}

func TestTheCursorMovesOnlyWithTheLastRecord(t *testing.T) {
	g := &gate{Store: &feedtest.Memory{}}
	edge := start(t)
	edge.checkIn(edge.guruji("Ananda"))
	centre := begin(t, g, t.TempDir(), func(o *commit.Options) { o.Site = record.ID{} })
	g.Store.Update(func(tx feed.Tx) error { return feed.Mint(tx, scope, feed.NewTimeline(crand.Reader)) })
	in := pull(t, edge, scope, 0)
	g.set(func(g *gate) { g.fail = true })
	if _, err := centre.Merge(t.Context(), in); !errors.Is(err, errDisk) {
		t.Errorf("merged on a broken disk: %v", err)
	}
	centre.View(func(tx feed.Tx) error {
		if cursors, err := feed.Cursors(tx, scope, "peer"); err != nil || len(cursors) != 0 {
			t.Errorf("the cursor moved without its records: %v, %v", cursors, err)
		}
		return nil
	})
	g.set(func(g *gate) { g.fail = false })
	if merged := merge(t, centre, in); merged.Cursor.Seq != in.Head {
		t.Errorf("afterwards: %+v", merged)
	}
}

func TestOneBadRecordNeverBlocksTheNext(t *testing.T) {
	for _, tc := range []struct {
		name  string
		spoil func(g *gate, in *commit.Incoming)
	}{
		{"stamped past 2200", func(_ *gate, in *commit.Incoming) {
			r := in.Records[0].Record.Clone()
			for i := range r.Stamps {
				r.Stamps[i].Stamp.HLC = record.HLCOf(time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC))
			}
			r.Stamps = r.Stamps[:1]
			for i := range r.Fields {
				r.Fields[i].Stamp = 0
			}
			in.Records[0].Record = r
		}},
		{"breaks the program", func(g *gate, in *commit.Incoming) {
			id := in.Records[0].Record.ID
			g.set(func(g *gate) { g.poison = id[:] })
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			edge := start(t)
			guruji := edge.guruji("Ananda")
			edge.checkIn(guruji)
			g := &gate{Store: &feedtest.Memory{}}
			centre := begin(t, g, t.TempDir(), func(o *commit.Options) { o.Site = record.ID{} })
			g.Store.Update(func(tx feed.Tx) error { return feed.Mint(tx, scope, feed.NewTimeline(crand.Reader)) })
			in := pull(t, edge, scope, 0)
			tc.spoil(g, &in)
			merged := merge(t, centre, in)
			if len(merged.Parked) != 1 || merged.Parked[0] != in.Records[0].Record.Key() {
				t.Errorf("parked %v, want %v", merged.Parked, in.Records[0].Record.Key())
			}
			if merged.Applied != len(in.Records)-1 || merged.Cursor.Seq != in.Head {
				t.Errorf("merged %+v of %d", merged, len(in.Records))
			}
			listed := 0
			centre.View(func(tx feed.Tx) error {
				return feed.EachParked(tx, scope, func(p feed.Parked) (bool, error) { listed++; return true, nil })
			})
			if listed != 1 {
				t.Errorf("%d records are listed as parked", listed)
			}
		})
	}
}

// ask sends a request from the centre to the site, and the site's answer back.
func ask(t *testing.T, edge, at *node, kind, data string, minutes int) (record.Record, api.Result) {
	t.Helper()
	sent := at.act(centre, action(newID(), "request.send", map[string]any{"site": site, "type": kind, "data": rawJSON(data), "minutes": minutes}))
	if sent.Status != api.Applied {
		t.Fatalf("send: %v", sent.Error)
	}
	id, err := record.ParseID(sent.ID)
	if err != nil {
		t.Fatal(err)
	}
	merge(t, edge, pull(t, at, scope, 0))
	eventually(t, "the site settles the request", func() bool {
		r := load(t, edge, scope, clinic.KindRequest, id)
		return r.Get("state").Text() != clinic.RequestPending
	})
	return load(t, edge, scope, clinic.KindRequest, id), sent
}

type rawJSON string

func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }

func TestARequestOfTheCentreRunsAtTheSite(t *testing.T) {
	edge, at := start(t), hub(t)
	guruji := edge.guruji("Ananda")
	merge(t, at, pull(t, edge, scope, 0))
	request, _ := ask(t, edge, at, "guruji.set_room", fmt.Sprintf(`{"guruji":%q,"room":"7"}`, guruji.Guruji), 60)
	if got := request.Get("state").Text(); got != "accepted" {
		t.Fatalf("the request is %s: %s", got, request.Get("message").Text())
	}
	if got := load(t, edge, scope, clinic.KindGuruji, guruji.Guruji); got.Get("room").Text() != "7" {
		t.Errorf("the room is %q", got.Get("room").Text())
	}
	// The answer alone carries what it changed: the centre needs no other record of the site for it.
	answer := pull(t, edge, scope, 0)
	for _, sent := range answer.Records {
		if sent.Record.Key() == request.Key() {
			answer.Records, answer.Advance = []feed.Sequenced{sent}, false
			break
		}
	}
	merge(t, at, answer)
	if got := load(t, at, scope, clinic.KindGuruji, guruji.Guruji); got.Get("room").Text() != "7" {
		t.Errorf("the centre has room %q", got.Get("room").Text())
	}
}

func TestARefusedAndAnExpiredRequestSaySo(t *testing.T) {
	edge, at := start(t), hub(t)
	edge.guruji("Ananda")
	merge(t, at, pull(t, edge, scope, 0))
	refused, _ := ask(t, edge, at, "queue.recall", fmt.Sprintf(`{"entry":%q}`, newID()), 60)
	if refused.Get("state").Text() != "refused" || refused.Get("code").Text() == "" || refused.Get("message").Text() == "" {
		t.Errorf("refused: %s %q %q", refused.Get("state").Text(), refused.Get("code").Text(), refused.Get("message").Text())
	}
	edge.real.advance(2 * time.Hour)
	expired, _ := ask(t, edge, at, "queue.recall", `{}`, 60)
	if got := expired.Get("state").Text(); got != "expired" {
		t.Errorf("two hours later it is %s", got)
	}
}

func TestARequestThatWaitedForARestartIsRun(t *testing.T) {
	dir, store := t.TempDir(), &feedtest.Memory{}
	edge, at := begin(t, store, dir), hub(t)
	guruji := edge.guruji("Ananda")
	merge(t, at, pull(t, edge, scope, 0))
	edge.stop()
	sent := at.act(centre, action(newID(), "request.send", map[string]any{"site": site, "type": "guruji.set_room",
		"data": rawJSON(fmt.Sprintf(`{"guruji":%q,"room":"9"}`, guruji.Guruji))}))
	id, err := record.ParseID(sent.ID)
	if err != nil || sent.Status != api.Applied {
		t.Fatal(err, sent.Error)
	}
	// It was merged, and the node died before it could run it.
	request := load(t, at, scope, clinic.KindRequest, id)
	rules := feed.Rules{Schema: clinic.Schema, Writer: 5}
	err = store.Update(func(tx feed.Tx) error {
		_, err := rules.Merge(tx, scope, request, feed.Source{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	edge = begin(t, store, dir)
	eventually(t, "the request is run", func() bool {
		r := load(t, edge, scope, clinic.KindGuruji, guruji.Guruji)
		return r.Get("room").Text() == "9"
	})
}

func TestAWatchedDayTurnsWithTheClock(t *testing.T) {
	edge, at := start(t), hub(t)
	edge.checkIn(edge.guruji("Ananda"))
	merge(t, at, pull(t, edge, scope, 0))
	day := func() (date string, waiting int) {
		at.Day(site, func(d *clinic.Day) { date, waiting = d.ServiceDay(), d.Figures().Waiting })
		return date, waiting
	}
	if date, waiting := day(); date != "2026-10-02" || waiting != 1 {
		t.Fatalf("%s, %d waiting", date, waiting)
	}
	at.wall.advance(24 * time.Hour)
	eventually(t, "the new day", func() bool { date, waiting := day(); return date == "2026-10-03" && waiting == 0 })
}

func TestReadersOfAHubSeeWholeDaysWhileRecordsComeIn(t *testing.T) {
	edge, at := start(t), hub(t)
	guruji := edge.guruji("Ananda")
	const people = 40
	for range people {
		edge.checkIn(guruji)
	}
	whole := pull(t, edge, scope, 0)
	var all sync.WaitGroup
	all.Go(func() {
		for i := range whole.Records {
			one := whole
			one.Advance, one.Records = false, whole.Records[i:i+1]
			merge(t, at, one)
		}
	})
	// The day is first read somewhere in the middle: nothing of it may be missed or counted twice.
	for range 50 {
		at.Day(site, func(d *clinic.Day) { d.Figures() })
	}
	all.Wait()
	var waiting int
	at.Day(site, func(d *clinic.Day) { waiting = d.Figures().Waiting })
	if waiting != people {
		t.Errorf("%d wait, want %d", waiting, people)
	}
}
