package door

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// setup is the wait for a first admin. Its code lives in memory only: a restart prints another.
type setup struct {
	one sync.Mutex // one setup at a time

	mu   sync.Mutex
	code string // empty: nobody is waited for
}

func (s *setup) waiting() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.code
}

func (s *setup) set(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.code = code
}

// lookForAdmin makes and tells a setup code when no enabled admin has a credential: at a first start, and on a box
// rebuilt from the centre, where staff come back without their PINs.
func (d *Door) lookForAdmin() error {
	found := false
	err := d.o.Core.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, d.o.Staff.Scope, d.o.Staff.Kind, func(r record.Record) (bool, error) {
			may := staffRights(&r)
			if may == nil || !isAdmin(may.actor.Role) {
				return true, nil
			}
			hash, err := d.credentialOf(tx, r.ID, "pin")
			found = hash != ""
			return !found, err
		})
	})
	if err != nil {
		return fmt.Errorf("look for an admin: %w", err)
	}
	switch {
	case found:
		d.setup.set("")
	case d.setup.waiting() == "":
		code := newCode()
		d.setup.set(code)
		d.o.SetupCode(code)
	}
	return nil
}

func isAdmin(role clinic.Role) bool {
	return role == clinic.RoleAdmin || role == clinic.RoleCentralAdmin
}

// adminsChanged ends the wait as soon as an admin was made elsewhere, such as on the command line. It only marks; the
// store is looked at when somebody asks.
func (d *Door) adminsChanged(changes []feed.Change) {
	for i := range changes {
		if changes[i].After.Kind == clinic.KindCredential && changes[i].After.Get("kind").Text() == "pin" {
			d.admins.Store(true)
		}
	}
}

// awaitsSetup tells whether the node waits for its first admin.
func (d *Door) awaitsSetup() (bool, error) {
	if d.setup.waiting() != "" && d.admins.Swap(false) {
		if err := d.lookForAdmin(); err != nil {
			return false, err
		}
	}
	return d.setup.waiting() != "", nil
}

func (d *Door) setUp(ctx context.Context, in *struct{ Body api.SetupRequest }) (*sessionAnswer, error) {
	who := callerOf(ctx)
	if wait := d.bySignIn.take(who.address, 1); wait > 0 {
		return nil, tooFast(wait)
	}
	d.setup.one.Lock()
	defer d.setup.one.Unlock()
	out, err := d.firstAdmin(ctx, who, &in.Body)
	return out, d.Answer(err)
}

func (d *Door) firstAdmin(ctx context.Context, who *caller, in *api.SetupRequest) (*sessionAnswer, error) {
	waits, err := d.awaitsSetup()
	if err != nil {
		return nil, err
	}
	try := attempt{"setup", who.address}
	if wait := d.lockout.begin(try); wait > 0 {
		return nil, retryLater(http.StatusTooManyRequests, clinic.CodeLockedOut, "Too many wrong codes. Wait a little, then try again.", wait)
	}
	if !waits || subtle.ConstantTimeCompare([]byte(plainCode(in.Code)), []byte(plainCode(d.setup.waiting()))) != 1 {
		return nil, refuse(http.StatusUnauthorized, clinic.CodeUnauthenticated, "This is not the setup code that the node printed.")
	}
	d.lockout.right(try)
	hash, err := d.pins.Hash(ctx, in.Admin.PIN)
	if err != nil {
		return nil, pinProblem(err)
	}
	role := clinic.RoleAdmin
	if d.o.Site.IsZero() {
		role = clinic.RoleCentralAdmin
	}
	id, _, err := d.do(ctx, nodeActor(role), "staff.create", clinic.StaffCreate{Name: in.Admin.Name, Role: role}, hash)
	if err != nil {
		return nil, err
	}
	d.setup.set("")
	if err := d.nameSite(ctx, in.Site); err != nil {
		return nil, err
	}
	return d.newSession(ctx, who, record.Key{Kind: d.o.Staff.Kind, ID: id}, d.o.Staff.Scope, nil)
}

// nameSite fills the settings that are still empty; what a site has decided is not changed by a setup page.
func (d *Door) nameSite(ctx context.Context, in *api.SetupSite) error {
	if in == nil || d.o.Site.IsZero() {
		return nil
	}
	for name, value := range map[string]string{"name": in.Name, "timezone": in.Timezone} {
		if value == "" {
			continue
		}
		edit, err := clinic.SettingEdit(name, value)
		if err != nil {
			return err
		}
		set := false
		err = d.o.Core.View(func(tx feed.Tx) (err error) {
			_, _, set, err = feed.Load(tx, feed.SiteScope(d.o.Site), record.Key{Kind: edit.Kind, ID: edit.ID})
			return err
		})
		if err != nil {
			return err
		}
		if set {
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if _, _, err := d.do(ctx, nodeActor(clinic.RoleAdmin), "setting.update", clinic.SettingUpdate{Name: name, Value: raw}, nil); err != nil {
			return err
		}
	}
	return nil
}
