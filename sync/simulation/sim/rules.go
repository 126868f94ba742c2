package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/aashram-care/sangam/sync/simulation"
)

// rules plays each rule's days without the rule, or the days of one profile.
func rules(seeds uint64, profile string) {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "without\tprofile\tfailed\tconverged p50\tp99\tsent / useful\tbroken promises, and the first seed")
	for _, r := range simulation.Rules() {
		if profile != "" {
			r.Profile = profile
		}
		p, _ := simulation.ProfileNamed(r.Profile)
		var jobs []simulation.Job
		for seed := uint64(1); seed <= seeds; seed++ {
			jobs = append(jobs, simulation.Job{Profile: p, Seed: seed, Off: r.Off})
		}
		var sum simulation.Summary
		first, count := map[simulation.Invariant]uint64{}, map[simulation.Invariant]int{}
		simulation.PlayAll(context.Background(), jobs, func(result simulation.Result) {
			sum.Add(result)
			broken := map[simulation.Invariant]bool{}
			for _, f := range result.Faults {
				broken[f.Invariant] = true
			}
			for i := range broken {
				count[i]++
				if first[i] == 0 || result.Seed < first[i] {
					first[i] = result.Seed
				}
			}
		})
		var broken []string
		for _, i := range slices.Sorted(maps.Keys(count)) {
			broken = append(broken, fmt.Sprintf("%s (%d, %d)", i, count[i], first[i]))
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%.2f\t%s\n", r.Name, p.Name, sum.Failed, sum.Converged(50), sum.Converged(99), sum.Traffic(), strings.Join(broken, "; "))
		t.Flush()
	}
}
