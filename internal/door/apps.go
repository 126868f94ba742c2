package door

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// appPurpose marks a key record as an outside app's.
const appPurpose = "app"

// eventScope lets an app post events, without naming each type.
const eventScope = "events"

func (d *Door) appOperations(a huma.API) {
	huma.Register(a, Operation(http.MethodGet, "/api/v1/apps", "apps", "For an admin: the outside apps that have a key", false), d.listApps)
	huma.Register(a, Operation(http.MethodPost, "/api/v1/apps", "makeApp", "For an admin: make the key of an outside app; it is told once", false), d.makeApp)
	huma.Register(a, Operation(http.MethodDelete, "/api/v1/apps/{id}", "revokeApp", "For an admin: end an app's key", false, http.StatusNotFound), d.revokeApp)
}

func (d *Door) makeApp(ctx context.Context, in *struct{ Body api.AppRequest }) (*struct{ Body api.AppKey }, error) {
	s, err := signedInAs(ctx, clinic.RoleAdmin, clinic.RoleCentralAdmin)
	if err != nil {
		return nil, err
	}
	for _, scope := range in.Body.Scopes {
		if !knownScope(scope) {
			return nil, invalid("There is no scope called %.64q: name a command, an area and a star such as queue.*, or events.", scope)
		}
	}
	key, id, err := d.newAppKey(ctx, in.Body.Name, strings.Join(in.Body.Scopes, " "), s.rights().actor.ID)
	if err != nil {
		return nil, d.Answer(err)
	}
	return &struct{ Body api.AppKey }{api.AppKey{ID: id.String(), Key: key}}, nil
}

func (d *Door) listApps(ctx context.Context, _ *struct{}) (*struct{ Body api.Apps }, error) {
	if _, err := signedInAs(ctx, clinic.RoleAdmin, clinic.RoleCentralAdmin); err != nil {
		return nil, err
	}
	out := &struct{ Body api.Apps }{api.Apps{Apps: []api.App{}}}
	err := d.o.Core.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, d.o.Local, clinic.KindKey, func(r record.Record) (bool, error) {
			if may := appRights(&r); may != nil {
				out.Body.Apps = append(out.Body.Apps, api.App{
					ID: may.user.ID, Name: may.user.Name, Scopes: may.actor.Scopes, CreatedAt: api.At(r.Get("createdAt").Time()),
				})
			}
			return true, nil
		})
	})
	return out, d.Answer(err)
}

func (d *Door) revokeApp(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"64"`
}) (*struct{}, error) {
	if _, err := signedInAs(ctx, clinic.RoleAdmin, clinic.RoleCentralAdmin); err != nil {
		return nil, err
	}
	unknown := refuse(http.StatusNotFound, clinic.CodeNotFound, "There is no such app.")
	id, err := record.ParseID(in.ID)
	if err != nil {
		return nil, unknown
	}
	var r record.Record
	known := false
	err = d.o.Core.View(func(tx feed.Tx) (err error) {
		r, _, known, err = feed.Load(tx, d.o.Local, record.Key{Kind: clinic.KindKey, ID: id})
		return err
	})
	if err == nil && (!known || appRights(&r) == nil) { // other keys of the node are nobody's to end here
		err = unknown
	}
	if err == nil {
		err = d.RevokeAppKey(ctx, id)
	}
	return nil, d.Answer(err)
}

// knownScope tells whether a scope can ever allow anything.
func knownScope(scope string) bool {
	if scope == eventScope || clinic.Known(scope) || knownEvent(scope) {
		return true
	}
	area, starred := strings.CutSuffix(scope, ".*")
	of := func(kind string) bool { return strings.HasPrefix(kind, area+".") }
	return starred && area != "" && (slices.ContainsFunc(clinic.EventTypes, of) ||
		slices.ContainsFunc(clinic.Commands(), func(c clinic.Info) bool { return of(c.Type) }))
}

// NewAppKey makes the key of an outside app with its scopes (commands, an area and a star, or "events", with spaces
// between), and returns it; it is kept as a hash only. RevokeAppKey ends it.
func (d *Door) NewAppKey(ctx context.Context, name string, scopes string) (key string, id record.ID, err error) {
	return d.newAppKey(ctx, name, scopes, "node")
}

func (d *Door) newAppKey(ctx context.Context, name, scopes, by string) (key string, id record.ID, err error) {
	key = newToken(appPrefix)
	id = idOfHash("app", hashOf(key))
	err = d.o.Write(ctx, func(w Writer) error {
		_, err := w.Edit(d.o.Local, record.Edit{Kind: clinic.KindKey, ID: id, Set: map[string]record.Value{
			"purpose": record.Text(appPurpose), "name": record.Text(name), "scopes": record.Text(scopes),
			"createdAt": record.TimeValue(d.o.Now()), "createdBy": record.Text(by),
		}})
		return err
	})
	return key, id, err
}

// RevokeAppKey ends an app's key and its sockets: once it returns, nobody gets in with it.
func (d *Door) RevokeAppKey(ctx context.Context, id record.ID) error {
	err := d.o.Write(ctx, func(w Writer) error {
		_, err := w.Edit(d.o.Local, record.Edit{Kind: clinic.KindKey, ID: id, Set: map[string]record.Value{"revokedAt": record.TimeValue(d.o.Now())}})
		return err
	})
	if err != nil {
		return err
	}
	// The committer answers a moment before it tells.
	for _, s := range d.sessions.of(d.o.Local, record.Key{Kind: clinic.KindKey, ID: id}) {
		d.sessions.give(s, nil)
	}
	return nil
}
