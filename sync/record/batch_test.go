package record_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/record"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawID draws ids of every kind: timed near and far, derived, and random
// bytes.
func drawID(t *rapid.T) record.ID {
	bits := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bits")
	switch rapid.IntRange(0, 4).Draw(t, "kind of id") {
	case 0:
		return record.Derive(string(bits))
	case 1:
		return record.Derive("x").Child(string(bits))
	case 2:
		return record.NewV7(time.UnixMilli(rapid.Int64Range(0, 1<<48-1).Draw(t, "ms")), bytes.NewReader(bits))
	case 3:
		return record.NewV7(start.Add(time.Duration(rapid.IntRange(-9e5, 9e5).Draw(t, "ms"))*time.Millisecond), bytes.NewReader(bits))
	}
	return record.ID(bits)
}

// drawValue draws what ValueOf can write, nested up to depth.
func drawValue(t *rapid.T, depth int) any {
	switch kind := rapid.IntRange(0, 8).Draw(t, "kind of value"); {
	case kind == 0:
		return nil
	case kind == 1:
		return rapid.Bool().Draw(t, "bool")
	case kind == 2:
		return rapid.Int64().Draw(t, "int")
	case kind == 3:
		return start.UnixMilli() + int64(rapid.IntRange(-1e6, 1e6).Draw(t, "time"))
	case kind == 4:
		return rapid.Float64().Draw(t, "float")
	case kind == 5:
		return rapid.StringN(0, 20, -1).Draw(t, "text")
	case kind == 6 || depth == 0:
		id := drawID(t)
		return id[:]
	case kind == 7:
		out := []any{}
		for range rapid.IntRange(0, 4).Draw(t, "length") {
			out = append(out, drawValue(t, depth-1))
		}
		return out
	}
	out := map[int]any{}
	for i := range rapid.IntRange(0, 3).Draw(t, "pairs") {
		out[i] = drawValue(t, depth-1)
	}
	return out
}

func mustValue(t *rapid.T) record.Value {
	v, err := record.ValueOf(drawValue(t, 3))
	if err != nil {
		t.Fatalf("value: %v", err)
	}
	return v
}

func drawStamp(t *rapid.T) record.Stamp {
	h := record.HLCOf(start.Add(time.Duration(rapid.IntRange(-1e6, 1e6).Draw(t, "clock")) * time.Millisecond))
	if rapid.IntRange(0, 5).Draw(t, "odd clock") == 0 {
		h = record.HLC(rapid.Uint64Range(0, uint64(record.MaxHLC)).Draw(t, "hlc"))
	}
	h += record.HLC(rapid.IntRange(0, 2).Draw(t, "counter"))
	return record.Stamp{HLC: min(h, record.MaxHLC), Writer: record.Writer(rapid.Uint64Range(1, 6).Draw(t, "writer"))}
}

// drawRecord draws a record of any shape that is Valid.
func drawRecord(t *rapid.T) record.Record {
	r := record.Record{Kind: rapid.SampledFrom([]string{"entry", "person", "k"}).Draw(t, "kind"), ID: drawID(t),
		Day: rapid.SampledFrom([]string{"", day, "2026-03-03"}).Draw(t, "day")}
	if r.ID.IsZero() {
		r.ID = subject
	}
	for range rapid.IntRange(1, 4).Draw(t, "stamps") {
		s := record.StampSeen{Stamp: drawStamp(t)}
		for w := record.Writer(1); w < 4; w++ {
			if rapid.Bool().Draw(t, "seen") {
				seen := drawStamp(t)
				seen.Writer = w
				s.Seen = append(s.Seen, seen)
			}
		}
		r.Stamps = append(r.Stamps, s)
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "fields") {
		f := record.Field{Name: fmt.Sprintf("f%d", i)}
		form := rapid.IntRange(1, 3).Draw(t, "form")
		if form&1 != 0 {
			f.Stamp, f.Value = rapid.IntRange(0, len(r.Stamps)-1).Draw(t, "stamp"), mustValue(t)
		}
		if form&2 != 0 {
			for range rapid.IntRange(1, 4).Draw(t, "items") {
				f.Items = append(f.Items, drawItem(t, &r, f.Name))
			}
			slices.SortFunc(f.Items, func(a, b record.Item) int { return bytes.Compare(a.ID[:], b.ID[:]) })
			f.Items = slices.CompactFunc(f.Items, func(a, b record.Item) bool { return a.ID == b.ID })
		}
		r.Fields = append(r.Fields, f)
	}
	back, err := record.Decode(record.Encode(&r)) // in normal form
	if err != nil {
		t.Fatalf("stored, it cannot be read: %v", err)
	}
	if err := back.Valid(); err != nil {
		t.Fatalf("drew what is not valid: %v", err)
	}
	return back
}

func drawItem(t *rapid.T, r *record.Record, field string) record.Item {
	it := record.Item{Value: mustValue(t)}
	if rapid.Bool().Draw(t, "named by value") {
		it.ID = record.ItemID(r.Key(), field, it.Value)
	} else {
		it.ID = drawID(t)
	}
	return it
}

// What no history of ours has made yet must come through a batch all the
// same: every shape, value, clock and kind of id, in any order.
func TestRecordsOfEveryShapeComeThroughABatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := []record.Record{}
		for range rapid.IntRange(0, 8).Draw(t, "records") {
			records = append(records, drawRecord(t))
		}
		b, err := record.EncodeBatch(records)
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		back, err := record.DecodeBatch(b, record.DefaultLimits)
		if err != nil {
			t.Fatalf("decode: %v", err)
		}
		if d := cmp.Diff(records, back); d != "" {
			t.Fatalf("differs: %s", d)
		}
		for i := range back {
			if record.Hash(&records[i]) != record.Hash(&back[i]) {
				t.Fatalf("record %d has another hash", i)
			}
		}
	})
}

// A completion is told by its stamp: the shortest form of all.
func TestACompletionComesThroughABatch(t *testing.T) {
	entries := queueEntries(2)
	b, err := record.EncodeBatch(entries)
	if err != nil {
		t.Fatal(err)
	}
	back, err := record.DecodeBatch(b, record.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	for i := range entries {
		id := entries[i].Items("completions")[0].ID
		if got := back[i].Items("completions"); len(got) != 1 || got[0].ID != id {
			t.Errorf("completions %v, want %v", got, id)
		}
		if bytes.Contains(b, id[:]) {
			t.Errorf("the batch spells out the completion's id")
		}
	}
}
