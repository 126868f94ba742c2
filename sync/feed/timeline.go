package feed

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// Timeline names one opening of a store for writing, 128 random bits. Two
// stores that went apart, by a restore or a clone, differ in it.
type Timeline [16]byte

// NewTimeline draws a timeline. It panics if random fails, as record.NewV7.
func NewTimeline(random io.Reader) Timeline {
	var t Timeline
	if _, err := io.ReadFull(random, t[:]); err != nil {
		panic(fmt.Sprintf("feed: read random bits for a timeline: %v", err))
	}
	return t
}

// IsZero tells whether t names no timeline.
func (t Timeline) IsZero() bool { return t == Timeline{} }

// String returns 32 hexadecimal digits.
func (t Timeline) String() string { return hex.EncodeToString(t[:]) }

// Span is a timeline and the first seq it numbers; it ends where the next one
// in the list begins, the last at the head.
type Span struct {
	Timeline Timeline
	First    Seq
}

// MaxSpans bounds a scope's list of timelines; the newest stay.
const MaxSpans = 64

const spanSize = 24

// Mint begins a timeline of scope. It must be committed in its own
// transaction, at every open of the store for writing and before anything
// else is written or told to a peer: MintAll does so for all scopes. A last
// timeline that numbers nothing is replaced.
func Mint(tx Tx, scope Scope, t Timeline) error {
	if t.IsZero() || scope == "" {
		return fmt.Errorf("mint a timeline of scope %q: empty", scope)
	}
	k := tagOf(scope)
	name, err := tx.Get(k.key(tableScope))
	if err != nil {
		return fmt.Errorf("mint a timeline of %s: %w", scope, err)
	}
	if name == nil {
		// Writes refuse a scope without a head row: none comes before this.
		err = errors.Join(tx.Put(k.key(tableScope), []byte(scope)), tx.Put(k.key(tableHead), make([]byte, 8)))
	} else if string(name) != string(scope) {
		err = fmt.Errorf("scope %s has the tag of %s", scope, name)
	}
	if err != nil {
		return fmt.Errorf("mint a timeline of %s: %w", scope, err)
	}
	spans, err := Spans(tx, scope)
	if err != nil {
		return err
	}
	head, err := headSeq(tx, k)
	if err != nil {
		return err
	}
	if n := len(spans); n > 0 && spans[n-1].First > head {
		spans = spans[:n-1]
	}
	spans = append(spans, Span{Timeline: t, First: head + 1})
	if len(spans) > MaxSpans {
		spans = spans[len(spans)-MaxSpans:]
	}
	row := make([]byte, 0, spanSize*len(spans))
	for _, s := range spans {
		row = append(row, s.Timeline[:]...)
		row = binary.BigEndian.AppendUint64(row, uint64(s.First))
	}
	if err := tx.Put(k.key(tableSpans), row); err != nil {
		return fmt.Errorf("mint a timeline of %s: %w", scope, err)
	}
	return nil
}

// MintAll begins a timeline of every scope in the store and of scopes.
func MintAll(tx Tx, random io.Reader, scopes ...Scope) error {
	all, err := Scopes(tx)
	if err != nil {
		return err
	}
	held := map[Scope]bool{}
	for _, s := range append(all, scopes...) {
		if held[s] {
			continue
		}
		held[s] = true
		if err := Mint(tx, s, NewTimeline(random)); err != nil {
			return err
		}
	}
	return nil
}

// Scopes returns every scope that was ever minted in the store.
func Scopes(tx Tx) ([]Scope, error) {
	var out []Scope
	err := tx.Scan([]byte{tableScope}, []byte{tableScope + 1}, func(_, v []byte) (bool, error) {
		out = append(out, Scope(v))
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the scopes: %w", err)
	}
	return out, nil
}

// Spans returns the scope's timelines, oldest first, at most MaxSpans.
func Spans(tx Tx, scope Scope) ([]Span, error) {
	row, err := tx.Get(tagOf(scope).key(tableSpans))
	if err != nil {
		return nil, fmt.Errorf("read the timelines of %s: %w", scope, err)
	}
	if len(row)%spanSize != 0 {
		return nil, corrupt("timelines of %s: %d bytes", scope, len(row))
	}
	spans := make([]Span, 0, len(row)/spanSize+1)
	for ; len(row) > 0; row = row[spanSize:] {
		spans = append(spans, Span{Timeline(row[:16]), Seq(binary.BigEndian.Uint64(row[16:spanSize]))})
	}
	return spans, nil
}

// Head returns the scope's last timeline and greatest seq; zero for a scope
// that was never minted.
func Head(tx Tx, scope Scope) (Timeline, Seq, error) {
	k := tagOf(scope)
	head, err := headSeq(tx, k)
	if err != nil {
		return Timeline{}, 0, err
	}
	row, err := tx.Get(k.key(tableSpans))
	if err != nil {
		return Timeline{}, 0, fmt.Errorf("read the timelines of %s: %w", scope, err)
	}
	if len(row) < spanSize {
		return Timeline{}, head, nil
	}
	return Timeline(row[len(row)-spanSize:]), head, nil
}

func headSeq(tx Tx, k tag) (Seq, error) {
	row, err := tx.Get(k.key(tableHead))
	if err != nil {
		return 0, fmt.Errorf("read the head: %w", err)
	}
	if row == nil {
		return 0, nil
	}
	if len(row) != 8 {
		return 0, corrupt("head of %d bytes", len(row))
	}
	return Seq(binary.BigEndian.Uint64(row)), nil
}

// covers tells whether the timelines that a peer sent say that it holds what
// it sent as seq during t; seq may have been numbered before t began. The last
// one counts as open-ended: it was minted by this open of the peer's store, so
// all it numbers is still there.
func covers(spans []Span, t Timeline, seq Seq) bool {
	for i := len(spans) - 1; i >= 0; i-- {
		if bytes.Equal(spans[i].Timeline[:], t[:]) {
			return i == len(spans)-1 || seq < spans[i+1].First
		}
	}
	return false
}
