package edge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// Operations are what an operator may ask of a site's directory.
func Operations(n *node.Node) control.Operations { return operations(n, nil) }

// operations are those of a node whose lines run, or with nil of one that is switched off.
func operations(n *node.Node, lines func(string) ([]control.Line, error)) control.Operations {
	end := func(string) (control.LineEnd, error) {
		keys, err := linkKeys(n)
		return control.LineEnd{Site: n.Site, Side: seal.Edge, Keys: keys}, err
	}
	ops := control.StaffOperations(n)
	maps.Copy(ops, control.BundleOperations(n, end))
	maps.Copy(ops, control.LinkOperations(n, lines, end))
	maps.Copy(ops, control.BackupOperations(n))
	maps.Copy(ops, control.DoctorOperations(n, lines))
	return ops
}

// lines tells of the site's one line.
func (s *site) lines(string) ([]control.Line, error) {
	line := control.Line{State: string(link.Off)}
	if s.link != nil {
		line = control.LineOf(s.link.Status(), s.link.Traffic())
	}
	line.Site, line.Name = s.node.Site.String(), s.name()
	return []control.Line{line}, nil
}

// linkPurpose marks a key record as the site's key for the line; its fields: purpose, number, key, hub, and the hash
// of the join code that brought it.
const linkPurpose = "link"

// linkKeys reads the site's keys, the one kept last at the end.
func linkKeys(n *node.Node) ([]link.SiteKey, error) {
	type kept struct {
		key link.SiteKey
		at  int64
	}
	var all []kept
	err := eachKey(n, func(r *record.Record) {
		k := kept{key: link.SiteKey{ID: seal.KeyID(r.Get("number").Int())}, at: r.Get("keptAt").Int()}
		copy(k.key.Key[:], r.Get("key").Bytes())
		all = append(all, k)
	})
	slices.SortStableFunc(all, func(a, b kept) int { return int(a.at - b.at) })
	keys := make([]link.SiteKey, len(all))
	for i := range all {
		keys[i] = all[i].key
	}
	return keys, err
}

// joinedWith tells whether this very code brought a key before.
func joinedWith(n *node.Node, code *seal.Join) bool {
	used := false
	hash := codeHash(code)
	err := eachKey(n, func(r *record.Record) { used = used || bytes.Equal(r.Get("code").Bytes(), hash) })
	return err == nil && used
}

func eachKey(n *node.Node, visit func(*record.Record)) error {
	err := n.Committer.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, n.Local, clinic.KindKey, func(r record.Record) (bool, error) {
			if r.Get("purpose").Text() == linkPurpose {
				visit(&r)
			}
			return true, nil
		})
	})
	if err != nil {
		return fmt.Errorf("read the site's keys: %w", err)
	}
	return nil
}

// keep stores a key that the hub gave, before it is used.
func (s *site) keep(code *seal.Join) func(context.Context, link.Enrolled) error {
	return func(ctx context.Context, e link.Enrolled) error {
		set := map[string]record.Value{
			"purpose": record.Text(linkPurpose), "number": record.Int(int64(e.Key.ID)), "key": record.Bytes(e.Key.Key[:]),
			"hub": record.Bytes(e.Hub[:]), "keptAt": record.TimeValue(time.Now()),
		}
		if code != nil {
			set["code"] = record.Bytes(codeHash(code))
		}
		id := record.Derive("link key", fmt.Sprint(e.Key.ID))
		return s.node.Committer.Write(ctx, func(w *commit.Writer) error {
			_, err := w.Edit(s.node.Local, record.Edit{Kind: clinic.KindKey, ID: id, Set: set})
			return err
		})
	}
}

func codeHash(code *seal.Join) []byte {
	sum := sha256.Sum256([]byte(code.Code()))
	return sum[:]
}

// name is the site's name as it stands, for the centre to know who joins.
func (s *site) name() string {
	name := s.o.SiteName
	s.node.Committer.Day(s.node.Site, func(day *clinic.Day) {
		if own := day.Settings().Name; own != "" {
			name = own
		}
	})
	return name
}
