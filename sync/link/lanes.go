package link

import (
	"fmt"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

const (
	frameBytes   = 48 << 10 // canonical forms in one frame, which keeps it under 64 KiB
	frameRecords = 1000
)

// readNext asks for the next stretch to send, or answers a pull that finds nothing to send.
func (s *session) readNext(n scopeNo) {
	o := &s.out[n]
	e, ok := o.next(s.credit, !s.without(AblateLiveLane))
	if !ok {
		if o.answer && !o.busy && !o.timeline.IsZero() {
			o.answer = false
			at := o.has.reach(o.back)
			s.send(kindChanges, changes{Scope: n, Timeline: o.timeline, Head: o.head, From: at, To: at, Sent: o.sent(), Skips: s.riders()})
		}
		return
	}
	o.busy = true
	options := feed.ReadOptions{
		MaxBytes: frameBytes, MaxRecords: o.width.records(), UpTo: e.upTo, PeerSpans: o.spans, Ablated: s.ablated.feed(),
	}
	if e.since < o.single || s.without(AblateBatches) {
		options.MaxRecords = 1
	}
	s.do(read{
		session: s.id, epoch: o.epoch, no: n, scope: s.scope(n), errand: e, options: options,
		vouched: n == networkScope && s.side == seal.Edge,
	})
}

func (s *session) onBatch(g gotBatch, now time.Time) {
	o := &s.out[g.no]
	if g.epoch != o.epoch {
		return
	}
	o.busy = false
	if g.err != nil {
		o.failed = true
		s.notice("the feed could not be read; trying again with the next beat", g.err)
		return
	}
	b := g.batch
	if b.Timeline != o.timeline || b.Head < o.head {
		s.end(byeUnknown, now) // the store was opened anew by another process, or went back behind what it told
		return
	}
	o.took(g.errand, b)
	if b.To <= b.From {
		return
	}
	if len(b.Records) == 0 && !o.answer {
		o.leave(g.no, b)
		return
	}
	o.answer = false
	s.sendBatch(g.no, g.errand, b, g.macs, now)
}

// sendBatch sends a stretch. Records that cannot be written are left out one by one, and told.
func (s *session) sendBatch(n scopeNo, e errand, b feed.Batch, macs []byte, now time.Time) {
	o := &s.out[n]
	f := changes{Scope: n, Timeline: b.Timeline, Head: b.Head, From: b.From, To: b.To, Lane: e.lane, Sent: o.sent()}
	own, rides := o.rider()
	if rides {
		f.Skips = append(f.Skips, own)
	}
	for m := range scopes {
		if k, ok := s.out[m].rider(); ok {
			f.Skips = append(f.Skips, k)
		}
	}
	var err error
	if f.Seqs, f.Batch, err = pack(b.Records); err != nil {
		b.Records = s.packable(b.Records)
		macs = nil
		f.Seqs, f.Batch, _ = pack(b.Records)
	}
	if n == networkScope && len(b.Records) > 0 {
		if f.MACs = macs; s.side == seal.Hub {
			f.MACs = MACs(s.mac, b.Records)
		}
	}
	bytes := s.send(kindChanges, f)
	if e.lane == laneBackfill && len(b.Records) > 0 {
		o.width.each = bytes / len(b.Records)
	}
	if e.lane != laneRepair {
		o.sendOff(flight{
			from: b.From, to: b.To, bytes: bytes, lane: e.lane, number: s.sealed.Sent(), was: e.was, again: e.again, rider: own,
		}, now)
	}
}

func pack(records []feed.Sequenced) (seqs []feed.Seq, batch []byte, err error) {
	if len(records) == 0 {
		return nil, nil, nil
	}
	plain := make([]record.Record, len(records))
	for i := range records {
		plain[i] = records[i].Record
		seqs = append(seqs, records[i].Seq)
	}
	batch, err = record.EncodeBatch(plain)
	return seqs, batch, err
}

// packable leaves out what cannot be written: a record that outgrew what may be told.
func (s *session) packable(records []feed.Sequenced) (out []feed.Sequenced) {
	for _, r := range records {
		if _, _, err := pack([]feed.Sequenced{r}); err != nil {
			s.parked++
			s.notice("a record cannot be told to the other side", fmt.Errorf("%s %s: %w", r.Record.Kind, r.Record.ID, err))
			continue
		}
		out = append(out, r)
	}
	return out
}
