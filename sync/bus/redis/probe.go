package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/aashram-care/sangam/sync/bus"
)

// Capabilities is what a server says of itself. A server or an ACL may keep any of it back.
type Capabilities struct {
	Version string // "7.0.15"; empty when unknown
	Mode    string // "standalone", "cluster", "sentinel"; empty when unknown
	Role    string // "master", "slave"; empty when unknown
	Sharded bool   // whether it knows SPUBLISH and SSUBSCRIBE
	// OutputLimit is how many unread bytes cost a slow subscriber its connection; 0 never, -1 unknown.
	OutputLimit int64
}

// Probe asks a server what it can do, on a connection of its own, also one that the bus refuses as unsuitable: of
// several servers, the one that carries bus.HubLive. It fails only when no server can be asked.
func (b *Bus) Probe(ctx context.Context) (Capabilities, error) {
	address, err := b.directory.find(ctx, bus.HubLive)
	if err != nil {
		return Capabilities{}, fmt.Errorf("probe: %w", err)
	}
	var caps Capabilities
	err = b.briefly(address, b.optionsFor(address), func(c *goredis.Client) error {
		caps, err = probe(ctx, c)
		return err
	})
	if err != nil {
		return Capabilities{}, fmt.Errorf("probe: %w", b.explain(ctx, address, err))
	}
	return caps, nil
}

func probe(ctx context.Context, c goredis.Cmdable) (Capabilities, error) {
	pipe := c.Pipeline()
	// PING tells whether the server serves us at all; the others may be unknown to it or refused one by one.
	ping := pipe.Ping(ctx)
	server, role := pipe.Info(ctx, "server"), pipe.Do(ctx, "ROLE")
	command := pipe.Do(ctx, "COMMAND", "INFO", "SPUBLISH")
	limits := pipe.ConfigGet(ctx, "client-output-buffer-limit")
	// A connection that the server refuses to begin is an error of none of the commands.
	if _, err := pipe.Exec(ctx); err != nil && (!isReply(err) || refusesCredentials(err.Error()) && !goredis.IsPermissionError(err)) {
		return Capabilities{}, err
	}
	if err := ping.Err(); err != nil && !strings.HasPrefix(err.Error(), "NOPERM") {
		return Capabilities{}, err
	}
	caps := Capabilities{OutputLimit: -1}
	caps.Version = infoField(server.Val(), "redis_version")
	caps.Mode = infoField(server.Val(), "redis_mode")
	caps.Role = roleIn(role.Val())
	caps.Sharded = describes(command.Val(), "spublish")
	if limit, ok := pubsubLimit(limits.Val()["client-output-buffer-limit"]); ok {
		caps.OutputLimit = limit
	}
	return caps, nil
}

// checkServer runs on every new connection, before it is used: what answers at an address may change. It refuses a
// server on which publishing and subscribing would work without the two ever meeting. Servers that do not say what
// they are are taken for good. In a cluster there is nothing to ask: a channel is refused by whoever does not carry it.
func (b *Bus) checkServer(ctx context.Context, address string, c *goredis.Conn) error {
	if b.target.kind == Cluster {
		return nil
	}
	answer, err := c.Do(ctx, "ROLE").Result()
	switch {
	case err != nil && !isReply(err), isReply(err) && refusesCredentials(err.Error()) && !goredis.IsPermissionError(err):
	case roleIn(answer) == "sentinel":
		err = fmt.Errorf("redis at %s: %w: it is a Sentinel; write redis+sentinel://%s/ and the name of the master it watches", address, bus.ErrUnsuitable, address)
	case roleIn(answer) == "slave" && b.target.kind == Sentinel:
		err = fmt.Errorf("redis at %s: %w: the Sentinels name it the master, and it still is a replica", address, bus.ErrUnreachable)
	case roleIn(answer) == "slave":
		err = fmt.Errorf("redis at %s: %w: it is a replica, and what is published on it reaches nobody on its master; give the master's address", address, bus.ErrUnsuitable)
	default:
		return nil
	}
	b.figures.probeFailures.Add(1)
	return err
}

// roleIn reads the first word of an answer to ROLE.
func roleIn(answer any) string {
	if fields, ok := answer.([]any); ok && len(fields) > 0 {
		return fmt.Sprint(fields[0])
	}
	return ""
}

// isReply tells an answer that is an error from no answer.
func isReply(err error) bool {
	var reply goredis.Error
	return errors.As(err, &reply)
}

// infoField finds "name:value" in the text of INFO.
func infoField(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// describes says whether an answer of COMMAND INFO tells of the command. A server that does not know it answers with
// a nil in its place; miniredis with every command of Redis 5.
func describes(answer any, name string) bool {
	commands, _ := answer.([]any)
	for _, c := range commands {
		if fields, ok := c.([]any); ok && len(fields) > 0 && strings.EqualFold(fmt.Sprint(fields[0]), name) {
			return true
		}
	}
	return false
}

// pubsubLimit reads the hard limit in "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60".
func pubsubLimit(setting string) (int64, bool) {
	words := strings.Fields(setting)
	for i, w := range words {
		if w == "pubsub" && i+1 < len(words) {
			n, err := strconv.ParseInt(words[i+1], 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
