package seal

import (
	"encoding/binary"
	"fmt"
)

const (
	headerSize = 47
	nonceSize  = 24
	tagSize    = 16

	flagCompressed = 1 << 0
	flagOpen       = 1 << 1
	flagsKnown     = flagCompressed | flagOpen
)

// Kind says what a body is. Its values belong to whoever seals.
type Kind uint8

// KeyID names one of a site's keys. 0 names none.
type KeyID uint32

// secretBit marks the key ids of one-time secrets, so that they never meet those of site keys.
const secretBit KeyID = 1 << 31

// OneTime says whether the id is that of a join code's one-time secret.
func (id KeyID) OneTime() bool { return id&secretBit != 0 }

// Header is what a frame says without a key. Until the frame is unsealed it is a claim.
type Header struct {
	Kind    Kind
	Open    bool     // sealed under the "open" key and not under a session's
	KeyID   KeyID    // the site key, or one-time secret, that the sealing key was derived from
	Site    [16]byte // the site that the frame comes from or goes to
	Session [16]byte // Session.ID; under "open" zero, or a session that the body speaks of
	Counter uint64   // the frame's number in its session; 0 under "open"
}

// ParseHeader reads a frame's header, for choosing the ring or session that can unseal it. It trusts nothing.
func ParseHeader(frame []byte) (Header, error) {
	h, _, err := parseHeader(frame)
	return h, err
}

func parseHeader(frame []byte) (h Header, compressed bool, err error) {
	switch {
	case len(frame) > MaxFrame:
		return Header{}, false, fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, len(frame), MaxFrame)
	case len(frame) == 0:
		return Header{}, false, fmt.Errorf("%w: it is empty", ErrTruncated)
	case frame[0] != Version:
		return Header{}, false, fmt.Errorf("%w: %d, this is version %d", ErrVersion, frame[0], Version)
	case len(frame) < Overhead:
		return Header{}, false, fmt.Errorf("%w: %d bytes, the least is %d", ErrTruncated, len(frame), Overhead)
	}
	flags := frame[2]
	if flags&^flagsKnown != 0 {
		return Header{}, false, fmt.Errorf("%w: unknown flags %#x", ErrMalformed, flags)
	}
	h.Kind = Kind(frame[1])
	h.Open = flags&flagOpen != 0
	h.KeyID = KeyID(binary.BigEndian.Uint32(frame[3:]))
	copy(h.Site[:], frame[7:])
	copy(h.Session[:], frame[23:])
	h.Counter = binary.BigEndian.Uint64(frame[39:])
	if h.Open != (h.Counter == 0) {
		return Header{}, false, fmt.Errorf("%w: number %d does not go with its key", ErrMalformed, h.Counter)
	}
	return h, flags&flagCompressed != 0, nil
}

// appendTo writes the header as it stands in the frame.
func (h Header) appendTo(frame []byte, compressed bool) []byte {
	var flags byte
	if compressed {
		flags |= flagCompressed
	}
	if h.Open {
		flags |= flagOpen
	}
	frame = append(frame, Version, byte(h.Kind), flags)
	frame = binary.BigEndian.AppendUint32(frame, uint32(h.KeyID))
	frame = append(frame, h.Site[:]...)
	frame = append(frame, h.Session[:]...)
	return binary.BigEndian.AppendUint64(frame, h.Counter)
}
