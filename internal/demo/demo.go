// Package demo runs a whole Sangam in one process: a wire, a hub and a few sites on real files, sockets and lines, a
// made-up day at each site, and a page from which a newcomer opens every screen, cuts a line, stops a box and changes
// the speed of time.
//
// It promises that nothing it shows is staged: what the page says was read from the nodes as anybody could read it, a
// cut line is a proxy that stops carrying bytes, and a stopped box is a node that has ended. It refuses to be a third
// kind of node: there is no switch for it inside edge or hub. It listens on the loopback only, since its PINs are
// known to everybody.
package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/sync/bus/embedded"
)

// DefaultPort is the first port of a demo: its page; the next is the hub's, then one a site.
const DefaultPort = 8700

// MaxSpeed bounds the speed of time: beyond it a day is over before anybody has looked.
const MaxSpeed = 600

// ErrUsage marks what only the caller can mend: an option that cannot be used.
var ErrUsage = errors.New("wrong usage")

// Options of a demo. The zero value of each field is usable.
type Options struct {
	PortBase int     // 0: DefaultPort
	Data     string  // directory of all nodes; "": a temporary one, removed at the end
	Redis    string  // URL of a single Redis server; "": one inside this process
	Idle     bool    // no made-up day: empty queues, real time
	Speed    float64 // of the clinic's clock; 0: 10, or 1 when idle
	Describe string  // file that describes the running demo for programs; "": none
	Sites    int     // 1 to 3; 0: 3
	Version  string
	Log      *slog.Logger
	Out      io.Writer // is told where everything is; nil: nobody is
}

// demo is a demo that runs.
type demo struct {
	o       Options
	dir     string
	wire    *embedded.Server // nil: somebody else's Redis
	clock   *Clock
	kept    *kept
	hub     *centre
	sites   []*site
	news    *news
	changed *signal // something the page shows has changed

	ordering sync.Mutex // one order of the page at a time
	mu       sync.Mutex
	today    *morning
}

// Run runs a demo until ctx ends, and returns after all it started has ended. A port that is taken, a directory in
// use and an option that cannot be used (ErrUsage) are errors before anything starts.
func Run(ctx context.Context, o Options) error {
	o, err := withDefaults(o)
	if err != nil {
		return err
	}
	page, err := listen(o)
	if err != nil {
		return err
	}
	defer page.Close()
	d, err := open(o)
	if err != nil {
		return err
	}
	defer d.close()
	return d.run(ctx, page)
}

func withDefaults(o Options) (Options, error) {
	o.PortBase = cmp.Or(o.PortBase, DefaultPort)
	o.Sites = cmp.Or(o.Sites, len(cast))
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Speed == 0 {
		o.Speed = 10
		if o.Idle {
			o.Speed = 1
		}
	}
	switch {
	case o.Sites < 1 || o.Sites > len(cast):
		return o, fmt.Errorf("%w: a demo has 1 to %d sites, not %d", ErrUsage, len(cast), o.Sites)
	case o.PortBase < 1 || o.PortBase+1+o.Sites > 65535:
		return o, fmt.Errorf("%w: there are no %d ports from %d on", ErrUsage, o.Sites+2, o.PortBase)
	case !(o.Speed >= 1 && o.Speed <= MaxSpeed):
		return o, fmt.Errorf("%w: time runs at 1 to %d times its speed, not at %g", ErrUsage, MaxSpeed, o.Speed)
	}
	if _, err := lineTarget(o.Redis); err != nil {
		return o, err
	}
	return o, nil
}

// address is where the n-th part of the demo listens.
func (o Options) address(n int) string { return fmt.Sprintf("127.0.0.1:%d", o.PortBase+n) }

// listen takes the page's port and looks whether the others are free, so that a taken one is told before anything
// was started.
func listen(o Options) (page net.Listener, err error) {
	for n := range o.Sites + 2 {
		l, err := net.Listen("tcp", o.address(n))
		if err != nil {
			if page != nil {
				_ = page.Close()
			}
			return nil, fmt.Errorf("port %d is needed and cannot be used: %w (is another demo running? choose other ports with --port-base)", o.PortBase+n, err)
		}
		if n == 0 {
			page = l
		} else {
			_ = l.Close()
		}
	}
	return page, nil
}

// open prepares directory, clock and wire, and starts nothing but the embedded Redis.
func open(o Options) (d *demo, err error) {
	d = &demo{o: o, dir: o.Data, changed: newSignal()}
	if d.dir == "" {
		if d.dir, err = os.MkdirTemp("", "sangam-demo-"); err != nil {
			return nil, fmt.Errorf("make a temporary directory: %w", err)
		}
	}
	if err := d.prepare(); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *demo) prepare() error {
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	if d.o.Describe != "" {
		// One of an earlier demo would be taken for this one's.
		if err := os.Remove(d.o.Describe); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove the old description: %w", err)
		}
	}
	var err error
	if d.kept, err = readKept(d.dir); err != nil {
		return err
	}
	var start time.Time
	d.today, start = firstMorning(d.kept, d.o.Idle, time.Now())
	d.clock = NewClock(time.Now, start, d.o.Speed)
	d.news = newNews(d.clock.Now, d.changed.set)
	url := d.o.Redis
	if url == "" {
		if d.wire, err = embedded.Start("127.0.0.1:0", ""); err != nil {
			return err
		}
		url = d.wire.URL()
	}
	d.hub = newCentre(d, url)
	for i := range d.o.Sites {
		s, err := newSite(d, i, url)
		if err != nil {
			return err
		}
		d.sites = append(d.sites, s)
	}
	return nil
}

// close forgets what open made. All that ran has ended.
func (d *demo) close() {
	for _, s := range d.sites {
		s.close()
	}
	if d.wire != nil {
		if err := d.wire.Close(); err != nil {
			d.o.Log.Warn("the wire did not end well", "err", err)
		}
	}
	if d.o.Data == "" {
		if err := os.RemoveAll(d.dir); err != nil {
			d.o.Log.Warn("the temporary directory stays", "dir", d.dir, "err", err)
		}
	}
}

// run starts the machines, then what looks at them and moves them.
func (d *demo) run(ctx context.Context, page net.Listener) error {
	machines, ctx := errgroup.WithContext(ctx)
	machines.Go(func() error { return d.hub.Run(ctx) })
	for _, s := range d.sites {
		machines.Go(func() error { return s.line.Run(ctx) })
		machines.Go(func() error { return s.box.Run(ctx) })
	}
	machines.Go(func() error {
		if err := d.begin(ctx); err != nil {
			return err
		}
		return d.goOn(ctx, page)
	})
	err := machines.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// begin returns once every node works, everybody is known to their node and the centre has heard every site.
func (d *demo) begin(ctx context.Context) error {
	began := time.Now()
	if err := d.hub.begin(ctx); err != nil {
		return fmt.Errorf("start the centre: %w", err)
	}
	starting, starts := errgroup.WithContext(ctx)
	for _, s := range d.sites {
		starting.Go(func() error {
			if err := s.begin(starts); err != nil {
				return fmt.Errorf("start %s: %w", s.name, err)
			}
			return nil
		})
	}
	if err := starting.Wait(); err != nil {
		return err
	}
	if err := d.awaitLive(ctx); err != nil {
		return err
	}
	for _, s := range d.sites {
		if err := s.pairDevices(ctx); err != nil {
			return fmt.Errorf("prepare the devices of %s: %w", s.name, err)
		}
	}
	if err := d.keep(); err != nil {
		return err
	}
	d.o.Log.Info("the demo is ready", "ms", time.Since(began).Milliseconds())
	return nil
}

// goOn serves the page and plays the day until ctx ends.
func (d *demo) goOn(ctx context.Context, page net.Listener) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return d.servePage(ctx, page) })
	work.Go(func() error { return d.hub.watch(ctx) })
	for _, s := range d.sites {
		work.Go(func() error { return s.watch(ctx) })
		if !d.o.Idle {
			work.Go(func() error { return d.play(ctx, s) })
		}
	}
	work.Go(func() error { return d.keepTime(ctx) })
	if err := d.tell(); err != nil {
		return errors.Join(err, ctx.Err())
	}
	return work.Wait()
}

// patience is how long the centre may take to hear all sites before the demo begins without it: a Redis that cannot
// be reached is a line that is down, and sites work without one.
const patience = 20 * time.Second

func (d *demo) awaitLive(ctx context.Context) error {
	deadline := time.Now().Add(patience)
	for {
		var snapshot struct {
			View api.CentreView `json:"view"`
		}
		if err := d.hub.caller.do(ctx, "GET", snapshotPath(api.ViewCentre, ""), nil, &snapshot); err != nil {
			return fmt.Errorf("ask the centre for its sites: %w", err)
		}
		live := map[string]bool{}
		for _, s := range snapshot.View.Sites {
			live[s.ID] = s.State == api.StateLive
		}
		waiting := 0
		for _, s := range d.sites {
			if live[s.id] {
				s.kept.Enrolled = true
			} else {
				waiting++
			}
		}
		if waiting == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			d.o.Log.Warn("the centre has not heard every site yet; the demo begins all the same", "unheard", waiting)
			return nil
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

// pause waits, or returns ctx's error.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
