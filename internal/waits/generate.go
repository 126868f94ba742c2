package waits

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aashram-care/sangam/internal/replay"
)

// GenerateVisits makes up days of visits for some gurujis, the same for the same seed. People come as in a replay's made-up
// day; each is seen by whoever of the gurujis is free first, for a few minutes that differ from day to day.
func GenerateVisits(days, gurujis int, seed uint64) (Set, error) {
	set := Set{Name: fmt.Sprintf("visits of seed %d", seed), Gurujis: gurujis}
	random := rand.New(rand.NewPCG(seed, 0x71))
	for i := range days {
		day := replay.Generate(firstSession.AddDate(0, 0, i).Format(time.DateOnly), gurujis*(75+random.IntN(30)), seed+uint64(i))
		minutes := 7 * math.Exp(0.15*random.NormFloat64())
		free := make([]time.Duration, gurujis)
		for n := range day.Visits {
			v := &day.Visits[n]
			g := slices.Index(free, slices.Min(free))
			v.End = max(v.Arrival, free[g]) + time.Duration(minutes*spread(random)*float64(time.Minute)).Truncate(time.Second)
			free[g], v.Exit = v.End, v.End
		}
		visits, err := visitsOf(day)
		if err != nil {
			return Set{}, err
		}
		set.Days = append(set.Days, visits)
	}
	return set, nil
}

// spread is by how much a consultation differs from the mean, which is 1: most are shorter, a few last for long.
func spread(random *rand.Rand) float64 { return math.Exp(0.42*random.NormFloat64() - 0.42*0.42/2) }

// GenerateSessions makes up half days of one guruji, the same for the same seed: consultations of a quarter of an hour
// with a long tail, slower on some days than on others, and now and then a pause that nobody announced.
func GenerateSessions(days int, seed uint64) Set {
	set := Set{Name: fmt.Sprintf("sessions of seed %d", seed), Gurujis: 1}
	random := rand.New(rand.NewPCG(seed, 0x72))
	for i := range days {
		at := firstSession.AddDate(0, 0, i).Add(8*time.Hour + 30*time.Minute)
		end := at.Add(210 * time.Minute)
		seconds := 780 * math.Exp(0.15*random.NormFloat64())
		var list []consultation
		for at.Before(end) {
			next := at.Add(time.Duration(seconds*spread(random)) * time.Second)
			list = append(list, consultation{at, next})
			if at = next; random.IntN(25) == 0 {
				at = at.Add(time.Duration(5+random.IntN(30)) * time.Minute)
			}
		}
		set.Days = append(set.Days, sessionDay(fmt.Sprint(i+1), list, seed+uint64(i)))
	}
	return set
}
