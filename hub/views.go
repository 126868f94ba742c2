package hub

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// views are what the centre reads: all its sites, or the queue of one. A site drilled into from the centre is the
// queue of that site; the rows of all sites come along in either case.
func (c *centre) views(_ *door.Door, ask door.Ask) (door.View, error) {
	if ask.View == clinic.ViewCentre && ask.Site != "" {
		ask.View = clinic.ViewQueue
	}
	who, err := clinic.AudienceOf(ask.Actor, ask.View)
	if err != nil {
		return door.View{}, err
	}
	view := door.View{
		Audience: who,
		Scopes:   []feed.Scope{feed.Network},
		Show:     func(day *clinic.Day, r *record.Record) (any, bool) { return show(who, day, r) },
	}
	if who.View == clinic.ViewCentre {
		view.Snapshot = func(time.Time) (any, error) { return c.snapshot() }
		return view, nil
	}
	site, err := record.ParseID(ask.Site)
	if err != nil {
		return door.View{}, &clinic.Error{Code: clinic.CodeInvalid, Message: "Of which site? Give its id as site."}
	}
	if !c.node.Committer.Day(site, func(*clinic.Day) {}) {
		return door.View{}, &clinic.Error{Code: clinic.CodeNotFound, Message: "The centre has no such site."}
	}
	view.Site = site
	view.Scopes = []feed.Scope{feed.SiteScope(site), feed.Network}
	return view, nil
}

// show is what the centre sees of a record.
func show(who clinic.Audience, day *clinic.Day, r *record.Record) (any, bool) {
	if r.Kind == clinic.KindSiteStatus {
		return statusRow(r), who.Role == clinic.RoleCentralAdmin
	}
	if !who.Carries(r.Kind) {
		return nil, false
	}
	return clinic.View(who.Actor(), day, r)
}

// snapshot is the centre's view now, sites by name.
func (c *centre) snapshot() (api.CentreView, error) {
	view := api.CentreView{Sites: []api.SiteStatus{}}
	err := c.node.Committer.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, c.node.Local, clinic.KindSiteStatus, func(r record.Record) (bool, error) {
			view.Sites = append(view.Sites, statusRow(&r))
			return true, nil
		})
	})
	slices.SortFunc(view.Sites, func(a, b api.SiteStatus) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return view, err
}

// routes are the hub's own operations.
func (c *centre) routes(a huma.API, d *door.Door) {
	enrol := door.Operation(http.MethodPost, "/api/v1/sites", "enrolSite", "At the hub: make the join code of a site", false)
	huma.Register(a, enrol, func(ctx context.Context, in *struct {
		Body struct {
			Name string `json:"name" maxLength:"200" doc:"Of a new site, or of a known one whose box is replaced"`
		}
	}) (*struct{ Body Enrolled }, error) {
		if err := ofTheCentre(ctx); err != nil {
			return nil, d.Answer(err)
		}
		enrolled, err := c.register.invite(ctx, EnrolRequest{Name: in.Body.Name})
		if err != nil {
			return nil, d.Answer(err)
		}
		return &struct{ Body Enrolled }{enrolled}, nil
	})
	list := door.Operation(http.MethodGet, "/api/v1/sites", "sites", "At the hub: the sites as they are enrolled, with the last hour of each", false)
	huma.Register(a, list, func(ctx context.Context, _ *struct{}) (*struct{ Body api.Sites }, error) {
		return told(ctx, d, c.enrolledSites)
	})
	requests := door.Operation(http.MethodGet, "/api/v1/sites/{site}/requests", "siteRequests", "At the hub: what a site was asked to do, and what became of it", false, http.StatusNotFound)
	huma.Register(a, requests, func(ctx context.Context, in *struct {
		Site string `path:"site" maxLength:"64"`
	}) (*struct{ Body api.SiteRequests }, error) {
		return told(ctx, d, func() (api.SiteRequests, error) { return c.siteRequests(in.Site) })
	})
	roster := door.Operation(http.MethodGet, "/api/v1/sites/{site}/roster", "siteRoster", "At the hub: the gurujis, staff, devices and settings of a site, as it last told", false, http.StatusNotFound)
	huma.Register(a, roster, func(ctx context.Context, in *struct {
		Site string `path:"site" maxLength:"64"`
	}) (*struct{ Body api.SiteRoster }, error) {
		return told(ctx, d, func() (api.SiteRoster, error) {
			reader, _ := door.ActorOf(ctx)
			return c.roster(in.Site, reader)
		})
	})
	announced := door.Operation(http.MethodGet, "/api/v1/announcements", "announcements", "At the hub: what the sites were told, and who has read it", false)
	huma.Register(a, announced, func(ctx context.Context, _ *struct{}) (*struct{ Body api.Announcements }, error) {
		return told(ctx, d, c.announcements)
	})
}

// told answers an admin of the centre.
func told[T any](ctx context.Context, d *door.Door, read func() (T, error)) (*struct{ Body T }, error) {
	if err := ofTheCentre(ctx); err != nil {
		return nil, d.Answer(err)
	}
	body, err := read()
	if err != nil {
		return nil, d.Answer(err)
	}
	return &struct{ Body T }{body}, nil
}

func ofTheCentre(ctx context.Context) error {
	actor, ok := door.ActorOf(ctx)
	switch {
	case !ok:
		return &clinic.Error{Code: clinic.CodeUnauthenticated, Message: "Sign in first."}
	case actor.Role != clinic.RoleCentralAdmin:
		return &clinic.Error{Code: clinic.CodeForbidden, Message: "Only the centre's admins may do this."}
	}
	return nil
}

// Routes registers the hub's own operations for a document that is made without a running hub.
func Routes(a huma.API, d *door.Door) { (&centre{}).routes(a, d) }
