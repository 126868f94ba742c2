// Command sim plays many seeds of the simulation and prints what came of them, or one seed and how it went.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aashram-care/sangam/sync/simulation"
)

func main() {
	seeds := flag.Int("seeds", 1000, "how many seeds, shared among the profiles")
	first := flag.Uint64("first", 1, "the first seed of each profile")
	profile := flag.String("profile", "", "one profile alone: "+names())
	seed := flag.Uint64("seed", 0, "play this seed of the profile, and show its last steps")
	steps := flag.Int("steps", 200, "how many steps to show of a play")
	about := flag.String("about", "", "show the steps only that name this: a node, a record, NEMESIS")
	without := flag.Int("rules", 0, "play so many seeds without each of the rules, and show which promises break")
	debug.SetGCPercent(400) // a play makes much garbage and keeps little
	flag.Parse()
	profiles := simulation.Profiles()
	if *profile != "" {
		p, ok := simulation.ProfileNamed(*profile)
		if !ok {
			fmt.Fprintln(os.Stderr, "sim: the profiles are", names())
			os.Exit(2)
		}
		profiles = []simulation.Profile{p}
	}
	if *seed != 0 {
		os.Exit(replay(profiles[0], *seed, simulation.NewTrace(*steps, *about)))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *without > 0 {
		survey(ctx, os.Stdout, uint64(*without), *profile)
		return
	}
	os.Exit(many(ctx, profiles, *first, *seeds))
}

func names() string {
	var out []string
	for _, p := range simulation.Profiles() {
		out = append(out, p.Name)
	}
	return strings.Join(out, ", ")
}

// replay shows one play.
func replay(p simulation.Profile, seed uint64, trace *simulation.Trace) int {
	r := simulation.Play(p, seed, simulation.Off{}, trace)
	fmt.Print(trace)
	report(os.Stdout, r)
	if len(r.Faults) > 0 {
		return 1
	}
	return 0
}

func report(out io.Writer, r simulation.Result) {
	fmt.Fprintf(out, "%s seed %d: %d edits, converged after %s, %d faults\n", r.Profile, r.Seed, r.Edits, r.Took, len(r.Faults))
	for _, f := range r.Faults {
		fmt.Fprintln(out, " ", f)
	}
}

func many(ctx context.Context, profiles []simulation.Profile, first uint64, seeds int) int {
	jobs := simulation.Spread(profiles, first, seeds)
	bar := newProgress(os.Stderr, len(jobs))
	sums := map[string]*simulation.Summary{}
	failed := 0
	simulation.PlayAll(ctx, jobs, func(r simulation.Result) {
		if sums[r.Profile] == nil {
			sums[r.Profile] = &simulation.Summary{}
		}
		sums[r.Profile].Add(r)
		if len(r.Faults) > 0 {
			failed++
			bar.clear()
			steps := 30
			if failed > 3 {
				steps = 0 // the first ones are enough to read
			}
			fmt.Print(simulation.Story(r, steps))
		}
		bar.step(failed)
	})
	bar.clear()
	table(os.Stdout, profiles, sums)
	all := true
	if len(profiles) > 1 && ctx.Err() == nil {
		all = missed(os.Stdout)
		savings(ctx, os.Stdout)
	}
	switch {
	case ctx.Err() != nil:
		fmt.Println("interrupted")
		return 130
	case failed > 0 || !all:
		return 1
	}
	return 0
}

func table(out io.Writer, profiles []simulation.Profile, sums map[string]*simulation.Summary) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "profile\tseeds\tfailed\tedits\tgone with their disk\tconverged p50\tp99\tmax\tsent / useful\t")
	for _, p := range profiles {
		if s := sums[p.Name]; s != nil {
			fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%.2f\t\n", s.Profile, s.Seeds, s.Failed, s.Edits, s.Excused,
				s.Converged(50), s.Converged(99), s.Converged(100), s.Traffic())
		}
	}
	t.Flush()
}

// progress is a bar on a terminal, and a line now and then elsewhere.
type progress struct {
	out         *os.File
	terminal    bool
	total, done int
	began, told time.Time
}

func newProgress(out *os.File, total int) *progress {
	info, err := out.Stat()
	return &progress{out: out, total: total, began: time.Now(), told: time.Now(), terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

func (p *progress) clear() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

func (p *progress) step(failed int) {
	p.done++
	every := 10 * time.Second
	if p.terminal {
		every = 100 * time.Millisecond
	}
	if time.Since(p.told) < every {
		return
	}
	p.told = time.Now()
	left := time.Duration(float64(time.Since(p.began)) / float64(p.done) * float64(p.total-p.done)).Round(time.Second)
	if !p.terminal {
		fmt.Fprintf(p.out, "%d of %d seeds, %d failed, %s to go\n", p.done, p.total, failed, left)
		return
	}
	const width = 40
	filled := width * p.done / p.total
	fmt.Fprintf(p.out, "\r\x1b[K[%s%s] %d/%d, %d failed, %s to go", strings.Repeat("#", filled), strings.Repeat(".", width-filled), p.done, p.total, failed, left)
}
