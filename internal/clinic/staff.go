package clinic

import (
	"github.com/aashram-care/sangam/sync/record"
)

// CredentialID is the id of the credential of a member of staff or of a device.
func CredentialID(owner record.ID) record.ID { return record.Derive(KindCredential, owner.String()) }

// credential is the edit that keeps a hash, in the node's local scope and nowhere else.
func (w *work) credential(owner record.ID, kind string) {
	if len(w.command.Secret) == 0 {
		return
	}
	w.edit(record.Edit{Kind: KindCredential, ID: CredentialID(owner), Set: fields{
		"owner": record.IDValue(owner), "kind": record.Text(kind), "hash": record.Bytes(w.command.Secret), "setAt": ms(w.now),
	}})
}

func createStaff(w *work, in StaffCreate) error {
	switch {
	case in.Name == "":
		return refuse(CodeInvalid, "The name is missing.")
	case in.Role == "":
		return refuse(CodeInvalid, "The role is missing.")
	case (in.Role == RoleCentralAdmin) != (w.day == nil):
		return refuse(CodeNotAllowed, "Central admins are staff of the centre, and only they are.")
	}
	if err := w.nameIsFree(in.Name, record.ID{}); err != nil {
		return err
	}
	id := w.command.ID
	set := fields{
		"name": record.Text(in.Name), "nameKey": record.Text(NormalName(in.Name)), "role": record.Text(string(in.Role)),
		"createdBy": record.Text(w.actor.ID), "createdAt": ms(w.clinic),
	}
	answer := StaffAnswer{Staff: id}
	if in.Role == RoleGuruji {
		answer.Guruji, answer.Series = id.Child(KindGuruji), w.day.nextSeries()
		set["guruji"] = record.IDValue(answer.Guruji)
		w.edit(record.Edit{Kind: KindGuruji, ID: answer.Guruji, Set: fields{
			"name": record.Text(in.Name), "room": orNull(in.Room), "series": record.Text(answer.Series),
			"availability": record.Text(Available), "createdBy": record.Text(w.actor.ID), "createdAt": ms(w.clinic),
		}})
	}
	w.credential(id, "pin")
	w.create(w.staffKind(), "", set)
	w.out.Data = answer
	return nil
}

// nameIsFree keeps names of staff unique on a node, since people sign in by them. The names of those who were let go
// are free again.
func (w *work) nameIsFree(name string, except record.ID) error {
	for _, r := range w.look.ByIndex(w.staffKind(), "name", record.Text(NormalName(name))) {
		if r.ID != except && !r.Get("disabled").Bool() {
			return refuse(CodeNotAllowed, "Somebody here is called %s already. Add a second name, so that both can sign in.", name)
		}
	}
	return nil
}

func updateStaff(w *work, in StaffUpdate) error {
	r, err := w.loadSeen(w.staffKind(), in.Staff, "member of staff")
	if err != nil {
		return err
	}
	set := fields{}
	if in.Name != nil {
		if *in.Name == "" {
			return refuse(CodeInvalid, "A member of staff has a name.")
		}
		if err := w.nameIsFree(*in.Name, r.ID); err != nil {
			return err
		}
		set["name"], set["nameKey"] = record.Text(*in.Name), record.Text(NormalName(*in.Name))
		if guruji := idOf(r, "guruji"); !guruji.IsZero() {
			w.edit(record.Edit{Kind: KindGuruji, ID: guruji, Set: fields{"name": record.Text(*in.Name)}})
		}
	}
	if in.Role != nil {
		was := Role(r.Get("role").Text())
		switch {
		case was == RoleGuruji, (*in.Role == RoleCentralAdmin) != (w.day == nil), *in.Role == "":
			return refuse(CodeNotAllowed, "This role cannot be changed so.")
		case was == RoleAdmin && *in.Role != RoleAdmin && r.ID.String() == w.actor.ID:
			return refuse(CodeNotAllowed, "You cannot take your own key away.")
		}
		set["role"] = record.Text(string(*in.Role))
	}
	if len(set) == 0 {
		return refuse(CodeInvalid, "Nothing to change was given.")
	}
	w.change(r.Kind, r.ID, "", set)
	return nil
}

func disableStaff(w *work, in StaffDisable) error {
	r, err := w.loadSeen(w.staffKind(), in.Staff, "member of staff")
	if err != nil {
		return err
	}
	disabled := in.Disabled == nil || *in.Disabled
	if disabled && r.ID.String() == w.actor.ID {
		return refuse(CodeNotAllowed, "You cannot take your own key away.")
	}
	if !disabled {
		if err := w.nameIsFree(r.Get("name").Text(), r.ID); err != nil {
			return err
		}
	}
	if guruji := idOf(r, "guruji"); !guruji.IsZero() {
		w.edit(record.Edit{Kind: KindGuruji, ID: guruji, Set: fields{"disabled": record.Bool(disabled)}})
	}
	w.change(r.Kind, r.ID, "", fields{"disabled": record.Bool(disabled)})
	return nil
}

func resetPIN(w *work, in StaffRef) error {
	r, err := w.loadSeen(w.staffKind(), in.Staff, "member of staff")
	if err != nil {
		return err
	}
	if len(w.command.Secret) == 0 {
		return refuse(CodeInvalid, "The new PIN is missing.")
	}
	w.credential(r.ID, "pin")
	w.about(r.Kind, r.ID, nil)
	w.out.Data = RecordAnswer{ID: r.ID}
	return nil
}

// States of a device.
const (
	DeviceRequested = "requested"
	DeviceApproved  = "approved"
	DeviceRevoked   = "revoked"
)

func requestDevice(w *work, in DeviceRequest) error {
	switch {
	case in.Kind == "":
		return refuse(CodeInvalid, "What kind of device? It is missing.")
	case in.Name == "":
		return refuse(CodeInvalid, "The device has no name.")
	}
	w.credential(w.command.ID, "pair")
	w.create(KindDevice, "", fields{
		"kind": record.Text(in.Kind), "name": record.Text(in.Name), "state": record.Text(DeviceRequested),
		"requestedAt": ms(w.clinic), "createdBy": record.Text(w.actor.ID),
	})
	return nil
}

func approveDevice(w *work, in DeviceApprove) error {
	r, err := w.loadSeen(KindDevice, in.Device, "device")
	if err != nil {
		return err
	}
	if state := r.Get("state").Text(); state != DeviceRequested {
		return refuse(CodeNotAllowed, "This device is %s. Let it ask again.", state)
	}
	set := fields{"state": record.Text(DeviceApproved), "approvedAt": ms(w.clinic), "approvedBy": record.Text(w.actor.ID)}
	if in.Name != "" {
		set["name"] = record.Text(in.Name)
	}
	if r.Get("kind").Text() == "kiosk" {
		set["number"] = record.Int(int64(w.day.nextKiosk()))
	}
	w.change(KindDevice, r.ID, "", set)
	return nil
}

func revokeDevice(w *work, in DeviceRef) error {
	r, err := w.loadSeen(KindDevice, in.Device, "device")
	if err != nil {
		return err
	}
	if r.Get("state").Text() == DeviceRevoked {
		return refuse(CodeNotAllowed, "This device is revoked already.")
	}
	w.change(KindDevice, r.ID, "", fields{"state": record.Text(DeviceRevoked), "revokedAt": ms(w.clinic)})
	return nil
}

func updateSetting(w *work, in SettingUpdate) error {
	e, err := settingEdit(in.Name, in.Value)
	if err != nil {
		return err
	}
	if err := w.asSeen(KindSetting, e.ID); err != nil {
		return err
	}
	w.change(KindSetting, e.ID, "", e.Set)
	return nil
}
