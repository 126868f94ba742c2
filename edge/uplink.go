package edge

import (
	"context"
	"time"

	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/sync/link"
)

// uplinkEvents tells whoever listens at the site that the line came into another state. The first state after the
// start is no news.
func (s *site) uplinkEvents(ctx context.Context) error {
	was := link.Connecting
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.moved:
		}
		now := s.link.Status()
		if now.State == was {
			continue
		}
		event := node.UplinkChanged(s.node.Boot, s.node.Site, was, now.State, now.Reason, time.Now())
		err := s.node.Committer.Write(ctx, func(w *commit.Writer) error { return w.Emit(event) })
		if err == nil {
			was = now.State
		} else if ctx.Err() == nil {
			s.o.Log.Warn("nobody is told that the line changed its state; the next change is told", "err", err)
		}
	}
}

// linkMoved is called by the link and never blocks.
func (s *site) linkMoved(link.Status) {
	select {
	case s.moved <- struct{}{}:
	default:
	}
}
