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

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/realtime"
)

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
		if f := c.next(); f.Frame == api.FrameReset {
			c.t.Fatalf("reset before %s: %s", cursor, f.Why)
		}
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
