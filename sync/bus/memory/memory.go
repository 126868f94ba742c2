// Package memory is a bus inside one process whose faults are chosen, and repeat exactly for the same seed.
//
// A Network stands for the server and the lines to it; each node opens its own Bus on it. Without a clock a message
// arrives while it is published. With one (Options.Now) nothing arrives by itself: whoever runs the simulation moves
// its clock and calls Deliver. The package starts no goroutine, reads no clock of its own and never sleeps, so a
// whole network runs in one thread in virtual time, or inside a synctest bubble. It survives nothing and imitates no
// Redis beyond what bus.Bus says.
package memory

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
)

// Options of a Network.
type Options struct {
	Seed uint64           // of every fault
	Now  func() time.Time // the simulation's clock; nil: messages arrive as they are published
}

// Direction is one way of a node's line.
type Direction int

// The two directions: Up from the node to the server, Down from the server to the node.
const (
	Up Direction = iota
	Down
)

// Faults of one direction of one node's line. Probabilities go from 0 to 1. The zero value is a perfect line.
type Faults struct {
	Drop      float64 // the message is lost
	Duplicate float64 // it arrives twice, each with its own delay
	// MinDelay to MaxDelay is how long each message takes; different delays reorder. Late is the probability of up to
	// LateBy on top. All of these need a clock.
	MinDelay, MaxDelay time.Duration
	Late               float64
	LateBy             time.Duration
	// Rate is how many bytes a second the line carries, one message after the other; 0 is no limit. It needs a clock.
	Rate int
	Cut  bool // nothing passes, and nobody is told
}

// Network is the server, the lines and what travels on them. It is safe for concurrent use, and deterministic when
// used from one goroutine.
type Network struct {
	opts Options

	mu      sync.Mutex
	random  *rand.Rand
	down    bool
	refused map[string]bool
	lines   map[string]*[2]line
	flying  flights
	serial  uint64
	subs    []*subscription // in the order of subscribing, so that a seed repeats
}

// NewNetwork returns a network whose server is up and whose lines are perfect.
func NewNetwork(o Options) *Network {
	return &Network{
		opts:    o,
		random:  rand.New(rand.NewPCG(o.Seed, 0x73616e67616d)),
		refused: map[string]bool{},
		lines:   map[string]*[2]line{},
	}
}

// SetFaults replaces the faults of one direction of a node's line.
func (n *Network) SetFaults(node string, d Direction, f Faults) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.line(node)[d].Faults = f
}

// Faults returns those of one direction of a node's line.
func (n *Network) Faults(node string, d Direction) Faults {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.line(node)[d].Faults
}

// line is one direction of a node's line, and when it has carried all that it was given.
type line struct {
	Faults
	free time.Time
}

// line is called with mu held.
func (n *Network) line(node string) *[2]line {
	l := n.lines[node]
	if l == nil {
		l = new([2]line)
		n.lines[node] = l
	}
	return l
}

// Stop takes the server down: what travels is lost, publishing and subscribing fail, subscriptions report a gap.
func (n *Network) Stop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down, n.flying = true, nil
	for _, s := range n.subs {
		s.confirmed = false
		if s.deaf {
			continue
		}
		s.queue.PushGap(&bus.Gap{Cause: fmt.Errorf("the server went down: %w", bus.ErrUnreachable)})
	}
}

// Start brings the server back, empty; subscriptions are confirmed again, with a gap.
func (n *Network) Start() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = false
	for _, s := range n.subs {
		n.confirm(s)
	}
}

// confirm is called with mu held.
func (n *Network) confirm(s *subscription) {
	if !s.confirmed && !s.deaf {
		s.confirmed = true
		s.queue.PushGap(&bus.Gap{Connected: true, Cause: fmt.Errorf("the server is back")})
	}
}

// Wipe loses everything that travels, as FLUSHALL and a failover at once would.
func (n *Network) Wipe() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.flying = nil
}

// KillSubscriptions lets the server close a node's subscriptions. They see it, subscribe again and report a gap.
func (n *Network) KillSubscriptions(node string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.subs {
		if s.bus.node == node && !n.down {
			s.confirmed = false
			n.confirm(s)
		}
	}
}

// Deafen silences a node's present subscriptions for ever. Nothing tells: only a message to oneself finds it, and only
// closing and subscribing again heals it.
func (n *Network) Deafen(node string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.subs {
		s.deaf = s.deaf || s.bus.node == node
	}
}

// Refuse lets the server refuse a node's credentials from now on, or accept them again.
func (n *Network) Refuse(node string, refuse bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.refused[node] = refuse
}

// Deliver hands over all that is due, in the order it is due, and returns how many messages reached a subscription.
func (n *Network) Deliver() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.deliver()
}

// NextDue is when Deliver has something to do; ok is false when nothing travels.
func (n *Network) NextDue() (at time.Time, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.flying) == 0 {
		return time.Time{}, false
	}
	return n.flying[0].due, true
}

// now is the zero time without a clock, when everything is due at once.
func (n *Network) now() time.Time {
	if n.opts.Now == nil {
		return time.Time{}
	}
	return n.opts.Now()
}

// deliver is called with mu held.
func (n *Network) deliver() (reached int) {
	now := n.now()
	for len(n.flying) > 0 && !n.flying[0].due.After(now) {
		f := heap.Pop(&n.flying).(*flight)
		if f.to != nil {
			if f.to.takes() {
				f.to.queue.Push(bus.Message{Channel: f.message.Channel, Payload: slices.Clone(f.message.Payload)})
				reached++
			}
			continue
		}
		for _, s := range n.subs {
			if s.listensTo(f.message.Channel) {
				n.send(s.bus.node, Down, &flight{message: f.message, to: s, due: f.due})
			}
		}
	}
	return reached
}

// send puts a message on one direction of a node's line, or loses it. It is called with mu held.
func (n *Network) send(node string, d Direction, f *flight) {
	line := &n.line(node)[d]
	if line.Cut || n.hits(line.Drop) {
		return
	}
	n.launch(*f, line)
	if n.hits(line.Duplicate) {
		n.launch(*f, line)
	}
}

func (n *Network) launch(f flight, faults *line) {
	if n.opts.Now != nil {
		if faults.Rate > 0 {
			if faults.free.After(f.due) {
				f.due = faults.free
			}
			f.due = f.due.Add(time.Duration(len(f.message.Payload)) * time.Second / time.Duration(faults.Rate))
			faults.free = f.due
		}
		f.due = f.due.Add(faults.MinDelay + n.upTo(faults.MaxDelay-faults.MinDelay))
		if n.hits(faults.Late) {
			f.due = f.due.Add(n.upTo(faults.LateBy))
		}
	}
	n.serial++
	f.serial = n.serial
	heap.Push(&n.flying, &f)
}

func (n *Network) hits(probability float64) bool {
	return probability > 0 && n.random.Float64() < probability
}

func (n *Network) upTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(n.random.Int64N(int64(d) + 1))
}

// flight is a message on its way to the server, or from there to a subscription.
type flight struct {
	message bus.Message
	to      *subscription // nil on the way to the server
	due     time.Time
	serial  uint64 // keeps the order of what is due at the same moment
}

// flights is a heap, what is due first at the top.
type flights []*flight

func (f flights) Len() int      { return len(f) }
func (f flights) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f flights) Less(i, j int) bool {
	if !f[i].due.Equal(f[j].due) {
		return f[i].due.Before(f[j].due)
	}
	return f[i].serial < f[j].serial
}
func (f *flights) Push(x any) { *f = append(*f, x.(*flight)) }
func (f *flights) Pop() any {
	last := len(*f) - 1
	x := (*f)[last]
	(*f)[last] = nil
	*f = (*f)[:last]
	return x
}
