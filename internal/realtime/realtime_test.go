package realtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
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

func TestAJoiningReaderMissesNothingAndGetsNothingTwice(t *testing.T) {
	l := &ledger{key: "a", pageSize: 7}
	l.append(make([]any, 20)...)
	n := start(t, realtime.Options{Window: time.Millisecond}, one(l))
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Add(1)
	go func() {
		defer writing.Done()
		for i := range 80 { // no more than a joining reader is caught up with, however long the joining takes
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

func TestReadersOfOneCursorThatJoinLaterGetMore(t *testing.T) {
	l := &ledger{key: "a"}
	l.append("1", "2")
	n := start(t, realtime.Options{}, one(l))
	stays := n.connect("session=1")
	for i := 2; i < 6; i++ {
		before := 0
		l.set(func() { before = l.reads })
		for range 2 { // the second is given what was read for the first
			c := n.connect("since=0")
			c.until(strconv.Itoa(i))
			wantRows(t, c.rows, numbers(1, i))
		}
		l.set(func() {
			if got := l.reads - before; got > 2 {
				t.Errorf("%d reads for two readers of one cursor", got)
			}
		})
		l.append("more")
		n.hub.Wake()
		stays.until(strconv.Itoa(i + 1))
	}
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
