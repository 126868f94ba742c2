package seal

import (
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

const (
	// worthTrying is the length below which zstd's own header eats what it saves.
	worthTrying = 256
	// worthIt is the saving, as a fraction 1/n of the body, below which the reader's time is not worth it.
	worthIt = 16
	// window is as far as zstd looks back. The reader refuses more, which bounds the memory of one frame.
	window = 1 << 20
	// parallel is how many bodies are packed or unpacked at once; more wait. Each costs about 2 MB, kept.
	parallel = 2
)

// Both are safe for concurrent use, and too large for one a session.
var (
	encoder = sync.OnceValue(func() *zstd.Encoder {
		return must(zstd.NewWriter(nil,
			zstd.WithEncoderLevel(zstd.SpeedFastest),
			zstd.WithEncoderConcurrency(parallel),
			zstd.WithWindowSize(window),
			zstd.WithLowerEncoderMem(true),
			zstd.WithEncoderCRC(false))) // the seal finds every changed bit
	})
	decoder = sync.OnceValue(func() *zstd.Decoder {
		return must(zstd.NewReader(nil,
			zstd.WithDecoderConcurrency(parallel),
			zstd.WithDecoderMaxMemory(MaxBody),
			zstd.WithDecoderMaxWindow(window),
			zstd.WithDecoderLowmem(true)))
	})
)

// must is for constructors whose only error is a wrong option.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// compress returns the body packed where that helps, and as it is where it does not.
func compress(body []byte) (packed []byte, compressed bool) {
	if len(body) < worthTrying {
		return body, false
	}
	packed = encoder().EncodeAll(body, make([]byte, 0, len(body)))
	if len(packed) > len(body)-len(body)/worthIt {
		return body, false
	}
	return packed, true
}

// decompress undoes compress, and takes no more than MaxBody of memory for the result whatever packed says.
func decompress(packed []byte, compressed bool) ([]byte, error) {
	if !compressed {
		return packed, nil
	}
	body, err := decoder().DecodeAll(packed, nil)
	switch {
	case errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded), len(body) > MaxBody:
		return nil, fmt.Errorf("%w: its body has more than %d bytes", ErrTooLarge, MaxBody)
	case err != nil:
		return nil, fmt.Errorf("%w: its body does not decompress: %w", ErrMalformed, err)
	}
	return body, nil
}
