package node

import (
	"math"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/redis"
)

// Figures are those of every node: whether it can write, the room it has left, and when it was last backed up.
func (n *Node) Figures() []prometheus.Collector {
	return []prometheus.Collector{
		Gauge("writable", "1 while the node can write and has token numbers to give.", func() float64 {
			if n.Committer.Healthy() != nil {
				return 0
			}
			return 1
		}),
		Gauge("disk_free_bytes", "Room left beside the store; NaN where the system does not say.", func() float64 {
			if free := n.FreeBytes(); free != nil {
				return float64(*free)
			}
			return math.NaN()
		}),
		Gauge("last_backup_timestamp_seconds", "When the last known backup was made, since 1970; 0 when none is known.", func() float64 {
			if last := n.LastBackup(); last != nil {
				return float64(last.At.Unix())
			}
			return 0
		}),
	}
}

// WireFigures are the figures of a node's wire for Prometheus; none for a node without one.
func WireFigures(wire bus.Bus) []prometheus.Collector {
	b, ok := wire.(*redis.Bus)
	if !ok {
		return nil
	}
	count := func(name, help string, read func(redis.Stats) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "sangam", Subsystem: "wire", Name: name, Help: help},
			func() float64 { return float64(read(b.Stats())) })
	}
	return []prometheus.Collector{
		count("published_total", "Frames that a Redis took.", func(s redis.Stats) int64 { return s.Published }),
		count("published_to_nobody_total", "Of these, frames for which it counted no subscription.", func(s redis.Stats) int64 { return s.PublishedToNobody }),
		count("publish_failures_total", "Frames whose publishing returned an error.", func(s redis.Stats) int64 { return s.PublishFailures }),
		count("dial_failures_total", "Connections that could not be made.", func(s redis.Stats) int64 { return s.DialFailures }),
		count("probe_failures_total", "New connections to a server that would not serve.", func(s redis.Stats) int64 { return s.ProbeFailures }),
		count("resubscribes_total", "Subscriptions that were lost and made again.", func(s redis.Stats) int64 { return s.Resubscribes }),
		count("moved_total", "Of the lost ones, those whose channel moved to another server.", func(s redis.Stats) int64 { return s.Moved }),
		count("silent_total", "Of the lost ones, those that answered nothing any more.", func(s redis.Stats) int64 { return s.Silent }),
		count("bytes_in_total", "Bytes received, protocol included.", func(s redis.Stats) int64 { return s.BytesIn }),
		count("bytes_out_total", "Bytes sent, protocol included.", func(s redis.Stats) int64 { return s.BytesOut }),
		count("dropped_total", "Frames that found a full queue; a pull fetches what they carried.", func(s redis.Stats) int64 { return s.Dropped }),
		Gauge("wire_queued_frames", "Frames that wait for the link.", func() float64 { return float64(b.Stats().QueuedMessages) }),
		Gauge("wire_queue_lag_seconds", "How long the oldest of them has waited.", func() float64 { return b.Stats().QueueLag.Seconds() }),
	}
}
