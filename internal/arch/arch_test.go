package arch_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/arch"
)

// Folders that hold what others wrote or what a build leaves behind.
var notOurs = []string{".git", "node_modules", "bin", "tmp", "web/dist"}

func TestTheTreeKeepsTheRulesOfTheHouse(t *testing.T) {
	var sources []arch.Source
	var found []arch.Violation
	counted, long := 0, 0
	walk(t, func(name string, text []byte) {
		found = append(found, arch.CheckSize(name, text)...)
		found = append(found, arch.CheckWords(name, text)...)
		if lines, counts := arch.Lines(name, text); counts {
			counted++
			if lines > arch.LongLines {
				long++
				t.Logf("long: %s has %d lines", name, lines)
			}
		}
		if filepath.Ext(name) == ".go" {
			source, err := arch.Parse(name, text)
			if err != nil {
				t.Error(err)
				return
			}
			sources = append(sources, source)
		}
	})
	if len(sources) == 0 {
		t.Fatal("no Go file found: the rules were applied to nothing")
	}
	for _, violation := range append(found, arch.Check(sources)...) {
		t.Error(violation)
	}
	t.Logf("%d Go files judged; %d of %d files of code are longer than %d lines (%.0f %%, aim at most 10)",
		len(sources), long, counted, arch.LongLines, 100*float64(long)/float64(counted))
}

func walk(t *testing.T, visit func(name string, text []byte)) {
	t.Helper()
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatalf("the module root is not two folders up: %v", err)
	}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(relative)
		switch {
		case entry.IsDir() && (slices.Contains(notOurs, name) || slices.Contains(notOurs, entry.Name())):
			return filepath.SkipDir
		case !entry.Type().IsRegular(), name == ".git", // a file in a linked worktree
			strings.HasSuffix(name, ".test"), strings.HasSuffix(name, ".prof"):
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		visit(name, text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
