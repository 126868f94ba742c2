package record_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"testing"

	"github.com/aashram-care/sangam/sync/record"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAListIsWrittenAsCBORWritesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ints := rapid.SliceOfN(rapid.Int64(), 1, 30).Draw(t, "ints")
		values := make([]record.Value, len(ints))
		for i, n := range ints {
			values[i] = record.Int(n)
		}
		want, err := record.ValueOf(ints)
		if err != nil {
			t.Fatal(err)
		}
		got := record.List(values...)
		if !bytes.Equal(got, want) {
			t.Fatalf("%x, want %x", got, want)
		}
		if d := cmp.Diff(ints, got.Ints()); d != "" {
			t.Fatalf("read back: %s", d)
		}
	})
	text, _ := record.ValueOf([]any{"waiting", int64(1 << 40), []byte{1, 2}})
	if got := record.List(record.Text("waiting"), record.Int(1<<40), record.Bytes([]byte{1, 2})); !bytes.Equal(got, text) {
		t.Errorf("%x, want %x", got, text)
	}
	for name, v := range map[string]record.Value{
		"nothing": nil, "null": record.Null(), "a number": record.Int(4), "a text in it": record.List(record.Int(1), record.Text("x")),
		"more than it says": append(record.List(record.Int(1)), 2), "less than it says": record.List(record.Int(1), record.Int(2))[:2],
	} {
		if got := v.Ints(); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWhatIsSimpleIsWhatCBORReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := record.Value(rapid.OneOf(
			rapid.SliceOf(rapid.Byte()),
			rapid.Map(rapid.String(), func(s string) []byte { return record.Text(s) }),
			rapid.Map(rapid.Int64(), func(i int64) []byte { return record.Int(i) }),
			rapid.Map(rapid.Bool(), func(b bool) []byte { return record.Bool(b) }),
		).Draw(t, "value"))
		simple := v.Simple()
		if simple == nil {
			return
		}
		var whole any
		if err := v.Decode(&whole); err != nil {
			t.Fatalf("%x is simple %v, and CBOR says %v", v, simple, err)
		}
		if n, ok := whole.(uint64); ok {
			whole = int64(n)
		}
		if whole != simple {
			t.Fatalf("%x is simple %v, and by CBOR %v", v, simple, whole)
		}
	})
	if v := (record.Value{0x61, 0xff}); v.Simple() != nil {
		t.Errorf("text that is none: %v", v.Simple())
	}
}

// Ids that were derived once stand in every store: the way they are made never changes.
func TestADerivedIDIsAHashOfItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.StringN(200, 300, -1))).Draw(t, "parts")
		h := sha256.New()
		for _, p := range parts {
			binary.Write(h, binary.BigEndian, uint64(len(p)))
			h.Write([]byte(p))
		}
		want := record.ID(h.Sum(nil)[:16])
		want[6], want[8] = want[6]&0x0f|0x80, want[8]&0x3f|0x80
		if got := record.Derive(parts...); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}
