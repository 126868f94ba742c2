package api

// Status is the answer of GET /api/v1/status. Callers without a session get no cursor, and null for uplink, clock,
// disk and backup: of the line they get the one word that sign-in and pairing pages show.
type Status struct {
	Node        string        `json:"node"`
	Role        string        `json:"role" enum:"edge,hub"`
	Site        string        `json:"site,omitempty" doc:"Site id; absent at a hub"`
	SiteName    string        `json:"siteName,omitempty" doc:"Absent at a hub, and while the site has no name"`
	Timezone    string        `json:"timezone,omitempty" doc:"IANA name; absent at a hub"`
	Boot        string        `json:"boot" doc:"Changes at every start of the node"`
	Version     string        `json:"version"`
	Setup       bool          `json:"setup,omitempty" doc:"True while the node waits for its first admin"`
	UplinkState string        `json:"uplinkState,omitempty" enum:"off,connecting,live,lagging,silent,never_seen,clock_wrong,cloned,rejected" doc:"State of the uplink; absent at a hub"`
	Cursor      string        `json:"cursor,omitempty" doc:"Head of the node's own scope, for people"`
	Uplink      *Uplink       `json:"uplink" doc:"Null at a hub"`
	Clock       *ClockStatus  `json:"clock" doc:"Offset null at a hub: each of its sites has one"`
	Disk        *DiskStatus   `json:"disk"`
	Backup      *BackupStatus `json:"backup" doc:"The last backup of this node that was read again and found sound; null when none is known"`

	HTTPS   *HTTPSStatus   `json:"https" doc:"Null where the node is not reached over https by itself"`
	Archive *ArchiveStatus `json:"archive" doc:"Of a site whose configuration says where what is emptied is kept; null: nowhere but in backups"`
}

// Uplink is the line between a site and the centre.
type Uplink struct {
	State     string  `json:"state" enum:"off,connecting,live,lagging,silent,never_seen,clock_wrong,cloned,rejected"`
	Reason    string  `json:"reason,omitempty" doc:"Of rejected: revoked, join_used, join_expired, join_site or version"`
	LagMs     *int64  `json:"lagMs" doc:"Age of the oldest edit the centre has not acknowledged"`
	Backlog   Backlog `json:"backlog"`
	LastHeard *Time   `json:"lastHeard" format:"date-time"`
}

// ClockStatus compares this node's clock with the other side's.
type ClockStatus struct {
	OffsetMs *int64 `json:"offsetMs" doc:"This clock minus the other side's"`
}

// DiskStatus is the room left beside the store.
type DiskStatus struct {
	FreeBytes *int64 `json:"freeBytes"`
}

// BackupStatus tells of a backup, not where it is kept: that is known to who made it.
type BackupStatus struct {
	At        Time  `json:"at" format:"date-time"`
	Bytes     int64 `json:"bytes"`
	Encrypted bool  `json:"encrypted"`
}

// ArchiveStatus tells of the archives that are written before older days are emptied, since the node started.
type ArchiveStatus struct {
	At      *Time  `json:"at" format:"date-time" doc:"Of the last one; null when none was wanted yet"`
	Month   string `json:"month,omitempty" example:"2024-03"`
	Records int    `json:"records"`
	Failed  bool   `json:"failed" doc:"True: the last one could not be written, and nothing was emptied; the log says why"`
}

// HTTPSStatus tells how a site is reached over https, and without.
type HTTPSStatus struct {
	Port        int    `json:"port"`
	PlainPort   int    `json:"plainPort" doc:"Of plain http: for phones, which trust no site's own certificate"`
	Fingerprint string `json:"fingerprint,omitempty" doc:"SHA-256 of the site's own root certificate, which /trust hands to devices; absent where the operator brought a certificate"`
}

// Health is the answer of /healthz and /readyz.
type Health struct {
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
}

// Describe is what a demo writes for programs that drive it.
type Describe struct {
	Hub   DescribeHub    `json:"hub"`
	Sites []DescribeSite `json:"sites"`
}

// DescribeHub is the centre of a demo.
type DescribeHub struct {
	URL   string         `json:"url"`
	Users []DescribeUser `json:"users"`
}

// DescribeSite is one site of a demo.
type DescribeSite struct {
	ID      string           `json:"id"`
	Name    string           `json:"name"`
	URL     string           `json:"url"`
	Users   []DescribeUser   `json:"users"`
	Devices []DescribeDevice `json:"devices"`
}

// DescribeUser signs in with name and PIN.
type DescribeUser struct {
	Role string `json:"role"`
	Name string `json:"name"`
	PIN  string `json:"pin"`
}

// DescribeDevice signs in with a pair code.
type DescribeDevice struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Pair string `json:"pair"`
}
