package bundle

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// Incoming is a chunk for the store: the records of the stretch (From, To] of a peer's feed, and the hub's MACs of
// network records, 16 bytes each.
type Incoming struct {
	Scope          feed.Scope
	Peer           string
	Timeline       feed.Timeline
	From, To, Head feed.Seq
	Records        []feed.Sequenced
	MACs           []byte
}

// Target is where a bundle goes.
type Target struct {
	Site record.ID
	Peer string // name of the other side in the store, as the link uses it
	Ring *seal.Ring
	// Direction is which way a bundle for this node goes.
	Direction seal.Direction
	View      func(func(feed.Tx) error) error
	// Adopt stores a cursor (feed.Adopt); Merge unites a chunk with what is held and moves the cursor over it in one
	// transaction. Both return once it is on disk.
	Adopt func(ctx context.Context, scope feed.Scope, c feed.Cursor) error
	Merge func(ctx context.Context, in Incoming) (applied, parked int, err error)
}

// Read merges a bundle chunk by chunk. Chunks that are held already are passed over. After an error everything before
// it is merged and counted, and the bundle may be read again.
func Read(ctx context.Context, from io.Reader, t Target, progress Progress) (Summary, error) {
	r := &reader{Target: t, from: from}
	err := r.all(ctx, progress)
	return r.sum, err
}

type reader struct {
	Target
	from   io.Reader
	stream *seal.Stream
	sum    Summary
	total  int
}

func (r *reader) all(ctx context.Context, progress Progress) error {
	magic := make([]byte, len(Magic))
	n, err := io.ReadFull(r.from, magic)
	r.sum.Bytes += int64(n)
	if err != nil || string(magic) != Magic {
		return fmt.Errorf("%w: it does not begin like one", ErrNoBundle)
	}
	h, err := r.begin(ctx)
	if err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		kind, body, err := r.frame()
		if err != nil {
			return err
		}
		switch kind {
		case kindChunk:
			c, err := decode[chunk](body)
			if err == nil {
				err = r.chunk(ctx, h, c)
			}
			if err != nil {
				return err
			}
			progress(r.sum.Records, max(r.total, r.sum.Records))
		case kindEnd:
			return r.finish(body)
		default:
			return fmt.Errorf("%w: a frame of kind %d", ErrBroken, kind)
		}
	}
}

// begin reads the head and sees whether the bundle follows on what is held.
func (r *reader) begin(ctx context.Context) (h head, err error) {
	kind, body, err := r.frame()
	if err != nil {
		return h, err
	}
	if kind != kindHead {
		return h, fmt.Errorf("%w: it has no head", ErrBroken)
	}
	if h, err = decode[head](body); err != nil {
		return h, err
	}
	r.sum.Node, r.sum.Made = h.Node, time.UnixMilli(h.MadeMs).UTC()
	for _, info := range h.Scopes {
		r.total += info.Volume
		if err := r.follow(ctx, info); err != nil {
			return h, err
		}
	}
	return h, nil
}

// follow prepares the cursor of a scope. A history that this node has never heard of begins where its own cursors say,
// as in a session of the link.
func (r *reader) follow(ctx context.Context, info scopeInfo) error {
	if len(info.Spans) == 0 {
		return nil
	}
	scope := info.Scope.Of(r.Site)
	var held []feed.Cursor
	err := r.View(func(tx feed.Tx) (err error) {
		held, err = feed.Cursors(tx, scope, r.Peer)
		return err
	})
	if err != nil {
		return err
	}
	spans := make([]feed.Span, len(info.Spans))
	for i, s := range info.Spans {
		spans[i] = feed.Span{Timeline: s.Timeline, First: s.First}
	}
	last := spans[len(spans)-1].Timeline
	for _, c := range held {
		if c.Timeline == last { // never a step back: an old bundle may be read after a newer one
			return gap(scope, info.Since, c.Seq)
		}
	}
	since, c, _ := feed.Resume(spans, info.Head, held)
	if err := gap(scope, info.Since, since); err != nil {
		return err
	}
	return r.Adopt(ctx, scope, c)
}

func gap(scope feed.Scope, since, held feed.Seq) error {
	if since > held {
		return fmt.Errorf("%w: of %s it has what comes after %d, and %d is held; make one with the cursor that is printed here", ErrGap, scope, since, held)
	}
	return nil
}

func (r *reader) chunk(ctx context.Context, h head, c chunk) error {
	known := false
	for _, info := range h.Scopes {
		known = known || info.Scope == c.Scope && len(info.Spans) > 0 && info.Spans[len(info.Spans)-1].Timeline == c.Timeline
	}
	if !known {
		return fmt.Errorf("%w: a chunk of a feed that its head does not name", ErrBroken)
	}
	r.sum.Chunks++
	r.sum.Records += len(c.Seqs)
	in := Incoming{Scope: c.Scope.Of(r.Site), Peer: r.Peer, Timeline: c.Timeline, From: c.From, To: c.To, Head: c.Head, MACs: c.MACs}
	if len(c.Seqs) > 0 {
		records, err := record.DecodeBatch(c.Batch, record.DefaultLimits)
		if err == nil && len(records) != len(c.Seqs) {
			err = errors.New("more or fewer records than it says")
		}
		if err != nil {
			return fmt.Errorf("%w: chunk %d: %w", ErrBroken, r.sum.Chunks, err)
		}
		for i := range records {
			in.Records = append(in.Records, feed.Sequenced{Seq: c.Seqs[i], Record: records[i]})
		}
	}
	held, err := r.held(in)
	if held || err != nil {
		return err
	}
	applied, parked, err := r.Merge(ctx, in)
	r.sum.Applied += applied
	r.sum.Parked += parked
	return err
}

// held tells that a chunk says nothing new: what was merged up to a later head holds all of it.
func (r *reader) held(in Incoming) (held bool, err error) {
	err = r.View(func(tx feed.Tx) error {
		cursors, err := feed.Cursors(tx, in.Scope, in.Peer)
		for _, c := range cursors {
			held = held || c.Timeline == in.Timeline && c.Seq >= in.To && c.Seen >= in.Head
		}
		return err
	})
	return held, err
}

func (r *reader) finish(body []byte) error {
	e, err := decode[end](body)
	if err != nil {
		return err
	}
	if e.Chunks != r.sum.Chunks || e.Records != r.sum.Records {
		return fmt.Errorf("%w: %d chunks of %d came", ErrBroken, r.sum.Chunks, e.Chunks)
	}
	if n, err := r.from.Read(make([]byte, 1)); n > 0 || err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something follows its end", ErrBroken)
	}
	return nil
}

// frame reads and unseals the next frame.
func (r *reader) frame() (seal.Kind, []byte, error) {
	var size [4]byte
	if err := r.fill(size[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > seal.MaxFrame {
		return 0, nil, fmt.Errorf("%w: a frame of %d bytes", ErrBroken, n)
	}
	frame := make([]byte, n)
	if err := r.fill(frame); err != nil {
		return 0, nil, err
	}
	if r.stream == nil {
		if err := r.open(frame); err != nil {
			return 0, nil, err
		}
	}
	h, body, err := r.stream.Unseal(frame)
	if errors.Is(err, seal.ErrForged) && r.own(frame) {
		return 0, nil, fmt.Errorf("%w for this node: it was made on this side, for the other", ErrNoBundle)
	}
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return h.Kind, body, nil
}

// own tells that a first frame was sealed for the other direction.
func (r *reader) own(frame []byte) bool {
	h, err := seal.ParseHeader(frame)
	if err != nil {
		return false
	}
	other, err := r.Ring.Stream(1-r.Direction, h.KeyID, seal.StreamNonce(h.Session))
	if err != nil {
		return false
	}
	_, _, err = other.Unseal(frame)
	return err == nil
}

func (r *reader) fill(b []byte) error {
	n, err := io.ReadFull(r.from, b)
	r.sum.Bytes += int64(n)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: after %d records", ErrCut, r.sum.Records)
	}
	if err != nil {
		return fmt.Errorf("read the bundle: %w", err)
	}
	return nil
}

// open finds the key of a bundle by its first frame.
func (r *reader) open(frame []byte) error {
	h, err := seal.ParseHeader(frame)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoBundle, err)
	}
	if h.Site != r.Site {
		return fmt.Errorf("%w for site %s: it belongs to site %s", ErrNoBundle, r.Site, record.ID(h.Site))
	}
	r.stream, err = r.Ring.Stream(r.Direction, h.KeyID, seal.StreamNonce(h.Session))
	if err != nil {
		return fmt.Errorf("%w that can be opened here: %w", ErrNoBundle, err)
	}
	return nil
}
