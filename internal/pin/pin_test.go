package pin_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/pin"
)

func TestOnlyTheSamePINMatches(t *testing.T) {
	h := pin.New()
	text, err := h.Hash(t.Context(), "246810")
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]bool{"246810": true, "246811": false, "": false, "246810 ": false} {
		if got, err := h.Matches(t.Context(), given, string(text)); err != nil || got != want {
			t.Errorf("%q: got %v, %v; want %v", given, got, err, want)
		}
	}
	if strings.Contains(string(text), "246810") {
		t.Error("the credential holds the PIN itself")
	}
}

func TestNobodyIsMatchedByNoCredential(t *testing.T) {
	if got, err := pin.New().Matches(t.Context(), "0000", ""); got || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestPINsAndTextsThatCannotBeAreRefused(t *testing.T) {
	h := pin.New()
	for _, given := range []string{"", "123", strings.Repeat("9", 65)} {
		if _, err := h.Hash(t.Context(), given); !errors.Is(err, pin.ErrLength) {
			t.Errorf("a PIN of %d characters: got %v, want ErrLength", len(given), err)
		}
	}
	for _, text := range []string{"x", "$argon2i$v=19$m=1,t=1,p=1$AA$AA", "$argon2id$v=19$m=99999999,t=1,p=1$AA$AA", "$argon2id$v=19$m=1,t=1,p=1$!$AA"} {
		if _, err := h.Matches(t.Context(), "1234", text); err == nil {
			t.Errorf("credential %q was taken", text)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ended, "1234"); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the caller: %v", err)
	}
}
