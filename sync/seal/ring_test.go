package seal_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/sync/seal"
)

func TestRotationWorksWhileEitherEndIsBehind(t *testing.T) {
	before, after := key(t, 1), key(t, 2)
	site := ring(t, siteA, 1, before)
	hub := ring(t, siteA, 1, before)
	if err := hub.Add(2, after); err != nil {
		t.Fatal(err)
	}
	if hub.Current() != 1 {
		t.Errorf("adding a key made %d the current one; the site does not have it yet", hub.Current())
	}
	check := func(step string, from, to *seal.Ring, d seal.Direction, want seal.KeyID) {
		t.Helper()
		h, body, err := to.Unseal(d, sealedOpen(t, from, d, "x"))
		if err != nil || string(body) != "x" || h.KeyID != want {
			t.Errorf("%s: key %d, %q, %v, want key %d", step, h.KeyID, body, err, want)
		}
	}
	check("hub has both, up", site, hub, seal.Up, 1)
	check("hub has both, down", hub, site, seal.Down, 1)
	if err := site.Add(2, after); err != nil {
		t.Fatal(err)
	}
	if err := site.Use(2); err != nil {
		t.Fatal(err)
	}
	check("site uses the new one, up", site, hub, seal.Up, 2)
	check("hub answers with the old one", hub, site, seal.Down, 1)
	if err := hub.Use(2); err != nil {
		t.Fatal(err)
	}
	hub.Remove(1)
	if got, want := hub.Keys(), []seal.KeyID{2}; !slices.Equal(got, want) {
		t.Errorf("keys %v, want %v", got, want)
	}
	old, err := site.Seal(new(fixed), seal.Up, seal.Header{KeyID: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := hub.Unseal(seal.Up, old); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("a removed key: %v, want ErrUnknownKey", err)
	}
}

func TestRevokedSiteIsRecognisedAndCanBeTold(t *testing.T) {
	site, hub := ring(t, siteA, 1, key(t, 1)), ring(t, siteA, 1, key(t, 1))
	hub.Revoke(1)
	h, body, err := hub.Unseal(seal.Up, sealedOpen(t, site, seal.Up, "hello"))
	if !errors.Is(err, seal.ErrRevoked) || body != nil || h.Site != siteA || h.KeyID != 1 {
		t.Errorf("unseal: %+v, %q, %v, want a genuine header, no body and ErrRevoked", h, body, err)
	}
	stranger := ring(t, siteA, 1, key(t, 9))
	if h, _, err := hub.Unseal(seal.Up, sealedOpen(t, stranger, seal.Up, "hello")); !errors.Is(err, seal.ErrForged) || h != (seal.Header{}) {
		t.Errorf("who never had the key: %+v, %v, want ErrForged", h, err)
	}
	if _, err := hub.Session(seal.Hub, 1, seal.Nonce{}, seal.Nonce{}); !errors.Is(err, seal.ErrRevoked) {
		t.Errorf("session: %v, want ErrRevoked", err)
	}
	if err := hub.Use(1); !errors.Is(err, seal.ErrRevoked) {
		t.Errorf("use: %v, want ErrRevoked", err)
	}
	if _, err := hub.Seal(new(fixed), seal.Down, seal.Header{}, nil); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("seal without naming a key: %v, want ErrUnknownKey", err)
	}
	answer, err := hub.Seal(new(fixed), seal.Down, seal.Header{KeyID: 1}, []byte("revoked"))
	if err != nil {
		t.Fatal(err)
	}
	if _, body, err := site.Unseal(seal.Down, answer); err != nil || string(body) != "revoked" {
		t.Errorf("the site hears %q, %v", body, err)
	}
}

func TestSecretSealsTheFirstHelloAndFoundsNoSession(t *testing.T) {
	join, err := seal.NewJoin(new(fixed), siteB, siteA)
	if err != nil {
		t.Fatal(err)
	}
	site, hub := seal.NewRing(siteA), ring(t, siteA, 1, key(t, 1))
	id := site.AddSecret(join.Secret)
	if !id.OneTime() || id != hub.AddSecret(join.Secret) || site.Current() != id {
		t.Fatalf("key id %d of the secret, current %d", id, site.Current())
	}
	if hub.Current() != 1 {
		t.Error("the secret became the hub's current key")
	}
	h, body, err := hub.Unseal(seal.Up, sealedOpen(t, site, seal.Up, "hello"))
	if err != nil || string(body) != "hello" || h.KeyID != id {
		t.Errorf("hello: %+v, %q, %v", h, body, err)
	}
	if _, err := site.Session(seal.Edge, id, seal.Nonce{}, seal.Nonce{}); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("session: %v, want ErrUnknownKey", err)
	}
	hub.Remove(id) // used once
	if _, _, err := hub.Unseal(seal.Up, sealedOpen(t, site, seal.Up, "hello")); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("the secret again: %v, want ErrUnknownKey", err)
	}
}

func TestRingRefusesIdsThatAreNotASiteKeys(t *testing.T) {
	r := seal.NewRing(siteA)
	for _, id := range []seal.KeyID{0, 1 << 31, 1<<32 - 1} {
		if err := r.Add(id, key(t, 1)); err == nil {
			t.Errorf("Add took id %d", id)
		}
	}
	if len(r.Keys()) != 0 || r.Current() != 0 {
		t.Errorf("keys %v, current %d", r.Keys(), r.Current())
	}
}

func TestSessionsDifferByEveryIngredient(t *testing.T) {
	base := ring(t, siteA, 1, key(t, 1))
	ids := map[[16]byte]string{}
	for name, c := range map[string]struct {
		ring      *seal.Ring
		edge, hub seal.Nonce
	}{
		"base":           {base, seal.Nonce{1}, seal.Nonce{2}},
		"edge's nonce":   {base, seal.Nonce{9}, seal.Nonce{2}},
		"hub's nonce":    {base, seal.Nonce{1}, seal.Nonce{9}},
		"nonces swapped": {base, seal.Nonce{2}, seal.Nonce{1}},
		"key":            {ring(t, siteA, 1, key(t, 3)), seal.Nonce{1}, seal.Nonce{2}},
	} {
		s, err := c.ring.Session(seal.Edge, 1, c.edge, c.hub)
		if err != nil {
			t.Fatal(err)
		}
		if other, same := ids[s.ID()]; same {
			t.Errorf("%s and %s have one session id", name, other)
		}
		ids[s.ID()] = name
	}
}

func TestMACBindsDataToItsKey(t *testing.T) {
	var f fixed
	k, err := seal.NewMACKey(&f)
	if err != nil {
		t.Fatal(err)
	}
	other, err := seal.NewMACKey(&f)
	if err != nil {
		t.Fatal(err)
	}
	data := []byte("record")
	mac := seal.MAC(k, data)
	if err := seal.VerifyMAC(k, data, mac[:]); err != nil {
		t.Errorf("verify: %v", err)
	}
	for name, err := range map[string]error{
		"other key":  seal.VerifyMAC(other, data, mac[:]),
		"other data": seal.VerifyMAC(k, []byte("recorD"), mac[:]),
		"cut short":  seal.VerifyMAC(k, data, mac[:15]),
		"none":       seal.VerifyMAC(k, data, nil),
	} {
		if !errors.Is(err, seal.ErrForged) {
			t.Errorf("%s: %v, want ErrForged", name, err)
		}
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	f := fixed('A') // as bytes ABC..., as numbers 65 66 67, as hex 414243
	k, _ := seal.NewSiteKey(&f)
	m, _ := seal.NewMACKey(&f)
	j, _ := seal.NewJoin(&f, siteA, siteB)
	for _, secret := range []any{k, &k, m, j.Secret, j, struct{ Key seal.SiteKey }{k}, []seal.SiteKey{k}} {
		var text strings.Builder
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&text, verb+"\n", secret)
		}
		slog.New(slog.NewTextHandler(&text, nil)).Info("x", "secret", secret)
		slog.New(slog.NewJSONHandler(&text, nil)).Info("x", "secret", secret)
		data, err := json.Marshal(secret)
		if err == nil {
			t.Errorf("%T became JSON: %s", secret, data)
		}
		if !strings.Contains(text.String(), "[secret]") {
			t.Errorf("%T: %s", secret, &text)
		}
		for _, leak := range []string{"ABC", "abc", "65 66", "65,66", "414243", "0x41", "a1b2"} {
			if strings.Contains(text.String(), leak) {
				t.Errorf("%T prints %q:\n%s", secret, leak, &text)
			}
		}
	}
}
