package demo_test

import (
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/demo"
)

func TestClockKeepsItsTimeWhenItsSpeedChanges(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	start := time.Date(2026, 11, 23, 3, 30, 0, 0, time.UTC)
	clock := demo.NewClock(func() time.Time { return now }, start, 10)
	after := func(real, want time.Duration) {
		t.Helper()
		now = now.Add(real)
		if got := clock.Now().Sub(start); got != want {
			t.Errorf("the clinic's clock has passed %s, want %s", got, want)
		}
	}
	after(0, 0)
	after(6*time.Second, time.Minute)
	clock.SetSpeed(60)
	after(0, time.Minute)
	after(time.Second, 2*time.Minute)
	clock.SetSpeed(1)
	after(time.Second, 2*time.Minute+time.Second)
	if clock.Speed() != 1 {
		t.Errorf("Speed = %g, want 1", clock.Speed())
	}
}

func TestClockSkipsForwardAndNeverBack(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	start := now.Add(-time.Hour)
	clock := demo.NewClock(func() time.Time { return now }, start, 10)
	clock.Skip(start.Add(-time.Minute))
	if got := clock.Now(); !got.Equal(start) {
		t.Errorf("after a skip to the past it is %s, want %s", got, start)
	}
	morning := start.Add(20 * time.Hour)
	clock.Skip(morning)
	now = now.Add(time.Second)
	if got, want := clock.Now(), morning.Add(10*time.Second); !got.Equal(want) {
		t.Errorf("a second after a skip it is %s, want %s", got, want)
	}
}
