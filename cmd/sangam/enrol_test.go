package main_test

import (
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/hub"
	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/testkit"
)

type cryptoRandom struct{}

func (cryptoRandom) Read(p []byte) (int, error) { return rand.Read(p) }

// uplink is a site's line as its admin is told it.
func uplink(t *testing.T, url string) api.Uplink {
	t.Helper()
	var status api.Status
	get(t, url+"/api/v1/status", signIn(t, url, "Meera"), &status)
	if status.Uplink == nil {
		t.Fatal("the status says nothing of the line")
	}
	return *status.Uplink
}

func awaitUplink(t *testing.T, p *testkit.Process, state, reason string) {
	t.Helper()
	var last api.Uplink
	if !testkit.Eventually(30*time.Second, func() bool {
		last = uplink(t, p.URL)
		return last.State == state && last.Reason == reason
	}) {
		t.Errorf("the line is %+v, want %s %s", last, state, reason)
	}
}

func (w *world) code(t *testing.T, name string) string {
	t.Helper()
	return strings.TrimSpace(testkit.Run(t, "", "hub", "enrol", "--data", w.hub.Dir, "--site", name))
}

// box is an edge with an admin of its own.
func box(t *testing.T, args ...string) *testkit.Process {
	t.Helper()
	p := testkit.StartProcess(t, "edge", args...)
	testkit.Run(t, pin, "staff", "add", "--data", p.Dir, "--name", "Meera", "--role", "admin")
	return p
}

func TestABoxThatWorkedAloneKeepsItsIdAndBringsItsDays(t *testing.T) {
	w := &world{redis: testkit.StartRedis(t)}
	w.hub = testkit.StartProcess(t, "hub", "--redis", w.redis.URL)
	testkit.Run(t, pin, "staff", "add", "--data", w.hub.Dir, "--name", "Anil", "--role", "central_admin")
	w.edge = box(t, "--site-name", "Alone")
	site := siteOf(t, w.edge.URL)
	w.deskOf(t).checkIn("Asha")
	w.edge.Stop()
	w.edge.StartWith("--redis", w.redis.URL, "--join", w.code(t, "Alone"))
	awaitUplink(t, w.edge, api.StateLive, "")
	if got := siteOf(t, w.edge.URL); got != site {
		t.Errorf("the site was %s and is %s", site, got)
	}
	if !testkit.Eventually(30*time.Second, func() bool { return atCentre(t, w.hub.URL, site) && allAcknowledged(t, w.edge.URL) }) {
		t.Error("its days did not reach the centre")
	}
}

func TestAReplacedBoxGetsTheSiteBackAndTheOldOneIsShutOut(t *testing.T) {
	w, site := enrolledWorld(t)
	w.deskOf(t).checkIn("Asha")
	if !testkit.Eventually(30*time.Second, func() bool { return allAcknowledged(t, w.edge.URL) }) {
		t.Fatal("the centre has not acknowledged everything")
	}
	code := w.code(t, "nirmal dham")
	fresh := testkit.StartProcess(t, "edge", "--redis", w.redis.URL, "--join", code)
	if got := siteOf(t, fresh.URL); got != site.String() {
		t.Errorf("the new box works for %s, not for %s", got, site)
	}
	// Meera comes back with the site's own records.
	if !testkit.Eventually(30*time.Second, func() bool {
		return strings.Contains(testkit.Run(t, "", "staff", "list", "--data", fresh.Dir), "Meera")
	}) {
		t.Error("the site's people did not come back")
	}
	awaitUplink(t, w.edge, api.StateRejected, "revoked")
}

func TestAJoinCodeIsGoodForOneBoxAndItsOwnSite(t *testing.T) {
	w, _ := enrolledWorld(t)
	first := w.code(t, "Second Dham")
	one := box(t, "--redis", w.redis.URL, "--join", first)
	awaitUplink(t, one, api.StateLive, "")
	other := box(t, "--redis", w.redis.URL, "--join", first)
	awaitUplink(t, other, api.StateRejected, "join_used")

	one.Stop()
	one.StartWith("--redis", w.redis.URL, "--join", first) // left in the start script
	awaitUplink(t, one, api.StateLive, "")

	text, code := testkit.Refused(t, "edge", "--data", other.Dir+"-x", "--listen", "127.0.0.1:0", "--join", first[:20])
	if code != 2 || !strings.Contains(text, "--join") {
		t.Errorf("half a code: exit %d, %s", code, text)
	}
	other.Stop()
	text, code = testkit.Refused(t, "edge", "--data", other.Dir, "--listen", "127.0.0.1:0", "--admin-listen", "", "--join", w.code(t, "Nirmal Dham"))
	if code != 1 || !strings.Contains(text, "already works for site") {
		t.Errorf("the code of another site: exit %d, %s", code, text)
	}
}

func TestAKeyIsRotatedUnderARunningSite(t *testing.T) {
	w, site := enrolledWorld(t)
	desk := w.deskOf(t)
	ids := desk.checkIn("Asha")
	run := func(use string, more ...string) (s hub.SiteState) {
		testkit.RunJSON(t, &s, "", append([]string{"hub", use, "--data", w.hub.Dir, "--site", "Nirmal Dham"}, more...)...)
		return s
	}
	if s := run("rotate-key"); s.FormerKeys != 1 {
		t.Errorf("%+v", s)
	}
	if !testkit.Eventually(30*time.Second, func() bool { return atCentre(t, w.hub.URL, site.String()) }) {
		t.Error("the site is not back with its new key")
	}
	ids = append(ids, desk.checkIn("Bina")...)
	var retired hub.SiteState
	if !testkit.Eventually(30*time.Second, func() bool { return allAcknowledged(t, w.edge.URL) }) {
		t.Error("the centre has not acknowledged everything")
	}
	if retired = run("retire-key"); retired.FormerKeys != 0 {
		t.Errorf("%+v", retired)
	}
	ids = append(ids, desk.checkIn("Chand")...)
	w.edge.Kill()
	w.edge.Start()
	awaitUplink(t, w.edge, api.StateLive, "")
	if !testkit.Eventually(30*time.Second, func() bool { return allAcknowledged(t, w.edge.URL) }) {
		t.Error("the centre has not acknowledged everything with the new key")
	}

	// While the site is away its old key is not taken from it by mistake.
	w.edge.Stop()
	run("rotate-key")
	if text, _ := testkit.Refused(t, "hub", "retire-key", "--data", w.hub.Dir, "--site", "Nirmal Dham"); !strings.Contains(text, "was not seen with its new key") {
		t.Errorf("it says %s", text)
	}
	if text, _ := testkit.Refused(t, "hub", "rotate-key", "--data", w.hub.Dir, "--site", "Nirmal Dham"); !strings.Contains(text, "retire the old one first") {
		t.Errorf("it says %s", text)
	}
	w.edge.Start()
	awaitUplink(t, w.edge, api.StateLive, "")
	w.equal(t, site, ids...)
}

func TestAnAdminOfTheCentreGivesASiteANewKey(t *testing.T) {
	w, site := enrolledWorld(t)
	anil := &pen{t: t, url: w.hub.URL, token: signIn(t, w.hub.URL, "Anil")}
	for range 2 { // the second one also retires what the first one left
		if out := anil.act("site.rotate_key", map[string]any{"site": site.String()}); out.Status != api.Applied {
			t.Fatalf("%+v", out)
		}
		var sites []hub.SiteState
		if !testkit.Eventually(30*time.Second, func() bool {
			testkit.RunJSON(t, &sites, "", "hub", "sites", "--data", w.hub.Dir)
			return sites[0].FormerKeys == 1 && atCentre(t, w.hub.URL, site.String())
		}) {
			t.Errorf("%+v", sites)
		}
		w.deskOf(t).checkIn("Asha")
		w.caughtUp(t)
	}
}

func TestARevokedSiteIsToldAndWorksOnAlone(t *testing.T) {
	w, site := enrolledWorld(t)
	testkit.Run(t, "", "hub", "revoke", "--data", w.hub.Dir, "--site", "Nirmal Dham")
	awaitUplink(t, w.edge, api.StateRejected, "revoked")
	ids := w.deskOf(t).checkIn("Asha")
	if text, _ := testkit.Refused(t, "export", "--data", w.hub.Dir, "--site", "Nirmal Dham", "--file", filepath.Join(t.TempDir(), "x")); !strings.Contains(text, "no key") {
		t.Errorf("it says %s", text)
	}
	var sites []hub.SiteState
	testkit.RunJSON(t, &sites, "", "hub", "sites", "--data", w.hub.Dir)
	if len(sites) != 1 || !sites[0].Revoked {
		t.Errorf("%+v", sites)
	}

	code := w.code(t, "Nirmal Dham")
	w.edge.Stop()
	w.edge.StartWith("--redis", w.redis.URL, "--join", code)
	awaitUplink(t, w.edge, api.StateLive, "")
	if !testkit.Eventually(30*time.Second, func() bool { return allAcknowledged(t, w.edge.URL) }) {
		t.Error("what was written meanwhile did not come")
	}
	w.equal(t, site, ids...)
}

func TestARedisWithTheWrittenACLCarriesASiteFromTheDayItJoins(t *testing.T) {
	w := &world{}
	w.hub = testkit.StartProcess(t, "hub") // the file must be there before the Redis that reads it
	testkit.Run(t, pin, "staff", "add", "--data", w.hub.Dir, "--name", "Anil", "--role", "central_admin")
	file := filepath.Join(t.TempDir(), "users.acl")
	write := func() (access hub.Access) {
		testkit.RunJSON(t, &access, "", "hub", "acl", "--data", w.hub.Dir, "--file", file)
		return access
	}
	access := write()
	if again := write(); again.File != access.File {
		t.Error("the file changes from one time to the next")
	}
	guarded := testkit.StartRedisAs(t, testkit.User{Name: access.Accounts[1].User, Password: access.Accounts[1].Password}, "aclfile "+file)
	at := func(a hub.Account) string { return "redis://" + a.User + ":" + a.Password + "@" + guarded.Addr }

	w.hub.Stop()
	w.hub.StartWith("--redis", at(access.Accounts[0]))
	w.edge = box(t, "--site-name", "Nirmal Dham", "--redis", at(access.Accounts[2]), "--join", w.code(t, "Nirmal Dham"))
	awaitUplink(t, w.edge, api.StateLive, "")

	if access = write(); len(access.Accounts) != 4 || access.Accounts[3].Name != "Nirmal Dham" {
		t.Fatalf("%+v", access.Accounts)
	}
	guarded.Command("ACL", "LOAD")
	w.edge.Stop()
	w.edge.StartWith("--redis", at(access.Accounts[3]))
	awaitUplink(t, w.edge, api.StateLive, "")
	w.deskOf(t).checkIn("Asha")
	w.caughtUp(t)
}
