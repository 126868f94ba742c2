package clinic_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

var hash = []byte("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA")

func TestASecretIsKeptAsACredentialAndNowhereElse(t *testing.T) {
	s := newSite(t)
	answer, err := s.act(admin, clinic.Command{Type: "staff.create", Secret: hash, Data: encode(t, clinic.StaffCreate{Name: "Ravi", Role: clinic.RoleCoordinator})})
	if err != nil {
		t.Fatal(err)
	}
	staff := answer.(clinic.StaffAnswer).Staff
	if _, err := s.act(admin, clinic.Command{Type: "staff.reset_pin", Secret: hash, Data: encode(t, clinic.StaffRef{Staff: staff})}); err != nil {
		t.Fatal(err)
	}
	refused(s, admin, clinic.CodeInvalid, "staff.reset_pin", clinic.StaffRef{Staff: staff})
	credential, ok := s.records[record.Key{Kind: clinic.KindCredential, ID: clinic.CredentialID(staff)}]
	if !ok || !bytes.Equal(credential.Get("hash").Bytes(), hash) || credential.Get("owner").ID() != staff {
		t.Error("the credential is missing")
	}
	if clinic.Schema[clinic.KindCredential].Scope != record.Local {
		t.Error("credentials leave the node")
	}
	for key, r := range s.records {
		if key.Kind != clinic.KindCredential && bytes.Contains(record.Canonical(&r), []byte("argon2id")) {
			t.Errorf("the hash is in a %s too", key.Kind)
		}
	}
	if text := encode(t, s.last.Data); strings.Contains(string(text), "argon2id") {
		t.Error("the hash is in the answer")
	}
}

func TestStaffNamesAreUniqueWhateverTheirCase(t *testing.T) {
	s := newSite(t)
	made := do[clinic.StaffAnswer](s, admin, "staff.create", clinic.StaffCreate{Name: "Ravi Kumar", Role: clinic.RoleCoordinator})
	refused(s, admin, clinic.CodeNotAllowed, "staff.create", clinic.StaffCreate{Name: " ravi  KUMAR", Role: clinic.RoleAdmin})
	other := do[clinic.StaffAnswer](s, admin, "staff.create", clinic.StaffCreate{Name: "Meena", Role: clinic.RoleCoordinator})
	refused(s, admin, clinic.CodeNotAllowed, "staff.update", clinic.StaffUpdate{Staff: other.Staff, Name: ptr("Ravi Kumar")})
	do[clinic.RecordAnswer](s, admin, "staff.disable", clinic.StaffDisable{Staff: made.Staff})
	do[clinic.RecordAnswer](s, admin, "staff.update", clinic.StaffUpdate{Staff: other.Staff, Name: ptr("Ravi Kumar")})
	refused(s, admin, clinic.CodeNotAllowed, "staff.disable", clinic.StaffDisable{Staff: made.Staff, Disabled: ptr(false)})
	refused(s, admin, clinic.CodeNotAllowed, "staff.create", clinic.StaffCreate{Name: "Centre", Role: clinic.RoleCentralAdmin})
	refused(s, admin, clinic.CodeInvalid, "staff.create", clinic.StaffCreate{Name: "Kiosk", Role: clinic.RoleKiosk})
}

func TestAnAdminCannotLockThemselvesOut(t *testing.T) {
	s := newSite(t)
	made := do[clinic.StaffAnswer](s, admin, "staff.create", clinic.StaffCreate{Name: "Asha", Role: clinic.RoleAdmin})
	self := clinic.Actor{ID: made.Staff.String(), Role: clinic.RoleAdmin}
	refused(s, self, clinic.CodeNotAllowed, "staff.disable", clinic.StaffDisable{Staff: made.Staff})
	refused(s, self, clinic.CodeNotAllowed, "staff.update", clinic.StaffUpdate{Staff: made.Staff, Role: ptr(clinic.RoleCoordinator)})
}

func TestADisabledGurujiTakesNobodyMoreAndKeepsTheLetter(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	staff, err := record.ParseID(g.actor.ID)
	if err != nil {
		t.Fatal(err)
	}
	entry := s.walkIn(g)
	do[clinic.RecordAnswer](s, admin, "staff.disable", clinic.StaffDisable{Staff: staff})
	refused(s, desk, clinic.CodeNotFound, "queue.check_in", clinic.CheckIn{Guruji: g.id})
	refused(s, desk, clinic.CodeNotAllowed, "queue.check_in", clinic.CheckIn{})
	other := s.guruji("Vasudev")
	if got := s.checkIn(clinic.CheckIn{Guruji: other.id}).Token; got != "B001" {
		t.Errorf("the letter went on to somebody else: %s", got)
	}
	do[clinic.EntryAnswer](s, desk, "queue.transfer", clinic.Transfer{Entry: entry, Guruji: other.id})
	refused(s, desk, clinic.CodeNotFound, "queue.transfer", clinic.Transfer{Entry: entry, Guruji: g.id})
}

func TestHealthTextStaysHomeWhenPolicySaysSo(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	s.commit([]record.Edit{{Kind: clinic.KindPolicy, ID: record.Derive(clinic.KindPolicy, "healthTextStays"), Set: map[string]record.Value{
		"name": record.Text("healthTextStays"), "value": record.Bool(true)}}})
	entry := s.walkIn(g)
	do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
	refused(s, g.actor, clinic.CodeNotAllowed, "consultation.note", clinic.Note{Entry: entry, Text: "too early"})
	do[clinic.EntryAnswer](s, g.actor, "queue.start", clinic.EntryMove{Entry: entry})
	do[clinic.RecordAnswer](s, g.actor, "consultation.note", clinic.Note{Entry: entry, Text: "unicorn"})
	do[clinic.RecordAnswer](s, g.actor, "remedy.prescribe", clinic.Prescribe{Entry: entry, Type: "ayurvedic", Name: "unicorn", Dosage: "unicorn", Instructions: "unicorn"})
	kept := 0
	for key, r := range s.records {
		if !bytes.Contains(record.Canonical(&r), []byte("unicorn")) {
			continue
		}
		kept++
		if clinic.Schema[key.Kind].Scope != record.Local {
			t.Errorf("a %s would leave the node with it", key.Kind)
		}
	}
	if kept != 2 {
		t.Errorf("%d records hold the text, want the note and the remedy", kept)
	}
}

func TestAuditsNameFieldsAndNeverWhatTheyHold(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	entry := s.checkIn(clinic.CheckIn{Guruji: g.id, Person: &clinic.PersonRef{Name: "Usha Patil", Phone: "9822012345"}, Reason: "xylophone pain"}).Entry
	do[clinic.EntryAnswer](s, g.actor, "queue.call_next", clinic.CallNext{})
	do[clinic.EntryAnswer](s, g.actor, "queue.start", clinic.EntryMove{Entry: entry})
	do[clinic.RecordAnswer](s, g.actor, "consultation.note", clinic.Note{Entry: entry, Text: "unicorn"})
	audits := 0
	for key, r := range s.records {
		if key.Kind != clinic.KindAudit {
			continue
		}
		audits++
		for _, secret := range []string{"Usha", "982201", "xylophone", "unicorn"} {
			if bytes.Contains(record.Canonical(&r), []byte(secret)) {
				t.Errorf("the audit of %s holds %q", r.Get("type").Text(), secret)
			}
		}
		if r.Get("actor").Text() == "" || r.Get("role").Text() == "" || r.Get("subject").ID().IsZero() {
			t.Errorf("the audit of %s does not say who did it to what", r.Get("type").Text())
		}
	}
	if audits != 5 {
		t.Errorf("%d audits of 5 actions", audits)
	}
}

func TestTheCentreAsksAndNeverActs(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	s.commit([]record.Edit{{Kind: clinic.KindSite, ID: siteID, Set: map[string]record.Value{"name": record.Text("Nirmal Dham"), "state": record.Text("enrolled")}}})
	watched := clinic.NewWatchedDay(siteID, s.day.ServiceDay())
	if err := watched.Fill(s); err != nil {
		t.Fatal(err)
	}
	at := func(day *clinic.Day, command string, data any) (clinic.Decision, error) {
		return clinic.Decide(day, s, clinic.Command{ID: s.id(), Type: command, Data: encode(t, data)}, central, s.clinic, s.now)
	}
	for _, day := range []*clinic.Day{watched, nil} {
		if _, err := at(day, "queue.call_next", clinic.CallNext{Guruji: g.id}); codeOf(err) != clinic.CodeNotAllowed {
			t.Errorf("the centre called somebody: %v", err)
		}
		if _, err := at(day, "day.set_intake", clinic.SetIntake{Open: ptr(false)}); codeOf(err) != clinic.CodeNotAllowed {
			t.Errorf("the centre closed intake: %v", err)
		}
	}
	ask := clinic.RequestSend{Site: siteID, Type: "day.set_intake", Data: json.RawMessage(`{"open":false,"reason":"storm"}`), Minutes: 30}
	asked, err := at(nil, "request.send", ask)
	if err != nil {
		t.Fatal(err)
	}
	if asked.Site != siteID {
		t.Errorf("the request goes to %s", asked.Site)
	}
	s.commit(asked.Edits)
	request := s.records[record.Key{Kind: clinic.KindRequest, ID: asked.Data.(clinic.RecordAnswer).ID}]
	command, actor, expires, ok := clinic.Requested(&request)
	if !ok || expires != s.now.Add(30*time.Minute) || actor.Role != clinic.RoleCentralAdmin || actor.ID != central.ID {
		t.Fatalf("the request says %+v by %+v until %v", command, actor, expires)
	}
	if _, err := s.act(actor, command); err != nil {
		t.Fatal(err)
	}
	refused(s, desk, clinic.CodeClosed, "queue.check_in", clinic.CheckIn{Guruji: g.id})
	for command, want := range map[string]clinic.Code{
		"staff.create": clinic.CodeNotAllowed, "staff.reset_pin": clinic.CodeNotAllowed, "device.request": clinic.CodeNotAllowed,
		"site.enrol": clinic.CodeInvalid, "no.such": clinic.CodeInvalid, "consultation.note": clinic.CodeForbidden, "queue.lease_tokens": clinic.CodeForbidden,
	} {
		ask.Type = command
		if _, err := at(nil, "request.send", ask); codeOf(err) != want {
			t.Errorf("a request of %s: %v, want %s", command, err, want)
		}
	}
	ask = clinic.RequestSend{Site: s.id(), Type: "day.open"}
	if _, err := at(nil, "request.send", ask); codeOf(err) != clinic.CodeNotFound {
		t.Errorf("a request to nobody: %v", err)
	}
}

func TestASiteIsEnrolledAgainUnderItsOwnID(t *testing.T) {
	s := newSite(t)
	at := func(command string, data any) any {
		t.Helper()
		d, err := clinic.Decide(nil, s, clinic.Command{ID: s.id(), Type: command, Data: encode(t, data)}, central, s.clinic, s.now)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range d.Edits {
			if scope := clinic.Schema[e.Kind].Scope; scope == record.Site {
				t.Errorf("%s wrote a %s, which belongs to a site", command, e.Kind)
			}
		}
		s.commit(d.Edits)
		return d.Data
	}
	made := at("site.enrol", clinic.SiteEnrol{Name: "Kapil Ashram"}).(clinic.RecordAnswer)
	at("site.revoke", clinic.SiteRef{Site: made.ID})
	if again := at("site.enrol", clinic.SiteEnrol{Site: made.ID}).(clinic.RecordAnswer); again != made {
		t.Errorf("the site became %s", again.ID)
	}
	staff := at("staff.create", clinic.StaffCreate{Name: "Gauri", Role: clinic.RoleCentralAdmin}).(clinic.StaffAnswer)
	if _, ok := s.records[record.Key{Kind: clinic.KindCentralStaff, ID: staff.Staff}]; !ok {
		t.Error("the centre's staff are not its own")
	}
}

func TestDevicesAskAnAdminLetsInAndTakesAway(t *testing.T) {
	s := newSite(t)
	asked := do[clinic.RecordAnswer](s, clinic.Actor{}, "device.request", clinic.DeviceRequest{Kind: "kiosk", Name: "gate"})
	refused(s, desk, clinic.CodeForbidden, "device.approve", clinic.DeviceApprove{Device: asked.ID})
	do[clinic.RecordAnswer](s, admin, "device.approve", clinic.DeviceApprove{Device: asked.ID, Name: "gate north"})
	r := s.records[record.Key{Kind: clinic.KindDevice, ID: asked.ID}]
	if r.Get("state").Text() != clinic.DeviceApproved || r.Get("name").Text() != "gate north" || r.Get("number").Int() != 1 {
		t.Errorf("approved as %s, %s, %d", r.Get("state").Text(), r.Get("name").Text(), r.Get("number").Int())
	}
	refused(s, admin, clinic.CodeNotAllowed, "device.approve", clinic.DeviceApprove{Device: asked.ID})
	do[clinic.RecordAnswer](s, admin, "device.revoke", clinic.DeviceRef{Device: asked.ID})
	refused(s, admin, clinic.CodeNotAllowed, "device.revoke", clinic.DeviceRef{Device: asked.ID})
	for command, want := range map[string]bool{"staff.create": true, "staff.reset_pin": true, "device.request": true, "queue.check_in": false, "no.such": false} {
		if clinic.CarriesSecret(command) != want {
			t.Errorf("%s carries a secret: %v", command, !want)
		}
	}
}
