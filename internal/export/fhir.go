package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

type object = map[string]any

const (
	v3Act       = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
	v3Priority  = "http://terminology.hl7.org/CodeSystem/v3-ActPriority"
	absentURL   = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
	stampLayout = "2006-01-02T15:04:05.000Z07:00"
)

// FHIR is the book as an R4 Bundle of type collection. Resources name each other by urn:uuid, which is what their
// records are called everywhere else.
func (b *Book) FHIR() ([]byte, error) {
	var entries []object
	add := func(id string, resource object) {
		resource["id"] = id
		entries = append(entries, object{"fullUrl": urn(id), "resource": resource})
	}
	b.places(add)
	for _, kind := range []struct {
		of   string
		make func(Row) object
	}{
		{clinic.KindGuruji, practitioner},
		{clinic.KindPerson, b.patient},
		{clinic.KindAppointment, b.appointment},
		{clinic.KindEntry, b.encounter},
		{clinic.KindRemedy, b.remedy},
		{clinic.KindNotification, b.communication},
		{clinic.KindAudit, b.auditEvent},
	} {
		for _, r := range b.byKind[kind.of] {
			add(r.ID.String(), kind.make(r))
		}
	}
	for _, r := range b.byKind[clinic.KindPerson] {
		for i, said := range r.list("consent") {
			if of, ok := said.(map[string]any); ok {
				add(record.Derive("consent", r.ID.String(), fmt.Sprint(i)).String(), b.consent(r, of))
			}
		}
	}
	bundle := object{"resourceType": "Bundle", "type": "collection", "timestamp": b.stamp(b.site.At)}
	if len(entries) > 0 {
		bundle["entry"] = entries
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(bundle); err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	return out.Bytes(), nil
}

func urn(id string) string { return "urn:uuid:" + id }

// stamp is a moment in the site's zone, which is how FHIR wants an instant to be read.
func (b *Book) stamp(t time.Time) string { return t.In(b.site.Zone).Format(stampLayout) }

// refer names a resource: one of this bundle by its address, another by the id it has at the site.
func (b *Book) refer(kind, id string) object {
	to := object{"identifier": object{"system": urn(b.site.ID.String()), "value": id}}
	if of, here := b.find(kind, id); here {
		to = object{"reference": urn(id)}
		put(to, "display", of.text("name"))
	}
	return to
}

func located(id, display string) object {
	to := object{"reference": urn(id)}
	put(to, "display", display)
	return to
}

// masked stands for what must be there and may not be told.
func masked(display string) object {
	of := object{"extension": []object{{"url": absentURL, "valueCode": "masked"}}}
	put(of, "display", display)
	return of
}

// put sets a field that has something to say; FHIR knows no empty text.
func put(in object, name, text string) {
	if text = strings.TrimSpace(text); text != "" {
		in[name] = text
	}
}

func (b *Book) putTime(in object, name string, t time.Time) {
	if !t.IsZero() {
		in[name] = b.stamp(t)
	}
}

func coded(system, code, display string) object {
	return object{"coding": []object{{"system": system, "code": code, "display": display}}}
}

// subject is who a resource is about, which most kinds demand.
func (b *Book) subject(r Row) object {
	if id := b.personOf(r); id != "" {
		return b.refer(clinic.KindPerson, id)
	}
	return masked(r.text("name"))
}

func (b *Book) healer(r Row) object {
	return b.refer(clinic.KindGuruji, r.text("guruji"))
}

// roomID is the id of the Location of a room.
func (b *Book) roomID(room string) string {
	return record.Derive("room", b.site.ID.String(), room).String()
}

// places are the site and each room that a row names.
func (b *Book) places(add func(string, object)) {
	site := object{"resourceType": "Location", "status": "active", "mode": "instance"}
	put(site, "name", b.site.Name)
	add(b.site.ID.String(), site)
	told := map[string]bool{}
	for _, kind := range []string{clinic.KindGuruji, clinic.KindEntry} {
		for _, r := range b.byKind[kind] {
			room := r.text("room")
			if room == "" || told[room] {
				continue
			}
			told[room] = true
			add(b.roomID(room), object{"resourceType": "Location", "status": "active", "mode": "instance", "name": room,
				"partOf": located(b.site.ID.String(), b.site.Name)})
		}
	}
}

func practitioner(r Row) object {
	out := object{"resourceType": "Practitioner", "active": !r.flag("disabled")}
	if name := r.text("name"); name != "" {
		out["name"] = []object{{"text": name}}
	}
	return out
}

var genders = map[string]string{"m": "male", "male": "male", "f": "female", "female": "female", "other": "other", "unknown": "unknown"}

func (b *Book) patient(r Row) object {
	out := object{"resourceType": "Patient", "active": !r.flag("deleted") && r.text("mergedInto") == ""}
	if name := r.text("name"); name != "" {
		out["name"] = []object{{"text": name}}
	}
	if phone := r.text("phone"); phone != "" {
		out["telecom"] = []object{{"system": "phone", "value": "+" + phone}}
	}
	if gender := strings.ToLower(r.text("gender")); gender != "" {
		out["gender"] = "other"
		if known, ok := genders[gender]; ok {
			out["gender"] = known
		}
	}
	if year, ok := r.number("birthYear"); ok && year > 0 {
		out["birthDate"] = fmt.Sprintf("%04d", year)
	}
	if place := r.text("place"); place != "" {
		out["address"] = []object{{"text": place}}
	}
	if language := r.text("language"); language != "" {
		out["communication"] = []object{{"language": object{"coding": []object{{"system": "urn:ietf:bcp:47", "code": language}}}}}
	}
	if guardian := r.text("guardian"); guardian != "" {
		out["contact"] = []object{{"name": object{"text": guardian},
			"relationship": []object{coded("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "GUARD", "guardian")}}}
	}
	if into := r.text("mergedInto"); into != "" {
		out["link"] = []object{{"other": b.refer(clinic.KindPerson, into), "type": "replaced-by"}}
	}
	return out
}

var consentTopics = map[string]string{"care": "treatment", "research": "research"}

// consent is one thing a person said; the last one about a purpose counts.
func (b *Book) consent(person Row, said map[string]any) object {
	given, _ := said["given"].(bool)
	of := Row{Fields: said}
	topic := "patient-privacy"
	if known, ok := consentTopics[of.text("purpose")]; ok {
		topic = known
	}
	out := object{
		"resourceType": "Consent", "status": "active",
		"scope":      coded("http://terminology.hl7.org/CodeSystem/consentscope", topic, topic),
		"category":   []object{coded("http://loinc.org", "59284-0", "Consent Document")},
		"patient":    b.refer(clinic.KindPerson, person.ID.String()),
		"policyRule": object{"text": "notice " + of.text("notice")},
	}
	put(out, "dateTime", of.text("at"))
	rule := object{"type": map[bool]string{true: "permit", false: "deny"}[given]}
	if purpose := of.text("purpose"); purpose != "" {
		rule["code"] = []object{{"text": purpose}}
	}
	out["provision"] = rule
	if by := of.text("by"); by != "" {
		out["performer"] = []object{b.refer(clinic.KindPerson, by)}
	}
	return out
}
