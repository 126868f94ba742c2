// Package pin turns PINs into the texts that credentials keep, and compares PINs with them: argon2id, at most two at a
// time. It stores nothing and knows nobody.
package pin

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
	memoryKiB = 19 << 10
	passes    = 2
	lanes     = 1
	saltBytes = 16
	hashBytes = 32
)

// The shortest and longest PIN a person may choose, in characters.
const (
	Min = 4
	Max = 64
)

// Errors of a Hasher.
var (
	ErrLength = fmt.Errorf("a PIN has %d to %d characters", Min, Max)
	ErrBusy   = errors.New("too many PINs are being checked")
)

// Hasher runs at most two argon2id at a time, since each takes 19 MiB and a core; a few more may wait, the rest are
// refused so that a flood of sign-ins cannot stop the queue.
type Hasher struct {
	running chan struct{}
	waiting chan struct{}
	decoy   string // the hash of no PIN: checked for users who do not exist
}

// New makes a Hasher.
func New() *Hasher {
	h := &Hasher{running: make(chan struct{}, 2), waiting: make(chan struct{}, 64)}
	h.decoy = encode(make([]byte, saltBytes), make([]byte, hashBytes))
	return h
}

// turn waits for one of the two places; the caller calls the returned function when done.
func (h *Hasher) turn(ctx context.Context) (func(), error) {
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return nil, ErrBusy
	}
	select {
	case h.running <- struct{}{}:
		return func() { <-h.running }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Hash returns the text that a credential keeps. It fails with ErrLength, ErrBusy or ctx's error.
func (h *Hasher) Hash(ctx context.Context, pin string) ([]byte, error) {
	if n := utf8.RuneCountInString(pin); n < Min || n > Max {
		return nil, ErrLength
	}
	done, err := h.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return nil, fmt.Errorf("draw a salt: %w", err)
	}
	return []byte(encode(salt, argon2.IDKey([]byte(pin), salt, passes, memoryKiB, lanes, hashBytes))), nil
}

// Matches compares a PIN with a credential's text. An empty text is compared with a decoy and never matches, so that
// a user who does not exist takes as long to refuse as one who does.
func (h *Hasher) Matches(ctx context.Context, pin, text string) (bool, error) {
	known := text != ""
	if !known {
		text = h.decoy
	}
	done, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	var memory, rounds uint32
	var parallel uint8
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errors.New("credential is not an argon2id text")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &rounds, &parallel); err != nil || memory > 1<<20 || rounds == 0 || rounds > 16 || parallel == 0 {
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
	got := argon2.IDKey([]byte(pin), salt, rounds, memory, parallel, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func encode(salt, hash []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(hash))
}
