package realtime_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/olahol/melody"
	"golang.org/x/time/rate"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/realtime"
)

// SANGAM_FANOUT_SOCKETS names the sizes to measure (default 100,1000), SANGAM_FANOUT_SECONDS how many
// seconds each of the two sends (default 20).
const (
	envSockets = "SANGAM_FANOUT_SOCKETS"
	envSeconds = "SANGAM_FANOUT_SECONDS"
	envChild   = "SANGAM_FANOUT_CHILD" // URL and number of sockets; set by the benchmark for the process that holds them
)

// BenchmarkFanout measures commit -> N dashboards, ten changes of 400 bytes a second, beside a bare melody server. Both
// are up at once and take turns of a second, so that they have the same neighbours on the machine. The sockets are held
// by another process; the figure of a commit is its slowest socket.
func BenchmarkFanout(b *testing.B) {
	for _, n := range strings.Split(cmp.Or(os.Getenv(envSockets), "100,1000"), ",") {
		sockets, err := strconv.Atoi(n)
		if err != nil {
			b.Fatalf("%s: %v", envSockets, err)
		}
		b.Run(n, func(b *testing.B) { duel(b, sockets) })
	}
}

// contestant is a server and how it tells all its sockets of one change.
type contestant struct {
	http.Handler
	tell func(fields map[string]any)
	end  func()
}

func bareServer() contestant {
	m := melody.New()
	return contestant{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _ = m.HandleRequest(w, r) }),
		tell: func(fields map[string]any) {
			text, _ := json.Marshal(fields)
			_ = m.Broadcast(text)
		},
		end: func() { _ = m.Close() },
	}
}

func hubServer(b *testing.B) contestant {
	l := &ledger{key: "all"}
	h := realtime.New(realtime.Options{
		Clocks: func() api.Clocks { return api.Clocks{ServerTime: api.At(time.Now()), ClinicSpeed: 1} }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		MaxPerSession: 1 << 20, MaxSockets: 1 << 20, AcceptRate: rate.Inf,
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	return contestant{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.Serve(w, r, realtime.Reader{Session: "one", Audience: l})
		}),
		tell: func(fields map[string]any) { l.append(fields); h.Wake() },
		end: func() {
			cancel()
			if err := <-ended; err != nil {
				b.Error(err)
			}
		},
	}
}

// duel lets both servers serve so many sockets each.
func duel(b *testing.B, sockets int) {
	seconds, err := strconv.Atoi(cmp.Or(os.Getenv(envSeconds), "20"))
	if err != nil {
		b.Fatalf("%s: %v", envSeconds, err)
	}
	bare, ours := enter(b, bareServer(), sockets, 10*seconds), enter(b, hubServer(b), sockets, 10*seconds)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range seconds {
		bare.turn(tick.C)
		ours.turn(tick.C)
	}
	b.ReportMetric(0, "ns/op")
	deliveries := float64(sockets * 10 * seconds)
	for name, s := range map[string]*side{"bare": bare, "ours": ours} {
		got := s.sockets.report()
		s.end()
		s.server.Close()
		b.ReportMetric(got.at(50), name+"-p50-ms")
		b.ReportMetric(got.at(99), name+"-p99-ms")
		b.ReportMetric(float64(s.cpu.Microseconds())/deliveries, name+"-cpu-us/delivery")
		b.ReportMetric(float64(s.memory)/float64(sockets)/1024, name+"-RSS-KiB/socket")
		b.ReportMetric(float64(got.Lost), name+"-lost")
		b.ReportMetric(float64(got.Repeated), name+"-repeated")
	}
}

// side is one of the two with its sockets open.
type side struct {
	contestant
	server  *httptest.Server
	sockets *holder
	memory  int // that the sockets took, while nothing was sent
	sent    int
	cpu     time.Duration // of its turns
}

func enter(b *testing.B, c contestant, sockets, commits int) *side {
	s := &side{contestant: c, server: httptest.NewServer(c)}
	before := residentBytes(b)
	s.sockets = holdSockets(b, s.server.URL, sockets, commits)
	s.memory = residentBytes(b) - before
	return s
}

// turn sends ten changes, and waits until this process rests: what is still on its way would be in the other's way.
func (s *side) turn(tick <-chan time.Time) {
	began, pad := cpuTime(), strings.Repeat("x", 350)
	for range 10 {
		s.tell(map[string]any{"n": s.sent, "at": time.Now().UnixNano(), "pad": pad})
		s.sent++
		<-tick
	}
	for used := time.Hour; used > resting; {
		before := cpuTime()
		<-tick
		used = cpuTime() - before
	}
	s.cpu += cpuTime() - began
}

// resting is how much of a tenth of a second the process uses that has nothing to send.
const resting = 5 * time.Millisecond

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// residentBytes is the size of this process once it has given back what it does not use.
func residentBytes(b *testing.B) int {
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		b.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// received is what the process with the sockets tells at the end.
type received struct {
	SlowestMs      []float64 // per commit, rising
	Lost, Repeated int
}

func (r received) at(percent int) float64 {
	if len(r.SlowestMs) == 0 {
		return -1
	}
	return r.SlowestMs[(len(r.SlowestMs)-1)*percent/100]
}

type holder struct {
	b   *testing.B
	cmd *exec.Cmd
	out *bufio.Reader
}

// holdSockets starts this test binary once more and returns when all its sockets are open.
func holdSockets(b *testing.B, url string, sockets, commits int) *holder {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %d", envChild, url, sockets, commits))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	h := &holder{b, cmd, bufio.NewReader(out)}
	if line, err := h.out.ReadString('\n'); err != nil || line != "open\n" {
		b.Fatalf("open sockets: %q %v", line, err)
	}
	return h
}

func (h *holder) report() (r received) {
	if err := json.NewDecoder(h.out).Decode(&r); err != nil {
		h.b.Fatal(err)
	}
	if err := h.cmd.Wait(); err != nil {
		h.b.Fatal(err)
	}
	return r
}

// quiet is how long a socket waits for what is lost; before the first change it waits for all others to be open.
const quiet = time.Minute

// runAsSockets is the other process: it opens the sockets, counts what each gets, and writes a report.
func runAsSockets() bool {
	var url string
	var sockets, commits int
	if _, err := fmt.Sscan(os.Getenv(envChild), &url, &sockets, &commits); err != nil {
		return false
	}
	counts := make([][]int, sockets) // per socket and commit
	slowest := make([]float64, commits)
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range counts {
		counts[i] = make([]int, commits)
		conn, _, err := websocket.DefaultDialer.Dial("ws"+url[4:], nil)
		if err != nil {
			fmt.Fprintln(os.Stderr, "socket", i, err)
			os.Exit(1)
		}
		all.Add(1)
		go func() {
			defer all.Done()
			defer conn.Close()
			for got := 0; got < commits; {
				_ = conn.SetReadDeadline(time.Now().Add(quiet))
				_, text, err := conn.ReadMessage()
				if err != nil {
					return
				}
				now := time.Now().UnixNano()
				for _, change := range strings.Split(string(text), `"at":`)[1:] {
					at, n := parseChange(change)
					counts[i][n]++
					got++
					mu.Lock()
					slowest[n] = max(slowest[n], float64(now-at)/1e6)
					mu.Unlock()
				}
			}
		}()
	}
	fmt.Println("open")
	all.Wait()
	r := received{SlowestMs: slowest}
	for _, row := range counts {
		for _, n := range row {
			r.Lost += max(0, 1-n)
			r.Repeated += max(0, n-1)
		}
	}
	slices.Sort(r.SlowestMs)
	_ = json.NewEncoder(os.Stdout).Encode(r)
	return true
}

// parseChange reads `123,"n":4,...`, which follows "at": in the JSON of fields.
func parseChange(text string) (at int64, n int) {
	_, _ = fmt.Sscanf(text, `%d,"n":%d`, &at, &n)
	return at, n
}
