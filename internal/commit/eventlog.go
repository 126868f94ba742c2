package commit

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
)

// How much of the event log is kept: the younger of the two.
const (
	eventsKept    = 100_000
	eventsKeptFor = 24 * time.Hour
)

// A logged event stands under the (scope, seq) that caused it.
type logged struct {
	Seq   feed.Seq     `json:"seq"`
	Event clinic.Event `json:"event"`
}

// eventLog knows how many events the store holds. It belongs to the committer's goroutine.
type eventLog struct{ count int }

// A timeRow says which row of events was written when.
type timeRow struct {
	Scope feed.Scope `json:"scope"`
	Last  feed.Seq   `json:"last"`
	Count int        `json:"count"`
}

func (l *eventLog) open(tx feed.Tx) error {
	l.count = 0
	return tx.Scan(space(spaceEventTimes), spaceEnd(spaceEventTimes), func(_, value []byte) (bool, error) {
		var row timeRow
		if err := json.Unmarshal(value, &row); err != nil {
			return false, fmt.Errorf("count events: %w", err)
		}
		l.count += row.Count
		return true, nil
	})
}

func eventKey(scope feed.Scope, last feed.Seq) []byte {
	return space(spaceEvents, sized(string(scope)), seqBytes(last))
}

func floorKey(scope feed.Scope) []byte { return space(spaceEventFloor, []byte(scope)) }

// appendEvents writes the events of one transaction in one scope, in seq order, as one row.
func appendEvents(tx feed.Tx, now time.Time, serial uint64, scope feed.Scope, events []logged) error {
	last := events[len(events)-1].Seq
	data, err := json.Marshal(events)
	if err != nil {
		return fmt.Errorf("encode events of %s: %w", scope, err)
	}
	if err := tx.Put(eventKey(scope, last), data); err != nil {
		return fmt.Errorf("append events of %s: %w", scope, err)
	}
	row, err := json.Marshal(timeRow{Scope: scope, Last: last, Count: len(events)})
	if err != nil {
		return fmt.Errorf("encode time of events: %w", err)
	}
	key := space(spaceEventTimes, binary.BigEndian.AppendUint64(nil, uint64(now.UnixMilli())), binary.BigEndian.AppendUint64(nil, serial))
	if err := tx.Put(key, row); err != nil {
		return fmt.Errorf("write time of events: %w", err)
	}
	return nil
}

// prune deletes rows over the age or the count, a bounded number at a time, and returns how many events they held.
func (l *eventLog) prune(tx feed.Tx, now time.Time, added int) (removed int, err error) {
	type old struct {
		key []byte
		row timeRow
	}
	var olds []old
	before := space(spaceEventTimes, binary.BigEndian.AppendUint64(nil, uint64(now.Add(-eventsKeptFor).UnixMilli())))
	err = tx.Scan(space(spaceEventTimes), spaceEnd(spaceEventTimes), func(key, value []byte) (bool, error) {
		if bytes.Compare(key, before) >= 0 && l.count+added-removed <= eventsKept {
			return false, nil
		}
		var row timeRow
		if err := json.Unmarshal(value, &row); err != nil {
			return false, fmt.Errorf("read time of events: %w", err)
		}
		olds = append(olds, old{bytes.Clone(key), row})
		removed += row.Count
		return len(olds) < pruneLimit, nil
	})
	if err != nil {
		return 0, fmt.Errorf("look for old events: %w", err)
	}
	for _, o := range olds {
		if err := tx.Delete(o.key); err != nil {
			return 0, fmt.Errorf("delete time of events: %w", err)
		}
		if err := tx.Delete(eventKey(o.row.Scope, o.row.Last)); err != nil {
			return 0, fmt.Errorf("delete old events: %w", err)
		}
		if err := tx.Put(floorKey(o.row.Scope), seqBytes(o.row.Last)); err != nil {
			return 0, fmt.Errorf("note deleted events: %w", err)
		}
	}
	return removed, nil
}

// Events visits the logged events of a scope after since, up to and including to, in seq order. whole is false when
// older ones after since were pruned: then what is visited begins later, and the state is still without holes. It
// reads in the caller's transaction, so that events and changes can be read at one moment.
func Events(tx feed.Tx, scope feed.Scope, since, to feed.Seq, visit func(feed.Seq, clinic.Event) (more bool)) (whole bool, err error) {
	floor, err := tx.Get(floorKey(scope))
	if err != nil {
		return false, fmt.Errorf("read how far back events go: %w", err)
	}
	whole = len(floor) != 8 || feed.Seq(binary.BigEndian.Uint64(floor)) <= since
	end := space(spaceEvents, sized(string(scope)), bytes.Repeat([]byte{0xff}, 9))
	err = tx.Scan(eventKey(scope, since+1), end, func(_, value []byte) (bool, error) {
		var row []logged
		if err := json.Unmarshal(value, &row); err != nil {
			return false, fmt.Errorf("decode: %w", err)
		}
		for _, l := range row {
			if l.Seq > to {
				return false, nil
			}
			if l.Seq > since && !visit(l.Seq, l.Event) {
				return false, nil
			}
		}
		return true, nil
	})
	if err != nil {
		return false, fmt.Errorf("read events of %s since %d: %w", scope, since, err)
	}
	return whole, nil
}
