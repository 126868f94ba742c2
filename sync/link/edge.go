package link

import (
	"context"

	"github.com/aashram-care/sangam/sync/feed"
)

// Edge is a site's end of its link. It works while Run does; the other methods may be called at any time.
type Edge struct {
	o EdgeOptions
}

// NewEdge returns the end of a site that has keys, a join code, or both. It starts nothing.
func NewEdge(o EdgeOptions) (*Edge, error) { return &Edge{o: o}, nil }

// Run keeps the link until ctx ends, whatever the bus does, and says goodbye. It fails only with an error of the
// store that no waiting cures, such as ErrRolledBack.
func (e *Edge) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// Committed tells that a scope's head moved. It never blocks, and may be called for scopes that do not travel.
func (e *Edge) Committed(scope feed.Scope, head feed.Seq) {}

// Status returns how the link is doing now.
func (e *Edge) Status() Status { return Status{State: Connecting} }
