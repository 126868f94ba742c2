package door

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

// preflightSeconds lets a browser remember for a day that a cross-origin call is allowed.
const preflightSeconds = "86400"

// headers are the same for every answer, but for what browsers heed over https alone.
func (d *Door) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", "default-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	if d.o.Secure || c.Request.TLS != nil {
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	h.Set("Permissions-Policy", "geolocation=(), camera=(self), microphone=(self)")
	if isAPI(c.Request.URL.Path) {
		h.Set("Cache-Control", "no-store")
	}
}

// otherOrigins lets the named pages use the API with a bearer token; cookies stay at home.
func (d *Door) otherOrigins(c *gin.Context) {
	origin := c.Request.Header.Get("Origin")
	if origin == "" || !slices.Contains(d.o.Origins, origin) {
		return
	}
	h := c.Writer.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Expose-Headers", "Retry-After")
	if c.Request.Method == http.MethodOptions && c.Request.Header.Get("Access-Control-Request-Method") != "" {
		h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Sangam-Screen")
		h.Set("Access-Control-Max-Age", preflightSeconds)
		c.AbortWithStatus(http.StatusNoContent)
	}
}

// rates bound what one address and one session may ask for. The box itself is not one address: behind its loopback
// may stand a proxy, and behind that everybody.
func (d *Door) rates(c *gin.Context) {
	who := callerOf(c.Request.Context())
	wait := time.Duration(0)
	if ip := net.ParseIP(who.address); ip == nil || !ip.IsLoopback() {
		wait = d.byAddress.take(who.address, 1)
	}
	if wait == 0 && who.session != nil {
		wait = d.bySession.take(who.session.id.String(), 1)
	}
	if wait > 0 {
		tooFast(wait).write(c)
	}
}

func tooFast(wait time.Duration) *refusal {
	return retryLater(http.StatusTooManyRequests, clinic.CodeRateLimited, "That was too much at once.", wait)
}

// awake answers unavailable until Run has read what the door needs; health and screens are served before.
func (d *Door) awake(c *gin.Context) {
	if isAPI(c.Request.URL.Path) && !d.running() {
		retryLater(http.StatusServiceUnavailable, clinic.CodeUnavailable, "The node is starting.", time.Second).write(c)
	}
}

// bounded refuses a body whose announced length is over the limit before reading any of it, and cuts off one that
// turns out longer.
func bounded(c *gin.Context) {
	if c.Request.ContentLength > api.MaxActionsBytes {
		refuse(http.StatusRequestEntityTooLarge, clinic.CodeTooLarge, "A request is at most 256 KiB.").write(c)
		return
	}
	if c.Request.Body != nil {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, api.MaxActionsBytes+1)
	}
}

// logged writes one line a request.
func (d *Door) logged(c *gin.Context) {
	began := d.o.Now()
	c.Next()
	if c.Request.URL.Path == "/healthz" || c.Request.URL.Path == "/readyz" {
		return
	}
	level := d.o.Log.Debug
	if c.Writer.Status() >= 500 {
		level = d.o.Log.Warn
	}
	level("request", "method", c.Request.Method, "path", safePath(c.Request.URL), "status", c.Writer.Status(),
		"bytes", c.Writer.Size(), "ms", d.o.Now().Sub(began).Milliseconds())
}

// safePath leaves the query out: it may carry a token or a cursor.
func safePath(u *url.URL) string {
	return u.Path[:min(len(u.Path), 200)]
}

func isAPI(path string) bool {
	return strings.HasPrefix(path, "/api/") || path == socketPath || path == fhirPath
}
