package control

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"filippo.io/age"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

// An archive is what is personal in records of one month, as it was before a site emptied it: a file encrypted with age,
// of lines of JSON. The first says what it is (Archive), then there is a line for each record, and the last is an
// archiveEnd. A month that is emptied in several steps has as many archives.
const (
	archiveFormat = 1
	archivePart   = ".part"
	// ArchiveFiles are the names of archives in their folder.
	ArchiveFiles = "archive-*.jsonl.age"
)

// ErrNoArchive says that a file is no archive.
var ErrNoArchive = errors.New("this file is no archive of sangam, or it was cut short")

// Archive says what an archive is.
type Archive struct {
	Format  int      `json:"format"`
	Site    string   `json:"site"`
	Name    string   `json:"name"` // of the site
	Month   string   `json:"month"`
	At      api.Time `json:"at"`
	Records int      `json:"records"`
}

type archiveEnd struct {
	SHA256 string `json:"sha256"` // of all lines before, with their ends
}

// Archives writes the archives of a site into a folder.
type Archives struct {
	Dir  string
	To   []age.Recipient
	Site string
	Name func() string

	mu   sync.Mutex
	last api.ArchiveStatus
}

// Status tells of the last archive, and whether one could not be written since.
func (a *Archives) Status() *api.ArchiveStatus {
	a.mu.Lock()
	defer a.mu.Unlock()
	status := a.last
	return &status
}

// Write returns nil once an archive of the records is on the disk under its name, and was read again to the last byte.
func (a *Archives) Write(month string, records []clinic.ExportRecord) error {
	now := time.Now()
	about := Archive{Format: archiveFormat, Site: a.Site, Name: a.Name(), Month: month, At: api.At(now), Records: len(records)}
	err := a.write(about, records)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil {
		a.last.Failed = true
		return err
	}
	a.last = api.ArchiveStatus{At: &about.At, Month: month, Records: len(records)}
	return nil
}

func (a *Archives) write(about Archive, records []clinic.ExportRecord) error {
	if err := os.MkdirAll(a.Dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of archives: %w", err)
	}
	path := filepath.Join(a.Dir, fmt.Sprintf("archive-%s-%s.jsonl.age", about.Month, about.At.UTC().Format("20060102T150405.000000000")))
	file, err := os.OpenFile(path+archivePart, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	defer os.Remove(file.Name()) // gone by then if all went well
	defer file.Close()
	kept := &fileKey{}
	sealed, err := age.Encrypt(file, kept.hearing(a.To)...)
	if err != nil {
		return fmt.Errorf("encrypt the archive: %w", err)
	}
	if err := errors.Join(writeArchive(sealed, about, records), sealed.Close(), file.Sync()); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	if _, err := ReadArchive(file, []age.Identity{age.NewInjectedFileKeyIdentity(kept.key)}, func([]byte) error { return nil }); err != nil {
		return fmt.Errorf("read the archive again: %w", err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	return syncFolder(a.Dir)
}

// syncFolder makes the names in a folder survive a power cut.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync the folder of archives: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("sync the folder of archives: %w", err)
	}
	return nil
}

func writeArchive(to io.Writer, about Archive, records []clinic.ExportRecord) error {
	out := bufio.NewWriter(to)
	sum := sha256.New()
	lines := json.NewEncoder(io.MultiWriter(out, sum))
	if err := lines.Encode(about); err != nil {
		return err
	}
	for _, r := range records {
		if err := lines.Encode(r); err != nil {
			return err
		}
	}
	if err := json.NewEncoder(out).Encode(archiveEnd{hex.EncodeToString(sum.Sum(nil))}); err != nil {
		return err
	}
	return out.Flush()
}

// ReadArchive reads an archive to its last byte and gives each record, as a line of JSON, to visit. The records are what
// was written only when the error is nil: it is ErrNoArchive, ErrDiffers, ErrEncrypted, ErrOtherKey, or what visit said.
func ReadArchive(file *os.File, with []age.Identity, visit func(line []byte) error) (about Archive, err error) {
	info, err := file.Stat()
	if err != nil {
		return about, fmt.Errorf("read the archive: %w", err)
	}
	if !isEncrypted(file) {
		return about, ErrNoArchive
	}
	plain, size, err := decrypted(file, info.Size(), with)
	if err != nil {
		return about, err
	}
	in, sum := bufio.NewReader(io.NewSectionReader(plain, 0, size)), sha256.New()
	if readLine(in, sum, &about) != nil || about.Format != archiveFormat {
		return about, ErrNoArchive
	}
	for range about.Records {
		var r clinic.ExportRecord
		line, err := in.ReadBytes('\n')
		if err != nil || json.Unmarshal(line, &r) != nil || r.Kind == "" {
			return about, ErrDiffers
		}
		sum.Write(line)
		if err := visit(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			return about, err
		}
	}
	var end archiveEnd
	want := hex.EncodeToString(sum.Sum(nil))
	if err := readLine(in, sum, &end); err != nil || end.SHA256 != want {
		return about, ErrDiffers
	}
	return about, nil
}

func readLine(in *bufio.Reader, sum hash.Hash, into any) error {
	line, err := in.ReadBytes('\n')
	if err != nil {
		return err
	}
	sum.Write(line)
	return json.Unmarshal(line, into)
}
