package replay

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// How often staff do something out of the ordinary, as shares of all calls or arrivals. They are chosen to touch every
// command many times in a day of some thousand visits, not taken from any record.
const (
	shareRecall    = 0.05
	shareNoAnswer  = 0.03
	shareHold      = 0.03
	shareTransfer  = 0.02
	shareCancel    = 0.02
	shareUndo      = 0.02
	shareAtDesk    = 0.20 // arrivals checked in by a coordinator, with a name
	shareElderly   = 0.10
	shareEmergency = 0.003
)

// longestRecall is how long a guruji waits, in real time, to call somebody again.
const longestRecall = 5 * time.Second

// clockTick is how often the day's clock is looked at.
const clockTick = 5 * time.Millisecond

// player drives one site through one day.
type player struct {
	o         Options
	tally     *tally
	journal   *Journal
	crew      *crew
	screen    *mirror // the coordinator's screen; all staff look at it
	from      time.Duration
	arrivals  chan int           // visits whose time has come; holds the whole day
	ends      chan time.Duration // ended consultations nobody took yet; holds the whole day
	allIn     chan struct{}      // closed when every arrival is acknowledged
	clinicMul func() float64     // clinic seconds a real second
}

// play returns when every arrival is acknowledged and nobody waits, is called or is with a guruji.
func (p *player) play(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work, ctx := errgroup.WithContext(ctx)
	var arriving sync.WaitGroup
	for i, kiosk := range p.crew.kiosks {
		arriving.Add(1)
		work.Go(func() error {
			defer arriving.Done()
			return p.receive(ctx, kiosk, rand.New(rand.NewPCG(p.o.Seed, uint64(100+i))))
		})
	}
	for i, g := range p.crew.gurujis {
		work.Go(func() error { return p.heal(ctx, g, rand.New(rand.NewPCG(p.o.Seed, uint64(200+i)))) })
	}
	work.Go(func() error { return p.mend(ctx, rand.New(rand.NewPCG(p.o.Seed, 300))) })
	work.Go(func() error { p.keepTime(ctx); return nil })
	work.Go(func() error {
		arriving.Wait()
		if ctx.Err() != nil {
			return nil
		}
		close(p.allIn)
		if err := p.waitForTheEnd(ctx); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if err := work.Wait(); err != nil && ctx.Err() == nil {
		return err
	}
	select {
	case <-p.allIn:
	default:
		return fmt.Errorf("the day was broken off: %w", context.Cause(ctx))
	}
	return nil
}

// keepTime hands out arrivals and ends of consultations when their time has come.
func (p *player) keepTime(ctx context.Context) {
	defer close(p.arrivals)
	type moment struct {
		at    time.Duration
		visit int
		end   bool
	}
	moments := make([]moment, 0, 2*len(p.o.Day.Visits))
	for i, v := range p.o.Day.Visits {
		moments = append(moments, moment{at: v.Arrival, visit: i}, moment{at: v.End, visit: i, end: true})
	}
	sortBy(moments, func(m moment) time.Duration { return m.at })
	for _, m := range moments {
		// The clock may be slowed, hurried or stopped meanwhile, so it is asked again and again.
		for p.o.Elapsed() < m.at-p.from {
			if !p.pause(ctx, clockTick) {
				return
			}
		}
		if m.end {
			p.ends <- m.at
		} else {
			p.arrivals <- m.visit
		}
		p.tally.passed(m.at - p.from)
	}
}

// receive is one kiosk, or the desk when the draw says so: it checks people in as they arrive.
func (p *player) receive(ctx context.Context, kiosk *caller, random *rand.Rand) error {
	for visit := range p.arrivals {
		if ctx.Err() != nil {
			return nil
		}
		data := map[string]any{}
		who := kiosk
		draw := random.Float64()
		switch {
		case draw < shareEmergency:
			data["emergency"] = true
		case draw < p.o.Named:
			who = p.crew.coordinators[visit%len(p.crew.coordinators)]
			data["person"] = map[string]any{"name": personName(visit), "phone": fmt.Sprintf("+9198%08d", visit)}
			data["reason"] = complaint(visit)
			if random.Float64() < shareElderly/p.o.Named {
				data["credit"] = "elderly"
			}
		}
		if random.IntN(2) == 0 {
			data["guruji"] = p.crew.gurujis[random.IntN(len(p.crew.gurujis))].user.GurujiID
		}
		if _, err := p.do(ctx, who, "queue.check_in", "", data, nil); err != nil {
			return err
		}
	}
	return nil
}

// heal is one guruji: calls the next, sees them, and completes when the day says that a consultation ended.
func (p *player) heal(ctx context.Context, g *caller, random *rand.Rand) error {
	for ctx.Err() == nil {
		entry, err := p.next(ctx, g)
		if err != nil {
			return err
		}
		if entry == "" {
			if !p.pause(ctx, 50*time.Millisecond) {
				return nil
			}
			continue
		}
		seen, err := p.meet(ctx, g, entry, random)
		if err != nil || ctx.Err() != nil {
			return err
		}
		if !seen {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.ends:
		case <-p.ifOver():
		}
		if err := p.move(ctx, g, "queue.complete", entry, "in_service", nil); err != nil {
			return err
		}
	}
	return nil
}

// ifOver is ready once all have arrived: the people who cancelled left ends that nobody needs, and the people who
// came back after a put-back need one more.
func (p *player) ifOver() <-chan time.Time {
	select {
	case <-p.allIn:
		return time.After(200 * time.Millisecond)
	default:
		return nil
	}
}

// next asks for the next person; "" when nobody waits.
func (p *player) next(ctx context.Context, g *caller) (string, error) {
	if left, err := p.leftOver(ctx, g); left != "" || err != nil {
		return left, err
	}
	if len(p.screen.with("waiting", g.user.GurujiID)) == 0 && len(p.screen.with("no_answer", g.user.GurujiID)) == 0 {
		return "", nil
	}
	out, err := p.do(ctx, g, "queue.call_next", "", map[string]any{"guruji": g.user.GurujiID}, nil)
	if err != nil || out.Error != nil {
		return "", err
	}
	var called struct {
		Entry string `json:"entry"`
	}
	if err := out.decode(&called); err != nil || called.Entry == "" {
		return "", fmt.Errorf("call_next answered %s without an entry: %w", out.data, err)
	}
	p.tally.watch(called.Entry, out)
	return called.Entry, nil
}

// leftOver is a person whom the screen still shows as called by this guruji, after a refused command; one who is shown
// as still inside is let go. Rows that just came are those of the guruji's own last command.
func (p *player) leftOver(ctx context.Context, g *caller) (string, error) {
	for _, r := range p.screen.with("in_service", g.user.GurujiID) {
		if time.Since(r.at) > time.Second {
			return "", p.move(ctx, g, "queue.complete", r.ID, "in_service", nil)
		}
	}
	for _, r := range p.screen.with("called", g.user.GurujiID) {
		if time.Since(r.at) > time.Second {
			return r.ID, nil
		}
	}
	return "", nil
}

// meet brings a called person before the guruji: some are recalled, some do not answer, some are put on hold. It says
// whether a consultation began.
func (p *player) meet(ctx context.Context, g *caller, entry string, random *rand.Rand) (bool, error) {
	if _, ok := p.screen.shown(ctx, entry, func(r row) bool { return r.Status == "called" }); !ok {
		return false, nil
	}
	draw := random.Float64()
	// A minute of the clinic's clock has to pass before a recall; where that clock runs no faster than ours, nobody in
	// a hurried day waits for it.
	if wait := time.Duration(float64(61*time.Second) / p.clinicMul()); draw < shareRecall && wait <= longestRecall {
		if !p.pause(ctx, wait) {
			return false, nil
		}
		if err := p.move(ctx, g, "queue.recall", entry, "called", nil); err != nil {
			return false, err
		}
	}
	switch {
	case draw < shareNoAnswer:
		return false, p.move(ctx, g, "queue.no_answer", entry, "called", nil)
	case draw > 1-shareHold:
		if err := p.move(ctx, g, "queue.hold", entry, "called", nil); err != nil {
			return false, err
		}
		p.pause(ctx, 100*time.Millisecond)
		return false, p.move(ctx, g, "queue.resume", entry, "on_hold", nil)
	}
	if err := p.move(ctx, g, "queue.start", entry, "called", nil); err != nil {
		return false, err
	}
	r, ok := p.screen.shown(ctx, entry, func(r row) bool { return r.Status != "called" })
	return ok && r.Status == "in_service", nil
}

// mend is the coordinator: now and then moves, cancels, or does something and takes it back.
func (p *player) mend(ctx context.Context, random *rand.Rand) error {
	span := float64(p.tally.span) / p.o.Speed
	every := time.Duration(span / (float64(len(p.o.Day.Visits))*(shareTransfer+shareCancel+shareUndo) + 1))
	for p.pause(ctx, every) {
		waiting := p.screen.with("waiting", "")
		if len(waiting) == 0 {
			continue
		}
		chosen := waiting[random.IntN(len(waiting))]
		desk := p.crew.coordinators[random.IntN(len(p.crew.coordinators))]
		var err error
		switch random.IntN(3) {
		case 0:
			to := p.crew.gurujis[random.IntN(len(p.crew.gurujis))].user.GurujiID
			if to != chosen.Guruji {
				err = p.move(ctx, desk, "queue.transfer", chosen.ID, "waiting", map[string]any{"guruji": to})
			}
		case 1:
			err = p.move(ctx, desk, "queue.cancel", chosen.ID, "waiting", nil)
		default:
			err = p.holdAndUndo(ctx, desk, chosen)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *player) holdAndUndo(ctx context.Context, desk *caller, chosen row) error {
	out, err := p.attempt(ctx, desk, "queue.hold", chosen.ID, "waiting", nil)
	if err != nil || out.Error != nil {
		return err
	}
	return p.move(ctx, desk, "queue.undo", chosen.ID, "on_hold", map[string]any{"action": out.ID})
}

func (p *player) pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// waitForTheEnd returns when nobody is waiting, called, set aside for a moment or with a guruji.
func (p *player) waitForTheEnd(ctx context.Context) error {
	quietSince := time.Time{}
	for p.pause(ctx, 50*time.Millisecond) {
		// Whom a refused undo left aside comes back before the doors close; a guruji brings back their own.
		for _, r := range p.screen.with("on_hold", "") {
			if time.Since(r.at) < time.Second {
				continue
			}
			if err := p.move(ctx, p.crew.coordinators[0], "queue.resume", r.ID, "on_hold", nil); err != nil {
				return err
			}
		}
		open := 0
		for _, status := range []string{"waiting", "called", "in_service", "no_answer", "on_hold"} {
			open += len(p.screen.with(status, ""))
		}
		if open > 0 {
			quietSince = time.Time{}
		} else if quietSince.IsZero() {
			quietSince = time.Now()
		} else if time.Since(quietSince) > 500*time.Millisecond {
			return nil
		}
	}
	return ctx.Err()
}
