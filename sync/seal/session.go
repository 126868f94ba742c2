package seal

import (
	"fmt"
	"io"
)

// Side is which end of a link this is.
type Side uint8

// Edge is the site's end, Hub the centre's.
const (
	Edge Side = iota
	Hub
)

// Session seals and unseals the frames of one session at one end. Its numbers are only in memory: a session does not
// survive its process. It is not safe for concurrent use.
type Session struct {
	header   Header // site, key id and session of every frame
	in, out  Direction
	keys     pair
	last     uint64 // number of the last frame sealed
	received replayWindow
}

// Session returns one founded on a site key and on both ends' nonces, at the start of its numbers. Making it twice with
// the same nonces starts the numbers again: an end must draw a new nonce whenever it may have forgotten them.
func (r *Ring) Session(side Side, id KeyID, edge, hub Nonce) (*Session, error) {
	k, err := r.valid(id)
	if err != nil {
		return nil, fmt.Errorf("found a session: %w", err)
	}
	if id.OneTime() {
		return nil, fmt.Errorf("found a session: %w: %d is a one-time secret, which seals a hello and a welcome only", ErrUnknownKey, id)
	}
	salt := append(edge[:len(edge):len(edge)], hub[:]...)
	s := &Session{
		header: Header{KeyID: id, Site: r.site},
		in:     Down,
		out:    Up,
		keys:   derivePair(k.site[:], salt, "session"),
	}
	if side == Hub {
		s.in, s.out = Up, Down
	}
	copy(s.header.Session[:], derive(k.site[:], salt, "sangam 1 session id", len(s.header.Session)))
	return s, nil
}

// ID is what the headers of its frames carry, the same at both ends.
func (s *Session) ID() [16]byte { return s.header.Session }

// KeyID is the key it is founded on.
func (s *Session) KeyID() KeyID { return s.header.KeyID }

// Sent is the number of the last frame that was sealed.
func (s *Session) Sent() uint64 { return s.last }

// Newest is the greatest number that was opened, 0 before the first.
func (s *Session) Newest() uint64 { return s.received.greatest }

// Came tells that the frame of a number was opened. Those that are Window below the newest count as opened.
func (s *Session) Came(number uint64) bool { return s.received.has(number) }

// Seal seals a body under the next number. body stays the caller's. After an error the number is not taken.
func (s *Session) Seal(random io.Reader, kind Kind, body []byte) ([]byte, error) {
	h := s.header
	h.Kind, h.Counter = kind, s.last+1
	frame, err := sealFrame(random, s.keys[s.out], h, body)
	if err != nil {
		return nil, err
	}
	s.last++
	return frame, nil
}

// Unseal opens a frame of the other end, once. The body is the caller's; the frame is not changed. A frame that comes
// later than Window newer ones counts as a repeat. With an error there is neither header nor body.
func (s *Session) Unseal(frame []byte) (Header, []byte, error) {
	h, compressed, err := parseHeader(frame)
	switch {
	case err != nil:
		return Header{}, nil, err
	case h.Site != s.header.Site:
		return Header{}, nil, ErrSite
	case h.Open:
		return Header{}, nil, fmt.Errorf("%w: it is sealed under the open key", ErrSession)
	case h.Session != s.header.Session:
		return Header{}, nil, ErrSession
	case h.KeyID != s.header.KeyID:
		return Header{}, nil, fmt.Errorf("%w: %d", ErrUnknownKey, h.KeyID)
	case s.received.has(h.Counter): // before the cipher: a repeat is common and should cost little
		return Header{}, nil, fmt.Errorf("%w: number %d", ErrReplayed, h.Counter)
	}
	packed, err := openFrame(s.keys[s.in], frame)
	if err != nil {
		return Header{}, nil, err
	}
	s.received.take(h.Counter) // only now: a forged number must not shut out the true one
	body, err := decompress(packed, compressed)
	if err != nil {
		return Header{}, nil, err
	}
	return h, body, nil
}

// replayWindow knows which of the last Window numbers have been taken, up to the greatest. Older ones count as taken.
type replayWindow struct {
	greatest uint64
	taken    [Window / 64]uint64 // bit n%Window is number n
}

func (w *replayWindow) has(n uint64) bool {
	switch {
	case n > w.greatest:
		return false
	case w.greatest-n >= Window:
		return true
	}
	word, bit := place(n)
	return w.taken[word]&bit != 0
}

func (w *replayWindow) take(n uint64) {
	if n > w.greatest {
		if n-w.greatest >= Window {
			w.taken = [Window / 64]uint64{}
		} else {
			for skipped := w.greatest + 1; skipped < n; skipped++ {
				word, bit := place(skipped)
				w.taken[word] &^= bit
			}
		}
		w.greatest = n
	}
	word, bit := place(n)
	w.taken[word] |= bit
}

func place(n uint64) (word int, bit uint64) {
	n %= Window
	return int(n / 64), 1 << (n % 64)
}
