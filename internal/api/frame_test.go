package api_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/aashram-care/sangam/internal/api"
)

var ignoreMarkers = cmpopts.IgnoreUnexported(api.Action{})

func TestFramesOfAClientAreReadWhole(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       any
	}{
		{"resume", `{"frame":"resume","cursor":"abc"}`, api.ResumeFrame{Frame: "resume", Cursor: "abc"}},
		{"pong", `{"frame":"pong"}`, api.PongFrame{Frame: "pong"}},
		{"act", `{"frame":"act","action":{"id":"i","type":"queue.call_next","at":"2026-10-02T04:00:00.000Z","saw":{"status":"waiting"},"data":{"guruji":"g"}}}`,
			api.ActFrame{Frame: "act", Action: api.Action{ID: "i", Type: "queue.call_next", At: "2026-10-02T04:00:00.000Z",
				Saw: map[string]any{"status": "waiting"}, Data: json.RawMessage(`{"guruji":"g"}`)}}},
		{"fields of tomorrow", `{"frame":"pong","heard":3}`, api.PongFrame{Frame: "pong"}},
		{"white space", " \n{\"frame\":\"pong\"}\n", api.PongFrame{Frame: "pong"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := api.DecodeClientFrame([]byte(tc.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got, ignoreMarkers); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBadFramesAreRefusedByName(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       error
	}{
		{"empty", ``, api.ErrFrameMalformed},
		{"not JSON", `hello`, api.ErrFrameMalformed},
		{"an array", `[1]`, api.ErrFrameMalformed},
		{"null", `null`, api.ErrFrameMalformed},
		{"cut off", `{"frame":"pong"`, api.ErrFrameMalformed},
		{"two at once", `{"frame":"pong"}{"frame":"pong"}`, api.ErrFrameMalformed},
		{"wrong type", `{"frame":"resume","cursor":5}`, api.ErrFrameMalformed},
		{"wrong name", `{"frame":7}`, api.ErrFrameMalformed},
		{"action is a list", `{"frame":"act","action":[]}`, api.ErrFrameMalformed},
		{"not UTF-8", "{\"frame\":\"act\",\"action\":{\"id\":\"\xff\xfe\"}}", api.ErrFrameMalformed},
		{"deep nesting", `{"frame":"act","action":{"data":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}}`, api.ErrFrameMalformed},
		{"unknown", `{"frame":"shout"}`, api.ErrFrameUnknown},
		{"a frame of the server", `{"frame":"hello"}`, api.ErrFrameUnknown},
		{"no name", `{}`, api.ErrFrameUnknown},
		{"too large", `{"frame":"` + strings.Repeat("x", api.MaxFrameBytes) + `"}`, api.ErrFrameTooLarge},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := api.DecodeClientFrame([]byte(tc.text))
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, %v; want %v", got, err, tc.want)
			}
		})
	}
}

func FuzzDecodeClientFrame(f *testing.F) {
	f.Add([]byte(`{"frame":"resume","cursor":"abc"}`))
	f.Add([]byte(`{"frame":"act","action":{"id":"i","type":"t","data":{}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := api.DecodeClientFrame(data)
		if (frame == nil) == (err == nil) {
			t.Fatalf("frame %v with error %v", frame, err)
		}
	})
}

func TestTimesAreUTCWithMilliseconds(t *testing.T) {
	kolkata := time.FixedZone("IST", 5*3600+1800)
	got, err := json.Marshal(api.At(time.Date(2026, 10, 2, 9, 30, 0, 123_456_789, kolkata)))
	if err != nil {
		t.Fatal(err)
	}
	if want := `"2026-10-02T04:00:00.123Z"`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var back api.Time
	if err := json.Unmarshal([]byte(`"2026-10-02T09:30:00.123+05:30"`), &back); err != nil || back.String() != "2026-10-02T04:00:00.123Z" {
		t.Errorf("read %v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`"yesterday"`), &back); err == nil {
		t.Error("a word was read as a time")
	}
	if got, _ := json.Marshal(api.Backlog{}); string(got) != `{"records":0,"bytes":0,"oldestAt":null}` {
		t.Errorf("an unknown time is not null: %s", got)
	}
}

func TestSeqIsTextPastTheSafeIntegers(t *testing.T) {
	got, err := json.Marshal(api.Change{Kind: "entry", ID: "e", Seq: 1<<53 + 1})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"kind":"entry","id":"e","seq":"9007199254740993"}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var back api.Change
	if err := json.Unmarshal(got, &back); err != nil || back.Seq != 1<<53+1 {
		t.Errorf("read back %v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"seq":"-1"}`), &back); err == nil {
		t.Error("a negative seq was read")
	}
}

func TestAnActionMayStandInItsFrameItself(t *testing.T) {
	const id = "01900000-0000-7000-8000-000000000001"
	for _, text := range []string{
		`{"frame":"act","action":{"id":"` + id + `","type":"queue.hold","data":{}}}`,
		`{"frame":"act","id":"` + id + `","type":"queue.hold","data":{}}`,
	} {
		frame, err := api.DecodeClientFrame([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if act, ok := frame.(api.ActFrame); !ok || act.Action.ID != id || act.Action.Type != "queue.hold" {
			t.Errorf("%s: got %+v", text, frame)
		}
	}
}
