package bolt

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	bbolt "go.etcd.io/bbolt"
)

// Backup writes the store as of now to w while it goes on working, and
// returns the bytes written. What is written is one file, with all that the
// log holds, that Open takes; it begins timelines of its own there. The
// writer w decides on encryption.
func (s *Store) Backup(w io.Writer) (n int64, err error) {
	return s.BackupSized(func(int64) (io.Writer, error) { return w, nil })
}

// BackupSized is Backup to the writer that begin returns once it is told how
// many bytes will come.
func (s *Store) BackupSized(begin func(size int64) (io.Writer, error)) (n int64, err error) {
	if s.o.ReadOnly {
		n, err = s.backupWhole(begin)
	} else if err = s.Fold(); err == nil {
		n, err = s.writeFile(begin)
	}
	if err != nil {
		return n, fmt.Errorf("back up: %w", err)
	}
	return n, nil
}

// writeFile writes the file as of now, without the log.
func (s *Store) writeFile(begin func(size int64) (io.Writer, error)) (int64, error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	btx, err := s.begin(false)
	if err != nil {
		return 0, err
	}
	defer s.rollback(btx)
	w, err := begin(btx.Size())
	if err != nil {
		return 0, err
	}
	return btx.WriteTo(w)
}

// backupWhole is Backup of a store that may not fold its log: a copy of the
// file takes it.
func (s *Store) backupWhole(begin func(size int64) (io.Writer, error)) (n int64, err error) {
	st := s.state.Load()
	if st.rows() == 0 {
		return s.writeFile(begin)
	}
	f, err := os.CreateTemp("", "sangam-backup-*")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if _, err := s.writeFile(func(int64) (io.Writer, error) { return f, nil }); err != nil {
		return 0, err
	}
	if err := foldInto(f.Name(), place{s.opening, s.seq}, st.active); err != nil {
		return 0, err
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return 0, err
	}
	w, err := begin(size)
	if err != nil {
		return 0, err
	}
	return io.Copy(w, f)
}

// foldInto writes a layer into the file of a store that nobody has open.
func foldInto(path string, p place, l layer) (err error) {
	defer caught(&err)
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	err = db.Update(func(btx *bbolt.Tx) error {
		rows, err := rowsOf(btx)
		if err != nil {
			return err
		}
		f := newFolding(rows, rows.Sequence())
		if err := f.all(p, []layer{l}); err != nil {
			return err
		}
		return rows.SetSequence(f.sum)
	})
	return errors.Join(err, db.Close())
}
