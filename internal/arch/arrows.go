package arch

import (
	"path"
	"slices"
	"strings"
)

// A layer is a folder with all that lies below it; `*` stands for one folder name, and each folder it stands for is a
// group of its own. The longest pattern that fits a package is its layer.
type layer struct {
	folder string
	may    []string // the groups it may import; nil: nothing of ours
	why    string
}

const anything = "anything"

const (
	assemble  = "edge and hub assemble the parts; whoever reaches around them builds a second node that nobody tests"
	knowsLess = "the lower a package lies the less it knows, so that it can be read, tested and reused alone"
	oneEngine = "a store provides a transaction, commit and crash safety; every rule of the feed lies above it, so that the simulator proves the program and not its twin"
	oneWire   = "a driver knows the Bus interface only, so that each can be replaced or left out"
	syncAlone = "the sync rules are proven over a memory store and a memory bus; what they import must run there too"
	domain    = "the same rules run at the site, at the hub, in the simulator and for requests of the centre"
)

var layers = []layer{
	{"cmd/*", []string{"edge", "hub", "internal/demo", "internal/replay", "internal/control", "internal/node", "internal/progress", "internal/api"}, "cmd only starts: flags, config, Run, exit code"},
	{"edge", append([]string{"internal/ca"}, node...), assemble},
	{"hub", node, assemble},
	{"web", nil, "the front end is an embedded folder and nothing more"},

	{"internal/demo", []string{"edge", "hub", "internal/replay", "internal/api", "sync/bus", "sync/bus/*", "web"}, "the demo is a user of edge and hub, never a third kind of node"},
	{"internal/replay", []string{"internal/api", "internal/progress"}, "a replay acts through the public API, as a kiosk would; it could prove nothing from inside"},
	{"internal/waits", []string{"internal/clinic", "internal/replay", "sync/record"}, "waits are judged as clinic tells them, on days that a replay could play"},
	{"internal/control", []string{"internal/node", "internal/pin", "internal/commit", "internal/api", "internal/clinic", "sync/*", "sync/bus/*", "storage/*"}, "operations act on a node or on its file, never on its web side"},
	{"internal/commit", []string{"internal/api", "internal/clinic", "sync/feed", "sync/record"}, "the committer sees a transaction, not a store, a socket or a link; they reach it by interfaces of their own"},
	{"internal/node", []string{"internal/commit", "internal/door", "internal/api", "internal/clinic", "sync/*", "sync/bus", "sync/bus/*", "storage/*"}, "a node's directory, its wire and its end are the same at a site and at the centre; what each of them serves is not known here"},
	{"internal/export", []string{"internal/clinic", "sync/record"}, "documents are made of what View shows; who could read a store or a session could say more"},
	{"internal/door", []string{"internal/realtime", "internal/export", "internal/pin", "internal/api", "internal/clinic", "sync/feed", "sync/record", "web"}, "one HTTP contract serves edge and hub, so it may know neither, nor their store"},
	{"internal/realtime", []string{"internal/api", "sync/feed", "sync/record"}, "it carries frames to audiences; what an audience may see is decided by clinic, behind an interface"},
	{"internal/api", []string{"internal/clinic"}, "every JSON shape lies here and is read by all; it may not depend on who sends it"},
	{"internal/api/gen", []string{"internal/api", "internal/clinic", "internal/door", "internal/realtime", "edge", "hub", "web"}, "the generator writes down what the doors really offer, and nothing else"},
	{"internal/clinic", []string{"sync/record"}, domain},
	{"internal/progress", nil, "it draws numbers and knows nothing of the work"},
	{"internal/ca", nil, "what browsers trust follows from names and a clock alone, and is judged by browsers"},
	{"internal/pin", nil, "how a PIN is kept depends on nobody who asks"},
	{"internal/arch", nil, "the judge of the rules stands outside of them"},
	{"internal/testkit", []string{anything}, "tests start real nodes"},

	{"storage/*", []string{"sync/feed", "sync/record"}, oneEngine},
	{"sync/record", nil, knowsLess},
	{"sync/feed", []string{"sync/record"}, knowsLess},
	{"sync/feed/feedtest", []string{"sync/feed", "sync/record"}, knowsLess},
	{"sync/seal", nil, knowsLess},
	{"sync/bus", nil, knowsLess},
	{"sync/bus/*", []string{"sync/bus"}, oneWire},
	{"sync/bus/lineproxy", nil, "it carries bytes between two sockets and must not know whose"},
	{"sync/link", []string{"sync/bus", "sync/feed", "sync/record", "sync/seal"}, syncAlone},
	{"sync/bundle", []string{"sync/feed", "sync/record", "sync/seal"}, syncAlone},
	{"sync/simulation", []string{"sync/record", "sync/feed", "sync/link", "sync/bundle", "sync/seal", "sync/bus", "sync/bus/memory"}, syncAlone},
}

var node = []string{
	"internal/door", "internal/realtime", "internal/control", "internal/node", "internal/commit", "internal/api", "internal/clinic",
	"sync/*", "sync/bus/*", "storage/*", "web",
}

// Packages that exist for tests: a test and each other may import them, the program never.
var forTests = []string{"internal/testkit", "storage/storagetest", "sync/bus/bustest", "sync/feed/feedtest"}

// What the tests of a layer may import beyond its own arrows.
var testsMay = map[string][]string{
	"sync/bus/*": {"sync/bus/*"},              // the embedded Redis is tried with the Redis driver, a driver behind a line
	"sync/link":  {"sync/bus/*"},              // a bus that loses on purpose, and a real Redis
	"cmd/*":      {"sync/record", "sync/bus"}, // the judge of a whole system reads ids, and knows which channel to harm
	// A door is tried in front of a real committer over a real file.
	"internal/door": {"internal/commit", "storage/*"},
}

// measures reports whether a file holds measurements, which put our parts beside bare libraries and may therefore
// import anything: bench_test.go of any package, and whatever lies in a folder called bench.
func measures(s Source) bool {
	name := path.Base(s.Path)
	return path.Base(s.Dir()) == "bench" || name == "bench_test.go" || strings.HasSuffix(name, "_bench_test.go")
}

func checkArrows(s Source) []Violation {
	if measures(s) {
		return onlyTests(s)
	}
	from, group, found := layerOf(s.Dir())
	forTest := s.Test() || slices.Contains(forTests, group)
	if !found {
		return []Violation{{s.Path, "its folder has no place in the house", "every folder with Go files has a line in internal/arch/arrows.go, and in docs/ARCHITECTURE.md",
			"a new folder is a decision about what may know what; write it down before it grows"}}
	}
	var bad []Violation
	for _, imported := range s.Imports {
		target, mine := ours(imported)
		if !mine {
			continue
		}
		_, targetGroup, known := layerOf(target)
		switch {
		case targetGroup == group && known:
		case slices.Contains(forTests, targetGroup) && forTest:
		case slices.Contains(forTests, targetGroup):
			bad = append(bad, Violation{s.Path, "imports " + target, target + " is imported by tests only",
				"what tests need must not reach the binary"})
		case mayImport(from.may, targetGroup), s.Test() && mayImport(testsMay[from.folder], targetGroup):
		default:
			bad = append(bad, arrow(s, group, target, from))
		}
	}
	return bad
}

func arrow(s Source, group, target string, from layer) Violation {
	v := Violation{Where: s.Path, Broken: "imports " + target, Why: from.why}
	switch {
	case group == "edge" && within(target, "hub"), group == "hub" && within(target, "edge"):
		v.Rule = "edge and hub never import each other"
		v.Why = "they meet on the wire; what both need lies below them"
	case from.may == nil:
		v.Rule = group + " imports nothing of ours"
	default:
		v.Rule = group + " may import only " + strings.Join(from.may, ", ")
	}
	return v
}

func onlyTests(s Source) []Violation {
	if s.Test() {
		return nil
	}
	return []Violation{{s.Path, "a bench folder holds a file that is not a test", "bench folders hold _test.go files only",
		"measurements may import anything, so nothing may import them"}}
}

func mayImport(may []string, group string) bool {
	return slices.ContainsFunc(may, func(pattern string) bool {
		return pattern == anything || (matches(pattern, group) && depth(pattern) == depth(group))
	})
}

// layerOf finds the layer of a folder and the folder it stands for ("sync/bus/redis" for "sync/bus/redis/script").
func layerOf(dir string) (best layer, group string, found bool) {
	for _, l := range layers {
		if !matches(l.folder, dir) || (found && !moreExact(l.folder, best.folder)) {
			continue
		}
		best, found = l, true
		group = strings.Join(strings.Split(dir, "/")[:depth(l.folder)], "/")
	}
	return best, group, found
}

func moreExact(a, b string) bool {
	if depth(a) != depth(b) {
		return depth(a) > depth(b)
	}
	return !strings.Contains(a, "*") && strings.Contains(b, "*")
}

// matches reports whether dir is a folder that the pattern stands for, or lies below one.
func matches(pattern, dir string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(dir, "/")
	if len(have) < len(want) {
		return false
	}
	for i, name := range want {
		if name != "*" && name != have[i] {
			return false
		}
	}
	return true
}

func within(dir, folder string) bool { return dir == folder || strings.HasPrefix(dir, folder+"/") }

func depth(pattern string) int { return strings.Count(pattern, "/") + 1 }
