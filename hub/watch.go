package hub

import (
	"context"
	"sync"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
)

// watchEvery bounds how often the rows of all sites are written: often enough to look live, and one transaction
// however many sites there are.
const watchEvery = 250 * time.Millisecond

// watch keeps one site_status row a site in the hub's own scope, from where the centre's screens read it like any
// other record.
type watch struct {
	node   *node.Node
	status func(record.ID) link.Status

	mu    sync.Mutex
	dirty map[record.ID]bool
	wake  chan struct{}
}

func newWatch(n *node.Node, status func(record.ID) link.Status) *watch {
	return &watch{node: n, status: status, dirty: map[record.ID]bool{}, wake: make(chan struct{}, 1)}
}

// look notes that something about a site moved. It never blocks.
func (w *watch) look(site record.ID) {
	w.mu.Lock()
	w.dirty[site] = true
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default: // a signal waits already
	}
}

// run writes rows until ctx ends, beginning with those of all sites.
func (w *watch) run(ctx context.Context) error {
	sites, err := newRegister(w.node).sites()
	if err != nil {
		return err
	}
	for _, site := range sites {
		w.look(site.id)
	}
	// What a start remembers of a site is its row: what moved last is written on the way out too.
	defer func() { w.write(context.WithoutCancel(ctx)) }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.wake:
		}
		w.write(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(watchEvery):
		}
	}
}

// write writes the rows of the sites that moved. What cannot be written now is written with the next move.
func (w *watch) write(ctx context.Context) {
	w.mu.Lock()
	dirty := w.dirty
	w.dirty = map[record.ID]bool{}
	w.mu.Unlock()
	rows := map[record.ID]map[string]record.Value{}
	for site := range dirty {
		rows[site] = w.row(site)
	}
	err := w.node.Committer.Write(ctx, func(out *commit.Writer) error {
		for site, set := range rows {
			changed, err := w.changed(out.Tx(), site, set)
			if err != nil {
				return err
			}
			if len(changed) == 0 {
				continue
			}
			if _, moved := changed["state"]; moved {
				if err := w.tellState(out, site, set); err != nil {
					return err
				}
			}
			if _, err := out.Edit(w.node.Local, record.Edit{Kind: clinic.KindSiteStatus, ID: site, Set: changed}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		for site := range dirty {
			w.look(site)
		}
	}
}

// tellState logs the event of a site that came into another state, beside the row that says so.
func (w *watch) tellState(out *commit.Writer, site record.ID, set map[string]record.Value) error {
	r, _, known, err := feed.Load(out.Tx(), w.node.Local, record.Key{Kind: clinic.KindSiteStatus, ID: site})
	if err != nil || !known {
		return err
	}
	news := w.node.News(time.Now())
	news.Site = site
	return out.Emit(news.UplinkChanged(r.Get("state").Text(), set["state"].Text(), set["reason"].Text()))
}

// changed leaves out what the row says already, and what is not known any more since the hub was started: an age is
// better than nothing.
func (w *watch) changed(tx feed.Tx, site record.ID, set map[string]record.Value) (map[string]record.Value, error) {
	s, _, known, err := feed.Load(tx, feed.Network, record.Key{Kind: clinic.KindSite, ID: site})
	if err != nil || !known {
		return nil, err // not enrolled, or not any more
	}
	if _, own := set["name"]; !own {
		set["name"] = s.Get("name")
	}
	r, _, _, err := feed.Load(tx, w.node.Local, record.Key{Kind: clinic.KindSiteStatus, ID: site})
	if err != nil {
		return nil, err
	}
	changed := map[string]record.Value{}
	for name, value := range set {
		if string(r.Get(name)) != string(value) {
			changed[name] = value
		}
	}
	return changed, nil
}

// lastHeard is when a site was last heard as far as its row tells, which outlives a restart; zero when it never was.
func (w *watch) lastHeard(site record.ID) (at time.Time) {
	err := w.node.Committer.View(func(tx feed.Tx) error {
		r, _, _, err := feed.Load(tx, w.node.Local, record.Key{Kind: clinic.KindSiteStatus, ID: site})
		if err == nil && known(&r, "lastHeard") {
			at = r.Get("lastHeard").Time()
		}
		return err
	})
	if err != nil {
		return time.Time{}
	}
	return at
}

func (w *watch) row(site record.ID) map[string]record.Value {
	s := w.status(site)
	set := map[string]record.Value{
		"state": record.Text(string(s.State)), "reason": record.Text(string(s.Reason)),
		"records": record.Int(int64(s.Backlog.Records)), "bytes": record.Int(int64(s.Backlog.Bytes)), "oldestAt": timeOrNull(s.Backlog.OldestAt),
	}
	if !s.LastHeard.IsZero() {
		set["lastHeard"] = record.TimeValue(s.LastHeard)
	}
	if offset := node.OffsetOf(s); offset != nil {
		set["clockOffsetMs"] = record.Int(*offset)
	}
	w.node.Committer.Day(site, func(day *clinic.Day) {
		if own := day.Settings().Name; own != "" {
			set["name"] = record.Text(own)
		}
		f := day.Figures()
		set["waiting"], set["inService"], set["done"] = record.Int(int64(f.Waiting)), record.Int(int64(f.InService)), record.Int(int64(f.Done))
	})
	return set
}

func timeOrNull(t time.Time) record.Value {
	if t.IsZero() {
		return record.Null()
	}
	return record.TimeValue(t)
}

// statusRow is a site_status record as clients see it.
func statusRow(r *record.Record) api.SiteStatus {
	s := api.SiteStatus{
		ID: r.ID.String(), Name: r.Get("name").Text(), State: r.Get("state").Text(), Reason: r.Get("reason").Text(),
		Backlog:   api.Backlog{Records: int(r.Get("records").Int()), Bytes: int(r.Get("bytes").Int())},
		LastHeard: timeOf(r, "lastHeard"),
	}
	s.Backlog.OldestAt = timeOf(r, "oldestAt")
	if known(r, "clockOffsetMs") {
		offset := r.Get("clockOffsetMs").Int()
		s.ClockOffsetMs = &offset
	}
	for name, into := range map[string]**int{"waiting": &s.Waiting, "inService": &s.InService, "done": &s.Done} {
		if known(r, name) {
			n := int(r.Get(name).Int())
			*into = &n
		}
	}
	return s
}

func known(r *record.Record, field string) bool {
	v := r.Get(field)
	return len(v) > 0 && !v.IsNull()
}

func timeOf(r *record.Record, field string) *api.Time {
	if !known(r, field) {
		return nil
	}
	at := api.At(r.Get(field).Time())
	return &at
}
