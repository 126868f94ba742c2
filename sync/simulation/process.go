package simulation

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/memory"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// process is one run after the other of an edge, or of a replica of the hub.
type process struct {
	*world
	name string
	disk *disk
	site record.ID // zero for a hub

	alive  bool
	era    int  // rises with each start: what an earlier run had under way is gone
	doomed bool // it died in a transaction, and nothing of it may go on
	stale  bool // it found another store under it
	store  *store
	boot   [16]byte
	skew   time.Duration // of its clock
	alone  bool          // no other replica

	rules   feed.Rules
	merging feed.Rules // the same, but for a rule that is switched off
	bus     *memory.Bus
	sub     *memory.Subscription
	probe   *link.Probe
	ends    map[record.ID]*end
	pool    *link.Pool
	ignores map[record.ID]bool // sites that this replica thinks another one answers
	told    map[feed.Scope]bool
}

func (p *process) isHub() bool { return p.site.IsZero() }

func (p *process) clock() time.Time { return p.now.Add(p.skew) }

func (p *process) channels() []string {
	if p.isHub() {
		return bus.UpChannels()
	}
	return []string{bus.DownChannel(p.site)}
}

// start begins a run: the store is opened first.
func (p *process) start() {
	if p.alive {
		return
	}
	p.alive, p.doomed, p.stale = true, false, false
	p.era++
	p.store = &store{process: p, opened: p.disk.incarnation}
	if err := p.open(); err != nil {
		p.tracef(p.name, "does not start: %v", err)
		p.stop()
		p.later(time.Second, p.start)
		return
	}
	p.tracef(p.name, "starts as writer %x", uint64(p.rules.Writer)>>48)
	p.bus, p.sub = p.net.Open(p.name), nil
	p.ends, p.pool, p.ignores, p.told = map[record.ID]*end{}, link.NewPool(), map[record.ID]bool{}, map[feed.Scope]bool{}
	if !p.isHub() {
		p.serve(p.site).step(link.Tick{})
	}
	p.subscribe()
	p.resumeRequests()
	if p.off.Tombstones {
		p.later(tombstoneAge, p.forget)
	}
}

const tombstoneAge = 30 * time.Second

// forget drops what was deleted, now and then.
func (p *process) forget() {
	for _, s := range p.oracle.order {
		if r := load(p.disk, s.place); r != nil && r.Get("deleted").Bool() {
			_ = p.store.update(func(tx feed.Tx) error { return p.rules.Forget(tx, s.scope, s.key) }, nil)
		}
	}
	p.settle()
	p.later(tombstoneAge, p.forget)
}

// open mints the timelines of this run before anything else, in a transaction of their own.
func (p *process) open() error {
	schema := p.disk.schema()
	random := entropy{p.random}
	p.boot = random.id()
	p.rules = feed.Rules{Schema: schema, Writer: record.Writer(p.random.Uint64()), Ablated: p.off.Feed}
	scopes := []feed.Scope{feed.Network}
	if !p.isHub() {
		p.rules.Home = feed.SiteScope(p.site)
		scopes = append(scopes, p.rules.Home)
	}
	err := p.store.update(func(tx feed.Tx) error {
		if p.off.Boots {
			if err := p.countedBoot(tx); err != nil {
				return err
			}
		}
		return feed.MintAll(tx, random, scopes...)
	}, nil)
	if err != nil {
		return err
	}
	p.merging = p.rules
	if p.off.Ranks {
		p.merging.Schema = withoutRanks(schema)
	}
	return p.store.update(func(tx feed.Tx) error { return feed.EnsureIndexes(tx, schema) }, nil)
}

// countedBoot names a run by a number kept in the store, as if a restore or a clone could not repeat it.
func (p *process) countedBoot(tx feed.Tx) error {
	key := []byte{feed.FreeKeys, 'b'}
	row, err := tx.Get(key)
	if err != nil {
		return err
	}
	count := uint64(1)
	if len(row) == 8 {
		count += binary.BigEndian.Uint64(row)
	}
	name := record.Derive("boot", p.site.String(), string(binary.BigEndian.AppendUint64(nil, count)))
	p.boot, p.rules.Writer = name, record.Writer(binary.BigEndian.Uint64(name[:]))
	return tx.Put(key, binary.BigEndian.AppendUint64(nil, count))
}

// stop ends a run as a kill does: all that is in memory is gone.
func (p *process) stop() {
	p.alive, p.ends, p.sub, p.probe = false, nil, nil, nil
	p.era++
	if p.bus != nil {
		p.bus.Close()
	}
}

// settle buries a process that died, and starts one again that lost its store.
func (p *process) settle() {
	switch {
	case !p.alive:
	case p.stale:
		p.tracef(p.name, "finds another store under it")
		p.stop()
		p.at(p.upTo(time.Second), p.start)
	case p.doomed:
		p.stop()
		p.at(p.upTo(8*time.Second), p.start)
	}
}

// later runs do in this run of the process.
func (p *process) later(in time.Duration, do func()) {
	era := p.era
	p.at(in, func() {
		if p.era == era {
			do()
		}
	})
}

func (p *process) subscribe() {
	sub, err := p.bus.SubscribeNow(context.Background(), p.channels()...)
	if err != nil {
		p.later(time.Second, p.subscribe)
		return
	}
	p.sub = sub
	p.probe = link.NewProbe(p.boot, entropy{p.random}, p.now)
	p.tell(link.BusUp{})
	p.keepProbing(sub)
}

func (p *process) keepProbing(sub *memory.Subscription) {
	if p.sub != sub || p.off.Probe {
		return
	}
	frame, deaf, next := p.probe.Due(p.now)
	if deaf {
		p.tracef(p.name, "finds that it is deaf")
		sub.Close()
		p.sub = nil
		p.tell(link.BusDown{})
		p.subscribe()
		return
	}
	if frame != nil {
		if _, err := p.bus.Publish(context.Background(), p.channels()[0], frame); err == nil {
			p.probe.Sent()
		}
	}
	p.later(next.Sub(p.now), func() { p.keepProbing(sub) })
}

// tell gives an event to every machine of the process.
func (p *process) tell(e link.Event) {
	for _, site := range p.sites {
		if end := p.ends[site]; end != nil {
			end.step(e)
		}
	}
}

// receive takes what the bus brought.
func (p *process) receive() {
	for p.alive && p.sub != nil {
		m, ok, err := p.sub.TryReceive()
		var gap *bus.Gap
		switch {
		case errors.As(err, &gap) && gap.Connected:
			p.tell(link.BusUp{})
			continue
		case errors.As(err, &gap):
			p.tell(link.BusDown{})
			continue
		case err != nil || !ok:
			return
		}
		if !p.probe.Heard(m.Payload) {
			p.frame(m.Payload)
		}
	}
}

func (p *process) frame(frame []byte) {
	h, err := seal.ParseHeader(frame)
	if err != nil {
		return // somebody talks nonsense
	}
	if hello := h.Open && h.Session == [16]byte{}; hello && p.ignores[h.Site] {
		return
	}
	p.traceFrame("hears", frame)
	if end := p.serve(h.Site); end != nil {
		end.step(link.Received{Frame: frame})
	}
}

// moved tells those who have a disk open that a scope's head moved. Replicas are different processes: one may not hear
// of the other's commits.
func (w *world) moved(d *disk, scope feed.Scope, by *process) {
	for _, p := range w.on(d) {
		if !p.alive || p.told[scope] || p != by && w.chance(0.5) {
			continue
		}
		p.told[scope] = true
		p.later(0, func() { p.committed(scope) })
	}
}

func (p *process) committed(scope feed.Scope) {
	delete(p.told, scope)
	e := link.Committed{Scope: scope, Head: head(p.disk, scope).seq}
	for _, site := range p.sites {
		if end := p.ends[site]; end != nil && (scope == feed.Network || scope == feed.SiteScope(site)) {
			end.step(e)
		}
	}
}
