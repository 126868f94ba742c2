package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/edge"
	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/testkit"
)

// runAt runs a site in this process, with the clinic's clock so far from ours.
func runAt(t *testing.T, o edge.Options, away time.Duration) (url string, stop func()) {
	t.Helper()
	o.ClinicNow = func() time.Time { return time.Now().Add(away) }
	site, stop := runEdge(t, o)
	return site.URL, stop
}

// runEdge runs a site's node in this process until stop, which tells the test when it did not end well.
func runEdge(t *testing.T, o edge.Options) (site edge.Started, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	started, ended := make(chan edge.Started, 1), make(chan error, 1)
	o.Listen, o.Log = "127.0.0.1:0", slog.New(slog.DiscardHandler)
	o.Started = func(s edge.Started) { started <- s }
	go func() { ended <- edge.Run(ctx, o) }()
	select {
	case site = <-started:
	case err := <-ended:
		t.Fatal(err)
	}
	return site, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// empty asks a site to empty a month of older days.
func empty(t *testing.T, url, token, month string) (status int, told api.RetentionAnswer, text string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/retention", strings.NewReader(`{"count":false,"month":"`+month+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal(body, &told) // a refusal is none
	return res.StatusCode, told, string(body)
}

func TestWhatASiteEmptiesIsInASealedArchiveFirst(t *testing.T) {
	public, secret := secretKey(t)
	_, wrongSecret := secretKey(t)
	dir, folder := filepath.Join(t.TempDir(), "site"), filepath.Join(t.TempDir(), "archives")
	o := edge.Options{Data: dir, SiteName: "Pune", Timezone: "Asia/Kolkata", Archive: folder, BackupRecipients: []string{public}}
	past := -400 * 24 * time.Hour
	url, stop := runAt(t, o, past)
	testkit.Run(t, pin, "staff", "add", "--data", dir, "--name", "Meera", "--role", "admin")
	desk := (&world{edge: &testkit.Process{URL: url, Dir: dir}}).deskOf(t)
	desk.checkIn("Asha Unmistakable", "Bina")
	if r := desk.act("setting.update", map[string]any{"name": "keepContentDays", "value": 365}); r.Status != api.Applied {
		t.Fatalf("%+v", r.Error)
	}
	month := time.Now().Add(past).In(time.FixedZone("IST", 19_800)).Add(-3 * time.Hour).Format("2006-01")
	stop()

	found, _ := examine(t, "--data", dir, "--archive", folder)
	mustSay(t, found, "archives", control.Note, "is not there")
	// A file stands where the folder is to be: nothing can be kept, so nothing is emptied.
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	found, _ = examine(t, "--data", dir, "--archive", folder)
	mustSay(t, found, "archives", control.Wrong, "is no folder")
	url, stop = runAt(t, o, 0)
	token := signIn(t, url, "Meera")
	if code, _, text := empty(t, url, token, month); code != http.StatusServiceUnavailable || !strings.Contains(text, "nothing was emptied") {
		t.Errorf("without room for the archive: %d %s", code, text)
	}
	var status, then api.Status
	get(t, url+"/api/v1/status", token, &status)
	if status.Archive == nil || !status.Archive.Failed || status.Archive.At != nil {
		t.Errorf("the status says %+v", status.Archive)
	}
	desk = &pen{t: t, url: url, token: token}
	forget := map[string]any{"records": []any{map[string]string{"kind": "entry", "id": "01900000-0000-7000-8000-000000000000"}}}
	if r := desk.act("data.forget", forget); r.Error == nil || r.Error.Code != "not_allowed" {
		t.Errorf("emptied past the archive: %+v", r)
	}

	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	found, _ = examine(t, "--data", dir, "--archive", folder)
	mustSay(t, found, "archives", control.Fine, "None yet")
	if code, told, text := empty(t, url, token, month); code != http.StatusOK || told.Found != 2 || told.Emptied != 2 {
		t.Errorf("emptied: %d %s", code, text)
	}
	if code, told, text := empty(t, url, token, month); code != http.StatusOK || told.Found != 0 {
		t.Errorf("again: %d %s", code, text)
	}
	get(t, url+"/api/v1/status", token, &then)
	if then.Archive.Failed || then.Archive.Month != month || then.Archive.Records != 2 || then.Archive.At == nil {
		t.Errorf("the status says %+v", then.Archive)
	}
	stop()

	var all []struct {
		control.Archive
		File string
	}
	testkit.RunJSON(t, &all, "", "archive", "list", "--archive", folder, "--identity", secret)
	if len(all) != 1 || all[0].Month != month || all[0].Records != 2 || all[0].Name != "Pune" {
		t.Fatalf("the folder has %+v", all)
	}
	found, _ = examine(t, "--data", dir, "--archive", folder)
	mustSay(t, found, "archives", control.Fine, "1 in "+folder+", of "+month)
	sealed, err := os.ReadFile(all[0].File)
	if err != nil || bytes.Contains(sealed, []byte("Unmistakable")) {
		t.Errorf("the archive can be read without its key: %v", err)
	}
	if text := testkit.Run(t, "", "archive", "print", "--file", all[0].File, "--identity", secret); !strings.Contains(text, "Asha Unmistakable") || strings.Count(text, "\n") != 2 {
		t.Errorf("the archive holds %s", text)
	}
	refusedWith(t, 2, "archive", "check", "--file", all[0].File, "--identity", wrongSecret)
	refusedWith(t, 2, "archive", "check", "--file", all[0].File)
	cut := all[0].File + ".cut"
	if err := os.WriteFile(cut, sealed[:len(sealed)-20], 0o600); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, 1, "archive", "check", "--file", cut, "--identity", secret)
	refusedWith(t, 1, "archive", "print", "--file", cut, "--identity", secret)
}

func refusedWith(t *testing.T, want int, args ...string) {
	t.Helper()
	if complaint, code := testkit.Refused(t, args...); code != want || complaint == "" {
		t.Errorf("sangam %s: exit code %d, want %d: %s", strings.Join(args, " "), code, want, complaint)
	}
}

func TestAnArchiveNeedsAFolderAndAKey(t *testing.T) {
	dir := t.TempDir()
	for _, flags := range [][]string{
		{"--archive", dir}, {"--archive", dir, "--backup-recipient", "age1nonsense"},
	} {
		refusedWith(t, 2, append([]string{"edge", "--data", filepath.Join(dir, "site")}, flags...)...)
	}
}
