package door

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

func (d *Door) status(ctx context.Context, _ *struct{}) (*struct{ Body api.Status }, error) {
	waits, err := d.awaitsSetup()
	if err != nil {
		return nil, d.Answer(err)
	}
	out := &struct{ Body api.Status }{}
	if callerOf(ctx).session != nil {
		if d.o.Status != nil {
			out.Body = d.o.Status()
		}
		out.Body.Cursor = d.head()
	}
	if h := d.o.HTTPS(); h != nil {
		out.Body.HTTPS = &api.HTTPSStatus{Port: h.Port, PlainPort: h.PlainPort, Fingerprint: h.Fingerprint}
	}
	out.Body.Node, out.Body.Role, out.Body.Boot, out.Body.Version, out.Body.Setup = d.o.Node, d.o.Role, d.o.Boot, d.o.Version, waits
	if d.o.Uplink != nil {
		out.Body.UplinkState = d.o.Uplink().State
	}
	if !d.o.Site.IsZero() {
		out.Body.Site = d.o.Site.String()
		d.o.Core.Day(d.o.Site, func(day *clinic.Day) {
			out.Body.SiteName, out.Body.Timezone = day.Settings().Name, day.Settings().Timezone
		})
	}
	return out, nil
}

// head is the newest seq of the node's main scope, for people.
func (d *Door) head() string {
	return api.Seq(d.journal.place([]feed.Scope{d.mainScope()})[0].Seq).String()
}

// mainScope is where the node's commands write.
func (d *Door) mainScope() feed.Scope {
	if d.o.Site.IsZero() {
		return feed.Network
	}
	return feed.SiteScope(d.o.Site)
}

type healthAnswer struct {
	Status int
	Body   api.Health
}

func (d *Door) healthz(context.Context, *struct{}) (*healthAnswer, error) {
	return &healthAnswer{http.StatusOK, api.Health{OK: true}}, nil
}

// readyz does not ask for the line to the centre: a site works without it.
func (d *Door) readyz(context.Context, *struct{}) (*healthAnswer, error) {
	reason := ""
	switch {
	case !d.running():
		reason = "starting"
	case d.o.Ready != nil && d.o.Ready() != nil:
		reason = "the store cannot be written"
	case d.o.Core.View(func(feed.Tx) error { return nil }) != nil:
		reason = "the store cannot be read"
	}
	if reason != "" {
		return &healthAnswer{http.StatusServiceUnavailable, api.Health{Reason: reason}}, nil
	}
	return &healthAnswer{http.StatusOK, api.Health{OK: true}}, nil
}

const (
	mostKind      = 64
	mostEventData = 4 << 10 // every screen that hears the event gets it whole
)

func (d *Door) postEvent(ctx context.Context, in *struct{ Body api.OutsideEvent }) (*struct{ Body api.Event }, error) {
	s, err := signedInAs(ctx, clinic.RoleApp)
	if err != nil {
		return nil, err
	}
	actor := s.rights().actor
	if !inScope(actor.Scopes, in.Body.Type) {
		return nil, forbidden("This key may not post such an event.")
	}
	if !knownEvent(in.Body.Type) {
		return nil, invalid("There is no event called %.64q.", in.Body.Type)
	}
	key, err := record.ParseID(in.Body.ID)
	if err != nil {
		return nil, invalid("The id of an event is a UUID.")
	}
	subject, err := record.ParseID(in.Body.Subject.ID)
	if err != nil || in.Body.Subject.Kind == "" || len(in.Body.Subject.Kind) > mostKind {
		return nil, invalid("The subject of an event has a kind and an id, which is a UUID.")
	}
	if text, err := json.Marshal(in.Body.Data); err != nil || len(text) > mostEventData {
		return nil, refuse(http.StatusRequestEntityTooLarge, clinic.CodeTooLarge, fmt.Sprintf("The data of an event may have %d bytes.", mostEventData))
	}
	e := clinic.Event{
		ID: record.Derive("outside event", actor.ID, key.String()).String(), Type: in.Body.Type, At: d.o.Now().UTC().Truncate(time.Millisecond),
		Actor: actor.ID, Subject: clinic.Subject{Kind: in.Body.Subject.Kind, ID: subject.String()}, Data: in.Body.Data,
	}
	if !d.o.Site.IsZero() {
		e.Site = d.o.Site.String()
	}
	if err := d.o.Write(ctx, func(w Writer) error { return w.Emit(e) }); err != nil {
		return nil, d.Answer(err)
	}
	return &struct{ Body api.Event }{api.EventOf(e)}, nil
}

func knownEvent(kind string) bool { return slices.Contains(clinic.EventTypes, kind) }

// inScope reads an app's scopes: all events, an area and a star, or one type.
func inScope(scopes []string, kind string) bool {
	area, _, _ := strings.Cut(kind, ".")
	return slices.Contains(scopes, eventScope) || slices.Contains(scopes, area+".*") || slices.Contains(scopes, kind)
}
