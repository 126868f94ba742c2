package testkit

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// RedisCluster is three masters and a replica of the first: real processes of one test, with the configuration that
// operators get (deploy/redis-cluster.conf). A master is given up after a second of silence.
type RedisCluster struct {
	Nodes []*Redis

	t        testing.TB
	operator User
}

const clusterSlots = 16384

// StartRedisCluster starts the four, and returns once all agree that the cluster is well. settings are lines of the
// configuration of every node.
func StartRedisCluster(t testing.TB, password string, settings ...string) *RedisCluster {
	t.Helper()
	if password != "" {
		settings = append(settings, "masterauth "+strconv.Quote(password))
	}
	return StartRedisClusterAs(t, User{Password: password}, settings...)
}

// StartRedisClusterAs is StartRedisCluster for nodes whose settings bring their users: the test commands them as
// operator.
func StartRedisClusterAs(t testing.TB, operator User, settings ...string) *RedisCluster {
	t.Helper()
	settings = append([]string{
		"include " + filepath.Join(filepath.Dir(shippedConfig(t)), "redis-cluster.conf"),
		"cluster-node-timeout 1000",
		"cluster-replica-validity-factor 0",
		"repl-diskless-sync-delay 0", // five seconds otherwise
	}, settings...)
	c := &RedisCluster{t: t, operator: operator}
	var buses []string // their ports among themselves
	for range 4 {
		_, port, _ := net.SplitHostPort(FreeAddr(t))
		buses = append(buses, port)
		c.Nodes = append(c.Nodes, startRedis(t, operator, append(slices.Clone(settings), "cluster-port "+port)))
	}
	for i, node := range c.Nodes[:3] {
		node.Command("CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
		node.Command("CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(i*clusterSlots/3), strconv.Itoa((i+1)*clusterSlots/3-1))
	}
	for i, node := range c.Nodes[1:] {
		host, port, _ := net.SplitHostPort(node.Addr)
		c.Nodes[0].Command("CLUSTER", "MEET", host, port, buses[i+1])
	}
	await(t, "all nodes knowing each other", func() bool { return c.all("cluster_known_nodes:4") })
	c.follow(c.Nodes[3], c.Nodes[0])
	c.AwaitWell()
	return c
}

// follow makes a node without slots the replica of a master.
func (c *RedisCluster) follow(node, master *Redis) {
	c.t.Helper()
	id := master.Text("CLUSTER", "MYID")
	await(c.t, "the replica knowing its master", func() bool {
		_, err := node.ask([]string{"CLUSTER", "REPLICATE", id})
		return err == nil
	})
}

// AwaitWell waits until every node that runs says that the cluster is well, and every replica has its master's data.
func (c *RedisCluster) AwaitWell() {
	c.t.Helper()
	await(c.t, "a cluster that is well", func() bool {
		return c.all("cluster_state:ok") && c.all("cluster_slots_ok:"+strconv.Itoa(clusterSlots)) && c.agree() && c.replicated()
	})
}

// all says whether every running node's CLUSTER INFO has a line.
func (c *RedisCluster) all(line string) bool {
	for _, node := range c.running() {
		info, err := node.ask([]string{"CLUSTER", "INFO"})
		if err != nil || !strings.Contains(info, line+"\r\n") {
			return false
		}
	}
	return true
}

// agree says whether all running nodes tell of the same masters of the same slots.
func (c *RedisCluster) agree() bool {
	var first string
	for i, node := range c.running() {
		lines := c.lines(node)
		var masters []string
		for _, l := range lines {
			if l.master {
				masters = append(masters, fmt.Sprint(l.address, l.slots))
			}
		}
		slices.Sort(masters)
		if i == 0 {
			first = fmt.Sprint(masters)
		}
		if fmt.Sprint(masters) != first {
			return false
		}
	}
	return true
}

func (c *RedisCluster) replicated() bool {
	for _, node := range c.running() {
		info, err := node.ask([]string{"INFO", "replication"})
		if err != nil || strings.Contains(info, "role:slave") && !strings.Contains(info, "master_link_status:up") {
			return false
		}
	}
	return true
}

// running are the nodes that answer.
func (c *RedisCluster) running() []*Redis {
	return slices.DeleteFunc(slices.Clone(c.Nodes), func(n *Redis) bool { return n.paused || !n.running() })
}

// clusterLine is one node in another's view.
type clusterLine struct {
	id, address string
	master      bool // that is not given up
	slots       []string
}

func (c *RedisCluster) lines(from *Redis) (lines []clusterLine) {
	text, err := from.ask([]string{"CLUSTER", "NODES"})
	if err != nil {
		return nil
	}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 8 {
			continue
		}
		address, _, _ := strings.Cut(words[1], "@")
		flags := strings.Split(words[2], ",")
		lines = append(lines, clusterLine{
			id: words[0], address: address, slots: words[8:],
			master: slices.Contains(flags, "master") && !slices.Contains(flags, "fail"),
		})
	}
	return lines
}

// URL is that of the first three nodes, with the operator's password if there is one.
func (c *RedisCluster) URL() string {
	return c.URLWith(url.UserPassword(c.operator.Name, c.operator.Password))
}

// URLWith is URL for another user.
func (c *RedisCluster) URLWith(user *url.Userinfo) string {
	u := url.URL{Scheme: "redis+cluster", Host: c.Nodes[0].Addr + "," + c.Nodes[1].Addr + "," + c.Nodes[2].Addr}
	if password, _ := user.Password(); password != "" {
		u.User = user
	}
	return u.String()
}

// Owner is the master that carries a channel in the view of the first node that runs.
func (c *RedisCluster) Owner(channel string) *Redis {
	c.t.Helper()
	owner := c.owner(channel)
	if owner == nil {
		c.t.Fatalf("no node carries %s", channel)
	}
	return owner
}

// owner is nil while a killed master has no successor.
func (c *RedisCluster) owner(channel string) *Redis {
	c.t.Helper()
	from := c.running()[0]
	slot, _ := strconv.Atoi(from.Text("CLUSTER", "KEYSLOT", channel))
	for _, l := range c.lines(from) {
		if i := c.index(l.address); i >= 0 && l.master && holds(l.slots, slot) {
			return c.Nodes[i]
		}
	}
	return nil
}

func (c *RedisCluster) index(address string) int {
	return slices.IndexFunc(c.Nodes, func(n *Redis) bool { return n.Addr == address })
}

func holds(ranges []string, slot int) bool {
	for _, r := range ranges {
		low, high, many := strings.Cut(r, "-")
		if !many {
			high = low
		}
		first, err1 := strconv.Atoi(low)
		last, err2 := strconv.Atoi(high)
		if err1 == nil && err2 == nil && first <= slot && slot <= last {
			return true
		}
	}
	return false
}

// Move gives the slot of a channel to another master, as resharding does, and waits until all nodes know.
func (c *RedisCluster) Move(channel string) {
	c.t.Helper()
	from := c.Owner(channel)
	for _, to := range c.masters() {
		if to != from {
			c.moveTo(channel, from, to)
			return
		}
	}
	c.t.Fatal("the cluster has one master only")
}

func (c *RedisCluster) moveTo(channel string, from, to *Redis) {
	c.t.Helper()
	slot := from.Text("CLUSTER", "KEYSLOT", channel)
	fromID, toID := from.Text("CLUSTER", "MYID"), to.Text("CLUSTER", "MYID")
	to.Command("CLUSTER", "SETSLOT", slot, "IMPORTING", fromID)
	from.Command("CLUSTER", "SETSLOT", slot, "MIGRATING", toID)
	to.Command("CLUSTER", "SETSLOT", slot, "NODE", toID)
	for _, master := range c.masters() {
		if master != to {
			master.Command("CLUSTER", "SETSLOT", slot, "NODE", toID)
		}
	}
	if !Eventually(30*time.Second, func() bool { return c.agree() && c.owner(channel) == to }) {
		for _, node := range c.running() {
			c.t.Logf("%s says:\n%s", node.Addr, node.Text("CLUSTER", "NODES"))
		}
		c.t.Fatalf("slot %s did not move from %s to %s", slot, from.Addr, to.Addr)
	}
}

// masters are those with slots in the view of the first node that runs.
func (c *RedisCluster) masters() (all []*Redis) {
	c.t.Helper()
	for _, l := range c.lines(c.running()[0]) {
		if i := c.index(l.address); i >= 0 && l.master && len(l.slots) > 0 {
			all = append(all, c.Nodes[i])
		}
	}
	return all
}

// HaveReplica sees to it that the owner of a channel has a replica, by moving its slot to the master that has one.
func (c *RedisCluster) HaveReplica(channel string) {
	c.t.Helper()
	from := c.Owner(channel)
	for _, to := range c.masters() {
		if c.ReplicaOf(to) == nil {
			continue
		}
		if to != from {
			c.moveTo(channel, from, to)
		}
		return
	}
	c.t.Fatal("no master has a replica")
}

// AwaitReplica waits until some master has a replica: one that was killed comes back as the replica of who took its
// place.
func (c *RedisCluster) AwaitReplica() {
	c.t.Helper()
	await(c.t, "a master with a replica", func() bool {
		return slices.ContainsFunc(c.masters(), func(m *Redis) bool { return c.ReplicaOf(m) != nil })
	})
}

// ReplicaOf is a running replica of a master, or nil.
func (c *RedisCluster) ReplicaOf(master *Redis) *Redis {
	c.t.Helper()
	id := master.Text("CLUSTER", "MYID")
	for line := range strings.Lines(master.Text("CLUSTER", "NODES")) {
		words := strings.Fields(line)
		if len(words) < 8 || words[3] != id {
			continue
		}
		address, _, _ := strings.Cut(words[1], "@")
		if i := c.index(address); i >= 0 && c.Nodes[i].running() {
			return c.Nodes[i]
		}
	}
	return nil
}

// AwaitOwnerAfter waits until the nodes that run agree that another than old carries a channel.
func (c *RedisCluster) AwaitOwnerAfter(channel string, old *Redis) {
	c.t.Helper()
	await(c.t, "another owner of "+channel, func() bool {
		owner := c.owner(channel)
		return owner != nil && owner != old
	})
}

// Stop ends all nodes. Start brings them back empty; they know each other still.
func (c *RedisCluster) Stop() {
	for _, node := range c.Nodes {
		node.Stop()
	}
}

// Start starts the nodes that do not run, and waits until the cluster is well.
func (c *RedisCluster) Start() {
	c.t.Helper()
	for _, node := range c.Nodes {
		node.Start()
	}
	c.AwaitWell()
}
