// Package seal makes every byte between a site and the centre unreadable and unchangeable to whoever carries it.
//
// A frame is a header that anyone may read and a body that only the two ends can. The header says which site, key and
// session the frame belongs to; changing a bit of either is noticed. The carrier sees sizes and times, and nothing
// else. What a body means is not known here: bytes go in and come out.
//
// # Frame
//
// Numbers are big-endian.
//
//	 0  1  version, now 1
//	 1  1  kind: what the body is, given by the caller
//	 2  1  flags: 1 the body is compressed with zstd, 2 sealed under the "open" key; others are refused
//	 3  4  key id
//	 7 16  site
//	23 16  session
//	39  8  counter: 1, 2, 3, ... under a session's key, 0 under the "open" key
//	47 24  nonce, random
//	71  n  the body, sealed with XChaCha20-Poly1305; bytes 0 to 46 are the associated data
//	 … 16  its tag
//
// A frame has at most MaxFrame bytes, its body at most MaxBody after decompression.
//
// # Keys
//
// The site and the hub share a site key of 32 bytes. No frame is sealed with it, but with keys derived from it by
// HKDF-SHA256, one for each direction (up: from the site, down: to it):
//
//	open     key, no salt,                      info "sangam 1 open up"     or "sangam 1 open down"
//	session  key, salt edge nonce | hub nonce,  info "sangam 1 session up"  or "sangam 1 session down"
//
// Before a session exists, and where none may be needed (hello, welcome, bye, probe), frames are sealed under "open".
// They carry no counter and may be repeated by anyone who recorded them, so a repeat must change nothing. Both nonces
// of a session, 16 bytes each, are chosen anew by the two ends, which makes its keys new too; its frames are numbered, and a number is
// taken once within a window of Window. The session's id in the header is 16 bytes of HKDF with the session's salt and
// info "sangam 1 session id".
//
// Frames in a file (Stream) are sealed under info "sangam 1 bundle up" or "sangam 1 bundle down", with a salt of 16 bytes
// that stands in the place of the session; their numbers leave none out.
//
// A site that has no key yet seals its hello with the one-time secret of its join code (Join), under
// info "sangam 1 join up" and "sangam 1 join down". The key id of a secret is 4 bytes of HKDF with no salt and info
// "sangam 1 join id", the highest bit set.
//
// # What this package refuses
//
// It reads no clock and no random source of its own: randomness is an argument, and must be crypto/rand outside of
// tests. It keeps no keys on disk. Compression before sealing lets sizes depend on what is said; nothing here hides
// the size of a body.
package seal

import "errors"

const (
	// Version is the version of frames that this package writes, and the only one it reads.
	Version = 1
	// MaxFrame is the greatest length of a frame in bytes, as a bus carries it.
	MaxFrame = 256 << 10
	// MaxBody is the greatest length of a body in bytes before compression and after decompression.
	MaxBody = 1 << 20
	// Overhead is by how much a frame is longer than its body when that is not compressed.
	Overhead = headerSize + nonceSize + tagSize
	// Window is how far behind the greatest number of a session a late frame may come.
	Window = 1024
)

// Errors of reading a frame. Any of them means that the frame is dropped; none says who is to blame, but that
// ErrForged is a wrong key or a changed frame, and ErrReplayed an honest repeat as often as a malicious one.
var (
	ErrTooLarge   = errors.New("the frame is too large")
	ErrTruncated  = errors.New("the frame is cut short")
	ErrVersion    = errors.New("the frame has another version")
	ErrMalformed  = errors.New("the frame is malformed")
	ErrSite       = errors.New("the frame belongs to another site")
	ErrSession    = errors.New("the frame belongs to another session")
	ErrUnknownKey = errors.New("the frame is sealed with an unknown key")
	ErrRevoked    = errors.New("the frame is sealed with a revoked key")
	ErrForged     = errors.New("the frame does not match its seal")
	ErrReplayed   = errors.New("the frame has been received before")
)
