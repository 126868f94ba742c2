package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aashram-care/sangam/internal/api"
)

// Options is what a replay needs to know.
type Options struct {
	Day       Day
	Speed     float64              // seconds of the day a second
	Elapsed   func() time.Duration // how much of the day has passed since its first arrival; nil: real time x Speed
	Site      string               // URL of the site
	SiteID    string               // its id, for the queue at the hub; "": as the site says
	Reach     time.Duration        // how long site and hub may take to answer at first; 0: 5 s
	Admin     Account              // of the site; creates gurujis and staff that are missing
	Staff     []api.DescribeUser   // of the site, whose PINs are known; they act before others are created
	Hub       string               // URL of the hub; "" leaves the hub out
	HubUser   Account              // a central admin
	Gurujis   int                  // how many heal
	Kiosks    int                  // how many sessions check people in at a kiosk; 0: 3
	Named     float64              // share of arrivals that a coordinator checks in by name; 0: a fifth
	Listeners int                  // more sockets that only listen
	Seed      uint64               // of everything drawn by chance; printed
	Journal   string               // file of sent and acknowledged ids, fsynced; "" keeps none
	Settle    time.Duration        // how long the centre may take to catch up at the end
	Progress  io.Writer            // a terminal gets a bar, anything else plain lines; nil: none
}

// Account signs in with name and PIN.
type Account struct{ Name, PIN string }

// Run plays the day and reports. An error means that the day could not be played to its end; refused actions and
// missed bars are in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Speed <= 0 || o.Gurujis < 1 || len(o.Day.Visits) == 0 {
		return nil, errors.New("a replay needs a speed above 0, a guruji and a visit")
	}
	o.Kiosks, o.Named, o.Reach = cmp.Or(o.Kiosks, 3), cmp.Or(o.Named, shareAtDesk), cmp.Or(o.Reach, 5*time.Second)
	journal, err := OpenJournal(o.Journal)
	if err != nil {
		return nil, err
	}
	defer journal.Close()
	there, err := newCaller(o.Site, "admin").reach(ctx, o.Reach)
	if err != nil {
		return nil, err
	}
	o.SiteID = cmp.Or(o.SiteID, there.Site)
	crew, err := gather(ctx, o)
	if err != nil {
		return nil, err
	}
	from, to := o.Day.Span()
	report := &Report{Day: o.Day.Date, Visits: len(o.Day.Visits), Seed: o.Seed, Types: map[string]Count{}, Stale: map[string]int{}, Listeners: o.Listeners}
	p := &player{
		o: o, crew: crew, journal: journal, tally: newTally(report, to-from), from: from,
		arrivals: make(chan int, len(o.Day.Visits)), ends: make(chan time.Duration, len(o.Day.Visits)), allIn: make(chan struct{}),
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watching, ctx := errgroup.WithContext(ctx)
	listeners, ready := p.openScreens(ctx, watching)
	for _, one := range ready {
		select {
		case <-one:
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("open the screens: %w", ctx.Err()), watching.Wait())
		}
	}
	watching.Go(func() error { return showProgress(ctx, o.Progress, p.tally) })
	began := time.Now()
	if p.o.Elapsed == nil {
		p.o.Elapsed = func() time.Duration { return time.Duration(float64(time.Since(began)) * o.Speed) }
	}
	played := p.play(ctx)
	report.Took = time.Since(began)
	if played == nil && o.Hub != "" {
		compare(ctx, o, crew, report)
	}
	cancel()
	if err := watching.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return report, err
	}
	p.tally.finish()
	for _, l := range listeners {
		report.Frames += l.frames
		report.Breaks += l.breaks
	}
	return report, played
}

// openScreens starts the staff's screen, the listeners and the screen at the hub, and returns what each closes once it
// is open.
func (p *player) openScreens(ctx context.Context, watching *errgroup.Group) (listeners []*listener, ready []<-chan struct{}) {
	p.screen = newMirror(p.crew.coordinators[0], api.ViewCoordinator, "")
	p.screen.observe = p.tally.atSite
	speed := newGauge(1)
	p.screen.onBeat = speed.set
	p.clinicMul = speed.get
	mirrors := []*mirror{p.screen}
	if p.crew.hub != nil {
		atHub := newMirror(p.crew.hub, api.ViewQueue, p.o.SiteID)
		atHub.observe = p.tally.atHub
		mirrors = append(mirrors, atHub)
	}
	for _, m := range mirrors {
		watching.Go(func() error { return m.run(ctx) })
		ready = append(ready, m.ready)
	}
	for i := range p.o.Listeners {
		l := newListener(p.crew.coordinators[i%len(p.crew.coordinators)])
		watching.Go(func() error { return l.run(ctx) })
		listeners, ready = append(listeners, l), append(ready, l.ready)
	}
	return listeners, ready
}

// compare waits until the hub shows the same queue as the site, at most o.Settle.
func compare(ctx context.Context, o Options, crew *crew, report *Report) {
	until := time.Now().Add(o.Settle)
	for {
		difference, err := queuesDiffer(ctx, o, crew)
		equal := err == nil && difference == ""
		report.QueueEqual, report.Difference = &equal, difference
		if err != nil {
			report.Difference = err.Error()
		}
		if equal || time.Now().After(until) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// queuesDiffer names the first difference of (token, status, place) between site and hub, "" when there is none.
func queuesDiffer(ctx context.Context, o Options, crew *crew) (string, error) {
	_, here, err := crew.coordinators[0].snapshot(ctx, api.ViewQueue, "")
	if err != nil {
		return "", err
	}
	_, there, err := crew.hub.snapshot(ctx, api.ViewQueue, o.SiteID)
	if err != nil {
		return "", err
	}
	a, b := queueLines(here), queueLines(there)
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return "only the centre has " + b[i], nil
		case i >= len(b):
			return "only the site has " + a[i], nil
		case a[i] != b[i]:
			return fmt.Sprintf("the site has %s, the centre %s", a[i], b[i]), nil
		}
	}
	return "", nil
}

func queueLines(q queue) []string {
	lines := []string{"day " + q.Day}
	for _, g := range q.Gurujis {
		for _, e := range g.Entries {
			place := "-"
			if e.Position != nil {
				place = fmt.Sprint(*e.Position)
			}
			lines = append(lines, fmt.Sprintf("%s %s %s %s", g.Name, e.Token, e.Status, place))
		}
	}
	for _, r := range q.Recent {
		lines = append(lines, "called "+r.Token)
	}
	return lines
}

// showProgress tells how far the day is: a bar that stays in place on a terminal, a line every ten seconds elsewhere.
func showProgress(ctx context.Context, out io.Writer, t *tally) error {
	if out == nil {
		return nil
	}
	every, terminal := 10*time.Second, isTerminal(out)
	if terminal {
		every = 200 * time.Millisecond
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if terminal {
				fmt.Fprintln(out)
			}
			return nil
		case <-tick.C:
		}
		share, acked := t.progress()
		if !terminal {
			fmt.Fprintf(out, "%3.0f %% of the day, %d actions acknowledged\n", 100*share, acked)
			continue
		}
		const width = 40
		bar := make([]rune, width)
		for i := range bar {
			bar[i] = '░'
			if float64(i) < share*width {
				bar[i] = '█'
			}
		}
		fmt.Fprintf(out, "\r%s %3.0f %%  %d actions", string(bar), 100*share, acked)
	}
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
