package link

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
)

const (
	// sendQueue is how many frames wait to be published. When it is full a frame is dropped, as the bus may do too.
	sendQueue = 1024
	sendBatch = 64
	// calm is how long nothing may be refused before people are told that all is well again: a cluster that lost one
	// of its servers takes frames for some sites and none for others.
	calm = 5 * time.Second
	// goodbyeTime is how long the last frames may take.
	goodbyeTime = time.Second

	firstRedial = 250 * time.Millisecond
	lastRedial  = 10 * time.Second
)

// sender publishes without anybody waiting for it.
type sender struct {
	bus   bus.Bus
	log   *slog.Logger
	queue chan bus.Message
}

func newSender(b bus.Bus, log *slog.Logger) *sender {
	return &sender{bus: b, log: log, queue: make(chan bus.Message, sendQueue)}
}

func (s *sender) send(channel string, frame []byte) {
	select {
	case s.queue <- bus.Message{Channel: channel, Payload: frame}:
	default:
	}
}

// run publishes until ctx ends, and then what is queued as far as it goes at once.
func (s *sender) run(ctx context.Context) {
	var down bool
	var refused time.Time // when the bus last took nothing
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbyeTime)
			defer cancel()
			if batch := s.more(nil); len(batch) > 0 && !down {
				if err := s.bus.PublishAll(last, batch); err != nil {
					s.log.Info("the goodbye did not go out", "err", err)
				}
			}
			return
		case m := <-s.queue:
			batch := s.more([]bus.Message{m})
			err := s.bus.PublishAll(ctx, batch)
			if err != nil && ctx.Err() != nil && !down { // the end came while the goodbye was on its way
				last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbyeTime)
				err = s.bus.PublishAll(last, batch)
				cancel()
			}
			switch {
			case err != nil && ctx.Err() == nil:
				if refused = time.Now(); !down {
					s.log.Warn("the bus does not take what is sent; commits wait here", "err", err)
				}
				down = true
			case down && time.Since(refused) > calm:
				down = false
				s.log.Info("the bus takes frames again")
			}
		}
	}
}

// more takes what else waits.
func (s *sender) more(batch []bus.Message) []bus.Message {
	for len(batch) < sendBatch {
		select {
		case m := <-s.queue:
			batch = append(batch, m)
		default:
			return batch
		}
	}
	return batch
}

// listener keeps one subscription.
type listener struct {
	bus      bus.Bus
	channels []string
	node     [16]byte
	random   io.Reader
	now      func() time.Time
	log      *slog.Logger

	up   func(ctx context.Context) // confirmed, perhaps after a gap
	down func(ctx context.Context)
	take func(ctx context.Context, frame []byte)

	mu    sync.Mutex // guards probe, which is asked from one goroutine and hears in another
	probe *Probe
}

// run subscribes, listens and subscribes again until ctx ends.
func (l *listener) run(ctx context.Context) {
	wait := firstRedial
	for ctx.Err() == nil {
		sub, err := l.bus.Subscribe(ctx, l.channels...)
		if err == nil {
			wait = firstRedial
			err = l.listen(ctx, sub)
			l.down(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		l.log.Warn("the bus cannot be heard; subscribing again", "err", err, "in", wait)
		pause(ctx, wait/2+rand.N(wait))
		wait = min(2*wait, lastRedial)
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

var errDeaf = errors.New("the subscription is silent without being closed")

// listen returns when the subscription is over.
func (l *listener) listen(ctx context.Context, sub bus.Subscription) error {
	l.mu.Lock()
	l.probe = NewProbe(l.node, l.random, l.now())
	l.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	var prober sync.WaitGroup
	prober.Go(func() { l.keepProbing(ctx, cancel) })
	defer prober.Wait()
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() { sub.Close() })
	defer sub.Close()
	defer stop()

	l.up(ctx)
	for {
		m, err := sub.Receive(ctx)
		var gap *bus.Gap
		switch {
		case err == nil:
			l.hear(ctx, m)
		case errors.As(err, &gap) && gap.Connected:
			l.up(ctx)
		case errors.As(err, &gap):
			l.down(ctx)
		case context.Cause(ctx) != nil:
			return context.Cause(ctx)
		default:
			return err
		}
	}
}

func (l *listener) hear(ctx context.Context, m bus.Message) {
	l.mu.Lock()
	probe := l.probe.Heard(m.Payload)
	l.mu.Unlock()
	if !probe {
		l.take(ctx, m.Payload)
	}
}

// keepProbing ends the subscription when it turns out deaf. Each of its channels takes its turn.
func (l *listener) keepProbing(ctx context.Context, end context.CancelCauseFunc) {
	for turn := 0; ctx.Err() == nil; turn++ {
		l.mu.Lock()
		frame, deaf, next := l.probe.Due(l.now())
		l.mu.Unlock()
		if deaf {
			end(errDeaf)
			return
		}
		if frame != nil {
			_, err := l.bus.Publish(ctx, l.channels[turn%len(l.channels)], frame)
			l.mu.Lock()
			if err == nil {
				l.probe.Sent()
			}
			l.mu.Unlock()
		}
		pause(ctx, next.Sub(l.now()))
	}
}
