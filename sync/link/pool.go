package link

import (
	"context"
	"sync"
)

const (
	// edgeCredit is what a hub may have under way to one site, whose subscription is its own.
	edgeCredit = 512 << 10
	// grantCredit is what one site may have under way while its backlog is being drained, and poolCredit what all
	// together may: a quarter of what Redis gives a slow subscriber a minute for.
	grantCredit = 256 << 10
	poolCredit  = 2 << 20
	// heldBytes is how many packed bytes of all sites wait to be merged. Beyond that each site may have one frame that
	// waits, and mergesAtOnce of all are unpacked: enough for a transaction of the store, and no more.
	heldBytes    = 64 << 20
	mergesAtOnce = 8
)

// Pool bounds what all sites of a hub together may have under way of their backlogs, and what of it waits in memory.
// Those that find it empty send one frame at a time, and their fresh commits. It is safe for concurrent use. A nil Pool
// bounds nothing: the one peer of a site is bounded by itself.
type Pool struct {
	turns chan struct{} // a place for each that merges

	mu      sync.Mutex // guards what follows
	left    int
	granted map[*session]bool
	held    int
}

// NewPool returns the pool of one hub.
func NewPool() *Pool {
	return &Pool{turns: make(chan struct{}, mergesAtOnce), left: poolCredit, granted: map[*session]bool{}}
}

// turn waits until one more may merge; done lets the next one.
func (p *Pool) turn(ctx context.Context) (done func(), err error) {
	if p == nil {
		return func() {}, nil
	}
	select {
	case p.turns <- struct{}{}:
		return func() { <-p.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hold takes room for a frame that waits; the first of a session always finds some.
func (p *Pool) hold(bytes int, first bool) bool {
	if p == nil {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !first && p.held+bytes > heldBytes {
		return false
	}
	p.held += bytes
	return true
}

func (p *Pool) letGo(bytes int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held -= bytes
}

// grant returns what a session may have under way, which is little unless it is behind and there is room.
func (p *Pool) grant(s *session, behind bool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.granted[s] && behind:
		return grantCredit
	case p.granted[s]:
		delete(p.granted, s)
		p.left += grantCredit
	case behind && p.left >= grantCredit:
		p.granted[s] = true
		p.left -= grantCredit
		return grantCredit
	}
	return minCredit
}

func (p *Pool) release(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.granted[s] {
		delete(p.granted, s)
		p.left += grantCredit
	}
	for n := range s.in {
		p.held -= s.in[n].bytes
		s.in[n].bytes = 0
	}
}
