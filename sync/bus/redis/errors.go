package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/aashram-care/sangam/sync/bus"
)

// explain turns an error of go-redis about the server at address into one of the bus's, with what to do about it.
func (b *Bus) explain(ctx context.Context, address string, err error) error {
	var reply goredis.Error
	switch {
	case b.isClosed():
		return bus.ErrClosed
	case errors.Is(err, goredis.ErrClosed), errors.Is(err, errUsed):
		return fmt.Errorf("redis at %s: %w: the connection was given up", address, bus.ErrUnreachable)
	case errors.Is(err, errMoved), errors.Is(err, errSilent):
		return fmt.Errorf("redis at %s: %w", address, err)
	case errors.Is(err, bus.ErrUnsuitable), errors.Is(err, bus.ErrUnreachable):
		return err
	case ctx.Err() != nil:
		// The caller's own deadline is no verdict on the server.
		return fmt.Errorf("redis at %s: %w", address, context.Cause(ctx))
	case errors.As(err, &reply) && refusesCredentials(reply.Error()):
		return fmt.Errorf("redis at %s: %w: %s: check the user, the password and the server's ACL", address, bus.ErrAuth, reply.Error())
	case errors.As(err, &reply) && lacksShards(reply.Error()):
		return fmt.Errorf("redis at %s: %w: %s: redis+cluster:// needs Redis 7 or later in cluster mode", address, bus.ErrUnsuitable, reply.Error())
	case errors.As(err, &reply):
		return fmt.Errorf("redis at %s: %w: it answers, but with: %s", address, bus.ErrUnreachable, reply.Error())
	default:
		return fmt.Errorf("redis at %s: %w: %w: check that it runs there and that a firewall lets it through", address, bus.ErrUnreachable, err)
	}
}

// refusesCredentials knows the replies by which servers refuse a client, from Redis 5 on. DENIED is protected mode:
// the server has no password and will not serve another machine.
func refusesCredentials(reply string) bool {
	for _, prefix := range []string{
		"WRONGPASS", "NOAUTH", "NOPERM", "DENIED",
		"ERR invalid password", "ERR AUTH ", "ERR Client sent AUTH",
	} {
		if strings.HasPrefix(reply, prefix) {
			return true
		}
	}
	return false
}

// lacksShards knows the replies of a server that is no cluster, or one before Redis 7.
func lacksShards(reply string) bool {
	if strings.HasPrefix(reply, "ERR This instance has cluster support disabled") {
		return true
	}
	reply = strings.ToLower(reply)
	return strings.HasPrefix(reply, "err unknown command") &&
		(strings.Contains(reply, "spublish") || strings.Contains(reply, "ssubscribe") || strings.Contains(reply, "cluster"))
}

// misplaced says whether a server answered that a channel is not its to carry, which another one may be.
func misplaced(err error) bool {
	_, moved := goredis.IsMovedError(err)
	return moved || goredis.IsClusterDownError(err)
}

// final says whether dialling again cannot help until a person has done something.
func final(err error) bool {
	return errors.Is(err, bus.ErrAuth) || errors.Is(err, bus.ErrUnsuitable)
}
