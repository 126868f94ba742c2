package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/testkit"
)

// siteAlone is a site without a line, with an admin and a queue.
func siteAlone(t *testing.T) (edge *testkit.Process, desk *pen) {
	t.Helper()
	edge = testkit.StartProcess(t, "edge", "--site-name", "Pune")
	testkit.Run(t, pin, "staff", "add", "--data", edge.Dir, "--name", "Meera", "--role", "admin")
	return edge, (&world{edge: edge}).deskOf(t)
}

// secretKey makes a key of age, and a file with its secret half.
func secretKey(t *testing.T) (public, file string) {
	t.Helper()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(key.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return key.Recipient().String(), file
}

// tokens are what the site has given to those who wait.
func tokens(t *testing.T, url string) (all []string) {
	t.Helper()
	var shot struct {
		View struct {
			Gurujis []struct{ Entries []struct{ Token string } }
		}
	}
	get(t, url+"/api/v1/snapshot?view=coordinator", signIn(t, url, "Meera"), &shot)
	for _, g := range shot.View.Gurujis {
		for _, e := range g.Entries {
			all = append(all, e.Token)
		}
	}
	return all
}

func TestABackupOfARunningNodeIsRestoredOnAnotherBoxAndOnTheSame(t *testing.T) {
	edge, desk := siteAlone(t)
	desk.checkIn("Asha", "Bina")
	if b := lastBackup(t, edge.URL); b != nil {
		t.Errorf("a backup is known before one was made: %+v", b)
	}
	public, secret := secretKey(t)
	_, wrongSecret := secretKey(t)
	dir := t.TempDir()
	plain, sealed := filepath.Join(dir, "plain.tar"), filepath.Join(dir, "sealed.age")
	var made struct {
		control.Backup
		Encrypted bool
	}
	testkit.RunJSON(t, &made, "", "backup", "--data", edge.Dir, "--file", plain)
	if made.Role != "edge" || made.Name != "Pune" || made.Site == "" || made.Bytes == 0 || made.Encrypted {
		t.Errorf("%+v", made)
	}
	testkit.RunJSON(t, &made, "", "backup", "--data", edge.Dir, "--file", sealed, "--recipient", public)
	if b := lastBackup(t, edge.URL); b == nil || !b.Encrypted || b.Bytes != made.Bytes || !b.At.Equal(made.At.Time) {
		t.Errorf("the node knows of its last backup as %+v, made was %+v", b, made.Backup)
	}
	if text, err := os.ReadFile(sealed); err != nil || !made.Encrypted || bytes.Contains(text, []byte("Asha")) || !strings.HasPrefix(string(text), "age-encryption.org/") {
		t.Errorf("encrypted: %v, %v", made.Encrypted, err)
	}
	if text, code := testkit.Refused(t, "backup", "--data", edge.Dir, "--file", plain); code != 2 || !strings.Contains(text, "exists already") {
		t.Errorf("over another backup: exit %d, %s", code, text)
	}
	if text, code := testkit.Refused(t, "restore", "--data", edge.Dir, "--file", plain, "--replace"); code != 1 || !strings.Contains(text, "runs, stop it first") {
		t.Errorf("under a running node: exit %d, %s", code, text)
	}
	desk.checkIn("Chand")

	other := filepath.Join(t.TempDir(), "other")
	for _, c := range []struct {
		says string
		args []string
	}{{"is encrypted", nil}, {"another key", []string{"--identity", wrongSecret}}} {
		if text, code := testkit.Refused(t, append([]string{"restore", "--data", other, "--file", sealed}, c.args...)...); code != 2 || !strings.Contains(text, c.says) {
			t.Errorf("%v: exit %d, %s", c.args, code, text)
		}
	}
	testkit.Run(t, "", "restore", "--data", other, "--file", sealed, "--identity", secret)
	edge.Stop()
	if text, code := testkit.Refused(t, "restore", "--data", edge.Dir, "--file", plain); code != 1 || !strings.Contains(text, "--replace") {
		t.Errorf("over a store: exit %d, %s", code, text)
	}
	before := read(t, filepath.Join(edge.Dir, "tokens"))
	var out control.Restored
	testkit.RunJSON(t, &out, "", "restore", "--data", edge.Dir, "--file", plain, "--replace")
	if len(out.Aside) == 0 || read(t, filepath.Join(edge.Dir, "tokens")) != before {
		t.Errorf("set aside %v; the file of tokens has changed: %v", out.Aside, read(t, filepath.Join(edge.Dir, "tokens")) != before)
	}
	edge.Start()
	(&pen{t: t, url: edge.URL, token: signIn(t, edge.URL, "Meera"), guruji: desk.guruji}).checkIn("Devi")
	if got := tokens(t, edge.URL); len(got) != 3 || got[0] != "A001" || got[1] != "A002" || got[2] == "A003" {
		t.Errorf("the restored site gave %v: A003 was given before", got)
	}
}

// lastBackup is what a node says of its last backup to somebody who is signed in.
func lastBackup(t *testing.T, url string) *api.BackupStatus {
	t.Helper()
	var status api.Status
	get(t, url+"/api/v1/status", signIn(t, url, "Meera"), &status)
	return status.Backup
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestABackupThatIsNoneOrWasDamagedIsRefusedAndChangesNothing(t *testing.T) {
	edge, desk := siteAlone(t)
	desk.checkIn("Asha")
	edge.Stop()
	public, secret := secretKey(t)
	dir := t.TempDir()
	plain, sealed := filepath.Join(dir, "plain.tar"), filepath.Join(dir, "sealed.age")
	testkit.Run(t, "", "backup", "--data", edge.Dir, "--file", plain)
	testkit.Run(t, "", "backup", "--data", edge.Dir, "--file", sealed, "--recipient", public)
	whole, closed := read(t, plain), read(t, sealed)
	flip := func(text string, at int) string {
		b := []byte(text)
		b[at] ^= 1
		return string(b)
	}
	for name, text := range map[string]string{
		"empty": "", "a letter": "Dear Asha,\n" + strings.Repeat("x", 2000), "cut short": whole[:len(whole)/2], "one bit in the store": flip(whole, 512+5*4096),
		"no manifest": whole[:len(whole)-2048], "cut short, encrypted": closed[:len(closed)/2], "one bit, encrypted": flip(closed, len(closed)/2),
	} {
		path := filepath.Join(dir, "bad")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "new")
		for _, args := range [][]string{{"restore", "--data", to}, {"backup", "check"}} {
			if complaint, code := testkit.Refused(t, append(args, "--file", path, "--identity", secret)...); code != 1 || strings.Contains(complaint, "panic") {
				t.Errorf("%s, %s: exit %d, %s", name, args[0], code, complaint)
			}
		}
		if _, err := os.Stat(to); !os.IsNotExist(err) {
			t.Errorf("%s left something behind: %v", name, err)
		}
	}
	letters := t.TempDir()
	if err := os.WriteFile(filepath.Join(letters, "letter.txt"), []byte("Dear Asha"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, code := testkit.Refused(t, "restore", "--data", letters, "--file", plain); code != 1 || !strings.Contains(text, "letter.txt") {
		t.Errorf("into somebody's letters: exit %d, %s", code, text)
	}
	hub := testkit.StartProcess(t, "hub")
	hub.Stop()
	if text, code := testkit.Refused(t, "restore", "--data", hub.Dir, "--file", plain, "--replace"); code != 1 || !strings.Contains(text, "of a centre") {
		t.Errorf("a site into a centre: exit %d, %s", code, text)
	}
	var told control.Backup
	if err := json.Unmarshal([]byte(testkit.Run(t, "", "backup", "check", "--file", sealed, "--identity", secret, "--output", "json")), &told); err != nil || told.Name != "Pune" {
		t.Errorf("%v, %+v", err, told)
	}
}
