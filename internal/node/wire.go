package node

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/redis"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
)

// SchemaVersion is the version of clinic.Schema that a node tells its peers, for people.
const SchemaVersion = 1

// ErrUsage marks what only a person can mend before a node starts: a URL or a code that cannot be read.
var ErrUsage = errors.New("wrong usage")

// OpenWire opens the bus at a Redis URL; an empty one gives nil, a node with no line. It connects to nothing yet: a
// server that cannot be reached, now or later, is the link's business.
func (n *Node) OpenWire(url string) (bus.Bus, error) {
	wire, err := openWire(url, "sangam-"+n.Role+"-"+n.ID[:8])
	if wire == nil || err != nil {
		return nil, err
	}
	return wire, nil
}

// CheckWire tells whether a Redis URL can be read, before a node opens anything.
func CheckWire(url string) error {
	wire, err := openWire(url, "sangam")
	if wire != nil {
		_ = wire.Close() // nothing was opened
	}
	return err
}

func openWire(url, name string) (*redis.Bus, error) {
	if url == "" {
		return nil, nil
	}
	wire, err := redis.Open(url, redis.Options{Name: name})
	if err != nil {
		return nil, fmt.Errorf("%w: --redis: %w", ErrUsage, err)
	}
	return wire, nil
}

// BootID is the boot of this opening, as the link names it.
func (n *Node) BootID() (boot [16]byte) {
	id, _ := hex.DecodeString(n.Boot) // made by open
	copy(boot[:], id)
	return boot
}

// LinkStore is the node's committer as the link sees it.
func (n *Node) LinkStore() link.Store { return linkStore{n.Committer} }

type linkStore struct{ committer *commit.Committer }

func (s linkStore) View(fn func(feed.Tx) error) error { return s.committer.View(fn) }

func (s linkStore) Write(ctx context.Context, fn func(feed.Tx) error) error {
	return s.committer.Write(ctx, func(w *commit.Writer) error { return fn(w.Tx()) })
}

func (s linkStore) Merge(ctx context.Context, in link.Incoming) (link.Merged, error) {
	merged, err := s.committer.Merge(ctx, commit.Incoming(in))
	return link.Merged(merged), err
}

// BacklogOf is a link's backlog as clients are told it.
func BacklogOf(b link.Backlog) api.Backlog {
	return api.Backlog{Records: b.Records, Bytes: b.Bytes, OldestAt: api.AtOrNil(b.OldestAt)}
}

// OffsetOf is the clock difference of a link in ms, or nil while it is not known.
func OffsetOf(s link.Status) *int64 {
	if !s.ClockKnown {
		return nil
	}
	ms := s.ClockOffset.Milliseconds()
	return &ms
}

// AskWire connects to the servers at a Redis URL as a node would, and tells in words what they are. Its error says what
// to do.
func AskWire(ctx context.Context, url string) (says string, err error) {
	wire, err := openWire(url, "sangam-doctor")
	if wire == nil || err != nil {
		return "", err
	}
	defer wire.Close()
	caps, err := wire.Probe(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Redis %s (%s) answers at %s.", cmp.Or(caps.Version, "of an unknown version"), cmp.Or(caps.Mode, string(wire.Kind())), wire.Address()), nil
}
