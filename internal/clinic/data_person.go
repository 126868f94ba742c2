package clinic

import (
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// PersonRegister is the data of person.register.
type PersonRegister struct {
	Name      string `json:"name" maxLength:"200"`
	Phone     string `json:"phone,omitempty" maxLength:"40"`
	BirthYear int    `json:"birthYear,omitempty" minimum:"1880" maximum:"2200"`
	Gender    string `json:"gender,omitempty" maxLength:"40"`
	Place     string `json:"place,omitempty" maxLength:"200"`
	Language  string `json:"language,omitempty" maxLength:"16"`
	Guardian  string `json:"guardian,omitempty" maxLength:"200"`
	How       string `json:"how,omitempty" enum:"self,coordinator,family,walk_in,phone" doc:"How they were registered"`
}

// PersonAnswer is the answer of person.register: Existing says that the same name and phone were known.
type PersonAnswer struct {
	Person   record.ID `json:"person"`
	Existing bool      `json:"existing,omitempty"`
	Alike    record.ID `json:"alike,omitzero" doc:"Somebody known who may be the same: merge them, or say that they are two"`
}

// PersonUpdate is the data of person.update; fields left out stay as they are.
type PersonUpdate struct {
	Person    record.ID `json:"person"`
	Name      *string   `json:"name,omitempty" maxLength:"200"`
	Phone     *string   `json:"phone,omitempty" maxLength:"40"`
	Phones    *[]string `json:"phones,omitempty" maxItems:"5" doc:"Further numbers under which they are found"`
	BirthYear *int      `json:"birthYear,omitempty" minimum:"1880" maximum:"2200"`
	Gender    *string   `json:"gender,omitempty" maxLength:"40"`
	Place     *string   `json:"place,omitempty" maxLength:"200"`
	Language  *string   `json:"language,omitempty" maxLength:"16"`
	Guardian  *string   `json:"guardian,omitempty" maxLength:"200"`
	Distinct  bool      `json:"distinct,omitempty" doc:"True: they are not whom they were thought to be"`
}

// LinkFamily is the data of person.link_family.
type LinkFamily struct {
	Person   record.ID `json:"person"`
	Relative record.ID `json:"relative"`
	Relation string    `json:"relation,omitempty" enum:"parent,child,spouse,sibling,grandparent,grandchild,guardian,ward,other" doc:"What the relative is to the person"`
	Guardian bool      `json:"guardian,omitempty" doc:"The relative decides and consents for the person"`
	Proxy    bool      `json:"proxy,omitempty" doc:"The relative may register and book for the person"`
	Unlink   bool      `json:"unlink,omitempty"`
}

// RecordConsent is the data of person.record_consent. A kiosk and a patient name the entry instead of the person.
type RecordConsent struct {
	Person    record.ID `json:"person,omitzero"`
	Entry     record.ID `json:"entry,omitzero"`
	Purpose   string    `json:"purpose" enum:"care,messages,share_with_centre,research"`
	Notice    string    `json:"notice,omitempty" maxLength:"40" doc:"Version of the notice they were shown; the one in force when left out"`
	Language  string    `json:"language,omitempty" maxLength:"16" doc:"Of the notice"`
	Withdrawn bool      `json:"withdrawn,omitempty"`
	By        record.ID `json:"by,omitzero" doc:"The guardian who consents for them"`
}

// MergePersons is the data of person.merge.
type MergePersons struct {
	Keep record.ID `json:"keep" doc:"Who remains"`
	Drop record.ID `json:"drop" doc:"Who is the same and goes"`
}

// PersonOnly is the data of person.export and person.erase.
type PersonOnly struct {
	Person record.ID `json:"person"`
	Reason string    `json:"reason,omitempty" maxLength:"2000"`
}

// PersonHistory is the data of person.history.
type PersonHistory struct {
	Entry record.ID `json:"entry" doc:"Of the person in front of the guruji"`
}

// PersonExport is the answer of person.export and person.history: records about a person as the one who asked may
// see them.
type PersonExport struct {
	Person  record.ID      `json:"person"`
	At      time.Time      `json:"at" format:"date-time"`
	Records []ExportRecord `json:"records"`
}

// ExportRecord is one record of an export, by kind and id.
type ExportRecord struct {
	Kind   string         `json:"kind"`
	ID     record.ID      `json:"id"`
	Day    string         `json:"day,omitempty"`
	Fields map[string]any `json:"fields"`
}
