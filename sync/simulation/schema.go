package simulation

import (
	"maps"
	"slices"

	"github.com/aashram-care/sangam/sync/record"
)

// The kinds of the simulation. A foreign record is local to whoever knows its kind, and so cannot be merged there:
// one who runs an older program writes it in good faith.
const (
	kindEntry   = "entry"
	kindRequest = "request"
	kindNotice  = "notice"
	kindForeign = "foreign"
)

const day = "2026-03-02"

var (
	ranks = []string{
		"waiting", "called", "on_hold", "no_answer", "in_service", "transferred", "closed_by_rollover", "no_show", "left", "cancelled", "done",
	}
	terminal = []string{"closed_by_rollover", "no_show", "left", "cancelled", "done"}
)

const completed = "done"

func rank(status string) int { return slices.Index(ranks, status) }

func isTerminal(status string) bool { return slices.Contains(terminal, status) }

// schemaOf is what a program of a version knows. The older one lacks a field of each shape, an index and a kind.
func schemaOf(old bool) record.Schema {
	entry := record.KindSchema{
		Scope: record.Site, HasDay: true,
		Fields: map[string]record.FieldSchema{
			"created": {Policy: record.Once}, "status": {Policy: record.StatusPolicy},
			"completions": {Policy: record.Grow}, "putBacks": {Policy: record.Grow}, "text": {}, "deleted": {},
		},
		Status: &record.StatusSchema{
			Field: "status", Ranks: ranks, Terminal: terminal, Completed: completed, Completions: "completions", PutBacks: "putBacks",
		},
		Indexes: []record.Index{{Name: "byStatus", Fields: []string{"status"}}},
	}
	s := record.Schema{
		kindRequest: {Scope: record.Site, Fields: map[string]record.FieldSchema{"state": {}, "target": {}, "text": {}, "outcome": {}}},
		kindNotice:  {Scope: record.Network, Fields: map[string]record.FieldSchema{"text": {}, "deleted": {}, "notes": {Policy: record.Grow}}},
	}
	if !old {
		entry.Fields["room"] = record.FieldSchema{}
		entry.Fields["notes"] = record.FieldSchema{Policy: record.Grow}
		entry.Indexes = append(entry.Indexes, record.Index{Name: "byRoom", Fields: []string{"room", "deleted"}})
		s[kindForeign] = record.KindSchema{Scope: record.Local, Fields: map[string]record.FieldSchema{"text": {}}}
	}
	s[kindEntry] = entry
	return s
}

// Schemas are shared: nobody changes them.
var (
	newSchema = schemaOf(false)
	oldSchema = schemaOf(true)
)

// withoutRanks merges a status as any other value.
func withoutRanks(s record.Schema) record.Schema {
	out := maps.Clone(s)
	entry := out[kindEntry]
	entry.Fields = maps.Clone(entry.Fields)
	entry.Fields["status"] = record.FieldSchema{}
	out[kindEntry] = entry
	return out
}
