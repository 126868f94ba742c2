package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// setting is one flag of a command, with the value that it has and where that comes from.
type setting struct {
	flag        *pflag.Flag
	value, from string
	given       bool // not the default
}

// fillFlags gives every flag that the command line left out its value from the environment (SANGAM_LISTEN for
// --listen, or SANGAM_REDIS_FILE naming a file that holds the value), else from the file of --config. A name in the
// file that is no setting, or a value that does not fit, is a wrong usage.
func fillFlags(cmd *cobra.Command) error {
	_, err := settle(cmd)
	return err
}

// settle is fillFlags, and tells what became of each setting.
func settle(cmd *cobra.Command) (all []setting, err error) {
	file, err := readConfig(cmd)
	if err != nil {
		return nil, err
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !isSetting(f) || err != nil {
			return
		}
		s := setting{flag: f, value: flagText(f), from: "default", given: f.Changed}
		if f.Changed {
			s.from = "--" + f.Name
		} else if err = s.fill(cmd, file); err != nil {
			return
		}
		all = append(all, s)
	})
	return all, err
}

func isSetting(f *pflag.Flag) bool { return f.Name != "config" && f.Name != "help" }

// fill takes a value from the environment or from the file.
func (s *setting) fill(cmd *cobra.Command, file map[string]string) error {
	value, from, ok, err := fromEnvironment(s.flag.Name)
	if err != nil {
		return err
	}
	if !ok {
		if value, ok = file[s.flag.Name]; !ok {
			return nil
		}
		from = "the configuration file"
	}
	if err := cmd.Flags().Set(s.flag.Name, value); err != nil {
		return usage("%s from %s: %q does not fit: %w", s.flag.Name, from, value, err)
	}
	s.value, s.from, s.given = value, from, true
	return nil
}

func variable(flag string) string {
	return "SANGAM_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func fromEnvironment(flag string) (value, name string, ok bool, err error) {
	name = variable(flag)
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

// readConfig reads the file of --config (or SANGAM_CONFIG) as flag name -> text. One file serves a node and the
// commands around it: these leave alone what only the node knows.
func readConfig(cmd *cobra.Command) (map[string]string, error) {
	path, _ := cmd.Flags().GetString("config")
	if path = cmp.Or(path, os.Getenv("SANGAM_CONFIG")); path == "" {
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
		switch {
		case flag == nil && !isNode(cmd) && slices.Contains(nodeSettings(), name):
			continue
		case flag == nil || !isSetting(flag):
			return nil, usage("--config %s: unknown setting %q%s; %s knows %s", path, name, nearest(name, flagNames(cmd)), cmd.CommandPath(), strings.Join(flagNames(cmd), ", "))
		case value == nil:
			continue // a name without a value is not given
		}
		if values[name], err = settingText(value); err != nil {
			return nil, usage("--config %s: %s is %w", path, name, err)
		}
	}
	return values, nil
}

// settingText is a value of the file as it would stand on the command line.
func settingText(value any) (string, error) {
	switch v := value.(type) {
	case map[string]any:
		return "", fmt.Errorf("one value, not a table")
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			parts[i] = fmt.Sprint(part)
		}
		return strings.Join(parts, ","), nil
	}
	return fmt.Sprint(value), nil
}

// flagText is the value of a flag as it would stand on the command line.
func flagText(f *pflag.Flag) string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return strings.Join(list.GetSlice(), ",")
	}
	return f.Value.String()
}

func isNode(cmd *cobra.Command) bool { return cmd.Name() == "edge" || cmd.Name() == "hub" }

// nodeSettings are the settings of an edge or a hub.
func nodeSettings() []string {
	return append(flagNames(newEdge()), flagNames(newHub())...)
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if isSetting(f) {
			names = append(names, f.Name)
		}
	})
	slices.Sort(names)
	return names
}

// nearest asks whether the known name was meant that lies closest, if one lies close.
func nearest(name string, known []string) string {
	best, least := "", max(2, len(name)/3)+1
	for _, k := range known {
		if n := editDistance(name, k); n < least {
			best, least = k, n
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", best)
}

// editDistance is how many letters have to be added, removed or changed to make b of a.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			same := before
			if a[i] != b[j] {
				same++
			}
			before = row[j+1]
			row[j+1] = min(same, before+1, row[j]+1)
		}
	}
	return row[len(b)]
}
