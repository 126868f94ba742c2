package door

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	auditPage    = 50  // rows, when nobody says how many
	auditMost    = 500 // rows of one page
	auditDays    = 31  // read for one page
	auditHorizon = 366 // days that one search may span
	dateLayout   = "2006-01-02"
)

func (d *Door) auditOperations(a huma.API) {
	huma.Register(a, Operation(http.MethodGet, "/api/v1/audit", "audit", "For an admin: who did what to what, newest first", false), d.audit)
}

// auditQuery is what is looked for; fields that are left out fit everything.
type auditQuery struct {
	Actor   string `query:"actor" maxLength:"200" doc:"Who: an id, or the name of a member of staff or device"`
	Type    string `query:"type" maxLength:"64" doc:"Which command, or an area such as queue"`
	Kind    string `query:"kind" maxLength:"32" doc:"On which kind of record"`
	Subject string `query:"subject" maxLength:"64" doc:"On which record, by id"`
	From    string `query:"from" maxLength:"10" doc:"First service-day; 30 days before the last when left out"`
	To      string `query:"to" maxLength:"10" doc:"Last service-day; today when left out"`
	After   string `query:"after" maxLength:"80" doc:"next of the page before"`
	Limit   int    `query:"limit" minimum:"0" maximum:"500" doc:"Rows a page; 50 when left out"`
}

func (d *Door) audit(ctx context.Context, in *auditQuery) (*struct{ Body api.AuditPage }, error) {
	s, err := signedInAs(ctx, clinic.RoleAdmin, clinic.RoleCentralAdmin)
	if err != nil {
		return nil, err
	}
	search, err := d.auditSearch(s.rights().actor, in)
	if err != nil {
		return nil, d.Answer(err)
	}
	page, err := search.page(ctx)
	return &struct{ Body api.AuditPage }{page}, d.Answer(err)
}

// auditSearch reads the days of a search backwards.
type auditSearch struct {
	d         *Door
	reader    clinic.Actor
	kind      string // of audits here
	scope     feed.Scope
	in        *auditQuery
	names     map[string]string // of staff and devices, by id
	from      time.Time
	date      time.Time // where the page begins
	after     auditPlace
	limit     int
	dayOfNode func(func(*clinic.Day))
}

// auditPlace is where a page ended, within a day.
type auditPlace struct{ at, id string }

func (d *Door) auditSearch(reader clinic.Actor, in *auditQuery) (*auditSearch, error) {
	s := &auditSearch{d: d, reader: reader, in: in, limit: cmp.Or(in.Limit, auditPage), names: map[string]string{}}
	s.limit = min(s.limit, auditMost)
	s.dayOfNode = func(fn func(*clinic.Day)) { fn(nil) }
	s.kind, s.scope = clinic.KindCentralAudit, d.o.Local
	today := clinic.ServiceDay(d.o.ClinicNow(), time.UTC)
	if !d.o.Site.IsZero() {
		s.kind, s.scope = clinic.KindAudit, feed.SiteScope(d.o.Site)
		d.o.Core.Day(d.o.Site, func(day *clinic.Day) { today = day.ServiceDay() })
		s.dayOfNode = func(fn func(*clinic.Day)) { d.o.Core.Day(d.o.Site, fn) }
	}
	to, err := dateOf(cmp.Or(in.To, today))
	if err != nil {
		return nil, err
	}
	if s.from, err = dateOf(cmp.Or(in.From, to.AddDate(0, 0, 1-auditDays).Format(dateLayout))); err != nil {
		return nil, err
	}
	switch {
	case s.from.After(to):
		return nil, invalid("The last day lies before the first.")
	case to.Sub(s.from) >= auditHorizon*24*time.Hour:
		return nil, invalid("At most %d days at a time.", auditHorizon)
	}
	s.date = to
	return s, s.resume(to)
}

func dateOf(text string) (time.Time, error) {
	date, err := time.Parse(dateLayout, text)
	if err != nil {
		return time.Time{}, invalid("A service-day is written as 2026-01-05.")
	}
	return date, nil
}

// resume goes on where the page before ended: a day, and the time and id of its last row. Both may be made up: they only
// leave rows out.
func (s *auditSearch) resume(to time.Time) error {
	if s.in.After == "" {
		return nil
	}
	parts := strings.Split(s.in.After, "~")
	date, err := time.Parse(dateLayout, parts[0])
	if err != nil || len(parts) != 3 || date.After(to) || date.Before(s.from) {
		return invalid("This is not the next of a page of this search.")
	}
	s.date, s.after = date, auditPlace{parts[1], parts[2]}
	return nil
}

func (s *auditSearch) page(ctx context.Context) (api.AuditPage, error) {
	page := api.AuditPage{Rows: []api.AuditRow{}}
	if err := s.learnNames(); err != nil {
		return page, err
	}
	for read := 0; !s.date.Before(s.from); read++ {
		if err := ctx.Err(); err != nil {
			return page, err
		}
		date := s.date.Format(dateLayout)
		if read == auditDays {
			page.Next = date + "~~"
			return page, nil
		}
		rows, err := s.day(date)
		if err != nil {
			return page, fmt.Errorf("search the audit of %s: %w", date, err)
		}
		if room := s.limit - len(page.Rows); len(rows) > room {
			page.Rows = append(page.Rows, rows[:room]...)
			last := page.Rows[len(page.Rows)-1]
			page.Next = strings.Join([]string{date, last.At.String(), last.ID}, "~")
			return page, nil
		}
		page.Rows = append(page.Rows, rows...)
		s.after, s.date = auditPlace{}, s.date.AddDate(0, 0, -1)
	}
	return page, nil
}

// day is what fits of one day, newest first, behind the place where the page before ended.
func (s *auditSearch) day(date string) ([]api.AuditRow, error) {
	var found []record.Record
	err := s.d.o.Core.View(func(tx feed.Tx) error {
		return feed.ByDay(tx, s.scope, s.kind, date, func(r record.Record) (bool, error) {
			if s.fits(&r) {
				found = append(found, r)
			}
			return true, nil
		})
	})
	if err != nil {
		return nil, err
	}
	var rows []api.AuditRow
	s.dayOfNode(func(day *clinic.Day) {
		for i := range found {
			if fields, visible := clinic.View(s.reader, day, &found[i]); visible {
				rows = append(rows, s.row(&found[i], fields))
			}
		}
	})
	slices.SortFunc(rows, func(a, b api.AuditRow) int {
		return cmp.Or(b.At.Compare(a.At.Time), strings.Compare(b.ID, a.ID))
	})
	if s.after != (auditPlace{}) {
		rows = slices.DeleteFunc(rows, func(r api.AuditRow) bool {
			at := r.At.String()
			return at > s.after.at || at == s.after.at && r.ID >= s.after.id
		})
	}
	return rows, nil
}

func (s *auditSearch) fits(r *record.Record) bool {
	actor, command := r.Get("actor").Text(), r.Get("type").Text()
	area, _, _ := strings.Cut(command, ".")
	return (s.in.Actor == "" || s.in.Actor == actor || clinic.NormalName(s.in.Actor) == clinic.NormalName(s.names[actor])) &&
		(s.in.Type == "" || s.in.Type == command || strings.TrimSuffix(s.in.Type, ".*") == area) &&
		(s.in.Kind == "" || s.in.Kind == r.Get("kind").Text()) &&
		(s.in.Subject == "" || slices.ContainsFunc(clinic.AuditSubjects(r), func(id record.ID) bool { return id.String() == s.in.Subject }))
}

func (s *auditSearch) row(r *record.Record, fields map[string]any) api.AuditRow {
	text := func(name string) string {
		word, _ := fields[name].(string)
		return word
	}
	moment := func(name string) *api.Time {
		var at api.Time
		if at.UnmarshalText([]byte(text(name))) != nil {
			return nil
		}
		return &at
	}
	row := api.AuditRow{
		ID: r.ID.String(), Day: r.Day, At: moment("at"), ActedAt: moment("actedAt"), Type: text("type"), Actor: text("actor"),
		ActorName: s.names[text("actor")], Role: text("role"), Device: text("device"), Session: text("session"),
		Kind: text("kind"), Subject: text("subject"), Subjects: words(fields["subjects"]), Fields: append([]string{}, words(fields["fields"])...),
	}
	if row.At == nil {
		row.At = &api.Time{}
	}
	return row
}

// words are the texts of a list, as View shows one.
func words(list any) (texts []string) {
	items, _ := list.([]any)
	for _, item := range items {
		if text, ok := item.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// learnNames reads what staff and devices are called, as far as the reader may know it.
func (s *auditSearch) learnNames() error {
	var known []record.Record
	err := s.d.o.Core.View(func(tx feed.Tx) error {
		take := func(r record.Record) (bool, error) {
			known = append(known, r)
			return true, nil
		}
		if err := feed.ByKind(tx, s.d.o.Staff.Scope, s.d.o.Staff.Kind, take); err != nil || s.d.o.Site.IsZero() {
			return err
		}
		return feed.ByKind(tx, s.scope, clinic.KindDevice, take)
	})
	s.dayOfNode(func(day *clinic.Day) {
		for i := range known {
			fields, _ := clinic.View(s.reader, day, &known[i])
			if name, ok := fields["name"].(string); ok {
				s.names[known[i].ID.String()] = name
			}
		}
	})
	return err
}
