package export_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// schema is as much of JSON schema as FHIR's own makes use of.
type schema struct {
	Ref         string `json:"$ref"`
	Definitions map[string]*schema
	OneOf       []*schema
	Type        string
	Pattern     string
	Const       any
	Enum        []any
	Properties  map[string]*schema
	Required    []string
	Items       *schema
	Additional  *bool `json:"additionalProperties"`
}

func fhirSchema(t *testing.T) *schema {
	t.Helper()
	text, err := os.ReadFile("testdata/fhir-r4.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

// faults are where a value departs from FHIR's schema.
func (whole *schema) faults(of *schema, at string, value any) []string {
	if of.Ref != "" {
		name := strings.TrimPrefix(of.Ref, "#/definitions/")
		if name == "ResourceList" {
			object, _ := value.(map[string]any)
			name, _ = object["resourceType"].(string)
		}
		def := whole.Definitions[name]
		if def == nil {
			return []string{fmt.Sprintf("%s: no resource is called %q", at, name)}
		}
		return whole.faults(def, at, value)
	}
	var bad []string
	fault := func(format string, args ...any) { bad = append(bad, at+": "+fmt.Sprintf(format, args...)) }
	if of.Const != nil && value != of.Const {
		fault("%v, want %v", value, of.Const)
	}
	if of.Enum != nil && !contains(of.Enum, value) {
		fault("%v is not one of %v", value, of.Enum)
	}
	if of.Pattern != "" {
		if text := fmt.Sprint(value); !regexp.MustCompile(of.Pattern).MatchString(text) {
			fault("%q is not %s", text, of.Pattern)
		}
	}
	if want := kindOf(of); want != "" && want != jsonKind(value) {
		fault("is %s, want %s", jsonKind(value), want)
		return bad
	}
	switch v := value.(type) {
	case []any:
		if len(v) == 0 {
			fault("is empty, which FHIR forbids")
		}
		for i, item := range v {
			if of.Items != nil {
				bad = append(bad, whole.faults(of.Items, fmt.Sprintf("%s[%d]", at, i), item)...)
			}
		}
	case map[string]any:
		bad = append(bad, whole.faultsInside(of, at, v)...)
	case string:
		if v == "" {
			fault("is an empty text, which FHIR forbids")
		}
	}
	return bad
}

func (whole *schema) faultsInside(of *schema, at string, object map[string]any) []string {
	var bad []string
	if len(object) == 0 {
		bad = append(bad, at+": is empty, which FHIR forbids")
	}
	for _, name := range of.Required {
		if _, ok := object[name]; !ok {
			bad = append(bad, at+": has no "+name)
		}
	}
	for name, value := range object {
		field := of.Properties[name]
		switch {
		case field != nil:
			bad = append(bad, whole.faults(field, at+"."+name, value)...)
		case of.Additional != nil && !*of.Additional:
			bad = append(bad, at+": FHIR has no field "+name)
		}
	}
	return bad
}

func kindOf(of *schema) string {
	switch {
	case of.Properties != nil:
		return "object"
	case of.Items != nil:
		return "array"
	}
	return of.Type
}

func jsonKind(value any) string {
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

func contains(list []any, value any) bool {
	for _, one := range list {
		if one == value {
			return true
		}
	}
	return false
}

func TestTheSchemaFindsWhatIsWrong(t *testing.T) {
	whole := fhirSchema(t)
	for text, want := range map[string]string{
		`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","gender":"tall"}}]}`:                    "tall",
		`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Encounter","status":"finished"}}]}`:              "has no class",
		`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","shoeSize":44}}]}`:                      "shoeSize",
		`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","birthDate":"5 May"}}]}`:                "5 May",
		`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","name":{"text":"x"}}}]}`:                "want array",
		`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Spaceship"}}]}`:                                  "Spaceship",
		`{"resourceType":"Bundle","type":"collection","entry":[]}`:                                                                           "empty",
		`{"resourceType":"Bundle","type":"collection","timestamp":"2026-01-05"}`:                                                             "2026-01-05",
		`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"CarePlan","status":"active","intent":"plan"}}]}`: "has no subject",
	} {
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if bad := whole.faults(whole, "bundle", value); !strings.Contains(strings.Join(bad, "\n"), want) {
			t.Errorf("%s\nis found to have %v, want a word of %q", text, bad, want)
		}
	}
}
