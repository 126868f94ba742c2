package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// box is a machine of the demo: a node that can be stopped and started again on its directory and port.
type box struct {
	// live is one life of the node; it calls started once the node can be reached.
	live    func(ctx context.Context, started func()) error
	ended   func(err error) // told of a life that ended by itself
	orders  chan order
	running atomic.Bool
}

type order struct {
	run  bool
	done chan error // one place
}

func newBox(live func(context.Context, func()) error, ended func(error)) *box {
	return &box{live: live, ended: ended, orders: make(chan order)}
}

// Run follows orders until ctx ends; the node has ended when it returns.
func (b *box) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case o := <-b.orders:
			if o.run {
				b.life(ctx, o)
			} else {
				o.done <- nil
			}
		}
	}
}

// life runs the node until it is ordered to stop, ends by itself, or ctx ends.
func (b *box) life(ctx context.Context, begin order) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	up, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- b.live(ctx, sync.OnceFunc(func() { close(up) })) }()
	select {
	case <-up:
	case err := <-ended:
		if err == nil {
			err = errors.New("it ended before it could be reached")
		}
		begin.done <- err
		return
	}
	b.running.Store(true)
	defer b.running.Store(false)
	begin.done <- nil
	for {
		select {
		case err := <-ended:
			if ctx.Err() == nil {
				b.ended(err)
			}
			return
		case o := <-b.orders:
			if o.run {
				o.done <- nil
				continue
			}
			cancel()
			err := <-ended
			b.running.Store(false)
			o.done <- err
			return
		}
	}
}

// Start returns once the node can be reached.
func (b *box) Start(ctx context.Context) error { return b.order(ctx, true) }

// Stop returns once the node has ended.
func (b *box) Stop(ctx context.Context) error { return b.order(ctx, false) }

func (b *box) order(ctx context.Context, run bool) error {
	o := order{run: run, done: make(chan error, 1)}
	select {
	case b.orders <- o:
	case <-ctx.Done():
		return fmt.Errorf("the box takes no order: %w", context.Cause(ctx))
	}
	select {
	case err := <-o.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("the box does not answer: %w", context.Cause(ctx))
	}
}

// Running tells whether the node can be reached.
func (b *box) Running() bool { return b.running.Load() }
