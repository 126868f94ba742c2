package bundle_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/sync/bundle"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/record"
)

func TestABundleBringsWhatTheOtherSideLacksAndItsCursorAsksForTheRest(t *testing.T) {
	site, hub := newPair(t, 1)
	for i := range 300 {
		site.note(bundle.Site, i)
	}
	first := site.export(bundle.Held{})
	sum, err := hub.read(first)
	if err != nil || sum.Applied != 300 || sum.Node != "site" || sum.Bytes != int64(len(first)) {
		t.Fatalf("%+v, %v", sum, err)
	}
	site.note(bundle.Site, 3)
	site.note(bundle.Site, 300)
	held, err := bundle.ParseHeld(hub.held().String())
	if err != nil {
		t.Fatal(err)
	}
	second := site.export(held)
	if sum, err = hub.read(second); err != nil || sum.Records != 2 || sum.Applied != 2 {
		t.Errorf("%+v, %v", sum, err)
	}
	if diff := cmp.Diff(site.digest(bundle.Site), hub.digest(bundle.Site)); diff != "" {
		t.Error(diff)
	}
}

func TestABundleHomeBringsNetworkRecordsWithTheirMACs(t *testing.T) {
	site, hub := newPair(t, 2)
	hub.note(bundle.Network, 1)
	hub.note(bundle.Site, 1)
	if sum, err := site.read(hub.export(site.held())); err != nil || sum.Applied != 2 {
		t.Errorf("%+v, %v", sum, err)
	}
	if len(site.notes(bundle.Network)) != 1 {
		t.Error("the network's record did not come")
	}
}

func TestABundleReadAgainOrAfterANewerOneChangesNothing(t *testing.T) {
	site, hub := newPair(t, 3)
	site.note(bundle.Site, 1)
	old := site.export(bundle.Held{})
	site.note(bundle.Site, 1)
	site.note(bundle.Site, 2)
	if _, err := hub.read(site.export(bundle.Held{})); err != nil {
		t.Fatal(err)
	}
	before, cursor := hub.digest(bundle.Site), hub.held()
	for range 2 {
		if sum, err := hub.read(old); err != nil || sum.Applied != 0 {
			t.Errorf("%+v, %v", sum, err)
		}
	}
	if diff := cmp.Diff(before, hub.digest(bundle.Site)) + cmp.Diff(cursor, hub.held()); diff != "" {
		t.Error(diff)
	}
}

func TestACutBundleLeavesWhatCameBeforeAndTheNextOneGoesOn(t *testing.T) {
	site, hub := newPair(t, 4)
	for i := range 5000 {
		site.note(bundle.Site, i)
	}
	file := site.export(bundle.Held{})
	ends := frames(file)
	if len(ends) < 4 {
		t.Fatalf("%d frames are too few for this test", len(ends))
	}
	sum, err := hub.read(file[:ends[1]+7])
	if !errors.Is(err, bundle.ErrCut) || sum.Applied == 0 || sum.Applied == 5000 {
		t.Fatalf("%+v, %v", sum, err)
	}
	rest := site.export(hub.held())
	if len(rest) >= len(file) {
		t.Error("the second bundle is not smaller")
	}
	if _, err := hub.read(rest); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(site.digest(bundle.Site), hub.digest(bundle.Site)); diff != "" {
		t.Error(diff)
	}
}

func TestABundleThatBeginsTooLateIsRefusedWhole(t *testing.T) {
	site, hub := newPair(t, 5)
	site.note(bundle.Site, 1)
	if _, err := hub.read(site.export(bundle.Held{})); err != nil {
		t.Fatal(err)
	}
	held := hub.held()
	_, fresh := newPair(t, 5) // the same key, an empty store
	site.note(bundle.Site, 2)
	sum, err := fresh.read(site.export(held))
	if !errors.Is(err, bundle.ErrGap) || sum.Applied != 0 || len(fresh.notes(bundle.Site)) != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestWhatIsNoBundleForThisNodeIsRefusedAndChangesNothing(t *testing.T) {
	site, hub := newPair(t, 6)
	for i := range 3000 {
		site.note(bundle.Site, i)
	}
	good := site.export(bundle.Held{})
	ends := frames(good)
	change := func(at int) []byte {
		file := bytes.Clone(good)
		file[at] ^= 1
		return file
	}
	huge := bytes.Clone(good[:ends[0]])
	huge = append(huge, 0xff, 0xff, 0xff, 0xff)
	swapped := append(bytes.Clone(good[:ends[0]]), good[ends[1]:ends[2]]...)
	swapped = append(swapped, good[ends[0]:ends[1]]...)
	stranger, _ := newPair(t, 60)
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":              {nil, bundle.ErrNoBundle},
		"a text":               {[]byte(strings.Repeat("hello ", 100)), bundle.ErrNoBundle},
		"its beginning alone":  {[]byte(bundle.Magic), bundle.ErrCut},
		"a changed head":       {change(len(bundle.Magic) + 100), bundle.ErrBroken},
		"another site":         {change(len(bundle.Magic) + 4 + 10), bundle.ErrNoBundle},
		"an unknown key":       {change(len(bundle.Magic) + 4 + 5), bundle.ErrNoBundle},
		"a huge frame":         {huge, bundle.ErrBroken},
		"chunks changed about": {swapped, bundle.ErrBroken},
		"a key of others":      {stranger.export(bundle.Held{}), bundle.ErrBroken},
		"its own bundle":       {hub.export(bundle.Held{}), bundle.ErrNoBundle},
	} {
		if sum, err := hub.read(c.file); !errors.Is(err, c.want) || sum.Applied != 0 {
			t.Errorf("%s: %+v, %v", name, sum, err)
		}
	}
	if n := len(hub.notes(bundle.Site)); n != 0 {
		t.Errorf("%d records came of it", n)
	}
	if _, err := hub.read(append(bytes.Clone(good), 1)); !errors.Is(err, bundle.ErrBroken) {
		t.Errorf("bytes after the end: %v", err)
	}
	if _, err := hub.read(good); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

func TestACursorOfAnotherSiteOrAMistypedOneIsRefused(t *testing.T) {
	site, hub := newPair(t, 7)
	site.note(bundle.Site, 1)
	if _, err := hub.read(site.export(bundle.Held{})); err != nil {
		t.Fatal(err)
	}
	text := hub.held().String()
	for _, bad := range []string{"x", text[1:], text[:len(text)-3], text + "!", "since1.", "since1.AAAA"} {
		if _, err := bundle.ParseHeld(bad); !errors.Is(err, bundle.ErrCursor) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	other := hub.held()
	other.Site = record.Derive("another site")
	_, err := bundle.Write(context.Background(), &bytes.Buffer{}, bundle.Source{Site: siteID, Held: other}, nil)
	if !errors.Is(err, bundle.ErrCursor) {
		t.Error(err)
	}
	if h, err := bundle.ParseHeld(" \n"); err != nil || !h.Site.IsZero() {
		t.Error("an empty cursor should hold nothing")
	}
}

// TestStickAndLineMayBeMixed lets both sides write while bundles, cut bundles, old bundles and parts of line sessions
// pass in any order and either disk is put back to an old copy. What either side holds at the end reaches the other.
func TestStickAndLineMayBeMixed(t *testing.T) {
	for seed := range uint64(100) {
		mixed(t, seed)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func mixed(t *testing.T, seed uint64) {
	site, hub := newPair(t, seed)
	random := rand.New(rand.NewPCG(seed, 2))
	var sticks [2][][]byte // by who wrote it
	backups := [2][]feedtest.Snapshot{{site.store.Snapshot()}, {hub.store.Snapshot()}}
	both := []*node{site, hub}
	for range 60 + random.IntN(120) {
		who := random.IntN(2)
		n, other := both[who], both[1-who]
		switch random.IntN(9) {
		case 0, 1, 2:
			n.note(bundle.Site, random.IntN(12))
		case 3:
			hub.note(bundle.Network, random.IntN(4))
		case 4:
			held := bundle.Held{}
			if random.IntN(2) == 0 {
				held = other.held()
			}
			sticks[who] = append(sticks[who], n.export(held))
		case 5:
			if len(sticks[who]) == 0 {
				continue
			}
			file := sticks[who][random.IntN(len(sticks[who]))]
			if random.IntN(3) == 0 {
				file = file[:random.IntN(len(file))]
			}
			if _, err := other.read(file); err != nil && !errors.Is(err, bundle.ErrGap) && !errors.Is(err, bundle.ErrCut) && !errors.Is(err, bundle.ErrNoBundle) {
				t.Error(err)
			}
		case 6:
			other.line(n, 1+random.IntN(3))
		case 7:
			backups[who] = append(backups[who], n.store.Snapshot())
		case 8:
			if random.IntN(4) == 0 {
				n.store.Restore(backups[who][random.IntN(len(backups[who]))])
				n.open()
			}
		}
	}
	want := site.notes(bundle.Site)
	maps.Copy(want, hub.notes(bundle.Site))
	for range 2 {
		for who, n := range both {
			if _, err := both[1-who].read(n.export(both[1-who].held())); err != nil {
				t.Error(err)
			}
		}
	}
	for _, n := range both {
		if missing := len(want) - len(n.notes(bundle.Site)); missing != 0 {
			t.Errorf("%s lacks %d of %d", n.name, missing, len(want))
		}
	}
	if diff := cmp.Diff(site.digest(bundle.Site), hub.digest(bundle.Site)); diff != "" {
		t.Errorf("site and hub differ: %s", diff)
	}
	for note := range hub.notes(bundle.Network) {
		if !site.notes(bundle.Network)[note] {
			t.Error("the site lacks a network record")
		}
	}
}

func FuzzReadingABundle(f *testing.F) {
	site, _ := newPair(f, 8)
	for i := range 20 {
		site.note(bundle.Site, i)
	}
	good := site.export(bundle.Held{})
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte(bundle.Magic))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, hub := newPair(t, 8)
		sum, err := hub.read(file)
		if err == nil && !bytes.Equal(file, good) {
			t.Error("a changed bundle was read")
		}
		if held := len(hub.notes(bundle.Site)); sum.Applied != held {
			t.Errorf("%d were counted, %d are held", sum.Applied, held)
		}
	})
}

func FuzzParsingACursor(f *testing.F) {
	f.Add("since1.")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := bundle.ParseHeld(text)
		if err != nil {
			return
		}
		again, err := bundle.ParseHeld(h.String())
		if err != nil {
			t.Fatal(err)
		}
		if !h.Site.IsZero() && fmt.Sprint(again.Site) != fmt.Sprint(h.Site) {
			t.Error("another site")
		}
	})
}
