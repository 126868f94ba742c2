package simulation

import (
	"container/heap"
	"time"
)

// agenda is what will happen, the next first. Things due at one moment happen in the order in which they were planned.
type agenda struct {
	items  plans
	serial int
}

type plan struct {
	at     time.Time
	serial int
	do     func()
}

func (a *agenda) add(at time.Time, do func()) {
	a.serial++
	heap.Push(&a.items, plan{at: at, serial: a.serial, do: do})
}

// next is when the first thing is due; ok is false when nothing is planned.
func (a *agenda) next() (at time.Time, ok bool) {
	if len(a.items) == 0 {
		return time.Time{}, false
	}
	return a.items[0].at, true
}

func (a *agenda) pop() func() { return heap.Pop(&a.items).(plan).do }

type plans []plan

func (p plans) Len() int      { return len(p) }
func (p plans) Swap(i, j int) { p[i], p[j] = p[j], p[i] }
func (p plans) Less(i, j int) bool {
	if !p[i].at.Equal(p[j].at) {
		return p[i].at.Before(p[j].at)
	}
	return p[i].serial < p[j].serial
}
func (p *plans) Push(x any) { *p = append(*p, x.(plan)) }
func (p *plans) Pop() any {
	last := len(*p) - 1
	x := (*p)[last]
	(*p)[last] = plan{}
	*p = (*p)[:last]
	return x
}
