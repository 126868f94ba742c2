package door_test

import (
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/api"
)

func TestAnAdminGivesAndEndsTheKeysOfApps(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	request := api.AppRequest{Name: "The old app", Scopes: []string{"events", "queue.*", "appointment.book"}}
	for who, token := range map[string]string{"a coordinator": c.coordinator, "a guruji": c.guruji, "a kiosk": c.kiosk, "a board": c.board} {
		for method, path := range map[string]string{"POST": "/api/v1/apps", "GET": "/api/v1/apps", "DELETE": "/api/v1/apps/" + newID()} {
			if a := n.call(method, path, token, request, nil); a.status != 403 {
				t.Errorf("%s: %s %s: %d %s", who, method, path, a.status, a.body)
			}
		}
	}
	for _, scopes := range [][]string{{}, {"everything"}, {".*"}, {"*"}, {"quota.*"}, {"queue"}} {
		n.call("POST", "/api/v1/apps", c.admin, api.AppRequest{Name: "x", Scopes: scopes}, nil).refused(422, "invalid")
	}
	var made api.AppKey
	n.call("POST", "/api/v1/apps", c.admin, request, nil).into(200, &made)
	var listed api.Apps
	n.call("GET", "/api/v1/apps", c.admin, nil, nil).into(200, &listed)
	if len(listed.Apps) != 1 || listed.Apps[0].ID != made.ID || len(listed.Apps[0].Scopes) != 3 {
		t.Errorf("listed %+v", listed)
	}
	if n.onDisk(made.Key) || strings.Contains(n.log.String(), made.Key) {
		t.Error("the key itself is on the disk or in the log")
	}
	if r := n.action(made.Key, "queue.check_in", map[string]any{"guruji": c.gurujiID}); r.Status != api.Applied {
		t.Errorf("in its scope: %+v", r.Error)
	}
	if r := n.action(made.Key, "day.close", map[string]any{}); r.Error == nil || r.Error.Code != "forbidden" {
		t.Errorf("out of its scope: %+v", r)
	}
	n.call("GET", "/api/v1/apps", made.Key, nil, nil).refused(403, "forbidden")
	n.call("DELETE", "/api/v1/apps/"+newID(), c.admin, nil, nil).refused(404, "not_found")
	n.lateNews.Store(true)
	n.call("DELETE", "/api/v1/apps/"+made.ID, c.admin, nil, nil).into(204, nil)
	n.call("GET", "/api/v1/snapshot?view=queue", made.Key, nil, nil).refused(401, "unauthenticated")
	n.call("DELETE", "/api/v1/apps/"+made.ID, c.admin, nil, nil).refused(404, "not_found")
}
