package edge

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"filippo.io/age"

	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/internal/node"
)

// backups makes them for the door; nil without a key to lock them with, since what is downloaded lies on anybody's disk.
func (s *site) backups(to []age.Recipient) func(context.Context) (*door.Backup, error) {
	if len(to) == 0 {
		return nil
	}
	return func(ctx context.Context) (*door.Backup, error) {
		file, err := os.CreateTemp(s.node.Dir, "backup-*")
		if err != nil {
			return nil, err
		}
		made, err := s.backupTo(ctx, file, to)
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return made, nil
	}
}

// backupTo writes a backup into a file that no folder names: it is gone as soon as it is closed, also by a kill -9.
func (s *site) backupTo(ctx context.Context, file *os.File, to []age.Recipient) (*door.Backup, error) {
	if err := os.Remove(file.Name()); err != nil {
		return nil, err
	}
	b, err := control.WriteBackupOf(ctx, s.node, file, to)
	if err != nil {
		return nil, err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, err
	}
	return &door.Backup{
		Content: file, Bytes: size, Name: "sangam-" + b.At.Format(time.DateOnly) + ".tar.age",
		Taken: func() {
			if err := node.NoteBackup(s.node.Dir, b.Status(true)); err != nil {
				s.o.Log.Warn("a backup was taken and could not be noted", "err", err)
			}
		},
	}, nil
}
