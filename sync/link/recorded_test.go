package link_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/aashram-care/sangam/sync/bus"
	"github.com/aashram-care/sangam/sync/bus/memory"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

const (
	digestKind, rejectKind, probeKind = 7, 8, 10

	// lineDelay is how long a frame travels to either end while a conversation is recorded or played.
	lineDelay = 10 * time.Millisecond
)

var kindNames = []string{
	helloKind: "hello", welcomeKind: "welcome", changesKind: "changes", ackKind: "ack", beatKind: "beat", pullKind: "pull",
	digestKind: "digest", rejectKind: "reject", byeKind: "bye", probeKind: "probe",
}

// The two ends, as a recording names them.
const theEdge, theHub = "edge", "hub"

// said is a body that one end sent.
type said struct {
	at   time.Duration
	by   string
	kind seal.Kind
	lost bool // on its way to the other end
	data []byte
}

func (s said) body(t testing.TB) (out body) {
	t.Helper()
	if err := cbor.Unmarshal(s.data, &out); err != nil {
		t.Fatalf("the recorded %s of the %s: %v", kindNames[s.kind], s.by, err)
	}
	return out
}

// recording is a conversation with what a listener must know to take part in it.
type recording struct {
	secret seal.Secret
	mac    seal.MACKey
	said   []said
}

const recordingHead = `# What an edge and a hub of protocol 1 said to each other: when (ms), who, which frame, whether it got lost on its way,
# and its body as it was sealed.
# It is read by every program that still speaks to that one. It is never written anew once a release that wrote it is
# out: a new protocol gets a file of its own.
`

func (r recording) save(path string) error {
	var b strings.Builder
	b.WriteString(recordingHead)
	fmt.Fprintf(&b, "secret %x\nmac %x\n", r.secret[:], r.mac[:])
	for _, s := range r.said {
		fmt.Fprintf(&b, "%d %s %s ", s.at.Milliseconds(), s.by, kindNames[s.kind])
		if s.lost {
			b.WriteString("lost ")
		}
		fmt.Fprintf(&b, "%x\n", s.data)
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

func readRecording(t testing.TB, path string) (r recording) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		if len(words) < 2 || words[0] == "#" {
			continue
		}
		value, err := hex.DecodeString(words[len(words)-1])
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		switch words[0] {
		case "secret":
			r.secret = seal.Secret(value)
		case "mac":
			r.mac = seal.MACKey(value)
		default:
			ms, err := strconv.Atoi(words[0])
			kind := 0
			if len(words) > 3 {
				kind = slices.Index(kindNames, words[2])
			}
			if err != nil || kind < helloKind {
				t.Fatalf("%s: no such line: %.60s", path, line)
			}
			r.said = append(r.said, said{time.Duration(ms) * time.Millisecond, words[1], seal.Kind(kind), words[3] == "lost", value})
		}
	}
	return r
}

// recorder reads all that passes between the two ends of a pair.
type recorder struct {
	*pair
	recording
	ring     *seal.Ring
	sub      *memory.Subscription
	hello    []byte                   // nonce of the last one
	deaf     string                   // the end that hears nothing at the moment
	sessions map[string]*seal.Session // by who spoke
	began    time.Time
}

// newRecorder is a site with a join code, a hub that takes it, and what each wrote before they met.
func newRecorder(t *testing.T) *recorder {
	p, _, _ := enrolling(t)
	r := &recorder{pair: p, ring: seal.NewRing(p.site), sessions: map[string]*seal.Session{}, began: p.now}
	r.secret, r.mac = p.edge.join.Secret, p.mac
	r.ring.AddSecret(r.secret)
	p.calm()
	var err error
	if r.sub, err = p.net.Open("recorder").SubscribeNow(t.Context(), p.edge.channelUp(), bus.DownChannel(p.site)); err != nil {
		t.Fatal(err)
	}
	r.keepListening()
	return r
}

// calm makes a line that delays what is received and nothing else, and a disk that takes no time.
func (p *pair) calm() {
	p.slow = 0
	for _, n := range p.nodes {
		p.net.SetFaults(n.name, memory.Up, memory.Faults{})
		p.net.SetFaults(n.name, memory.Down, memory.Faults{MinDelay: lineDelay, MaxDelay: lineDelay})
	}
}

func (r *recorder) keepListening() {
	for {
		m, ok, err := r.sub.TryReceive()
		if err != nil {
			r.t.Fatal(err)
		}
		if !ok {
			break
		}
		r.take(m)
	}
	r.at(r.now.Add(time.Millisecond), r.keepListening)
}

func (r *recorder) take(m bus.Message) {
	h, err := seal.ParseHeader(m.Payload)
	if err != nil {
		r.t.Fatal(err)
	}
	if h.Site != r.site {
		return // a node's probe of its own subscription
	}
	by, direction := theEdge, seal.Up
	if m.Channel == bus.DownChannel(r.site) {
		by, direction = theHub, seal.Down
	}
	for _, k := range r.keys[r.site] {
		if err := r.ring.Add(k.ID, k.Key); err != nil {
			r.t.Fatal(err)
		}
	}
	var data []byte
	if h.Open {
		_, data, err = r.ring.Unseal(direction, m.Payload)
	} else {
		_, data, err = r.sessions[by].Unseal(m.Payload)
	}
	if err != nil {
		r.t.Fatalf("a %s of the %s: %v", kindNames[h.Kind], by, err)
	}
	s := said{r.now.Sub(r.began), by, h.Kind, r.deaf != "" && r.deaf != by, data}
	r.said = append(r.said, s)
	switch h.Kind {
	case helloKind:
		r.hello = s.body(r.t)[3].([]byte)
	case welcomeKind:
		if b := s.body(r.t); b[12] == nil {
			r.found(h.KeyID, b[3].([]byte))
		}
	}
}

// found makes both ends' halves of a session.
func (r *recorder) found(id seal.KeyID, hub []byte) {
	for by, side := range map[string]seal.Side{theEdge: seal.Hub, theHub: seal.Edge} { // the half that reads what the other says
		s, err := r.ring.Session(side, id, seal.Nonce(r.hello), seal.Nonce(hub))
		if err != nil {
			r.t.Fatal(err)
		}
		r.sessions[by] = s
	}
}

// probe takes down what a node says to itself. The key of a probe is the first that it draws.
func (r *recorder) probe(by string, n *node) {
	const size = len(seal.SiteKey{})
	drawn := bytes.Repeat([]byte{3}, 100)
	ring := seal.NewRing(n.boot)
	if err := ring.Add(1, seal.SiteKey(drawn[:size])); err != nil {
		r.t.Fatal(err)
	}
	frame, _, _ := link.NewProbe(n.boot, bytes.NewReader(drawn), r.now).Due(r.now)
	_, data, err := ring.Unseal(seal.Down, frame)
	if err != nil {
		r.t.Fatal(err)
	}
	r.said = append(r.said, said{r.now.Sub(r.began), by, probeKind, false, data})
}

func (r *recorder) inSync(what string) {
	r.t.Helper()
	r.runUntil(what, 3*time.Minute, func() bool { return r.atEdge().InSync && r.atHub().InSync })
}

// recordConversation lets an edge and a hub say everything there is to say.
func recordConversation(t *testing.T) recording {
	r := newRecorder(t)
	r.hub.prepare()
	r.edge.prepare()
	given, macs := gone(t, r.world)
	r.edge.commit(feed.Network, given, macs)
	r.write(r.edge, r.scope, "entry", 3)
	r.write(r.hub, feed.Network, "note", 2)
	r.hub.start()
	r.edge.start()
	r.inSync("in sync after the first meeting")

	r.write(r.edge, r.scope, "entry", 1)
	r.write(r.hub, feed.Network, "note", 1)
	r.write(r.hub, r.scope, "entry", 2)
	r.runFor(time.Second)
	r.probe(theEdge, r.edge)
	r.probe(theHub, r.hub)
	r.loses(r.hub, func() { r.write(r.edge, r.scope, "entry", 1) })
	r.loses(r.edge, func() {
		r.write(r.hub, r.scope, "entry", 1)
		r.write(r.hub, feed.Network, "note", 1)
	})
	r.interrupts(theHub, r.edge)
	r.interrupts(theEdge, r.hub)
	r.cannotTake(r.hub, r.edge, r.scope, "entry")
	r.cannotTake(r.edge, r.hub, feed.Network, "note")

	r.edge.step(r.edge.edge, link.Leave{})
	r.hub.step(r.hub.sites[r.site], link.Leave{Retry: 2 * time.Second})
	r.runFor(lineDelay / 2)
	slices.SortStableFunc(r.said, func(a, b said) int { return int(a.at - b.at) })
	return r.recording
}

// loses lets frames to a node get lost, which it then asks for.
func (r *recorder) loses(n *node, these func()) {
	r.net.SetFaults(n.name, memory.Down, memory.Faults{Cut: true})
	r.deaf = n.name
	these()
	r.runFor(300 * time.Millisecond)
	r.deaf = ""
	r.net.SetFaults(n.name, memory.Down, memory.Faults{MinDelay: lineDelay, MaxDelay: lineDelay})
	r.inSync("in sync after a loss")
}

// interrupts lets a node write while the other one's digest is on its way to it.
func (r *recorder) interrupts(asks string, n *node) {
	r.write(n, r.scope, "entry", 1)
	before := len(r.said)
	r.runUntil("a digest", time.Minute, func() bool {
		return slices.ContainsFunc(r.said[before:], func(s said) bool {
			return s.by == asks && s.kind == digestKind && scopeOf(s.body(r.t)) == 0
		})
	})
	r.write(n, r.scope, "entry", 1)
	r.inSync("in sync after an interruption")
}

// cannotTake lets a node refuse a record, which a digest then brings.
func (r *recorder) cannotTake(n, from *node, scope feed.Scope, kind string) {
	n.disk.parks = map[record.ID]bool{record.Derive(kind, fmt.Sprint(r.count+1)): true}
	key := r.write(from, scope, kind, 1)
	r.runFor(time.Second)
	n.disk.parks = nil
	r.arrives("the record that was refused", n, scope, key, time.Minute)
	r.inSync("in sync after a repair")
}

// scopeOf is 0 where a body names no scope.
func scopeOf(b body) uint64 {
	n, _ := b[1].(uint64)
	return n
}

// prepare opens a disk for what is written before the node starts.
func (n *node) prepare() {
	home, scopes := feed.Scope(""), []feed.Scope{feed.Network, feed.SiteScope(n.w.site())}
	if n.isEdge() {
		home = scopes[1]
	}
	if err := n.disk.open(n.w.random, home, scopes...); err != nil {
		n.w.t.Fatal(err)
	}
}

// site is the only one of a pair.
func (w *world) site() record.ID {
	for _, n := range w.nodes {
		if n.isEdge() {
			return n.site
		}
	}
	return record.ID{}
}

// gone is a note of the hub, with its MAC, that only a site still holds.
func gone(t testing.TB, w *world) ([]record.Record, []byte) {
	lost := newDisk()
	if err := lost.open(w.random, "", feed.Network); err != nil {
		t.Fatal(err)
	}
	change, err := lost.edit(feed.Network, "note", record.Derive("note", "gone"), record.Derive("edit", "gone"), "before the restore", w.now)
	if err != nil {
		t.Fatal(err)
	}
	return []record.Record{change.After}, link.MACs(w.mac, []feed.Sequenced{{Record: change.After}})
}

// commit gives a node records as its own: nothing says that they came from the other end.
func (n *node) commit(scope feed.Scope, records []record.Record, macs []byte) {
	n.w.t.Helper()
	if err := n.disk.mem.Update(func(tx feed.Tx) error {
		for i, r := range records {
			if _, _, held, err := feed.Load(tx, scope, r.Key()); err != nil {
				return err
			} else if held {
				continue
			}
			if n.isEdge() && scope == feed.Network {
				if err := link.Vouch(tx, []feed.Sequenced{{Record: r}}, macs[i*seal.MACSize:(i+1)*seal.MACSize]); err != nil {
					return err
				}
			}
			if _, err := n.disk.rules.Merge(tx, scope, r, feed.Source{}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		n.w.t.Fatal(err)
	}
	n.disk.moved(scope)
}
