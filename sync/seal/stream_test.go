package seal_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"github.com/aashram-care/sangam/sync/seal"
)

// streams are a writer's and a reader's end of one stream upwards.
func streams(t testing.TB) (w, r *seal.Stream) {
	t.Helper()
	keys := ring(t, siteA, 1, key(t, 1))
	var ends [2]*seal.Stream
	for i := range ends {
		s, err := keys.Stream(seal.Up, 1, seal.StreamNonce{9})
		if err != nil {
			t.Fatal(err)
		}
		ends[i] = s
	}
	return ends[0], ends[1]
}

func written(t testing.TB, s *seal.Stream, body string) []byte {
	t.Helper()
	frame, err := s.Seal(rand.Reader, 32, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func TestStreamIsReadInItsOrderAndNoOther(t *testing.T) {
	w, r := streams(t)
	one, two, three := written(t, w, "one"), written(t, w, "two"), written(t, w, "three")
	if _, _, err := r.Unseal(two); !errors.Is(err, seal.ErrTruncated) {
		t.Errorf("the second frame first: %v", err)
	}
	for _, frame := range [][]byte{one, two} {
		if h, _, err := r.Unseal(frame); err != nil || h.Kind != 32 {
			t.Fatalf("%+v, %v", h, err)
		}
	}
	if _, _, err := r.Unseal(one); !errors.Is(err, seal.ErrReplayed) {
		t.Errorf("the first frame again: %v", err)
	}
	if _, body, err := r.Unseal(three); err != nil || string(body) != "three" {
		t.Errorf("%q, %v", body, err)
	}
}

func TestStreamFrameMadeFromTheDocumentationIsRead(t *testing.T) {
	_, r := streams(t)
	k := key(t, 1)
	nonce := append([]byte{9}, make([]byte, 15)...)
	h := seal.Header{Kind: 33, KeyID: 1, Site: siteA, Session: [16]byte(nonce), Counter: 1}
	_, body, err := r.Unseal(documented(t, derived(t, k[:], nonce, "sangam 1 bundle up"), h, 0, []byte("hello")))
	if err != nil || string(body) != "hello" {
		t.Errorf("%q, %v", body, err)
	}
}

func TestStreamFramesBelongToOneStreamSiteAndDirection(t *testing.T) {
	w, _ := streams(t)
	frame := written(t, w, "x")
	keys := ring(t, siteA, 1, key(t, 1))
	for name, c := range map[string]struct {
		ring  *seal.Ring
		d     seal.Direction
		nonce seal.StreamNonce
		want  error
	}{
		"the other direction": {keys, seal.Down, seal.StreamNonce{9}, seal.ErrForged},
		"another stream":      {keys, seal.Up, seal.StreamNonce{8}, seal.ErrSession},
		"another site":        {ring(t, siteB, 1, key(t, 1)), seal.Up, seal.StreamNonce{9}, seal.ErrSite},
		"another key":         {ring(t, siteA, 1, key(t, 2)), seal.Up, seal.StreamNonce{9}, seal.ErrForged},
	} {
		s, err := c.ring.Stream(c.d, 1, c.nonce)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Unseal(frame); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	edge, _ := sessions(t)
	_, r := streams(t)
	if _, _, err := r.Unseal(sealed(t, edge, "x")); !errors.Is(err, seal.ErrSession) {
		t.Errorf("a frame of a session: %v", err)
	}
	keys.Revoke(1)
	if _, err := keys.Stream(seal.Up, 1, seal.StreamNonce{}); !errors.Is(err, seal.ErrRevoked) {
		t.Errorf("a revoked key: %v", err)
	}
}
