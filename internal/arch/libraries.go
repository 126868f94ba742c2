package arch

import (
	"slices"
	"strings"
)

// A library has a home: the only folders that name it. Behind that folder it can be faked, or replaced, in one place.
type library struct {
	path  string
	homes []string
	why   string
}

var libraries = []library{
	{"github.com/olahol/melody", []string{"internal/realtime"}, "its traps (silent drops, deadlocks, recursion on close) are fenced in one folder, each with a test of ours"},
	{"github.com/gin-gonic/gin", []string{"internal/door", "edge", "hub"}, "the HTTP framework stays at the door; what lies behind it is called by tests, links and files too"},
	{"github.com/danielgtaylor/huma", []string{"internal/door", "edge", "hub"}, "the HTTP framework stays at the door; what lies behind it is called by tests, links and files too"},
	{"github.com/redis/go-redis", []string{"sync/bus/*"}, "Redis is a wire behind the Bus interface, never a store that other code could lean on"},
	{"github.com/alicebob/miniredis", []string{"sync/bus/*"}, "the embedded Redis is one more driver of the bus, for demo and trials"},
	{"github.com/tidwall/btree", []string{"storage/bolt"}, "the rows above the file are one store's business"},
	{"go.etcd.io/bbolt", []string{"storage/bolt"}, "its bytes die with the transaction and its lock is exclusive; one folder knows that"},
}

func checkLibraries(s Source) []Violation {
	if measures(s) {
		return nil
	}
	var bad []Violation
	for _, imported := range s.Imports {
		for _, lib := range libraries {
			if within(imported, lib.path) && !slices.ContainsFunc(lib.homes, func(home string) bool { return matches(home, s.Dir()) }) {
				bad = append(bad, Violation{s.Path, "imports " + imported, lib.path + " is named only in " + strings.Join(lib.homes, ", "), lib.why})
			}
		}
	}
	return bad
}

// Pure folders decide and never act: their result depends on their arguments alone. Tests of them may do as they like.
var pure = []string{"internal/clinic", "sync/record", "sync/feed"}

var impure = []string{
	"crypto/rand", "database/sql", "log", "math/rand", "net", "os", "syscall",
	"time.Now", "time.Since", "time.Until", "time.After", "time.AfterFunc", "time.NewTicker", "time.NewTimer", "time.Sleep", "time.Tick", "go",
}

func checkPure(s Source) []Violation {
	if s.Test() || !slices.ContainsFunc(pure, func(folder string) bool { return matches(folder, s.Dir()) }) {
		return nil
	}
	const rule = "no I/O, clock, chance or goroutine in " // + the folder
	const why = "the same code runs at the site, at the hub and in a simulator with virtual time; clock and ids are arguments"
	var bad []Violation
	for _, imported := range s.Imports {
		if slices.ContainsFunc(impure, func(name string) bool { return within(imported, name) }) {
			bad = append(bad, Violation{s.Path, "imports " + imported, rule + s.Dir(), why})
		}
		if _, mine := ours(imported); !mine && matches("internal/clinic", s.Dir()) && strings.Contains(strings.Split(imported, "/")[0], ".") {
			bad = append(bad, Violation{s.Path, "imports " + imported, "internal/clinic imports the standard library and sync/record only", domain})
		}
	}
	for _, use := range s.Uses {
		if slices.Contains(impure, use.What) {
			bad = append(bad, Violation{at(s, use), "uses " + use.What, rule + s.Dir(), why})
		}
	}
	return bad
}
