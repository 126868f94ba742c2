package link

import "sync"

const (
	// edgeCredit is what a hub may have under way to one site, whose subscription is its own.
	edgeCredit = 512 << 10
	// grantCredit is what one site may have under way while its backlog is being drained, and poolCredit what all
	// together may: a quarter of what Redis gives a slow subscriber a minute for.
	grantCredit = 256 << 10
	poolCredit  = 2 << 20
)

// Pool bounds what all sites of a hub together may have under way of their backlogs. Those that find it empty send
// one frame at a time, and their fresh commits. It is safe for concurrent use.
type Pool struct {
	mu      sync.Mutex
	left    int
	granted map[*session]bool
}

// NewPool returns the pool of one hub.
func NewPool() *Pool { return &Pool{left: poolCredit, granted: map[*session]bool{}} }

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
}
