package link

import (
	"context"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// Hub is the centre's end of the links of all its sites. It works while Run does; the other methods may be called at
// any time.
type Hub struct {
	o HubOptions
}

// NewHub returns the end of a hub. It starts nothing.
func NewHub(o HubOptions) (*Hub, error) { return &Hub{o: o}, nil }

// Run serves every site until ctx ends, whatever the bus does, and says goodbye. It fails only with an error of the
// store that no waiting cures, such as ErrRolledBack.
func (h *Hub) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// Committed tells that a scope's head moved. It never blocks, and may be called for scopes that do not travel.
func (h *Hub) Committed(scope feed.Scope, head feed.Seq) {}

// KeysChanged makes the hub read a site's keys again: after it was revoked, or its key rotated. It never blocks.
func (h *Hub) KeysChanged(site record.ID) {}

// Status returns how a site is doing; NeverSeen for one that was not heard since the start.
func (h *Hub) Status(site record.ID) Status { return Status{State: NeverSeen} }
