package clinic

import "github.com/aashram-care/sangam/sync/record"

// Whom a notification is to, in its field toKind. Its field to is then an id, or the name of a role.
const (
	toGuruji = "guruji"
	toEntry  = "entry"
	toRole   = "role"
)

// mostNotificationDays is as long as a notification can be shown; the setting notificationDays may be less.
const mostNotificationDays = 60

func sendNotification(w *work, in NotificationSend) error {
	if in.Title == "" {
		return refuse(CodeInvalid, "The title is missing.")
	}
	set := fields{
		"title": record.Text(in.Title), "body": orNull(in.Body), "sentAt": ms(w.clinic), "createdBy": record.Text(w.actor.ID),
	}
	asked := 0
	for _, to := range []struct {
		kind  string
		given bool
		value record.Value
	}{
		{toGuruji, !in.Guruji.IsZero(), record.IDValue(in.Guruji)}, {toEntry, !in.Entry.IsZero(), record.IDValue(in.Entry)},
		{toRole, in.Role != "", record.Text(string(in.Role))},
	} {
		if to.given {
			asked++
			set["toKind"], set["to"] = record.Text(to.kind), to.value
		}
	}
	switch {
	case asked != 1:
		return refuse(CodeInvalid, "To whom? Say exactly one of guruji, entry and role.")
	case !in.Guruji.IsZero() && w.day.gurujis[in.Guruji] == nil:
		return refuse(CodeNotFound, "There is no such guruji.")
	case !in.Entry.IsZero() && w.day.entries[in.Entry] == nil:
		return refuse(CodeNotFound, "There is no such entry today.")
	case w.actor.Role == RoleGuruji && !in.Entry.IsZero() && !w.actor.owns(w.day.entries[in.Entry].guruji):
		return forbidden
	}
	w.create(KindNotification, w.day.date, set)
	return nil
}

func readNotification(w *work, in NotificationRef) error {
	r, err := w.loadSeen(KindNotification, in.Notification, "notification")
	switch {
	case err != nil:
		return err
	case r.Get("deleted").Bool():
		return refuse(CodeNotFound, "There is no such notification any more.")
	case !r.Get("readAt").IsNull():
		return refuse(CodeNotAllowed, "This was read already.")
	}
	w.change(KindNotification, r.ID, r.Day, fields{"readAt": ms(w.clinic)})
	return nil
}

func deleteNotification(w *work, in NotificationRef) error {
	r, err := w.loadSeen(KindNotification, in.Notification, "notification")
	switch {
	case err != nil:
		return err
	case r.Get("deleted").Bool():
		return refuse(CodeNotFound, "There is no such notification any more.")
	}
	w.change(KindNotification, r.ID, r.Day, fields{"deleted": record.Bool(true)})
	return nil
}

// addressee tells whether a notification is to the actor, by what its fields toKind and to hold.
func (a Actor) addressee(toKind, to string) bool {
	switch toKind {
	case toGuruji:
		return a.Role == RoleGuruji && !a.Guruji.IsZero() && to == a.Guruji.String()
	case toEntry:
		return a.Role == RolePatient && !a.Entry.IsZero() && to == a.Entry.String()
	case toRole:
		return to == string(a.Role)
	}
	return false
}

// mayReadNotification: those who are addressed, and the desk what a patient is told, since it speaks for the patient.
func (a Actor) mayReadNotification(toKind, to string) bool {
	return a.addressee(toKind, to) || deskOnly.has(a.Role) && toKind == toEntry
}

// addressed is whom a notification is to, as its event says it.
func addressed(r *record.Record) (toKind, to string) {
	to, _ = plainField(r, "to").(string)
	return r.Get("toKind").Text(), to
}

// mayOnNotification: to read is the addressee's; to delete also the sender's and the desk's.
func (a Actor) mayOnNotification(command string, subject *record.Record) error {
	toKind, to := addressed(subject)
	ownOrDesk := command == "notification.delete" && (deskOnly.has(a.Role) || a.ID != "" && subject.Get("createdBy").Text() == a.ID)
	if a.addressee(toKind, to) || ownOrDesk {
		return nil
	}
	return forbidden
}
