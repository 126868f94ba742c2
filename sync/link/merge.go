package link

import (
	"context"
	"fmt"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// merge unites what came with what is held.
type merge struct {
	writing
	session uint64
	no      scopeNo
	frames  []changes    // none: only the cursor moves, over what was skipped
	in      Incoming     // without the records, which are unpacked when it is their turn
	own     *seal.MACKey // of a hub: of the network it takes what carries its MAC only
	pool    *Pool        // of a hub
	repair  bool         // outside of the feed: nothing is remembered of where the records came from
}

type mergedIn struct {
	outcome
	work    merge
	result  Merged
	foreign int   // records that are not the hub's own
	spoilt  error // why nothing was merged: the frame at that place cannot be read
	at      int
}

func (w merge) Perform(ctx context.Context, d Desk) Event {
	out := mergedIn{outcome: outcome{session: w.session}, work: w}
	done, err := w.pool.turn(ctx)
	if err != nil {
		out.err = fmt.Errorf("wait to merge: %w", err)
		return out
	}
	defer done()
	in, macs := w.in, []byte(nil)
	for i := range w.frames {
		records, foreign, err := w.unpack(&w.frames[i])
		if err != nil {
			out.spoilt, out.at = err, i
			return out
		}
		in.Records, out.foreign = append(in.Records, records...), out.foreign+foreign
		macs = append(macs, w.frames[i].MACs...)
	}
	if w.own == nil && len(macs) > 0 {
		// Before the merge: a record without its MAC could never be given back, a MAC without its record does no harm.
		out.err = d.Store.Write(ctx, func(tx feed.Tx) error { return Vouch(tx, in.Records, macs) })
	}
	switch {
	case out.err != nil:
	case w.own != nil && w.no == networkScope && len(in.Records) > 0 && !w.repair:
		out.result, out.err = takeBack(ctx, d, in)
	default:
		out.result, out.err = d.Store.Merge(ctx, in)
	}
	if out.err != nil {
		out.err = fmt.Errorf("merge (%d, %d] of %s from %s: %w", in.From, in.To, in.Scope, in.Peer, out.err)
	}
	return out
}

// unpack reads the records of a frame, and of network records at a hub takes its own only.
func (w merge) unpack(f *changes) (out []feed.Sequenced, foreign int, err error) {
	records, err := record.DecodeBatch(f.Batch, record.Limits{MaxRecords: maxSeqs, MaxBytes: seal.MaxBody})
	if err == nil && len(records) != len(f.Seqs) {
		err = fmt.Errorf("%d records with %d numbers", len(records), len(f.Seqs))
	}
	if err != nil {
		return nil, 0, err
	}
	out = make([]feed.Sequenced, len(records))
	for i := range records {
		out[i].Record = records[i]
		if !w.repair {
			out[i].Seq = f.Seqs[i]
		}
	}
	if w.no != networkScope {
		f.MACs = nil
		return out, 0, nil
	}
	if len(f.MACs) != len(records)*seal.MACSize {
		return nil, 0, fmt.Errorf("%d records with %d bytes of MACs", len(records), len(f.MACs))
	}
	if w.own != nil {
		out, foreign = ownOnly(*w.own, out, f.MACs)
	}
	return out, foreign, nil
}

// takeBack merges what a site gave back of the network's records. Nothing is remembered of where it came from: it is
// what the hub once made, and the site may hold less, if it died between keeping a MAC and merging its record.
func takeBack(ctx context.Context, d Desk, in Incoming) (Merged, error) {
	for i := range in.Records {
		in.Records[i].Seq = 0
	}
	m, err := d.Store.Merge(ctx, Incoming{Scope: in.Scope, Records: in.Records})
	if err != nil {
		return Merged{}, err
	}
	frame := feed.Frame{Timeline: in.Timeline, From: in.From, To: in.To, Head: in.Head}
	err = d.Store.Write(ctx, func(tx feed.Tx) (err error) {
		m.Cursor, err = feed.Advance(tx, in.Scope, in.Peer, frame)
		return err
	})
	return m, err
}

// park keeps a batch of one record that cannot be read, and moves on over it.
type park struct {
	writing
	session uint64
	no      scopeNo
	scope   feed.Scope
	peer    string
	frame   feed.Frame
	at      feed.Seq
	reason  string
	data    []byte
}

func (w park) Perform(ctx context.Context, d Desk) Event {
	out := mergedIn{outcome: outcome{session: w.session}, work: merge{no: w.no, in: Incoming{
		Scope: w.scope, Peer: w.peer, Timeline: w.frame.Timeline, From: w.frame.From, To: w.frame.To, Head: w.frame.Head,
	}}}
	out.err = d.Store.Write(ctx, func(tx feed.Tx) (err error) {
		source := feed.Source{Peer: w.peer, Timeline: w.frame.Timeline, Seq: w.at}
		if err = feed.Park(tx, w.scope, source, w.reason, w.data); err != nil {
			return err
		}
		out.result.Cursor, err = feed.Advance(tx, w.scope, w.peer, w.frame)
		return err
	})
	out.result.Parked = []record.Key{{}}
	return out
}
