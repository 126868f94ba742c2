package door_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// datas are arguments of a command as the careful, the careless and the hostile send them.
func datas(t *testing.T, c clinic.Info) map[string]json.RawMessage {
	t.Helper()
	out := map[string]json.RawMessage{
		"nothing": nil, "empty": json.RawMessage(`{}`), "null": json.RawMessage(`null`), "a list": json.RawMessage(`[]`), "a number": json.RawMessage(`7`),
		"cut off": json.RawMessage(`{"entry":`), "deep": json.RawMessage(strings.Repeat(`[`, 5_000)),
		"wrong types": json.RawMessage(`{"entry":7,"guruji":[],"person":"x","device":{},"staff":true,"name":9,"value":{},"pin":[],"role":{},"site":1,"count":"x"}`),
	}
	if c.Data == nil {
		return out
	}
	fields := map[string]any{}
	shape := reflect.TypeOf(c.Data)
	for i := range shape.NumField() {
		f := shape.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			fields[name] = plausible(f)
		}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	out["plausible"] = text
	if !clinic.CarriesSecret(c.Type) {
		return out
	}
	fields["pin"] = "2468"
	text, err = json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	out["with a secret"] = text
	return out
}

// plausible is a value that a field could have.
func plausible(f reflect.StructField) any {
	if enum := f.Tag.Get("enum"); enum != "" {
		return strings.Split(enum, ",")[0]
	}
	kind := f.Type
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if kind == reflect.TypeFor[record.ID]() {
		return newID()
	}
	switch kind.Kind() {
	case reflect.String:
		return "something"
	case reflect.Bool:
		return true
	case reflect.Int, reflect.Int64:
		return 5
	case reflect.Slice:
		return []any{}
	}
	return map[string]any{}
}

// TestTheCentreRefusesWhatOnlyASiteDoes sends every command to a hub, as everybody, with all sorts of arguments.
func TestTheCentreRefusesWhatOnlyASiteDoes(t *testing.T) {
	n := startCentre(t)
	admin := n.admin()
	for _, command := range clinic.Commands() {
		// What only a central admin may ever do is about the centre, and it has staff of its own.
		atCentre := slices.Equal(command.Roles, []clinic.Role{clinic.RoleCentralAdmin}) || strings.HasPrefix(command.Type, "staff.")
		for _, role := range append([]clinic.Role{""}, clinic.Roles...) {
			actor := clinic.Actor{ID: newID(), Name: "Somebody", Role: role, Guruji: record.Derive("g"), Entry: record.Derive("e"), Scopes: []string{command.Type}}
			for name, data := range datas(t, command) {
				results, err := n.door.Act(t.Context(), actor, []api.Action{{ID: newID(), Type: command.Type, Data: data}}, nil)
				if err != nil {
					t.Fatalf("%s as %q with %s: %v", command.Type, role, name, err)
				}
				switch r := results[0]; {
				case r.Error != nil && (r.Error.Code == "internal" || r.Error.Code == "" || r.Error.Message == ""):
					t.Errorf("%s as %q with %s: %+v", command.Type, role, name, r.Error)
				case r.Error == nil && (role != clinic.RoleCentralAdmin || !atCentre):
					t.Errorf("%s as %q with %s: %s at the centre", command.Type, role, name, r.Status)
				}
			}
		}
	}
	for command, want := range map[string]string{"device.approve": "forbidden", "queue.check_in": "not_allowed", "day.seal": "not_allowed", "device.revoke": "not_allowed"} {
		if r := n.action(admin, command, map[string]any{"device": newID()}); r.Error == nil || r.Error.Code != want {
			t.Errorf("%s: %+v, want %s", command, r.Error, want)
		}
	}
	n.call("POST", "/api/v1/session", "", `{"device":{"kind":"kiosk","name":"Gate"}}`, nil).refused(409, "not_allowed")
	n.call("POST", "/api/v1/session", "", `{"pair":"AAAA-AAAA"}`, nil).refused(401, "unauthenticated")
	if strings.Contains(n.log.String(), "panic") || strings.Contains(n.log.String(), "level=ERROR") {
		t.Errorf("the log tells of a fault:\n%.2000s", n.log.String())
	}
}
