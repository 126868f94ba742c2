package demo

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/aashram-care/sangam/internal/replay"
)

const (
	opensAt  = 9 * time.Hour                 // the doors open
	atDoor   = 20 * time.Second              // between those who waited outside when they did
	latest   = 23*time.Hour + 50*time.Minute // nobody is left by then
	atDesk   = 0.6                           // share of people who say their name at the desk
	playedBy = 3                             // gurujis of a site
)

// morning is a day of the clinics, from the opening of their doors.
type morning struct {
	opens time.Time
	over  chan struct{} // closed when another morning begins
	ended atomic.Int32  // sites whose day has ended
}

func newMorning(opens time.Time) *morning { return &morning{opens: opens, over: make(chan struct{})} }

func (m *morning) midnight() time.Time { return m.opens.Add(-opensAt) }

// firstMorning is the day that a demo begins with, and the clinic's time then: this morning, or where an earlier run
// on the same directory stopped, since a clinic's day never goes back. An idle demo begins now.
func firstMorning(k *kept, idle bool, now time.Time) (*morning, time.Time) {
	today := morningOf(now, 0)
	switch {
	case idle && k.ClinicTime.After(now):
		return newMorning(morningOf(k.ClinicTime, 0)), k.ClinicTime
	case idle:
		return newMorning(today), now
	case k.ClinicTime.Before(today):
		return newMorning(today), today
	case !k.Opens.IsZero() && k.ClinicTime.Before(k.Opens.Add(latest-opensAt)):
		return newMorning(k.Opens), k.ClinicTime
	}
	next := morningOf(k.ClinicTime, 1)
	return newMorning(next), next
}

// morningOf is the opening of the doors so many days after that of a time.
func morningOf(at time.Time, days int) time.Time {
	y, m, d := at.In(location).Date()
	return time.Date(y, m, d+days, int(opensAt/time.Hour), 0, 0, 0, location)
}

// location is a fixed offset: India has had no other since 1945, and the demo needs no zone files.
var location = time.FixedZone(zone, 5*3600+1800)

// visitors are the people who come to an ashram on a day: those who would have come before the doors open are there
// when they do, and wait.
func visitors(a ashram, opens time.Time, seed uint64) replay.Day {
	day := replay.Generate(opens.Format(time.DateOnly), a.visits, seed)
	outside := 0
	for i, v := range day.Visits {
		if v.Arrival >= opensAt {
			break // they are in order of arrival
		}
		outside++
		later := opensAt + time.Duration(i)*atDoor - v.Arrival
		day.Visits[i].Arrival += later
		day.Visits[i].End += later
		day.Visits[i].Exit += later
	}
	slices.SortStableFunc(day.Visits, func(x, y replay.Visit) int { return int(x.Arrival - y.Arrival) })
	return day
}

// play plays one day after another at a site, each from when it is begun.
func (d *demo) play(ctx context.Context, s *site) error {
	for ctx.Err() == nil {
		m := d.morning()
		day, cancel := context.WithCancel(ctx)
		go func() {
			defer cancel()
			select {
			case <-m.over:
			case <-day.Done():
			}
		}()
		d.playDay(day, s, m)
		cancel()
		select {
		case <-ctx.Done():
		case <-m.over:
		}
	}
	return nil
}

func (d *demo) morning() *morning {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.today
}

// playDay plays what is left of a day. A replay that breaks off begins again with what is left then.
func (d *demo) playDay(ctx context.Context, s *site, m *morning) {
	seed := uint64(m.opens.Unix())*uint64(len(cast)) + uint64(s.number)
	whole := visitors(s.ashram, m.opens, seed)
	for ctx.Err() == nil {
		passed := d.clock.Now().Sub(m.midnight())
		rest := whole
		rest.Visits = slices.DeleteFunc(slices.Clone(whole.Visits), func(v replay.Visit) bool { return v.Arrival < passed })
		if len(rest.Visits) > 0 {
			if err := d.playRest(ctx, s, m, rest, seed); err != nil {
				if ctx.Err() == nil {
					d.o.Log.Warn("the day was broken off; it goes on", "site", s.id, "err", err)
					_ = pause(ctx, 2*time.Second)
				}
				continue
			}
		}
		d.dayEnded(s, m)
		return
	}
}

func (d *demo) playRest(ctx context.Context, s *site, m *morning, rest replay.Day, seed uint64) error {
	if err := s.sendOn(ctx, rest.Date); err != nil {
		return err
	}
	first := m.midnight().Add(rest.Visits[0].Arrival)
	_, err := replay.Run(ctx, replay.Options{
		Day: rest, Speed: d.o.Speed, Elapsed: func() time.Duration { return d.clock.Now().Sub(first) },
		Site: s.url, SiteID: s.id, Admin: replay.Account{Name: s.kept.admin().Name, PIN: s.kept.admin().PIN}, Staff: s.kept.Users,
		Gurujis: playedBy, Kiosks: 1, Named: atDesk, Seed: seed,
	})
	return err
}

// dayEnded says so. When the last day has ended, time runs as it is: there is nothing left to hurry to.
func (d *demo) dayEnded(s *site, m *morning) {
	d.news.tell(item{Kind: "ended", Site: s.id})
	if int(m.ended.Add(1)) == len(d.sites) {
		d.clock.SetSpeed(1)
	}
	d.changed.set()
}

// sendOn ends what an earlier replay left open, once the site has begun the day: whoever was with a guruji is done,
// whoever was called waits again.
func (s *site) sendOn(ctx context.Context, date string) error {
	queue, err := s.queue(ctx)
	for err == nil && queue.Day < date {
		if err = pause(ctx, 50*time.Millisecond); err == nil {
			queue, err = s.queue(ctx)
		}
	}
	if err != nil {
		return err
	}
	on := map[string]string{"in_service": "queue.complete", "called": "queue.no_answer"}
	for e := range queue.entries {
		command, open := on[e.Status]
		if !open {
			continue
		}
		saw := map[string]any{"status": e.Status, "generation": e.Generation}
		if err := s.admin.act(ctx, command, saw, map[string]any{"entry": e.ID}, nil); err != nil {
			return fmt.Errorf("end what was left open: %w", err)
		}
	}
	return nil
}

// startOver begins a new morning with every line whole and every box running. Nothing is thrown away: the nodes close
// the day that was, as they do every night.
func (d *demo) startOver(ctx context.Context) error {
	for _, s := range d.sites {
		s.setLine(ctx, false)
		if err := s.setBox(ctx, false); err != nil {
			return err
		}
		s.mark(func() { s.phone = nil })
	}
	d.mu.Lock()
	old := d.today
	d.today = newMorning(morningOf(d.clock.Now(), 1))
	opens := d.today.opens
	d.mu.Unlock()
	close(old.over)
	d.clock.SetSpeed(d.o.Speed)
	d.clock.Skip(opens)
	d.news.tell(item{Kind: "morning"})
	return d.keep()
}
