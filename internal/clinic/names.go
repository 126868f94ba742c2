package clinic

// Kinds of records.
const (
	KindPerson       = "person"
	KindStaff        = "staff"
	KindGuruji       = "guruji"
	KindAppointment  = "appointment"
	KindEntry        = "entry"
	KindConsultation = "consultation"
	KindAmendment    = "amendment" // a text added to a consultation that has ended
	KindRemedy       = "remedy"
	KindNotification = "notification"
	KindDevice       = "device"
	KindLease        = "lease" // a block of token numbers given to a device
	KindSetting      = "setting"
	KindDay          = "day"
	KindEmergency    = "emergency"
	KindRequest      = "request"
	KindConflict     = "conflict"
	KindAudit        = "audit"
	KindReceipt      = "receipt"
	KindErasure      = "erasure" // of a person: which records it covers
	KindWaitlist     = "waitlist"
	KindWriter       = "writer"

	KindCredential  = "credential"
	KindSession     = "session"
	KindWrongPIN    = "wrong_pin" // how many of a day, of whom and from where
	KindKey         = "key"
	KindPrivateText = "private_text"
	KindSiteStatus  = "site_status"
	KindVoice       = "voice" // which sound of the site's own is spoken for a clip
	KindSound       = "sound" // a piece of one
	// KindCentralAudit is the audit of the centre itself, which no site reads.
	KindCentralAudit = "central_audit"

	KindSite         = "site"
	KindCentralStaff = "central_staff"
	KindTemplate     = "remedy_template"
	KindAnnouncement = "announcement"
	KindPolicy       = "policy"
)

// Kinds of derived rows.
const (
	RowEntry      = "row"
	RowPlace      = "place"
	RowGurujiWait = "guruji_wait"
	RowRecent     = "recent"
	RowWaitTruth  = "wait_truth"
)

// Statuses of an entry, low rank to high.
const (
	StatusWaiting          = "waiting"
	StatusCalled           = "called"
	StatusOnHold           = "on_hold"
	StatusNoAnswer         = "no_answer"
	StatusInService        = "in_service"
	StatusTransferred      = "transferred" // a reserved rank, never written
	StatusClosedByRollover = "closed_by_rollover"
	StatusNoShow           = "no_show"
	StatusLeft             = "left"
	StatusCancelled        = "cancelled"
	StatusDone             = "done"
)

// Further statuses of an appointment.
const (
	StatusBooked     = "booked"
	StatusConfirmed  = "confirmed"
	StatusCheckedIn  = "checked_in"
	StatusInProgress = "in_progress"
	StatusCompleted  = "completed"
)

// Availability of a guruji.
const (
	Available = "available"
	OnBreak   = "on_break"
	Busy      = "busy"
	Off       = "off"
)

// Bands of an entry: everybody in a lower band comes first.
const (
	BandEmergency = 0
	BandNormal    = 1
)

// Credits a person may be given at check-in.
const (
	CreditElderly  = "elderly"
	CreditDisabled = "disabled"
	CreditPregnant = "pregnant"
)

// Views a reader may ask for; what it gets also depends on its role.
const (
	ViewQueue       = "queue"
	ViewBoard       = "board"
	ViewKiosk       = "kiosk"
	ViewGuruji      = "guruji"
	ViewCoordinator = "coordinator"
	ViewAdmin       = "admin"
	ViewPatient     = "patient"
	ViewCentre      = "centre"
)
