// Package realtime carries frames to browsers over WebSockets, one audience at a time. It promises that every
// changes frame a socket gets is chained to the one before, that each frame is computed and encoded once per
// audience, that a burst of commits becomes one frame, and that a client which falls behind is closed with 1013
// instead of losing a frame in silence. It is the only importer of melody and keeps that library's traps to itself.
//
// It refuses to know who may see what: an Audience, made by its caller from the signed-in session, answers that.
package realtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/olahol/melody"
	"golang.org/x/time/rate"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/sync/record"
)

// Page is what an audience may see of the commits between two cursors.
type Page struct {
	To         string // cursor after the page
	Changes    []api.Change
	Events     []api.Event
	EventsFrom *api.Time
	More       bool   // a further page follows To
	Reset      string // not empty: the cursor cannot be served, and why; all else is void

	Notes []record.Key // whose health notes are in Changes, for Reader.Given
}

// Empty reports whether nothing in the page is worth a frame.
func (p Page) Empty() bool { return len(p.Changes) == 0 && len(p.Events) == 0 && p.Reset == "" }

// Audience is everybody who sees exactly the same bytes. Its methods are called from several goroutines.
type Audience interface {
	// Key names the audience: two with one key are the same.
	Key() string
	// Now is the cursor of the newest commit that readers may be told of. It never goes back.
	Now() string
	// Read returns what changed after from, up to upTo, as it is now; an empty upTo means Now. Without More, To is upTo.
	Read(from, upTo string) (Page, error)
}

// Reader is one socket that is about to open.
type Reader struct {
	Session  string // the sign-in it belongs to, for Close; also what MaxPerSession counts
	Audience Audience
	Since    string // cursor to go on from; empty: from now
	// Act answers an act frame; nil refuses all. It is called from the socket's own goroutine, one at a time.
	Act func(context.Context, api.Action) api.Result
	// Heard, if not nil, is called when the client proves that it reads.
	Heard func()
	// Given, if not nil, is called with the Notes of each frame that is sent to the client. It does not block.
	Given func(notes []record.Key)
}

// Options of a Hub. The zero value of each field but Node, Boot, Clocks and Log has a default.
type Options struct {
	Node, Boot string
	Clocks     func() api.Clocks
	Uplink     func() *api.Uplink // nil: beats say null
	Log        *slog.Logger

	BeatEvery     time.Duration // 5 s
	Window        time.Duration // least time between two frames of one audience in a burst; 15 ms
	Drain         time.Duration // how long Run waits for sockets to close after bye; 3 s
	Buffer        int           // frames a client may be behind; 64
	MaxSockets    int           // 12,000
	MaxPerSession int           // 6,000: a hall of screens, or a measurement, behind one sign-in
	AcceptRate    rate.Limit    // new sockets a second; 500
	AcceptBurst   int           // 2,000
	FrameRate     rate.Limit    // frames a second from one client; 50, burst twice that
	Origins       []string      // scheme://host[:port] of pages that may connect besides the node's own
}

// Hub holds all sockets of a node. Serve refuses until Run has started and after its context has ended.
type Hub struct {
	o      Options
	melody *melody.Melody
	accept *rate.Limiter

	mu        sync.Mutex
	open      bool
	ctx       context.Context // of Run
	audiences map[string]*audience
	sockets   map[*socket]struct{}
	sessions  map[string]int
	entered   int
	kicked    uint64

	running sync.WaitGroup // audience loops and sockets
}

// New makes a Hub. It starts nothing.
func New(o Options) *Hub {
	defaults(&o)
	h := &Hub{
		o:         o,
		melody:    melody.New(),
		accept:    rate.NewLimiter(o.AcceptRate, o.AcceptBurst),
		audiences: map[string]*audience{},
		sockets:   map[*socket]struct{}{},
		sessions:  map[string]int{},
	}
	c := h.melody.Config
	c.MaxMessageSize = api.MaxFrameBytes // melody's own 512 bytes would close a socket with 1009 on the first real action
	c.MessageBufferSize = o.Buffer
	c.WriteWait = 4 * time.Second // a stalled client is gone within 5 s
	c.PingPeriod = 20 * time.Second
	c.PongWait = 45 * time.Second
	h.melody.Upgrader = &websocket.Upgrader{
		ReadBufferSize:  1 << 10,
		WriteBufferSize: 4 << 10,
		WriteBufferPool: &sync.Pool{}, // an idle socket holds no write buffer
		CheckOrigin:     h.sameOrigin,
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			refuse(w, status, "invalid", reason.Error(), 0)
		},
	}
	h.melody.HandleConnect(func(s *melody.Session) { of(s).connected(s) })
	h.melody.HandleDisconnect(func(s *melody.Session) { of(s).leave() })
	h.melody.HandleMessage(func(s *melody.Session, text []byte) { of(s).received(text) })
	h.melody.HandleMessageBinary(func(s *melody.Session, _ []byte) {
		of(s).end(websocket.CloseUnsupportedData, "frames are text")
	})
	h.melody.HandleSentMessage(func(s *melody.Session, _ []byte) { of(s).queued.Add(-1) })
	h.melody.HandleError(func(s *melody.Session, err error) {
		// melody drops the message, keeps the socket and lets Write return nil. Closing here through melody would
		// come back into this handler for ever.
		if errors.Is(err, melody.ErrMessageBufferFull) {
			of(s).full.Store(true)
		}
	})
	return h
}

func defaults(o *Options) {
	set(&o.BeatEvery, 5*time.Second)
	set(&o.Window, 15*time.Millisecond)
	set(&o.Drain, 3*time.Second)
	set(&o.Buffer, 64)
	set(&o.MaxSockets, 12_000)
	set(&o.MaxPerSession, 6_000)
	set(&o.AcceptRate, 500)
	set(&o.AcceptBurst, 2_000)
	set(&o.FrameRate, 50)
	if o.Uplink == nil {
		o.Uplink = func() *api.Uplink { return nil }
	}
}

func set[T comparable](field *T, otherwise T) {
	var zero T
	if *field == zero {
		*field = otherwise
	}
}

// Run serves sockets until ctx ends, then says bye to all of them, closes them within Options.Drain, and returns
// when everything it started has ended. http.Server.Shutdown does none of this for WebSockets.
func (h *Hub) Run(ctx context.Context) error {
	h.mu.Lock()
	if h.open || h.ctx != nil {
		h.mu.Unlock()
		return errors.New("run realtime: it runs once")
	}
	loops, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	h.open, h.ctx = true, loops
	h.mu.Unlock()

	h.beats(ctx)

	h.mu.Lock()
	h.open = false
	left := slices.Collect(maps.Keys(h.sockets))
	h.mu.Unlock()
	for i, s := range left {
		s.bye("shutdown", retrySpread(i, len(left)), websocket.CloseServiceRestart)
	}
	stop()
	h.await(left)
	return nil
}

// beats gives every socket its beat once a period, a tenth of them at a time, until ctx ends.
func (h *Hub) beats(ctx context.Context) {
	tick := time.NewTicker(h.o.BeatEvery / beatSlots)
	defer tick.Stop()
	for slot := 0; ; slot = (slot + 1) % beatSlots {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		h.mu.Lock()
		all := slices.Collect(maps.Values(h.audiences))
		h.mu.Unlock()
		for _, a := range all {
			a.beat(slot)
		}
	}
}

// retrySpread tells the i-th of n clients when to come back, so that not all come in one moment.
func retrySpread(i, n int) time.Duration {
	width := min(time.Duration(n)*2*time.Millisecond, 10*time.Second)
	return 500*time.Millisecond + width*time.Duration(i)/time.Duration(max(n, 1))
}

func (h *Hub) await(left []*socket) {
	ended := make(chan struct{})
	go func() { h.running.Wait(); close(ended) }()
	timer := time.NewTimer(h.o.Drain)
	defer timer.Stop()
	select {
	case <-ended:
		return
	case <-timer.C:
	}
	for _, s := range left {
		s.sever()
	}
	<-ended
}

// Wake tells all audiences that there may be something new. It never blocks.
func (h *Hub) Wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.audiences {
		select {
		case a.wake <- struct{}{}:
		default:
		}
	}
}

// Close says bye to every socket of a sign-in and closes it. The client does not come back by itself with a session
// that has ended; one whose rights changed opens a new socket, in its new audience.
func (h *Hub) Close(session, why string) {
	h.mu.Lock()
	var closing []*socket
	for s := range h.sockets {
		if s.reader.Session == session {
			closing = append(closing, s)
		}
	}
	h.mu.Unlock()
	for _, s := range closing {
		s.bye(why, 0, websocket.ClosePolicyViolation)
	}
}

// Stats are figures of a Hub at one moment.
type Stats struct {
	Sockets, Audiences int
	Kicked             uint64 // clients closed because they fell behind
}

// Stats returns the figures now.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Stats{Sockets: len(h.sockets), Audiences: len(h.audiences), Kicked: h.kicked}
}

// Serve turns a request into a socket, or answers with a problem. It returns as soon as the socket is open: nothing
// of the HTTP server's memory is held for the life of a socket.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, reader Reader) {
	if !websocket.IsWebSocketUpgrade(r) {
		w.Header().Set("Upgrade", "websocket")
		refuse(w, http.StatusUpgradeRequired, "invalid", "This address speaks WebSocket only.", 0)
		return
	}
	if !h.sameOrigin(r) {
		refuse(w, http.StatusForbidden, "forbidden", "Pages of another origin may not open a socket here.", 0)
		return
	}
	s, problem := h.enter(reader, reader.Audience.Now()) // may read a store: never while h.mu is held
	if problem != nil {
		problem.write(w)
		return
	}
	upgraded := make(chan struct{})
	s.upgraded = sync.OnceFunc(func() { close(upgraded) })
	go func() {
		defer h.running.Done()
		defer s.upgraded()
		if err := h.melody.HandleRequestWithKeys(w, r, map[string]any{socketKey: s}); err != nil {
			h.o.Log.Debug("socket refused", "error", err)
			s.leave()
		}
	}()
	<-upgraded
}

// enter counts a reader in, or says why not. An audience that is new begins at now.
func (h *Hub) enter(reader Reader, now string) (*socket, *refusal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !h.open:
		return nil, &refusal{http.StatusServiceUnavailable, "unavailable", "The node is starting or stopping.", 2 * time.Second}
	case len(h.sockets) >= h.o.MaxSockets:
		return nil, &refusal{http.StatusServiceUnavailable, "unavailable", fmt.Sprintf("All %d places for live screens are taken.", h.o.MaxSockets), 30 * time.Second}
	case h.sessions[reader.Session] >= h.o.MaxPerSession:
		return nil, &refusal{http.StatusTooManyRequests, "rate_limited", fmt.Sprintf("One sign-in may have %d live screens.", h.o.MaxPerSession), 30 * time.Second}
	case !h.accept.Allow():
		return nil, &refusal{http.StatusTooManyRequests, "rate_limited", "Too many screens connect at this moment.", time.Second}
	}
	h.entered++
	s := &socket{hub: h, reader: reader, slot: h.entered % beatSlots, frames: rate.NewLimiter(h.o.FrameRate, 2*int(h.o.FrameRate))}
	s.audience = h.join(reader.Audience, now)
	h.sockets[s] = struct{}{}
	h.sessions[reader.Session]++
	h.running.Add(1)
	return s, nil
}

// join returns the running audience of that key, counted once more. It holds h.mu.
func (h *Hub) join(source Audience, now string) *audience {
	a := h.audiences[source.Key()]
	if a == nil {
		a = newAudience(h, source, now)
		h.audiences[source.Key()] = a
		h.running.Add(1)
		go func() { defer h.running.Done(); a.run(h.ctx) }()
	}
	a.readers++
	return a
}

// forget counts a socket out; the last of an audience ends its loop.
func (h *Hub) forget(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.sockets[s]; !ok {
		return
	}
	delete(h.sockets, s)
	if h.sessions[s.reader.Session]--; h.sessions[s.reader.Session] == 0 {
		delete(h.sessions, s.reader.Session)
	}
	if s.audience.readers--; s.audience.readers == 0 {
		delete(h.audiences, s.audience.source.Key())
		close(s.audience.done)
	}
}

func (h *Hub) sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || originHost(origin) == r.Host || slices.Contains(h.o.Origins, origin)
}

func (h *Hub) closing() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.open
}

// spawn runs fn beside, and Run waits for it. It does nothing for a socket that has left.
func (h *Hub) spawn(s *socket, fn func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.sockets[s]; !ok {
		return
	}
	h.running.Add(1)
	go func() { defer h.running.Done(); fn() }()
}
