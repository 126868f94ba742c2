package realtime

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/aashram-care/sangam/internal/api"
)

// refusal is why a request does not become a socket.
type refusal struct {
	status        int
	code, message string
	retryAfter    time.Duration
}

func (p *refusal) write(w http.ResponseWriter) { refuse(w, p.status, p.code, p.message, p.retryAfter) }

func refuse(w http.ResponseWriter, status int, code, message string, retryAfter time.Duration) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Del("Sec-Websocket-Extensions")
	if retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((retryAfter+time.Second-1)/time.Second)))
	}
	w.WriteHeader(status)
	problem := api.Problem{Code: code, Message: message, Retryable: retryAfter > 0, Status: status}
	if body, err := json.Marshal(problem); err == nil {
		_, _ = w.Write(body) // a client that went away needs no answer
	}
}

// originHost is the host and port of an Origin header, or a text that equals no Host.
func originHost(origin string) string {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return "\x00"
	}
	return u.Host
}
