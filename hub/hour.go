package hub

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
)

// A minute keeps the worst that was seen in it, so it is looked at often enough that a late beat is not missed.
const (
	hourMinutes = 60
	hourEvery   = 5 * time.Second
)

// minute is a site in one minute.
type minute struct {
	number                   int64 // since 1970
	beat                     string
	waiting, inService, done *int
}

// hour keeps the last hour of every site, for screens that are opened late. It is memory only: a hub that was started
// knows nothing of before, and says so.
type hour struct {
	mu    sync.Mutex
	sites map[record.ID][]minute
}

func newHour() *hour { return &hour{sites: map[record.ID][]minute{}} }

// note adds how a site stands at a time.
func (h *hour) note(site record.ID, state link.State, f *clinic.Figures, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	number := at.Unix() / 60
	kept := slices.DeleteFunc(h.sites[site], func(m minute) bool { return m.number <= number-hourMinutes || m.number > number })
	if len(kept) == 0 || kept[len(kept)-1].number != number {
		kept = append(kept, minute{number: number, beat: api.BeatOnTime})
	}
	now := &kept[len(kept)-1]
	if beat := beatOf(state); slices.Index(beats, beat) > slices.Index(beats, now.beat) {
		now.beat = beat
	}
	if f != nil {
		now.waiting, now.inService, now.done = &f.Waiting, &f.InService, &f.Done
	}
	h.sites[site] = kept
}

// beats, the worst last.
var beats = []string{api.BeatOnTime, api.BeatLate, api.BeatUnheard}

func beatOf(state link.State) string {
	switch state {
	case link.Live, link.ClockWrong:
		return api.BeatOnTime
	case link.Lagging:
		return api.BeatLate
	}
	return api.BeatUnheard
}

// of is a site's last hour; nil when nothing was noted. A minute in which the hub did not look was not heard.
func (h *hour) of(site record.ID) *api.SiteHour {
	h.mu.Lock()
	defer h.mu.Unlock()
	kept := h.sites[site]
	if len(kept) == 0 {
		return nil
	}
	out := &api.SiteHour{From: api.At(time.Unix(kept[0].number*60, 0)), Beats: []string{}, Waiting: []*int{}, InService: []*int{}, Done: []*int{}}
	next := kept[0].number
	for _, m := range kept {
		for ; next < m.number; next++ {
			addMinute(out, minute{beat: api.BeatUnheard})
		}
		addMinute(out, m)
		next++
	}
	return out
}

func addMinute(h *api.SiteHour, m minute) {
	h.Beats = append(h.Beats, m.beat)
	h.Waiting, h.InService, h.Done = append(h.Waiting, m.waiting), append(h.InService, m.inService), append(h.Done, m.done)
}

// watchHour notes all sites until ctx ends.
func (c *centre) watchHour(ctx context.Context) error {
	tick := time.NewTicker(hourEvery)
	defer tick.Stop()
	for {
		if err := c.noteSites(time.Now()); err != nil {
			c.o.Log.Warn("the last hour of the sites has a hole", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (c *centre) noteSites(now time.Time) error {
	sites, err := c.register.sites()
	if err != nil {
		return err
	}
	for _, site := range sites {
		var figures *clinic.Figures
		c.node.Committer.Day(site.id, func(day *clinic.Day) {
			f := day.Figures()
			figures = &f
		})
		c.hour.note(site.id, c.statusOf(site.id).State, figures, now)
	}
	return nil
}
