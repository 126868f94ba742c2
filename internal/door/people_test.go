package door_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aashram-care/sangam/internal/api"
)

// find looks for people as somebody.
func (n *node) find(token, asked string) (p api.People) {
	n.t.Helper()
	n.call("GET", "/api/v1/people?q="+url.QueryEscape(asked), token, nil, nil).into(200, &p)
	return p
}

func names(p api.People) string {
	var list []string
	for _, one := range p.People {
		list = append(list, one.Name)
	}
	return strings.Join(list, ", ")
}

func TestTheDeskFindsWhomTheSiteKnows(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	ids := map[string]string{}
	for _, who := range [][2]string{{"Usha Patil", "98220 12345"}, {"Usha Devi Patil", "9822012345"}, {"Anusha Rao", "9000000001"}, {"सीता देवी", ""}} {
		var made struct{ Person string }
		n.done(c.coordinator, "person.register", map[string]any{"name": who[0], "phone": who[1]}, &made)
		n.clinic.advance(time.Second) // of two who fit alike, the latest is told first
		ids[who[0]] = made.Person
	}
	var booked struct{ Appointment, Reference string }
	n.done(c.coordinator, "appointment.book", map[string]any{"person": map[string]any{"id": ids["Usha Patil"]}, "guruji": c.gurujiID,
		"slot": n.clinic.Now().Add(48 * time.Hour)}, &booked)
	n.done(c.coordinator, "person.link_family", map[string]any{"person": ids["Usha Patil"], "relative": ids["Anusha Rao"], "relation": "parent", "guardian": true}, nil)
	n.done(c.coordinator, "person.record_consent", map[string]any{"person": ids["Usha Patil"], "purpose": "care", "notice": "3"}, nil)

	for asked, want := range map[string]string{
		"usha pa": "Usha Patil, Usha Devi Patil", "PATIL": "Usha Devi Patil, Usha Patil", "usha patil": "Usha Patil, Usha Devi Patil", "सीता": "सीता देवी",
		"098220": "Usha Devi Patil, Usha Patil", "+91 98220 12345": "Usha Devi Patil, Usha Patil", "99999": "", "900000": "Anusha Rao",
		ids["Anusha Rao"]: "Anusha Rao", "nobody": "", "sha": "",
	} {
		if got := names(n.find(c.coordinator, asked)); got != want {
			t.Errorf("%q finds %q, want %q", asked, got, want)
		}
	}
	usha := n.find(c.admin, ids["Usha Patil"]).People[0]
	if usha.Phone != "919822012345" || len(usha.Upcoming) != 1 || usha.Upcoming[0].Reference != booked.Reference || usha.Upcoming[0].ID != booked.Appointment ||
		len(usha.Family) != 1 || !usha.Family[0].Guardian || len(usha.Consents) != 1 || usha.Consents[0].Notice != "3" {
		t.Errorf("found %+v", usha)
	}
	n.done(c.admin, "person.erase", map[string]any{"person": ids["Usha Patil"]}, nil)
	if got := names(n.find(c.admin, "usha")); got != "Usha Devi Patil" {
		t.Errorf("after the erasure: %s", got)
	}
}

func TestSomebodyIsToldWithTheirRelativesAndLastVisits(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	register := func(name, phone string) string {
		var made struct{ Person string }
		n.done(c.coordinator, "person.register", map[string]any{"name": name, "phone": phone}, &made)
		return made.Person
	}
	child, mother, same, uncle := register("Chintu Rao", ""), register("Sita Rao", "9822012345"), register("Seeta", ""), register("Mohan Rao", "")
	for relative, relation := range map[string]string{same: "parent", uncle: "other"} {
		n.done(c.coordinator, "person.link_family", map[string]any{"person": child, "relative": relative, "relation": relation}, nil)
	}
	n.done(c.coordinator, "person.merge", map[string]any{"keep": mother, "drop": same}, nil)
	n.done(c.coordinator, "queue.check_in", map[string]any{"guruji": c.gurujiID, "person": map[string]any{"id": child}, "reason": "fever"}, nil)
	told := n.find(c.coordinator, child)
	if strings.Contains(fmt.Sprint(told), "fever") {
		t.Error("the desk is told why they came")
	}
	one := told.People[0]
	slices.SortFunc(one.Family, func(a, b api.RelativeRow) int { return strings.Compare(a.Name, b.Name) })
	if want := []api.RelativeRow{{Person: uncle, Name: "Mohan Rao", Relation: "other"}, {Person: mother, Name: "Sita Rao", Relation: "parent"}}; !slices.Equal(one.Family, want) {
		t.Errorf("the relatives are %+v, want %+v", one.Family, want)
	}
	if len(one.Visits) != 1 || one.Visits[0].Guruji != c.gurujiID || one.Visits[0].Status != "waiting" || one.Visits[0].Day == "" {
		t.Errorf("the visits are %+v", one.Visits)
	}
	n.done(c.admin, "person.erase", map[string]any{"person": mother}, nil)
	if got := n.find(c.admin, child).People[0].Family; len(got) != 1 || got[0].Person != uncle {
		t.Errorf("after the erasure the relatives are %+v", got)
	}
}

func TestNobodyButTheDeskLooksForPeople(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	key, _, err := n.door.NewAppKey(t.Context(), "old app", "person.* queue.*")
	if err != nil {
		t.Fatal(err)
	}
	for who, token := range map[string]string{"a guruji": c.guruji, "a kiosk": c.kiosk, "a board": c.board, "an app": key} {
		if a := n.call("GET", "/api/v1/people?q=usha", token, nil, nil); a.status != 403 {
			t.Errorf("%s: %d %s", who, a.status, a.body)
		}
	}
	n.call("GET", "/api/v1/people?q=usha", "", nil, nil).refused(401, "unauthenticated")
	for _, asked := range []string{"", "u", " u ", "982", "+ +", strings.Repeat("x", 300)} {
		n.call("GET", "/api/v1/people?q="+url.QueryEscape(asked), c.coordinator, nil, nil).refused(422, "invalid")
	}
}
