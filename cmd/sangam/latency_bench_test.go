package main_test

import (
	"cmp"
	"context"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/replay"
	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus/redis"
)

// SANGAM_LATENCY_VISITS is how many visits are played (default 120), four actions each, in a minute.
const envLatencyVisits = "SANGAM_LATENCY_VISITS"

// BenchmarkLatency is how long an action at a site takes until a dashboard of the centre shows it, both ends live and
// processes of their own on a real Redis; beside it, a bare PUBLISH until its subscriber has it, ten a second all the while.
//
//	go test ./cmd/sangam -run '^$' -bench Latency
func BenchmarkLatency(b *testing.B) {
	visits, err := strconv.Atoi(cmp.Or(os.Getenv(envLatencyVisits), "120"))
	if err != nil {
		b.Fatalf("%s: %v", envLatencyVisits, err)
	}
	server := testkit.StartRedis(b)
	hub := testkit.StartProcess(b, "hub", "--redis", server.URL)
	testkit.Run(b, pin, "staff", "add", "--data", hub.Dir, "--name", "Anil", "--role", "central_admin")
	var enrolled struct{ Code string }
	testkit.RunJSON(b, &enrolled, "", "hub", "enrol", "--data", hub.Dir, "--site", "Nirmal Dham")
	edge := testkit.StartProcess(b, "edge", "--redis", server.URL, "--join", enrolled.Code, "--site-name", "Nirmal Dham")
	testkit.Run(b, pin, "staff", "add", "--data", edge.Dir, "--name", "Meera", "--role", "admin")
	site := siteOnceLive(b, edge)
	o := replay.Options{
		Day: replay.Generate("2026-01-05", visits, 21), Gurujis: 4, Listeners: 3, Seed: 21, Settle: time.Minute,
		Site: edge.URL, SiteID: site, Hub: hub.URL,
		Admin: replay.Account{Name: "Meera", PIN: pin}, HubUser: replay.Account{Name: "Anil", PIN: pin},
	}
	from, to := o.Day.Span()
	o.Speed = (to - from).Minutes()
	ctx, cancel := context.WithCancel(b.Context())
	var bare replay.Latency
	var publishing sync.WaitGroup
	publishing.Go(func() { publish(ctx, b, server.URL, &bare) })
	b.ResetTimer()
	report, err := replay.Run(ctx, o)
	b.StopTimer()
	cancel()
	publishing.Wait()
	if err != nil {
		b.Fatal(err)
	}
	if err := report.Verdict(); err != nil {
		b.Error(err)
	}
	b.ReportMetric(0, "ns/op")
	for name, l := range map[string]*replay.Latency{"acked": &report.Acked, "site": &report.Seen, "hub": &report.AtHub, "publish": &bare} {
		b.ReportMetric(float64(l.Quantile(0.5).Microseconds())/1000, name+"-p50-ms")
		b.ReportMetric(float64(l.Quantile(0.99).Microseconds())/1000, name+"-p99-ms")
	}
	b.ReportMetric(float64(report.AtHub.Count()), "actions")
}

// publish sends 400 bytes to itself ten times a second until ctx ends.
func publish(ctx context.Context, b *testing.B, url string, took *replay.Latency) {
	wire, err := redis.Open(url, redis.Options{})
	if err != nil {
		b.Error(err)
		return
	}
	defer wire.Close()
	sub, err := wire.Subscribe(ctx, "bare")
	if err != nil {
		b.Error(err)
		return
	}
	defer sub.Close()
	frame := make([]byte, 400)
	for wait(ctx, 100*time.Millisecond) {
		began := time.Now()
		if _, err := wire.Publish(ctx, "bare", frame); err != nil {
			break
		}
		if _, err := sub.Receive(ctx); err != nil {
			break
		}
		took.Add(time.Since(began))
	}
	if ctx.Err() == nil {
		b.Error("the bare line broke")
	}
}
