package clinic

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// What every command writes down as JSON is put together here by hand: the bytes are those of encoding/json, for a third
// of its time.

// AppendJSON appends what json.Marshal makes of the event.
func (e *Event) AppendJSON(b []byte) ([]byte, error) {
	b = appendText(append(b, `{"id":`...), e.ID)
	b = appendText(append(b, `,"type":`...), e.Type)
	b, err := appendTime(append(b, `,"at":`...), e.At)
	if err != nil {
		return nil, err
	}
	b = appendText(append(b, `,"site":`...), e.Site)
	if e.Actor != "" {
		b = appendText(append(b, `,"actor":`...), e.Actor)
	}
	b = appendText(append(b, `,"subject":{"kind":`...), e.Subject.Kind)
	b = appendText(append(b, `,"id":`...), e.Subject.ID)
	b, err = appendMap(append(b, `},"data":`...), e.Data, appendAny)
	return append(b, '}'), err
}

// AppendJSON appends what json.Marshal makes of the undo.
func (u *Undo) AppendJSON(b []byte) ([]byte, error) {
	b = appendText(append(b, `{"action":`...), u.Action.String())
	b = appendText(append(b, `,"entry":`...), u.Entry.String())
	b = appendText(append(b, `,"actor":`...), u.Actor)
	b, err := appendTime(append(b, `,"at":`...), u.At)
	if err != nil {
		return nil, err
	}
	b, err = appendList(append(b, `,"edits":`...), u.Edits, appendEdit)
	return append(b, '}'), err
}

func appendEdit(b []byte, e record.Edit) ([]byte, error) {
	b = appendText(append(b, `{"Kind":`...), e.Kind)
	b = appendText(append(b, `,"ID":`...), e.ID.String())
	b = appendText(append(b, `,"Day":`...), e.Day)
	b, err := appendMap(append(b, `,"Set":`...), e.Set, appendBytes)
	if err != nil {
		return nil, err
	}
	b, err = appendMap(append(b, `,"Add":`...), e.Add, appendAs[[]record.Item])
	b = strconv.AppendBool(append(b, `,"NewGeneration":`...), e.NewGeneration)
	return append(b, '}'), err
}

func appendBytes(b []byte, v record.Value) ([]byte, error) {
	if v == nil {
		return append(b, "null"...), nil
	}
	return append(base64.StdEncoding.AppendEncode(append(b, '"'), v), '"'), nil
}

// appendText leaves whatever JSON or HTML would read otherwise to encoding/json.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(s) // of a string it never fails
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendTime(b []byte, t time.Time) ([]byte, error) {
	b = append(b, '"')
	b, err := t.AppendText(b)
	return append(b, '"'), err
}

func appendMap[V any](b []byte, of map[string]V, value func([]byte, V) ([]byte, error)) (_ []byte, err error) {
	if of == nil {
		return append(b, "null"...), nil
	}
	names := slices.AppendSeq(make([]string, 0, len(of)), maps.Keys(of))
	slices.Sort(names)
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = value(append(appendText(b, name), ':'), of[name]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendList[V any](b []byte, of []V, value func([]byte, V) ([]byte, error)) (_ []byte, err error) {
	if of == nil {
		return append(b, "null"...), nil
	}
	b = append(b, '[')
	for i, v := range of {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = value(b, v); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendAny(b []byte, v any) ([]byte, error) {
	switch x := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, x), nil
	case int64:
		return strconv.AppendInt(b, x, 10), nil
	}
	return appendAs(b, v)
}

func appendAs[V any](b []byte, v V) ([]byte, error) {
	text, err := json.Marshal(v)
	return append(b, text...), err
}
