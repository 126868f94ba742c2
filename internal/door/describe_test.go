package door_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/door"
)

// described is the contract as a reader of openapi.json has it.
type described struct {
	Paths map[string]map[string]struct {
		OperationID string
		Summary     string
		Security    []map[string][]string
		RequestBody *struct{ Content map[string]media }
		Responses   map[string]struct{ Content map[string]media }
		Codes       []clinic.Code `json:"x-problem-codes"`
	}
	Components struct {
		Schemas         map[string]map[string]any
		SecuritySchemes map[string]any
	}
	Commands map[string]struct {
		Data    map[string]any
		Example any
	} `json:"x-commands"`
}

type media struct {
	Schema   map[string]any
	Example  any
	Examples map[string]struct{ Value api.Problem }
}

func contract(t *testing.T) described {
	t.Helper()
	text, err := door.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc described
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Paths) < 18 || len(doc.Commands) < 60 {
		t.Fatalf("%d paths and %d commands: nothing would be tried", len(doc.Paths), len(doc.Commands))
	}
	return doc
}

// open are the operations that a stranger may ask for; all others name how one signs in.
var open = []string{"healthz", "readyz", "status", "signIn", "sessionNames", "setup"}

func TestEveryOperationTellsItsSecurityItsProblemsAndAnExample(t *testing.T) {
	doc := contract(t)
	for path, methods := range doc.Paths {
		for method, op := range methods {
			name := strings.ToUpper(method) + " " + path
			signedIn := len(op.Security) > 0
			if op.Summary == "" || signedIn == slices.Contains(open, op.OperationID) {
				t.Errorf("%s: security %v, summary %q", name, op.Security, op.Summary)
			}
			for _, way := range op.Security {
				for scheme := range way {
					if doc.Components.SecuritySchemes[scheme] == nil {
						t.Errorf("%s names a security scheme %s that is not there", name, scheme)
					}
				}
			}
			told := map[clinic.Code]bool{}
			for status, r := range op.Responses {
				if status >= "400" {
					for code, example := range r.Content["application/problem+json"].Examples {
						number, err := strconv.Atoi(status)
						if p := example.Value; err == nil && p.Status != number || p.Code != code || p.Message == "" {
							t.Errorf("%s answers %s with %+v", name, status, p)
						}
						told[clinic.Code(code)] = true
					}
					if len(r.Content["application/problem+json"].Examples) == 0 {
						t.Errorf("%s answers %s without saying with which problem", name, status)
					}
				}
				for kind, answer := range r.Content {
					if status < "300" && answer.Example == nil {
						t.Errorf("%s answers %s as %s without an example", name, status, kind)
					}
				}
			}
			for _, code := range op.Codes {
				if !told[code] {
					t.Errorf("%s lists %s and has no example of it", name, code)
				}
			}
			if !slices.Contains(op.Codes, clinic.CodeInternal) || signedIn != (slices.Contains(op.Codes, clinic.CodeUnauthenticated)) && !slices.Contains(open, op.OperationID) {
				t.Errorf("%s refuses with %v", name, op.Codes)
			}
			if op.RequestBody != nil {
				for kind, body := range op.RequestBody.Content {
					if kind == "application/json" && body.Example == nil {
						t.Errorf("%s has no example of its body", name)
					}
				}
			}
		}
	}
}

// TestExamplesFitTheirShapes holds each example to the schema beside it.
func TestExamplesFitTheirShapes(t *testing.T) {
	doc := contract(t)
	fit := func(name string, shape map[string]any, example any) {
		t.Helper()
		for _, bad := range doc.misfits(shape, name, example) {
			t.Error(bad)
		}
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.RequestBody != nil {
				body := op.RequestBody.Content["application/json"]
				fit(method+" "+path, body.Schema, body.Example)
			}
			for status, r := range op.Responses {
				if answer, ok := r.Content["application/json"]; ok && answer.Example != nil {
					fit(method+" "+path+" "+status, answer.Schema, answer.Example)
				}
			}
		}
	}
	for name, c := range doc.Commands {
		if c.Data == nil || c.Example == nil {
			t.Errorf("%s has no example", name)
			continue
		}
		fit(name, c.Data, c.Example)
	}
	if bad := doc.misfits(doc.Commands["guruji.set_capacity"].Data, "x", map[string]any{"guruji": 7.0, "capacity": 5000.0}); len(bad) != 2 {
		t.Errorf("what does not fit is found to have %v", bad)
	}
}

// misfits are where a value is not what a schema says.
func (d *described) misfits(s map[string]any, at string, value any) (bad []string) {
	if ref, ok := s["$ref"].(string); ok {
		s = d.Components.Schemas[ref[strings.LastIndex(ref, "/")+1:]]
	}
	kinds, ok := s["type"].([]any)
	if !ok && s["type"] != nil {
		kinds = []any{s["type"]}
	}
	if kind := jsonType(value); len(kinds) > 0 && !slices.Contains(kinds, any(kind)) && !(kind == "number" && slices.Contains(kinds, any("integer"))) {
		return []string{at + ": is a " + kind}
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, value) {
		bad = append(bad, at+": is not one of its values")
	}
	switch v := value.(type) {
	case map[string]any:
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := v[name.(string)]; !ok {
				bad = append(bad, at+": has no "+name.(string))
			}
		}
		fields, _ := s["properties"].(map[string]any)
		for name, field := range fields {
			if inner, ok := v[name]; ok {
				bad = append(bad, d.misfits(field.(map[string]any), at+"."+name, inner)...)
			}
		}
	case []any:
		items, _ := s["items"].(map[string]any)
		for _, inner := range v {
			bad = append(bad, d.misfits(items, at+"[]", inner)...)
		}
	case float64:
		if most, ok := s["maximum"].(float64); ok && v > most {
			bad = append(bad, at+": is too much")
		}
		if least, ok := s["minimum"].(float64); ok && v < least {
			bad = append(bad, at+": is too little")
		}
	case string:
		if most, ok := s["maxLength"].(float64); ok && len(v) > int(most) {
			bad = append(bad, at+": is too long")
		}
	}
	return bad
}

func jsonType(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "null"
}

func TestThePageOfTheContractTellsAllOfIt(t *testing.T) {
	n := startNode(t, nil)
	page := n.call(http.MethodGet, "/docs", "", nil, nil)
	text := string(page.body)
	for _, want := range []string{"/fhir", "/api/v1/exports/{what}", "Authorization: Bearer", "open to everybody", "Refuses with", "unauthenticated", "locked_out", "guruji.set_capacity", "data.exported"} {
		if page.status != 200 || !strings.Contains(text, want) {
			t.Errorf("the page does not tell of %s", want)
		}
	}
	for _, outside := range []string{"http://", "https://", "<script"} {
		if strings.Contains(text, outside) {
			t.Errorf("the page needs %s, and a site has no line", outside)
		}
	}
}
