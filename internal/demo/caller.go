package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"github.com/aashram-care/sangam/internal/api"
)

// maxAnswerBytes bounds what is read of one answer of a node.
const maxAnswerBytes = 16 << 20

// caller is a signed-in client of one node, as a browser would be.
type caller struct {
	base  string // http://host:port
	token string
	http  *http.Client
}

func newCaller(base string) *caller {
	return &caller{base: base, http: &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone(), Timeout: 10 * time.Second}}
}

// do sends one request and decodes the answer into out (nil: thrown away). A refusal is an *api.Problem.
func (c *caller) do(ctx context.Context, method, path string, in, out any) error {
	text, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode the body of %s %s: %w", method, path, err)
	}
	var body io.Reader
	if in != nil {
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("make request %s %s: %w", method, path, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Sangam-Screen", "demo")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if text, err = io.ReadAll(io.LimitReader(res.Body, maxAnswerBytes)); err != nil {
		return fmt.Errorf("read the answer of %s %s: %w", method, path, err)
	}
	if res.StatusCode >= 300 {
		p := &api.Problem{}
		if json.Unmarshal(text, p) != nil || p.Code == "" {
			return fmt.Errorf("%s %s answered %s", method, path, res.Status)
		}
		return fmt.Errorf("%s %s: %w", method, path, p)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("decode the answer of %s %s: %w", method, path, err)
	}
	return nil
}

// signIn starts a session of a member of staff.
func (c *caller) signIn(ctx context.Context, name, pin string) error {
	var s api.Session
	if err := c.do(ctx, http.MethodPost, "/api/v1/session", api.SessionRequest{User: name, PIN: pin}, &s); err != nil {
		return fmt.Errorf("sign in as %s: %w", name, err)
	}
	c.token = s.Token
	return nil
}

// act does one action and decodes its answer into out (nil: thrown away). A refusal is an *api.Problem.
func (c *caller) act(ctx context.Context, kind string, saw map[string]any, data, out any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode the data of %s: %w", kind, err)
	}
	action := api.Action{ID: uuid.Must(uuid.NewV7()).String(), Type: kind, At: api.At(time.Now()).String(), Saw: saw, Data: text}
	var answer struct {
		Results []struct {
			Data  json.RawMessage `json:"data"`
			Error *api.Problem    `json:"error"`
		} `json:"results"`
	}
	if err := c.do(ctx, http.MethodPost, "/api/v1/actions", api.ActionsRequest{Actions: []api.Action{action}}, &answer); err != nil {
		return err
	}
	if len(answer.Results) != 1 {
		return fmt.Errorf("%s got %d results", kind, len(answer.Results))
	}
	if p := answer.Results[0].Error; p != nil {
		return fmt.Errorf("%s: %w", kind, p)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Results[0].Data, out); err != nil {
		return fmt.Errorf("decode the answer of %s: %w", kind, err)
	}
	return nil
}

// listen opens a socket from a cursor. It is closed when ctx ends; the caller closes it before.
func (c *caller) listen(ctx context.Context, view, site, since string) (*websocket.Conn, error) {
	query := url.Values{"view": {view}, "since": {since}, "screen": {"demo"}}
	if site != "" {
		query.Set("site", site)
	}
	address := "ws" + strings.TrimPrefix(c.base, "http") + "/ws?" + query.Encode()
	conn, _, err := websocket.DefaultDialer.DialContext(ctx, address, http.Header{"Authorization": {"Bearer " + c.token}})
	if err != nil {
		return nil, fmt.Errorf("open a socket of %s: %w", c.base, err)
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	return conn, nil
}

// snapshotPath is the path of a view, of a site where the node is the hub.
func snapshotPath(view, site string) string {
	query := url.Values{"view": {view}}
	if site != "" {
		query.Set("site", site)
	}
	return "/api/v1/snapshot?" + query.Encode()
}
