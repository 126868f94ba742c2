package simulation

import (
	"fmt"
	"time"

	"github.com/aashram-care/sangam/sync/bus/memory"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// Overtake tells how long a fresh edit of a site takes to a hub with a slow disk, behind a backlog of so many records.
func Overtake(seed uint64, backlog int, off Off) time.Duration {
	w := newWorld(Profile{Name: "overtake", Replicas: 1, Records: 1}, seed, off, nil)
	w.run(10 * time.Second)
	edge := w.edges[0]
	scope := feed.SiteScope(edge.site)
	w.lines(edge.name, memory.Faults{Cut: true})
	for range backlog {
		w.create(edge, scope)
	}
	w.run(time.Minute)
	w.hub.stall = 400 * time.Millisecond
	w.lines(edge.name, memory.Faults{MinDelay: 20 * time.Millisecond, MaxDelay: 20 * time.Millisecond})
	for head(w.hub, scope).seq == 0 && w.now.Sub(epoch) < patience {
		w.run(100 * time.Millisecond)
	}
	fresh, began := w.create(edge, scope), w.now
	for load(w.hub, fresh) == nil && w.now.Sub(began) < patience {
		w.run(10 * time.Millisecond)
	}
	return w.now.Sub(began)
}

// create is somebody's new record.
func (w *world) create(p *process, scope feed.Scope) place {
	n := w.next()
	noise := make([]byte, 512) // does not compress, so that a backlog is more than may be under way
	entropy{w.random}.Read(noise)
	id := record.Derive(kindEntry, fmt.Sprint(n))
	e := record.Edit{Kind: kindEntry, ID: id, Day: day, Set: map[string]record.Value{
		"created": record.Int(int64(n)), "text": record.Text(fmt.Sprintf("%x", noise)),
	}}
	if err := p.store.apply(&action{id: id, scope: scope, edits: []record.Edit{e}}); err != nil {
		w.fault(Sound, "create a record: %v", err)
	}
	return place{scope, record.Key{Kind: kindEntry, ID: id}}
}
