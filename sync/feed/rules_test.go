package feed_test

import (
	"fmt"
	"testing"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/google/go-cmp/cmp"
)

func TestResumeRule(t *testing.T) {
	one, two, three := feed.Timeline{1}, feed.Timeline{2}, feed.Timeline{3}
	spans := []feed.Span{{Timeline: one, First: 1}, {Timeline: two, First: 11}} // one ends at 10
	for _, c := range []struct {
		promise string
		held    []feed.Cursor
		want    feed.Cursor
		clean   bool
	}{
		{"nothing held: from the beginning", nil, feed.Cursor{Timeline: two}, true},
		{"none in common: from the beginning, and said", []feed.Cursor{{three, 5, 5, 5}}, feed.Cursor{Timeline: two}, false},
		{"all of it seen within the history: go on", []feed.Cursor{{two, 14, 15, 12}}, feed.Cursor{two, 14, 15, 12}, true},
		{"ended timeline, all seen before its end: go on", []feed.Cursor{{one, 8, 10, 7}}, feed.Cursor{two, 8, 10, 7}, true},
		{"seen past the end of its timeline: back to safe", []feed.Cursor{{one, 8, 12, 6}}, feed.Cursor{two, 6, 6, 6}, false},
		{"safe past the end: back to the end", []feed.Cursor{{one, 14, 14, 14}}, feed.Cursor{two, 10, 10, 10}, false},
		{"seen past the head: back to safe", []feed.Cursor{{two, 14, 25, 13}}, feed.Cursor{two, 13, 13, 13}, false},
		{"the newest timeline in common decides", []feed.Cursor{{two, 12, 12, 12}, {one, 9, 9, 9}, {three, 1, 1, 1}}, feed.Cursor{two, 12, 12, 12}, true},
	} {
		since, cur, clean := feed.Resume(spans, 20, c.held)
		if cur != c.want || since != c.want.Seq || clean != c.clean {
			t.Errorf("%s: since %d, %+v, clean %v; want %+v, %v", c.promise, since, cur, clean, c.want, c.clean)
		}
	}
}

func TestCursorMovesOverTouchingStretchesOnly(t *testing.T) {
	n := open(t, "edge")
	one, two := feed.Timeline{1}, feed.Timeline{2}
	for _, step := range []struct {
		frame feed.Frame
		want  feed.Cursor
	}{
		{feed.Frame{one, 0, 3, 5}, feed.Cursor{one, 3, 5, 0}},
		{feed.Frame{one, 5, 6, 6}, feed.Cursor{one, 3, 6, 0}}, // beyond: only seen
		{feed.Frame{one, 3, 6, 6}, feed.Cursor{one, 6, 6, 6}},
		{feed.Frame{one, 2, 4, 9}, feed.Cursor{one, 6, 9, 6}}, // again: never back
		{feed.Frame{two, 4, 5, 5}, feed.Cursor{two, 0, 5, 0}}, // unheard of: from 0
		{feed.Frame{one, 6, 9, 9}, feed.Cursor{one, 9, 9, 9}},
	} {
		n.update(func(tx feed.Tx) error {
			got, err := feed.Advance(tx, site, "hub", step.frame)
			if got != step.want {
				t.Errorf("after %+v: %+v, want %+v", step.frame, got, step.want)
			}
			return err
		})
	}
	for _, bad := range []feed.Frame{{one, 5, 4, 9}, {one, 1, 9, 8}, {feed.Timeline{}, 0, 1, 1}} {
		err := n.store.Update(func(tx feed.Tx) error { _, err := feed.Advance(tx, site, "hub", bad); return err })
		if err == nil {
			t.Errorf("%+v was taken for a stretch of a feed", bad)
		}
	}
	n.view(func(tx feed.Tx) error {
		held, err := feed.Cursors(tx, site, "hub")
		if d := cmp.Diff([]feed.Cursor{{one, 9, 9, 9}, {two, 0, 5, 0}}, held); d != "" {
			t.Errorf("cursors: %s", d)
		}
		if other, err := feed.Cursors(tx, site, "another"); err != nil || len(other) != 0 {
			t.Errorf("cursors of another peer: %v, %v", other, err)
		}
		return err
	})
}

func ids(t *testing.T, n *node, index string, key ...record.Value) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	names := map[record.ID]string{}
	for _, name := range []string{"A", "B", "C", "D"} {
		names[entry(name)] = name
	}
	n.view(func(tx feed.Tx) error {
		return feed.ByIndex(tx, site, "entry", index, key, func(r record.Record) (bool, error) {
			out[names[r.ID]] = true
			return true, nil
		})
	})
	return out
}

func TestIndexFollowsEditsMergesAndTheShownStatus(t *testing.T) {
	hub, edge := open(t, "hub"), open(t, "edge")
	g1, g2 := record.IDValue(entry("g1")), record.IDValue(entry("g2"))
	for name, g := range map[string]record.Value{"A": g1, "B": g1, "C": g2} {
		edge.edit(name, map[string]record.Value{"status": record.Text("waiting"), "guruji": g})
	}
	edge.set("D", "status", record.Text("waiting"))
	edge.set("B", "status", record.Text("called"))
	pull(hub, edge)
	for _, n := range []*node{hub, edge} {
		for _, c := range []struct {
			got  map[string]bool
			want map[string]bool
		}{
			{ids(t, n, "status", record.Text("waiting")), map[string]bool{"A": true, "C": true, "D": true}},
			{ids(t, n, "guruji", g1), map[string]bool{"A": true, "B": true}},
			{ids(t, n, "guruji", g1, record.Text("called")), map[string]bool{"B": true}},
			{ids(t, n, "guruji", nil), map[string]bool{"D": true}},
			{ids(t, n, "guruji"), map[string]bool{"A": true, "B": true, "C": true, "D": true}},
			{ids(t, n, "status", record.Text("wait")), map[string]bool{}},
		} {
			if d := cmp.Diff(c.want, c.got); d != "" {
				t.Errorf("%s: %s", n.name, d)
			}
		}
	}
	// A put-back that never saw the consultation: shown done, indexed as done.
	edge.set("A", "status", record.Text("cancelled"))
	pull(hub, edge)
	hub.set("A", "status", record.Text("waiting"))
	edge.set("A", "status", record.Text("done"))
	pull(hub, edge)
	if got := ids(t, hub, "status", record.Text("done")); !got["A"] {
		t.Errorf("the shown status is not what the index says: %v", got)
	}
}

func TestIndexesAreRebuiltForANewSchema(t *testing.T) {
	n := open(t, "edge")
	n.update(func(tx feed.Tx) error { return feed.EnsureIndexes(tx, schema) })
	for _, name := range []string{"A", "B"} {
		n.edit(name, map[string]record.Value{"band": record.Int(1), "status": record.Text("waiting")})
	}
	later := record.Schema{}
	for kind, k := range schema {
		later[kind] = k
	}
	e := later["entry"]
	e.Indexes = []record.Index{{Name: "band", Fields: []string{"band"}}}
	later["entry"] = e
	n.update(func(tx feed.Tx) error { return feed.EnsureIndexes(tx, later) })
	n.view(func(tx feed.Tx) error {
		if err := feed.Check(tx, later); err != nil {
			t.Errorf("after the rebuild: %v", err)
		}
		if feed.Check(tx, schema) == nil {
			t.Errorf("the old index rows are still there")
		}
		return nil
	})
	if got := ids(t, n, "band", record.Int(1)); len(got) != 2 {
		t.Errorf("the new index finds %v, want both", got)
	}
	n.update(func(tx feed.Tx) error { return feed.EnsureIndexes(tx, schema) })
}

func TestByDayFindsTheRecordsOfADay(t *testing.T) {
	n := open(t, "edge")
	n.set("A", "band", record.Int(1))
	n.update(func(tx feed.Tx) error {
		for i, d := range []string{"2026-03-03", "2026-03-0"} {
			e := record.Edit{Kind: "entry", ID: entry(fmt.Sprint(i)), Day: d, Set: map[string]record.Value{"band": record.Int(1)}}
			if _, err := n.rules.Edit(tx, site, e, start); err != nil {
				return err
			}
		}
		e := record.Edit{Kind: "setting", ID: entry("S"), Set: map[string]record.Value{"v": record.Int(1)}}
		_, err := n.rules.Edit(tx, site, e, start)
		return err
	})
	for _, c := range []struct {
		kind, day string
		want      int
	}{{"entry", day, 1}, {"entry", "2026-03-03", 1}, {"entry", "2026-03-04", 0}, {"entry", "", 0}, {"setting", "", 1}, {"setting", day, 0}} {
		got := 0
		n.view(func(tx feed.Tx) error {
			return feed.ByDay(tx, site, c.kind, c.day, func(r record.Record) (bool, error) {
				got++
				return true, nil
			})
		})
		if got != c.want {
			t.Errorf("%s of %q: %d, want %d", c.kind, c.day, got, c.want)
		}
	}
}

func TestDigestTellsStoresApartAndAgreesWhenTheyAreEqual(t *testing.T) {
	hub, edge := open(t, "hub"), open(t, "edge")
	for i := range 5 {
		edge.set(fmt.Sprint(i), "band", record.Int(1))
	}
	pull(hub, edge)
	if d := cmp.Diff(digest(edge), digest(hub)); d != "" {
		t.Errorf("equal stores, other digests: %s", d)
	}
	edge.set("3", "band", record.Int(1))
	if cmp.Equal(digest(edge), digest(hub)) {
		t.Errorf("an edit does not show in the digest")
	}
	pull(hub, edge)
	if d := cmp.Diff(digest(edge), digest(hub)); d != "" {
		t.Errorf("equal again, other digests: %s", d)
	}
	if b := digest(hub); len(b) != 1 || b[0].Kind != "entry" || b[0].Day != day || b[0].Count != 5 {
		t.Errorf("buckets %+v, want one of 5 entries", b)
	}
}

func TestBacklogCountsWhatIsNotAcknowledged(t *testing.T) {
	n := open(t, "edge")
	first := n.set("A", "band", record.Int(1))
	n.set("B", "band", record.Int(1))
	n.set("A", "band", record.Int(2))
	n.view(func(tx feed.Tx) error {
		records, bytes, oldest, err := feed.Backlog(tx, site, 0)
		if records != 2 || bytes < 50 || !oldest.Equal(start.Add(2e6)) {
			t.Errorf("backlog of %d records, %d bytes since %v; want 2 since the edit of B", records, bytes, oldest)
		}
		if records, bytes, _, _ := feed.Backlog(tx, site, 3); records != 0 || bytes != 0 {
			t.Errorf("all acknowledged, yet %d records, %d bytes", records, bytes)
		}
		return err
	})
	if first.Seq != 1 {
		t.Errorf("first seq %d, want 1", first.Seq)
	}
}

func TestLongStretchIsReadInBoundedPieces(t *testing.T) {
	hub, edge := open(t, "hub"), open(t, "edge")
	for i := range 20 {
		edge.set(fmt.Sprint(i), "name", record.Text("some text of a certain length"))
	}
	s := hello(hub, edge)
	var b feed.Batch
	edge.view(func(tx feed.Tx) (err error) {
		b, err = feed.Read(tx, site, 0, feed.ReadOptions{MaxBytes: 500})
		return err
	})
	if n := len(b.Records); n == 0 || n >= 20 || !b.More || b.To != b.Records[n-1].Seq {
		t.Errorf("%d records up to %d, more %v; want some, and more to come", n, b.To, b.More)
	}
	if b := s.read(0, 7); len(b.Records) != 7 || b.To != 7 || !b.More {
		t.Errorf("%d records up to %d, want 7", len(b.Records), b.To)
	}
	edge.view(func(tx feed.Tx) (err error) {
		if b, err = feed.Read(tx, site, 0, feed.ReadOptions{MaxBytes: 1}); len(b.Records) != 1 {
			t.Errorf("%d records, want the one that always fits", len(b.Records))
		}
		return err
	})
}

func TestCheckFindsEveryKindOfDamage(t *testing.T) {
	n := open(t, "edge")
	for i := range 3 {
		n.edit(fmt.Sprint(i), map[string]record.Value{"status": record.Text("waiting"), "band": record.Int(1)})
	}
	n.update(func(tx feed.Tx) error {
		_, err := feed.Advance(tx, site, "hub", feed.Frame{feed.Timeline{1}, 0, 1, 1})
		return err
	})
	sound := n.store.Snapshot()
	var keys [][]byte
	n.view(func(tx feed.Tx) error {
		return tx.Scan(nil, nil, func(k, _ []byte) (bool, error) {
			keys = append(keys, append([]byte(nil), k...))
			return true, nil
		})
	})
	missed := map[byte]bool{}
	for _, k := range keys {
		n.update(func(tx feed.Tx) error { return tx.Delete(k) })
		if n.store.View(func(tx feed.Tx) error { return feed.Check(tx, schema) }) == nil {
			missed[k[0]] = true
		}
		n.store.Restore(sound)
	}
	delete(missed, 0x06) // cursors that are gone contradict nothing: all is read again
	if len(missed) != 0 {
		t.Errorf("a missing row of table %v goes unnoticed", missed)
	}
}
