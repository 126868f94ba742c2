package hub

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// What the centre keeps beside the live rows, read when a screen asks for it. Requests and receipts stand in the scopes
// of the sites, and a reader of the centre follows none of them.

// shownRequests is how many of a site's requests are told.
const shownRequests = 50

// enrolledSites lists the sites by name, those that were shut out too.
func (c *centre) enrolledSites() (api.Sites, error) {
	out := api.Sites{Sites: []api.EnrolledSite{}}
	known, err := c.register.sites()
	if err != nil {
		return out, err
	}
	names := map[record.ID]string{}
	for _, s := range known {
		names[s.id] = s.name
	}
	err = c.each(feed.Network, clinic.KindSite, func(_ feed.Tx, r *record.Record) error {
		state := "enrolled"
		if r.Get("state").Text() == stateRevoked {
			state = stateRevoked
		}
		out.Sites = append(out.Sites, api.EnrolledSite{
			ID: r.ID.String(), Name: cmp.Or(names[r.ID], r.Get("name").Text()), State: state, Hour: c.hour.of(r.ID),
			EnrolledAt: timeOf(r, "enrolledAt"), RevokedAt: timeOf(r, "revokedAt"), RotateAt: timeOf(r, "rotateAt"),
		})
		return nil
	})
	slices.SortFunc(out.Sites, func(a, b api.EnrolledSite) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out, err
}

func (c *centre) siteRequests(text string) (api.SiteRequests, error) {
	out := api.SiteRequests{Requests: []api.SiteRequest{}}
	site, err := c.knownSite(text)
	if err != nil {
		return out, err
	}
	err = c.each(feed.SiteScope(site), clinic.KindRequest, func(_ feed.Tx, r *record.Record) error {
		out.Requests = append(out.Requests, api.SiteRequest{
			ID: r.ID.String(), Command: r.Get("command").Text(), Data: clinic.Asked(r), State: r.Get("state").Text(), Code: r.Get("code").Text(),
			Message: r.Get("message").Text(), ActorName: r.Get("actorName").Text(),
			SentAt: timeOf(r, "sentAt"), ExpiresAt: timeOf(r, "expiresAt"), SettledAt: timeOf(r, "settledAt"),
		})
		return nil
	})
	slices.SortFunc(out.Requests, func(a, b api.SiteRequest) int {
		return cmp.Or(newerFirst(a.SentAt, b.SentAt), cmp.Compare(b.ID, a.ID))
	})
	out.Requests = out.Requests[:min(len(out.Requests), shownRequests)]
	return out, err
}

func (c *centre) announcements() (api.Announcements, error) {
	out := api.Announcements{Announcements: []api.Announcement{}}
	receipts, err := c.receipts()
	if err != nil {
		return out, err
	}
	err = c.each(feed.Network, clinic.KindAnnouncement, func(_ feed.Tx, r *record.Record) error {
		one := api.Announcement{
			ID: r.ID.String(), Title: r.Get("title").Text(), Body: r.Get("body").Text(), Receipts: receipts[r.ID],
			PublishedAt: timeOf(r, "publishedAt"), ExpiresAt: timeOf(r, "expiresAt"), WithdrawnAt: timeOf(r, "withdrawnAt"),
		}
		var target [][]byte
		if v := r.Get("target"); !v.IsNull() && v.Decode(&target) == nil {
			for _, id := range target {
				one.Sites = append(one.Sites, record.Bytes(id).ID().String())
			}
		}
		if one.Receipts == nil {
			one.Receipts = []api.Receipt{}
		}
		out.Announcements = append(out.Announcements, one)
		return nil
	})
	slices.SortFunc(out.Announcements, func(a, b api.Announcement) int {
		return cmp.Or(newerFirst(a.PublishedAt, b.PublishedAt), cmp.Compare(b.ID, a.ID))
	})
	return out, err
}

// receipts are those of all sites by announcement, the newest first.
func (c *centre) receipts() (map[record.ID][]api.Receipt, error) {
	sites, err := c.register.sites()
	if err != nil {
		return nil, err
	}
	out := map[record.ID][]api.Receipt{}
	for _, site := range sites {
		scope := feed.SiteScope(site.id)
		err := c.each(scope, clinic.KindReceipt, func(tx feed.Tx, r *record.Record) error {
			one := api.Receipt{Site: site.id.String(), At: timeOf(r, "at")}
			if id, err := record.ParseID(r.Get("staff").Text()); err == nil {
				staff, _, _, err := feed.Load(tx, scope, record.Key{Kind: clinic.KindStaff, ID: id})
				if err != nil {
					return err
				}
				one.Staff = staff.Get("name").Text()
			}
			of := r.Get("announcement").ID()
			out[of] = append(out[of], one)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b api.Receipt) int { return newerFirst(a.At, b.At) })
	}
	return out, nil
}

func (c *centre) each(scope feed.Scope, kind string, fn func(feed.Tx, *record.Record) error) error {
	err := c.node.Committer.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, scope, kind, func(r record.Record) (bool, error) { return true, fn(tx, &r) })
	})
	if err != nil {
		return fmt.Errorf("read the %s records of %s: %w", kind, strings.SplitN(string(scope), ":", 2)[0], err)
	}
	return nil
}

func newerFirst(a, b *api.Time) int {
	at := func(t *api.Time) int64 {
		if t == nil {
			return 0
		}
		return t.UnixMilli()
	}
	return cmp.Compare(at(b), at(a))
}
