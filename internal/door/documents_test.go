package door_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/door"
)

func TestDocumentsNameEveryCommandFrameAndEvent(t *testing.T) {
	open, err := door.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	async, err := door.AsyncAPI()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range clinic.Commands() {
		if !strings.Contains(string(open), fmt.Sprintf("%q", c.Type)) {
			t.Errorf("openapi.json does not name %s", c.Type)
		}
	}
	for _, frame := range []string{"HelloFrame", "ChangesFrame", "BeatFrame", "ResultFrame", "ResetFrame", "ByeFrame", "ResumeFrame", "ActFrame", "PongFrame"} {
		if !strings.Contains(string(async), "#/components/schemas/"+frame+`"`) || !strings.Contains(string(async), `"`+frame+`": {`) {
			t.Errorf("asyncapi.json has no %s", frame)
		}
	}
	again, err := door.OpenAPI()
	if err != nil || string(again) != string(open) {
		t.Error("the document is not the same twice")
	}
}

// message is an event as asyncapi.json describes it.
type message struct {
	Summary  string
	Payload  struct{ AllOf []map[string]any }
	Examples []struct{ Payload json.RawMessage }
}

// TestEveryEventIsDescribedWithItsDataAndAnExample reads each example back as a client that takes the catalogue at its
// word would: no field more, none less.
func TestEveryEventIsDescribedWithItsDataAndAnExample(t *testing.T) {
	async, err := door.AsyncAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Channels   map[string]struct{ Messages map[string]any }
		Components struct {
			Messages map[string]message
			Schemas  map[string]any
		}
	}
	if err := json.Unmarshal(async, &doc); err != nil {
		t.Fatal(err)
	}
	for _, info := range api.Catalogue {
		told, ok := doc.Components.Messages[info.Type]
		if !ok || doc.Channels["events"].Messages[info.Type] == nil || told.Summary == "" || len(told.Examples) != 1 {
			t.Errorf("asyncapi.json does not describe %s: %+v", info.Type, told)
			continue
		}
		var example struct {
			Type    string
			Subject api.Subject
			Data    json.RawMessage
		}
		if err := json.Unmarshal(told.Examples[0].Payload, &example); err != nil || example.Type != info.Type || example.Subject.Kind == "" {
			t.Errorf("%s: example %s: %v", info.Type, told.Examples[0].Payload, err)
		}
		if err := fits(example.Data, info.Data); err != nil {
			t.Errorf("%s: example %s: %v", info.Type, example.Data, err)
		}
		if reflect.TypeOf(info.Data).Kind() == reflect.Struct && doc.Components.Schemas[reflect.TypeOf(info.Data).Name()] == nil {
			t.Errorf("asyncapi.json has no schema of the data of %s", info.Type)
		}
	}
}

// fits tells whether data has the fields of a shape and no others.
func fits(data json.RawMessage, shape any) error {
	into := reflect.New(reflect.TypeOf(shape))
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(into.Interface()); err != nil {
		return err
	}
	var got, want map[string]any
	again, err := json.Marshal(into.Interface())
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &got); err != nil {
		return err
	}
	if err := json.Unmarshal(again, &want); err != nil {
		return err
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			return fmt.Errorf("no field %s", name)
		}
	}
	return nil
}

// A client that is generated from the document must expect every null that a node sends.
func TestTheDocumentsSayWhichShapesMayBeNull(t *testing.T) {
	for name, make := range map[string]func() ([]byte, error){"openapi": func() ([]byte, error) { return door.OpenAPI() }, "asyncapi": door.AsyncAPI} {
		text, err := make()
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Components struct {
				Schemas map[string]struct {
					Properties map[string]struct{ AnyOf []map[string]string }
				}
			}
		}
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		for shape, fields := range map[string]map[string]bool{
			"Status": {"uplink": true, "clock": true, "disk": true}, "BeatFrame": {"uplink": true},
			"EntryRow": {"wait": true, "position": false}, "CheckInAnswer": {"wait": true}, "JoinWaitlist": {"person": false},
		} {
			for field, nullable := range fields {
				property, there := doc.Components.Schemas[shape].Properties[field]
				if got := len(property.AnyOf) == 2 && property.AnyOf[1]["type"] == "null"; !there || got != nullable {
					t.Errorf("%s: %s.%s may be null beside its shape: %v, and it should be %v", name, shape, field, got, nullable)
				}
			}
		}
	}
}

func TestAStrangerLearnsOfANodeWhatItsFirstPageShows(t *testing.T) {
	n := startNode(t, func(o *door.Options) {
		o.Uplink = func() *api.Uplink { return &api.Uplink{State: api.StateLagging, Backlog: api.Backlog{Records: 31}} }
		o.Status = func() api.Status { return api.Status{Uplink: o.Uplink(), Clock: &api.ClockStatus{}} }
	})
	token := n.admin()
	var told, known map[string]any
	n.call("GET", "/api/v1/status", "", nil, nil).into(200, &told)
	want := map[string]any{
		"node": n.id, "role": "edge", "site": n.site.String(), "siteName": "Pune", "timezone": "Asia/Kolkata",
		"boot": told["boot"], "version": "test", "uplinkState": "lagging",
		"uplink": nil, "clock": nil, "disk": nil, "backup": nil, "archive": nil, "https": nil,
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
	n.call("GET", "/api/v1/status", token, nil, nil).into(200, &known)
	if up, ok := known["uplink"].(map[string]any); !ok || up["state"] != "lagging" || known["cursor"] == nil || known["siteName"] != "Pune" {
		t.Errorf("who is signed in is told %v", known)
	}
}
