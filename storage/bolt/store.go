package bolt

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	bbolt "go.etcd.io/bbolt"
)

// Options of Open. The zero value is what a node wants.
type Options struct {
	ReadOnly bool          // mints nothing, and shares the file with other readers
	Timeout  time.Duration // how long to wait for the lock; 0 means one second
	Logger   *slog.Logger
	// Scopes get a timeline at open beside those the store knows.
	Scopes []feed.Scope
	// Migrations bring an older file up: the first from version 1 to 2, and
	// so on. All run in one transaction, after a copy of the file was made.
	Migrations []func(feed.Tx) error
	// VerifyUpTo is the size in bytes up to which a file is read whole at
	// open even if it was closed cleanly; 0 means 64 MiB, -1 never.
	VerifyUpTo int64
	// NoFreelistSync leaves the list of free pages out of commits: faster
	// commits, and every open reads the whole file.
	NoFreelistSync bool
	// LogBytes is how long the log gets before it is folded into the file,
	// half of what it may get; 0 means 8 MiB.
	LogBytes int64
	Random   io.Reader // of timelines; nil means crypto/rand
}

// Stats are figures of an open store.
type Stats struct {
	FileBytes   int64
	FreeBytes   int64         // inside the file, to be used again
	LogBytes    int64         // lines that are not in the file yet, at most
	Rows        int64         // in the file
	Clean       bool          // the last close was clean
	Torn        bool          // one of the file's two roots was damaged
	Verified    bool          // the whole file was read at open
	VerifyTime  time.Duration // what that took
	Transaction int           // seq of the last one committed
}

// Store is an open file with the log in front of it.
type Store struct {
	path  string
	o     Options
	limit int64 // of the log, in bytes
	log   *slog.Logger
	file  *os.File // the locked file; bbolt closes it
	db    *bbolt.DB
	info  os.FileInfo
	stats Stats

	state  atomic.Pointer[state] // what lies above the file
	folded atomic.Uint64         // transactions up to this one are in the file
	last   atomic.Int64          // the file's own number of its last transaction

	// swap is held for reading by who takes state and file together, and for
	// writing while the file takes over what a layer held.
	swap sync.RWMutex

	writing sync.Mutex // held by who writes the file; guards sum
	sum     uint64     // of the checksums of the file's rows

	mu       sync.Mutex // guards all below; held by the one writer
	segments segments
	opening  uint64 // names this opening in the log
	seq      uint64 // of the transaction last committed
	lineSize int    // what the next line may need
	folding  *fold  // nil: none is on its way
	timer    *time.Timer
	broken   error // why nothing may be written any more
}

var bucketName = []byte("rows")

// Rows of the store itself. Their keys sort before the feed's.
var (
	keyVersion = []byte{0, 'v'} // uvarint
	keyOpen    = []byte{0, 'o'} // present while a process writes
	keyFile    = []byte{0, 'i'} // 16 random bytes: which store this is
	keyLog     = []byte{0, 'l'} // the place in the log up to which the file has all
)

// Open opens the store at path, creating an empty one where there is no file.
// For writing it begins a timeline of every scope before it returns. It fails
// with ErrLocked, ErrNewer or ErrCorrupt and then leaves the file as it was.
func Open(path string, o Options) (*Store, error) {
	s := &Store{path: path, o: o, limit: cmp.Or(o.LogBytes, logBytes), segments: segmentsOf(path), log: cmp.Or(o.Logger, slog.New(slog.DiscardHandler))}
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("open the store %s: %w", path, err)
	}
	return s, nil
}

func (s *Store) open() (err error) {
	if !s.o.ReadOnly {
		if err := create(s.path); err != nil {
			return err
		}
	}
	if s.file, err = lock(s.path, s.o); err != nil {
		return err
	}
	if err := s.start(); err != nil {
		if s.db != nil {
			return errors.Join(err, s.db.Close())
		}
		// bbolt has closed the file where it was the one to refuse it.
		if e := s.file.Close(); !errors.Is(e, os.ErrClosed) {
			err = errors.Join(err, e)
		}
		return err
	}
	return nil
}

// start takes a locked file into use.
func (s *Store) start() (err error) {
	if s.info, err = s.file.Stat(); err != nil {
		return err
	}
	if err := s.verify(); err != nil {
		return err
	}
	if err := s.attach(); err != nil {
		return err
	}
	if err := s.recover(); err != nil {
		return err
	}
	if err := s.checkVersion(); err != nil {
		return err
	}
	if s.o.ReadOnly {
		return nil
	}
	return s.begun()
}

// begun marks the file as open and names the opening, past the log: a line of
// it means something only to a file that knows its opening.
func (s *Store) begun() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var opening [8]byte
	_, _ = rand.Read(opening[:]) // never fails, by its contract
	s.opening = binary.BigEndian.Uint64(opening[:])
	return s.update(func(tx feed.Tx) error {
		if err := tx.Put(keyOpen, nil); err != nil {
			return err
		}
		return feed.MintAll(tx, cmp.Or(s.o.Random, rand.Reader), s.o.Scopes...)
	}, s.direct)
}

// verify reads the pages before bbolt maps them: bbolt follows what it reads
// there without asking whether it leads out of the file.
func (s *Store) verify() error {
	began := time.Now()
	v, err := newVerifier(s.file, s.info.Size())
	if err != nil {
		return err
	}
	if s.stats.Clean, err = v.closedCleanly(); err != nil {
		return err
	}
	if s.stats.Torn = v.torn; v.torn {
		// A crash in the middle of a commit leaves this, and nothing
		// acknowledged is missing; so does rot of the newer root.
		s.log.Warn("one of the two roots of the store is damaged, the other one is used: the last transaction before the power failed may be missing", "path", s.path)
	}
	limit := cmp.Or(s.o.VerifyUpTo, 64<<20)
	if s.stats.Clean && s.info.Size() > limit {
		return nil
	}
	if err := v.all(); err != nil {
		return err
	}
	s.stats.Verified, s.stats.VerifyTime = true, time.Since(began)
	if !s.stats.Clean {
		s.log.Info("the last close of the store was not clean; every page and row was checked", "path", s.path, "took", s.stats.VerifyTime)
	}
	return nil
}

func (s *Store) attach() (err error) {
	defer caught(&err)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	first := true
	s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{
		ReadOnly:       s.o.ReadOnly,
		FreelistType:   bbolt.FreelistMapType,
		NoFreelistSync: s.o.NoFreelistSync,
		Timeout:        time.Second,
		// Where the file outgrows its map, all readers must end first.
		InitialMmapSize: mapped,
		// The lock is ours already and lives with this descriptor. bbolt
		// opens the file again for backups.
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			if first {
				first = false
				return s.file, nil
			}
			return os.OpenFile(name, flag, mode)
		},
	})
	if err != nil {
		return damaged("%v", err)
	}
	s.db.AllocSize = growth // else a file smaller than its map grows by 16 MiB
	return s.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketName)
		if b == nil {
			return damaged("no rows in the file")
		}
		s.sum = b.Sequence()
		s.last.Store(int64(tx.ID()))
		p, err := placeOf(b)
		s.opening, s.seq = p.opening, p.seq
		return err
	})
}

// mapped is the address space, not the memory, that the file gets at once:
// enough for years on machines that have plenty.
const mapped = 1 << 30 * (strconv.IntSize / 64)

// create makes an empty store where there is no file. It appears under its
// name complete or not at all, so an empty file is always damage.
func create(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	fresh := f.Name()
	defer os.Remove(fresh)
	if err := errors.Join(f.Chmod(0o600), f.Close(), fill(fresh)); err != nil {
		return err
	}
	if err := os.Link(fresh, path); err != nil && !errors.Is(err, os.ErrExist) {
		// File systems of memory sticks know no links.
		if err := os.Rename(fresh, path); err != nil {
			return err
		}
	}
	return syncDir(dir)
}

func fill(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	err = db.Update(func(btx *bbolt.Tx) error {
		b, err := btx.CreateBucket(bucketName)
		if err != nil {
			return err
		}
		f := newFolding(b, 0)
		id := make([]byte, 16)
		if _, err := rand.Read(id); err != nil {
			return err
		}
		if err := errors.Join(f.put(keyVersion, binary.AppendUvarint(nil, 1)), f.put(keyFile, id)); err != nil {
			return err
		}
		return b.SetSequence(f.sum)
	})
	return errors.Join(err, db.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) { // a file system that cannot
		err = nil
	}
	return errors.Join(err, d.Close())
}

// Close ends the store: running transactions finish, the log is folded into
// the file and removed, the file is marked as closed cleanly and unlocked.
// Later transactions fail with ErrClosed. After an error the log stays, and
// the next Open reads it.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.broken, ErrClosed) {
		return nil
	}
	if s.timer != nil {
		s.timer.Stop()
	}
	var err error
	if !s.o.ReadOnly && s.broken == nil {
		err = s.update(func(t feed.Tx) error { return t.Delete(keyOpen) }, s.direct)
		if err == nil {
			err = s.removeLog()
		}
	}
	if s.folding != nil {
		<-s.folding.done
	}
	s.broken = ErrClosed
	if err := errors.Join(err, s.segments.close(), s.db.Close()); err != nil {
		return fmt.Errorf("close the store %s: %w", s.path, err)
	}
	return nil
}

// Stats returns figures as of now.
func (s *Store) Stats() Stats {
	out := s.stats
	s.writing.Lock()
	out.Rows = int64(s.sum >> 32)
	s.writing.Unlock()
	s.mu.Lock()
	out.Transaction = int(s.seq)
	if s.folded.Load() < s.seq {
		out.LogBytes = s.segments.two[0].tail + s.segments.two[1].tail
	}
	s.mu.Unlock()
	if info, err := os.Stat(s.path); err == nil {
		out.FileBytes = info.Size()
	}
	free := s.db.Stats()
	out.FreeBytes = int64(free.FreeAlloc)
	return out
}

// Incarnation tells which physical file this is: a copy put in its place has
// another one.
func (s *Store) Incarnation() string { return incarnation(s.info) }

func incarnation(info os.FileInfo) string {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%d:%d", st.Dev, st.Ino)
	}
	return info.ModTime().String()
}
