package realtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
	"golang.org/x/time/rate"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/realtime"
)

func TestMain(m *testing.M) {
	if runAsSockets() {
		return
	}
	goleak.VerifyTestMain(m)
}

// ledger is an audience over a list of numbered changes: cursor n stands behind the n-th.
type ledger struct {
	key      string
	pageSize int

	mu     sync.Mutex
	fields []any
	reads  int
	err    error
	served int // the oldest cursor that can be served
}

func (l *ledger) Key() string { return l.key }

func (l *ledger) Now() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strconv.Itoa(len(l.fields))
}

func (l *ledger) Read(from, upTo string) (realtime.Page, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads++
	if l.err != nil {
		return realtime.Page{}, l.err
	}
	a, err := strconv.Atoi(from)
	if err != nil || a < l.served || a > len(l.fields) {
		return realtime.Page{Reset: "unknown_cursor"}, nil
	}
	b, err := strconv.Atoi(upTo)
	if upTo == "" {
		b, err = len(l.fields), nil
	}
	if err != nil {
		return realtime.Page{}, err
	}
	end := b
	if l.pageSize > 0 {
		end = min(b, a+l.pageSize)
	}
	p := realtime.Page{To: strconv.Itoa(end), More: end < b}
	for i := a; i < end; i++ {
		if l.fields[i] != nil {
			p.Changes = append(p.Changes, api.Change{Kind: "row", ID: strconv.Itoa(i + 1), Fields: l.fields[i]})
		}
	}
	return p, nil
}

func (l *ledger) append(fields ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fields = append(l.fields, fields...)
}

func (l *ledger) set(fn func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fn()
}

// node serves one hub over real TCP.
type node struct {
	t       *testing.T
	hub     *realtime.Hub
	url     string
	stop    func() // ends Run and waits for it
	reader  func(r *http.Request) realtime.Reader
	servers *httptest.Server
}

func start(t *testing.T, o realtime.Options, reader func(r *http.Request) realtime.Reader) *node {
	t.Helper()
	o.Node, o.Boot = "node", "boot"
	o.Clocks = func() api.Clocks { return api.Clocks{ClinicSpeed: 1} }
	o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	n := &node{t: t, hub: realtime.New(o), reader: reader}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.hub.Run(ctx) }()
	n.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { n.hub.Serve(w, r, n.reader(r)) }))
	n.url, n.servers = srv.URL, srv
	t.Cleanup(func() { n.stop(); srv.Close() })
	n.until("the hub serves", func() bool {
		res, err := http.Get(srv.URL)
		if err != nil {
			return false
		}
		defer res.Body.Close()
		return res.StatusCode == http.StatusUpgradeRequired
	})
	n.until("the hub runs", func() bool {
		c, res, err := n.dial("", nil)
		if err != nil {
			return res == nil || res.StatusCode != http.StatusServiceUnavailable
		}
		c.Close()
		return true
	})
	n.until("the trial socket has left", func() bool { return n.hub.Stats().Sockets == 0 })
	return n
}

// one is a reader function that puts everybody into the same audience and takes ?since=.
func one(l *ledger) func(*http.Request) realtime.Reader {
	return func(r *http.Request) realtime.Reader {
		return realtime.Reader{Session: r.URL.Query().Get("session"), Audience: l, Since: r.URL.Query().Get("since")}
	}
}

func (n *node) until(what string, ok func() bool) {
	n.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			n.t.Fatalf("never: %s", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}

func (n *node) dial(query string, header http.Header) (*websocket.Conn, *http.Response, error) {
	c, res, err := websocket.DefaultDialer.Dial("ws"+n.url[4:]+"/ws?"+query, header)
	if res != nil && err == nil {
		res.Body.Close()
	}
	return c, res, err
}

// client is a socket whose changes frames are checked to be chained.
type client struct {
	t      *testing.T
	conn   *websocket.Conn
	cursor string
	rows   []string
	closed *websocket.CloseError
}

func (n *node) connect(query string) *client {
	n.t.Helper()
	conn, _, err := n.dial(query, nil)
	if err != nil {
		n.t.Fatalf("dial: %v", err)
	}
	n.t.Cleanup(func() { conn.Close() })
	c := &client{t: n.t, conn: conn}
	if f := c.next(); f.Frame != api.FrameHello {
		n.t.Fatalf("first frame is %q, want hello", f.Frame)
	} else {
		c.cursor = f.Cursor
	}
	return c
}

type anyFrame struct {
	Frame, From, To, Cursor, Why, ID, Status string
	BeatMs, RetryAfterMs                     int64
	Changes                                  []api.Change
	Error                                    *api.Problem
	Uplink                                   *api.Uplink
}

// next reads one frame; the zero frame when the socket was closed.
func (c *client) next() (f anyFrame) {
	c.t.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, text, err := c.conn.ReadMessage()
	if err != nil {
		if !errors.As(err, &c.closed) {
			c.closed = &websocket.CloseError{Code: websocket.CloseAbnormalClosure, Text: err.Error()}
		}
		return f
	}
	if err := json.Unmarshal(text, &f); err != nil {
		c.t.Fatalf("frame %.100s: %v", text, err)
	}
	switch f.Frame {
	case api.FrameChanges:
		if f.From != c.cursor {
			c.t.Fatalf("changes from %s, but the last frame ended at %s", f.From, c.cursor)
		}
		c.cursor = f.To
		for _, change := range f.Changes {
			c.rows = append(c.rows, change.ID)
		}
	case api.FrameBeat:
		if f.Cursor != c.cursor {
			c.t.Fatalf("beat at %s, but the last frame ended at %s", f.Cursor, c.cursor)
		}
	}
	return f
}

// until reads until the client stands at cursor.
func (c *client) until(cursor string) {
	c.t.Helper()
	for c.cursor != cursor && c.closed == nil {
		c.next()
	}
	if c.closed != nil {
		c.t.Fatalf("closed before %s: %v", cursor, c.closed)
	}
}

func (c *client) frame(name string) anyFrame {
	c.t.Helper()
	for {
		f := c.next()
		if c.closed != nil {
			c.t.Fatalf("closed before a %s: %v", name, c.closed)
		}
		if f.Frame == name {
			return f
		}
	}
}

func numbers(from, to int) (rows []string) {
	for i := from; i <= to; i++ {
		rows = append(rows, strconv.Itoa(i))
	}
	return rows
}

func wantRows(t *testing.T, got []string, want []string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("rows %v, want %v", got, want)
	}
}

func TestAJoiningReaderMissesNothingAndGetsNothingTwice(t *testing.T) {
	l := &ledger{key: "a", pageSize: 7}
	l.append(make([]any, 20)...)
	n := start(t, realtime.Options{Window: time.Millisecond}, one(l))
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Add(1)
	go func() {
		defer writing.Done()
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-time.After(200 * time.Microsecond):
				l.append(i)
				n.hub.Wake()
			}
		}
	}()
	n.until("there is history", func() bool { return l.Now() > "50" })
	var clients []*client
	for i := range 12 {
		clients = append(clients, n.connect(fmt.Sprintf("since=%d&session=%d", 20+i, i)))
	}
	close(stop)
	writing.Wait()
	l.append("last")
	n.hub.Wake()
	end, _ := strconv.Atoi(l.Now())
	for i, c := range clients {
		c.until(strconv.Itoa(end))
		wantRows(t, c.rows, numbers(21+i, end))
	}
}

func TestEachFrameIsReadOnceForTheWholeAudience(t *testing.T) {
	l := &ledger{key: "a"}
	n := start(t, realtime.Options{}, one(l))
	var clients []*client
	for range 20 {
		clients = append(clients, n.connect(""))
	}
	before := 0
	l.set(func() { before = l.reads })
	l.append("x")
	n.hub.Wake()
	for _, c := range clients {
		c.until("1")
	}
	l.set(func() {
		if l.reads != before+1 {
			t.Errorf("%d reads for 20 readers, want 1", l.reads-before)
		}
	})
}

func TestABurstBecomesFewFrames(t *testing.T) {
	l := &ledger{key: "a"}
	n := start(t, realtime.Options{Window: 50 * time.Millisecond}, one(l))
	c := n.connect("")
	for i := range 200 {
		l.append(i)
		n.hub.Wake()
	}
	frames := 0
	for c.cursor != "200" {
		if c.next().Frame == api.FrameChanges {
			frames++
		}
		if c.closed != nil {
			t.Fatalf("closed: %v", c.closed)
		}
	}
	if frames > 20 {
		t.Errorf("200 commits in one burst came as %d frames", frames)
	}
	wantRows(t, c.rows, numbers(1, 200))
}

func TestCommitsNobodyOfTheAudienceSeesKeepTheChain(t *testing.T) {
	l := &ledger{key: "a"}
	n := start(t, realtime.Options{Window: time.Millisecond}, one(l))
	early := n.connect("")
	l.append(nil, nil, nil)
	n.hub.Wake()
	late := n.connect("since=0&session=2") // stands where early stands, though the node is at 3
	ahead := n.connect("since=3&session=3")
	l.append("seen")
	n.hub.Wake()
	for _, c := range []*client{early, late, ahead} {
		c.until("4")
		wantRows(t, c.rows, []string{"4"})
	}
}

func TestACursorThatCannotBeServedGetsResetAndThenResumes(t *testing.T) {
	l := &ledger{key: "a"}
	l.append("1", "2", "3")
	n := start(t, realtime.Options{BeatEvery: 20 * time.Millisecond}, one(l))
	c := n.connect("since=forged")
	if f := c.frame(api.FrameReset); f.Why == "" {
		t.Error("reset says no reason")
	}
	c.frame(api.FrameBeat) // the line still lives for a client that fetches its snapshot
	if err := c.conn.WriteJSON(api.ResumeFrame{Frame: api.FrameResume, Cursor: "2"}); err != nil {
		t.Fatal(err)
	}
	c.cursor = "2"
	for c.cursor != "3" {
		if f := c.nextAfterResume(); f.Frame == "" {
			t.Fatalf("closed: %v", c.closed)
		}
	}
	wantRows(t, c.rows, []string{"3"})
}

// nextAfterResume is next for a client that has named a new cursor while older frames may still be on their way.
func (c *client) nextAfterResume() (f anyFrame) {
	_ = c.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	if err := c.conn.ReadJSON(&f); err != nil {
		return anyFrame{}
	}
	if f.Frame == api.FrameChanges && f.From == c.cursor {
		c.cursor = f.To
		for _, change := range f.Changes {
			c.rows = append(c.rows, change.ID)
		}
	}
	return f
}

func TestAReaderTooFarBehindIsSentForASnapshot(t *testing.T) {
	l := &ledger{key: "a", pageSize: 1}
	l.append(make([]any, 100)...)
	n := start(t, realtime.Options{}, one(l))
	c := n.connect("since=0")
	if f := c.frame(api.FrameReset); f.Why != "too_far_behind" {
		t.Errorf("why %q, want too_far_behind", f.Why)
	}
}

func TestAStoreErrorHealsByItself(t *testing.T) {
	l := &ledger{key: "a"}
	n := start(t, realtime.Options{BeatEvery: 20 * time.Millisecond}, one(l))
	c := n.connect("")
	l.set(func() { l.err = errors.New("disk is away") })
	l.append("x")
	n.hub.Wake()
	c.frame(api.FrameBeat)
	l.set(func() { l.err = nil })
	c.until("1")
	wantRows(t, c.rows, []string{"1"})
}

func TestAudiencesDoNotHearEachOther(t *testing.T) {
	a, b := &ledger{key: "a"}, &ledger{key: "b"}
	n := start(t, realtime.Options{Window: time.Millisecond}, func(r *http.Request) realtime.Reader {
		if r.URL.Query().Get("who") == "b" {
			return realtime.Reader{Audience: b}
		}
		return realtime.Reader{Audience: a}
	})
	ca, cb := n.connect("who=a"), n.connect("who=b")
	a.append("for a")
	n.hub.Wake()
	ca.until("1")
	b.append(nil, "for b")
	n.hub.Wake()
	cb.until("2")
	wantRows(t, ca.rows, []string{"1"})
	wantRows(t, cb.rows, []string{"2"})
	ca.conn.Close()
	cb.conn.Close()
	n.until("empty audiences are dropped", func() bool { return n.hub.Stats() == realtime.Stats{} })
}

func TestAnActIsAnsweredOnItsOwnSocket(t *testing.T) {
	l := &ledger{key: "a"}
	heard := make(chan struct{}, 1)
	n := start(t, realtime.Options{}, func(r *http.Request) realtime.Reader {
		reader := realtime.Reader{Audience: l, Heard: func() { heard <- struct{}{} }}
		if r.URL.Query().Get("mute") == "" {
			reader.Act = func(_ context.Context, a api.Action) api.Result {
				return api.Result{ID: a.ID, Status: api.Applied}
			}
		}
		return reader
	})
	for query, want := range map[string]string{"": api.Applied, "mute=1": api.Rejected} {
		c := n.connect(query)
		if err := c.conn.WriteJSON(api.ActFrame{Frame: api.FrameAct, Action: api.Action{ID: "id-1", Type: "queue.call_next", Data: []byte("{}")}}); err != nil {
			t.Fatal(err)
		}
		if f := c.frame(api.FrameResult); f.ID != "id-1" || f.Status != want {
			t.Errorf("result %+v, want %s", f, want)
		}
		if err := c.conn.WriteJSON(api.PongFrame{Frame: api.FramePong}); err != nil {
			t.Fatal(err)
		}
		<-heard
	}
}

func TestRunSaysByeAndClosesAllSockets(t *testing.T) {
	l := &ledger{key: "a"}
	n := start(t, realtime.Options{}, one(l))
	clients := []*client{n.connect("session=1"), n.connect("session=2"), n.connect("session=3")}
	go n.stop()
	for _, c := range clients {
		if f := c.frame(api.FrameBye); f.Why != "shutdown" || f.RetryAfterMs <= 0 {
			t.Errorf("bye %+v", f)
		}
		c.next()
		if c.closed == nil || c.closed.Code != websocket.CloseServiceRestart {
			t.Errorf("closed with %v, want %d", c.closed, websocket.CloseServiceRestart)
		}
	}
	n.stop()
	if _, res, err := n.dial("", nil); err == nil || res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("a stopped hub answers %v, want 503 with Retry-After", res)
	}
}

func TestCloseEndsTheSocketsOfOneSignIn(t *testing.T) {
	l := &ledger{key: "a"}
	n := start(t, realtime.Options{}, one(l))
	mine, other := n.connect("session=1"), n.connect("session=2")
	n.hub.Close("1", "revoked")
	if f := mine.frame(api.FrameBye); f.Why != "revoked" {
		t.Errorf("bye %+v", f)
	}
	if mine.next(); mine.closed == nil || mine.closed.Code != websocket.ClosePolicyViolation {
		t.Errorf("closed with %v", mine.closed)
	}
	l.append("x")
	n.hub.Wake()
	other.until("1")
}

func TestPlacesAreLimitedAndSayWhenToComeBack(t *testing.T) {
	cases := map[string]struct {
		o      realtime.Options
		status int
		code   string
	}{
		"of the node":    {realtime.Options{MaxSockets: 2}, http.StatusServiceUnavailable, "unavailable"},
		"of a sign-in":   {realtime.Options{MaxPerSession: 2}, http.StatusTooManyRequests, "rate_limited"},
		"in one second":  {realtime.Options{AcceptRate: rate.Every(time.Hour), AcceptBurst: 3}, http.StatusTooManyRequests, "rate_limited"}, // one goes to start
		"of other pages": {realtime.Options{Origins: []string{"https://app.example"}}, http.StatusForbidden, "forbidden"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			n := start(t, c.o, one(&ledger{key: "a"}))
			n.connect("")
			n.connect("")
			header := http.Header{}
			if c.status == http.StatusForbidden {
				header.Set("Origin", "https://evil.example")
			}
			_, res, err := n.dial("", header)
			if err == nil || res.StatusCode != c.status {
				t.Fatalf("answered %v %v, want %d", res, err, c.status)
			}
			var p api.Problem
			if err := json.NewDecoder(res.Body).Decode(&p); err != nil || p.Code != c.code || p.Status != c.status {
				t.Errorf("problem %+v %v, want %s", p, err, c.code)
			}
			if retry := res.Header.Get("Retry-After"); (retry != "") != p.Retryable || p.Retryable != (c.status != http.StatusForbidden) {
				t.Errorf("Retry-After %q, retryable %v", retry, p.Retryable)
			}
		})
	}
}

func TestPagesOfTheNodeItselfAndOfNamedOriginsMayConnect(t *testing.T) {
	n := start(t, realtime.Options{Origins: []string{"https://app.example"}}, one(&ledger{key: "a"}))
	for _, origin := range []string{n.url, "https://app.example", ""} {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		c, _, err := n.dial("", header)
		if err != nil {
			t.Errorf("origin %q is refused: %v", origin, err)
			continue
		}
		c.Close()
	}
	for _, origin := range []string{"null", "http://127.0.0.1", "https://app.example.evil", "https://APP.example:444"} {
		if _, res, err := n.dial("", http.Header{"Origin": {origin}}); err == nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q is let in", origin)
		}
	}
}

// stalled is a client whose receive buffer is small and never read.
func (n *node) stalled(query string) net.Conn {
	n.t.Helper()
	var raw net.Conn
	d := websocket.Dialer{NetDial: func(network, addr string) (net.Conn, error) {
		c, err := net.Dial(network, addr)
		if err == nil {
			raw = c
			err = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		}
		return c, err
	}}
	conn, _, err := d.Dial("ws"+n.url[4:]+"/ws?"+query, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { conn.Close() })
	return raw
}
