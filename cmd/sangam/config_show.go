package main

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// settingSaid is what the commands of sangam config tell of a setting.
type settingSaid struct {
	Name     string `json:"name"`
	Variable string `json:"variable"`
	Default  string `json:"default"`
	Value    string `json:"value,omitempty"` // only of check
	From     string `json:"from,omitempty"`  // only of check
	Doc      string `json:"doc"`
}

func newConfig() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check the settings of a node, or print all there are",
		RunE: func(cmd *cobra.Command, given []string) error {
			return usage("config check, default, env or doc, and then edge or hub")
		},
	}
	var output string
	addOutput(cmd.PersistentFlags(), &output)
	cmd.AddCommand(
		newConfigCheck(&output),
		newConfigPrint(&output, "default", "Print a file for --config with every setting as it is by itself", printYAML),
		newConfigPrint(&output, "env", "Print an environment file with every setting as it is by itself", printEnv),
		newConfigPrint(&output, "doc", "Print every setting and what it means, as Markdown", printDoc))
	return cmd
}

// node is a role whose settings are asked for, and how they are checked.
func nodeCommand(given []string) (cmd *cobra.Command, check func() error, err error) {
	switch role := cmp.Or(strings.Join(given, " "), "edge"); role {
	case "edge":
		cmd, check = edgeCommand()
	case "hub":
		cmd, check = hubCommand()
	default:
		return nil, nil, usage("settings of edge or of hub, not of %q%s", role, nearest(role, []string{"edge", "hub"}))
	}
	return cmd, check, nil
}

func newConfigCheck(output *string) *cobra.Command {
	return &cobra.Command{
		Use:   "check [edge|hub]",
		Short: "Tell which settings a node would start with, and whether it would",
		Long:  "Read the environment and the file of --config as sangam edge (or hub) would, start nothing, and tell each setting and where it comes from.",
		Args:  cobra.MaximumNArgs(1),
		// The file is read for the node, and judged by what the node knows.
		PreRunE: func(*cobra.Command, []string) error { return nil },
		RunE: func(cmd *cobra.Command, given []string) error {
			role, check, err := nodeCommand(given)
			if err != nil {
				return err
			}
			role.Flags().AddFlag(cmd.Flags().Lookup("config"))
			all, err := settle(role)
			if err != nil {
				return err
			}
			said := make([]settingSaid, len(all))
			for i, s := range all {
				said[i] = describe(s.flag)
				said[i].Value, said[i].From = hidden(s.flag, s.value), s.from
			}
			if err := print(*output, said, func() {
				w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
				defer w.Flush()
				fmt.Fprintln(w, "setting\tvalue\tfrom")
				for _, s := range said {
					fmt.Fprintf(w, "%s\t%s\t%s\n", s.Name, cmp.Or(s.Value, "-"), s.From)
				}
			}); err != nil {
				return err
			}
			if err := strayVariables(); err != nil {
				return err
			}
			return check()
		},
	}
}

// strayVariables finds names in the environment that look like settings and are none of any command.
func strayVariables() error {
	known := []string{"SANGAM_CONFIG"}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, name := range append(flagNames(cmd), persistentNames(cmd)...) {
			known = append(known, variable(name))
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(newRoot())
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "SANGAM_") && !slices.Contains(known, name) && !slices.Contains(known, strings.TrimSuffix(name, "_FILE")) {
			return usage("%s is in the environment and is no setting%s", name, nearest(name, known))
		}
	}
	return nil
}

func persistentNames(cmd *cobra.Command) (names []string) {
	cmd.PersistentFlags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

func newConfigPrint(output *string, use, short string, text func([]settingSaid)) *cobra.Command {
	return &cobra.Command{
		Use:   use + " [edge|hub]",
		Short: short,
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, given []string) error {
			role, _, err := nodeCommand(given)
			if err != nil {
				return err
			}
			var said []settingSaid
			role.Flags().VisitAll(func(f *pflag.Flag) {
				if isSetting(f) {
					said = append(said, describe(f))
				}
			})
			return print(*output, said, func() { text(said) })
		},
	}
}

func describe(f *pflag.Flag) settingSaid {
	_, doc := pflag.UnquoteUsage(f)
	said := settingSaid{Name: f.Name, Variable: variable(f.Name), Default: f.DefValue, Doc: doc}
	if _, list := f.Value.(pflag.SliceValue); list {
		said.Default = strings.Trim(f.DefValue, "[]")
	}
	return said
}

// secrets are settings whose value is not shown, or only in part.
func hidden(f *pflag.Flag, value string) string {
	switch {
	case value == "":
		return ""
	case f.Name == "join":
		return "(a code)"
	case f.Name == "redis":
		u, err := url.Parse(value)
		if err != nil {
			return "(a URL)"
		}
		return u.Redacted()
	}
	return value
}

func printYAML(all []settingSaid) {
	for _, s := range all {
		value, err := yaml.Marshal(s.Default)
		if err != nil || s.Default == "" {
			fmt.Printf("# %s\n#%s:\n", s.Doc, s.Name)
			continue
		}
		fmt.Printf("# %s\n%s: %s", s.Doc, s.Name, value)
	}
}

func printEnv(all []settingSaid) {
	fmt.Println("# NAME_FILE=PATH instead of NAME=VALUE takes the value from a file.")
	for _, s := range all {
		comment := ""
		if s.Default == "" {
			comment = "#"
		}
		fmt.Printf("# %s\n%s%s=%s\n", s.Doc, comment, s.Variable, s.Default)
	}
}

func printDoc(all []settingSaid) {
	fmt.Print("| flag, and name in the file | variable | by itself | what it is |\n|---|---|---|---|\n")
	for _, s := range all {
		fmt.Printf("| `--%s` | `%s` | %s | %s |\n", s.Name, s.Variable, cmp.Or(s.Default, "-"), strings.ReplaceAll(s.Doc, "|", `\|`))
	}
}
