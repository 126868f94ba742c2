package door

import (
	"cmp"
	"slices"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const mostVisits = 3

// around is what belongs to somebody beside their own record.
type around struct {
	booked    []record.Record          // appointments that nobody has come for
	visits    []record.Record          // their last entries, the latest first
	relatives map[string]record.Record // by the id in the list of relatives; who they became where two were merged
}

func (d *Door) aroundAll(tx feed.Tx, people []*record.Record) ([]around, error) {
	all := make([]around, len(people))
	for i, person := range people {
		var err error
		if all[i], err = d.around(tx, person); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (d *Door) around(tx feed.Tx, person *record.Record) (a around, err error) {
	scope, of := feed.SiteScope(d.o.Site), []record.Value{record.IDValue(person.ID)}
	err = feed.ByIndex(tx, scope, clinic.KindAppointment, "person", of, func(r record.Record) (bool, error) {
		if status := clinic.Schema.Shown(&r).Name; status == clinic.StatusBooked || status == clinic.StatusConfirmed {
			a.booked = append(a.booked, r)
		}
		return true, nil
	})
	if err != nil {
		return a, err
	}
	err = feed.ByIndex(tx, scope, clinic.KindEntry, "person", of, func(r record.Record) (bool, error) {
		a.visits = append(a.visits, r)
		return true, nil
	})
	slices.SortFunc(a.visits, func(x, y record.Record) int {
		return cmp.Or(cmp.Compare(y.Day, x.Day), cmp.Compare(y.Get("checkedInAt").Int(), x.Get("checkedInAt").Int()), slices.Compare(x.ID[:], y.ID[:]))
	})
	a.visits = slices.CompactFunc(a.visits, func(x, y record.Record) bool { return x.Day == y.Day })
	a.visits = a.visits[:min(len(a.visits), mostVisits)]
	if err != nil {
		return a, err
	}
	a.relatives, err = d.relativesOf(tx, clinic.Relatives(person))
	return a, err
}

func (d *Door) relativesOf(tx feed.Tx, ids []record.ID) (map[string]record.Record, error) {
	relatives := make(map[string]record.Record, len(ids))
	var failed error
	load := func(id record.ID) (record.Record, bool) {
		r, _, known, err := feed.Load(tx, feed.SiteScope(d.o.Site), record.Key{Kind: clinic.KindPerson, ID: id})
		if err != nil {
			failed = err
		}
		return r, known && err == nil
	}
	for _, id := range ids {
		if r, known := load(id); known {
			relatives[id.String()] = clinic.Became(r, load)
		}
	}
	return relatives, failed
}

// personRow is one of them as the asker may see them, with what belongs to them.
func personRow(day *clinic.Day, reader clinic.Actor, r *record.Record, a around) api.PersonRow {
	row := api.PersonRow{ID: r.ID.String(), Family: []api.RelativeRow{}, Consents: []api.ConsentRow{}, Upcoming: []api.UpcomingRow{}, Visits: []api.VisitRow{}}
	shown := func(r *record.Record) (seen, bool) {
		fields, visible := clinic.View(reader, day, r)
		return fields, visible
	}
	if f, visible := shown(r); visible {
		fillPerson(&row, f)
		row.Family = relativeRows(row.ID, f, a.relatives, shown)
	}
	for i := range a.booked {
		if f, visible := shown(&a.booked[i]); visible {
			row.Upcoming = append(row.Upcoming, api.UpcomingRow{
				ID: a.booked[i].ID.String(), Guruji: f.text("guruji"), Slot: f.time("slot"), Status: f.text("status"), Reference: f.text("reference"),
			})
		}
	}
	for i := range a.visits {
		if f, visible := shown(&a.visits[i]); visible {
			row.Visits = append(row.Visits, api.VisitRow{Day: a.visits[i].Day, Guruji: f.text("guruji"), Status: f.text("status")})
		}
	}
	slices.SortFunc(row.Upcoming, func(a, b api.UpcomingRow) int { return byTime(a.Slot, b.Slot) })
	return row
}

// relativeRows are somebody's relatives by name, each once; those who were erased are left out.
func relativeRows(own string, f seen, known map[string]record.Record, shown func(*record.Record) (seen, bool)) []api.RelativeRow {
	rows := []api.RelativeRow{}
	for _, link := range f.list("familyLinks") {
		l, _ := link.(map[string]any)
		guardian, _ := l["guardian"].(bool)
		proxy, _ := l["proxy"].(bool)
		row := api.RelativeRow{Person: seen(l).text("person"), Relation: seen(l).text("relation"), Guardian: guardian, Proxy: proxy}
		if relative, ok := known[row.Person]; ok {
			if relative.Get("deleted").Bool() {
				continue
			}
			row.Person = relative.ID.String()
			if f, visible := shown(&relative); visible {
				row.Name = f.text("name")
			}
		}
		if row.Person != own && !slices.ContainsFunc(rows, func(other api.RelativeRow) bool { return other.Person == row.Person }) {
			rows = append(rows, row)
		}
	}
	return rows
}

// byTime puts what has no time first.
func byTime(a, b *api.Time) int {
	var first, second time.Time
	if a != nil {
		first = a.Time
	}
	if b != nil {
		second = b.Time
	}
	return first.Compare(second)
}

func fillPerson(row *api.PersonRow, f seen) {
	row.Name, row.Phone, row.Gender, row.Place, row.Language = f.text("name"), f.text("phone"), f.text("gender"), f.text("place"), f.text("language")
	row.Guardian, row.Alike, row.Registered = f.text("guardian"), f.text("alike"), f.time("createdAt")
	if year, ok := f["birthYear"].(int64); ok {
		row.BirthYear = int(year)
	}
	for _, phone := range f.list("phones") {
		if text, ok := phone.(string); ok {
			row.Phones = append(row.Phones, text)
		}
	}
	for _, consent := range f.list("consent") {
		c, _ := consent.(map[string]any)
		given, _ := c["given"].(bool)
		row.Consents = append(row.Consents, api.ConsentRow{Purpose: seen(c).text("purpose"), Given: given, Notice: seen(c).text("notice"), At: seen(c).time("at")})
	}
	slices.SortFunc(row.Consents, func(a, b api.ConsentRow) int {
		return cmp.Or(cmp.Compare(a.Purpose, b.Purpose), byTime(a.At, b.At))
	})
}

// seen are the fields of a record as View shows it.
type seen map[string]any

func (f seen) text(name string) string {
	text, _ := f[name].(string)
	return text
}

func (f seen) list(name string) []any {
	list, _ := f[name].([]any)
	return list
}

func (f seen) time(name string) *api.Time {
	var at api.Time
	if at.UnmarshalText([]byte(f.text(name))) != nil {
		return nil
	}
	return &at
}
