package hub

import (
	"cmp"
	"slices"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// roster is whom and what a site has, as far as an admin of the centre sees it and as the site last told.
func (c *centre) roster(text string, reader clinic.Actor) (api.SiteRoster, error) {
	out := api.SiteRoster{Gurujis: []api.RosterGuruji{}, Staff: []api.RosterStaff{}, Devices: []api.RosterDevice{}, Settings: []api.RosterSetting{}}
	site, err := c.knownSite(text)
	if err != nil {
		return out, err
	}
	add := map[string]func(id string, f fields){
		clinic.KindGuruji: func(id string, f fields) {
			out.Gurujis = append(out.Gurujis, api.RosterGuruji{ID: id, Name: f.text("name"), Room: f.text("room"), Availability: f.text("availability"), Disabled: f.is("disabled")})
		},
		clinic.KindStaff: func(id string, f fields) {
			out.Staff = append(out.Staff, api.RosterStaff{ID: id, Name: f.text("name"), Role: f.text("role"), Disabled: f.is("disabled")})
		},
		clinic.KindDevice: func(id string, f fields) {
			out.Devices = append(out.Devices, api.RosterDevice{ID: id, Name: f.text("name"), Kind: f.text("kind"), State: f.text("state")})
		},
		clinic.KindSetting: func(_ string, f fields) {
			out.Settings = append(out.Settings, api.RosterSetting{Name: f.text("name"), Value: f["value"]})
		},
	}
	for _, kind := range []string{clinic.KindGuruji, clinic.KindStaff, clinic.KindDevice, clinic.KindSetting} {
		err := c.each(feed.SiteScope(site), kind, func(_ feed.Tx, r *record.Record) error {
			if shown, visible := clinic.View(reader, nil, r); visible {
				add[kind](r.ID.String(), shown)
			}
			return nil
		})
		if err != nil {
			return out, err
		}
	}
	slices.SortFunc(out.Gurujis, func(a, b api.RosterGuruji) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(out.Staff, func(a, b api.RosterStaff) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(out.Devices, func(a, b api.RosterDevice) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(out.Settings, func(a, b api.RosterSetting) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// knownSite reads the id of a site that is or was enrolled.
func (c *centre) knownSite(text string) (record.ID, error) {
	site, err := record.ParseID(text)
	known := false
	if err == nil {
		err = c.node.Committer.View(func(tx feed.Tx) (err error) {
			_, _, known, err = feed.Load(tx, feed.Network, record.Key{Kind: clinic.KindSite, ID: site})
			return err
		})
	}
	if err != nil || !known {
		return site, &clinic.Error{Code: clinic.CodeNotFound, Message: "The centre has no such site."}
	}
	return site, nil
}

// fields are those of a record as View shows it.
type fields map[string]any

func (f fields) text(name string) string {
	text, _ := f[name].(string)
	return text
}

func (f fields) is(name string) bool {
	yes, _ := f[name].(bool)
	return yes
}
