package api

import (
	"errors"
	"net/http"

	"github.com/aashram-care/sangam/internal/clinic"
)

// Problem is an error as a client sees it, as application/problem+json and inside results. Clients decide by Code
// and show Message.
type Problem struct {
	Code      string `json:"code" enum:"unauthenticated,forbidden,locked_out,not_found,invalid,stale,not_allowed,closed,id_reused,id_taken,too_large,rate_limited,unavailable,internal" doc:"Clients survive others"`
	Message   string `json:"message" doc:"A sentence for a person"`
	Retryable bool   `json:"retryable" doc:"True: the same request may succeed later"`
	Status    int    `json:"status,omitempty" doc:"HTTP status, where the problem is a whole answer"`
	Current   any    `json:"current,omitempty" doc:"With stale: the row as it is now"`

	// Note names whose health note Current holds; zero: nobody's, or the answer of a repeat.
	Note clinic.NoteOf `json:"-"`
}

// Error is the message.
func (p *Problem) Error() string { return p.Message }

// ProblemOf translates an error for a client, and is the only place that does. A *Problem stays as it is; a
// *clinic.Error keeps its code, also when wrapped; anything else is internal, its text stays here for the log.
func ProblemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var e *clinic.Error
	if errors.As(err, &e) {
		return &Problem{Code: string(e.Code), Message: e.Message, Retryable: e.Retryable, Current: e.Current, Note: e.Note}
	}
	return &Problem{Code: string(clinic.CodeInternal), Message: "something went wrong on the node; its log says what"}
}

// HTTPStatus is the status of an answer that is this problem.
func (p *Problem) HTTPStatus() int {
	switch clinic.Code(p.Code) {
	case clinic.CodeUnauthenticated:
		return http.StatusUnauthorized
	case clinic.CodeForbidden:
		return http.StatusForbidden
	case clinic.CodeNotFound:
		return http.StatusNotFound
	case clinic.CodeInvalid:
		return http.StatusUnprocessableEntity
	case clinic.CodeStale, clinic.CodeNotAllowed, clinic.CodeClosed, clinic.CodeIDReused, clinic.CodeIDTaken:
		return http.StatusConflict
	case clinic.CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	case clinic.CodeLockedOut, clinic.CodeRateLimited:
		return http.StatusTooManyRequests
	case clinic.CodeUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
