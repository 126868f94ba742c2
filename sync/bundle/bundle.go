// Package bundle carries a feed in a file: what a site without a line brings to its centre on a stick, and what it
// takes home.
//
// A bundle is read by the same cursors as the line. Whatever comes twice is the same state, so that stick and line may
// be mixed in any order, a bundle be read again, and an old one after a newer. It is sealed with the site's key and for
// one direction; its frames are numbered, so that it can be cut short and nothing else.
//
// # File
//
// 16 bytes of Magic, then frames as package seal makes them for a Stream, each after its length as 4 bytes, big-endian:
// one head, any number of chunks, one end. Their bodies are CBOR, described in docs/protocol.md.
//
// # What this package refuses
//
// It leaves nothing out because the reader is believed to hold it: that would be true only within a session. It merges
// nothing from a bundle that begins after what the reader holds, and it opens no store and no file.
package bundle

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// Magic begins every bundle.
const Magic = "sangam bundle 1\n"

// Errors of reading a bundle. The last two leave what came before them merged.
var (
	ErrNoBundle = errors.New("this is no bundle")
	ErrGap      = errors.New("the bundle begins after what is held here")
	ErrBroken   = errors.New("the bundle is broken")
	ErrCut      = errors.New("the bundle is cut short")
)

// Kinds of frames, beside those of the link.
const (
	kindHead seal.Kind = 32 + iota
	kindChunk
	kindEnd
)

// ScopeNo names a scope in a bundle. There is no way to name another site's.
type ScopeNo uint8

// The scopes that travel.
const (
	Site ScopeNo = iota
	Network
	scopes // how many
)

// Of is the scope for a site.
func (n ScopeNo) Of(site record.ID) feed.Scope {
	if n == Network {
		return feed.Network
	}
	return feed.SiteScope(site)
}

// head says what follows.
type head struct {
	Node   string      `cbor:"1,keyasint"`
	MadeMs int64       `cbor:"2,keyasint"`
	Schema uint64      `cbor:"3,keyasint"`
	Scopes []scopeInfo `cbor:"4,keyasint"`
}

type scopeInfo struct {
	_      struct{} `cbor:",toarray"`
	Scope  ScopeNo
	Spans  []spanInfo
	Head   feed.Seq
	Since  feed.Seq // the bundle has everything after it
	Volume int      // records to come, about
}

type spanInfo struct {
	_        struct{} `cbor:",toarray"`
	Timeline feed.Timeline
	First    feed.Seq
}

// chunk is a stretch (From, To] of a scope's feed.
type chunk struct {
	Scope    ScopeNo       `cbor:"1,keyasint"`
	Timeline feed.Timeline `cbor:"2,keyasint"`
	Head     feed.Seq      `cbor:"3,keyasint"`
	From     feed.Seq      `cbor:"4,keyasint"`
	To       feed.Seq      `cbor:"5,keyasint"`
	Seqs     []feed.Seq    `cbor:"6,keyasint,omitempty"`
	Batch    []byte        `cbor:"7,keyasint,omitempty"`
	MACs     []byte        `cbor:"8,keyasint,omitempty"` // 16 bytes a record, network only
}

type end struct {
	Chunks  int `cbor:"1,keyasint"`
	Records int `cbor:"2,keyasint"`
}

// Bounds of what a frame may list; spans are bounded by feed.
const (
	maxRecords = 2048
	maxText    = 256
	maxSeq     = feed.Seq(1) << 62
)

// Summary is what was written or read.
type Summary struct {
	Node    string    `json:"node"` // that wrote it
	Made    time.Time `json:"made"`
	Chunks  int       `json:"chunks"`
	Records int       `json:"records"`
	Applied int       `json:"applied"` // changed something here; 0 when writing
	Parked  int       `json:"parked"`  // could not be merged and are kept aside for people
	Bytes   int64     `json:"bytes"`
}

// Progress is told how many of about how many records are done.
type Progress func(done, total int)

var (
	encMode = must(cbor.CoreDetEncOptions().EncMode())
	decMode = must(cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: 8, MaxArrayElements: maxRecords + 1000, MaxMapPairs: 64, UTF8: cbor.UTF8RejectInvalid,
	}.DecMode())
)

// must is for constructors whose only error is a wrong option.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func decode[T interface{ check() error }](body []byte) (v T, err error) {
	if err = decMode.Unmarshal(body, &v); err == nil {
		err = v.check()
	}
	if err != nil {
		return v, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return v, nil
}

var errValue = errors.New("a value out of its range")

func (h head) check() error {
	if len(h.Node) > maxText || len(h.Scopes) > int(scopes) {
		return errValue
	}
	for i, s := range h.Scopes {
		if s.Scope >= scopes || i > 0 && s.Scope <= h.Scopes[i-1].Scope || s.Head > maxSeq || s.Since > s.Head || len(s.Spans) > feed.MaxSpans {
			return errValue
		}
		for j, span := range s.Spans {
			if span.First == 0 || span.First > s.Head+1 || j > 0 && span.First < s.Spans[j-1].First {
				return errValue
			}
		}
	}
	return nil
}

func (c chunk) check() error {
	macs := len(c.MACs) == 0
	if c.Scope == Network {
		macs = len(c.MACs) == len(c.Seqs)*seal.MACSize
	}
	if c.Scope >= scopes || c.From > c.To || c.To > c.Head || c.Head > maxSeq || len(c.Seqs) > maxRecords || !macs || (len(c.Seqs) == 0) != (len(c.Batch) == 0) {
		return errValue
	}
	for i, seq := range c.Seqs {
		if seq <= c.From || seq > c.To || i > 0 && seq <= c.Seqs[i-1] {
			return errValue
		}
	}
	return nil
}

func (e end) check() error {
	if e.Chunks < 0 || e.Records < 0 {
		return errValue
	}
	return nil
}

// countingWriter counts what goes through.
type countingWriter struct {
	io.Writer
	n int64
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	w.n += int64(n)
	return n, err
}
