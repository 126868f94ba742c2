package door

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	noteGather = 2 * time.Second // what a reader is given within it is one audit
	noteRetry  = 3 * time.Second // after a write that failed
	noteWait   = time.Second     // longest that an answer waits for its audit
	mostNotes  = 200             // people named by one audit
)

// noteViews writes into the audit whose health notes somebody was given, by whichever door. The first look of one reader
// at one person's notes on a service-day is written, and the next ones of that day are not.
//
// A snapshot, a poll and the answer to an action go out after their audit is on disk, or after noteWait if the disk is
// slow. What a socket brings is written within noteGather, and at the end of the node: only a kill -9 within that time
// takes it, and then the breach report still says that it could be seen. A write that failed is logged and made again,
// and what waits is never dropped: it is at most one line for each reader and person of a day.
type noteViews struct {
	d    *Door
	wake chan struct{} // holds one

	writing chan struct{} // holds one: who writes; guards unwritten
	// unwritten are audits that may be on disk or not: a write that was not waited for may still succeed.
	unwritten []record.Edit

	mu      sync.Mutex
	day     string // service-day of known
	read    bool   // known has what was written on that day before this start
	known   map[noteView]bool
	waiting map[noteReader]*waitingNotes
}

type noteView struct {
	reader string
	of     clinic.NoteOf
}

type noteReader struct {
	actor   string
	session record.ID
	day     string
}

// waitingNotes are whose notes a reader was given, not yet made into audits.
type waitingNotes struct {
	actor clinic.Actor
	at    time.Time // by the clinic's clock, of the first
	of    []clinic.NoteOf
}

func newNoteViews(d *Door) *noteViews {
	return &noteViews{
		d: d, wake: make(chan struct{}, 1), writing: make(chan struct{}, 1),
		known: map[noteView]bool{}, waiting: map[noteReader]*waitingNotes{},
	}
}

// givenNotes is for an answer that goes out next.
func (d *Door) givenNotes(ctx context.Context, s *signedIn, notes []clinic.NoteOf) {
	if d.notes.given(s, notes) {
		d.notes.keep(context.WithoutCancel(ctx))
	}
}

// notesIn are whose notes refused actions got back with the row as it is.
func notesIn(results []api.Result) (notes []clinic.NoteOf) {
	for _, r := range results {
		if r.Error != nil && r.Error.Note != (clinic.NoteOf{}) {
			notes = append(notes, r.Error.Note)
		}
	}
	return notes
}

// given notes whose health notes go out to a session, and tells whether any of them is new. It does not block.
func (v *noteViews) given(s *signedIn, notes []clinic.NoteOf) (fresh bool) {
	if len(notes) == 0 || v.d.o.Site.IsZero() {
		return false
	}
	var day string
	v.d.o.Core.Day(v.d.o.Site, func(today *clinic.Day) { day = today.ServiceDay() })
	actor := s.rights().actor
	reader := noteReader{actor.ID, s.id, day}
	v.mu.Lock()
	defer v.mu.Unlock()
	if day != v.day {
		v.day, v.read, v.known = day, false, map[noteView]bool{}
	}
	for _, of := range notes {
		view := noteView{actor.ID, of}
		if v.known[view] {
			continue
		}
		v.known[view], fresh = true, true
		if v.waiting[reader] == nil {
			v.waiting[reader] = &waitingNotes{actor: actor, at: v.d.o.ClinicNow()}
		}
		v.waiting[reader].of = append(v.waiting[reader].of, of)
	}
	if fresh {
		select {
		case v.wake <- struct{}{}:
		default:
		}
	}
	return fresh
}

// run writes what waits, some time after it came, until ctx ends.
func (v *noteViews) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-v.wake:
		}
		for pause, done := noteGather, false; !done; pause = noteRetry {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(pause):
			}
			done = v.keep(ctx)
		}
	}
}

// keep writes all that waits, and tells whether it is on disk. It takes noteWait at most.
func (v *noteViews) keep(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, noteWait)
	defer cancel()
	select {
	case v.writing <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	defer func() { <-v.writing }()
	err := v.write(ctx)
	if err != nil {
		v.d.o.Log.Error("the audit of who was given health notes could not be written; it is tried again", "err", err)
	}
	return err == nil
}

func (v *noteViews) write(ctx context.Context) error {
	if err := v.readDay(); err != nil {
		return err
	}
	v.unwritten = append(v.unwritten, v.take()...)
	audits := v.unwritten
	if len(audits) == 0 {
		return nil
	}
	scope := feed.SiteScope(v.d.o.Site)
	err := v.d.o.Write(ctx, func(w Writer) error {
		for _, e := range audits {
			_, _, there, err := feed.Load(w.Tx(), scope, record.Key{Kind: e.Kind, ID: e.ID})
			if err == nil && !there {
				_, err = w.Edit(scope, e)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write %d audits: %w", len(audits), err)
	}
	v.unwritten = nil
	return nil
}

// take makes audits of what waits.
func (v *noteViews) take() (audits []record.Edit) {
	v.mu.Lock()
	defer v.mu.Unlock()
	newID := func() record.ID { return record.NewV7(v.d.o.Now(), rand.Reader) }
	for reader, w := range v.waiting {
		audits = append(audits, clinic.NoteViews(w.actor, reader.session, reader.day, w.at, w.of, mostNotes, newID)...)
	}
	clear(v.waiting)
	slices.SortFunc(audits, func(a, b record.Edit) int {
		return cmp.Or(a.Set["at"].Time().Compare(b.Set["at"].Time()), slices.Compare(a.ID[:], b.ID[:]))
	})
	return audits
}

// readDay takes out of what waits what was written before this start.
func (v *noteViews) readDay() error {
	v.mu.Lock()
	day, read := v.day, v.read || len(v.waiting) == 0
	v.mu.Unlock()
	if read {
		return nil
	}
	written := map[noteView]bool{}
	err := v.d.o.Core.View(func(tx feed.Tx) error {
		return feed.ByDay(tx, feed.SiteScope(v.d.o.Site), clinic.KindAudit, day, func(r record.Record) (bool, error) {
			for _, of := range clinic.NotesViewed(&r) {
				written[noteView{r.Get("actor").Text(), of}] = true
			}
			return true, nil
		})
	})
	if err != nil {
		return fmt.Errorf("read whose notes were given on %s: %w", day, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.day != day {
		return nil
	}
	v.read = true
	for view := range written {
		v.known[view] = true
	}
	for reader, w := range v.waiting {
		w.of = slices.DeleteFunc(w.of, func(of clinic.NoteOf) bool { return reader.day == day && written[noteView{reader.actor, of}] })
	}
	return nil
}
