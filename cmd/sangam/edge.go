package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/edge"
)

func newEdge() *cobra.Command {
	cmd, _ := edgeCommand()
	return cmd
}

// edgeCommand is the command, and what it checks before anything starts.
func edgeCommand() (cmd *cobra.Command, check func() error) {
	var o edge.Options
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
		Use:   "edge",
		Short: "Run a site's node: the queue of one ashram, with or without a line to the centre",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := check(); err != nil {
				return err
			}
			o.Version = version
			o.Started = func(s edge.Started) {
				fmt.Fprintf(os.Stderr, "sangam edge: site %s is at %s\n", s.Site, s.URL)
				if s.HTTPS != "" {
					fmt.Fprintf(os.Stderr, "sangam edge: and at %s\n", s.HTTPS)
				}
			}
			o.SetupCode = func(code string) { fmt.Fprintf(os.Stderr, "sangam edge: no admin yet; setup code %s\n", code) }
			return edge.Run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Data, "data", "", "data `directory`; made when it is missing")
	f.StringVar(&o.Listen, "listen", "127.0.0.1:8080", "`address` of screens and API; :8080 for the whole LAN")
	f.StringVar(&o.HTTPS.Listen, "https-listen", "", "`address` of screens and API over https as well, such as :8443; empty serves none")
	f.StringSliceVar(&o.HTTPS.Names, "https-name", nil, "further host `name` of the box, for the certificates that the site makes itself; local names and private addresses are known")
	f.StringVar(&o.HTTPS.Cert, "https-cert", "", "`file` of a certificate that browsers know, in PEM, instead of the site's own")
	f.StringVar(&o.HTTPS.Key, "https-key", "", "`file` of its key, in PEM")
	f.StringVar(&o.AdminListen, "admin-listen", "127.0.0.1:9464", "`address` of metrics and health; empty serves none")
	f.StringVar(&o.Redis, "redis", "", "`URL` of the wire to the centre; without it the site has no line")
	f.StringVar(&o.Join, "join", "", "join `code` from sangam hub enrol, until the site is enrolled")
	f.StringVar(&o.SiteName, "site-name", "", "`name` of the site, when it has none yet")
	f.StringVar(&o.Timezone, "timezone", "", "`zone` of the site like Asia/Kolkata, when it has none yet")
	f.StringSliceVar(&o.BackupRecipients, "backup-recipient", nil, "public `key` of age for which an admin's backups, and archives, are locked; may be given more than once")
	f.StringVar(&o.Archive, "archive", "", "`directory` for the archives of what the site empties; without it they are not written")
	logs.add(f)
	return cmd, check
}
