package control

import (
	"bytes"
	"cmp"
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

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/node"
)

// patience is how long a running node may take over an operation without files.
const patience = 30 * time.Second

// Call runs an operation on the node of dir: through its socket when it runs, else on the directory itself, opened as
// role and with the operations that build makes of it. The answer is decoded into out.
func Call(ctx context.Context, dir, role, op string, in, out any, build func(*node.Node) Operations) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return CallWithFiles(ctx, dir, role, op, in, out, build, Files{})
}

// Look is Call for an operation that only reads: the store of a node that does not run is opened for reading.
func Look(ctx context.Context, dir, role, op string, in, out any, build func(*node.Node) Operations) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return call(ctx, dir, op, in, out, Files{}, func(arguments []byte, f Files) (json.RawMessage, error) {
		n, err := node.Look(dir, role)
		if err != nil {
			return nil, err
		}
		defer n.Close()
		answer, err := build(n)[op](ctx, arguments, f)
		if err != nil {
			return nil, err
		}
		return json.Marshal(answer)
	})
}

// CallWithFiles is Call for an operation that reads or writes a file, however long it takes.
func CallWithFiles(ctx context.Context, dir, role, op string, in, out any, build func(*node.Node) Operations, f Files) error {
	return call(ctx, dir, op, in, out, f, func(arguments []byte, f Files) (json.RawMessage, error) {
		return callOffline(ctx, dir, role, op, arguments, build, f)
	})
}

// call asks the running node, and does it offline when there is none.
func call(ctx context.Context, dir, op string, in, out any, f Files, offline func([]byte, Files) (json.RawMessage, error)) error {
	arguments, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode the arguments of %s: %w", op, err)
	}
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("there is no data directory %s: %w", dir, err)
	}
	if f.In == nil {
		f.In = bytes.NewReader(nil)
	}
	f.Out = cmp.Or(f.Out, io.Discard)
	if f.Progress == nil {
		f.Progress = func(int, int) {}
	}
	answer, running, err := callRunning(ctx, dir, op, arguments, f)
	if !running {
		answer, err = offline(arguments, f)
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
func callRunning(ctx context.Context, dir, op string, arguments []byte, f Files) (answer json.RawMessage, running bool, err error) {
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", filepath.Join(dir, Socket))
		},
	}}
	defer client.CloseIdleConnections()
	// A body that cannot be closed: without a node behind the socket it is read by callOffline.
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://node/"+op, io.NopCloser(request(arguments, f.In)))
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
	if res.StatusCode != http.StatusOK {
		return nil, true, fmt.Errorf("the node answered %s", res.Status)
	}
	answer, err = readParts(res.Body, f)
	return answer, true, err
}

func callOffline(ctx context.Context, dir, role, op string, arguments []byte, build func(*node.Node) Operations, f Files) (json.RawMessage, error) {
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
	answer, err := do(ctx, arguments, f)
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
