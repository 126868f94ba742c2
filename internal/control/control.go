// Package control runs operations on a node's data directory from the command line, while the node runs or not.
//
// A running node offers them on a socket file in its directory that only its owner can open; without a running node
// the caller opens the directory itself and runs the very same functions. Either way an operation goes through the
// node's one committer. There is no other way in: no network, no password.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/node"
)

// Socket is the name of the socket file in a data directory.
const Socket = "control.sock"

// Operation does one thing with its arguments as JSON; its answer is marshalled to JSON. Most need no files.
type Operation func(ctx context.Context, arguments json.RawMessage, f Files) (any, error)

// Files are what an operation may read from and write to: files of the one who calls, which the node could not open.
type Files struct {
	In  io.Reader
	Out io.Writer
	// Progress is told how many of about how many records are done. It may be called often, and only once In was read:
	// an answer that begins ends the reading. Who passes In can see by it how far the work is.
	Progress func(done, total int)
}

// Operations are by name, such as "staff.add".
type Operations map[string]Operation

// Op makes an Operation of a function with typed arguments.
func Op[In any](fn func(ctx context.Context, in In) (any, error)) Operation {
	return FileOp(func(ctx context.Context, in In, _ Files) (any, error) { return fn(ctx, in) })
}

// FileOp makes an Operation of a function that reads or writes a file of the caller.
func FileOp[In any](fn func(ctx context.Context, in In, f Files) (any, error)) Operation {
	return func(ctx context.Context, arguments json.RawMessage, f Files) (any, error) {
		var in In
		if err := json.Unmarshal(arguments, &in); err != nil {
			return nil, &clinic.Error{Code: clinic.CodeInvalid, Message: "The arguments cannot be read: " + err.Error()}
		}
		return fn(ctx, in, f)
	}
}

// Serve offers operations on dir's socket until ctx ends. The directory is locked by the caller's open store, so a
// socket file that is there already was left by a crash and is replaced.
func Serve(ctx context.Context, dir string, ops Operations, log *slog.Logger) error {
	path := filepath.Join(dir, Socket)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the old control socket: %w", err)
	}
	listener, err := listen(path)
	if err != nil {
		return err
	}
	return node.Serve(ctx, listener, http.HandlerFunc(ops.serve), log)
}

// listen makes the socket file, closed to others from its first moment.
func listen(path string) (net.Listener, error) {
	// Another thread that makes a file in this instant gets stricter bits too, which harms nobody.
	old := syscall.Umask(0o177)
	listener, err := net.Listen("unix", path)
	syscall.Umask(old)
	if err != nil {
		return nil, fmt.Errorf("open the control socket %s: %w", path, err)
	}
	return listener, nil
}

// serve runs one operation. The body is its arguments and then the file that is read, the answer a row of parts.
func (ops Operations) serve(w http.ResponseWriter, r *http.Request) {
	parts := newPartWriter(w)
	answer, err := func() (any, error) {
		op, ok := ops[r.URL.Path[1:]]
		if !ok {
			return nil, &clinic.Error{Code: clinic.CodeNotFound, Message: "This node knows no operation " + r.URL.Path[1:] + "."}
		}
		arguments, err := readArguments(r.Body)
		if err != nil {
			return nil, err
		}
		return op(r.Context(), arguments, Files{In: r.Body, Out: parts, Progress: parts.progress})
	}()
	_, _ = io.Copy(io.Discard, r.Body) // the caller reads the answer once all is sent
	parts.finish(answer, err)
}

func problemOf(err error) *api.Problem {
	var e *clinic.Error
	if errors.As(err, &e) {
		return &api.Problem{Code: string(e.Code), Message: e.Message, Retryable: e.Retryable}
	}
	return &api.Problem{Code: string(clinic.CodeInternal), Message: err.Error()}
}
