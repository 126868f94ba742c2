package hub

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// A site's keys are one record: number and key of the current one, and the former ones. A former key still works while
// it is rotated out; afterwards it is kept for a while so that whoever still holds it is told that it was revoked.

// maxFormer is how many former keys are kept.
const maxFormer = 4

// formerKey is a key before the current one, as the record keeps it.
type formerKey struct {
	_       struct{} `cbor:",toarray"`
	Number  seal.KeyID
	Key     [32]byte
	Revoked bool
}

// siteKeys are all keys of a site.
type siteKeys struct {
	former  []formerKey // newest last
	current link.SiteKey
	made    time.Time // when the current one was drawn
}

func siteKeyID(site record.ID) record.ID { return record.Derive(purposeSite, site.String()) }

func (g *register) loadKeys(tx feed.Tx, site record.ID) (k siteKeys, err error) {
	r, _, ok, err := feed.Load(tx, g.node.Local, record.Key{Kind: clinic.KindKey, ID: siteKeyID(site)})
	if err != nil || !ok {
		return k, err
	}
	k.current.ID = seal.KeyID(r.Get("number").Int())
	copy(k.current.Key[:], r.Get("key").Bytes())
	k.made = r.Get("madeAt").Time()
	if former := r.Get("former").Bytes(); len(former) > 0 {
		if err := cbor.Unmarshal(former, &k.former); err != nil {
			return k, fmt.Errorf("read the former keys of site %s: %w", site, err)
		}
	}
	return k, nil
}

func (g *register) keepKeys(w *commit.Writer, site record.ID, k siteKeys) error {
	former, err := cbor.Marshal(k.former[max(0, len(k.former)-maxFormer):])
	if err != nil {
		return fmt.Errorf("keep the keys of site %s: %w", site, err)
	}
	_, err = w.Edit(g.node.Local, record.Edit{Kind: clinic.KindKey, ID: siteKeyID(site), Set: map[string]record.Value{
		"purpose": record.Text(purposeSite), "site": record.IDValue(site),
		"number": record.Int(int64(k.current.ID)), "key": record.Bytes(k.current.Key[:]), "former": record.Bytes(former),
		"madeAt": record.TimeValue(k.made),
	}})
	return err
}

// replace draws a new current key. The one before goes on working, or is revoked at once.
func (k *siteKeys) replace(revoke bool) (err error) {
	if k.current.ID != 0 {
		k.former = append(k.former, formerKey{Number: k.current.ID, Key: k.current.Key})
	}
	if revoke {
		k.revokeFormer()
	}
	k.current, k.made = link.SiteKey{ID: newKeyID()}, time.Now()
	k.current.Key, err = seal.NewSiteKey(rand.Reader)
	return err
}

func (k *siteKeys) revokeFormer() {
	for i := range k.former {
		k.former[i].Revoked = true
	}
}

// inUse is how many former keys still work.
func (k *siteKeys) inUse() (n int) {
	for _, f := range k.former {
		if !f.Revoked {
			n++
		}
	}
	return n
}

// newKeyID draws the number of a key; the highest bit belongs to join codes.
func newKeyID() seal.KeyID {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	return seal.KeyID(uint32(b[0]&0x7f)<<24|uint32(b[1])<<16|uint32(b[2])<<8|uint32(b[3])) | 1
}

// Site returns the keys of a site, the current one last.
func (g *register) Site(site record.ID) ([]link.SiteKey, error) {
	var keys []link.SiteKey
	err := g.node.Committer.View(func(tx feed.Tx) error {
		s, _, known, err := feed.Load(tx, feed.Network, record.Key{Kind: clinic.KindSite, ID: site})
		if err != nil || !known {
			return err
		}
		k, err := g.loadKeys(tx, site)
		if err != nil || k.current.ID == 0 {
			return err
		}
		revoked := s.Get("state").Text() == stateRevoked
		for _, f := range k.former {
			keys = append(keys, link.SiteKey{ID: f.Number, Key: f.Key, Revoked: revoked || f.Revoked})
		}
		k.current.Revoked = revoked
		keys = append(keys, k.current)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the keys of site %s: %w", site, err)
	}
	return keys, nil
}

// SiteRequest are the arguments of hub.revoke, hub.rotate_key and hub.retire_key.
type SiteRequest struct {
	Site string `json:"site"` // name or id
	// Force retires the old key of a site that was not seen with the new one, which shuts it out until it joins anew.
	Force bool `json:"force,omitempty"`
}

// SiteState is a site as hub.sites tells it.
type SiteState struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Revoked    bool      `json:"revoked"`
	EnrolledAt *api.Time `json:"enrolledAt"`
	// FormerKeys counts the keys before the current one that still work.
	FormerKeys int `json:"formerKeys"`
}

// State is the site's state in a word or two.
func (s SiteState) State() string {
	switch {
	case s.Revoked:
		return "revoked"
	case s.FormerKeys > 0:
		return "new key on its way"
	}
	return "enrolled"
}

// find finds a site by its name or id.
func (g *register) find(text string) (enrolledSite, error) {
	all, err := g.sites()
	if err != nil {
		return enrolledSite{}, err
	}
	text = strings.TrimSpace(text)
	for _, s := range all {
		if s.id.String() == text || s.called(text) {
			return s, nil
		}
	}
	return enrolledSite{}, &clinic.Error{Code: clinic.CodeNotFound, Message: fmt.Sprintf("The centre has no site called %.100q.", text)}
}

func (g *register) list(context.Context, struct{}) (any, error) {
	all, err := g.sites()
	out := make([]SiteState, len(all))
	for i, s := range all {
		out[i] = SiteState{ID: s.id.String(), Name: s.name, Revoked: s.revoked, EnrolledAt: api.AtOrNil(s.at)}
		err = cmp.Or(err, g.node.Committer.View(func(tx feed.Tx) error {
			k, err := g.loadKeys(tx, s.id)
			out[i].FormerKeys = k.inUse()
			return err
		}))
	}
	return out, err
}

// change changes the keys of a site, and its record, by which a running link is told.
func (g *register) change(ctx context.Context, in SiteRequest, set map[string]record.Value, keys func(record.ID, *siteKeys) error) (any, error) {
	s, err := g.find(in.Site)
	if err != nil {
		return nil, err
	}
	if s.revoked {
		return nil, &clinic.Error{Code: clinic.CodeNotAllowed, Message: s.name + " is revoked. Make a new join code to take it in again."}
	}
	g.one.Lock()
	defer g.one.Unlock()
	var k siteKeys
	err = g.node.Committer.Write(ctx, func(w *commit.Writer) error {
		if k, err = g.loadKeys(w.Tx(), s.id); err != nil {
			return err
		}
		if k.current.ID == 0 {
			return &clinic.Error{Code: clinic.CodeNotAllowed, Message: s.name + " has not joined yet and has no key."}
		}
		if err := keys(s.id, &k); err != nil {
			return err
		}
		if err := g.keepKeys(w, s.id, k); err != nil {
			return err
		}
		if set["keys"], err = k.numbers(); err != nil {
			return err
		}
		_, err := w.Edit(feed.Network, record.Edit{Kind: clinic.KindSite, ID: s.id, Set: set})
		return err
	})
	_, revoked := set["state"]
	return SiteState{ID: s.id.String(), Name: s.name, Revoked: revoked, FormerKeys: k.inUse()}, err
}

// numbers are the ids of the keys that work, as the site's record tells them.
func (k *siteKeys) numbers() (record.Value, error) {
	all := []int64{int64(k.current.ID)}
	for _, f := range k.former {
		if !f.Revoked {
			all = append(all, int64(f.Number))
		}
	}
	return record.ValueOf(all)
}

// revoke shuts a site out. It is told so, and gets nothing more.
func (g *register) revoke(ctx context.Context, in SiteRequest) (any, error) {
	set := map[string]record.Value{"state": record.Text(stateRevoked), "revokedAt": record.TimeValue(time.Now())}
	return g.change(ctx, in, set, func(record.ID, *siteKeys) error { return nil })
}

// rotate gives a site a new key. The old one works until it is retired.
func (g *register) rotate(ctx context.Context, in SiteRequest) (any, error) {
	return g.change(ctx, in, map[string]record.Value{}, func(_ record.ID, k *siteKeys) error {
		if k.inUse() > 0 {
			return &clinic.Error{Code: clinic.CodeNotAllowed, Message: "A new key is on its way already: retire the old one first."}
		}
		return k.replace(false)
	})
}

// retire ends a rotation: former keys are worth nothing from now on.
func (g *register) retire(ctx context.Context, in SiteRequest) (any, error) {
	return g.change(ctx, in, map[string]record.Value{}, func(site record.ID, k *siteKeys) error {
		if !in.Force && (g.keyInUse == nil || g.keyInUse(site) != k.current.ID) {
			return &clinic.Error{Code: clinic.CodeNotAllowed, Message: "The site was not seen with its new key since the centre was started. Wait until it is heard, or force it: the site must then join anew."}
		}
		k.revokeFormer()
		return nil
	})
}

// look notes that a site's record changed. It never blocks.
func (g *register) look() {
	select {
	case g.asked <- struct{}{}:
	default: // a look waits already
	}
}

// rotateOnDemand gives a new key to the sites whose record asks for one that is newer than the key, until ctx ends.
func (g *register) rotateOnDemand(ctx context.Context) error {
	for g.look(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-g.asked:
		}
		sites, err := g.sites()
		if err != nil {
			return err
		}
		for _, s := range sites {
			if s.rotate.IsZero() || s.revoked {
				continue
			}
			if err := g.rotateFor(ctx, s); err != nil && ctx.Err() == nil {
				g.node.Log.Warn("a site that is to get a new key gets none", "site", s.name, "err", err)
			}
		}
	}
}

func (g *register) rotateFor(ctx context.Context, s enrolledSite) error {
	var k siteKeys
	err := g.node.Committer.View(func(tx feed.Tx) (err error) {
		k, err = g.loadKeys(tx, s.id)
		return err
	})
	if err != nil || !k.made.Before(s.rotate) || k.current.ID == 0 {
		return err
	}
	if k.inUse() > 0 {
		// The one asked for last is still on its way; an admin who asks again means to be rid of the older ones.
		if _, err := g.retire(ctx, SiteRequest{Site: s.id.String()}); err != nil {
			return err
		}
	}
	_, err = g.rotate(ctx, SiteRequest{Site: s.id.String()})
	return err
}
