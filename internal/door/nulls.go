package door

import (
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// withNulls makes a document say which fields may be null though they hold a shape of their own: huma says so of plain
// values only, and a client made from the document would not expect it. The schemas also judge what comes in, so they
// are as before once restore was called.
func withNulls(shapes huma.Registry) (restore func()) {
	var undo []func()
	for name, s := range shapes.Map() {
		t := shapes.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, field := range reflect.VisibleFields(t) {
			tag := strings.Split(field.Tag.Get("json"), ",")
			plain := s.Properties[tag[0]]
			if plain == nil || plain.Ref == "" || field.Type.Kind() != reflect.Pointer || field.Tag.Get("nullable") == "false" || slices.ContainsFunc(tag[1:], isOmission) {
				continue
			}
			s.Properties[tag[0]] = &huma.Schema{
				Description: plain.Description, AnyOf: []*huma.Schema{{Ref: plain.Ref}, {Type: "null"}},
			}
			undo = append(undo, func() { s.Properties[tag[0]] = plain })
		}
	}
	return func() {
		for _, back := range undo {
			back()
		}
	}
}

func isOmission(option string) bool { return option == "omitempty" || option == "omitzero" }
