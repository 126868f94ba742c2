package clinic_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

func TestPeriodsAreNamedByWhatTheySay(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	first := s.walkIn(g)
	s.pass(time.Minute)
	s.serve(g, 5*time.Minute)
	left := s.walkIn(g)
	s.pass(24 * time.Hour)
	s.turn()
	got := map[string]int{}
	for _, id := range []record.ID{first, left} {
		r := s.records[record.Key{Kind: clinic.KindEntry, ID: id}]
		for _, item := range r.Items("periods") {
			if item.ID != record.ItemID(r.Key(), "periods", item.Value) {
				t.Errorf("a period of %s is not named by its content", r.Get("token").Text())
			}
			var period []any
			if err := item.Value.Decode(&period); err != nil || len(period) != 2 {
				t.Fatalf("a period is %v: %v", period, err)
			}
			got[period[0].(string)]++
		}
	}
	want := map[string]int{"waiting": 2, "called": 1, "in_service": 1, "done": 1, "closed_by_rollover": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestADayOfVisitsIsSmallOnTheWire(t *testing.T) {
	s := newSite(t)
	g := s.guruji("Madhavnath")
	for range 50 {
		s.walkIn(g)
		s.serve(g, 5*time.Minute)
	}
	var entries []record.Record
	periods := 0
	for key, r := range s.records {
		if key.Kind == clinic.KindEntry {
			entries = append(entries, r)
			periods += len(r.Items("periods"))
		}
	}
	whole, err := record.EncodeBatch(entries)
	if err != nil {
		t.Fatal(err)
	}
	for i := range entries {
		for j := range entries[i].Fields {
			if entries[i].Fields[j].Name == "periods" {
				entries[i].Fields[j].Items = nil
			}
		}
	}
	without, err := record.EncodeBatch(entries)
	if err != nil {
		t.Fatal(err)
	}
	if each := (len(whole) - len(without)) / periods; each > 15 {
		t.Errorf("a period costs %d bytes; an id of its own would cost 16 more", each)
	}
}
