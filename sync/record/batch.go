package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// batchVersion is the first element of a batch.
const batchVersion = 1

// Limits bound what a batch may cost its reader.
type Limits struct {
	MaxRecords int // records in a batch
	MaxBytes   int // bytes of the batch itself
}

// DefaultLimits admits every batch that this program sends.
var DefaultLimits = Limits{MaxRecords: 4096, MaxBytes: 512 << 10}

// ErrLimits tells that a batch is larger than its reader accepts.
var ErrLimits = errors.New("batch beyond the limits")

// The forms of a field in a shape.
const (
	formValue = 1
	formItems = 2
)

// Escapes in a column of values. Values never carry CBOR tags, so a tag
// announces a value written shorter than it is.
const (
	escapeTime = 0 // an int: milliseconds after the record's first stamp
	escapeV7   = 1 // a UUIDv7: milliseconds after the first stamp, 10 bytes in random
	escapeSame = 2 // an index into the column's earlier distinct values
)

// EncodeBatch writes records, in order, for the wire:
// [version, count, writers, names, seen lists, shapes, shape of each record,
// ids, random bits of ids, stamps, stamps of fields, columns of values].
// Values stand in columns by shape and field, times and ids as distances from
// the record's first stamp, so that a bulk batch compresses well.
func EncodeBatch(records []Record) ([]byte, error) {
	e := newBatchEncoder()
	for i := range records {
		r := records[i]
		r.normalise()
		if err := r.checkSize(); err != nil {
			return nil, fmt.Errorf("encode %s %s: %w", r.Kind, r.ID, err)
		}
		e.record(&r)
	}
	return e.bytes(len(records)), nil
}

type shape struct {
	head    []byte // CBOR: kind, then name and form of each field
	fields  int
	columns []column
}

type column struct {
	out   []byte
	known map[string]int
}

type batchEncoder struct {
	writers map[Writer]int
	names   map[string]int
	seens   map[string]int
	shapes  map[string]int

	writerBytes, nameBytes, seenBytes []byte
	list                              []*shape
	order, ids, random, stamps, used  []byte
	lastMs                            int64
	scratch                           []byte
}

func newBatchEncoder() *batchEncoder {
	return &batchEncoder{
		writers: map[Writer]int{}, names: map[string]int{},
		seens: map[string]int{}, shapes: map[string]int{},
	}
}

func (e *batchEncoder) bytes(count int) []byte {
	b := appendHead(nil, majorArray, 12)
	b = appendHead(b, majorUint, batchVersion)
	b = appendHead(b, majorUint, uint64(count))
	b = appendChunk(b, e.writerBytes)
	b = append(appendHead(b, majorArray, uint64(len(e.names))), e.nameBytes...)
	b = append(appendHead(b, majorArray, uint64(len(e.seens))), e.seenBytes...)
	b = appendHead(b, majorArray, uint64(len(e.list)))
	columns := 0
	for _, s := range e.list {
		b = append(appendHead(b, majorArray, uint64(1+2*s.fields)), s.head...)
		columns += len(s.columns)
	}
	for _, c := range [][]byte{e.order, e.ids, e.random, e.stamps, e.used} {
		b = appendChunk(b, c)
	}
	b = appendHead(b, majorArray, uint64(columns))
	for _, s := range e.list {
		for i := range s.columns {
			b = appendChunk(b, s.columns[i].out)
		}
	}
	return b
}

func appendChunk(b, c []byte) []byte {
	return append(appendHead(b, majorBytes, uint64(len(c))), c...)
}

func (e *batchEncoder) record(r *Record) {
	n := e.shape(r)
	e.order = appendHead(e.order, majorUint, uint64(n))
	e.order = appendHead(e.order, majorUint, uint64(e.name(r.Day)))
	base := e.stampTable(r)
	e.ids = e.id(e.ids, r.ID, &e.lastMs)
	s := e.list[n]
	c := 0
	for i := range r.Fields {
		f := &r.Fields[i]
		if len(f.Value) > 0 {
			e.used = appendHead(e.used, majorUint, uint64(f.Stamp))
			e.value(&s.columns[c], f.Value, base)
			c++
		}
		if len(f.Items) > 0 {
			e.items(s.columns[c:c+2], r, f, base)
			c += 2
		}
	}
}

// shape returns the index of the record's shape: its kind and the names and
// forms of its fields.
func (e *batchEncoder) shape(r *Record) int {
	head := appendHead(e.scratch[:0], majorUint, uint64(e.name(r.Kind)))
	columns := 0
	for i := range r.Fields {
		f := &r.Fields[i]
		form := 0
		if len(f.Value) > 0 {
			form |= formValue
			columns++
		}
		if len(f.Items) > 0 {
			form |= formItems
			columns += 2
		}
		head = appendHead(head, majorUint, uint64(e.name(f.Name)))
		head = appendHead(head, majorUint, uint64(form))
	}
	e.scratch = head
	n, ok := e.shapes[string(head)]
	if !ok {
		n = len(e.list)
		e.shapes[string(head)] = n
		e.list = append(e.list, &shape{
			head: slices.Clone(head), fields: len(r.Fields), columns: make([]column, columns),
		})
	}
	return n
}

func (e *batchEncoder) name(s string) int {
	n, ok := e.names[s]
	if !ok {
		n = len(e.names)
		e.names[s] = n
		e.nameBytes = appendText(e.nameBytes, s)
	}
	return n
}

func (e *batchEncoder) writer(w Writer) int {
	n, ok := e.writers[w]
	if !ok {
		n = len(e.writers)
		e.writers[w] = n
		e.writerBytes = binary.BigEndian.AppendUint64(e.writerBytes, uint64(w))
	}
	return n
}

// stampTable writes the record's stamps and returns the milliseconds of the
// first, from which its times are told.
func (e *batchEncoder) stampTable(r *Record) (base int64) {
	e.stamps = appendHead(e.stamps, majorUint, uint64(len(r.Stamps)))
	at := e.lastMs
	for i := range r.Stamps {
		s := &r.Stamps[i]
		e.stamps = e.clock(e.stamps, s.HLC, &at)
		e.stamps = appendHead(e.stamps, majorUint, uint64(e.writer(s.Writer)))
		e.stamps = appendHead(e.stamps, majorUint, uint64(e.seen(s.Seen)))
		if i == 0 {
			base = at
		}
	}
	if len(r.Stamps) > 0 {
		e.lastMs = base
	}
	return base
}

// clock writes milliseconds as a distance, and the counter only where it is
// not zero: a distance d stands as 2d, or as 2d+1 with the counter behind it.
func (e *batchEncoder) clock(b []byte, h HLC, at *int64) []byte {
	ms, counter := int64(h>>16), uint64(h&0xffff)
	d := ms - *at
	*at = ms
	if counter == 0 {
		return append(b, Int(2*d)...)
	}
	return appendHead(append(b, Int(2*d+1)...), majorUint, counter)
}

// seen returns 0 for an empty list, else 1 + its index in the table.
func (e *batchEncoder) seen(seen []Stamp) int {
	if len(seen) == 0 {
		return 0
	}
	b := appendHead(e.scratch[:0], majorArray, uint64(2*len(seen)))
	for _, s := range seen {
		b = appendHead(b, majorUint, uint64(s.HLC))
		b = appendHead(b, majorUint, uint64(e.writer(s.Writer)))
	}
	e.scratch = b
	n, ok := e.seens[string(b)]
	if !ok {
		n = len(e.seens)
		e.seens[string(b)] = n
		e.seenBytes = append(e.seenBytes, b...)
	}
	return 1 + n
}

// id writes a UUIDv7 as a distance in time and puts its random bits aside;
// any other id as 16 bytes.
func (e *batchEncoder) id(b []byte, id ID, at *int64) []byte {
	if !id.isV7() {
		return appendID(b, id)
	}
	ms := id.millis()
	b = append(b, Int(ms-*at)...)
	e.random = append(e.random, id[6:]...)
	return b
}

func (id ID) isV7() bool { return id[6]>>4 == 7 && id[8]>>6 == 2 }

func (id ID) millis() int64 {
	return int64(id[0])<<40 | int64(id[1])<<32 | int64(binary.BigEndian.Uint32(id[2:]))
}

func v7At(ms int64, random []byte) ID {
	var id ID
	binary.BigEndian.PutUint16(id[0:], uint16(ms>>32))
	binary.BigEndian.PutUint32(id[2:], uint32(ms))
	copy(id[6:], random)
	return id
}

// near bounds the distances worth writing as such: 2^40 ms, 34 years.
const near = 1 << 40

func (e *batchEncoder) value(c *column, v Value, base int64) {
	if n, ok := v.int(); ok && len(v) > 5 && n-base < near && base-n < near {
		c.out = append(appendHead(c.out, majorTag, escapeTime), Int(n-base)...)
		return
	}
	if len(v) <= 2 {
		c.out = append(c.out, v...)
		return
	}
	if n, ok := c.known[string(v)]; ok {
		c.out = appendHead(appendHead(c.out, majorTag, escapeSame), majorUint, uint64(n))
		return
	}
	if c.known == nil {
		c.known = map[string]int{}
	}
	c.known[string(v)] = len(c.known)
	if id := v.ID(); len(v) == 17 && id.isV7() {
		c.out = e.id(appendHead(c.out, majorTag, escapeV7), id, &base)
		return
	}
	c.out = append(c.out, v...)
}

// items writes a grow field into two columns: count and ids, and values. A
// completion that Apply named is told by the index of its stamp.
func (e *batchEncoder) items(c []column, r *Record, f *Field, base int64) {
	c[0].out = appendHead(c[0].out, majorUint, uint64(len(f.Items)))
	for i := range f.Items {
		it := &f.Items[i]
		if n := completedBy(r, it.ID); n >= 0 {
			c[0].out = appendHead(appendHead(c[0].out, majorTag, 0), majorUint, uint64(n))
		} else {
			c[0].out = e.id(c[0].out, it.ID, &base)
		}
		v := it.Value
		if len(v) == 0 {
			v = Null()
		}
		e.value(&c[1], v, base)
	}
}

func completedBy(r *Record, id ID) int {
	if id[6]>>4 != 8 {
		return -1
	}
	for i := range r.Stamps {
		if completionID(r, r.Stamps[i].Stamp) == id {
			return i
		}
	}
	return -1
}
