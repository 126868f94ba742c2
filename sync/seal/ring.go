package seal

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// Ring holds the keys of one site, at the site or at the hub. Several are valid at once while a key is rotated, and a
// join code's one-time secret is one of them until the site has its key. It is not safe for concurrent use.
type Ring struct {
	site    [16]byte
	keys    map[KeyID]*ringKey
	current KeyID
}

type ringKey struct {
	site    SiteKey // zero for a one-time secret, which can found no session
	open    pair
	revoked bool
}

// NewRing returns a ring without keys. A hub has one for itself too, under its own id as site, for its probes.
func NewRing(site [16]byte) *Ring {
	return &Ring{site: site, keys: map[KeyID]*ringKey{}}
}

// Site is whose ring it is.
func (r *Ring) Site() [16]byte { return r.site }

// Add adds a site key, and makes it the current one if there is none. id must not be 0 nor that of a one-time secret.
func (r *Ring) Add(id KeyID, key SiteKey) error {
	if id == 0 || id.OneTime() {
		return fmt.Errorf("add key %d: not the id of a site key", id)
	}
	r.add(id, &ringKey{site: key, open: derivePair(key[:], nil, "open")})
	return nil
}

// AddSecret adds the one-time secret of a join code and returns its id, and makes it current if nothing is.
func (r *Ring) AddSecret(s Secret) KeyID {
	id := s.KeyID()
	r.add(id, &ringKey{open: derivePair(s[:], nil, "join")})
	return id
}

func (r *Ring) add(id KeyID, k *ringKey) {
	r.keys[id] = k
	if r.current == 0 {
		r.current = id
	}
}

// Use makes a key the current one, which Seal takes when none is named. The other keys still unseal.
func (r *Ring) Use(id KeyID) error {
	if _, err := r.valid(id); err != nil {
		return fmt.Errorf("use key %d: %w", id, err)
	}
	r.current = id
	return nil
}

// Current is the key that Seal takes when none is named, or 0.
func (r *Ring) Current() KeyID { return r.current }

// Remove forgets a key. Frames sealed with it are then ErrUnknownKey. If it was current, none is.
func (r *Ring) Remove(id KeyID) {
	delete(r.keys, id)
	if r.current == id {
		r.current = 0
	}
}

// Revoke keeps a key for one purpose: to know that a frame really comes from who had it, and to answer that it is
// revoked. Unseal returns ErrRevoked for it, Session refuses, Seal works when it is named.
func (r *Ring) Revoke(id KeyID) {
	if k := r.keys[id]; k != nil {
		k.revoked = true
	}
	if r.current == id {
		r.current = 0
	}
}

// Keys are the ids held, revoked ones too, in order.
func (r *Ring) Keys() []KeyID { return slices.Sorted(maps.Keys(r.keys)) }

// valid finds a key that may be used for more than saying that it is revoked.
func (r *Ring) valid(id KeyID) (*ringKey, error) {
	k := r.keys[id]
	switch {
	case k == nil:
		return nil, fmt.Errorf("%w: %d", ErrUnknownKey, id)
	case k.revoked:
		return nil, fmt.Errorf("%w: %d", ErrRevoked, id)
	}
	return k, nil
}

// Seal seals a body under the "open" key of a direction. Of h it takes Kind, Session and KeyID; 0 means the current
// key. An answer names the key that the question came with. body stays the caller's.
func (r *Ring) Seal(random io.Reader, d Direction, h Header, body []byte) ([]byte, error) {
	if h.KeyID == 0 {
		h.KeyID = r.current
	}
	k := r.keys[h.KeyID]
	if k == nil {
		return nil, fmt.Errorf("seal kind %d: %w: %d", h.Kind, ErrUnknownKey, h.KeyID)
	}
	h.Open, h.Site, h.Counter = true, r.site, 0
	return sealFrame(random, k.open[d], h, body)
}

// Unseal opens a frame that was sealed under the "open" key of a direction. The body is the caller's; the frame is
// not changed. With ErrRevoked the header is genuine and the body withheld; with any other error there is neither.
// A repeat of a frame opens as well as its first arrival.
func (r *Ring) Unseal(d Direction, frame []byte) (Header, []byte, error) {
	h, compressed, err := parseHeader(frame)
	switch {
	case err != nil:
		return Header{}, nil, err
	case h.Site != r.site:
		return Header{}, nil, ErrSite
	case !h.Open:
		return Header{}, nil, fmt.Errorf("%w: it is numbered, and not sealed under the open key", ErrSession)
	}
	k := r.keys[h.KeyID]
	if k == nil {
		return Header{}, nil, fmt.Errorf("%w: %d", ErrUnknownKey, h.KeyID)
	}
	packed, err := openFrame(k.open[d], frame)
	if err != nil {
		return Header{}, nil, err
	}
	if k.revoked {
		return h, nil, fmt.Errorf("%w: %d", ErrRevoked, h.KeyID)
	}
	body, err := decompress(packed, compressed)
	if err != nil {
		return Header{}, nil, err
	}
	return h, body, nil
}
