package export

import (
	"strings"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
)

var appointmentStatus = map[string]string{
	clinic.StatusBooked: "booked", clinic.StatusConfirmed: "booked", clinic.StatusCheckedIn: "checked-in", clinic.StatusInProgress: "arrived",
	clinic.StatusCompleted: "fulfilled", clinic.StatusCancelled: "cancelled", clinic.StatusNoShow: "noshow",
}

func (b *Book) appointment(r Row) object {
	status, ok := appointmentStatus[r.text("status")]
	if !ok {
		status = "pending"
	}
	out := object{"resourceType": "Appointment", "status": status}
	participants := []object{}
	if r.text("guruji") != "" {
		participants = append(participants, object{"actor": b.healer(r), "status": "accepted"})
	}
	participants = append(participants, object{"actor": b.subject(r), "status": "accepted"})
	out["participant"] = participants
	minutes, _ := r.number("minutes")
	if at := r.time("slot"); !at.IsZero() && minutes > 0 {
		out["start"], out["minutesDuration"] = b.stamp(at), minutes
		out["end"] = b.stamp(at.Add(time.Duration(minutes) * time.Minute))
	}
	if reason := r.text("reason"); reason != "" {
		out["reasonCode"] = []object{{"text": reason}}
	}
	return out
}

var encounterStatus = map[string]string{
	clinic.StatusWaiting: "arrived", clinic.StatusCalled: "arrived", clinic.StatusNoAnswer: "arrived", clinic.StatusTransferred: "arrived",
	clinic.StatusOnHold: "onleave", clinic.StatusInService: "in-progress", clinic.StatusDone: "finished",
	clinic.StatusNoShow: "cancelled", clinic.StatusLeft: "cancelled", clinic.StatusCancelled: "cancelled", clinic.StatusClosedByRollover: "cancelled",
}

func (b *Book) encounter(r Row) object {
	status, ok := encounterStatus[r.text("status")]
	if !ok {
		status = "unknown"
	}
	out := object{
		"resourceType": "Encounter", "status": status,
		"class":      object{"system": v3Act, "code": "AMB", "display": "ambulatory"},
		"identifier": []object{{"system": urn(b.site.ID.String()), "value": strings.TrimSpace(r.Day + " " + r.text("token"))}},
	}
	if band, known := r.number("band"); known && band == clinic.BandEmergency {
		out["priority"] = coded(v3Priority, "EM", "emergency")
	}
	if person := r.text("person"); person != "" {
		out["subject"] = b.refer(clinic.KindPerson, person)
	} else if name := r.text("name"); name != "" {
		out["subject"] = object{"display": name}
	}
	if r.text("guruji") != "" {
		out["participant"] = []object{{"individual": b.healer(r)}}
	}
	if appointment := r.text("appointment"); appointment != "" {
		out["appointment"] = []object{b.refer(clinic.KindAppointment, appointment)}
	}
	if reason := r.text("reason"); reason != "" {
		out["reasonCode"] = []object{{"text": reason}}
	}
	where := located(b.site.ID.String(), b.site.Name)
	if room := r.text("room"); room != "" {
		where = located(b.roomID(room), room)
	}
	out["location"] = []object{{"location": where}}
	b.periods(out, r)
	return out
}

// periods are the visit and its history: from check-in until the consultation begins, and from then until its end.
func (b *Book) periods(out object, r Row) {
	came, started, ended := r.time("checkedInAt"), r.time("startedAt"), r.time("endedAt")
	whole := object{}
	b.putTime(whole, "start", came)
	b.putTime(whole, "end", ended)
	if len(whole) > 0 {
		out["period"] = whole
	}
	var history []object
	during := func(status string, from, until time.Time) {
		if from.IsZero() {
			return
		}
		period := object{"start": b.stamp(from)}
		b.putTime(period, "end", until)
		history = append(history, object{"status": status, "period": period})
	}
	waited := started
	if waited.IsZero() {
		waited = ended
	}
	during("arrived", came, waited)
	during("in-progress", started, ended)
	if len(history) > 0 {
		out["statusHistory"] = history
	}
}

// remedy is a plan of what to do, or a request for something to take. Of one whose kind is withheld nothing else is
// known, and it is told as the latter.
func (b *Book) remedy(r Row) object {
	done := r.time("completedAt")
	status := "active"
	if !done.IsZero() {
		status = "completed"
	}
	out := object{"status": status, "subject": b.subject(r)}
	if entry := r.text("entry"); entry != "" {
		out["encounter"] = b.refer(clinic.KindEntry, entry)
	}
	switch r.text("type") {
	case "spiritual", "lifestyle", "dietary":
		b.carePlan(out, r)
	default:
		b.medication(out, r)
	}
	return out
}

func (b *Book) carePlan(out object, r Row) {
	out["resourceType"], out["intent"] = "CarePlan", "plan"
	out["category"] = []object{{"text": r.text("type")}}
	put(out, "title", r.text("name"))
	put(out, "description", sentences(r.text("dosage"), r.text("instructions")))
	b.putTime(out, "created", r.time("createdAt"))
	if r.text("guruji") != "" {
		out["author"] = b.healer(r)
	}
	if days, ok := r.number("days"); ok && days > 0 && !r.time("createdAt").IsZero() {
		out["period"] = object{"start": b.stamp(r.time("createdAt")), "end": b.stamp(r.time("createdAt").AddDate(0, 0, int(days)))}
	}
}

func (b *Book) medication(out object, r Row) {
	out["resourceType"], out["intent"] = "MedicationRequest", "order"
	out["medicationCodeableConcept"] = masked("")
	if name := r.text("name"); name != "" {
		out["medicationCodeableConcept"] = object{"text": name}
	}
	if kind := r.text("type"); kind != "" {
		out["category"] = []object{{"text": kind}}
	}
	b.putTime(out, "authoredOn", r.time("createdAt"))
	if r.text("guruji") != "" {
		out["requester"] = b.healer(r)
	}
	if how := sentences(r.text("dosage"), r.text("instructions")); how != "" {
		out["dosageInstruction"] = []object{{"text": how}}
	}
	if days, ok := r.number("days"); ok && days > 0 {
		out["dispenseRequest"] = object{"expectedSupplyDuration": object{"value": days, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"}}
	}
}

func sentences(texts ...string) string {
	var said []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, "\n")
}

func (b *Book) communication(r Row) object {
	out := object{"resourceType": "Communication", "status": "completed"}
	b.putTime(out, "sent", r.time("sentAt"))
	b.putTime(out, "received", r.time("readAt"))
	if text := sentences(r.text("title"), r.text("body")); text != "" {
		out["payload"] = []object{{"contentString": text}}
	}
	switch to := r.text("to"); r.text("toKind") {
	case "guruji":
		out["recipient"] = []object{b.refer(clinic.KindGuruji, to)}
	case "entry":
		if person := b.personOf(Row{Fields: object{"entry": to}}); person != "" {
			out["recipient"] = []object{b.refer(clinic.KindPerson, person)}
		}
	default:
		if to != "" {
			out["recipient"] = []object{{"display": to}}
		}
	}
	return out
}

// auditEvent tells who did what to which record; which fields they touched stands in the description, by name.
func (b *Book) auditEvent(r Row) object {
	who := object{"identifier": object{"value": r.text("actor")}}
	put(who, "display", b.actorName(r.text("actor")))
	agent := object{"requestor": true, "who": who, "role": []object{{"text": r.text("role")}}}
	if device := r.text("device"); device != "" {
		agent["network"] = object{"address": device, "type": "1"}
	}
	out := object{
		"resourceType": "AuditEvent", "outcome": "0",
		"type":     object{"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest", "display": "RESTful Operation"},
		"subtype":  []object{{"code": r.text("type")}},
		"recorded": b.stamp(r.time("at")),
		"agent":    []object{agent},
		"source":   object{"observer": located(b.site.ID.String(), b.site.Name)},
	}
	var entities []object
	for _, subject := range subjects(r) {
		entity := object{"what": object{"identifier": object{"value": subject}, "display": r.text("kind")}}
		put(entity, "description", strings.Join(texts(r.list("fields")), " "))
		entities = append(entities, entity)
	}
	if len(entities) > 0 {
		out["entity"] = entities
	}
	return out
}
