package commit_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
)

// copyFile copies a file as an operator would.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func onMachine(name string) setting { return func(o *commit.Options) { o.Machine = name } }

func TestARestartNeverGivesANumberTwice(t *testing.T) {
	dir, store := t.TempDir(), &feedtest.Memory{}
	n := begin(t, store, dir)
	guruji := n.guruji("Ananda")
	for range 3 {
		n.checkIn(guruji)
	}
	n.stop()
	n = begin(t, store, dir)
	if got := n.checkIn(guruji).Token; got != "A021" {
		t.Errorf("after a restart %s, want A021: what was reserved and not given is lost, no more", got)
	}
}

func TestARestoredStoreOnTheSameBoxGoesOnBehindTheFile(t *testing.T) {
	dir, store := t.TempDir(), &feedtest.Memory{}
	n := begin(t, store, dir)
	guruji := n.guruji("Ananda")
	n.checkIn(guruji)
	backup := store.Snapshot()
	for range 30 {
		n.checkIn(guruji)
	}
	n.stop()
	store.Restore(backup)
	n = begin(t, store, dir)
	if got := n.checkIn(guruji).Token; got != "A041" {
		t.Errorf("after the restore %s, want A041", got)
	}
}

func TestARestoredStoreOnAnotherBoxTakesTheNextSeries(t *testing.T) {
	for _, with := range []string{"no token file", "a copied token file"} {
		t.Run(with, func(t *testing.T) {
			dir, store := t.TempDir(), &feedtest.Memory{}
			n := begin(t, store, dir)
			guruji := n.guruji("Ananda")
			n.checkIn(guruji)
			backup := store.Snapshot()
			n.stop()

			box, elsewhere := t.TempDir(), &feedtest.Memory{}
			elsewhere.Restore(backup)
			if with == "a copied token file" {
				copyFile(t, filepath.Join(dir, "tokens"), filepath.Join(box, "tokens"))
			}
			n = begin(t, elsewhere, box, onMachine("old pc"))
			if got := n.checkIn(guruji).Token; got != "A2-001" {
				t.Errorf("on the other box %s, want A2-001", got)
			}
			n.stop()
			n = begin(t, elsewhere, box, onMachine("old pc"))
			if got := n.checkIn(guruji).Token; got != "A2-021" {
				t.Errorf("after a restart there %s, want A2-021", got)
			}
		})
	}
}

func TestAReplacedBoxTakesTheNextSeries(t *testing.T) {
	n := start(t, func(o *commit.Options) { o.Replaced = true })
	if got := n.checkIn(n.guruji("Ananda")).Token; got != "A2-001" {
		t.Errorf("got %s, want A2-001", got)
	}
}

func TestTokensWaitForTheirDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	n := begin(t, &feedtest.Memory{}, dir)
	guruji := n.guruji("Ananda")
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	in := action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji})
	if r := n.act(desk, in); r.Status != api.Rejected || r.Error.Code != string(clinic.CodeUnavailable) || !r.Error.Retryable {
		t.Errorf("without the disk: %s, %v", r.Status, r.Error)
	}
	if n.Healthy() == nil {
		t.Error("a node that can give no token calls itself healthy")
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	r := n.act(desk, in)
	if token := dataOf[clinic.CheckInAnswer](t, r).Token; r.Status != api.Applied || token != "A001" {
		t.Errorf("when the disk is back: %s, %s, %v", r.Status, token, r.Error)
	}
	if err := n.Healthy(); err != nil {
		t.Errorf("when the disk is back: %v", err)
	}
}

func TestEachSeriesCountsForItself(t *testing.T) {
	n := start(t)
	a, b := n.guruji("Ananda"), n.guruji("Bodhi")
	got := []string{n.checkIn(a).Token, n.checkIn(b).Token, n.checkIn(a).Token}
	if got[0] != "A001" || got[1] != "B001" || got[2] != "A002" {
		t.Errorf("got %v", got)
	}
}

func TestTheTurnOfTheDayClosesWhatIsOpen(t *testing.T) {
	n := start(t)
	guruji := n.guruji("Ananda")
	old := n.checkIn(guruji)
	n.wall.advance(17*time.Hour + 29*time.Minute) // 02:59 at the site
	if n.act(guruji, action(newID(), "guruji.set_room", clinic.SetRoom{Room: "2"})); status(t, n, old.Entry).Name != clinic.StatusWaiting {
		t.Fatal("the day turned before its time")
	}
	n.wall.advance(2 * time.Minute)
	fresh := n.checkIn(guruji)
	if got := status(t, n, old.Entry); got.Name != clinic.StatusClosedByRollover {
		t.Errorf("yesterday's entry is %s", got.Name)
	}
	if fresh.Token != "A001" {
		t.Errorf("the new day begins with %s", fresh.Token)
	}
	var date string
	var waiting int
	n.Day(site, func(d *clinic.Day) { date, waiting = d.ServiceDay(), len(d.Order(guruji.Guruji)) })
	if date != "2026-10-03" || waiting != 1 {
		t.Errorf("readers see %s with %d waiting", date, waiting)
	}
}

func TestTheTurnOfTheDayIsToldAndNeedsNoVisitor(t *testing.T) {
	turned := make(chan commit.Committed, 16)
	n := startWith(t, func(c commit.Committed) {
		if len(c.Turned) > 0 {
			turned <- c
		}
	})
	n.checkIn(n.guruji("Ananda"))
	n.wall.advance(24 * time.Hour)
	if c := <-turned; len(c.Turned) != 1 || c.Turned[0] != site {
		t.Errorf("told %v", c.Turned)
	}
}

func TestAStartAfterDaysSwitchedOffClosesThem(t *testing.T) {
	dir, store := t.TempDir(), &feedtest.Memory{}
	n := begin(t, store, dir)
	guruji := n.guruji("Ananda")
	old := n.checkIn(guruji)
	n.stop()
	later := clockAt(morning.Add(5 * 24 * time.Hour))
	n = begin(t, store, dir, func(o *commit.Options) { o.ClinicNow = later.now })
	if token := n.checkIn(guruji).Token; token != "A001" {
		t.Errorf("the new day begins with %s", token)
	}
	if got := status(t, n, old.Entry); got.Name != clinic.StatusClosedByRollover {
		t.Errorf("the entry of five days ago is %s", got.Name)
	}
}

func TestABoxThatBootsInThePastGivesNoTokens(t *testing.T) {
	dir, store := t.TempDir(), &feedtest.Memory{}
	n := begin(t, store, dir)
	guruji := n.guruji("Ananda")
	n.checkIn(guruji)
	n.stop()
	past := clockAt(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	n = begin(t, store, dir, func(o *commit.Options) { o.ClinicNow = past.now })
	r := n.act(desk, action(newID(), "queue.check_in", clinic.CheckIn{Guruji: guruji.Guruji}))
	if r.Status != api.Rejected || r.Error.Message == "" {
		t.Errorf("in the year 2000: %s, %v", r.Status, r.Error)
	}
}
