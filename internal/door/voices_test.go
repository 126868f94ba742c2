package door_test

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

// sounds are beginnings of files that browsers play, and what they are.
var sounds = map[string]string{
	"ID3\x04 a song": "audio/mpeg", "\xff\xfb\x90\xc4 a frame": "audio/mpeg", "RIFF\x24\x00\x00\x00WAVEfmt ": "audio/wav",
	"OggS\x00\x02": "audio/ogg", "\x1a\x45\xdf\xa3\x9f": "audio/webm", "\x00\x00\x00\x20ftypM4A ": "audio/mp4",
}

func shipped(t *testing.T, clip string) string {
	t.Helper()
	content, err := os.ReadFile("../../web/public/voices/" + clip + ".mp3")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func (n *node) voices(token string) (list api.Voices, tag string) {
	n.t.Helper()
	a := n.call("GET", "/api/v1/voices", token, nil, nil)
	a.into(200, &list)
	return list, a.header.Get("Etag")
}

func TestASiteSpeaksItsOwnVoices(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	clip, other := shipped(t, "hi/17"), "RIFF\x24\x00\x00\x00WAVE"+strings.Repeat("om", 120_000)
	n.call("GET", "/api/v1/voices/hi/17", c.board, nil, nil).refused(404, "not_found")
	list, none := n.voices(c.board)
	if len(list.Voices) != 0 {
		t.Fatalf("a new site has voices %+v", list)
	}
	n.call("PUT", "/api/v1/voices/hi/17", c.admin, clip, nil).into(204, nil)
	list, first := n.voices(c.board)
	if len(list.Voices) != 1 || list.Voices[0].Lang != "hi" || list.Voices[0].Clip != "17" || list.Voices[0].Bytes != len(clip) || first == none {
		t.Fatalf("after one clip: %s %+v", first, list)
	}
	n.call("GET", "/api/v1/voices", c.board, nil, http.Header{"If-None-Match": {first}}).into(304, nil)

	n.call("PUT", "/api/v1/voices/hi/17", c.admin, other, nil).into(204, nil)
	changed, second := n.voices(c.kiosk)
	if changed.Voices[0].Tag == list.Voices[0].Tag || second == first {
		t.Errorf("another sound is told as the same: %s %+v", second, changed)
	}
	n.restart()
	for token, keeps := range map[string]string{"": "private, no-cache", "?tag=" + list.Voices[0].Tag: "private, no-cache", "?tag=" + changed.Voices[0].Tag: "private, max-age=31536000, immutable"} {
		a := n.call("GET", "/api/v1/voices/hi/17"+token, c.board, nil, nil)
		if a.status != 200 || string(a.body) != other || a.header.Get("Content-Type") != "audio/wav" || a.header.Get("Cache-Control") != keeps {
			t.Errorf("%q: %d, %d bytes of %s, %s", token, a.status, len(a.body), a.header.Get("Content-Type"), a.header.Get("Cache-Control"))
		}
	}
	n.call("DELETE", "/api/v1/voices/hi/17", c.admin, nil, nil).into(204, nil)
	n.call("DELETE", "/api/v1/voices/hi/17", c.admin, nil, nil).refused(404, "not_found")
	n.call("GET", "/api/v1/voices/hi/17", c.board, nil, nil).refused(404, "not_found")
	if _, tag := n.voices(c.board); tag != none {
		t.Errorf("nothing is recorded any more, and the list is %s instead of %s", tag, none)
	}
	var page api.AuditPage
	n.call("GET", "/api/v1/audit?type=voice.*", c.admin, nil, nil).into(200, &page)
	if len(page.Rows) != 3 || page.Rows[0].Type != "voice.remove" || page.Rows[2].Fields[0] != "hi/17" || page.Rows[2].ActorName == "" {
		t.Errorf("audited as %+v", page.Rows)
	}
}

func TestVoicesAreTakenFromAdminsAndAreSounds(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	clip := shipped(t, "en/token")
	for who, token := range map[string]string{"a coordinator": c.coordinator, "a guruji": c.guruji, "a kiosk": c.kiosk, "a board": c.board} {
		for _, method := range []string{"PUT", "DELETE"} {
			if a := n.call(method, "/api/v1/voices/en/token", token, clip, nil); a.status != 403 {
				t.Errorf("%s by %s: %d %s", method, who, a.status, a.body)
			}
		}
	}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		n.call(method, "/api/v1/voices/en/token", "", clip, nil).refused(401, "unauthenticated")
	}
	n.call("GET", "/api/v1/voices", "", nil, nil).refused(401, "unauthenticated")
	for content, kind := range sounds {
		n.call("PUT", "/api/v1/voices/en/token", c.admin, content, nil).into(204, nil)
		if a := n.call("GET", "/api/v1/voices/en/token", c.board, nil, nil); a.header.Get("Content-Type") != kind || string(a.body) != content {
			t.Errorf("%q is served as %s %q", content, a.header.Get("Content-Type"), a.body)
		}
	}
	before, _ := n.voices(c.board)
	n.call("PUT", "/api/v1/voices/en/token", c.admin, "", nil).refused(400, "invalid")
	for _, content := range []string{"RIFF", "\xff\xff\xff\xff", "\xff\xd8\xff\xe0 a picture", "<!doctype html><script>", "%PDF-1.7", "RIFF\x24\x00\x00\x00WEBP"} {
		if a := n.call("PUT", "/api/v1/voices/en/token", c.admin, content, nil); a.status != 415 {
			t.Errorf("%q: %d %s", content, a.status, a.body)
		}
	}
	for _, size := range []int{clinic.MaxSoundBytes, api.MaxActionsBytes, 4 << 20} {
		n.call("PUT", "/api/v1/voices/en/token", c.admin, "ID3"+string(bytes.Repeat([]byte{0}, size)), nil).refused(413, "too_large")
	}
	for _, path := range []string{"en/TOKEN", "en/token.mp3", "en/100", "en/one_hundred", "ta/1", "en/%2e%2e%2ftoken", "..%2f..%2fetc/passwd", "en/%00", "en/" + strings.Repeat("a", 300)} {
		if a := n.call("PUT", "/api/v1/voices/"+path, c.admin, clip, nil); a.status != 404 && a.status != 422 {
			t.Errorf("PUT %s: %d %s", path, a.status, a.body)
		}
		if a := n.call("GET", "/api/v1/voices/"+path, c.admin, nil, nil); a.status != 404 && a.status != 422 {
			t.Errorf("GET %s: %d %s", path, a.status, a.body)
		}
	}
	if after, _ := n.voices(c.board); len(after.Voices) != len(before.Voices) || after.Voices[0] != before.Voices[0] {
		t.Errorf("what was refused is kept: %+v", after)
	}
}
