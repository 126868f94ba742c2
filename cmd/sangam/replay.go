package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/replay"
)

func newReplay() *cobra.Command {
	var file, date, describe, output string
	var site, hub account
	var generate int
	o := replay.Options{}
	cmd := &cobra.Command{
		Use:   "replay",
		Short: "Play a recorded day against a site, as its kiosks, coordinators and gurujis would",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output != "text" && output != "json" {
				return usage("--output is text or json, not %q", output)
			}
			if o.Seed == 0 {
				o.Seed = rand.Uint64N(1 << 32)
			}
			var err error
			if o.Day, err = dayToPlay(file, date, generate, o.Seed); err != nil {
				return err
			}
			if describe != "" {
				err = fromDescription(&o, describe)
			} else {
				err = fromAccounts(&o, site, hub)
			}
			if err != nil {
				return err
			}
			o.Progress = os.Stderr
			fmt.Fprintf(os.Stderr, "playing %s: %d visits at %g times the speed, seed %d\n", o.Day.Date, len(o.Day.Visits), o.Speed, o.Seed)
			report, err := replay.Run(cmd.Context(), o)
			if report != nil {
				if err := printReport(report, output); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
			return report.Verdict()
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "file", "", "CSV `file` with recorded days")
	f.StringVar(&date, "day", "", "`date` to play, like 2019-11-04; the first of the file when left out")
	f.IntVar(&generate, "generate", 0, "play a made-up day of so many `visits` instead of a file")
	f.Float64Var(&o.Speed, "speed", 60, "seconds of the day in a second")
	f.StringVar(&o.Site, "site", "", "`URL` of the site")
	f.IntVar(&o.Gurujis, "gurujis", 12, "how many gurujis heal")
	f.IntVar(&o.Listeners, "listeners", 1, "more sockets that only listen")
	f.Uint64Var(&o.Seed, "seed", 0, "of all that is drawn by chance; 0 draws one")
	f.StringVar(&o.Journal, "journal", "", "keep sent and acknowledged ids in this `file`, fsynced")
	f.DurationVar(&o.Settle, "settle", time.Minute, "how long the centre may take to catch up at the end")
	f.StringVar(&describe, "describe", "", "description of a running demo, as sangam demo --describe writes it")
	f.StringVar(&site.user, "user", "", "`name` of an admin of the site, without --describe")
	f.StringVar(&site.pinFile, "pin-file", "", "`file` that holds the admin's PIN")
	f.StringVar(&o.Hub, "hub", "", "`URL` of the centre: also measure when it has each change, and compare the queues at the end")
	f.StringVar(&hub.user, "hub-user", "", "`name` of an admin of the centre")
	f.StringVar(&hub.pinFile, "hub-pin-file", "", "`file` that holds their PIN")
	f.StringVar(&output, "output", "text", "text or json")
	return cmd
}

func dayToPlay(file, date string, generate int, seed uint64) (replay.Day, error) {
	switch {
	case file != "" && generate > 0:
		return replay.Day{}, usage("--file and --generate exclude each other")
	case generate > 0:
		if date == "" {
			date = "2026-01-05"
		}
		return replay.Generate(date, generate, seed), nil
	case file == "":
		return replay.Day{}, usage("--file FILE or --generate VISITS is needed")
	}
	in, err := os.Open(file)
	if err != nil {
		return replay.Day{}, usage("--file: %w", err)
	}
	defer in.Close()
	day, err := replay.ReadDay(in, date)
	if err != nil {
		return replay.Day{}, fmt.Errorf("%s: %w", file, err)
	}
	return day, nil
}

// fromDescription takes site, hub and accounts from the description of a demo; --site picks one of its sites.
func fromDescription(o *replay.Options, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return usage("--describe: %w", err)
	}
	var d api.Describe
	if err := json.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("%s is no description of a demo: %w", path, err)
	}
	for _, site := range d.Sites {
		if o.Site != "" && strings.TrimRight(o.Site, "/") != strings.TrimRight(site.URL, "/") {
			continue
		}
		o.Site, o.SiteID, o.Staff = site.URL, site.ID, site.Users
		for _, u := range site.Users {
			if u.Role == "admin" {
				o.Admin = replay.Account{Name: u.Name, PIN: u.PIN}
			}
		}
		if len(d.Hub.Users) > 0 {
			o.Hub, o.HubUser = d.Hub.URL, replay.Account{Name: d.Hub.Users[0].Name, PIN: d.Hub.Users[0].PIN}
		}
		return nil
	}
	return usage("%s describes no site %s", path, o.Site)
}

// account is somebody who signs in with a PIN that a file holds: the command line could be read by others.
type account struct{ user, pinFile string }

func (a account) read(userFlag, pinFlag string) (replay.Account, error) {
	if a.user == "" || a.pinFile == "" {
		return replay.Account{}, usage("--describe FILE, or --site URL with --user NAME and --pin-file FILE, is needed (%s and %s are not both given)", userFlag, pinFlag)
	}
	pin, err := os.ReadFile(a.pinFile)
	if err != nil {
		return replay.Account{}, usage("%s: %w", pinFlag, err)
	}
	return replay.Account{Name: a.user, PIN: strings.TrimSpace(string(pin))}, nil
}

func fromAccounts(o *replay.Options, site, hub account) (err error) {
	if o.Site == "" {
		return usage("--describe FILE, or --site URL with --user NAME and --pin-file FILE, is needed")
	}
	if o.Admin, err = site.read("--user", "--pin-file"); err != nil || o.Hub == "" {
		return err
	}
	o.HubUser, err = hub.read("--hub-user", "--hub-pin-file")
	return err
}

func printReport(r *replay.Report, output string) error {
	if output == "json" {
		return json.NewEncoder(os.Stdout).Encode(r.Summary())
	}
	return r.Write(os.Stdout)
}
