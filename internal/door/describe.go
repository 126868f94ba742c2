package door

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

// exampleID is an id in examples.
const exampleID = "0199c3a0-0000-7000-8000-000000000001"

// bodies are examples of what is sent where a body made of its fields' examples would say several things at once.
var bodies = map[string]string{
	"signIn":        `{"user":"Bina","pin":"4321"}`,
	"setup":         `{"code":"K7QX-2M4P","site":{"name":"Pune","timezone":"Asia/Kolkata"},"admin":{"name":"Asha","pin":"9876"}}`,
	"prepareDevice": `{"kind":"kiosk","name":"Kiosk at the gate"}`,
	"act": `{"actions":[{"id":"` + exampleID + `","type":"queue.no_answer","at":"2026-01-05T04:32:10.250Z",` +
		`"saw":{"status":"called","generation":1},"data":{"entry":"0199c3a0-0000-7000-8000-000000000002"}}]}`,
	"makeApp":   `{"name":"The old app","scopes":["events","queue.*","data.export"]}`,
	"enrolSite": `{"name":"Nashik"}`,
	"postEvent": `{"id":"` + exampleID + `","type":"appointment.reminder","subject":{"kind":"appointment","id":"0199c3a0-0000-7000-8000-000000000003"},` +
		`"data":{"minutes":30}}`,
}

// answered is bodies for what is answered.
var answered = map[string]string{
	"act": `{"results":[{"id":"` + exampleID + `","status":"applied","seq":"4711",` +
		`"data":{"entry":"0199c3a0-0000-7000-8000-000000000002","token":"A012","status":"no_answer"}}]}`,
	"healthz": `{"ok":true}`,
	"readyz":  `{"ok":true}`,
	"signIn":  session,
	"setup":   session,
	"session": `{"expiresAt":"2026-01-05T16:32:10.250Z","user":{"id":"` + exampleID + `","name":"Bina","role":"coordinator"}}`,
}

const session = `{"token":"sgs_0123456789","expiresAt":"2026-01-05T16:32:10.250Z","user":{"id":"` + exampleID + `","name":"Bina","role":"coordinator"}}`

// commanded is bodies for the data of commands.
var commanded = map[string]string{
	"setting.update":  `{"name":"slotMinutes","value":30}`,
	"person.register": `{"name":"Usha Patil","phone":"98220 12345","birthYear":1961,"language":"mr","how":"coordinator"}`,
	"queue.check_in":  `{"guruji":"` + exampleID + `","person":{"name":"Usha Patil","phone":"98220 12345"},"reason":"knee pain","credit":"elderly"}`,
	"policy.save":     `{"name":"healthTextStays","value":true}`,
	"data.export":     `{"what":"entries","from":"2026-01-01","to":"2026-01-31"}`,
}

// said are sentences for examples of problems, by code.
var said = map[clinic.Code]string{
	clinic.CodeUnauthenticated: "Sign in first.",
	clinic.CodeForbidden:       "Your role may not do this.",
	clinic.CodeLockedOut:       "Too many wrong PINs. Wait a minute.",
	clinic.CodeNotFound:        "There is no such entry.",
	clinic.CodeInvalid:         "A service-day is written as 2026-01-05.",
	clinic.CodeStale:           "Somebody was faster. Look again.",
	clinic.CodeNotAllowed:      "The day is open already.",
	clinic.CodeClosed:          "The clinic is closed for today.",
	clinic.CodeIDReused:        "This id was used for another action.",
	clinic.CodeIDTaken:         "This id already belongs to something else. Act again under a new one.",
	clinic.CodeTooLarge:        "A request is at most 256 KiB.",
	clinic.CodeRateLimited:     "That was too much at once.",
	clinic.CodeUnavailable:     "The node is starting.",
	clinic.CodeInternal:        "Something went wrong on the node; its log says what.",
}

// conflicts are the codes of a 409 that is not not_allowed; further ones are of actions only.
var conflicts = map[string]clinic.Code{"postEvent": clinic.CodeIDReused}

// withPIN are the operations that can be locked out.
var withPIN = []string{"signIn", "setup"}

// complete adds to the document what only this package knows of its operations: which problems each answer may be, and
// an example of everything that is sent or answered as JSON. It may be called again.
func complete(doc *huma.OpenAPI) {
	for _, item := range doc.Paths {
		for _, op := range operationsOf(item) {
			if op.RequestBody != nil {
				if body := op.RequestBody.Content["application/json"]; body != nil { // else a file
					body.Example = exampleFor(bodies, op.OperationID, doc.Components.Schemas, body.Schema)
				}
			}
			codes := map[clinic.Code]bool{}
			for status, r := range op.Responses {
				if problem := r.Content[problemType]; problem != nil {
					problem.Examples = problems(op, status, codes)
				} else if answer := r.Content["application/json"]; answer != nil {
					answer.Example = exampleFor(answered, op.OperationID+unlike200(status), doc.Components.Schemas, answer.Schema)
				}
			}
			if op.Extensions == nil {
				op.Extensions = map[string]any{}
			}
			op.Extensions["x-problem-codes"] = sorted(codes)
			if op.OperationID == "act" {
				op.Extensions["x-result-codes"] = clinic.Codes // each action is refused alone
			}
		}
	}
}

// operationsOf are the operations of a path, by method.
func operationsOf(item *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodDelete: item.Delete, http.MethodPut: item.Put, http.MethodPatch: item.Patch,
	}
	for method, op := range all {
		if op == nil {
			delete(all, method)
		}
	}
	return all
}

// unlike200 tells the second shape of an answer from the first.
func unlike200(status string) string {
	if status == strconv.Itoa(http.StatusAccepted) {
		return " pending"
	}
	return ""
}

// exampleFor is the example written down under a name, or else one made of the shape.
func exampleFor(written map[string]string, name string, shapes huma.Registry, s *huma.Schema) any {
	text, ok := written[name]
	if !ok {
		return sample(shapes, s, "", 0)
	}
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic("door: example of " + name + ": " + err.Error()) // our own text
	}
	return value
}

// problems are examples of what an operation refuses with a status, and notes their codes. The default answer is any.
func problems(op *huma.Operation, status string, codes map[clinic.Code]bool) map[string]*huma.Example {
	number, err := strconv.Atoi(status)
	examples := map[string]*huma.Example{}
	for _, code := range clinic.Codes {
		p := api.Problem{Code: string(code), Message: said[code]}
		p.Status = p.HTTPStatus()
		if err == nil && p.Status != number && (number != http.StatusUnsupportedMediaType || code != clinic.CodeInvalid) ||
			code == clinic.CodeLockedOut && !slices.Contains(withPIN, op.OperationID) ||
			p.Status == http.StatusConflict && code != cmp.Or(conflicts[op.OperationID], clinic.CodeNotAllowed) {
			continue
		}
		if err == nil {
			p.Status = number
		}
		p.Retryable = code == clinic.CodeUnavailable || code == clinic.CodeRateLimited || code == clinic.CodeLockedOut
		codes[code] = true
		examples[string(code)] = &huma.Example{Value: p}
	}
	return examples
}

func sorted(codes map[clinic.Code]bool) []string {
	list := []string{}
	for _, code := range clinic.Codes {
		if codes[code] {
			list = append(list, string(code))
		}
	}
	return list
}

// sampleDepth is how far an example follows shapes that hold shapes.
const sampleDepth = 6

// sample is a value of a schema: the example that a field declares, or else something that it could hold.
func sample(shapes huma.Registry, s *huma.Schema, name string, depth int) any {
	if s != nil && s.Ref != "" {
		s = shapes.SchemaFromRef(s.Ref)
	}
	switch {
	case s == nil || depth > sampleDepth:
		return nil
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.OneOf) > 0:
		return sample(shapes, s.OneOf[0], name, depth)
	}
	switch s.Type {
	case huma.TypeObject:
		object := map[string]any{}
		for field, of := range s.Properties {
			if value := sample(shapes, of, field, depth+1); value != nil {
				object[field] = value
			}
		}
		return object
	case huma.TypeArray:
		if item := sample(shapes, s.Items, strings.TrimSuffix(name, "s"), depth+1); item != nil {
			return []any{item}
		}
		return []any{}
	case huma.TypeBoolean:
		return false
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil {
			return max(*s.Minimum, 1)
		}
		return 1
	case huma.TypeString:
		return sampleText(s, name)
	}
	return map[string]any{} // anything goes
}

// texts are what fields of these names could hold.
var texts = map[string]string{
	"name": "Asha", "pin": "4321", "token": "A012", "phone": "9822012345", "room": "2", "seq": "4711", "cursor": "AQMFcXVldWU", "type": "queue.call_next",
	"date": "2026-01-05", "day": "2026-01-05", "timezone": "Asia/Kolkata", "code": "K7QX-2M4P", "version": "1.0.0", "language": "mr", "scope": "queue.*",
	"reason": "knee pain", "gender": "female", "place": "Nashik", "guardian": "Mohan", "title": "Guru Purnima", "body": "The clinic opens at 7.",
	"dosage": "2 at night", "instructions": "with warm water", "key": "sga_0123456789", "kind": "entry", "role": "coordinator", "siteName": "Pune",
	"actorName": "Asha", "command": "day.set_intake", "expires": "2026-01-12T04:32:10.250Z", "message": "The day is open already.", "text": "better",
	"notice": "3", "reference": "482913", "booking": "482913", "field": "status", "next": "2026-01-05~2026-01-05T04:32:10.250Z~" + exampleID,
}

// ids are fields that hold the id of a record.
var ids = strings.Fields("id guruji person entry site appointment consultation remedy notification staff device template emergency " +
	"request announcement conflict keep drop relative by actor subject lease waitlist action offerTo twin alike lastAction boot node")

func sampleText(s *huma.Schema, name string) string {
	switch s.Format {
	case "date-time":
		return exampleTime.String()
	case "uuid":
		return exampleID
	case "":
	default:
		return ""
	}
	text := cmp.Or(texts[name], name, "text")
	if strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "ID") || slices.Contains(ids, name) {
		text = exampleID
	}
	if s.MaxLength != nil && len(text) > *s.MaxLength {
		text = text[:*s.MaxLength]
	}
	return text
}
