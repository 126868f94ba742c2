package seal_test

import (
	"bytes"
	"testing"

	"github.com/aashram-care/sangam/sync/seal"
)

// Whatever arrives, reading it neither panics nor returns a body that was not sealed.
func FuzzUnseal(f *testing.F) {
	r := ring(f, siteA, 1, key(f, 1))
	edge, _ := sessions(f)
	f.Add([]byte{})
	f.Add([]byte{1})
	f.Add(make([]byte, seal.Overhead))
	f.Add(sealedOpen(f, r, seal.Up, "hello"))
	f.Add(sealed(f, edge, "changes"))
	f.Fuzz(func(t *testing.T, frame []byte) {
		h, err := seal.ParseHeader(frame)
		if err == nil && (len(frame) > seal.MaxFrame || len(frame) < seal.Overhead || h.Open != (h.Counter == 0)) {
			t.Errorf("header %+v of %d bytes", h, len(frame))
		}
		_, hub := sessions(t)
		_, body, err := hub.Unseal(frame)
		check(t, body, err)
		_, body, err = r.Unseal(seal.Up, frame)
		check(t, body, err)
	})
}

// Who holds the key may send anything as a compressed body.
func FuzzCompressedBody(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x28\xb5\x2f\xfd"))                          // the mark of a zstd frame, and no more
	f.Add([]byte("\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00hello")) // one raw block
	f.Add([]byte("\x28\xb5\x2f\xfd\xa0\xff\xff\xff\xff\x01\x00\x00"))
	f.Add([]byte("\x50\x2a\x4d\x18\x04\x00\x00\x00skip"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		if len(packed) > seal.MaxFrame-seal.Overhead {
			return // no frame is so long
		}
		edge, hub := sessions(t)
		_, body, err := hub.Unseal(resealCompressed(t, edge, packed))
		check(t, body, err)
	})
}

func check(t *testing.T, body []byte, err error) {
	t.Helper()
	if len(body) > seal.MaxBody {
		t.Errorf("a body of %d bytes", len(body))
	}
	if err != nil && body != nil {
		t.Errorf("a body with the error %v", err)
	}
}

// A code that is read is a code that is written, but for how people type it.
func FuzzParseJoin(f *testing.F) {
	f.Add("")
	f.Add(seal.Join{Hub: siteB, Secret: seal.Secret{1}}.Code())
	f.Add(seal.Join{Hub: siteB, Site: siteA, Secret: seal.Secret{1}}.Code())
	f.Add("0400-ilO \u2013 \u00ad")
	f.Fuzz(func(t *testing.T, code string) {
		j, err := seal.ParseJoin(code)
		if err != nil {
			if j != (seal.Join{}) {
				t.Errorf("a join with the error %v", err)
			}
			return
		}
		again, err := seal.ParseJoin(j.Code())
		if err != nil || again != j {
			t.Errorf("%q reads as what writes as %q: %v", code, j.Code(), err)
		}
	})
}

func FuzzVerifyMAC(f *testing.F) {
	mac := seal.MAC(seal.MACKey{1}, []byte("record"))
	f.Add([]byte("record"), mac[:])
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, data, mac []byte) {
		want := seal.MAC(seal.MACKey{1}, data)
		if err := seal.VerifyMAC(seal.MACKey{1}, data, mac); (err == nil) != bytes.Equal(mac, want[:]) {
			t.Errorf("verify: %v", err)
		}
	})
}
