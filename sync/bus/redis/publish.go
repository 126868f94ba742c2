package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	goredis "github.com/redis/go-redis/v9"

	"github.com/aashram-care/sangam/sync/bus"
)

// Publish implements bus.Bus.
func (b *Bus) Publish(ctx context.Context, channel string, payload []byte) (int, error) {
	sent := []outgoing{{Message: bus.Message{Channel: channel, Payload: payload}}}
	if err := b.send(ctx, sent); err != nil {
		return -1, fmt.Errorf("publish on %s: %w", channel, err)
	}
	return sent[0].receivers, nil
}

// PublishAll implements bus.Bus with one pipeline for each server, which carries about ten times what single calls do.
func (b *Bus) PublishAll(ctx context.Context, messages []bus.Message) error {
	if len(messages) == 0 {
		return nil
	}
	sent := make([]outgoing, len(messages))
	for i, m := range messages {
		sent[i].Message = m
	}
	if err := b.send(ctx, sent); err != nil {
		return fmt.Errorf("publish %d messages: %w", len(messages), err)
	}
	return nil
}

// outgoing is a message and what became of it.
type outgoing struct {
	bus.Message
	server    string
	receivers int
	err       error
}

// send publishes all, and what a server would not or could not take once more if another server carries it now.
func (b *Bus) send(ctx context.Context, all []outgoing) error {
	for _, m := range all {
		if len(m.Payload) > bus.MaxPayload {
			return fmt.Errorf("%w: %d bytes on %s, the limit is %d", bus.ErrTooLarge, len(m.Payload), m.Channel, bus.MaxPayload)
		}
	}
	batch := make([]*outgoing, len(all))
	for i := range all {
		batch[i] = &all[i]
	}
	b.place(ctx, batch)
	b.hand(ctx, batch)
	if b.directory.ask != nil {
		b.hand(ctx, b.replace(ctx, batch))
	}
	return b.count(all)
}

// place finds the server of each message.
func (b *Bus) place(ctx context.Context, batch []*outgoing) {
	err := b.directory.ensure(ctx)
	for _, m := range batch {
		if m.err = err; err == nil {
			m.server, m.err = b.directory.lookup(m.Channel)
		}
	}
}

// replace finds the messages that failed and are carried by another server than was thought.
func (b *Bus) replace(ctx context.Context, batch []*outgoing) (again []*outgoing) {
	failed := slices.DeleteFunc(batch, func(m *outgoing) bool { return m.err == nil || m.server == "" || final(m.err) })
	if len(failed) == 0 || ctx.Err() != nil || b.directory.ensure(ctx) != nil {
		return nil
	}
	for _, m := range failed {
		if server, err := b.directory.lookup(m.Channel); err == nil && server != m.server {
			m.server, m.err = server, nil
			again = append(again, m)
		}
	}
	return again
}

// hand gives every server its messages, in their order, to all servers at the same time.
func (b *Bus) hand(ctx context.Context, batch []*outgoing) {
	groups := map[string][]*outgoing{}
	for _, m := range batch {
		if m.err == nil {
			groups[m.server] = append(groups[m.server], m)
		}
	}
	var servers sync.WaitGroup
	for server, group := range groups {
		if len(groups) == 1 {
			b.handTo(ctx, server, group)
			return
		}
		servers.Go(func() { b.handTo(ctx, server, group) })
	}
	servers.Wait()
}

func (b *Bus) handTo(ctx context.Context, server string, group []*outgoing) {
	client, err := b.client(server)
	if err != nil {
		for _, m := range group {
			m.err = err
		}
		return
	}
	answers := make([]*goredis.IntCmd, len(group))
	_, whole := client.Pipelined(ctx, func(p goredis.Pipeliner) error {
		for i, m := range group {
			if b.target.kind == Cluster {
				answers[i] = p.SPublish(ctx, m.Channel, m.Payload)
			} else {
				answers[i] = p.Publish(ctx, m.Channel, m.Payload)
			}
		}
		return nil
	})
	// The error of the whole is that of the first answer which is one. If none is, nothing was even sent.
	if slices.ContainsFunc(answers, func(a *goredis.IntCmd) bool { return a.Err() != nil }) {
		whole = nil
	}
	for i, m := range group {
		n, err := answers[i].Result()
		m.receivers = int(n)
		if err == nil {
			err = whole
		}
		if err == nil {
			continue
		}
		m.receivers, m.err = -1, b.explain(ctx, server, err)
		if misplaced(err) || errors.Is(m.err, bus.ErrUnreachable) {
			b.directory.doubt()
		}
	}
}

// count keeps the figures and returns the first error.
func (b *Bus) count(all []outgoing) error {
	var first error
	for _, m := range all {
		switch {
		case m.err == nil:
			b.figures.published.Add(1)
			if m.receivers == 0 {
				b.figures.publishedToNobody.Add(1)
			}
		default:
			b.figures.publishFailures.Add(1)
			if first == nil {
				first = m.err
			}
		}
	}
	return first
}

// publisher is the client that publishes to one server.
type publisher struct {
	*goredis.Client
	refused atomic.Int64 // dials that failed
}

// Publishing is one round trip; a few connections keep a slow answer from holding up the others.
//
// go-redis counts the failed dials of a pool over its whole life. At poolSize it answers without dialling, and starts a
// goroutine that dials every second and outlives Close: a publisher is replaced long before.
const (
	poolSize = 16
	tired    = 4
)

// client is the publisher of a server. Making one ends those of servers that carry nothing any more.
func (b *Bus) client(server string) (*publisher, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, bus.ErrClosed
	}
	if p := b.publishers[server]; p != nil && p.refused.Load() < tired {
		return p, nil
	}
	for old, p := range b.publishers {
		if old == server || !b.directory.serves(old) {
			delete(b.publishers, old)
			_ = p.Close() // its only error says that it was closed before
		}
	}
	p := &publisher{}
	o := b.optionsFor(server)
	o.PoolSize, o.PipelinePoolSize = poolSize, -1
	dial := o.Dialer
	o.Dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			p.refused.Add(1)
		}
		return conn, err
	}
	p.Client = goredis.NewClient(o)
	b.publishers[server] = p
	return p, nil
}

// closePublishers is called once nothing new can be published.
func (b *Bus) closePublishers() error {
	b.mu.Lock()
	open := b.publishers
	b.publishers = nil
	b.mu.Unlock()
	var failures []error
	for _, p := range open {
		if err := p.Close(); err != nil && !errors.Is(err, goredis.ErrClosed) {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}
