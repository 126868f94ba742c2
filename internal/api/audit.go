package api

// AuditRow is one thing that somebody did, by reference: names of fields, and never what they held.
type AuditRow struct {
	ID        string   `json:"id"`
	Day       string   `json:"day" example:"2026-01-05" doc:"Service-day"`
	At        *Time    `json:"at" format:"date-time" doc:"By the clinic's clock"`
	ActedAt   *Time    `json:"actedAt" format:"date-time" doc:"When the person acted, where it was sent later"`
	Type      string   `json:"type" example:"queue.call_next"`
	Actor     string   `json:"actor" doc:"Id of a member of staff, device, app or entry"`
	ActorName string   `json:"actorName,omitempty" doc:"Of staff and devices"`
	Role      string   `json:"role" example:"guruji"`
	Device    string   `json:"device,omitempty"`
	Session   string   `json:"session,omitempty" doc:"Of a look at health notes: which sign-in it was"`
	Kind      string   `json:"kind,omitempty" example:"entry" doc:"Of the record it was done to"`
	Subject   string   `json:"subject,omitempty" doc:"Id of that record"`
	Subjects  []string `json:"subjects,omitempty" doc:"Their ids, where it was done to several at once"`
	Fields    []string `json:"fields" nullable:"false" doc:"What of it changed; of an export, what was taken out"`
}

// AuditPage is the answer of GET /api/v1/audit, newest first.
type AuditPage struct {
	Rows []AuditRow `json:"rows" nullable:"false"`
	Next string     `json:"next,omitempty" doc:"Ask for it as after; a page may be empty and still have a next one"`
}

// RetentionRequest is the body of POST /api/v1/retention.
type RetentionRequest struct {
	_ struct{} `additionalProperties:"true"`

	Count bool   `json:"count" doc:"True: only tell how much there is, month by month"`
	Month string `json:"month,omitempty" maxLength:"7" example:"2024-03" doc:"Only this month, such as the one whose tables were just taken out; all older days when left out"`
}

// RetentionAnswer tells what was emptied.
type RetentionAnswer struct {
	Before  string `json:"before" example:"2023-01-05" doc:"The first service-day that is kept whole"`
	Found   int    `json:"found" doc:"Records of older days that hold something personal, at most 2000 at a time but for a count"`
	Emptied int    `json:"emptied"`
	More    bool   `json:"more" doc:"True: ask again"`

	Months []RetentionMonth `json:"months,omitempty" doc:"Of a count, the oldest first"`
}

// RetentionMonth is what a month still holds that is personal.
type RetentionMonth struct {
	Month string `json:"month" example:"2024-03"`
	Found int    `json:"found" example:"812"`
}
