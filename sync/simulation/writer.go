package simulation

import (
	"fmt"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// writer is a browser: it holds an action until its node has acknowledged it, and sends it again after a crash.
type writer struct {
	*world
	disk    *disk
	waiting *action
}

// action is one or two edits that its node applies once, however often it comes.
type action struct {
	id    record.ID
	tries int
	scope feed.Scope
	edits []record.Edit
}

// act does the writer's next thing, at whichever process serves its disk.
func (wr *writer) act() {
	p := wr.node()
	if p == nil {
		return
	}
	if wr.waiting == nil {
		wr.waiting = wr.compose(p)
	}
	if a := wr.waiting; a != nil {
		if err := p.store.apply(a); err == nil {
			wr.waiting = nil
		} else if p.alive && !p.doomed && !p.stale && !wr.disk.full {
			wr.waiting = nil // refused by a rule: the record changed meanwhile
		}
	}
	p.settle()
}

// node picks a process that serves the disk.
func (wr *writer) node() *process {
	var up []*process
	for _, p := range wr.on(wr.disk) {
		if p.alive {
			up = append(up, p)
		}
	}
	if len(up) == 0 {
		return nil
	}
	return up[wr.random.IntN(len(up))]
}

// apply is a node's answer to an action: its edits and the key that makes them happen once are one transaction each,
// in the same millisecond.
func (s *store) apply(a *action) error {
	a.tries++
	for i := range a.edits {
		e := a.attempt(i)
		key := append([]byte{feed.FreeKeys, 'a', byte(i)}, a.id[:]...)
		var c feed.Change
		known := false
		err := s.update(func(tx feed.Tx) (err error) {
			row, err := tx.Get(key)
			if known = row != nil; err != nil || known {
				return err
			}
			if c, err = s.rules.Edit(tx, a.scope, e, s.clock()); err != nil {
				return err
			}
			return tx.Put(key, []byte{1})
		}, func() {
			if !known {
				s.edited(e, &c)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// attempt is an edit with items of its own each time: when a restore made the store forget the first one, both may live.
func (a *action) attempt(i int) record.Edit {
	e := a.edits[i]
	e.Add = map[string][]record.Item{}
	for f, items := range a.edits[i].Add {
		for _, it := range items {
			e.Add[f] = append(e.Add[f], record.Item{ID: it.ID.Child(fmt.Sprint(a.tries)), Value: it.Value})
		}
	}
	return e
}

// compose thinks of something to do, or of nothing.
func (wr *writer) compose(p *process) *action {
	scope, kind := wr.where(p)
	if scope == "" {
		return nil
	}
	a := &action{id: record.Derive("action", fmt.Sprint(wr.next())), scope: scope}
	if kind == kindRequest || kind == kindForeign {
		a.edits = []record.Edit{wr.single(scope, kind)}
		return a
	}
	id := record.Derive(kind, string(scope), fmt.Sprint(wr.random.IntN(wr.profile.Records)))
	held := load(p.disk, place{scope, record.Key{Kind: kind, ID: id}})
	a.edits = append(a.edits, wr.edit(p, kind, id, held))
	if wr.chance(0.1) {
		a.edits = append(a.edits, wr.edit(p, kind, id, &record.Record{}))
	}
	return a
}

// where picks a scope and a kind that the node may write.
func (wr *writer) where(p *process) (feed.Scope, string) {
	if !p.isHub() {
		if p.disk.old && wr.profile.Foreign && wr.chance(0.03) {
			return feed.SiteScope(p.site), kindForeign
		}
		return feed.SiteScope(p.site), kindEntry
	}
	if wr.chance(0.3) {
		return feed.Network, kindNotice
	}
	scope := feed.SiteScope(wr.sites[wr.random.IntN(len(wr.sites))])
	switch {
	case head(p.disk, scope).timeline.IsZero():
		return "", "" // the hub has not met the site yet
	case wr.chance(wr.profile.Requests):
		return scope, kindRequest
	case p.disk.old && wr.profile.Foreign && wr.chance(0.03):
		return scope, kindForeign
	}
	return scope, kindEntry
}

// single is the only edit that a writer makes of a record.
func (wr *writer) single(scope feed.Scope, kind string) record.Edit {
	n := wr.next()
	e := record.Edit{Kind: kind, ID: record.Derive(kind, fmt.Sprint(n)), Set: map[string]record.Value{"text": record.Text(fmt.Sprint("wish ", n))}}
	if kind == kindRequest {
		e.Set["state"] = record.Text(pending)
		e.Set["target"] = record.IDValue(record.Derive(kindEntry, string(scope), fmt.Sprint(wr.random.IntN(wr.profile.Records))))
	}
	return e
}

// edit thinks of an edit of a record; held is nil for one that the node has not.
func (wr *writer) edit(p *process, kind string, id record.ID, held *record.Record) record.Edit {
	n := wr.next()
	e := record.Edit{Kind: kind, ID: id, Set: map[string]record.Value{}, Add: map[string][]record.Item{}}
	text := record.Text(fmt.Sprint("text ", n))
	if held == nil && kind == kindEntry {
		e.Day = day
		e.Set["created"] = record.Int(int64(n))
	}
	if kind == kindEntry && wr.chance(wr.profile.Moves) {
		e.Set["status"] = record.Text(wr.status())
	}
	if !p.disk.old && wr.chance(0.25) {
		e.Add["notes"] = []record.Item{{ID: record.Derive("note", fmt.Sprint(n)), Value: text}}
	}
	if !p.disk.old && kind == kindEntry && wr.chance(0.25) {
		e.Set["room"] = record.Int(int64(wr.random.IntN(4)))
	}
	if held != nil && wr.chance(0.02) {
		e.Set["deleted"] = record.Bool(true)
	}
	if len(e.Set)+len(e.Add) == 0 || wr.chance(0.2) {
		e.Set["text"] = text
	}
	return e
}

// status is any but the one that is never written.
func (wr *writer) status() string {
	if s := ranks[wr.random.IntN(len(ranks))]; s != "transferred" {
		return s
	}
	return ranks[0]
}

// intrude lets somebody write between two transactions of a merge.
func (w *world) intrude(p *process) {
	if !w.chance(0.2) {
		return
	}
	for _, wr := range w.writers {
		if wr.disk == p.disk && wr.waiting == nil {
			if a := wr.compose(p); a != nil {
				wr.waiting = a
				if p.store.apply(a) == nil {
					wr.waiting = nil
				}
			}
			return
		}
	}
}

// load returns nil for a record that a disk does not hold.
func load(d *disk, p place) (out *record.Record) {
	_ = d.view(func(tx feed.Tx) error {
		if r, _, ok, err := feed.Load(tx, p.scope, p.key); err == nil && ok {
			out = &r
		}
		return nil
	})
	return out
}

// standing is where a scope's feed stands on a disk.
type standing struct {
	timeline feed.Timeline
	seq      feed.Seq
}

func head(d *disk, scope feed.Scope) (at standing) {
	_ = d.view(func(tx feed.Tx) (err error) {
		at.timeline, at.seq, err = feed.Head(tx, scope)
		return err
	})
	return at
}
