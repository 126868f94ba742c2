package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gorilla/websocket"

	"github.com/aashram-care/sangam/internal/api"
)

// listener is one of many screens that only listen. It reads of each frame no more than shows that none is missing, so
// that a hundred of them measure the node and not themselves.
type listener struct {
	caller *caller
	cursor string
	frames int // read after run has returned
	breaks int // chains that did not fit: frames lost between node and screen
	first  bool
	ready  chan struct{} // closed once the first socket said hello
}

func newListener(c *caller) *listener {
	return &listener{caller: c, first: true, ready: make(chan struct{})}
}

// run listens until ctx ends. It returns only ctx's error or a refusal that trying again cannot help.
func (l *listener) run(ctx context.Context) error {
	return keepReading(ctx, func() error { return l.read(ctx) })
}

func (l *listener) read(ctx context.Context) error {
	conn, stop, err := l.caller.dial(ctx, api.ViewCoordinator, "", l.cursor)
	if err != nil {
		return err
	}
	defer stop()
	deadline := 15 * time.Second
	for {
		_ = conn.SetReadDeadline(time.Now().Add(deadline))
		h, err := nextHead(conn)
		if err != nil {
			return err
		}
		switch h.frame {
		case api.FrameHello:
			deadline = max(3*time.Duration(h.beatMs)*time.Millisecond, time.Second)
			l.cursor = h.cursor
			if l.first {
				l.first = false
				close(l.ready)
			}
		case api.FrameReset:
			l.cursor = ""
			return errors.New("reset by the node")
		case api.FrameBye:
			return errors.New("the node says bye")
		case api.FrameChanges:
			if h.from != l.cursor {
				l.breaks++
				return errors.New("a frame does not follow the one before")
			}
			l.cursor = h.to
			l.frames++
		}
	}
}

func nextHead(conn *websocket.Conn) (head, error) {
	_, frame, err := conn.NextReader()
	if err != nil {
		return head{}, fmt.Errorf("read the socket: %w", err)
	}
	return readHead(frame)
}

// head is the beginning of a frame.
type head struct {
	frame, from, to, cursor string
	beatMs                  int64
}

// readHead reads a frame as far as its name and, of one with changes, both ends; what is behind them stays unread.
func readHead(frame io.Reader) (h head, err error) {
	in := json.NewDecoder(frame)
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return h, fmt.Errorf("decode a frame that begins with %v: %w", open, err)
	}
	wanted := map[any]any{"frame": &h.frame, "from": &h.from, "to": &h.to, "cursor": &h.cursor, "beatMs": &h.beatMs}
	for in.More() && (h.frame != api.FrameChanges || h.from == "" || h.to == "") {
		key, err := in.Token()
		if err != nil {
			return h, fmt.Errorf("decode a frame: %w", err)
		}
		into := wanted[key]
		if into == nil {
			into = &json.RawMessage{}
		}
		if err := in.Decode(into); err != nil {
			return h, fmt.Errorf("decode %v of a frame: %w", key, err)
		}
	}
	return h, nil
}
