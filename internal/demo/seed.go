package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"text/tabwriter"

	"github.com/aashram-care/sangam/internal/api"
)

// seed makes everybody of the cast known to their site; who is known already stays.
func (s *site) seed(ctx context.Context) error {
	known, err := s.names(ctx)
	if err != nil {
		return err
	}
	for _, p := range s.staff {
		if _, there := known[p.name]; there {
			continue
		}
		hire := map[string]any{"name": p.name, "role": p.role, "pin": pins[p.role]}
		if p.room != "" {
			hire["room"] = p.room
		}
		if err := s.admin.act(ctx, "staff.create", nil, hire, nil); err != nil {
			return fmt.Errorf("hire %s: %w", p.name, err)
		}
	}
	s.people, err = s.names(ctx)
	return err
}

func (s *site) names(ctx context.Context) (map[string]string, error) {
	var list api.SessionNames
	if err := s.admin.do(ctx, http.MethodGet, "/api/v1/session/names", nil, &list); err != nil {
		return nil, fmt.Errorf("list the staff: %w", err)
	}
	names := map[string]string{}
	for _, n := range list.Names {
		names[n.Name] = n.ID
	}
	return names, nil
}

// pairDevices prepares a kiosk and a board for the description. Their codes are new at every start: each is good for
// one device, once.
func (s *site) pairDevices(ctx context.Context) error {
	for _, device := range []api.DescribeDevice{{Kind: "kiosk", Name: "Kiosk 1"}, {Kind: "board", Name: "Board 1"}} {
		var err error
		if device.Pair, err = s.pair(ctx, device.Kind, device.Name); err != nil {
			return err
		}
		s.paired = append(s.paired, device)
	}
	return nil
}

// describe is the demo as programs are told it.
func (d *demo) describe() api.Describe {
	out := api.Describe{
		Hub: api.DescribeHub{
			URL:   d.hub.caller.base,
			Users: []api.DescribeUser{{Role: "central_admin", Name: centralAdmin, PIN: pins["central_admin"]}},
		},
		Sites: []api.DescribeSite{},
	}
	for _, s := range d.sites {
		out.Sites = append(out.Sites, api.DescribeSite{ID: s.id, Name: s.name, URL: s.url, Users: s.kept.Users, Devices: s.paired})
	}
	return out
}

// tell says where everything is: to people, and to programs once people know.
func (d *demo) tell() error {
	about := d.describe()
	if err := printTable(d.o.Out, "http://"+d.o.address(0)+"/demo", about); err != nil {
		return fmt.Errorf("print where the demo is: %w", err)
	}
	if d.o.Describe == "" {
		return nil
	}
	text, err := json.MarshalIndent(about, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the description: %w", err)
	}
	return replaceFile(d.o.Describe, append(text, '\n'))
}

func printTable(out io.Writer, page string, about api.Describe) error {
	table := tabwriter.NewWriter(out, 0, 4, 3, ' ', 0)
	fmt.Fprintf(table, "\nThe demo is at %s\n\nThe centre\t%s\n", page, about.Hub.URL)
	for _, u := range about.Hub.Users {
		fmt.Fprintf(table, "  %s\t%s\tPIN %s\n", u.Role, u.Name, u.PIN)
	}
	for _, s := range about.Sites {
		fmt.Fprintf(table, "\n%s\t%s\n", s.Name, s.URL)
		for _, u := range s.Users {
			fmt.Fprintf(table, "  %s\t%s\tPIN %s\n", u.Role, u.Name, u.PIN)
		}
		for _, device := range s.Devices {
			fmt.Fprintf(table, "  %s\t%s\tcode %s, once\n", device.Kind, device.Name, device.Pair)
		}
	}
	fmt.Fprintf(table, "\nCtrl-C stops all of it.\n")
	return table.Flush()
}
