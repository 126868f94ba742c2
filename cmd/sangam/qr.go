package main

import (
	"fmt"
	"io"
	"strings"

	"rsc.io/qr"
)

// printQR draws a text as a QR code of half blocks, two rows a line, dark on light whatever the terminal's colours.
func printQR(out io.Writer, text string) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return // too long for any QR code; the text was printed
	}
	const quiet = 2
	for y := -quiet; y < code.Size+quiet; y += 2 {
		var line strings.Builder
		for x := -quiet; x < code.Size+quiet; x++ {
			line.WriteRune(halves[code.Black(x, y)][code.Black(x, y+1)])
		}
		fmt.Fprintf(out, "\x1b[30;107m%s\x1b[0m\n", line.String())
	}
}

var halves = map[bool]map[bool]rune{false: {false: ' ', true: '▄'}, true: {false: '▀', true: '█'}}
