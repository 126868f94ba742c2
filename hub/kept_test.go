package hub_test

import (
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

func (c *centre) ask(kind string, data any) {
	c.t.Helper()
	id := record.NewV7(time.Now(), rand.Reader).String()
	var out api.ActionsResponse
	in := map[string]any{"actions": []any{map[string]any{"id": id, "type": kind, "at": time.Now().UTC(), "data": data}}}
	if status := c.call("POST", "/api/v1/actions", in, &out); status != 200 || out.Results[0].Status != "applied" {
		c.t.Fatalf("%s: %d %+v", kind, status, out.Results)
	}
	c.clock.advance(time.Second) // what is asked next is the newer one
}

func TestTheLastHourOfASiteIsToldFromItsFirstMinute(t *testing.T) {
	c := startCentre(t, 3)
	var out api.Sites
	c.eventually("the hour has a minute with three waiting", func() bool {
		c.call("GET", "/api/v1/sites", nil, &out)
		h := out.Sites[0].Hour
		return h != nil && h.Waiting[len(h.Waiting)-1] != nil && *h.Waiting[len(h.Waiting)-1] == 3
	})
	h := out.Sites[0].Hour
	if len(h.Beats) != len(h.Waiting) || len(h.Beats) != len(h.Done) || len(h.Beats) > 2 || h.Beats[0] != api.BeatUnheard {
		t.Errorf("a site without a line told %+v", h)
	}
	if out.Sites[0].Name != "Nirmal Dham" || out.Sites[0].State != "enrolled" || out.Sites[0].RevokedAt != nil {
		t.Errorf("the site is %+v", out.Sites[0])
	}
}

func TestTheCentreReadsAgainWhatItAskedUnlessItIsAboutSomebody(t *testing.T) {
	c := startCentre(t, 0)
	c.ask("request.send", map[string]any{"site": c.site, "type": "setting.update", "data": map[string]any{"name": "slotMinutes", "value": 30}})
	c.ask("request.send", map[string]any{"site": c.site, "type": "person.register", "data": map[string]any{"name": "Usha Patil"}})
	var asked api.SiteRequests
	c.call("GET", "/api/v1/sites/"+c.site.String()+"/requests", nil, &asked)
	if len(asked.Requests) != 2 {
		t.Fatalf("the requests are %+v", asked.Requests)
	}
	for _, one := range asked.Requests {
		told, _ := json.Marshal(one.Data)
		if want := map[string]string{"setting.update": `{"name":"slotMinutes","value":30}`, "person.register": "null"}[one.Command]; string(told) != want {
			t.Errorf("%s asked %s, want %s", one.Command, told, want)
		}
	}
}

func TestTheCentreSeesWhomAndWhatASiteHas(t *testing.T) {
	c := startCentre(t, 2)
	var got api.SiteRoster
	path := "/api/v1/sites/" + c.site.String() + "/roster"
	if status := c.call("GET", path, nil, &got); status != 200 {
		t.Fatalf("the roster: %d", status)
	}
	if len(got.Gurujis) != 1 || got.Gurujis[0].Name != "Ananda" || got.Gurujis[0].Availability != clinic.Available || len(got.Staff) != 1 || got.Staff[0].Role != "guruji" {
		t.Errorf("the people are %+v", got)
	}
	if len(got.Devices) != 1 || got.Devices[0].Kind != "board" || got.Devices[0].State != clinic.DeviceRequested || len(got.Settings) != 2 || got.Settings[1].Value != 30.0 {
		t.Errorf("the devices and settings are %+v", got)
	}
	if status := c.call("GET", "/api/v1/sites/"+record.Derive("site", "none").String()+"/roster", nil, nil); status != 404 {
		t.Errorf("of no site: %d", status)
	}
	c.token = ""
	if status := c.call("GET", path, nil, nil); status != 401 {
		t.Errorf("without a session: %d", status)
	}
}

func TestASiteIsCalledAsItCallsItselfAndFoundByItsEnrolmentToo(t *testing.T) {
	c := startCentre(t, 0)
	c.eventually("the list of sites has its name", func() bool { return c.shown().Name == "Nirmal Dham" })
	var kept api.Sites
	if status := c.call("GET", "/api/v1/sites", nil, &kept); status != 200 || len(kept.Sites) != 1 || kept.Sites[0].Name != "Nirmal Dham" {
		t.Errorf("the enrolled sites are %d %+v", status, kept)
	}
	// A box that is replaced is enrolled by a name that somebody remembers; a new site must not come of it.
	for _, name := range []string{"nirmal dham", "Pune"} {
		var made struct{ Site string }
		if status := c.call("POST", "/api/v1/sites", map[string]string{"name": name}, &made); status != 200 || made.Site != c.site.String() {
			t.Errorf("enrolled again as %q: %d, site %q", name, status, made.Site)
		}
	}
}

func TestTheCentreTellsWhatASiteWasAskedAndWhatItWasTold(t *testing.T) {
	c := startCentre(t, 0)
	c.ask("request.send", map[string]any{"site": c.site, "type": "day.set_intake", "data": map[string]any{"open": false}})
	c.ask("announcement.publish", map[string]any{"title": "Water", "body": "Boil it", "target": []string{c.site.String()}})
	c.ask("announcement.publish", map[string]any{"title": "Rain"})
	var asked api.SiteRequests
	c.call("GET", "/api/v1/sites/"+c.site.String()+"/requests", nil, &asked)
	if len(asked.Requests) != 1 || asked.Requests[0].Command != "day.set_intake" || asked.Requests[0].State != clinic.RequestPending ||
		asked.Requests[0].ActorName != "Anil" || asked.Requests[0].SentAt == nil || asked.Requests[0].SettledAt != nil {
		t.Errorf("the requests are %+v", asked.Requests)
	}
	var told api.Announcements
	c.call("GET", "/api/v1/announcements", nil, &told)
	if len(told.Announcements) != 2 || told.Announcements[0].Title != "Rain" || told.Announcements[0].Sites != nil {
		t.Fatalf("the announcements are %+v", told.Announcements)
	}
	if water := told.Announcements[1]; len(water.Sites) != 1 || water.Sites[0] != c.site.String() || len(water.Receipts) != 0 {
		t.Errorf("the older one is %+v", water)
	}
	c.token = ""
	for _, path := range []string{"/api/v1/sites", "/api/v1/announcements", "/api/v1/sites/" + c.site.String() + "/requests"} {
		if status := c.call("GET", path, nil, nil); status != 401 {
			t.Errorf("%s without a session: %d", path, status)
		}
	}
}
