package simulation

import (
	"iter"
	"math/bits"
	"slices"
)

// set is a set of the edits of one record, by their number in its story. It is never changed in place.
type set []uint64

func (s set) has(n int) bool { return n/64 < len(s) && s[n/64]&(1<<(n%64)) != 0 }

func (s set) with(n int) set {
	out := make(set, max(len(s), n/64+1))
	copy(out, s)
	out[n/64] |= 1 << (n % 64)
	return out
}

func (s set) union(o set) set {
	if len(s) < len(o) {
		s, o = o, s
	}
	if s.holds(o) {
		return s
	}
	out := slices.Clone(s)
	for i, w := range o {
		out[i] |= w
	}
	return out
}

// holds tells whether all of o is in s.
func (s set) holds(o set) bool {
	for i, w := range o {
		if i >= len(s) && w != 0 || i < len(s) && w&^s[i] != 0 {
			return false
		}
	}
	return true
}

func (s set) equals(o set) bool { return s.holds(o) && o.holds(s) }

func (s set) each() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(64*i + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}
