package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/internal/demo"
)

func newDemo() *cobra.Command {
	var o demo.Options
	var logs logFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run a centre and three ashrams with a made-up day, all in this process, to try everything",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if o.Log, err = logs.logger(); err != nil {
				return err
			}
			o.Version, o.Out = version, os.Stdout
			if err = demo.Run(cmd.Context(), o); errors.Is(err, demo.ErrUsage) {
				return &usageError{err}
			}
			return err
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.PortBase, "port-base", demo.DefaultPort, "first `port`: the page; then the centre's, then one a site")
	f.StringVar(&o.Data, "data", "", "`directory` that keeps everything; a temporary one when left out")
	f.StringVar(&o.Redis, "redis", "", "`URL` of a single Redis server, instead of the one inside")
	f.BoolVar(&o.Idle, "idle", false, "no made-up day: empty queues and real time")
	f.Float64Var(&o.Speed, "speed", 0, "how fast the clinic's time runs; 10 when left out, 1 with --idle")
	f.IntVar(&o.Sites, "sites", 0, "how many ashrams, 1 to 3; 3 when left out")
	f.StringVar(&o.Describe, "describe", "", "write where everything is to this `file`, as JSON, once it is ready")
	logs.add(f)
	logs.level = "warn" // four nodes would fill the terminal, and bury the table of where everything is
	f.Lookup("log-level").DefValue = logs.level
	return cmd
}
