package main

import (
	"encoding/json"
	"log/slog"
	"os"

	"github.com/spf13/pflag"
)

func addOutput(f *pflag.FlagSet, output *string) {
	f.StringVar(output, "output", "text", "text or json")
}

// print writes value as JSON, or as text the way asText does.
func print(output string, value any, asText func()) error {
	switch output {
	case "json":
		return json.NewEncoder(os.Stdout).Encode(value)
	case "text":
		asText()
		return nil
	}
	return usage("--output is text or json, not %q", output)
}

// logFlags are the flags of a node's log.
type logFlags struct{ level, format string }

func (l *logFlags) add(f *pflag.FlagSet) {
	f.StringVar(&l.level, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&l.format, "log-format", "text", "text or json")
}

func (l *logFlags) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.level)); err != nil {
		return nil, usage("--log-level is debug, info, warn or error, not %q", l.level)
	}
	o := &slog.HandlerOptions{Level: level}
	switch l.format {
	case "text":
		return slog.New(slog.NewTextHandler(os.Stderr, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(os.Stderr, o)), nil
	}
	return nil, usage("--log-format is text or json, not %q", l.format)
}
