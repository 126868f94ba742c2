package hub

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
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
// and once it is used usedSite and usedNode. A site key: site, number, key. The MAC key: key.
const (
	purposeInvitation = "invitation"
	purposeSite       = "site key"
	purposeMAC        = "mac"
)

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
func Operations(n *node.Node) control.Operations {
	ops := control.StaffOperations(n)
	register := newRegister(n)
	ops["hub.enrol"] = control.Op(func(ctx context.Context, in EnrolRequest) (any, error) { return register.invite(ctx, in) })
	return ops
}

// register is who the hub's sites are and what keys they have, in the hub's store.
type register struct {
	node *node.Node
	one  sync.Mutex // enrols one box at a time: an invitation is good for one
}

func newRegister(n *node.Node) *register { return &register{node: n} }

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
	name    string
	revoked bool
}

// sites lists the sites by name.
func (g *register) sites() ([]enrolledSite, error) {
	all := []enrolledSite{}
	err := g.node.Committer.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, feed.Network, clinic.KindSite, func(r record.Record) (bool, error) {
			all = append(all, enrolledSite{r.ID, r.Get("name").Text(), r.Get("state").Text() == "revoked"})
			return true, nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list the sites: %w", err)
	}
	slices.SortFunc(all, func(a, b enrolledSite) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.id.String(), b.id.String()))
	})
	return all, nil
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
		if clinic.NormalName(s.name) == clinic.NormalName(in.Name) {
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

// Site returns the keys of a site, the current one last.
func (g *register) Site(site record.ID) ([]link.SiteKey, error) {
	var keys []link.SiteKey
	err := g.node.Committer.View(func(tx feed.Tx) error {
		s, _, known, err := feed.Load(tx, feed.Network, record.Key{Kind: clinic.KindSite, ID: site})
		if err != nil || !known {
			return err
		}
		r, _, ok, err := feed.Load(tx, g.node.Local, record.Key{Kind: clinic.KindKey, ID: siteKeyID(site)})
		if err != nil || !ok {
			return err
		}
		key := link.SiteKey{ID: seal.KeyID(r.Get("number").Int()), Revoked: s.Get("state").Text() == "revoked"}
		copy(key.Key[:], r.Get("key").Bytes())
		keys = append(keys, key)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the keys of site %s: %w", site, err)
	}
	return keys, nil
}

func siteKeyID(site record.ID) record.ID { return record.Derive(purposeSite, site.String()) }

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
	key := link.SiteKey{}
	if again {
		held, _, ok, err := feed.Load(w.Tx(), g.node.Local, record.Key{Kind: clinic.KindKey, ID: siteKeyID(e.Site)})
		if err != nil {
			return key, err
		}
		if ok {
			key.ID = seal.KeyID(held.Get("number").Int())
			copy(key.Key[:], held.Get("key").Bytes())
			return key, nil
		}
	}
	if key.Key, err = seal.NewSiteKey(rand.Reader); err != nil {
		return key, err
	}
	key.ID = newKeyID()
	return key, g.keepSite(w, r.Get("name").Text(), asked, e, key)
}

// keepSite writes down the site, its key, and that the invitation is spent.
func (g *register) keepSite(w *commit.Writer, name string, asked record.Key, e link.Enrolment, key link.SiteKey) error {
	_, _, known, err := feed.Load(w.Tx(), feed.Network, record.Key{Kind: clinic.KindSite, ID: e.Site})
	if err != nil {
		return err
	}
	now := record.TimeValue(time.Now())
	site := map[string]record.Value{"name": record.Text(cmp.Or(name, e.Name)), "state": record.Text("enrolled"), "enrolledAt": now, "revokedAt": record.Null()}
	if !known {
		site["createdBy"], site["createdAt"] = record.Text("hub"), now
	}
	if _, err := w.Edit(feed.Network, record.Edit{Kind: clinic.KindSite, ID: e.Site, Set: site}); err != nil {
		return err
	}
	_, err = w.Edit(g.node.Local, record.Edit{Kind: clinic.KindKey, ID: siteKeyID(e.Site), Set: map[string]record.Value{
		"purpose": record.Text(purposeSite), "site": record.IDValue(e.Site), "number": record.Int(int64(key.ID)), "key": record.Bytes(key.Key[:]),
	}})
	if err != nil {
		return err
	}
	_, err = w.Edit(g.node.Local, record.Edit{Kind: asked.Kind, ID: asked.ID, Set: map[string]record.Value{
		"usedSite": record.IDValue(e.Site), "usedNode": record.Text(e.Node),
	}})
	return err
}

// newKeyID draws the number of a key; the highest bit belongs to join codes.
func newKeyID() seal.KeyID {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	return seal.KeyID(uint32(b[0]&0x7f)<<24|uint32(b[1])<<16|uint32(b[2])<<8|uint32(b[3])) | 1
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
