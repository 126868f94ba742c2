package testkit_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/testkit"
)

// complaints is a test that notes what it is told instead of failing.
type complaints struct {
	testing.TB
	all []string
}

func (c *complaints) Helper() {}
func (c *complaints) Errorf(format string, args ...any) {
	c.all = append(c.all, fmt.Sprintf(format, args...))
}

func TestMisuseFindsARouteThatTakesOrBreaksOnAnything(t *testing.T) {
	const good = `{"code":"invalid","message":"No.","retryable":false,"status":422}`
	for name, answer := range map[string]struct {
		status     int
		kind, body string
		fine       bool
	}{
		"a problem":          {422, "application/problem+json", good, true},
		"the node's fault":   {500, "application/problem+json", strings.ReplaceAll(good, "422", "500"), false},
		"plain text":         {422, "text/plain", "no", false},
		"an unheard-of code": {422, "application/problem+json", strings.ReplaceAll(good, `"invalid"`, `"other"`), false},
		"another status":     {400, "application/problem+json", good, false},
		"everything is fine": {200, "application/json", `{}`, false},
	} {
		node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/openapi.json" {
				fmt.Fprint(w, tinyDocument())
				return
			}
			w.Header().Set("Content-Type", answer.kind)
			w.WriteHeader(answer.status)
			fmt.Fprint(w, answer.body)
		}))
		told := &complaints{TB: t}
		asked := testkit.MisuseRoutes(told, node.URL, map[string]string{"somebody": "token"})
		node.Close()
		if asked < 100 || (len(told.all) == 0) != answer.fine {
			t.Errorf("a node that answers %s: %d requests, %d complaints", name, asked, len(told.all))
		}
	}
}

func tinyDocument() string {
	paths := ""
	for i := range 10 {
		paths += fmt.Sprintf(`"/p%d":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object","required":["name"],"properties":{"name":{"type":"string","maxLength":5}}}}}}}},`, i)
	}
	codes := strings.Repeat(`"c",`, 10) + `"invalid"`
	return `{"paths":{` + strings.TrimSuffix(paths, ",") + `},"components":{"schemas":{"Problem":{"properties":{"code":{"enum":[` + codes + `]}}}}}}`
}
