package realtime

import (
	"context"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	beatSlots    = 10 // sockets get their beats in tenths of the period, not all at once
	maxCatchUp   = 16 // pages a joining reader is given before a new snapshot is cheaper for all
	maxLivePages = 64
	maxCaughtUp  = 64
	maxWindows   = 8 // a busy audience is waited for this many windows, then it gets the next frame all the same
)

// audience is the readers of one Audience and the place in the feed where they all stand.
type audience struct {
	hub     *Hub
	source  Audience
	wake    chan struct{} // holds one: more commits than one before the next look are still one look
	done    chan struct{}
	readers int // guarded by hub.mu

	mu       sync.Mutex
	sockets  map[*socket]struct{}
	position string            // everything up to here was looked at
	sent     string            // To of the last frame: where the live readers stand
	caughtUp map[string]*frame // what brings a reader from that cursor to sent, while position holds
}

// frame is a page as it goes out.
type frame struct {
	text  []byte
	notes []record.Key
}

func frameOf(from, to string, p Page) *frame { return &frame{encode(changes(from, to, p)), p.Notes} }

func newAudience(h *Hub, source Audience, now string) *audience {
	return &audience{
		hub: h, source: source, wake: make(chan struct{}, 1), done: make(chan struct{}),
		sockets: map[*socket]struct{}{}, position: now, sent: now, caughtUp: map[string]*frame{},
	}
}

// run publishes until ctx ends or the last reader has gone. The first change of a quiet period goes out at once;
// what follows waits for the window, and while half of the audience has not yet been written to.
func (a *audience) run(ctx context.Context) {
	rest := time.NewTimer(a.hub.o.Window)
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.done:
			return
		case <-a.wake:
		}
		a.publish()
		for n := 0; n < maxWindows && (n == 0 || a.busy()); n++ {
			rest.Reset(a.hub.o.Window)
			select {
			case <-ctx.Done():
				return
			case <-a.done:
				return
			case <-rest.C:
			}
		}
	}
}

func (a *audience) publish() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.advance()
}

// now is where a reader without a cursor begins.
func (a *audience) now() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.advance()
	return a.sent
}

// advance brings all live readers to the newest commit. It holds a.mu.
func (a *audience) advance() {
	for range maxLivePages {
		now := a.source.Now()
		if a.position == now {
			return
		}
		page, err := a.source.Read(a.position, now)
		if err != nil {
			a.hub.o.Log.Error("audience cannot be read; it is tried again at the next commit or beat", "audience", a.source.Key(), "error", err)
			return
		}
		clear(a.caughtUp)
		if page.Reset != "" {
			a.position, a.sent = now, now
			a.toAll(&frame{text: encode(api.ResetFrame{Frame: api.FrameReset, Why: page.Reset})}, true)
			return
		}
		a.position = page.To
		if !page.Empty() {
			f := frameOf(a.sent, page.To, page)
			a.sent = page.To
			a.toAll(f, false)
		}
	}
}

// toAll sends to every live reader. A reset leaves them waiting for their own resume. It holds a.mu.
func (a *audience) toAll(f *frame, reset bool) {
	for s := range a.sockets {
		if !s.live {
			continue
		}
		s.give(f)
		if reset {
			s.live, s.cursor = false, a.sent
		}
	}
}

func changes(from, to string, p Page) api.ChangesFrame {
	f := api.ChangesFrame{Frame: api.FrameChanges, From: from, To: to, Events: p.Events, EventsFrom: p.EventsFrom, Changes: p.Changes}
	if f.Events == nil {
		f.Events = []api.Event{}
	}
	if f.Changes == nil {
		f.Changes = []api.Change{}
	}
	return f
}

// admit brings a reader from its cursor to where the audience stands, and lets it join there: at a frame boundary,
// so that the next frame of all is also the next of its own chain. It must not hold a.mu for more than one page.
func (a *audience) admit(s *socket, since string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.add(s, since)
	for range maxCatchUp {
		a.advance()
		if f, ok := a.caughtUp[since]; ok || since == a.sent {
			a.join(s, f)
			return
		}
		page, err := a.source.Read(since, a.position)
		switch {
		case err != nil:
			a.hub.o.Log.Error("reader cannot be caught up", "audience", a.source.Key(), "error", err)
			s.bye("unavailable", 2*time.Second, websocket.CloseTryAgainLater)
			return
		case page.Reset != "":
			s.send(encode(api.ResetFrame{Frame: api.FrameReset, Why: page.Reset}))
			return
		case !page.More:
			f := frameOf(since, a.sent, page)
			if len(a.caughtUp) < maxCaughtUp {
				a.caughtUp[since] = f
			}
			a.join(s, f)
			return
		}
		s.give(frameOf(since, page.To, page))
		since, s.cursor = page.To, page.To
		a.mu.Unlock() // let the others have their frames between two pages
		a.mu.Lock()
	}
	s.send(encode(api.ResetFrame{Frame: api.FrameReset, Why: "too_far_behind"}))
}

// add makes the socket a member that gets beats and no frames yet. It holds a.mu.
func (a *audience) add(s *socket, cursor string) {
	a.sockets[s] = struct{}{}
	s.live, s.cursor = false, cursor
}

// join sends the frame that ends at a.sent, if there is one, and makes the reader live. It holds a.mu.
func (a *audience) join(s *socket, f *frame) {
	if f != nil {
		s.give(f)
	}
	s.live = true
}

func (a *audience) remove(s *socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.sockets, s)
}

// beat tells one slot of the readers that the line lives, and where they stand.
func (a *audience) beat(slot int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.advance() // also what an error of the store left behind
	var shared []byte
	for s := range a.sockets {
		if s.slot != slot {
			continue
		}
		if shared == nil {
			shared = a.beatAt(a.sent)
		}
		if s.live {
			s.send(shared)
		} else {
			s.send(a.beatAt(s.cursor))
		}
	}
}

func (a *audience) beatAt(cursor string) []byte {
	return encode(api.BeatFrame{Frame: api.FrameBeat, Cursor: cursor, Uplink: a.hub.o.Uplink(), Clocks: a.hub.o.Clocks()})
}

// busy reports whether more than half of the live readers still have a frame to be written.
func (a *audience) busy() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	behind := 0
	for s := range a.sockets {
		if s.live && s.queued.Load() > 0 {
			behind++
		}
	}
	return 2*behind > len(a.sockets)
}
