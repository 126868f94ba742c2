package clinic

import (
	"encoding/json"

	"github.com/aashram-care/sangam/sync/record"
)

// RecordAnswer names the record a command made or changed.
type RecordAnswer struct {
	ID record.ID `json:"id"`
}

// StaffCreate is the data of staff.create; the PIN travels beside it and is only ever kept as a hash.
type StaffCreate struct {
	Name string `json:"name" maxLength:"200"`
	Role Role   `json:"role" enum:"coordinator,guruji,admin,central_admin"`
	Room string `json:"room,omitempty" maxLength:"40" doc:"Of a guruji"`
}

// StaffAnswer is the answer of staff.create; Guruji and Series are those of the guruji record it made.
type StaffAnswer struct {
	Staff  record.ID `json:"staff"`
	Guruji record.ID `json:"guruji,omitzero"`
	Series string    `json:"series,omitempty"`
}

// StaffUpdate is the data of staff.update.
type StaffUpdate struct {
	Staff record.ID `json:"staff"`
	Name  *string   `json:"name,omitempty" maxLength:"200"`
	Role  *Role     `json:"role,omitempty" enum:"coordinator,admin,central_admin" doc:"Nobody becomes or stops being a guruji this way"`
}

// StaffDisable is the data of staff.disable.
type StaffDisable struct {
	Staff    record.ID `json:"staff"`
	Disabled *bool     `json:"disabled,omitempty" doc:"false lets them in again"`
}

// StaffRef is the data of staff.reset_pin.
type StaffRef struct {
	Staff record.ID `json:"staff"`
}

// DeviceRequest is the data of device.request.
type DeviceRequest struct {
	Kind string `json:"kind" enum:"kiosk,board,printer,browser"`
	Name string `json:"name" maxLength:"200"`
}

// DeviceApprove is the data of device.approve.
type DeviceApprove struct {
	Device record.ID `json:"device"`
	Name   string    `json:"name,omitempty" maxLength:"200" doc:"A better name than the one it asked under"`
}

// DeviceRef is the data of device.revoke.
type DeviceRef struct {
	Device record.ID `json:"device"`
}

// SettingUpdate is the data of setting.update.
type SettingUpdate struct {
	Name  string          `json:"name" maxLength:"64"`
	Value json.RawMessage `json:"value"`
}

// EmergencyRaise is the data of emergency.raise.
type EmergencyRaise struct {
	Entry record.ID `json:"entry,omitzero"`
	Place string    `json:"place,omitempty" maxLength:"200"`
	Note  string    `json:"note,omitempty" maxLength:"2000"`
}

// EmergencyResolve is the data of emergency.resolve.
type EmergencyResolve struct {
	Emergency record.ID `json:"emergency"`
	Outcome   string    `json:"outcome,omitempty" maxLength:"2000"`
}
