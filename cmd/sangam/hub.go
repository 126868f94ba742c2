package main

import (
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/hub"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/node"
)

func newHub() *cobra.Command {
	cmd, _ := hubCommand()
	return cmd
}

// hubCommand is the command, and what it checks before anything starts.
func hubCommand() (cmd *cobra.Command, check func() error) {
	var o hub.Options
	var logs logFlags
	check = func() (err error) {
		if o.Data == "" {
			return usage("--data DIR is needed")
		}
		if o.Log, err = logs.logger(); err != nil {
			return err
		}
		return o.Check()
	}
	cmd = &cobra.Command{
		Use:   "hub",
		Short: "Run the centre's node: every ashram, live",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := check(); err != nil {
				return err
			}
			o.Version = version
			o.Started = func(s hub.Started) { fmt.Fprintf(os.Stderr, "sangam hub: the centre is at %s\n", s.URL) }
			o.SetupCode = func(code string) { fmt.Fprintf(os.Stderr, "sangam hub: no admin yet; setup code %s\n", code) }
			return hub.Run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Data, "data", "", "data `directory`; made when it is missing")
	f.StringVar(&o.Listen, "listen", "127.0.0.1:8081", "`address` of screens and API; :8081 for the whole network")
	f.StringVar(&o.AdminListen, "admin-listen", "127.0.0.1:9465", "`address` of metrics and health; empty serves none")
	f.StringVar(&o.Redis, "redis", "", "`URL` of the wire to the sites")
	logs.add(f)
	cmd.AddCommand(newEnrol(), newSites(), newACL(),
		newSiteChange("revoke", "hub.revoke", "Shut a site out: it gets nothing more, and is told so", "%s is revoked. A new join code takes it in again.\n"),
		newSiteChange("rotate-key", "hub.rotate_key", "Give a site a new key; the old one works until it is retired", "%s gets a new key. Retire the old one once the site was heard: sangam hub retire-key\n"),
		newSiteChange("retire-key", "hub.retire_key", "End the rotation of a site's key", "The old key of %s is worth nothing any more.\n"))
	return cmd, check
}

func newEnrol() *cobra.Command {
	var data, output string
	var square bool
	var in hub.EnrolRequest
	cmd := &cobra.Command{
		Use:   "enrol",
		Short: "Print the join code of a new site, or of a new box for a known site",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if data == "" || in.Name == "" {
				return usage("--data DIR and --site NAME are needed")
			}
			var out hub.Enrolled
			if err := control.Call(cmd.Context(), data, node.Hub, "hub.enrol", in, &out, hub.Operations); err != nil {
				return err
			}
			return print(output, out, func() {
				fmt.Println(out.Code)
				if square {
					printQR(os.Stdout, out.Code)
				}
				fmt.Fprintf(os.Stderr, "On the box of %s: sangam edge --data DIR --redis URL --join %s\nThe code works once, until %s.\n", in.Name, out.Code, out.Expires)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&data, "data", "", "data `directory` of the hub")
	f.StringVar(&in.Name, "site", "", "`name` of the site; a known name means a new box for that site")
	f.BoolVar(&square, "qr", false, "also draw the code as a QR code")
	addOutput(f, &output)
	return cmd
}

// newSiteChange is a command that changes one site of the centre.
func newSiteChange(use, op, short, done string) *cobra.Command {
	var data, output string
	var in hub.SiteRequest
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if data == "" || in.Site == "" {
				return usage("--data DIR and --site NAME are needed")
			}
			var out hub.SiteState
			if err := control.Call(cmd.Context(), data, node.Hub, op, in, &out, hub.Operations); err != nil {
				return err
			}
			return print(output, out, func() { fmt.Printf(done, out.Name) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&data, "data", "", "data `directory` of the hub")
	f.StringVar(&in.Site, "site", "", "`name` or id of the site")
	if op == "hub.retire_key" {
		f.BoolVar(&in.Force, "force", false, "also when the site was not heard with its new key: it must join anew then")
	}
	addOutput(f, &output)
	return cmd
}

func newSites() *cobra.Command {
	var data, output string
	cmd := &cobra.Command{
		Use:   "sites",
		Short: "List the sites of the centre and their keys",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if data == "" {
				return usage("--data DIR is needed")
			}
			var out []hub.SiteState
			if err := control.Call(cmd.Context(), data, node.Hub, "hub.sites", struct{}{}, &out, hub.Operations); err != nil {
				return err
			}
			return print(output, out, func() {
				w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
				defer w.Flush()
				fmt.Fprintln(w, "site\tenrolled\tstate\tid")
				for _, s := range out {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Name, s.EnrolledAt, s.State(), s.ID)
				}
			})
		},
	}
	cmd.Flags().StringVar(&data, "data", "", "data `directory` of the hub")
	addOutput(cmd.Flags(), &output)
	return cmd
}

func newACL() *cobra.Command {
	var data, output, file string
	var in hub.AccessRequest
	cmd := &cobra.Command{
		Use:   "acl",
		Short: "Write who may use the Redis between the centre and its sites",
		Long: "Write an aclfile of Redis: the centre and each site get the channels they speak on, no keys, and no command but\n" +
			"those that are needed. Passwords are drawn once and kept by the hub; they are printed, and stand in no log.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if data == "" || file == "" {
				return usage("--data DIR and --file FILE are needed")
			}
			var out hub.Access
			if err := control.Call(cmd.Context(), data, node.Hub, "hub.acl", in, &out, hub.Operations); err != nil {
				return err
			}
			if err := os.WriteFile(file, []byte(out.File), 0o640); err != nil {
				return fmt.Errorf("write %s: %w", file, err)
			}
			return print(output, out, func() {
				w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
				defer w.Flush()
				fmt.Fprintln(w, "for\tuser and password, for redis://USER:PASSWORD@HOST")
				for _, a := range out.Accounts {
					fmt.Fprintf(w, "%s\t%s:%s\n", a.Name, a.User, a.Password)
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&data, "data", "", "data `directory` of the hub")
	f.StringVar(&file, "file", "", "`file` to write, which aclfile in redis.conf names")
	f.StringVar(&in.Kind, "kind", "single", "single, sentinel or cluster")
	addOutput(f, &output)
	return cmd
}
