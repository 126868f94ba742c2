package clinic_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// old is an entry of a day long gone.
func (s *site) old(daysAgo int) clinic.RecordRef {
	s.t.Helper()
	id := record.Derive("old", s.clinic.AddDate(0, 0, -daysAgo).String())
	s.commit([]record.Edit{{Kind: clinic.KindEntry, ID: id, Day: s.clinic.AddDate(0, 0, -daysAgo).Format(time.DateOnly), Set: map[string]record.Value{
		"name": record.Text(secretName), "phone": record.Text(secretPhone), "reason": record.Text(secretReason), "token": record.Text("A007"),
		"status": record.Text(clinic.StatusDone)}}})
	return clinic.RecordRef{Kind: clinic.KindEntry, ID: id}
}

func TestWhatIsTooOldIsEmptiedAndNothingElse(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	ancient, recent := s.old(500), s.old(300)
	forget := clinic.Forget{Records: []clinic.RecordRef{ancient}}
	refused(s, admin, clinic.CodeNotAllowed, "data.forget", forget)
	do[clinic.RecordAnswer](s, admin, "setting.update", map[string]any{"name": "keepContentDays", "value": 400})
	refused(s, desk, clinic.CodeForbidden, "data.forget", forget)
	refused(s, g.actor, clinic.CodeForbidden, "data.forget", forget)
	refused(s, admin, clinic.CodeNotAllowed, "data.forget", clinic.Forget{Records: []clinic.RecordRef{ancient, recent}})
	if got := do[clinic.ForgetAnswer](s, admin, "data.forget", forget); got.Emptied != 1 {
		t.Errorf("%d records were emptied, want 1", got.Emptied)
	}
	r := s.record(clinic.KindEntry, ancient.ID)
	if clinic.Holds(r) || r.Get("token").Text() != "A007" || clinic.Schema.Shown(r).Name != clinic.StatusDone {
		t.Errorf("it is now %v", r)
	}
	if r := s.record(clinic.KindEntry, recent.ID); r.Get("name").Text() != secretName {
		t.Error("what is young enough was emptied with it")
	}
	if got := do[clinic.ForgetAnswer](s, admin, "data.forget", forget); got.Emptied != 0 {
		t.Errorf("a second time %d records were emptied", got.Emptied)
	}
}

func TestForgettingIsRefusedWhereItMakesNoSense(t *testing.T) {
	s := newSite(t)
	refused(s, admin, clinic.CodeInvalid, "setting.update", map[string]any{"name": "keepContentDays", "value": 30})
	do[clinic.RecordAnswer](s, admin, "setting.update", map[string]any{"name": "keepContentDays", "value": 365})
	known := s.old(400)
	for _, data := range []any{
		clinic.Forget{}, clinic.Forget{Records: slices.Repeat([]clinic.RecordRef{known}, clinic.MaxForget+1)},
		clinic.Forget{Records: []clinic.RecordRef{{Kind: clinic.KindAudit, ID: known.ID}}}, map[string]any{"records": "all"},
	} {
		refused(s, admin, clinic.CodeInvalid, "data.forget", data)
	}
	refused(s, admin, clinic.CodeNotFound, "data.forget", clinic.Forget{Records: []clinic.RecordRef{{Kind: clinic.KindEntry, ID: record.Derive("nobody")}}})
}
