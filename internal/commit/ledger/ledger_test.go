package ledger_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/aashram-care/sangam/internal/commit/ledger"
)

const day = "2026-10-02"

func open(t *testing.T, path, machine string, known int, used bool) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(path, machine, known, used)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func reserve(t *testing.T, l *ledger.Ledger, day, series string, stored int) ledger.Range {
	t.Helper()
	r, err := l.Reserve(day, series, stored, 20)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAKillCostsAtMostOneReservation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	first := reserve(t, open(t, path, "pi", 0, false), day, "A", 0)
	// The process dies after giving 3 of them; the ledger that opens next knows only what was reserved.
	second := reserve(t, open(t, path, "pi", 1, true), day, "A", 3)
	if want := (ledger.Range{Epoch: 1, First: 1, Last: 20}); first != want {
		t.Errorf("first %v, want %v", first, want)
	}
	if want := (ledger.Range{Epoch: 1, First: 21, Last: 40}); second != want {
		t.Errorf("second %v, want %v", second, want)
	}
}

func TestACopyOnAnotherMachineGivesNoNumberOfTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	reserve(t, open(t, path, "pi", 0, false), day, "A", 0)
	got := reserve(t, open(t, path, "old pc", 1, true), day, "A", 0)
	if want := (ledger.Range{Epoch: 2, First: 1, Last: 20}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	next := reserve(t, open(t, path, "old pc", 2, true), "2026-10-03", "A", 0)
	if next.Epoch != 2 {
		t.Errorf("the next day fell back to epoch %d, while the first machine may still run", next.Epoch)
	}
}

func TestAUsedStoreWithoutItsFileMovesOn(t *testing.T) {
	for _, tc := range []struct {
		name  string
		known int
		used  bool
		want  int
	}{
		{"a new site", 0, false, 1},
		{"a store that gave tokens", 1, true, 2},
		{"a store that moved on before", 4, true, 5},
		{"a box rebuilt from the centre", 0, true, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := open(t, filepath.Join(t.TempDir(), "tokens"), "pi", tc.known, tc.used)
			if l.Epoch() != tc.want {
				t.Errorf("epoch %d, want %d", l.Epoch(), tc.want)
			}
		})
	}
}

func TestADamagedFileCountsAsMissing(t *testing.T) {
	for _, text := range []string{"", "{", `{"version":1,"machine":"pi","epoch":0}`, `{"version":9,"machine":"pi","epoch":1}`} {
		path := filepath.Join(t.TempDir(), "tokens")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if l := open(t, path, "pi", 1, true); l.Epoch() != 2 {
			t.Errorf("%q: epoch %d, want 2", text, l.Epoch())
		}
	}
}

func TestNumbersOfAnotherBoxInOurNameMoveEveryLetterOn(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "tokens"), "pi", 0, false)
	reserve(t, l, day, "B", 0)
	if got, want := reserve(t, l, day, "A", 50), (ledger.Range{Epoch: 2, First: 1, Last: 20}); got != want {
		t.Errorf("A: got %v, want %v", got, want)
	}
	if got, want := reserve(t, l, day, "B", 0), (ledger.Range{Epoch: 2, First: 1, Last: 20}); got != want {
		t.Errorf("B: got %v, want %v", got, want)
	}
}

func TestADayInThePastGetsNoTokens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	reserve(t, open(t, path, "pi", 0, false), day, "A", 0)
	l := open(t, path, "pi", 1, true)
	if _, err := l.Reserve("2020-01-01", "A", 0, 20); !errors.Is(err, ledger.ErrDayPast) {
		t.Errorf("got %v, want ErrDayPast", err)
	}
	if got := reserve(t, l, day, "A", 20); got.First != 21 {
		t.Errorf("after the refusal: %v", got)
	}
}

func TestANewDayBeginsAtOne(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "tokens"), "pi", 0, false)
	reserve(t, l, day, "A", 0)
	if got, want := reserve(t, l, "2026-10-03", "A", 0), (ledger.Range{Epoch: 1, First: 1, Last: 20}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAFailedWriteTakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	l := open(t, filepath.Join(dir, "tokens"), "pi", 0, false)
	away := dir + ".away"
	if err := os.Rename(dir, away); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Reserve(day, "A", 0, 20); err == nil {
		t.Fatal("reserved on a disk that is not there")
	}
	if err := os.Rename(away, dir); err != nil {
		t.Fatal(err)
	}
	if got := reserve(t, l, day, "A", 0); got.First != 1 {
		t.Errorf("after the disk came back: %v", got)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "tokens.*")); len(left) != 0 {
		t.Errorf("temporary files stay behind: %v", left)
	}
}

func TestTheFingerprintOfAMachineIsStable(t *testing.T) {
	a, b := ledger.Machine(), ledger.Machine()
	if a != b || len(a) != 32 {
		t.Errorf("got %q and %q", a, b)
	}
}
