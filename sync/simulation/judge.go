package simulation

import (
	"bytes"
	"maps"
	"slices"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
)

// disksOf are those that hold a scope: the hub's, and the boxes of the site.
func (w *world) disksOf(scope feed.Scope) (out []*disk) {
	out = append(out, w.hub)
	for _, p := range w.edges {
		if scope == feed.Network || scope == feed.SiteScope(p.site) {
			out = append(out, p.disk)
		}
	}
	return out
}

// survivors are the edits of a story that some disk holds.
func (w *world) survivors(s *story) (all set) {
	for _, d := range w.disksOf(s.scope) {
		all = all.union(d.stands[s.place])
	}
	return all
}

// converged tells whether all that should be equal is: cheaply, since it is asked each second.
func (w *world) converged() bool {
	for _, s := range w.oracle.order {
		disks := w.disksOf(s.scope)
		for _, d := range disks[1:] {
			if !d.stands[s.place].equals(disks[0].stands[s.place]) {
				return false
			}
		}
	}
	for _, scope := range w.scopes() {
		if !w.equalDigests(scope) {
			return false
		}
	}
	return w.atHeads(nil)
}

// inSync tells whether each site's people are told so, where digests can tell.
func (w *world) inSync() bool {
	for _, p := range w.edges {
		if e := p.ends[p.site]; w.profile.Digest && (e == nil || !e.machine.Status(p.clock()).InSync) {
			return false
		}
	}
	return true
}

// equalDigests leaves out what cannot be equal: foreign records, and the network's listings, which an edge that found
// them cannot give back.
func (w *world) equalDigests(scope feed.Scope) bool {
	if scope == feed.Network {
		return true
	}
	var first []feed.Bucket
	for i, d := range w.disksOf(scope) {
		buckets := look(w, d, func(tx feed.Tx) ([]feed.Bucket, error) { return feed.Digest(tx, scope) })
		buckets = slices.DeleteFunc(buckets, func(b feed.Bucket) bool { return b.Kind == kindForeign })
		if i == 0 {
			first = buckets
		} else if !slices.Equal(first, buckets) {
			return false
		}
	}
	return true
}

// atHeads tells whether both ends of every link hold all of the other's feed, and says of each that does not.
func (w *world) atHeads(say func(who, of string, c []feed.Cursor, at standing)) bool {
	reached := true
	check := func(reader *disk, peer string, owner *disk, scope feed.Scope) {
		at := head(owner, scope)
		held := look(w, reader, func(tx feed.Tx) ([]feed.Cursor, error) { return feed.Cursors(tx, scope, peer) })
		want := feed.Cursor{Timeline: at.timeline, Seq: at.seq, Seen: at.seq, Safe: at.seq}
		if slices.Contains(held, want) {
			return
		}
		reached = false
		if say != nil {
			say(reader.name, owner.name+" "+short(scope), held, at)
		}
	}
	for _, p := range w.edges {
		for _, scope := range []feed.Scope{feed.SiteScope(p.site), feed.Network} {
			check(w.hub, link.SitePeer(p.site), p.disk, scope)
			check(p.disk, link.HubPeer, w.hub, scope)
		}
	}
	return reached
}

// judge says in what the stores differ from each other and from the raw edits.
func (w *world) judge() {
	for _, s := range w.oracle.order {
		all := w.survivors(s)
		for _, d := range w.disksOf(s.scope) {
			if held := d.stands[s.place]; !held.equals(all) {
				w.fault(Survives, "%s of %s has %s, while %s survive", s.place, d.name, s.names(held), s.names(all))
			}
			w.judgeRecord(s, d, all)
		}
		w.judgeRequest(s, all)
	}
	for _, scope := range w.scopes() {
		if !w.equalDigests(scope) {
			w.fault(Equal, "%s", short(scope))
		}
	}
	w.atHeads(func(who, of string, c []feed.Cursor, at standing) {
		w.fault(Heads, "%s holds %+v of %s, which is at %s %d", who, c, of, at.timeline, at.seq)
	})
	for _, p := range w.processes() {
		if err := p.disk.view(func(tx feed.Tx) error { return feed.Check(tx, p.disk.schema()) }); err != nil && p == w.on(p.disk)[0] {
			w.fault(Sound, "%s: %v", p.disk.name, err)
		}
		for _, site := range w.sites {
			if e := p.ends[site]; e != nil && e.machine.Status(p.clock()).Repairs > 0 {
				w.fault(Repairs, "%s repaired %d", p.name, e.machine.Status(p.clock()).Repairs)
			}
		}
	}
	w.judgeForeign()
	w.judgeClones()
}

// judgeRecord compares a record with what its raw edits make of it.
func (w *world) judgeRecord(s *story, d *disk, all set) {
	r := load(d, s.place)
	if r == nil {
		if w.off.Tombstones && s.winner("deleted", all) != nil {
			return
		}
		if len(slices.Collect(all.each())) > 0 {
			i := Oracle
			if s.winner("deleted", all) != nil {
				i = Deleted
			}
			w.fault(i, "%s is not on %s", s.place, d.name)
		}
		return
	}
	fields := map[string]bool{}
	for n := range all.each() {
		for f := range s.edits[n].values {
			fields[f] = true
		}
	}
	for _, f := range slices.Sorted(maps.Keys(fields)) {
		want := s.winner(f, all)
		v := r.Get(f)
		if st, ok := v.Status(); ok && f == "status" {
			v = record.Text(st.Name)
		}
		if r.StampOf(f) == want.stamp && bytes.Equal(v, want.values[f]) {
			continue
		}
		i := Oracle
		if f == "deleted" {
			i = Deleted
		}
		w.fault(i, "%s on %s: %s is %x of %s, want %x of %s by %s", s.place, d.name, f, v, clock(r.StampOf(f)), want.values[f], clock(want.stamp), want.by)
	}
	for f, i := range map[string]Invariant{"notes": Oracle, "completions": Completions, "putBacks": Completions} {
		var have []record.ID
		for _, it := range r.Items(f) {
			have = append(have, it.ID)
		}
		if want := s.union(f, all); !slices.Equal(have, want) {
			w.fault(i, "%s on %s: %s are %v, want %v", s.place, d.name, f, have, want)
		}
	}
	if s.key.Kind == kindEntry {
		if shown := newSchema.Shown(r).Name; shown != s.shown(all) {
			w.fault(Completions, "%s on %s: shows %q, want %q", s.place, d.name, shown, s.shown(all))
		}
	}
	w.judgeListings(s, d, r, all)
}

// judgeListings: every value that was dropped for one whose author had not seen it is listed, and no other is.
func (w *world) judgeListings(s *story, d *disk, r *record.Record, all set) {
	listed := map[fieldStamp]record.Lost{}
	for _, l := range r.Lost() {
		listed[fieldStamp{l.Field, l.Edit.Stamp}] = l
	}
	lost := map[fieldStamp]bool{}
	for n := range all.each() {
		e := s.edits[n]
		for f := range e.values {
			at := fieldStamp{f, e.stamp}
			lost[at] = true
			l, isListed := listed[at]
			must, may := s.concurrent(n, f, all)
			switch {
			case must && !isListed:
				w.fault(Hidden, "%s on %s: %s of #%d by %s is not listed", s.place, d.name, f, n, e.by)
			case isListed && !may:
				w.fault(False, "%s on %s: %s of #%d by %s is listed", s.place, d.name, f, n, e.by)
			case isListed && s.scope != feed.Network:
				w.judgeConflict(s, d, l, e)
			}
		}
	}
	for at := range listed {
		if !lost[at] {
			w.fault(Forged, "%s on %s lists %s of %s, which nobody wrote", s.place, d.name, at.field, clock(at.stamp))
		}
	}
}

// concurrent tells whether an edit's value of a field must be listed, and whether it may be: it may when somebody who
// did not know it wrote the field, unknown to its author, and it lost; it must when nobody who wrote the field knew it.
func (s *story) concurrent(n int, field string, all set) (must, may bool) {
	e := s.edits[n]
	must = s.winner(field, all) != e
	for m := range all.each() {
		other := s.edits[m]
		if _, sets := other.values[field]; !sets || other == e {
			continue
		}
		if other.past.has(n) {
			must = false
		} else if !e.past.has(m) && beats(field, other, e) || other.cut || e.cut {
			may = true
		}
	}
	return must, may
}

// judgeConflict looks for the record that stands for a listing.
func (w *world) judgeConflict(s *story, d *disk, l record.Lost, e *edit) {
	c := load(d, place{s.scope, record.Key{Kind: record.ConflictKind, ID: l.ID}})
	switch {
	case c == nil:
		w.fault(Hidden, "%s on %s: nobody is told that %s by %s was dropped", s.place, d.name, l.Field, e.by)
	case c.Get("subject").ID() != s.key.ID || c.Get("field").Text() != l.Field || c.Get("at").Int() != e.stamp.HLC.Time().UnixMilli():
		w.fault(Hidden, "%s on %s: people are told something else than that %s by %s was dropped", s.place, d.name, l.Field, e.by)
	}
}

// judgeRequest: whoever reads that a request was accepted has what it did.
func (w *world) judgeRequest(s *story, all set) {
	if s.key.Kind != kindRequest {
		return
	}
	answer := s.winner("state", all)
	if answer == nil || answer.values["state"].Text() != accepted {
		return
	}
	if did := w.effects[answer]; !w.survivors(w.oracle.story(did.target)).has(did.number) {
		w.fault(Requests, "%s was accepted, and edit #%d of %s is nowhere", s.place, did.number, did.target)
	}
}

// judgeClones: a hub of one process meets both boxes. Two replicas may each serve one of them.
func (w *world) judgeClones() {
	for _, site := range w.sites {
		boxes := 0
		for _, p := range w.edges {
			if p.site == site {
				boxes++
			}
		}
		if e := w.hubs[0].ends[site]; boxes > 1 && len(w.hubs) == 1 && (e == nil || e.machine.Status(w.hubs[0].clock()).State != link.Cloned) {
			w.fault(Clones, "%d boxes of site %s", boxes, site.String()[:4])
		}
	}
}

// judgeForeign: what could not be merged is kept aside, or was never there.
func (w *world) judgeForeign() {
	for _, p := range w.edges {
		scope := feed.SiteScope(p.site)
		for _, d := range []*disk{w.hub, p.disk} {
			for _, r := range look(w, d, foreign(scope)) {
				for _, other := range []*disk{w.hub, p.disk} {
					if load(other, place{scope, r}) == nil && !slices.Contains(look(w, other, parked(scope)), r) {
						w.fault(Poison, "%s %s of %s is neither on %s nor kept aside", r.Kind, r.ID, d.name, other.name)
					}
				}
			}
		}
	}
}

func foreign(scope feed.Scope) func(feed.Tx) ([]record.Key, error) {
	return func(tx feed.Tx) (out []record.Key, err error) {
		err = feed.ByKind(tx, scope, kindForeign, func(r record.Record) (bool, error) {
			out = append(out, r.Key())
			return true, nil
		})
		return out, err
	}
}

func parked(scope feed.Scope) func(feed.Tx) ([]record.Key, error) {
	return func(tx feed.Tx) (out []record.Key, err error) {
		err = feed.EachParked(tx, scope, func(p feed.Parked) (bool, error) {
			r, err := record.Decode(p.Data)
			out = append(out, r.Key())
			return true, err
		})
		return out, err
	}
}

// goneWith counts the edits that stand on no other disk, and not in the copy that is put back.
func (o *oracle) goneWith(d *disk, disks []*disk, b backup) (gone int) {
	for _, s := range o.order {
		held := d.stands[s.place]
		rest := b.stands[s.place]
		for _, other := range disks {
			if other != d {
				rest = rest.union(other.stands[s.place])
			}
		}
		for n := range held.each() {
			if !rest.has(n) {
				gone++
			}
		}
	}
	return gone
}
