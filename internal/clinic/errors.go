package clinic

import "fmt"

// Code is what clients decide by; the message is for people.
type Code string

// The codes of every error that leaves a node.
const (
	CodeUnauthenticated Code = "unauthenticated" // no session, or one that ended
	CodeForbidden       Code = "forbidden"       // this role may not
	CodeLockedOut       Code = "locked_out"      // too many wrong PINs; wait
	CodeNotFound        Code = "not_found"
	CodeInvalid         Code = "invalid"     // the request makes no sense, now or later
	CodeStale           Code = "stale"       // what the person saw is no longer so; Current has what is
	CodeNotAllowed      Code = "not_allowed" // the rules of the queue forbid it as things stand
	CodeClosed          Code = "closed"      // intake, day or clinic is closed
	CodeIDReused        Code = "id_reused"   // same action id, other content
	CodeIDTaken         Code = "id_taken"    // the id belongs to another record
	CodeTooLarge        Code = "too_large"
	CodeRateLimited     Code = "rate_limited"
	CodeUnavailable     Code = "unavailable" // try again later
	CodeInternal        Code = "internal"    // our fault; the log has it whole
)

// Codes lists every code, once.
var Codes = []Code{
	CodeUnauthenticated, CodeForbidden, CodeLockedOut, CodeNotFound, CodeInvalid, CodeStale, CodeNotAllowed, CodeClosed,
	CodeIDReused, CodeIDTaken, CodeTooLarge, CodeRateLimited, CodeUnavailable, CodeInternal,
}

// Error is the one error of the domain.
type Error struct {
	Code    Code
	Message string
	// Retryable says that the same request may succeed later without anybody changing it.
	Retryable bool
	// Current is, with CodeStale, the row as the actor may see it now.
	Current any
	// Note names whose health note Current holds; zero: nobody's.
	Note NoteOf
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

func refuse(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Retryable: code == CodeUnavailable || code == CodeRateLimited}
}

// TokensNeeded is returned by Decide, changing nothing, when a series has too few numbers reserved. The committer
// reserves at least Count of them durably, puts the range into Day.Tokens and decides again.
type TokensNeeded struct {
	Day    string
	Series string
	Count  int
}

func (e *TokensNeeded) Error() string {
	return fmt.Sprintf("%d token numbers of series %s are needed for %s", e.Count, e.Series, e.Day)
}
