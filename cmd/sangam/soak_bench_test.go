package main_test

import (
	"bufio"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/replay"
	"github.com/aashram-care/sangam/internal/testkit"
)

// SANGAM_SOAK_ROUNDS is how many times a day is played (default 6), SANGAM_SOAK_VISITS how many visits it has (default 100).
const (
	envSoakRounds = "SANGAM_SOAK_ROUNDS"
	envSoakVisits = "SANGAM_SOAK_VISITS"
)

// BenchmarkSoak plays a day again and again, with Redis away for a part of each, and tells what site and centre are like
// once all is quiet after the second round and after the last: memory, goroutines, and what a visit adds to the file.
//
//	SANGAM_SOAK_ROUNDS=100 go test ./cmd/sangam -run '^$' -bench Soak -timeout 0
func BenchmarkSoak(b *testing.B) {
	rounds, visits := max(amount(b, envSoakRounds, 6), 3), amount(b, envSoakVisits, 100)
	server := testkit.StartRedis(b)
	admin := map[string]string{"hub": testkit.FreeAddr(b), "edge": testkit.FreeAddr(b)}
	hub := testkit.StartProcess(b, "hub", "--redis", server.URL, "--admin-listen", admin["hub"])
	testkit.Run(b, pin, "staff", "add", "--data", hub.Dir, "--name", "Anil", "--role", "central_admin")
	var enrolled struct{ Code string }
	testkit.RunJSON(b, &enrolled, "", "hub", "enrol", "--data", hub.Dir, "--site", "Nirmal Dham")
	edge := testkit.StartProcess(b, "edge", "--redis", server.URL, "--join", enrolled.Code, "--site-name", "Nirmal Dham", "--admin-listen", admin["edge"])
	testkit.Run(b, pin, "staff", "add", "--data", edge.Dir, "--name", "Meera", "--role", "admin")
	both := map[string]*testkit.Process{"hub": hub, "edge": edge}
	seen := map[string][]quietState{}
	site := siteOnceLive(b, edge)
	for round := range rounds {
		o := replay.Options{
			Day: replay.Generate("2026-01-05", visits, uint64(round)), Gurujis: 4, Listeners: 20, Seed: uint64(round), Settle: time.Minute,
			Site: edge.URL, SiteID: site, Hub: hub.URL,
			Admin: replay.Account{Name: "Meera", PIN: pin}, HubUser: replay.Account{Name: "Anil", PIN: pin},
		}
		from, to := o.Day.Span()
		o.Speed = (to - from).Seconds() / 10 // a day in ten seconds
		away := time.AfterFunc(3*time.Second, func() {
			server.Stop()
			<-time.After(3 * time.Second)
			server.Start()
		})
		report, err := replay.Run(b.Context(), o)
		if away.Stop() {
			b.Error("the day was over before Redis was stopped")
		}
		if err != nil {
			b.Fatal(err)
		}
		if err := report.Verdict(); err != nil {
			b.Error(err)
		}
		<-time.After(5 * time.Second) // sockets have closed, and what was put off is done
		for name, p := range both {
			seen[name] = append(seen[name], stateOf(b, p, admin[name]))
			b.Logf("round %d: %s %+v", round+1, name, seen[name][round])
		}
	}
	b.ReportMetric(0, "ns/op")
	for name, states := range seen {
		early, last := states[1], states[rounds-1]
		b.ReportMetric(early.rss, name+"-RSS-MiB-early")
		b.ReportMetric(last.rss, name+"-RSS-MiB-last")
		b.ReportMetric(early.heap, name+"-heap-MiB-early")
		b.ReportMetric(last.heap, name+"-heap-MiB-last")
		b.ReportMetric(early.goroutines, name+"-goroutines-early")
		b.ReportMetric(last.goroutines, name+"-goroutines-last")
		b.ReportMetric((early.file-states[0].file)/float64(visits)/1024, name+"-KiB/visit-early")
		b.ReportMetric((last.file-early.file)/float64(visits*(rounds-2))/1024, name+"-KiB/visit")
	}
}

// quietState is what a node is like that nobody uses. heap is how large it may get before garbage is collected: a
// multiple of what lives.
type quietState struct{ rss, heap, goroutines, file float64 }

func stateOf(b *testing.B, p *testkit.Process, admin string) quietState {
	b.Helper()
	s := quietState{rss: float64(p.Usage(b).RSS) / 1024}
	info, err := os.Stat(filepath.Join(p.Dir, "sangam.db"))
	if err != nil {
		b.Fatal(err)
	}
	s.file = float64(info.Size())
	res, err := http.Get("http://" + admin + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	figures := map[string]float64{}
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		name, text, _ := strings.Cut(lines.Text(), " ")
		if figures[name], err = strconv.ParseFloat(text, 64); err != nil {
			delete(figures, name) // a comment
		}
	}
	s.goroutines, s.heap = figures["go_goroutines"], figures["go_memstats_next_gc_bytes"]/(1<<20)
	if s.goroutines == 0 || s.heap == 0 {
		b.Fatalf("the figures of %s lack some: %v", admin, figures)
	}
	return s
}

// siteOnceLive waits until the centre hears a site, and returns its id.
func siteOnceLive(b *testing.B, edge *testkit.Process) string {
	b.Helper()
	var lines []struct{ Site, State string }
	if !testkit.Eventually(30*time.Second, func() bool {
		testkit.RunJSON(b, &lines, "", "link", "--data", edge.Dir)
		return len(lines) == 1 && lines[0].State == string(api.StateLive)
	}) {
		b.Fatalf("the line is %+v after 30 s", lines)
	}
	return lines[0].Site
}
