package door

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/pin"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

func (d *Door) act(ctx context.Context, in *struct{ Body batch }) (*struct{ Body api.ActionsResponse }, error) {
	s, err := signedInAs(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Body.Actions == nil:
		return nil, invalid("The body is {actions: [...]}.")
	case slices.ContainsFunc(*in.Body.Actions, func(text json.RawMessage) bool { return text[0] != '{' }):
		return nil, invalid("Each action is an object.") // what is none has no id to be answered under
	case len(*in.Body.Actions) > api.MaxActions:
		return nil, refuse(http.StatusRequestEntityTooLarge, clinic.CodeTooLarge, fmt.Sprintf("At most %d actions are taken at once.", api.MaxActions))
	}
	if wait := d.byActions.take(s.id.String(), len(*in.Body.Actions)); wait > 0 {
		return nil, tooFast(wait)
	}
	actions, unread := in.Body.read()
	answers, err := d.Act(ctx, s.rights().actor, actions, s.heardAt)
	if err != nil {
		return nil, d.Answer(err)
	}
	d.givenNotes(ctx, s, notesIn(answers))
	results := make([]api.Result, 0, len(*in.Body.Actions))
	for _, refused := range unread {
		if refused == nil {
			results, answers = append(results, answers[0]), answers[1:]
		} else {
			results = append(results, *refused)
		}
	}
	return &struct{ Body api.ActionsResponse }{api.ActionsResponse{Results: results}}, nil
}

// batch is the body of POST /api/v1/actions, one piece of text an action: one that cannot be read is refused by itself,
// or it would hold up for ever what a client has queued behind it.
type batch struct {
	Actions *[]json.RawMessage `json:"actions"`
}

// Schema is that of what clients send.
func (batch) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[api.ActionsRequest](), true, "")
}

// read returns the actions that can be read, and for each that was sent nil, or why it cannot be.
func (b batch) read() (actions []api.Action, unread []*api.Result) {
	for i, text := range *b.Actions {
		var a api.Action
		err := json.Unmarshal(text, &a)
		if err == nil {
			actions, unread = append(actions, a), append(unread, nil)
			continue
		}
		var named struct {
			ID any `json:"id"`
		}
		_ = json.Unmarshal(text, &named) // it is an object
		id, _ := named.ID.(string)
		unread = append(unread, &api.Result{ID: id, Status: api.Rejected, Error: &api.Problem{
			Code: string(clinic.CodeInvalid), Message: fmt.Sprintf("Action %d of the batch is not {id, type, at, saw, data} as it should be%s.", i+1, whereWrong(err)),
		}})
	}
	return actions, unread
}

// whereWrong names the field of an action that has the wrong type, and never what was in it.
func whereWrong(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return ": " + wrong.Field + " has the wrong type"
	}
	return ""
}

// Act runs actions of an actor: PINs are taken out of their data and hashed before the committer sees them, and a
// check-in's answer gets the link for its slip. heardAt tells when the actor's session had last heard the node when
// it acted; nil: never. A secret that cannot be used refuses its own action only.
func (d *Door) Act(ctx context.Context, actor clinic.Actor, actions []api.Action, heardAt func(time.Time) time.Time) ([]api.Result, error) {
	results := make([]api.Result, len(actions))
	passed := make([]api.Action, 0, len(actions))
	places := make([]int, 0, len(actions))
	for i, a := range actions {
		if err := d.takeSecret(ctx, &a); err != nil {
			results[i] = api.Result{ID: a.ID, Status: api.Rejected, Error: asResult(d.Answer(err))}
			continue
		}
		if d.unarchived(&a) {
			results[i] = api.Result{ID: a.ID, Status: api.Rejected, Error: &api.Problem{
				Code: string(clinic.CodeNotAllowed), Message: "This site keeps an archive of what it empties: ask for POST /api/v1/retention.",
			}}
			continue
		}
		nameDevice(&a)
		a.HeardAt = time.Time{}
		if heardAt != nil {
			a.HeardAt = heardAt(actedAt(a))
		}
		passed, places = append(passed, a), append(places, i)
	}
	answers, err := d.o.Core.Act(ctx, actor, passed)
	if err != nil {
		return nil, err
	}
	var last api.Seq
	for k, r := range answers {
		if passed[k].Type != "request.send" { // the only one that writes into another scope
			last = max(last, r.Seq)
		}
		d.addLink(actor, passed[k].Type, &r)
		results[places[k]] = r
	}
	// Whoever has the answer reads its effect, and rights it took away are gone. The committer answers a moment before
	// it tells; a commit that was written is not refused because its news is late.
	d.journal.reach(d.mainScope(), feed.Seq(last), reachWait)
	return results, nil
}

func asResult(err error) *api.Problem {
	var r *refusal
	if !errors.As(err, &r) {
		return api.ProblemOf(err)
	}
	p := r.Problem
	p.Status = 0
	return &p
}

func actedAt(a api.Action) (at time.Time) {
	var t api.Time
	if t.UnmarshalText([]byte(a.At)) == nil {
		at = t.Time
	}
	return at
}

// takeSecret moves a PIN from the data of an action to its secret, as a hash. Whatever a client calls a secret never
// stays in data, which is hashed, audited and kept.
func (d *Door) takeSecret(ctx context.Context, a *api.Action) error {
	a.Secret = nil
	if !clinic.CarriesSecret(a.Type) {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(a.Data, &fields) != nil {
		return nil // the clinic says what is wrong with it
	}
	raw, given := fields["pin"]
	if !given {
		return nil
	}
	delete(fields, "pin")
	data, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	a.Data = data
	var pin string
	if json.Unmarshal(raw, &pin) != nil {
		return invalid("A PIN is a text.")
	}
	if a.Secret, err = d.pins.Hash(ctx, pin); err != nil {
		return pinProblem(err)
	}
	return nil
}

// nameDevice lets an admin's program name a device by the id of its request, which is all that the device was told.
// Approving needs the admin's session all the same.
func nameDevice(a *api.Action) {
	if a.Type != "device.approve" && a.Type != "device.revoke" {
		return
	}
	var fields map[string]any
	if json.Unmarshal(a.Data, &fields) != nil {
		return // the clinic says what is wrong with it
	}
	text, _ := fields["device"].(string)
	device, _, ok := readRequestID(text)
	if !ok {
		return
	}
	fields["device"] = device.String()
	if data, err := json.Marshal(fields); err == nil {
		a.Data = data
	}
}

func pinProblem(err error) error {
	if errors.Is(err, pin.ErrLength) {
		return invalid("A PIN has %d to %d characters.", pin.Min, pin.Max)
	}
	return err
}

// command gives one command in the name of a session, and returns its answer; a refusal of it is the error.
func (d *Door) command(ctx context.Context, s *signedIn, kind string, in any) (any, error) {
	data, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("write the data of %s: %w", kind, err)
	}
	now := d.o.Now()
	action := api.Action{ID: record.NewV7(now, rand.Reader).String(), Type: kind, At: api.At(now).String(), Data: data}
	results, err := d.Act(ctx, s.rights().actor, []api.Action{action}, s.heardAt)
	if err != nil {
		return nil, err
	}
	if results[0].Error != nil {
		return nil, results[0].Error
	}
	return results[0].Data, nil
}

// linked are the commands that give somebody a token.
var linked = []string{"queue.check_in", "queue.admit"}

// addLink puts the patient's link into the answer of a check-in, for those who print or show the slip.
func (d *Door) addLink(actor clinic.Actor, kind string, r *api.Result) {
	if !slices.Contains(linked, kind) || r.Error != nil || actor.Role == clinic.RolePatient {
		return
	}
	switch answer := r.Data.(type) {
	case clinic.CheckInAnswer:
		answer.Link = d.PatientLink(answer.Entry)
		r.Data = answer
	case json.RawMessage: // the first answer of a repeated action
		var fields map[string]any
		if json.Unmarshal(answer, &fields) != nil {
			return
		}
		text, _ := fields["entry"].(string)
		if entry, err := record.ParseID(text); err == nil {
			fields["link"] = d.PatientLink(entry)
			r.Data = fields
		}
	}
}

// actOne runs one action of a socket.
func (d *Door) actOne(ctx context.Context, s *signedIn, a api.Action) api.Result {
	refused := func(err error) api.Result {
		return api.Result{ID: a.ID, Status: api.Rejected, Error: asResult(d.Answer(err))}
	}
	if !s.use(d.o.Now(), true) {
		return refused(errSignIn)
	}
	if wait := d.byActions.take(s.id.String(), 1); wait > 0 {
		return refused(tooFast(wait))
	}
	results, err := d.Act(ctx, s.rights().actor, []api.Action{a}, s.heardAt)
	if err != nil {
		return refused(err)
	}
	d.givenNotes(ctx, s, notesIn(results))
	return results[0]
}
