package testkit_test

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/testkit"
)

// A Sentinel accepts every line of the file that operators get, and watches the master it names.
func TestShippedSentinelConfigurationIsAccepted(t *testing.T) {
	shipped, err := os.ReadFile("../../deploy/redis-sentinel.conf")
	if err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(t.TempDir(), "sentinel.conf") // Sentinels write into theirs
	if err := os.WriteFile(conf, shipped, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(addr)
	sentinel := exec.Command("redis-server", conf, "--sentinel", "--port", port)
	var log strings.Builder
	sentinel.Stdout = &log
	if err := sentinel.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = sentinel.Process.Kill()
		_ = sentinel.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	}()
	named := func() bool {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return false
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(time.Second))
		_, _ = conn.Write([]byte("SENTINEL CKQUORUM sangam\r\n"))
		answer, _ := bufio.NewReader(conn).ReadString('\n')
		return strings.Contains(answer, "NOQUORUM") // it knows the name, and is one of two
	}
	if !testkit.Eventually(20*time.Second, named) {
		t.Error("the Sentinel does not watch the master that the file names")
	}
}
