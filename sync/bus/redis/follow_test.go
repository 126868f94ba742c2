package redis_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/redis"
)

// attentive looks after its subscriptions all the time.
var attentive = redis.Options{IOTimeout: time.Second, RetryMin: time.Millisecond, RetryMax: 20 * time.Millisecond, CheckEvery: 50 * time.Millisecond}

func subscribe(t *testing.T, b *redis.Bus, channels ...string) bus.Subscription {
	t.Helper()
	s, err := b.Subscribe(deadline(t), channels...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// untilArrives publishes until a message arrives, and returns the causes of the gaps before.
func untilArrives(t *testing.T, from *redis.Bus, to bus.Subscription, channel string) (gaps []error) {
	t.Helper()
	ctx := deadline(t)
	for attempt := 0; ctx.Err() == nil; attempt++ {
		latest := fmt.Sprint(attempt)
		_, _ = from.Publish(ctx, channel, []byte(latest)) // may fail while a server is replaced
		brief, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		for brief.Err() == nil {
			m, err := to.Receive(brief)
			gap := new(bus.Gap)
			switch {
			case err == nil && string(m.Payload) == latest:
				cancel()
				return gaps
			case errors.As(err, &gap):
				gaps = append(gaps, gap.Cause)
			case err != nil && brief.Err() == nil:
				t.Fatalf("receive: %v", err)
			}
		}
		cancel()
	}
	t.Fatalf("nothing arrives on %s; gaps: %v", channel, gaps)
	return nil
}

func mentions(gaps []error, words string) bool {
	for _, g := range gaps {
		if g != nil && strings.Contains(g.Error(), words) {
			return true
		}
	}
	return false
}

// A Sentinel that is told to fail over demotes the old master seconds after it has named the new one. Until then both
// serve, and a node that stayed would talk to nobody while all looks well.
func TestMasterThatWasReplacedIsLeftAlthoughItServes(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedisSentinel(t, "secret")
	stays, comes := open(t, s.URL(), attentive), open(t, s.URL(), attentive)
	old := s.Master()
	sub := subscribe(t, stays, "c")
	untilArrives(t, comes, sub, "c")
	s.Failover()
	if got := old.Text("ROLE"); !strings.HasPrefix(got, "master") {
		t.Logf("the old master was demoted at once: %s", got)
	}
	if gaps := untilArrives(t, open(t, s.URL(), attentive), sub, "c"); len(gaps) == 0 {
		t.Error("no gap was reported, yet the server has changed")
	}
}

// A frozen server keeps its sockets, so that its subscribers notice nothing.
func TestFrozenMasterIsLeftForItsSuccessor(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedisSentinel(t, "secret")
	b := open(t, s.URL(), attentive)
	sub := subscribe(t, b, "c")
	untilArrives(t, b, sub, "c")
	old := s.Master()
	old.Pause()
	defer old.Resume()
	s.AwaitMasterAfter(old)
	if gaps := untilArrives(t, b, sub, "c"); len(gaps) == 0 {
		t.Error("no gap was reported, yet the server has changed")
	}
}

func TestSentinelsThatAreAwayChangeNothing(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedisSentinel(t, "secret")
	b := open(t, s.URL(), attentive)
	sub := subscribe(t, b, "c")
	untilArrives(t, b, sub, "c")
	s.Sentinel.Kill()
	s.Servers[0].KillSubscriptions()
	if gaps := untilArrives(t, b, sub, "c"); len(gaps) == 0 {
		t.Error("no gap was reported, yet the connection was cut")
	}
	// Who never knew the master cannot find it now.
	if _, err := open(t, s.URL(), quick).Publish(deadline(t), "c", nil); !errors.Is(err, bus.ErrUnreachable) || !strings.Contains(err.Error(), s.Sentinel.Addr) {
		t.Errorf("publish of a newcomer: %v, want ErrUnreachable with the Sentinel's address", err)
	}
}

func TestAnySentinelOfTheURLWillDoAndOnlyTheRightName(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedisSentinel(t, "secret")
	gone := closedAddress(t)
	b := open(t, "redis+sentinel://:secret@"+gone+","+s.Sentinel.Addr+"/"+testkit.SentinelMaster, quick)
	if _, err := b.Publish(deadline(t), "c", nil); err != nil {
		t.Errorf("the first Sentinel is away: %v", err)
	}
	if caps, err := b.Probe(deadline(t)); err != nil || caps.Role != "master" {
		t.Errorf("probe: %+v, %v, want the master's", caps, err)
	}
	b = open(t, "redis+sentinel://:secret@"+gone+","+s.Sentinel.Addr+"/other", quick)
	if _, err := b.Subscribe(deadline(t), "c"); !errors.Is(err, bus.ErrUnsuitable) || !strings.Contains(err.Error(), `"other"`) {
		t.Errorf("subscribe: %v, want ErrUnsuitable with the name", err)
	}
}

// Sentinels may want a password too; it is then the same as that of the servers.
func TestSentinelWithAPassword(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedisSentinel(t, "secret")
	s.Sentinel.Command("ACL", "SETUSER", "default", ">secret")
	s.Sentinel.Password = "secret"
	if _, err := open(t, s.URL(), quick).Publish(deadline(t), "c", nil); err != nil {
		t.Error(err)
	}
	wrong := open(t, s.URLWith(url.UserPassword("", "hunter2")), quick)
	if _, err := wrong.Publish(deadline(t), "c", nil); !errors.Is(err, bus.ErrAuth) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("wrong password: %v, want ErrAuth without the password", err)
	}
}

// While nobody answers, who waits for an answer takes the failure of the one who asked: else the last of many would
// wait as many times as long.
func TestManyWaitForOneQuestionOnly(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedisSentinel(t, "")
	line := testkit.StartProxy(t, s.Sentinel.Addr)
	line.Cut()
	b := open(t, "redis+sentinel://"+line.Addr+"/"+testkit.SentinelMaster, quick)
	const many = 32
	failed := make(chan error, many)
	for range many {
		go func() {
			_, err := b.Publish(context.Background(), "c", nil)
			failed <- err
		}()
	}
	for range many {
		if err := <-failed; !errors.Is(err, bus.ErrUnreachable) {
			t.Errorf("publish: %v, want ErrUnreachable", err)
		}
	}
	if got := b.Stats().Dials; got > many/4 {
		t.Errorf("%d publishers asked %d times", many, got)
	}
	line.Restore()
	eventually(t, "the Sentinel being heard", func() bool {
		_, err := b.Publish(context.Background(), "c", nil)
		return err == nil
	})
}

func closedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// What a cluster does, on one cluster for all.
func TestCluster(t *testing.T) {
	t.Parallel()
	c := testkit.StartRedisCluster(t, "secret")
	t.Run("slot that moves leaves its subscribers deaf without an error", func(t *testing.T) { deafAfterMove(t, c) })
	t.Run("any node of the URL will do", func(t *testing.T) {
		gone := closedAddress(t)
		b := open(t, "redis+cluster://:secret@"+gone+","+c.Nodes[3].Addr, quick) // the last is a replica
		untilArrives(t, b, subscribe(t, b, "c"), "c")
	})
	t.Run("all buckets are heard and one that moves disturbs no other", func(t *testing.T) { onlyTheMovedOne(t, c) })
	t.Run("replica that takes over in good order is followed", func(t *testing.T) {
		c.HaveReplica("c")
		b := open(t, c.URL(), attentive)
		sub := subscribe(t, b, "c")
		old := c.Owner("c")
		c.ReplicaOf(old).Command("CLUSTER", "FAILOVER")
		c.AwaitOwnerAfter("c", old)
		untilArrives(t, open(t, c.URL(), attentive), sub, "c")
		c.AwaitWell()
	})
	t.Run("frozen master is left for its successor", func(t *testing.T) {
		c.HaveReplica("c")
		b := open(t, c.URL(), attentive)
		sub := subscribe(t, b, "c")
		untilArrives(t, b, sub, "c")
		old := c.Owner("c")
		old.Pause()
		defer c.AwaitWell()
		defer old.Resume()
		c.AwaitOwnerAfter("c", old)
		if gaps := untilArrives(t, b, sub, "c"); len(gaps) == 0 {
			t.Error("no gap was reported, yet the server has changed")
		}
	})
}

// deafAfterMove is the trap: the server takes the channel away, and the connection goes on as if nothing were.
func deafAfterMove(t *testing.T, c *testkit.RedisCluster) {
	owner := c.Owner("c")
	if _, err := owner.AskAs(testkit.User{Password: "secret"}, "SSUBSCRIBE", "c", "another"); err == nil || !strings.Contains(err.Error(), "CROSSSLOT") {
		t.Errorf("one SSUBSCRIBE over two slots: %v; if it works now, one connection a server is enough", err)
	}
	raw, err := net.Dial("tcp", owner.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	_ = raw.SetDeadline(time.Now().Add(30 * time.Second))
	in := bufio.NewReader(raw)
	expect := func(words string) {
		t.Helper()
		for line := ""; !strings.Contains(line, words); {
			if line, err = in.ReadString('\n'); err != nil {
				t.Fatalf("wait for %s: %v", words, err)
			}
		}
	}
	fmt.Fprint(raw, "AUTH secret\r\nSSUBSCRIBE c\r\n")
	expect("ssubscribe")
	b := open(t, c.URL(), quick)
	sub := subscribe(t, b, "c")
	c.Move("c")
	expect("sunsubscribe")
	fmt.Fprint(raw, "PING\r\n")
	expect("PONG") // alive, and deaf
	if gaps := untilArrives(t, b, sub, "c"); !mentions(gaps, "another server carries the channel") {
		t.Errorf("gaps %v, want one that tells of the move", gaps)
	}
	if got := b.Stats(); got.Moved == 0 || got.Resubscribes == 0 {
		t.Errorf("stats %+v, want a move and a resubscription", got)
	}
}

func onlyTheMovedOne(t *testing.T, c *testkit.RedisCluster) {
	b := open(t, c.URL(), quick)
	sub := subscribe(t, b, bus.UpChannels()...)
	before := b.Stats()
	if before.Dials < bus.Buckets {
		t.Errorf("%d connections for %d slots", before.Dials, bus.Buckets)
	}
	moving := bus.UpChannel(7)
	c.Move(moving)
	untilArrives(t, b, sub, moving)
	for _, channel := range bus.UpChannels() {
		if gaps := untilArrives(t, b, sub, channel); channel != moving && len(gaps) > 0 {
			t.Errorf("%s: gaps %v", channel, gaps)
		}
	}
	if got := b.Stats().Resubscribes - before.Resubscribes; got != 1 {
		t.Errorf("%d connections were made again, want that of the slot which moved", got)
	}
}

func TestClusterURLForNoClusterIsTold(t *testing.T) {
	t.Parallel()
	s := testkit.StartRedis(t)
	b := open(t, "redis+cluster://"+s.Addr, quick)
	if _, err := b.Subscribe(deadline(t), "c"); !errors.Is(err, bus.ErrUnsuitable) {
		t.Errorf("subscribe: %v, want ErrUnsuitable", err)
	}
	if err := b.PublishAll(deadline(t), []bus.Message{{Channel: "c"}}); !errors.Is(err, bus.ErrUnsuitable) {
		t.Errorf("publish: %v, want ErrUnsuitable", err)
	}
}
