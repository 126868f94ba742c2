// Package node is what a site's node and the centre's hub have in common: a data directory opened for writing by one
// process, with its identity, its store and its committer, and the listeners in front of it with an orderly end.
//
// It promises that a directory belongs to one node of one role for good, that every scope has a fresh timeline before
// anything is written, and that the store closes last. It refuses to know what an edge or a hub serves.
package node

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/storage/bolt"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// The roles of a node.
const (
	Edge = "edge"
	Hub  = "hub"
)

// Files of a data directory. RoleFile repeats the store's role in plain text, for people and for commands that find
// the store in use.
const (
	StoreFile  = "sangam.db"
	TokensFile = "tokens"
	RoleFile   = "role"
)

// Names of a node's small values in its store.
const (
	metaRole = "role"
	metaNode = "node"
	metaSite = "site"
)

// Options of Open. Site is used only by an empty directory of an edge: the id that its join code names, or zero for
// a new one.
type Options struct {
	Dir       string
	Role      string
	Site      record.ID
	ClinicNow func() time.Time // nil: real time
	Log       *slog.Logger
}

// Node is an open data directory.
type Node struct {
	Dir, Role string
	ID        string    // 32 hexadecimal digits, for the life of the directory
	Boot      string    // 16 hexadecimal digits, new at every opening
	Site      record.ID // of an edge; zero at a hub
	Fresh     bool      // the directory was empty
	Local     feed.Scope
	Rules     feed.Rules
	Store     *bolt.Store
	Committer *commit.Committer
	Log       *slog.Logger
}

// ErrRole says that a directory belongs to a node of the other role.
var ErrRole = errors.New("the directory belongs to a node of another role")

// Open opens the directory, making it when it is missing, and prepares its committer. The caller closes it.
func Open(o Options) (*Node, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	store, err := bolt.Open(filepath.Join(o.Dir, StoreFile), bolt.Options{Logger: o.Log})
	if err != nil {
		return nil, err
	}
	n, err := open(store, o)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if err := os.WriteFile(filepath.Join(o.Dir, RoleFile), []byte(o.Role+"\n"), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("note the role of the directory: %w", err), store.Close())
	}
	return n, nil
}

// Look opens the directory of a node that does not run for reading alone: nothing is written or minted, and the node has
// no committer. The caller closes it.
func Look(dir, role string) (*Node, error) {
	store, err := bolt.Open(filepath.Join(dir, StoreFile), bolt.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	n := &Node{Dir: dir, Role: role, Store: store}
	if err := store.View(func(tx feed.Tx) error { return n.recall(tx, Options{Dir: dir, Role: role}) }); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	n.Local = feed.LocalScope(n.ID)
	return n, nil
}

// RoleOf tells whose directory dir is, without opening its store.
func RoleOf(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, RoleFile))
	if err != nil {
		return "", fmt.Errorf("%s is no data directory of an edge or a hub: %w", dir, err)
	}
	return strings.TrimSpace(string(text)), nil
}

func open(store *bolt.Store, o Options) (*Node, error) {
	var writer [8]byte
	_, _ = rand.Read(writer[:]) // never fails, by its contract
	n := &Node{
		Dir: o.Dir, Role: o.Role, Store: store, Log: cmp.Or(o.Log, slog.Default()), Boot: hex.EncodeToString(writer[:]),
		Rules: feed.Rules{Schema: clinic.Schema, Writer: record.Writer(binary.BigEndian.Uint64(writer[:]))},
	}
	if err := store.Update(func(tx feed.Tx) error { return n.identify(tx, o) }); err != nil {
		return nil, err
	}
	n.Local = feed.LocalScope(n.ID)
	scopes := []feed.Scope{n.Local, feed.Network}
	if n.Role == Edge {
		scopes = append(scopes, feed.SiteScope(n.Site))
	}
	err := store.Update(func(tx feed.Tx) error { return feed.MintAll(tx, rand.Reader, scopes...) })
	if err != nil {
		return nil, fmt.Errorf("begin a timeline: %w", err)
	}
	if err := store.Update(func(tx feed.Tx) error { return feed.EnsureIndexes(tx, clinic.Schema) }); err != nil {
		return nil, fmt.Errorf("bring the indexes up to date: %w", err)
	}
	clinicNow := o.ClinicNow
	if clinicNow == nil {
		clinicNow = time.Now
	}
	n.Committer, err = commit.New(store, commit.Options{
		Rules: n.Rules, Node: n.ID, Site: n.Site, Local: n.Local, Now: time.Now, ClinicNow: clinicNow,
		TokensPath: filepath.Join(o.Dir, TokensFile), Replaced: !o.Site.IsZero(), Log: n.Log,
	})
	return n, err
}

// identify reads who this directory is, or writes it down for good when it is empty.
func (n *Node) identify(tx feed.Tx, o Options) error {
	role, err := feed.Meta(tx, metaRole)
	if err != nil {
		return err
	}
	if role == nil {
		n.Fresh = true
		return n.mint(tx, o)
	}
	return n.recall(tx, o)
}

// recall reads who this directory is.
func (n *Node) recall(tx feed.Tx, o Options) error {
	role, err := feed.Meta(tx, metaRole)
	if err != nil {
		return err
	}
	if string(role) != o.Role {
		return fmt.Errorf("%s holds the data of %s, not of %s: %w", o.Dir, article(string(role)), article(o.Role), ErrRole)
	}
	id, err := feed.Meta(tx, metaNode)
	if err != nil {
		return err
	}
	n.ID = string(id)
	site, err := feed.Meta(tx, metaSite)
	if err != nil {
		return err
	}
	copy(n.Site[:], site)
	if !o.Site.IsZero() && n.Role == Edge && o.Site != n.Site {
		return fmt.Errorf("this box already works for site %s, the join code is for site %s: use a code for this site, or an empty directory", n.Site, o.Site)
	}
	return nil
}

func (n *Node) mint(tx feed.Tx, o Options) error {
	var id [16]byte
	_, _ = rand.Read(id[:])
	n.ID = hex.EncodeToString(id[:])
	if o.Role == Edge {
		n.Site = o.Site
		if n.Site.IsZero() {
			n.Site = record.NewV7(time.Now(), rand.Reader)
		}
	}
	return errors.Join(
		feed.SetMeta(tx, metaRole, []byte(o.Role)),
		feed.SetMeta(tx, metaNode, []byte(n.ID)),
		feed.SetMeta(tx, metaSite, n.Site[:]),
	)
}

func article(role string) string {
	if role == Edge {
		return "an edge"
	}
	return "a " + role
}

// Close closes the store. The committer must have stopped.
func (n *Node) Close() error { return n.Store.Close() }
