// Package storagetest is the one suite that every store under the feed rules
// must pass: transactions, snapshots for readers, crashes, damage, full disks
// and backups.
//
// It promises to judge a store by what a caller can see: nothing here knows
// how a store works, but that the names of its files begin with its path. Crashes are real: the test binary starts itself again as
// a child, which is killed in the middle of commits. It refuses to be used
// outside tests.
package storagetest

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// Store is what the suite asks of a store.
type Store interface {
	Update(func(feed.Tx) error) error
	View(func(feed.Tx) error) error
	Backup(io.Writer) (int64, error)
	Close() error
}

// Viewer is what CheckAtCleanup asks of a store.
type Viewer interface {
	View(func(feed.Tx) error) error
}

// CheckAtCleanup makes the test fail at its end if the rows of the store
// contradict each other. Call it right after the open, so that it runs before
// the cleanup that closes the store; register that one first.
func CheckAtCleanup(t testing.TB, s Viewer, schema record.Schema) {
	t.Helper()
	t.Cleanup(func() {
		t.Helper()
		if err := s.View(func(tx feed.Tx) error { return feed.Check(tx, schema) }); err != nil {
			t.Errorf("the store at the end of the test: %v", err)
		}
	})
}

// Run runs the suite. open opens the store at a path for writing, creating it
// where nothing is; it must mint a timeline of every scope the store knows.
// Call Run from a top-level test: children are started to run that test.
func Run(t *testing.T, open func(path string) (Store, error)) {
	if mode := os.Getenv(childMode); mode != "" {
		child(mode, open)
		return
	}
	s := suite{open: open}
	t.Run("Rows", s.rows)
	t.Run("Scan", s.scan)
	t.Run("Rollback", s.rollback)
	t.Run("Snapshot", s.snapshot)
	t.Run("Reopen", s.reopen)
	t.Run("Backup", s.backup)
	t.Run("Kill", func(t *testing.T) { s.kill(t) })
	t.Run("DiskFull", func(t *testing.T) { s.diskFull(t) })
	if s.isFile(t) {
		t.Run("Cut", s.cut)
		t.Run("Flip", s.flip)
		t.Run("DamageAfterCrash", s.damage)
	}
}

// isFile tells whether the store is one file, which can be damaged.
func (s suite) isFile(t *testing.T) bool {
	t.Helper()
	path := filepath.Join(t.TempDir(), "probe")
	st, err := s.open(path)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	if err := st.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

type suite struct {
	open func(path string) (Store, error)
}

// scope is where the suite's records live.
var scope = feed.SiteScope(record.Derive("storagetest"))

var schema = record.Schema{
	"entry": {
		Scope: record.Site, HasDay: true,
		Fields:  map[string]record.FieldSchema{"n": {}, "text": {}},
		Indexes: []record.Index{{Name: "n", Fields: []string{"n"}}},
	},
}

func (s suite) fresh(t *testing.T) (Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store")
	return s.at(t, path), path
}

// at opens the store at path until the end of the test, checked before it is
// closed.
func (s suite) at(t *testing.T, path string) Store {
	t.Helper()
	st, err := s.open(path)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	CheckAtCleanup(t, st, schema)
	return st
}

func update(t *testing.T, s Store, fn func(feed.Tx) error) {
	t.Helper()
	if err := s.Update(fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func view(t *testing.T, s Store, fn func(feed.Tx) error) {
	t.Helper()
	if err := s.View(fn); err != nil {
		t.Fatalf("view: %v", err)
	}
}

func mint(tx feed.Tx) error {
	var t feed.Timeline
	binary.BigEndian.PutUint64(t[:], uint64(time.Now().UnixNano()))
	return feed.Mint(tx, scope, t)
}

// edit sets number n in record i, with some text so that pages fill.
func edit(tx feed.Tx, i, n int) error {
	rules := feed.Rules{Schema: schema, Writer: record.Writer(os.Getpid())}
	e := record.Edit{Kind: "entry", ID: recordID(i), Set: map[string]record.Value{
		"n": record.Int(int64(n)), "text": record.Text(fmt.Sprintf("%0*d", 20+i%7*90, n)),
	}}
	if _, _, held, err := feed.Load(tx, scope, record.Key{Kind: e.Kind, ID: e.ID}); err != nil || !held {
		e.Day = fmt.Sprintf("2026-03-%02d", 1+i%28)
		if err != nil {
			return err
		}
	}
	_, err := rules.Edit(tx, scope, e, time.Now())
	return err
}

func recordID(i int) record.ID { return record.Derive("entry", fmt.Sprint(i)) }

// number returns what record i holds, -1 when it is not there.
func number(tx feed.Tx, i int) (int, error) {
	r, _, ok, err := feed.Load(tx, scope, record.Key{Kind: "entry", ID: recordID(i)})
	if err != nil || !ok {
		return -1, err
	}
	return int(r.Get("n").Int()), nil
}
