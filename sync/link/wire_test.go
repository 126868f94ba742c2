package link

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/sync/seal"
)

// The document is what a second implementation is written from: a field that it does not tell is a fault of it.
func TestTheProtocolDocumentTellsEveryFieldOfEveryFrame(t *testing.T) {
	text, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string][]int{}
	for _, row := range regexp.MustCompile("(?m)^\\| (\\d+) \\| `(\\w+)` \\| (.*) \\|$").FindAllStringSubmatch(string(text), -1) {
		for _, key := range strings.Split(row[3], " · ") {
			if n, err := strconv.Atoi(strings.Fields(key)[0]); err == nil {
				told[row[1]+" "+row[2]] = append(told[row[1]+" "+row[2]], n)
			}
		}
	}
	for kind, body := range map[seal.Kind]any{
		kindHello: hello{}, kindWelcome: welcome{}, kindChanges: changes{}, kindAck: ack{}, kindBeat: beat{},
		kindPull: pull{}, kindDigest: digest{}, kindReject: reject{}, kindBye: bye{},
	} {
		form := reflect.TypeOf(body)
		var sent []int
		for i := range form.NumField() {
			key, _, _ := strings.Cut(form.Field(i).Tag.Get("cbor"), ",")
			n, err := strconv.Atoi(key)
			if err != nil {
				t.Fatalf("%s.%s: %v", form.Name(), form.Field(i).Name, err)
			}
			sent = append(sent, n)
		}
		frame := strconv.Itoa(int(kind)) + " " + form.Name()
		if d := cmp.Diff(sent, told[frame]); d != "" {
			t.Errorf("%s: sent (-), told (+):\n%s", frame, d)
		}
	}
}

func TestWhatIsMissingOfTheLatestFramesIsTold(t *testing.T) {
	const newest = 1000
	missing := []uint64{1000, 998, 900, 745}
	c := came{Newest: newest}
	for _, n := range append(missing, 744, 1) {
		c.lacks(n)
	}
	if err := c.check(); err != nil || len(c.Missing) != 32 {
		t.Fatalf("%d bytes, %v", len(c.Missing), err)
	}
	for n := range uint64(newest + 2) {
		told := n > newest-cameNumbers && n <= newest
		if want := told && !slices.Contains(missing, n); c.has(n) != want {
			t.Errorf("frame %d is there: %t, want %t", n, !want, want)
		}
	}
	if (came{}).has(0) || (came{Newest: 3}).has(0) || !(came{Newest: 3}).has(1) {
		t.Error("there is no frame 0, and all three others came")
	}
}
