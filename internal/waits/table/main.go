// Command table plays files of recorded days through the clinic and prints how true the waits were that people were
// told. It ends with 1 when a bar is not reached.
package main

import (
	"fmt"
	"os"

	"github.com/aashram-care/sangam/internal/waits"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "table: name files or folders of recorded days; see docs/benchmarks.md")
		os.Exit(2)
	}
	missed, err := judge(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(2)
	}
	if missed {
		os.Exit(1)
	}
}

func judge(paths []string) (missed bool, err error) {
	files, err := waits.Files(paths)
	if err != nil {
		return false, err
	}
	for _, file := range files {
		set, err := waits.Read(file)
		if err != nil {
			return false, err
		}
		score, err := waits.Judge(os.Stdout, set)
		if err != nil {
			return false, err
		}
		fmt.Println()
		for _, why := range score.Missed() {
			missed = true
			fmt.Printf("bar missed: %s\n", why)
		}
		if len(score.Missed()) == 0 {
			fmt.Print("every bar is reached\n\n")
		}
	}
	return missed, nil
}
