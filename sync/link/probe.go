package link

import (
	"encoding/binary"
	"io"
	"time"

	"github.com/aashram-care/sangam/sync/seal"
)

const (
	probeEvery = 5 * time.Second
	// probeSilent is how many probes may go unheard in a row: the bus may lose one.
	probeSilent = 2
)

// Probe finds a subscription that is silent without being closed, by what a node sends to itself through it. It is
// sealed with a key that lives as long as the Probe, so nobody else's counts. It is not safe for concurrent use.
type Probe struct {
	ring   *seal.Ring
	random io.Reader
	number uint64
	unsaid int // probes sent since one was last heard
	next   time.Time
}

// NewProbe returns the probe of one subscription of a node, which is confirmed as of now.
func NewProbe(node [16]byte, random io.Reader, now time.Time) *Probe {
	p := &Probe{ring: seal.NewRing(node), random: random, next: now}
	var key seal.SiteKey
	fill(random, key[:])
	if err := p.ring.Add(1, key); err != nil {
		panic(err) // 1 is the id of a site key
	}
	return p
}

// Due returns the frame to publish on a channel of the subscription, or nil, and when to ask again. deaf tells that
// the subscription must be closed and made anew, with a new Probe.
func (p *Probe) Due(now time.Time) (frame []byte, deaf bool, next time.Time) {
	if now.Before(p.next) && p.next.Sub(now) <= probeEvery {
		return nil, false, p.next
	}
	if p.unsaid >= probeSilent {
		return nil, true, now
	}
	p.number++
	frame, err := p.ring.Seal(p.random, seal.Down, seal.Header{Kind: kindProbe}, binary.BigEndian.AppendUint64(nil, p.number))
	if err != nil {
		panic(err) // nine bytes under a key that is held
	}
	p.next = now.Add(probeEvery)
	return frame, false, p.next
}

// Sent counts a frame of Due that the bus took. One that it refused says nothing about the subscription.
func (p *Probe) Sent() { p.unsaid++ }

// Heard takes a frame of the subscription. It returns true if it is a probe, this one's or another's: then it is for
// nobody else.
func (p *Probe) Heard(frame []byte) bool {
	h, err := seal.ParseHeader(frame)
	if err != nil || h.Kind != kindProbe {
		return false
	}
	if _, _, err := p.ring.Unseal(seal.Down, frame); err == nil {
		p.unsaid = 0
	}
	return true
}
