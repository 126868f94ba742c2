package bus_test

import (
	"errors"
	"io"
	"testing"

	"github.com/aashram-care/sangam/sync/bus"
)

// Channel names and buckets are part of the wire: a node of another version must find the same ones.
func TestChannelNamesStayAsTheyAre(t *testing.T) {
	site := [16]byte{0x01, 0x92, 0xf0, 0xaa, 0, 1, 0x70, 2, 0x80, 3, 4, 5, 6, 7, 8, 9}
	if got, want := bus.DownChannel(site), "sangam:{site:0192f0aa-0001-7002-8003-040506070809}:down"; got != want {
		t.Errorf("DownChannel = %q, want %q", got, want)
	}
	if got, want := bus.UpChannel(7), "sangam:{7}:up"; got != want {
		t.Errorf("UpChannel = %q, want %q", got, want)
	}
	// SHA-256 of sixteen zero bytes begins with 0x37.
	if got, want := bus.Bucket([16]byte{}), 0x37%bus.Buckets; got != want {
		t.Errorf("Bucket = %d, want %d", got, want)
	}
}

func TestUpChannelsHoldEverySite(t *testing.T) {
	channels := bus.UpChannels()
	seen := map[string]bool{}
	for _, c := range channels {
		seen[c] = true
	}
	if len(seen) != bus.Buckets {
		t.Fatalf("%d distinct channels, want %d", len(seen), bus.Buckets)
	}
	for i := range 2000 {
		site := [16]byte{byte(i), byte(i >> 8)}
		if c := bus.UpChannel(bus.Bucket(site)); !seen[c] {
			t.Fatalf("site %d sends up on %s, which no hub listens to", i, c)
		}
	}
}

func TestGapIsTellableFromADeadSubscription(t *testing.T) {
	var err error = &bus.Gap{Connected: true, Cause: io.EOF}
	if !errors.Is(err, bus.ErrGap) || !errors.Is(err, io.EOF) {
		t.Errorf("%v matches neither ErrGap nor its cause", err)
	}
	if errors.Is(err, bus.ErrClosed) {
		t.Errorf("%v passes for ErrClosed", err)
	}
}
