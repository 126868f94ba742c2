package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/testkit"
)

func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sangam.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatIsWrongInTheSettingsIsNamedBeforeAnythingStarts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	for _, c := range []struct {
		name, file, says string
		args             []string
	}{
		{"a misspelt name", "lsten: x", "did you mean listen?", []string{"edge"}},
		{"a setting of the other role", "site-name: x", "unknown setting", []string{"hub"}},
		{"a table", "listen: {host: x}", "not a table", []string{"edge"}},
		{"no YAML", "listen: [", "sangam.yaml", []string{"edge"}},
		{"a zone that is none", "data: " + dir + "\ntimezone: Mars/Base", "time zone", []string{"edge"}},
		{"an address that is none", "data: " + dir, "is no address", []string{"edge", "--listen", "nonsense"}},
		{"a port that is none", "data: " + dir, "is no address", []string{"hub", "--listen", "127.0.0.1:99999"}},
		{"a URL that is none", "data: " + dir + "\nredis: http://x", "Redis URL", []string{"hub"}},
		{"a command that is none", "", "did you mean doctor?", []string{"docter"}},
		{"a sub-command that is none", "", "nonsense", []string{"staff", "nonsense"}},
	} {
		args := c.args
		if c.file != "" {
			args = append(args, "--config", configFile(t, c.file))
		}
		if text, code := testkit.Refused(t, args...); code != 2 || !strings.Contains(text, c.says) {
			t.Errorf("%s: exit %d, %s", c.name, code, text)
		}
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Fatalf("%s: the data directory was made all the same", c.name)
		}
	}
}

func TestConfigCheckTellsWhereEachSettingComesFromAndHidesSecrets(t *testing.T) {
	t.Setenv("SANGAM_REDIS", "redis://site:secret@example.org:6379")
	type setting struct{ Name, Value, From string }
	var all []setting
	testkit.RunJSON(t, &all, "", "config", "check", "edge", "--config", configFile(t, "data: /srv/pune\nredis:\njoin:\nsite-name: Pune\n"))
	got := map[string]setting{}
	for _, s := range all {
		got[s.Name] = s
	}
	for _, want := range []setting{
		{"data", "/srv/pune", "the configuration file"}, {"redis", "redis://site:xxxxx@example.org:6379", "SANGAM_REDIS"},
		{"join", "", "default"}, {"listen", "127.0.0.1:8080", "default"},
	} {
		if got[want.Name] != want {
			t.Errorf("%+v, want %+v", got[want.Name], want)
		}
	}
	t.Setenv("SANGAM_LISTN", ":80")
	if text, code := testkit.Refused(t, "config", "check", "--config", configFile(t, "data: /srv/pune")); code != 2 || !strings.Contains(text, "did you mean SANGAM_LISTEN?") {
		t.Errorf("a misspelt variable: exit %d, %s", code, text)
	}
}

func TestTheSettingsThatArePrintedAreSettings(t *testing.T) {
	for _, role := range []string{"edge", "hub"} {
		printed := testkit.Run(t, "", "config", "default", role) + "data: /srv/x\n"
		testkit.Run(t, "", "config", "check", role, "--config", configFile(t, printed))
		if env := testkit.Run(t, "", "config", "env", role); !strings.Contains(env, "\nSANGAM_LISTEN=127.0.0.1:808") {
			t.Errorf("%s: %s", role, env)
		}
		if doc := testkit.Run(t, "", "config", "doc", role); !strings.Contains(doc, "| `--redis` | `SANGAM_REDIS` |") {
			t.Errorf("%s: %s", role, doc)
		}
	}
}

func TestOneFileServesANodeAndTheCommandsAroundIt(t *testing.T) {
	edge, _ := siteAlone(t)
	file := configFile(t, "data: "+edge.Dir+"\nlisten: "+strings.TrimPrefix(edge.URL, "http://")+"\nsite-name: Pune\n")
	var staff []struct{ Name string }
	testkit.RunJSON(t, &staff, "", "staff", "list", "--config", file)
	if len(staff) != 2 {
		t.Errorf("%+v", staff)
	}
	testkit.Run(t, "", "doctor", "--config", file)
}
