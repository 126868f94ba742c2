package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aashram-care/sangam/internal/api"
)

const (
	lookAgain   = 300 * time.Millisecond // after a socket or a request failed
	askEvery    = time.Second            // how the line is
	askFast     = 50 * time.Millisecond  // while edits that waited are on their way
	figuresMost = 500 * time.Millisecond // how often a site's figures are read at most
	arriveIn    = 2 * time.Minute        // after which edits on their way are no news any more
)

// sight is what the page shows of a site: what its own node and the centre told last. Nil is not known.
type sight struct {
	mu      sync.Mutex
	figures *figures
	uplink  *api.Uplink
	centre  *api.SiteStatus
	arrived int // rows that changed at the centre, since the demo began
	recent  []string
}

type figures struct {
	Waiting   int `json:"waiting"`
	InService int `json:"inService"`
	Done      int `json:"done"`
}

// queue is the view of a site's queue, as far as the demo reads it.
type queue struct {
	Day     string  `json:"day"`
	Figures figures `json:"figures"`
	Gurujis []struct {
		Entries []queued `json:"entries"`
	} `json:"gurujis"`
	Recent []struct {
		Token string `json:"token"`
	} `json:"recent"`
}

type queued struct {
	ID         string `json:"id"`
	Status     string `json:"status"`
	Generation int64  `json:"generation"`
}

// entries yields everybody who has not left.
func (q *queue) entries(yield func(queued) bool) {
	for _, g := range q.Gurujis {
		for _, e := range g.Entries {
			if !yield(e) {
				return
			}
		}
	}
}

// queue reads the site's queue as it is now.
func (s *site) queue(ctx context.Context) (*queue, error) {
	var snapshot struct {
		View queue `json:"view"`
	}
	if err := s.admin.do(ctx, http.MethodGet, snapshotPath(api.ViewQueue, ""), nil, &snapshot); err != nil {
		return nil, fmt.Errorf("read the queue: %w", err)
	}
	return &snapshot.View, nil
}

// frame is a frame of a socket, as far as the demo reads it.
type frame struct {
	Frame   string       `json:"frame"`
	From    string       `json:"from"`
	To      string       `json:"to"`
	BeatMs  int64        `json:"beatMs"`
	Uplink  *api.Uplink  `json:"uplink"`
	Events  []queueEvent `json:"events"`
	Changes []struct {
		Kind   string          `json:"kind"`
		ID     string          `json:"id"`
		Fields json.RawMessage `json:"fields"`
		Gone   bool            `json:"gone"`
	} `json:"changes"`
}

// eye is one reader: it takes a snapshot, follows its socket, and begins again when the socket ends.
type eye struct {
	caller     *caller
	view, site string
	snapshot   func(view json.RawMessage) error // may be nil
	frame      func(f frame, at time.Time)
}

func (e *eye) run(ctx context.Context) error {
	for {
		_ = e.look(ctx) // a node that is stopped, or a socket that ended: look again
		if pause(ctx, lookAgain) != nil {
			return nil
		}
	}
}

func (e *eye) look(ctx context.Context) error {
	var snapshot struct {
		Cursor string          `json:"cursor"`
		View   json.RawMessage `json:"view"`
	}
	if err := e.caller.do(ctx, http.MethodGet, snapshotPath(e.view, e.site), nil, &snapshot); err != nil {
		return err
	}
	if e.snapshot != nil {
		if err := e.snapshot(snapshot.View); err != nil {
			return fmt.Errorf("read the view %s: %w", e.view, err)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, err := e.caller.listen(ctx, e.view, e.site, snapshot.Cursor)
	if err != nil {
		return err
	}
	defer conn.Close()
	cursor, silence := snapshot.Cursor, 15*time.Second
	for {
		_ = conn.SetReadDeadline(time.Now().Add(silence))
		var f frame
		if err := conn.ReadJSON(&f); err != nil {
			return fmt.Errorf("read a socket: %w", err)
		}
		switch f.Frame {
		case api.FrameHello:
			silence = max(3*time.Duration(f.BeatMs)*time.Millisecond, time.Second)
		case api.FrameChanges:
			if f.From != cursor {
				return errors.New("a frame does not follow the one before")
			}
			cursor = f.To
		case api.FrameReset, api.FrameBye:
			return fmt.Errorf("the node says %s", f.Frame)
		}
		e.frame(f, time.Now())
	}
}

// watch follows the centre's view of all sites.
func (c *centre) watch(ctx context.Context) error {
	sites := map[string]*site{}
	for _, s := range c.d.sites {
		sites[s.id] = s
	}
	all := eye{caller: c.caller, view: api.ViewCentre,
		snapshot: func(view json.RawMessage) error {
			var v api.CentreView
			if err := json.Unmarshal(view, &v); err != nil {
				return err
			}
			for i := range v.Sites {
				sites[v.Sites[i].ID].atCentre(&v.Sites[i])
			}
			return nil
		},
		frame: func(f frame, _ time.Time) {
			for _, change := range f.Changes {
				var status api.SiteStatus
				if change.Kind == "site_status" && json.Unmarshal(change.Fields, &status) == nil {
					sites[change.ID].atCentre(&status)
				}
			}
		},
	}
	return all.run(ctx)
}

// atCentre takes what the centre says of the site; s is nil for a site that is not of this demo.
func (s *site) atCentre(status *api.SiteStatus) {
	if s == nil {
		return
	}
	s.seen.mu.Lock()
	silent := status.State == api.StateSilent && s.seen.centre != nil && s.seen.centre.State != api.StateSilent
	s.seen.centre = status
	s.seen.mu.Unlock()
	s.mu.Lock()
	silent = silent && s.stoppedAt.IsZero() // of a box that was stopped it is no news
	s.mu.Unlock()
	if silent {
		s.d.news.tell(item{Kind: "silent", Site: s.id})
	}
	s.d.changed.set()
}

// watch follows the site at its own node and at the centre until ctx ends.
func (s *site) watch(ctx context.Context) error {
	moved := newSignal()
	watching, ctx := errgroup.WithContext(ctx)
	here := eye{caller: s.admin, view: api.ViewQueue,
		snapshot: func(json.RawMessage) error { moved.set(); return nil },
		frame: func(f frame, at time.Time) {
			for _, event := range f.Events {
				s.d.news.atSite(s.id, event, at)
			}
			if f.Uplink != nil {
				s.tookUplink(f.Uplink)
			}
			if len(f.Changes) > 0 {
				moved.set()
			}
		},
	}
	there := eye{caller: s.d.hub.caller, view: api.ViewQueue, site: s.id,
		frame: func(f frame, at time.Time) {
			for _, event := range f.Events {
				s.d.news.atCentre(event, at)
			}
			s.tookArrivals(f)
		},
	}
	watching.Go(func() error { return here.run(ctx) })
	watching.Go(func() error { return there.run(ctx) })
	watching.Go(func() error { return s.readFigures(ctx, moved) })
	watching.Go(func() error { return s.readUplink(ctx) })
	return watching.Wait()
}

// tookArrivals counts the rows of entries that changed at the centre: each is an edit that arrived.
func (s *site) tookArrivals(f frame) {
	n := 0
	for _, change := range f.Changes {
		if change.Kind == "row" {
			n++
		}
	}
	if n == 0 {
		return
	}
	s.seen.mu.Lock()
	s.seen.arrived += n
	s.seen.mu.Unlock()
	s.d.changed.set()
}

// readFigures reads how many wait, are with a guruji and are done, whenever the queue has moved.
func (s *site) readFigures(ctx context.Context, moved *signal) error {
	for ctx.Err() == nil {
		next := moved.wait()
		if queue, err := s.queue(ctx); err == nil {
			s.seen.mu.Lock()
			s.seen.figures = &queue.Figures
			s.seen.recent = s.seen.recent[:0]
			for _, call := range queue.Recent {
				s.seen.recent = append(s.seen.recent, call.Token)
			}
			s.seen.mu.Unlock()
			s.d.changed.set()
		}
		if pause(ctx, figuresMost) != nil {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-next:
		}
	}
	return nil
}

// readUplink asks the site how its line is, often while edits that waited are on their way.
func (s *site) readUplink(ctx context.Context) error {
	for {
		var status api.Status
		err := s.admin.do(ctx, http.MethodGet, "/api/v1/status", nil, &status)
		if err == nil && status.Uplink != nil {
			s.tookUplink(status.Uplink)
		}
		every := askEvery
		if s.onTheWay() != nil {
			every = askFast
		}
		if pause(ctx, every) != nil {
			return nil
		}
	}
}

func (s *site) tookUplink(up *api.Uplink) {
	s.seen.mu.Lock()
	s.seen.uplink = up
	s.seen.mu.Unlock()
	s.arrivals(up)
	s.d.changed.set()
}
