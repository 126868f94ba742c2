package record

import (
	"errors"
	"fmt"
)

// What one record may hold. A local edit is refused at half of MaxRecordBytes,
// so that merges, which unite what several nodes wrote, have room.
const (
	MaxNameBytes   = 64        // kinds, fields, days, status names
	MaxValueBytes  = 64 << 10  // one value
	MaxFields      = 250       // fields of a record
	MaxItems       = 8192      // items of one grow field
	MaxRecordBytes = 192 << 10 // one record, encoded
	maxEditedBytes = MaxRecordBytes / 2
)

// Reasons why an edit or a merge is refused. Nothing changes then.
var (
	ErrOnceSet       = errors.New("the field is set once and for all")
	ErrUnknownStatus = errors.New("unknown status")
	ErrPolicy        = errors.New("the field does not take such an edit")
	ErrBadName       = errors.New("bad name")
	ErrDay           = errors.New("the service-day does not fit")
	ErrEmptyEdit     = errors.New("the edit sets nothing")
	ErrOtherRecord   = errors.New("not the same record")
	ErrTooLarge      = errors.New("the record would be too large")
	// ErrClock tells that a stamp lies past MaxHLC: a clock is broken.
	ErrClock = errors.New("stamped past the year 2200")
)

// checkName accepts 1 to MaxNameBytes letters, digits and _ . : - so that
// names are safe in keys, logs and paths.
func checkName(what, s string) error {
	ok := len(s) > 0 && len(s) <= MaxNameBytes
	for i := 0; ok && i < len(s); i++ {
		c := s[i]
		ok = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			c == '_' || c == '.' || c == ':' || c == '-'
	}
	if !ok {
		return fmt.Errorf("%s %.80q: %w", what, s, ErrBadName)
	}
	return nil
}

// Valid tells whether r is a record that this package could have made: names,
// counts, a normal stamp table and clocks that are times.
func (r *Record) Valid() error {
	if err := checkName("kind", r.Kind); err != nil {
		return err
	}
	if r.Day != "" {
		if err := checkName("day", r.Day); err != nil {
			return err
		}
	}
	if r.ID.IsZero() {
		return fmt.Errorf("the zero id: %w", ErrBadName)
	}
	for i, f := range r.Fields {
		if err := checkName("field", f.Name); err != nil {
			return err
		}
		if i > 0 && r.Fields[i-1].Name >= f.Name {
			return fmt.Errorf("field %s out of order: %w", f.Name, ErrMalformed)
		}
	}
	if err := r.checkSize(); err != nil {
		return err
	}
	if !r.isNormal() {
		return fmt.Errorf("stamp table with unused or disordered stamps: %w", ErrMalformed)
	}
	return r.checkClocks()
}

func (r *Record) checkClocks() error {
	for _, s := range r.Stamps {
		if err := s.checkClock(); err != nil {
			return fmt.Errorf("%s %s: %w", r.Kind, r.ID, err)
		}
	}
	return nil
}

func (r *Record) checkSize() error {
	if len(r.Fields) > MaxFields {
		return fmt.Errorf("%d fields: %w", len(r.Fields), ErrTooLarge)
	}
	for i := range r.Fields {
		if n := len(r.Fields[i].Items); n > MaxItems {
			return fmt.Errorf("%d items in %s: %w", n, r.Fields[i].Name, ErrTooLarge)
		}
	}
	if n := r.size(); n > MaxRecordBytes {
		return fmt.Errorf("%d bytes: %w", n, ErrTooLarge)
	}
	return nil
}

// size is an upper bound of the encoded form, in bytes.
func (r *Record) size() int {
	n := 64 + len(r.Kind) + len(r.Day) + 24*len(r.Stamps)
	for i := range r.Stamps {
		n += 18 * len(r.Stamps[i].Seen)
	}
	for i := range r.Fields {
		f := &r.Fields[i]
		n += len(f.Name) + len(f.Value) + 12
		for j := range f.Items {
			n += len(f.Items[j].Value) + 17
		}
	}
	return n
}
