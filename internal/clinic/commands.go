package clinic

import (
	"reflect"
	"slices"
	"strings"

	"github.com/aashram-care/sangam/sync/record"
)

// Info describes one command for documents and tests: the types of its data and of its answer (nil: none), and the
// roles that may ever give it. What Can says of a given subject may be narrower.
type Info struct {
	Type   string
	Data   any
	Answer any
	Roles  []Role
}

// Commands lists every command, sorted by type.
func Commands() []Info {
	list := make([]Info, 0, len(table))
	for name, spec := range table {
		info := Info{Type: name, Data: spec.data, Answer: spec.answer}
		for _, role := range Roles {
			if spec.roles.has(role) {
				info.Roles = append(info.Roles, role)
			}
		}
		list = append(list, info)
	}
	slices.SortFunc(list, func(a, b Info) int { return strings.Compare(a.Type, b.Type) })
	return list
}

// Known tells whether a command of this type exists.
func Known(command string) bool {
	_, ok := table[command]
	return ok
}

// CarriesSecret tells whether a command may come with a PIN or pair code beside its data; such a command is never
// queued, requested from afar, or logged with its data.
func CarriesSecret(command string) bool { return table[command].secret }

type roleSet uint16

func roles(list ...Role) roleSet {
	var set roleSet
	for _, role := range list {
		set |= 1 << slices.Index(Roles, role)
	}
	return set
}

func (s roleSet) has(role Role) bool {
	i := slices.Index(Roles, role)
	return i >= 0 && s&(1<<i) != 0
}

// Who gives orders at the desk; the centre does it by request, an app within its scopes.
var (
	desk     = roles(RoleCoordinator, RoleAdmin, RoleCentralAdmin, RoleApp)
	floor    = desk | roles(RoleGuruji)
	devices  = roles(RoleKiosk)
	visitors = roles(RolePatient)
	healers  = roles(RoleGuruji)
	admins   = roles(RoleAdmin, RoleCentralAdmin)
	box      = roles(RoleAdmin)
	centre   = roles(RoleCentralAdmin)
	anyone   = roleSet(1<<len(Roles) - 1)
)

// spec is one command. Handlers find that roles, data and limits were checked.
type spec struct {
	roles   roleSet
	data    any
	answer  any
	handle  func(*work) error
	secret  bool
	central bool // runs at the centre only, without a Day
	// eitherWay: at the centre it is about the centre's own staff.
	eitherWay bool
	// creates is the kind of record that gets the action's id; empty when none does.
	creates string
}

func command[T any](roles roleSet, answer any, handle func(*work, T) error) spec {
	var data T
	rules := rulesOf(reflect.TypeFor[T]())
	return spec{roles: roles, data: data, answer: answer, handle: func(w *work) error {
		in, err := parse[T](w.command.Data, rules)
		if err != nil {
			return err
		}
		return handle(w, in)
	}}
}

func (s spec) creating(kind string) spec { s.creates = kind; return s }
func (s spec) withSecret() spec          { s.secret = true; return s }
func (s spec) atCentre() spec            { s.central = true; return s }
func (s spec) atBoth() spec              { s.eitherWay = true; return s }

var table map[string]spec

// The table is filled here and not where it is declared, since handlers look into it.
func init() {
	entry, appointment := EntryAnswer{}, AppointmentAnswer{}
	table = map[string]spec{
		"queue.check_in":       command(desk|devices, CheckInAnswer{}, checkIn).creating(KindEntry),
		"queue.call_next":      command(floor, entry, callNext),
		"queue.call":           command(floor, entry, call),
		"queue.recall":         command(floor, entry, recall),
		"queue.no_answer":      command(floor, entry, noAnswer),
		"queue.hold":           command(floor, entry, hold),
		"queue.resume":         command(floor, entry, resume),
		"queue.start":          command(floor, entry, start),
		"queue.complete":       command(floor, entry, complete),
		"queue.cancel":         command(desk, entry, cancel),
		"queue.leave":          command(floor|visitors, entry, leave),
		"queue.no_show":        command(floor, entry, noShow),
		"queue.reinstate":      command(floor, entry, reinstate),
		"queue.transfer":       command(floor|visitors, entry, transfer),
		"queue.prioritise":     command(floor, entry, prioritise),
		"queue.undo":           command(floor, entry, undo),
		"queue.join_waitlist":  command(desk|devices, WaitlistAnswer{}, joinWaitlist).creating(KindWaitlist),
		"queue.admit":          command(desk, CheckInAnswer{}, admit).creating(KindEntry),
		"queue.leave_waitlist": command(desk, RecordAnswer{}, leaveWaitlist),
		"queue.lease_tokens":   command(devices, LeaseAnswer{}, leaseTokens).creating(KindLease),

		"guruji.set_availability": command(floor, RecordAnswer{}, setAvailability),
		"guruji.set_room":         command(floor, RecordAnswer{}, setRoom),

		"day.open":       command(desk, RecordAnswer{}, openDay),
		"day.close":      command(desk, RecordAnswer{}, closeDay),
		"day.seal":       command(admins, RecordAnswer{}, sealDay),
		"day.set_intake": command(desk, RecordAnswer{}, setIntake),

		"person.register":       command(desk, PersonAnswer{}, registerPerson).creating(KindPerson),
		"person.update":         command(desk, RecordAnswer{}, updatePerson),
		"person.link_family":    command(desk, RecordAnswer{}, linkFamily),
		"person.record_consent": command(desk|devices|visitors, RecordAnswer{}, recordConsent),
		"person.merge":          command(desk, RecordAnswer{}, mergePersons),
		"person.export":         command(box|healers, PersonExport{}, exportPerson),
		"person.history":        command(healers, PersonExport{}, personHistory),
		"person.erase":          command(box, RecordAnswer{}, erasePerson),

		"appointment.book":       command(desk, appointment, book).creating(KindAppointment),
		"appointment.confirm":    command(desk, appointment, confirm),
		"appointment.reschedule": command(desk, appointment, reschedule),
		"appointment.cancel":     command(desk, appointment, cancelAppointment),
		"appointment.no_show":    command(desk, appointment, missAppointment),
		"appointment.remind":     command(desk, appointment, remind),

		"consultation.note":  command(healers, RecordAnswer{}, note),
		"consultation.amend": command(healers, RecordAnswer{}, amend).creating(KindAmendment),
		"remedy.prescribe":   command(healers, RecordAnswer{}, prescribe).creating(KindRemedy),
		"remedy.update":      command(healers, RecordAnswer{}, updateRemedy),
		"remedy.deliver":     command(floor, RecordAnswer{}, deliverRemedy),
		"remedy.complete":    command(floor, RecordAnswer{}, completeRemedy),

		"notification.send":   command(floor, RecordAnswer{}, sendNotification).creating(KindNotification),
		"notification.read":   command(inside|visitors, RecordAnswer{}, readNotification),
		"notification.delete": command(floor|visitors, RecordAnswer{}, deleteNotification),

		"staff.create":    command(admins, StaffAnswer{}, createStaff).creating(KindStaff).withSecret().atBoth(),
		"staff.update":    command(admins, RecordAnswer{}, updateStaff).atBoth(),
		"staff.disable":   command(admins, RecordAnswer{}, disableStaff).atBoth(),
		"staff.reset_pin": command(admins, RecordAnswer{}, resetPIN).withSecret().atBoth(),

		"device.request": command(anyone, RecordAnswer{}, requestDevice).creating(KindDevice).withSecret(),
		"device.approve": command(box, RecordAnswer{}, approveDevice),
		"device.revoke":  command(admins, RecordAnswer{}, revokeDevice),

		"setting.update": command(admins, RecordAnswer{}, updateSetting),

		"emergency.raise":   command(floor|devices|visitors, RecordAnswer{}, raiseEmergency).creating(KindEmergency),
		"emergency.resolve": command(floor, RecordAnswer{}, resolveEmergency),

		"conflict.settle": command(inside, RecordAnswer{}, settleConflict),

		"site.enrol":      command(centre, RecordAnswer{}, enrolSite).creating(KindSite).withSecret().atCentre(),
		"site.revoke":     command(centre, RecordAnswer{}, revokeSite).atCentre(),
		"site.rotate_key": command(centre, RecordAnswer{}, rotateKey).atCentre(),

		"announcement.publish":     command(centre, RecordAnswer{}, publish).creating(KindAnnouncement).atCentre(),
		"announcement.withdraw":    command(centre, RecordAnswer{}, withdraw).atCentre(),
		"announcement.acknowledge": command(inside, RecordAnswer{}, acknowledge),
		"template.save":            command(centre, RecordAnswer{}, saveTemplate).creating(KindTemplate).atCentre(),
		"policy.save":              command(centre, RecordAnswer{}, savePolicy).atCentre(),

		"request.send": command(centre, RecordAnswer{}, sendRequest).creating(KindRequest).atCentre(),
	}
}

// Can says whether actor may give command on subject, the record it names (nil when it names none, or a new one). The
// day may be nil at the centre. The answer is nil or an *Error with CodeForbidden.
func Can(a Actor, command string, day *Day, subject *record.Record) error {
	spec, ok := table[command]
	if !ok {
		return refuse(CodeInvalid, "There is no action called %.64q.", command)
	}
	if command == "device.request" {
		return nil // whoever reaches the door may ask to be let in; an admin decides
	}
	if !spec.roles.has(a.Role) || a.Role == RoleApp && !a.inScope(command) {
		return forbidden
	}
	if a.Role == RoleCentralAdmin && spec.secret && day != nil {
		return forbidden // what is asked from afar carries no PIN
	}
	switch {
	case subject == nil:
		return nil
	case subject.Kind == KindNotification:
		return a.mayOnNotification(command, subject)
	case subject.Kind == KindAnnouncement:
		return nil
	}
	switch a.Role {
	case RolePatient:
		return a.mayAsPatient(subject)
	case RoleGuruji:
		return a.mayAsGuruji(command, day, subject)
	}
	return nil
}

var forbidden = &Error{Code: CodeForbidden, Message: "Your role may not do this."}

func (a Actor) inScope(command string) bool {
	area, _, _ := strings.Cut(command, ".")
	return slices.Contains(a.Scopes, command) || slices.Contains(a.Scopes, area+".*")
}

func (a Actor) mayAsPatient(subject *record.Record) error {
	if subject.Kind == KindEntry && subject.ID == a.Entry && !a.Entry.IsZero() {
		return nil
	}
	return forbidden
}

// A guruji acts in their own queue, on their own consultations, about their own room and hours and about who is here for
// them today.
func (a Actor) mayAsGuruji(command string, day *Day, subject *record.Record) error {
	own := command == "queue.undo" // of whatever they did themselves, wherever it went
	switch subject.Kind {
	case KindEntry, KindConsultation, KindRemedy:
		own = own || idOf(subject, "guruji") == a.Guruji
	case KindGuruji:
		own = subject.ID == a.Guruji
	case KindConflict:
		own = a.ownsSubject(day, subject.Get("subjectKind").Text(), idOf(subject, "subject"))
	case KindPerson:
		own = day.hasToday(subject.ID, a.Guruji)
	case KindEmergency:
		own = true
	}
	if own && !a.Guruji.IsZero() {
		return nil
	}
	return forbidden
}
