// Command sangam is the one binary: a site's node, the centre's hub, the demo and the tools around them. It turns
// flags into options, runs what they describe, and turns the outcome into an exit code: 0 fine, 1 failed, 2 wrong
// usage. It decides nothing else.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // a box without zone files still knows Asia/Kolkata

	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/internal/node"
)

// version is set by the linker.
var version = "dev"

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil, errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return 0
	default:
		fmt.Fprintln(os.Stderr, "sangam:", err)
	}
	var wrong *usageError
	if errors.As(err, &wrong) || errors.Is(err, node.ErrUsage) {
		return 2
	}
	return 1
}

// usageError is a mistake in how the program was called: exit code 2.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usage(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "sangam",
		Short:         "The patient queue and care desk of an ashram clinic, with or without the internet",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, given []string) error {
			if len(given) == 0 {
				return cmd.Help()
			}
			return usage("there is no command %q%s; see sangam --help", given[0], nearest(given[0], commandNames(cmd)))
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%w (see sangam %s --help)", err, cmd.Name())
	})
	root.PersistentFlags().String("config", "", "YAML `file` with the same names as the flags")
	root.AddCommand(newEdge(), newHub(), newStaff(), newLink(), newExport(), newImport(),
		newBackup(), newRestore(), newArchive(), newDoctor(), newConfig(), newDemo(), newReplay())
	for _, cmd := range root.Commands() {
		prepare(cmd)
	}
	return root
}

func commandNames(cmd *cobra.Command) (names []string) {
	for _, sub := range cmd.Commands() {
		names = append(names, sub.Name())
	}
	return names
}

// prepare gives a command and those below it their settings from file and environment, and makes a wrong number of
// arguments a wrong usage.
func prepare(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		prepare(sub)
	}
	args := cmd.Args
	cmd.Args = func(cmd *cobra.Command, given []string) error {
		if args == nil {
			args = cobra.NoArgs
		}
		if err := args(cmd, given); err != nil {
			return usage("%w (see %s --help)", err, cmd.CommandPath())
		}
		return nil
	}
	if cmd.PreRunE == nil {
		cmd.PreRunE = func(cmd *cobra.Command, _ []string) error { return fillFlags(cmd) }
	}
}
