package main_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/record"
)

// smallDisk is a file system of its own, in memory, that a test may fill. Who is not root may not have one, and is
// left to the suite of the store, which limits its own files.
func smallDisk(t *testing.T) (dir string, ok bool) {
	t.Helper()
	dir = t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m")
	if errors.Is(err, syscall.EPERM) {
		t.Log("not tried: only root may mount a disk")
		return "", false
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir, true
}

// fill writes until the disk takes no more, and returns what it wrote.
func fill(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "somebody-elses-file")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
	return path
}

func TestAFullDiskIsToldAndEndsWithoutARestart(t *testing.T) {
	disk, ok := smallDisk(t)
	if !ok {
		return
	}
	w := &world{edge: testkit.StartProcess(t, "edge", "--data", disk)}
	w.edge.Dir = disk
	testkit.Run(t, pin, "staff", "add", "--data", disk, "--name", "Meera", "--role", "admin")
	desk := w.deskOf(t)
	kept := desk.checkIn("Asha")
	checkIn := func() api.Result { return desk.act("queue.check_in", map[string]any{"guruji": desk.guruji}) }
	register := func() api.Result { return desk.act("person.register", map[string]any{"name": "Bina"}) }

	filler := fill(t, disk)
	kept = append(kept, desk.untilRefused(checkIn, "Token numbers could not be reserved")...)
	desk.untilRefused(register, "could not write to its disk")
	if missing := desk.missing(kept); len(missing) > 0 {
		t.Errorf("on a full disk %d of %d are not shown", len(missing), len(kept))
	}
	if said := body(t, w.edge.URL+"/readyz"); !strings.Contains(said, "cannot be written") {
		t.Errorf("is it ready? %s", said)
	}

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	for what, act := range map[string]func() api.Result{"checked in": checkIn, "registered": register} {
		if !testkit.Eventually(30*time.Second, func() bool {
			out := act()
			if what == "checked in" && out.Status == api.Applied {
				kept = append(kept, out.ID)
			}
			return out.Status == api.Applied
		}) {
			t.Errorf("with room again, nobody is %s within 30 s", what)
		}
	}
	if said := body(t, w.edge.URL+"/readyz"); !strings.Contains(said, "true") {
		t.Errorf("with room again: %s", said)
	}
	site, err := record.ParseID(siteOf(t, w.edge.URL))
	if err != nil {
		t.Fatal(err)
	}
	w.edge.Kill()
	held := testkit.ReadHeld(t, disk, site)
	for _, id := range kept {
		if held.Entries[id] == "" {
			t.Errorf("check-in %s was acknowledged and is not there", id)
		}
	}
	if len(held.Entries) != len(kept) {
		t.Errorf("%d entries for %d check-ins that were acknowledged", len(held.Entries), len(kept))
	}
}

// untilRefused acts again and again until that is refused as something to try again later, in these words, and returns
// the ids of what was done before.
func (p *pen) untilRefused(act func() api.Result, words string) (done []string) {
	p.t.Helper()
	for range 5_000 {
		out := act()
		if out.Status == api.Applied {
			done = append(done, out.ID)
			continue
		}
		if e := out.Error; e == nil || e.Code != "unavailable" || !e.Retryable || !strings.Contains(e.Message, words) {
			p.t.Errorf("refused with %+v, and not in the words %q", out.Error, words)
		}
		return done
	}
	p.t.Fatalf("done %d times on a full disk", len(done))
	return nil
}

// missing are those of the ids whose entries the site does not show.
func (p *pen) missing(ids []string) []string {
	p.t.Helper()
	var shot struct {
		View struct {
			Gurujis []struct{ Entries []struct{ ID string } }
		}
	}
	get(p.t, p.url+"/api/v1/snapshot?view=coordinator", p.token, &shot)
	shown := map[string]bool{}
	for _, g := range shot.View.Gurujis {
		for _, e := range g.Entries {
			shown[e.ID] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return shown[id] })
}

// A disk that may only be read: whoever starts a node there is told so, and what is on it can be read.
func TestAReadOnlyDiskIsRefusedWithAReasonAndStaysReadable(t *testing.T) {
	disk, ok := smallDisk(t)
	if !ok {
		return
	}
	edge := testkit.StartProcess(t, "edge", "--data", disk)
	testkit.Run(t, pin, "staff", "add", "--data", disk, "--name", "Meera", "--role", "admin")
	site, err := record.ParseID(siteOf(t, edge.URL))
	if err != nil {
		t.Fatal(err)
	}
	edge.Kill()
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	complaint, code := testkit.Refused(t, "edge", "--data", disk, "--listen", testkit.FreeAddr(t))
	if code == 0 || !strings.Contains(complaint, "the disk may only be read") {
		t.Errorf("refused with %d: %s", code, complaint)
	}
	if held := testkit.ReadHeld(t, disk, site); len(held.Digest) == 0 {
		t.Error("nothing can be read from it")
	}
}

func body(t *testing.T, url string) string {
	t.Helper()
	_, text := page(t, http.DefaultClient, url)
	return text
}
