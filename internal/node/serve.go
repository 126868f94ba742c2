package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// grace is how long requests under way may take once a node stops; SIGTERM drains within 15 s in all.
const grace = 5 * time.Second

// CheckAddresses tells whether addresses to listen on can be read; the second may be empty, which serves nothing.
func CheckAddresses(listen, admin string) error {
	for _, a := range []struct{ flag, address string }{{"--listen", listen}, {"--admin-listen", admin}} {
		if a.address == "" && a.flag == "--admin-listen" {
			continue
		}
		_, port, err := net.SplitHostPort(a.address)
		if err == nil {
			_, err = net.LookupPort("tcp", port)
		}
		if err != nil {
			return fmt.Errorf("%w: %s: %q is no address such as 127.0.0.1:8080, or :8080 for the whole network", ErrUsage, a.flag, a.address)
		}
	}
	return nil
}

// Listen opens a TCP listener, or says what to do when the port is taken.
func Listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w (is another sangam running? choose another address with --listen)", address, err)
	}
	return l, nil
}

// Serve serves until ctx ends, then lets requests under way finish. Sockets are not its business: whoever upgraded
// them says goodbye.
func Serve(ctx context.Context, l net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(l) }()
	select {
	case err := <-stopped:
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		_ = server.Close()
	}
	if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return nil
}

// Address is what people type to reach a listener: from the same machine where it listens everywhere.
func Address(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "http://" + l.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
