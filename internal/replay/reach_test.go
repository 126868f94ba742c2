package replay_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/replay"
)

func TestASiteThatIsNotThereAtTheStartIsAnErrorAndNoWaitWithoutEnd(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }))
	defer stranger.Close()
	for name, c := range map[string]struct{ url, says string }{
		"nobody listens": {gone.URL, "connection refused"}, "somebody else answers": {stranger.URL, "no node of sangam"},
	} {
		o := replay.Options{Day: replay.Generate("2026-01-05", 3, 1), Speed: 1, Gurujis: 1, Site: c.url, Reach: time.Millisecond}
		if _, err := replay.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), c.url+" cannot be reached") || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
