package demo

import (
	"slices"
	"sync"
	"time"

	"github.com/aashram-care/sangam/internal/api"
)

const (
	keptNews   = 30
	keptEvents = 512             // ids of events that were heard at one end
	ambient    = 3 * time.Second // the queue itself makes news no more often than this, in real time
)

// item is one thing that happened, in words that the page finds. What is not known is absent.
type item struct {
	ID      int      `json:"id"`
	At      api.Time `json:"at"` // the clinic's time
	Kind    string   `json:"kind"`
	Site    string   `json:"site,omitempty"`
	Token   string   `json:"token,omitempty"`
	Room    string   `json:"room,omitempty"`
	Records *int     `json:"records,omitempty"` // edits that waited
	TookMs  *int64   `json:"tookMs,omitempty"`  // until the centre knew, or had confirmed what waited
	AwayMs  *int64   `json:"awayMs,omitempty"`  // real time that line or box was away

	real  time.Time
	event string // whose arrival at the centre is awaited
}

// news is what just happened, newest first, from what was heard at both ends.
type news struct {
	clinicNow func() time.Time
	changed   func()

	mu    sync.Mutex
	last  int
	items []item
	quiet time.Time            // no ambient news before
	heard map[string]time.Time // at the centre, by event
	order []string             // of heard, oldest first
}

func newNews(clinicNow func() time.Time, changed func()) *news {
	return &news{clinicNow: clinicNow, changed: changed, heard: map[string]time.Time{}}
}

// tell adds an item.
func (n *news) tell(i item) {
	n.mu.Lock()
	n.add(i)
	n.mu.Unlock()
	n.changed()
}

func (n *news) add(i item) {
	n.last++
	i.ID, i.At, i.real = n.last, api.At(n.clinicNow()), time.Now()
	n.items = slices.Insert(n.items, 0, i)
	n.items = n.items[:min(len(n.items), keptNews)]
}

// atSite takes an event that a socket of the site told at a time.
func (n *news) atSite(site string, e queueEvent, at time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if at.Before(n.quiet) {
		return
	}
	i := item{Site: site, Token: e.Data.Token, event: e.ID}
	switch e.Type {
	case "queue.called":
		i.Kind, i.Room = "called", e.Data.Room
	case "queue.entry_added":
		i.Kind = "given"
	default:
		return
	}
	n.quiet = at.Add(ambient)
	n.add(i)
	n.items[0].real = at
	if heard, ok := n.heard[e.ID]; ok {
		n.items[0].took(heard)
	}
}

// atCentre takes an event that a socket of the hub told at a time.
func (n *news) atCentre(e queueEvent, at time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, known := n.heard[e.ID]; known {
		return
	}
	n.heard[e.ID] = at
	if n.order = append(n.order, e.ID); len(n.order) > keptEvents {
		delete(n.heard, n.order[0])
		n.order = n.order[1:]
	}
	for i := range n.items {
		if n.items[i].event == e.ID {
			n.items[i].took(at)
		}
	}
}

// took notes when the centre knew. Two sockets of one process may be read in either order.
func (i *item) took(at time.Time) {
	ms := max(at.Sub(i.real), 0).Milliseconds()
	i.TookMs = &ms
}

// list is the news, newest first.
func (n *news) list() []item {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.items)
}

// queueEvent is an event of a queue, as far as news reads it.
type queueEvent struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Data struct {
		Token string `json:"token"`
		Room  string `json:"room"`
	} `json:"data"`
}

// signal tells those who wait that something changed; many changes in a row are one.
type signal struct {
	mu   sync.Mutex
	next chan struct{}
}

func newSignal() *signal { return &signal{next: make(chan struct{})} }

func (s *signal) set() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.next)
	s.next = make(chan struct{})
}

// wait is closed at the next change.
func (s *signal) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next
}
