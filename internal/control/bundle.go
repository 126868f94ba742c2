package control

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/sync/bundle"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// LineEnd is one end of a site's line, as bundles need it.
type LineEnd struct {
	Site record.ID
	Side seal.Side
	Keys []link.SiteKey // the current one last
	MAC  seal.MACKey    // of a hub
}

// BundleRequest are the arguments of bundle.export, bundle.import and bundle.cursor.
type BundleRequest struct {
	Site  string `json:"site,omitempty"`  // at a hub: name or id of the site it is for or from
	Since string `json:"since,omitempty"` // of an export: the cursor that the reader printed
}

// BundleResult is what became of a bundle. Cursor is what this node holds now, for the next export to it.
type BundleResult struct {
	bundle.Summary
	Site   string `json:"site"`
	Cursor string `json:"cursor,omitempty"`
}

// BundleOperations are bundle.export, bundle.import and bundle.cursor of a node. end finds the end of a site's line.
func BundleOperations(n *node.Node, end func(site string) (LineEnd, error)) Operations {
	b := &bundles{node: n, end: end}
	return Operations{
		"bundle.export": FileOp(b.export),
		"bundle.import": FileOp(b.read),
		"bundle.cursor": Op(func(_ context.Context, in BundleRequest) (any, error) { return b.cursor(in) }),
	}
}

type bundles struct {
	node *node.Node
	end  func(site string) (LineEnd, error)
}

// ringOf holds the keys of a site that may open and make bundles, the last of them current.
func ringOf(e LineEnd) (*seal.Ring, seal.KeyID, error) {
	ring, current := seal.NewRing(e.Site), seal.KeyID(0)
	for _, k := range e.Keys {
		if k.Revoked {
			continue
		}
		if err := ring.Add(k.ID, k.Key); err != nil {
			return nil, 0, err
		}
		current = k.ID
	}
	if current == 0 {
		return nil, 0, &clinic.Error{Code: clinic.CodeInvalid, Message: "This site has no key of the centre: it must have joined over the line once, and not be revoked."}
	}
	return ring, current, nil
}

func (e LineEnd) outward() (d seal.Direction, peer string, scopes []bundle.ScopeNo) {
	if e.Side == seal.Edge {
		return seal.Up, link.HubPeer, []bundle.ScopeNo{bundle.Site}
	}
	return seal.Down, link.SitePeer(e.Site), []bundle.ScopeNo{bundle.Site, bundle.Network}
}

func (b *bundles) export(ctx context.Context, in BundleRequest, f Files) (any, error) {
	e, err := b.end(in.Site)
	if err != nil {
		return nil, err
	}
	held, err := bundle.ParseHeld(in.Since)
	if err != nil {
		return nil, told(err)
	}
	ring, current, err := ringOf(e)
	if err != nil {
		return nil, err
	}
	nonce, err := seal.NewStreamNonce(rand.Reader)
	if err != nil {
		return nil, err
	}
	d, _, scopes := e.outward()
	stream, err := ring.Stream(d, current, nonce)
	if err != nil {
		return nil, err
	}
	sum, err := bundle.Write(ctx, f.Out, bundle.Source{
		Site: e.Site, Node: b.node.ID, Scopes: scopes, Schema: node.SchemaVersion, View: b.node.Committer.View,
		MACs: func(records []feed.Sequenced) []byte { return link.MACs(e.MAC, records) },
		Held: held, Stream: stream, Random: rand.Reader, Now: time.Now(),
	}, f.Progress)
	return BundleResult{Summary: sum, Site: e.Site.String()}, told(err)
}

func (b *bundles) read(ctx context.Context, in BundleRequest, f Files) (any, error) {
	e, err := b.end(in.Site)
	if err != nil {
		return nil, err
	}
	ring, _, err := ringOf(e)
	if err != nil {
		return nil, err
	}
	d, peer, _ := e.outward()
	store := b.node.LinkStore()
	sum, err := bundle.Read(ctx, f.In, bundle.Target{
		Site: e.Site, Peer: peer, Ring: ring, Direction: 1 - d, View: b.node.Committer.View,
		Adopt: func(ctx context.Context, scope feed.Scope, c feed.Cursor) error {
			return store.Write(ctx, func(tx feed.Tx) error { return feed.Adopt(tx, scope, peer, c) })
		},
		Merge: b.merge,
	}, func(int, int) {})
	held, cursorErr := b.held(e.Site, peer)
	if err = errors.Join(told(err), cursorErr); err != nil {
		if sum.Records > 0 {
			err = fmt.Errorf("%w. What came before it is merged: %d records, of which %d were new. The cursor is now %s", err, sum.Records, sum.Applied, held)
		}
		return nil, err
	}
	return BundleResult{Summary: sum, Site: e.Site.String(), Cursor: held.String()}, nil
}

// merge keeps the hub's marks of network records before it merges them, as the link does.
func (b *bundles) merge(ctx context.Context, in bundle.Incoming) (applied, parked int, err error) {
	if len(in.MACs) > 0 {
		err := b.node.Committer.Write(ctx, func(w *commit.Writer) error { return link.Vouch(w.Tx(), in.Records, in.MACs) })
		if err != nil {
			return 0, 0, err
		}
	}
	merged, err := b.node.Committer.Merge(ctx, commit.Incoming{
		Scope: in.Scope, Peer: in.Peer, Timeline: in.Timeline, From: in.From, To: in.To, Head: in.Head, Records: in.Records, Advance: true,
	})
	return merged.Applied, len(merged.Parked), err
}

func (b *bundles) cursor(in BundleRequest) (any, error) {
	e, err := b.end(in.Site)
	if err != nil {
		return nil, err
	}
	_, peer, _ := e.outward()
	held, err := b.held(e.Site, peer)
	return BundleResult{Site: e.Site.String(), Cursor: held.String()}, err
}

func (b *bundles) held(site record.ID, peer string) (held bundle.Held, err error) {
	err = b.node.Committer.View(func(tx feed.Tx) (err error) {
		held, err = bundle.ReadHeld(tx, site, peer)
		return err
	})
	return held, err
}

// told makes what is wrong with a file or a cursor a refusal, and leaves faults of the node what they are.
func told(err error) error {
	about := []error{bundle.ErrNoBundle, bundle.ErrGap, bundle.ErrBroken, bundle.ErrCut, bundle.ErrCursor}
	if slices.ContainsFunc(about, func(known error) bool { return errors.Is(err, known) }) {
		return &clinic.Error{Code: clinic.CodeInvalid, Message: err.Error()}
	}
	return err
}
