package demo

import (
	"sync"
	"time"
)

// Clock is the clinic's clock of a demo: it runs at a speed that may change at any time, and never goes backwards.
// Its methods are safe for concurrent use.
type Clock struct {
	now func() time.Time

	mu     sync.Mutex
	real   time.Time // when what follows was set
	clinic time.Time // the clinic's time then
	speed  float64   // clinic seconds a real second since then
}

// NewClock begins at start. now is the real clock.
func NewClock(now func() time.Time, start time.Time, speed float64) *Clock {
	return &Clock{now: now, real: now(), clinic: start, speed: speed}
}

// Now is the clinic's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at(c.now())
}

func (c *Clock) at(real time.Time) time.Time {
	return c.clinic.Add(time.Duration(float64(real.Sub(c.real)) * c.speed))
}

// Speed is how many clinic seconds pass in a real one.
func (c *Clock) Speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}

// SetSpeed changes the speed from now on. It must be above 0.
func (c *Clock) SetSpeed(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	c.clinic, c.real, c.speed = c.at(now), now, speed
}

// Skip moves the clock forward to a time; one that has passed changes nothing.
func (c *Clock) Skip(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if at := c.at(now); to.After(at) {
		c.clinic, c.real = to, now
	}
}
