// Package bench_test measures the committer over the real store, beside what the disk and the store give alone.
package bench_test

import (
	"context"
	crand "crypto/rand"
	"encoding/json"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/storage/bolt"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

var (
	siteID = record.Derive("site of the measurements")
	scope  = feed.SiteScope(siteID)
	local  = feed.LocalScope("box")
	admin  = clinic.Actor{ID: "admin", Role: clinic.RoleAdmin}
	desk   = clinic.Actor{ID: "desk", Role: clinic.RoleCoordinator}
)

// counted is a store that counts its transactions.
type counted struct {
	*bolt.Store
	updates atomic.Int64
}

func (c *counted) Update(fn func(feed.Tx) error) error {
	c.updates.Add(1)
	return c.Store.Update(fn)
}

// clinicSite is a committer at work over a file.
type clinicSite struct {
	*commit.Committer
	store  *counted
	guruji record.ID
	close  func()
}

func open(t testing.TB, dir string) *clinicSite {
	t.Helper()
	store, err := bolt.Open(filepath.Join(dir, "sangam.db"), bolt.Options{Scopes: []feed.Scope{scope, local, feed.Network}})
	if err != nil {
		t.Fatal(err)
	}
	s := &clinicSite{store: &counted{Store: store}}
	var writer [8]byte
	crand.Read(writer[:])
	s.Committer, err = commit.New(s.store, commit.Options{
		Rules: feed.Rules{Schema: clinic.Schema, Writer: record.Writer(writer[0])<<8 | record.Writer(writer[1]) + 1},
		Node:  "box", Site: siteID, Local: local, Now: time.Now, ClinicNow: time.Now, TokensPath: filepath.Join(dir, "tokens"), Machine: "pi",
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	s.close = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := store.View(func(tx feed.Tx) error { return feed.Check(tx, clinic.Schema) }); err != nil {
			t.Errorf("the store contradicts itself: %v", err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(s.close)
	return s
}

func newID() record.ID { return record.NewV7(time.Now(), crand.Reader) }

func (s *clinicSite) send(t testing.TB, actor clinic.Actor, id record.ID, kind string, saw map[string]any, data any) api.Result {
	t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.Act(t.Context(), actor, []api.Action{{ID: id.String(), Type: kind, Saw: saw, Data: raw}})
	if err != nil {
		t.Errorf("%s: %v", kind, err)
		return api.Result{}
	}
	return results[0]
}

// hire makes the site's guruji.
func (s *clinicSite) hire(t testing.TB) {
	t.Helper()
	r := s.send(t, admin, newID(), "staff.create", nil, clinic.StaffCreate{Name: "Ananda", Role: clinic.RoleGuruji})
	made, ok := r.Data.(clinic.StaffAnswer)
	if !ok {
		t.Fatalf("hire a guruji: %s, %v", r.Status, r.Error)
	}
	s.guruji = made.Guruji
}

func TestAnAnswerSurvivesInTheFile(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.hire(t)
	id, in := newID(), clinic.CheckIn{Guruji: s.guruji}
	first := s.send(t, desk, id, "queue.check_in", nil, in)
	s.close()
	s = open(t, dir)
	again := s.send(t, desk, id, "queue.check_in", nil, in)
	if first.Status != api.Applied || again.Status != api.Duplicate || again.Seq != first.Seq {
		t.Errorf("first %s at %d, again %s at %d", first.Status, first.Seq, again.Status, again.Seq)
	}
	if next := s.send(t, desk, newID(), "queue.check_in", nil, in); next.Data.(clinic.CheckInAnswer).Token != "A021" {
		t.Errorf("after the restart: %+v", next.Data)
	}
}
