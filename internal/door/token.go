package door

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// What a token is shows in its first letters, so that a leaked one can be recognised.
const (
	sessionPrefix = "sgs_" // a session record's
	patientPrefix = "sgp_" // a signed entry id
	appPrefix     = "sga_" // an outside app's key
)

const tokenBytes = 32

func newToken(prefix string) string {
	b := make([]byte, tokenBytes)
	if _, err := rand.Read(b); err != nil {
		panic("door: draw a token: " + err.Error())
	}
	return prefix + base64.RawURLEncoding.EncodeToString(b)
}

func hashOf(token string) [32]byte { return sha256.Sum256([]byte(token)) }

// idOfHash names the record that stands for a secret, without the secret being in it.
func idOfHash(purpose string, hash [32]byte) record.ID {
	return record.Derive("door", purpose, hex.EncodeToString(hash[:]))
}

// Codes that people read out and type in use no letters that are taken for others.
var codeLetters = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// newCode returns eight letters in two groups: 40 random bits.
func newCode() string {
	b := make([]byte, 5)
	if _, err := rand.Read(b); err != nil {
		panic("door: draw a code: " + err.Error())
	}
	return groups(codeLetters.EncodeToString(b))
}

func groups(code string) string { return code[:4] + "-" + code[4:8] }

// plainCode is a typed code as it was printed, whatever people did with case, spaces and dashes.
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, typed)
}

// DeviceCode is what a device that asks to be let in shows, and what the admin sees beside its request.
func DeviceCode(device record.ID) string {
	sum := sha256.Sum256(append([]byte("device code\x00"), device[:]...))
	return groups(codeLetters.EncodeToString(sum[:5]))
}

// patientToken is a slip's link: the id of the entry, signed by the node. It needs no record and opens that entry only.
func (d *Door) patientToken(entry record.ID) string {
	return patientPrefix + base64.RawURLEncoding.EncodeToString(append(entry[:], d.signEntry(entry)...))
}

func (d *Door) signEntry(entry record.ID) []byte {
	h := hmac.New(sha256.New, d.cursors.key)
	h.Write([]byte("patient link\x00"))
	h.Write(entry[:])
	return h.Sum(nil)[:16]
}

func (d *Door) readPatientToken(token string) (entry record.ID, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(token, patientPrefix))
	if err != nil || len(b) != len(entry)+16 {
		return entry, false
	}
	copy(entry[:], b)
	return entry, hmac.Equal(b[len(entry):], d.signEntry(entry))
}

const patientPath = "/patient#t="

// PatientLink is the path of the page that shows one entry, with what signs its bearer in.
func (d *Door) PatientLink(entry record.ID) string { return patientPath + d.patientToken(entry) }

// tokenInLink accepts a whole link, a path, or the token alone.
func tokenInLink(link string) string {
	if _, after, ok := strings.Cut(link, "#t="); ok {
		return after
	}
	return link
}

// signingKey returns the node's key for cursors and links; it is drawn at the first start and kept for good.
func (d *Door) signingKey(ctx context.Context) ([]byte, error) {
	key := record.Key{Kind: clinic.KindKey, ID: record.Derive("door", "signing key", d.o.Node)}
	var found []byte
	err := d.o.Core.View(func(tx feed.Tx) error {
		r, _, ok, err := feed.Load(tx, d.o.Local, key)
		if ok {
			found = append(found, r.Get("secret").Bytes()...)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load the signing key: %w", err)
	}
	if len(found) > 0 {
		return found, nil
	}
	found = make([]byte, 32)
	if _, err := rand.Read(found); err != nil {
		return nil, fmt.Errorf("draw a signing key: %w", err)
	}
	err = d.o.Write(ctx, func(w Writer) error {
		_, err := w.Edit(d.o.Local, record.Edit{Kind: key.Kind, ID: key.ID, Set: map[string]record.Value{
			"purpose": record.Text("cursors and links"), "secret": record.Bytes(found),
		}})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("keep the signing key: %w", err)
	}
	return found, nil
}
