package link

import (
	"os"
	"reflect"
	"regexp"
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
