package commit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

var errNoSite = errors.New("no such site here")

// siteOfScope is the site whose scope it is; zero for the network's and a node's own.
func siteOfScope(scope feed.Scope) record.ID {
	text, ok := strings.CutPrefix(string(scope), "site:")
	if !ok {
		return record.ID{}
	}
	id, err := record.ParseID(text)
	if err != nil {
		return record.ID{}
	}
	return id
}

// concerns tells whether a day of site is made of records in scope.
func concerns(scope feed.Scope, site record.ID) bool {
	return scope == feed.Network || siteOfScope(scope) == site
}

// readDay builds a site's day from its records, as of the clinic's clock.
func (c *Committer) readDay(tx feed.Tx, site record.ID, now time.Time) (*clinic.Day, error) {
	src := c.source(tx, site)
	scratch := clinic.NewDay(site, "")
	if zone, ok := src.Load(clinic.KindSetting, clinic.SettingID("timezone")); ok {
		scratch.Apply(nil, &zone)
	}
	date := clinic.ServiceDay(now, scratch.Settings().Zone())
	day := clinic.NewDay(site, date)
	if site != c.o.Site {
		day = clinic.NewWatchedDay(site, date)
	}
	if err := day.Fill(src); err != nil {
		return nil, err
	}
	return day, src.err
}

// showDay reads a site's day for readers; another reader may have been first.
func (c *Committer) showDay(site record.ID) (*clinic.Day, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.RLock()
	day := c.shown[site]
	c.mu.RUnlock()
	if day != nil {
		return day, nil
	}
	err := c.store.View(func(tx feed.Tx) (err error) {
		if site != c.o.Site {
			timeline, _, err := feed.Head(tx, feed.SiteScope(site))
			if err != nil {
				return err
			}
			if timeline.IsZero() {
				return errNoSite
			}
		}
		day, err = c.readDay(tx, site, c.o.ClinicNow())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the day of site %s: %w", site, err)
	}
	c.mu.Lock()
	c.shown[site] = day
	c.mu.Unlock()
	return day, nil
}

// teller is the day in whose site's name events of a scope are told; nil for the network's at a hub. At a hub it is an
// empty one, since the site is all that events take from it.
func (c *Committer) teller(scope feed.Scope) *clinic.Day {
	if c.working != nil {
		return c.working
	}
	site := siteOfScope(scope)
	if site.IsZero() {
		return nil
	}
	if c.tellers[site] == nil {
		c.tellers[site] = clinic.NewWatchedDay(site, "")
	}
	return c.tellers[site]
}

// mintSites begins the feeds of sites that a hub knows and has none of yet.
func (c *Committer) mintSites() error {
	if !c.o.Site.IsZero() {
		return nil
	}
	var missing []feed.Scope
	err := c.store.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, feed.Network, clinic.KindSite, func(r record.Record) (bool, error) {
			timeline, _, err := feed.Head(tx, feed.SiteScope(r.ID))
			if timeline.IsZero() {
				missing = append(missing, feed.SiteScope(r.ID))
			}
			return true, err
		})
	})
	if err != nil {
		return fmt.Errorf("look for sites without a feed: %w", err)
	}
	for _, scope := range missing {
		err := c.store.Update(func(tx feed.Tx) error { return feed.Mint(tx, scope, feed.NewTimeline(rand.Reader)) })
		if err != nil {
			return fmt.Errorf("begin the feed of %s: %w", scope, err)
		}
	}
	return nil
}

// mintNew is mintSites for a site that a transaction brought.
func (c *Committer) mintNew(changes []feed.Change) {
	for i := range changes {
		if changes[i].Before == nil && changes[i].After.Kind == clinic.KindSite && changes[i].Scope == feed.Network {
			if err := c.mintSites(); err != nil {
				c.o.Log.Error("a new site has no feed; it gets one at the next start", "err", err)
			}
			return
		}
	}
}
