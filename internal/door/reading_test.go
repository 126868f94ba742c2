package door_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/internal/realtime"
)

// morning lets a queue move: people come, are called, seen, sent away and moved.
func (n *node) morning(c crew, people int) (entries []string) {
	n.t.Helper()
	for i := range people {
		e := n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID, "person": person(fmt.Sprintf("Visitor %d", i), fmt.Sprintf("98220%05d", i))})
		entries = append(entries, e.Entry)
		if i%2 == 1 {
			n.action(c.guruji, "queue.call_next", map[string]any{})
		}
	}
	return entries
}

func TestSocketPollAndSnapshotShowTheSame(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	socket, poll, both := n.screen(c.coordinator, "coordinator"), n.screen(c.coordinator, "coordinator"), n.screen(c.coordinator, "coordinator")
	socket.connect()
	for i := range 6 {
		n.morning(c, 4)
		if reset := poll.poll(); reset != "" {
			t.Fatalf("poll got reset %s", reset)
		}
		if i%2 == 0 {
			both.connect()
			target := poll.entries()
			both.until("the socket catches up", func() bool { return cmp.Equal(both.entries(), target) })
			both.conn.Close()
		} else if reset := both.poll(); reset != "" {
			t.Fatalf("poll after socket got reset %s", reset)
		}
	}
	fresh := n.screen(c.coordinator, "coordinator")
	socket.until("the socket has all", func() bool { return cmp.Equal(socket.open(), fresh.open()) })
	agree(t, "poll", poll, fresh)
	agree(t, "socket and poll in turn", both, fresh)
	for name, s := range map[string]*screen{"socket": socket, "poll": poll, "both": both} {
		for id, times := range s.events {
			if times != 1 {
				t.Errorf("%s heard event %s %d times", name, id, times)
			}
		}
		if len(s.events) != len(poll.events) || len(s.events) == 0 {
			t.Errorf("%s heard %d events, poll %d", name, len(s.events), len(poll.events))
		}
	}
}

func TestAReaderResumesWholeAfterARestart(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	entries := n.morning(c, 8)
	desk, own := n.screen(c.coordinator, ""), n.screen(c.guruji, "")
	// While both are away, one more comes, one leaves and one is moved to another guruji.
	n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID})
	for kind, entry := range map[string]string{"queue.leave": entries[7], "queue.transfer": entries[6]} {
		r := n.saw(c.coordinator, kind, map[string]any{"entry": entry, "guruji": c.otherID}, own.rows["row "+entry])
		if r.Status != api.Applied {
			t.Fatalf("%s: %+v", kind, r.Error)
		}
	}
	n.restart()
	n.restart() // the second finds timelines that number nothing
	for name, s := range map[string]*screen{"desk": desk, "guruji": own} {
		before := s.cursor
		s.connect()
		fresh := n.screen(s.token, "")
		s.until(name+" has all", func() bool { return cmp.Equal(s.open(), fresh.open()) })
		if _, still := s.rows["row "+entries[6]]; name == "guruji" && still {
			t.Error("the guruji still shows an entry that was moved away")
		}
		again := n.screen(s.token, "")
		again.cursor, again.rows = before, map[string]map[string]any{}
		if reset := again.poll(); reset != "" {
			t.Errorf("%s: poll from before the restart got reset %s", name, reset)
		}
		agree(t, name+" by poll", again, fresh)
	}
}

// saw runs an action that names what was shown.
func (n *node) saw(token, kind string, data map[string]any, shown map[string]any) api.Result {
	n.t.Helper()
	saw := map[string]any{}
	for _, field := range []string{"status", "generation", "guruji"} {
		saw[field] = shown[field]
	}
	raw, _ := json.Marshal(data)
	var out api.ActionsResponse
	n.call("POST", "/api/v1/actions", token, api.ActionsRequest{Actions: []api.Action{{ID: newID(), Type: kind, Saw: saw, Data: raw}}}, nil).into(200, &out)
	return out.Results[0]
}

func TestCursorsOfOthersAreReset(t *testing.T) {
	n, other := startNode(t, nil), startNode(t, nil)
	c, d := n.crew(), other.crew()
	desk := n.screen(c.coordinator, "coordinator")
	foreign := other.screen(d.coordinator, "coordinator")
	cases := map[string]struct{ token, cursor, view, want string }{
		"garbage":         {c.coordinator, "garbage", "", "unreadable_cursor"},
		"too long":        {c.coordinator, strings.Repeat("A", 512), "", "unreadable_cursor"},
		"changed":         {c.coordinator, "B" + desk.cursor[1:], "", "unreadable_cursor"},
		"another node's":  {c.coordinator, foreign.cursor, "", "unreadable_cursor"},
		"another role's":  {c.admin, desk.cursor, "", "other_audience"},
		"another view's":  {c.coordinator, desk.cursor, "board", "other_audience"},
		"another healers": {c.other, n.screen(c.guruji, "guruji").cursor, "", "other_audience"},
	}
	for name, tc := range cases {
		query := "?since=" + url.QueryEscape(tc.cursor) + "&view=" + tc.view
		var got api.Changes
		a := n.call("GET", "/api/v1/changes"+query, tc.token, nil, nil)
		if a.status != 200 {
			t.Errorf("%s: poll answered %d %s", name, a.status, a.body)
			continue
		}
		a.into(200, &got)
		if got.Reset != tc.want || len(got.Changes)+len(got.Events) != 0 {
			t.Errorf("%s: poll %+v, want reset %s", name, got, tc.want)
		}
		conn, _, err := websocket.DefaultDialer.Dial("ws"+n.url[4:]+"/ws"+query, http.Header{"Authorization": {"Bearer " + tc.token}})
		if err != nil {
			t.Errorf("%s: socket: %v", name, err)
			continue
		}
		var f frame
		for f.Frame != api.FrameReset {
			if err := conn.ReadJSON(&f); err != nil || f.Frame == api.FrameChanges {
				t.Fatalf("%s: socket gave %+v %v before a reset", name, f, err)
			}
		}
		conn.Close()
	}
	n.call("GET", "/api/v1/changes?since="+desk.cursor, c.kiosk, nil, nil).refused(403, "forbidden") // a kiosk has no such view
}

func TestALongPollAnswersAtTheChange(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	s := n.screen(c.board, "")
	path := "/api/v1/changes?wait=25s&since=" + url.QueryEscape(s.cursor)
	got := make(chan answer, 1)
	go func() { got <- n.call("GET", path, c.board, nil, nil) }()
	// What a board does not show does not wake it up with nothing to say.
	n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID, "person": person("Farida Sheikh", "9822011111")})
	n.done(c.guruji, "queue.call_next", map[string]any{}, nil)
	var changes api.Changes
	(<-got).into(200, &changes)
	if len(changes.Changes) == 0 && len(changes.Events) == 0 {
		t.Errorf("woken with nothing: %+v", changes)
	}
	n.call("GET", "/api/v1/changes?wait=1ms&since="+url.QueryEscape(n.screen(c.board, "").cursor), c.board, nil, nil).into(304, nil)
	n.call("GET", "/api/v1/changes?wait=soon", c.board, nil, nil).refused(422, "invalid")
}

func TestAWaitingPollEndsWithTheNode(t *testing.T) {
	n := startNode(t, nil)
	token := n.admin()
	s := n.screen(token, "")
	got := make(chan answer, 1)
	go func() {
		got <- n.call("GET", "/api/v1/changes?wait=25s&since="+url.QueryEscape(s.cursor), token, nil, nil)
	}()
	n.until("the poll waits", func() bool { return n.waiting.Load() == 1 })
	n.stop()
	if a := <-got; a.status != 304 {
		t.Errorf("answered %d %s", a.status, a.body)
	}
}

func TestSocketsFollowTheRightsOfTheirSession(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	desk := n.screen(c.coordinator, "")
	desk.connect()
	desk.next()
	role := "admin"
	n.done(c.admin, "staff.update", map[string]any{"staff": c.staffIDs["Bina"], "role": role}, nil)
	desk.until("bye", func() bool { return desk.bye != "" })
	if desk.bye != "rights_changed" {
		t.Errorf("bye %q", desk.bye)
	}
	if reset := desk.poll(); reset == "" {
		t.Error("a cursor of the old role is served")
	}
	now := n.screen(c.coordinator, "admin")
	now.connect()
	now.next()
	n.done(c.admin, "staff.disable", map[string]any{"staff": c.staffIDs["Bina"]}, nil)
	now.until("bye", func() bool { return now.bye != "" })
	if now.bye != "revoked" {
		t.Errorf("bye %q", now.bye)
	}
	if _, res, err := websocket.DefaultDialer.Dial("ws"+n.url[4:]+"/ws", http.Header{"Authorization": {"Bearer " + c.coordinator}}); err == nil || res.StatusCode != 401 {
		t.Errorf("a disabled member of staff connects: %v", res)
	}
}

func TestActingOverTheSocket(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	s := n.screen(c.kiosk, "")
	s.connect()
	act := api.ActFrame{Frame: api.FrameAct, Action: api.Action{ID: newID(), Type: "queue.check_in", Data: json.RawMessage(`{"guruji":"` + c.gurujiID + `"}`)}}
	for i, want := range []string{api.Applied, api.Duplicate, api.Rejected} {
		if i == 2 {
			act.Action = api.Action{ID: newID(), Type: "staff.create", Data: json.RawMessage(`{"name":"Eve","role":"admin","pin":"1234"}`)}
		}
		if err := s.conn.WriteJSON(act); err != nil {
			t.Fatal(err)
		}
		var f frame
		for f.Frame != api.FrameResult {
			f, _ = s.next()
		}
		if f.ID != act.Action.ID || f.Status != want {
			t.Errorf("%d: %+v, want %s", i, f, want)
		}
		if want != api.Rejected && !strings.Contains(string(f.Data), "/patient#t=") {
			t.Errorf("%s: %s has no link for the slip", want, f.Data)
		}
	}
}

func TestWhoHasAnAnswerReadsItsEffect(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	n.lateNews.Store(true)
	s := n.screen(c.coordinator, "")
	for range 5 {
		e := n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID})
		s.poll()
		if s.rows["row "+e.Entry] == nil {
			t.Errorf("entry %s was acknowledged and is not there", e.Token)
		}
	}
}

func TestAPollThatWaitsEndsWithItsSession(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	s := n.screen(c.coordinator, "queue")
	got := make(chan answer, 1)
	go func() {
		got <- n.call("GET", "/api/v1/changes?wait=25s&since="+url.QueryEscape(s.cursor), c.coordinator, nil, nil)
	}()
	n.until("the poll waits", func() bool { return n.waiting.Load() == 1 })
	n.done(c.admin, "staff.disable", map[string]any{"staff": c.staffIDs["Bina"]}, nil)
	(<-got).refused(401, "unauthenticated")
}

func TestAReaderFurtherBehindThanMemoryMissesNothing(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	early := n.screen(c.coordinator, "")
	for range 12 {
		batch := api.ActionsRequest{}
		for range 200 {
			batch.Actions = append(batch.Actions, api.Action{ID: newID(), Type: "queue.check_in", Data: json.RawMessage(`{"guruji":"` + c.gurujiID + `"}`)})
		}
		n.call("POST", "/api/v1/actions", c.kiosk, batch, nil).into(200, nil)
	}
	fresh := n.screen(c.coordinator, "")
	if len(fresh.open()) < 2400 {
		t.Fatalf("only %d came", len(fresh.open()))
	}
	if reset := early.poll(); reset != "" {
		t.Fatalf("reset %s", reset)
	}
	agree(t, "a late poll", early, fresh)
}

// TestANewDayIsANewSnapshot lets the clinic's clock pass the cut-off while nobody does anything: the turn alone tells
// sockets and waiting polls, with no beat to help.
func TestANewDayIsANewSnapshot(t *testing.T) {
	n := startNode(t, func(o *door.Options) { o.Realtime = realtime.Options{BeatEvery: time.Hour} })
	c := n.crew()
	n.morning(c, 2)
	board, desk, poll := n.screen(c.board, ""), n.screen(c.coordinator, ""), n.screen(c.board, "")
	board.connect()
	desk.connect()
	waiting := make(chan answer, 1)
	go func() {
		waiting <- n.call("GET", "/api/v1/changes?wait=25s&since="+url.QueryEscape(poll.cursor), c.board, nil, nil)
	}()
	n.until("a poll waits", func() bool { return n.waiting.Load() == 1 })
	n.clinic.advance(24 * time.Hour)
	for _, s := range []*screen{board, desk} {
		for s.reset == "" {
			if _, open := s.next(); !open {
				t.Fatalf("closed: %v", s.closed)
			}
		}
		if s.reset != "new_day" {
			t.Errorf("the socket was reset for %q", s.reset)
		}
	}
	// The poll may be answered first with what closing yesterday changed.
	var told api.Changes
	(<-waiting).into(200, &told)
	if told.Reset == "" {
		poll.cursor = told.Cursor
		told.Reset = poll.poll()
	}
	if told.Reset != "new_day" {
		t.Errorf("poll of yesterday: %q", told.Reset)
	}
	for _, view := range []string{"board", "queue"} {
		if fresh := n.screen(c.board, view); len(fresh.entries()) != 0 {
			t.Errorf("yesterday's entries on today's %s: %v", view, fresh.entries())
		}
	}
	fresh := n.screen(c.coordinator, "")
	n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID})
	if reset := fresh.poll(); reset != "" || len(fresh.open()) != 1 {
		t.Errorf("the new day shows %v, reset %q", fresh.open(), reset)
	}
}

func TestASlowClientIsClosedAndResumesWhole(t *testing.T) {
	n := startNode(t, func(o *door.Options) {
		o.Realtime = realtime.Options{Buffer: 4, Window: time.Millisecond, BeatEvery: time.Hour}
	})
	c := n.crew()
	slow := n.screen(c.coordinator, "")
	slow.connect()
	for n.door.Sockets().Kicked == 0 {
		n.done(c.admin, "setting.update", map[string]any{"name": "name", "value": strings.Repeat("x", 199) + newID()[35:]}, nil)
		n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID, "person": person("Visitor "+strings.Repeat("x", 150), newPhone())})
		n.done(c.guruji, "queue.call_next", map[string]any{}, nil)
	}
	for {
		if _, open := slow.next(); !open {
			break
		}
	}
	if slow.closed.Code != websocket.CloseTryAgainLater {
		t.Fatalf("closed with %v", slow.closed)
	}
	slow.connect()
	fresh := n.screen(c.coordinator, "")
	slow.until("the slow client has all", func() bool { return cmp.Equal(slow.open(), fresh.open()) })
}

var phones = 0

func newPhone() string { phones++; return fmt.Sprintf("98330%05d", phones) }
