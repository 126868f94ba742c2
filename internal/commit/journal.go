package commit

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// How long what a transaction leaves beside the records is kept. Of events the younger of the two counts.
const (
	answersKeptFor = 30 * 24 * time.Hour
	eventsKeptFor  = 24 * time.Hour
	eventsKept     = 100_000
	pruneLimit     = 32 // rows a transaction may clear, so that no commit pays for a month
)

// A journalRow says what one transaction wrote beside the records, under its time: by it answers and events are
// found when they are old enough to be forgotten, and by its presence it is told that the transaction reached the disk.
type journalRow struct {
	_      struct{} `cbor:",toarray"`
	Keys   [][]byte // of the keyRows
	Events []eventsOf
}

// eventsOf names one row of events.
type eventsOf struct {
	_     struct{} `cbor:",toarray"`
	Scope string
	Last  uint64 // its seq
	Count int
}

// journal knows how far the rows were cleared of events and how many are left. It belongs to the committer's
// goroutine; what a transaction changes in it counts only once that is on disk.
type journal struct {
	told   []byte // rows up to this key hold no events any more
	events int
}

func journalKey(at time.Time, serial uint64) []byte {
	return space(spaceJournal, binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli())), binary.BigEndian.AppendUint64(nil, serial))
}

func (j *journal) open(tx feed.Tx) error {
	told, err := tx.Get(space(spaceTold))
	if err != nil {
		return err
	}
	j.told = bytes.Clone(told)
	return j.each(tx, j.afterTold(), nil, func(_ []byte, row journalRow) bool {
		j.events += row.eventCount()
		return true
	})
}

func (j *journal) afterTold() []byte {
	if j.told == nil {
		return space(spaceJournal)
	}
	return append(bytes.Clone(j.told), 0)
}

func (r journalRow) eventCount() (n int) {
	for _, e := range r.Events {
		n += e.Count
	}
	return n
}

// each visits rows in [from, to), oldest first; a nil to means all.
func (j *journal) each(tx feed.Tx, from, to []byte, visit func(key []byte, row journalRow) bool) error {
	if to == nil {
		to = spaceEnd(spaceJournal)
	}
	return tx.Scan(from, to, func(key, value []byte) (bool, error) {
		var row journalRow
		if err := record.Value(value).Decode(&row); err != nil {
			return false, fmt.Errorf("read what a transaction left: %w", err)
		}
		return visit(bytes.Clone(key), row), nil
	})
}

// write adds the row of a transaction.
func (r journalRow) write(tx feed.Tx, key []byte) error {
	value, err := record.ValueOf(r)
	if err != nil {
		return err
	}
	if err := tx.Put(key, value); err != nil {
		return fmt.Errorf("write what a transaction left: %w", err)
	}
	return nil
}

// forgetEvents deletes events over the age or the count, added being those of this transaction, and returns the
// journal as it is if the transaction reaches the disk.
func (j journal) forgetEvents(tx feed.Tx, now time.Time, added int) (journal, error) {
	j.events += added
	young := journalKey(now.Add(-eventsKeptFor), 0)
	var old []journalRow
	told := j.told
	var to []byte
	if j.events <= eventsKept {
		to = young // of the rest none need be read
	}
	err := j.each(tx, j.afterTold(), to, func(key []byte, row journalRow) bool {
		if bytes.Compare(key, young) >= 0 && j.events <= eventsKept {
			return false
		}
		old, told = append(old, row), key
		j.events -= row.eventCount()
		return len(old) < pruneLimit
	})
	if err != nil || len(old) == 0 {
		return j, err
	}
	for _, row := range old {
		for _, e := range row.Events {
			if err := forgetEventRow(tx, feed.Scope(e.Scope), feed.Seq(e.Last)); err != nil {
				return j, err
			}
		}
	}
	j.told = told
	if err := tx.Put(space(spaceTold), told); err != nil {
		return j, fmt.Errorf("note how far events were deleted: %w", err)
	}
	return j, nil
}

// forgetAnswers deletes rows older than 30 days with the answers they name, and with events that a clock which went
// back hid from forgetEvents.
func (j *journal) forgetAnswers(tx feed.Tx, now time.Time) error {
	var keys [][]byte
	var events []eventsOf
	n := 0
	err := j.each(tx, space(spaceJournal), journalKey(now.Add(-answersKeptFor), 0), func(key []byte, row journalRow) bool {
		keys = append(append(keys, row.Keys...), key)
		events = append(events, row.Events...)
		n++
		return n < pruneLimit
	})
	if err != nil {
		return err
	}
	for _, e := range events {
		if err := forgetEventRow(tx, feed.Scope(e.Scope), feed.Seq(e.Last)); err != nil {
			return err
		}
	}
	for _, key := range keys {
		if err := tx.Delete(key); err != nil {
			return fmt.Errorf("delete an old answer: %w", err)
		}
	}
	return nil
}
