package bench_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

const (
	threeWeeks = 21
	dayVisits  = 595 // which leave some 3,600 records a day
)

// line is what lies between a site and its Redis.
type line struct {
	name string
	days int           // of work that wait
	trip time.Duration // there and back
	bits int           // a second
	lost float64       // share of frames
}

var lines = []line{
	{"4-Mbit", threeWeeks, 200 * time.Millisecond, 4_000_000, 0.05},
	{"4-Mbit-lossless", threeWeeks, 200 * time.Millisecond, 4_000_000, 0},
	{"4G", threeWeeks, 60 * time.Millisecond, 20_000_000, 0.01},
	{"64-kbit", 1, 200 * time.Millisecond, 64_000, 0.05}, // one day: three weeks fill this line for ten minutes
}

// BenchmarkCatchUp is a site that was cut off: from its first hello until the centre holds all, while somebody is
// checked in each second. Beside it, the same bytes by one bare connection over the same line.
//
//	go test ./sync/link/bench -run '^$' -bench CatchUp
func BenchmarkCatchUp(b *testing.B) {
	offline := map[int]string{}
	for _, l := range lines {
		if offline[l.days] == "" {
			offline[l.days] = b.TempDir()
			workOffline(b, offline[l.days], l.days)
		}
		var sent uint64
		b.Run(l.name, func(b *testing.B) {
			for range b.N {
				sent = catchUp(b, l, offline[l.days])
			}
		})
		if sent == 0 {
			continue // another line was asked for
		}
		b.Run(l.name+"-bare", func(b *testing.B) {
			for range b.N {
				bare(b, l, sent)
			}
		})
	}
}

// workOffline leaves in dir the file of a site that never had a line.
func workOffline(b *testing.B, dir string, days int) {
	b.Helper()
	clock := &testkit.Clock{}
	first := time.Now().AddDate(0, 0, -days)
	clock.Set(first)
	site := open(b, dir, siteID, clock.Now)
	testkit.NewFloor(b, site.Committer, clock).Days(first, days, dayVisits, 59)
	site.close()
}

func catchUp(b *testing.B, l line, offline string) (sent uint64) {
	b.Helper()
	server := testkit.StartRedis(b)
	proxy := testkit.StartProxy(b, server.Addr)
	proxy.Delay(l.trip / 2)
	proxy.Rate(l.bits / 8)

	dir := b.TempDir()
	for _, name := range []string{node.StoreFile, node.TokensFile} {
		copyFile(b, filepath.Join(offline, name), filepath.Join(dir, name))
	}
	site, centre := open(b, dir, siteID, time.Now), open(b, b.TempDir(), record.ID{}, time.Now)
	records, size, head := backlog(b, site)

	var secret [32]byte
	_, _ = rand.Read(secret[:])
	key := link.SiteKey{ID: 1, Key: seal.SiteKey(secret)}
	mac, err := seal.NewMACKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	hub, err := link.NewHub(link.HubOptions{
		Hub: hubID, Node: "hub", Boot: newBoot(), Keys: oneKey{key}, MAC: mac, Log: quiet,
		Bus: newLossy(openRedis(b, server.URL), l.lost), Store: centre.linkStore(),
	})
	if err != nil {
		b.Fatal(err)
	}
	edge, err := link.NewEdge(link.EdgeOptions{
		Site: siteID, Node: "box", Boot: newBoot(), Keys: []link.SiteKey{key}, Log: quiet,
		Bus: newLossy(openRedis(b, server.URLAt(proxy.Addr)), l.lost), Store: site.linkStore(),
	})
	if err != nil {
		b.Fatal(err)
	}
	fresh := &arrivals{at: map[record.ID]time.Time{}}
	site.OnCommit(func(c commit.Committed) { tell(c, edge.Committed) })
	centre.OnCommit(func(c commit.Committed) { tell(c, hub.Committed); fresh.saw(c) })
	run(b, hub.Run)

	b.ResetTimer()
	began := time.Now()
	run(b, edge.Run)
	caughtUp := make(chan time.Duration, 1)
	go func() {
		for !holds(centre, head) {
			<-time.After(20 * time.Millisecond)
		}
		caughtUp <- time.Since(began)
	}()
	var took time.Duration
	made := map[record.ID]time.Time{}
	var traffic link.Traffic
	for took == 0 {
		select {
		case took = <-caughtUp:
			traffic = edge.Traffic()
		case <-time.After(time.Second):
			at := time.Now()
			made[site.checkIn(b)] = at
		}
	}
	waits := fresh.await(b, made)
	b.StopTimer()
	if st := hub.Status(siteID); st.Repairs != 0 {
		b.Errorf("%d records were found by a digest only", st.Repairs)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took.Seconds(), "s")
	b.ReportMetric(float64(records), "records")
	b.ReportMetric(float64(size)/float64(records), "canonical-B/record")
	b.ReportMetric(float64(traffic.BytesOut)/float64(records), "wire-B/record")
	b.ReportMetric(100*float64(traffic.BytesOut*8)/took.Seconds()/float64(l.bits), "%line")
	if len(waits) > 0 {
		b.ReportMetric(waits[len(waits)/2].Seconds()*1000, "fresh-p50-ms")
		b.ReportMetric(waits[len(waits)-1].Seconds()*1000, "fresh-max-ms")
	}
	return traffic.BytesOut
}

// backlog is what waits in a file that no hub has heard of, and where its feed ends.
func backlog(b *testing.B, site *end) (records, bytes int, head feed.Seq) {
	b.Helper()
	err := site.View(func(tx feed.Tx) (err error) {
		if _, head, err = feed.Head(tx, scope); err != nil {
			return err
		}
		records, bytes, _, err = feed.Backlog(tx, scope, 0)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return records, bytes, head
}

// holds tells whether the centre's cursor of the site has come so far.
func holds(centre *end, head feed.Seq) (all bool) {
	_ = centre.View(func(tx feed.Tx) error {
		cursors, err := feed.Cursors(tx, scope, link.SitePeer(siteID))
		for _, c := range cursors {
			all = all || c.Seq >= head
		}
		return err
	})
	return all
}

func tell(c commit.Committed, committed func(feed.Scope, feed.Seq)) {
	for scope, head := range c.Heads {
		committed(scope, head.Seq)
	}
}

// arrivals is when the centre first held an entry.
type arrivals struct {
	mu sync.Mutex
	at map[record.ID]time.Time
}

func (a *arrivals) saw(c commit.Committed) {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range c.Changes {
		if r := &c.Changes[i].After; r.Kind == clinic.KindEntry && a.at[r.ID].IsZero() {
			a.at[r.ID] = now
		}
	}
}

// await waits for all that were made, and returns how long each took, the longest last.
func (a *arrivals) await(b *testing.B, made map[record.ID]time.Time) (took []time.Duration) {
	b.Helper()
	for id, at := range made {
		if !testkit.Eventually(time.Minute, func() bool {
			a.mu.Lock()
			defer a.mu.Unlock()
			return !a.at[id].IsZero()
		}) {
			b.Fatal("somebody who was checked in meanwhile is not at the centre after a minute")
		}
		a.mu.Lock()
		took = append(took, a.at[id].Sub(at))
		a.mu.Unlock()
	}
	slices.Sort(took)
	return took
}

// bare sends so many bytes by one connection over the line, from the dial until the far end has all of them.
func bare(b *testing.B, l line, size uint64) {
	b.Helper()
	sink, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	proxy := testkit.StartProxy(b, sink.Addr().String())
	proxy.Delay(l.trip / 2)
	proxy.Rate(l.bits / 8)
	began := time.Now()
	conn, err := net.Dial("tcp", proxy.Addr)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	go func() { _, _ = conn.Write(make([]byte, size)) }()
	far, err := sink.Accept()
	if err != nil {
		b.Fatal(err)
	}
	defer far.Close()
	if _, err := io.CopyN(io.Discard, far, int64(size)); err != nil {
		b.Fatal(fmt.Errorf("carry %d bytes: %w", size, err))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(time.Since(began).Seconds(), "s")
}

func copyFile(b *testing.B, from, to string) {
	b.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
}
