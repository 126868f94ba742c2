package api

// Beats of a minute of a site's line.
const (
	BeatOnTime  = "on_time"
	BeatLate    = "late"
	BeatUnheard = "unheard"
)

// Sites is the answer of GET /api/v1/sites.
type Sites struct {
	Sites []EnrolledSite `json:"sites" nullable:"false"`
}

// EnrolledSite is a site as the centre keeps it, with the last hour of it.
type EnrolledSite struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	State      string    `json:"state" enum:"enrolled,revoked"`
	EnrolledAt *Time     `json:"enrolledAt" format:"date-time"`
	RevokedAt  *Time     `json:"revokedAt" format:"date-time"`
	RotateAt   *Time     `json:"rotateAt" format:"date-time" doc:"Since when another key is asked for"`
	Hour       *SiteHour `json:"hour" doc:"Null when the hub knows of no minute yet"`
}

// SiteHour is a site minute by minute, at most sixty, the oldest first and without a gap. The hub keeps it in memory:
// it begins when the hub was started.
type SiteHour struct {
	From      Time     `json:"from" format:"date-time" doc:"The first minute"`
	Beats     []string `json:"beats" nullable:"false" enum:"on_time,late,unheard" doc:"The worst of each minute"`
	Waiting   []*int   `json:"waiting" nullable:"false" doc:"At the end of each minute; null when it was not known"`
	InService []*int   `json:"inService" nullable:"false"`
	Done      []*int   `json:"done" nullable:"false"`
}

// SiteRequests is the answer of GET /api/v1/sites/{site}/requests, the newest first.
type SiteRequests struct {
	Requests []SiteRequest `json:"requests" nullable:"false"`
}

// SiteRequest is what a site was asked to do, and what became of it.
type SiteRequest struct {
	ID        string         `json:"id"`
	Command   string         `json:"command"`
	Data      map[string]any `json:"data,omitempty" doc:"What was asked, where it is about nobody who comes to the site"`
	State     string         `json:"state" enum:"pending,accepted,refused,expired"`
	Code      string         `json:"code,omitempty" doc:"Of a refusal"`
	Message   string         `json:"message,omitempty"`
	ActorName string         `json:"actorName"`
	SentAt    *Time          `json:"sentAt" format:"date-time"`
	ExpiresAt *Time          `json:"expiresAt" format:"date-time"`
	SettledAt *Time          `json:"settledAt" format:"date-time"`
}

// SiteRoster is the answer of GET /api/v1/sites/{site}/roster: whom and what a site has, each list by name.
type SiteRoster struct {
	Gurujis  []RosterGuruji  `json:"gurujis" nullable:"false"`
	Staff    []RosterStaff   `json:"staff" nullable:"false"`
	Devices  []RosterDevice  `json:"devices" nullable:"false"`
	Settings []RosterSetting `json:"settings" nullable:"false" doc:"What the site decided; what is not here follows the usual"`
}

// RosterGuruji is a healer of a site.
type RosterGuruji struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Room         string `json:"room,omitempty"`
	Availability string `json:"availability"`
	Disabled     bool   `json:"disabled,omitempty"`
}

// RosterStaff is a member of the staff of a site.
type RosterStaff struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Role     string `json:"role"`
	Disabled bool   `json:"disabled,omitempty"`
}

// RosterDevice is a device of a site.
type RosterDevice struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	State string `json:"state"`
}

// RosterSetting is a setting of a site.
type RosterSetting struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Announcements is the answer of GET /api/v1/announcements, the newest first.
type Announcements struct {
	Announcements []Announcement `json:"announcements" nullable:"false"`
}

// Announcement is what the centre told its sites, and who has read it.
type Announcement struct {
	ID          string    `json:"id"`
	Title       string    `json:"title"`
	Body        string    `json:"body,omitempty"`
	Sites       []string  `json:"sites,omitempty" doc:"Whom it is for; all sites when absent"`
	PublishedAt *Time     `json:"publishedAt" format:"date-time"`
	ExpiresAt   *Time     `json:"expiresAt" format:"date-time"`
	WithdrawnAt *Time     `json:"withdrawnAt" format:"date-time"`
	Receipts    []Receipt `json:"receipts" nullable:"false" doc:"The newest first"`
}

// Receipt says that somebody at a site has read an announcement.
type Receipt struct {
	Site  string `json:"site"`
	Staff string `json:"staff" doc:"Their name; empty when their record has not arrived"`
	At    *Time  `json:"at" format:"date-time"`
}
