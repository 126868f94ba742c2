package control

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aashram-care/sangam/internal/api"
)

// An answer is a row of parts: a byte that says what it is, 4 bytes of length, and that many bytes.
const (
	partOutput   = 'o' // bytes of the file that is written
	partProgress = 'p' // [done, total]
	partResult   = 'r' // the answer as JSON; the last part
	partProblem  = 'e' // a problem as JSON; the last part
)

const (
	maxPart      = 4 << 20 // also of arguments
	outputEach   = 256 << 10
	progressEach = 200 * time.Millisecond
)

// request is arguments after their length, and then a file.
func request(arguments []byte, file io.Reader) io.Reader {
	return io.MultiReader(bytes.NewReader(binary.BigEndian.AppendUint32(nil, uint32(len(arguments)))), bytes.NewReader(arguments), file)
}

func readArguments(from io.Reader) (json.RawMessage, error) {
	var size [4]byte
	if _, err := io.ReadFull(from, size[:]); err != nil {
		return nil, fmt.Errorf("read the arguments: %w", err)
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxPart {
		return nil, fmt.Errorf("read the arguments: %d bytes are too many", n)
	}
	arguments := make([]byte, n)
	if _, err := io.ReadFull(from, arguments); err != nil {
		return nil, fmt.Errorf("read the arguments: %w", err)
	}
	return arguments, nil
}

// partWriter writes an answer; as an io.Writer it writes the caller's file.
type partWriter struct {
	to       *bufio.Writer
	told     time.Time
	complete func()
}

func newPartWriter(w http.ResponseWriter) *partWriter {
	control := http.NewResponseController(w)
	return &partWriter{to: bufio.NewWriter(w), complete: func() { _ = control.Flush() }}
}

func (p *partWriter) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		piece := b[:min(len(b), outputEach)]
		if err := p.part(partOutput, piece); err != nil {
			return n, err
		}
		n, b = n+len(piece), b[len(piece):]
	}
	return n, nil
}

func (p *partWriter) part(kind byte, body []byte) error {
	var top [5]byte
	top[0] = kind
	binary.BigEndian.PutUint32(top[1:], uint32(len(body)))
	if _, err := p.to.Write(top[:]); err != nil {
		return err
	}
	_, err := p.to.Write(body)
	return err
}

func (p *partWriter) progress(done, total int) {
	if now := time.Now(); done == total || now.Sub(p.told) >= progressEach {
		p.told = now
		p.json(partProgress, [2]int{done, total})
		_ = p.to.Flush() // a caller that is gone is found out by the next write
		p.complete()
	}
}

func (p *partWriter) json(kind byte, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		kind, text = partProblem, []byte(`{"code":"internal","message":"The answer cannot be written."}`)
	}
	_ = p.part(kind, text)
}

// finish writes the last part. A caller that is gone has nobody to be told.
func (p *partWriter) finish(answer any, err error) {
	if err != nil {
		p.json(partProblem, problemOf(err))
	} else {
		p.json(partResult, answer)
	}
	_ = p.to.Flush()
}

// readParts reads an answer up to its last part.
func readParts(from io.Reader, f Files) (json.RawMessage, error) {
	in := bufio.NewReader(from)
	for {
		var top [5]byte
		if _, err := io.ReadFull(in, top[:]); err != nil {
			return nil, fmt.Errorf("the node stopped in the middle of its answer: %w", err)
		}
		size := binary.BigEndian.Uint32(top[1:])
		if size > maxPart {
			return nil, fmt.Errorf("the node's answer cannot be read: a part of %d bytes", size)
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(in, body); err != nil {
			return nil, fmt.Errorf("the node stopped in the middle of its answer: %w", err)
		}
		switch top[0] {
		case partOutput:
			if _, err := f.Out.Write(body); err != nil {
				return nil, fmt.Errorf("write the file: %w", err)
			}
		case partProgress:
			var p [2]int
			if json.Unmarshal(body, &p) == nil {
				f.Progress(p[0], p[1])
			}
		case partResult:
			return body, nil
		case partProblem:
			var p api.Problem
			if err := json.Unmarshal(body, &p); err != nil {
				return nil, errors.New("the node refused without saying why")
			}
			return nil, &p
		default:
			return nil, fmt.Errorf("the node's answer cannot be read: a part of kind %q", top[0])
		}
	}
}
