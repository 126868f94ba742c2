package testkit

import (
	"path/filepath"
	"testing"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/storage/bolt"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// Held is what the file of a node that has ended holds of one site.
type Held struct {
	Audited map[string]bool   // ids of actions
	Entries map[string]string // id -> token
	Digest  []feed.Bucket
}

// ReadHeld opens the file of a node that has ended, to read it only, checks every invariant of it, and reads what it
// holds of a site.
func ReadHeld(t testing.TB, dir string, site record.ID) Held {
	t.Helper()
	store, err := bolt.Open(filepath.Join(dir, node.StoreFile), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatalf("open the file of a node that ended: %v", err)
	}
	defer store.Close()
	held := Held{Audited: map[string]bool{}, Entries: map[string]string{}}
	err = store.View(func(tx feed.Tx) error {
		if err := feed.Check(tx, clinic.Schema); err != nil {
			return err
		}
		scope := feed.SiteScope(site)
		err := feed.ByKind(tx, scope, clinic.KindAudit, func(r record.Record) (bool, error) {
			held.Audited[r.ID.String()] = true
			return true, nil
		})
		if err != nil {
			return err
		}
		err = feed.ByKind(tx, scope, clinic.KindEntry, func(r record.Record) (bool, error) {
			held.Entries[r.ID.String()] = r.Get("token").Text()
			return true, nil
		})
		if err != nil {
			return err
		}
		held.Digest, err = feed.Digest(tx, scope)
		return err
	})
	if err != nil {
		t.Fatalf("read %s: %v", dir, err)
	}
	return held
}
