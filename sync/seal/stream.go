package seal

import (
	"fmt"
	"io"
)

// StreamNonce is drawn anew for each stream and stands in the header of its frames, in the place of a session.
type StreamNonce [16]byte

// NewStreamNonce draws one.
func NewStreamNonce(random io.Reader) (StreamNonce, error) {
	var n StreamNonce
	err := draw(random, n[:], "stream's nonce")
	return n, err
}

// Stream seals or unseals frames that lie one after the other in a file. Unlike those of a session they are read in
// their order and without gaps: whoever carries the file can cut it short, and nothing else. It is not safe for
// concurrent use.
type Stream struct {
	header    Header
	direction Direction
	keys      pair
	last      uint64
}

// Stream returns one from its first frame. The same nonce must not be used for two streams that are sealed.
func (r *Ring) Stream(d Direction, id KeyID, nonce StreamNonce) (*Stream, error) {
	k, err := r.valid(id)
	if err != nil {
		return nil, fmt.Errorf("begin a stream: %w", err)
	}
	if id.OneTime() {
		return nil, fmt.Errorf("begin a stream: %w: %d is a one-time secret", ErrUnknownKey, id)
	}
	return &Stream{
		header:    Header{KeyID: id, Site: r.site, Session: nonce},
		direction: d,
		keys:      derivePair(k.site[:], nonce[:], "bundle"),
	}, nil
}

// Seal seals the next frame. body stays the caller's.
func (s *Stream) Seal(random io.Reader, kind Kind, body []byte) ([]byte, error) {
	h := s.header
	h.Kind, h.Counter = kind, s.last+1
	frame, err := sealFrame(random, s.keys[s.direction], h, body)
	if err != nil {
		return nil, err
	}
	s.last++
	return frame, nil
}

// Unseal opens the next frame. One that is not the next is ErrReplayed or ErrTruncated.
func (s *Stream) Unseal(frame []byte) (Header, []byte, error) {
	h, compressed, err := parseHeader(frame)
	switch {
	case err != nil:
		return Header{}, nil, err
	case h.Site != s.header.Site:
		return Header{}, nil, ErrSite
	case h.Open || h.Session != s.header.Session:
		return Header{}, nil, ErrSession
	case h.KeyID != s.header.KeyID:
		return Header{}, nil, fmt.Errorf("%w: %d", ErrUnknownKey, h.KeyID)
	case h.Counter <= s.last:
		return Header{}, nil, fmt.Errorf("%w: number %d comes twice", ErrReplayed, h.Counter)
	case h.Counter > s.last+1:
		return Header{}, nil, fmt.Errorf("%w: number %d is missing", ErrTruncated, s.last+1)
	}
	packed, err := openFrame(s.keys[s.direction], frame)
	if err != nil {
		return Header{}, nil, err
	}
	body, err := decompress(packed, compressed)
	if err != nil {
		return Header{}, nil, err
	}
	s.last = h.Counter
	return h, body, nil
}
