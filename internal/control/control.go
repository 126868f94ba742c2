// Package control runs operations on a node's data directory from the command line, while the node runs or not.
//
// A running node offers them on a socket file in its directory that only its owner can open; without a running node
// the caller opens the directory itself and runs the very same functions. Either way an operation goes through the
// node's one committer. There is no other way in: no network, no password.
package control

import (
	"bytes"
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
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/node"
)

// Socket is the name of the socket file in a data directory.
const Socket = "control.sock"

// maxBytes bounds a request and an answer.
const maxBytes = 4 << 20

// Operation does one thing with its arguments as JSON; its answer is marshalled to JSON.
type Operation func(ctx context.Context, arguments json.RawMessage) (any, error)

// Operations are by name, such as "staff.add".
type Operations map[string]Operation

// Op makes an Operation of a function with typed arguments.
func Op[In any](fn func(ctx context.Context, in In) (any, error)) Operation {
	return func(ctx context.Context, arguments json.RawMessage) (any, error) {
		var in In
		if err := json.Unmarshal(arguments, &in); err != nil {
			return nil, &clinic.Error{Code: clinic.CodeInvalid, Message: "The arguments cannot be read: " + err.Error()}
		}
		return fn(ctx, in)
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

func (ops Operations) serve(w http.ResponseWriter, r *http.Request) {
	answer, err := func() (any, error) {
		op, ok := ops[r.URL.Path[1:]]
		if !ok {
			return nil, &clinic.Error{Code: clinic.CodeNotFound, Message: "This node knows no operation " + r.URL.Path[1:] + "."}
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBytes))
		if err != nil {
			return nil, fmt.Errorf("read the arguments: %w", err)
		}
		return op(r.Context(), body)
	}()
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		answer = problemOf(err)
	}
	_ = json.NewEncoder(w).Encode(answer) // the caller is gone: nobody to tell
}

func problemOf(err error) *api.Problem {
	var e *clinic.Error
	if errors.As(err, &e) {
		return &api.Problem{Code: string(e.Code), Message: e.Message, Retryable: e.Retryable}
	}
	return &api.Problem{Code: string(clinic.CodeInternal), Message: err.Error()}
}

// Call runs an operation on the node of dir: through its socket when it runs, else on the directory itself, opened as
// role and with the operations that build makes of it. The answer is decoded into out.
func Call(ctx context.Context, dir, role, op string, in, out any, build func(*node.Node) Operations) error {
	arguments, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode the arguments of %s: %w", op, err)
	}
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("there is no data directory %s: %w", dir, err)
	}
	answer, running, err := callRunning(ctx, dir, op, arguments)
	if !running {
		answer, err = callOffline(ctx, dir, role, op, arguments, build)
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("decode the answer of %s: %w", op, err)
	}
	return nil
}

// callRunning returns running = false when no node answers on the socket.
func callRunning(ctx context.Context, dir, op string, arguments []byte) (answer json.RawMessage, running bool, err error) {
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", filepath.Join(dir, Socket))
		},
	}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://node/"+op, bytes.NewReader(arguments))
	if err != nil {
		return nil, false, fmt.Errorf("make request %s: %w", op, err)
	}
	res, err := client.Do(req)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, false, nil
	}
	if err != nil {
		return nil, true, fmt.Errorf("ask the running node: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxBytes))
	if err != nil {
		return nil, true, fmt.Errorf("read the node's answer: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		var p api.Problem
		if err := json.Unmarshal(text, &p); err != nil {
			return nil, true, fmt.Errorf("the node answered %s", res.Status)
		}
		return nil, true, &p
	}
	return text, true, nil
}

func callOffline(ctx context.Context, dir, role, op string, arguments []byte, build func(*node.Node) Operations) (json.RawMessage, error) {
	n, err := node.Open(node.Options{Dir: dir, Role: role, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	defer n.Close()
	do, ok := build(n)[op]
	if !ok {
		return nil, fmt.Errorf("there is no operation %s", op)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	running, ctx := errgroup.WithContext(ctx)
	running.Go(func() error { return n.Committer.Run(ctx) })
	answer, err := do(ctx, arguments)
	cancel()
	if err := errors.Join(err, running.Wait()); err != nil {
		var e *clinic.Error
		if errors.As(err, &e) {
			return nil, problemOf(e)
		}
		return nil, err
	}
	return json.Marshal(answer)
}
