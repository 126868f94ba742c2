package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/testkit"
)

// examine runs sangam doctor and returns what it found by state, and its exit code.
func examine(t *testing.T, args ...string) (found []control.Finding, code int) {
	t.Helper()
	command := exec.Command(testkit.Binary(t), append([]string{"doctor", "--output", "json"}, args...)...)
	out, err := command.Output()
	if err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("doctor %v: %v\n%s", args, err, out)
	}
	return found, command.ProcessState.ExitCode()
}

// mustSay looks for a finding, and for what to do about it if it is wrong.
func mustSay(t *testing.T, found []control.Finding, about, state, words string) {
	t.Helper()
	for _, f := range found {
		if f.About == about && f.State == state && strings.Contains(f.Says, words) {
			if state == control.Wrong && f.Do == "" {
				t.Errorf("%q says nothing of what to do", f.Says)
			}
			return
		}
	}
	t.Errorf("no finding about %s that is %s and says %q: %+v", about, state, words, found)
}

func TestTheDoctorSaysInWordsWhatIsWrongWithANode(t *testing.T) {
	edge, desk := siteAlone(t)
	desk.checkIn("Asha")
	found, code := examine(t, "--data", edge.Dir, "--listen", strings.TrimPrefix(edge.URL, "http://"))
	if code != 0 {
		t.Errorf("a site that is well: exit %d, %+v", code, found)
	}
	for about, words := range map[string]string{"directory": "can be written", "disk": "are free", "node": "runs", "store": "all sound", "staff": "can sign in", "tokens": "this machine's", "port": "answers"} {
		mustSay(t, found, about, control.Fine, words)
	}
	mustSay(t, found, "line", control.Note, "works alone")

	found, code = examine(t, "--data", edge.Dir, "--redis", "redis://"+testkit.FreeAddr(t))
	mustSay(t, found, "redis", control.Wrong, "unreachable")
	if code != 1 {
		t.Errorf("with a Redis that nobody reaches: exit %d", code)
	}
	found, _ = examine(t, "--data", edge.Dir, "--redis", "http://x")
	mustSay(t, found, "redis", control.Wrong, "cannot be read")
	found, _ = examine(t, "--data", edge.Dir, "--redis", testkit.StartRedis(t).URL)
	mustSay(t, found, "redis", control.Fine, "answers at")
	locked := testkit.StartRedisWithPassword(t, "s3cret")
	found, _ = examine(t, "--data", edge.Dir, "--redis", "redis://:wrong@"+locked.Addr)
	mustSay(t, found, "redis", control.Wrong, "refused the credentials")
	found, _ = examine(t, "--data", edge.Dir, "--redis", locked.URL)
	mustSay(t, found, "redis", control.Fine, "answers at")

	address := strings.TrimPrefix(edge.URL, "http://")
	edge.Kill()
	found, code = examine(t, "--data", edge.Dir, "--listen", address)
	mustSay(t, found, "node", control.Note, "does not run")
	mustSay(t, found, "store", control.Fine, "all sound")
	mustSay(t, found, "store", control.Note, "did not end well")
	mustSay(t, found, "port", control.Fine, "is free")
	if code != 0 {
		t.Errorf("after a power cut: exit %d, %+v", code, found)
	}
	if err := os.Remove(filepath.Join(edge.Dir, "tokens")); err != nil {
		t.Fatal(err)
	}
	found, _ = examine(t, "--data", edge.Dir)
	mustSay(t, found, "tokens", control.Note, "is missing")
}

func TestTheDoctorNamesADamagedStoreAPortThatIsTakenAndADirectoryThatIsNone(t *testing.T) {
	edge, desk := siteAlone(t)
	desk.checkIn("Asha", "Bina")
	edge.Stop()
	hub := testkit.StartProcess(t, "hub")
	found, _ := examine(t, "--data", edge.Dir, "--listen", strings.TrimPrefix(hub.URL, "http://"))
	mustSay(t, found, "port", control.Wrong, "Another program listens")
	found, code := examine(t, "--data", hub.Dir, "--listen", testkit.FreeAddr(t))
	mustSay(t, found, "port", control.Wrong, "nobody answers")
	mustSay(t, found, "staff", control.Wrong, "No admin can sign in")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	path := filepath.Join(edge.Dir, "sangam.db")
	text := []byte(read(t, path))
	for at := 4096 * 4; at < len(text); at += 4096 {
		text[at+20] ^= 0xff
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	found, code = examine(t, "--data", edge.Dir)
	mustSay(t, found, "store", control.Wrong, "damaged")
	if code != 1 {
		t.Errorf("a damaged store: exit %d", code)
	}
	found, _ = examine(t, "--data", t.TempDir())
	mustSay(t, found, "directory", control.Wrong, "is not the directory of a node")
	found, _ = examine(t, "--data", filepath.Join(t.TempDir(), "none"))
	mustSay(t, found, "directory", control.Wrong, "There is no directory")
}
