package main_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/testkit"
)

// files are all files of a folder with what is in them.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			all[e.Name()] = string(text)
		}
	}
	return all
}

func TestStaffOfAStoppedNodeAreListedWithoutWriting(t *testing.T) {
	edge, _ := siteAlone(t)
	for how, end := range map[string]func(){"stopped": edge.Stop, "killed": edge.Kill} {
		end()
		before := files(t, edge.Dir)
		if before["sangam.db"] == "" {
			t.Fatal("the store is not where it is compared")
		}
		var staff []control.Staff
		testkit.RunJSON(t, &staff, "", "staff", "list", "--data", edge.Dir)
		if len(staff) != 2 || staff[0].Name != "Meera" || !staff[0].HasPIN {
			t.Errorf("%s: %+v", how, staff)
		}
		for name, text := range files(t, edge.Dir) {
			if before[name] != text {
				t.Errorf("%s: listing the staff wrote %s", how, name)
			}
		}
		edge.Start()
	}
}
