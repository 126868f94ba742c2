package door

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

func (d *Door) signInOperations(a huma.API) {
	in := Operation(http.MethodPost, sessionPath, "signIn", "Sign in: staff by PIN, a device by pair code or approval, a patient by link", true, http.StatusUnauthorized, http.StatusForbidden)
	in.Responses = map[string]*huma.Response{"202": {
		Description: "An admin has not decided yet; ask again with the requestId",
		Content: map[string]*huma.MediaType{"application/json": {
			Schema: a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[api.DevicePending](), true, ""),
		}},
	}}
	huma.Register(a, in, d.signIn)
	huma.Register(a, Operation(http.MethodPost, "/api/v1/devices", "prepareDevice", "At a site, for an admin: let a device in before it asks, by a pair code that is told once", false, http.StatusConflict), d.prepareDevice)
	huma.Register(a, Operation(http.MethodGet, sessionPath, "session", "Who this session belongs to", false), d.currentSession)
	huma.Register(a, Operation(http.MethodDelete, sessionPath, "signOut", "End this session", false), d.signOut)
	huma.Register(a, Operation(http.MethodGet, "/api/v1/session/names", "sessionNames", "The sign-in list", true), d.sessionNames)
	huma.Register(a, Operation(http.MethodPost, "/api/v1/setup", "setup", "Make the first admin of a node with the printed code", true, http.StatusUnauthorized), d.setUp)
}

// sessionAnswer is a session, or a device's wait for one.
type sessionAnswer struct {
	Status    int
	SetCookie string `header:"Set-Cookie"`
	Body      sessionBody
}

// sessionBody is one of two shapes, by the status.
type sessionBody struct {
	api.Session
	pending *api.DevicePending
}

// MarshalJSON writes the one that is there.
func (b sessionBody) MarshalJSON() ([]byte, error) {
	if b.pending != nil {
		return json.Marshal(b.pending)
	}
	return json.Marshal(b.Session)
}

// Schema is that of status 200; 202 has its own.
func (sessionBody) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[api.Session](), true, "")
}

func (d *Door) signIn(ctx context.Context, in *struct{ Body api.SessionRequest }) (*sessionAnswer, error) {
	who := callerOf(ctx)
	if wait := d.bySignIn.take(who.address, 1); wait > 0 {
		return nil, tooFast(wait)
	}
	out, err := d.letIn(ctx, who, &in.Body)
	return out, d.Answer(err)
}

func (d *Door) letIn(ctx context.Context, who *caller, in *api.SessionRequest) (*sessionAnswer, error) {
	ways := 0
	for _, given := range []bool{in.User != "" || in.PIN != "", in.Pair != "", in.Device != nil, in.Link != ""} {
		if given {
			ways++
		}
	}
	switch {
	case ways != 1:
		return nil, invalid("Sign in in one way: user and pin, pair, device, or link.")
	case in.Pair != "":
		return d.letInPaired(ctx, who, in.Pair)
	case in.Device != nil:
		return d.letInDevice(ctx, who, in.Device)
	case in.Link != "":
		return d.letInPatient(who, in.Link)
	}
	return d.letInStaff(ctx, who, in.User, in.PIN)
}

// letInStaff answers a name nobody has and a wrong PIN alike, in the same time.
func (d *Door) letInStaff(ctx context.Context, who *caller, user, pin string) (*sessionAnswer, error) {
	staff, hash, err := d.findStaff(user)
	if err != nil {
		return nil, err
	}
	try := attempt{clinic.NormalName(user), who.address}
	if staff != nil {
		try.user = staff.ID.String() // name and id are one person
	}
	if wait := d.lockout.begin(try); wait > 0 {
		return nil, retryLater(http.StatusTooManyRequests, clinic.CodeLockedOut, "Too many wrong PINs. Wait a little, then try again.", wait)
	}
	ok, err := d.pins.Matches(ctx, pin, hash)
	if err != nil {
		return nil, err
	}
	if !ok {
		if staff != nil {
			d.wrong.note(staff.ID, who.seat())
		}
		return nil, refuse(http.StatusUnauthorized, clinic.CodeUnauthenticated, "The name or the PIN is wrong.")
	}
	d.lockout.right(try)
	return d.newSession(ctx, who, staff.Key(), d.o.Staff.Scope, nil)
}

// findStaff returns who may sign in under a name or an id, and their credential; nil and nothing when nobody may.
func (d *Door) findStaff(user string) (staff *record.Record, hash string, err error) {
	err = d.o.Core.View(func(tx feed.Tx) error {
		take := func(r record.Record) (bool, error) {
			if staffRights(&r) == nil {
				return true, nil
			}
			staff = &r
			return false, nil
		}
		if id, notID := record.ParseID(user); notID == nil {
			r, _, ok, err := feed.Load(tx, d.o.Staff.Scope, record.Key{Kind: d.o.Staff.Kind, ID: id})
			if err != nil {
				return err
			}
			if ok {
				_, _ = take(r) // take gives no error
			}
		} else if err := feed.ByIndex(tx, d.o.Staff.Scope, d.o.Staff.Kind, "name", []record.Value{record.Text(clinic.NormalName(user))}, take); err != nil {
			return err
		}
		if staff == nil {
			return nil
		}
		hash, err = d.credentialOf(tx, staff.ID, "pin")
		return err
	})
	return staff, hash, err
}

func (d *Door) credentialOf(tx feed.Tx, owner record.ID, kind string) (string, error) {
	r, _, ok, err := feed.Load(tx, d.o.Local, record.Key{Kind: clinic.KindCredential, ID: clinic.CredentialID(owner)})
	if err != nil || !ok || r.Get("kind").Text() != kind {
		return "", err
	}
	return string(r.Get("hash").Bytes()), nil
}

func (d *Door) letInPatient(who *caller, link string) (*sessionAnswer, error) {
	token := tokenInLink(link)
	s, err := d.sessions.find(token, true)
	if err != nil {
		return nil, err
	}
	if s == nil || s.rights().actor.Role != clinic.RolePatient {
		return nil, refuse(http.StatusUnauthorized, clinic.CodeUnauthenticated, "This link has ended. Ask at the desk for a new one.")
	}
	return d.sessionOf(who, token, s), nil
}

// newSession signs an owner in. also writes what belongs to it in the same transaction.
func (d *Door) newSession(ctx context.Context, who *caller, owner record.Key, scope feed.Scope, also func(Writer) error) (*sessionAnswer, error) {
	token, s, err := d.sessions.start(ctx, who.seat(), owner, scope, also)
	if err != nil {
		return nil, err
	}
	return d.sessionOf(who, token, s), nil
}

func (d *Door) sessionOf(who *caller, token string, s *signedIn) *sessionAnswer {
	out := &sessionAnswer{Status: http.StatusOK, SetCookie: d.cookie(who, token, 400*24*time.Hour)}
	out.Body.Session = api.Session{Token: token, ExpiresAt: api.AtOrNil(s.expires()), User: s.rights().user}
	return out
}

// cookie is kept long by the browser: how long a session lives is decided here, not there.
func (d *Door) cookie(who *caller, token string, lasts time.Duration) string {
	c := http.Cookie{
		Name: d.cookieName(who), Value: token, Path: "/", MaxAge: int(lasts / time.Second),
		HttpOnly: true, Secure: who.secure, SameSite: http.SameSiteStrictMode,
	}
	return c.String()
}

func (d *Door) currentSession(ctx context.Context, _ *struct{}) (*struct{ Body api.Session }, error) {
	s, err := signedInAs(ctx)
	if err != nil {
		return nil, err
	}
	return &struct{ Body api.Session }{api.Session{ExpiresAt: api.AtOrNil(s.expires()), User: s.rights().user}}, nil
}

func (d *Door) signOut(ctx context.Context, _ *struct{}) (*struct {
	SetCookie string `header:"Set-Cookie"`
}, error) {
	s, err := signedInAs(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.sessions.end(ctx, s); err != nil {
		return nil, d.Answer(err)
	}
	return &struct {
		SetCookie string `header:"Set-Cookie"`
	}{d.cookie(callerOf(ctx), "", -time.Second)}, nil
}

func (d *Door) sessionNames(context.Context, *struct{}) (*struct{ Body api.SessionNames }, error) {
	out := &struct{ Body api.SessionNames }{api.SessionNames{Names: []api.SessionName{}}}
	if d.o.HideNames {
		return out, nil
	}
	err := d.o.Core.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, d.o.Staff.Scope, d.o.Staff.Kind, func(r record.Record) (bool, error) {
			if may := staffRights(&r); may != nil {
				out.Body.Names = append(out.Body.Names, api.SessionName{ID: may.user.ID, Name: may.user.Name, Role: may.user.Role})
			}
			return true, nil
		})
	})
	return out, d.Answer(err)
}
