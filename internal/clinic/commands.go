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
