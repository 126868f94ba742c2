package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"github.com/aashram-care/sangam/sync/bus"
)

// briefly calls fn with a connection to a seed that ends with it.
func (b *Bus) briefly(seed string, o *goredis.Options, fn func(*goredis.Client) error) error {
	o.Addr = seed
	o.OnConnect = nil
	o.PoolSize, o.PipelinePoolSize, o.MaxRetries = poolSize, -1, -1
	client := goredis.NewClient(o)
	defer client.Close()
	return fn(client)
}

// askCluster asks a server of the cluster which slots lie where. CLUSTER SLOTS tells masters first, from Redis 3 on.
func (b *Bus) askCluster(ctx context.Context, seed string) ([]span, error) {
	var spans []span
	err := b.briefly(seed, b.optionsFor(seed), func(c *goredis.Client) error {
		told, err := c.Do(ctx, "CLUSTER", "SLOTS").Slice()
		for _, each := range told {
			if s, ok := readSpan(each, seed); ok {
				spans = append(spans, s)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ask for the slots of the cluster: %w", b.explain(ctx, seed, err))
	}
	if len(spans) == 0 {
		return nil, fmt.Errorf("redis at %s: %w: it belongs to no cluster yet: it knows of no slot", seed, bus.ErrUnreachable)
	}
	return spans, nil
}

// readSpan reads [first, last, [host, port, ...], ...], in which the host may be nothing.
func readSpan(answer any, asked string) (span, bool) {
	fields, _ := answer.([]any)
	if len(fields) < 3 {
		return span{}, false
	}
	first, ok1 := fields[0].(int64)
	last, ok2 := fields[1].(int64)
	master, _ := fields[2].([]any)
	if !ok1 || !ok2 || len(master) < 2 {
		return span{}, false
	}
	host, _ := master[0].(string)
	port, _ := master[1].(int64) // 0 where the other kind of line, with or without TLS, is closed
	return span{int(first), int(last), endpoint(host, strconv.FormatInt(port, 10), asked)}, port > 0
}

var errUnknownMaster = errors.New("no such master")

// askSentinel asks a Sentinel for the master. Sentinels often have no password where the servers have one.
func (b *Bus) askSentinel(ctx context.Context, seed string) ([]span, error) {
	open := b.optionsFor(seed)
	open.Username, open.Password, open.DB = "", "", 0
	master, err := b.masterBy(ctx, seed, open)
	if err != nil && errors.Is(b.explain(ctx, seed, err), bus.ErrAuth) && b.target.dial.Password != "" {
		secured := b.optionsFor(seed)
		secured.DB = 0
		master, err = b.masterBy(ctx, seed, secured)
	}
	if errors.Is(err, errUnknownMaster) {
		return nil, fmt.Errorf("redis at %s: %w: it watches no master named %q: check the name in the URL", seed, bus.ErrUnsuitable, b.target.master)
	}
	if err != nil {
		return nil, fmt.Errorf("ask Sentinel for the master: %w", b.explain(ctx, seed, err))
	}
	return []span{{0, slots - 1, master}}, nil
}

func (b *Bus) masterBy(ctx context.Context, seed string, o *goredis.Options) (master string, err error) {
	err = b.briefly(seed, o, func(c *goredis.Client) error {
		place, err := c.Do(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", b.target.master).StringSlice()
		switch {
		case errors.Is(err, goredis.Nil):
			return errUnknownMaster
		case err != nil:
			return err
		case len(place) != 2:
			return fmt.Errorf("an answer of %d words", len(place))
		}
		master = endpoint(place[0], place[1], seed)
		return nil
	})
	return master, err
}

// endpoint is the address of a server, which may not know under which name it is reached: then it is the same as that
// of the one which was asked.
func endpoint(host, port, asked string) string {
	if host == "" || host == "?" {
		host, _, _ = net.SplitHostPort(asked)
	}
	return net.JoinHostPort(host, port)
}
