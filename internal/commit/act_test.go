package commit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/record"
)

func TestEachOfAGroupGetsItsOwnResult(t *testing.T) {
	g := &gate{Store: &feedtest.Memory{}, inside: make(chan struct{}, 100)}
	n := begin(t, g, t.TempDir())
	guruji := n.guruji("Ananda")
	hold := make(chan struct{})
	g.set(func(g *gate) { g.hold = hold })
	first := make(chan struct{})
	go func() { defer close(first); n.checkIn(guruji) }()
	<-g.inside // that commit waits; all others gather behind it
	before := g.updates.Load()

	const writers = 60
	results := make([]api.Result, writers)
	var sent sync.WaitGroup
	for i := range writers {
		sent.Go(func() {
			a := action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji})
			if i%3 == 0 {
				a.Type = "queue.dance"
			}
			results[i] = n.act(desk, a)
		})
	}
	eventually(t, "all wait", func() bool { return n.Waiting() == writers })
	g.set(func(g *gate) { g.hold = nil })
	close(hold)
	sent.Wait()
	<-first

	if got := g.updates.Load() - before; got != 1 {
		t.Errorf("%d transactions for %d waiting actions, want 1", got, writers)
	}
	tokens := map[string]bool{}
	for i, r := range results {
		want := api.Applied
		if i%3 == 0 {
			want = api.Rejected
		}
		if r.Status != want {
			t.Errorf("action %d is %s, want %s: %v", i, r.Status, want, r.Error)
		}
		if want == api.Applied {
			tokens[dataOf[clinic.CheckInAnswer](t, r).Token] = true
		}
	}
	if len(tokens) != writers-writers/3 {
		t.Errorf("%d different tokens for %d people", len(tokens), writers-writers/3)
	}
}

func TestABatchIsJudgedOneByOneInOrder(t *testing.T) {
	n := start(t)
	guruji := n.guruji("Ananda")
	results, err := n.Act(t.Context(), desk, []api.Action{
		action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji}),
		{ID: "not an id", Type: "queue.call_next", Data: json.RawMessage(`{}`)},
		{ID: newID().String(), Type: "queue.call_next", At: "noon", Data: json.RawMessage(`{}`)},
		action(newID(), "queue.call_next", clinic.CallNext{Guruji: guruji.Guruji}),
		action(newID(), "queue.call_next", clinic.CallNext{Guruji: guruji.Guruji}),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range results {
		text := r.Status
		if r.Error != nil {
			text += " " + r.Error.Code
		}
		got = append(got, text)
	}
	want := []string{"applied", "rejected invalid", "rejected invalid", "applied", "rejected " + results[4].Error.Code}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if results[1].ID != "not an id" {
		t.Errorf("the id came back as %q", results[1].ID)
	}
	if called := dataOf[clinic.EntryAnswer](t, results[3]); called.Token != "A001" {
		t.Errorf("the second action did not see the first: called %q", called.Token)
	}
}

func TestARepeatGetsTheFirstAnswer(t *testing.T) {
	dir, store := t.TempDir(), &feedtest.Memory{}
	n := begin(t, store, dir)
	guruji := n.guruji("Ananda")
	in := action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji})
	refused := action(newID(), "queue.recall", clinic.EntryMove{Entry: newID()})
	first, no := n.act(desk, in), n.act(desk, refused)
	// Something happens in between, so that an answer made anew would differ.
	do[clinic.EntryAnswer](n, guruji, "queue.call_next", clinic.CallNext{})
	n.stop()

	n = begin(t, store, dir)
	again, noAgain := n.act(desk, in), n.act(desk, refused)
	if again.Status != api.Duplicate || again.Seq != first.Seq {
		t.Errorf("the repeat is %s at %d, the first was at %d", again.Status, again.Seq, first.Seq)
	}
	if diff := cmp.Diff(dataOf[clinic.CheckInAnswer](t, first), dataOf[clinic.CheckInAnswer](t, again)); diff != "" {
		t.Error(diff)
	}
	if noAgain.Status != api.Duplicate || noAgain.Error == nil || noAgain.Error.Code != no.Error.Code {
		t.Errorf("the repeat of a refusal is %s, %v; the first said %v", noAgain.Status, noAgain.Error, no.Error)
	}
	in.Data = json.RawMessage(strings.ReplaceAll(string(in.Data), ":", " : "))
	if r := n.act(desk, in); r.Status != api.Duplicate {
		t.Errorf("white space made it another action: %v", r.Error)
	}
}

func TestARepeatIsKnownFromTheRecordsWhenItsRowIsLost(t *testing.T) {
	n := start(t)
	guruji := n.guruji("Ananda")
	in := action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji})
	first := n.act(desk, in)
	dropRows(t, n)

	again := n.act(desk, in)
	if again.Status != api.Duplicate || dataOf[clinic.CheckInAnswer](t, again).Token != dataOf[clinic.CheckInAnswer](t, first).Token {
		t.Errorf("got %+v, first was %+v", again, first)
	}
	other := clinic.Actor{ID: "other", Role: clinic.RoleCoordinator}
	if r := n.act(other, in); r.Error == nil || r.Error.Code != string(clinic.CodeIDTaken) {
		t.Errorf("another author took the id: %+v", r)
	}
}

func TestAPersonalAnswerIsNotKeptAndMadeAgain(t *testing.T) {
	n := start(t)
	person := newID()
	if r := n.act(desk, action(person, "person.register", map[string]string{"name": "Asha Rahulkar"})); r.Status != api.Applied {
		t.Fatalf("%+v", r)
	}
	export := action(newID(), "person.export", map[string]record.ID{"person": person})
	first := n.act(admin, export)
	if first.Status != api.Applied || !strings.Contains(string(jsonOf(t, first.Data)), "Asha Rahulkar") {
		t.Fatalf("%+v", first)
	}
	err := n.store.View(func(tx feed.Tx) error {
		return tx.Scan([]byte("ck"), []byte("cl"), func(_, row []byte) (bool, error) {
			if bytes.Contains(row, []byte("Asha Rahulkar")) {
				t.Error("an idempotency row holds the person")
			}
			return true, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if again := n.act(admin, export); again.Status != api.Duplicate || !strings.Contains(string(jsonOf(t, again.Data)), "Asha Rahulkar") {
		t.Errorf("the repeat got %+v", again)
	}
}

func jsonOf(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// dropRows forgets what a restore to an older backup forgets: the idempotency rows of this node.
func dropRows(t *testing.T, n *node) {
	t.Helper()
	err := n.store.Update(func(tx feed.Tx) error {
		var keys [][]byte
		err := tx.Scan([]byte("ck"), []byte("cl"), func(key, _ []byte) (bool, error) {
			keys = append(keys, append([]byte{}, key...))
			return true, nil
		})
		for _, key := range keys {
			if err := tx.Delete(key); err != nil {
				return err
			}
		}
		if len(keys) == 0 {
			t.Error("there were no rows to drop")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheSameIDWithOtherContentIsRefused(t *testing.T) {
	n := start(t)
	a, b := n.guruji("Ananda"), n.guruji("Bodhi")
	id := newID()
	first := n.act(desk, action(id, "queue.check_in", clinic.CheckIn{Guruji: a.Guruji}))
	for _, other := range []api.Action{
		action(id, "queue.check_in", clinic.CheckIn{Guruji: b.Guruji}),
		action(id, "queue.call_next", clinic.CheckIn{Guruji: a.Guruji}),
	} {
		if r := n.act(desk, other); r.Status != api.Rejected || r.Error.Code != string(clinic.CodeIDReused) {
			t.Errorf("%s: %s, %v", other.Type, r.Status, r.Error)
		}
	}
	if r := n.act(desk, action(id, "queue.check_in", clinic.CheckIn{Guruji: a.Guruji})); r.Seq != first.Seq || r.Status != api.Duplicate {
		t.Errorf("the first answer was lost: %+v", r)
	}
}

func TestARefusalThatMayPassIsNotKept(t *testing.T) {
	g := &gate{Store: &feedtest.Memory{}}
	n := begin(t, g, t.TempDir())
	guruji := n.guruji("Ananda")
	in := action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji})
	g.set(func(g *gate) { g.fail = true })
	if r := n.act(desk, in); r.Status != api.Rejected || r.Error.Code != string(clinic.CodeUnavailable) || !r.Error.Retryable {
		t.Fatalf("on a broken disk: %s, %v", r.Status, r.Error)
	}
	g.set(func(g *gate) { g.fail = false })
	if r := n.act(desk, in); r.Status != api.Applied {
		t.Errorf("after the disk came back: %s, %v", r.Status, r.Error)
	}
}

func TestUndoPutsBackWhatTheActionChanged(t *testing.T) {
	n := start(t)
	guruji := n.guruji("Ananda")
	entry := n.checkIn(guruji).Entry
	before := n.picture()
	call := newID()
	if r := n.act(guruji, action(call, "queue.call_next", clinic.CallNext{})); r.Status != api.Applied {
		t.Fatal(r.Error)
	}
	undo := func(actor clinic.Actor) api.Result {
		return n.act(actor, action(newID(), "queue.undo", clinic.UndoData{Entry: entry, Action: call}))
	}
	n.real.advance(9 * time.Second)
	// A coordinator takes back what a guruji did, so the row is found under another actor than the one who asks.
	if r := undo(desk); r.Status != api.Applied {
		t.Fatalf("undo: %v", r.Error)
	}
	if got := status(t, n, entry); got.Name != clinic.StatusWaiting || got.Generation == 0 {
		t.Errorf("after the undo: %+v", got)
	}
	if r := undo(desk); r.Status != api.Rejected {
		t.Errorf("a second undo was %s", r.Status)
	}
	if before == n.picture() {
		t.Error("an undo begins a new generation, and the picture shows none")
	}
}

func TestUndoComesTooLate(t *testing.T) {
	n := start(t)
	guruji := n.guruji("Ananda")
	entry := n.checkIn(guruji).Entry
	call := newID()
	n.act(guruji, action(call, "queue.call_next", clinic.CallNext{}))
	n.real.advance(11 * time.Second)
	if r := n.act(guruji, action(newID(), "queue.undo", clinic.UndoData{Entry: entry, Action: call})); r.Status != api.Rejected {
		t.Errorf("after 11 seconds: %s", r.Status)
	}
	if got := status(t, n, entry); got.Name != clinic.StatusCalled {
		t.Errorf("after the refusal: %+v", got)
	}
}

// status is the shown status of an entry in the store.
func status(t *testing.T, n *node, entry record.ID) record.Status {
	t.Helper()
	r := load(t, n, scope, clinic.KindEntry, entry)
	return clinic.Schema.Shown(&r)
}

func load(t *testing.T, n *node, in feed.Scope, kind string, id record.ID) (r record.Record) {
	t.Helper()
	err := n.View(func(tx feed.Tx) (err error) {
		var ok bool
		if r, _, ok, err = feed.Load(tx, in, record.Key{Kind: kind, ID: id}); err == nil && !ok {
			err = fmt.Errorf("%s %s is not in %s", kind, id, in)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestHooksHearCommitsInOrder(t *testing.T) {
	var n *node
	var heads []feed.Seq
	var seen, wrong int
	hook := func(c commit.Committed) {
		for _, change := range c.Changes {
			if change.Scope != scope {
				continue
			}
			seen++
			if len(heads) > 0 && change.Seq <= heads[len(heads)-1] {
				wrong++
			}
			heads = append(heads, change.Seq)
		}
		if head, ok := c.Heads[scope]; ok && head.Seq != heads[len(heads)-1] {
			wrong++
		}
	}
	n = startWith(t, hook)
	guruji := n.guruji("Ananda")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				n.checkIn(guruji)
			}
		})
	}
	all.Wait()
	n.stop()
	if seen == 0 || wrong != 0 {
		t.Errorf("%d changes, %d out of order", seen, wrong)
	}
}

func TestAfterTheEndNothingIsTaken(t *testing.T) {
	n := start(t)
	n.stop()
	_, err := n.Act(t.Context(), desk, []api.Action{action(newID(), "queue.call_next", clinic.CallNext{})})
	if p := api.ProblemOf(err); p.Code != string(clinic.CodeUnavailable) || !p.Retryable {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerThatWasLostIsGivenAgain(t *testing.T) {
	g := &gate{Store: &feedtest.Memory{}, inside: make(chan struct{}, 10)}
	dir := t.TempDir()
	n := begin(t, g, dir)
	guruji := n.guruji("Ananda")
	in := action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji})
	hold := make(chan struct{})
	g.set(func(g *gate) { g.hold = hold })
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error, 1)
	go func() {
		_, err := n.Act(ctx, desk, []api.Action{in})
		answered <- err
	}()
	<-g.inside
	cancel() // the client is gone between the commit and the answer
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Errorf("the lost call returned %v", err)
	}
	g.set(func(g *gate) { g.hold = nil })
	close(hold)
	n.stop()

	n = begin(t, g, dir)
	again := n.act(desk, in)
	if token := dataOf[clinic.CheckInAnswer](t, again).Token; again.Status != api.Duplicate || token != "A001" {
		t.Errorf("the repeat is %s with %s", again.Status, token)
	}
	var waiting int
	n.Day(site, func(d *clinic.Day) { waiting = len(d.Order(guruji.Guruji)) })
	if waiting != 1 {
		t.Errorf("%d wait, want 1: the action was applied twice", waiting)
	}
}
