package demo

import (
	"net/url"
	"time"

	"github.com/aashram-care/sangam/internal/api"
)

// state is the whole demo as its page shows it. Nil is not known.
type state struct {
	ServerTime api.Time    `json:"serverTime"`
	ClinicTime api.Time    `json:"clinicTime"`
	Speed      float64     `json:"speed"`
	Zone       string      `json:"zone"`
	Idle       bool        `json:"idle"`
	DayEnded   bool        `json:"dayEnded"`
	Centre     centreState `json:"centre"`
	Sites      []siteState `json:"sites"`
	News       []item      `json:"news"`
}

type centreState struct {
	URL   string     `json:"url"`
	Doors []doorView `json:"doors"`
}

type siteState struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	URL       string          `json:"url"`
	CutAt     *api.Time       `json:"cutAt"`
	StoppedAt *api.Time       `json:"stoppedAt"`
	Catching  bool            `json:"catching"` // joined again, and not all has arrived
	Back      *arrival        `json:"back"`     // the last time that all had
	Figures   *figures        `json:"figures"`
	Uplink    *api.Uplink     `json:"uplink"` // as the site says; nil while its box is stopped
	Centre    *api.SiteStatus `json:"centre"` // as the centre says
	Arrived   int             `json:"arrived"`
	Recent    []string        `json:"recent"`          // tokens called last, newest first
	Phone     string          `json:"phone,omitempty"` // token of the visitor whose phone was opened
	Doors     []doorView      `json:"doors"`
}

// doorView is a screen of somebody. Where Opens is set, posting to it leads there signed in; else Href does, and the
// PIN opens it.
type doorView struct {
	Screen string `json:"screen"`
	Name   string `json:"name,omitempty"`
	PIN    string `json:"pin,omitempty"`
	Href   string `json:"href,omitempty"`
	Opens  string `json:"opens,omitempty"`
}

func (d *demo) state() state {
	m := d.morning()
	out := state{
		ServerTime: api.At(time.Now()), ClinicTime: api.At(d.clock.Now()), Speed: d.clock.Speed(), Zone: zone, Idle: d.o.Idle,
		DayEnded: int(m.ended.Load()) == len(d.sites),
		Centre: centreState{URL: d.hub.caller.base, Doors: []doorView{
			{Screen: "centre", Name: centralAdmin, PIN: pins["central_admin"], Href: d.hub.caller.base + "/centre"},
		}},
		Sites: []siteState{}, News: d.news.list(),
	}
	for _, s := range d.sites {
		out.Sites = append(out.Sites, s.state())
	}
	return out
}

func (s *site) state() siteState {
	out := siteState{ID: s.id, Name: s.name, URL: s.url, Doors: s.doors()}
	s.mu.Lock()
	out.CutAt, out.StoppedAt, out.Catching = api.AtOrNil(s.cutAt), api.AtOrNil(s.stoppedAt), s.rejoined != nil
	out.Back = s.back
	if s.phone != nil {
		out.Phone = s.phone.token
	}
	s.mu.Unlock()
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	out.Figures, out.Centre, out.Arrived, out.Recent = s.seen.figures, s.seen.centre, s.seen.arrived, append([]string{}, s.seen.recent...)
	if out.StoppedAt == nil {
		out.Uplink = s.seen.uplink
	}
	return out
}

// doors are the screens of a site: its devices, and one of each who sign in.
func (s *site) doors() []doorView {
	doors := []doorView{}
	for _, screen := range []string{"kiosk", "board", "patient"} {
		doors = append(doors, doorView{Screen: screen, Opens: "/demo/sites/" + s.id + "/open/" + screen})
	}
	shown := map[string]bool{}
	for _, role := range []string{"coordinator", "guruji", "admin"} {
		for _, u := range s.kept.Users {
			if u.Role != role || shown[role] {
				continue
			}
			shown[role] = true
			who := url.Values{"who": {s.people[u.Name]}}
			doors = append(doors, doorView{Screen: role, Name: u.Name, PIN: u.PIN, Href: s.url + "/" + role + "?" + who.Encode()})
		}
	}
	return doors
}
