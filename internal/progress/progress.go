// Package progress tells how far long work is: a bar that stays in its place on a terminal, a plain line now and then
// elsewhere, such as in a log. It refuses to say anything about work that is over in a moment.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

const (
	width      = 40
	onTerminal = 200 * time.Millisecond
	elsewhere  = 10 * time.Second
)

// Bar shows one piece of work. It is not safe for concurrent use.
type Bar struct {
	out      io.Writer
	terminal bool
	next     time.Time
	shown    bool
}

// New returns a bar on out; nil shows nothing.
func New(out io.Writer) *Bar {
	b := &Bar{out: out, terminal: isTerminal(out)}
	b.next = time.Now().Add(b.every())
	return b
}

func (b *Bar) every() time.Duration {
	if b.terminal {
		return onTerminal
	}
	return elsewhere
}

// Show tells the share done, from 0 to 1, and what is counted. It may be called as often as one likes.
func (b *Bar) Show(share float64, text string) {
	now := time.Now()
	if b.out == nil || now.Before(b.next) {
		return
	}
	b.next = now.Add(b.every())
	b.shown = true
	share = max(0, min(1, share))
	if !b.terminal {
		fmt.Fprintf(b.out, "%3.0f %%, %s\n", 100*share, text)
		return
	}
	full := int(share * width)
	fmt.Fprintf(b.out, "\r\x1b[K%s%s %3.0f %%  %s", strings.Repeat("█", full), strings.Repeat("░", width-full), 100*share, text)
}

// End leaves the line, if there is one.
func (b *Bar) End() {
	if b.shown && b.terminal {
		fmt.Fprintln(b.out)
	}
	b.shown = false
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
