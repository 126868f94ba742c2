package main_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/record"
)

// backup copies the directory of a node that has ended, and returns the copy.
func backup(t *testing.T, p *testkit.Process) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "backup")
	if err := os.CopyFS(to, os.DirFS(p.Dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// restore puts a copy in the place of a node's directory. As docs/operations.md says, the file of tokens stays.
func restore(t *testing.T, p *testkit.Process, from string) {
	t.Helper()
	tokens, err := os.ReadFile(filepath.Join(p.Dir, "tokens"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := os.RemoveAll(p.Dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(p.Dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if tokens != nil {
		if err := os.WriteFile(filepath.Join(p.Dir, "tokens"), tokens, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// caughtUp waits until the centre has acknowledged everything of the site.
func (w *world) caughtUp(t *testing.T) {
	t.Helper()
	if !testkit.Eventually(time.Minute, func() bool { return allAcknowledged(t, w.edge.URL) }) {
		t.Fatalf("the centre has not acknowledged everything: %+v", uplink(t, w.edge.URL))
	}
}

// noTokenTwice compares the tokens of all entries that the site holds.
func (w *world) noTokenTwice(t *testing.T, site record.ID) {
	t.Helper()
	seen := map[string]string{}
	for id, token := range testkit.ReadHeld(t, w.edge.Dir, site).Entries {
		if seen[token] != "" {
			t.Errorf("token %s was given to %s and to %s", token, seen[token], id)
		}
		seen[token] = id
	}
}

func TestAnOldBackupOfEitherEndOrBothLosesNothingThatSurvives(t *testing.T) {
	for _, c := range []struct {
		name      string
		edge, hub bool
	}{{"of the site", true, false}, {"of the centre", false, true}, {"of both", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			w, site := enrolledWorld(t)
			first := w.deskOf(t).checkIn("Asha", "Bina")
			w.caughtUp(t)
			w.edge.Stop()
			w.hub.Stop()
			edgeCopy, hubCopy := backup(t, w.edge), backup(t, w.hub)
			w.hub.Start()
			w.edge.Start()
			second := w.deskOf(t).checkIn("Chand", "Devi", "Esha")
			w.caughtUp(t)
			w.edge.Kill()
			w.hub.Kill()
			want := append(first, second...)
			if c.edge {
				restore(t, w.edge, edgeCopy)
			}
			if c.hub {
				restore(t, w.hub, hubCopy)
			}
			if c.edge && c.hub {
				want = first // no disk holds the others any more
			}
			w.hub.Start()
			w.edge.Start()
			w.caughtUp(t)
			want = append(want, w.deskOf(t).checkIn("Farah", "Gita")...)
			w.caughtUp(t)
			w.equal(t, site, want...)
			w.noTokenTwice(t, site)
		})
	}
}

func TestTwoBoxesWithOneIdentityAreToldAndLoseNothing(t *testing.T) {
	w, site := enrolledWorld(t)
	ids := w.deskOf(t).checkIn("Asha")
	w.caughtUp(t)
	w.edge.Stop()
	copied := backup(t, w.edge)
	w.edge.Start()
	awaitUplink(t, w.edge, api.StateLive, "")
	clone := testkit.StartProcess(t, "edge", "--redis", w.redis.URL) // which has not joined, and works alone
	if state := siteStatus(t, clone.URL).UplinkState; state != api.StateOff {
		t.Errorf("the line of a site that never joined is %s", state)
	}
	clone.Kill()
	restore(t, clone, copied)
	clone.Start()
	if !testkit.Eventually(time.Minute, func() bool {
		return uplink(t, w.edge.URL).State == api.StateCloned || uplink(t, clone.URL).State == api.StateCloned
	}) {
		t.Errorf("nobody is told: %+v, %+v", uplink(t, w.edge.URL), uplink(t, clone.URL))
	}
	other := &world{redis: w.redis, hub: w.hub, edge: clone}
	ids = append(ids, w.deskOf(t).checkIn("Bina")...)
	ids = append(ids, other.deskOf(t).checkIn("Chand")...)
	held := func(url string) int {
		var shot struct {
			View struct {
				Gurujis []struct{ Entries []struct{ ID string } }
			}
		}
		get(t, url+"/api/v1/snapshot?view=coordinator", signIn(t, url, "Meera"), &shot)
		n := 0
		for _, g := range shot.View.Gurujis {
			n += len(g.Entries)
		}
		return n
	}
	if !testkit.Eventually(time.Minute, func() bool { return held(w.edge.URL) == len(ids) && held(clone.URL) == len(ids) }) {
		t.Errorf("the boxes hold %d and %d of %d entries", held(w.edge.URL), held(clone.URL), len(ids))
	}
	clone.Kill()
	// The alarm stays until one of the two is enrolled anew.
	if !testkit.Eventually(time.Minute, func() bool { up := uplink(t, w.edge.URL); return up.LastHeard != nil && up.Backlog.Records == 0 }) {
		t.Errorf("the centre has not acknowledged everything: %+v", uplink(t, w.edge.URL))
	}
	w.equal(t, site, ids...)
}

func TestACentreThatLostEverythingIsFilledAgainByItsSites(t *testing.T) {
	w, site := enrolledWorld(t)
	ids := w.deskOf(t).checkIn("Asha", "Bina")
	w.caughtUp(t)
	w.edge.Stop()
	w.hub.Kill()
	if err := os.RemoveAll(w.hub.Dir); err != nil {
		t.Fatal(err)
	}
	w.hub.Start()
	testkit.Run(t, pin, "staff", "add", "--data", w.hub.Dir, "--name", "Anil", "--role", "central_admin")
	code := w.code(t, "Nirmal Dham")
	w.edge.StartWith("--redis", w.redis.URL, "--join", code)
	ids = append(ids, w.deskOf(t).checkIn("Chand")...)
	w.caughtUp(t)
	w.equal(t, site, ids...)
}

// siteStatus is what a node tells everybody.
func siteStatus(t *testing.T, url string) (status api.Status) {
	t.Helper()
	get(t, url+"/api/v1/status", "", &status)
	return status
}
