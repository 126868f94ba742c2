package commit

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
)

// A logged event stands under the (scope, seq) that caused it.
type logged struct {
	Seq   feed.Seq     `json:"seq"`
	Event clinic.Event `json:"event"`
}

func eventKey(scope feed.Scope, last feed.Seq) []byte {
	return space(spaceEvents, sized(string(scope)), seqBytes(last))
}

func floorKey(scope feed.Scope) []byte { return space(spaceEventFloor, []byte(scope)) }

// appendEvents writes the events of one transaction in one scope, in seq order, as one row.
func appendEvents(tx feed.Tx, scope feed.Scope, events []logged) (eventsOf, error) {
	last := events[len(events)-1].Seq
	data, err := encodeEvents(events)
	if err != nil {
		return eventsOf{}, fmt.Errorf("encode events of %s: %w", scope, err)
	}
	if err := tx.Put(eventKey(scope, last), data); err != nil {
		return eventsOf{}, fmt.Errorf("append events of %s: %w", scope, err)
	}
	return eventsOf{Scope: string(scope), Last: uint64(last), Count: len(events)}, nil
}

// encodeEvents is the JSON of the list, at some 400 bytes an event.
func encodeEvents(events []logged) (_ []byte, err error) {
	b := append(make([]byte, 0, 450*len(events)), '[')
	for i := range events {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(append(b, `{"seq":`...), uint64(events[i].Seq), 10)
		if b, err = events[i].Event.AppendJSON(append(b, `,"event":`...)); err != nil {
			return nil, err
		}
		b = append(b, '}')
	}
	return append(b, ']'), nil
}

// forgetEventRow deletes a row and remembers up to where the scope's events are gone.
func forgetEventRow(tx feed.Tx, scope feed.Scope, last feed.Seq) error {
	if err := tx.Delete(eventKey(scope, last)); err != nil {
		return fmt.Errorf("delete old events of %s: %w", scope, err)
	}
	gone, err := eventFloor(tx, scope)
	if err != nil || gone >= last {
		return err
	}
	if err := tx.Put(floorKey(scope), seqBytes(last)); err != nil {
		return fmt.Errorf("note deleted events of %s: %w", scope, err)
	}
	return nil
}

// eventFloor is the last seq of a scope whose events are gone, 0 when none are.
func eventFloor(tx feed.Tx, scope feed.Scope) (feed.Seq, error) {
	floor, err := tx.Get(floorKey(scope))
	if err != nil || len(floor) != 8 {
		return 0, err
	}
	return feed.Seq(binary.BigEndian.Uint64(floor)), nil
}

// Events visits the logged events of a scope after since, up to and including to, in seq order. whole is false when
// older ones after since were pruned: then what is visited begins later, and the state is still without holes. It
// reads in the caller's transaction, so that events and changes can be read at one moment.
func Events(tx feed.Tx, scope feed.Scope, since, to feed.Seq, visit func(feed.Seq, clinic.Event) (more bool)) (whole bool, err error) {
	floor, err := eventFloor(tx, scope)
	if err != nil {
		return false, fmt.Errorf("read how far back events go: %w", err)
	}
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
	return floor <= since, nil
}
