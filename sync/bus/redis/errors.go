package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/aashram-care/sangam/sync/bus"
)

// explain turns an error of go-redis into one of the bus's, with the server and what to do about it.
func (b *Bus) explain(ctx context.Context, err error) error {
	var reply goredis.Error
	switch {
	case errors.Is(err, goredis.ErrClosed):
		return bus.ErrClosed
	case errors.Is(err, bus.ErrUnsuitable):
		return err
	case ctx.Err() != nil:
		// The caller's own deadline is no verdict on the server.
		return fmt.Errorf("redis at %s: %w", b.address, context.Cause(ctx))
	case errors.As(err, &reply) && refusesCredentials(reply.Error()):
		return fmt.Errorf("redis at %s: %w: %s: check the user, the password and the server's ACL", b.address, bus.ErrAuth, reply.Error())
	case errors.As(err, &reply):
		return fmt.Errorf("redis at %s: %w: it answers, but with: %s", b.address, bus.ErrUnreachable, reply.Error())
	default:
		return fmt.Errorf("redis at %s: %w: %w: check that it runs there and that a firewall lets it through", b.address, bus.ErrUnreachable, err)
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

// final says whether dialling again cannot help until a person has done something.
func final(err error) bool {
	return errors.Is(err, bus.ErrAuth) || errors.Is(err, bus.ErrUnsuitable)
}
