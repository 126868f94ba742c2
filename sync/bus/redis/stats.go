package redis

import (
	"sync/atomic"
	"time"
)

// Stats are a bus's figures. All but the last group only ever rise, from the opening of the bus.
type Stats struct {
	Published           int64 // messages that a server took
	PublishedToNobody   int64 // of these, those for which it counted no subscription
	PublishFailures     int64 // messages for which a call returned an error; some may have gone out
	Dials, DialFailures int64 // connections tried and not made, Sentinels and the like included
	ProbeFailures       int64 // new connections to a server that turned out to be of the wrong sort or would not serve
	Resubscribes        int64 // connections of a subscription that were lost and confirmed again
	Moved               int64 // of the lost ones, those given up because another server carries the channel now
	Silent              int64 // of the lost ones, those given up because they answered nothing any more
	BytesIn, BytesOut   int64 // on the line, protocol and TLS included
	Dropped             int64 // messages that found a subscription's queue full

	Subscriptions               int           // open
	QueuedMessages, QueuedBytes int           // waiting for their receivers, in all subscriptions
	QueueLag                    time.Duration // how long the oldest of them has waited
}

// figures are what Stats is made of, counted where it happens.
type figures struct {
	published, publishedToNobody, publishFailures atomic.Int64
	dials, dialFailures, probeFailures            atomic.Int64
	resubscribes, moved, silent                   atomic.Int64
	bytesIn, bytesOut                             atomic.Int64
	dropped                                       atomic.Int64 // by subscriptions that are closed
}

// Stats reads the figures. It is cheap, and asks no server.
func (b *Bus) Stats() Stats {
	f := &b.figures
	s := Stats{
		Published: f.published.Load(), PublishedToNobody: f.publishedToNobody.Load(), PublishFailures: f.publishFailures.Load(),
		Dials: f.dials.Load(), DialFailures: f.dialFailures.Load(), ProbeFailures: f.probeFailures.Load(),
		Resubscribes: f.resubscribes.Load(), Moved: f.moved.Load(), Silent: f.silent.Load(),
		BytesIn: f.bytesIn.Load(), BytesOut: f.bytesOut.Load(),
	}
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	s.Dropped = f.dropped.Load()
	s.Subscriptions = len(b.subscriptions)
	for each := range b.subscriptions {
		q := each.queue.State()
		s.QueuedMessages += q.Messages
		s.QueuedBytes += q.Bytes
		s.Dropped += q.Dropped
		if !q.Oldest.IsZero() {
			s.QueueLag = max(s.QueueLag, now.Sub(q.Oldest))
		}
	}
	return s
}
