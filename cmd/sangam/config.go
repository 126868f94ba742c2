package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// fillFlags gives every flag that the command line left out its value from the environment (SANGAM_LISTEN for
// --listen, or SANGAM_REDIS_FILE naming a file that holds the value), else from the file of --config. A name in the
// file that is no flag of the command, or a value that does not fit, is a wrong usage.
func fillFlags(cmd *cobra.Command) error {
	file, err := readConfig(cmd)
	if err != nil {
		return err
	}
	var wrong error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || f.Name == "config" || f.Name == "help" || wrong != nil {
			return
		}
		value, from, ok, err := fromEnvironment(f.Name)
		if err != nil {
			wrong = err
			return
		}
		if !ok {
			if value, ok = file[f.Name]; !ok {
				return
			}
			from = "the configuration file"
		}
		if err := cmd.Flags().Set(f.Name, value); err != nil {
			wrong = usage("%s from %s: %q does not fit: %w", f.Name, from, value, err)
		}
	})
	return wrong
}

func fromEnvironment(flag string) (value, name string, ok bool, err error) {
	name = "SANGAM_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
	if value, ok = os.LookupEnv(name); ok {
		return value, name, true, nil
	}
	path, ok := os.LookupEnv(name + "_FILE")
	if !ok {
		return "", name, false, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", name, false, usage("%s_FILE: %w", name, err)
	}
	return strings.TrimSpace(string(text)), name + "_FILE", true, nil
}

// readConfig reads the file of --config (or SANGAM_CONFIG) as flag name -> text.
func readConfig(cmd *cobra.Command) (map[string]string, error) {
	path, _ := cmd.Flags().GetString("config")
	if path == "" {
		path = os.Getenv("SANGAM_CONFIG")
	}
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("--config: %w", err)
	}
	var raw map[string]any
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return nil, usage("--config %s: %w", path, err)
	}
	values := map[string]string{}
	for name, value := range raw {
		flag := cmd.Flags().Lookup(name)
		if flag == nil || name == "config" || name == "help" {
			return nil, usage("--config %s: unknown setting %q; %s knows %s", path, name, cmd.CommandPath(), strings.Join(flagNames(cmd), ", "))
		}
		if _, nested := value.(map[string]any); nested {
			return nil, usage("--config %s: %s is one value, not a table", path, name)
		}
		values[name] = fmt.Sprint(value)
	}
	return values, nil
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "config" && f.Name != "help" {
			names = append(names, f.Name)
		}
	})
	slices.Sort(names)
	return names
}
