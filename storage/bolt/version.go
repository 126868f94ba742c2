package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
)

// checkVersion refuses a file that a newer program wrote and brings an older
// one up, after a copy of it was made.
func (s *Store) checkVersion() error {
	want := uint64(1 + len(s.o.Migrations))
	var have uint64
	err := s.View(func(tx feed.Tx) error {
		row, err := tx.Get(keyVersion)
		if err != nil {
			return err
		}
		var n int
		if have, n = binary.Uvarint(row); n <= 0 || have == 0 {
			return damaged("no version in the file")
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case have > want:
		return fmt.Errorf("%w (its version is %d, this program knows %d)", ErrNewer, have, want)
	case have == want:
		return nil
	case s.o.ReadOnly:
		return fmt.Errorf("%w (its version is %d, this program wants %d)", ErrOlder, have, want)
	}
	kept := fmt.Sprintf("%s.version-%d-%s", s.path, have, time.Now().UTC().Format("20060102-150405"))
	if err := s.copyTo(kept); err != nil {
		return fmt.Errorf("copy the store before bringing it up to date: %w", err)
	}
	s.log.Info("bringing the store up to date", "from", have, "to", want, "copy", kept)
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.update(func(tx feed.Tx) error {
		for v, migrate := range s.o.Migrations[have-1:] {
			if err := migrate(tx); err != nil {
				return fmt.Errorf("from version %d: %w", have+uint64(v), err)
			}
		}
		return tx.Put(keyVersion, binary.AppendUvarint(nil, want))
	}, s.direct)
	if err != nil {
		return fmt.Errorf("bring the store up to date (a copy is at %s): %w", kept, err)
	}
	return nil
}

// copyTo writes a backup to a new file and makes it durable.
func (s *Store) copyTo(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = s.Backup(f)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
