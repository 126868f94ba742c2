package record_test

import (
	"bytes"
	"testing"

	"github.com/aashram-care/sangam/sync/record"
	"github.com/google/go-cmp/cmp"
)

func FuzzDecode(f *testing.F) {
	for _, r := range queueEntries(3) {
		f.Add(record.Encode(&r))
	}
	f.Add(record.Encode(&record.Record{Kind: "k", ID: record.Derive("x")}))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := record.Decode(b)
		if err != nil {
			return
		}
		if again := record.Encode(&r); !bytes.Equal(again, b) {
			t.Fatalf("read %x, writes %x", b, again)
		}
	})
}

func FuzzDecodeBatch(f *testing.F) {
	for _, n := range []int{0, 1, 3} {
		b, err := record.EncodeBatch(queueEntries(n))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		records, err := record.DecodeBatch(b, record.Limits{MaxRecords: 100, MaxBytes: 1 << 16})
		if err != nil {
			return
		}
		for i := range records {
			if records[i].Valid() != nil {
				return // such a record is parked, never sent on
			}
		}
		again, err := record.EncodeBatch(records)
		if err != nil {
			t.Fatalf("encode what was decoded: %v", err)
		}
		back, err := record.DecodeBatch(again, record.DefaultLimits)
		if err != nil {
			t.Fatalf("decode again: %v", err)
		}
		if d := cmp.Diff(records, back); d != "" {
			t.Fatalf("differs: %s", d)
		}
	})
}

// FuzzMerge merges whatever decodes with a record of ours: nothing may panic,
// and what is merged must be storable.
func FuzzMerge(f *testing.F) {
	mine := queueEntries(1)[0]
	f.Add(record.Encode(&mine))
	f.Fuzz(func(t *testing.T, b []byte) {
		theirs, err := record.Decode(b)
		if err != nil || theirs.Valid() != nil {
			return
		}
		theirs.Kind, theirs.ID = mine.Kind, mine.ID
		ab, _, errAB := record.Merge(schema, &mine, &theirs)
		ba, _, errBA := record.Merge(schema, &theirs, &mine)
		if (errAB == nil) != (errBA == nil) {
			t.Fatalf("one way %v, the other %v", errAB, errBA)
		}
		if errAB != nil {
			return
		}
		if !bytes.Equal(record.Encode(&ab), record.Encode(&ba)) {
			t.Fatalf("merge depends on the side")
		}
		if _, err := record.Decode(record.Encode(&ab)); err != nil {
			t.Fatalf("stored, it cannot be read: %v", err)
		}
		_ = record.Conflicts(&ab)
		_ = schema.Shown(&ab)
	})
}
