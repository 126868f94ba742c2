package door

import (
	"strings"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// rightsOf is what the owner of a session may, by its record; nil when it may not come in.
func rightsOf(owner *record.Record) *rights {
	switch owner.Kind {
	case clinic.KindStaff, clinic.KindCentralStaff:
		return staffRights(owner)
	case clinic.KindDevice:
		return deviceRights(owner)
	case clinic.KindEntry:
		return &rights{
			actor: clinic.Actor{ID: owner.ID.String(), Role: clinic.RolePatient, Entry: owner.ID},
			user:  api.User{ID: owner.ID.String(), Name: owner.Get("token").Text(), Role: string(clinic.RolePatient), EntryID: owner.ID.String()},
		}
	case clinic.KindKey:
		return appRights(owner)
	}
	return nil
}

func staffRights(staff *record.Record) *rights {
	role := clinic.Role(staff.Get("role").Text())
	switch role {
	case clinic.RoleCoordinator, clinic.RoleGuruji, clinic.RoleAdmin, clinic.RoleCentralAdmin:
	default:
		return nil
	}
	if staff.Get("disabled").Bool() {
		return nil
	}
	r := &rights{
		actor: clinic.Actor{ID: staff.ID.String(), Name: staff.Get("name").Text(), Role: role},
		user:  api.User{ID: staff.ID.String(), Name: staff.Get("name").Text(), Role: string(role)},
	}
	if role == clinic.RoleGuruji {
		r.actor.Guruji = staff.Get("guruji").ID()
		r.user.GurujiID = r.actor.Guruji.String()
	}
	return r
}

// Only kiosks and boards sign in by themselves: a printer is spoken to, and a browser's people have names.
func deviceRights(device *record.Record) *rights {
	var role clinic.Role
	switch device.Get("kind").Text() {
	case "kiosk":
		role = clinic.RoleKiosk
	case "board":
		role = clinic.RoleBoard
	default:
		return nil
	}
	if device.Get("state").Text() != deviceApproved {
		return nil
	}
	id, name := device.ID.String(), device.Get("name").Text()
	return &rights{
		actor: clinic.Actor{ID: id, Name: name, Role: role, Device: id},
		user:  api.User{ID: id, Name: name, Role: string(role), Device: id},
	}
}

func appRights(key *record.Record) *rights {
	if key.Get("purpose").Text() != appPurpose || !key.Get("revokedAt").IsNull() {
		return nil
	}
	id, name := key.ID.String(), key.Get("name").Text()
	return &rights{
		actor: clinic.Actor{ID: id, Name: name, Role: clinic.RoleApp, Scopes: strings.Fields(key.Get("scopes").Text())},
		user:  api.User{ID: id, Name: name, Role: string(clinic.RoleApp)},
	}
}
