package door

import (
	"cmp"
	"errors"
	"mime"
	"net/http"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

const (
	sessionPath = "/api/v1/session"
	socketPath  = "/ws"
)

func init() { gin.SetMode(gin.ReleaseMode) } // gin's own debug lines would be the only unstructured ones

func (d *Door) routes() *gin.Engine {
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	_ = e.SetTrustedProxies(nil) // nil is always accepted
	e.Use(d.logged, recovered(d.o.Log), d.headers, d.otherOrigins, bounded, d.awake, d.identify, d.rates)
	e.NoRoute(d.screens.serve)
	e.NoMethod(noMethod)

	d.api = humagin.New(e, configuration(d.o.Version))
	d.operations(d.api)
	if d.o.Routes != nil {
		d.o.Routes(d.api, d)
	}
	e.GET(socketPath, d.openSocket)
	d.documents(e)
	if !d.o.Site.IsZero() {
		e.GET(noticePath, d.notice)
		e.GET(trustPath, d.trust)
		e.GET(rootPath, d.root)
	}
	return e
}

// configuration is huma's, without what it would serve by itself: its docs page loads from elsewhere.
func configuration(version string) huma.Config {
	c := huma.DefaultConfig("Sangam", version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks, c.Transformers = nil, nil
	c.AllowAdditionalPropertiesByDefault = true
	c.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	c.DefaultFormat = "application/json"
	c.Info.Description = "The contract of a node: a site's edge, and the hub under its own scopes. Errors are application/problem+json; decide by `code`."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "Token of a session, or key of an outside app"},
		"cookie": {Type: "apiKey", In: "cookie", Name: "sangam_NODE_SCREEN", Description: "Set by POST /api/v1/session; a request names its screen by the header Sangam-Screen or ?screen="},
	}
	return c
}

// jsonFormat is huma's but for text that is not UTF-8, which encoding/json would take with other letters in its place.
var jsonFormat = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: func(data []byte, into any) error {
	if !utf8.Valid(data) {
		return errors.New("the body is not UTF-8")
	}
	return huma.DefaultJSONFormat.Unmarshal(data, into)
}}

var signedInSecurity = []map[string][]string{{"bearer": {}}, {"cookie": {}}}

// Operation describes one operation, also of the node's own; public ones may be called signed out.
func Operation(method, path, id, summary string, public bool, errors ...int) huma.Operation {
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, MaxBodyBytes: api.MaxActionsBytes,
		Errors: append([]int{http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable}, errors...),
	}
	if method == http.MethodPost {
		op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if !public {
		op.Security = signedInSecurity
		op.Middlewares = huma.Middlewares{signedInOnly}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	}
	return op
}

// signedInOnly turns strangers away before anything of their request is looked at: what is wrong with it would tell them
// how to ask.
func signedInOnly(ctx huma.Context, next func(huma.Context)) {
	if callerOf(ctx.Context()).session == nil {
		errSignIn.write(humagin.Unwrap(ctx))
		return
	}
	next(ctx)
}

// jsonOnly refuses other bodies where huma, which does not validate them, would call them invalid JSON.
func jsonOnly(ctx huma.Context, next func(huma.Context)) {
	kind, _, err := mime.ParseMediaType(cmp.Or(ctx.Header("Content-Type"), "application/json"))
	if err != nil || kind != "application/json" {
		refuse(http.StatusUnsupportedMediaType, clinic.CodeInvalid, "Actions are sent as application/json.").write(humagin.Unwrap(ctx))
		return
	}
	next(ctx)
}

func (d *Door) operations(a huma.API) {
	d.signInOperations(a)
	d.readingOperations(a)
	d.appOperations(a)
	d.exportOperations(a)
	d.backupOperations(a)
	d.auditOperations(a)
	d.watchOperations(a)
	d.peopleOperations(a)
	d.bookingOperations(a)
	d.retentionOperations(a)
	d.voiceOperations(a)
	act := Operation(http.MethodPost, "/api/v1/actions", "act", "Ask for changes; each action is judged alone, in order", false, http.StatusRequestEntityTooLarge)
	act.SkipValidateBody = true // it would judge all of a batch by the worst of it
	act.Middlewares = append(act.Middlewares, jsonOnly)
	huma.Register(a, act, d.act)
	huma.Register(a, Operation(http.MethodPost, "/api/v1/events", "postEvent", "Tell an outside app's event after its own commit; its data is for staff, and boards hear no more of it than the catalogue says", false, http.StatusConflict), d.postEvent)
	huma.Register(a, Operation(http.MethodGet, "/api/v1/status", "status", "How the node is", true), d.status)
	huma.Register(a, Operation(http.MethodGet, "/healthz", "healthz", "The process runs", true), d.healthz)
	huma.Register(a, Operation(http.MethodGet, "/readyz", "readyz", "The store is writable and migrated", true, http.StatusServiceUnavailable), d.readyz)
}
