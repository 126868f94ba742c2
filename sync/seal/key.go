package seal

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"golang.org/x/crypto/chacha20poly1305"
)

// Direction is which way a frame goes. Each has keys of its own, so no frame can be sent back to who sealed it.
type Direction uint8

// Up is from a site to its hub, Down from the hub to the site.
const (
	Up Direction = iota
	Down
)

func (d Direction) String() string {
	if d == Up {
		return "up"
	}
	return "down"
}

// SiteKey is the secret that a site and its hub share. It prints as "[secret]"; take key[:] to store it.
type SiteKey [32]byte

// Secret is the one-time secret of a join code. It prints as "[secret]".
type Secret [16]byte

// Nonce is one end's random contribution to a session.
type Nonce [16]byte

// NewSiteKey draws a site key.
func NewSiteKey(random io.Reader) (SiteKey, error) {
	var k SiteKey
	err := draw(random, k[:], "site key")
	return k, err
}

// NewSecret draws a one-time secret.
func NewSecret(random io.Reader) (Secret, error) {
	var s Secret
	err := draw(random, s[:], "one-time secret")
	return s, err
}

// NewNonce draws a nonce.
func NewNonce(random io.Reader) (Nonce, error) {
	var n Nonce
	err := draw(random, n[:], "nonce")
	return n, err
}

func draw(random io.Reader, into []byte, what string) error {
	if _, err := io.ReadFull(random, into); err != nil {
		return fmt.Errorf("draw a %s: %w", what, err)
	}
	return nil
}

// KeyID is how frames name the secret. It gives nothing of it away.
func (s Secret) KeyID() KeyID {
	return secretBit | KeyID(binary.BigEndian.Uint32(derive(s[:], nil, "sangam 1 join id", 4)))
}

// derive is HKDF-SHA256. Its only error is asking for more than 8,160 bytes.
func derive(secret, salt []byte, info string, size int) []byte {
	key, err := hkdf.Key(sha256.New, secret, salt, info, size)
	if err != nil {
		panic(err)
	}
	return key
}

// pair is the sealing keys of both directions.
type pair [2]cipher.AEAD

// derivePair derives them for a use: "open", "join" or "session".
func derivePair(secret, salt []byte, use string) (p pair) {
	for _, d := range []Direction{Up, Down} {
		info := fmt.Sprintf("sangam 1 %s %s", use, d)
		aead, err := chacha20poly1305.NewX(derive(secret, salt, info, chacha20poly1305.KeySize))
		if err != nil {
			panic(err) // only for a key of another length
		}
		p[d] = aead
	}
	return p
}

var errSecretText = errors.New("a secret is not written as text")

const redacted = "[secret]"

// Format implements fmt.Formatter: no verb prints the key.
func (SiteKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// Format implements fmt.Formatter: no verb prints the secret.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (SiteKey) LogValue() slog.Value { return slog.StringValue(redacted) }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText refuses, so that no JSON or YAML carries the key by mistake.
func (SiteKey) MarshalText() ([]byte, error) { return nil, errSecretText }

// MarshalText refuses, so that no JSON or YAML carries the secret by mistake.
func (Secret) MarshalText() ([]byte, error) { return nil, errSecretText }
