package demo

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/aashram-care/sangam/internal/api"
)

// rejoining is a line that is whole again, until what waited behind it has arrived.
type rejoining struct {
	at, cutAt time.Time
	records   int
}

// arrival is a line that was cut, and all that waited behind it at the centre.
type arrival struct {
	At      api.Time `json:"at"`      // real time
	Records int      `json:"records"` // edits that waited
	TookMs  int64    `json:"tookMs"`  // from joining the line until the centre had confirmed them
	AwayMs  int64    `json:"awayMs"`  // real time that the line was cut
}

// setLine cuts the line of a site or joins it again. What waits is asked at that moment.
func (s *site) setLine(ctx context.Context, cut bool) {
	if cut == s.line.IsCut() {
		return
	}
	now := time.Now()
	if cut {
		s.line.Cut()
		s.mark(func() { s.cutAt, s.rejoined, s.back = now, nil, nil })
		s.d.news.tell(item{Kind: "cut", Site: s.id})
		return
	}
	waiting := 0
	var status api.Status
	if err := s.admin.do(ctx, http.MethodGet, "/api/v1/status", nil, &status); err == nil && status.Uplink != nil {
		waiting = status.Uplink.Backlog.Records
	}
	s.line.Restore()
	s.mark(func() {
		s.rejoined = &rejoining{at: time.Now(), cutAt: s.cutAt, records: waiting}
		s.cutAt = time.Time{}
	})
	s.d.news.tell(item{Kind: "joined", Site: s.id})
}

// onTheWay is the line that was joined again and whose edits have not all arrived; nil when there is none.
func (s *site) onTheWay() *rejoining {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rejoined != nil && time.Since(s.rejoined.at) > arriveIn {
		s.rejoined = nil
	}
	return s.rejoined
}

// arrivals tells once that all which waited behind a cut line is at the centre: the site itself says so, by the oldest
// edit that the centre has not acknowledged.
func (s *site) arrivals(up *api.Uplink) {
	r := s.onTheWay()
	switch {
	case r == nil, up.State != api.StateLive, up.LastHeard == nil, up.LastHeard.Before(r.at):
		return
	case up.Backlog.Records > 0 && (up.Backlog.OldestAt == nil || up.Backlog.OldestAt.Before(r.at)):
		return
	}
	back := arrival{api.At(time.Now()), r.records, time.Since(r.at).Milliseconds(), r.at.Sub(r.cutAt).Milliseconds()}
	s.mark(func() { s.rejoined, s.back = nil, &back })
	s.d.news.tell(item{Kind: "back", Site: s.id, Records: &back.Records, TookMs: &back.TookMs, AwayMs: &back.AwayMs})
}

// setBox stops the node of a site or starts it again, and returns once it has.
func (s *site) setBox(ctx context.Context, stopped bool) error {
	if stopped != s.box.Running() {
		return nil
	}
	if stopped {
		s.mark(func() { s.stoppedAt = time.Now() })
		if err := s.box.Stop(ctx); err != nil {
			return fmt.Errorf("stop the box of %s: %w", s.name, err)
		}
		s.d.news.tell(item{Kind: "stopped", Site: s.id})
		return nil
	}
	if err := s.box.Start(ctx); err != nil {
		return fmt.Errorf("start the box of %s: %w", s.name, err)
	}
	var away int64
	s.mark(func() { away, s.stoppedAt = time.Since(s.stoppedAt).Milliseconds(), time.Time{} })
	s.d.news.tell(item{Kind: "started", Site: s.id, AwayMs: &away})
	return nil
}

// slip is the entry whose phone the page opens.
type slip struct{ entry, token, link string }

// door makes the address of a screen that lets its device in: a code that is good once for a kiosk or a board, the
// link of a slip for a phone.
func (s *site) door(ctx context.Context, screen string) (string, error) {
	switch screen {
	case "kiosk", "board":
		s.mu.Lock()
		pair := s.pair
		s.mu.Unlock()
		code, err := pair(ctx, screen, "Opened from the demo")
		if err != nil {
			return "", err
		}
		return s.url + "/" + screen + "#pair=" + code, nil
	case "patient":
		p, err := s.slip(ctx)
		if err != nil {
			return "", err
		}
		return s.url + p.link, nil
	}
	return "", &api.Problem{Code: "not_found", Message: "A demo opens kiosk, board and patient; people sign in with their PIN."}
}

// slip is that of the visitor whose phone was opened before, while they wait, or of a new one.
func (s *site) slip(ctx context.Context) (*slip, error) {
	s.mu.Lock()
	held := s.phone
	s.mu.Unlock()
	if held != nil {
		waits, err := s.waits(ctx, held.entry)
		if waits || err != nil {
			return held, err
		}
	}
	var in struct {
		Entry string `json:"entry"`
		Token string `json:"token"`
		Link  string `json:"link"`
	}
	if err := s.admin.act(ctx, "queue.check_in", nil, map[string]any{}, &in); err != nil {
		return nil, fmt.Errorf("take a token: %w", err)
	}
	made := &slip{in.Entry, in.Token, in.Link}
	s.mark(func() { s.phone = made })
	return made, nil
}

// waits tells whether an entry has not ended.
func (s *site) waits(ctx context.Context, entry string) (bool, error) {
	queue, err := s.queue(ctx)
	if err != nil {
		return false, fmt.Errorf("look for the visitor: %w", err)
	}
	for e := range queue.entries {
		if e.ID == entry {
			return true, nil
		}
	}
	return false, nil
}
