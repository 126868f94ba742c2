// Package bench_test measures the link between real committers over real files, a real Redis and a line that is slow,
// narrow and loses frames, beside what the bare line gives.
package bench_test

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/storage/bolt"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/redis"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

var (
	siteID = record.Derive("site of the measurements")
	hubID  = record.Derive("hub of the measurements")
	scope  = feed.SiteScope(siteID)
	quiet  = slog.New(slog.DiscardHandler)
)

// end is a committer at work over a file.
type end struct {
	*commit.Committer
	store *bolt.Store
	close func()
}

// open opens the file of a node in dir: of the site, or with a zero id of the hub.
func open(b *testing.B, dir string, site record.ID, now func() time.Time) *end {
	b.Helper()
	local := feed.LocalScope("hub")
	scopes := []feed.Scope{local, feed.Network}
	if !site.IsZero() {
		local = feed.LocalScope("box")
		scopes = []feed.Scope{local, feed.Network, feed.SiteScope(site)}
	}
	store, err := bolt.Open(filepath.Join(dir, node.StoreFile), bolt.Options{Scopes: scopes})
	if err != nil {
		b.Fatal(err)
	}
	var writer [8]byte
	_, _ = rand.Read(writer[:])
	c, err := commit.New(store, commit.Options{
		Rules: feed.Rules{Schema: clinic.Schema, Writer: record.Writer(binary.BigEndian.Uint64(writer[:]))},
		Node:  string(local), Site: site, Local: local, Now: now, ClinicNow: now, TokensPath: filepath.Join(dir, node.TokensFile), Machine: "box",
	})
	if err != nil {
		b.Fatal(err)
	}
	stop := run(b, c.Run)
	e := &end{Committer: c, store: store}
	e.close = sync.OnceFunc(func() {
		stop()
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(e.close)
	return e
}

// linkStore is the committer as a link sees it.
func (e *end) linkStore() link.Store { return (&node.Node{Committer: e.Committer}).LinkStore() }

// checkIn gives somebody a token, and returns their entry.
func (e *end) checkIn(b *testing.B) record.ID {
	b.Helper()
	id := record.NewV7(time.Now(), rand.Reader)
	results, err := e.Act(b.Context(), clinic.Actor{ID: "desk", Role: clinic.RoleCoordinator}, []api.Action{
		{ID: id.String(), Type: "queue.check_in", Data: []byte("{}")},
	})
	if err != nil {
		b.Fatal(err)
	}
	if results[0].Status != api.Applied {
		b.Fatalf("check somebody in: %s, %v", results[0].Status, results[0].Error)
	}
	return id
}

// run runs something until stop or the end of the measurement.
func run(b *testing.B, what func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- what(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(stop)
	return stop
}

func newBoot() (boot [16]byte) {
	_, _ = rand.Read(boot[:])
	return boot
}

// oneKey is the register of a hub that knows one site.
type oneKey struct{ key link.SiteKey }

func (k oneKey) Site(site record.ID) ([]link.SiteKey, error) {
	if site != siteID {
		return nil, nil
	}
	return []link.SiteKey{k.key}, nil
}

func (oneKey) Invitation(seal.KeyID) (seal.Secret, bool) { return seal.Secret{}, false }

func (oneKey) Enrol(context.Context, link.Enrolment) (link.SiteKey, error) {
	return link.SiteKey{}, errors.New("nobody was invited")
}

func openRedis(b *testing.B, url string) bus.Bus {
	b.Helper()
	wire, err := redis.Open(url, redis.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { wire.Close() })
	return wire
}

// lossy drops a share of all frames that it is given, and says that they went out.
type lossy struct {
	bus.Bus
	share float64

	mu     sync.Mutex // guards chance
	chance *mathrand.Rand
}

func newLossy(b bus.Bus, share float64) *lossy {
	return &lossy{Bus: b, share: share, chance: mathrand.New(mathrand.NewPCG(1, 2))}
}

func (l *lossy) loses() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.chance.Float64() < l.share
}

func (l *lossy) Publish(ctx context.Context, channel string, payload []byte) (int, error) {
	if l.loses() {
		return 1, nil
	}
	return l.Bus.Publish(ctx, channel, payload)
}

func (l *lossy) PublishAll(ctx context.Context, messages []bus.Message) error {
	var kept []bus.Message
	for _, m := range messages {
		if !l.loses() {
			kept = append(kept, m)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return l.Bus.PublishAll(ctx, kept)
}
