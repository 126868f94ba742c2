package door

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// retentionMost is how many records one request empties.
const retentionMost = 2_000

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
	refs, more, err := d.older(out.Body.Before)
	if err != nil {
		return nil, d.Answer(fmt.Errorf("look for what is older than %s: %w", out.Body.Before, err))
	}
	out.Body.Found, out.Body.More = len(refs), more
	for len(refs) > 0 && !in.Body.Count {
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

// older are records of days before one that hold something personal, and whether there are more of them.
func (d *Door) older(before string) (refs []clinic.RecordRef, more bool, err error) {
	err = d.o.Core.View(func(tx feed.Tx) error {
		for _, kind := range clinic.Forgettable {
			err := feed.ByKind(tx, feed.SiteScope(d.o.Site), kind, func(r record.Record) (bool, error) {
				if r.Day >= before {
					return true, nil
				}
				held := clinic.Holds(&r)
				if !held {
					kept, _, known, err := feed.Load(tx, d.o.Local, record.Key{Kind: clinic.KindPrivateText, ID: r.ID})
					if err != nil {
						return false, err
					}
					held = known && clinic.Holds(&kept)
				}
				if held && len(refs) == retentionMost {
					more = true
				} else if held {
					refs = append(refs, clinic.RecordRef{Kind: kind, ID: r.ID})
				}
				return !more, nil
			})
			if err != nil || more {
				return err
			}
		}
		return nil
	})
	return refs, more, err
}

func (d *Door) forget(ctx context.Context, s *signedIn, refs []clinic.RecordRef) (int, error) {
	data, err := json.Marshal(clinic.Forget{Records: refs})
	if err != nil {
		return 0, fmt.Errorf("write what is forgotten: %w", err)
	}
	now := d.o.Now()
	action := api.Action{ID: record.NewV7(now, rand.Reader).String(), Type: "data.forget", At: api.At(now).String(), Data: data}
	results, err := d.Act(ctx, s.rights().actor, []api.Action{action}, s.heardAt)
	if err != nil {
		return 0, err
	}
	if results[0].Error != nil {
		return 0, results[0].Error
	}
	answer, _ := results[0].Data.(clinic.ForgetAnswer)
	return answer.Emptied, nil
}
