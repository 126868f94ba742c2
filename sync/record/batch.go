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
// announces something written shorter than it is, at the top of a value or
// inside it.
const (
	escapeV7   = 0 // a UUIDv7: index of a stamp, milliseconds after it; 10 bytes in random
	escapeSame = 1 // an index into the column's earlier values, whole
	escapeTime = 8 // and above: milliseconds after the stamp of index tag-8
)

// Forms of an item's id.
const (
	idNamed  = 0 // by its value, see ItemID
	idStamp  = 1 // a completion: the index of its stamp follows
	idPlain  = 2 // as it is
	idsTimed = 3 // a UUIDv7: milliseconds after the record's first stamp follow
)

// EncodeBatch writes records, in order, for the wire:
// [version, count, writers, names, seen lists, shapes, shape of each record,
// ids, random bits of ids, stamps, stamps of fields, columns of values].
// Values stand in columns by shape and field, times and ids as distances from
// a stamp of the record, what can be derived is left out: a bulk batch is
// small, and compresses well.
func EncodeBatch(records []Record) ([]byte, error) {
	e := newBatchEncoder()
	for i := range records {
		r := records[i]
		r.normalise()
		if err := r.checkSize(); err != nil {
			return nil, fmt.Errorf("encode %s %s: %w", r.Kind, r.ID, err)
		}
		if e.record(&r); e.err != nil {
			return nil, fmt.Errorf("encode %s %s: %w", r.Kind, r.ID, e.err)
		}
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
	err                               error
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
	e.stampTable(r)
	e.ids = e.id(e.ids, r.ID)
	s := e.list[n]
	c := 0
	for i := range r.Fields {
		f := &r.Fields[i]
		if len(f.Value) > 0 {
			e.used = appendHead(e.used, majorUint, uint64(f.Stamp))
			e.value(&s.columns[c], f.Value, r)
			c++
		}
		if len(f.Items) > 0 {
			e.items(s.columns[c:c+2], r, f)
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

// stampTable writes the record's stamps. lastMs becomes the first one's.
func (e *batchEncoder) stampTable(r *Record) {
	e.stamps = appendHead(e.stamps, majorUint, uint64(len(r.Stamps)))
	at := e.lastMs
	for i := range r.Stamps {
		s := &r.Stamps[i]
		e.stamps = e.clock(e.stamps, s.HLC, &at)
		e.stamps = appendHead(e.stamps, majorUint, uint64(e.writer(s.Writer)))
		e.stamps = appendHead(e.stamps, majorUint, uint64(e.seen(s.Seen)))
		if i == 0 {
			e.lastMs = at
		}
	}
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

// id writes a UUIDv7 as a distance from the record's first stamp and puts its
// random bits aside; any other id as 16 bytes.
func (e *batchEncoder) id(b []byte, id ID) []byte {
	if !id.isV7() {
		return appendID(b, id)
	}
	e.random = append(e.random, id[6:]...)
	return append(b, Int(id.millis()-e.lastMs)...)
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

// value writes one value: whole where it is short, as an index where the
// column had it before, else with its times and ids escaped.
func (e *batchEncoder) value(c *column, v Value, r *Record) {
	if !repeats(v) {
		c.out = e.pack(c.out, v, r)
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
	c.out = e.pack(c.out, v, r)
}

// repeats tells whether a value is worth remembering: not a number, and
// longer than an index.
func repeats(v Value) bool { return len(v) > 2 && v[0]>>5 > majorNegative }

// pack copies a value, escaping times and UUIDv7s near a stamp of the record.
func (e *batchEncoder) pack(out []byte, v Value, r *Record) []byte {
	rd := reader{data: v}
	for rd.left() > 0 {
		start := rd.off
		major, n := rd.head()
		if (major == majorBytes || major == majorText) && n > uint64(rd.left()) {
			rd.fail("cut short")
		}
		if rd.err != nil {
			e.err = rd.err
			return out
		}
		switch major {
		case majorUint:
			if i, d := nearest(r, n); i >= 0 && rd.off-start > 3 {
				out = append(appendHead(out, majorTag, uint64(escapeTime+i)), Int(d)...)
				continue
			}
		case majorBytes, majorText:
			chunk := v[rd.off : rd.off+int(n)]
			rd.off += int(n)
			if major == majorBytes && len(chunk) == 16 && ID(chunk).isV7() {
				if i, d := nearest(r, uint64(ID(chunk).millis())); i >= 0 {
					out = appendHead(appendHead(out, majorTag, escapeV7), majorUint, uint64(i))
					out = append(out, Int(d)...)
					e.random = append(e.random, chunk[6:]...)
					continue
				}
			}
		}
		out = append(out, v[start:rd.off]...)
	}
	return out
}

// near bounds the distances worth writing as such: some 34 years.
const near = 1 << 40

// nearest returns the stamp of r that is closest to a time in milliseconds,
// and the distance from it; -1 when none is near.
func nearest(r *Record, ms uint64) (stamp int, distance int64) {
	stamp, distance = -1, near
	for i := range r.Stamps {
		if ms >= 1<<48 {
			break
		}
		if d := int64(ms) - int64(r.Stamps[i].HLC>>16); max(d, -d) < max(distance, -distance) {
			stamp, distance = i, d
		}
	}
	return stamp, distance
}

// items writes a grow field into two columns: ids, and values.
func (e *batchEncoder) items(c []column, r *Record, f *Field) {
	out := appendHead(c[0].out, majorUint, uint64(len(f.Items)))
	for i := range f.Items {
		it := &f.Items[i]
		v := it.Value
		if len(v) == 0 {
			v = Null()
		}
		e.value(&c[1], v, r) // before the id, as it is read: both take from the same random bits
		stamp := completedBy(r, it.ID)
		switch {
		case it.ID == ItemID(r.Key(), f.Name, v):
			out = append(out, idNamed)
		case stamp >= 0:
			out = appendHead(append(out, idStamp), majorUint, uint64(stamp))
		case it.ID.isV7():
			out = e.id(append(out, idsTimed), it.ID)
		default:
			out = append(append(out, idPlain), it.ID[:]...)
		}
	}
	c[0].out = out
}

// completedBy returns the index of the stamp that named a completion, or -1.
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
