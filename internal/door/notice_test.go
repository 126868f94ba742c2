package door_test

import (
	"strings"
	"testing"
)

func TestAnybodyReadsWhatASiteKeepsAboutThemAndWhy(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	read := func() string {
		t.Helper()
		page := n.call("GET", "/notice", "", nil, nil)
		if kind := page.header.Get("Content-Type"); page.status != 200 || kind != "text/html; charset=utf-8" {
			t.Fatalf("%d %s %s", page.status, kind, page.body)
		}
		return string(page.body)
	}
	page := read()
	for _, want := range []string{`<article lang="hi">`, `<article lang="mr">`, `<article lang="en">`, "हटाने को न कहें", "पुसायला सांगेपर्यंत", "Until you ask us to erase it", "Data Protection Board"} {
		if !strings.Contains(page, want) {
			t.Errorf("the notice does not say %s", want)
		}
	}
	for _, outside := range []string{"http://", "https://", "<script", "<style"} {
		if strings.Contains(page, outside) {
			t.Errorf("the notice needs %s", outside)
		}
	}
	n.done(c.admin, "setting.update", map[string]any{"name": "keepContentDays", "value": 730}, nil)
	n.done(c.admin, "setting.update", map[string]any{"name": "name", "value": "Nirmal <Dham>"}, nil)
	page = read()
	for _, want := range []string{"older than 730 days", "730 दिन", "730 दिवसांपेक्षा", "Nirmal &lt;Dham&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("after the site decided, the notice does not say %s", want)
		}
	}
}
