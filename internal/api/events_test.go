package api_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

func TestTheCatalogueIsTheDomains(t *testing.T) {
	var types []string
	for _, e := range api.Catalogue {
		types = append(types, e.Type)
		if e.Doc == "" || e.Data == nil {
			t.Errorf("%s has no words or no data", e.Type)
		}
	}
	if diff := cmp.Diff(clinic.EventTypes, types); diff != "" {
		t.Error(diff)
	}
}

func TestAnEventCrossesWithMillisecondsAndData(t *testing.T) {
	e := api.EventOf(clinic.Event{ID: "e", Type: "queue.called", At: time.Date(2026, 10, 2, 4, 0, 0, 1_000, time.UTC), Site: "s",
		Subject: clinic.Subject{Kind: "entry", ID: "x"}})
	got, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"e","type":"queue.called","at":"2026-10-02T04:00:00.000Z","site":"s","subject":{"kind":"entry","id":"x"},"data":{}}`
	if string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
