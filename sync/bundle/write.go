package bundle

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// Source is what a bundle is made of.
type Source struct {
	Site   record.ID
	Node   string // that writes, for people
	Scopes []ScopeNo
	Schema uint64
	View   func(func(feed.Tx) error) error
	// MACs signs a hub's network records; needed with Network.
	MACs func([]feed.Sequenced) []byte
	// Held is what the reader said it holds; the zero value makes a bundle of everything.
	Held   Held
	Stream *seal.Stream
	Random io.Reader
	Now    time.Time
}

// chunkBytes bounds the canonical forms in a chunk; chunkRecords the records.
const (
	chunkBytes   = 128 << 10
	chunkRecords = 2000
)

// Write writes a bundle of everything that lies after what the reader holds. Commits made meanwhile may be in it. A
// bundle whose writing ended with an error is cut short, and can be read as far as it goes.
func Write(ctx context.Context, to io.Writer, s Source, progress Progress) (sum Summary, err error) {
	if !s.Held.Site.IsZero() && s.Held.Site != s.Site {
		return sum, fmt.Errorf("%w: it is of site %s", ErrCursor, s.Held.Site)
	}
	out := &countingWriter{Writer: to}
	w := &writer{Source: s, to: out}
	sum = Summary{Node: s.Node, Made: s.Now.UTC().Truncate(time.Millisecond)}
	defer func() { sum.Bytes = out.n }()
	if _, err := io.WriteString(out, Magic); err != nil {
		return sum, fmt.Errorf("write the bundle: %w", err)
	}
	h := head{Node: s.Node, MadeMs: s.Now.UnixMilli(), Schema: s.Schema}
	total := 0
	for _, no := range s.Scopes {
		info, err := w.begin(no)
		if err != nil {
			return sum, err
		}
		h.Scopes = append(h.Scopes, info)
		total += info.Volume
	}
	if err := w.frame(kindHead, h); err != nil {
		return sum, err
	}
	for _, info := range h.Scopes {
		for since, more := info.Since, true; more; {
			if err := ctx.Err(); err != nil {
				return sum, err
			}
			var records int
			if records, since, more, err = w.chunk(info.Scope, since); err != nil {
				return sum, err
			}
			sum.Chunks++
			sum.Records += records
			progress(sum.Records, max(total, sum.Records))
		}
	}
	return sum, w.frame(kindEnd, end{Chunks: sum.Chunks, Records: sum.Records})
}

type writer struct {
	Source
	to io.Writer
}

// begin settles from where a scope is written.
func (w *writer) begin(no ScopeNo) (info scopeInfo, err error) {
	err = w.View(func(tx feed.Tx) error {
		scope := no.Of(w.Site)
		spans, err := feed.Spans(tx, scope)
		if err != nil {
			return err
		}
		_, head, err := feed.Head(tx, scope)
		if err != nil {
			return err
		}
		since, _, _ := feed.Resume(spans, head, w.Held.Scopes[no])
		info = scopeInfo{Scope: no, Head: head, Since: since}
		for _, s := range spans {
			info.Spans = append(info.Spans, spanInfo{Timeline: s.Timeline, First: s.First})
		}
		info.Volume, _, _, err = feed.Backlog(tx, scope, since)
		return err
	})
	return info, err
}

// chunk writes the next stretch of a scope.
func (w *writer) chunk(no ScopeNo, since feed.Seq) (records int, to feed.Seq, more bool, err error) {
	var b feed.Batch
	err = w.View(func(tx feed.Tx) (err error) {
		b, err = feed.Read(tx, no.Of(w.Site), since, feed.ReadOptions{MaxBytes: chunkBytes, MaxRecords: chunkRecords})
		return err
	})
	if err != nil {
		return 0, 0, false, err
	}
	c := chunk{Scope: no, Timeline: b.Timeline, Head: b.Head, From: b.From, To: b.To}
	plain := make([]record.Record, len(b.Records))
	for i, s := range b.Records {
		plain[i] = s.Record
		c.Seqs = append(c.Seqs, s.Seq)
	}
	if len(plain) > 0 {
		if c.Batch, err = record.EncodeBatch(plain); err != nil {
			return 0, 0, false, fmt.Errorf("write %s from %d: %w", no.Of(w.Site), since, err)
		}
		if no == Network {
			c.MACs = w.MACs(b.Records)
		}
	}
	return len(plain), b.To, b.More, w.frame(kindChunk, c)
}

func (w *writer) frame(kind seal.Kind, body any) error {
	frame, err := w.Stream.Seal(w.Random, kind, must(encMode.Marshal(body)))
	if err != nil {
		return err
	}
	frame = append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(frame)), uint32(len(frame))), frame...)
	if _, err := w.to.Write(frame); err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	return nil
}
