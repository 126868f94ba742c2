package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/hub"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/node"
)

func newHub() *cobra.Command {
	var o hub.Options
	var logs logFlags
	cmd := &cobra.Command{
		Use:   "hub",
		Short: "Run the centre's node: every ashram, live",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Data == "" {
				return usage("--data DIR is needed")
			}
			var err error
			if o.Log, err = logs.logger(); err != nil {
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
	cmd.AddCommand(newEnrol())
	return cmd
}

func newEnrol() *cobra.Command {
	var data, output string
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
				fmt.Fprintf(os.Stderr, "On the box of %s: sangam edge --data DIR --redis URL --join %s\nThe code works once, until %s.\n", in.Name, out.Code, out.Expires)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&data, "data", "", "data `directory` of the hub")
	f.StringVar(&in.Name, "site", "", "`name` of the site; a known name means a new box for that site")
	addOutput(f, &output)
	return cmd
}
