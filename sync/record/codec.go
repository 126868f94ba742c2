package record

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// Canonical returns the bytes that two states share if and only if they are
// the same state: kind, id, day, the stamps in use with their seen, every
// field's stamp and value, whole grow sets, unknown fields. Echo marks and
// digests compare these bytes.
func Canonical(r *Record) []byte { return Encode(r) }

// Encode returns the stored form of r, which is its canonical form.
func Encode(r *Record) []byte { return Append(make([]byte, 0, r.size()), r) }

// Hash returns the first 128 bits of the SHA-256 of r's canonical form.
func Hash(r *Record) [16]byte { return HashEncoded(Canonical(r)) }

// HashEncoded returns the Hash of the record that b is the encoding of.
func HashEncoded(b []byte) (sum [16]byte) {
	h := sha256.Sum256(b)
	copy(sum[:], h[:])
	return sum
}

// Append appends the canonical form of r to b:
// [kind, id, day, [hlc, writer, [seen hlc, seen writer ...] ...],
// [[name, stamp, value] or [name, items] or [name, stamp, value, items] ...]]
// where items are [id, value ...].
func Append(b []byte, r *Record) []byte {
	if !r.isNormal() {
		c := *r
		c.normalise()
		r = &c
	}
	b = appendHead(b, majorArray, 5)
	b = appendText(b, r.Kind)
	b = appendID(b, r.ID)
	b = appendText(b, r.Day)
	b = appendHead(b, majorArray, uint64(3*len(r.Stamps)))
	for _, s := range r.Stamps {
		b = appendSeen(appendStamp(b, s.Stamp), s.Seen)
	}
	b = appendHead(b, majorArray, uint64(len(r.Fields)))
	for i := range r.Fields {
		b = appendField(b, &r.Fields[i])
	}
	return b
}

func appendField(b []byte, f *Field) []byte {
	size := uint64(1)
	if len(f.Value) > 0 {
		size += 2
	}
	if len(f.Items) > 0 {
		size++
	}
	b = appendText(appendHead(b, majorArray, size), f.Name)
	if len(f.Value) > 0 {
		b = append(appendHead(b, majorUint, uint64(f.Stamp)), f.Value...)
	}
	if len(f.Items) > 0 {
		b = appendHead(b, majorArray, uint64(2*len(f.Items)))
		for _, it := range f.Items {
			b = append(appendID(b, it.ID), it.Value...)
		}
	}
	return b
}

func appendStamp(b []byte, s Stamp) []byte {
	return appendWriter(appendHead(b, majorUint, uint64(s.HLC)), s.Writer)
}

func appendSeen(b []byte, seen []Stamp) []byte {
	b = appendHead(b, majorArray, uint64(2*len(seen)))
	for _, s := range seen {
		b = appendStamp(b, s)
	}
	return b
}

func appendID(b []byte, id ID) []byte {
	return append(appendHead(b, majorBytes, uint64(len(id))), id[:]...)
}

// Decode reads what Encode wrote. The record owns its memory; b may be
// reused. Anything that Encode would not have written is ErrMalformed.
func Decode(b []byte) (Record, error) {
	if len(b) > MaxRecordBytes {
		return Record{}, fmt.Errorf("%w: %d bytes", ErrMalformed, len(b))
	}
	// Two copies back the whole record: values alias one, names the other.
	d := decoder{reader: reader{data: append([]byte(nil), b...)}, names: string(b)}
	r := d.record()
	if err := d.end(); err != nil {
		return Record{}, err
	}
	if !r.isNormal() {
		return Record{}, fmt.Errorf("%w: stamps unused or out of order", ErrMalformed)
	}
	return r, nil
}

type decoder struct {
	reader
	names string
}

func (d *decoder) name() string {
	n := len(d.chunk(majorText, MaxNameBytes))
	if d.err != nil {
		return ""
	}
	return d.names[d.off-n : d.off]
}

func (d *decoder) record() Record {
	d.tuple(5)
	r := Record{Kind: d.name(), ID: d.id(), Day: d.name()}
	r.Stamps = d.stamps()
	r.Fields = make([]Field, d.list(MaxFields, 2))
	for i := range r.Fields {
		r.Fields[i] = d.field(len(r.Stamps))
		if i > 0 && strings.Compare(r.Fields[i-1].Name, r.Fields[i].Name) >= 0 {
			d.fail("field %q out of order", r.Fields[i].Name)
		}
	}
	if len(r.Fields) == 0 {
		r.Fields = nil
	}
	return r
}

func (d *decoder) stamps() []StampSeen {
	n := d.list(3*MaxFields, 1)
	if n%3 != 0 {
		d.fail("a stamp table of %d", n)
	}
	if n == 0 || d.err != nil {
		return nil
	}
	table := make([]StampSeen, n/3)
	for i := range table {
		table[i] = StampSeen{Stamp: d.stamp(), Seen: d.seen()}
	}
	return table
}

func (d *decoder) field(stamps int) Field {
	n := d.list(4, 1)
	f := Field{Name: d.name()}
	if n == 3 || n == 4 {
		f.Stamp = d.index(stamps)
		f.Value = d.value()
	}
	if n == 2 || n == 4 {
		f.Items = d.items()
	}
	if n < 2 && d.err == nil {
		d.fail("a field of %d parts", n)
	}
	return f
}

func (d *decoder) items() []Item {
	n := d.list(2*MaxItems, 1)
	if n == 0 || n%2 != 0 {
		d.fail("a set of %d parts", n)
		return nil
	}
	// An item takes at least 18 bytes: a short message cannot claim many.
	if n/2 > d.left()/18 {
		d.fail("cut short")
		return nil
	}
	items := make([]Item, n/2)
	for i := range items {
		items[i] = Item{ID: d.id(), Value: d.value()}
		if i > 0 && string(items[i-1].ID[:]) >= string(items[i].ID[:]) {
			d.fail("items out of order")
		}
	}
	return items
}
