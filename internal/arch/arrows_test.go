package arch_test

import (
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/arch"
)

// imports makes a file of the given path that imports what is listed; paths without a dot in their first part are ours.
func imports(path string, list ...string) arch.Source {
	source := arch.Source{Path: path, Package: "x"}
	for _, name := range list {
		if !strings.Contains(strings.Split(name, "/")[0], ".") && !strings.HasPrefix(name, "std:") {
			name = arch.Module + "/" + name
		}
		source.Imports = append(source.Imports, strings.TrimPrefix(name, "std:"))
	}
	return source
}

func TestArrowsOfTheHouseAreAllowed(t *testing.T) {
	for _, source := range []arch.Source{
		imports("cmd/sangam/main.go", "edge", "hub", "internal/demo", "internal/replay", "internal/control", "internal/api"),
		imports("edge/edge.go", "internal/door", "internal/realtime", "internal/control", "internal/commit", "sync/link", "sync/bus", "sync/bus/redis", "storage/bolt", "web"),
		imports("hub/hub.go", "internal/door", "sync/bundle", "sync/feed", "internal/clinic", "internal/api"),
		imports("edge/discovery/mdns.go", "edge", "sync/record"),
		imports("internal/demo/demo.go", "edge", "hub", "internal/replay", "internal/api", "sync/bus/embedded", "sync/bus/lineproxy", "web"),
		imports("internal/control/control.go", "internal/node", "internal/commit", "internal/api", "internal/clinic", "sync/bundle", "sync/bus/redis", "storage/bolt"),
		imports("internal/node/node.go", "internal/commit", "internal/clinic", "storage/bolt", "sync/feed", "sync/record"),
		imports("hub/run.go", "internal/node"),
		imports("internal/door/door.go", "internal/realtime", "internal/export", "internal/api", "internal/clinic", "sync/feed", "sync/record", "web"),
		imports("internal/api/gen/main.go", "internal/api", "internal/door"),
		imports("internal/testkit/edge.go", "edge", "hub", "storage/bolt", "storage/storagetest", "sync/bus/bustest"),
		imports("sync/simulation/nemesis.go", "sync/link", "sync/bundle", "sync/feed", "sync/record", "sync/seal", "sync/bus", "sync/bus/memory"),
		imports("sync/link/shell.go", "sync/bus", "sync/feed", "sync/record", "sync/seal"),
		imports("storage/storagetest/suite.go", "sync/feed", "sync/record"),
		imports("storage/bolt/bolt_test.go", "storage/bolt", "storage/storagetest"),
		imports("sync/bus/memory/memory_test.go", "sync/bus", "sync/bus/memory", "sync/bus/bustest"),
		imports("sync/bus/embedded/embedded_test.go", "sync/bus/redis", "sync/bus/lineproxy"),
		imports("sync/link/link_test.go", "sync/link", "sync/bus/memory"),
		imports("sync/feed/feed_test.go", "sync/feed", "sync/feed/feedtest"),
		imports("storage/storagetest/suite.go", "sync/feed/feedtest"),
		imports("internal/door/door_test.go", "internal/door", "internal/testkit"),
		imports("internal/bench/fanout_test.go", "edge", "github.com/olahol/melody", "go.etcd.io/bbolt"),
		imports("internal/commit/bench_test.go", "internal/commit", "storage/bolt", "go.etcd.io/bbolt"),
		imports("sync/bus/redis/redis.go", "sync/bus", "github.com/redis/go-redis/v9"),
		imports("sync/bus/embedded/embedded.go", "sync/bus", "github.com/alicebob/miniredis/v2"),
		imports("storage/bolt/bolt.go", "sync/feed", "go.etcd.io/bbolt"),
		imports("hub/routes.go", "github.com/danielgtaylor/huma/v2", "github.com/gin-gonic/gin"),
		imports("internal/realtime/socket.go", "internal/api", "github.com/olahol/melody"),
		imports("internal/clinic/decide.go", "sync/record", "std:time", "std:slices"),
		imports("internal/clinic/decide_test.go", "internal/clinic", "sync/record", "pgregory.net/rapid", "std:math/rand"),
	} {
		for _, violation := range arch.Check([]arch.Source{source}) {
			t.Errorf("refused: %v", violation)
		}
	}
}

func TestEveryOtherArrowFails(t *testing.T) {
	for _, c := range []struct {
		source arch.Source
		rule   string // a part of the rule the message names
	}{
		{imports("edge/edge.go", "hub"), "edge and hub never import each other"},
		{imports("hub/sites_test.go", "edge/discovery"), "edge and hub never import each other"},
		{imports("cmd/sangam/main.go", "storage/bolt"), "cmd/sangam may import only edge"},
		{imports("internal/door/door.go", "internal/commit"), "internal/door may import only"},
		{imports("internal/door/door_test.go", "sync/link"), "internal/door may import only"},
		{imports("internal/commit/commit.go", "sync/link"), "internal/commit may import only"},
		{imports("internal/node/node.go", "internal/realtime"), "internal/node may import only"},
		{imports("internal/realtime/hub.go", "internal/clinic"), "internal/realtime may import only"},
		{imports("internal/replay/replay.go", "edge"), "internal/replay may import only internal/api"},
		{imports("internal/demo/demo.go", "storage/bolt"), "internal/demo may import only"},
		{imports("internal/control/control.go", "internal/door"), "internal/control may import only"},
		{imports("internal/api/api.go", "sync/record"), "internal/api may import only internal/clinic"},
		{imports("internal/clinic/decide.go", "sync/feed"), "internal/clinic may import only sync/record"},
		{imports("sync/record/record.go", "sync/feed"), "sync/record imports nothing of ours"},
		{imports("sync/seal/seal.go", "sync/record"), "sync/seal imports nothing of ours"},
		{imports("sync/bus/bus.go", "sync/bus/redis"), "sync/bus imports nothing of ours"},
		{imports("web/embed.go", "internal/api"), "web imports nothing of ours"},
		{imports("sync/bus/lineproxy/proxy.go", "sync/bus"), "sync/bus/lineproxy imports nothing of ours"},
		{imports("sync/bus/memory/memory.go", "sync/bus/redis"), "sync/bus/memory may import only sync/bus"},
		{imports("sync/feed/feed.go", "storage/bolt"), "sync/feed may import only sync/record"},
		{imports("sync/link/link.go", "sync/bus/redis"), "sync/link may import only"},
		{imports("sync/simulation/world.go", "sync/bus/embedded"), "sync/simulation may import only"},
		{imports("storage/bolt/bolt.go", "sync/link"), "storage/bolt may import only"},
		{imports("storage/bolt/bolt.go", "storage/postgres"), "storage/bolt may import only"},
		{imports("sync/link/link.go", "sync/bus/memory"), "sync/link may import only"},
		{imports("sync/feed/feed.go", "sync/feed/feedtest"), "imported by tests only"},
		{imports("edge/edge.go", "internal/testkit"), "imported by tests only"},
		{imports("edge/edge.go", "storage/storagetest"), "imported by tests only"},
		{imports("sync/bus/redis/redis.go", "sync/bus/bustest"), "imported by tests only"},
		{imports("edge/edge.go", "internal/bench"), "edge may import only"},
		{imports("internal/commit/commit_test.go", "storage/bolt"), "internal/commit may import only"},
		{imports("internal/bench/server.go"), "bench folders hold _test.go files only"},
		{imports("sync/gossip/gossip.go"), "every folder with Go files has a line"},
		{imports("main.go"), "every folder with Go files has a line"},
	} {
		mustRefuse(t, c.source, c.rule)
	}
}

func TestALibraryOutsideItsHomeFails(t *testing.T) {
	for _, c := range []struct {
		source arch.Source
		rule   string
	}{
		{imports("edge/ws.go", "github.com/olahol/melody"), "melody is named only in internal/realtime"},
		{imports("internal/door/ws_test.go", "github.com/olahol/melody"), "melody is named only in internal/realtime"},
		{imports("internal/realtime/routes.go", "github.com/gin-gonic/gin"), "gin is named only in internal/door, edge, hub"},
		{imports("internal/api/schema.go", "github.com/danielgtaylor/huma/v2"), "huma is named only in"},
		{imports("sync/link/link.go", "github.com/redis/go-redis/v9"), "go-redis is named only in sync/bus/*"},
		{imports("sync/bus/bus.go", "github.com/redis/go-redis/v9"), "go-redis is named only in sync/bus/*"},
		{imports("internal/demo/redis.go", "github.com/alicebob/miniredis/v2"), "miniredis is named only in sync/bus/*"},
		{imports("internal/control/open.go", "go.etcd.io/bbolt"), "bbolt is named only in storage/bolt"},
		{imports("storage/storagetest/cut.go", "go.etcd.io/bbolt/errors"), "bbolt is named only in storage/bolt"},
		{imports("internal/clinic/waits.go", "github.com/google/uuid"), "standard library and sync/record only"},
	} {
		mustRefuse(t, c.source, c.rule)
	}
}

// mustRefuse wants exactly one violation, which names the rule and carries a reason.
func mustRefuse(t *testing.T, source arch.Source, rule string) {
	t.Helper()
	found := arch.Check([]arch.Source{source})
	if len(found) != 1 {
		t.Errorf("%s importing %v: %d violations, want one saying %q: %v", source.Path, source.Imports, len(found), rule, found)
		return
	}
	if text := found[0].String(); !strings.Contains(text, rule) || !strings.Contains(text, source.Path) || found[0].Why == "" {
		t.Errorf("%s importing %v: got %q, want the place, a reason and the rule %q", source.Path, source.Imports, text, rule)
	}
}
