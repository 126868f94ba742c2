package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/node"
)

func newStaff() *cobra.Command {
	var data, output string
	cmd := &cobra.Command{
		Use:   "staff",
		Short: "Add, list and disable staff of a node, while it runs or not",
		RunE:  func(cmd *cobra.Command, _ []string) error { return usage("staff add, list, reset-pin or disable") },
	}
	f := cmd.PersistentFlags()
	f.StringVar(&data, "data", "", "data `directory` of the edge or hub")
	addOutput(f, &output)
	call := func(ctx context.Context, op string, in, out any) error {
		if data == "" {
			return usage("--data DIR is needed")
		}
		role, err := node.RoleOf(data)
		if err != nil {
			return err
		}
		if op == "staff.list" {
			return control.Look(ctx, data, role, op, in, out, control.StaffOperations)
		}
		return control.Call(ctx, data, role, op, in, out, control.StaffOperations)
	}

	var add control.AddStaff
	var pinFile string
	adding := &cobra.Command{
		Use: "add", Short: "Add a member of staff",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if add.Name == "" {
				return usage("--name NAME is needed")
			}
			if add.PIN, err = readPIN(pinFile); err != nil {
				return err
			}
			var out control.Staff
			if err := call(cmd.Context(), "staff.add", add, &out); err != nil {
				return err
			}
			return print(output, out, func() { fmt.Printf("%s, %s, id %s\n", out.Name, out.Role, out.ID) })
		},
	}
	adding.Flags().StringVar(&add.Name, "name", "", "`name`, as it stands on the sign-in screen")
	adding.Flags().StringVar(&add.Role, "role", "", "coordinator, guruji or admin; at a hub central_admin")
	adding.Flags().StringVar(&add.Room, "room", "", "`room` of a guruji")
	adding.Flags().StringVar(&pinFile, "pin-file", "", "`file` that holds the PIN; without it the PIN is read from standard input")

	listing := &cobra.Command{
		Use: "list", Short: "List the staff",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var out []control.Staff
			if err := call(cmd.Context(), "staff.list", struct{}{}, &out); err != nil {
				return err
			}
			return print(output, out, func() {
				table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "name\trole\tmay sign in\tid")
				for _, s := range out {
					fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", s.Name, s.Role, yesNo(s.HasPIN && !s.Disabled), s.ID)
				}
				_ = table.Flush()
			})
		},
	}

	var who control.StaffRef
	var newPINFile string
	resetting := &cobra.Command{
		Use: "reset-pin", Short: "Give a member of staff a new PIN",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if who.PIN, err = readPIN(newPINFile); err != nil {
				return err
			}
			var out control.Staff
			if err := call(cmd.Context(), "staff.reset_pin", who, &out); err != nil {
				return err
			}
			return print(output, out, func() { fmt.Printf("%s has a new PIN\n", out.Name) })
		},
	}
	resetting.Flags().StringVar(&newPINFile, "pin-file", "", "`file` that holds the PIN; without it the PIN is read from standard input")
	disabling := &cobra.Command{
		Use: "disable", Short: "End the sessions of a member of staff and let them in no more",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var out control.Staff
			if err := call(cmd.Context(), "staff.disable", who, &out); err != nil {
				return err
			}
			return print(output, out, func() { fmt.Printf("%s is disabled\n", out.Name) })
		},
	}
	for _, c := range []*cobra.Command{resetting, disabling} {
		c.Flags().StringVar(&who.Name, "name", "", "`name` or id")
	}
	cmd.AddCommand(adding, listing, resetting, disabling)
	return cmd
}

// readPIN reads a PIN from a file, or from standard input: never from the command line, which others can read.
func readPIN(path string) (string, error) {
	in := os.Stdin
	if path != "" {
		file, err := os.Open(path)
		if err != nil {
			return "", usage("--pin-file: %w", err)
		}
		defer file.Close()
		in = file
	} else {
		fmt.Fprint(os.Stderr, "PIN: ")
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if pin := strings.TrimSpace(line); pin != "" {
		return pin, nil
	}
	return "", usage("no PIN was given: %w", cmp.Or(err, fmt.Errorf("the line was empty")))
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
