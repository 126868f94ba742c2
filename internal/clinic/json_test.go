package clinic_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
	"pgregory.net/rapid"
)

func TestWhatIsWrittenByHandIsTheJSONOfThePackage(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "called", `a "quoted" <b>&`, "\x00\x7f\u2028", "\xff broken", "नमस्ते"}))
	at := rapid.Custom(func(t *rapid.T) time.Time {
		zone := time.FixedZone("", rapid.IntRange(-12*3600, 12*3600).Draw(t, "zone")/60*60)
		return time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "at")).In(zone)
	})
	id := rapid.Custom(func(t *rapid.T) record.ID { return record.Derive(rapid.String().Draw(t, "id")) })
	value := rapid.Custom(func(t *rapid.T) record.Value { return rapid.SliceOf(rapid.Byte()).Draw(t, "value") })
	item := rapid.Custom(func(t *rapid.T) record.Item { return record.Item{ID: id.Draw(t, "item"), Value: value.Draw(t, "of")} })
	edit := rapid.Custom(func(t *rapid.T) record.Edit {
		return record.Edit{
			Kind: text.Draw(t, "kind"), ID: id.Draw(t, "id"), Day: text.Draw(t, "day"), NewGeneration: rapid.Bool().Draw(t, "new"),
			Set: rapid.OneOf(rapid.Just[map[string]record.Value](nil), rapid.MapOf(text, value)).Draw(t, "set"),
			Add: rapid.OneOf(rapid.Just[map[string][]record.Item](nil), rapid.MapOf(text, rapid.SliceOf(item))).Draw(t, "add"),
		}
	})
	data := rapid.OneOf(
		rapid.Just[any](nil), rapid.Map(text, func(s string) any { return s }), rapid.Map(rapid.Int64(), func(i int64) any { return i }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }), rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.SliceOf(text), func(list []string) any { return list }),
	)
	rapid.Check(t, func(t *rapid.T) {
		event := clinic.Event{
			ID: text.Draw(t, "id"), Type: text.Draw(t, "type"), At: at.Draw(t, "at"), Site: text.Draw(t, "site"), Actor: text.Draw(t, "actor"),
			Subject: clinic.Subject{Kind: text.Draw(t, "kind"), ID: text.Draw(t, "subject")},
			Data:    rapid.OneOf(rapid.Just[map[string]any](nil), rapid.MapOf(text, data)).Draw(t, "data"),
		}
		same(t, event, event.AppendJSON)
		undo := clinic.Undo{Action: id.Draw(t, "action"), Entry: id.Draw(t, "entry"), Actor: text.Draw(t, "by"), At: at.Draw(t, "when"),
			Edits: rapid.SliceOf(edit).Draw(t, "edits")}
		same(t, undo, undo.AppendJSON)
	})
}

func same(t *rapid.T, v any, appendJSON func([]byte) ([]byte, error)) {
	want, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	got, err := appendJSON([]byte("before "))
	if err != nil || string(got) != "before "+string(want) {
		t.Fatalf("%s, want %s, %v", got, want, err)
	}
}
