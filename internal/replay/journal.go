package replay

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/aashram-care/sangam/internal/api"
)

// Journal is the client's own record of what it sent and what was acknowledged, one JSON object a line. A line is on
// disk before its method returns; lines of several callers share an fsync. The nil Journal keeps nothing.
type Journal struct {
	mu      sync.Mutex
	file    *os.File
	buffer  *bufio.Writer
	written int // lines in the buffer or the file
	synced  int // lines known to be on disk
	syncing bool
	settled *sync.Cond // synced moved, or err is set
	err     error
}

// Line is one line of a journal.
type Line struct {
	ID     string          `json:"id"`
	Type   string          `json:"type"`
	Status string          `json:"status"` // sent, applied, duplicate or rejected
	Code   string          `json:"code,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"` // arguments of a sent action
}

// OpenJournal creates or continues the journal at path; an empty path gives the nil Journal.
func OpenJournal(path string) (*Journal, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the journal: %w", err)
	}
	j := &Journal{file: file, buffer: bufio.NewWriter(file)}
	j.settled = sync.NewCond(&j.mu)
	return j, nil
}

// Sent notes an action about to leave.
func (j *Journal) Sent(a api.Action) error {
	return j.append(Line{ID: a.ID, Type: a.Type, Status: "sent", Data: a.Data})
}

// Acked notes the answer to an action.
func (j *Journal) Acked(a api.Action, r api.Result) error {
	line := Line{ID: a.ID, Type: a.Type, Status: r.Status}
	if r.Error != nil {
		line.Code = r.Error.Code
	}
	return j.append(line)
}

func (j *Journal) append(line Line) error {
	if j == nil {
		return nil
	}
	text, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("encode a journal line: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.buffer.Write(append(text, '\n')); err != nil && j.err == nil {
		j.err = fmt.Errorf("write the journal: %w", err)
	}
	j.written++
	mine := j.written
	for j.synced < mine && j.err == nil {
		if j.syncing {
			j.settled.Wait()
			continue
		}
		j.sync()
	}
	return j.err
}

// sync flushes and fsyncs what is written so far; it is called with the lock, and gives it up for the fsync.
func (j *Journal) sync() {
	upTo := j.written
	if err := j.buffer.Flush(); err != nil {
		j.err = fmt.Errorf("write the journal: %w", err)
		j.settled.Broadcast()
		return
	}
	j.syncing = true
	j.mu.Unlock()
	err := j.file.Sync()
	j.mu.Lock()
	j.syncing = false
	if err != nil {
		j.err = fmt.Errorf("sync the journal: %w", err)
	} else {
		j.synced = upTo
	}
	j.settled.Broadcast()
}

// Close closes the file. Lines noted before are on disk already.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	return j.file.Close()
}

// ReadJournal reads the lines of a journal. A last line cut by a crash of the writer is left out: nothing was sent or
// reported on the strength of it.
func ReadJournal(r io.Reader) ([]Line, error) {
	var lines []Line
	in := bufio.NewReader(r)
	for {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
		var line Line
		if err := json.Unmarshal(text, &line); err != nil {
			return nil, fmt.Errorf("line %d of the journal: %w", len(lines)+1, err)
		}
		lines = append(lines, line)
	}
}
