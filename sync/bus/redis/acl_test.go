package redis_test

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/redis"
)

var (
	pune   = redis.SiteAccount{Site: [16]byte{1}, Password: "pune-pune-pune-pune"}
	nashik = redis.SiteAccount{Site: [16]byte{2}, Password: "nashik-nashik-nashik"}
)

func access(kind redis.Kind) redis.Access {
	a := redis.Access{
		Kind: kind, Hub: "hub-hub-hub-hub-hub", Operator: "operator-operator",
		Sites: []redis.SiteAccount{nashik, pune},
	}
	if kind != redis.Single {
		a.Servers = "server-server-server"
	}
	return a
}

// writeACL returns the settings of servers that run under a generated file.
func writeACL(t *testing.T, a redis.Access) (path string, settings []string) {
	t.Helper()
	text, err := a.File()
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "users.acl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	settings = []string{"aclfile " + path}
	if a.Servers != "" {
		settings = append(settings, "masteruser "+redis.ServerUser, "masterauth "+a.Servers)
	}
	return path, settings
}

func siteUser(s redis.SiteAccount) *url.Userinfo {
	return url.UserPassword(redis.SiteUser(s.Site), s.Password)
}

// Under the file that the program prints, on servers of every kind, hub and sites speak with each other, replicas
// follow and Sentinels decide, and no site reaches another's channels.
func TestGeneratedACLIsEnoughAndNoMore(t *testing.T) {
	t.Parallel()
	for _, kind := range []redis.Kind{redis.Single, redis.Sentinel, redis.Cluster} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			a := access(kind)
			_, settings := writeACL(t, a)
			var with func(*url.Userinfo) string
			var failover func()
			operator := testkit.User{Name: redis.OperatorUser, Password: a.Operator}
			switch kind {
			case redis.Single:
				s := testkit.StartRedisAs(t, operator, settings...)
				with = func(u *url.Userinfo) string { return (&url.URL{Scheme: "redis", User: u, Host: s.Addr}).String() }
			case redis.Sentinel:
				s := testkit.StartRedisSentinelAs(t, operator, testkit.User{Name: redis.ServerUser, Password: a.Servers}, settings...)
				with, failover = s.URLWith, s.Failover
			case redis.Cluster:
				c := testkit.StartRedisClusterAs(t, operator, settings...)
				with, failover = c.URLWith, func() { c.Move(bus.DownChannel(pune.Site)) }
			}
			hub := open(t, with(url.UserPassword(redis.HubUser, a.Hub)), quick)
			site, other := open(t, with(siteUser(pune)), quick), open(t, with(siteUser(nashik)), quick)
			speak(t, hub, site, pune.Site)
			speak(t, hub, other, nashik.Site)
			for _, channel := range []string{
				bus.DownChannel(nashik.Site), bus.UpChannel(bus.Bucket(nashik.Site)), bus.HubLive, "sangam:{*}:up", "*", "other",
			} {
				refused(t, site, channel)
			}
			refused(t, hub, "other")
			if failover != nil {
				failover()
				speak(t, hub, site, pune.Site)
			}
		})
	}
}

// speak sends a message each way, until it arrives.
func speak(t *testing.T, hub, site *redis.Bus, id [16]byte) {
	t.Helper()
	for channel, ends := range map[string][2]*redis.Bus{
		bus.UpChannel(bus.Bucket(id)): {site, hub},
		bus.DownChannel(id):           {hub, site},
	} {
		ctx := deadline(t)
		for arrived := false; !arrived; {
			sub, err := ends[1].Subscribe(ctx, channel)
			if errors.Is(err, bus.ErrUnreachable) && ctx.Err() == nil {
				continue // a failover takes its time
			}
			if err != nil {
				t.Fatal(err)
			}
			n, err := ends[0].Publish(ctx, channel, []byte("x"))
			if err != nil && !errors.Is(err, bus.ErrUnreachable) {
				t.Fatal(err)
			}
			if err == nil && n > 0 {
				m, err := sub.Receive(ctx)
				arrived = err == nil && string(m.Payload) == "x"
			}
			sub.Close()
			if ctx.Err() != nil {
				t.Fatalf("nothing arrives on %s", channel)
			}
		}
	}
}

func refused(t *testing.T, b *redis.Bus, channel string) {
	t.Helper()
	if _, err := b.Publish(deadline(t), channel, nil); !errors.Is(err, bus.ErrAuth) {
		t.Errorf("publish on %s: %v, want ErrAuth", channel, err)
	}
	if s, err := b.Subscribe(deadline(t), channel); !errors.Is(err, bus.ErrAuth) {
		if err == nil {
			s.Close()
		}
		t.Errorf("subscribe to %s: %v, want ErrAuth", channel, err)
	}
}

// Whoever holds a site's password can do on the server what the site does, and nothing to anybody else.
func TestUsersOfTheACLCanDoNothingElse(t *testing.T) {
	t.Parallel()
	a := access(redis.Single)
	_, settings := writeACL(t, a)
	s := testkit.StartRedisAs(t, testkit.User{Name: redis.OperatorUser, Password: a.Operator}, settings...)
	for _, user := range []testkit.User{
		{Name: redis.SiteUser(pune.Site), Password: pune.Password},
		{Name: redis.HubUser, Password: a.Hub},
		{Name: "default", Password: "anything"},
	} {
		for _, words := range [][]string{
			{"GET", "k"}, {"SET", "k", "v"}, {"FLUSHALL"}, {"KEYS", "*"}, {"CONFIG", "GET", "*"}, {"ACL", "LIST"}, {"INFO"},
			{"CLIENT", "LIST"}, {"CLIENT", "KILL", "TYPE", "normal"}, {"DEBUG", "SLEEP", "0"}, {"MONITOR"}, {"PUBSUB", "CHANNELS"},
			{"PSUBSCRIBE", "*"}, {"EVAL", "return 1", "0"}, {"SHUTDOWN"}, {"REPLICAOF", "NO", "ONE"}, {"XADD", "s", "*", "a", "b"},
		} {
			if answer, err := s.AskAs(user, words...); err == nil {
				t.Errorf("%s may %v: %q", user.Name, words, answer)
			}
		}
	}
	if answer, err := s.AskAs(testkit.User{Name: redis.OperatorUser, Password: a.Operator}, "DBSIZE"); err != nil || answer != "0" {
		t.Errorf("the operator counts %s keys, %v", answer, err)
	}
}

// To take a site's access away, print the file without it and load it: its connections end at once.
func TestSiteThatIsLeftOutLosesItsConnectionAtOnce(t *testing.T) {
	t.Parallel()
	a := access(redis.Single)
	path, settings := writeACL(t, a)
	s := testkit.StartRedisAs(t, testkit.User{Name: redis.OperatorUser, Password: a.Operator}, settings...)
	at := func(u *url.Userinfo) string { return (&url.URL{Scheme: "redis", User: u, Host: s.Addr}).String() }
	ctx := deadline(t)
	stays, goes := open(t, at(siteUser(pune)), quick), open(t, at(siteUser(nashik)), quick)
	staying, err := stays.Subscribe(ctx, bus.DownChannel(pune.Site))
	if err != nil {
		t.Fatal(err)
	}
	going, err := goes.Subscribe(ctx, bus.DownChannel(nashik.Site))
	if err != nil {
		t.Fatal(err)
	}
	a.Sites = []redis.SiteAccount{pune}
	text, err := a.File()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Command("ACL", "LOAD")
	for err = nil; err == nil || errors.Is(err, bus.ErrGap); {
		_, err = going.Receive(ctx)
	}
	if !errors.Is(err, bus.ErrAuth) {
		t.Errorf("the one that was left out: %v, want ErrAuth", err)
	}
	hub := open(t, at(url.UserPassword(redis.HubUser, a.Hub)), quick)
	for {
		if _, err := hub.Publish(ctx, bus.DownChannel(pune.Site), []byte("x")); err != nil {
			t.Fatal(err)
		}
		m, err := staying.Receive(ctx)
		if err == nil && string(m.Payload) == "x" {
			return
		}
		if !errors.Is(err, bus.ErrGap) {
			t.Fatalf("the one that stayed: %v", err)
		}
	}
}

func TestACLIsTheSameForTheSameAccessAndHasNoPassword(t *testing.T) {
	t.Parallel()
	a := access(redis.Cluster)
	first, err := a.File()
	if err != nil {
		t.Fatal(err)
	}
	a.Sites = []redis.SiteAccount{pune, nashik}
	if again, err := a.File(); err != nil || again != first {
		t.Errorf("in another order: %v\n%s\nwant\n%s", err, again, first)
	}
	for _, secret := range []string{a.Hub, a.Operator, a.Servers, pune.Password, nashik.Password} {
		if strings.Contains(first, secret) {
			t.Errorf("the file has the password %q in clear", secret)
		}
	}
}

func TestACLWithoutGoodPasswordsIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*redis.Access){
		"no hub":                func(a *redis.Access) { a.Hub = "" },
		"short":                 func(a *redis.Access) { a.Sites[0].Password = "123456789012345" },
		"shared":                func(a *redis.Access) { a.Sites[0].Password = a.Hub },
		"a site twice":          func(a *redis.Access) { a.Sites[0].Site = a.Sites[1].Site },
		"no servers":            func(a *redis.Access) { a.Kind, a.Servers = redis.Cluster, "" },
		"unknown kind":          func(a *redis.Access) { a.Kind = "valkey" },
		"operator like the hub": func(a *redis.Access) { a.Operator = a.Hub },
	} {
		a := access(redis.Single)
		spoil(&a)
		if text, err := a.File(); err == nil {
			t.Errorf("%s: it was written:\n%s", name, text)
		}
	}
}
