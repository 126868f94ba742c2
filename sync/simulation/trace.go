package simulation

import (
	"fmt"
	"strings"
)

// Trace keeps the last steps of a play, to be read by a person.
type Trace struct {
	keep  int
	about string
	lines []string
	total int
}

// NewTrace returns one that keeps so many steps, of those that name what it is about; empty: all.
func NewTrace(keep int, about string) *Trace { return &Trace{keep: keep, about: about} }

func (t *Trace) add(line string) {
	if !strings.Contains(line, t.about) {
		return
	}
	if t.total++; len(t.lines) >= 2*t.keep {
		t.lines = append(t.lines[:0], t.lines[t.keep:]...)
	}
	t.lines = append(t.lines, line)
}

// String returns the last steps, one a line.
func (t *Trace) String() string {
	last := t.lines[max(0, len(t.lines)-t.keep):]
	return fmt.Sprintf("the last %d of %d steps:\n%s\n", len(last), t.total, strings.Join(last, "\n"))
}

// tracef costs nothing when nobody watches.
func (w *world) tracef(who, format string, args ...any) {
	if w.trace != nil {
		w.trace.add(fmt.Sprintf("%8.3f %-12s %s", w.now.Sub(epoch).Seconds(), who, fmt.Sprintf(format, args...)))
	}
}
