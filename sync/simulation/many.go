package simulation

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Job is one seed to be played.
type Job struct {
	Profile Profile
	Seed    uint64
	Off     Off
}

// Spread shares so many seeds among profiles, from a first one on.
func Spread(profiles []Profile, first uint64, seeds int) (jobs []Job) {
	for i := range seeds {
		jobs = append(jobs, Job{Profile: profiles[i%len(profiles)], Seed: first + uint64(i/len(profiles))})
	}
	return jobs
}

// PlayAll plays jobs on all cores and gives each result to took, one at a time, as they end. It returns when all have
// been played or ctx has ended.
func PlayAll(ctx context.Context, jobs []Job, took func(Result)) {
	next := make(chan Job) // unbuffered: who is free takes one
	var players sync.WaitGroup
	var mu sync.Mutex // one result at a time
	for range runtime.GOMAXPROCS(0) {
		players.Go(func() {
			for j := range next {
				r := Play(j.Profile, j.Seed, j.Off, nil)
				mu.Lock()
				took(r)
				mu.Unlock()
			}
		})
	}
	defer players.Wait()
	defer close(next)
	for _, j := range jobs {
		select {
		case next <- j:
		case <-ctx.Done():
			return
		}
	}
}

// Summary is what the plays of one profile came to.
type Summary struct {
	Profile string
	Seeds   int
	Failed  int
	Edits   int
	Excused int
	Sent    int
	Useful  int
	took    []time.Duration
}

// Add counts a result.
func (s *Summary) Add(r Result) {
	s.Profile = r.Profile
	s.Seeds++
	s.Edits, s.Excused, s.Sent, s.Useful = s.Edits+r.Edits, s.Excused+r.Excused, s.Sent+r.Sent, s.Useful+r.Useful
	s.took = append(s.took, r.Took)
	if len(r.Faults) > 0 {
		s.Failed++
	}
}

// Converged is how long after all was well the stores were equal, in p of a hundred plays.
func (s *Summary) Converged(p int) time.Duration {
	if len(s.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s.took))
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}

// Traffic is how many records were sent for each that changed whom it came to; the least is 1.
func (s *Summary) Traffic() float64 {
	if s.Useful == 0 {
		return 0
	}
	return float64(s.Sent) / float64(s.Useful)
}
