package export

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
)

// ReportStyle is the stylesheet that the page of a Report asks for at /report.css.
//
//go:embed report.css
var ReportStyle []byte

//go:embed report.html
var reportPage string

var reportTemplate = template.Must(template.New("report").Parse(reportPage))

// Languages a report can be written in; the first is for whoever asks for another.
var Languages = []string{"en", "hi"}

// tally is what a day, a queue or an hour comes to.
type tally struct {
	Name               string
	Came, Seen, Open   int
	NoShow, Left, Gone int // gone: cancelled, and closed at the end of the day
	Emergencies        int
	ByAppointment      int
	waits, services    []float64 // minutes
	first, last        time.Time
}

func (t *tally) add(e Row) {
	t.Came++
	switch e.text("status") {
	case clinic.StatusDone:
		t.Seen++
	case clinic.StatusNoShow:
		t.NoShow++
	case clinic.StatusLeft:
		t.Left++
	case clinic.StatusCancelled, clinic.StatusClosedByRollover:
		t.Gone++
	default:
		t.Open++
	}
	if band, known := e.number("band"); known && band == clinic.BandEmergency {
		t.Emergencies++
	}
	if !e.time("slot").IsZero() {
		t.ByAppointment++
	}
	came, begun, ended := e.time("checkedInAt"), e.time("startedAt"), e.time("endedAt")
	called := e.time("calledAt")
	if called.IsZero() {
		called = begun
	}
	if !came.IsZero() && !called.Before(came) {
		t.waits = append(t.waits, called.Sub(came).Minutes())
	}
	if e.text("status") == clinic.StatusDone && !begun.IsZero() && ended.After(begun) {
		t.services = append(t.services, ended.Sub(begun).Minutes())
		if t.first.IsZero() || begun.Before(t.first) {
			t.first = begun
		}
		if ended.After(t.last) {
			t.last = ended
		}
	}
}

// line is a tally as it is printed; what nobody knows is a dash.
type line struct {
	tally
	Wait, WaitOfMost, LongestWait, Service, First, Last string
}

func (b *Book) line(t *tally) line {
	slices.Sort(t.waits)
	return line{
		tally: *t, Wait: portion(t.waits, 0.5), WaitOfMost: portion(t.waits, 0.8), LongestWait: portion(t.waits, 1), Service: mean(t.services),
		First: b.clock(t.first), Last: b.clock(t.last),
	}
}

const unknown = "–"

func (b *Book) clock(t time.Time) string {
	if t.IsZero() {
		return unknown
	}
	return t.In(b.site.Zone).Format("15:04")
}

// portion is the wait that so large a part of all did not exceed.
func portion(sorted []float64, part float64) string {
	if len(sorted) == 0 {
		return unknown
	}
	return whole(sorted[max(int(math.Ceil(part*float64(len(sorted))))-1, 0)])
}

func mean(all []float64) string {
	if len(all) == 0 {
		return unknown
	}
	sum := 0.0
	for _, one := range all {
		sum += one
	}
	return whole(sum / float64(len(all)))
}

func whole(minutes float64) string { return strconv.Itoa(int(math.Round(minutes))) }

// Report is the page of one service-day: numbers and waits, by guruji and by hour, and nobody's name but the gurujis'.
// It holds no style and no script of its own.
func (b *Book) Report(day, language string) ([]byte, error) {
	if !slices.Contains(Languages, language) {
		language = Languages[0]
	}
	total, byGuruji, byHour := &tally{}, map[string]*tally{}, map[int]*tally{}
	for _, e := range b.byKind[clinic.KindEntry] {
		if e.Day != day {
			continue
		}
		total.add(e)
		tallyOf(byGuruji, e.text("guruji")).add(e)
		if came := e.time("checkedInAt"); !came.IsZero() {
			tallyOf(byHour, came.In(b.site.Zone).Hour()).add(e)
		}
	}
	var gurujis []line
	for id, t := range byGuruji {
		t.Name = cmp.Or(b.name(clinic.KindGuruji, id), unknown)
		gurujis = append(gurujis, b.line(t))
	}
	slices.SortFunc(gurujis, func(x, y line) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Came, y.Came)) })
	var hours []line
	for hour := range 24 {
		if t := byHour[hour]; t != nil {
			t.Name = fmt.Sprintf("%02d:00", hour)
			hours = append(hours, b.line(t))
		}
	}
	var page bytes.Buffer
	err := reportTemplate.Execute(&page, map[string]any{
		"Language": language, "Word": words[language], "Site": b.site.Name, "Day": day, "Made": b.local(b.site.At), "Total": b.line(total),
		"Gurujis": gurujis, "Hours": hours, "Appointments": b.appointmentsOf(day), "Record": b.dayRecord(day),
	})
	if err != nil {
		return nil, fmt.Errorf("write report of %s: %w", day, err)
	}
	return page.Bytes(), nil
}

func tallyOf[K comparable](of map[K]*tally, key K) *tally {
	if of[key] == nil {
		of[key] = &tally{}
	}
	return of[key]
}

// appointmentsOf counts a day's appointments: all, kept, missed and cancelled.
func (b *Book) appointmentsOf(day string) (n struct{ All, Kept, Missed, Cancelled int }) {
	for _, a := range b.byKind[clinic.KindAppointment] {
		if a.Day != day {
			continue
		}
		n.All++
		switch a.text("status") {
		case clinic.StatusCheckedIn, clinic.StatusInProgress, clinic.StatusCompleted:
			n.Kept++
		case clinic.StatusNoShow:
			n.Missed++
		case clinic.StatusCancelled:
			n.Cancelled++
		}
	}
	return n
}

// dayRecord is when a day was opened, closed and sealed.
func (b *Book) dayRecord(day string) (r struct{ Opened, Closed, Sealed string }) {
	r.Opened, r.Closed, r.Sealed = unknown, unknown, unknown
	if of, ok := b.find(clinic.KindDay, clinic.DayID(day).String()); ok {
		r.Opened, r.Closed, r.Sealed = b.clock(of.time("openedAt")), b.clock(of.time("closedAt")), b.clock(of.time("sealedAt"))
	}
	return r
}
