package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/record"
)

// As many as a node lets through at once before it asks a client to slow down; see door.Rates.
const (
	httpActions = 2_000
	httpBatches = 40
	batchSize   = 50
)

// BenchmarkActions is how many check-ins a second a site's process takes over HTTP, on disk when it answers: of one
// client and of a hundred, one action a request, and of one that sends them by fifties; beside appending and fsync.
//
//	go test ./cmd/sangam -run '^$' -bench Actions
func BenchmarkActions(b *testing.B) {
	b.Run("append+fsync", func(b *testing.B) {
		for range b.N {
			measure(b, appending(b), httpActions, 1, 1)
		}
	})
	for _, row := range []struct {
		name                    string
		requests, clients, size int
	}{
		{"clients=1", httpActions, 1, 1},
		{"clients=100", httpActions, 100, 1},
		{"by-fifties", httpBatches, 1, batchSize},
	} {
		b.Run(row.name, func(b *testing.B) {
			for range b.N {
				measure(b, checkingIn(b), row.requests, row.clients, row.size)
			}
		})
	}
}

// measure lets so many clients ask so often between them.
func measure(b *testing.B, ask func(size int) error, requests, clients, size int) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(requests))
	var all sync.WaitGroup
	began := time.Now()
	for range clients {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if err := ask(size); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	took := time.Since(began).Seconds()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(requests*size)/took, "actions/s")
	b.ReportMetric(float64(requests)/took, "requests/s")
}

func appending(b *testing.B) func(int) error {
	f, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	line := make([]byte, 400)
	return func(int) error {
		if _, err := f.Write(line); err != nil {
			return err
		}
		return f.Sync()
	}
}

// checkingIn starts a site and returns what checks so many people in there with one request.
func checkingIn(b *testing.B) func(size int) error {
	edge := testkit.StartProcess(b, "edge")
	testkit.Run(b, pin, "staff", "add", "--data", edge.Dir, "--name", "Meera", "--role", "admin")
	testkit.Run(b, pin, "staff", "add", "--data", edge.Dir, "--name", "Vaidya Rao", "--role", "guruji", "--room", "1")
	token := signIn(b, edge.URL, "Meera")
	transport := &http.Transport{MaxIdleConnsPerHost: 100}
	b.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	return func(size int) error {
		actions := make([]api.Action, size)
		for n := range actions {
			actions[n] = api.Action{ID: record.NewV7(time.Now(), cryptoRandom{}).String(), Type: "queue.check_in", Data: json.RawMessage(`{}`)}
		}
		body, err := json.Marshal(map[string]any{"actions": actions})
		if err != nil {
			return err
		}
		req, err := http.NewRequest(http.MethodPost, edge.URL+"/api/v1/actions", bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		var out api.ActionsResponse
		if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
			return fmt.Errorf("%s: %w", res.Status, err)
		}
		for _, r := range out.Results {
			if r.Status != api.Applied {
				return fmt.Errorf("a check-in: %+v", r)
			}
		}
		if len(out.Results) != size {
			return fmt.Errorf("%s: %d results of %d", res.Status, len(out.Results), size)
		}
		return nil
	}
}
