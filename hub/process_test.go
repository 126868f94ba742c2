package hub_test

import (
	"os"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/testkit"
)

func TestMain(m *testing.M) {
	code := m.Run()
	testkit.RemoveBinary()
	os.Exit(code)
}

// TestASiteThatSaysByeIsSilentAtOnce stops a site in good order: the centre knows before any silence could tell it.
func TestASiteThatSaysByeIsSilentAtOnce(t *testing.T) {
	redis := testkit.StartRedis(t)
	hub := testkit.StartProcess(t, "hub", "--redis", redis.URL)
	testkit.Run(t, pin, "staff", "add", "--data", hub.Dir, "--name", "Anil", "--role", "central_admin")
	var enrolled struct{ Code string }
	testkit.RunJSON(t, &enrolled, "", "hub", "enrol", "--data", hub.Dir, "--site", "Pune")
	edge := testkit.StartProcess(t, "edge", "--redis", redis.URL, "--join", enrolled.Code, "--site-name", "Pune")
	c := &centre{t: t, url: hub.URL}
	var s api.Session
	if status := c.call("POST", "/api/v1/session", api.SessionRequest{User: "Anil", PIN: pin}, &s); status != 200 {
		t.Fatalf("sign in: %d", status)
	}
	c.token = s.Token
	state := func() (state string) {
		var shot struct{ View api.CentreView }
		c.call("GET", "/api/v1/snapshot?view=centre", nil, &shot)
		for _, site := range shot.View.Sites {
			state = site.State
		}
		return state
	}
	c.eventually("the site is live", func() bool { return state() == api.StateLive })
	edge.Stop()
	stopped := time.Now()
	c.eventually("the site is silent", func() bool { return state() == api.StateSilent })
	if took := time.Since(stopped); took > 15*time.Second {
		t.Errorf("silent after %s: that is the silence of 20 s and not the goodbye", took)
	} else {
		t.Logf("silent after %s", took)
	}
}
