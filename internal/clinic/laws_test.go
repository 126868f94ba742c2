package clinic_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// fork is the same site on another disk, which goes its own way from here.
func (c *crowd) fork(writer record.Writer) *crowd {
	c.t.Helper()
	other := &crowd{site: newSite(c.t), pick: c.pick, gurujis: c.gurujis,
		entries: slices.Clone(c.entries), actions: slices.Clone(c.actions), booked: slices.Clone(c.booked)}
	other.records, other.his, other.undos = maps.Clone(c.records), maps.Clone(c.his), maps.Clone(c.undos)
	other.clinic, other.now, other.made, other.writer = c.clinic, c.now, c.made+uint64(writer)<<40, writer
	other.begin()
	return other
}

// merged is what a node holds that hears of these states in this order.
func merged(t testing.TB, states []record.Record) map[record.Key]record.Record {
	t.Helper()
	held := map[record.Key]record.Record{}
	for i := range states {
		key := states[i].Key()
		mine, known := held[key]
		if !known {
			held[key] = states[i]
			continue
		}
		both, _, err := record.Merge(clinic.Schema, &mine, &states[i])
		if err != nil {
			t.Fatal(err)
		}
		held[key] = both
	}
	return held
}

func TestTwoDisksThatPartedAgreeInWhateverOrderTheyMeet(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newCrowd(t, 2, drawn(rt))
		for range rapid.IntRange(1, 20).Draw(rt, "together") {
			c.step()
		}
		d := c.fork(8)
		for range rapid.IntRange(1, 20).Draw(rt, "apart") {
			c.step()
			d.step()
		}
		var states []record.Record
		for _, one := range []*crowd{c, d} {
			for _, change := range one.history {
				states = append(states, *change.After) // also those that were replaced since
			}
		}
		// Two clones give the same number twice, which this test is not about: the queue must only be the same.
		slices.SortFunc(states, func(a, b record.Record) int { return cmpText(a.Kind+a.ID.String(), b.Kind+b.ID.String()) })
		now := c.clinic
		if d.clinic.After(now) {
			now = d.clinic
		}
		var want string
		for try := range 2 {
			order := rapid.Permutation(states).Draw(rt, fmt.Sprint("order ", try))
			order = append(order, order[:rapid.IntRange(0, len(order)).Draw(rt, fmt.Sprint("repeated ", try))]...)
			day := clinic.NewDay(siteID, c.day.ServiceDay())
			for _, r := range merged(t, order) {
				day.Apply(nil, &r)
			}
			got := told(t, day, c.gurujis, now)
			if try > 0 && got != want {
				rt.Fatal(cmp.Diff(want, got))
			}
			want = got
		}
	})
}

func TestTwoGurujisOfAThousandNextsEachCallEverybodyOnce(t *testing.T) {
	const each = 1000
	s := newSite(t)
	gurujis := []guru{s.guruji("Madhavnath"), s.guruji("Vasudev")}
	waiting := map[record.ID]bool{}
	for range 2 * each {
		edit := record.Edit{Kind: clinic.KindEntry, ID: s.id(), Day: s.day.ServiceDay(), Set: map[string]record.Value{
			"status": record.Text("waiting"), "guruji": record.IDValue(gurujis[len(waiting)%2].id), "token": record.Text(fmt.Sprintf("A%03d", len(waiting)+1)),
			"checkedInAt": record.TimeValue(s.clinic.Add(time.Duration(len(waiting)) * time.Second))}}
		s.commit([]record.Edit{edit})
		waiting[edit.ID] = true
	}
	s.pass(time.Hour)
	for i := range 2 * each {
		next := do[clinic.EntryAnswer](s, gurujis[i%2].actor, "queue.call_next", clinic.CallNext{})
		if !waiting[next.Entry] {
			t.Fatalf("%s was called twice", next.Token)
		}
		delete(waiting, next.Entry)
	}
	if len(waiting) != 0 {
		t.Errorf("%d were never called", len(waiting))
	}
	for _, g := range gurujis {
		refused(s, g.actor, clinic.CodeNotFound, "queue.call_next", clinic.CallNext{})
	}
}

// ledger promises token numbers as the file beside a store does: it survives whatever happens to the store.
type ledger struct {
	epoch int
	last  map[string]int // series -> greatest number promised today
}

func (l *ledger) serve(s *site) {
	s.reserve = func(needed *clinic.TokensNeeded) {
		from := max(l.last[needed.Series], s.day.HighestToken(needed.Series, l.epoch)) + 1
		l.last[needed.Series] = from + max(needed.Count, 20) - 1
		s.day.Tokens[needed.Series] = clinic.TokenRange{Epoch: l.epoch, Next: from, Last: l.last[needed.Series]}
	}
}

func TestTenThousandCheckInsCancelsAndRestartsGiveNoTokenTwice(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 3))
	c := newCrowd(t, 3, random.IntN)
	l := &ledger{epoch: 1, last: map[string]int{}}
	l.serve(c.site)
	given := map[string]bool{}
	var backup map[record.Key]record.Record
	restarts, restores := 0, 0
	for i := range 10_000 {
		c.pass(time.Second)
		switch n := random.IntN(1000); {
		case n < 8: // kill -9: the records stay, what was reserved is lost
			c.begin()
			restarts++
		case n < 10 && backup != nil: // an old copy of the disk on another box: the next series
			c.records, c.his = maps.Clone(backup), map[record.Key]record.HLC{}
			l.epoch, l.last = l.epoch+1, map[string]int{}
			c.begin()
			restores++
		case n < 14:
			backup = maps.Clone(c.records)
		case n < 400 && len(c.entries) > 0:
			data := clinic.EntryMove{Entry: c.anyEntry()}
			_, _ = c.act(desk, clinic.Command{Type: "queue.cancel", Data: encode(t, data), Saw: c.saw(data)})
		default:
			answer, err := c.act(desk, clinic.Command{Type: "queue.check_in", Data: encode(t, clinic.CheckIn{Guruji: c.anyGuruji()})})
			if err != nil {
				t.Fatalf("check-in %d: %v", i, err)
			}
			in := answer.(clinic.CheckInAnswer)
			if given[in.Token] {
				t.Fatalf("%s was given twice", in.Token)
			}
			given[in.Token] = true
			c.entries = append(c.entries, in.Entry)
		}
	}
	if len(given) < 5_000 || restarts < 20 || restores < 3 {
		t.Errorf("%d tokens, %d restarts and %d restores show little", len(given), restarts, restores)
	}
}
