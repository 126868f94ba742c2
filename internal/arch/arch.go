// Package arch holds the rules of the house as data and as pure functions over parsed files: which folder may import
// which, where each library may be named, how long a file may be, which habits are refused. Its test reads the module
// and fails with the rule and its reason. It knows nothing of what the code does, needs no build and imports nothing
// of ours, so it runs before everything else.
package arch

import (
	"fmt"
	"path"
	"strings"
)

// Module is the import path that makes a package one of ours.
const Module = "github.com/aashram-care/sangam"

// Source is one Go file as far as the rules look at it.
type Source struct {
	Path    string // from the module root, with slashes
	Package string // the name in its package clause
	Imports []string
	Uses    []Use
}

// Use is one place where a file does something that a rule may refuse.
type Use struct {
	What string // a qualified name ("time.Sleep"), "t.Skip" for any way to skip a test, or "go" for a goroutine
	Line int
	Fake bool // inside a synctest bubble, where time is an argument
}

// Dir is the folder of the file, "." at the root.
func (s Source) Dir() string { return path.Dir(s.Path) }

// Test reports whether the file is compiled into tests only.
func (s Source) Test() bool { return strings.HasSuffix(s.Path, "_test.go") }

// ours returns the folder of an import path of this module, and false for everybody else's.
func ours(importPath string) (string, bool) {
	if importPath == Module {
		return ".", true
	}
	return strings.CutPrefix(importPath, Module+"/")
}

// Violation is one broken rule, in words for the person who broke it.
type Violation struct {
	Where  string // file, or file:line
	Broken string
	Rule   string
	Why    string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s: %s\n\trule: %s\n\twhy:  %s", v.Where, v.Broken, v.Rule, v.Why)
}

// Check applies every rule about Go files.
func Check(sources []Source) []Violation {
	var found []Violation
	for _, s := range sources {
		found = append(found, checkArrows(s)...)
		found = append(found, checkLibraries(s)...)
		found = append(found, checkPure(s)...)
		found = append(found, checkNames(s)...)
		found = append(found, checkHabits(s)...)
	}
	return found
}
