package testkit_test

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/testkit"
)

// The shipped configuration makes Redis a wire: nothing of it outlives the process, however it ends.
func TestShippedRedisConfigurationKeepsNothing(t *testing.T) {
	s := testkit.StartRedis(t)
	for name, end := range map[string]func(){"in good order": s.Stop, "kill -9": s.Kill} {
		s.Command("SET", "key", "value")
		if got := s.Command("DBSIZE"); got != "1" {
			t.Fatalf("%s: %s keys before the end, want 1", name, got)
		}
		end()
		s.Start()
		if got := s.Command("DBSIZE"); got != "0" {
			t.Errorf("%s: %s keys after the restart, want 0", name, got)
		}
	}
	s.Command("SET", "key", "value")
	s.Flush()
	if got := s.Command("DBSIZE"); got != "0" {
		t.Errorf("%s keys after Flush, want 0", got)
	}
}

// One stranger's command must not cost half a gigabyte.
func TestShippedRedisConfigurationBoundsACommand(t *testing.T) {
	s := testkit.StartRedis(t)
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write([]byte("*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$1048577\r\n")); err != nil {
		t.Fatal(err)
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.HasPrefix(answer, "-ERR Protocol error") {
		t.Errorf("a payload of 1 MiB and a byte: %q, %v, want it refused before it is sent", answer, err)
	}
}

func TestSettingsOfATestWinOverTheShippedOnes(t *testing.T) {
	s := testkit.StartRedisWithPassword(t, `a "secret"`, "maxclients 1")
	first, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	for { // until the server has accepted the first, which leaves no room for a second
		second, err := net.Dial("tcp", s.Addr)
		if err != nil {
			t.Fatal(err)
		}
		_ = second.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = second.Write([]byte("PING\r\n"))
		answer, err := bufio.NewReader(second).ReadString('\n')
		second.Close()
		if err == nil && strings.HasPrefix(answer, "-ERR max number of clients") {
			return
		}
		if err == nil && !strings.HasPrefix(answer, "-NOAUTH") {
			t.Fatalf("answer %q, want a request for the password or a refusal", answer)
		}
	}
}
