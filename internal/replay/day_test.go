package replay_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/replay"
)

func TestGeneratedDayReadsBackAsItWasWritten(t *testing.T) {
	day := replay.Generate("2026-02-03", 300, 7)
	var file bytes.Buffer
	if err := day.Write(&file); err != nil {
		t.Fatal(err)
	}
	back, err := replay.ReadDay(&file, "2026-02-03")
	if err != nil {
		t.Fatal(err)
	}
	// The file holds whole seconds and no time past midnight.
	if diff := cmp.Diff(len(day.Visits), len(back.Visits)); diff != "" {
		t.Error(diff)
	}
	for i, v := range back.Visits {
		if v.Arrival != day.Visits[i].Arrival || v.End != day.Visits[i].End {
			t.Fatalf("visit %d: read %v, wrote %v", i, v, day.Visits[i])
		}
	}
}

func TestReadDayTakesOnlyTheDateAskedFor(t *testing.T) {
	const file = "date,entry,consultation_end,exit,doctor_type\n" +
		"2026-02-03,09:00:00,09:10:00,09:11:00,anchor\n" +
		"2026-02-04,08:30:00,08:40:00,08:41:00,locum\n" +
		"2026-02-03,08:00:00,08:10:00,08:11:00,anchor\n"
	day, err := replay.ReadDay(strings.NewReader(file), "2026-02-03")
	if err != nil {
		t.Fatal(err)
	}
	if len(day.Visits) != 2 || day.Visits[0].Arrival > day.Visits[1].Arrival {
		t.Errorf("got %v, want two visits in order of arrival", day.Visits)
	}
	if _, err := replay.ReadDay(strings.NewReader(file), "2026-02-05"); !errors.Is(err, replay.ErrNoSuchDay) {
		t.Errorf("a missing day: got %v, want ErrNoSuchDay", err)
	}
}

func TestReadDayNamesTheLineItRefuses(t *testing.T) {
	const head = "date,entry,consultation_end,exit,doctor_type\n2026-02-03,09:00:00,09:10:00,09:11:00,anchor\n"
	for name, row := range map[string]string{
		"not a time":    "2026-02-03,9 o'clock,09:10:00,09:11:00,anchor\n",
		"backwards":     "2026-02-03,09:20:00,09:10:00,09:11:00,anchor\n",
		"too few":       "2026-02-03,09:20:00\n",
		"beyond a day":  "2026-02-03,25:20:00,26:10:00,26:11:00,anchor\n",
		"a stray quote": "2026-02-03,\"09:20:00,09:10:00,09:11:00,anchor\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := replay.ReadDay(strings.NewReader(head+row), "2026-02-03")
			if err == nil || !strings.Contains(err.Error(), "line 3") {
				t.Errorf("got %v, want an error that names line 3", err)
			}
		})
	}
	if _, err := replay.ReadDay(strings.NewReader("a,b,c,d,e\n"), ""); err == nil {
		t.Error("a foreign header was taken")
	}
	if _, err := replay.ReadDay(strings.NewReader(""), ""); err == nil {
		t.Error("an empty file was taken")
	}
}
