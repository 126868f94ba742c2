package link

import (
	"slices"

	"github.com/aashram-care/sangam/sync/feed"
)

// ranges are stretches in order that neither touch nor overlap. They live in memory and die with their session.
type ranges []stretch

// add unites a stretch with those held.
func (r *ranges) add(from, to feed.Seq) {
	if from >= to {
		return
	}
	i := 0
	for i < len(*r) && (*r)[i].To < from {
		i++
	}
	j := i
	for j < len(*r) && (*r)[j].From <= to {
		from, to = min(from, (*r)[j].From), max(to, (*r)[j].To)
		j++
	}
	*r = slices.Replace(*r, i, j, stretch{From: from, To: to})
}

// reach is how far a reader at seq is when it has these too.
func (r ranges) reach(seq feed.Seq) feed.Seq {
	for _, s := range r {
		if s.From > seq {
			break
		}
		seq = max(seq, s.To)
	}
	return seq
}

// covers tells whether a reader at seq that has these misses nothing of (from, to].
func (r ranges) covers(seq, from, to feed.Seq) bool {
	at := max(from, seq)
	for _, s := range r {
		if s.From <= at {
			at = max(at, s.To)
		}
	}
	return at >= to
}

// absorb forgets what a reader at seq has without them.
func (r *ranges) absorb(seq feed.Seq) {
	*r = slices.DeleteFunc(*r, func(s stretch) bool { return s.To <= seq })
}

// next returns where the first stretch beyond seq begins, or 0.
func (r ranges) next(seq feed.Seq) feed.Seq {
	for _, s := range r {
		if s.From > seq {
			return s.From
		}
	}
	return 0
}

// wire is what of them fits into a frame: the lowest, which close the next hole.
func (r ranges) wire(seq feed.Seq) []stretch {
	var out []stretch
	for _, s := range r {
		if s.To > seq && len(out) < maxRanges {
			out = append(out, s)
		}
	}
	return out
}
