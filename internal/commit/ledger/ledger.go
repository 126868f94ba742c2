// Package ledger keeps the file DIR/tokens: which token numbers a machine may already have given.
//
// It promises that a number it returned is never returned again on this machine, whatever happens to the store or the
// process, and that a copy of the file on another machine gives numbers of another series. It refuses to know what a
// token is for: days, letters and the store's own greatest number come as arguments. A Ledger belongs to one
// goroutine.
package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
)

// ErrDayPast is returned for a day before the last one that tokens were given for: the clock of the box is wrong.
var ErrDayPast = errors.New("the clock of this box is behind the last day that had tokens")

// Ledger is the open file. It lies outside the store and in no backup, so that a restored store cannot give a number
// twice.
type Ledger struct {
	path  string
	state state
}

type state struct {
	Version int    `json:"version"`
	Machine string `json:"machine"`
	Day     string `json:"day"`
	// Epoch numbers the series of a letter: A001 in epoch 1, A2-001 in epoch 2. It never falls, not even with a new
	// day, since the box that a copy of the disk came from may still be giving numbers of the old one.
	Epoch    int            `json:"epoch"`
	Reserved map[string]int `json:"reserved"` // the highest number taken of each series on Day
}

// Range is numbers First..Last of a series, for the caller to give.
type Range struct{ Epoch, First, Last int }

// Open reads the file, or begins one. known is the epoch the store remembers, 0 when it never gave a token; used says
// that the store holds records, or that the site existed before this store. A used site without its file, or with the
// file of another machine, goes on in the next series. A file that cannot be understood counts as missing.
func Open(path, machine string, known int, used bool) (*Ledger, error) {
	l := &Ledger{path: path}
	err := l.read()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.state = state{Epoch: 1}
		if used || known > 0 {
			l.state.Epoch = max(known, 1) + 1
		}
	case err != nil:
		return nil, err
	case l.state.Machine != machine || known > l.state.Epoch:
		l.state = state{Day: l.state.Day, Epoch: max(known, l.state.Epoch) + 1}
	default:
		return l, nil
	}
	l.state.Version, l.state.Machine = 1, machine
	if err := l.write(l.state); err != nil {
		return nil, err
	}
	return l, nil
}

// Look reads the file without taking it into use. own says that this machine goes on in its series; the error is
// fs.ErrNotExist for one that is missing or cannot be understood.
func Look(path, machine string) (own bool, day string, err error) {
	l := &Ledger{path: path}
	if err := l.read(); err != nil {
		return false, "", err
	}
	return l.state.Machine == machine, l.state.Day, nil
}

// Epoch is the number of the series in use.
func (l *Ledger) Epoch() int { return l.state.Epoch }

// Day is the last day that numbers were reserved for, empty when there was none.
func (l *Ledger) Day() string { return l.state.Day }

// Reserve takes the next count numbers of a series for a day; they are on disk before it returns. stored is the
// highest number of the series in this epoch that the store holds for the day: one above what this ledger reserved
// was given by another box in our name, and moves every letter on to the next series. When the Epoch of the answer is
// not the last one, ranges returned before are void. After an error nothing was taken.
func (l *Ledger) Reserve(day, series string, stored, count int) (Range, error) {
	next := l.state
	next.Reserved = maps.Clone(l.state.Reserved)
	switch {
	case day < next.Day:
		return Range{}, fmt.Errorf("reserve tokens of %s, last day was %s: %w", day, next.Day, ErrDayPast)
	case day > next.Day:
		next.Day, next.Reserved = day, nil
	}
	if stored > next.Reserved[series] {
		next.Epoch, next.Reserved = next.Epoch+1, nil
	}
	if next.Reserved == nil {
		next.Reserved = map[string]int{}
	}
	r := Range{Epoch: next.Epoch, First: next.Reserved[series] + 1}
	r.Last = r.First + count - 1
	next.Reserved[series] = r.Last
	if err := l.write(next); err != nil {
		return Range{}, err
	}
	return r, nil
}

func (l *Ledger) read() error {
	data, err := os.ReadFile(l.path)
	if err != nil {
		return fmt.Errorf("read token file: %w", err)
	}
	if err := json.Unmarshal(data, &l.state); err != nil || l.state.Version != 1 || l.state.Epoch < 1 {
		return fmt.Errorf("token file %s is damaged: %w", l.path, fs.ErrNotExist)
	}
	return nil
}

func (l *Ledger) write(next state) error {
	data, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("encode token file: %w", err)
	}
	if err := writeDurably(l.path, append(data, '\n')); err != nil {
		return fmt.Errorf("reserve tokens: %w", err)
	}
	l.state = next
	return nil
}
