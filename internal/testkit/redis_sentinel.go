package testkit

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// SentinelMaster is the name by which the Sentinel of a test knows its master.
const SentinelMaster = "sangam"

// RedisSentinel is a master, a replica of it and one Sentinel that watches both: real processes of one test. One
// Sentinel decides alone and quickly: a master is given up half a second after it was last heard.
type RedisSentinel struct {
	Servers  [2]*Redis // the first was the master at the start
	Sentinel *Redis

	t        testing.TB
	operator User
}

// StartRedisSentinel starts all three, and returns once a failover would work. With a password, the servers want it,
// and the Sentinel itself does not. settings are lines of the configuration of both servers.
func StartRedisSentinel(t testing.TB, password string, settings ...string) *RedisSentinel {
	t.Helper()
	user := User{Password: password}
	if password != "" {
		settings = append(settings, "masterauth "+strconv.Quote(password))
	}
	return StartRedisSentinelAs(t, user, user, settings...)
}

// StartRedisSentinelAs is StartRedisSentinel for servers whose settings bring their users: the test commands them as
// operator, the Sentinel watches them as watcher.
func StartRedisSentinelAs(t testing.TB, operator, watcher User, settings ...string) *RedisSentinel {
	t.Helper()
	settings = append(slices.Clone(settings), "repl-diskless-sync-delay 0") // five seconds otherwise
	master := startRedis(t, operator, settings)
	host, port, _ := net.SplitHostPort(master.Addr)
	replica := startRedis(t, operator, append(slices.Clone(settings), "replicaof "+host+" "+port))
	watch := []string{
		fmt.Sprintf("sentinel monitor %s %s %s 1", SentinelMaster, host, port),
		"sentinel down-after-milliseconds " + SentinelMaster + " 500",
		"sentinel failover-timeout " + SentinelMaster + " 3000",
	}
	if watcher.Name != "" {
		watch = append(watch, "sentinel auth-user "+SentinelMaster+" "+watcher.Name)
	}
	if watcher.Password != "" {
		watch = append(watch, "sentinel auth-pass "+SentinelMaster+" "+strconv.Quote(watcher.Password))
	}
	sentinel := &Redis{Addr: FreeAddr(t), t: t, dir: t.TempDir(), extra: watch, args: []string{"--sentinel"}}
	t.Cleanup(sentinel.Kill)
	sentinel.Start()
	s := &RedisSentinel{Servers: [2]*Redis{master, replica}, Sentinel: sentinel, t: t, operator: operator}
	s.awaitReplica()
	return s
}

// URL is the URL of the whole, with the operator's password if there is one.
func (s *RedisSentinel) URL() string {
	return s.URLWith(url.UserPassword(s.operator.Name, s.operator.Password))
}

// URLWith is URL for another user.
func (s *RedisSentinel) URLWith(user *url.Userinfo) string {
	u := url.URL{Scheme: "redis+sentinel", Host: s.Sentinel.Addr, Path: "/" + SentinelMaster}
	if password, _ := user.Password(); password != "" {
		u.User = user
	}
	return u.String()
}

// awaitReplica waits until the Sentinel could promote the replica.
func (s *RedisSentinel) awaitReplica() {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.Servers[1].Addr)
	await(s.t, "a replica that the Sentinel could promote", func() bool {
		known := s.Sentinel.Text("SENTINEL", "REPLICAS", SentinelMaster)
		return strings.Contains(known, "\n"+port+"\n") && strings.Contains(known, "master-link-status\nok\n")
	})
}

// Master is the server that the Sentinel names.
func (s *RedisSentinel) Master() *Redis {
	s.t.Helper()
	named := s.Sentinel.Text("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SentinelMaster)
	for _, server := range s.Servers {
		if host, port, _ := net.SplitHostPort(server.Addr); named == host+"\n"+port {
			return server
		}
	}
	s.t.Fatalf("the Sentinel names %q, which is none of ours", named)
	return nil
}

// Failover makes the replica the master, in good order.
func (s *RedisSentinel) Failover() {
	s.t.Helper()
	old := s.Master()
	s.Sentinel.Command("SENTINEL", "FAILOVER", SentinelMaster)
	s.AwaitMasterAfter(old)
}

// AwaitMasterAfter waits until the Sentinel names another master than old.
func (s *RedisSentinel) AwaitMasterAfter(old *Redis) {
	s.t.Helper()
	await(s.t, "another master", func() bool { return s.Master() != old })
}

// Stop ends all three. Start brings them back empty, with the roles of the beginning.
func (s *RedisSentinel) Stop() {
	s.Sentinel.Stop()
	for _, server := range s.Servers {
		server.Stop()
	}
}

// Start ends Stop.
func (s *RedisSentinel) Start() {
	s.t.Helper()
	for _, server := range s.Servers {
		server.Start()
	}
	s.Sentinel.Start()
}

// await waits for a condition of real servers, or fails the test.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	if !Eventually(30*time.Second, ok) {
		t.Fatalf("30 s have passed without %s", what)
	}
}
