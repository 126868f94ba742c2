// Package api holds every JSON shape that crosses a process boundary of a node: requests and answers of the
// HTTP contract, socket frames, problems, the event catalogue and the description a demo writes. It is the one
// source of the OpenAPI and AsyncAPI documents and of the TypeScript types made from them.
//
// It promises that slices are never null, times are RFC 3339 UTC with milliseconds, a seq is a decimal string,
// and what is unknown is null and never 0. It refuses to hold behaviour: no I/O, no clock, no validation beyond
// the shape. Shapes that come in tolerate fields they do not know.
package api

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// timeLayout is RFC 3339 in UTC with exactly three digits of a second.
const timeLayout = "2006-01-02T15:04:05.000Z"

// Time is an instant as the contract writes it. Reading accepts any RFC 3339 offset and keeps UTC. The zero Time
// is written as null: a time that may be missing is a *Time or is left out.
type Time struct{ time.Time }

// At makes a Time of t, cut to the millisecond.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

// AtOrNil is At, or nil (null in JSON) for the zero time.
func AtOrNil(t time.Time) *Time {
	if t.IsZero() {
		return nil
	}
	at := At(t)
	return &at
}

// String is the contract's text of the time.
func (t Time) String() string { return t.UTC().Format(timeLayout) }

// MarshalText writes the contract's text.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalJSON writes the contract's text in quotes, or null for the zero Time.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + t.String() + `"`), nil
}

// UnmarshalText reads any RFC 3339 time.
func (t *Time) UnmarshalText(text []byte) error {
	parsed, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return fmt.Errorf("%q is not an RFC 3339 time", text)
	}
	t.Time = parsed.UTC()
	return nil
}

// UnmarshalJSON reads a quoted RFC 3339 time, or null as the zero Time.
func (t *Time) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		t.Time = time.Time{}
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("a time is a string: %w", err)
	}
	return t.UnmarshalText([]byte(text))
}

// Seq is the number of a committed state in its feed. In JSON it is a decimal string, since it may pass 2^53.
type Seq uint64

// String is the decimal text.
func (s Seq) String() string { return strconv.FormatUint(uint64(s), 10) }

// MarshalText writes the decimal text.
func (s Seq) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a decimal number without sign.
func (s *Seq) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not a seq", text)
	}
	*s = Seq(n)
	return nil
}
