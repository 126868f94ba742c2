package record

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// ID names a record or an item: a UUIDv7 made where the record was created,
// or a hash for what every node must name alike.
type ID [16]byte

// ErrBadID tells that a text is not the canonical form of a UUID.
var ErrBadID = errors.New("not a UUID")

// NewV7 returns a UUIDv7 of now with 74 bits read from random. It panics if
// random fails, since nothing can be created without an identity.
func NewV7(now time.Time, random io.Reader) ID {
	var id ID
	if _, err := io.ReadFull(random, id[6:]); err != nil {
		panic(fmt.Sprintf("record: read random bits for an id: %v", err))
	}
	ms := uint64(now.UnixMilli())
	binary.BigEndian.PutUint16(id[0:], uint16(ms>>32))
	binary.BigEndian.PutUint32(id[2:], uint32(ms))
	return id.versioned(7)
}

// Derive returns the UUIDv8 that is a hash of parts: the same parts give the
// same id on every node, and no two lists of parts share their bytes.
func Derive(parts ...string) ID {
	var room [256]byte
	all := room[:0]
	for _, p := range parts {
		all = append(binary.BigEndian.AppendUint64(all, uint64(len(p))), p...)
	}
	var id ID
	sum := sha256.Sum256(all)
	copy(id[:], sum[:])
	return id.versioned(8)
}

// Child returns the UUIDv5 of name under id: further records of one action.
func (id ID) Child(name string) ID {
	h := sha1.New()
	h.Write(id[:])
	io.WriteString(h, name)
	var child ID
	copy(child[:], h.Sum(nil))
	return child.versioned(5)
}

func (id ID) versioned(v byte) ID {
	id[6] = id[6]&0x0f | v<<4
	id[8] = id[8]&0x3f | 0x80
	return id
}

// IsZero tells whether id is the zero ID, which names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// String returns the canonical text form, 36 characters in lower case.
func (id ID) String() string {
	var b [36]byte
	id.text(b[:])
	return string(b[:])
}

// MarshalText returns the canonical text form.
func (id ID) MarshalText() ([]byte, error) {
	b := make([]byte, 36)
	id.text(b)
	return b, nil
}

func (id ID) text(b []byte) {
	hex.Encode(b, id[:4])
	b[8] = '-'
	hex.Encode(b[9:], id[4:6])
	b[13] = '-'
	hex.Encode(b[14:], id[6:8])
	b[18] = '-'
	hex.Encode(b[19:], id[8:10])
	b[23] = '-'
	hex.Encode(b[24:], id[10:])
}

// UnmarshalText reads the canonical text form; upper case is accepted.
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return fmt.Errorf("%w: %.40q", ErrBadID, text)
	}
	var digits [32]byte
	copy(digits[0:], text[0:8])
	copy(digits[8:], text[9:13])
	copy(digits[12:], text[14:18])
	copy(digits[16:], text[19:23])
	copy(digits[20:], text[24:36])
	var out ID
	if _, err := hex.Decode(out[:], digits[:]); err != nil {
		return fmt.Errorf("%w: %.40q", ErrBadID, text)
	}
	*id = out
	return nil
}

// ParseID reads the canonical text form of an id.
func ParseID(s string) (ID, error) {
	var id ID
	err := id.UnmarshalText([]byte(s))
	return id, err
}
