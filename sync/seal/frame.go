package seal

import (
	"crypto/cipher"
	"fmt"
	"io"
)

// sealFrame writes one frame. The header is complete but for the flag of compression.
func sealFrame(random io.Reader, key cipher.AEAD, h Header, body []byte) ([]byte, error) {
	if len(body) > MaxBody {
		return nil, fmt.Errorf("seal kind %d: %w: a body of %d bytes, the limit is %d", h.Kind, ErrTooLarge, len(body), MaxBody)
	}
	packed, compressed := compress(body)
	if size := len(packed) + Overhead; size > MaxFrame {
		return nil, fmt.Errorf("seal kind %d: %w: %d bytes, the limit is %d", h.Kind, ErrTooLarge, size, MaxFrame)
	}
	frame := make([]byte, 0, len(packed)+Overhead)
	frame = h.appendTo(frame, compressed)
	frame = frame[:headerSize+nonceSize]
	if err := draw(random, frame[headerSize:], "frame's nonce"); err != nil {
		return nil, err
	}
	return key.Seal(frame, frame[headerSize:], packed, frame[:headerSize]), nil
}

// openFrame returns the packed body of a frame whose header was read before. It does not change the frame.
func openFrame(key cipher.AEAD, frame []byte) ([]byte, error) {
	nonce := frame[headerSize : headerSize+nonceSize]
	packed, err := key.Open(nil, nonce, frame[headerSize+nonceSize:], frame[:headerSize])
	if err != nil {
		return nil, ErrForged // the cipher's own error says no more
	}
	return packed, nil
}
