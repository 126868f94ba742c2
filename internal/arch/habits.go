package arch

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

var emptyNames = []string{"util", "utils", "common", "helper", "helpers", "manager", "managers", "service", "services"}

func checkNames(s Source) []Violation {
	var bad []Violation
	if s.Dir() == "sync" {
		bad = append(bad, Violation{s.Path, "a Go file lies directly in sync/", "sync/ holds folders only",
			"a package named sync would shadow the standard one"})
	}
	name := strings.TrimSuffix(s.Package, "_test")
	if slices.Contains(emptyNames, name) || slices.Contains(emptyNames, path.Base(s.Dir())) {
		bad = append(bad, Violation{s.Path, "the package is called " + name, "no package is called " + strings.Join(emptyNames, ", "),
			"a package is a noun a coordinator would understand, or one technique; such a name gathers what found no home"})
	}
	return bad
}

func checkHabits(s Source) []Violation {
	var bad []Violation
	refuse := func(use Use, rule, why string) {
		bad = append(bad, Violation{at(s, use), "uses " + use.What, rule, why})
	}
	for _, use := range s.Uses {
		switch {
		case use.What == "time.Sleep" && s.Test() && !use.Fake:
			refuse(use, "a test never waits by sleeping; inside synctest.Test it may, for time is virtual there",
				"it is slow when it works and flaky when the machine is busy: wait for a condition, or hold the clock")
		case use.What == "t.Skip" && (s.Test() || isForTests(s.Dir())):
			refuse(use, "no test is skipped", "a skipped test is a promise that nobody checks; what it needs is installed by make setup")
		case isFatal(use.What) && s.Package != "main":
			refuse(use, "log.Fatal and log.Panic only in package main",
				"a library returns its error; ending the process skips every deferred close, and the store with it")
		}
	}
	return bad
}

func isFatal(name string) bool {
	return strings.HasPrefix(name, "log.Fatal") || strings.HasPrefix(name, "log.Panic")
}

func isForTests(dir string) bool {
	return slices.ContainsFunc(forTests, func(folder string) bool { return within(dir, folder) })
}

func at(s Source, use Use) string { return fmt.Sprintf("%s:%d", s.Path, use.Line) }
