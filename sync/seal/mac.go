package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
)

// MACSize is the length of a MAC in bytes.
const MACSize = 16

// MACKey lets a hub know its own records again when a site gives them back. Only the hub has it: a site holds and
// passes on what it cannot change. It prints as "[secret]".
type MACKey [32]byte

// NewMACKey draws a MAC key.
func NewMACKey(random io.Reader) (MACKey, error) {
	var k MACKey
	err := draw(random, k[:], "MAC key")
	return k, err
}

// MAC is the first 16 bytes of HMAC-SHA256 over the text "sangam 1 network record" with a zero byte behind it, and data.
// data must be canonical and say itself which record it is.
func MAC(key MACKey, data []byte) [MACSize]byte {
	h := hmac.New(sha256.New, key[:])
	_, _ = io.WriteString(h, "sangam 1 network record\x00")
	_, _ = h.Write(data)
	return [MACSize]byte(h.Sum(nil))
}

// VerifyMAC returns nil if mac is that of data under key, and ErrForged if not.
func VerifyMAC(key MACKey, data, mac []byte) error {
	want := MAC(key, data)
	if !hmac.Equal(want[:], mac) {
		return fmt.Errorf("verify a MAC: %w", ErrForged)
	}
	return nil
}

// Format implements fmt.Formatter: no verb prints the key.
func (MACKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (MACKey) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText refuses, so that no JSON or YAML carries the key by mistake.
func (MACKey) MarshalText() ([]byte, error) { return nil, errSecretText }
