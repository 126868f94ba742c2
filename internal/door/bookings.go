package door

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

func (d *Door) bookingOperations(a huma.API) {
	huma.Register(a, Operation(http.MethodGet, "/api/v1/bookings", "bookings",
		"For the desk of a site: the appointments of one service-day, which need not be today", false, http.StatusNotFound), d.bookings)
}

// bookings are those of any day, since the feed of a screen has today's and what changed since it was opened.
func (d *Door) bookings(ctx context.Context, in *struct {
	Day string `query:"day" required:"true" maxLength:"10" example:"2026-01-05" doc:"Service-day"`
}) (*struct{ Body api.Bookings }, error) {
	s, err := signedInAs(ctx, clinic.RoleCoordinator, clinic.RoleAdmin)
	if err != nil {
		return nil, err
	}
	if _, err := clinic.Dates(in.Day, in.Day); err != nil {
		return nil, d.Answer(err)
	}
	var found []record.Record
	err = d.o.Core.View(func(tx feed.Tx) error {
		return feed.ByDay(tx, feed.SiteScope(d.o.Site), clinic.KindAppointment, in.Day, func(r record.Record) (bool, error) {
			found = append(found, r)
			return true, ctx.Err()
		})
	})
	if err != nil {
		return nil, d.Answer(fmt.Errorf("read the appointments of a day: %w", err))
	}
	out := &struct{ Body api.Bookings }{api.Bookings{Day: in.Day, Bookings: []api.BookingRow{}}}
	d.o.Core.Day(d.o.Site, func(day *clinic.Day) {
		for i := range found {
			if shown, visible := clinic.View(s.rights().actor, day, &found[i]); visible {
				out.Body.Bookings = append(out.Body.Bookings, bookingRow(found[i].ID.String(), seen(shown)))
			}
		}
	})
	slices.SortFunc(out.Body.Bookings, func(a, b api.BookingRow) int {
		return cmp.Or(byTime(a.Slot, b.Slot), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

func bookingRow(id string, f seen) api.BookingRow {
	return api.BookingRow{
		ID: id, Guruji: f.text("guruji"), Person: f.text("person"), Name: f.text("name"), Phone: f.text("phone"),
		Slot: f.time("slot"), Status: f.text("status"), Reference: f.text("reference"), Reminded: f.time("remindedAt"), MovedTo: f.text("rescheduledTo"),
	}
}
