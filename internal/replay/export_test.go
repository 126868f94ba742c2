package replay

import (
	"time"

	"github.com/aashram-care/sangam/internal/api"
)

// Told is one thing a replay learns of an entry: that an action on it was applied, or that a screen shows it.
type Told struct {
	By     string // "action", "site" or "hub"
	Seq    uint64 // of the record at the site; a hub numbers for itself
	Status string // as shown
	At     time.Duration
	Sent   time.Duration // of an action
}

// AtHub returns how many applied actions count as shown at the hub, and how long the slowest took.
func AtHub(told ...Told) (count int, slowest time.Duration) {
	var report Report
	t := newTally(&report, time.Hour)
	began := time.Now()
	for _, one := range told {
		shown := row{ID: "entry", Status: one.Status, seq: one.Seq}
		switch one.By {
		case "action":
			result := api.Result{Status: "applied", Seq: api.Seq(one.Seq)}
			t.watch("entry", outcome{Result: result, sent: began.Add(one.Sent), acked: began.Add(one.At)})
		case "site":
			t.atSite(shown, began.Add(one.At))
		case "hub":
			t.atHub(shown, began.Add(one.At))
		}
	}
	return report.AtHub.Count(), report.AtHub.Quantile(1)
}

// Doubled returns which tokens count as given twice, each being given on a service-day.
func Doubled(given ...[2]string) []string {
	var report Report
	t := newTally(&report, time.Hour)
	for _, one := range given {
		t.token(one[0], one[1])
	}
	return report.Doubled
}
