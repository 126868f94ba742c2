package link

import (
	"errors"
	"fmt"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// Bounds of what a frame may list. Spans and cursors are bounded by feed.
const (
	maxRanges  = 64
	maxSkips   = 16
	maxSeqs    = 2048
	maxBuckets = 3000
	maxText    = 256
	// cameNumbers is of how many frames an ack tells whether they came: all that may be under way.
	cameNumbers = maxFlight
)

var (
	encMode = must(encOptions().EncMode())
	decMode = must(cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		MaxNestedLevels:  8,
		MaxArrayElements: maxBuckets + 1000,
		MaxMapPairs:      64,
		UTF8:             cbor.UTF8RejectInvalid,
	}.DecMode())
)

func encOptions() cbor.EncOptions {
	o := cbor.CoreDetEncOptions()
	o.NilContainers = cbor.NilContainerAsEmpty // an array is an array on the wire, whatever language reads it
	return o
}

// must is for constructors whose only error is a wrong option.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func encode(v any) []byte { return must(encMode.Marshal(v)) }

var errMalformed = errors.New("malformed frame")

// decode reads a body. Fields it does not know are skipped: the next version may send them.
func decode[T interface{ check() error }](body []byte) (T, error) {
	var v T
	if err := decMode.Unmarshal(body, &v); err != nil {
		return v, fmt.Errorf("%w: %w", errMalformed, err)
	}
	if err := v.check(); err != nil {
		return v, fmt.Errorf("%w: %w", errMalformed, err)
	}
	return v, nil
}

var (
	errBounds = errors.New("more than it may list")
	errValue  = errors.New("a value out of its range")
)

func (h hello) check() error {
	if len(h.Node) > maxText || len(h.Name) > maxText || h.Min > h.Max || h.Credit < 0 {
		return errValue
	}
	return checkScopes(h.Scopes)
}

func (w welcome) check() error {
	if len(w.Node) > maxText || w.Credit < 0 || (len(w.Key) != 0 && len(w.Key) != len(seal.SiteKey{})) {
		return errValue
	}
	return checkScopes(w.Scopes)
}

func (b backlogInfo) check() error {
	if b.Records < 0 || b.Bytes < 0 || b.LagMs < 0 {
		return errValue
	}
	return nil
}

func checkScopes(infos []scopeInfo) error {
	if len(infos) > int(scopes) {
		return errBounds
	}
	for _, s := range infos {
		if s.Scope >= scopes || s.Head > maxSeq {
			return errValue
		}
		if len(s.Spans) > feed.MaxSpans || len(s.Cursors) > feed.MaxCursors {
			return errBounds
		}
		for _, c := range s.Cursors {
			if c.Seq > maxSeq || c.Seen > maxSeq || c.Safe > maxSeq {
				return errValue
			}
		}
		for i, span := range s.Spans {
			if span.First == 0 || span.First > s.Head+1 || i > 0 && span.First < s.Spans[i-1].First {
				return errValue
			}
		}
	}
	return nil
}

// maxSeq is far beyond what any store reaches, and leaves room to add.
const maxSeq = 1 << 62

func (s skip) check() error {
	if s.Scope >= scopes || s.From > s.To || s.To > s.Head || s.Head > maxSeq {
		return errValue
	}
	return nil
}

func checkSkips(skips []skip) error {
	if len(skips) > maxSkips {
		return errBounds
	}
	for _, s := range skips {
		if err := s.check(); err != nil {
			return err
		}
	}
	return nil
}

func (c changes) check() error {
	if c.Scope >= scopes || c.From > c.To || c.To > c.Head || c.Head > maxSeq || c.Sent > c.Head || c.Lane > laneRepair {
		return errValue
	}
	if len(c.Seqs) > maxSeqs || len(c.MACs) > maxSeqs*seal.MACSize {
		return errBounds
	}
	if (len(c.Seqs) == 0) != (len(c.Batch) == 0) {
		return errValue
	}
	if c.Lane == laneRepair {
		return checkSkips(c.Skips)
	}
	if !slices.IsSorted(c.Seqs) || len(c.Seqs) > 0 && (c.Seqs[0] <= c.From || c.Seqs[len(c.Seqs)-1] > c.To) {
		return errValue
	}
	return checkSkips(c.Skips)
}

func (r report) check() error {
	if r.Scope >= scopes || r.Seq > maxSeq {
		return errValue
	}
	if len(r.Ranges) > maxRanges {
		return errBounds
	}
	at := feed.Seq(0)
	for _, s := range r.Ranges {
		if s.From < at || s.From >= s.To || s.To > maxSeq {
			return errValue
		}
		at = s.To
	}
	return nil
}

func checkReports(reports []report) error {
	if len(reports) > int(scopes) {
		return errBounds
	}
	for _, r := range reports {
		if err := r.check(); err != nil {
			return err
		}
	}
	return nil
}

func (c came) check() error {
	if 8*len(c.Missing) > cameNumbers {
		return errBounds
	}
	return nil
}

func (a ack) check() error {
	if a.Credit < 0 {
		return errValue
	}
	return errors.Join(checkReports(a.Reports), checkSkips(a.Skips), a.Came.check())
}

func (b beat) check() error {
	if len(b.Heads) > int(scopes) {
		return errBounds
	}
	for _, h := range b.Heads {
		if h.Scope >= scopes || h.Head > maxSeq || h.Sent > h.Head {
			return errValue
		}
	}
	if b.Credit < 0 {
		return errValue
	}
	return errors.Join(b.Backlog.check(), checkReports(b.Reports), checkSkips(b.Skips))
}

func (p pull) check() error {
	if p.Single > maxSeq {
		return errValue
	}
	return errors.Join(p.Report.check(), p.Came.check())
}

func (d digest) check() error {
	if d.Scope >= scopes || d.Phase > digestWant || d.Head > maxSeq || d.Cursor > maxSeq || len(d.Low) > maxText || len(d.High) > maxText {
		return errValue
	}
	if len(d.Buckets) > maxBuckets {
		return errBounds
	}
	for _, b := range d.Buckets {
		if len(b.Kind) > record.MaxNameBytes || len(b.Day) > record.MaxNameBytes {
			return errValue
		}
	}
	return nil
}

func (r reject) check() error {
	if r.Scope >= scopes || len(r.Kind) > maxText || len(r.Reason) > 2*maxText {
		return errValue
	}
	return nil
}

func (b bye) check() error { return nil }
