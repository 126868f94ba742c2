package clinic

import (
	"slices"
	"strings"

	"github.com/aashram-care/sangam/sync/record"
)

// Who may read what, once and for all doors. A field that is not here is read by nobody; a kind that is not here (a
// credential, a session, a key) has no reader at all.
var (
	everyone  = roleSet(1<<len(Roles) - 1)
	inside    = roles(RoleCoordinator, RoleGuruji, RoleAdmin)
	overseers = inside | roles(RoleCentralAdmin)
	deskOnly  = roles(RoleCoordinator, RoleAdmin)
	names     = inside | visitors
	phones    = deskOnly | visitors
	health    = healers | visitors
)

var readers = map[string]map[string]roleSet{
	KindEntry: readable(
		reads(everyone, "token status generation guruji room calledAt band checkedInAt"),
		reads(overseers|visitors, "credit creditFor nudge slot delay misses recalls startedAt endedAt late overridden told waitedSeconds"),
		reads(inside|visitors, "from to appointment consultation twin lastAction createdHow language person"),
		reads(inside, "alike"), reads(names, "name"), reads(phones, "phone"), reads(health, "reason priorityReason closedReason")),
	KindGuruji: readable(
		reads(everyone, "name availability until offerTo room series intakeClosed disabled"),
		reads(overseers, "priorSeconds lineTrust toldError capacity backAt")),
	KindAppointment: readable(
		reads(overseers, "guruji date slot minutes status generation entry recurring series rescheduledFrom rescheduledTo remindedAt reference"),
		reads(inside, "person name"), reads(deskOnly, "phone"), reads(healers, "reason")),
	KindPerson: readable(
		reads(inside, "name birthYear gender place language guardian familyLinks alike mergedInto deleted"),
		reads(deskOnly, "phone phones consent registeredHow createdAt erasedAt")),
	KindConsultation: readable(
		reads(inside, "entry guruji startedAt endedAt void"),
		reads(healers, "person notes noteAt amendments private")),
	KindWaitlist: readable(
		reads(overseers, "guruji state joinedAt entry"),
		reads(inside, "name language"), reads(deskOnly, "person phone"), reads(healers, "reason")),
	KindAmendment: readable(
		reads(inside, "consultation entry guruji createdAt"),
		reads(healers, "person text private")),
	KindRemedy: readable(
		reads(inside|visitors, "entry guruji createdAt deliveredAt completedAt"), reads(inside, "deliveredBy"),
		reads(health, "person consultation template type name dosage days instructions language private")),
	KindPrivateText: readable(reads(healers, "kind subject person text")),
	KindEmergency: readable(
		reads(overseers, "entry guruji raisedAt resolvedAt"),
		reads(inside, "place note raisedBy resolvedBy outcome")),
	KindDay: readable(
		reads(everyone, "date openedAt closedAt closedReason sealedAt intakeClosed intakeReason"),
		reads(overseers, "openedBy closedBy totals")),
	KindSetting: readable(reads(everyone, "name value")),
	KindStaff:   readable(reads(overseers, "name role guruji disabled")),
	KindDevice: readable(
		reads(overseers, "kind name state number requestedAt"),
		reads(admins, "approvedAt approvedBy revokedAt lastSeen")),
	KindLease:        readable(reads(deskOnly|devices, "device prefix from to createdAt")),
	KindRequest:      readable(reads(admins, "command state code message actorName sentAt expiresAt settledAt")),
	KindConflict:     readable(reads(overseers, "subjectKind subject field at settledAt settledBy settled"), reads(inside, "value")),
	KindAudit:        readable(reads(box, "at actedAt type actor role device session kind subject subjects fields")),
	KindNotification: readable(reads(inside|visitors, "toKind to title body sentAt readAt deleted")),
	KindErasure:      readable(reads(admins, "person at by")),
	KindReceipt:      readable(reads(admins, "announcement staff at")),
	KindAnnouncement: readable(reads(everyone, "title body expiresAt publishedAt withdrawnAt"), reads(overseers, "target")),
	KindTemplate:     readable(reads(overseers, "name type dosage days instructions language disabled")),
	KindPolicy:       readable(reads(overseers, "name value")),
	KindSite:         readable(reads(centre, "name state enrolledAt revokedAt rotateAt createdAt")),
	KindCentralStaff: readable(reads(centre, "name role disabled")),
	KindCentralAudit: readable(reads(centre, "at actedAt type actor role kind subject fields")),
	KindSiteStatus:   readable(reads(centre, "name state lastHeard backlog clockOffsetMs waiting inService done")),
}

type reading struct {
	roles  roleSet
	fields string
}

func reads(roles roleSet, fields string) reading { return reading{roles, fields} }

func readable(list ...reading) map[string]roleSet {
	table := map[string]roleSet{}
	for _, r := range list {
		for _, field := range strings.Fields(r.fields) {
			table[field] |= r.roles
		}
	}
	return table
}

// mayRead tells whether a role reads a field of a kind at all; whose records it reads is for standing to say.
func mayRead(role Role, kind, field string) bool { return readers[kind][field].has(role) }

// View is what an actor may see of a record, as plain values: ids and times as text, unknown as nil. A status field
// stands as status (the shown one) and generation. visible is false when they may not know of the record at all. For a
// reader with a view of its own, give Audience.Actor.
func View(a Actor, day *Day, r *record.Record) (fields map[string]any, visible bool) {
	look, ok := a.look(day, r)
	if !ok {
		return nil, false
	}
	fields = make(map[string]any, len(readers[r.Kind]))
	for name := range readers[r.Kind] {
		if look.at(name) {
			fields[name] = plainField(r, name)
		}
	}
	return fields, len(fields) > 0
}

// look is how somebody looks at one record.
type look struct {
	record *record.Record
	role   Role
	erased bool
}

// look is false when they may not know of the record at all.
func (a Actor) look(day *Day, r *record.Record) (look, bool) {
	role, ok := a.standing(day, r)
	return look{r, role, ok && day.isErased(r)}, ok
}

// at tells whether a field is to be seen.
func (l look) at(field string) bool {
	switch {
	case !mayRead(l.role, l.record.Kind, field), l.erased && slices.Contains(personal[l.record.Kind], field):
		return false
	case l.record.Kind == KindConflict && field == "value":
		return mayRead(l.role, l.record.Get("subjectKind").Text(), l.record.Get("field").Text())
	}
	return true
}

// atAny tells whether there is a field to be seen.
func (l look) atAny() bool {
	for field := range readers[l.record.Kind] {
		if l.at(field) {
			return true
		}
	}
	return false
}

// standing is the role in which an actor looks at a record: their own, a lesser one towards what is not theirs, or
// none.
func (a Actor) standing(day *Day, r *record.Record) (Role, bool) {
	switch r.Kind {
	case KindNotification:
		return a.Role, a.mayReadNotification(addressed(r))
	case KindAnnouncement:
		return a.Role, centre.has(a.Role) || targets(r, day) && (inside.has(a.Role) || r.Get("withdrawnAt").IsNull())
	}
	switch a.Role {
	case RolePatient:
		return a.Role, a.patientMaySee(r)
	case RoleGuruji:
		return a.gurujiStanding(day, r)
	}
	switch r.Kind {
	case KindSetting:
		return a.Role, overseers.has(a.Role) || settingTable[r.Get("name").Text()].public
	case KindLease:
		return a.Role, a.Role != RoleKiosk || a.Device != "" && a.Device == r.Get("device").Text()
	}
	return a.Role, a.Role != ""
}

func (a Actor) patientMaySee(r *record.Record) bool {
	switch r.Kind {
	case KindEntry:
		return r.ID == a.Entry && !a.Entry.IsZero()
	case KindRemedy:
		return idOf(r, "entry") == a.Entry && !a.Entry.IsZero()
	case KindSetting:
		return settingTable[r.Get("name").Text()].public
	case KindGuruji, KindDay:
		return true
	}
	return false
}

// gurujiStanding: of their own queue everything, of other queues what the boards show, and of people and their health
// only those who are here for them today.
func (a Actor) gurujiStanding(day *Day, r *record.Record) (Role, bool) {
	switch r.Kind {
	case KindEntry:
		if a.owns(idOf(r, "guruji")) {
			return RoleGuruji, true
		}
		return RoleBoard, true
	case KindAppointment, KindWaitlist:
		return RoleGuruji, a.owns(idOf(r, "guruji"))
	case KindPerson:
		return RoleGuruji, day.hasToday(r.ID, a.Guruji)
	case KindConsultation, KindAmendment, KindRemedy, KindPrivateText:
		person := idOf(r, "person")
		return RoleGuruji, day.hasToday(person, a.Guruji) || person.IsZero() && a.owns(idOf(r, "guruji"))
	case KindConflict:
		return RoleGuruji, a.ownsSubject(day, r.Get("subjectKind").Text(), idOf(r, "subject"))
	}
	return RoleGuruji, true
}

func (a Actor) owns(guruji record.ID) bool { return guruji == a.Guruji && !a.Guruji.IsZero() }

func (d *Day) entry(id record.ID) *entry {
	if d == nil {
		return nil
	}
	return d.entries[id]
}

// hasToday tells whether a person has an entry with a guruji today.
func (d *Day) hasToday(person, guruji record.ID) bool {
	if d == nil || person.IsZero() || guruji.IsZero() {
		return false
	}
	for id := range d.people[person] {
		if d.entries[id].guruji == guruji {
			return true
		}
	}
	return false
}

// plainField is a field as JSON may carry it.
func plainField(r *record.Record, name string) any {
	st := Schema[r.Kind].Status
	switch {
	case st != nil && name == st.Field:
		return Schema.Shown(r).Name
	case st != nil && name == "generation":
		return Schema.Shown(r).Generation
	case Schema[r.Kind].Fields[name].Policy == record.Grow:
		return plainItems(r.Items(name))
	}
	v := r.Get(name)
	if v.IsNull() {
		return absent[r.Kind][name]
	}
	if isTime(name) {
		return stamp(v.Time())
	}
	return plainValue(v)
}

// absent is what a field stands for that was never set, where that is known: nobody credited is a credit of none.
var absent = map[string]map[string]any{
	KindEntry: {"band": int64(BandNormal), "credit": int64(0), "nudge": int64(0), "delay": int64(0), "misses": int64(0), "recalls": int64(0)},
}

func plainItems(items []record.Item) []any {
	list := []any{}
	for _, item := range items {
		list = append(list, plainValue(item.Value))
	}
	return list
}

// isTime tells by its name whether a field holds a time.
func isTime(name string) bool {
	return strings.HasSuffix(name, "At") || name == "slot" || name == "until" || name == "at"
}

func plainValue(v record.Value) any {
	if v.IsNull() {
		return nil
	}
	if simple := v.Simple(); simple != nil { // most of what a row shows
		return plainest(simple)
	}
	if id := v.ID(); !id.IsZero() {
		return id.String()
	}
	var out any
	if v.Decode(&out) != nil {
		return nil
	}
	return plainest(out)
}

// plainest takes a decoded value to the types of JSON; 16 bytes are an id, other bytes are nobody's to see.
func plainest(v any) any {
	switch x := v.(type) {
	case []byte:
		if id := record.Bytes(x).ID(); len(x) == len(id) {
			return id.String()
		}
		return nil
	case uint64:
		return int64(min(x, 1<<53))
	case int64:
		return min(x, 1<<53)
	case []any:
		list := slices.Clone(x)
		for i := range list {
			list[i] = plainest(list[i])
		}
		return list
	case map[any]any:
		object := map[string]any{}
		for key, value := range x {
			if name, ok := key.(string); ok {
				object[name] = plainest(value)
			}
		}
		return object
	}
	return v
}
