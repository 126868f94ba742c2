package seal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Errors of reading a join code. Their texts are meant for the person who typed it.
var (
	ErrCodeTypo      = errors.New("the join code has a typing mistake")
	ErrCodeTruncated = errors.New("the join code is incomplete")
	ErrCodeTooLong   = errors.New("the join code is too long")
	ErrCodeVersion   = errors.New("the join code is of another version")
)

// Join is what a join code tells a site: whom to join, and the secret that proves it was invited. It is used once.
type Join struct {
	Hub    [16]byte // the hub that issued it
	Site   [16]byte // the site it is for; zero while the hub does not know, and the site brings its own id
	Secret Secret
}

// NewJoin draws the secret of an invitation. A zero site means that the site brings its own id.
func NewJoin(random io.Reader, hub, site [16]byte) (Join, error) {
	s, err := NewSecret(random)
	if err != nil {
		return Join{}, err
	}
	return Join{Hub: hub, Site: site, Secret: s}, nil
}

// A code is the base32 of: version 1, flags 1 (1: a site follows), hub 16, site 16 if the flag says so, secret 16,
// checksum 4 (the start of SHA-256 of codeDomain and all before). The digits leave out I, L, O and U; reading takes
// I and L for 1 and O for 0, either case, and any spaces and dashes.
const (
	codeVersion  = 1
	codeHasSite  = 1
	codeDigits   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeDomain   = "sangam join code"
	codeGroup    = 5
	checksumSize = 4
	plainSize    = 2 + 16 + 16 + checksumSize
	siteSize     = plainSize + 16
)

// Code writes the join code in groups of five characters: 61 of them, or 87 with a site. Whoever reads it can join.
func (j Join) Code() string {
	raw := []byte{codeVersion, 0}
	raw = append(raw, j.Hub[:]...)
	if j.Site != ([16]byte{}) {
		raw[1] |= codeHasSite
		raw = append(raw, j.Site[:]...)
	}
	raw = append(raw, j.Secret[:]...)
	raw = append(raw, checksum(raw)...)
	var code strings.Builder
	for i, digit := range toDigits(raw) {
		if i > 0 && i%codeGroup == 0 {
			code.WriteByte('-')
		}
		code.WriteByte(codeDigits[digit])
	}
	return code.String()
}

// ParseJoin reads a join code as people type and paste it. Its errors are ErrCodeTypo, ErrCodeTruncated,
// ErrCodeTooLong and ErrCodeVersion, and say what to look at without repeating more of the code than one group.
func ParseJoin(code string) (Join, error) {
	digits, err := readDigits(code)
	if err != nil {
		return Join{}, err
	}
	raw, ok := fromDigits(digits)
	if !ok || !sound(raw) {
		return Join{}, explainCode(digits)
	}
	j := Join{Hub: [16]byte(raw[2:])}
	rest := raw[18:]
	if raw[1]&codeHasSite != 0 {
		j.Site, rest = [16]byte(rest), rest[16:]
	}
	j.Secret = Secret(rest[:16])
	return j, nil
}

func checksum(raw []byte) []byte {
	sum := sha256.Sum256(append([]byte(codeDomain), raw...))
	return sum[:checksumSize]
}

// sound says whether the bytes are a whole code of this version.
func sound(raw []byte) bool {
	if len(raw) < plainSize || raw[0] != codeVersion {
		return false
	}
	body, sum := raw[:len(raw)-checksumSize], raw[len(raw)-checksumSize:]
	switch {
	case !bytes.Equal(sum, checksum(body)):
		return false
	case raw[1] == 0:
		return len(raw) == plainSize
	case raw[1] == codeHasSite:
		return len(raw) == siteSize && [16]byte(raw[18:]) != [16]byte{}
	}
	return false
}

// readDigits turns what a person typed into digits from 0 to 31.
func readDigits(code string) ([]byte, error) {
	var digits []byte
	for _, r := range code {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '\u2212' || r == '\u00ad' {
			continue // dashes of every kind: programs "improve" a hyphen when a code is mailed
		}
		switch r = unicode.ToUpper(r); r {
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		digit := strings.IndexRune(codeDigits, r)
		if digit < 0 {
			return nil, fmt.Errorf("%w: in group %d there is %q, which no join code contains", ErrCodeTypo, len(digits)/codeGroup+1, r)
		}
		if len(digits) >= 2*digitCount(siteSize) {
			return nil, fmt.Errorf("%w: is this a join code, pasted once?", ErrCodeTooLong)
		}
		digits = append(digits, byte(digit))
	}
	return digits, nil
}

// explainCode says what is wrong with digits that are no code.
func explainCode(digits []byte) error {
	if at, found := findTypo(digits); found {
		return typoIn(digits, at)
	}
	if len(digits) >= 2 {
		if version := digits[0]<<3 | digits[1]>>2; version != codeVersion {
			return fmt.Errorf("%w: it begins as version %d, and this program knows version %d; update the program, or check the first two characters",
				ErrCodeVersion, version, codeVersion)
		}
	}
	expected := digitCount(plainSize)
	if len(digits) > 3 && digits[3]&16 != 0 { // the last bit of the flags
		expected = digitCount(siteSize)
	}
	switch n := len(digits); {
	case n == 0:
		return fmt.Errorf("%w: nothing was given", ErrCodeTruncated)
	case n < expected:
		return fmt.Errorf("%w: it has %d of %d characters, dashes not counted; was the end cut off?", ErrCodeTruncated, n, expected)
	case n > expected:
		return fmt.Errorf("%w: it has %d characters instead of %d, dashes not counted", ErrCodeTooLong, n, expected)
	}
	return fmt.Errorf("%w: compare it with what was issued", ErrCodeTypo)
}

// findTypo looks for a single wrong character, or two swapped ones, that explain why the digits are no code. Nothing is
// corrected with it: whoever typed it should look at what was issued.
func findTypo(digits []byte) (at int, found bool) {
	if n := len(digits); n != digitCount(plainSize) && n != digitCount(siteSize) {
		return 0, false
	}
	try := bytes.Clone(digits)
	explains := func() bool {
		raw, ok := fromDigits(try)
		return ok && sound(raw)
	}
	for i, was := range digits {
		for try[i] = range byte(len(codeDigits)) {
			if explains() {
				return i, true
			}
		}
		try[i] = was
		if i == 0 {
			continue
		}
		try[i-1], try[i] = try[i], try[i-1]
		if explains() {
			return i, true
		}
		try[i-1], try[i] = try[i], try[i-1]
	}
	return 0, false
}

func typoIn(digits []byte, at int) error {
	first := at / codeGroup * codeGroup
	var group strings.Builder
	for _, d := range digits[first:min(first+codeGroup, len(digits))] {
		group.WriteByte(codeDigits[d])
	}
	return fmt.Errorf("%w: look at group %d, which reads %s", ErrCodeTypo, at/codeGroup+1, &group)
}

func digitCount(size int) int { return (size*8 + 4) / 5 }

// toDigits splits bytes into groups of five bits, the last filled up with zeros.
func toDigits(raw []byte) []byte {
	digits := make([]byte, 0, digitCount(len(raw)))
	var bits, have uint
	for _, b := range raw {
		bits, have = bits<<8|uint(b), have+8
		for have >= 5 {
			have -= 5
			digits = append(digits, byte(bits>>have)&31)
		}
		bits &= 1<<have - 1
	}
	if have > 0 {
		digits = append(digits, byte(bits<<(5-have))&31)
	}
	return digits
}

// fromDigits undoes toDigits; ok is false if what fills up the last digit is not zero.
func fromDigits(digits []byte) (raw []byte, ok bool) {
	raw = make([]byte, 0, len(digits)*5/8)
	var bits, have uint
	for _, d := range digits {
		bits, have = bits<<5|uint(d), have+5
		if have >= 8 {
			have -= 8
			raw = append(raw, byte(bits>>have))
			bits &= 1<<have - 1
		}
	}
	return raw, bits == 0
}
