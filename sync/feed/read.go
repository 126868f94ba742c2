package feed

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// Sequenced is a record and the seq of the state it is in.
type Sequenced struct {
	Seq    Seq
	Record record.Record
}

// Batch is a stretch of a feed: every record whose newest state lies in
// (From, To], less those the reader holds already. To is the head, or UpTo
// where that is less, unless More. Timeline and Head are those of the transaction that read it.
type Batch struct {
	Scope          Scope
	Timeline       Timeline
	From, To, Head Seq
	Records        []Sequenced
	LeftOut        int
	More           bool
}

// ReadOptions bound a batch. Zero bounds mean the defaults.
type ReadOptions struct {
	MaxRecords int // default 1,000
	MaxBytes   int // of canonical forms; default 48 KiB; one record always fits
	UpTo       Seq // where to stop; default the head
	// PeerSpans are the timelines that the reader sent in this session: what
	// it is known to hold by them is left out. Never those of an earlier
	// session: a restored reader must get its own lost work back.
	PeerSpans []Span
	// Ablated is for a simulation only.
	Ablated Ablation
}

// maxScanned bounds how much of a long left-out stretch one Read walks.
const maxScanned = 20_000

// Read returns the records of a scope that changed after since, each once, in
// seq order, as they are now.
func Read(tx Tx, scope Scope, since Seq, o ReadOptions) (Batch, error) {
	if o.MaxRecords <= 0 {
		o.MaxRecords = 1000
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 48 << 10
	}
	timeline, head, err := Head(tx, scope)
	if err != nil {
		return Batch{}, err
	}
	since = min(since, head) // a reader ahead of the feed holds a history that is gone; Resume tells it
	end := head
	if o.UpTo > 0 {
		end = min(o.UpTo, head)
	}
	b := Batch{Scope: scope, Timeline: timeline, From: since, To: since, Head: head}
	if since >= end {
		return b, nil
	}
	k := tagOf(scope)
	bytes, scanned := 0, 0
	full := false
	err = tx.Scan(k.seq(since+1), k.seq(end+1), func(key, row []byte) (bool, error) {
		p, err := readPlace(row)
		if err != nil {
			return false, err
		}
		seq := Seq(binary.BigEndian.Uint64(key[len(key)-8:]))
		scanned++
		if p.mark.isSet() && (o.Ablated.has(AblateEchoList) || covers(o.PeerSpans, p.mark.timeline, p.mark.seq)) {
			if full = scanned > maxScanned; full {
				return false, nil
			}
			b.LeftOut++
			b.To = seq
			return true, nil
		}
		bytes += p.size
		if full = len(b.Records) > 0 && (bytes > o.MaxBytes || len(b.Records) == o.MaxRecords) || scanned > maxScanned; full {
			return false, nil
		}
		rec, at, ok, err := Load(tx, scope, p.key)
		if err != nil {
			return false, err
		}
		if !ok || at != seq {
			return false, corrupt("seq %d names %s %s, which is at %d", seq, p.key.Kind, p.key.ID, at)
		}
		b.Records = append(b.Records, Sequenced{Seq: seq, Record: rec})
		b.To = seq
		return true, nil
	})
	if err != nil {
		return Batch{}, fmt.Errorf("read %s since %d: %w", scope, since, err)
	}
	if b.More = full; !full {
		b.To = end
	}
	return b, nil
}

// Backlog returns what of a scope lies after acked: how many records, the
// bytes of their canonical forms, and when the oldest state among them was
// committed. It walks the backlog: some 100 ns a record.
func Backlog(tx Tx, scope Scope, acked Seq) (records, bytes int, oldest time.Time, err error) {
	k := tagOf(scope)
	err = tx.Scan(k.seq(acked+1), next(k.key(tableSeq)), func(_, row []byte) (bool, error) {
		p, err := readPlace(row)
		if err != nil {
			return false, err
		}
		if at := time.UnixMilli(p.ms).UTC(); records == 0 || at.Before(oldest) {
			oldest = at
		}
		records++
		bytes += p.size
		return true, nil
	})
	if err != nil {
		return 0, 0, time.Time{}, fmt.Errorf("measure the backlog of %s: %w", scope, err)
	}
	return records, bytes, oldest, nil
}
