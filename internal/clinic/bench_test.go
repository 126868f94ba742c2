package clinic_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// busy is a day late in which so many came: all but a tenth are done.
func busy(b *testing.B, entries int) (*site, guru) {
	b.Helper()
	s := newSite(b)
	var gurujis []guru
	for i := range 12 {
		gurujis = append(gurujis, s.guruji(fmt.Sprint("guruji ", i)))
	}
	for i := range entries {
		g := gurujis[i%len(gurujis)]
		edit := record.Edit{Kind: clinic.KindEntry, ID: s.id(), Day: s.day.ServiceDay(), Set: map[string]record.Value{
			"status": record.Text("waiting"), "guruji": record.IDValue(g.id), "token": record.Text(fmt.Sprintf("%c%03d", 'A'+i%12, i/12+1)),
			"checkedInAt": record.TimeValue(s.clinic.Add(time.Duration(i) * time.Second)), "name": record.Text("somebody"),
		}}
		if i < entries*9/10 {
			edit.Set["status"] = record.Text("done")
			edit.Set["calledAt"] = record.TimeValue(s.clinic.Add(time.Duration(i) * time.Second))
			edit.Set["startedAt"], edit.Set["endedAt"] = edit.Set["calledAt"], record.TimeValue(s.clinic.Add(time.Duration(i+300)*time.Second))
		}
		after, _, err := record.Apply(clinic.Schema, nil, edit, s.now, 7, 0)
		if err != nil {
			b.Fatal(err)
		}
		s.records[after.Key()] = after
		s.day.Apply(nil, &after)
	}
	s.pass(10 * time.Hour)
	for series := range 12 {
		s.day.Tokens[string(rune('A'+series))] = clinic.TokenRange{Epoch: 1, Next: entries + 1, Last: 1 << 30}
	}
	return s, gurujis[0]
}

// BenchmarkDecide is one check-in and one call, decided and applied to the day; the records are not stored.
func BenchmarkDecide(b *testing.B) {
	for _, entries := range []int{300, 3_000, 30_000} {
		b.Run(fmt.Sprintf("entries=%d", entries), func(b *testing.B) {
			s, g := busy(b, entries)
			checkIn := clinic.Command{Type: "queue.check_in", Data: encode(b, clinic.CheckIn{Guruji: g.id})}
			b.ResetTimer()
			for range b.N {
				checkIn.ID = s.id()
				d, err := clinic.Decide(s.day, s, checkIn, desk, s.clinic, s.now)
				if err != nil {
					b.Fatal(err)
				}
				var made []record.Record
				for _, e := range d.Edits {
					if e.Kind != clinic.KindEntry {
						continue
					}
					after, _, err := record.Apply(clinic.Schema, nil, e, s.now, 7, 0)
					if err != nil {
						b.Fatal(err)
					}
					s.day.Apply(nil, &after)
					made = append(made, after)
				}
				if _, err := clinic.Decide(s.day, s, clinic.Command{ID: s.id(), Type: "queue.call_next"}, g.actor, s.clinic, s.now); err != nil {
					b.Fatal(err)
				}
				for i := range made {
					s.day.Apply(&made[i], nil)
				}
			}
		})
	}
}

// BenchmarkPlaces is the place and the wait of each of 3,000 who wait, in 12 queues, told and with the reason why it changed.
func BenchmarkPlaces(b *testing.B) {
	s, _ := busy(b, 30_000)
	began := processorTime(b)
	for b.Loop() {
		places := s.day.Places(s.clinic)
		if len(places) != 3_000 || places[2_999].Position == nil || places[0].Wait == nil && !places[0].LongWait {
			b.Fatalf("%d places, such as %+v", len(places), places[0])
		}
	}
	b.ReportMetric((processorTime(b)-began).Seconds()*1000/float64(b.N), "cpu-ms/op")
}

// processorTime is what this process took so far: on a machine that others use, the clock on the wall measures them.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkScreen is BenchmarkPlaces in the rows of a coordinator's whole screen.
func BenchmarkScreen(b *testing.B) {
	s, _ := busy(b, 30_000)
	audience, err := clinic.AudienceOf(desk, "")
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N {
		view := s.day.Snapshot(audience, s.clinic).(clinic.QueueView)
		if len(view.Gurujis) != 12 {
			b.Fatal("a guruji is missing")
		}
	}
}

// BenchmarkRows is what one audience is sent for one change, late in a busy day.
func BenchmarkRows(b *testing.B) {
	s, g := busy(b, 30_000)
	audience, err := clinic.AudienceOf(desk, "")
	if err != nil {
		b.Fatal(err)
	}
	mark := len(s.history)
	do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
	changed := s.history[mark:]
	b.ResetTimer()
	for range b.N {
		if len(s.day.Rows(audience, changed, false, s.clinic)) == 0 {
			b.Fatal("nothing was sent")
		}
	}
}
