package main_test

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/feed"
)

// SANGAM_YEAR_VISITS is how many visits a year has (default 100000), SANGAM_YEAR_RECORDS how many records the larger
// file is filled up to (default 1000000).
const (
	envYearVisits  = "SANGAM_YEAR_VISITS"
	envYearRecords = "SANGAM_YEAR_RECORDS"
)

const (
	yearDays  = 365
	atOnce    = 96 // visits that go on side by side while the year is filled
	rounds    = 40 // of a day's work on the file of a year and on an empty one, taking turns
	roundWork = 240
	fillWork  = 1_920 // visits of each day after the year, while more records are wanted
	marginDay = 90    // days that those have before today
	idleFor   = 10 * time.Second
)

// BenchmarkYear is a site after a year: what its day's work costs beside that of the first day, and how soon and how
// large its process is when it is started on that file, and on one with a million records.
//
//	go test ./cmd/sangam -run '^$' -bench Year
func BenchmarkYear(b *testing.B) {
	visits, records := amount(b, envYearVisits, 100_000), amount(b, envYearRecords, 1_000_000)
	edge := testkit.StartProcess(b, "edge")
	edge.Stop()
	first := time.Now().AddDate(0, 0, -yearDays-marginDay)
	old := openSite(b, edge.Dir, &yearSite{next: first})
	began := time.Now()
	old.days(yearDays, visits/yearDays+1, atOnce)
	filled := time.Since(began)
	held := old.records(b)
	b.Run("days-work", func(b *testing.B) {
		for range b.N {
			young := openSite(b, b.TempDir(), &yearSite{next: first})
			fresh, aged := young.work(b, old)
			young.close()
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(fresh.perSecond, "first-day-commands/s")
			b.ReportMetric(aged.perSecond, "after-a-year-commands/s")
			b.ReportMetric(aged.perSecond/fresh.perSecond, "ratio")
			b.ReportMetric(aged.processor/fresh.processor, "processor-ratio")
			b.ReportMetric(float64(visits*4)/filled.Seconds(), "filling-commands/s")
		}
	})
	old.close()
	b.Run("start-after-a-year", func(b *testing.B) { start(b, edge, held) })
	old = openSite(b, edge.Dir, old)
	for held = old.records(b); held < records; held = old.records(b) {
		old.days(1, fillWork, atOnce)
	}
	old.close()
	b.Run("start-with-a-million", func(b *testing.B) { start(b, edge, held) })
}

func amount(b *testing.B, name string, otherwise int) int {
	b.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv(name), strconv.Itoa(otherwise)))
	if err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	return n
}

// yearSite is the directory of a site, open in this process.
type yearSite struct {
	node  *node.Node
	floor *testkit.Floor
	next  time.Time // the first day that nobody has worked on
	close func()
}

// openSite opens a directory, with the people who worked there before if there were any.
func openSite(b *testing.B, dir string, before *yearSite) *yearSite {
	b.Helper()
	clock := &testkit.Clock{}
	clock.Set(before.next)
	n, err := node.Open(node.Options{Dir: dir, Role: node.Edge, ClinicNow: clock.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Committer.Run(ctx) }()
	s := &yearSite{node: n, floor: before.floor, next: before.next}
	s.close = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		if err := n.Close(); err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(s.close)
	if s.floor == nil {
		s.floor = testkit.NewFloor(b, n.Committer, clock)
	} else {
		s.floor.MoveTo(n.Committer, clock)
	}
	return s
}

// days works on the next days.
func (s *yearSite) days(n, visits, group int) {
	s.floor.Days(s.next, n, visits, group)
	s.next = s.next.AddDate(0, 0, n)
}

// records is how many the site holds.
func (s *yearSite) records(b *testing.B) (n int) {
	b.Helper()
	err := s.node.Store.View(func(tx feed.Tx) (err error) {
		n, _, _, err = feed.Backlog(tx, feed.SiteScope(s.node.Site), 0)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// pace is how fast a site works, and what a round of it costs the processor in seconds: the middle of all rounds.
type pace struct{ perSecond, processor float64 }

// work lets two sites work in turns. What filling one of them left to be written is on the disk before: it would hold
// up both, and the one that waits for more of it longer.
func (s *yearSite) work(b *testing.B, other *yearSite) (here, there pace) {
	b.Helper()
	if err := errors.Join(s.node.Store.Fold(), other.node.Store.Fold()); err != nil {
		b.Fatal(err)
	}
	syscall.Sync()
	var took, spent [2][]float64
	for range rounds {
		for n, site := range []*yearSite{s, other} {
			began, used := time.Now(), processorTime(b)
			site.days(1, roundWork, 12)
			took[n] = append(took[n], time.Since(began).Seconds())
			spent[n] = append(spent[n], (processorTime(b) - used).Seconds())
		}
	}
	var both [2]pace
	for n := range both {
		slices.Sort(took[n])
		slices.Sort(spent[n])
		both[n] = pace{roundWork * 4 / took[n][rounds/2], spent[n][rounds/2]}
	}
	return both[0], both[1]
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// start starts the process on what was filled, and looks at it while nobody uses it.
func start(b *testing.B, edge *testkit.Process, records int) {
	var ready []float64
	for range b.N {
		for range 3 {
			began := time.Now()
			edge.Start()
			ready = append(ready, time.Since(began).Seconds())
			edge.Stop()
		}
		edge.Start()
		before := edge.Usage(b)
		<-time.After(idleFor)
		after := edge.Usage(b)
		edge.Stop()
		slices.Sort(ready)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(records), "records")
		b.ReportMetric(ready[len(ready)/2], "ready-s")
		b.ReportMetric(float64(after.RSS)/1024, "RSS-MiB")
		b.ReportMetric(100*(after.CPU-before.CPU).Seconds()/idleFor.Seconds(), "%core-idle")
	}
}
