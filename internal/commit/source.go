package commit

import (
	"fmt"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// source is a clinic.Source over a transaction, for one site. The clinic's lookups cannot fail, so the first error of
// the store is kept in err and whoever made the source looks there before it trusts an answer.
type source struct {
	tx     feed.Tx
	schema record.Schema
	site   feed.Scope // empty at the centre, for what belongs to no site
	local  feed.Scope
	err    error
}

var _ clinic.Source = (*source)(nil)

func (c *Committer) source(tx feed.Tx, site record.ID) *source {
	s := &source{tx: tx, schema: c.o.Rules.Schema, local: c.o.Local}
	if !site.IsZero() {
		s.site = feed.SiteScope(site)
	}
	return s
}

// scopeOf is where records of a kind live; empty: a site's, and there is no site.
func (s *source) scopeOf(kind string) feed.Scope {
	switch s.schema[kind].Scope {
	case record.Network:
		return feed.Network
	case record.Local:
		return s.local
	}
	return s.site
}

func (s *source) Load(kind string, id record.ID) (record.Record, bool) {
	scope := s.scopeOf(kind)
	if scope == "" {
		return record.Record{}, false
	}
	r, _, ok, err := feed.Load(s.tx, scope, record.Key{Kind: kind, ID: id})
	s.note(err)
	return r, ok && err == nil
}

func (s *source) ByIndex(kind, index string, key ...record.Value) []record.Record {
	var found []record.Record
	if scope := s.scopeOf(kind); scope != "" {
		s.note(feed.ByIndex(s.tx, scope, kind, index, key, func(r record.Record) (bool, error) {
			found = append(found, r)
			return true, nil
		}))
	}
	return found
}

func (s *source) ByDay(kind, day string, visit func(record.Record) bool) error {
	scope := s.scopeOf(kind)
	if scope == "" {
		return nil
	}
	return feed.ByDay(s.tx, scope, kind, day, visiting(visit))
}

func (s *source) ByKind(kind string, visit func(record.Record) bool) error {
	scope := s.scopeOf(kind)
	if scope == "" {
		return nil
	}
	return feed.ByKind(s.tx, scope, kind, visiting(visit))
}

func visiting(visit func(record.Record) bool) func(record.Record) (bool, error) {
	return func(r record.Record) (bool, error) { return visit(r), nil }
}

func (s *source) note(err error) {
	if err != nil && s.err == nil {
		s.err = fmt.Errorf("look up: %w", err)
	}
}
