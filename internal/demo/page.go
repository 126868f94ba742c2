package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/web"
)

const (
	maxOrderBytes = 4 << 10
	streamEvery   = 200 * time.Millisecond // at most this often
	streamAtLeast = 5 * time.Second        // also when nothing changed: proof that the demo lives
	orderWithin   = 20 * time.Second       // a box drains for up to 15 s
)

// servePage serves the demo's own page and its orders until ctx ends.
func (d *demo) servePage(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           d.routes(ctx),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(d.o.Log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(l) }()
	select {
	case err := <-stopped:
		return fmt.Errorf("serve the page: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		_ = server.Close()
	}
	if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the page: %w", err)
	}
	return nil
}

func (d *demo) routes(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", http.RedirectHandler("/demo", http.StatusSeeOther))
	mux.HandleFunc("GET /demo", servePageFile)
	mux.Handle("GET /assets/", http.FileServerFS(web.FS()))
	mux.Handle("GET /icon.svg", http.FileServerFS(web.FS()))
	mux.HandleFunc("GET /demo/state", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, d.state()) })
	mux.HandleFunc("GET /demo/stream", func(w http.ResponseWriter, r *http.Request) { d.stream(ctx, w, r) })
	mux.HandleFunc("POST /demo/sites/{site}/line", d.order(d.orderLine))
	mux.HandleFunc("POST /demo/sites/{site}/node", d.order(d.orderNode))
	mux.HandleFunc("POST /demo/speed", d.order(d.orderSpeed))
	mux.HandleFunc("POST /demo/restart", d.order(func(r *http.Request) error { return d.startOver(r.Context()) }))
	mux.HandleFunc("POST /demo/sites/{site}/open/{screen}", d.openScreen)
	same := http.NewCrossOriginProtection()
	same.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, &api.Problem{Code: "forbidden", Message: "Orders come from the demo's own page."})
	}))
	return d.guard(same.Handler(mux))
}

// guard refuses what a page of somebody else could ask for: another host name that leads here, and frames.
func (d *demo) guard(next http.Handler) http.Handler {
	_, port, _ := net.SplitHostPort(d.o.address(0))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self' http://127.0.0.1:*; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		if r.Host != "127.0.0.1:"+port && r.Host != "localhost:"+port {
			refuse(w, http.StatusForbidden, &api.Problem{Code: "forbidden", Message: "The demo is at http://127.0.0.1:" + port + "."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func servePageFile(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	text, err := fs.ReadFile(web.FS(), "demo.html")
	if err != nil {
		text = web.Unbuilt()
	}
	_, _ = w.Write(text)
}

// stream sends the state whenever it has changed.
func (d *demo) stream(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	for {
		next := d.changed.wait()
		text, err := json.Marshal(d.state())
		if err != nil {
			d.o.Log.Error("the state of the demo cannot be told", "err", err)
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil || out.Flush() != nil {
			return
		}
		if pause(r.Context(), streamEvery) != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-r.Context().Done():
			return
		case <-next:
		case <-time.After(streamAtLeast):
		}
	}
}

// order runs one order of the page at a time and answers the state after it.
func (d *demo) order(run func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), orderWithin)
		defer cancel()
		d.ordering.Lock()
		defer d.ordering.Unlock()
		if err := run(r.WithContext(ctx)); err != nil {
			d.refuse(w, err)
			return
		}
		d.changed.set()
		answer(w, http.StatusOK, d.state())
	}
}

func (d *demo) orderLine(r *http.Request) error {
	s, err := d.siteOf(r)
	if err != nil {
		return err
	}
	var in struct {
		Cut *bool `json:"cut"`
	}
	if err := read(r, &in); err != nil {
		return err
	}
	if in.Cut == nil {
		return invalid(`Say whether the line is cut: {"cut": true}.`)
	}
	s.setLine(r.Context(), *in.Cut)
	return nil
}

func (d *demo) orderNode(r *http.Request) error {
	s, err := d.siteOf(r)
	if err != nil {
		return err
	}
	var in struct {
		Stopped *bool `json:"stopped"`
	}
	if err := read(r, &in); err != nil {
		return err
	}
	if in.Stopped == nil {
		return invalid(`Say whether the box is stopped: {"stopped": true}.`)
	}
	return s.setBox(r.Context(), *in.Stopped)
}

func (d *demo) orderSpeed(r *http.Request) error {
	var in struct {
		Speed float64 `json:"speed"`
	}
	if err := read(r, &in); err != nil {
		return err
	}
	if in.Speed < 1 || in.Speed > MaxSpeed {
		return invalid(fmt.Sprintf("Time runs at 1 to %d times its speed.", MaxSpeed))
	}
	d.clock.SetSpeed(in.Speed)
	return nil
}

// openScreen sends the browser on to a screen, signed in.
func (d *demo) openScreen(w http.ResponseWriter, r *http.Request) {
	s, err := d.siteOf(r)
	if err == nil {
		var to string
		if to, err = s.door(r.Context(), r.PathValue("screen")); err == nil {
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
	}
	d.refuse(w, err)
}

func (d *demo) siteOf(r *http.Request) (*site, error) {
	for _, s := range d.sites {
		if s.id == r.PathValue("site") {
			return s, nil
		}
	}
	return nil, &api.Problem{Code: "not_found", Message: "The demo has no such site."}
}

// read decodes the JSON body of an order.
func read(r *http.Request, into any) error {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/json" {
		return invalid("An order is JSON.")
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxOrderBytes+1))
	switch {
	case err != nil:
		return invalid("The order did not arrive whole.")
	case len(text) > maxOrderBytes:
		return &api.Problem{Code: "too_large", Message: "An order is at most 4 KiB."}
	case json.Unmarshal(text, into) != nil:
		return invalid("The order is not the JSON that is expected here.")
	}
	return nil
}

func invalid(message string) error { return &api.Problem{Code: "invalid", Message: message} }

// refuse answers with a problem; what has no code is told whole, for whoever reads it runs the demo.
func (d *demo) refuse(w http.ResponseWriter, err error) {
	var p *api.Problem
	if !errors.As(err, &p) {
		d.o.Log.Warn("an order failed", "err", err)
		p = &api.Problem{Code: "unavailable", Message: err.Error(), Retryable: true}
	}
	refuse(w, p.HTTPStatus(), p)
}

func refuse(w http.ResponseWriter, status int, p *api.Problem) {
	told := *p
	told.Status = status
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(told)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
