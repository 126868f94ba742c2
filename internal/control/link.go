package control

import (
	"context"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/sync/bundle"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
)

// LinkRequest are the arguments of link.status and link.resync.
type LinkRequest struct {
	Site string `json:"site,omitempty"` // at a hub: name or id; empty for the status of all
}

// Line is how the line of one site is doing, as seen from this end.
type Line struct {
	Site          string      `json:"site"`
	Name          string      `json:"name,omitempty"`
	State         string      `json:"state"`
	Reason        string      `json:"reason,omitempty"`
	LastHeard     *api.Time   `json:"lastHeard"`
	Backlog       api.Backlog `json:"backlog"` // of the site towards the centre
	LagMs         int64       `json:"lagMs"`
	EstimateMs    *int64      `json:"estimateMs"` // until the backlog has drained; null: not known
	ClockOffsetMs *int64      `json:"clockOffsetMs"`
	InSync        bool        `json:"inSync"`  // both ends were compared since the last change
	Repairs       int         `json:"repairs"` // found by comparing alone; anything but 0 is a fault
	Parked        int         `json:"parked"`
	Peer          string      `json:"peer,omitempty"`
	Protocol      string      `json:"protocol,omitempty"`
	FramesIn      uint64      `json:"framesIn"`
	FramesOut     uint64      `json:"framesOut"`
	BytesIn       uint64      `json:"bytesIn"`
	BytesOut      uint64      `json:"bytesOut"`
}

// LineOf tells of a link. It leaves Site and Name to the caller.
func LineOf(s link.Status, t link.Traffic) Line {
	l := Line{
		State: string(s.State), Reason: string(s.Reason), LastHeard: api.AtOrNil(s.LastHeard), Backlog: node.BacklogOf(s.Backlog),
		LagMs: s.Lag.Milliseconds(), ClockOffsetMs: node.OffsetOf(s), InSync: s.InSync, Repairs: s.Repairs, Parked: s.Parked,
		Peer: s.Peer, Protocol: s.Version,
		FramesIn: t.FramesIn, FramesOut: t.FramesOut, BytesIn: t.BytesIn, BytesOut: t.BytesOut,
	}
	if s.Estimate > 0 {
		ms := s.Estimate.Round(time.Second).Milliseconds()
		l.EstimateMs = &ms
	}
	return l
}

// LinkOperations are link.status and link.resync of a node. lines tells of the links that run, of one site or of all;
// it is nil while none does.
func LinkOperations(n *node.Node, lines func(site string) ([]Line, error), end func(site string) (LineEnd, error)) Operations {
	return Operations{
		"link.status": Op(func(_ context.Context, in LinkRequest) (any, error) {
			if lines == nil {
				return nil, &clinic.Error{Code: clinic.CodeUnavailable, Message: "The node does not run, and only a running node knows how its line is doing."}
			}
			return lines(in.Site)
		}),
		"link.resync": Op(func(ctx context.Context, in LinkRequest) (any, error) {
			e, err := end(in.Site)
			if err != nil {
				return nil, err
			}
			return struct{}{}, resync(ctx, n, e)
		}),
	}
}

// resync forgets what is held of the other end's feeds, so that all of it is sent again. A link that runs finds its
// cursors gone at its next beat and begins a new session; merging what comes twice changes nothing.
func resync(ctx context.Context, n *node.Node, e LineEnd) error {
	_, peer, _ := e.outward()
	return n.LinkStore().Write(ctx, func(tx feed.Tx) error {
		for _, no := range []bundle.ScopeNo{bundle.Site, bundle.Network} {
			held, err := feed.Cursors(tx, no.Of(e.Site), peer)
			if err != nil {
				return err
			}
			for _, c := range held {
				if err := feed.Adopt(tx, no.Of(e.Site), peer, feed.Cursor{Timeline: c.Timeline}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
