package clinic_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// glance is a command about a record that exists, and one field of it as somebody may have it on their screen.
type glance struct {
	actor  clinic.Actor
	centre bool
	data   any
	kind   string
	id     record.ID
	field  string
}

// lookedAt has every command that changes a record which the one who gives it looks at.
func lookedAt(t *testing.T) (*site, map[string]glance) {
	w := newWorld(t)
	s, g := w.site, w.own
	s.enrol()
	person := s.view(w.mine)["person"].(string)
	usha, err := record.ParseID(person)
	if err != nil {
		t.Fatal(err)
	}
	other := s.register("Somebody Else", "").Person
	move := clinic.EntryMove{Entry: w.mine}
	do[clinic.EntryAnswer](s, g.actor, "queue.call", move)
	do[clinic.EntryAnswer](s, g.actor, "queue.start", move)
	consultation := s.record(clinic.KindEntry, w.mine).Get("consultation").ID()
	remedy := do[clinic.RecordAnswer](s, g.actor, "remedy.prescribe", clinic.Prescribe{Entry: w.mine, Type: "lifestyle", Name: "walk"}).ID
	booked := s.book(g, "Tara", "", 0).Appointment
	notified := do[clinic.RecordAnswer](s, desk, "notification.send", clinic.NotificationSend{Guruji: g.id, Title: "ready"}).ID
	emergency := do[clinic.RecordAnswer](s, kiosk, "emergency.raise", clinic.EmergencyRaise{Place: "hall"}).ID
	device := do[clinic.RecordAnswer](s, clinic.Actor{}, "device.request", clinic.DeviceRequest{Kind: "board", Name: "hall"}).ID
	staff := do[clinic.StaffAnswer](s, admin, "staff.create", clinic.StaffCreate{Name: "Ravi", Role: clinic.RoleCoordinator}).Staff
	s.set("maxRecalls", 2)
	s.set("waitlistMax", 5)
	do[clinic.RecordAnswer](s, desk, "guruji.set_capacity", clinic.SetCapacity{Guruji: w.other.id, Capacity: ptr(1)})
	waits := do[clinic.WaitlistAnswer](s, desk, "queue.join_waitlist", clinic.JoinWaitlist{Guruji: w.other.id, Person: &clinic.PersonRef{Name: "Late"}}).Waitlist
	announced := atHub[clinic.RecordAnswer](s, "announcement.publish", clinic.Publish{Title: "Guru Purnima"}).ID
	template := atHub[clinic.RecordAnswer](s, "template.save", clinic.TemplateSave{Name: "Tulsi", Type: "ayurvedic"}).ID
	policy := atHub[clinic.RecordAnswer](s, "policy.save", map[string]any{"name": "consentNotice", "value": "3"}).ID

	day, room := clinic.DayID(s.day.ServiceDay()), clinic.SetRoom{Guruji: g.id, Room: "9"}
	all := map[string]glance{
		"queue.transfer":   {desk, false, clinic.Transfer{Entry: w.mine}, clinic.KindEntry, w.mine, "status"},
		"queue.prioritise": {desk, false, clinic.Prioritise{Entry: w.mine, Nudge: ptr(5), Reason: "x"}, clinic.KindEntry, w.mine, "band"},
		"queue.undo":       {desk, false, clinic.UndoData{Entry: w.mine, Action: w.mine}, clinic.KindEntry, w.mine, "status"},
		"queue.admit":      {desk, false, clinic.WaitlistRef{Waitlist: waits}, clinic.KindWaitlist, waits, "state"}, "queue.leave_waitlist": {desk, false, clinic.WaitlistRef{Waitlist: waits}, clinic.KindWaitlist, waits, "state"},
		"guruji.set_availability": {desk, false, clinic.SetAvailability{Guruji: g.id, Availability: clinic.Off}, clinic.KindGuruji, g.id, "availability"},
		"guruji.set_room":         {desk, false, room, clinic.KindGuruji, g.id, "room"}, "guruji.set_capacity": {desk, false, clinic.SetCapacity{Guruji: g.id, Capacity: ptr(3)}, clinic.KindGuruji, g.id, "capacity"},
		"person.update":         {desk, false, clinic.PersonUpdate{Person: usha, Place: ptr("Pune")}, clinic.KindPerson, usha, "name"},
		"person.link_family":    {desk, false, clinic.LinkFamily{Person: usha, Relative: other, Relation: "sibling"}, clinic.KindPerson, usha, "name"},
		"person.record_consent": {desk, false, clinic.RecordConsent{Person: usha, Purpose: "care", Notice: "3"}, clinic.KindPerson, usha, "name"},
		"person.merge":          {desk, false, clinic.MergePersons{Keep: usha, Drop: other}, clinic.KindPerson, usha, "name"},
		"person.erase":          {admin, false, clinic.PersonOnly{Person: other}, clinic.KindPerson, other, "name"},
		"consultation.note":     {g.actor, false, clinic.Note{Entry: w.mine, Text: "better"}, clinic.KindConsultation, consultation, "notes"},
		"consultation.amend":    {g.actor, false, clinic.Amend{Consultation: consultation, Text: "x"}, clinic.KindConsultation, consultation, "notes"},
		"remedy.prescribe":      {g.actor, false, clinic.Prescribe{Entry: w.mine, Type: "lifestyle", Name: "walk"}, clinic.KindEntry, w.mine, "status"},
		"remedy.update":         {g.actor, false, clinic.RemedyUpdate{Remedy: remedy, Days: ptr(3)}, clinic.KindRemedy, remedy, "name"},
		"notification.read":     {g.actor, false, clinic.NotificationRef{Notification: notified}, clinic.KindNotification, notified, "title"},
		"notification.delete":   {g.actor, false, clinic.NotificationRef{Notification: notified}, clinic.KindNotification, notified, "title"},
		"staff.update":          {admin, false, clinic.StaffUpdate{Staff: staff, Name: ptr("Ravi K")}, clinic.KindStaff, staff, "name"},
		"staff.disable":         {admin, false, clinic.StaffDisable{Staff: staff}, clinic.KindStaff, staff, "name"},
		"staff.reset_pin":       {admin, false, clinic.StaffRef{Staff: staff}, clinic.KindStaff, staff, "name"},
		"device.approve":        {admin, false, clinic.DeviceApprove{Device: device}, clinic.KindDevice, device, "state"}, "device.revoke": {admin, false, clinic.DeviceRef{Device: device}, clinic.KindDevice, device, "state"},
		"setting.update":           {admin, false, map[string]any{"name": "maxRecalls", "value": 4}, clinic.KindSetting, clinic.SettingID("maxRecalls"), "value"},
		"emergency.resolve":        {desk, false, clinic.EmergencyResolve{Emergency: emergency}, clinic.KindEmergency, emergency, "place"},
		"announcement.acknowledge": {desk, false, clinic.AnnouncementRef{Announcement: announced}, clinic.KindAnnouncement, announced, "title"},
		"announcement.withdraw":    {central, true, clinic.AnnouncementRef{Announcement: announced}, clinic.KindAnnouncement, announced, "title"},
		"template.save":            {central, true, clinic.TemplateSave{Template: template, Name: "Tulsi", Type: "ayurvedic"}, clinic.KindTemplate, template, "name"},
		"policy.save":              {central, true, map[string]any{"name": "consentNotice", "value": "4"}, clinic.KindPolicy, policy, "value"},
		"site.enrol":               {central, true, clinic.SiteEnrol{Site: siteID}, clinic.KindSite, siteID, "state"},
	}
	for _, command := range []string{"queue.call", "queue.recall", "queue.no_answer", "queue.hold", "queue.resume", "queue.start", "queue.complete",
		"queue.cancel", "queue.leave", "queue.no_show", "queue.reinstate"} {
		all[command] = glance{desk, false, move, clinic.KindEntry, w.mine, "status"}
	}
	for _, command := range []string{"appointment.confirm", "appointment.cancel", "appointment.no_show", "appointment.remind"} {
		all[command] = glance{desk, false, clinic.AppointmentMove{Appointment: booked}, clinic.KindAppointment, booked, "status"}
	}
	all["appointment.reschedule"] = glance{desk, false, clinic.Reschedule{Appointment: booked, Slot: s.clinic.AddDate(0, 0, 1)}, clinic.KindAppointment, booked, "slot"}
	for _, command := range []string{"remedy.deliver", "remedy.complete"} {
		all[command] = glance{g.actor, false, clinic.RemedyRef{Remedy: remedy}, clinic.KindRemedy, remedy, "name"}
	}
	for _, command := range []string{"day.open", "day.close", "day.seal"} {
		all[command] = glance{admin, false, clinic.DayMove{}, clinic.KindDay, day, "openedAt"}
	}
	all["day.set_intake"] = glance{desk, false, clinic.SetIntake{Open: ptr(false)}, clinic.KindDay, day, "openedAt"}
	for _, command := range []string{"site.revoke", "site.rotate_key"} {
		all[command] = glance{central, true, clinic.SiteRef{Site: siteID}, clinic.KindSite, siteID, "state"}
	}
	return s, all
}

// blind are the commands that change no record anybody looks at, and conflict.settle, whose saw is that of its subject.
var blind = []string{
	"queue.check_in", "queue.call_next", "queue.join_waitlist", "queue.lease_tokens", "person.register", "person.export", "person.history",
	"appointment.book", "staff.create", "device.request", "emergency.raise", "notification.send", "data.export", "data.forget", "voice.set", "voice.remove", "request.send", "announcement.publish",
	"conflict.settle",
}

func TestWhoeverLookedAtSomethingElseIsStale(t *testing.T) {
	s, all := lookedAt(t)
	var tried []string
	for command, look := range all {
		tried = append(tried, command)
		day := s.day
		if look.centre {
			day = nil
		}
		view, visible := clinic.View(look.actor, day, s.record(look.kind, look.id))
		if !visible {
			t.Fatalf("%s: who gives it does not see the %s", command, look.kind)
		}
		decide := func(saw map[string]any) error {
			if look.kind == clinic.KindEntry {
				for _, name := range []string{"status", "generation", "guruji", "band", "credit"} {
					if _, given := saw[name]; !given {
						saw[name] = view[name]
					}
				}
			}
			c := clinic.Command{ID: s.id(), Type: command, Data: encode(t, look.data), Saw: saw, Secret: hash}
			_, err := clinic.Decide(day, s, c, look.actor, s.clinic, s.now)
			return err
		}
		var known *clinic.Error
		if err := decide(map[string]any{look.field: "something else"}); !errors.As(err, &known) || known.Code != clinic.CodeStale || known.Current == nil {
			t.Errorf("%s by who saw another %s: %v", command, look.field, err)
		}
		if err := decide(map[string]any{look.field: view[look.field]}); codeOf(err) == clinic.CodeStale && command != "queue.undo" {
			t.Errorf("%s by who saw the %s as it is (%v): %v", command, look.field, view[look.field], err)
		}
	}
	var commands []string
	for _, info := range clinic.Commands() {
		if !slices.Contains(blind, info.Type) {
			commands = append(commands, info.Type)
		}
	}
	slices.Sort(tried)
	if diff := cmp.Diff(commands, tried); diff != "" {
		t.Errorf("what there is, and what was tried: %s", diff)
	}
}
