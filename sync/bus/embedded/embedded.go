// Package embedded is a Redis inside this process, for the demo, for development and for small trials.
//
// It speaks enough of the protocol that nodes in this and other processes reach it by URL, with the same driver that
// talks to a real server. It keeps nothing on disk, and forgets all when it is closed. It is not for production: no
// TLS, no sharded channels (SPUBLISH), no ACLs, and one lock around every command. Like a real server it cuts off a
// subscriber that does not read; miniredis alone would let that one subscriber hold up everybody.
package embedded

import (
	"fmt"
	"net"
	"net/url"
	"sync"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// MaxConnections is how many clients a server holds; one more is closed at once.
const MaxConnections = 4096

// Server is a running embedded Redis.
type Server struct {
	listener net.Listener
	password string
	mini     *miniredis.Miniredis
	serving  *server.Server
	accepted sync.WaitGroup

	mu     sync.Mutex
	closed bool
	conns  map[*conn]struct{}
}

// Start serves on address, such as "127.0.0.1:0" for a port that the kernel chooses, until Close. With a password,
// clients must give it. Listen on the loopback only, unless everybody who can connect may listen and publish.
func Start(address, password string) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("start the embedded Redis: %w", err)
	}
	s := &Server{listener: listener, password: password, mini: miniredis.NewMiniRedis(), conns: map[*conn]struct{}{}}
	if password != "" {
		s.mini.RequireAuth(password)
	}
	// Dial starts miniredis without a listener of its own, so that every connection can be wrapped here.
	first, err := s.mini.Dial()
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("start the embedded Redis: %w", err)
	}
	_ = first.Close()
	s.serving = s.mini.Server()
	s.accepted.Go(s.accept)
	return s, nil
}

func (s *Server) accept() {
	for {
		socket, err := s.listener.Accept()
		if err != nil {
			return // Close closed it; a listener on the loopback has no other lasting error
		}
		if c := s.admit(socket); c != nil {
			s.accepted.Go(c.write)
			s.serving.ServeConn(c)
		}
	}
}

func (s *Server) admit(socket net.Conn) *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= MaxConnections {
		_ = socket.Close()
		return nil
	}
	c := newConn(socket, s.forget)
	s.conns[c] = struct{}{}
	return c
}

func (s *Server) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// Addr is the host and port it listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// URL is what nodes are given to reach it, with the password if there is one.
func (s *Server) URL() string {
	u := url.URL{Scheme: "redis", Host: s.Addr()}
	if s.password != "" {
		u.User = url.UserPassword("", s.password)
	}
	return u.String()
}

// Flush forgets every key. Subscriptions stay.
func (s *Server) Flush() { s.mini.FlushAll() }

// DropConnections closes every client's connection, as a restart would.
func (s *Server) DropConnections() {
	s.mu.Lock()
	open := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		open = append(open, c)
	}
	s.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}

// Close ends the server and every connection, and returns once all it ran has ended. Closing twice is harmless.
func (s *Server) Close() error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	err := s.listener.Close()
	s.DropConnections()
	s.accepted.Wait() // before miniredis: no connection may be handed to it while it closes
	s.mini.Close()
	if err != nil {
		return fmt.Errorf("stop the embedded Redis: %w", err)
	}
	return nil
}
