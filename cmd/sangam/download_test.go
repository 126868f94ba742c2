package main_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/testkit"
)

// download asks a node for a backup; the caller closes the body.
func download(t *testing.T, url, token string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url+"/api/v1/backup", nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// voice gives the site a clip of its own.
func voice(t *testing.T, url, token, clip string, content []byte) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, url+"/api/v1/voices/"+clip, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusNoContent {
		t.Fatalf("%s: %d %s %v", clip, res.StatusCode, text, err)
	}
}

func TestADownloadedBackupIsRestoredWithTheSitesVoices(t *testing.T) {
	public, secret := secretKey(t)
	edge, desk := siteAlone(t)
	admin := signIn(t, edge.URL, "Meera")
	if res := download(t, edge.URL, admin); res.StatusCode != http.StatusConflict {
		t.Errorf("without a key: %d", res.StatusCode)
	}
	edge.Stop()
	edge.StartWith("--site-name", "Pune", "--backup-recipient", public)
	testkit.Run(t, pin, "staff", "add", "--data", edge.Dir, "--name", "Bina", "--role", "coordinator")
	admin = signIn(t, edge.URL, "Meera")
	desk = &pen{t: t, url: edge.URL, token: admin, guruji: desk.guruji}
	desk.checkIn("Asha")
	for n := range 52 { // more than what lies between a server and a client that does not read
		clip := []string{"hi/", "mr/"}[n/26] + string(rune('a'+n%26))
		voice(t, edge.URL, admin, clip, append([]byte("ID3"), bytes.Repeat([]byte{byte(n)}, 249_000)...))
	}
	for who, token := range map[string]string{"a coordinator": signIn(t, edge.URL, "Bina"), "nobody": ""} {
		if res := download(t, edge.URL, token); res.StatusCode != http.StatusForbidden && res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", who, res.StatusCode)
		}
	}

	cut := download(t, edge.URL, admin)
	if _, err := io.ReadFull(cut.Body, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	desk.checkIn("Chand") // while nobody reads on
	_ = cut.Body.Close()
	if b := lastBackup(t, edge.URL); b != nil {
		t.Errorf("a download that was cut counts as a backup: %+v", b)
	}

	res := download(t, edge.URL, admin)
	sealed, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || int64(len(sealed)) != res.ContentLength || !strings.Contains(res.Header.Get("Content-Disposition"), ".tar.age") {
		t.Fatalf("%d, %d bytes of %d, %v", res.StatusCode, len(sealed), res.ContentLength, err)
	}
	if bytes.Contains(sealed, []byte("Chand")) || !bytes.HasPrefix(sealed, []byte("age-encryption.org/")) {
		t.Error("it is not locked")
	}
	if !testkit.Eventually(30*time.Second, func() bool { b := lastBackup(t, edge.URL); return b != nil && b.Encrypted }) {
		t.Error("the node does not know of the backup that was taken")
	}
	if left, err := filepath.Glob(filepath.Join(edge.Dir, "backup-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	file := filepath.Join(t.TempDir(), "sealed.age")
	if err := os.WriteFile(file, sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	edge.Stop()
	testkit.Run(t, "", "restore", "--data", edge.Dir, "--file", file, "--identity", secret, "--replace")
	edge.Start()
	if got := tokens(t, edge.URL); len(got) != 2 {
		t.Errorf("the restored site knows of %v", got)
	}
	var list struct{ Voices []struct{ Clip string } }
	get(t, edge.URL+"/api/v1/voices", signIn(t, edge.URL, "Meera"), &list)
	if len(list.Voices) != 52 {
		t.Errorf("the restored site speaks %d clips of its own, want 52", len(list.Voices))
	}
}

func TestAKeyForBackupsThatIsNoneIsWrongUsage(t *testing.T) {
	if text, code := testkit.Refused(t, "edge", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--backup-recipient", "ssh-rsa nonsense"); code != 2 || !strings.Contains(text, "age1") {
		t.Errorf("exit %d, %s", code, text)
	}
}
