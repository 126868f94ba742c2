package clinic

import (
	"strings"

	"github.com/aashram-care/sangam/sync/record"
)

// Schema says of every kind where it lives, what its fields are and how they merge. Times are milliseconds since the
// epoch by the clinic's clock unless named otherwise, ids their 16 bytes, credit, nudge and delay minutes.
var Schema = record.Schema{
	KindPerson: site(text("name nameKey phone phones birthYear gender place language guardian familyLinks registeredHow alike "+
		"mergedInto mergedFrom deleted erasedAt"), once("createdBy createdAt"), grow("consent"),
		by("phone", "phone"), by("phone_name", "phone nameKey"), by("merged", "mergedInto")),
	KindStaff: site(text("name nameKey role guruji disabled"), once("createdBy createdAt"), by("name", "nameKey")),
	KindGuruji: site(text("name availability until backAt offerTo room series priorSeconds lineTrust toldError capacity intakeClosed disabled"),
		once("createdBy createdAt"), by("series", "series")),
	KindAppointment: site(daily, text("person name phone guruji date slot minutes reason recurring series entry rescheduledFrom rescheduledTo "+
		"remindedAt lastAction"),
		once("reference createdBy createdAt"), by("guruji_date", "guruji date"), by("person", "person"), by("series", "series"), appointmentStatus),
	KindEntry: site(daily, text("person name phone guruji band credit creditFor nudge slot delay misses recalls checkedInAt calledAt "+
		"startedAt endedAt room from to late overridden consultation appointment reason priorityReason twin alike language closedReason told waitedSeconds lastAction"),
		once("token createdBy createdHow"), grow("periods"), by("person", "person"), entryStatus),
	KindWaitlist: site(daily, text("person name phone guruji reason language state joinedAt entry"), once("createdBy"), by("person", "person")),
	KindConsultation: site(daily, text("entry person guruji startedAt endedAt notes noteAt private void lastAction"), once("createdBy"),
		grow("amendments"), by("person", "person"), by("entry", "entry")),
	KindAmendment: site(daily, text("consultation entry person guruji text private"), once("createdBy createdAt"), by("person", "person")),
	KindRemedy: site(daily, text("entry person guruji consultation template type name dosage days instructions language private deliveredAt deliveredBy "+
		"completedAt lastAction"), once("createdBy createdAt"), by("person", "person")),
	KindNotification: site(daily, text("toKind to title body sentAt readAt deleted"), once("createdBy"), by("to", "to")),
	KindDevice:       site(text("kind name state number requestedAt approvedAt approvedBy revokedAt lastSeen"), by("state", "state")),
	KindLease:        site(daily, once("device series epoch prefix from to createdBy createdAt")),
	KindSetting:      site(text("name value")),
	KindDay:          site(text("date openedAt openedBy closedAt closedBy closedReason sealedAt intakeClosed intakeReason totals")),
	KindEmergency:    site(daily, text("entry guruji place note raisedAt raisedBy resolvedAt resolvedBy outcome"), by("entry", "entry")),
	KindRequest: site(text("command data saw actor actorName sentAt expiresAt state code message settledAt outcome"),
		once("createdBy"), by("state", "state")),
	KindConflict: site(text("subjectKind subject field value at writer settledAt settledBy settled"), by("subject", "subject")),
	KindErasure:  site(text("person at by"), grow("covers")),
	KindAudit:    site(daily, once("at actedAt type actor role device session kind subject subjects fields")),
	KindReceipt:  site(text("announcement staff at"), by("announcement", "announcement")),
	KindWriter:   site(once("node openedAt")),

	KindCredential:   local(text("owner kind hash setAt"), by("owner", "owner")),
	KindSession:      local(text("owner"), by("owner", "owner")),
	KindWrongPIN:     local(text("owner"), by("owner", "owner")),
	KindKey:          local(),
	KindPrivateText:  local(text("kind subject person guruji text"), by("person", "person")),
	KindSiteStatus:   local(),
	KindVoice:        local(text("lang clip sound type bytes setAt"), by("sound", "sound")),
	KindSound:        local(text("data type bytes")),
	KindCentralAudit: local(daily, once("at actedAt type actor role device kind subject fields")),

	KindSite:         network(text("name state enrolledAt revokedAt rotateAt keys"), once("createdBy createdAt"), by("name", "name")),
	KindCentralStaff: network(text("name nameKey role disabled"), once("createdBy createdAt"), by("name", "nameKey")),
	KindTemplate:     network(text("name type dosage days instructions language disabled"), once("createdBy")),
	KindAnnouncement: network(text("title body target expiresAt publishedAt withdrawnAt"), once("createdBy")),
	KindPolicy:       network(text("name value")),
}

type trait func(*record.KindSchema)

func site(traits ...trait) record.KindSchema    { return kind(record.Site, traits) }
func network(traits ...trait) record.KindSchema { return kind(record.Network, traits) }
func local(traits ...trait) record.KindSchema   { return kind(record.Local, traits) }

func kind(scope record.ScopeClass, traits []trait) record.KindSchema {
	k := record.KindSchema{Scope: scope, Fields: map[string]record.FieldSchema{}}
	for _, apply := range traits {
		apply(&k)
	}
	return k
}

func with(names string, policy record.Policy) trait {
	return func(k *record.KindSchema) {
		for _, name := range strings.Fields(names) {
			k.Fields[name] = record.FieldSchema{Policy: policy}
		}
	}
}

// text names fields of which the greatest stamp wins, whatever their type.
func text(names string) trait { return with(names, record.LWW) }
func once(names string) trait { return with(names, record.Once) }
func grow(names string) trait { return with(names, record.Grow) }

func daily(k *record.KindSchema) { k.HasDay = true }

func by(index, fields string) trait {
	return func(k *record.KindSchema) {
		k.Indexes = append(k.Indexes, record.Index{Name: index, Fields: strings.Fields(fields)})
	}
}

func status(s record.StatusSchema) trait {
	return func(k *record.KindSchema) {
		k.Status = &s
		k.Fields[s.Field] = record.FieldSchema{Policy: record.StatusPolicy}
		for _, name := range []string{s.Completions, s.PutBacks} {
			if name != "" {
				k.Fields[name] = record.FieldSchema{Policy: record.Grow}
			}
		}
	}
}

var entryStatus = status(record.StatusSchema{
	Field: "status",
	Ranks: []string{StatusWaiting, StatusCalled, StatusOnHold, StatusNoAnswer, StatusInService, StatusTransferred,
		StatusClosedByRollover, StatusNoShow, StatusLeft, StatusCancelled, StatusDone},
	Terminal:    []string{StatusClosedByRollover, StatusNoShow, StatusLeft, StatusCancelled, StatusDone},
	Completed:   StatusDone,
	Completions: "completions",
	PutBacks:    "putBacks",
})

var appointmentStatus = status(record.StatusSchema{
	Field:    "status",
	Ranks:    []string{StatusBooked, StatusConfirmed, StatusCheckedIn, StatusInProgress, StatusNoShow, StatusCancelled, StatusCompleted},
	Terminal: []string{StatusNoShow, StatusCancelled, StatusCompleted},
})
