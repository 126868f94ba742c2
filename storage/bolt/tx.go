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
	return s.update(fn)
}

func (s *Store) update(fn func(feed.Tx) error) (err error) {
	if s.o.ReadOnly {
		return ErrReadOnly
	}
	if s.broken != nil {
		return s.broken
	}
	if err := s.sameFile(); err != nil {
		return err
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	btx, err := s.begin(true)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	done := false
	defer func() {
		if !done { // fn panicked
			s.rollback(btx)
		}
	}()
	if int64(btx.ID()) != s.last.Load()+1 {
		done = true
		s.rollback(btx)
		return ErrReplaced
	}
	t := &tx{write: true, sum: s.sum}
	if t.rows, err = rowsOf(btx); err == nil {
		err = run(t, fn)
	}
	t.rows = nil
	done = true
	if err != nil {
		s.rollback(btx)
		return err
	}
	return s.commit(btx, t.sum)
}

func run(t *tx, fn func(feed.Tx) error) (err error) {
	defer caughtFault(&err)
	return fn(t)
}

// commit ends a transaction that holds its rows. Where the disk fails after
// the new root may have reached it, nothing can be said of the next
// transaction's ground: the store then refuses to write.
func (s *Store) commit(btx *bbolt.Tx, sum uint64) error {
	id := int64(btx.ID())
	err := commitPages(btx, sum)
	if err == nil {
		s.sum = sum
		s.last.Store(id)
		return nil
	}
	if errors.Is(err, ErrCorrupt) {
		s.broken = err
		return fmt.Errorf("commit: %w", err)
	}
	s.rollback(btx)
	at, again := s.begin(false)
	if again != nil || int64(at.ID()) >= id {
		s.broken = fmt.Errorf("%w: %w", ErrUnsure, err)
		err = s.broken
	}
	if again == nil {
		s.rollback(at)
	}
	return fmt.Errorf("commit: %w", err)
}

func commitPages(btx *bbolt.Tx, sum uint64) (err error) {
	defer caught(&err)
	rows, err := rowsOf(btx)
	if err != nil {
		return err
	}
	if err := rows.SetSequence(sum); err != nil {
		return err
	}
	return btx.Commit()
}

// View runs fn in a read-only transaction: it sees one committed state,
// whatever is written meanwhile. A long one keeps the file growing. The Tx
// and the bytes it gave must not be used after fn returns.
func (s *Store) View(fn func(feed.Tx) error) error {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	last := s.last.Load()
	btx, err := s.begin(false)
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer s.rollback(btx)
	if int64(btx.ID()) < last {
		return ErrReplaced
	}
	t := &tx{}
	if t.rows, err = rowsOf(btx); err != nil {
		return err
	}
	err = run(t, fn)
	t.rows = nil
	return err
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

// tx is a feed.Tx. Each value is stored with a checksum of key and value
// behind it; sum is the sum of all checksums, with the number of rows in the
// upper half.
type tx struct {
	rows  *bbolt.Bucket // nil after the end
	write bool
	sum   uint64
}

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
	if t.rows == nil {
		return nil, bbolterrors.ErrTxClosed
	}
	stored := t.rows.Get(key)
	if stored == nil {
		return nil, nil
	}
	return open(key, stored)
}

func (t *tx) Put(key, value []byte) (err error) {
	defer caught(&err)
	if err := t.mayWrite(); err != nil {
		return err
	}
	t.forget(key)
	crc := checksum(key, value)
	stored := append(make([]byte, 0, len(value)+checksumSize), value...)
	stored = binary.BigEndian.AppendUint32(stored, crc)
	if err := t.rows.Put(key, stored); err != nil {
		return fmt.Errorf("put %.40x: %w", key, err)
	}
	t.sum += weight(crc)
	return nil
}

func (t *tx) Delete(key []byte) (err error) {
	defer caught(&err)
	if err := t.mayWrite(); err != nil {
		return err
	}
	if !t.forget(key) {
		return nil
	}
	if err := t.rows.Delete(key); err != nil {
		return fmt.Errorf("delete %.40x: %w", key, err)
	}
	return nil
}

// forget takes the row that stands under key out of the sum.
func (t *tx) forget(key []byte) bool {
	old := t.rows.Get(key)
	if len(old) < checksumSize {
		return false
	}
	t.sum -= weight(binary.BigEndian.Uint32(old[len(old)-checksumSize:]))
	return true
}

func (t *tx) mayWrite() error {
	if t.rows == nil {
		return bbolterrors.ErrTxClosed
	}
	if !t.write {
		return ErrReadOnly
	}
	return nil
}

func (t *tx) Scan(from, to []byte, fn func(key, value []byte) (bool, error)) error {
	if t.rows == nil {
		return bbolterrors.ErrTxClosed
	}
	cursor := t.rows.Cursor()
	step := func() ([]byte, []byte) { return cursor.Seek(from) }
	for {
		key, stored, err := move(step)
		if err != nil || key == nil || to != nil && bytes.Compare(key, to) >= 0 {
			return err
		}
		value, err := open(key, stored)
		if err != nil {
			return err
		}
		more, err := fn(key, value)
		if err != nil || !more {
			return err
		}
		step = cursor.Next
	}
}

func move(step func() ([]byte, []byte)) (key, stored []byte, err error) {
	defer caught(&err)
	key, stored = step()
	return key, stored, nil
}
