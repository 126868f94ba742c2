package demo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/demo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// giveUp bounds how long a test waits for what should happen; it measures nothing.
const giveUp = 90 * time.Second

// running is a demo of a test.
type running struct {
	t        *testing.T
	page     string
	describe api.Describe
	cancel   context.CancelFunc
	ended    chan error
	over     bool
}

// run starts a demo on free ports and waits until it describes itself.
func run(t *testing.T, o demo.Options) *running {
	t.Helper()
	o.PortBase, o.Describe, o.Version = freePorts(t, 5), filepath.Join(t.TempDir(), "demo.json"), "test"
	ctx, cancel := context.WithCancel(context.Background())
	d := &running{t: t, page: fmt.Sprintf("http://127.0.0.1:%d", o.PortBase), cancel: cancel, ended: make(chan error, 1)}
	go func() { d.ended <- demo.Run(ctx, o) }()
	t.Cleanup(d.stop)
	d.await("the description", func() bool {
		select {
		case err := <-d.ended:
			d.over = true
			t.Fatalf("the demo ended: %v", err)
		default:
		}
		text, err := os.ReadFile(o.Describe)
		if err != nil {
			return false
		}
		if err := json.Unmarshal(text, &d.describe); err != nil {
			t.Fatalf("the description was there before it was whole: %v", err)
		}
		return true
	})
	return d
}

// stop ends the demo as SIGTERM does.
func (d *running) stop() {
	d.t.Helper()
	if d.over {
		return
	}
	d.over = true
	d.cancel()
	select {
	case err := <-d.ended:
		if err != nil {
			d.t.Errorf("Run: %v, want nil", err)
		}
	case <-time.After(giveUp):
		d.t.Fatal("the demo does not end")
	}
	http.DefaultClient.CloseIdleConnections()
}

func (d *running) await(what string, ok func() bool) {
	d.t.Helper()
	deadline := time.After(giveUp)
	for !ok() {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-deadline:
			d.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// freePorts finds so many free ports in a row.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for range 100 {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		base := first.Addr().(*net.TCPAddr).Port
		held := []net.Listener{first}
		for i := 1; i < n; i++ {
			if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", base+i)); err == nil {
				held = append(held, l)
			}
		}
		for _, l := range held {
			_ = l.Close()
		}
		if len(held) == n {
			return base
		}
	}
	t.Fatal("no free ports in a row")
	return 0
}

// ask sends JSON and decodes the answer into out. It returns the status, 0 for no answer.
func ask(t *testing.T, method, url, token string, in, out any, headers ...string) int {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(method, url, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: giveUp}
	res, err := client.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if where, ok := out.(*string); ok {
		*where = res.Header.Get("Location")
		return res.StatusCode
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0
	}
	if out != nil {
		if err := json.Unmarshal(body, out); err != nil {
			t.Fatalf("%s %s answered %q: %v", method, url, body, err)
		}
	}
	return res.StatusCode
}

// shown is what the page shows.
type shown struct {
	ClinicTime, ServerTime time.Time
	Speed                  float64
	DayEnded               bool
	Sites                  []struct {
		ID               string
		CutAt, StoppedAt *time.Time
		Figures          *struct{ Waiting, InService, Done int }
		Uplink           *api.Uplink
		Centre           *api.SiteStatus
		Back             *struct{ Records int }
		Arrived          int
		Phone            string
	}
	News []struct {
		Kind, Site, Token string
		TookMs            *int64
		Records           *int
	}
}

func (d *running) shown() (s shown) {
	d.t.Helper()
	if status := ask(d.t, http.MethodGet, d.page+"/demo/state", "", nil, &s); status != http.StatusOK {
		d.t.Fatalf("the state answers %d", status)
	}
	return s
}

func (d *running) order(path string, in any) {
	d.t.Helper()
	var problem api.Problem
	if status := ask(d.t, http.MethodPost, d.page+path, "", in, &problem); status != http.StatusOK {
		d.t.Fatalf("%s answers %d: %s", path, status, problem.Message)
	}
}

// site is one of the description.
func (d *running) site(i int) api.DescribeSite { return d.describe.Sites[i] }

func (d *running) line(i int, cut bool) {
	d.t.Helper()
	d.order("/demo/sites/"+d.site(i).ID+"/line", map[string]any{"cut": cut})
}

func (d *running) box(i int, stopped bool) {
	d.t.Helper()
	d.order("/demo/sites/"+d.site(i).ID+"/node", map[string]any{"stopped": stopped})
}

// signIn returns the token of the first user of a role.
func signIn(t *testing.T, url string, users []api.DescribeUser, role string) string {
	t.Helper()
	for _, u := range users {
		if u.Role == role {
			return session(t, url, api.SessionRequest{User: u.Name, PIN: u.PIN}).Token
		}
	}
	t.Fatalf("nobody is %s", role)
	return ""
}

// session signs in, as often as it takes: a node bounds how many sign in from one address in a second.
func session(t *testing.T, url string, in api.SessionRequest) (s api.Session) {
	t.Helper()
	for {
		status := ask(t, http.MethodPost, url+"/api/v1/session", "", in, &s)
		switch status {
		case http.StatusOK:
			return s
		case http.StatusTooManyRequests:
			<-time.After(100 * time.Millisecond)
		default:
			t.Fatalf("sign-in as %q answers %d", in.User, status)
		}
	}
}

// checkIn takes a token.
func checkIn(t *testing.T, url, token string) string {
	t.Helper()
	action := api.Action{ID: uuid.Must(uuid.NewV7()).String(), Type: "queue.check_in", At: api.At(time.Now()).String(), Data: json.RawMessage("{}")}
	var out struct {
		Results []struct {
			Status string
			Data   struct{ Token string }
		}
	}
	if status := ask(t, http.MethodPost, url+"/api/v1/actions", token, api.ActionsRequest{Actions: []api.Action{action}}, &out); status != http.StatusOK {
		t.Fatalf("the check-in answers %d", status)
	}
	if len(out.Results) != 1 || out.Results[0].Status != api.Applied {
		t.Fatalf("the check-in was not applied: %+v", out)
	}
	return out.Results[0].Data.Token
}

// queueAt lists the tokens of everybody who waits, at a site or at the centre.
func queueAt(t *testing.T, url, token, site string) (tokens []string) {
	t.Helper()
	var out struct {
		View struct {
			Gurujis []struct{ Entries []struct{ Token string } }
		}
	}
	ask(t, http.MethodGet, url+"/api/v1/snapshot?view=queue&site="+site, token, nil, &out)
	for _, g := range out.View.Gurujis {
		for _, e := range g.Entries {
			tokens = append(tokens, e.Token)
		}
	}
	return tokens
}
