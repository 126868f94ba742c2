package testkit

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// document is what of a node's OpenAPI document is needed to speak to each of its operations wrongly.
type document struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]*schema }
}

type operation struct {
	Security    []any
	Parameters  []struct{ Name, In string }
	RequestBody *struct {
		Content map[string]struct{ Schema *schema }
	}
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Enum       []any
	MaxLength  int
	Properties map[string]*schema
	Required   []string
	Items      *schema
}

// routes is one round of bad requests against a node.
type routes struct {
	t     testing.TB
	url   string
	doc   document
	codes []any
}

// misuse is one way of asking wrongly.
type misuse struct {
	name   string
	query  string
	body   string
	header http.Header
	method string // instead of the operation's own
	bad    bool   // it has to be refused, not only survived
	asked  bool   // by strangers only: nothing is wrong with it but who asks
}

// MisuseRoutes reads a running node's own OpenAPI document and sends each operation what it cannot want: malformed,
// oversized and wrongly typed bodies, wrong content types, unknown and absurd parameters, other methods, forged
// credentials, and nobody's at all; each as everybody whose token is given, by name, and signed out. Whatever is refused must be a problem
// with a known code, nothing may be the node's own fault, and what is certainly wrong must not be taken. It returns how
// many requests were made. Sessions are not signed out.
func MisuseRoutes(t testing.TB, node string, tokens map[string]string) int {
	t.Helper()
	r := &routes{t: t, url: node}
	res, err := http.Get(node + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&r.doc); err != nil {
		t.Fatal(err)
	}
	r.codes = r.doc.Components.Schemas["Problem"].Properties["code"].Enum
	if len(r.doc.Paths) < 10 || len(r.codes) < 10 {
		t.Fatalf("the document has %d paths and %d codes: nothing would be tried", len(r.doc.Paths), len(r.codes))
	}
	callers := map[string]string{"nobody": "", "a forger": "sgs_" + strings.Repeat("A", 43)}
	for who, token := range tokens {
		callers[who] = token
	}
	asked := 0
	for path, methods := range r.doc.Paths {
		for method, op := range methods {
			method = strings.ToUpper(method)
			for _, m := range r.misuses(method, op, methods) {
				for who, token := range callers {
					if tokens[who] != "" && (m.asked || method == http.MethodDelete && m.method == "") {
						continue
					}
					r.ask(method, path, op, who, token, m)
					asked++
				}
			}
		}
	}
	return asked
}

// misuses are the ways to ask an operation wrongly, made from what it says of itself.
func (r *routes) misuses(method string, op operation, offered map[string]operation) []misuse {
	all := []misuse{
		{name: "nobody behind it", asked: true, body: r.goodBody(op)},
		{name: "an unnameable screen", header: http.Header{"Sangam-Screen": {"../" + strings.Repeat("x", 40)}}, bad: true},
		{name: "a scheme of its own", header: http.Header{"Authorization": {"Basic YWRtaW46YWRtaW4="}}},
		{name: "a bearer of nothing", header: http.Header{"Authorization": {"Bearer "}}},
		{name: "a cookie of rubbish", header: http.Header{"Cookie": {"sangam_00000000_web=\x01\x7f; ="}}},
	}
	for _, other := range []string{"PUT", "PATCH", "POST", "DELETE", "TRACE"} {
		if _, ok := offered[strings.ToLower(other)]; !ok {
			all = append(all, misuse{name: "method " + other, method: other, bad: true})
		}
	}
	if method == http.MethodGet {
		all = append(all, misuse{name: "unknown query", query: "never=heard&since[]=1&%zz"})
	}
	for _, p := range op.Parameters {
		if p.In != "query" {
			continue
		}
		for name, value := range map[string]string{"long": strings.Repeat("A", 3000), "control": "\x00\x1f", "not utf-8": "\xff\xfe", "number": "-1e9", "markup": "<script>'\"", "empty": ""} {
			all = append(all, misuse{name: p.Name + " " + name, query: url.QueryEscape(p.Name) + "=" + url.QueryEscape(value)})
		}
		all = append(all, misuse{name: p.Name + " twice", query: p.Name + "=1&" + p.Name + "=2"})
	}
	if op.RequestBody != nil {
		all = append(all, r.badBodies(op.RequestBody.Content["application/json"].Schema)...)
	}
	return all
}

func (r *routes) goodBody(op operation) string {
	if op.RequestBody == nil {
		return ""
	}
	return encode(r.value(op.RequestBody.Content["application/json"].Schema, 0))
}

func (r *routes) badBodies(of *schema) []misuse {
	good := r.value(of, 0)
	all := []misuse{
		{name: "no body", bad: true}, {name: "text", body: "hello", bad: true}, {name: "half an object", body: `{"actions":[`, bad: true},
		{name: "null", body: "null", bad: true}, {name: "a list", body: "[]", bad: true}, {name: "a number", body: "7", bad: true},
		{name: "two objects", body: "{}{}", bad: true}, {name: "deep", body: strings.Repeat("[", 20_000), bad: true},
		{name: "deep objects", body: strings.Repeat(`{"a":`, 20_000), bad: true}, {name: "unknown fields only", body: `{"never":"heard"}`, bad: true},
		{name: "too large", body: `{"x":"` + strings.Repeat("x", 300<<10) + `"}`, bad: true},
		{name: "not utf-8", body: "{\"user\":\"\xff\xfe\",\"name\":\"\xff\"}", bad: true},
		{name: "xml", body: encode(good), header: http.Header{"Content-Type": {"text/xml"}}, bad: true},
		{name: "a form", body: "a=b", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, bad: true},
		{name: "no such encoding", body: encode(good), header: http.Header{"Content-Type": {"application/json; charset=\x00"}}},
		{name: "packed", body: encode(good), header: http.Header{"Content-Encoding": {"gzip"}, "Content-Type": {"application/x-gzip"}}, bad: true},
	}
	return append(all, r.spoilt("", of, good, func(v any) any { return v }, 0)...)
}

// spoilt are the bodies that are right but for one field.
func (r *routes) spoilt(at string, of *schema, good any, whole func(any) any, depth int) []misuse {
	of = r.resolve(of)
	object, ok := good.(map[string]any)
	if !ok || depth > 3 {
		return nil
	}
	var all []misuse
	with := func(name string, value any) string {
		changed := map[string]any{}
		for k, v := range object {
			changed[k] = v
		}
		if changed[name] = value; value == nil {
			delete(changed, name)
		}
		return encode(whole(changed))
	}
	for name, field := range of.Properties {
		field = r.resolve(field)
		where := at + name
		switch kindOf(field) {
		case "string":
			all = append(all, misuse{name: where + " is a number", body: with(name, 7), bad: true}, misuse{name: where + " is an object", body: with(name, map[string]any{"x": 1}), bad: true})
			if field.MaxLength > 0 {
				all = append(all, misuse{name: where + " is too long", body: with(name, strings.Repeat("x", field.MaxLength+1)), bad: true})
			}
			if len(field.Enum) > 0 {
				all = append(all, misuse{name: where + " is unheard of", body: with(name, "unheard of"), bad: true})
			}
		case "object":
			all = append(all, misuse{name: where + " is a text", body: with(name, "x"), bad: true}, misuse{name: where + " is a list", body: with(name, []any{1}), bad: true})
			inner := func(v any) any {
				var out any
				_ = json.Unmarshal([]byte(with(name, v)), &out)
				return out
			}
			if value, ok := object[name]; ok {
				all = append(all, r.spoilt(where+".", field, value, inner, depth+1)...)
			}
		case "array":
			all = append(all, misuse{name: where + " is an object", body: with(name, map[string]any{}), bad: true}, misuse{name: where + " holds numbers", body: with(name, []any{1, 2}), bad: true})
		}
		if slices.Contains(of.Required, name) {
			all = append(all, misuse{name: where + " is missing", body: with(name, nil), bad: true})
		}
	}
	return all
}

func (r *routes) resolve(s *schema) *schema {
	for s != nil && s.Ref != "" {
		s = r.doc.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	if s == nil {
		return &schema{}
	}
	return s
}

// kindOf is the first type of a schema that is not null.
func kindOf(s *schema) string {
	switch of := s.Type.(type) {
	case string:
		return of
	case []any:
		for _, one := range of {
			if one != "null" {
				return fmt.Sprint(one)
			}
		}
	}
	return ""
}

// value is something of the right shape.
func (r *routes) value(s *schema, depth int) any {
	s = r.resolve(s)
	switch kindOf(s) {
	case "object":
		out := map[string]any{}
		for name, field := range s.Properties {
			if depth < 4 {
				out[name] = r.value(field, depth+1)
			}
		}
		return out
	case "array":
		return []any{r.value(s.Items, depth+1)}
	case "boolean":
		return true
	case "integer", "number":
		return 1
	}
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	return "x"
}

func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic("testkit: " + err.Error())
	}
	return string(text)
}

// ask sends one bad request and judges the answer.
func (r *routes) ask(method, path string, op operation, who, token string, m misuse) {
	if m.method != "" {
		method = m.method
	}
	what := fmt.Sprintf("%s %s as %s with %s", method, path, who, m.name)
	address, err := url.Parse(r.url + path)
	if err != nil {
		r.t.Fatal(err)
	}
	address.RawQuery = m.query
	var body io.Reader
	if op.RequestBody != nil || m.method != "" {
		body = strings.NewReader(m.body)
	}
	req, err := http.NewRequest(method, address.String(), body)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for name, values := range m.header {
		req.Header[name] = values
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		if strings.Contains(err.Error(), "invalid header") {
			return // the client itself refuses to say such a thing
		}
		r.t.Errorf("%s: %v", what, err)
		return
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Errorf("%s: %v", what, err)
	}
	if m.asked && len(op.Security) > 0 && res.StatusCode != http.StatusUnauthorized {
		r.t.Errorf("%s: %d %.200s, want 401", what, res.StatusCode, text)
	}
	if res.StatusCode < 400 {
		if m.bad {
			r.t.Errorf("%s: taken with %d %.200s", what, res.StatusCode, text)
		}
		return
	}
	var p struct {
		Code, Message string
		Status        int
	}
	err = json.Unmarshal(text, &p)
	if err != nil || res.StatusCode >= 500 || p.Status != res.StatusCode || p.Message == "" || !slices.Contains(r.codes, any(p.Code)) ||
		res.Header.Get("Content-Type") != "application/problem+json" {
		r.t.Errorf("%s: %d %s %.300s", what, res.StatusCode, res.Header.Get("Content-Type"), text)
	}
}
