package replay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"github.com/aashram-care/sangam/internal/api"
)

// caller speaks to one node as one signed-in screen, and keeps every byte that it is given in answer to reading.
type caller struct {
	t           *testing.T
	base, token string
	view, site  string

	mu   sync.Mutex
	told bytes.Buffer
}

func (c *caller) keep(text []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told.Write(text)
}

// call sends a request; a status of 0 says that the node did not answer.
func (c *caller) call(ctx context.Context, method, path string, in any) (status int, text []byte) {
	c.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		c.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	var all bytes.Buffer
	if _, err := all.ReadFrom(res.Body); err != nil {
		return 0, nil
	}
	return res.StatusCode, all.Bytes()
}

// must is call for what has to work, decoded into out.
func (c *caller) must(method, path string, in, out any) {
	c.t.Helper()
	status, text := c.call(c.t.Context(), method, path, in)
	if status >= 300 || status == 0 {
		c.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if err := json.Unmarshal(text, out); err != nil {
		c.t.Fatalf("%s %s: %s: %v", method, path, text, err)
	}
}

func (c *caller) signIn(in api.SessionRequest) api.User {
	c.t.Helper()
	var s api.Session
	c.must("POST", "/api/v1/session", in, &s)
	c.token = s.Token
	return s.User
}

func (c *caller) act(kind string, data, out any) {
	c.t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		c.t.Fatal(err)
	}
	var answer struct {
		Results []struct {
			Error *api.Problem
			Data  json.RawMessage
		}
	}
	c.must("POST", "/api/v1/actions", api.ActionsRequest{Actions: []api.Action{{ID: newID(), Type: kind, At: api.At(time.Now()).String(), Data: raw}}}, &answer)
	if answer.Results[0].Error != nil {
		c.t.Fatalf("%s: %+v", kind, answer.Results[0].Error)
	}
	if err := json.Unmarshal(answer.Results[0].Data, out); err != nil {
		c.t.Fatalf("%s: %v", kind, err)
	}
}

func (c *caller) query(more url.Values) string {
	more.Set("view", c.view)
	if c.site != "" {
		more.Set("site", c.site)
	}
	return more.Encode()
}

// read follows the view in every way there is until ctx ends: a socket, a chain of polls, and snapshots in between.
func (c *caller) read(ctx context.Context) {
	var reading sync.WaitGroup
	reading.Go(func() { c.listen(ctx) })
	reading.Go(func() { c.poll(ctx) })
	reading.Wait()
}

func (c *caller) listen(ctx context.Context) {
	header := http.Header{}
	if c.token != "" {
		header.Set("Authorization", "Bearer "+c.token)
	}
	for ctx.Err() == nil {
		conn, res, err := websocket.DefaultDialer.DialContext(ctx, "ws"+c.base[4:]+"/ws?"+c.query(url.Values{}), header)
		if err != nil {
			if res != nil {
				var refusal bytes.Buffer
				_, _ = refusal.ReadFrom(res.Body)
				c.keep(refusal.Bytes())
			}
			rest(ctx, 100*time.Millisecond)
			continue
		}
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		for {
			_, frame, err := conn.ReadMessage()
			if err != nil {
				break
			}
			c.keep(frame)
		}
		stop()
		conn.Close()
	}
}

func (c *caller) poll(ctx context.Context) {
	cursor, shot := "", time.Time{}
	for ctx.Err() == nil {
		if cursor == "" || time.Since(shot) > 2*time.Second {
			var snapshot struct{ Cursor string }
			_, text := c.call(ctx, "GET", "/api/v1/snapshot?"+c.query(url.Values{}), nil)
			c.keep(text)
			_ = json.Unmarshal(text, &snapshot) // who is refused gets no cursor
			shot = time.Now()
			if cursor == "" {
				cursor = snapshot.Cursor
			}
		}
		status, text := c.call(ctx, "GET", "/api/v1/changes?"+c.query(url.Values{"since": {cursor}, "wait": {"1s"}}), nil)
		c.keep(text)
		var page struct{ Cursor, Reset string }
		if status == http.StatusOK && json.Unmarshal(text, &page) == nil {
			if cursor = page.Cursor; page.Reset != "" {
				cursor = ""
			}
		} else if status != http.StatusNotModified {
			rest(ctx, 100*time.Millisecond)
		}
	}
}

func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }
