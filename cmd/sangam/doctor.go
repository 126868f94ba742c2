package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/internal/control"
)

// errUnwell is the end of sangam doctor when something is wrong: all was said already.
var errUnwell = errors.New("something is wrong: see above")

func newDoctor() *cobra.Command {
	d := control.Doctor{Now: time.Now}
	var output string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at a node, its disk and its line, and say in words what is wrong and what to do",
		Long: "Look at a node's directory, at the node while it runs or at its store while it does not, and at what stands around it.\n" +
			"Nothing is changed. Exit code 1 says that somebody has to act. What the settings of the node do not name (--redis,\n" +
			"--listen) is not looked at; --config or the environment of the unit brings them.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if d.Dir == "" {
				return usage("--data DIR is needed")
			}
			found := d.Look(cmd.Context())
			if err := print(output, found, func() { printFindings(os.Stdout, found) }); err != nil {
				return err
			}
			for _, f := range found {
				if f.State == control.Wrong {
					return errUnwell
				}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&d.Dir, "data", "", "data `directory` of the edge or hub")
	f.StringVar(&d.Redis, "redis", "", "`URL` of the wire: ask whether it can be used")
	f.StringVar(&d.Listen, "listen", "", "`address` of screens and API: look who answers there")
	f.StringVar(&d.HTTPSListen, "https-listen", "", "`address` of the same over https: look who answers there, and for how long its certificate is good")
	f.StringVar(&d.Archive, "archive", "", "`directory` of the archives of what a site empties: look what is there")
	f.StringVar(&d.AdminListen, "admin-listen", "", "`address` of metrics and health: look who answers there")
	addOutput(f, &output)
	return cmd
}

func printFindings(out io.Writer, found []control.Finding) {
	signs := map[string]string{control.Fine: "ok   ", control.Note: "note ", control.Wrong: "WRONG"}
	for _, f := range found {
		fmt.Fprintf(out, "%s  %-9s  %s\n", cmp.Or(signs[f.State], f.State), f.About, f.Says)
		if f.Do != "" {
			fmt.Fprintf(out, "%18s-> %s\n", "", f.Do)
		}
	}
}
