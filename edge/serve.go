package edge

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// site is a running edge.
type site struct {
	o     Options
	node  *node.Node
	link  *link.Edge    // nil: no line
	moved chan struct{} // the link has news of its state; capacity 1
	door  *door.Door
	https atomic.Pointer[door.HTTPS] // nil: not served, or not yet

	archives *control.Archives // nil: what is emptied is kept nowhere
}

// serve puts the parts together and runs them until ctx ends; without a listener for it, https is not served.
func serve(ctx context.Context, o Options, n *node.Node, code *seal.Join, listener, secure net.Listener) error {
	s := &site{o: o, node: n, moved: make(chan struct{}, 1)}
	wire, err := n.OpenWire(o.Redis)
	if err != nil {
		return err
	}
	if wire != nil {
		defer wire.Close()
		if s.link, err = s.newLink(wire, code); err != nil {
			return err
		}
	}
	if s.door, err = s.newDoor(); err != nil {
		return err
	}
	fronts := []func(context.Context) error{
		s.door.Run,
		func(ctx context.Context) error { return node.Serve(ctx, listener, s.door, o.Log) },
		func(ctx context.Context) error {
			return control.Serve(ctx, n.Dir, operations(n, s.lines), o.Log)
		},
		func(ctx context.Context) error {
			return node.ServeAdmin(ctx, o.AdminListen, n.Committer.Healthy, o.Log, append(s.figures(), node.WireFigures(wire)...)...)
		},
		s.begin(listener, secure),
		func(ctx context.Context) error { return n.Watch(ctx, o.Version) },
	}
	if secure != nil {
		fronts = append(fronts, s.serveHTTPS(secure, listener))
	}
	if s.link != nil {
		fronts = append(fronts, s.link.Run, s.uplinkEvents)
	}
	return n.Run(ctx, fronts...)
}

// begin notes who writes from now on, fills the settings that the flags name, tells that the site can be opened, and
// waits for the end.
func (s *site) begin(listener, secure net.Listener) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := s.introduce(ctx); err != nil {
			return err
		}
		if err := s.fillSettings(ctx); err != nil {
			return err
		}
		select {
		case <-s.door.Opened():
		case <-ctx.Done():
			return nil
		}
		started := Started{URL: node.Address("http", listener), Node: s.node.ID, Site: s.node.Site, Pair: s.pair}
		if secure != nil {
			started.HTTPS = node.Address("https", secure)
		}
		s.o.Started(started)
		<-ctx.Done()
		return nil
	}
}

// introduce writes down which node the writer of this opening is: stamps carry the writer alone.
func (s *site) introduce(ctx context.Context) error {
	return s.node.Committer.Write(ctx, func(w *commit.Writer) error {
		_, err := w.Edit(feed.SiteScope(s.node.Site), record.Edit{
			Kind: clinic.KindWriter, ID: record.Derive("writer", s.node.Boot),
			Set: map[string]record.Value{"node": record.Text(s.node.ID), "openedAt": record.TimeValue(time.Now())},
		})
		return err
	})
}

func (s *site) pair(ctx context.Context, kind, name string) (code string, err error) {
	code, _, err = s.door.PairDevice(ctx, clinic.Actor{ID: "node", Name: "Sangam", Role: clinic.RoleAdmin}, kind, name)
	return code, err
}

// fillSettings gives name and zone to a site that has none yet; what the site decided itself stays.
func (s *site) fillSettings(ctx context.Context) error {
	scope := feed.SiteScope(s.node.Site)
	return s.node.Committer.Write(ctx, func(w *commit.Writer) error {
		for _, given := range s.o.settings() {
			if given.value == "" {
				continue
			}
			edit, err := clinic.SettingEdit(given.name, given.value)
			if err != nil {
				return fmt.Errorf("%w: %w", node.ErrUsage, err)
			}
			_, _, known, err := feed.Load(w.Tx(), scope, record.Key{Kind: edit.Kind, ID: edit.ID})
			if err != nil {
				return err
			}
			if known {
				continue
			}
			if _, err := w.Edit(scope, edit); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *site) newDoor() (*door.Door, error) {
	lockedFor, err := s.o.recipients()
	if err != nil {
		return nil, err
	}
	var archive func(string, []clinic.ExportRecord) error
	if s.o.Archive != "" {
		s.archives = &control.Archives{Dir: s.o.Archive, To: lockedFor, Site: s.node.Site.String(), Name: s.name}
		archive = s.archives.Write
	}
	return s.node.NewDoor(door.Options{
		Archive:   archive,
		Version:   s.o.Version,
		Staff:     door.StaffScope{Scope: feed.SiteScope(s.node.Site), Kind: clinic.KindStaff},
		Now:       time.Now,
		ClinicNow: s.o.ClinicNow, ClinicSpeed: s.o.ClinicSpeed,
		Backup:    s.backups(lockedFor),
		HTTPS:     s.https.Load,
		Status:    s.status,
		Uplink:    s.uplink,
		SetupCode: s.o.SetupCode,
		Log:       s.o.Log,
	})
}

// newLink is nil for a site that never joined: a wire alone is no reason to refuse people a token.
func (s *site) newLink(wire bus.Bus, code *seal.Join) (*link.Edge, error) {
	keys, err := linkKeys(s.node)
	if err != nil {
		return nil, err
	}
	if len(keys) > 0 && code != nil && joinedWith(s.node, code) {
		code = nil // the box was started again with the code that it used up
	}
	if len(keys) == 0 && code == nil {
		s.o.Log.Warn("this site has not joined a centre: it works alone until it is started with --join CODE")
		return nil, nil
	}
	l, err := link.NewEdge(link.EdgeOptions{
		Site: s.node.Site, Name: s.name(), Node: s.node.ID, Boot: s.node.BootID(),
		Keys: keys, Join: code, Keep: s.keep(code),
		Bus: wire, Store: s.node.LinkStore(), Schema: node.SchemaVersion,
		Random: rand.Reader, Now: time.Now, Log: s.o.Log, OnStatus: s.linkMoved,
	})
	if err != nil {
		return nil, err
	}
	s.node.Committer.OnCommit(func(c commit.Committed) {
		for scope, head := range c.Heads {
			l.Committed(scope, head.Seq)
		}
	})
	return l, nil
}

func (s *site) status() api.Status {
	status := api.Status{Uplink: s.uplink(), Disk: &api.DiskStatus{FreeBytes: s.node.FreeBytes()}, Backup: s.node.LastBackup(), Clock: &api.ClockStatus{}}
	if s.archives != nil {
		status.Archive = s.archives.Status()
	}
	if s.link != nil {
		status.Clock.OffsetMs = node.OffsetOf(s.link.Status())
	}
	return status
}

// uplink is the line to the centre, as every screen tells it.
func (s *site) uplink() *api.Uplink {
	if s.link == nil {
		return &api.Uplink{State: api.StateOff}
	}
	l := s.link.Status()
	up := &api.Uplink{State: string(l.State), Backlog: node.BacklogOf(l.Backlog), LastHeard: api.AtOrNil(l.LastHeard)}
	if l.State == link.Rejected {
		up.Reason = string(l.Reason)
	}
	if !l.LastHeard.IsZero() {
		lag := l.Lag.Milliseconds()
		up.LagMs = &lag
	}
	return up
}

func (s *site) figures() []prometheus.Collector {
	figures := append(s.node.Figures(),
		node.Gauge("sockets", "Open sockets.", func() float64 { return float64(s.door.Sockets().Sockets) }))
	if s.link == nil {
		return figures
	}
	return append(figures,
		node.Gauge("uplink_live", "1 while the centre is heard and in time.", func() float64 {
			if s.link.Status().State == link.Live {
				return 1
			}
			return 0
		}),
		node.Gauge("uplink_lag_seconds", "Age of the oldest edit that the centre has not acknowledged.", func() float64 { return s.link.Status().Lag.Seconds() }),
		node.Gauge("uplink_backlog_records", "Records that the centre has not acknowledged.", func() float64 { return float64(s.link.Status().Backlog.Records) }),
		node.Gauge("uplink_backlog_bytes", "Bytes that the centre has not acknowledged.", func() float64 { return float64(s.link.Status().Backlog.Bytes) }),
		node.Gauge("uplink_repairs", "Records that only a digest found to differ; anything but 0 is a fault.", func() float64 { return float64(s.link.Status().Repairs) }),
	)
}
