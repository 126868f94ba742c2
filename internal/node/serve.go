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

// CheckAddresses tells whether addresses to listen on can be read; the others, by their flags, may be empty, which
// serves nothing.
func CheckAddresses(listen string, others map[string]string) error {
	if err := checkAddress("--listen", listen); err != nil {
		return err
	}
	for flag, address := range others {
		if address == "" {
			continue
		}
		if err := checkAddress(flag, address); err != nil {
			return err
		}
	}
	return nil
}

func checkAddress(flag, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fmt.Errorf("%w: %s: %q is no address such as 127.0.0.1:8080, or :8080 for the whole network", ErrUsage, flag, address)
	}
	return nil
}

// Listen opens a TCP listener, or says what to do when the port is taken.
func Listen(flag, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w (is another sangam running? choose another address with %s)", address, err, flag)
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
func Address(scheme string, l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return scheme + "://" + l.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
