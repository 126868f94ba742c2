package clinic

import (
	"slices"

	"github.com/aashram-care/sangam/sync/record"
)

// line is a list of entries kept sorted. Inserting costs a binary search and one move of pointers, so a day of 30,000
// entries is as quick at its end as at its beginning.
type line []*entry

func (l line) insert(e *entry, by func(a, b *entry) int) line {
	i, found := slices.BinarySearchFunc(l, e, by)
	if found {
		l[i] = e
		return l
	}
	return slices.Insert(l, i, e)
}

func (l line) remove(e *entry, by func(a, b *entry) int) line {
	i, found := slices.BinarySearchFunc(l, e, by)
	if !found {
		return l
	}
	return slices.Delete(l, i, i+1)
}

// rank is how many entries come before e, whether or not e is among them.
func (l line) rank(e *entry, by func(a, b *entry) int) int {
	i, _ := slices.BinarySearchFunc(l, e, by)
	return i
}

// queue is what one guruji's day looks like, derived from the entries alone.
type queue struct {
	line      line // to be called, in order
	open      line // all that have not ended, in order
	gone      line // all that ended without a consultation, in order
	calls     line // everybody called today who is still counted as called, by time of the last call
	services  line // measured consultations, by their end
	called    int  // on their way
	inService int
	total     int // all of the day, whatever became of them
}

func (q *queue) put(e *entry) { q.count(e, 1, line.insert) }

func (q *queue) take(e *entry) { q.count(e, -1, line.remove) }

func (q *queue) count(e *entry, by int, change func(line, *entry, func(a, b *entry) int) line) {
	q.total += by
	if e.called > 0 {
		q.calls = change(q.calls, e, byCall)
	}
	switch {
	case !e.terminal:
		q.open = change(q.open, e, byOrder)
	case e.status != StatusDone:
		q.gone = change(q.gone, e, byOrder)
	}
	switch {
	case e.inLine():
		q.line = change(q.line, e, byOrder)
	case e.status == StatusCalled:
		q.called += by
	case e.status == StatusInService:
		q.inService += by
	case e.served():
		q.services = change(q.services, e, byEnd)
	}
}

// next is whom to call: the first in line, except that after maxInARow appointments a waiting walk-in comes first.
// The cap applies here and not to the order, so that the order stays explainable. Emergencies know no cap.
func (q *queue) next(maxInARow int) *entry {
	if len(q.line) == 0 {
		return nil
	}
	first := q.line[0]
	if first.band == BandEmergency || !first.hasSlot() || q.slotsInARow(maxInARow) < maxInARow {
		return first
	}
	if i := slices.IndexFunc(q.line, func(e *entry) bool { return !e.hasSlot() }); i >= 0 {
		return q.line[i]
	}
	return first
}

// slotsInARow counts the appointments among the last calls, up to most.
func (q *queue) slotsInARow(most int) int {
	n := 0
	for i := len(q.calls) - 1; i >= 0 && n < most && q.calls[i].hasSlot(); i-- {
		n++
	}
	return n
}

// calledBy is the entry that an action called, if it is among the last calls: a repeat finds its own work by it.
func (q *queue) calledBy(action record.ID) *entry {
	for i := len(q.calls) - 1; i >= max(0, len(q.calls)-20); i-- {
		if q.calls[i].lastAction == action {
			return q.calls[i]
		}
	}
	return nil
}
