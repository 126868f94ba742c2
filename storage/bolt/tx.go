package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"runtime/debug"

	"github.com/aashram-care/sangam/sync/feed"
	bbolt "go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// Update runs fn in a transaction. When it returns nil, what fn wrote is on
// the disk; otherwise nothing of it is. One Update runs at a time. The Tx
// must not be used after fn returns.
func (s *Store) Update(fn func(feed.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.update(fn, s.commit)
}

func (s *Store) update(fn func(feed.Tx) error, commit func(*tx) error) error {
	if s.o.ReadOnly {
		return ErrReadOnly
	}
	if s.broken != nil {
		return s.broken
	}
	if err := errors.Join(s.sameFile(), s.segments.active().same()); err != nil {
		return err
	}
	if err := s.makeRoom(); err != nil {
		return err
	}
	t, err := s.attempt(fn)
	if err != nil || t.rows == 0 {
		return err
	}
	return commit(t)
}

// attempt runs fn over a copy of what readers see.
func (s *Store) attempt(fn func(feed.Tx) error) (*tx, error) {
	t := &tx{write: true, line: newLine(s.lineSize)}
	end, err := s.enter(t)
	if err != nil {
		return nil, err
	}
	defer end()
	t.own = t.over[0].copy()
	t.over[0] = t.own
	return t, run(t, fn)
}

func run(t *tx, fn func(feed.Tx) error) (err error) {
	defer caughtFault(&err)
	return fn(t)
}

// commit appends the transaction to the log and shows it to readers.
func (s *Store) commit(t *tx) error {
	if int64(len(t.line)) > s.limit {
		return s.direct(t)
	}
	err := s.segments.active().append(t.line, s.opening, s.seq+1)
	switch {
	case errors.Is(err, ErrUnsure):
		s.broken = err
		return fmt.Errorf("commit: %w", err)
	case err != nil:
		// Pages that are free in the file may take what a full disk refused.
		if past := s.direct(t); past != nil {
			return fmt.Errorf("%w; %w", err, past)
		}
		return nil
	}
	s.seq++
	s.publish(func(st *state) { st.active = t.own })
	s.lineSize = max(len(t.line)+block, s.lineSize-s.lineSize/8)
	s.foldLater()
	return nil
}

// View runs fn in a read-only transaction: it sees one committed state,
// whatever is written meanwhile. A long one keeps the file growing. The Tx
// and the bytes it gave must not be used after fn returns.
func (s *Store) View(fn func(feed.Tx) error) error {
	t := &tx{}
	end, err := s.enter(t)
	if err != nil {
		return err
	}
	defer end()
	return run(t, fn)
}

// enter begins a transaction over the layers and the file as they are; end
// must be called.
func (s *Store) enter(t *tx) (end func(), err error) {
	fault := debug.SetPanicOnFault(true)
	btx, err := s.look(t)
	if err != nil {
		debug.SetPanicOnFault(fault)
		return nil, err
	}
	return func() {
		t.base = nil
		s.rollback(btx)
		debug.SetPanicOnFault(fault)
	}, nil
}

func (s *Store) look(t *tx) (*bbolt.Tx, error) {
	s.swap.RLock()
	defer s.swap.RUnlock()
	last := s.last.Load()
	btx, err := s.begin(false)
	if err != nil {
		return nil, fmt.Errorf("begin a transaction: %w", err)
	}
	if int64(btx.ID()) < last {
		s.rollback(btx)
		return nil, ErrReplaced
	}
	if t.base, err = rowsOf(btx); err != nil {
		s.rollback(btx)
		return nil, err
	}
	t.cursor = t.base.Cursor()
	t.over = s.state.Load().layers()
	return btx, nil
}

func (s *Store) begin(write bool) (btx *bbolt.Tx, err error) {
	defer caught(&err)
	btx, err = s.db.Begin(write)
	if errors.Is(err, bbolterrors.ErrDatabaseNotOpen) {
		err = ErrClosed
	}
	return btx, err
}

func (s *Store) rollback(btx *bbolt.Tx) {
	var err error
	func() {
		defer caught(&err)
		if e := btx.Rollback(); !errors.Is(e, bbolterrors.ErrTxClosed) {
			err = e
		}
	}()
	if err != nil {
		s.log.Error("roll back a transaction", "err", err)
	}
}

// sameFile tells whether path still names the file that is open: after a copy
// was put in its place, edits would go to a file without a name.
func (s *Store) sameFile() error {
	info, err := os.Stat(s.path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReplaced, err)
	}
	if !os.SameFile(info, s.info) {
		return ErrReplaced
	}
	return nil
}

func rowsOf(btx *bbolt.Tx) (b *bbolt.Bucket, err error) {
	defer caught(&err)
	if b = btx.Bucket(bucketName); b == nil {
		return nil, damaged("no rows in the file")
	}
	return b, nil
}

// tx is a feed.Tx over layers and the file. What a writing one puts goes into
// a layer of its own and into its line of the log.
type tx struct {
	base   *bbolt.Bucket // nil after the end
	cursor *bbolt.Cursor // of base, for Get: a new one each time would be garbage
	over   []layer       // the newest first
	write  bool
	own    layer
	line   []byte
	rows   int // in line
}

var errEnded = bbolterrors.ErrTxClosed

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const checksumSize = 4

func checksum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

// weight is what a row adds to the store's sum.
func weight(crc uint32) uint64 { return 1<<32 + uint64(crc) }

// open checks and strips a stored value.
func open(key, stored []byte) ([]byte, error) {
	n := len(stored) - checksumSize
	if n < 0 || binary.BigEndian.Uint32(stored[n:]) != checksum(key, stored[:n]) {
		return nil, damaged("the row %.40x does not match its checksum", key)
	}
	return stored[:n:n], nil
}

func (t *tx) Get(key []byte) (value []byte, err error) {
	defer caught(&err)
	if t.base == nil {
		return nil, errEnded
	}
	for _, l := range t.over {
		if r, ok := l.Get(at(key)); ok {
			if r.gone {
				return nil, nil
			}
			return r.value(), nil
		}
	}
	found, stored := t.cursor.Seek(key)
	if found == nil || !bytes.Equal(found, key) {
		return nil, nil
	}
	return open(key, stored)
}

func (t *tx) Put(key, value []byte) error { return t.set(key, value, false) }

func (t *tx) Delete(key []byte) error { return t.set(key, nil, true) }

func (t *tx) set(key, value []byte, gone bool) error {
	switch {
	case t.base == nil:
		return errEnded
	case !t.write:
		return ErrReadOnly
	// The file would refuse these when it is too late.
	case len(key) == 0 || len(key) > bbolt.MaxKeySize:
		return fmt.Errorf("put %.40x: a key of %d bytes", key, len(key))
	case len(value) > bbolt.MaxValueSize-checksumSize:
		return fmt.Errorf("put %.40x: a value of %d bytes", key, len(value))
	}
	var r row
	t.line, r = appendRow(t.line, key, value, gone)
	t.own.Set(r)
	t.rows++
	return nil
}
