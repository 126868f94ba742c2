package door

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/export"
)

// OpenAPI returns the document of the contract, without a running node. routes add a node's own operations.
func OpenAPI(routes ...func(huma.API, *Door)) ([]byte, error) {
	return openAPI(described(routes).OpenAPI())
}

// AsyncAPI returns the document of the socket's frames and events.
func AsyncAPI() ([]byte, error) { return asyncAPI(described(nil).OpenAPI()) }

// described is the API with its operations and nothing behind them.
func described(routes []func(huma.API, *Door)) huma.API {
	d := &Door{o: withDefaults(Options{Version: "0"})}
	a := humagin.New(gin.New(), configuration("0"))
	d.operations(a)
	for _, add := range routes {
		add(a, d)
	}
	return a
}

func openAPI(doc *huma.OpenAPI) ([]byte, error) {
	registerShapes(doc)
	complete(doc)
	defer withNulls(doc.Components.Schemas)()
	out, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	return append(out, '\n'), nil
}

// frames are the socket's, by direction as the client sees it.
var frames = []struct {
	name  string
	shape reflect.Type
	sent  bool
}{
	{api.FrameHello, reflect.TypeFor[api.HelloFrame](), false},
	{api.FrameChanges, reflect.TypeFor[api.ChangesFrame](), false},
	{api.FrameBeat, reflect.TypeFor[api.BeatFrame](), false},
	{api.FrameResult, reflect.TypeFor[api.ResultFrame](), false},
	{api.FrameReset, reflect.TypeFor[api.ResetFrame](), false},
	{api.FrameBye, reflect.TypeFor[api.ByeFrame](), false},
	{api.FrameResume, reflect.TypeFor[api.ResumeFrame](), true},
	{api.FrameAct, reflect.TypeFor[api.ActFrame](), true},
	{api.FramePong, reflect.TypeFor[api.PongFrame](), true},
}

// registerShapes adds what no operation names: frames, views, rows, the data and answers of commands, and the events.
func registerShapes(doc *huma.OpenAPI) []eventDoc {
	shapes := doc.Components.Schemas
	for _, f := range frames {
		shapes.Schema(f.shape, true, "")
	}
	for _, shape := range []reflect.Type{
		reflect.TypeFor[clinic.QueueView](), reflect.TypeFor[api.CentreView](), reflect.TypeFor[clinic.EntryRow](),
		reflect.TypeFor[clinic.PlaceRow](), reflect.TypeFor[clinic.GurujiWaitRow](), reflect.TypeFor[clinic.RecentRow](), reflect.TypeFor[clinic.WaitTruth](),
	} {
		shapes.Schema(shape, true, "")
	}
	commands := map[string]any{}
	for _, c := range clinic.Commands() {
		one := map[string]any{"roles": c.Roles}
		if c.Data != nil {
			data := shapes.Schema(reflect.TypeOf(c.Data), true, "")
			one["data"], one["example"] = data, exampleFor(commanded, c.Type, shapes, data)
		}
		if c.Answer != nil {
			one["answer"] = shapes.Schema(reflect.TypeOf(c.Answer), true, "")
		}
		commands[c.Type] = one
	}
	if doc.Extensions == nil {
		doc.Extensions = map[string]any{}
	}
	doc.Extensions["x-commands"] = commands
	events := describeEvents(shapes)
	doc.Extensions["x-events"] = eventsInOpenAPI(events)
	return events
}

func asyncAPI(doc *huma.OpenAPI) ([]byte, error) {
	type object = map[string]any
	messages, events := eventMessages(registerShapes(doc))
	inChannel := object{}
	var toClient, toNode []object
	for _, f := range frames {
		messages[f.name] = object{"name": f.name, "contentType": "application/json", "payload": object{"$ref": "#/components/schemas/" + f.shape.Name()}}
		inChannel[f.name] = object{"$ref": "#/components/messages/" + f.name}
		ref := object{"$ref": "#/channels/socket/messages/" + f.name}
		if f.sent {
			toNode = append(toNode, ref)
		} else {
			toClient = append(toClient, ref)
		}
	}
	channel := object{"$ref": "#/channels/socket"}
	defer withNulls(doc.Components.Schemas)()
	out, err := json.MarshalIndent(object{
		"asyncapi": "3.0.0",
		"info":     object{"title": "Sangam socket", "version": doc.Info.Version, "description": "Frames of /ws, and the events that ride in them."},
		"channels": object{
			"socket": object{"address": socketPath + "?since={cursor}", "parameters": object{"cursor": object{"description": "of a snapshot or of the last frame"}}, "messages": inChannel},
			"events": object{"address": nil, "description": "In `events` of a changes frame, and of the answer of GET /api/v1/changes; those that the reader may hear", "messages": events},
		},
		"operations": object{
			"hear":   object{"action": "receive", "channel": channel, "messages": toClient},
			"say":    object{"action": "send", "channel": channel, "messages": toNode},
			"listen": object{"action": "receive", "channel": object{"$ref": "#/channels/events"}},
		},
		"components": object{"messages": messages, "schemas": doc.Components.Schemas.Map()},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the AsyncAPI document: %w", err)
	}
	return append(out, '\n'), nil
}

// documents serves the descriptions, made once, and a page that reads without a network.
func (d *Door) documents(e *gin.Engine) {
	serve := func(path, kind string, make func() ([]byte, error)) {
		content, err := make()
		if err != nil {
			panic("door: " + path + ": " + err.Error()) // our own shapes cannot be written down
		}
		e.GET(path, func(c *gin.Context) {
			c.Header("Cache-Control", "no-cache")
			c.Data(http.StatusOK, kind, content)
		})
	}
	doc := d.api.OpenAPI()
	serve("/openapi.json", "application/json", func() ([]byte, error) { return openAPI(doc) })
	serve("/asyncapi.json", "application/json", func() ([]byte, error) { return asyncAPI(doc) })
	serve("/docs", "text/html; charset=utf-8", func() ([]byte, error) { return docsPage(doc) })
	serve("/docs.css", "text/css; charset=utf-8", func() ([]byte, error) { return append(d.screens.fontFaces(), docsStyle...), nil })
	serve("/report.css", "text/css; charset=utf-8", func() ([]byte, error) { return append(d.screens.fontFaces(), export.ReportStyle...), nil })
}

type docsOperation struct {
	Method, Path, Summary, Body string
	Sent, Answered              string // examples
	Public                      bool
	Parameters                  []*huma.Param
	Codes                       any
}

type docsCommand struct {
	Type, Roles, Data, Example string
}

func docsPage(doc *huma.OpenAPI) ([]byte, error) {
	complete(doc)
	var operations []docsOperation
	for path, item := range doc.Paths {
		for method, op := range operationsOf(item) {
			one := docsOperation{
				Method: method, Path: path, Summary: op.Summary, Public: len(op.Security) == 0, Parameters: op.Parameters,
				Codes: op.Extensions["x-problem-codes"],
			}
			if op.RequestBody != nil {
				for kind, body := range op.RequestBody.Content { // there is one
					one.Body, one.Sent = shape(body.Schema), written(body.Example)
					if kind != "application/json" {
						one.Body = kind
					}
				}
			}
			if r := op.Responses["200"]; r != nil && r.Content["application/json"] != nil {
				one.Answered = written(r.Content["application/json"].Example)
			}
			operations = append(operations, one)
		}
	}
	slices.SortFunc(operations, func(a, b docsOperation) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	var commands []docsCommand
	for _, c := range clinic.Commands() {
		one := docsCommand{Type: c.Type}
		for _, role := range c.Roles {
			one.Roles += string(role) + " "
		}
		if c.Data != nil {
			one.Data = reflect.TypeOf(c.Data).Name()
			one.Example = written(exampleFor(commanded, c.Type, doc.Components.Schemas, doc.Components.Schemas.Schema(reflect.TypeOf(c.Data), true, "")))
		}
		commands = append(commands, one)
	}
	events, err := docsEvents(describeEvents(doc.Components.Schemas))
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = docsTemplate.Execute(&page, map[string]any{"Info": doc.Info, "Operations": operations, "Commands": commands, "Events": events})
	return page.Bytes(), err
}

// written is an example as it crosses the wire, empty for none.
func written(example any) string {
	text, err := json.Marshal(example)
	if err != nil || example == nil {
		return ""
	}
	return string(text)
}

func shape(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	return cmp.Or(strings.TrimPrefix(s.Ref, "#/components/schemas/"), s.Type)
}

const docsStyle = `body{font:17px/1.5 system-ui,"Noto Sans Devanagari",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d1b16;background:#fffdf8}
code{font:15px ui-monospace,monospace}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd6c8;vertical-align:top}
pre{font:14px/1.4 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0;padding:.4rem .6rem;background:#f4efe4}td code{overflow-wrap:anywhere}
h3{margin:1.6rem 0 .2rem}p{margin:.2rem 0}
article+article{margin-top:2.5rem;padding-top:1rem;border-top:1px solid #ddd6c8}article code{overflow-wrap:anywhere}li{margin:.6rem 0}dt{margin-top:.8rem;font-weight:600}dd{margin:0}`

var docsTemplate = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Info.Title}}: the contract</title><link rel="stylesheet" href="/docs.css"></head>
<body><h1>{{.Info.Title}}: the contract</h1>
<p>{{.Info.Description}} For programs: <a href="/openapi.json">openapi.json</a>, <a href="/asyncapi.json">asyncapi.json</a>.</p>
<h2>Operations</h2>
{{range .Operations}}<h3><code>{{.Method}} {{.Path}}</code></h3><p>{{.Summary}}{{if .Public}}; open to everybody{{else}}; signed in, by <code>Authorization: Bearer</code> or the screen's cookie{{end}}{{if .Body}}; body <code>{{.Body}}</code>{{end}}.</p>
{{if .Sent}}<pre>{{.Sent}}</pre>{{end}}{{if .Answered}}<p>Answers, for example</p><pre>{{.Answered}}</pre>{{end}}
{{if .Parameters}}<table>{{range .Parameters}}<tr><td><code>{{.Name}}</code></td><td>{{.In}}</td><td>{{.Description}}</td></tr>{{end}}</table>{{end}}
<p>Refuses with {{range $i, $code := .Codes}}{{if $i}}, {{end}}<code>{{$code}}</code>{{end}}.</p>
{{end}}<h2>Actions</h2><table><tr><th>type</th><th>data</th><th>who may</th><th>for example</th></tr>{{range .Commands}}<tr><td><code>{{.Type}}</code></td><td><code>{{.Data}}</code></td><td>{{.Roles}}</td><td><code>{{.Example}}</code></td></tr>{{end}}</table>
<h2>Events</h2><table><tr><th>type</th><th>when</th><th>data</th><th>for example</th></tr>{{range .Events}}<tr><td><code>{{.Type}}</code></td><td>{{.Summary}}</td><td><code>{{.Data}}</code></td><td><code>{{.Example}}</code></td></tr>{{end}}</table></body></html>
`))
