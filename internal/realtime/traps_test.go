package realtime_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/olahol/melody"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/realtime"
)

// Each test here names a trap of melody and shows that no client of ours falls into it.

func TestMelodyStillDropsInSilence(t *testing.T) {
	m := melody.New()
	m.Config.MessageBufferSize = 1
	dropped := 0
	m.HandleError(func(_ *melody.Session, err error) {
		if errors.Is(err, melody.ErrMessageBufferFull) {
			dropped++
		}
	})
	written := make(chan []error, 1)
	m.HandleConnect(func(s *melody.Session) { // the writer has not started yet: the second message finds the buffer full
		written <- []error{s.Write([]byte("1")), s.Write([]byte("2"))}
	})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _ = m.HandleRequest(w, r) }))
	defer srv.Close()
	c, _, err := websocket.DefaultDialer.Dial("ws"+srv.URL[4:], nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if errs := <-written; errs[0] != nil || errs[1] != nil || dropped != 1 {
		t.Errorf("Write says %v and %d were dropped: if melody now tells, socket.send can be simpler", errs, dropped)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAStalledClientIsClosedAndTheOthersMissNothing(t *testing.T) {
	l := &ledger{key: "a"}
	n := start(t, realtime.Options{Window: time.Millisecond, Buffer: 8}, one(l))
	n.stalled("session=1")
	good := n.connect("session=2")
	payload := strings.Repeat("x", 8<<10)
	count := 0
	for n.hub.Stats().Kicked == 0 {
		l.append(payload)
		n.hub.Wake()
		count++
		good.until(l.Now()) // paced by a client that reads
		if count > 5_000 {
			t.Fatal("a client that never reads was kept through 5,000 frames")
		}
	}
	n.until("the stalled client is gone", func() bool { return n.hub.Stats().Sockets == 1 })
	l.append("after")
	n.hub.Wake()
	good.until(l.Now())
	wantRows(t, good.rows, numbers(1, count+1))
}

func TestAClientThatFellBehindHears1013AndResumesWhole(t *testing.T) {
	l := &ledger{key: "a"}
	n := start(t, realtime.Options{Window: time.Millisecond, Buffer: 4}, one(l))
	slow, pace := n.connect("session=1"), n.connect("session=2")
	payload := strings.Repeat("x", 16<<10)
	for n.hub.Stats().Kicked == 0 {
		l.append(payload)
		n.hub.Wake()
		pace.until(l.Now())
	}
	for slow.closed == nil { // it wakes up at once and reads what is left
		slow.next()
	}
	if slow.closed.Code != websocket.CloseTryAgainLater {
		t.Fatalf("closed with %v, want %d", slow.closed, websocket.CloseTryAgainLater)
	}
	again := n.connect("session=1&since=" + slow.cursor)
	again.until(l.Now())
	wantRows(t, append(slow.rows, again.rows...), pace.rows)
}

func TestHelloComesBeforeLiveFrames(t *testing.T) {
	l := &ledger{key: "a"}
	n := start(t, realtime.Options{Window: time.Millisecond}, one(l))
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Microsecond):
				l.append("x")
				n.hub.Wake()
			}
		}
	}()
	for range 50 {
		n.connect("").conn.Close() // connect fails unless hello is first; next fails unless frames are chained to it
	}
}

func TestFramesFarOverMelodysOwnLimitAreRead(t *testing.T) {
	n := start(t, realtime.Options{}, one(&ledger{key: "a"}))
	c := n.connect("")
	big := api.Action{ID: "id-1", Type: "queue.check_in", Data: json.RawMessage(`"` + strings.Repeat("x", 60<<10) + `"`)}
	if err := c.conn.WriteJSON(api.ActFrame{Frame: api.FrameAct, Action: big}); err != nil {
		t.Fatal(err)
	}
	if f := c.frame(api.FrameResult); f.ID != "id-1" {
		t.Errorf("result %+v", f)
	}
}

func TestBadFramesCloseOnlyTheirSender(t *testing.T) {
	l := &ledger{key: "a"}
	n := start(t, realtime.Options{FrameRate: 10}, one(l))
	cases := map[string]struct {
		kind int
		text string
		n    int
		code int
	}{
		"too large": {websocket.TextMessage, strings.Repeat("x", 65<<10), 1, websocket.CloseMessageTooBig},
		"malformed": {websocket.TextMessage, `{"frame":`, 1, websocket.CloseInvalidFramePayloadData},
		"unknown":   {websocket.TextMessage, `{"frame":"drop_tables"}`, 1, websocket.CloseInvalidFramePayloadData},
		"binary":    {websocket.BinaryMessage, "\x00", 1, websocket.CloseUnsupportedData},
		"too many":  {websocket.TextMessage, `{"frame":"pong"}`, 100, websocket.ClosePolicyViolation},
	}
	good := n.connect("session=good")
	for name, c := range cases {
		bad := n.connect("session=" + name[:3])
		for range c.n {
			if err := bad.conn.WriteMessage(c.kind, []byte(c.text)); err != nil {
				break
			}
		}
		for bad.closed == nil {
			bad.next()
		}
		if bad.closed.Code != c.code {
			t.Errorf("%s: closed with %v, want %d", name, bad.closed, c.code)
		}
	}
	l.append("x")
	n.hub.Wake()
	good.until("1")
}

func TestRequestsThatAreNoWebSocketGetAProblem(t *testing.T) {
	n := start(t, realtime.Options{}, one(&ledger{key: "a"}))
	for name, header := range map[string]http.Header{
		"plain":       {},
		"old version": {"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"8"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}},
		"no key":      {"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}},
	} {
		req, _ := http.NewRequest("GET", n.url, nil)
		req.Header = header
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var p api.Problem
		err = json.NewDecoder(res.Body).Decode(&p)
		res.Body.Close()
		if err != nil || res.Header.Get("Content-Type") != "application/problem+json" || p.Code != "invalid" || res.StatusCode >= 500 {
			t.Errorf("%s: %d %s %+v %v", name, res.StatusCode, res.Header.Get("Content-Type"), p, err)
		}
	}
	if got := n.hub.Stats().Sockets; got != 0 {
		t.Errorf("%d sockets are counted, none was opened", got)
	}
}
