package door

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/pin"
)

const problemType = "application/problem+json"

// refusal is a problem that is a whole answer.
type refusal struct {
	api.Problem
	retryAfter time.Duration
}

func (r *refusal) GetStatus() int { return r.Status }

// ContentType makes huma call the answer a problem.
func (r *refusal) ContentType(string) string { return problemType }

// Schema is that of the shape it writes.
func (r *refusal) Schema(registry huma.Registry) *huma.Schema {
	return registry.Schema(reflect.TypeFor[api.Problem](), true, "")
}

// MarshalJSON writes the problem alone.
func (r *refusal) MarshalJSON() ([]byte, error) { return json.Marshal(r.Problem) }

// GetHeaders tells when to come back.
func (r *refusal) GetHeaders() http.Header {
	if r.retryAfter <= 0 {
		return nil
	}
	return http.Header{"Retry-After": {retrySeconds(r.retryAfter)}}
}

func retrySeconds(d time.Duration) string {
	return strconv.Itoa(int(max((d+time.Second-1)/time.Second, 1)))
}

func refuse(status int, code clinic.Code, message string) *refusal {
	return &refusal{Problem: api.Problem{Code: string(code), Message: message, Status: status}}
}

func retryLater(status int, code clinic.Code, message string, after time.Duration) *refusal {
	r := refuse(status, code, message)
	r.Retryable, r.retryAfter = true, after
	return r
}

var errSignIn = refuse(http.StatusUnauthorized, clinic.CodeUnauthenticated, "Sign in first.")

func forbidden(message string) *refusal {
	return refuse(http.StatusForbidden, clinic.CodeForbidden, message)
}

func invalid(format string, args ...any) *refusal {
	return refuse(http.StatusUnprocessableEntity, clinic.CodeInvalid, fmt.Sprintf(format, args...))
}

// Answer translates any error for the caller, once, here, and for the node's own operations. What has no code is
// internal to the caller and whole in the log.
func (d *Door) Answer(err error) error {
	if err == nil {
		return nil
	}
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	switch {
	case errors.Is(err, context.Canceled):
		return retryLater(http.StatusServiceUnavailable, clinic.CodeUnavailable, "The request was given up.", time.Second)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, pin.ErrBusy):
		return retryLater(http.StatusServiceUnavailable, clinic.CodeUnavailable, "The node is too busy. Try again in a moment.", time.Second)
	}
	p := *api.ProblemOf(err)
	p.Status = p.HTTPStatus()
	r = &refusal{Problem: p}
	if p.Retryable {
		r.retryAfter = time.Second
	}
	if p.Code == string(clinic.CodeInternal) {
		d.o.Log.Error("request failed", "error", err)
	}
	return r
}

// Huma makes its own problems through this variable; there is no per-API setting for it.
func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		for _, err := range errs {
			if err != nil {
				message += "; " + detail(err)
			}
		}
		return refuse(status, codeOf(status), cmp.Or(message, http.StatusText(status)))
	}
}

// detail names where a value is wrong, never the value: it may be a name or a PIN.
func detail(err error) string {
	var d *huma.ErrorDetail
	if errors.As(err, &d) {
		return strings.TrimSpace(d.Location + " " + d.Message)
	}
	return err.Error()
}

func codeOf(status int) clinic.Code {
	switch {
	case status == http.StatusUnauthorized:
		return clinic.CodeUnauthenticated
	case status == http.StatusForbidden:
		return clinic.CodeForbidden
	case status == http.StatusNotFound:
		return clinic.CodeNotFound
	case status == http.StatusRequestEntityTooLarge:
		return clinic.CodeTooLarge
	case status == http.StatusTooManyRequests:
		return clinic.CodeRateLimited
	case status == http.StatusServiceUnavailable, status == http.StatusRequestTimeout:
		return clinic.CodeUnavailable
	case status >= 500:
		return clinic.CodeInternal
	}
	return clinic.CodeInvalid
}

// write answers outside of huma.
func (r *refusal) write(c *gin.Context) {
	for name, values := range r.GetHeaders() {
		c.Header(name, values[0])
	}
	c.Abort()
	body, err := json.Marshal(r.Problem)
	if err != nil {
		body = []byte(`{"code":"internal","message":"The refusal itself cannot be written.","retryable":false}`)
	}
	c.Data(r.Status, problemType, body)
}

func noRoute(c *gin.Context) {
	refuse(http.StatusNotFound, clinic.CodeNotFound, "There is nothing at this address.").write(c)
}

func noMethod(c *gin.Context) {
	refuse(http.StatusMethodNotAllowed, clinic.CodeInvalid, "This address does not know the method "+c.Request.Method+".").write(c)
}

// recovered turns a panic into a problem: a bug in one answer must not end the node.
func recovered(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			log.Error("request panicked", "path", c.FullPath(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			if c.Writer.Written() {
				c.Abort()
				return
			}
			refuse(http.StatusInternalServerError, clinic.CodeInternal, "Something went wrong on the node; its log says what.").write(c)
		}()
		c.Next()
	}
}
