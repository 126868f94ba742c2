package simulation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/memory"
)

// blow is one bad thing, and how often it is chosen among others.
type blow struct {
	name   string
	weight int
	strike func(*world)
}

var lineBlows = []blow{
	{"bad lines", 10, (*world).badLines},
	{"deaf", 8, func(w *world) { w.net.Deafen(w.anyone().name) }},
	{"killed subscription", 4, func(w *world) { w.net.KillSubscriptions(w.anyone().name) }},
	{"wipe", 3, func(w *world) { w.net.Wipe() }},
	{"bus down", 3, (*world).busDown},
	{"one-way cut", 6, (*world).cut},
	{"wrong view of who answers", 4, (*world).wrongView},
	{"an eavesdropper repeats and garbles", 5, (*world).repeatFrames},
}

var diskBlows = []blow{
	{"crash", 10, func(w *world) { w.restart(w.anyone().disk, nil) }},
	{"backup", 8, func(w *world) { w.anyDisk().keep() }},
	{"restore", 7, (*world).restoreOne},
	{"restore both", 2, (*world).restoreBoth},
	{"clone", 3, (*world).clone},
	{"full disk", 3, (*world).fullDisk},
	{"slow disk", 3, (*world).slowDisk},
	{"a stick", 8, (*world).carry},
	{"clock step", 5, func(w *world) { w.stepClock(w.anyone()) }},
}

var (
	lossyBlows    = slices.Concat(lineBlows, []blow{{"crash", 10, func(w *world) { w.restart(w.anyone().disk, nil) }}})
	brutalBlows   = slices.Concat(lineBlows, diskBlows)
	rollbackBlows = slices.Concat(lineBlows, diskBlows, []blow{{"partial batch, then restore", 40, (*world).partialThenRestore}})
	hubBlows      = slices.Concat(lineBlows, diskBlows, []blow{{"hub rolled back under its replicas", 25, (*world).rollBackHub}})
	clockBlows    = slices.Concat(lineBlows, diskBlows, []blow{{"clock step", 45, func(w *world) { w.stepClock(w.anyone()) }}})
)

// misfortune plans the next blow, until all is calm.
func (w *world) misfortune() {
	if len(w.profile.blows) == 0 {
		return
	}
	w.at(w.upTo(2*w.profile.Calmness), func() {
		if w.calm {
			return
		}
		w.strike()
		w.receive() // the bus may have told of a gap
		w.misfortune()
	})
}

func (w *world) strike() {
	total := 0
	for _, b := range w.profile.blows {
		total += b.weight
	}
	n := w.random.IntN(total)
	for _, b := range w.profile.blows {
		if n -= b.weight; n < 0 {
			w.tracef("", "NEMESIS %s", b.name)
			b.strike(w)
			return
		}
	}
}

// dies tells whether a process dies at a barrier of its store.
func (w *world) dies(p *process, when string) bool {
	if w.calm || !w.chance(w.profile.Barrier) {
		return false
	}
	w.tracef(p.name, "NEMESIS dies %s a write", when)
	p.doomed = true
	return true
}

func (w *world) anyone() *process {
	all := w.processes()
	return all[w.random.IntN(len(all))]
}

func (w *world) anyDisk() *disk { return w.disks[w.random.IntN(len(w.disks))] }

func (d *disk) keep() { d.copies = append(d.copies, d.copy()) }

// old is the newest copy more often than any other.
func (w *world) old(d *disk) backup {
	if w.chance(0.4) {
		return d.copies[w.random.IntN(len(d.copies))]
	}
	return d.copies[len(d.copies)-1]
}

// restart kills all that run on a disk, lets something happen to it, and starts them again one after the other.
func (w *world) restart(d *disk, meanwhile func()) {
	for _, p := range w.on(d) {
		w.tracef(p.name, "is killed")
		p.stop()
		w.at(w.upTo(8*time.Second), p.start)
	}
	if d.old && w.chance(0.2) {
		d.old = false // somebody used the pause for an update
	}
	if meanwhile != nil {
		meanwhile()
	}
}

func (w *world) restoreDisk(d *disk) { w.putBack(d, w.old(d)) }

func (w *world) putBack(d *disk, b backup) {
	w.restart(d, func() {
		w.tracef(d.name, "is restored to a copy of %d rows", len(b.rows))
		w.result.Excused += w.oracle.goneWith(d, w.disks, b)
		d.restore(b)
	})
}

func (w *world) restoreOne() { w.restoreDisk(w.anyDisk()) }

func (w *world) restoreBoth() {
	w.restoreDisk(w.hub)
	w.at(w.upTo(10*time.Second), func() {
		if !w.calm {
			w.restoreDisk(w.disks[1+w.random.IntN(len(w.disks)-1)])
		}
	})
}

// partialThenRestore is the story that ordinary days do not tell: a copy that the other end has not seen all of, an
// edit of what is in it, a part of a batch read by the other end, and the copy put back.
func (w *world) partialThenRestore() {
	d := w.anyDisk()
	w.linesOf(d, memory.Faults{Cut: true})
	w.burst(d, 4)
	d.keep()
	b := d.copies[len(d.copies)-1]
	w.burst(d, 2)
	w.at(w.upTo(time.Second), func() {
		if w.calm {
			return
		}
		w.linesOf(d, memory.Faults{MaxDelay: 3 * time.Second})
		w.at(w.upTo(6*time.Second), func() {
			if !w.calm {
				w.putBack(d, b)
			}
		})
	})
}

func (w *world) linesOf(d *disk, f memory.Faults) {
	for _, p := range w.on(d) {
		w.lines(p.name, f)
	}
}

// burst lets those who write on a disk do some things at once.
func (w *world) burst(d *disk, actions int) {
	for _, wr := range w.writers {
		for n := 0; wr.disk == d && n < actions; n++ {
			wr.act()
		}
	}
}

// rollBackHub puts an old copy under the running replicas, as a database that fails over does.
func (w *world) rollBackHub() {
	b := w.old(w.hub)
	w.hub.incarnation++
	w.tracef("hub", "is rolled back to a copy of %d rows under its replicas", len(b.rows))
	w.result.Excused += w.oracle.goneWith(w.hub, w.disks, b)
	w.hub.restore(b)
	w.hub.keep()
}

// clone starts a second box from a copy of a site's disk.
func (w *world) clone() {
	if w.clones >= 2 {
		return
	}
	w.clones++
	from := w.edges[w.random.IntN(len(w.edges))]
	d := w.addDisk(fmt.Sprint(from.disk.name, "-clone", w.clones))
	d.restore(from.disk.copy())
	d.keep()
	c := w.addProcess(d.name, d, from.site)
	c.skew, d.old = from.skew, from.disk.old
	w.edges = append(w.edges, c)
	w.writers = append(w.writers, &writer{world: w, disk: d})
	w.lines(c.name, memory.Faults{MaxDelay: time.Second})
	c.start()
	w.writers[len(w.writers)-1].live()
}

func (w *world) lines(name string, f memory.Faults) {
	w.net.SetFaults(name, memory.Up, f)
	w.net.SetFaults(name, memory.Down, f)
}

const latest = 40 * time.Second // that a frame takes on a bad line

func (w *world) badLines() {
	for _, p := range w.processes() {
		for _, way := range []memory.Direction{memory.Up, memory.Down} {
			f := memory.Faults{Drop: w.random.Float64() * w.profile.Loss, Duplicate: 0.1, MaxDelay: w.upTo(w.profile.Delay), Late: 0.002, LateBy: latest}
			if w.chance(0.3) {
				f = memory.Faults{MaxDelay: 50 * time.Millisecond}
			}
			w.net.SetFaults(p.name, way, f)
		}
	}
}

func (w *world) busDown() {
	w.net.Stop()
	w.at(w.upTo(20*time.Second), func() {
		w.net.Start()
		w.receive()
	})
}

func (w *world) cut() {
	name, way := w.anyone().name, memory.Direction(w.random.IntN(2))
	f := w.net.Faults(name, way)
	f.Cut = !f.Cut
	w.net.SetFaults(name, way, f)
}

const overheard = 100 // frames
// overhear keeps what an eavesdropper may say again.
func (w *world) overhear(channel string, frame []byte) {
	if w.heard = append(w.heard, bus.Message{Channel: channel, Payload: frame}); len(w.heard) > 2*overheard {
		w.heard = slices.Delete(w.heard, 0, overheard)
	}
}

// repeatFrames says old frames again: as they were, with a bit turned, or cut short.
func (w *world) repeatFrames() {
	stranger := w.net.Open("stranger")
	for range min(20, len(w.heard)) {
		m := w.heard[w.random.IntN(len(w.heard))]
		frame := slices.Clone(m.Payload)
		switch at := w.random.IntN(len(frame)); w.random.IntN(4) {
		case 0:
			frame[at] ^= 1 << w.random.IntN(8)
		case 1:
			frame = frame[:at]
		}
		stranger.Publish(context.Background(), m.Channel, frame) // it may be lost as any other
	}
	stranger.Close()
}

func (w *world) wrongView() {
	p, site := w.hubs[w.random.IntN(len(w.hubs))], w.sites[w.random.IntN(len(w.sites))]
	if p.alive && !p.alone {
		p.ignores[site] = !p.ignores[site]
	}
}

func (w *world) fullDisk() {
	d := w.anyDisk()
	d.full = true
	w.at(w.upTo(5*time.Second), func() { d.full = false })
}

func (w *world) slowDisk() {
	d := w.anyDisk()
	d.stall = w.upTo(3 * time.Second)
	w.at(w.upTo(20*time.Second), func() { d.stall = 0 })
}

// stepClock sets a clock by a second to ten years, or right again.
func (w *world) stepClock(p *process) {
	step := time.Second
	for w.chance(0.8) && step < 10*365*24*time.Hour {
		step *= 8
	}
	if w.chance(0.5) {
		step = -step
	}
	if p.skew += w.within(step); w.chance(0.2) || p.skew.Abs() > 40*365*24*time.Hour {
		p.skew = 0
	}
	w.tracef(p.name, "clock is off by %s", p.skew)
	if p.alive {
		p.tick()
	}
}

func (w *world) within(d time.Duration) time.Duration {
	if d < 0 {
		return -w.upTo(-d)
	}
	return w.upTo(d)
}

// heal makes everything well, but what a running node must find out by itself: that it is deaf, or off its store.
func (w *world) heal() {
	w.tracef("", "HEALED")
	w.calm = true
	w.net.Start()
	for _, d := range w.disks {
		d.full, d.stall = false, 0
	}
	for _, p := range w.processes() {
		w.lines(p.name, memory.Faults{MaxDelay: 50 * time.Millisecond, Drop: w.profile.LossAfter})
		p.start()
		clear(p.ignores)
	}
	w.receive()
}
