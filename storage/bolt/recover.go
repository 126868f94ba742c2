package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	bbolt "go.etcd.io/bbolt"
)

// place says up to which transaction of which opening the file has all.
type place struct{ opening, seq uint64 }

func (p place) bytes() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, p.opening), p.seq)
}

// placeOf reads the place of a file; one that never had a log is at zero.
func placeOf(rows *bbolt.Bucket) (place, error) {
	t := &tx{base: rows, cursor: rows.Cursor()}
	b, err := t.Get(keyLog)
	if err != nil || b == nil {
		return place{}, err
	}
	if len(b) != 16 {
		return place{}, damaged("where the log goes on: %d bytes", len(b))
	}
	return place{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}, nil
}

// errForeign says that the log belongs to another state of the store.
var errForeign = errors.New("the log is of another opening than the store")

// recover reads from the log what the file does not have yet: whole lines in
// unbroken order. A line that was being written when the power failed is no
// line, and nobody was told that its transaction had happened.
func (s *Store) recover() error {
	top := newLayer()
	have := place{s.opening, s.seq}
	next, err := s.replay(have, top)
	if errors.Is(err, errForeign) && !s.stats.Torn {
		// The file is sound and at its newest state, so it was put here: a
		// backup that was restored over a store which had not ended well.
		s.log.Warn("the log beside the store is not of this file, as after a restore: what it holds is left out", "path", s.path, "err", err)
		top, next, err = newLayer(), have.seq, s.setAside()
	}
	if errors.Is(err, errForeign) {
		err = damaged("%v, one of its two roots is lost", err)
	}
	if err != nil {
		return err
	}
	if next > have.seq {
		s.log.Info("the log of the store was read", "path", s.path, "transactions", next-have.seq)
	}
	s.seq = next
	s.folded.Store(have.seq)
	s.state.Store(&state{active: top})
	return nil
}

// replay puts the rows of all lines after the place into a layer, and returns
// the seq of the last one.
func (s *Store) replay(have place, into layer) (last uint64, err error) {
	lines, err := s.segments.lines(have.seq)
	if err != nil {
		return 0, fmt.Errorf("read the log: %w", err)
	}
	last = have.seq
	for _, l := range lines {
		if l.opening != have.opening {
			return 0, fmt.Errorf("%w (%016x at %d, the store is %016x at %d)", errForeign, l.opening, l.seq, have.opening, have.seq)
		}
		if l.seq != last+1 {
			return 0, damaged("transaction %d is missing in the log, %d is there; if the store was restored from a backup, move %s away", last+1, l.seq, s.path+".log-*")
		}
		if err := readRows(l.rows, func(r row) { into.Set(r) }); err != nil {
			return 0, err
		}
		last = l.seq
	}
	return last, nil
}

// setAside gives the files of the log names under which nothing reads them.
func (s *Store) setAside() error {
	if s.o.ReadOnly {
		return nil
	}
	suffix := ".of-another-state-" + time.Now().UTC().Format("20060102-150405")
	return s.segments.each(func(path string) error { return os.Rename(path, path+suffix) })
}

// removeLog removes the files of the log after all of it came into the file.
func (s *Store) removeLog() error {
	return errors.Join(s.segments.close(), s.segments.each(os.Remove))
}
