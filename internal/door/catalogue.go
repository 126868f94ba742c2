package door

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

// eventDoc is one type of event as the documents tell it.
type eventDoc struct {
	Type    string
	Summary string
	Data    *huma.Schema
	Example api.Event
}

// describeEvents lists the catalogue and registers the data of each type. An example is made of the examples of the
// data's own fields, so that it cannot differ from the shape.
func describeEvents(shapes huma.Registry) []eventDoc {
	var out []eventDoc
	for _, info := range api.Catalogue {
		data := shapes.Schema(reflect.TypeOf(info.Data), true, "")
		out = append(out, eventDoc{Type: info.Type, Summary: info.Doc, Data: data, Example: api.Event{
			ID: "6f1d2b0c-3a4e-8f60-9b7a-2c5d8e0f1a3b", Type: info.Type, At: exampleTime, Site: "0199c3a0-0000-7000-8000-0000000000ff",
			Subject: clinic.Subject{Kind: subjectOf(info.Type), ID: "0199c3a0-0000-7000-8000-000000000001"},
			Data:    exampleOf(shapes, data),
		}})
	}
	return out
}

var exampleTime = func() (at api.Time) {
	if err := at.UnmarshalText([]byte("2026-01-05T04:32:10.250Z")); err != nil {
		panic("door: " + err.Error())
	}
	return at
}()

// subjectOf is the kind of record that events of an area are about.
func subjectOf(kind string) string {
	area, what, _ := strings.Cut(kind, ".")
	switch {
	case what == "position_updated":
		return clinic.KindGuruji
	case area == "queue" && strings.HasPrefix(what, "day_"):
		return clinic.KindDay
	case area == "queue":
		return clinic.KindEntry
	case area == "user":
		return clinic.KindStaff
	case area == "system", area == "server":
		return "node"
	case area == "uplink":
		return clinic.KindSite
	}
	return area
}

// exampleOf makes a value of a schema out of the examples of its fields.
func exampleOf(shapes huma.Registry, s *huma.Schema) any {
	if s.Ref != "" {
		s = shapes.SchemaFromRef(s.Ref)
	}
	if len(s.Examples) > 0 {
		return s.Examples[0]
	}
	value := map[string]any{}
	for name, field := range s.Properties {
		value[name] = exampleOf(shapes, field)
	}
	return value
}

// eventsInOpenAPI is the extension that names every event, its data and an example.
func eventsInOpenAPI(events []eventDoc) map[string]any {
	out := map[string]any{}
	for _, e := range events {
		out[e.Type] = map[string]any{"summary": e.Summary, "data": e.Data, "example": e.Example}
	}
	return out
}

// eventMessages are the events as AsyncAPI describes messages: the envelope, narrowed to one type and its data.
func eventMessages(events []eventDoc) (components, inChannel map[string]any) {
	components, inChannel = map[string]any{}, map[string]any{}
	for _, e := range events {
		components[e.Type] = map[string]any{
			"name": e.Type, "summary": e.Summary, "contentType": "application/json",
			"payload": map[string]any{"allOf": []any{
				map[string]any{"$ref": "#/components/schemas/Event"},
				map[string]any{"type": "object", "properties": map[string]any{"type": map[string]any{"const": e.Type}, "data": e.Data}},
			}},
			"examples": []any{map[string]any{"payload": e.Example}},
		}
		inChannel[e.Type] = map[string]any{"$ref": "#/components/messages/" + e.Type}
	}
	return components, inChannel
}

// docsEvent is a line of the page's list of events.
type docsEvent struct{ Type, Summary, Data, Example string }

func docsEvents(events []eventDoc) ([]docsEvent, error) {
	var out []docsEvent
	for _, e := range events {
		example, err := json.Marshal(e.Example.Data)
		if err != nil {
			return nil, fmt.Errorf("write an example of %s: %w", e.Type, err)
		}
		out = append(out, docsEvent{e.Type, e.Summary, shape(e.Data), string(example)})
	}
	slices.SortFunc(out, func(a, b docsEvent) int { return strings.Compare(a.Type, b.Type) })
	return out, nil
}
