package simulation

import (
	"errors"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	pending  = "pending"
	accepted = "accepted"
	refused  = "refused"
)

// effect is what an accepted request did: an edit of its target.
type effect struct {
	target place
	number int
}

// changed hears of every committed change of a record.
func (w *world) changed(p *process, c *feed.Change) {
	w.tracef(p.name, "holds %s at %s %d", place{c.Scope, c.After.Key()}, short(c.Scope), c.Seq)
	if c.After.Kind == kindRequest && !p.isHub() && c.After.Get("state").Text() == pending {
		key := c.After.Key()
		p.later(p.upTo(diskTime), func() { p.answer(key) })
	}
}

func short(s feed.Scope) string {
	if len(s) > 9 {
		return string(s[:9])
	}
	return string(s)
}

// resumeRequests takes up those that waited when the last run ended.
func (p *process) resumeRequests() {
	if p.isHub() {
		return
	}
	_ = p.disk.view(func(tx feed.Tx) error {
		return feed.ByKind(tx, feed.SiteScope(p.site), kindRequest, func(r record.Record) (bool, error) {
			if r.Get("state").Text() == pending {
				key := r.Key()
				p.later(p.upTo(diskTime), func() { p.answer(key) })
			}
			return true, nil
		})
	})
}

var errAnswered = errors.New("there is nothing to answer")

// reply is how a node deals with a request: what it did, if anything, and what it told.
type reply struct {
	did, told     record.Edit
	done, outcome feed.Change
	refused       bool
}

// answer does what the centre asked for, and writes how it went, in one transaction.
func (p *process) answer(key record.Key) {
	scope := feed.SiteScope(p.site)
	var r reply
	err := p.store.update(func(tx feed.Tx) (err error) {
		r, err = p.reply(tx, scope, key)
		return err
	}, func() { p.answered(scope, key, r) })
	if errors.Is(err, errFull) {
		p.later(time.Second, func() { p.answer(key) })
	}
	p.settle()
}

func (p *process) reply(tx feed.Tx, scope feed.Scope, key record.Key) (r reply, err error) {
	request, _, ok, err := feed.Load(tx, scope, key)
	if err != nil {
		return r, err
	}
	if !ok || request.Get("state").Text() != pending {
		return r, errAnswered
	}
	r.told = record.Edit{Kind: kindRequest, ID: key.ID, Set: map[string]record.Value{"state": record.Text(accepted)}}
	r.did = record.Edit{Kind: kindEntry, ID: request.Get("target").ID(), Set: map[string]record.Value{"text": request.Get("text")}}
	_, _, held, err := feed.Load(tx, scope, record.Key{Kind: kindEntry, ID: r.did.ID})
	if err != nil {
		return r, err
	}
	if r.refused = !held; r.refused {
		r.told.Set["state"] = record.Text(refused)
	} else if r.done, err = p.rules.Edit(tx, scope, r.did, p.clock()); err != nil {
		return r, err
	} else if r.told.Set["outcome"], err = pack(p.carried(&r.done.After)); err != nil {
		return r, err
	}
	r.outcome, err = p.rules.Edit(tx, scope, r.told, p.clock())
	return r, err
}

// answered tells the oracle.
func (p *process) answered(scope feed.Scope, key record.Key, r reply) {
	if r.refused {
		p.store.edited(r.told, &r.outcome)
		return
	}
	p.store.edited(r.did, &r.done)
	target := place{scope, r.done.After.Key()}
	if part := p.carried(&r.done.After); p.off.Effects {
		p.oracle.learn(scope, &part, set{}.with(len(p.oracle.story(target).edits)-1))
	}
	p.store.edited(r.told, &r.outcome)
	p.remember(place{scope, key}, target)
}

// remember keeps which edit an answer speaks of: both are the last of their stories.
func (w *world) remember(request, target place) {
	last := w.oracle.story(request).edits
	w.effects[last[len(last)-1]] = effect{target, len(w.oracle.story(target).edits) - 1}
}

// carried is what an outcome brings: the whole record, or with that rule off the field that was set, alone.
func (p *process) carried(r *record.Record) record.Record {
	if !p.off.Effects {
		return *r
	}
	at := r.StampOf("text")
	part := record.Record{Kind: r.Kind, ID: r.ID, Day: r.Day, Fields: []record.Field{{Name: "text", Value: r.Get("text")}}}
	for _, s := range r.Stamps {
		if s.Stamp == at {
			part.Stamps = []record.StampSeen{s}
		}
	}
	return part
}

func pack(r record.Record) (record.Value, error) {
	data, err := record.EncodeBatch([]record.Record{r})
	return record.Bytes(data), err
}

// effects are the whole records that the answer to a request carries.
func effects(r *record.Record) []record.Record {
	data := r.Get("outcome").Bytes()
	if r.Kind != kindRequest || len(data) == 0 {
		return nil
	}
	records, err := record.DecodeBatch(data, record.DefaultLimits)
	if err != nil {
		return nil
	}
	return records
}
