package record

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// CBOR major types and the simple values that records use (RFC 8949).
const (
	majorUint     = 0
	majorNegative = 1
	majorBytes    = 2
	majorText     = 3
	majorArray    = 4
	majorMap      = 5
	majorTag      = 6
	majorSimple   = 7

	simpleFalse = 0xf4
	simpleTrue  = 0xf5
	simpleNull  = 0xf6
)

// maxDepth bounds the nesting of a value.
const maxDepth = 16

// ErrMalformed tells that bytes are not an encoding that this package makes.
var ErrMalformed = errors.New("malformed record")

func appendHead(b []byte, major byte, n uint64) []byte {
	m := major << 5
	switch {
	case n < 24:
		return append(b, m|byte(n))
	case n <= 0xff:
		return append(b, m|24, byte(n))
	case n <= 0xffff:
		return binary.BigEndian.AppendUint16(append(b, m|25), uint16(n))
	case n <= 0xffffffff:
		return binary.BigEndian.AppendUint32(append(b, m|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, m|27), n)
}

func appendText(b []byte, s string) []byte {
	return append(appendHead(b, majorText, uint64(len(s))), s...)
}

// reader takes CBOR apart. The first failure sticks; every length is checked
// against what is left before anything is allocated for it.
type reader struct {
	data []byte
	off  int
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: byte %d: %s", ErrMalformed, r.off, fmt.Sprintf(format, args...))
		r.off = len(r.data)
	}
}

func (r *reader) left() int { return len(r.data) - r.off }

// head reads a major type and its argument, which must be in shortest form.
func (r *reader) head() (major byte, n uint64) {
	if r.off >= len(r.data) {
		r.fail("cut short")
		return 0, 0
	}
	first := r.data[r.off]
	major, info := first>>5, first&0x1f
	rest := r.data[r.off+1:]
	if info < 24 {
		r.off++
		return major, uint64(info)
	}
	if info > 27 {
		r.fail("head %#02x is not definite", first)
		return 0, 0
	}
	size := 1 << (info - 24)
	if len(rest) < size {
		r.fail("cut short")
		return 0, 0
	}
	for _, c := range rest[:size] {
		n = n<<8 | uint64(c)
	}
	if major != majorSimple && (info == 24 && n < 24 || info > 24 && n>>(4*size) == 0) {
		r.fail("argument %d is not in shortest form", n)
		return 0, 0
	}
	r.off += 1 + size
	return major, n
}

func (r *reader) uint() uint64 {
	m, n := r.head()
	if m != majorUint {
		r.fail("major type %d where a number is due", m)
		return 0
	}
	return n
}

// index reads a number below limit.
func (r *reader) index(limit int) int {
	n := r.uint()
	if r.err == nil && n >= uint64(limit) {
		r.fail("index %d, table of %d", n, limit)
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

func (r *reader) chunk(major byte, limit int) []byte {
	m, n := r.head()
	switch {
	case r.err != nil:
		return nil
	case m != major:
		r.fail("major type %d where %d is due", m, major)
		return nil
	case n > uint64(limit):
		r.fail("%d bytes, at most %d allowed", n, limit)
		return nil
	case n > uint64(r.left()):
		r.fail("cut short")
		return nil
	}
	b := r.data[r.off : r.off+int(n) : r.off+int(n)]
	r.off += int(n)
	return b
}

func (r *reader) text(limit int) string { return string(r.chunk(majorText, limit)) }

func (r *reader) id() ID {
	var id ID
	if b := r.chunk(majorBytes, len(id)); len(b) == len(id) {
		copy(id[:], b)
	} else {
		r.fail("an id of %d bytes", len(b))
	}
	return id
}

func (r *reader) writer() Writer {
	b := r.chunk(majorBytes, 8)
	if len(b) != 8 {
		r.fail("a writer of %d bytes", len(b))
		return 0
	}
	return Writer(binary.BigEndian.Uint64(b))
}

// list reads the head of an array of at most limit elements, each of which
// takes at least size bytes.
func (r *reader) list(limit, size int) int {
	m, n := r.head()
	switch {
	case r.err != nil:
		return 0
	case m != majorArray:
		r.fail("major type %d where a list is due", m)
		return 0
	case n > uint64(limit):
		r.fail("%d elements, at most %d allowed", n, limit)
		return 0
	case n > uint64(r.left()/size):
		r.fail("cut short")
		return 0
	}
	return int(n)
}

// tuple reads the head of an array of exactly n elements.
func (r *reader) tuple(n int) {
	if got := r.list(n, 1); r.err == nil && got != n {
		r.fail("%d elements, %d are due", got, n)
	}
}

func (r *reader) stamp() Stamp {
	h := r.uint()
	return Stamp{HLC: HLC(h), Writer: r.writer()}
}

func (r *reader) seen() []Stamp {
	n := r.list(2*MaxSeen, 1)
	if n%2 != 0 {
		r.fail("a seen list of %d", n)
	}
	if n == 0 || r.err != nil {
		return nil
	}
	seen := make([]Stamp, n/2)
	for i := range seen {
		seen[i] = r.stamp()
		if i > 0 && seen[i-1].Writer >= seen[i].Writer {
			r.fail("seen out of order")
		}
	}
	return seen
}

// value reads one value whole, without looking at what it means.
func (r *reader) value() Value {
	start := r.off
	r.skip(maxDepth)
	if r.err == nil && r.off-start > MaxValueBytes {
		r.fail("a value of %d bytes, at most %d allowed", r.off-start, MaxValueBytes)
	}
	if r.err != nil {
		return nil
	}
	return Value(r.data[start:r.off:r.off])
}

func (r *reader) skip(depth int) {
	if depth == 0 {
		r.fail("nested deeper than %d", maxDepth)
		return
	}
	m, n := r.head()
	if r.err != nil {
		return
	}
	switch m {
	case majorBytes, majorText:
		if n > uint64(r.left()) {
			r.fail("cut short")
			return
		}
		r.off += int(n)
	case majorMap, majorArray:
		if n > uint64(r.left()) {
			r.fail("cut short")
			return
		}
		if m == majorMap {
			n *= 2
		}
		for ; n > 0 && r.err == nil; n-- {
			r.skip(depth - 1)
		}
	case majorTag:
		r.fail("tags are not part of a value")
	}
}

func (r *reader) end() error {
	if r.err == nil && r.left() != 0 {
		r.fail("%d bytes too many", r.left())
	}
	return r.err
}
