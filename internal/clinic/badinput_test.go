package clinic_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// wrong are values for a field that mostly cannot have them.
var wrong = []string{
	`null`, `true`, `-1`, `1e400`, `99999999999999999999`, `0.5`, `""`, `" "`, `"x"`, `"\u0000"`, `"\u202e"`, `"\ud800"`, `[]`, `[[[[]]]]`, `{}`, `{"id":{}}`,
	`"00000000-0000-0000-0000-000000000000"`, `"00010203-0405-7000-8000-0000000000ff"`, `"2026-11-23"`, `"0000-01-01T00:00:00Z"`, `"9999-12-31T23:59:59Z"`,
	`"` + strings.Repeat("क", 30_000) + `"`,
}

// payloads are data of every shape but, mostly, the right one.
func payloads(data any) []string {
	list := []string{
		``, ` `, `null`, `[]`, `5`, `"x"`, `{`, `{}`, `{}{}`, `{"entry"}`, "\xff\xfe", `{"entry":{"entry":{}}}`,
		`{"a":` + strings.Repeat("[", 11_000) + strings.Repeat("]", 11_000) + `}`,
		`{"reason":"` + strings.Repeat("x", clinic.MaxDataBytes) + `"}`,
	}
	whole := map[string]json.RawMessage{}
	t := reflect.TypeOf(data)
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		for _, value := range wrong {
			list = append(list, `{"`+name+`":`+value+`}`)
		}
		whole[name] = json.RawMessage(`"00010203-0405-7000-8000-000000000001"`)
	}
	text, _ := json.Marshal(whole)
	return append(list, string(text))
}

// TestBadDataGetsACodeAndChangesNothing gives every command every wrong payload as every role; act fails the test for
// an error without a code. What is accepted must be data that makes sense, so an edit may follow; a refusal has none.
func TestBadDataGetsACodeAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	refusals := 0
	for _, info := range clinic.Commands() {
		for _, role := range clinic.Roles {
			for _, payload := range payloads(info.Data) {
				for _, day := range []*clinic.Day{w.day, nil} {
					command := clinic.Command{ID: w.id(), Type: info.Type, Data: json.RawMessage(payload), Saw: map[string]any{"status": []any{1}, "generation": nil}}
					decision, err := clinic.Decide(day, w, command, w.actors[role], w.clinic, w.now)
					if err == nil {
						continue
					}
					refusals++
					var needed *clinic.TokensNeeded
					var known *clinic.Error
					switch {
					case errors.As(err, &needed):
					case !errors.As(err, &known) || !slices.Contains(clinic.Codes, known.Code) || known.Message == "" || known.Code == clinic.CodeInternal:
						t.Fatalf("%s %.80s as %s: %v", info.Type, payload, role, err)
					case len(decision.Edits) > 0 || decision.Data != nil:
						t.Fatalf("%s %.80s as %s was refused and has edits", info.Type, payload, role)
					}
				}
			}
		}
	}
	if refusals < 10_000 {
		t.Errorf("only %d refusals", refusals)
	}
}

func TestCommandsThatMakeNoSenseAreNamed(t *testing.T) {
	w := newWorld(t)
	for _, tc := range []struct {
		name    string
		command clinic.Command
		actor   clinic.Actor
		want    clinic.Code
	}{
		{"unknown type", clinic.Command{ID: w.id(), Type: "queue.shout"}, desk, clinic.CodeInvalid},
		{"no type", clinic.Command{ID: w.id()}, desk, clinic.CodeInvalid},
		{"no id", clinic.Command{Type: "queue.call_next"}, desk, clinic.CodeInvalid},
		{"no role", clinic.Command{ID: w.id(), Type: "queue.call_next"}, clinic.Actor{}, clinic.CodeForbidden},
		{"a role made up", clinic.Command{ID: w.id(), Type: "queue.call_next"}, clinic.Actor{Role: "root"}, clinic.CodeForbidden},
		{"a patient without an entry", clinic.Command{ID: w.id(), Type: "queue.leave", Data: encode(t, clinic.EntryMove{Entry: w.mine})}, clinic.Actor{Role: clinic.RolePatient}, clinic.CodeForbidden},
		{"a guruji without a queue", clinic.Command{ID: w.id(), Type: "queue.call", Data: encode(t, clinic.EntryMove{Entry: w.mine})}, clinic.Actor{Role: clinic.RoleGuruji}, clinic.CodeForbidden},
		{"an app without the scope", clinic.Command{ID: w.id(), Type: "queue.call_next"}, clinic.Actor{Role: clinic.RoleApp, Scopes: []string{"queue.check_in"}}, clinic.CodeForbidden},
		{"no such entry", clinic.Command{ID: w.id(), Type: "queue.call", Data: encode(t, clinic.EntryMove{Entry: w.id()})}, desk, clinic.CodeNotFound},
		{"much too large", clinic.Command{ID: w.id(), Type: "queue.call", Data: json.RawMessage(`{"reason":"` + strings.Repeat("x", 70_000) + `"}`)}, desk, clinic.CodeTooLarge},
		{"a site's command at the centre", clinic.Command{ID: w.id(), Type: "site.enrol", Data: json.RawMessage(`{"name":"x"}`)}, central, clinic.CodeForbidden},
	} {
		if _, err := w.act(tc.actor, tc.command); codeOf(err) != tc.want {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
		}
	}
}

func TestAGuessInSawTellsNothingThatViewHides(t *testing.T) {
	w := newWorld(t)
	patient := w.actors[clinic.RolePatient]
	for _, guess := range []string{"Usha Patil", "Somebody Else"} {
		command := clinic.Command{ID: w.id(), Type: "queue.leave", Data: encode(t, clinic.EntryMove{Entry: w.theirs}), Saw: map[string]any{"status": "waiting", "generation": 1, "name": guess}}
		if _, err := w.act(patient, command); codeOf(err) != clinic.CodeForbidden {
			t.Errorf("%s: %v", guess, err)
		}
		command = clinic.Command{ID: w.id(), Type: "queue.hold", Data: encode(t, clinic.EntryMove{Entry: w.mine}), Saw: map[string]any{"status": "called", "generation": 1, "name": guess}}
		_, err := w.act(clinic.Actor{ID: "app", Role: clinic.RoleApp, Scopes: []string{"queue.*"}}, command)
		var known *clinic.Error
		if !errors.As(err, &known) || known.Code != clinic.CodeStale {
			t.Fatalf("%s: %v", guess, err)
		}
		if text := string(encode(t, known.Current)); strings.Contains(text, "Usha") || strings.Contains(text, "knee") {
			t.Errorf("the current row told an app: %s", text)
		}
	}
}

func FuzzDecide(f *testing.F) {
	for _, info := range clinic.Commands() {
		f.Add(info.Type, `{}`, `{"status":"waiting","generation":1}`, uint8(3))
	}
	f.Add("queue.check_in", `{"guruji":"00010203-0405-7000-8000-000000000001","person":{"name":"x","phone":"9822012345"},"token":"K1-01"}`, `{}`, uint8(1))
	f.Fuzz(func(t *testing.T, command, data, saw string, role uint8) {
		s := newSite(t)
		g := s.guruji("Madhavnath")
		entry := s.walkIn(g)
		data = strings.ReplaceAll(data, "00010203-0405-7000-8000-000000000001", g.id.String())
		data = strings.ReplaceAll(data, "00010203-0405-7000-8000-000000000002", entry.String())
		var seen map[string]any
		_ = json.Unmarshal([]byte(saw), &seen)
		a := clinic.Actor{ID: "a", Role: clinic.Roles[int(role)%len(clinic.Roles)], Guruji: g.id, Entry: entry, Scopes: []string{"queue.*"}, Device: record.Derive("d").String()}
		_, _ = s.act(a, clinic.Command{Type: command, Data: json.RawMessage(data), Saw: seen})
	})
}
