package waits

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"
)

// The bars: a range should hold four times of five.
const (
	leastHeld = 0.75
	mostHeld  = 0.85
)

// Score is how well waits were told to some people, all of whom were told a range.
type Score struct {
	Told, Long, Unknown int     // people who had to wait: told a range; that it is too long for a number; nothing
	Error               float64 // minutes by which the middle of the range was wrong, on average
	Held                float64 // share of the ranges that held
	Width               float64 // minutes, of a range, on average
	Naive               [len(Naives)]float64
}

// ScoreOf sums people up. Each naive way is judged on those to whom it, too, had something to tell.
func ScoreOf(people []Told) Score {
	var s Score
	var told [len(Naives)]float64
	for _, t := range people {
		switch {
		case t.AtOnce:
			continue
		case t.Long:
			s.Long++
			continue
		case t.Wait == nil:
			s.Unknown++
			continue
		}
		s.Told++
		s.Error += math.Abs(t.middle() - t.Truth)
		s.Width += float64(t.Wait.High - t.Wait.Low)
		if t.held() {
			s.Held++
		}
		for i, guess := range t.Naive {
			if !math.IsNaN(guess) {
				told[i]++
				s.Naive[i] += math.Abs(guess - t.Truth)
			}
		}
	}
	s.Error, s.Held, s.Width = s.Error/float64(s.Told), s.Held/float64(s.Told), s.Width/float64(s.Told)
	for i := range s.Naive {
		s.Naive[i] /= told[i]
	}
	return s
}

// Missed are the bars that a score does not reach, in words; none when it reaches all.
func (s Score) Missed() []string {
	var missed []string
	if !(s.Held >= leastHeld && s.Held <= mostHeld) {
		missed = append(missed, fmt.Sprintf("%.1f %% of the ranges held, not %.0f to %.0f %%", s.Held*100, leastHeld*100, mostHeld*100))
	}
	for i, naive := range s.Naive {
		if !(s.Error < naive) {
			missed = append(missed, fmt.Sprintf("the error of %.1f min is not below %.1f min of the %s", s.Error, naive, Naives[i]))
		}
	}
	return missed
}

// Chosen is how many of a set's days, its first ones, may be looked at to choose constants: the smaller half. The others
// judge.
func Chosen(days int) int { return days / 2 }

// Judge plays a set, writes its table, and returns the score of the days that judge.
func Judge(w io.Writer, set Set) (Score, error) {
	played, err := Play(set)
	if err != nil {
		return Score{}, err
	}
	chosen := Chosen(len(played))
	gurujis := "one guruji"
	if set.Gurujis > 1 {
		gurujis = fmt.Sprint(set.Gurujis, " gurujis")
	}
	fmt.Fprintf(w, "%s: %d days, %s", set.Name, len(played), gurujis)
	if chosen > 0 {
		fmt.Fprintf(w, "; %s to %s chose the constants, %s to %s judge", set.Days[0].Name, set.Days[chosen-1].Name,
			set.Days[chosen].Name, set.Days[len(played)-1].Name)
	}
	fmt.Fprint(w, "\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "day\ttold\tlong\tunknown\thold %%\twide min\terror min\t%s\t%s\t%s\t\n", Naives[0], Naives[1], Naives[2])
	var choose, judge []Told
	for i, people := range played {
		if i < chosen {
			choose = append(choose, people...)
		} else {
			judge = append(judge, people...)
		}
		row(t, set.Days[i].Name, ScoreOf(people))
	}
	if chosen > 0 {
		row(t, "days that chose", ScoreOf(choose))
	}
	score := ScoreOf(judge)
	row(t, "days that judge", score)
	if err := t.Flush(); err != nil {
		return Score{}, fmt.Errorf("write the table of %s: %w", set.Name, err)
	}
	return score, nil
}

func row(w io.Writer, name string, s Score) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.1f\t%.1f\t%.2f\t", name, s.Told, s.Long, s.Unknown, s.Held*100, s.Width, s.Error)
	for _, naive := range s.Naive {
		fmt.Fprintf(w, "%.2f\t", naive)
	}
	fmt.Fprintln(w)
}
