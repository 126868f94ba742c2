package replay

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/google/uuid"

	"github.com/aashram-care/sangam/internal/api"
)

// maxAnswerBytes bounds what is read of one answer; a day's snapshot stays far below it.
const maxAnswerBytes = 64 << 20

// caller is one signed-in client of a node, as a browser would be.
type caller struct {
	base   string // http://host:port, no slash at the end
	screen string
	token  string
	user   api.User
	http   *http.Client
}

// refusal is an answer that is an error of the contract.
type refusal struct {
	status  int
	problem api.Problem
}

func (r *refusal) Error() string {
	return fmt.Sprintf("HTTP %d, %s: %s", r.status, r.problem.Code, r.problem.Message)
}

func newCaller(base, screen string) *caller {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 8
	return &caller{
		base: strings.TrimRight(base, "/"), screen: screen,
		http: &http.Client{Transport: transport, Timeout: 30 * time.Second},
	}
}

// do sends one request and decodes a JSON answer into out (nil: thrown away). Answers outside 2xx are *refusal.
func (c *caller) do(ctx context.Context, method, path string, in, out any) (status int, err error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return 0, fmt.Errorf("encode the body of %s %s: %w", method, path, err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return 0, fmt.Errorf("make request %s %s: %w", method, path, err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Sangam-Screen", c.screen)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswerBytes))
	if err != nil {
		return 0, fmt.Errorf("read the answer of %s %s: %w", method, path, err)
	}
	if res.StatusCode >= 300 {
		r := &refusal{status: res.StatusCode}
		if json.Unmarshal(text, &r.problem) != nil || r.problem.Code == "" {
			r.problem = api.Problem{Code: "http", Message: fmt.Sprintf("%s %s: %.200s", method, path, text), Retryable: res.StatusCode >= 500}
		}
		return res.StatusCode, r
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			return res.StatusCode, fmt.Errorf("decode the answer of %s %s: %w", method, path, err)
		}
	}
	return res.StatusCode, nil
}

// untilAnswered repeats a call while the node cannot be reached or says that trying again may help.
func untilAnswered[T any](ctx context.Context, call func() (T, error)) (T, error) {
	return answeredWithin(ctx, 0, call)
}

// answeredWithin is untilAnswered for at most so long; 0 is without end.
func answeredWithin[T any](ctx context.Context, patience time.Duration, call func() (T, error)) (T, error) {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval = 50 * time.Millisecond
	delays.MaxInterval = time.Second
	return backoff.Retry(ctx, func() (T, error) {
		value, err := call()
		var r *refusal
		if errors.As(err, &r) && !r.problem.Retryable && r.status < 500 && r.status != http.StatusTooManyRequests {
			return value, backoff.Permanent(err)
		}
		return value, err
	}, backoff.WithBackOff(delays), backoff.WithMaxElapsedTime(patience))
}

// reach asks a node who it is. A replay survives a node that goes away in the middle of it, but one that is not there at
// the start is most likely another address.
func (c *caller) reach(ctx context.Context, patience time.Duration) (status api.Status, err error) {
	status, err = answeredWithin(ctx, patience, func() (s api.Status, err error) {
		_, err = c.do(ctx, http.MethodGet, "/api/v1/status", nil, &s)
		return s, err
	})
	if err == nil && status.Node == "" {
		err = errors.New("what answers there is no node of sangam")
	}
	if err != nil {
		return status, fmt.Errorf("%s cannot be reached: %w", c.base, err)
	}
	return status, nil
}

// signIn starts a session and keeps its token.
func (c *caller) signIn(ctx context.Context, request api.SessionRequest) error {
	session, err := untilAnswered(ctx, func() (api.Session, error) {
		var s api.Session
		_, err := c.do(ctx, http.MethodPost, "/api/v1/session", request, &s)
		return s, err
	})
	if err != nil {
		return fmt.Errorf("sign in to %s: %w", c.base, err)
	}
	c.token, c.user = session.Token, session.User
	return nil
}

// queue is the view of a site's queue, as far as a replay reads it.
type queue struct {
	Day     string `json:"day"`
	Gurujis []struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Entries []struct {
			row
			Position *int `json:"position"`
		} `json:"entries"`
	} `json:"gurujis"`
	Recent []struct {
		Token string `json:"token"`
	} `json:"recent"`
}

// snapshot reads a view now.
func (c *caller) snapshot(ctx context.Context, view, site string) (cursor string, q queue, err error) {
	query := url.Values{"view": {view}}
	if site != "" {
		query.Set("site", site)
	}
	type answer struct {
		Cursor string `json:"cursor"`
		View   queue  `json:"view"`
	}
	a, err := untilAnswered(ctx, func() (a answer, err error) {
		_, err = c.do(ctx, http.MethodGet, "/api/v1/snapshot?"+query.Encode(), nil, &a)
		return a, err
	})
	if err != nil {
		return "", queue{}, fmt.Errorf("read the %s of %s: %w", view, c.base, err)
	}
	return a.Cursor, a.View, nil
}

// outcome is the answer to one action, with what the clients' clock measured.
type outcome struct {
	api.Result
	data  json.RawMessage
	sent  time.Time // when the action was first sent
	acked time.Time
	tries int
}

// decode reads the answer of the command.
func (o outcome) decode(into any) error { return json.Unmarshal(o.data, into) }

// current is the row that a stale action was answered with.
func (o outcome) current() (r row, stale bool) {
	if o.Error == nil || o.Error.Code != "stale" {
		return r, false
	}
	text, err := json.Marshal(o.Error.Current)
	return r, err == nil && json.Unmarshal(text, &r) == nil
}

// newAction makes an action with a fresh id.
func newAction(kind string, data any, saw map[string]any) (api.Action, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return api.Action{}, fmt.Errorf("encode the data of %s: %w", kind, err)
	}
	return api.Action{ID: uuid.Must(uuid.NewV7()).String(), Type: kind, At: api.At(time.Now()).String(), Saw: saw, Data: text}, nil
}

// act sends one action until it is acknowledged: applied, duplicate or rejected for good. Every try carries the same
// id. The journal has the id on disk before the first byte leaves, and the outcome before act returns.
func (c *caller) act(ctx context.Context, j *Journal, action api.Action) (outcome, error) {
	if err := j.Sent(action); err != nil {
		return outcome{}, err
	}
	out := outcome{sent: time.Now()}
	type answer struct {
		Results []struct {
			api.Result
			Data json.RawMessage `json:"data"`
		} `json:"results"`
	}
	result, err := untilAnswered(ctx, func() (answer, error) {
		out.tries++
		var a answer
		_, err := c.do(ctx, http.MethodPost, "/api/v1/actions", api.ActionsRequest{Actions: []api.Action{action}}, &a)
		if err != nil {
			return a, err
		}
		if len(a.Results) != 1 {
			return a, backoff.Permanent(fmt.Errorf("%d results for one action", len(a.Results)))
		}
		if p := a.Results[0].Error; p != nil && p.Retryable {
			return a, fmt.Errorf("%s: %s", p.Code, p.Message)
		}
		return a, nil
	})
	if err != nil {
		return out, fmt.Errorf("send %s %s: %w", action.Type, action.ID, err)
	}
	out.acked = time.Now()
	out.Result, out.data = result.Results[0].Result, result.Results[0].Data
	return out, j.Acked(action, out.Result)
}

// newPIN makes a six-digit PIN for an account that replay creates.
func newPIN() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	return fmt.Sprintf("%06d", n%1000000)
}
