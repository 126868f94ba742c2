package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/edge"
	"github.com/aashram-care/sangam/hub"
	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/node"
)

// watchEvery is how often sangam link --watch looks.
const watchEvery = time.Second

// operationsOf are the operations of a directory, whichever node it belongs to.
func operationsOf(data string) (role string, build func(*node.Node) control.Operations, err error) {
	role, err = node.RoleOf(data)
	if role == node.Hub {
		return role, hub.Operations, err
	}
	return role, edge.Operations, err
}

func newLink() *cobra.Command {
	var data, output string
	var in control.LinkRequest
	watch := false
	call := func(ctx context.Context, op string, out any) error {
		if data == "" {
			return usage("--data DIR is needed")
		}
		role, build, err := operationsOf(data)
		if err != nil {
			return err
		}
		return control.Call(ctx, data, role, op, in, out, build)
	}
	cmd := &cobra.Command{
		Use:   "link",
		Short: "Tell how the line between a site and the centre is doing",
		RunE: func(cmd *cobra.Command, _ []string) error {
			for {
				var lines []control.Line
				if err := call(cmd.Context(), "link.status", &lines); err != nil {
					return err
				}
				if watch && output == "text" {
					fmt.Print("\x1b[H\x1b[2J")
				}
				if err := print(output, lines, func() { printLines(os.Stdout, lines, time.Now()) }); err != nil || !watch {
					return err
				}
				select {
				case <-cmd.Context().Done():
					return nil
				case <-time.After(watchEvery):
				}
			}
		},
	}
	f := cmd.PersistentFlags()
	f.StringVar(&data, "data", "", "data `directory` of the edge or hub")
	f.StringVar(&in.Site, "site", "", "at a hub: `name` or id of one site")
	addOutput(f, &output)
	cmd.Flags().BoolVar(&watch, "watch", false, "look again every second")
	cmd.AddCommand(&cobra.Command{
		Use:   "resync",
		Short: "Let the other end send everything again",
		Long:  "Forget what is held of the other end, so that all of it is sent again. It changes nothing that is right, and costs traffic.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := call(cmd.Context(), "link.resync", &struct{}{}); err != nil {
				return err
			}
			return print(output, struct{}{}, func() { fmt.Println("Everything is sent again; sangam link shows when both ends are compared.") })
		},
	})
	return cmd
}

func printLines(out io.Writer, lines []control.Line, now time.Time) {
	if len(lines) == 0 {
		fmt.Fprintln(out, "No site has joined yet: sangam hub enrol makes a join code.")
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintln(w, "site\tstate\theard\twaiting\toldest\tdrained in\tclock\tcompared\tframes in/out\tbytes in/out")
	for _, l := range lines {
		state := l.State
		if l.Reason != "" {
			state += " (" + l.Reason + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d records, %d bytes\t%s\t%s\t%s\t%s\t%d/%d\t%d/%d\n", cmp.Or(l.Name, l.Site), state, ago(l.LastHeard, now),
			l.Backlog.Records, l.Backlog.Bytes, ago(l.Backlog.OldestAt, now), milliseconds(l.EstimateMs), milliseconds(l.ClockOffsetMs),
			map[bool]string{true: "equal", false: "not yet"}[l.InSync], l.FramesIn, l.FramesOut, l.BytesIn, l.BytesOut)
		if l.Repairs > 0 || l.Parked > 0 {
			fmt.Fprintf(w, "\t%d repaired by comparing, %d kept aside: see the log\n", l.Repairs, l.Parked)
		}
	}
}

func ago(at *api.Time, now time.Time) string {
	if at == nil {
		return "-"
	}
	return max(0, now.Sub(at.Time)).Round(time.Second).String() + " ago"
}

func milliseconds(ms *int64) string {
	if ms == nil {
		return "-"
	}
	return (time.Duration(*ms) * time.Millisecond).String()
}
