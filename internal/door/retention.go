package door

import (
	"context"
	"encoding/json"
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
	retentionMost = 10_000 // records that one request empties, and one archive has
	monthLayout   = "2006-01"
)

func (d *Door) retentionOperations(a huma.API) {
	huma.Register(a, Operation(http.MethodPost, "/api/v1/retention", "retention",
		"For an admin of a site: empty what is personal in days older than the setting keepContentDays; nothing brings it back but a backup", false, http.StatusConflict, http.StatusServiceUnavailable), d.retention)
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
	if err := d.archive(held.refs); err != nil {
		return nil, d.Answer(err)
	}
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

// archive keeps what is emptied next, month by month, and notes in each ref what was kept of it.
func (d *Door) archive(refs []clinic.RecordRef) error {
	if d.o.Archive == nil {
		return nil
	}
	byMonth := map[string][]clinic.ExportRecord{}
	err := d.o.Core.View(func(tx feed.Tx) error {
		for i := range refs {
			holders, err := d.holders(tx, record.Key{Kind: refs[i].Kind, ID: refs[i].ID})
			if err != nil {
				return err
			}
			refs[i].Print = clinic.PrintOf(holders)
			month := holders[0].Day[:len(monthLayout)]
			for k := range holders {
				byMonth[month] = append(byMonth[month], clinic.Archived(&holders[k]))
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what is to be archived: %w", err)
	}
	for _, month := range slices.Sorted(maps.Keys(byMonth)) {
		if err := d.o.Archive(month, byMonth[month]); err != nil {
			d.o.Log.Error("an archive could not be written, and nothing was emptied", "month", month, "err", err)
			return refuse(http.StatusServiceUnavailable, clinic.CodeUnavailable, fmt.Sprintf("The archive of %s could not be written, so nothing was emptied. The log of the box says why.", month))
		}
	}
	return nil
}

// unarchived tells whether an action would empty records that no archive has: nobody outside knows the print of one.
func (d *Door) unarchived(a *api.Action) bool {
	if d.o.Archive == nil || a.Type != "data.forget" {
		return false
	}
	var in clinic.Forget
	return json.Unmarshal(a.Data, &in) == nil && slices.ContainsFunc(in.Records, func(r clinic.RecordRef) bool { return r.Print == "" })
}

// holders are the records in which forgetting one of them finds something personal, itself first.
func (d *Door) holders(tx feed.Tx, key record.Key) ([]record.Record, error) {
	scope := feed.SiteScope(d.o.Site)
	r, _, _, err := feed.Load(tx, scope, key)
	if err != nil {
		return nil, err
	}
	all := []record.Record{r}
	kept, _, known, err := feed.Load(tx, d.o.Local, record.Key{Kind: clinic.KindPrivateText, ID: key.ID})
	if err != nil {
		return nil, err
	}
	if known {
		all = append(all, kept)
	}
	err = feed.ByIndex(tx, scope, clinic.KindConflict, "subject", []record.Value{record.IDValue(key.ID)}, func(c record.Record) (bool, error) {
		all = append(all, c)
		return true, nil
	})
	return all, err
}

func (d *Door) forget(ctx context.Context, s *signedIn, refs []clinic.RecordRef) (int, error) {
	done, err := d.command(ctx, s, "data.forget", clinic.Forget{Records: refs})
	answer, _ := done.(clinic.ForgetAnswer)
	return answer.Emptied, err
}
