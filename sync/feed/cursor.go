package feed

import (
	"encoding/binary"
	"fmt"
)

// Cursor tells what a reader holds of one timeline of its peer's feed.
type Cursor struct {
	Timeline Timeline
	Seq      Seq // everything up to here is merged
	Seen     Seq // the greatest head of any frame merged
	Safe     Seq // the greatest Seq at which Seq >= Seen held
}

// MaxCursors bounds the cursors kept of one peer and scope; the newest stay.
const MaxCursors = 64

const cursorSize = 40

// Frame is the stretch of a peer's feed that a merged frame carried.
type Frame struct {
	Timeline       Timeline
	From, To, Head Seq
}

// Cursors returns what the store holds of peer's feed of scope, the one that
// moved to a new timeline last at the end.
func Cursors(tx Tx, scope Scope, peer string) ([]Cursor, error) {
	row, err := tx.Get(cursorKey(scope, peer))
	if err != nil {
		return nil, fmt.Errorf("read the cursors of %s for %s: %w", scope, peer, err)
	}
	return readCursors(row)
}

func cursorKey(scope Scope, peer string) []byte {
	return append(tagOf(scope).key(tableCursor), peer...)
}

func readCursors(row []byte) ([]Cursor, error) {
	if len(row)%cursorSize != 0 {
		return nil, corrupt("cursors of %d bytes", len(row))
	}
	out := make([]Cursor, 0, len(row)/cursorSize+1)
	for ; len(row) > 0; row = row[cursorSize:] {
		out = append(out, Cursor{
			Timeline: Timeline(row[:16]),
			Seq:      Seq(binary.BigEndian.Uint64(row[16:])),
			Seen:     Seq(binary.BigEndian.Uint64(row[24:])),
			Safe:     Seq(binary.BigEndian.Uint64(row[32:])),
		})
	}
	return out, nil
}

func putCursors(tx Tx, scope Scope, peer string, cursors []Cursor) error {
	if len(cursors) > MaxCursors {
		cursors = cursors[len(cursors)-MaxCursors:]
	}
	row := make([]byte, 0, cursorSize*len(cursors))
	for _, c := range cursors {
		row = append(row, c.Timeline[:]...)
		row = binary.BigEndian.AppendUint64(row, uint64(c.Seq))
		row = binary.BigEndian.AppendUint64(row, uint64(c.Seen))
		row = binary.BigEndian.AppendUint64(row, uint64(c.Safe))
	}
	if err := tx.Put(cursorKey(scope, peer), row); err != nil {
		return fmt.Errorf("write the cursors of %s for %s: %w", scope, peer, err)
	}
	return nil
}

// Advance moves the cursor of a merged frame, in the transaction that merged
// its records. Seen rises with every frame. Seq moves only over a stretch
// that touches it: what lies beyond is the link's to remember, and to pass
// here as one stretch once the gap is closed. A timeline never heard of
// begins at 0; see Adopt.
func Advance(tx Tx, scope Scope, peer string, f Frame) (Cursor, error) {
	if f.Timeline.IsZero() || f.From > f.To || f.To > f.Head {
		return Cursor{}, fmt.Errorf("advance the cursor of %s for %s: (%d, %d] of head %d is no stretch of a feed", scope, peer, f.From, f.To, f.Head)
	}
	cursors, err := Cursors(tx, scope, peer)
	if err != nil {
		return Cursor{}, err
	}
	i := len(cursors) - 1
	for i >= 0 && cursors[i].Timeline != f.Timeline {
		i--
	}
	fresh := i < 0
	if fresh {
		i = len(cursors)
		cursors = append(cursors, Cursor{Timeline: f.Timeline})
	}
	c := cursors[i]
	c.Seen = max(c.Seen, f.Head)
	if f.From <= c.Seq {
		c.Seq = max(c.Seq, f.To)
	}
	if c.Seq >= c.Seen {
		c.Safe = c.Seq
	}
	if c == cursors[i] && !fresh {
		return c, nil
	}
	cursors[i] = c
	return c, putCursors(tx, scope, peer, cursors)
}

// Adopt stores the cursor from which a session resumes, as Resume gave it:
// the start of a new timeline, or a step back on one whose history is gone.
func Adopt(tx Tx, scope Scope, peer string, c Cursor) error {
	cursors, err := Cursors(tx, scope, peer)
	if err != nil {
		return err
	}
	kept := cursors[:0]
	for _, o := range cursors {
		if o.Timeline != c.Timeline {
			kept = append(kept, o)
		}
	}
	return putCursors(tx, scope, peer, append(kept, c))
}

// Resume tells from where a feed with these timelines and head must be read
// by who holds these cursors, and the cursor that the reader goes on with on
// the last timeline. Both sides compute it from what they told each other.
//
// The newest timeline in common decides. If its history reaches all that was
// seen of it, reading goes on at Seq; otherwise the history from which the
// cursor was read is gone, and reading starts where it was last whole. clean
// is false in that case, and when a reader holds cursors but none in common:
// a node reads again from there, a browser starts over.
func Resume(spans []Span, head Seq, held []Cursor) (since Seq, cur Cursor, clean bool) {
	if len(spans) == 0 {
		return 0, Cursor{}, len(held) == 0
	}
	cur.Timeline = spans[len(spans)-1].Timeline
	end := head
	for i := len(spans) - 1; i >= 0; i-- {
		for _, c := range held {
			if c.Timeline != spans[i].Timeline {
				continue
			}
			if c.Seen <= end {
				cur.Seq, cur.Seen, cur.Safe = c.Seq, c.Seen, c.Safe
				return cur.Seq, cur, true
			}
			at := min(c.Safe, end)
			cur.Seq, cur.Seen, cur.Safe = at, at, at
			return at, cur, false
		}
		end = spans[i].First - 1
	}
	return 0, cur, len(held) == 0
}
