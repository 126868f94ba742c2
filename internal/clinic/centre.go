package clinic

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// enrolSite names a new site, or renews the enrolment of one whose box is replaced. The keys and the join code are the
// node's business.
func enrolSite(w *work, in SiteEnrol) error {
	if !in.Site.IsZero() {
		r, err := w.loadSeen(KindSite, in.Site, "site")
		if err != nil {
			return err
		}
		set := fields{"state": record.Text("enrolled"), "enrolledAt": ms(w.now), "revokedAt": record.Null()}
		if in.Name != "" {
			set["name"] = record.Text(in.Name)
		}
		w.change(KindSite, r.ID, "", set)
		return nil
	}
	if in.Name == "" {
		return refuse(CodeInvalid, "The site has no name.")
	}
	w.create(KindSite, "", fields{
		"name": record.Text(in.Name), "state": record.Text("enrolled"), "enrolledAt": ms(w.now),
		"createdBy": record.Text(w.actor.ID), "createdAt": ms(w.now),
	})
	return nil
}

func revokeSite(w *work, in SiteRef) error {
	r, err := w.loadSeen(KindSite, in.Site, "site")
	if err != nil {
		return err
	}
	if r.Get("state").Text() == "revoked" {
		return refuse(CodeNotAllowed, "This site is revoked already.")
	}
	w.change(KindSite, r.ID, "", fields{"state": record.Text("revoked"), "revokedAt": ms(w.now)})
	return nil
}

// rotateKey asks for another key of a site. The node makes it when it sees the mark; both keys work until the site uses
// the new one.
func rotateKey(w *work, in SiteRef) error {
	r, err := w.loadSeen(KindSite, in.Site, "site")
	if err != nil {
		return err
	}
	if r.Get("state").Text() != "enrolled" {
		return refuse(CodeNotAllowed, "This site is not enrolled.")
	}
	w.change(KindSite, r.ID, "", fields{"rotateAt": ms(w.now)})
	return nil
}

// RequestPending is the state of a request that its site has not settled yet.
const RequestPending = "pending"

// sendRequest writes what a site is asked to do. The site runs the command through Decide with the role of the one who
// asks, so what they may not do is refused there as well as here.
func sendRequest(w *work, in RequestSend) error {
	asked, known := table[in.Type]
	switch {
	case in.Site.IsZero():
		return refuse(CodeInvalid, "Which site? Its id is missing.")
	case !known || asked.central:
		return refuse(CodeInvalid, "A site knows no action called %.64q.", in.Type)
	case asked.secret:
		return refuse(CodeNotAllowed, "A request never carries a PIN. Do this at the site.")
	}
	if err := Can(w.actor, in.Type, w.day, nil); err != nil {
		return err
	}
	r, ok := w.look.Load(KindSite, in.Site)
	if !ok || r.Get("state").Text() == "revoked" {
		return refuse(CodeNotFound, "There is no such site.")
	}
	data, saw := string(in.Data), "{}"
	if data == "" || data == "null" {
		data = "{}"
	}
	if in.Saw != nil {
		text, err := json.Marshal(in.Saw)
		if err != nil {
			return refuse(CodeInvalid, "What was seen cannot be read.")
		}
		saw = string(text)
	}
	expires := w.now.Add(time.Duration(cmp.Or(in.Minutes, 24*60)) * time.Minute)
	w.out.Site = in.Site
	w.create(KindRequest, "", fields{
		"command": record.Text(in.Type), "data": record.Text(data), "saw": record.Text(saw), "state": record.Text(RequestPending),
		"actor": record.Text(w.actor.ID), "actorName": record.Text(w.actor.Name), "actorRole": record.Text(string(w.actor.Role)),
		"sentAt": ms(w.now), "expiresAt": ms(expires), "createdBy": record.Text(w.actor.ID),
	})
	return nil
}

// Requested is the command a request record stands for, with its actor; ok is false for a record that is none. The
// command has the request's id, so running it twice changes nothing more.
func Requested(r *record.Record) (c Command, a Actor, expires time.Time, ok bool) {
	saw := map[string]any{}
	if r.Kind != KindRequest || json.Unmarshal([]byte(r.Get("saw").Text()), &saw) != nil {
		return Command{}, Actor{}, time.Time{}, false
	}
	c = Command{ID: r.ID, Type: r.Get("command").Text(), Saw: saw, Data: json.RawMessage(r.Get("data").Text())}
	a = Actor{ID: r.Get("actor").Text(), Name: r.Get("actorName").Text(), Role: Role(r.Get("actorRole").Text())}
	return c, a, r.Get("expiresAt").Time(), a.Role == RoleCentralAdmin
}

// ofNobody are the commands whose data is about nobody who comes to a site.
var ofNobody = []string{
	"day.open", "day.close", "day.seal", "day.set_intake", "guruji.set_availability", "guruji.set_room", "guruji.set_capacity",
	"setting.update", "staff.disable", "device.revoke",
}

// Asked is the data of what a request asks for, for the centre to read again; nil where it may be about somebody who
// comes to the site, whom the centre knows nothing of.
func Asked(r *record.Record) map[string]any {
	if !slices.Contains(ofNobody, r.Get("command").Text()) {
		return nil
	}
	var data map[string]any
	if json.Unmarshal([]byte(r.Get("data").Text()), &data) != nil {
		return nil
	}
	return data
}
