package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/testkit"
)

// SANGAM_SOAK_DAYS is how many days are played (default 4).
const envSoakDays = "SANGAM_SOAK_DAYS"

// BenchmarkDays plays one day after another in a demo, a centre and three sites in one process, 600 times as fast. Each
// day the line of one site is cut and the box of another stopped for a while. It tells the memory that is the process's
// own after the second day and after the last; an error in the log, which somebody would have to act on, is a failure.
//
//	SANGAM_SOAK_DAYS=30 go test ./cmd/sangam -run '^$' -bench Days -timeout 0
func BenchmarkDays(b *testing.B) {
	days := max(amount(b, envSoakDays, 4), 3)
	demo := startDemo(b)
	own := make([]float64, days)
	for day := range days {
		demo.play(day)
		own[day] = float64(testkit.UsageOf(b, demo.command.Process.Pid).Own) / 1024
		b.Logf("day %d: %.0f MiB", day+1, own[day])
		demo.order("/demo/restart", nil)
	}
	if said := demo.said(); strings.Contains(said, "level=ERROR") {
		b.Errorf("the log has errors:\n%s", said)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(own[1], "MiB-early")
	b.ReportMetric(own[days-1], "MiB-last")
}

type demoRun struct {
	b       *testing.B
	page    string
	command *exec.Cmd
	log     *os.File
}

// said is all that the demo told so far.
func (d *demoRun) said() string {
	text, err := os.ReadFile(d.log.Name())
	if err != nil {
		d.b.Fatal(err)
	}
	return string(text)
}

func startDemo(b *testing.B) *demoRun {
	b.Helper()
	_, port, err := net.SplitHostPort(testkit.FreeAddr(b))
	if err != nil {
		b.Fatal(err)
	}
	log, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	d := &demoRun{b: b, page: "http://127.0.0.1:" + port, log: log}
	d.command = exec.Command(testkit.Binary(b), "demo", "--port-base", port, "--data", b.TempDir(), "--speed", "600")
	d.command.Stdout, d.command.Stderr = d.log, d.log
	if err := d.command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = d.command.Process.Signal(os.Interrupt) // it may have ended by itself
		_ = d.command.Wait()
		log.Close()
	})
	if !testkit.Eventually(2*time.Minute, func() bool { return d.state() != nil }) {
		b.Fatalf("the demo does not start:\n%s", d.said())
	}
	return d
}

type demoState struct {
	DayEnded bool
	Sites    []struct{ ID string }
}

// state is nil while the demo does not answer.
func (d *demoRun) state() *demoState {
	res, err := http.Get(d.page + "/demo/state")
	if err != nil {
		return nil
	}
	defer res.Body.Close()
	out := &demoState{}
	if json.NewDecoder(res.Body).Decode(out) != nil {
		return nil
	}
	return out
}

func (d *demoRun) order(path string, body any) {
	d.b.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		d.b.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, d.page+path, bytes.NewReader(text))
	if err != nil {
		d.b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", d.page)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.b.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode >= 300 {
		d.b.Fatalf("%s: %s", path, res.Status)
	}
}

// play waits for the end of a day that has just begun, in which a line and a box are away for a while.
func (d *demoRun) play(day int) {
	d.b.Helper()
	sites := d.state().Sites
	cut, off := sites[day%len(sites)].ID, sites[(day+1)%len(sites)].ID
	away := func(is bool) {
		d.order(fmt.Sprintf("/demo/sites/%s/line", cut), map[string]bool{"cut": is})
		d.order(fmt.Sprintf("/demo/sites/%s/node", off), map[string]bool{"stopped": is})
	}
	<-time.After(15 * time.Second) // the morning
	away(true)
	<-time.After(8 * time.Second)
	away(false)
	if !testkit.Eventually(5*time.Minute, func() bool { s := d.state(); return s != nil && s.DayEnded }) {
		d.b.Fatalf("day %d does not end:\n%s", day+1, d.said())
	}
	<-time.After(5 * time.Second) // what was put off is done
}
