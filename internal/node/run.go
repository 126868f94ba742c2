package node

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"
)

// Run runs the committer behind what stands in front of it: door, link, listeners. When ctx ends, or one of the
// fronts does, all fronts are stopped first, then the committer, which answers whoever got in; the store stays open
// for the caller to close.
func (n *Node) Run(ctx context.Context, fronts ...func(context.Context) error) error {
	front, frontCtx := errgroup.WithContext(ctx)
	for _, run := range fronts {
		front.Go(func() error {
			err := run(frontCtx)
			if err == nil && frontCtx.Err() == nil {
				err = errors.New("a part of the node ended by itself")
			}
			return err
		})
	}
	behind, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	committed := make(chan error, 1)
	go func() { committed <- n.Committer.Run(behind) }()
	err := front.Wait()
	stop()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = nil
	}
	return errors.Join(err, <-committed)
}

// ServeAdmin serves metrics and health on an address of their own until ctx ends; without an address, or on one that
// is taken, it only waits: a node is worth more than its metrics.
func ServeAdmin(ctx context.Context, address string, ready func() error, log *slog.Logger, figures ...prometheus.Collector) error {
	if address == "" {
		<-ctx.Done()
		return nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Warn("metrics are not served: choose a free address with --admin-listen", "address", address, "err", err)
		<-ctx.Done()
		return nil
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(figures...)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := ready(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	})
	return Serve(ctx, listener, mux, log)
}

// Gauge is a figure read when metrics are asked for.
func Gauge(name, help string, read func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "sangam", Name: name, Help: help}, read)
}
