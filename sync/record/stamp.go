package record

import (
	"cmp"
	"slices"
	"time"
)

// Writer is one opening of one store: 64 random bits drawn at each open, so
// that a restored or cloned store never repeats a stamp.
type Writer uint64

// HLC is a hybrid logical clock: Unix milliseconds in the upper 48 bits, a
// counter in the lower 16.
type HLC uint64

// MaxHLC is the greatest clock value a record may carry: the start of the
// year 2200. A stamp beyond it is a broken clock, not a time.
var MaxHLC = HLCOf(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC))

// HLCOf returns the first HLC of t's millisecond; times before 1970 give 0.
func HLCOf(t time.Time) HLC {
	ms := t.UnixMilli()
	switch {
	case ms < 0:
		return 0
	case ms >= 1<<48:
		return 1<<64 - 1
	}
	return HLC(ms) << 16
}

// Time returns the wall-clock part, in UTC.
func (h HLC) Time() time.Time { return time.UnixMilli(int64(h >> 16)).UTC() }

// Stamp names one edit: no two edits of a record share a stamp.
type Stamp struct {
	HLC    HLC
	Writer Writer
}

// Compare orders stamps by clock, then by writer.
func (s Stamp) Compare(o Stamp) int {
	if c := cmp.Compare(s.HLC, o.HLC); c != 0 {
		return c
	}
	return cmp.Compare(s.Writer, o.Writer)
}

// Less tells whether s orders before o.
func (s Stamp) Less(o Stamp) bool { return s.Compare(o) < 0 }

// IsZero tells whether s is the stamp of nothing.
func (s Stamp) IsZero() bool { return s == Stamp{} }

func (s StampSeen) checkClock() error {
	for _, o := range s.Seen {
		if o.HLC > MaxHLC {
			return ErrClock
		}
	}
	if s.HLC > MaxHLC {
		return ErrClock
	}
	return nil
}

// MaxSeen bounds the writers that an edit remembers having seen. Pruning may
// list a conflict that is none, never hide one.
const MaxSeen = 32

// StampSeen is one edit in a record's stamp table: its stamp, and per writer
// the greatest stamp of this record that its author had before it. Seen is
// ordered by writer; the author's own writer is left out, because a writer
// has seen all its own lower stamps of the record.
type StampSeen struct {
	Stamp
	Seen []Stamp
}

// Covers tells whether the author of s had seen the edit stamped o.
func (s StampSeen) Covers(o Stamp) bool {
	if o.Writer == s.Writer {
		return o.HLC <= s.HLC
	}
	i, ok := slices.BinarySearchFunc(s.Seen, o.Writer, func(e Stamp, w Writer) int {
		return cmp.Compare(e.Writer, w)
	})
	return ok && s.Seen[i].HLC >= o.HLC
}

// seenBy gathers what an edit by own of this state has seen: per other writer
// the greatest stamp among the edits in use, those listed as lost, and all
// that these had seen.
func (r *Record) seenBy(own Writer) []Stamp {
	if len(r.Stamps) == 0 {
		return nil
	}
	all := make([]Stamp, 0, 2*len(r.Stamps))
	for _, s := range r.Stamps {
		all = append(append(all, s.Stamp), s.Seen...)
	}
	for _, l := range r.Lost() {
		all = append(append(all, l.Edit.Stamp), l.Edit.Seen...)
	}
	return greatestPerWriter(slices.DeleteFunc(all, func(s Stamp) bool { return s.Writer == own }))
}

// greatestPerWriter keeps one stamp a writer, at most MaxSeen of them, in
// writer order. It reuses all.
func greatestPerWriter(all []Stamp) []Stamp {
	slices.SortFunc(all, func(a, b Stamp) int {
		if c := cmp.Compare(a.Writer, b.Writer); c != 0 {
			return c
		}
		return cmp.Compare(b.HLC, a.HLC)
	})
	all = slices.CompactFunc(all, func(a, b Stamp) bool { return a.Writer == b.Writer })
	if len(all) > MaxSeen {
		slices.SortFunc(all, func(a, b Stamp) int { return b.Compare(a) })
		all = all[:MaxSeen]
		slices.SortFunc(all, func(a, b Stamp) int { return cmp.Compare(a.Writer, b.Writer) })
	}
	if len(all) == 0 {
		return nil
	}
	return all
}
