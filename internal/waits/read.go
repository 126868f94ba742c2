package waits

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/aashram-care/sangam/internal/replay"
)

// Read takes the days out of a file of either kind, which its first line tells.
func Read(path string) (Set, error) {
	rows, err := readRows(path)
	if err != nil {
		return Set{}, err
	}
	switch {
	case slices.Equal(rows[0], replay.Header):
		return readVisits(path, rows[1:])
	case slices.Equal(rows[0], sessionHeader):
		return readSessions(path, rows[1:])
	}
	return Set{}, fmt.Errorf("%s begins with %q: neither visits (%q) nor sessions (%q)", path, rows[0], replay.Header, sessionHeader)
}

// Files are the .csv files that a list of files and folders comes to.
func Files(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (name == path || filepath.Ext(name) == ".csv") {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look for days in %s: %w", path, err)
		}
	}
	return files, nil
}

func readRows(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open a file of days: %w", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(rows) < 2 {
		return nil, fmt.Errorf("%s holds no day", path)
	}
	return rows, nil
}

func readVisits(path string, rows [][]string) (Set, error) {
	var dates []string
	for _, row := range rows {
		if !slices.Contains(dates, row[0]) {
			dates = append(dates, row[0])
		}
	}
	slices.Sort(dates)
	set := Set{Name: filepath.Base(path), Gurujis: manyGurujis}
	for _, date := range dates {
		f, err := os.Open(path)
		if err != nil {
			return Set{}, fmt.Errorf("open a file of days: %w", err)
		}
		day, err := replay.ReadDay(f, date)
		err = errors.Join(err, f.Close())
		if err != nil {
			return Set{}, fmt.Errorf("read %s of %s: %w", date, path, err)
		}
		visits, err := visitsOf(day)
		if err != nil {
			return Set{}, err
		}
		set.Days = append(set.Days, visits)
	}
	return set, nil
}

// visitsOf takes of a day what is known: when people came, and when consultations ended, whosesoever they were.
func visitsOf(day replay.Day) (Day, error) {
	midnight, err := time.ParseInLocation(time.DateOnly, day.Date, zone)
	if err != nil {
		return Day{}, fmt.Errorf("the date %q: %w", day.Date, err)
	}
	out := Day{Name: day.Date}
	for _, v := range day.Visits {
		out.Arrivals = append(out.Arrivals, midnight.Add(v.Arrival))
		out.Ends = append(out.Ends, midnight.Add(v.End))
	}
	slices.SortFunc(out.Ends, time.Time.Compare)
	return out, nil
}

var sessionHeader = []string{"session", "weekday", "half", "visit_no", "start", "service_seconds"}

// consultation is one row of a session.
type consultation struct{ start, end time.Time }

// firstSession is a date for sessions that have none; each of them becomes a day of its own.
var firstSession = time.Date(2001, 1, 1, 0, 0, 0, 0, zone)

func readSessions(path string, rows [][]string) (Set, error) {
	set := Set{Name: filepath.Base(path), Gurujis: 1}
	for len(rows) > 0 {
		n := slices.IndexFunc(rows, func(row []string) bool { return row[0] != rows[0][0] })
		if n < 0 {
			n = len(rows)
		}
		midnight := firstSession.AddDate(0, 0, len(set.Days))
		var list []consultation
		for _, row := range rows[:n] {
			clock, err := time.Parse("15:04:05", row[4])
			seconds, err2 := strconv.Atoi(row[5])
			if err := errors.Join(err, err2); err != nil || seconds <= 0 {
				return Set{}, fmt.Errorf("session %s of %s: start %q, seconds %q: %w", row[0], path, row[4], row[5], err)
			}
			start := midnight.Add(clock.Sub(clock.Truncate(24 * time.Hour)))
			if k := len(list); k > 0 && start.Before(list[k-1].end) {
				return Set{}, fmt.Errorf("session %s of %s: the consultation of %s begins inside another", row[0], path, row[4])
			}
			list = append(list, consultation{start, start.Add(time.Duration(seconds) * time.Second)})
		}
		set.Days = append(set.Days, sessionDay(rows[0][0], list, uint64(len(set.Days)+1)))
		rows = rows[n:]
	}
	return set, nil
}

// sessionDay gives the people of a session a time at which they came, which no file says. It is drawn by the place they
// find, and not by the wait they will have: each comes while somebody a few places before them is inside, the first of
// all in the half hour before the doors open.
func sessionDay(name string, list []consultation, seed uint64) Day {
	random := rand.New(rand.NewPCG(seed, 0x3a17))
	day := Day{Name: "session " + name, Opens: list[0].start.Round(30 * time.Minute)}
	ahead := 2 + random.IntN(6)
	for i, c := range list {
		from, to := day.Opens.Add(-30*time.Minute), day.Opens
		if i >= ahead {
			from, to = list[i-ahead].start, list[i-ahead+1].start
		}
		came := from.Add(time.Duration(random.Float64() * float64(to.Sub(from))))
		if came.After(c.start) {
			came = c.start
		}
		day.Arrivals = append(day.Arrivals, came.Truncate(time.Second))
		day.Starts, day.Ends = append(day.Starts, c.start), append(day.Ends, c.end)
		ahead = min(max(ahead+random.IntN(4)/3-random.IntN(4)/3, 1), 9)
	}
	slices.SortFunc(day.Arrivals, time.Time.Compare)
	return day
}
