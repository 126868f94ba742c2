package door

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const mostWrong = 1_000 // pairs of staff and seat that wait to be written; a further one is not counted

// wrongPINs counts wrong PINs by day, staff and seat. They are written down within a minute and at the end of the node,
// and not before the answer: one that waited for the disk would tell by its time that a name exists. A kill -9 takes
// those of the last minute.
type wrongPINs struct {
	d *Door

	mu      sync.Mutex
	waiting map[wrongPIN]*wrongCount
}

type wrongPIN struct {
	staff record.ID
	seat  seat
	day   string // of the world's clock, in UTC: it only bounds how many rows there are
}

type wrongCount struct {
	count int
	last  time.Time
}

func newWrongPINs(d *Door) *wrongPINs {
	return &wrongPINs{d: d, waiting: map[wrongPIN]*wrongCount{}}
}

// note counts one wrong PIN of a member of staff. It does not block.
func (w *wrongPINs) note(staff record.ID, from seat) {
	now := w.d.o.Now()
	what := wrongPIN{staff, from, now.UTC().Format(dateLayout)}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting[what] == nil {
		if len(w.waiting) >= mostWrong {
			return
		}
		w.waiting[what] = &wrongCount{}
	}
	w.waiting[what].count++
	w.waiting[what].last = now
}

func (what wrongPIN) key() record.Key {
	return record.Key{Kind: clinic.KindWrongPIN, ID: record.Derive("wrong pin", what.staff.String(), what.day, what.seat.address, what.seat.screen, what.seat.browser)}
}

// write puts down what waits; what cannot be written waits on.
func (w *wrongPINs) write(ctx context.Context) {
	w.mu.Lock()
	taken := w.waiting
	w.waiting = map[wrongPIN]*wrongCount{}
	w.mu.Unlock()
	if len(taken) == 0 {
		return
	}
	err := w.d.o.Write(ctx, func(out Writer) error {
		for what, wrong := range taken {
			key := what.key()
			before, _, _, err := feed.Load(out.Tx(), w.d.o.Local, key)
			if err != nil {
				return err
			}
			set := what.seat.fields()
			set["owner"], set["lastAt"] = record.IDValue(what.staff), record.TimeValue(wrong.last)
			set["count"] = record.Int(before.Get("count").Int() + int64(wrong.count))
			if _, err := out.Edit(w.d.o.Local, record.Edit{Kind: key.Kind, ID: key.ID, Set: set}); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return
	}
	if !errors.Is(err, context.Canceled) {
		w.d.o.Log.Warn("wrong PINs could not be written; it is tried again", "error", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for what, wrong := range taken {
		if later := w.waiting[what]; later != nil {
			wrong.count, wrong.last = wrong.count+later.count, later.last
		}
		w.waiting[what] = wrong
	}
}

// of are the wrong PINs of one member of staff, a row for each day and seat, those not yet written among them.
func (w *wrongPINs) of(tx feed.Tx, staff record.ID) ([]api.SignIn, error) {
	byID := map[record.ID]*api.SignIn{}
	err := feed.ByIndex(tx, w.d.o.Local, clinic.KindWrongPIN, "owner", []record.Value{record.IDValue(staff)}, func(r record.Record) (bool, error) {
		row := rowOf(staff, &r, r.Get("lastAt").Time())
		row.Wrong = int(r.Get("count").Int())
		byID[r.ID] = &row
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read wrong PINs: %w", err)
	}
	w.mu.Lock()
	for what, wrong := range w.waiting {
		if what.staff != staff {
			continue
		}
		row := byID[what.key().ID]
		if row == nil {
			row = &api.SignIn{Staff: staff.String(), Screen: what.seat.screen, Address: what.seat.address, Browser: what.seat.browser}
			byID[what.key().ID] = row
		}
		row.At, row.Wrong = api.At(wrong.last), row.Wrong+wrong.count
	}
	w.mu.Unlock()
	var rows []api.SignIn
	for _, row := range byID {
		rows = append(rows, *row)
	}
	return rows, nil
}
