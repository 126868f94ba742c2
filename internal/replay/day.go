// Package replay plays one real day of a clinic against a site's public API, as its kiosks, coordinators and gurujis
// would, and judges what came of it by what clients saw.
//
// It knows the program only from outside: HTTP, the socket and the shapes of package api. It never opens a store, and
// it counts nothing as done that a node did not acknowledge.
package replay

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// Visit is one person's day at the clinic, as offsets from the midnight at which the day began. Exit >= End >= Arrival;
// a night's visit may pass 24 h.
type Visit struct {
	Arrival time.Duration // came in and asked for a token
	End     time.Duration // the consultation ended
	Exit    time.Duration // left the building
	Kind    string        // the kind of doctor seen, free text
}

// Day is the visits of one date in order of arrival.
type Day struct {
	Date   string // 2006-01-02
	Visits []Visit
}

// Header is the first line of a day file; docs/replay-format.md describes the format.
var Header = []string{"date", "entry", "consultation_end", "exit", "doctor_type"}

// ErrNoSuchDay says that a file holds no visit of the date asked for.
var ErrNoSuchDay = errors.New("no visit of that day in the file")

// ReadDay reads the visits of one date ("2006-01-02"; "" takes the first date of the file). Rows whose times run
// backwards are refused with their line number.
func ReadDay(r io.Reader, date string) (Day, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = len(Header)
	rows.ReuseRecord = true
	head, err := rows.Read()
	if err != nil {
		return Day{}, fmt.Errorf("read the header of the day file: %w", err)
	}
	if !slices.Equal(head, Header) {
		return Day{}, fmt.Errorf("the day file begins with %q instead of %q", head, Header)
	}
	day := Day{Date: date}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Day{}, fmt.Errorf("read the day file: %w", err)
		}
		if day.Date == "" {
			day.Date = row[0]
		}
		if row[0] != day.Date {
			continue
		}
		visit, err := parseVisit(row)
		if err != nil {
			line, _ := rows.FieldPos(0)
			return Day{}, fmt.Errorf("line %d of the day file: %w", line, err)
		}
		day.Visits = append(day.Visits, visit)
	}
	if len(day.Visits) == 0 {
		return Day{}, fmt.Errorf("%s: %w", date, ErrNoSuchDay)
	}
	slices.SortStableFunc(day.Visits, func(a, b Visit) int { return int(a.Arrival - b.Arrival) })
	return day, nil
}

func parseVisit(row []string) (Visit, error) {
	var at [3]time.Duration
	for i, text := range row[1:4] {
		clock, err := time.Parse("15:04:05", text)
		if err != nil {
			return Visit{}, fmt.Errorf("%s %q is not a time of day like 08:00:37", Header[i+1], text)
		}
		at[i] = clock.Sub(clock.Truncate(24 * time.Hour))
	}
	if at[1] < at[0] || at[2] < at[1] {
		return Visit{}, fmt.Errorf("times run backwards: %v", row[1:4])
	}
	return Visit{Arrival: at[0], End: at[1], Exit: at[2], Kind: row[4]}, nil
}

// Generate makes a day of the same shape as a real one: a morning and an evening peak, consultations that end a
// quarter to three quarters of an hour after the arrival. The same seed gives the same day.
func Generate(date string, visits int, seed uint64) Day {
	random := rand.New(rand.NewPCG(seed, 0x5a96a3))
	day := Day{Date: date}
	for range visits {
		peak := 11.0
		if random.IntN(3) == 0 {
			peak = 19
		}
		hour := min(max(peak+random.NormFloat64()*1.6, 8), 22.5)
		arrival := time.Duration(hour * float64(time.Hour)).Truncate(time.Second)
		end := arrival + time.Duration(8*60+random.ExpFloat64()*1200)*time.Second
		end = min(end, 23*time.Hour+40*time.Minute)
		day.Visits = append(day.Visits, Visit{Arrival: arrival, End: end, Exit: end + time.Duration(random.IntN(300))*time.Second, Kind: "anchor"})
	}
	slices.SortStableFunc(day.Visits, func(a, b Visit) int { return int(a.Arrival - b.Arrival) })
	return day
}

// Write writes the day in the format that ReadDay reads.
func (d Day) Write(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{Header}
	for _, v := range d.Visits {
		rows = append(rows, []string{d.Date, clockTime(v.Arrival), clockTime(v.End), clockTime(v.Exit), v.Kind})
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write the day file: %w", err)
	}
	return nil
}

// Span is the time from the first arrival to the last end of a consultation.
func (d Day) Span() (from, to time.Duration) {
	from = d.Visits[0].Arrival
	for _, v := range d.Visits {
		to = max(to, v.End)
	}
	return from, to
}

func clockTime(at time.Duration) string {
	at = min(at, 24*time.Hour-time.Second)
	return twoDigits(int(at.Hours())) + ":" + twoDigits(int(at.Minutes())%60) + ":" + twoDigits(int(at.Seconds())%60)
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
