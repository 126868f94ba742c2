package bench_test

import (
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// frameBytes is how many bytes of canonical forms the link puts into one frame.
const frameBytes = 48 << 10

// BenchmarkWire is what a record of three weeks of work costs on the wire, sealed, in frames as the link fills them: as
// the feed brings them, and of each kind alone. Beside it, the canonical form and JSON of the fields.
//
//	go test ./sync/link/bench -run '^$' -bench Wire
func BenchmarkWire(b *testing.B) {
	dir := b.TempDir()
	workOffline(b, dir, threeWeeks)
	site := open(b, dir, siteID, time.Now)
	all := []record.Record{}
	byKind := map[string][]record.Record{}
	err := site.View(func(tx feed.Tx) error {
		for since := feed.Seq(0); ; {
			batch, err := feed.Read(tx, scope, since, feed.ReadOptions{MaxBytes: 1 << 20, MaxRecords: 10_000})
			if err != nil || batch.To <= since {
				return err
			}
			for _, s := range batch.Records {
				all = append(all, s.Record)
				byKind[s.Record.Kind] = append(byKind[s.Record.Kind], s.Record)
			}
			since = batch.To
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("feed", func(b *testing.B) { wire(b, all) })
	for _, kind := range []string{clinic.KindEntry, clinic.KindConsultation, clinic.KindAudit, clinic.KindPerson} {
		b.Run(kind, func(b *testing.B) { wire(b, byKind[kind]) })
	}
}

func wire(b *testing.B, records []record.Record) {
	if len(records) == 0 {
		b.Fatal("three weeks of work left none")
	}
	sealed := newSession(b)
	var canonical, plain, packed, frames int
	for range b.N {
		canonical, plain, packed, frames = 0, 0, 0, 0
		var frame []record.Record
		size := 0
		flush := func() {
			batch, err := record.EncodeBatch(frame)
			if err != nil {
				b.Fatal(err)
			}
			out, err := sealed.Seal(rand.Reader, 3, batch)
			if err != nil {
				b.Fatal(err)
			}
			packed, frames = packed+len(out), frames+1
			frame, size = frame[:0], 0
		}
		for i := range records {
			n := len(record.Encode(&records[i]))
			if size+n > frameBytes {
				flush()
			}
			frame, size = append(frame, records[i]), size+n
			canonical += n
			text, err := json.Marshal(records[i])
			if err != nil {
				b.Fatal(err)
			}
			plain += len(text)
		}
		flush()
	}
	per := func(n int) float64 { return float64(n) / float64(len(records)) }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(records)), "records")
	b.ReportMetric(float64(frames), "frames")
	b.ReportMetric(per(packed), "wire-B/record")
	b.ReportMetric(per(canonical), "canonical-B/record")
	b.ReportMetric(per(plain), "JSON-B/record")
}

func newSession(b *testing.B) *seal.Session {
	b.Helper()
	ring := seal.NewRing(siteID)
	key, err := seal.NewSiteKey(rand.Reader)
	if err == nil {
		err = ring.Add(1, key)
	}
	if err != nil {
		b.Fatal(err)
	}
	session, err := ring.Session(seal.Edge, 1, seal.Nonce{1}, seal.Nonce{2})
	if err != nil {
		b.Fatal(err)
	}
	return session
}
