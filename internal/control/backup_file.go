package control

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"filippo.io/age"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/storage/bolt"
)

// Errors of a file that is no use as a backup. The text of each says what a person can do.
var (
	ErrNoBackup  = errors.New("this file is no backup of sangam, or it was cut short")
	ErrEncrypted = errors.New("this backup is encrypted: the file with the secret key is needed (--identity)")
	ErrOtherKey  = errors.New("this backup was encrypted for another key than those given")
	ErrDiffers   = errors.New("this backup is not what was written: do not use it, take another one")
)

// WriteBackup writes a backup of the node of dir to file, encrypted if recipients are given, and reads it again to the
// last byte: what it returns is on the disk, and can be restored.
func WriteBackup(ctx context.Context, dir, role string, build func(*node.Node) Operations, file *os.File, to []age.Recipient, progress func(done, total int)) (Backup, error) {
	b, err := writeChecked(file, to, progress, func(f Files) (b Backup, err error) {
		err = CallWithFiles(ctx, dir, role, "backup.write", struct{}{}, &b, build, f)
		return b, err
	})
	if err != nil {
		return b, err
	}
	// A folder that takes no note says that it knows of no backup, which is the safe side; the backup is good all the same.
	_ = node.NoteBackup(dir, b.Status(len(to) > 0))
	return b, nil
}

// WriteBackupOf is WriteBackup for a node of this process. It is not noted: whoever hands the file on knows whether it
// arrived.
func WriteBackupOf(ctx context.Context, n *node.Node, file *os.File, to []age.Recipient) (Backup, error) {
	return writeChecked(file, to, func(int, int) {}, func(f Files) (Backup, error) { return writeBackup(ctx, n, f) })
}

// Status is the backup as its node tells of it.
func (b Backup) Status(encrypted bool) api.BackupStatus {
	return api.BackupStatus{At: b.At, Bytes: b.Bytes, Encrypted: encrypted}
}

// writeChecked lets write fill the file, and reads it again.
func writeChecked(file *os.File, to []age.Recipient, progress func(done, total int), write func(Files) (Backup, error)) (b Backup, err error) {
	f := Files{Out: file, Progress: progress}
	var own []age.Identity
	if len(to) > 0 {
		kept := &fileKey{}
		sealed, err := age.Encrypt(file, kept.hearing(to)...)
		if err != nil {
			return b, fmt.Errorf("encrypt the backup: %w", err)
		}
		defer sealed.Close() // what an error leaves; closed before it is read
		f.Out = sealed
		own = []age.Identity{age.NewInjectedFileKeyIdentity(kept.key)}
	}
	if b, err = write(f); err != nil {
		return b, err
	}
	if c, ok := f.Out.(io.Closer); ok && len(to) > 0 {
		err = c.Close()
	}
	if err = errors.Join(err, file.Sync()); err != nil {
		return b, fmt.Errorf("write the backup: %w", err)
	}
	again, err := CheckBackup(file, own...)
	if err == nil && again != b {
		err = ErrDiffers
	}
	if err != nil {
		return b, fmt.Errorf("read the backup again: %w", err)
	}
	return b, nil
}

// fileKey hears the key that a file is encrypted with, so that it can be read again by who wrote it and nobody else
// who lacks a recipient's secret.
type fileKey struct{ key []byte }

func (k *fileKey) hearing(to []age.Recipient) []age.Recipient {
	heard := make([]age.Recipient, len(to))
	for i, r := range to {
		heard[i] = hearing{r, k}
	}
	return heard
}

type hearing struct {
	age.Recipient
	kept *fileKey
}

func (h hearing) WrapWithLabels(key []byte) ([]*age.Stanza, []string, error) {
	h.kept.key = slices.Clone(key)
	if labelled, ok := h.Recipient.(age.RecipientWithLabels); ok {
		return labelled.WrapWithLabels(key)
	}
	stanzas, err := h.Recipient.Wrap(key)
	return stanzas, nil, err
}

// CheckBackup reads a backup to the last byte: that it is one, that it holds what was written, and that the store in it
// is sound.
func CheckBackup(file *os.File, with ...age.Identity) (Backup, error) {
	o, err := openBackup(file, with)
	if err != nil {
		return Backup{}, err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, o.store()); err != nil {
		return o.backup, fmt.Errorf("%w: %w", ErrDiffers, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != o.backup.SHA256 {
		return o.backup, ErrDiffers
	}
	return o.backup, bolt.VerifyFile(o.store(), o.backup.Bytes)
}

// openedBackup is a backup whose store can be read wherever it lies in the file.
type openedBackup struct {
	backup Backup
	tar    io.ReaderAt
	at     int64 // where the store begins
}

func (o *openedBackup) store() *io.SectionReader {
	return io.NewSectionReader(o.tar, o.at, o.backup.Bytes)
}

// openBackup finds its way in a backup, and believes nothing of it that CheckBackup has not compared.
func openBackup(file *os.File, with []age.Identity) (*openedBackup, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the backup: %w", err)
	}
	var from io.ReaderAt = file
	size := info.Size()
	if isEncrypted(file) {
		if from, size, err = decrypted(file, size, with); err != nil {
			return nil, err
		}
	}
	o := &openedBackup{tar: from, at: -1}
	whole := io.NewSectionReader(from, 0, size)
	var stored int64
	for in := tar.NewReader(whole); ; {
		head, err := in.Next()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoBackup, err)
		}
		switch head.Name {
		case node.StoreFile:
			// A tar reader reads whole blocks and no further: the content begins where it stands.
			if o.at, err = whole.Seek(0, io.SeekCurrent); err != nil {
				return nil, fmt.Errorf("read the backup: %w", err)
			}
			stored = head.Size
		case manifestFile:
			if err := json.NewDecoder(io.LimitReader(in, maxManifest)).Decode(&o.backup); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrNoBackup, err)
			}
			return o, o.backup.fits(o.at, stored)
		}
	}
}

func (b Backup) fits(at, stored int64) error {
	switch {
	case b.Format > backupFormat:
		return fmt.Errorf("this backup was written by a newer version of this program: update the program (its form is %d, this program knows %d)", b.Format, backupFormat)
	case at < 0, b.Bytes != stored, b.Format != backupFormat, b.Role != node.Edge && b.Role != node.Hub:
		return ErrNoBackup
	}
	return nil
}

const ageHeader = "age-encryption.org/"

func isEncrypted(file io.ReaderAt) bool {
	start := make([]byte, len(ageHeader))
	n, _ := file.ReadAt(start, 0) // a file too short for it is none
	return bytes.Equal(start[:n], []byte(ageHeader))
}

func decrypted(file io.ReaderAt, size int64, with []age.Identity) (io.ReaderAt, int64, error) {
	if len(with) == 0 {
		return nil, 0, ErrEncrypted
	}
	plain, size, err := age.DecryptReaderAt(file, size, with...)
	var other *age.NoIdentityMatchError
	switch {
	case errors.As(err, &other):
		return nil, 0, ErrOtherKey
	case err != nil:
		return nil, 0, fmt.Errorf("%w: %w", ErrNoBackup, err)
	}
	return plain, size, nil
}
