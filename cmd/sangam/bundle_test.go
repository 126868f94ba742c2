package main_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/record"
)

// pen writes as one member of staff of a node.
type pen struct {
	t          *testing.T
	url, token string
	guruji     string
}

// deskOf makes a guruji at a site, if there is none yet, and signs an admin in.
func (w *world) deskOf(t *testing.T) *pen {
	t.Helper()
	p := &pen{t: t, url: w.edge.URL, token: signIn(t, w.edge.URL, "Meera")}
	var staff []control.Staff
	testkit.RunJSON(t, &staff, "", "staff", "list", "--data", w.edge.Dir)
	if len(staff) == 1 {
		testkit.Run(t, pin, "staff", "add", "--data", w.edge.Dir, "--name", "Vaidya Rao", "--role", "guruji", "--room", "1")
	}
	var shot struct {
		View struct{ Gurujis []struct{ ID string } }
	}
	get(t, p.url+"/api/v1/snapshot?view=coordinator", p.token, &shot)
	if len(shot.View.Gurujis) == 0 {
		t.Fatal("the site shows no guruji")
	}
	p.guruji = shot.View.Gurujis[0].ID
	return p
}

// checkIn checks people in and returns the ids of their actions.
func (p *pen) checkIn(names ...string) (ids []string) {
	p.t.Helper()
	for _, name := range names {
		out := p.act("queue.check_in", map[string]any{"guruji": p.guruji, "person": map[string]string{"name": name}})
		if out.Status != api.Applied {
			p.t.Fatalf("check %s in: %+v", name, out)
		}
		ids = append(ids, out.ID)
	}
	return ids
}

// act sends one action and returns what became of it.
func (p *pen) act(kind string, data any) api.Result {
	p.t.Helper()
	body, err := json.Marshal(map[string]any{"actions": []any{map[string]any{
		"id": record.NewV7(time.Now(), cryptoRandom{}).String(), "type": kind, "at": time.Now().UTC().Format(time.RFC3339Nano), "data": data,
	}}})
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url+"/api/v1/actions", bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+p.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	var out struct{ Results []api.Result }
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || len(out.Results) != 1 {
		p.t.Fatalf("%s: %v, %+v", kind, err, out)
	}
	return out.Results[0]
}

// equal compares what both files hold, with both nodes ended.
func (w *world) equal(t *testing.T, site record.ID, want ...string) {
	t.Helper()
	w.edge.Stop()
	w.hub.Stop()
	edge, hub := testkit.ReadHeld(t, w.edge.Dir, site), testkit.ReadHeld(t, w.hub.Dir, site)
	if diff := cmp.Diff(edge.Digest, hub.Digest); diff != "" {
		t.Errorf("the digests of site and centre differ:\n%s", diff)
	}
	for _, id := range want {
		if edge.Entries[id] == "" || edge.Entries[id] != hub.Entries[id] {
			t.Errorf("check-in %s: token %q at the site, %q at the centre", id, edge.Entries[id], hub.Entries[id])
		}
	}
}

// enrolledWorld is a world whose site has joined.
func enrolledWorld(t *testing.T) (w *world, site record.ID) {
	t.Helper()
	w = newWorld(t)
	text := siteOf(t, w.edge.URL)
	if !testkit.Eventually(30*time.Second, func() bool { return atCentre(t, w.hub.URL, text) }) {
		t.Fatal("the site did not reach the centre within 30 s")
	}
	site, err := record.ParseID(text)
	if err != nil {
		t.Fatal(err)
	}
	return w, site
}

func TestASiteWithoutALineBringsItsDaysOnAStick(t *testing.T) {
	w, site := enrolledWorld(t)
	w.edge.Stop()
	w.edge.StartWith() // without --redis
	stick := filepath.Join(t.TempDir(), "stick")
	first := w.deskOf(t).checkIn("Asha", "Bina", "Chand")

	var cursor control.BundleResult
	testkit.RunJSON(t, &cursor, "", "import", "--data", w.hub.Dir, "--site", "Nirmal Dham", "--cursor")
	var out, in control.BundleResult
	testkit.RunJSON(t, &out, "", "export", "--data", w.edge.Dir, "--file", stick, "--since", cursor.Cursor)
	testkit.RunJSON(t, &in, "", "import", "--data", w.hub.Dir, "--site", site.String(), "--file", stick)
	if in.Records != out.Records || in.Applied == 0 || in.Applied > in.Records {
		t.Errorf("exported %+v, imported %+v", out, in)
	}
	testkit.RunJSON(t, &in, "", "import", "--data", w.hub.Dir, "--site", "nirmal dham", "--file", stick)
	if in.Applied != 0 {
		t.Errorf("the second reading changed %d records", in.Applied)
	}

	// Home again with what the centre wrote, while the site is switched off; and what is new since, with the centre
	// switched off.
	home, later := filepath.Join(t.TempDir(), "home"), filepath.Join(t.TempDir(), "later")
	testkit.Run(t, "", "export", "--data", w.hub.Dir, "--site", "Nirmal Dham", "--file", home)
	second := w.deskOf(t).checkIn("Devi")
	w.edge.Stop()
	w.hub.Stop()
	testkit.Run(t, "", "import", "--data", w.edge.Dir, "--file", home)
	testkit.RunJSON(t, &out, "", "export", "--data", w.edge.Dir, "--file", later, "--since", in.Cursor)
	if out.Records == 0 || out.Records > 40 {
		t.Errorf("%d records are new since", out.Records)
	}
	testkit.Run(t, "", "import", "--data", w.hub.Dir, "--site", "Nirmal Dham", "--file", later)

	// The line is back: nothing is doubled, and it goes on where the stick ended.
	w.hub.Start()
	w.edge.StartWith("--redis", w.redis.URL)
	third := w.deskOf(t).checkIn("Esha")
	if !testkit.Eventually(30*time.Second, func() bool { return allAcknowledged(t, w.edge.URL) }) {
		t.Error("the centre has not acknowledged everything")
	}
	w.equal(t, site, append(append(first, second...), third...)...)
}

func TestABundleThatCannotBeUsedIsRefusedWithWhatToDo(t *testing.T) {
	w, _ := enrolledWorld(t)
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(file("text"), []byte("not a bundle"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.deskOf(t).checkIn("Asha")
	testkit.Run(t, "", "export", "--data", w.edge.Dir, "--file", file("good"))
	good, err := os.ReadFile(file("good"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file("cut"), good[:len(good)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		says string
		code int
	}{
		{[]string{"import", "--data", w.hub.Dir, "--site", "Nirmal Dham", "--file", file("text")}, "no bundle", 1},
		{[]string{"import", "--data", w.hub.Dir, "--site", "Nirmal Dham", "--file", file("cut")}, "cut short", 1},
		{[]string{"import", "--data", w.hub.Dir, "--site", "Nirmal Dham", "--file", file("missing")}, "no such file", 2},
		{[]string{"import", "--data", w.hub.Dir, "--file", file("good")}, "say which", 1},
		{[]string{"import", "--data", w.hub.Dir, "--site", "Nowhere", "--file", file("good")}, "no site called", 1},
		{[]string{"import", "--data", w.edge.Dir, "--file", file("good")}, "made on this side", 1},
		{[]string{"import", "--data", dir, "--file", file("good")}, "no data directory", 1},
		{[]string{"import", "--data", w.hub.Dir, "--site", "Nirmal Dham"}, "--file FILE", 2},
		{[]string{"export", "--data", w.edge.Dir, "--file", file("good")}, "exists already", 2},
		{[]string{"export", "--data", w.edge.Dir, "--file", file("new"), "--since", "x"}, "no cursor", 1},
		{[]string{"export", "--data", w.edge.Dir, "--file", filepath.Join(dir, "nowhere", "x")}, "no such file", 1},
	} {
		text, code := testkit.Refused(t, c.args...)
		if !strings.Contains(text, c.says) || code != c.code {
			t.Errorf("sangam %s: exit %d, %s", strings.Join(c.args, " "), code, text)
		}
	}
	left, err := filepath.Glob(file("*part*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
