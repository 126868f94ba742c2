package bundle_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/sync/bundle"
	"github.com/aashram-care/sangam/sync/seal"
)

var update = flag.Bool("update", false, "record the bundles anew; never once a release that wrote them is out")

const (
	recordedBundles = "testdata/protocol-1.bundle"

	recordedHead = `# Bundles of protocol 1 as they lie on a stick, with the site's key and the digests of what they bring. They are read
# by every program that still reads that protocol, and never written anew once a release that wrote them is out: a new
# protocol gets a file of its own.
`
)

// recordBundles lets a site and its centre each write what the other lacks.
func recordBundles(t *testing.T) string {
	site, hub := newPair(t, 101)
	for i := range 40 {
		site.note(bundle.Site, i%30)
	}
	for i := range 5 {
		hub.note(bundle.Network, i)
		hub.note(bundle.Site, 100+i)
	}
	var b strings.Builder
	b.WriteString(recordedHead)
	fmt.Fprintf(&b, "key %x\nup %x\ndown %x\n", keyOf(t, 101), site.export(bundle.Held{}), hub.export(bundle.Held{}))
	fmt.Fprintf(&b, "digest-up %x\n", site.sums(bundle.Site))
	fmt.Fprintf(&b, "digest-down %x\n", hub.sums(bundle.Site, bundle.Network))
	return b.String()
}

// keyOf is the key that newPair gives to a pair.
func keyOf(t *testing.T, seed uint64) []byte {
	t.Helper()
	key, err := seal.NewSiteKey(bits{rand.New(rand.NewPCG(seed, 1))})
	if err != nil {
		t.Fatal(err)
	}
	return key[:]
}

func TestBundlesOfProtocol1AreStillRead(t *testing.T) {
	if *update {
		if err := os.WriteFile(recordedBundles, []byte(recordBundles(t)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	recorded := readRecorded(t)
	for _, c := range []struct {
		name    string
		scopes  []bundle.ScopeNo
		records int
	}{
		{"up", []bundle.ScopeNo{bundle.Site}, 30},
		{"down", []bundle.ScopeNo{bundle.Site, bundle.Network}, 10},
	} {
		site, hub := newPair(t, 102)
		reader := hub
		if c.name == "down" {
			reader = site
		}
		reader.ring = seal.NewRing(siteID)
		if err := reader.ring.Add(1, seal.SiteKey(recorded["key"])); err != nil {
			t.Fatal(err)
		}
		sum, err := reader.read(recorded[c.name])
		if err != nil || sum.Records != c.records || sum.Applied != c.records {
			t.Errorf("%s: %+v, %v", c.name, sum, err)
		}
		if got, want := reader.sums(c.scopes...), recorded["digest-"+c.name]; !bytes.Equal(got, want) {
			t.Errorf("%s: the digest of what came is %x, want %x", c.name, got, want)
		}
		if again, err := reader.read(recorded[c.name]); err != nil || again.Applied != 0 {
			t.Errorf("%s read again: %+v, %v", c.name, again, err)
		}
	}
}

// sums are those of every kind and day, one after the other.
func (n *node) sums(scopes ...bundle.ScopeNo) (out []byte) {
	for _, no := range scopes {
		for _, b := range n.digest(no) {
			out = append(out, b.Sum[:]...)
		}
	}
	return out
}

func readRecorded(t *testing.T) map[string][]byte {
	t.Helper()
	data, err := os.ReadFile(recordedBundles)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		if len(words) != 2 || words[0] == "#" {
			continue
		}
		if out[words[0]], err = hex.DecodeString(words[1]); err != nil {
			t.Fatalf("%s of %s: %v", words[0], recordedBundles, err)
		}
	}
	for _, name := range []string{"key", "up", "down", "digest-up", "digest-down"} {
		if len(out[name]) == 0 {
			t.Fatalf("%s has no %s", recordedBundles, name)
		}
	}
	return out
}
