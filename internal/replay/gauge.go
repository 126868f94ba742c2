package replay

import (
	"math"
	"sync/atomic"
)

// gauge is a number that one goroutine sets and others read.
type gauge struct{ bits atomic.Uint64 }

func newGauge(value float64) *gauge {
	g := &gauge{}
	g.set(value)
	return g
}

func (g *gauge) set(value float64) {
	if value > 0 {
		g.bits.Store(math.Float64bits(value))
	}
}

func (g *gauge) get() float64 { return math.Float64frombits(g.bits.Load()) }
