package clinic

import (
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// announcedFor is how long an announcement stands unless somebody says.
const announcedFor = 7 * 24 * time.Hour

func publish(w *work, in Publish) error {
	expires := w.clinic.Add(announcedFor)
	if in.Until != nil {
		expires = *in.Until
	}
	switch {
	case in.Title == "":
		return refuse(CodeInvalid, "The title is missing.")
	case !expires.After(w.clinic) || expires.After(w.clinic.AddDate(2, 0, 0)):
		return refuse(CodeInvalid, "An announcement ends in the future, and within two years.")
	}
	set := fields{
		"title": record.Text(in.Title), "body": orNull(in.Body), "publishedAt": ms(w.clinic), "expiresAt": ms(expires),
		"createdBy": record.Text(w.actor.ID),
	}
	if len(in.Target) > 0 {
		var target [][]byte
		for _, id := range in.Target {
			if site, ok := w.look.Load(KindSite, id); !ok || site.Get("state").Text() == "revoked" {
				return refuse(CodeNotFound, "There is no such site.")
			}
			target = append(target, id[:])
		}
		value, err := record.ValueOf(target)
		if err != nil || len(value) > record.MaxValueBytes {
			return refuse(CodeTooLarge, "These are too many sites to name. Announce it to all.")
		}
		set["target"] = value
	}
	w.create(KindAnnouncement, "", set)
	return nil
}

func withdraw(w *work, in AnnouncementRef) error {
	r, err := w.loadSeen(KindAnnouncement, in.Announcement, "announcement")
	if err != nil {
		return err
	}
	if !r.Get("withdrawnAt").IsNull() {
		return refuse(CodeNotAllowed, "This was withdrawn already.")
	}
	w.change(KindAnnouncement, r.ID, "", fields{"withdrawnAt": ms(w.clinic)})
	return nil
}

// acknowledge is the receipt of an announcement: it belongs to the site, so that the centre sees who has read it.
func acknowledge(w *work, in AnnouncementRef) error {
	r, err := w.loadSeen(KindAnnouncement, in.Announcement, "announcement")
	if err != nil {
		return err
	}
	if !targets(r, w.day) {
		return refuse(CodeNotFound, "There is no such announcement.")
	}
	id := record.Derive(KindReceipt, r.ID.String(), w.actor.ID)
	if _, known := w.look.Load(KindReceipt, id); known {
		return refuse(CodeNotAllowed, "You acknowledged this already.")
	}
	w.change(KindReceipt, id, "", fields{
		"announcement": record.IDValue(r.ID), "staff": record.Text(w.actor.ID), "at": ms(w.clinic),
	})
	return nil
}

// targets tells whether an announcement is meant for the site of a day; without a day, at the centre, all are.
func targets(r *record.Record, day *Day) bool {
	return day == nil || aimedAt(plainField(r, "target"), day)
}

func aimedAt(target any, day *Day) bool {
	sites, limited := target.([]any)
	return !limited || slices.Contains(sites, any(day.site.String()))
}

func saveTemplate(w *work, in TemplateSave) error {
	switch {
	case in.Name == "":
		return refuse(CodeInvalid, "The template has no name.")
	case in.Type == "":
		return refuse(CodeInvalid, "The type of the remedy is missing.")
	}
	id := w.command.ID
	if !in.Template.IsZero() {
		r, err := w.loadSeen(KindTemplate, in.Template, "template")
		if err != nil {
			return err
		}
		id = r.ID
	}
	set := fields{
		"name": record.Text(in.Name), "type": record.Text(in.Type), "dosage": orNull(in.Dosage), "days": record.Int(int64(in.Days)),
		"instructions": orNull(in.Instructions), "language": orNull(in.Language), "disabled": record.Bool(in.Disabled),
	}
	if in.Template.IsZero() {
		set["createdBy"] = record.Text(w.actor.ID)
	}
	w.change(KindTemplate, id, "", set)
	return nil
}

// policies are what the centre decides for every site, with what each takes in words.
var policies = map[string]struct {
	takes string
	read  func(raw []byte) (any, bool)
	fits  func(value any) bool
}{
	"healthTextStays": {"true or false", readAs[bool], func(any) bool { return true }},
	"consentNotice":   {"a version of 1 to 40 characters", readAs[string], func(v any) bool { return v != "" && len(v.(string)) <= 40 }},
}

func savePolicy(w *work, in PolicySave) error {
	known, ok := policies[in.Name]
	if !ok {
		return refuse(CodeInvalid, "There is no policy called %.64q.", in.Name)
	}
	value, ok := known.read(in.Value)
	if !ok || !known.fits(value) {
		return refuse(CodeInvalid, "The policy %s is %s.", in.Name, known.takes)
	}
	v, err := record.ValueOf(value)
	if err != nil {
		return refuse(CodeInvalid, "The policy %s is %s.", in.Name, known.takes)
	}
	id := PolicyID(in.Name)
	if err := w.asSeen(KindPolicy, id); err != nil {
		return err
	}
	w.change(KindPolicy, id, "", fields{"name": record.Text(in.Name), "value": v})
	return nil
}
