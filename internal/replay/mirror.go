package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/aashram-care/sangam/internal/api"
)

// row is what a staff screen holds of one entry.
type row struct {
	ID         string `json:"id"`
	Guruji     string `json:"guruji"`
	Token      string `json:"token"`
	Status     string `json:"status"`
	Generation int64  `json:"generation"`
	Band       int    `json:"band"`
	Credit     any    `json:"credit"`
	seq        uint64
	gone       bool
	at         time.Time // when it came
}

// state names what the row shows of the entry's course; two nodes that show the same course give the same text.
func (r row) state() string {
	if r.gone {
		return "gone"
	}
	return fmt.Sprintf("%s/%d/%s", r.Status, r.Generation, r.Guruji)
}

// mirror is a staff screen without glass: it holds the rows of a site's queue by snapshot and socket, resumes by
// itself for as long as it runs, and tells its observer about each row as it changes.
type mirror struct {
	caller  *caller
	view    string
	site    string                    // at a hub: which site
	observe func(r row, at time.Time) // may be nil; called in order, must not block
	onBeat  func(clinicSpeed float64) // may be nil

	mu      sync.Mutex
	rows    map[string]row
	cursor  string
	ready   chan struct{} // closed once the first socket said hello
	isReady bool
}

func newMirror(c *caller, view, site string) *mirror {
	return &mirror{caller: c, view: view, site: site, rows: map[string]row{}, ready: make(chan struct{})}
}

// run reads until ctx ends. It returns only ctx's error or a refusal that trying again cannot help.
func (m *mirror) run(ctx context.Context) error {
	return keepReading(ctx, func() error {
		if m.cursor == "" {
			if err := m.load(ctx); err != nil {
				return err
			}
		}
		return m.read(ctx)
	})
}

// keepReading reads again and again until ctx ends or the node refuses.
func keepReading(ctx context.Context, read func() error) error {
	for ctx.Err() == nil {
		err := read()
		var r *refusal
		if errors.As(err, &r) {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	return ctx.Err()
}

func (m *mirror) load(ctx context.Context) error {
	cursor, view, err := m.caller.snapshot(ctx, m.view, m.site)
	if err != nil {
		return err
	}
	now := time.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cursor = cursor
	seen := map[string]bool{}
	for _, g := range view.Gurujis {
		for _, e := range g.Entries {
			seen[e.ID] = true
			shown := e.row
			shown.Guruji, shown.seq = g.ID, m.rows[e.ID].seq
			m.put(shown, now)
		}
	}
	for id, old := range m.rows {
		if !seen[id] && !old.gone {
			old.gone = true
			m.put(old, now)
		}
	}
	return nil
}

// dial opens a socket on a view; an empty since begins now. The socket closes when ctx ends; stop ends both.
func (c *caller) dial(ctx context.Context, view, site, since string) (conn *websocket.Conn, stop func(), err error) {
	query := url.Values{"view": {view}, "since": {since}, "screen": {c.screen}}
	if site != "" {
		query.Set("site", site)
	}
	address := "ws" + strings.TrimPrefix(c.base, "http") + "/ws?" + query.Encode()
	header := http.Header{"Authorization": {"Bearer " + c.token}}
	conn, res, err := websocket.DefaultDialer.DialContext(ctx, address, header)
	if err != nil {
		if res != nil && (res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden) {
			return nil, nil, &refusal{status: res.StatusCode, problem: api.Problem{Code: "forbidden", Message: "the socket was refused"}}
		}
		return nil, nil, fmt.Errorf("open the socket: %w", err)
	}
	ended := context.AfterFunc(ctx, func() { conn.Close() })
	return conn, func() { ended(); conn.Close() }, nil
}

// read follows one socket until it ends.
func (m *mirror) read(ctx context.Context) error {
	conn, stop, err := m.caller.dial(ctx, m.view, m.site, m.cursor)
	if err != nil {
		return err
	}
	defer stop()
	deadline := 15 * time.Second
	for {
		_ = conn.SetReadDeadline(time.Now().Add(deadline))
		_, text, err := conn.ReadMessage()
		if err != nil {
			return fmt.Errorf("read the socket: %w", err)
		}
		var frame struct {
			Frame       string  `json:"frame"`
			From        string  `json:"from"`
			To          string  `json:"to"`
			BeatMs      int64   `json:"beatMs"`
			ClinicSpeed float64 `json:"clinicSpeed"`
			Changes     []struct {
				Kind   string          `json:"kind"`
				ID     string          `json:"id"`
				Seq    api.Seq         `json:"seq"`
				Fields json.RawMessage `json:"fields"`
				Gone   bool            `json:"gone"`
			} `json:"changes"`
		}
		if err := json.Unmarshal(text, &frame); err != nil {
			return fmt.Errorf("decode a frame: %w", err)
		}
		switch frame.Frame {
		case api.FrameHello:
			deadline = max(3*time.Duration(frame.BeatMs)*time.Millisecond, time.Second)
			m.hello(frame.ClinicSpeed)
		case api.FrameBeat:
			if m.onBeat != nil {
				m.onBeat(frame.ClinicSpeed)
			}
		case api.FrameReset:
			m.mu.Lock()
			m.cursor = ""
			m.mu.Unlock()
			return errors.New("reset by the node")
		case api.FrameBye:
			return errors.New("the node says bye")
		case api.FrameChanges:
			now := time.Now()
			m.mu.Lock()
			if frame.From != m.cursor {
				m.mu.Unlock()
				return errors.New("a frame does not follow the one before")
			}
			m.cursor = frame.To
			for _, c := range frame.Changes {
				if c.Kind == "row" {
					m.take(c.ID, uint64(c.Seq), c.Fields, c.Gone, now)
				}
			}
			m.mu.Unlock()
		}
	}
}

func (m *mirror) hello(speed float64) {
	m.mu.Lock()
	first := !m.isReady
	m.isReady = true
	m.mu.Unlock()
	if first {
		close(m.ready)
	}
	if m.onBeat != nil {
		m.onBeat(speed)
	}
}

// take merges one change into its row; it is called with the lock.
func (m *mirror) take(id string, seq uint64, fields json.RawMessage, gone bool, at time.Time) {
	r := m.rows[id]
	if !gone {
		if err := json.Unmarshal(fields, &r); err != nil {
			return // a field of an unexpected shape: clients survive what they do not know
		}
	}
	r.ID, r.seq, r.gone = id, seq, gone
	m.put(r, at)
}

func (m *mirror) put(r row, at time.Time) {
	r.at = at
	m.rows[r.ID] = r
	if m.observe != nil {
		m.observe(r, at)
	}
}

// row returns what is shown of an entry; false when it is not shown (any more).
func (m *mirror) row(id string) (row, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.rows[id]
	return r, ok && !r.gone
}

// shown waits until the row of an entry satisfies ok, as a person waits for the screen to follow.
func (m *mirror) shown(ctx context.Context, id string, ok func(row) bool) (found row, shows bool) {
	m.await(ctx, func() bool {
		r, there := m.row(id)
		if shows = there && ok(r); shows {
			found = r
		}
		return shows
	})
	return found, shows
}

// await looks at the screen until ok, for as long as a person has patience.
func (m *mirror) await(ctx context.Context, ok func() bool) {
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			return
		case <-deadline.C:
			return
		case <-tick.C:
		}
	}
}

// reached waits until the screen has followed an action on an entry: its row is as of seq or later, or gone.
func (m *mirror) reached(ctx context.Context, id string, seq uint64) {
	m.await(ctx, func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.rows[id].seq >= seq
	})
}

// with lists the rows of a status, by token; an empty guruji means all.
func (m *mirror) with(status, guruji string) []row {
	m.mu.Lock()
	defer m.mu.Unlock()
	var rows []row
	for _, r := range m.rows {
		if !r.gone && r.Status == status && (guruji == "" || r.Guruji == guruji) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.Token, b.Token) })
	return rows
}
