package edge

import (
	"context"
	"time"

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
		event := s.node.News(time.Now()).UplinkChanged(string(was), string(now.State), string(now.Reason))
		if err := s.node.Tell(ctx, event); err == nil {
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
