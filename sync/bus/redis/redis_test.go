package redis_test

import (
	"context"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/bustest"
	"github.com/aashram-care/sangam/sync/bus/redis"
)

var quick = redis.Options{IOTimeout: time.Second, RetryMin: time.Millisecond, RetryMax: 20 * time.Millisecond}

func open(t *testing.T, url string, o redis.Options) *redis.Bus {
	t.Helper()
	b, err := redis.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("close the bus: %v", err)
		}
	})
	return b
}

// lines are proxies, one before each of some servers, through which a node reaches them.
type lines map[string]*testkit.Proxy

func startLines(t *testing.T, servers ...string) lines {
	l := lines{}
	for _, s := range servers {
		l[s] = testkit.StartProxy(t, s)
	}
	return l
}

// through are options whose connections pass the lines.
func (l lines) through(o redis.Options) redis.Options {
	o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, l[address].Addr)
	}
	return o
}

func (l lines) each(fn func(*testkit.Proxy)) func() {
	return func() {
		for _, line := range l {
			fn(line)
		}
	}
}

func (l lines) line() bustest.Line {
	return bustest.Line{
		Stall:   l.each((*testkit.Proxy).Stall),
		Cut:     l.each((*testkit.Proxy).Cut),
		Restore: l.each((*testkit.Proxy).Restore),
	}
}

// harness is what is the same for all kinds of servers; they run with password and narrowUser.
func harness(url, refusedURL, narrowURL string, servers func() []*testkit.Redis, addresses ...string) bustest.Harness {
	small := quick
	small.QueueMessages = 8
	return bustest.Harness{
		Open:        func(t *testing.T) bus.Bus { return open(t, url, quick) },
		OpenSmall:   func(t *testing.T) bus.Bus { return open(t, url, small) },
		OpenRefused: func(t *testing.T) bus.Bus { return open(t, refusedURL, quick) },
		OpenNarrow:  func(t *testing.T) bus.Bus { return open(t, narrowURL, quick) },
		Flush: func() {
			for _, s := range servers() {
				if strings.HasPrefix(s.Text("ROLE"), "master") { // a replica empties itself with its master
					s.Flush()
				}
			}
		},
		KillSubscriptions: func() {
			for _, s := range servers() {
				s.KillSubscriptions()
			}
		},
		ChangePassword: func() {
			for _, s := range servers() {
				s.Command("CONFIG", "SET", "requirepass", "changed")
				s.Password = "changed"
				s.Command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
				s.KillSubscriptions()
			}
		},
		OpenThroughLine: func(t *testing.T) (bus.Bus, bustest.Line) {
			l := startLines(t, addresses...)
			return open(t, url, l.through(quick)), l.line()
		},
		CountsReceivers: true,
	}
}

const (
	password   = "a secret: %/@?#"
	narrowUser = "user narrow on >narrow resetkeys resetchannels &mine -@all +publish +subscribe +spublish +ssubscribe +cluster|slots +client|setname"
	// Little enough that a few frames past the sockets' buffers cost a slow subscriber its connection.
	smallBuffers = "client-output-buffer-limit pubsub 1mb 0 0"
)

func TestConformanceOfASingleServer(t *testing.T) {
	t.Parallel()
	bustest.Run(t, func(t *testing.T) bustest.Harness {
		s := testkit.StartRedisWithPassword(t, password, narrowUser, smallBuffers)
		all := []*testkit.Redis{s}
		h := harness(s.URL, "redis://:wrong@"+s.Addr, "redis://narrow:narrow@"+s.Addr, func() []*testkit.Redis { return all }, s.Addr)
		h.Stop, h.Start = s.Stop, s.Start
		return h
	})
}

func TestConformanceOfSentinels(t *testing.T) {
	t.Parallel()
	bustest.Run(t, func(t *testing.T) bustest.Harness {
		s := testkit.StartRedisSentinel(t, password, narrowUser, smallBuffers)
		all := s.Servers[:]
		h := harness(s.URL(), s.URLWith(url.UserPassword("", "wrong")), s.URLWith(url.UserPassword("narrow", "narrow")),
			func() []*testkit.Redis { return all }, s.Sentinel.Addr, s.Servers[0].Addr, s.Servers[1].Addr)
		h.Stop, h.Start = s.Stop, s.Start
		h.Failover = func(string) {
			old := s.Master()
			old.Kill()
			s.AwaitMasterAfter(old)
			old.Start()
		}
		return h
	})
}

// One cluster serves the whole suite, for it takes seconds to form: what a test does to it is undone by its end.
func TestConformanceOfACluster(t *testing.T) {
	t.Parallel()
	c := testkit.StartRedisCluster(t, password, narrowUser, smallBuffers)
	var addresses []string
	for _, n := range c.Nodes {
		addresses = append(addresses, n.Addr)
	}
	bustest.Run(t, func(t *testing.T) bustest.Harness {
		h := harness(c.URL(), c.URLWith(url.UserPassword("", "wrong")), c.URLWith(url.UserPassword("narrow", "narrow")),
			func() []*testkit.Redis { return c.Nodes }, addresses...)
		h.Stop, h.Start = c.Stop, c.Start
		h.Move = c.Move
		h.Failover = func(channel string) {
			c.HaveReplica(channel)
			old := c.Owner(channel)
			old.Kill()
			c.AwaitOwnerAfter(channel, old)
			c.Start()
		}
		return h
	})
}
