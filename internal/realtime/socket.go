package realtime

import (
	"encoding/json"
	"net"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/olahol/melody"
	"golang.org/x/time/rate"

	"github.com/aashram-care/sangam/internal/api"
)

const socketKey = "socket"

// sendBuffer bounds what the kernel holds for a client that does not read: with it a stalled client is noticed
// after some hundred frames, with the default after ten thousand.
const sendBuffer = 32 << 10

// socket is one reader's connection. Frames to it go through send, in the order of the calls.
type socket struct {
	hub      *Hub
	reader   Reader
	audience *audience
	session  atomic.Pointer[melody.Session] // nil until the upgrade
	slot     int                            // which tenth of a beat period it gets its beat in
	frames   *rate.Limiter
	upgraded func()

	queued atomic.Int32 // frames handed to melody and not yet written
	full   atomic.Bool  // melody dropped a frame
	ending atomic.Bool

	// Guarded by audience.mu.
	live   bool   // it gets the audience's frames
	cursor string // last cursor told to it, while it is not live
}

func of(s *melody.Session) *socket { return s.Keys[socketKey].(*socket) }

// connected runs before melody's writer starts: all it sends is queued, and live frames come after it, because the
// socket joins its audience last.
func (s *socket) connected(m *melody.Session) {
	s.session.Store(m)
	m.Request = nil // the request, its headers and its token are not needed any more
	if conn, ok := m.WebsocketConnection().NetConn().(interface{ NetConn() net.Conn }); ok {
		limitSendBuffer(conn.NetConn()) // under TLS
	} else {
		limitSendBuffer(m.WebsocketConnection().NetConn())
	}
	s.upgraded()

	since := s.reader.Since
	if since == "" {
		since = s.audience.now()
	}
	s.send(encode(api.HelloFrame{
		Frame: api.FrameHello, Session: uuid.NewString(), Node: s.hub.o.Node, Boot: s.hub.o.Boot,
		Cursor: since, BeatMs: s.hub.o.BeatEvery.Milliseconds(), Clocks: s.hub.o.Clocks(),
	}))
	s.audience.admit(s, since)
	if s.hub.closing() {
		s.bye("shutdown", time.Second, websocket.CloseServiceRestart)
	}
}

func limitSendBuffer(conn net.Conn) {
	if c, ok := conn.(interface{ SetWriteBuffer(bytes int) error }); ok {
		_ = c.SetWriteBuffer(sendBuffer) // a hint: without it a stalled client is only noticed later
	}
}

// give sends a frame, and says whose health notes its reader has with it.
func (s *socket) give(f *frame) {
	if len(f.notes) > 0 && s.reader.Given != nil {
		s.reader.Given(f.notes)
	}
	s.send(f.text)
}

// send queues a frame. A client whose buffer is full is closed with 1013; it resumes from its cursor.
func (s *socket) send(frame []byte) {
	if s.ending.Load() {
		return
	}
	if int(s.queued.Add(1)) <= s.hub.o.Buffer {
		if err := s.session.Load().Write(frame); err != nil || !s.full.Load() {
			return // a closed session is counted out by its disconnect
		}
	}
	if s.end(websocket.CloseTryAgainLater, "behind: resume from your cursor") {
		s.hub.mu.Lock()
		s.hub.kicked++
		s.hub.mu.Unlock()
	}
}

// end closes the connection from a goroutine of its own, for it may be called from inside melody. The close frame
// goes around the full buffer; a client that reads nothing does not get it in time, and is cut off.
func (s *socket) end(code int, why string) bool {
	if !s.ending.CompareAndSwap(false, true) {
		return false
	}
	s.hub.spawn(s, func() {
		conn := s.session.Load().WebsocketConnection()
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), time.Now().Add(time.Second))
		s.sever()
	})
	return true
}

// sever cuts the connection; melody's reader and writer then end by themselves.
func (s *socket) sever() {
	if m := s.session.Load(); m != nil {
		_ = m.WebsocketConnection().Close()
	}
}

// bye tells the client why and when to come back, after all that is queued, and closes. A socket that is still being
// upgraded sees for itself that the hub is closing.
func (s *socket) bye(why string, retryAfter time.Duration, code int) {
	m := s.session.Load()
	if m == nil {
		return
	}
	s.send(encode(api.ByeFrame{Frame: api.FrameBye, Why: why, RetryAfterMs: retryAfter.Milliseconds()}))
	if s.ending.CompareAndSwap(false, true) {
		if err := m.CloseWithMsg(websocket.FormatCloseMessage(code, why)); err != nil || s.full.Load() {
			s.sever()
		}
	}
}

func (s *socket) leave() {
	s.audience.remove(s)
	s.hub.forget(s)
}

// received handles one frame of the client, in the socket's own goroutine: a slow command holds up only its sender.
func (s *socket) received(text []byte) {
	if s.ending.Load() {
		return
	}
	if !s.frames.Allow() {
		s.end(websocket.ClosePolicyViolation, "too many frames")
		return
	}
	frame, err := api.DecodeClientFrame(text)
	if err != nil {
		s.bye("invalid: "+err.Error(), 0, websocket.CloseInvalidFramePayloadData)
		return
	}
	switch f := frame.(type) {
	case api.ResumeFrame:
		s.audience.admit(s, f.Cursor)
	case api.ActFrame:
		s.act(f.Action)
	case api.PongFrame:
		if s.reader.Heard != nil {
			s.reader.Heard()
		}
	}
}

func (s *socket) act(action api.Action) {
	result := api.Result{ID: action.ID, Status: api.Rejected, Error: &api.Problem{Code: "forbidden", Message: "This socket only listens."}}
	if s.reader.Act != nil {
		result = s.reader.Act(s.hub.ctx, action)
	}
	s.send(encode(api.ResultFrame{Frame: api.FrameResult, Result: result}))
}

// encode writes a frame of package api, all of which can be encoded unless a caller put a channel or the like in.
func encode(frame any) []byte {
	text, err := json.Marshal(frame)
	if err != nil {
		panic("encode frame: " + err.Error())
	}
	return text
}
