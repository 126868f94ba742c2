package record_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/record"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

func TestStoredRecordComesBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := play(t, 20)
		for _, c := range w.copies {
			if c.rec == nil {
				continue
			}
			b := record.Encode(c.rec)
			back, err := record.Decode(b)
			if err != nil {
				t.Fatalf("decode: %v", err)
			}
			if d := cmp.Diff(*c.rec, back); d != "" {
				t.Fatalf("differs: %s", d)
			}
			if !bytes.Equal(record.Encode(&back), b) {
				t.Fatalf("encodes to other bytes")
			}
			if err := back.Valid(); err != nil {
				t.Fatalf("not valid: %v", err)
			}
		}
	})
}

func TestBatchComesBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var records []record.Record
		for range rapid.IntRange(0, 4).Draw(t, "plays") {
			for _, c := range play(t, 12).copies {
				if c.rec != nil {
					records = append(records, *c.rec)
				}
			}
		}
		odd := record.Record{Kind: "odd", ID: record.Derive("odd"), Day: "x",
			Stamps: []record.StampSeen{{Stamp: record.Stamp{HLC: 1<<17 + 3, Writer: 9}}},
			Fields: []record.Field{
				{Name: "both", Value: record.Null(), Items: []record.Item{{ID: record.NewV7(start, rand.Reader), Value: record.Int(1 << 60)}}},
				{Name: "deep", Value: record.Value{0x82, 0x81, 0xf6, 0xa1, 0x01, 0x02}},
				{Name: "far", Value: record.Int(-1 << 62)},
				{Name: "float", Value: record.Value{0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a}},
				{Name: "id", Value: record.IDValue(record.NewV7(start, rand.Reader))},
				{Name: "near", Value: record.TimeValue(start)},
			}}
		records = append(records, odd, odd)
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
	})
}

// An item's id and an id inside its value take their random bits from one column, in one order.
func TestAnItemKeepsItsIDApartFromThoseInItsValue(t *testing.T) {
	item, inside := record.NewV7(start, rand.Reader), record.NewV7(start.Add(time.Second), rand.Reader)
	value, err := record.ValueOf([]any{inside[:], int64(7)})
	if err != nil {
		t.Fatal(err)
	}
	r := record.Record{Kind: "entry", ID: record.NewV7(start, rand.Reader), Day: "2026-02-03",
		Stamps: []record.StampSeen{{Stamp: record.Stamp{HLC: 1<<17 + 3, Writer: 9}}},
		Fields: []record.Field{{Name: "completions", Items: []record.Item{{ID: item, Value: value}}}, {Name: "note", Value: record.Text("x")}},
	}
	b, err := record.EncodeBatch([]record.Record{r})
	if err != nil {
		t.Fatal(err)
	}
	back, err := record.DecodeBatch(b, record.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r.Fields, back[0].Fields); d != "" {
		t.Errorf("differs: %s", d)
	}
}

func TestBatchBeyondLimitsIsRefused(t *testing.T) {
	b, err := record.EncodeBatch(queueEntries(10))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []record.Limits{{MaxRecords: 9, MaxBytes: 1 << 20}, {MaxRecords: 10, MaxBytes: len(b) - 1}} {
		if _, err := record.DecodeBatch(b, l); !errors.Is(err, record.ErrLimits) {
			t.Errorf("with %+v: %v, want ErrLimits", l, err)
		}
	}
	if _, err := record.DecodeBatch(b, record.Limits{MaxRecords: 10, MaxBytes: len(b)}); err != nil {
		t.Errorf("within the limits: %v", err)
	}
}

func TestCutOrDamagedEncodingIsMalformedAndNeverAPanic(t *testing.T) {
	records := queueEntries(3)
	one := record.Encode(&records[0])
	many, err := record.EncodeBatch(records)
	if err != nil {
		t.Fatal(err)
	}
	for n := range one {
		if _, err := record.Decode(one[:n]); !errors.Is(err, record.ErrMalformed) {
			t.Fatalf("%d of %d bytes: %v, want ErrMalformed", n, len(one), err)
		}
	}
	for n := range many {
		if _, err := record.DecodeBatch(many[:n], record.DefaultLimits); !errors.Is(err, record.ErrMalformed) {
			t.Fatalf("%d of %d bytes: %v, want ErrMalformed", n, len(many), err)
		}
		bad := bytes.Clone(many)
		bad[n] ^= 0xff
		if _, err := record.DecodeBatch(bad, record.DefaultLimits); err != nil && !errors.Is(err, record.ErrMalformed) && !errors.Is(err, record.ErrLimits) {
			t.Fatalf("byte %d flipped: %v", n, err)
		}
	}
}

// A claim of many elements in few bytes must not be believed.
func TestHugeCountsCostNothing(t *testing.T) {
	claims := [][]byte{
		{0x85, 0x61, 'k', 0x9b, 0, 0, 0, 1, 0, 0, 0, 0},
		append(append([]byte{0x85, 0x61, 'k', 0x50}, make([]byte, 16)...), 0x60, 0x80, 0x81, 0x82, 0x61, 'f', 0x99, 0x20, 0x00),
		{0x8c, 0x01, 0x19, 0x10, 0x00, 0x40, 0x9a, 0x7f, 0xff, 0xff, 0xff},
	}
	for _, b := range claims {
		allocated := testing.AllocsPerRun(1, func() {
			_, _ = record.Decode(b)
			_, _ = record.DecodeBatch(b, record.DefaultLimits)
		})
		if allocated > 40 {
			t.Errorf("%x costs %v allocations", b, allocated)
		}
	}
}

// queueEntries makes finished entries of a busy day as a clinic has them: a
// person, a guruji, times, four periods, a completion; four edits each.
func queueEntries(n int) []record.Record {
	clock := start
	source := mathrand.NewChaCha8([32]byte{7})
	var gurujis []record.ID
	for range 12 {
		gurujis = append(gurujis, record.NewV7(start, source))
	}
	staff := []string{record.NewV7(start, source).String(), record.NewV7(start, source).String()}
	out := make([]record.Record, 0, n)
	for i := range n {
		clock = clock.Add(time.Duration(source.Uint64()%15000) * time.Millisecond)
		action := record.NewV7(clock, source)
		e := record.Edit{Kind: "entry", ID: action, Day: day,
			Set: map[string]record.Value{
				"person": record.IDValue(record.NewV7(clock, source)), "guruji": record.IDValue(gurujis[i%12]),
				"token": record.Text(fmt.Sprintf("%c%03d", 'A'+i%12, 1+i/12)), "status": record.Text("waiting"),
				"band": record.Int(1), "checkedInAt": record.TimeValue(clock), "createdBy": record.Text(staff[i%2]),
				"createdHow": record.Text("walk_in"), "lastAction": record.IDValue(action),
			},
			Add: map[string][]record.Item{"periods": {period(action, "waiting", clock)}},
		}
		var current *record.Record
		at := clock
		var hi record.HLC
		for step, to := range []string{"", "called", "in_service", "done"} {
			if step > 0 {
				at = at.Add(time.Duration(60_000+source.Uint64()%600_000) * time.Millisecond)
				action = record.NewV7(at, source)
				e = record.Edit{Kind: "entry", ID: e.ID, Set: map[string]record.Value{
					"status": record.Text(to), "lastAction": record.IDValue(action),
					[]string{"", "calledAt", "startedAt", "endedAt"}[step]: record.TimeValue(at),
				}, Add: map[string][]record.Item{"periods": {period(action, to, at)}}}
			}
			r, h, err := record.Apply(schema, current, e, at, 1, hi)
			if err != nil {
				panic(err)
			}
			current, hi = &r, h
		}
		out = append(out, *current)
	}
	return out
}

func period(_ record.ID, status string, at time.Time) record.Item {
	v, err := record.ValueOf([]any{status, at.UnixMilli()})
	if err != nil {
		panic(err)
	}
	return record.Item{Value: v}
}

func TestBulkCostsAtMost64BytesARecord(t *testing.T) {
	const n = 1000
	records := queueEntries(n)
	stored := 0
	for i := range records {
		stored += len(record.Encode(&records[i]))
	}
	b, err := record.EncodeBatch(records)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		t.Fatal(err)
	}
	wire := len(z.EncodeAll(b, nil))
	t.Logf("%d queue entries: %d bytes a record stored, %d in a batch, %d compressed", n, stored/n, len(b)/n, wire/n)
	if wire/n > 64 {
		t.Errorf("%d bytes a record on the wire, want at most 64", wire/n)
	}
}
