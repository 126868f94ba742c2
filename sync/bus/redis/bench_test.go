package redis_test

import (
	"context"
	"testing"

	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/redis"
)

// The two rows of one run tell what a batch is worth against single calls, for 400-byte frames.
func BenchmarkPublish(b *testing.B) {
	s := testkit.StartRedis(b)
	wire, err := redis.Open(s.URL, redis.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer wire.Close()
	ctx := context.Background()
	frame := make([]byte, 400)
	b.Run("one by one", func(b *testing.B) {
		for b.Loop() {
			if _, err := wire.Publish(ctx, "c", frame); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("100 a batch", func(b *testing.B) {
		batch := make([]bus.Message, 100)
		for i := range batch {
			batch[i] = bus.Message{Channel: "c", Payload: frame}
		}
		for done := 0; b.Loop(); done++ {
			if done%len(batch) != 0 {
				continue
			}
			if err := wire.PublishAll(ctx, batch); err != nil {
				b.Fatal(err)
			}
		}
	})
}
