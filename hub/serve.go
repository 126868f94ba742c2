package hub

import (
	"context"
	"crypto/rand"
	"net"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// centre is a running hub.
type centre struct {
	o        Options
	node     *node.Node
	register *register
	watch    *watch
	hour     *hour
	link     *link.Hub // nil: no wire
	door     *door.Door
}

// serve puts the parts together and runs them until ctx ends.
func serve(ctx context.Context, o Options, n *node.Node, listener net.Listener) error {
	c := &centre{o: o, node: n, register: newRegister(n), hour: newHour()}
	wire, err := n.OpenWire(o.Redis)
	if err != nil {
		return err
	}
	mac, err := c.register.macKey(ctx)
	if err != nil {
		return err
	}
	if wire != nil {
		defer wire.Close()
		c.link, err = link.NewHub(link.HubOptions{
			Hub: c.register.hubID(), Node: n.ID, Boot: n.BootID(), Keys: c.register, MAC: mac,
			Bus: wire, Store: n.LinkStore(), Schema: node.SchemaVersion,
			Random: rand.Reader, Now: time.Now, Log: o.Log,
			OnStatus: func(site record.ID, _ link.Status) { c.watch.look(site) },
		})
		if err != nil {
			return err
		}
	}
	c.register.keyInUse = func(site record.ID) seal.KeyID { return c.statusOf(site).Key }
	c.watch = newWatch(n, c.statusOf)
	if c.door, err = c.newDoor(); err != nil {
		return err
	}
	n.Committer.OnCommit(c.committed)
	fronts := []func(context.Context) error{
		c.door.Run,
		c.watch.run,
		c.watchHour,
		c.register.rotateOnDemand,
		func(ctx context.Context) error { return n.Watch(ctx, o.Version) },
		func(ctx context.Context) error { return node.Serve(ctx, listener, c.door, o.Log) },
		func(ctx context.Context) error {
			return control.Serve(ctx, n.Dir, c.register.operations(c.lines), o.Log)
		},
		func(ctx context.Context) error {
			return node.ServeAdmin(ctx, o.AdminListen, n.Committer.Healthy, o.Log, append(c.figures(), node.WireFigures(wire)...)...)
		},
		func(ctx context.Context) error {
			select {
			case <-c.door.Opened():
				o.Started(Started{URL: node.Address("http", listener), Node: n.ID, Enrol: c.enrol})
			case <-ctx.Done():
			}
			<-ctx.Done()
			return nil
		},
	}
	if c.link != nil {
		fronts = append(fronts, c.link.Run)
	}
	return n.Run(ctx, fronts...)
}

func (c *centre) enrol(ctx context.Context, name string) (string, error) {
	enrolled, err := c.register.invite(ctx, EnrolRequest{Name: name})
	return enrolled.Code, err
}

// committed tells link and watch of a commit; it is called from the committer's goroutine.
func (c *centre) committed(done commit.Committed) {
	for scope, head := range done.Heads {
		if c.link != nil {
			c.link.Committed(scope, head.Seq)
		}
		if id, ok := strings.CutPrefix(string(scope), "site:"); ok {
			if site, err := record.ParseID(id); err == nil {
				c.watch.look(site)
			}
		}
	}
	for _, site := range done.Turned { // its figures are those of an empty day
		c.watch.look(site)
	}
	for i := range done.Changes {
		if changed := &done.Changes[i].After; changed.Kind == clinic.KindSite {
			c.watch.look(changed.ID)
			c.register.look()
			if c.link != nil {
				c.link.KeysChanged(changed.ID)
			}
		}
	}
}

// statusOf is how a site's link is doing.
func (c *centre) statusOf(site record.ID) link.Status {
	if c.link == nil {
		return link.Status{State: link.NeverSeen}
	}
	s := c.link.Status(site)
	if s.State == link.NeverSeen {
		if at := c.watch.lastHeard(site); !at.IsZero() { // before this start
			s.State, s.LastHeard = link.Silent, at
		}
	}
	return s
}

// lines tells of the line of one site, or of all.
func (c *centre) lines(text string) ([]control.Line, error) {
	sites, err := c.register.sites()
	if err != nil {
		return nil, err
	}
	if text != "" {
		one, err := c.register.find(text)
		if err != nil {
			return nil, err
		}
		sites = []enrolledSite{one}
	}
	lines := make([]control.Line, len(sites))
	for i, s := range sites {
		lines[i] = control.Line{State: string(link.Off)}
		if c.link != nil {
			lines[i] = control.LineOf(c.statusOf(s.id), c.link.Traffic(s.id))
		}
		lines[i].Site, lines[i].Name = s.id.String(), s.name
	}
	return lines, nil
}

func (c *centre) newDoor() (*door.Door, error) {
	return c.node.NewDoor(door.Options{
		Version:   c.o.Version,
		Staff:     door.StaffScope{Scope: feed.Network, Kind: clinic.KindCentralStaff},
		Now:       time.Now,
		ClinicNow: c.o.ClinicNow, ClinicSpeed: c.o.ClinicSpeed,
		Status: func() api.Status {
			return api.Status{Disk: &api.DiskStatus{FreeBytes: c.node.FreeBytes()}, Backup: c.node.LastBackup(), Clock: &api.ClockStatus{}}
		},
		HideNames: true,
		Views:     c.views,
		SetupCode: c.o.SetupCode,
		Routes:    c.routes,
		Log:       c.o.Log,
	})
}

func (c *centre) figures() []prometheus.Collector {
	figures := append(c.node.Figures(),
		node.Gauge("sockets", "Open sockets.", func() float64 { return float64(c.door.Sockets().Sockets) }))
	for _, state := range []link.State{link.Live, link.Lagging, link.Silent, link.NeverSeen, link.ClockWrong, link.Cloned, link.Rejected} {
		figures = append(figures, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: "sangam", Name: "sites", Help: "Sites by state.", ConstLabels: prometheus.Labels{"state": string(state)},
		}, func() float64 {
			sites, err := c.register.sites()
			if err != nil {
				return 0
			}
			n := 0
			for _, site := range sites {
				if c.statusOf(site.id).State == state {
					n++
				}
			}
			return float64(n)
		}))
	}
	return figures
}
