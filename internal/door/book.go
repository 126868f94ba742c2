package door

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/export"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// seenAtOnce is how many records are looked at while the day is held, which its committer waits for.
const seenAtOnce = 256

// needed are the kinds that an export is made of: those of the days it spans, and those that it names.
var needed = map[string]struct{ daily, whole []string }{
	clinic.ExportFHIR: {
		[]string{clinic.KindEntry, clinic.KindAppointment, clinic.KindRemedy, clinic.KindNotification, clinic.KindAudit},
		[]string{clinic.KindGuruji, clinic.KindStaff, clinic.KindDevice}},
	clinic.ExportEntries:      {[]string{clinic.KindEntry}, []string{clinic.KindGuruji}},
	clinic.ExportAppointments: {[]string{clinic.KindAppointment}, []string{clinic.KindGuruji}},
	clinic.ExportConsultations: {
		[]string{clinic.KindConsultation, clinic.KindEntry, clinic.KindRemedy}, []string{clinic.KindGuruji}},
	clinic.ExportAudit:    {[]string{clinic.KindAudit}, []string{clinic.KindStaff, clinic.KindDevice}},
	clinic.ExportErasures: {nil, []string{clinic.KindErasure, clinic.KindStaff}},
	clinic.ExportBreach: {
		[]string{clinic.KindAudit, clinic.KindEntry, clinic.KindConsultation, clinic.KindAmendment, clinic.KindRemedy},
		[]string{clinic.KindGuruji, clinic.KindStaff, clinic.KindDevice}},
	clinic.ExportReport: {[]string{clinic.KindEntry, clinic.KindAppointment}, []string{clinic.KindGuruji}},
}

// collector gathers the rows of one export, one transaction a day.
type collector struct {
	d      *Door
	reader clinic.Actor
	site   record.ID
	scope  feed.Scope
	in     clinic.Export
	own    clinic.Settings
	rows   []export.Row
	people map[record.ID]bool // who is named by the records so far
}

// bookOf reads what an export needs, as its reader may see it. The export was permitted, so its days are days.
func (d *Door) bookOf(ctx context.Context, reader clinic.Actor, site record.ID, in clinic.Export) (*export.Book, error) {
	c := &collector{d: d, reader: reader, site: site, scope: feed.SiteScope(site), in: in, people: map[record.ID]bool{}}
	if !d.o.Core.Day(site, func(day *clinic.Day) { c.own = day.Settings() }) {
		return nil, refuse(http.StatusNotFound, clinic.CodeNotFound, "This node has no such site.")
	}
	if err := c.collect(ctx); err != nil {
		return nil, fmt.Errorf("read what is exported as %s: %w", in.What, err)
	}
	return export.NewBook(export.Site{ID: site, Name: c.own.Name, Zone: c.own.Zone(), At: d.o.ClinicNow()}, c.rows), nil
}

func (c *collector) collect(ctx context.Context) error {
	for _, kind := range needed[c.in.What].whole {
		if err := c.read(func(tx feed.Tx, take func(record.Record) (bool, error)) error {
			return feed.ByKind(tx, c.scope, kind, take)
		}); err != nil {
			return err
		}
	}
	if !c.in.Person.IsZero() {
		return c.read(c.person)
	}
	to := c.in.To
	if to == "" {
		to = c.in.From
	}
	days, err := clinic.Dates(c.in.From, to)
	if err != nil {
		return err
	}
	for _, date := range days {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.read(func(tx feed.Tx, take func(record.Record) (bool, error)) error { return c.day(tx, date, take) }); err != nil {
			return err
		}
	}
	if c.in.What == clinic.ExportFHIR || c.in.What == clinic.ExportBreach {
		return c.read(c.named)
	}
	return nil
}

// read runs one transaction and looks at its records afterwards, when nobody waits for it.
func (c *collector) read(with func(feed.Tx, func(record.Record) (bool, error)) error) error {
	var found []record.Record
	err := c.d.o.Core.View(func(tx feed.Tx) error {
		return with(tx, func(r record.Record) (bool, error) {
			found = append(found, r)
			return true, nil
		})
	})
	if err != nil {
		return err
	}
	for len(found) > 0 {
		some := found[:min(len(found), seenAtOnce)]
		found = found[len(some):]
		if !c.d.o.Core.Day(c.site, func(day *clinic.Day) { c.see(day, some) }) {
			return refuse(http.StatusNotFound, clinic.CodeNotFound, "This node has no such site.")
		}
	}
	return nil
}

func (c *collector) see(day *clinic.Day, records []record.Record) {
	for i := range records {
		r := &records[i]
		if r.Kind == clinic.KindErasure && !c.within(r) {
			continue
		}
		row, visible := export.See(c.reader, day, r)
		if !visible {
			continue
		}
		c.rows = append(c.rows, row)
		c.name(row)
	}
}

// name notes whom a row is about.
func (c *collector) name(row export.Row) {
	ids := []any{row.Fields["person"]}
	if row.Fields["kind"] == clinic.KindPerson {
		many, _ := row.Fields["subjects"].([]any)
		ids = append(append(ids, row.Fields["subject"]), many...)
	}
	for _, id := range ids {
		text, _ := id.(string)
		if person, err := record.ParseID(text); err == nil {
			c.people[person] = true
		}
	}
}

// within tells whether something that belongs to no day happened in the days of the export.
func (c *collector) within(r *record.Record) bool {
	from, to := c.in.From, c.in.To
	if to == "" {
		to = from
	}
	date := clinic.ServiceDay(r.Get("at").Time(), c.own.Zone())
	return from <= date && date <= to
}

func (c *collector) day(tx feed.Tx, date string, take func(record.Record) (bool, error)) error {
	for _, kind := range needed[c.in.What].daily {
		if err := feed.ByDay(tx, c.scope, kind, date, take); err != nil {
			return err
		}
	}
	if c.in.What == clinic.ExportReport {
		return c.load(tx, clinic.KindDay, clinic.DayID(date), take)
	}
	return nil
}

func (c *collector) load(tx feed.Tx, kind string, id record.ID, take func(record.Record) (bool, error)) error {
	r, _, known, err := feed.Load(tx, c.scope, record.Key{Kind: kind, ID: id})
	if err == nil && known {
		_, err = take(r)
	}
	return err
}

// named are the people whom the rows name.
func (c *collector) named(tx feed.Tx, take func(record.Record) (bool, error)) error {
	for id := range c.people {
		if err := c.load(tx, clinic.KindPerson, id, take); err != nil {
			return err
		}
	}
	return nil
}

// person is everything about one person and those who were merged into them, but for the audit, which is kept by day.
func (c *collector) person(tx feed.Tx, take func(record.Record) (bool, error)) error {
	person, _, known, err := feed.Load(tx, c.scope, record.Key{Kind: clinic.KindPerson, ID: c.in.Person})
	switch {
	case err != nil:
		return err
	case !known:
		return refuse(http.StatusNotFound, clinic.CodeNotFound, "There is no such person.")
	}
	all := []record.Record{person}
	for i := 0; i < len(all); i++ { // grows by those who were merged into the ones before
		err := feed.ByIndex(tx, c.scope, clinic.KindPerson, "merged", []record.Value{record.IDValue(all[i].ID)}, func(r record.Record) (bool, error) {
			all = append(all, r)
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	for _, one := range all {
		if _, err := take(one); err != nil {
			return err
		}
		for _, kind := range []string{clinic.KindEntry, clinic.KindAppointment, clinic.KindRemedy} {
			err := feed.ByIndex(tx, c.scope, kind, "person", []record.Value{record.IDValue(one.ID)}, func(r record.Record) (bool, error) {
				if kind == clinic.KindEntry {
					if err := feed.ByIndex(tx, c.scope, clinic.KindNotification, "to", []record.Value{record.IDValue(r.ID)}, take); err != nil {
						return false, err
					}
				}
				return take(r)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
