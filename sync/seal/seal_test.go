package seal_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"runtime"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/aashram-care/sangam/sync/seal"
)

var (
	siteA = [16]byte{0xa, 1}
	siteB = [16]byte{0xb, 2}
)

// fixed is a random source that repeats: bytes from seed on, counting up.
type fixed byte

func (f *fixed) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(*f)
		*f++
	}
	return len(p), nil
}

func key(t testing.TB, seed byte) seal.SiteKey {
	t.Helper()
	f := fixed(seed)
	k, err := seal.NewSiteKey(&f)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func ring(t testing.TB, site [16]byte, id seal.KeyID, k seal.SiteKey) *seal.Ring {
	t.Helper()
	r := seal.NewRing(site)
	if err := r.Add(id, k); err != nil {
		t.Fatal(err)
	}
	return r
}

// sessions returns both ends of one session.
func sessions(t testing.TB) (edge, hub *seal.Session) {
	t.Helper()
	r := ring(t, siteA, 1, key(t, 1))
	var ends [2]*seal.Session
	for _, side := range []seal.Side{seal.Edge, seal.Hub} {
		s, err := r.Session(side, 1, seal.Nonce{1}, seal.Nonce{2})
		if err != nil {
			t.Fatal(err)
		}
		ends[side] = s
	}
	return ends[seal.Edge], ends[seal.Hub]
}

func sealed(t testing.TB, s *seal.Session, body string) []byte {
	t.Helper()
	frame, err := s.Seal(rand.Reader, 1, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func sealedOpen(t testing.TB, r *seal.Ring, d seal.Direction, body string) []byte {
	t.Helper()
	frame, err := r.Seal(rand.Reader, d, seal.Header{Kind: 1}, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func TestFramesOfASessionArriveBothWays(t *testing.T) {
	edge, hub := sessions(t)
	if edge.ID() != hub.ID() || edge.ID() == [16]byte{} {
		t.Fatalf("session ids %x and %x", edge.ID(), hub.ID())
	}
	noise := make([]byte, seal.MaxFrame-seal.Overhead)
	_, _ = rand.Read(noise)
	number := uint64(0)
	for _, body := range [][]byte{nil, {7}, bytes.Repeat([]byte("queue "), 5000), make([]byte, seal.MaxBody), noise} {
		number++
		for _, way := range []struct{ from, to *seal.Session }{{edge, hub}, {hub, edge}} {
			frame, err := way.from.Seal(rand.Reader, 9, body)
			if err != nil {
				t.Fatal(err)
			}
			if len(frame) > min(len(body)+seal.Overhead, seal.MaxFrame) {
				t.Errorf("a body of %d bytes became a frame of %d", len(body), len(frame))
			}
			before := bytes.Clone(frame)
			h, got, err := way.to.Unseal(frame)
			if err != nil {
				t.Fatalf("unseal %d bytes: %v", len(body), err)
			}
			if !bytes.Equal(got, body) {
				t.Errorf("a body of %d bytes came out changed", len(body))
			}
			if !bytes.Equal(frame, before) {
				t.Error("unsealing changed the frame")
			}
			want := seal.Header{Kind: 9, KeyID: 1, Site: siteA, Session: edge.ID(), Counter: number}
			if h != want {
				t.Errorf("header %+v, want %+v", h, want)
			}
			if claimed, err := seal.ParseHeader(frame); err != nil || claimed != want {
				t.Errorf("parsed header %+v, %v, want %+v", claimed, err, want)
			}
		}
	}
}

func TestRepetitiveBodyTravelsCompressed(t *testing.T) {
	edge, _ := sessions(t)
	body := bytes.Repeat([]byte(`{"status":"waiting"}`), 3000)
	frame, err := edge.Seal(rand.Reader, 1, body)
	if err != nil {
		t.Fatal(err)
	}
	if len(frame) > len(body)/10 {
		t.Errorf("%d bytes became %d", len(body), len(frame))
	}
}

// Whatever bit is changed, and wherever a frame is cut, it is refused and gives nothing away.
func TestChangedFrameIsRefused(t *testing.T) {
	edge, hub := sessions(t)
	r := ring(t, siteA, 1, key(t, 1))
	for name, c := range map[string]struct {
		frame  []byte
		unseal func([]byte) (seal.Header, []byte, error)
	}{
		"session": {sealed(t, edge, "a patient's name"), hub.Unseal},
		"open":    {sealedOpen(t, r, seal.Up, "a patient's name"), func(f []byte) (seal.Header, []byte, error) { return r.Unseal(seal.Up, f) }},
	} {
		for i := range len(c.frame) * 8 {
			bad := bytes.Clone(c.frame)
			bad[i/8] ^= 1 << (i % 8)
			if h, body, err := c.unseal(bad); err == nil || body != nil || h != (seal.Header{}) {
				t.Fatalf("%s: bit %d of byte %d changed: %+v, %q, %v", name, i%8, i/8, h, body, err)
			}
		}
		for n := range c.frame {
			if _, _, err := c.unseal(c.frame[:n]); err == nil {
				t.Fatalf("%s: the first %d of %d bytes were accepted", name, n, len(c.frame))
			}
		}
		if _, _, err := c.unseal(append(bytes.Clone(c.frame), 0)); !errors.Is(err, seal.ErrForged) {
			t.Errorf("%s: a byte more: %v, want ErrForged", name, err)
		}
		if _, body, err := c.unseal(c.frame); err != nil || string(body) != "a patient's name" {
			t.Errorf("%s: the true frame after all the false ones: %q, %v", name, body, err)
		}
	}
}

func TestEveryRefusalHasItsError(t *testing.T) {
	edge, hub := sessions(t)
	r := ring(t, siteA, 1, key(t, 1))
	other, err := r.Session(seal.Hub, 1, seal.Nonce{1}, seal.Nonce{3})
	if err != nil {
		t.Fatal(err)
	}
	strangers := ring(t, siteB, 1, key(t, 1))
	unknown := ring(t, siteA, 2, key(t, 1))
	wrong := ring(t, siteA, 1, key(t, 2))
	change := func(frame []byte, at int, to byte) []byte {
		frame = bytes.Clone(frame)
		frame[at] = to
		return frame
	}
	numbered, open := sealed(t, edge, "x"), sealedOpen(t, r, seal.Up, "x")
	ofSession := func(s *seal.Session, f []byte) error { _, _, err := s.Unseal(f); return err }
	ofRing := func(r *seal.Ring, d seal.Direction, f []byte) error { _, _, err := r.Unseal(d, f); return err }
	for _, c := range []struct {
		name      string
		got, want error
	}{
		{"empty", ofSession(hub, nil), seal.ErrTruncated},
		{"short", ofSession(hub, numbered[:50]), seal.ErrTruncated},
		{"large", ofSession(hub, make([]byte, seal.MaxFrame+1)), seal.ErrTooLarge},
		{"large under open", ofRing(r, seal.Up, make([]byte, seal.MaxFrame+1)), seal.ErrTooLarge},
		{"newer", ofSession(hub, change(numbered, 0, 2)), seal.ErrVersion},
		{"unknown flag", ofSession(hub, change(numbered, 2, 4)), seal.ErrMalformed},
		{"numbered and open", ofRing(r, seal.Up, change(open, 46, 1)), seal.ErrMalformed},
		{"number 0", ofSession(hub, change(numbered, 46, 0)), seal.ErrMalformed},
		{"other site", ofRing(strangers, seal.Up, open), seal.ErrSite},
		{"other site's session", ofSession(hub, change(numbered, 7, 0xff)), seal.ErrSite},
		{"other session", ofSession(other, numbered), seal.ErrSession},
		{"open frame to a session", ofSession(hub, open), seal.ErrSession},
		{"session's frame to a ring", ofRing(r, seal.Up, numbered), seal.ErrSession},
		{"unknown key", ofRing(unknown, seal.Up, open), seal.ErrUnknownKey},
		{"other key's session", ofSession(hub, change(numbered, 6, 9)), seal.ErrUnknownKey},
		{"wrong key", ofRing(wrong, seal.Up, open), seal.ErrForged},
		{"sent back", ofSession(edge, numbered), seal.ErrForged},
		{"sent back under open", ofRing(r, seal.Down, open), seal.ErrForged},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestTooLargeIsRefusedBeforeItIsSealed(t *testing.T) {
	edge, hub := sessions(t)
	noise := make([]byte, seal.MaxFrame-seal.Overhead+1)
	_, _ = rand.Read(noise)
	for name, body := range map[string][]byte{"body": make([]byte, seal.MaxBody+1), "frame": noise} {
		if _, err := edge.Seal(rand.Reader, 1, body); !errors.Is(err, seal.ErrTooLarge) {
			t.Errorf("a %s too large: %v, want ErrTooLarge", name, err)
		}
	}
	// The failures took no number: a gap would look like a lost frame.
	if h, _, err := hub.Unseal(sealed(t, edge, "x")); err != nil || h.Counter != 1 {
		t.Errorf("the next frame has number %d, %v, want 1", h.Counter, err)
	}
}

// A holder of the key, or a bug of its, must not be able to blow up the other end's memory either.
func TestZipBombIsRefused(t *testing.T) {
	edge, hub := sessions(t)
	level := zstd.WithEncoderLevel(zstd.SpeedBestCompression)
	w, err := zstd.NewWriter(nil, level, zstd.WithWindowSize(8<<20))
	if err != nil {
		t.Fatal(err)
	}
	var stream bytes.Buffer // a stream's length is not in its header, and its window is large
	s, err := zstd.NewWriter(&stream, level, zstd.WithWindowSize(seal.MaxBody))
	if err != nil {
		t.Fatal(err)
	}
	for range 64 {
		_, _ = s.Write(make([]byte, 1<<20))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	frames := bytes.Repeat(w.EncodeAll(make([]byte, seal.MaxBody/2), nil), 5)
	for name, packed := range map[string][]byte{
		"64 MiB with its length told": w.EncodeAll(make([]byte, 64<<20), nil),
		"64 MiB in a stream":          stream.Bytes(),
		"many frames in one":          frames,
	} {
		forged := resealCompressed(t, edge, packed)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, body, err := hub.Unseal(forged)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, seal.ErrTooLarge) || body != nil {
			t.Errorf("%s (%d bytes packed): %d bytes, %v, want ErrTooLarge", name, len(packed), len(body), err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 16*seal.MaxBody {
			t.Errorf("%s took %d bytes of memory before it was refused", name, took)
		}
	}
	if _, _, err := hub.Unseal(resealCompressed(t, edge, []byte("not zstd"))); !errors.Is(err, seal.ErrMalformed) {
		t.Errorf("garbage: %v, want ErrMalformed", err)
	}
}

func TestNumberIsTakenOnceWhateverTheOrder(t *testing.T) {
	for seed := range uint64(20) {
		edge, hub := sessions(t)
		random := mathrand.New(mathrand.NewPCG(seed, 0))
		var frames [][]byte
		for range 3000 {
			frames = append(frames, sealed(t, edge, "x"))
		}
		taken, greatest := map[int]bool{}, -1
		for range 6000 { // the oracle is a map; the window must agree with it
			i := min(max(greatest+random.IntN(2*seal.Window+50)-2*seal.Window, 0), len(frames)-1)
			if random.IntN(40) == 0 {
				i = min(greatest+random.IntN(seal.Window+200), len(frames)-1)
			}
			i = max(i, 0)
			_, _, err := hub.Unseal(frames[i])
			old := greatest-i >= seal.Window
			if want := taken[i] || old; errors.Is(err, seal.ErrReplayed) != want || err != nil && !want {
				t.Fatalf("seed %d: frame %d with greatest %d: %v, want replayed = %t", seed, i, greatest, err, want)
			}
			if err == nil {
				taken[i], greatest = true, max(greatest, i)
			}
		}
	}
}

func TestForgedNumberDoesNotShutOutTheTrueOnes(t *testing.T) {
	edge, hub := sessions(t)
	frame := sealed(t, edge, "x")
	forged := bytes.Clone(frame)
	for i := 39; i < 47; i++ {
		forged[i] = 0xff
	}
	if _, _, err := hub.Unseal(forged); !errors.Is(err, seal.ErrForged) {
		t.Fatalf("forged number %d: %v, want ErrForged", uint64(math.MaxUint64), err)
	}
	if _, _, err := hub.Unseal(frame); err != nil {
		t.Errorf("the true frame after it: %v", err)
	}
}

func TestOpenFrameMayRepeat(t *testing.T) {
	r := ring(t, siteA, 1, key(t, 1))
	frame := sealedOpen(t, r, seal.Up, "hello")
	for i := range 3 {
		if _, body, err := r.Unseal(seal.Up, frame); err != nil || string(body) != "hello" {
			t.Errorf("arrival %d: %q, %v", i+1, body, err)
		}
	}
}

func TestASessionKnowsWhatItSentAndWhatCame(t *testing.T) {
	edge, hub := sessions(t)
	if hub.Newest() != 0 || edge.Sent() != 0 {
		t.Errorf("at the start %d came of %d", hub.Newest(), edge.Sent())
	}
	for number := uint64(1); number <= 20; number++ {
		frame := sealed(t, edge, "x")
		if number%3 == 0 {
			continue
		}
		if _, _, err := hub.Unseal(frame); err != nil {
			t.Fatal(err)
		}
	}
	if edge.Sent() != 20 || hub.Newest() != 20 {
		t.Errorf("sent up to %d, came up to %d, want 20 and 20", edge.Sent(), hub.Newest())
	}
	for number := uint64(1); number <= 21; number++ {
		if want := number%3 != 0 && number <= 20; hub.Came(number) != want {
			t.Errorf("number %d came: %t, want %t", number, !want, want)
		}
	}
}

// An end that lost its memory must not make frames that were made before under the same key and nonce.
func TestNoTwoFramesAreAlike(t *testing.T) {
	r := ring(t, siteA, 1, key(t, 1))
	seen := map[string]bool{}
	for range 100 {
		frame := sealedOpen(t, r, seal.Up, "hello")
		nonce := fmt.Sprintf("%x", frame[47:71])
		if seen[nonce] {
			t.Fatal("a nonce came twice")
		}
		seen[nonce] = true
	}
}

func TestFailingRandomSourceSealsNothing(t *testing.T) {
	edge, _ := sessions(t)
	r := ring(t, siteA, 1, key(t, 1))
	short := func() *bytes.Reader { return bytes.NewReader(make([]byte, 5)) }
	if frame, err := edge.Seal(short(), 1, nil); err == nil || frame != nil {
		t.Errorf("session sealed %d bytes with 5 of 24 random ones", len(frame))
	}
	if frame, err := r.Seal(short(), seal.Up, seal.Header{}, nil); err == nil || frame != nil {
		t.Errorf("ring sealed %d bytes with 5 of 24 random ones", len(frame))
	}
	if _, err := seal.NewSiteKey(short()); err == nil {
		t.Error("a site key of 5 random bytes")
	}
	if _, err := seal.NewJoin(short(), siteA, siteB); err == nil {
		t.Error("a join code of 5 random bytes")
	}
}
