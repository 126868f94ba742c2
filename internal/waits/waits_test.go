package waits_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/waits"
)

func TestWaitsHoldOnMadeUpDays(t *testing.T) {
	visits, err := waits.GenerateVisits(6, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []waits.Set{visits, waits.GenerateSessions(40, 1)} {
		t.Run(set.Name, func(t *testing.T) {
			var table bytes.Buffer
			score, err := waits.Judge(&table, set)
			if err != nil {
				t.Fatal(err)
			}
			for _, why := range score.Missed() {
				t.Errorf("%s\n%s", why, table.String())
			}
		})
	}
}

func TestEachNaiveWayIsJudgedWhereItKnowsSomething(t *testing.T) {
	nothing := math.NaN()
	score := waits.ScoreOf([]waits.Told{
		{Wait: &clinic.Wait{Low: 10, High: 20}, Truth: 12, Naive: [3]float64{30, nothing, nothing}},
		{Wait: &clinic.Wait{Low: 0, High: 5}, Truth: 6, Naive: [3]float64{15, 12, 4}},
		{Long: true, Truth: 130},
		{Truth: 7},
	})
	want := waits.Score{Told: 2, Long: 1, Unknown: 1, Error: 3.25, Held: 0.5, Width: 7.5, Naive: [3]float64{13.5, 6, 2}}
	if diff := cmp.Diff(want, score); diff != "" {
		t.Error(diff)
	}
	missed := strings.Join(score.Missed(), "\n")
	if !strings.Contains(missed, "50.0 %") || !strings.Contains(missed, "last called") || strings.Contains(missed, "position") {
		t.Errorf("missed: %s", missed)
	}
}

func TestNothingToldMissesEveryBar(t *testing.T) {
	if missed := waits.ScoreOf(nil).Missed(); len(missed) != 4 {
		t.Errorf("missed: %q", missed)
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const (
	visitRows = "date,entry,consultation_end,exit,doctor_type\n" +
		"2026-11-24,09:00:00,09:10:00,09:11:00,a\n2026-11-23,09:30:00,09:40:00,09:40:00,a\n2026-11-23,09:00:00,09:45:00,09:50:00,a\n"
	sessionRows = "session,weekday,half,visit_no,start,service_seconds\n" +
		"7,Monday,morning,1,8:31:00,600\n7,Monday,morning,4,8:41:00,300\n9,Tuesday,morning,1,8:29:00,60\n"
)

func TestTheFirstLineTellsTheKindOfAFile(t *testing.T) {
	visits, err := waits.Read(write(t, "visits.csv", visitRows))
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := waits.Read(write(t, "sessions.csv", sessionRows))
	if err != nil {
		t.Fatal(err)
	}
	var days []string
	for _, set := range []waits.Set{visits, sessions} {
		for _, day := range set.Days {
			days = append(days, day.Name)
		}
		told, err := waits.Play(set)
		if err != nil {
			t.Fatal(err)
		}
		for i, people := range told {
			if len(people) != len(set.Days[i].Arrivals) {
				t.Errorf("%s of %s: %d of %d people were called", set.Days[i].Name, set.Name, len(people), len(set.Days[i].Arrivals))
			}
		}
	}
	if diff := cmp.Diff([]string{"2026-11-23", "2026-11-24", "session 7", "session 9"}, days); diff != "" {
		t.Error(diff)
	}
	if first := visits.Days[0]; !first.Arrivals[0].Before(first.Arrivals[1]) || !first.Ends[0].Before(first.Ends[1]) {
		t.Errorf("not in order: %+v", first)
	}
}

func TestAFileThatMakesNoSenseIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no rows":           "session,weekday,half,visit_no,start,service_seconds\n",
		"another header":    "a,b\n1,2\n",
		"backwards":         "date,entry,consultation_end,exit,doctor_type\n2026-11-24,09:00:00,08:10:00,09:11:00,a\n",
		"not a time":        strings.Replace(sessionRows, "8:41:00", "half past", 1),
		"nobody is so fast": strings.Replace(sessionRows, ",300", ",0", 1),
		"two at once":       strings.Replace(sessionRows, "8:41:00", "8:40:59", 1),
	} {
		if set, err := waits.Read(write(t, "days.csv", text)); err == nil {
			t.Errorf("%s was read as %+v", name, set)
		}
	}
	if _, err := waits.Files([]string{filepath.Join(t.TempDir(), "missing")}); err == nil {
		t.Error("a folder that is not there was read")
	}
}

func TestFoldersAreLookedThroughForDays(t *testing.T) {
	file := write(t, "visits.csv", visitRows)
	write(t, "visits.csv", visitRows)
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "README.md"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := waits.Files([]string{filepath.Dir(file), file})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{file, file}, got); diff != "" {
		t.Error(diff)
	}
}
