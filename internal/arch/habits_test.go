package arch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/arch"
)

func TestHabitsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, path, text string
		rule             string // empty: allowed
	}{
		{"a test that sleeps", "edge/a_test.go", `package edge_test; import "time"; func f() { time.Sleep(1) }`, "never waits by sleeping"},
		{"sleeping under another name", "edge/a_test.go", `package edge_test; import clock "time"; func f() { clock.Sleep(1) }`, "never waits by sleeping"},
		{"a method that is called Sleep", "edge/a_test.go", `package edge_test; func f() { time.Sleep(1) }`, ""},
		{"sleeping in virtual time", "edge/a_test.go", `package edge_test
			import ("testing"; "testing/synctest"; "time")
			func TestA(t *testing.T) { synctest.Test(t, func(t *testing.T) { time.Sleep(time.Hour) }) }`, ""},
		{"sleeping beside a bubble", "edge/a_test.go", `package edge_test
			import ("testing"; "testing/synctest"; "time")
			func TestA(t *testing.T) { synctest.Test(t, func(t *testing.T) {}); time.Sleep(time.Hour) }`, "never waits by sleeping"},
		{"a program that paces itself", "internal/replay/a.go", `package replay; import "time"; func f() { time.Sleep(1) }`, ""},
		{"a skipped test", "hub/a_test.go", `package hub_test; import "testing"; func TestA(t *testing.T) { t.Skip() }`, "no test is skipped"},
		{"a skipped test with words", "hub/a_test.go", `package hub_test; import "testing"; func TestA(t *testing.T) { t.Skipf("x") }`, "no test is skipped"},
		{"a kit that skips", "internal/testkit/a.go", `package testkit; import "testing"; func f(tb testing.TB) { tb.SkipNow() }`, "no test is skipped"},
		{"a fatal log in a library", "hub/a.go", `package hub; import "log"; func f() { log.Fatalf("x") }`, "only in package main"},
		{"a fatal log in a program", "cmd/sangam/a.go", `package main; import "log"; func f() { log.Fatalf("x") }`, ""},
		{"a file in sync/", "sync/a.go", `package sync`, "sync/ holds folders only"},
		{"a package called util", "edge/util/a.go", `package util`, "no package is called"},
		{"a folder called common", "edge/common/a.go", `package shapes`, "no package is called"},
		{"tests of a package called helpers", "edge/x/a_test.go", `package helpers_test`, "no package is called"},
		{"a clock in the domain", "internal/clinic/a.go", `package clinic; import "time"; var t = time.Now()`, "no I/O, clock, chance or goroutine"},
		{"a duration in the domain", "internal/clinic/a.go", `package clinic; import "time"; const t = time.Second`, ""},
		{"a clock in a test of the domain", "internal/clinic/a_test.go", `package clinic_test; import "time"; var t = time.Now()`, ""},
		{"a goroutine in the feed", "sync/feed/a.go", `package feed; func f() { go f() }`, "no I/O, clock, chance or goroutine"},
		{"a file in the feed", "sync/feed/a.go", `package feed; import _ "os"`, "no I/O, clock, chance or goroutine"},
		{"chance in a record", "sync/record/a.go", `package record; import _ "math/rand/v2"`, "no I/O, clock, chance or goroutine"},
		{"a goroutine in the link's shell", "sync/link/a.go", `package link; func f() { go f() }`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, err := arch.Parse(c.path, []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			found := fmt.Sprint(arch.Check([]arch.Source{source}))
			if c.rule == "" && found != "[]" {
				t.Errorf("refused: %s", found)
			}
			if !strings.Contains(found, c.rule) {
				t.Errorf("got %s, want the rule %q", found, c.rule)
			}
		})
	}
}

func TestAHabitIsReportedAtItsLine(t *testing.T) {
	source, err := arch.Parse("hub/a_test.go", []byte("package hub_test\n\nimport \"time\"\n\nfunc f() {\n\ttime.Sleep(1)\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	found := arch.Check([]arch.Source{source})
	if len(found) != 1 || found[0].Where != "hub/a_test.go:6" {
		t.Errorf("got %v, want one violation at hub/a_test.go:6", found)
	}
}

func TestABrokenFileIsAnErrorThatNamesIt(t *testing.T) {
	if _, err := arch.Parse("hub/a.go", []byte("package")); err == nil || !strings.Contains(err.Error(), "hub/a.go") {
		t.Errorf("got %v, want an error naming hub/a.go", err)
	}
}

func TestAFileGrowsToSixHundredLinesAndNoFurther(t *testing.T) {
	line := "x\n"
	for _, c := range []struct {
		path  string
		text  string
		wrong bool
	}{
		{"hub/a.go", strings.Repeat(line, 600), false},
		{"hub/a.go", strings.Repeat(line, 600) + "x", true},
		{"hub/a_test.go", strings.Repeat(line, 601), true},
		{"web/app/src/a.tsx", strings.Repeat(line, 601), true},
		{"web/app/src/a.css", strings.Repeat(line, 601), true},
		{"web/sdk/src/api.gen.ts", strings.Repeat(line, 9000), false},
		{"docs/openapi.json", strings.Repeat(line, 9000), false},
	} {
		if got := len(arch.CheckSize(c.path, []byte(c.text))) > 0; got != c.wrong {
			t.Errorf("%s with %d bytes: refused %v, want %v", c.path, len(c.text), got, c.wrong)
		}
	}
}

func TestNamesOfOneWorkplaceAreFoundInAnyFile(t *testing.T) {
	for _, word := range []string{"/wo" + "rk/x", "cd ../sha" + "red", "fa" + "rm-run", ".libr" + "ary/x"} {
		found := arch.CheckWords("docs/a.md", []byte("fine\nsee "+word+" here\n"))
		if len(found) != 1 || found[0].Where != "docs/a.md:2" {
			t.Errorf("%q: got %v, want one violation at docs/a.md:2", word, found)
		}
	}
	if found := arch.CheckWords("docs/a.md", []byte("the network/ of a farm is shared; work goes on")); len(found) != 0 {
		t.Errorf("refused: %v", found)
	}
}
