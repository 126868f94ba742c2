package hub

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// invitationDays is how long a join code may be used.
const invitationDays = 7

// Purposes of key records in the hub's own scope. An invitation: number, secret, name, site (when known), expiresAt,
// and once it is used usedSite and usedNode. A site key: see siteKeys. The MAC key: key.
const (
	purposeInvitation = "invitation"
	purposeSite       = "site key"
	purposeMAC        = "mac"
)

// stateRevoked is the state of a site that was shut out.
const stateRevoked = "revoked"

// EnrolRequest are the arguments of hub.enrol.
type EnrolRequest struct {
	Name string `json:"name"` // of a new site, or of a known one whose box is replaced
}

// Enrolled is the answer of hub.enrol.
type Enrolled struct {
	Code    string   `json:"code"`
	Site    string   `json:"site,omitempty"` // id, when the site was known
	Expires api.Time `json:"expires"`
}

// Operations are what an operator may ask of a hub's directory.
func Operations(n *node.Node) control.Operations { return newRegister(n).operations(nil) }

// operations are those of a hub whose lines run, or with nil of one that is switched off.
func (g *register) operations(lines func(string) ([]control.Line, error)) control.Operations {
	ops := control.StaffOperations(g.node)
	ops["hub.enrol"] = control.Op(func(ctx context.Context, in EnrolRequest) (any, error) { return g.invite(ctx, in) })
	ops["hub.sites"] = control.Op(g.list)
	ops["hub.acl"] = control.Op(g.access)
	ops["hub.revoke"] = control.Op(g.revoke)
	ops["hub.rotate_key"] = control.Op(g.rotate)
	ops["hub.retire_key"] = control.Op(g.retire)
	maps.Copy(ops, control.BundleOperations(g.node, g.lineEnd))
	maps.Copy(ops, control.LinkOperations(g.node, lines, g.lineEnd))
	maps.Copy(ops, control.BackupOperations(g.node))
	maps.Copy(ops, control.DoctorOperations(g.node, lines))
	return ops
}

// lineEnd is the hub's end of a site's line, as bundles need it.
func (g *register) lineEnd(name string) (control.LineEnd, error) {
	if name == "" {
		return control.LineEnd{}, &clinic.Error{Code: clinic.CodeInvalid, Message: "At the centre this is about one site: say which (--site)."}
	}
	s, err := g.find(name)
	if err != nil {
		return control.LineEnd{}, err
	}
	keys, err := g.Site(s.id)
	if err != nil {
		return control.LineEnd{}, err
	}
	mac, err := g.macKey(context.Background())
	return control.LineEnd{Site: s.id, Side: seal.Hub, Keys: keys, MAC: mac}, err
}

// register is who the hub's sites are and what keys they have, in the hub's store.
type register struct {
	node *node.Node
	one  sync.Mutex // changes keys one at a time: an invitation is good for one box
	// keyInUse is the key of a site's last session; nil while no link runs.
	keyInUse func(record.ID) seal.KeyID
	asked    chan struct{} // a site's record changed, and may ask for a new key; capacity 1
}

func newRegister(n *node.Node) *register { return &register{node: n, asked: make(chan struct{}, 1)} }

var _ link.Keys = (*register)(nil)

// hubID is the hub as join codes name it.
func (g *register) hubID() (id record.ID) {
	raw, _ := hex.DecodeString(g.node.ID) // made by package node
	copy(id[:], raw)
	return id
}

// enrolledSite is one site of the centre.
type enrolledSite struct {
	id      record.ID
	name    string // as the site calls itself; that of its enrolment while it does not
	former  string // of its enrolment
	revoked bool
	at      time.Time // of its last enrolment
	rotate  time.Time // when an admin asked for a new key
}

// sites lists the sites by name.
func (g *register) sites() ([]enrolledSite, error) {
	all := []enrolledSite{}
	err := g.node.Committer.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, feed.Network, clinic.KindSite, func(r record.Record) (bool, error) {
			all = append(all, enrolledSite{r.ID, r.Get("name").Text(), r.Get("name").Text(), r.Get("state").Text() == stateRevoked, r.Get("enrolledAt").Time(), r.Get("rotateAt").Time()})
			return true, nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list the sites: %w", err)
	}
	for i := range all {
		g.node.Committer.Day(all[i].id, func(day *clinic.Day) { all[i].name = cmp.Or(day.Settings().Name, all[i].former) })
	}
	slices.SortFunc(all, func(a, b enrolledSite) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.id.String(), b.id.String()))
	})
	return all, nil
}

// called reports whether somebody means the site by this name, also by the one of its enrolment.
func (s enrolledSite) called(name string) bool {
	name = clinic.NormalName(name)
	return clinic.NormalName(s.name) == name || clinic.NormalName(s.former) == name
}

// invite makes a join code, durably known before it is told. The name of a known site gives a code for that site.
func (g *register) invite(ctx context.Context, in EnrolRequest) (Enrolled, error) {
	in.Name = strings.TrimSpace(in.Name)
	if in.Name == "" || len(in.Name) > 200 {
		return Enrolled{}, &clinic.Error{Code: clinic.CodeInvalid, Message: "A site has a name of at most 200 letters."}
	}
	known, err := g.sites()
	if err != nil {
		return Enrolled{}, err
	}
	var site record.ID
	for _, s := range known {
		if s.called(in.Name) {
			site = s.id
		}
	}
	code, err := seal.NewJoin(rand.Reader, g.hubID(), site)
	if err != nil {
		return Enrolled{}, fmt.Errorf("make a join code: %w", err)
	}
	expires := time.Now().AddDate(0, 0, invitationDays)
	number := seal.NewRing(g.hubID()).AddSecret(code.Secret)
	set := map[string]record.Value{
		"purpose": record.Text(purposeInvitation), "number": record.Int(int64(number)), "secret": record.Bytes(code.Secret[:]),
		"name": record.Text(in.Name), "expiresAt": record.TimeValue(expires),
	}
	answer := Enrolled{Code: code.Code(), Expires: api.At(expires)}
	if !site.IsZero() {
		set["site"], answer.Site = record.IDValue(site), site.String()
	}
	return answer, g.write(ctx, g.node.Local, record.Edit{Kind: clinic.KindKey, ID: invitationID(number), Set: set})
}

func invitationID(number seal.KeyID) record.ID {
	return record.Derive(purposeInvitation, fmt.Sprint(number))
}

func (g *register) write(ctx context.Context, scope feed.Scope, edits ...record.Edit) error {
	return g.node.Committer.Write(ctx, func(w *commit.Writer) error {
		for _, e := range edits {
			if _, err := w.Edit(scope, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// Invitation finds the secret of a join code.
func (g *register) Invitation(number seal.KeyID) (secret seal.Secret, known bool) {
	err := g.node.Committer.View(func(tx feed.Tx) error {
		r, _, ok, err := feed.Load(tx, g.node.Local, record.Key{Kind: clinic.KindKey, ID: invitationID(number)})
		if ok {
			copy(secret[:], r.Get("secret").Bytes())
			known = true
		}
		return err
	})
	return secret, known && err == nil
}

// Enrol binds a site to this hub and spends the invitation. The box that used it gets the same key again, since the
// answer may have been lost.
func (g *register) Enrol(ctx context.Context, e link.Enrolment) (key link.SiteKey, err error) {
	g.one.Lock()
	defer g.one.Unlock()
	err = g.node.Committer.Write(ctx, func(w *commit.Writer) error {
		key, err = g.bind(w, e)
		return err
	})
	return key, err
}

func (g *register) bind(w *commit.Writer, e link.Enrolment) (link.SiteKey, error) {
	asked := record.Key{Kind: clinic.KindKey, ID: invitationID(e.Invitation)}
	r, _, ok, err := feed.Load(w.Tx(), g.node.Local, asked)
	if err != nil {
		return link.SiteKey{}, err
	}
	if !ok {
		return link.SiteKey{}, link.ErrJoinExpired
	}
	meant, usedSite := r.Get("site").ID(), r.Get("usedSite").ID()
	used := !usedSite.IsZero()
	again := used && usedSite == e.Site && r.Get("usedNode").Text() == e.Node
	switch {
	case used && !again:
		return link.SiteKey{}, link.ErrJoinUsed
	case !used && time.Now().After(r.Get("expiresAt").Time()):
		return link.SiteKey{}, link.ErrJoinExpired
	case !meant.IsZero() && meant != e.Site:
		return link.SiteKey{}, link.ErrJoinSite
	}
	k, err := g.loadKeys(w.Tx(), e.Site)
	if err != nil || again && k.current.ID != 0 {
		return k.current, err
	}
	// The box before this one, if there was any, is told that its key is worth nothing.
	if err := k.replace(true); err != nil {
		return link.SiteKey{}, err
	}
	return k.current, g.keepSite(w, r.Get("name").Text(), asked, e, k)
}

// keepSite writes down the site, its keys, and that the invitation is spent.
func (g *register) keepSite(w *commit.Writer, name string, asked record.Key, e link.Enrolment, k siteKeys) error {
	_, _, known, err := feed.Load(w.Tx(), feed.Network, record.Key{Kind: clinic.KindSite, ID: e.Site})
	if err != nil {
		return err
	}
	numbers, err := k.numbers()
	if err != nil {
		return err
	}
	now := record.TimeValue(time.Now())
	site := map[string]record.Value{
		"name": record.Text(cmp.Or(name, e.Name)), "state": record.Text("enrolled"), "enrolledAt": now, "revokedAt": record.Null(), "keys": numbers,
	}
	if !known {
		site["createdBy"], site["createdAt"] = record.Text("hub"), now
	}
	if _, err := w.Edit(feed.Network, record.Edit{Kind: clinic.KindSite, ID: e.Site, Set: site}); err != nil {
		return err
	}
	if err := g.keepKeys(w, e.Site, k); err != nil {
		return err
	}
	_, err = w.Edit(g.node.Local, record.Edit{Kind: asked.Kind, ID: asked.ID, Set: map[string]record.Value{
		"usedSite": record.IDValue(e.Site), "usedNode": record.Text(e.Node),
	}})
	return err
}

// macKey is the key by which the hub knows its own network records again; it is made at the first start.
func (g *register) macKey(context.Context) (key seal.MACKey, err error) {
	id := record.Derive(purposeMAC, g.node.ID)
	err = g.node.Store.View(func(tx feed.Tx) error {
		r, _, _, err := feed.Load(tx, g.node.Local, record.Key{Kind: clinic.KindKey, ID: id})
		copy(key[:], r.Get("key").Bytes())
		return err
	})
	if err != nil || key != (seal.MACKey{}) {
		return key, err
	}
	if key, err = seal.NewMACKey(rand.Reader); err != nil {
		return key, err
	}
	// The committer does not run yet, and nobody else writes.
	err = g.node.Store.Update(func(tx feed.Tx) error {
		_, err := g.node.Rules.Edit(tx, g.node.Local, record.Edit{Kind: clinic.KindKey, ID: id, Set: map[string]record.Value{
			"purpose": record.Text(purposeMAC), "key": record.Bytes(key[:]),
		}}, time.Now())
		return err
	})
	return key, err
}
