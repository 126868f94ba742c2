package door

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/realtime"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// Ask is what a signed-in caller wants to see. View and Site come from the query or from a cursor, Actor only ever
// from the session.
type Ask struct {
	Actor clinic.Actor
	View  string
	Site  string // id; empty: the node's own
}

// View is how one audience reads: whose records, and what it is shown of them.
type View struct {
	Audience clinic.Audience
	Site     record.ID    // whose day rows and snapshot come from; zero: none
	Scopes   []feed.Scope // whose changes and events it reads; the node's own scope is read as well
	// Snapshot makes the `view` of a snapshot; nil: that of the site's day.
	Snapshot func(now time.Time) (any, error)
	// Show tells what the audience sees of a record; nil: what clinic carries to that view. day is nil when Site is
	// zero or unknown.
	Show func(day *clinic.Day, r *record.Record) (fields any, visible bool)
}

// EdgeViews are the views of a site.
func EdgeViews(d *Door, ask Ask) (View, error) {
	if ask.Site != "" && ask.Site != d.o.Site.String() {
		return View{}, refuse(http.StatusNotFound, clinic.CodeNotFound, "This node has no such site.")
	}
	who, err := clinic.AudienceOf(ask.Actor, ask.View)
	if err != nil {
		return View{}, err
	}
	return View{Audience: who, Site: d.o.Site, Scopes: []feed.Scope{feed.SiteScope(d.o.Site), feed.Network}}, nil
}

// audience is everybody who sees the same, and the one function that works out what.
type audience struct {
	d    *Door
	ask  Ask
	view View
	key  string
}

var _ realtime.Audience = (*audience)(nil)

// audienceOf makes the audience of an ask. Nothing is kept of the actor but what View depends on, so that two people of
// one role are one audience.
func (d *Door) audienceOf(ask Ask) (*audience, error) {
	v, err := d.o.Views(d, ask)
	if err != nil {
		return nil, err
	}
	ask.View = v.Audience.View
	v.Scopes = append(slices.Clone(v.Scopes), d.o.Local)
	ask.Actor = v.Audience.Actor()
	a := &audience{d: d, ask: ask, view: v}
	a.key = strings.Join([]string{d.o.Node, v.Audience.View, ask.Site, v.Site.String(), string(v.Audience.Role), v.Audience.Guruji.String(), v.Audience.Entry.String()}, " ")
	if err := d.know(v.Scopes); err != nil {
		return nil, fmt.Errorf("find the feeds of a view: %w", err)
	}
	return a, nil
}

func (d *Door) know(scopes []feed.Scope) error {
	return d.journal.know(scopes, d.o.Core.View, func() error {
		return d.o.Write(context.Background(), func(Writer) error { return nil })
	})
}

// Key names the audience.
func (a *audience) Key() string { return a.key }

// Now is the cursor of the newest commit.
func (a *audience) Now() string { return a.text(a.place()) }

func (a *audience) text(p place) string { return a.d.cursors.write(a.ask, a.key, p) }

func (a *audience) place() place {
	return place{a.today(), a.d.journal.place(a.view.Scopes)}
}

// today is the service-day the audience looks at; empty when it looks at none.
func (a *audience) today() (date string) {
	a.withDay(func(day *clinic.Day) {
		if day != nil {
			date = day.ServiceDay()
		}
	})
	return date
}

// Read returns what the audience may see of what changed in (from, upTo]. On another day everything is another: then
// a reader takes a new snapshot.
func (a *audience) Read(from, upTo string) (realtime.Page, error) {
	scopes := len(a.view.Scopes)
	start, err := a.d.cursors.read(a.key, from, scopes)
	if err != nil {
		return realtime.Page{Reset: err.Error()}, nil
	}
	end := a.place()
	if start.day != end.day {
		return realtime.Page{Reset: "new_day"}, nil
	}
	if upTo != "" {
		if end, err = a.d.cursors.read(a.key, upTo, scopes); err != nil {
			return realtime.Page{}, fmt.Errorf("read up to a cursor: %w", err)
		}
	}
	g, err := a.gather(start.at, end.at)
	if err != nil {
		return realtime.Page{}, err
	}
	if g.reset != "" {
		return realtime.Page{Reset: g.reset}, nil
	}
	return a.show(g, end.day), nil
}

// show is what the audience is shown of the gathered changes and events: records after View, rows derived from them,
// events it may hear. Live frames, polls and resumes all go through it.
func (a *audience) show(g *gathered, date string) realtime.Page {
	p := realtime.Page{To: a.text(place{date, g.to}), More: g.more, EventsFrom: api.AtOrNil(g.eventsFrom)}
	a.withDay(func(day *clinic.Day) {
		for _, c := range g.order {
			change, ok := a.change(day, c)
			if !ok {
				continue
			}
			p.Changes = append(p.Changes, change)
			if fields, ok := change.Fields.(map[string]any); ok {
				if of, given := day.NoteIn(c.after, fields); given {
					p.Notes = append(p.Notes, of)
				}
			}
		}
		p.Changes = append(p.Changes, a.rows(day, g)...)
		for _, e := range g.events {
			if heard, ok := clinic.CanHear(a.view.Audience, e, day); ok {
				p.Events = append(p.Events, api.EventOf(heard))
			}
		}
	})
	return p
}

// rows are the derived rows whose inputs changed. Where it is not known what an entry was before, all rows are sent,
// and those which the audience may still have but sees no longer are called back.
func (a *audience) rows(day *clinic.Day, g *gathered) []api.Change {
	if day == nil || len(g.order) == 0 {
		return nil
	}
	changed := make([]clinic.Changed, len(g.order))
	for i, c := range g.order {
		changed[i] = clinic.Changed{Before: c.before, After: c.after}
	}
	// A row shows the day as it is now, which holds at least what the site's feed had at this seq.
	seq := api.Seq(g.to[0].Seq)
	rows := day.Rows(a.view.Audience, changed, g.stored, a.d.o.ClinicNow())
	out := make([]api.Change, 0, len(rows))
	sent := map[string]bool{}
	for _, row := range rows {
		out = append(out, api.Change{Kind: row.Kind, ID: row.ID, Seq: seq, Fields: row.Fields, Gone: row.Gone})
		sent[row.ID] = sent[row.ID] || row.Kind == clinic.RowEntry
	}
	if !g.stored || a.view.Audience.Role == clinic.RolePatient {
		return out
	}
	for _, c := range g.order {
		if id := c.after.ID.String(); c.after.Kind == clinic.KindEntry && !sent[id] {
			out = append(out, api.Change{Kind: clinic.RowEntry, ID: id, Seq: seq, Gone: true})
		}
	}
	return out
}

func (a *audience) withDay(fn func(*clinic.Day)) {
	if a.view.Site.IsZero() || !a.d.o.Core.Day(a.view.Site, fn) {
		fn(nil)
	}
}

// change is one record as the audience sees it now, or that it sees it no longer.
func (a *audience) change(day *clinic.Day, c *gatheredChange) (api.Change, bool) {
	change := api.Change{Kind: c.after.Kind, ID: c.after.ID.String(), Seq: api.Seq(c.seq)}
	fields, visible := a.showRecord(day, c.after)
	if visible {
		change.Fields = fields
		return change, true
	}
	if !a.mayHaveSeen(day, c) {
		return api.Change{}, false
	}
	change.Gone = true
	return change, true
}

func (a *audience) showRecord(day *clinic.Day, r *record.Record) (any, bool) {
	if a.view.Show != nil {
		return a.view.Show(day, r)
	}
	if !a.view.Audience.Carries(r.Kind) {
		return nil, false
	}
	fields, visible := clinic.View(a.ask.Actor, day, r)
	withCode(r.Kind, r.ID.String(), fields)
	return fields, visible
}

// withCode adds to a device that asks to be let in the code that it shows.
func withCode(kind, id string, fields any) {
	shown, ok := fields.(map[string]any)
	if !ok || kind != clinic.KindDevice || shown["state"] != clinic.DeviceRequested {
		return
	}
	if device, err := record.ParseID(id); err == nil {
		shown["code"] = DeviceCode(device)
	}
}

// mayHaveSeen tells whether a record that is hidden now may be on the audience's screens. Where it is not known what
// the record was before, staff may have seen it; of others nothing is ever hidden that they saw.
func (a *audience) mayHaveSeen(day *clinic.Day, c *gatheredChange) bool {
	if c.known {
		if c.before == nil {
			return false
		}
		_, visible := a.showRecord(day, c.before)
		return visible
	}
	switch a.ask.Actor.Role {
	case clinic.RoleGuruji, clinic.RoleCoordinator, clinic.RoleAdmin, clinic.RoleCentralAdmin:
		return a.view.Audience.Carries(c.after.Kind)
	}
	return false
}
