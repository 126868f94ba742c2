package clinic_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// atHub gives a command at the centre, whose records the site shares here.
func (s *site) atHub(command string, data any) (any, error) {
	s.t.Helper()
	d, err := clinic.Decide(nil, s, clinic.Command{ID: s.id(), Type: command, Data: encode(s.t, data)}, central, s.clinic, s.now)
	if err == nil {
		s.commit(d.Edits)
		s.last = d
	}
	return d.Data, err
}

func atHub[T any](s *site, command string, data any) T {
	s.t.Helper()
	answer, err := s.atHub(command, data)
	if err != nil {
		s.t.Fatalf("%s: %v", command, err)
	}
	return answer.(T)
}

func (s *site) refusedAtHub(want clinic.Code, command string, data any) {
	s.t.Helper()
	if _, err := s.atHub(command, data); codeOf(err) != want {
		s.t.Fatalf("%s: %v, want %s", command, err, want)
	}
}

// enrol makes this site and another known to the centre.
func (s *site) enrol() (other record.ID) {
	other = record.Derive("site", "kapil ashram")
	for _, id := range []record.ID{siteID, other} {
		s.commit([]record.Edit{{Kind: clinic.KindSite, ID: id, Set: map[string]record.Value{"name": record.Text(id.String()), "state": record.Text("enrolled")}}})
	}
	return other
}

func TestAnAnnouncementReachesTheSitesItIsFor(t *testing.T) {
	s := newSite(t)
	other := s.enrol()
	toAll := atHub[clinic.RecordAnswer](s, "announcement.publish", clinic.Publish{Title: "Guru Purnima"}).ID
	toUs := atHub[clinic.RecordAnswer](s, "announcement.publish", clinic.Publish{Title: "Water cut", Target: []record.ID{siteID}, Until: ptr(s.now.Add(time.Hour))}).ID
	mark := len(s.history)
	toThem := atHub[clinic.RecordAnswer](s, "announcement.publish", clinic.Publish{Title: "Their affair", Target: []record.ID{other}}).ID
	for _, a := range []clinic.Actor{desk, boards, admin} {
		if got := len(s.rowsOf(a, clinic.KindAnnouncement)); got != 2 {
			t.Errorf("%s is shown %d announcements", a.Role, got)
		}
		if s.hears(a, mark) {
			t.Errorf("%s heard of another site's", a.Role)
		}
	}
	refused(s, desk, clinic.CodeNotFound, "announcement.acknowledge", clinic.AnnouncementRef{Announcement: toThem})
	do[clinic.RecordAnswer](s, desk, "announcement.acknowledge", clinic.AnnouncementRef{Announcement: toAll})
	refused(s, desk, clinic.CodeNotAllowed, "announcement.acknowledge", clinic.AnnouncementRef{Announcement: toAll})
	if got := s.rowsOf(admin, clinic.KindReceipt); len(got) != 1 {
		t.Errorf("the admin sees %d receipts", len(got))
	}
	s.pass(2 * time.Hour)
	if got := len(s.rowsOf(boards, clinic.KindAnnouncement)); got != 1 {
		t.Errorf("after one expired, %d are shown", got)
	}
	mark = len(s.history)
	atHub[clinic.RecordAnswer](s, "announcement.withdraw", clinic.AnnouncementRef{Announcement: toAll})
	if !s.hears(boards, mark) || len(s.rowsOf(boards, clinic.KindAnnouncement)) != 0 {
		t.Error("the withdrawn one stands")
	}
	if _, visible := clinic.View(boards, s.day, s.record(clinic.KindAnnouncement, toAll)); visible {
		t.Error("a board still sees what was withdrawn")
	}
	s.refusedAtHub(clinic.CodeNotAllowed, "announcement.withdraw", clinic.AnnouncementRef{Announcement: toAll})
	s.refusedAtHub(clinic.CodeInvalid, "announcement.publish", clinic.Publish{Title: "late", Until: ptr(s.now.Add(-time.Hour))})
	s.refusedAtHub(clinic.CodeNotFound, "announcement.publish", clinic.Publish{Title: "nowhere", Target: []record.ID{toUs}})
	refused(s, admin, clinic.CodeForbidden, "announcement.publish", clinic.Publish{Title: "not mine"})
}

// hears tells whether an actor hears any announcement since a mark, which must not tell them to which sites it went.
func (s *site) hears(a clinic.Actor, mark int) bool {
	s.t.Helper()
	audience, err := clinic.AudienceOf(a, "")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range s.history[mark:] {
		for _, e := range clinic.Events(c.Before, c.After, s.day) {
			if heard, ok := clinic.CanHear(audience, e, s.day); ok && e.Subject.Kind == clinic.KindAnnouncement {
				if _, named := heard.Data["target"]; named && a.Role == clinic.RoleBoard {
					s.t.Error("a board hears to which sites it went")
				}
				return true
			}
		}
	}
	return false
}

func TestTemplatesOfTheCentreAreUsedAtTheSite(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	save := clinic.TemplateSave{Type: "ayurvedic", Name: "Triphala", Dosage: "one spoon", Days: 10}
	template := atHub[clinic.RecordAnswer](s, "template.save", save).ID
	if got := s.rowsOf(g.actor, clinic.KindTemplate); len(got) != 1 {
		t.Errorf("the guruji is offered %d templates", len(got))
	}
	entry := s.walkIn(g)
	remedy := do[clinic.RecordAnswer](s, g.actor, "remedy.prescribe", clinic.Prescribe{Entry: entry, Template: template, Days: 3}).ID
	if r := s.record(clinic.KindRemedy, remedy); r.Get("name").Text() != "Triphala" || r.Get("days").Int() != 3 {
		t.Errorf("prescribed %q for %d days", r.Get("name").Text(), r.Get("days").Int())
	}
	save.Template, save.Disabled = template, true
	if again := atHub[clinic.RecordAnswer](s, "template.save", save).ID; again != template {
		t.Errorf("the template became %s", again)
	}
	refused(s, g.actor, clinic.CodeNotFound, "remedy.prescribe", clinic.Prescribe{Entry: entry, Template: template})
	s.refusedAtHub(clinic.CodeInvalid, "template.save", clinic.TemplateSave{Name: "no type"})
	refused(s, admin, clinic.CodeForbidden, "template.save", save)
}

func TestPoliciesAreKnownOnesWithFittingValues(t *testing.T) {
	s := newSite(t)
	for _, tc := range []struct {
		name, value string
		want        clinic.Code
	}{
		{"healthTextStays", `true`, ""}, {"healthTextStays", `"yes"`, clinic.CodeInvalid}, {"healthTextStays", `null`, clinic.CodeInvalid},
		{"consentNotice", `"2026-1"`, ""}, {"consentNotice", `""`, clinic.CodeInvalid}, {"consentNotice", `7`, clinic.CodeInvalid}, {"noSuchPolicy", `1`, clinic.CodeInvalid},
	} {
		_, err := s.atHub("policy.save", clinic.PolicySave{Name: tc.name, Value: json.RawMessage(tc.value)})
		if codeOf(err) != tc.want {
			t.Errorf("%s = %s: %v", tc.name, tc.value, err)
		}
	}
	if got := s.record(clinic.KindPolicy, clinic.PolicyID("healthTextStays")); !got.Get("value").Bool() {
		t.Error("the policy was not kept")
	}
}

func TestAKeyIsRotatedOfAnEnrolledSiteOnly(t *testing.T) {
	s := newSite(t)
	s.enrol()
	atHub[clinic.RecordAnswer](s, "site.rotate_key", clinic.SiteRef{Site: siteID})
	if got := s.record(clinic.KindSite, siteID).Get("rotateAt").Time(); !got.Equal(s.now) {
		t.Errorf("marked at %v", got)
	}
	atHub[clinic.RecordAnswer](s, "site.revoke", clinic.SiteRef{Site: siteID})
	s.refusedAtHub(clinic.CodeNotAllowed, "site.rotate_key", clinic.SiteRef{Site: siteID})
}
