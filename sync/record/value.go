package record

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

// Value is the canonical CBOR of one value; length 0 means absent. A Value is
// never modified after it was made, so records share them freely.
//
// The accessors return the zero value when the Value is absent or of another
// type: a screen shows nothing rather than failing on a foreign record.
type Value []byte

var (
	encMode = must(cbor.CoreDetEncOptions().EncMode())
	decMode = must(cbor.DecOptions{
		MaxNestedLevels:  maxDepth,
		MaxArrayElements: MaxValueBytes,
		MaxMapPairs:      MaxValueBytes,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("record: %v", err))
	}
	return v
}

// Text returns the Value of a string.
func Text(s string) Value { return appendText(make([]byte, 0, len(s)+3), s) }

// Bytes returns the Value of a byte string.
func Bytes(b []byte) Value {
	return append(appendHead(make([]byte, 0, len(b)+3), majorBytes, uint64(len(b))), b...)
}

// IDValue returns the Value of an id: a byte string of 16.
func IDValue(id ID) Value { return Bytes(id[:]) }

// Int returns the Value of an integer.
func Int(i int64) Value {
	var b [9]byte
	return slices.Clone(appendInt(b[:0], i))
}

func appendInt(b []byte, i int64) []byte {
	if i < 0 {
		return appendHead(b, majorNegative, uint64(^i))
	}
	return appendHead(b, majorUint, uint64(i))
}

// List returns the Value of a list of values.
func List(of ...Value) Value {
	size := 3
	for _, v := range of {
		size += len(v)
	}
	b := appendHead(make([]byte, 0, size), majorArray, uint64(len(of)))
	for _, v := range of {
		b = append(b, v...)
	}
	return b
}

// Bool returns the Value of a truth value.
func Bool(b bool) Value {
	if b {
		return Value{simpleTrue}
	}
	return Value{simpleFalse}
}

// Null returns the Value that clears a field.
func Null() Value { return Value{simpleNull} }

// TimeValue returns the Value of a time: milliseconds since 1970.
func TimeValue(t time.Time) Value { return Int(t.UnixMilli()) }

// ValueOf returns the canonical CBOR of x. Times are refused nowhere but
// better written with TimeValue, which every reader of ours understands.
func ValueOf(x any) (Value, error) {
	b, err := encMode.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("encode a value of type %T: %w", x, err)
	}
	return b, nil
}

// check tells whether v is one value that this package can read back.
func (v Value) check() error {
	if len(v) > MaxValueBytes {
		return fmt.Errorf("a value of %d bytes: %w", len(v), ErrTooLarge)
	}
	r := reader{data: v}
	r.value()
	return r.end()
}

// Decode reads the value into x as encoding/json would.
func (v Value) Decode(x any) error {
	if err := decMode.Unmarshal(v, x); err != nil {
		return fmt.Errorf("decode a value into %T: %w", x, err)
	}
	return nil
}

// Text returns the string that v holds.
func (v Value) Text() string { return string(v.chunk(majorText)) }

// Bytes returns the byte string that v holds; it shares v's memory.
func (v Value) Bytes() []byte { return v.chunk(majorBytes) }

// ID returns the id that v holds.
func (v Value) ID() ID {
	var id ID
	if b := v.Bytes(); len(b) == len(id) {
		copy(id[:], b)
	}
	return id
}

func (v Value) chunk(major byte) []byte {
	if len(v) == 0 { // most fields of most records: not worth an error that nobody reads
		return nil
	}
	r := reader{data: v}
	m, n := r.head()
	if r.err != nil || m != major || n != uint64(len(v)-r.off) {
		return nil
	}
	return v[r.off:]
}

// Int returns the integer that v holds.
func (v Value) Int() int64 {
	i, _ := v.int()
	return i
}

func (v Value) int() (int64, bool) {
	if len(v) == 0 {
		return 0, false
	}
	r := reader{data: v}
	m, n := r.head()
	switch {
	case r.err != nil || r.off != len(v) || n > math.MaxInt64:
		return 0, false
	case m == majorUint:
		return int64(n), true
	case m == majorNegative:
		return ^int64(n), true
	}
	return 0, false
}

// Bool returns the truth value that v holds.
func (v Value) Bool() bool { return len(v) == 1 && v[0] == simpleTrue }

// IsNull tells whether v is absent or null.
func (v Value) IsNull() bool { return len(v) == 0 || len(v) == 1 && v[0] == simpleNull }

// Time returns the time that v holds in UTC, or the zero time.
func (v Value) Time() time.Time {
	ms, ok := v.int()
	if !ok {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Ints returns the integers of the list that v holds, nil when it holds
// anything else.
func (v Value) Ints() []int64 {
	if len(v) == 0 {
		return nil
	}
	r := reader{data: v}
	m, n := r.head()
	if m != majorArray || n > uint64(r.left()) {
		return nil
	}
	list := make([]int64, n)
	for i := range list {
		list[i] = r.int()
	}
	if r.end() != nil {
		return nil
	}
	return list
}

// Simple returns the string, int64 or bool that v holds; nil when it is
// anything else, or text that is none.
func (v Value) Simple() any {
	if i, ok := v.int(); ok {
		return i
	}
	if text := v.chunk(majorText); text != nil && utf8.Valid(text) {
		return string(text)
	}
	if len(v) == 1 && (v[0] == simpleTrue || v[0] == simpleFalse) {
		return v.Bool()
	}
	return nil
}

// Status is the value of a status field.
type Status struct {
	Name       string
	Generation int64
}

// StatusValue returns the Value of a status.
func StatusValue(s Status) Value {
	b := appendHead(make([]byte, 0, len(s.Name)+8), majorArray, 2)
	b = appendText(b, s.Name)
	return appendInt(b, s.Generation)
}

// Status returns the status that v holds, and whether it holds one.
func (v Value) Status() (Status, bool) {
	if len(v) == 0 {
		return Status{}, false
	}
	r := reader{data: v}
	if m, n := r.head(); m != majorArray || n != 2 {
		return Status{}, false
	}
	name := r.text(MaxNameBytes)
	m, g := r.head()
	if r.err != nil || m != majorUint || g > math.MaxInt64 || r.off != len(v) {
		return Status{}, false
	}
	return Status{Name: name, Generation: int64(g)}, true
}

// statusKey returns the parts of a status that order it, without allocating.
func (v Value) statusKey() (name []byte, generation int64) {
	if len(v) == 0 {
		return nil, 0
	}
	r := reader{data: v}
	if m, n := r.head(); m != majorArray || n != 2 {
		return nil, 0
	}
	name = r.chunk(majorText, MaxNameBytes)
	m, g := r.head()
	if r.err != nil || m != majorUint || g > math.MaxInt64 {
		return nil, 0
	}
	return name, int64(g)
}

func appendWriter(b []byte, w Writer) []byte {
	return binary.BigEndian.AppendUint64(appendHead(b, majorBytes, 8), uint64(w))
}
