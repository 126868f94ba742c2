package door

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Parameters of argon2id: 19 MiB, two passes, one lane. A hash carries its own, so that they can rise later.
const (
	pinMemoryKiB = 19 << 10
	pinPasses    = 2
	pinLanes     = 1
	pinSaltBytes = 16
	pinHashBytes = 32
)

// The shortest and longest PIN a person may choose, in characters.
const (
	MinPIN = 4
	MaxPIN = 64
)

var errPINLength = fmt.Errorf("a PIN has %d to %d characters", MinPIN, MaxPIN)

// hasher runs at most two argon2id at a time, since each takes 19 MiB and a core; a few more may wait, the rest are
// refused so that a flood of sign-ins cannot stop the queue.
type hasher struct {
	running chan struct{}
	waiting chan struct{}
	decoy   string // the hash of no PIN: checked for users who do not exist
}

func newHasher() *hasher {
	h := &hasher{running: make(chan struct{}, 2), waiting: make(chan struct{}, 64)}
	h.decoy = encodePIN(make([]byte, pinSaltBytes), make([]byte, pinHashBytes))
	return h
}

var errHashersBusy = errors.New("too many PINs are being checked")

// turn waits for one of the two places; the caller calls the returned function when done.
func (h *hasher) turn(ctx context.Context) (func(), error) {
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return nil, errHashersBusy
	}
	select {
	case h.running <- struct{}{}:
		return func() { <-h.running }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash returns the text that a credential keeps. It fails with errPINLength, errHashersBusy or ctx's error.
func (h *hasher) hash(ctx context.Context, pin string) ([]byte, error) {
	if n := utf8.RuneCountInString(pin); n < MinPIN || n > MaxPIN {
		return nil, errPINLength
	}
	done, err := h.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	salt := make([]byte, pinSaltBytes)
	if _, err := rand.Read(salt); err != nil {
		return nil, fmt.Errorf("draw a salt: %w", err)
	}
	return []byte(encodePIN(salt, argon2.IDKey([]byte(pin), salt, pinPasses, pinMemoryKiB, pinLanes, pinHashBytes))), nil
}

// matches compares a PIN with a credential's text. An empty text is compared with a decoy and never matches, so that
// a user who does not exist takes as long to refuse as one who does.
func (h *hasher) matches(ctx context.Context, pin, text string) (bool, error) {
	known := text != ""
	if !known {
		text = h.decoy
	}
	done, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	var memory, passes uint32
	var lanes uint8
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errors.New("credential is not an argon2id text")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil || memory > 1<<20 || passes == 0 || passes > 16 || lanes == 0 {
		return false, fmt.Errorf("credential has parameters %.40q", parts[3])
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("credential's salt: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false, errors.New("credential's hash cannot be read")
	}
	got := argon2.IDKey([]byte(pin), salt, passes, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func encodePIN(salt, hash []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, pinMemoryKiB, pinPasses, pinLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(hash))
}
