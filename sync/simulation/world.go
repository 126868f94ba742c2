package simulation

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/memory"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

var epoch = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// world is everything there is, in one thread and in virtual time.
type world struct {
	profile Profile
	off     Off
	random  *rand.Rand
	now     time.Time
	agenda  agenda
	net     *memory.Network
	trace   *Trace // nil: nobody watches
	faults  []Fault
	oracle  *oracle

	hub     *disk
	disks   []*disk
	hubs    []*process
	edges   []*process
	sites   []record.ID
	writers []*writer
	keys    map[record.ID]link.SiteKey
	mac     seal.MACKey
	effects map[*edit]effect

	calm   bool // nothing bad happens any more
	serial int  // of records, edits and items
	clones int
	heard  []bus.Message // the last frames that somebody overheard
	sticks []stick
	result Result
}

func newWorld(p Profile, seed uint64, off Off, trace *Trace) *world {
	w := &world{
		profile: p, off: off, random: rand.New(rand.NewPCG(seed, 0x73616e67)), now: epoch, trace: trace,
		keys: map[record.ID]link.SiteKey{}, effects: map[*edit]effect{},
	}
	if !p.Digest {
		w.off.Link |= link.AblateDigest
	}
	if p.OneByOne {
		w.off.Link |= link.AblateBatches
	}
	w.oracle = newOracle(w.fault)
	w.net = memory.NewNetwork(memory.Options{Seed: seed, Now: func() time.Time { return w.now }})
	key, err := seal.NewMACKey(entropy{w.random})
	if err != nil {
		panic(err) // entropy never fails
	}
	w.mac = key
	w.people()
	return w
}

// people sets up who is there: a hub of one or two processes, two or three sites of one box each, and who writes.
func (w *world) people() {
	w.hub = w.addDisk("hub")
	replicas := w.profile.Replicas
	if replicas == 0 {
		replicas = 1 + w.random.IntN(2)
	}
	for i := range replicas {
		p := w.addProcess(fmt.Sprint("hub", i), w.hub, record.ID{})
		p.alone = replicas == 1
		w.hubs = append(w.hubs, p)
	}
	for i := range 2 + w.random.IntN(2) {
		site := record.Derive("site", fmt.Sprint(i))
		key, err := seal.NewSiteKey(entropy{w.random})
		if err != nil {
			panic(err) // entropy never fails
		}
		w.keys[site] = link.SiteKey{ID: 1, Key: key}
		w.sites = append(w.sites, site)
		name := fmt.Sprint("edge", i)
		w.edges = append(w.edges, w.addProcess(name, w.addDisk(name), site))
	}
	for _, d := range w.disks {
		d.old = w.profile.Skew && w.chance(0.25)
	}
	for _, p := range w.processes() {
		p.start()
	}
	for _, d := range w.disks {
		d.copies = append(d.copies, d.copy())
		w.writers = append(w.writers, &writer{world: w, disk: d})
	}
}

func (w *world) addDisk(name string) *disk {
	d := newDisk(name)
	w.disks = append(w.disks, d)
	return d
}

func (w *world) addProcess(name string, d *disk, site record.ID) *process {
	return &process{world: w, name: name, disk: d, site: site}
}

func (w *world) processes() []*process { return slices.Concat(w.hubs, w.edges) }

// on are the processes that have a disk open, or would.
func (w *world) on(d *disk) []*process {
	return slices.DeleteFunc(w.processes(), func(p *process) bool { return p.disk != d })
}

func (w *world) scopes() []feed.Scope {
	out := []feed.Scope{feed.Network}
	for _, s := range w.sites {
		out = append(out, feed.SiteScope(s))
	}
	return out
}

func (w *world) chance(p float64) bool { return p > 0 && w.random.Float64() < p }

func (w *world) upTo(d time.Duration) time.Duration {
	return time.Duration(w.random.Int64N(int64(d) + 1))
}

func (w *world) next() int {
	w.serial++
	return w.serial
}

// at plans something.
func (w *world) at(in time.Duration, do func()) { w.agenda.add(w.now.Add(max(in, 0)), do) }

// maxSteps is far more than happens at one moment where nobody spins.
const maxSteps = 100_000

// run lets the world go on for a while.
func (w *world) run(d time.Duration) {
	until := w.now.Add(d)
	steps := 0
	for {
		next := until
		if at, ok := w.agenda.next(); ok && at.Before(next) {
			next = at
		}
		due, flying := w.net.NextDue()
		if flying && due.Before(next) {
			next = due
		}
		if next.After(w.now) {
			w.now, steps = next, 0
		}
		if steps++; steps > maxSteps {
			w.fault(InTime, "more than %d things happen at one moment: somebody spins", maxSteps)
			w.now = until
		}
		if !w.now.Before(until) {
			return
		}
		if flying && !due.After(w.now) && w.net.Deliver() > 0 {
			w.receive()
		}
		if at, ok := w.agenda.next(); ok && !at.After(w.now) {
			w.agenda.pop()()
		}
	}
}

// receive lets everybody take what the bus brought.
func (w *world) receive() {
	for _, p := range w.processes() {
		p.receive()
	}
}

// entropy makes a reader of a generator.
type entropy struct{ *rand.Rand }

func (b entropy) Read(p []byte) (int, error) {
	for i := 0; i < len(p); i += 8 {
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], b.Uint64())
		copy(p[i:], word[:])
	}
	return len(p), nil
}

func (b entropy) id() (out [16]byte) {
	b.Read(out[:])
	return out
}
