package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/aashram-care/sangam/sync/simulation"
)

func columns(out io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(out, 0, 0, 2, ' ', 0) }

// missed shows, for each rule, a day that goes wrong without it, and tells whether each has one.
func missed(out io.Writer) bool {
	const budget = 400
	all := true
	t := columns(out)
	fmt.Fprintln(t, "\nwithout\tbreaks\tat")
	for _, r := range simulation.Rules() {
		result, caught := r.Find(budget)
		if !caught {
			all = false
			fmt.Fprintf(t, "%s\tNOTHING\t%d seeds of %s\n", r.Name, budget, r.Profile)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%s %d\n", r.Name, r.Caught, r.Profile, result.Seed)
	}
	t.Flush()
	return all
}

// savings shows what the rules save without which nothing breaks.
func savings(ctx context.Context, out io.Writer) {
	const seeds, backlog = 20, 3000
	t := columns(out)
	fmt.Fprintln(t, "\nwithout\tprofile\tsent / useful\tconverged p50\tp99\ta fresh edit behind a backlog")
	for _, r := range simulation.Savings() {
		for _, off := range []simulation.Off{{}, r.Off} {
			sum, _ := play(ctx, r.Profile, seeds, off)
			name := r.Name
			if off == (simulation.Off{}) {
				name = "nothing"
			}
			fmt.Fprintf(t, "%s\t%s\t%.2f\t%s\t%s\t%s\n", name, r.Profile, sum.Traffic(), sum.Converged(50), sum.Converged(99), simulation.Overtake(1, backlog, off))
		}
	}
	t.Flush()
}

// breaking counts in how many plays a promise broke.
type breaking struct {
	count int
	first uint64
}

func play(ctx context.Context, profile string, seeds uint64, off simulation.Off) (sum simulation.Summary, broken map[simulation.Invariant]breaking) {
	p, _ := simulation.ProfileNamed(profile)
	broken = map[simulation.Invariant]breaking{}
	var jobs []simulation.Job
	for seed := uint64(1); seed <= seeds; seed++ {
		jobs = append(jobs, simulation.Job{Profile: p, Seed: seed, Off: off})
	}
	simulation.PlayAll(ctx, jobs, func(r simulation.Result) {
		sum.Add(r)
		told := map[simulation.Invariant]bool{}
		for _, f := range r.Faults {
			if told[f.Invariant] {
				continue
			}
			told[f.Invariant] = true
			b := broken[f.Invariant]
			if b.count++; b.first == 0 || r.Seed < b.first {
				b.first = r.Seed
			}
			broken[f.Invariant] = b
		}
	})
	return sum, broken
}

// survey plays many days without each of the rules.
func survey(ctx context.Context, out io.Writer, seeds uint64, profile string) {
	t := columns(out)
	fmt.Fprintln(t, "without\tprofile\tfailed\tconverged p50\tp99\tsent / useful\tbroken promises: plays, first seed")
	for _, r := range slices.Concat(simulation.Rules(), simulation.Savings()) {
		if profile != "" {
			r.Profile = profile
		}
		sum, broken := play(ctx, r.Profile, seeds, r.Off)
		var list []string
		for _, i := range slices.Sorted(maps.Keys(broken)) {
			list = append(list, fmt.Sprintf("%s: %d, %d", i, broken[i].count, broken[i].first))
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%.2f\t%s\n", r.Name, r.Profile, sum.Failed, sum.Converged(50), sum.Converged(99), sum.Traffic(), strings.Join(list, "; "))
		t.Flush()
	}
}
