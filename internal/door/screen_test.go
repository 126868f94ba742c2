package door_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"github.com/aashram-care/sangam/internal/api"
)

// screen keeps what a client would show: rows by kind and id. It fails on a hole in the chain of frames.
type screen struct {
	t      *testing.T
	n      *node
	token  string
	cursor string
	rows   map[string]map[string]any
	events map[string]int // id -> how often
	conn   *websocket.Conn
	bytes  strings.Builder // everything it was ever given
	closed *websocket.CloseError
	bye    string
	reset  string
}

func (n *node) screen(token, view string) *screen {
	n.t.Helper()
	s := &screen{t: n.t, n: n, token: token, events: map[string]int{}}
	s.snapshot(view)
	return s
}

func (s *screen) snapshot(view string) {
	s.t.Helper()
	a := s.n.call("GET", "/api/v1/snapshot?view="+view, s.token, nil, nil)
	var shot struct {
		Cursor string
		View   struct {
			Gurujis []struct{ Entries []map[string]any }
			Rows    []api.Change
		}
	}
	a.into(200, &shot)
	s.bytes.Write(a.body)
	if len(shot.Cursor) > 512 {
		s.t.Errorf("cursor of %d characters", len(shot.Cursor))
	}
	s.cursor, s.rows = shot.Cursor, map[string]map[string]any{}
	for _, g := range shot.View.Gurujis {
		for _, e := range g.Entries {
			s.rows["row "+e["id"].(string)] = e
		}
	}
	for _, row := range shot.View.Rows {
		s.apply(row)
	}
}

func (s *screen) apply(c api.Change) {
	key := c.Kind + " " + c.ID
	if c.Gone {
		delete(s.rows, key)
		return
	}
	fields, ok := c.Fields.(map[string]any)
	if !ok {
		s.t.Errorf("change %+v has no fields", c)
	}
	s.rows[key] = fields
}

func (s *screen) take(changes []api.Change, events []api.Event) {
	for _, c := range changes {
		s.apply(c)
	}
	for _, e := range events {
		s.described(e)
		// Two places that moved in the same millisecond are told of by one event's id.
		if e.Type != "queue.position_updated" {
			s.events[e.ID]++
		}
	}
}

// described checks that an event is what the catalogue says of its type.
func (s *screen) described(e api.Event) {
	s.t.Helper()
	i := slices.IndexFunc(api.Catalogue, func(info api.EventInfo) bool { return info.Type == e.Type })
	if i < 0 {
		s.t.Fatalf("event %s is not in the catalogue", e.Type)
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := fits(data, api.Catalogue[i].Data); err != nil {
		s.t.Errorf("%s with %s: %v", e.Type, data, err)
	}
}

// poll asks until nothing more is there. It reports a reset, after which the screen is as it was.
func (s *screen) poll() (reset string) {
	s.t.Helper()
	for {
		a := s.n.call("GET", "/api/v1/changes?since="+url.QueryEscape(s.cursor), s.token, nil, nil)
		s.bytes.Write(a.body)
		if a.status == http.StatusNotModified {
			return ""
		}
		var c api.Changes
		a.into(200, &c)
		if c.Reset != "" {
			return c.Reset
		}
		s.take(c.Changes, c.Events)
		s.cursor = c.Cursor
		if !c.More {
			return ""
		}
	}
}

func (s *screen) connect() {
	s.t.Helper()
	header := http.Header{"Authorization": {"Bearer " + s.token}}
	conn, res, err := websocket.DefaultDialer.Dial("ws"+s.n.url[4:]+"/ws?since="+url.QueryEscape(s.cursor), header)
	if err != nil {
		s.t.Fatalf("connect: %v %v", err, res)
	}
	res.Body.Close()
	s.conn, s.closed, s.bye = conn, nil, ""
	s.t.Cleanup(func() { conn.Close() })
}

type frame struct {
	Frame, From, To, Cursor, Why string
	Changes                      []api.Change
	Events                       []api.Event
	ID, Status                   string
	Error                        *api.Problem
	Data                         json.RawMessage
}

// next takes one frame; false when the socket is closed.
func (s *screen) next() (f frame, ok bool) {
	s.t.Helper()
	_ = s.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, text, err := s.conn.ReadMessage()
	if err != nil {
		if !errors.As(err, &s.closed) {
			s.t.Fatalf("read: %v", err)
		}
		return f, false
	}
	s.bytes.Write(text)
	if err := json.Unmarshal(text, &f); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	switch f.Frame {
	case api.FrameChanges:
		if f.From != s.cursor {
			s.t.Fatalf("a frame from %s, but the last ended at %s", f.From, s.cursor)
		}
		s.take(f.Changes, f.Events)
		s.cursor = f.To
	case api.FrameBeat, api.FrameHello:
		if f.Cursor != s.cursor {
			s.t.Fatalf("%s at %s, but the last frame ended at %s", f.Frame, f.Cursor, s.cursor)
		}
	case api.FrameBye:
		s.bye = f.Why
	case api.FrameReset:
		s.reset = f.Why
	}
	return f, true
}

// until reads frames until ok.
func (s *screen) until(what string, ok func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			s.t.Fatalf("never: %s\nit shows %v", what, s.open())
		}
		if f, open := s.next(); !open || s.reset != "" {
			s.t.Fatalf("closed (%v) or reset (%s) before %s", s.closed, f.Why, what)
		}
	}
}

// entries are the queue rows as far as all ways of reading must agree: place and wait are as of when they were sent.
func (s *screen) entries() map[string]string {
	out := map[string]string{}
	for key, f := range s.rows {
		if id, ok := strings.CutPrefix(key, "row "); ok {
			out[id] = fmt.Sprint(f["token"], f["status"], f["generation"], f["band"], f["order"], f["guruji"])
		}
	}
	return out
}

// open are the entries that have not ended.
func (s *screen) open() map[string]string {
	out := s.entries()
	maps.DeleteFunc(out, func(id, _ string) bool {
		switch s.rows["row "+id]["status"] {
		case "waiting", "called", "on_hold", "no_answer", "in_service":
			return false
		}
		return true
	})
	return out
}

func agree(t *testing.T, name string, got, want *screen) {
	t.Helper()
	if diff := cmp.Diff(want.open(), got.open()); diff != "" {
		t.Errorf("%s differs from a fresh snapshot:\n%s", name, diff)
	}
}
