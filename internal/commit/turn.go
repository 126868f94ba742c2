package commit

import (
	"fmt"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const retryTurn = 10 * time.Second // after a turn that could not be written

// beginDay reads today of an edge for commands and for readers.
func (c *Committer) beginDay() error {
	if err := c.settleDoubt(); err != nil {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	var working, shown *clinic.Day
	err := c.store.View(func(tx feed.Tx) (err error) {
		now := c.o.ClinicNow()
		if working, err = c.readDay(tx, c.o.Site, now); err != nil {
			return err
		}
		shown, err = c.readDay(tx, c.o.Site, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("read today: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.working, c.shown[c.o.Site], c.reread = working, shown, false
	return nil
}

// turnDays closes what the last service-day left open and begins the next one, when the clinic's clock says so.
func (c *Committer) turnDays() {
	day, now := c.working, c.o.ClinicNow()
	if day == nil || c.swept && !day.Turned(now) || !c.o.Now().After(c.turnAfter) {
		return
	}
	if err := c.turn(day, now); err != nil {
		c.turnAfter = c.o.Now().Add(retryTurn)
		c.o.Log.Error("the service-day could not be turned; it is tried again", "day", day.ServiceDay(), "err", err)
		return
	}
	if day.Turned(now) {
		c.tellTurned([]record.ID{c.o.Site})
	}
}

func (c *Committer) tellTurned(sites []record.ID) {
	if len(sites) == 0 {
		return
	}
	for _, hook := range c.hooks {
		hook(Committed{Turned: sites})
	}
}

func (c *Committer) turn(day *clinic.Day, now time.Time) error {
	t := &task{done: make(chan struct{}), write: func(w *Writer) error {
		edits, err := clinic.RollOver(day, c.source(w.Tx(), c.o.Site), now)
		if err != nil {
			return err
		}
		for _, e := range edits {
			if _, err := w.Edit(feed.SiteScope(c.o.Site), e); err != nil {
				return err
			}
		}
		return nil
	}}
	c.commitTasks([]*task{t})
	if t.err != nil {
		return t.err
	}
	c.swept = true
	if !day.Turned(now) {
		return nil
	}
	return c.beginDay()
}

// forgetTurned drops the days of watched sites that are over; the next reader reads the new ones.
func (c *Committer) forgetTurned(now time.Time) []record.ID {
	var over []record.ID
	c.mu.RLock()
	for site, day := range c.shown {
		if site != c.o.Site && day.Turned(now) {
			over = append(over, site)
		}
	}
	c.mu.RUnlock()
	if len(over) == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, site := range over {
		delete(c.shown, site)
	}
	return over
}
