package door

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	retentionMost = 2_000 // records that one request empties
	monthLayout   = "2006-01"
)

func (d *Door) retentionOperations(a huma.API) {
	huma.Register(a, Operation(http.MethodPost, "/api/v1/retention", "retention",
		"For an admin of a site: empty what is personal in days older than the setting keepContentDays; nothing brings it back but a backup", false, http.StatusConflict), d.retention)
}

// retention looks for what is older than the site keeps it, and gives data.forget for it, some records at a time.
func (d *Door) retention(ctx context.Context, in *struct{ Body api.RetentionRequest }) (*struct{ Body api.RetentionAnswer }, error) {
	s, err := signedInAs(ctx, clinic.RoleAdmin)
	if err != nil {
		return nil, err
	}
	if !d.exporting.TryLock() {
		return nil, retryLater(http.StatusServiceUnavailable, clinic.CodeUnavailable, "An export is being made. Try again in a moment.", 2*time.Second)
	}
	defer d.exporting.Unlock()
	out := &struct{ Body api.RetentionAnswer }{}
	d.o.Core.Day(d.o.Site, func(day *clinic.Day) { out.Body.Before = day.ForgetBefore() })
	if out.Body.Before == "" {
		return nil, refuse(http.StatusConflict, clinic.CodeNotAllowed, "This site keeps everything: set keepContentDays first.")
	}
	if _, err := time.Parse(monthLayout, in.Body.Month); in.Body.Month != "" && err != nil {
		return nil, invalid("A month is written as 2024-03.")
	}
	held, err := d.older(out.Body.Before, in.Body)
	if err != nil {
		return nil, d.Answer(fmt.Errorf("look for what is older than %s: %w", out.Body.Before, err))
	}
	out.Body.Found, out.Body.More, out.Body.Months = held.found, held.more, held.months()
	for refs := held.refs; len(refs) > 0; {
		some := refs[:min(len(refs), clinic.MaxForget)]
		refs = refs[len(some):]
		emptied, err := d.forget(ctx, s, some)
		if err != nil {
			return nil, d.Answer(err)
		}
		out.Body.Emptied += emptied
	}
	return out, nil
}

// olderHeld is what older days hold that is personal: how much, and for a month or for all what to empty next.
type olderHeld struct {
	found   int
	more    bool
	refs    []clinic.RecordRef // of no count
	byMonth map[string]int     // of a count
}

// take notes one record and tells whether to look further.
func (h *olderHeld) take(r *record.Record, count bool) bool {
	switch {
	case count:
		h.byMonth[r.Day[:len(monthLayout)]]++
	case len(h.refs) == retentionMost:
		h.more = true
		return false
	default:
		h.refs = append(h.refs, clinic.RecordRef{Kind: r.Kind, ID: r.ID})
	}
	h.found++
	return true
}

func (h *olderHeld) months() []api.RetentionMonth {
	var months []api.RetentionMonth
	for _, month := range slices.Sorted(maps.Keys(h.byMonth)) {
		months = append(months, api.RetentionMonth{Month: month, Found: h.byMonth[month]})
	}
	return months
}

// older looks for records of days before one, and of a month where one is named, that hold something personal.
func (d *Door) older(before string, in api.RetentionRequest) (*olderHeld, error) {
	h := &olderHeld{byMonth: map[string]int{}}
	err := d.o.Core.View(func(tx feed.Tx) error {
		for _, kind := range clinic.Forgettable {
			err := feed.ByKind(tx, feed.SiteScope(d.o.Site), kind, func(r record.Record) (bool, error) {
				if r.Day >= before || len(r.Day) < len(monthLayout) || !strings.HasPrefix(r.Day, in.Month) {
					return true, nil
				}
				held, err := d.holds(tx, &r)
				return err == nil && (!held || h.take(&r, in.Count)), err
			})
			if err != nil || h.more {
				return err
			}
		}
		return nil
	})
	return h, err
}

// holds tells whether something personal is left in a record, or beside it in the text that was kept at home.
func (d *Door) holds(tx feed.Tx, r *record.Record) (bool, error) {
	if clinic.Holds(r) {
		return true, nil
	}
	kept, _, known, err := feed.Load(tx, d.o.Local, record.Key{Kind: clinic.KindPrivateText, ID: r.ID})
	return known && clinic.Holds(&kept), err
}

func (d *Door) forget(ctx context.Context, s *signedIn, refs []clinic.RecordRef) (int, error) {
	done, err := d.command(ctx, s, "data.forget", clinic.Forget{Records: refs})
	answer, _ := done.(clinic.ForgetAnswer)
	return answer.Emptied, err
}
