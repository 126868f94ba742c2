package record

import (
	"encoding/binary"
	"fmt"
	"math"
)

// DecodeBatch reads what EncodeBatch wrote. Every table and column is bounded
// by the bytes that carry it, so a small batch cannot ask for much memory.
// The records own their memory; b may be reused. The records are not judged:
// Valid and Merge do that one by one, so that one bad record blocks no other.
func DecodeBatch(b []byte, limits Limits) ([]Record, error) {
	if len(b) > limits.MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrLimits, len(b))
	}
	d := batchDecoder{reader: reader{data: append([]byte(nil), b...)}}
	n := d.tables(limits)
	if d.err != nil {
		return nil, fmt.Errorf("decode a batch: %w", d.err)
	}
	records := make([]Record, n)
	for i := range records {
		records[i] = d.record()
		if d.err != nil {
			return nil, fmt.Errorf("decode a batch: record %d: %w", i, d.err)
		}
	}
	if err := d.finish(); err != nil {
		return nil, fmt.Errorf("decode a batch: %w", err)
	}
	return records, nil
}

type shapeIn struct {
	kind    string
	fields  []fieldShape
	columns []columnIn
}

type fieldShape struct {
	name string
	form int
}

type columnIn struct {
	reader
	known []Value
}

type batchDecoder struct {
	reader
	writers []Writer
	names   []string
	seens   [][]Stamp
	shapes  []shapeIn

	order, ids, stamps, used reader
	random                   []byte
	values                   []byte // what was unpacked; values alias it
	lastMs                   int64
}

// tables reads all but the records and returns how many of those follow.
func (d *batchDecoder) tables(limits Limits) int {
	if n := d.list(12, 1); n != 12 {
		d.fail("%d parts, 12 are due", n)
		return 0
	}
	if v := d.uint(); v != batchVersion && d.err == nil {
		d.fail("batch version %d, this program reads %d", v, batchVersion)
		return 0
	}
	count := d.uint()
	if count > uint64(limits.MaxRecords) && d.err == nil {
		d.err = fmt.Errorf("%w: %d records", ErrLimits, count)
		return 0
	}
	w := d.blob()
	if len(w)%8 != 0 {
		d.fail("%d bytes of writers", len(w))
	}
	for ; len(w) >= 8; w = w[8:] {
		d.writers = append(d.writers, Writer(binary.BigEndian.Uint64(w)))
	}
	d.names = make([]string, d.list(math.MaxInt32, 1))
	for i := range d.names {
		d.names[i] = d.text(MaxNameBytes)
	}
	d.readSeens()
	d.readShapes()
	d.order.data, d.ids.data, d.random = d.blob(), d.blob(), d.blob()
	d.stamps.data, d.used.data = d.blob(), d.blob()
	d.readColumns()
	if d.end() == nil && count > uint64(len(d.order.data)) {
		d.fail("%d records in %d bytes", count, len(d.order.data))
	}
	if d.err != nil {
		return 0
	}
	return int(count)
}

func (d *batchDecoder) blob() []byte { return d.chunk(majorBytes, math.MaxInt32) }

func (d *batchDecoder) readSeens() {
	d.seens = make([][]Stamp, d.list(math.MaxInt32, 3))
	for i := range d.seens {
		n := d.list(2*MaxSeen, 1)
		if n == 0 || n%2 != 0 {
			d.fail("a seen list of %d", n)
			return
		}
		d.seens[i] = make([]Stamp, n/2)
		for j := range d.seens[i] {
			h := d.uint()
			d.seens[i][j] = Stamp{HLC: HLC(h), Writer: d.writerAt(&d.reader)}
			if j > 0 && d.seens[i][j-1].Writer >= d.seens[i][j].Writer {
				d.fail("seen out of order")
			}
		}
	}
}

func (d *batchDecoder) readShapes() {
	d.shapes = make([]shapeIn, d.list(math.MaxInt32, 2))
	for i := range d.shapes {
		n := d.list(1+2*MaxFields, 1)
		if n%2 != 1 {
			d.fail("a shape of %d parts", n)
			return
		}
		s := &d.shapes[i]
		s.kind = d.nameAt(&d.reader)
		s.fields = make([]fieldShape, n/2)
		columns := 0
		for j := range s.fields {
			f := fieldShape{name: d.nameAt(&d.reader), form: d.index(4)}
			if f.form == 0 || j > 0 && s.fields[j-1].name >= f.name {
				d.fail("field %q without form or out of order", f.name)
				return
			}
			if f.form&formValue != 0 {
				columns++
			}
			if f.form&formItems != 0 {
				columns += 2
			}
			s.fields[j] = f
		}
		s.columns = make([]columnIn, columns)
	}
}

func (d *batchDecoder) readColumns() {
	n := d.list(math.MaxInt32, 1)
	for i := range d.shapes {
		for j := range d.shapes[i].columns {
			d.shapes[i].columns[j].data = d.blob()
			n--
		}
	}
	if n != 0 {
		d.fail("columns do not fit the shapes")
	}
}

func (d *batchDecoder) finish() error {
	parts := []*reader{&d.order, &d.ids, &d.stamps, &d.used}
	for i := range d.shapes {
		for j := range d.shapes[i].columns {
			parts = append(parts, &d.shapes[i].columns[j].reader)
		}
	}
	for _, p := range parts {
		if err := p.end(); err != nil {
			return err
		}
	}
	if len(d.random) != 0 {
		return fmt.Errorf("%w: %d random bytes too many", ErrMalformed, len(d.random))
	}
	return nil
}

// from moves a column's failure to the batch.
func (d *batchDecoder) from(r *reader) {
	if d.err == nil {
		d.err = r.err
	}
}

func (d *batchDecoder) nameAt(r *reader) string {
	i := r.index(len(d.names))
	if d.from(r); d.err != nil {
		return ""
	}
	return d.names[i]
}

func (d *batchDecoder) writerAt(r *reader) Writer {
	i := r.index(len(d.writers))
	if d.from(r); d.err != nil {
		return 0
	}
	return d.writers[i]
}

func (d *batchDecoder) record() Record {
	i := d.order.index(len(d.shapes))
	day := d.nameAt(&d.order)
	if d.err != nil {
		return Record{}
	}
	s := &d.shapes[i]
	r := Record{Kind: s.kind, Day: day}
	r.Stamps = d.stampTable()
	r.ID = d.idAt(&d.ids)
	if d.err != nil {
		return Record{}
	}
	if len(s.fields) > 0 {
		r.Fields = make([]Field, len(s.fields))
	}
	c := 0
	for j, f := range s.fields {
		out := &r.Fields[j]
		out.Name = f.name
		if f.form&formValue != 0 {
			out.Stamp = d.used.index(len(r.Stamps))
			d.from(&d.used)
			out.Value = d.valueAt(&s.columns[c], &r)
			c++
		}
		if f.form&formItems != 0 {
			out.Items = d.itemsAt(s.columns[c:c+2], &r, f.name)
			c += 2
		}
		if d.err != nil {
			return Record{}
		}
	}
	r.normalise()
	return r
}

func (d *batchDecoder) stampTable() []StampSeen {
	n := d.stamps.index(MaxFields + 1)
	if n > d.stamps.left()/3 {
		d.stamps.fail("cut short")
	}
	if d.from(&d.stamps); n == 0 || d.err != nil {
		return nil
	}
	table := make([]StampSeen, n)
	at := d.lastMs
	for i := range table {
		table[i].HLC = d.clock(&at)
		table[i].Writer = d.writerAt(&d.stamps)
		if s := d.stamps.index(len(d.seens) + 1); s > 0 {
			table[i].Seen = d.seens[s-1]
		}
		if i == 0 {
			d.lastMs = at
		}
	}
	d.from(&d.stamps)
	return table
}

func (d *batchDecoder) clock(at *int64) HLC {
	n := d.stamps.int()
	ms := *at + n>>1
	if ms < 0 || ms >= 1<<48 {
		d.stamps.fail("a clock of %d ms", ms)
		return 0
	}
	*at = ms
	if n&1 == 0 {
		return HLC(ms) << 16
	}
	counter := d.stamps.index(1 << 16)
	return HLC(ms)<<16 | HLC(counter)
}

// int reads a signed number.
func (r *reader) int() int64 {
	m, n := r.head()
	if m > majorNegative || n > math.MaxInt64 {
		r.fail("not a number")
		return 0
	}
	if m == majorNegative {
		return ^int64(n)
	}
	return int64(n)
}

func (r *reader) peek() byte {
	if r.left() == 0 {
		return 0
	}
	return r.data[r.off] >> 5
}
