package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	bbolt "go.etcd.io/bbolt"
)

const (
	// logBytes is how much of the log is folded into the file at once. Twice
	// as much may wait while that is done; then Update waits too.
	logBytes = 8 << 20
	// foldAfter is how long a transaction stays out of the file when few
	// others follow it, and how long a disk that refused is left in peace.
	foldAfter = 10 * time.Second
)

// fold is one on its way. err is set before done is closed.
type fold struct {
	done chan struct{}
	err  error
}

// Fold brings into the file all transactions that were committed when it was
// called, and returns when they are on the disk there. Others go on meanwhile.
func (s *Store) Fold() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for target, tried := s.seq, false; ; tried = true {
		err := s.reap()
		switch {
		case s.broken != nil:
			return s.broken
		case s.folded.Load() >= target:
			return nil
		case s.o.ReadOnly:
			return ErrReadOnly
		case err != nil && tried:
			return err
		case s.folding == nil:
			s.startFold()
		}
		f := s.folding
		s.mu.Unlock()
		<-f.done
		s.mu.Lock()
	}
}

// startFold freezes what the active layer holds, or tries again what is
// frozen. The caller holds mu, and no fold is on its way.
func (s *Store) startFold() {
	st := *s.state.Load()
	if st.frozen.BTreeG == nil {
		st = state{active: newLayer(), frozen: st.active, frozenTo: s.seq}
		s.state.Store(&st)
		s.segments.turn()
	}
	f := &fold{done: make(chan struct{})}
	s.folding = f
	go func() {
		defer close(f.done)
		f.err = s.foldFrozen(st.frozen, place{s.opening, st.frozenTo})
	}()
}

func (s *Store) foldFrozen(frozen layer, p place) error {
	if err := s.intoFile(p, frozen); err != nil {
		return err
	}
	if err := s.bothRoots(); err != nil {
		return err
	}
	// A reader takes the layers and the file together: never a file from
	// before the fold below layers from after it.
	s.swap.Lock()
	defer s.swap.Unlock()
	s.publish(func(st *state) { st.frozen = layer{} })
	return nil
}

// publish changes what readers see.
func (s *Store) publish(change func(*state)) {
	for {
		old := s.state.Load()
		fresh := *old
		change(&fresh)
		if s.state.CompareAndSwap(old, &fresh) {
			return
		}
	}
}

// reap takes the result of a fold that has ended. The caller holds mu.
func (s *Store) reap() error {
	if s.folding == nil {
		return s.broken
	}
	select {
	case <-s.folding.done:
		return s.settle()
	default:
		return s.broken
	}
}

// settle waits for a fold on its way. Its error is that of a disk which
// refused, when another try may do; all else breaks the store. The caller
// holds mu.
func (s *Store) settle() error {
	f := s.folding
	if f == nil {
		return s.broken
	}
	<-f.done
	s.folding = nil
	switch {
	case f.err == nil:
	case breaks(f.err):
		s.broken = f.err
	default:
		s.log.Warn("the log could not be brought into the store's file; it is tried again", "path", s.path, "err", f.err)
	}
	return f.err
}

// makeRoom starts a fold when the log is long enough, and waits for the one
// on its way when it is twice as long. The caller holds mu.
func (s *Store) makeRoom() error {
	if err := s.reap(); err != nil && s.broken != nil {
		return err
	}
	for s.segments.active().tail >= s.limit {
		if s.folding == nil {
			s.startFold()
		}
		if s.segments.active().tail < 2*s.limit {
			return nil
		}
		if err := s.settle(); err != nil {
			return fmt.Errorf("make room in the log: %w", err)
		}
	}
	return nil
}

// foldLater makes sure that what was committed does not stay in the log for
// long. The caller holds mu.
func (s *Store) foldLater() {
	if s.timer != nil {
		return
	}
	s.timer = time.AfterFunc(foldAfter, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.timer = nil; s.broken != nil {
			return
		}
		if err := s.reap(); s.broken != nil {
			s.log.Error("the store is read-only from now on", "path", s.path, "err", err)
			return
		}
		if s.folding == nil && s.state.Load().rows() > 0 {
			s.startFold()
		}
		if s.state.Load().rows() > 0 {
			s.foldLater()
		}
	})
}

// direct commits a transaction past the log, with all that is in the log: at
// open and close, when the log takes no line, and for what is larger than a
// log should be. Readers wait meanwhile. The caller holds mu.
func (s *Store) direct(t *tx) error {
	if err := s.settle(); err != nil && s.broken != nil {
		return err
	}
	st := s.state.Load()
	over := []layer{t.own}
	if st.frozen.BTreeG != nil {
		over = []layer{st.frozen, t.own}
	}
	much := st.rows() > 0 || len(t.line) > block
	s.swap.Lock()
	defer s.swap.Unlock()
	err := s.intoFile(place{s.opening, s.seq + 1}, over...)
	if err != nil {
		if breaks(err) {
			s.broken = err
		}
		return fmt.Errorf("commit: %w", err)
	}
	if much {
		s.broken = s.bothRoots() // of the next one; this one is on the disk
	}
	s.seq++
	s.state.Store(&state{active: newLayer()})
	s.segments.reset()
	return nil
}

// intoFile writes layers, the oldest first, into the file in one transaction
// of it, and with them the place in the log that the file then has.
func (s *Store) intoFile(p place, layers ...layer) error {
	err := s.inFile(func(f *folding) error { return f.all(p, layers) })
	if err == nil {
		s.folded.Store(p.seq)
	}
	return err
}

// bothRoots lets either of the file's two roots lead to all that was brought
// into it, by another transaction: the log, which had it too, is about to be
// written over. An error means that nothing more may be written.
func (s *Store) bothRoots() error {
	err := s.inFile(func(*folding) error { return nil })
	if err != nil && !breaks(err) {
		s.log.Warn("the second root of the store was not written", "path", s.path, "err", err)
		return nil
	}
	return err
}

// inFile runs fn in one transaction of the file.
func (s *Store) inFile(fn func(*folding) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	btx, err := s.begin(true)
	if err != nil {
		return fmt.Errorf("begin to write the file: %w", err)
	}
	if int64(btx.ID()) != s.last.Load()+1 {
		s.rollback(btx)
		return ErrReplaced
	}
	rows, err := rowsOf(btx)
	if err != nil {
		s.rollback(btx)
		return err
	}
	f := newFolding(rows, s.sum)
	if err := fn(f); err != nil {
		s.rollback(btx)
		return err
	}
	return s.commitFile(btx, f.sum)
}

// breaks tells whether nothing may be written after an error of the file.
func breaks(err error) bool {
	return errors.Is(err, ErrUnsure) || errors.Is(err, ErrCorrupt) || errors.Is(err, ErrReplaced)
}

// commitFile ends a transaction of the file. Where the disk fails after the
// new root may have reached it, nothing can be said of the next one's ground.
func (s *Store) commitFile(btx *bbolt.Tx, sum uint64) error {
	id := int64(btx.ID())
	err := commitPages(btx, sum)
	if err == nil {
		s.sum = sum
		s.last.Store(id)
		return nil
	}
	if errors.Is(err, ErrCorrupt) {
		return err
	}
	s.rollback(btx)
	at, again := s.begin(false)
	if again != nil || int64(at.ID()) >= id {
		err = fmt.Errorf("%w: %w", ErrUnsure, err)
	}
	if again == nil {
		s.rollback(at)
	}
	return err
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

// folding writes rows into the file. Each value is stored with a checksum of
// key and value behind it; sum is the sum of all checksums, with the number
// of rows in the upper half.
type folding struct {
	rows   *bbolt.Bucket
	cursor *bbolt.Cursor // of rows
	sum    uint64
	free   []byte // where stored values go: bbolt wants them until the commit
}

func newFolding(rows *bbolt.Bucket, sum uint64) *folding {
	return &folding{rows: rows, cursor: rows.Cursor(), sum: sum}
}

func (f *folding) all(p place, layers []layer) (err error) {
	defer caught(&err)
	for _, l := range layers {
		l.Scan(func(r row) bool {
			if r.gone {
				err = f.delete(r.name())
			} else {
				err = f.put(r.name(), r.value())
			}
			return err == nil
		})
		if err != nil {
			return err
		}
	}
	return f.put(keyLog, p.bytes())
}

func (f *folding) put(key, value []byte) error {
	f.forget(key)
	crc := checksum(key, value)
	if need := len(value) + checksumSize; cap(f.free)-len(f.free) < need {
		f.free = make([]byte, 0, max(need, 64<<10))
	}
	from := len(f.free)
	f.free = binary.BigEndian.AppendUint32(append(f.free, value...), crc)
	if err := f.rows.Put(key, f.free[from:len(f.free):len(f.free)]); err != nil {
		return fmt.Errorf("put %.40x: %w", key, err)
	}
	f.sum += weight(crc)
	return nil
}

func (f *folding) delete(key []byte) error {
	if !f.forget(key) {
		return nil
	}
	if err := f.rows.Delete(key); err != nil {
		return fmt.Errorf("delete %.40x: %w", key, err)
	}
	return nil
}

// forget takes the row that stands under key out of the sum.
func (f *folding) forget(key []byte) bool {
	found, old := f.cursor.Seek(key)
	if !bytes.Equal(found, key) || len(old) < checksumSize {
		return false
	}
	f.sum -= weight(binary.BigEndian.Uint32(old[len(old)-checksumSize:]))
	return true
}
