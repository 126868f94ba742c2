package clinic

import (
	"encoding/json"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// SiteEnrol is the data of site.enrol, at the centre. Site names a known site whose box is replaced.
type SiteEnrol struct {
	Name string    `json:"name" maxLength:"200"`
	Site record.ID `json:"site,omitzero"`
}

// SiteRef is the data of site.revoke and site.rotate_key.
type SiteRef struct {
	Site record.ID `json:"site"`
}

// RequestSend is the data of request.send: a command that the site is asked to run.
type RequestSend struct {
	Site    record.ID       `json:"site"`
	Type    string          `json:"type" maxLength:"64"`
	Saw     map[string]any  `json:"saw,omitempty"`
	Data    json.RawMessage `json:"data"`
	Minutes int             `json:"minutes,omitempty" minimum:"1" maximum:"44640" doc:"Until it expires; a day when left out"`
}

// Publish is the data of announcement.publish.
type Publish struct {
	Title  string      `json:"title" maxLength:"200"`
	Body   string      `json:"body,omitempty" maxLength:"10000"`
	Target []record.ID `json:"target,omitempty" maxItems:"2000" doc:"Sites; all of them when left out"`
	Until  *time.Time  `json:"until,omitempty" format:"date-time" doc:"When it expires; a week from now when left out"`
}

// AnnouncementRef is the data of announcement.withdraw and announcement.acknowledge.
type AnnouncementRef struct {
	Announcement record.ID `json:"announcement"`
}

// TemplateSave is the data of template.save: a new remedy template, or all fields of a known one.
type TemplateSave struct {
	Template     record.ID `json:"template,omitzero"`
	Type         string    `json:"type" enum:"homeopathic,ayurvedic,spiritual,lifestyle,dietary"`
	Name         string    `json:"name" maxLength:"200"`
	Dosage       string    `json:"dosage,omitempty" maxLength:"2000"`
	Days         int       `json:"days,omitempty" minimum:"1" maximum:"3650"`
	Instructions string    `json:"instructions,omitempty" maxLength:"20000"`
	Language     string    `json:"language,omitempty" maxLength:"16"`
	Disabled     bool      `json:"disabled,omitempty" doc:"No longer offered"`
}

// PolicySave is the data of policy.save.
type PolicySave struct {
	Name  string          `json:"name" maxLength:"64"`
	Value json.RawMessage `json:"value"`
}

// ConflictSettle is the data of conflict.settle.
type ConflictSettle struct {
	Conflict record.ID `json:"conflict"`
	Keep     string    `json:"keep" enum:"current,lost" doc:"lost: the value that was dropped is written again"`
}
