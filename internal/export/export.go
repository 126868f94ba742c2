// Package export writes what a site knows for the world outside of it: a FHIR R4 Bundle, CSV tables for a spreadsheet,
// the report of a day as a page to print, and who saw which health texts.
//
// It promises never to say more than View: a Row is made by See and by nothing else, and every document is made of rows
// alone. What View withheld is left out, or where a format demands it, marked as masked. It refuses to read or to judge:
// no store, no session, no clock; the same rows give the same bytes.
package export

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

// Row is a record as its reader may see it.
type Row struct {
	Kind   string
	ID     record.ID
	Day    string // service-day; empty for what belongs to none
	Fields map[string]any
}

// See makes the row of a record, or false when the reader may not know of it.
func See(reader clinic.Actor, day *clinic.Day, r *record.Record) (Row, bool) {
	fields, visible := clinic.View(reader, day, r)
	return Row{Kind: r.Kind, ID: r.ID, Day: r.Day, Fields: fields}, visible
}

// Site says whose rows they are, and when they were read (clinic time).
type Site struct {
	ID   record.ID
	Name string
	Zone *time.Location
	At   time.Time
}

// Book is a set of rows with what is needed to find one by another. It is not changed once it is made.
type Book struct {
	site   Site
	byKind map[string][]Row
	byID   map[string]Row

	remedies map[string]int // by entry
}

// NewBook takes over rows in any order; of two rows of one record the first counts.
func NewBook(site Site, rows []Row) *Book {
	b := &Book{site: site, byKind: map[string][]Row{}, byID: map[string]Row{}, remedies: map[string]int{}}
	for _, r := range rows {
		key := r.Kind + " " + r.ID.String()
		if _, twice := b.byID[key]; twice {
			continue
		}
		b.byID[key] = r
		b.byKind[r.Kind] = append(b.byKind[r.Kind], r)
	}
	for _, r := range b.byKind[clinic.KindRemedy] {
		b.remedies[r.text("entry")]++
	}
	for _, list := range b.byKind {
		slices.SortFunc(list, inTime)
	}
	return b
}

// began names the field that says when a record of a kind began.
var began = map[string]string{
	clinic.KindEntry: "checkedInAt", clinic.KindAppointment: "slot", clinic.KindConsultation: "startedAt", clinic.KindRemedy: "createdAt",
	clinic.KindAmendment: "createdAt", clinic.KindNotification: "sentAt", clinic.KindAudit: "at", clinic.KindCentralAudit: "at", clinic.KindErasure: "at",
}

func inTime(a, b Row) int {
	// Times are written alike, so their texts sort as they do.
	if c := strings.Compare(a.Day+a.text(began[a.Kind]), b.Day+b.text(began[b.Kind])); c != 0 {
		return c
	}
	return slices.Compare(a.ID[:], b.ID[:])
}

// find is the row that a field names, and false when it is not in the book.
func (b *Book) find(kind, id string) (Row, bool) {
	r, ok := b.byID[kind+" "+id]
	return r, ok && id != ""
}

// name is what a guruji, person or member of staff is called, empty when that may not be known.
func (b *Book) name(kind, id string) string {
	r, _ := b.find(kind, id)
	return r.text("name")
}

// personOf is the person a row is about: its own, or that of the entry it belongs to.
func (b *Book) personOf(r Row) string {
	if person := r.text("person"); person != "" {
		return person
	}
	if r.Kind == clinic.KindAmendment {
		if of, ok := b.find(clinic.KindConsultation, r.text("consultation")); ok {
			return b.personOf(of)
		}
	}
	entry, _ := b.find(clinic.KindEntry, r.text("entry"))
	return entry.text("person")
}

func (r Row) text(field string) string {
	if field == "id" {
		return r.ID.String()
	}
	switch v := r.Fields[field].(type) {
	case string:
		return v
	case nil:
		return ""
	default:
		return fmt.Sprint(v)
	}
}

func (r Row) number(field string) (int64, bool) {
	n, ok := r.Fields[field].(int64)
	return n, ok
}

func (r Row) flag(field string) bool {
	on, _ := r.Fields[field].(bool)
	return on
}

// time is zero for a time that is unknown or withheld.
func (r Row) time(field string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, r.text(field))
	if err != nil {
		return time.Time{}
	}
	return t
}

func (r Row) list(field string) []any {
	items, _ := r.Fields[field].([]any)
	return items
}
