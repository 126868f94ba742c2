package clinic_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// lively is a day on which everything happens that can, by commands alone.
func lively(t *testing.T) *site {
	w := newWorld(t)
	s, g := w.site, w.own
	s.enrol()
	move := clinic.EntryMove{Entry: w.mine}
	for _, command := range []string{"queue.call", "queue.recall", "queue.start"} {
		s.pass(2 * time.Minute)
		do[clinic.EntryAnswer](s, g.actor, command, move)
	}
	do[clinic.RecordAnswer](s, g.actor, "consultation.note", clinic.Note{Entry: w.mine, Text: "better"})
	remedy := do[clinic.RecordAnswer](s, g.actor, "remedy.prescribe", clinic.Prescribe{Entry: w.mine, Type: "lifestyle", Name: "walk"}).ID
	do[clinic.RecordAnswer](s, g.actor, "remedy.update", clinic.RemedyUpdate{Remedy: remedy, Days: ptr(3)})
	do[clinic.RecordAnswer](s, g.actor, "remedy.complete", clinic.RemedyRef{Remedy: remedy})
	do[clinic.EntryAnswer](s, g.actor, "queue.complete", move)
	do[clinic.EntryAnswer](s, desk, "queue.transfer", clinic.Transfer{Entry: w.theirs, Guruji: g.id})
	for _, availability := range []string{clinic.OnBreak, clinic.Off, clinic.Available} {
		do[clinic.RecordAnswer](s, g.actor, "guruji.set_availability", clinic.SetAvailability{Availability: availability})
	}
	do[clinic.RecordAnswer](s, g.actor, "guruji.set_room", clinic.SetRoom{Room: "4"})
	do[clinic.RecordAnswer](s, admin, "data.export", clinic.Export{What: clinic.ExportEntries, From: s.day.ServiceDay()})

	person := s.register("Tara", "").Person
	do[clinic.RecordAnswer](s, desk, "person.update", clinic.PersonUpdate{Person: person, Place: ptr("Nashik")})
	staff := do[clinic.StaffAnswer](s, admin, "staff.create", clinic.StaffCreate{Name: "Ravi", Role: clinic.RoleCoordinator}).Staff
	do[clinic.RecordAnswer](s, admin, "staff.disable", clinic.StaffDisable{Staff: staff})
	notification := do[clinic.RecordAnswer](s, desk, "notification.send", clinic.NotificationSend{Entry: w.mine, Title: "ready"}).ID
	do[clinic.RecordAnswer](s, w.actors[clinic.RolePatient], "notification.read", clinic.NotificationRef{Notification: notification})
	do[clinic.RecordAnswer](s, desk, "notification.delete", clinic.NotificationRef{Notification: notification})
	emergency := do[clinic.RecordAnswer](s, kiosk, "emergency.raise", clinic.EmergencyRaise{Place: "hall"}).ID
	do[clinic.RecordAnswer](s, desk, "emergency.resolve", clinic.EmergencyResolve{Emergency: emergency})
	device := do[clinic.RecordAnswer](s, clinic.Actor{}, "device.request", clinic.DeviceRequest{Kind: "board", Name: "hall"}).ID
	do[clinic.RecordAnswer](s, admin, "device.approve", clinic.DeviceApprove{Device: device})
	do[clinic.RecordAnswer](s, admin, "device.revoke", clinic.DeviceRef{Device: device})

	booked := bookSeries(s, g, s.clinic.Add(10*time.Minute), "weekly", 3).Appointments
	for _, command := range []string{"appointment.confirm", "appointment.remind"} {
		do[clinic.AppointmentAnswer](s, desk, command, clinic.AppointmentMove{Appointment: booked[0]})
	}
	do[clinic.AppointmentAnswer](s, desk, "appointment.cancel", clinic.AppointmentMove{Appointment: booked[2]})
	do[clinic.AppointmentAnswer](s, desk, "appointment.reschedule", clinic.Reschedule{Appointment: booked[1], Slot: s.clinic.AddDate(0, 0, 9)})
	move.Entry = s.checkIn(clinic.CheckIn{Appointment: booked[0]}).Entry
	do[clinic.EntryAnswer](s, g.actor, "queue.call", move)
	do[clinic.EntryAnswer](s, g.actor, "queue.complete", move)

	announced := atHub[clinic.RecordAnswer](s, "announcement.publish", clinic.Publish{Title: "Guru Purnima"}).ID
	atHub[clinic.RecordAnswer](s, "announcement.withdraw", clinic.AnnouncementRef{Announcement: announced})
	request := atHub[clinic.RecordAnswer](s, "request.send", clinic.RequestSend{Site: siteID, Type: "day.close"}).ID
	command, asker, _, _ := clinic.Requested(s.record(clinic.KindRequest, request))
	if _, err := s.act(asker, command); err != nil {
		t.Fatal(err)
	}
	s.commit([]record.Edit{{Kind: clinic.KindRequest, ID: request, Set: map[string]record.Value{"state": record.Text("accepted"), "settledAt": record.TimeValue(s.now)}}})
	s.meet(person)
	return s
}

// meet lets two nodes change a name at once, and merges what they wrote.
func (s *site) meet(person record.ID) {
	s.t.Helper()
	base := s.record(clinic.KindPerson, person)
	var sides [2]record.Record
	for i, name := range []string{"Tara Chand", "Tara Devi"} {
		edit := record.Edit{Kind: base.Kind, ID: base.ID, Set: map[string]record.Value{"name": record.Text(name)}}
		after, _, err := record.Apply(clinic.Schema, base, edit, s.now.Add(time.Duration(i)*time.Second), record.Writer(100+i), 0)
		if err != nil {
			s.t.Fatal(err)
		}
		sides[i] = after
	}
	merged, _, err := record.Merge(clinic.Schema, &sides[0], &sides[1])
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range record.NewConflicts(&sides[0], &merged) {
		s.day.Apply(nil, &c)
		s.history = append(s.history, clinic.Changed{After: &c})
	}
}

// TestEveryEventIsRaisedAndHeard fails for a name in the catalogue that no command and no news of a node brings, and for
// one that no audience of any role can hear.
func TestEveryEventIsRaisedAndHeard(t *testing.T) {
	s := lively(t)
	news := clinic.News{Site: siteID, Node: "edge", At: s.now}
	told := []clinic.Event{
		news.UplinkChanged("live", "silent", ""), news.TimeSet(time.Minute), news.Updated("2"), news.Maintenance(time.Minute),
		news.Trouble("disk_full"), news.DeviceSilent(record.Derive("d"), s.now),
	}
	for _, c := range s.history {
		told = append(told, clinic.Events(c.Before, c.After, s.day)...)
	}
	raised, heard := map[string]bool{}, map[string]bool{}
	for _, e := range told {
		raised[e.Type] = true
		for audience := range s.audiences() {
			got, ok := clinic.CanHear(audience, e, s.day)
			if !ok {
				continue
			}
			heard[e.Type] = true
			if got.ID == "" || got.At.IsZero() || got.Subject.Kind == "" || got.Subject.ID == "" || got.Data == nil {
				t.Errorf("%s is heard with holes: %+v", e.Type, got)
			}
		}
	}
	all := slices.Sorted(slices.Values(clinic.EventTypes))
	if diff := cmp.Diff(all, slices.Sorted(maps.Keys(raised))); diff != "" {
		t.Errorf("the catalogue, and what is raised: %s", diff)
	}
	if diff := cmp.Diff(all, slices.Sorted(maps.Keys(heard))); diff != "" {
		t.Errorf("the catalogue, and what somebody hears: %s", diff)
	}
}

// audiences are all that a reader at a site can be.
func (s *site) audiences() map[clinic.Audience]bool {
	all := map[clinic.Audience]bool{}
	actors := []clinic.Actor{desk, admin, boards, kiosk, central, {Role: clinic.RoleApp}}
	for key, r := range s.records {
		switch key.Kind {
		case clinic.KindGuruji:
			actors = append(actors, clinic.Actor{Role: clinic.RoleGuruji, Guruji: key.ID})
		case clinic.KindEntry:
			actors = append(actors, clinic.Actor{Role: clinic.RolePatient, Entry: r.ID})
		}
	}
	for _, a := range actors {
		for _, view := range clinic.Views(a.Role) {
			audience, err := clinic.AudienceOf(a, view)
			if err != nil {
				s.t.Fatal(err)
			}
			all[audience] = true
		}
	}
	return all
}

// TestNoEventTellsOfARecordThatItsHearerMayNotSee compares CanHear with View: whoever hears of a record sees at least
// one field of it, but for boards and kiosks, which hear that a queue changed.
func TestNoEventTellsOfARecordThatItsHearerMayNotSee(t *testing.T) {
	s := lively(t)
	checked := 0
	for _, c := range s.history {
		for _, e := range clinic.Events(c.Before, c.After, s.day) {
			if e.Subject.ID != c.After.ID.String() {
				continue // of a queue, whose guruji is public
			}
			for audience := range s.audiences() {
				if _, ok := clinic.CanHear(audience, e, s.day); !ok || audience.Role == clinic.RoleApp {
					continue
				}
				checked++
				_, visible := clinic.View(audience.Actor(), s.day, c.After)
				if c.Before != nil && !visible {
					_, visible = clinic.View(audience.Actor(), s.day, c.Before) // it is told that it goes
				}
				if !visible {
					t.Errorf("%s in %s hears %s of a %s that it may not see", audience.Role, audience.View, e.Type, c.After.Kind)
				}
			}
		}
	}
	if checked < 500 {
		t.Errorf("only %d pairs were compared", checked)
	}
}

// TestTheHallHearsAllOfTheNodesOwnEventsAndNoMoreOfAnApps: what an outside app puts into an event beside what belongs there
// may be anybody's name, and a board stands where everybody reads it.
func TestTheHallHearsAllOfTheNodesOwnEventsAndNoMoreOfAnApps(t *testing.T) {
	s := lively(t)
	hall := map[clinic.Audience]bool{}
	for audience := range s.audiences() {
		if audience.Role == clinic.RoleBoard || audience.Role == clinic.RoleKiosk || audience.Role == clinic.RolePatient {
			hall[audience] = true
		}
	}
	checked := 0
	for _, c := range s.history {
		for _, e := range clinic.Events(c.Before, c.After, s.day) {
			outside := e
			outside.Data = maps.Clone(e.Data)
			for name, value := range map[string]any{"name": "Farida", "note": "knee pain", "room": strings.Repeat("x", 100), "from": map[string]any{"name": "Farida"}} {
				outside.Data[name] = value
			}
			for audience := range hall {
				got, ok := clinic.CanHear(audience, e, s.day)
				if !ok {
					continue
				}
				checked++
				want := maps.Clone(e.Data)
				if c.After.Kind == clinic.KindAnnouncement {
					delete(want, "target") // which other sites it is for
				}
				if diff := cmp.Diff(want, got.Data); diff != "" {
					t.Errorf("%s hears %s without all of it: %s", audience.Role, e.Type, diff)
				}
				heard, _ := clinic.CanHear(audience, outside, s.day)
				if text := string(encode(t, heard.Data)); strings.Contains(text, "Farida") || strings.Contains(text, "knee") || strings.Contains(text, "xxx") {
					t.Errorf("%s hears of %s: %s", audience.Role, e.Type, text)
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d were compared", checked)
	}
}

func TestNewsToldTwiceIsOneEvent(t *testing.T) {
	n := clinic.News{Site: siteID, Node: "edge", At: monday}
	if a, b := n.UplinkChanged("silent", "live", ""), n.UplinkChanged("silent", "live", ""); a.ID != b.ID {
		t.Errorf("one news with two ids: %s, %s", a.ID, b.ID)
	}
	later := clinic.News{Site: siteID, Node: "edge", At: monday.Add(time.Second)}
	if a, b := n.UplinkChanged("silent", "live", ""), later.UplinkChanged("silent", "live", ""); a.ID == b.ID {
		t.Error("two news with one id")
	}
}
