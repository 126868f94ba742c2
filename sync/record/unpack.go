package record

import "math"

func (d *batchDecoder) idAt(r *reader) (id ID) {
	defer d.from(r)
	if r.peek() == majorBytes {
		return r.id()
	}
	return d.v7(r, d.lastMs+r.int())
}

// v7 takes the next random bits for an id of that millisecond.
func (d *batchDecoder) v7(r *reader, ms int64) (id ID) {
	switch {
	case r.err != nil:
	case ms < 0 || ms >= 1<<48:
		r.fail("an id of %d ms", ms)
	case len(d.random) < 10:
		r.fail("random bits cut short")
	default:
		id = v7At(ms, d.random)
		d.random = d.random[10:]
	}
	return id
}

func (d *batchDecoder) valueAt(c *columnIn, r *Record) Value {
	defer d.from(&c.reader)
	if c.left() > 0 && c.data[c.off] == majorTag<<5|escapeSame {
		c.off++
		i := c.index(len(c.known))
		if c.err != nil {
			return nil
		}
		return c.known[i]
	}
	start := len(d.values)
	d.unpack(&c.reader, r, maxDepth)
	v := Value(d.values[start:len(d.values):len(d.values)])
	if len(v) > MaxValueBytes {
		c.fail("a value of %d bytes", len(v))
	}
	if c.err != nil {
		return nil
	}
	if repeats(v) {
		c.known = append(c.known, v)
	}
	return v
}

// unpack copies one value to d.values, resolving its escapes.
func (d *batchDecoder) unpack(c *reader, r *Record, depth int) {
	if depth == 0 {
		c.fail("nested deeper than %d", maxDepth)
	}
	start := c.off
	major, n := c.head()
	if c.err != nil {
		return
	}
	parts := uint64(0)
	switch major {
	case majorTag:
		d.unescape(c, r, n)
		return
	case majorBytes, majorText:
		if n > uint64(c.left()) {
			c.fail("cut short")
			return
		}
		c.off += int(n)
	case majorArray, majorMap:
		if n > uint64(c.left()) {
			c.fail("cut short")
			return
		}
		if parts = n; major == majorMap {
			parts *= 2
		}
	}
	d.values = append(d.values, c.data[start:c.off]...)
	for ; parts > 0 && c.err == nil; parts-- {
		d.unpack(c, r, depth-1)
	}
}

func (d *batchDecoder) unescape(c *reader, r *Record, escape uint64) {
	stamp := int(min(escape, math.MaxInt32)) - escapeTime
	if escape == escapeV7 {
		stamp = c.index(len(r.Stamps))
	}
	if stamp < 0 || stamp >= len(r.Stamps) {
		c.fail("escape %d", escape)
		return
	}
	ms := int64(r.Stamps[stamp].HLC>>16) + c.int()
	if escape == escapeV7 {
		d.values = append(d.values, IDValue(d.v7(c, ms))...)
		return
	}
	if ms < 0 {
		c.fail("a time of %d ms", ms)
		return
	}
	d.values = appendHead(d.values, majorUint, uint64(ms))
}

func (d *batchDecoder) itemsAt(c []columnIn, r *Record, field string) []Item {
	ids := &c[0].reader
	n := ids.index(MaxItems + 1)
	if n == 0 || n > ids.left() {
		ids.fail("a set of %d items", n)
	}
	if d.from(ids); d.err != nil {
		return nil
	}
	items := make([]Item, n)
	for i := range items {
		it := &items[i]
		it.Value = d.valueAt(&c[1], r)
		it.ID = d.itemID(ids, r, field, it.Value)
		if i > 0 && string(items[i-1].ID[:]) >= string(it.ID[:]) {
			ids.fail("items out of order")
		}
		if d.from(ids); d.err != nil {
			return nil
		}
	}
	return items
}

func (d *batchDecoder) itemID(ids *reader, r *Record, field string, v Value) (id ID) {
	switch form := ids.index(4); form {
	case idNamed:
		id = ItemID(r.Key(), field, v)
	case idStamp:
		if s := ids.index(len(r.Stamps)); ids.err == nil {
			id = completionID(r, r.Stamps[s].Stamp)
		}
	case idsTimed:
		id = d.v7(ids, d.lastMs+ids.int())
	default:
		if ids.left() < len(id) {
			ids.fail("cut short")
			return id
		}
		copy(id[:], ids.data[ids.off:])
		ids.off += len(id)
	}
	return id
}
