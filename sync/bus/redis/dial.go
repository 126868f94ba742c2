package redis

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// socket counts what passes it. Below TLS, so the figures are those of the line.
type socket struct {
	net.Conn
	figures *figures
	heard   atomic.Int64 // bytes that arrived on this socket
}

func (s *socket) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	s.heard.Add(int64(n))
	s.figures.bytesIn.Add(int64(n))
	return n, err
}

func (s *socket) Write(p []byte) (int, error) {
	n, err := s.Conn.Write(p)
	s.figures.bytesOut.Add(int64(n))
	return n, err
}

// systemSocket lets go-redis look whether the server has closed a pooled connection, before it is used.
type systemSocket struct {
	*socket
	syscall.Conn
}

// open connects to a server, with TLS if the URL asks for it. It returns the connection and the socket below it.
func (b *Bus) open(ctx context.Context, network, address string) (net.Conn, *socket, error) {
	ctx, cancel := context.WithTimeout(ctx, b.opts.DialTimeout)
	defer cancel()
	b.figures.dials.Add(1)
	conn, err := b.opts.Dial(ctx, network, address)
	if err != nil {
		b.figures.dialFailures.Add(1)
		return nil, nil, err
	}
	s := &socket{Conn: conn, figures: &b.figures}
	counted := net.Conn(s)
	if system, ok := conn.(syscall.Conn); ok {
		counted = systemSocket{s, system}
	}
	if b.target.dial.TLSConfig == nil {
		return counted, s, nil
	}
	config := b.target.dial.TLSConfig.Clone()
	if host, _, err := net.SplitHostPort(address); err == nil {
		config.ServerName = host // each server of a cluster has its own
	}
	secured := tls.Client(counted, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		b.figures.dialFailures.Add(1)
		_ = conn.Close()
		return nil, nil, err
	}
	return secured, s, nil
}

// dialDirectly is what Options.Dial is without a choice. A vanished peer is noticed after 45 s.
func dialDirectly(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 30 * time.Second, Interval: 5 * time.Second, Count: 3,
	}}
	return d.DialContext(ctx, network, address)
}

// optionsFor are go-redis's for one server: every client of this package is made of them.
func (b *Bus) optionsFor(address string) *goredis.Options {
	o := b.target.dial
	o.Addr = address
	o.Dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, _, err := b.open(ctx, network, address)
		return conn, err
	}
	o.OnConnect = func(ctx context.Context, c *goredis.Conn) error { return b.checkServer(ctx, address, c) }
	return &o
}
