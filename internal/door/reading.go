package door

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/realtime"
	"github.com/aashram-care/sangam/sync/record"
)

func (d *Door) readingOperations(a huma.API) {
	huma.Register(a, Operation(http.MethodGet, "/api/v1/snapshot", "snapshot", "A view now, and the cursor it stands at", false, http.StatusNotFound), d.snapshot)

	changes := Operation(http.MethodGet, "/api/v1/changes", "changes", "What changed since a cursor; with wait, as soon as something does", false, http.StatusNotFound)
	changes.Responses = map[string]*huma.Response{"304": {Description: "Nothing moved"}}
	huma.Register(a, changes, d.changes)

	socket := Operation(http.MethodGet, socketPath, "socket", "The socket: frames as in asyncapi.json", false, http.StatusUpgradeRequired)
	socket.Responses = map[string]*huma.Response{"101": {Description: "Frames follow"}, "default": {
		Description: "Refused",
		Content: map[string]*huma.MediaType{problemType: {
			Schema: a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[api.Problem](), true, ""),
		}},
	}}
	for _, p := range [][2]string{{"since", "Cursor to go on from"}, {"view", "Without since: what to see"}, {"site", "With view, at the hub"}, {"token", "For clients that cannot set headers"}, {"screen", "Which cookie"}} {
		socket.Parameters = append(socket.Parameters, &huma.Param{Name: p[0], In: "query", Description: p[1], Schema: &huma.Schema{Type: "string"}})
	}
	a.OpenAPI().AddOperation(&socket) // gin serves it: huma's operations answer bodies
}

// asking is what a reader's request says it wants.
type asking struct {
	View string `query:"view" maxLength:"32" doc:"queue, board, kiosk, guruji, coordinator, admin, patient or centre; the role's own when left out"`
	Site string `query:"site" maxLength:"64" doc:"At the hub: which site"`
}

func (d *Door) snapshot(ctx context.Context, in *asking) (*struct{ Body api.Snapshot }, error) {
	s, err := signedInAs(ctx)
	if err != nil {
		return nil, err
	}
	a, err := d.audienceOf(Ask{Actor: s.rights().actor, View: in.View, Site: in.Site})
	if err != nil {
		return nil, d.Answer(err)
	}
	s.hear(d.o.Now())
	shot, err := d.snaps.of(a)
	if err != nil {
		return nil, d.Answer(err)
	}
	d.givenNotes(ctx, s, shot.notes)
	return &struct{ Body api.Snapshot }{shot.Snapshot}, nil
}

// snapshots shares one reading of a view among all who ask for it at the same moment, such as every screen of a site
// after its node came back.
type snapshots struct {
	mu      sync.Mutex
	byView  map[string]*sharedSnapshot
	maxAge  time.Duration
	maxKept int
}

type sharedSnapshot struct {
	mu   sync.Mutex
	at   time.Time
	shot snapshot
}

type snapshot struct {
	api.Snapshot
	notes []record.Key // whose health notes are in it
}

func newSnapshots() *snapshots {
	return &snapshots{byView: map[string]*sharedSnapshot{}, maxAge: time.Second, maxKept: 64}
}

func (ss *snapshots) of(a *audience) (snapshot, error) {
	ss.mu.Lock()
	s := ss.byView[a.key]
	if s == nil {
		if len(ss.byView) >= ss.maxKept {
			clear(ss.byView)
		}
		s = &sharedSnapshot{}
		ss.byView[a.key] = s
	}
	ss.mu.Unlock()

	s.mu.Lock()
	defer s.mu.Unlock()
	now := a.d.o.Now()
	if age := now.Sub(s.at); s.shot.Cursor == a.Now() && age >= 0 && age < ss.maxAge {
		return s.shot, nil
	}
	shot, err := a.snapshot()
	if err == nil {
		s.at, s.shot = now, shot
	}
	return shot, err
}

// snapshot reads the cursor before the view: what is committed in between is in both, and never in neither.
func (a *audience) snapshot() (snapshot, error) {
	shot := snapshot{Snapshot: api.Snapshot{Cursor: a.Now(), At: api.At(a.d.o.Now())}}
	var view any
	var err error
	if a.view.Snapshot != nil {
		view, err = a.view.Snapshot(a.d.o.ClinicNow())
	} else {
		a.withDay(func(day *clinic.Day) {
			if day == nil {
				err = refuse(http.StatusNotFound, clinic.CodeNotFound, "This node has no such site.")
				return
			}
			view = day.Snapshot(a.view.Audience, a.d.o.ClinicNow())
		})
	}
	if err != nil {
		return shot, err
	}
	if queue, ok := view.(clinic.QueueView); ok {
		for _, row := range queue.Rows {
			withCode(row.Kind, row.ID, row.Fields)
		}
		shot.notes = queue.Notes()
	}
	text, err := json.Marshal(view)
	if err != nil {
		return shot, fmt.Errorf("encode snapshot of %s: %w", a.view.Audience.View, err)
	}
	shot.View = json.RawMessage(text)
	return shot, nil
}

// reader makes the audience a request is about: that of its cursor, or of the view it names.
func (d *Door) reader(s *signedIn, since, view, site string) (*audience, error) {
	if since != "" && view == "" && site == "" {
		if o, err := d.cursors.open(since); err == nil {
			view, site = o.view, o.site
		}
	}
	return d.audienceOf(Ask{Actor: s.rights().actor, View: view, Site: site})
}

// changesQuery repeats the fields of asking: huma does not look into an embedded type that is not exported.
type changesQuery struct {
	View  string `query:"view" maxLength:"32" doc:"Without since: what to see"`
	Site  string `query:"site" maxLength:"64" doc:"With view, at the hub"`
	Since string `query:"since" maxLength:"512" doc:"The cursor of a snapshot, or of the last answer; its view is the view"`
	Wait  string `query:"wait" maxLength:"16" doc:"How long to wait for something, such as 25s, which is the longest"`
}

type changesAnswer struct {
	Status int
	Body   api.Changes
}

func (d *Door) changes(ctx context.Context, in *changesQuery) (*changesAnswer, error) {
	s, err := signedInAs(ctx)
	if err != nil {
		return nil, err
	}
	wait, err := d.waitOf(in.Wait)
	if err != nil {
		return nil, err
	}
	a, err := d.reader(s, in.Since, in.View, in.Site)
	if err != nil {
		return nil, d.Answer(err)
	}
	since := in.Since
	if since == "" {
		since = a.Now()
	}
	s.hear(d.o.Now())
	page, err := d.await(ctx, s, a, since, wait)
	if err != nil {
		return nil, d.Answer(err)
	}
	d.givenNotes(ctx, s, page.Notes)
	out := &changesAnswer{Status: http.StatusOK, Body: api.Changes{
		Cursor: page.To, Changes: page.Changes, Events: page.Events, EventsFrom: page.EventsFrom, More: page.More, Reset: page.Reset,
	}}
	if out.Body.Changes == nil {
		out.Body.Changes = []api.Change{}
	}
	if out.Body.Events == nil {
		out.Body.Events = []api.Event{}
	}
	switch {
	case page.Reset != "":
		out.Body.Cursor = a.Now()
	case in.Since != "" && page.Empty() && page.To == since && !page.More:
		out.Status = http.StatusNotModified
	}
	return out, nil
}

func (d *Door) waitOf(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	wait, err := time.ParseDuration(text)
	if err != nil || wait < 0 {
		return 0, invalid("wait is a time such as 25s.")
	}
	return min(wait, d.o.PollLimit), nil
}

// await reads until there is something to say, the wait is over, or the session or the node ends.
func (d *Door) await(ctx context.Context, s *signedIn, a *audience, since string, wait time.Duration) (realtime.Page, error) {
	late := time.NewTimer(wait)
	defer late.Stop()
	from := since
	for {
		changed := d.journal.wait()
		page, err := a.Read(from, "")
		if err != nil || !page.Empty() || page.More || wait == 0 {
			return page, err
		}
		from = page.To // seen: nothing in it for this audience
		select {
		case <-changed:
		case <-late.C:
			return page, nil
		case <-d.stopping:
			return page, nil
		case <-ctx.Done():
			return page, ctx.Err()
		}
		if !s.use(d.o.Now(), false) {
			return page, errSignIn
		}
	}
}

func (d *Door) openSocket(c *gin.Context) {
	s, err := signedInAs(c.Request.Context())
	if err != nil {
		d.Answer(err).(*refusal).write(c)
		return
	}
	since := c.Query("since")
	a, err := d.reader(s, since, c.Query("view"), c.Query("site"))
	if err != nil {
		d.Answer(err).(*refusal).write(c)
		return
	}
	d.hub.Serve(c.Writer, c.Request, realtime.Reader{
		Session: s.id.String(), Audience: a, Since: since,
		Act:   func(ctx context.Context, action api.Action) api.Result { return d.actOne(ctx, s, action) },
		Heard: func() { s.hear(d.o.Now()) },
		Given: func(notes []record.Key) { d.notes.given(s, notes) },
	})
}
