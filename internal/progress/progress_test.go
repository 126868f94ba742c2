package progress_test

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aashram-care/sangam/internal/progress"
)

func TestALogGetsALineNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		bar := progress.New(&out)
		for i := range 25 {
			bar.Show(float64(i)/24, "some records")
			time.Sleep(time.Second)
		}
		bar.End()
		if got, want := out.String(), " 42 %, some records\n 83 %, some records\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestNobodyListens(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		bar := progress.New(nil)
		time.Sleep(time.Hour)
		bar.Show(2, "more than all")
		bar.End()
	})
}
