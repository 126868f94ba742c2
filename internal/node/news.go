package node

import (
	"context"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	newsEvery = 30 * time.Second
	// clockStep is by how much the clock may part from the time that passed before people are told that it was set.
	clockStep = 2 * time.Second
	// diskLow is the room below which an admin must act: a busy site fills some 50 MB a day.
	diskLow = 500 << 20
	// deviceSilent is after which silence a device is told to be silent. What was last heard of one is written down at
	// most every ten minutes.
	deviceSilent = 25 * time.Minute
)

const metaVersion = "version"

// Tell logs news in the node's own log; news that was told before is not told again.
func (n *Node) Tell(ctx context.Context, events ...clinic.Event) error {
	if len(events) == 0 {
		return nil
	}
	return n.Committer.Write(ctx, func(w *commit.Writer) error {
		for _, e := range events {
			if err := w.Emit(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// News is what this node tells at a moment.
func (n *Node) News(at time.Time) clinic.News {
	return clinic.News{Site: n.Site, Node: n.Boot, At: at}
}

// Watch tells what no change of a record implies, until ctx ends: another version than at the last start, a clock that
// was set, a disk that is nearly full, and a device that is not heard any more.
func (n *Node) Watch(ctx context.Context, version string) error {
	if err := n.tellVersion(ctx, version); err != nil {
		return err
	}
	wall, since := time.Now().Round(0), time.Now()
	low := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(newsEvery):
		}
		var events []clinic.Event
		now := time.Now()
		if step := now.Round(0).Sub(wall) - now.Sub(since); step.Abs() > clockStep {
			events = append(events, n.News(now).TimeSet(step))
		}
		wall, since = now.Round(0), now
		was := low
		if free := n.FreeBytes(); free != nil {
			low = *free < diskLow
		}
		if low && !was {
			events = append(events, n.News(now).Trouble("disk_full"))
		}
		if n.Role == Edge {
			events = append(events, n.silentDevices(now)...)
		}
		if err := n.Tell(ctx, events...); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// tellVersion tells that the node was updated since it was last started.
func (n *Node) tellVersion(ctx context.Context, version string) error {
	return n.Committer.Write(ctx, func(w *commit.Writer) error {
		was, err := feed.Meta(w.Tx(), metaVersion)
		if err != nil || string(was) == version {
			return err
		}
		if err := feed.SetMeta(w.Tx(), metaVersion, []byte(version)); err != nil || was == nil {
			return err
		}
		return w.Emit(n.News(time.Now()).Updated(version))
	})
}

// silentDevices are told once for each silence: the time of the news is when it was long enough.
func (n *Node) silentDevices(now time.Time) (events []clinic.Event) {
	_ = n.Committer.View(func(tx feed.Tx) error { // what cannot be read now is told the next time
		return feed.ByKind(tx, feed.SiteScope(n.Site), clinic.KindDevice, func(r record.Record) (bool, error) {
			seen := r.Get("lastSeen")
			if r.Get("state").Text() != "approved" || len(seen) == 0 || seen.IsNull() {
				return true, nil
			}
			if due := seen.Time().Add(deviceSilent); now.After(due) {
				news := clinic.News{Site: n.Site, Node: n.ID, At: due}
				events = append(events, news.DeviceSilent(r.ID, seen.Time()))
			}
			return true, nil
		})
	})
	return events
}
