package arch

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
)

const (
	// MaxLines is what no file of code may exceed.
	MaxLines = 600
	// LongLines is where a file begins to be long; nine of ten should stay below.
	LongLines = 400
)

var counted = []string{".go", ".ts", ".tsx", ".css"}

// Lines counts the lines of a file of code written by hand; counts is false for every other file.
func Lines(name string, text []byte) (lines int, counts bool) {
	if strings.Contains(path.Base(name), ".gen.") || !slices.Contains(counted, path.Ext(name)) {
		return 0, false
	}
	lines = bytes.Count(text, []byte("\n"))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		lines++
	}
	return lines, true
}

// CheckSize refuses a file of code that has grown past MaxLines.
func CheckSize(name string, text []byte) []Violation {
	lines, counts := Lines(name, text)
	if !counts || lines <= MaxLines {
		return nil
	}
	return []Violation{{name, fmt.Sprintf("%d lines", lines), fmt.Sprintf("a file has at most %d lines, most of them under %d", MaxLines, LongLines),
		"code gathers in the file that everybody appends to; split it along what it does"}}
}

// The needles are put together here, so that this file does not hold what it looks for.
var foreignWords = []string{"/wo" + "rk/", "../sha" + "red", "fa" + "rm-", ".libr" + "ary/"}

// CheckWords refuses names of one particular workplace, in every file: they mean nothing on anybody else's machine.
func CheckWords(name string, text []byte) []Violation {
	var bad []Violation
	for number, line := range bytes.Split(text, []byte("\n")) {
		for _, word := range foreignWords {
			if bytes.Contains(line, []byte(word)) {
				bad = append(bad, Violation{fmt.Sprintf("%s:%d", name, number+1), fmt.Sprintf("holds %q", word), "no file names a path or a tool of one workplace",
					"whoever clones this has neither; take paths as arguments"})
			}
		}
	}
	return bad
}
