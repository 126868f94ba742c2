package commit_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/record"
)

func TestAFailedCommitLeavesTheDayAsItWas(t *testing.T) {
	g := &gate{Store: &feedtest.Memory{}}
	n := begin(t, g, t.TempDir())
	guruji := n.guruji("Ananda")
	for range 3 {
		n.checkIn(guruji)
	}
	before := n.picture()
	g.set(func(g *gate) { g.fail = true })
	batch := []api.Action{
		action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji}),
		action(newID(), "queue.call_next", clinic.CallNext{Guruji: guruji.Guruji}),
		action(newID(), "guruji.set_availability", clinic.SetAvailability{Guruji: guruji.Guruji, Availability: clinic.Off}),
		action(newID(), "setting.update", map[string]any{"name": "timezone", "value": "Europe/Paris"}),
	}
	results, err := n.Act(t.Context(), admin, batch)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if r.Status != api.Rejected || !r.Error.Retryable || r.ID != batch[i].ID {
			t.Errorf("%s: %+v, %v", batch[i].Type, r, r.Error)
		}
	}
	if diff := cmp.Diff(before, n.picture()); diff != "" {
		t.Errorf("readers see what never was: %s", diff)
	}
	if n.Healthy() == nil {
		t.Error("the node calls itself healthy")
	}

	g.set(func(g *gate) { g.fail = false })
	called := do[clinic.EntryAnswer](n, guruji, "queue.call_next", clinic.CallNext{})
	if called.Token != "A001" {
		t.Errorf("called %s: the day that commands are decided on kept a call that failed", called.Token)
	}
	if err := n.Healthy(); err != nil {
		t.Errorf("the node did not recover: %v", err)
	}
	if token := n.checkIn(guruji).Token; token <= "A003" {
		t.Errorf("token %s was given before", token)
	}
}

func TestACommitThatFailedAndIsThereIsShownAfterAll(t *testing.T) {
	g := &gate{Store: &feedtest.Memory{}}
	var mu sync.Mutex
	var heard []feed.Seq
	n := beginWith(t, g, t.TempDir(), []func(commit.Committed){func(c commit.Committed) {
		mu.Lock()
		defer mu.Unlock()
		for _, change := range c.Changes {
			if change.Scope == scope {
				heard = append(heard, change.Seq)
			}
		}
	}})
	guruji := n.guruji("Ananda")
	in := action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji})
	g.set(func(g *gate) { g.lie = true })
	if r := n.act(desk, in); r.Status != api.Rejected || !r.Error.Retryable {
		t.Fatalf("got %+v", r)
	}
	g.set(func(g *gate) { g.lie = false })
	again := n.act(desk, in)
	if again.Status != api.Duplicate {
		t.Errorf("the action is on disk, and its repeat is %s", again.Status)
	}
	if token := dataOf[clinic.CheckInAnswer](t, again).Token; !strings.Contains(n.picture(), token) {
		t.Errorf("%s is on disk and not shown", token)
	}
	if token := n.checkIn(guruji).Token; token != "A002" {
		t.Errorf("the next token is %s", token)
	}
	n.stop()
	mu.Lock()
	defer mu.Unlock()
	for i, seq := range heard {
		if seq != feed.Seq(i+1) {
			t.Fatalf("hooks heard %v: a hole", heard)
		}
	}
}

func TestAPoisonousCommandFailsAlone(t *testing.T) {
	g := &gate{Store: &feedtest.Memory{}}
	n := begin(t, g, t.TempDir())
	guruji := n.guruji("Ananda")
	var batch []api.Action
	for range 9 {
		batch = append(batch, action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji}))
	}
	bad, err := record.ParseID(batch[4].ID)
	if err != nil {
		t.Fatal(err)
	}
	g.set(func(g *gate) { g.poison = bad[:] })
	results, err := n.Act(t.Context(), desk, batch)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		want, code := api.Applied, ""
		if i == 4 {
			want, code = api.Rejected, string(clinic.CodeInternal)
		}
		if r.Status != want || r.Error != nil && r.Error.Code != code {
			t.Errorf("action %d: %s, %v", i, r.Status, r.Error)
		}
	}
	var waiting int
	n.Day(site, func(d *clinic.Day) { waiting = len(d.Order(guruji.Guruji)) })
	if waiting != 8 {
		t.Errorf("%d wait, want 8", waiting)
	}
}

func TestManyPoisonousCommandsFailAlone(t *testing.T) {
	g := &gate{Store: &feedtest.Memory{}, inside: make(chan struct{}, 100)}
	n := begin(t, g, t.TempDir())
	guruji := n.guruji("Ananda")
	hold := make(chan struct{})
	g.set(func(g *gate) { g.hold = hold })
	var all sync.WaitGroup
	all.Go(func() { n.checkIn(guruji) })
	<-g.inside
	var failed, applied [20]bool
	for i := range 20 {
		all.Go(func() {
			if i%2 == 0 {
				err := n.Write(t.Context(), func(w *commit.Writer) error {
					if _, err := w.Edit(local, record.Edit{Kind: "note", ID: newID(), Set: map[string]record.Value{"text": record.Text("half")}}); err != nil {
						return err
					}
					panic("a bug")
				})
				failed[i] = err != nil
				return
			}
			r := n.act(desk, action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji}))
			applied[i] = r.Status == api.Applied
		})
	}
	eventually(t, "all wait", func() bool { return n.Waiting() == 20 })
	g.set(func(g *gate) { g.hold = nil })
	close(hold)
	all.Wait()
	for i := range 20 {
		if i%2 == 0 && !failed[i] || i%2 == 1 && !applied[i] {
			t.Errorf("task %d: failed %v, applied %v", i, failed[i], applied[i])
		}
	}
	notes := 0
	n.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, local, "note", func(record.Record) (bool, error) { notes++; return true, nil })
	})
	if notes != 0 {
		t.Errorf("%d halves of failed writes are on disk", notes)
	}
}

func TestADiskThatCannotBeReadMayBeAskedAgain(t *testing.T) {
	g := &gate{Store: &feedtest.Memory{}}
	n := begin(t, g, t.TempDir())
	guruji := n.guruji("Ananda")
	var batch []api.Action
	for range 6 {
		batch = append(batch, action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji}))
	}
	send := func(status string) {
		t.Helper()
		results, err := n.Act(t.Context(), desk, batch)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range results {
			if r.Status != status || r.Error != nil && !r.Error.Retryable {
				t.Errorf("action %d: %s, %v", i, r.Status, r.Error)
			}
		}
	}
	g.set(func(g *gate) { g.blind = true })
	send(api.Rejected)
	g.set(func(g *gate) { g.blind = false })
	send(api.Applied)
}

func TestAFullQueueSaysSo(t *testing.T) {
	g := &gate{Store: &feedtest.Memory{}, inside: make(chan struct{}, 100)}
	n := begin(t, g, t.TempDir())
	guruji := n.guruji("Ananda")
	hold := make(chan struct{})
	g.set(func(g *gate) { g.hold = hold })
	var all sync.WaitGroup
	var mu sync.Mutex
	var refused, taken int
	send := func() {
		results, err := n.Act(t.Context(), desk, []api.Action{action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji})})
		mu.Lock()
		defer mu.Unlock()
		switch p := api.ProblemOf(err); {
		case err == nil && results[0].Status == api.Applied:
			taken++
		case p.Code == string(clinic.CodeUnavailable) && p.Retryable:
			refused++
		default:
			t.Errorf("%v, %v", results, err)
		}
	}
	all.Go(send)
	<-g.inside
	for range 1200 {
		all.Go(send)
	}
	eventually(t, "the queue is full and somebody was told", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return refused == 1200-1024
	})
	g.set(func(g *gate) { g.hold = nil })
	close(hold)
	all.Wait()
	if taken != 1025 {
		t.Errorf("%d taken, want 1025", taken)
	}
}
