package link_test

import (
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/bus/memory"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// backlog lets a site write so many records of a KiB without a line, and gives it one.
func (p *pair) backlog(records int, line memory.Faults) (done func() bool) {
	p.t.Helper()
	p.net.SetFaults("edge", memory.Up, memory.Faults{Cut: true})
	var last record.Key
	for i := range records {
		noise := make([]byte, 1<<10) // does not compress
		bits{p.random}.Read(noise)
		last = record.Key{Kind: "entry", ID: record.Derive("noise", fmt.Sprint(i))}
		if _, err := p.edge.disk.edit(p.scope, "entry", last.ID, record.Derive("edit", fmt.Sprint(i)), hex.EncodeToString(noise), p.now); err != nil {
			p.t.Fatal(err)
		}
	}
	p.runFor(time.Minute)
	clear(p.sent)
	p.carried = 0
	p.net.SetFaults("edge", memory.Up, line)
	p.net.SetFaults("edge", memory.Down, line)
	return func() bool {
		return has(p.t, p.hub.disk, p.scope, last) && p.edge.edge.Status(p.edge.clock()).Backlog.Records == 0
	}
}

// On a line that takes longer than a reader is patient, each pull crosses what it asks for.
func TestAPullCostsNothingThatIsOnItsWay(t *testing.T) {
	for _, program := range []struct {
		name   string
		ablate link.Ablation
		most   float64 // times that a record is sent
	}{{"both tell what came", 0, 1.12}, {"the program before", link.AblateCame, 2}} {
		t.Run(program.name, func(t *testing.T) {
			p := newPair(t)
			p.ablate = program.ablate
			p.hub.start()
			p.edge.start()
			const records = 6000
			done := p.backlog(records, memory.Faults{
				MinDelay: 300 * time.Millisecond, MaxDelay: 300 * time.Millisecond, Rate: 500_000, Drop: 0.05,
			})
			p.runUntil("the backlog is there", 5*time.Minute, done)
			again := float64(p.carried) / records
			t.Logf("each record was sent %.2f times; %d pulls", again, p.sent[pullKind])
			if p.sent[pullKind] == 0 || again > program.most {
				t.Errorf("each record was sent %.2f times with %d pulls, want at most %.2f, and some", again, p.sent[pullKind], program.most)
			}
		})
	}
}

// A hub with a slow disk acknowledges fresh commits while the backlog waits to be merged.
func TestWhatWaitsToBeMergedIsNotSentAgain(t *testing.T) {
	p := startPair(t)
	p.slow = 700 * time.Millisecond
	const records = 3000
	done := p.backlog(records, memory.Faults{MinDelay: 10 * time.Millisecond, MaxDelay: 10 * time.Millisecond})
	for !done() {
		p.write(p.edge, p.scope, "entry", 1)
		p.runFor(300 * time.Millisecond)
	}
	if again := float64(p.carried) / float64(records+p.count); again > 1.01 {
		t.Errorf("each record was sent %.2f times", again)
	}
}

// doubter is a stranger to whom a site has sent something that it does not acknowledge.
type doubter struct {
	*stranger
	line  any // the site's timeline
	frame uint64
}

func meetDoubter(t *testing.T) *doubter {
	s, edge := meetStranger(t)
	h := s.next(helloKind)
	spans := h[8].([]any)[0].([]any)[2].([]any)
	d := &doubter{stranger: s, line: spans[len(spans)-1].([]any)[0]}
	s.answer(h, 0)
	s.next(beatKind)
	for range 3 { // by which the site learns how long an acknowledgement takes
		(&pair{world: s.w}).write(edge, feed.SiteScope(s.site), "entry", 1)
		f := s.next(changesKind)
		s.say(ackKind, body{1: []any{d.report(f[5].(uint64))}, 2: 65536, 4: []any{s.session.Newest(), []byte{}}})
	}
	(&pair{world: s.w}).write(edge, feed.SiteScope(s.site), "entry", 1)
	s.next(changesKind)
	d.frame = s.session.Newest()
	return d
}

func (d *doubter) report(seq uint64) []any { return []any{0, d.line, seq, []any{}} }

// again is how long nothing is sent, while the hub shows that it is there and says so much of what came.
func (d *doubter) again(within time.Duration, came ...any) (took time.Duration, ok bool) {
	d.t.Helper()
	began := d.w.now
	for d.w.now.Sub(began) < within {
		d.say(ackKind, body{1: []any{d.report(3)}, 2: 65536, 4: came})
		for limit := d.w.now.Add(time.Second); d.w.now.Before(limit); d.w.runFor(10 * time.Millisecond) {
			if d.heard(changesKind) {
				return d.w.now.Sub(began), true
			}
		}
	}
	return 0, false
}

// heard tells whether a frame of the kind came since it was last asked.
func (s *stranger) heard(kind seal.Kind) (yes bool) {
	s.t.Helper()
	for {
		m, ok, err := s.sub.TryReceive()
		if err != nil {
			s.t.Fatal(err)
		}
		if !ok {
			return yes
		}
		if _, _, err := s.session.Unseal(m.Payload); err == nil {
			h, _ := seal.ParseHeader(m.Payload)
			yes = yes || h.Kind == kind
		}
	}
}

func TestWhatCameIsNotSentAgainUntilItShouldHaveBeenAskedFor(t *testing.T) {
	d := meetDoubter(t)
	took, ok := d.again(time.Minute, d.frame, []byte{})
	if !ok || took < 25*time.Second || took > 32*time.Second {
		t.Errorf("it went again after %s, %t; want half a minute", took, ok)
	}
}

func TestWhatCameIsSentAgainToAReaderThatLacksIt(t *testing.T) {
	d := meetDoubter(t)
	if took, ok := d.again(5*time.Second, d.frame, []byte{}); ok {
		t.Fatalf("it went again after %s", took)
	}
	d.say(pullKind, body{1: d.report(3), 3: []any{d.session.Newest(), []byte{}}})
	d.w.runFor(100 * time.Millisecond)
	if !d.heard(changesKind) {
		t.Error("a reader that lost what came was not sent it again")
	}
}

func TestWhatDidNotComeGoesAgain(t *testing.T) {
	for name, came := range map[string]func(*doubter) []any{
		"it is told as missing":             func(d *doubter) []any { return []any{d.frame, []byte{1}} },
		"all that is told was never sent":   func(*doubter) []any { return []any{uint64(1) << 60, []byte{}} },
		"only what came before it is told":  func(d *doubter) []any { return []any{d.frame - 1, []byte{}} },
		"nothing is told: an older program": func(*doubter) []any { return []any{0, []byte{}} },
	} {
		t.Run(name, func(t *testing.T) {
			d := meetDoubter(t)
			if took, ok := d.again(time.Minute, came(d)...); !ok || took > 3*time.Second {
				t.Errorf("after %s, %t", took, ok)
			}
		})
	}
}
