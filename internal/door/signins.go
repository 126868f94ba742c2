package door

import (
	"cmp"
	"context"
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

const mostSignIns = 50 // of one member of staff

func (d *Door) watchOperations(a huma.API) {
	huma.Register(a, Operation(http.MethodGet, "/api/v1/sign-ins", "signIns",
		"For an admin: when staff signed in and from where, and whose PIN was wrong; kept on this node alone", false, http.StatusNotFound), d.signIns)
	huma.Register(a, Operation(http.MethodGet, "/api/v1/devices", "devicesNow",
		"For an admin of a site: what each device does now", false), d.devicesNow)
}

// seat is where somebody signs in, as far as their request tells.
type seat struct{ address, screen, browser string }

func (c *caller) seat() seat { return seat{c.address, c.screen, browserOf(c.agent)} }

func (p seat) fields() map[string]record.Value {
	return map[string]record.Value{"address": record.Text(p.address), "screen": record.Text(p.screen), "browser": record.Text(p.browser)}
}

// Browsers name those they descend from as well, so the order counts.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"Chrom", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}}
	systems  = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"}, {"Mac OS X", "Mac"}, {"Linux", "Linux"}}
)

// browserOf is a User-Agent as people would say it: "Chrome, Android". What it does not know is left out.
func browserOf(agent string) string {
	var said []string
	for _, known := range [][][2]string{browsers, systems} {
		if i := slices.IndexFunc(known, func(one [2]string) bool { return strings.Contains(agent, one[0]) }); i >= 0 {
			said = append(said, known[i][1])
		}
	}
	return strings.Join(said, ", ")
}

type signInsQuery struct {
	Staff string `query:"staff" maxLength:"64" doc:"Of whom, by id; all when left out"`
}

func (d *Door) signIns(ctx context.Context, in *signInsQuery) (*struct{ Body api.SignIns }, error) {
	if _, err := signedInAs(ctx, clinic.RoleAdmin, clinic.RoleCentralAdmin); err != nil {
		return nil, err
	}
	out := &struct{ Body api.SignIns }{api.SignIns{Rows: []api.SignIn{}, Locked: d.lockout.waiting()}}
	err := d.o.Core.View(func(tx feed.Tx) error {
		if in.Staff != "" {
			id, err := record.ParseID(in.Staff)
			if err != nil {
				return invalid("The id of a member of staff is a UUID.")
			}
			staff, _, known, err := feed.Load(tx, d.o.Staff.Scope, record.Key{Kind: d.o.Staff.Kind, ID: id})
			if err != nil || !known {
				return cmp.Or[error](err, refuse(http.StatusNotFound, clinic.CodeNotFound, "There is no such member of staff."))
			}
			out.Body.Rows, err = d.signInsOf(tx, &staff)
			out.Body.Rows = out.Body.Rows[:min(len(out.Body.Rows), mostSignIns)]
			return err
		}
		return feed.ByKind(tx, d.o.Staff.Scope, d.o.Staff.Kind, func(staff record.Record) (bool, error) {
			rows, err := d.signInsOf(tx, &staff)
			for _, wrong := range []bool{false, true} {
				if i := slices.IndexFunc(rows, func(r api.SignIn) bool { return r.Wrong > 0 == wrong }); i >= 0 {
					out.Body.Rows = append(out.Body.Rows, rows[i])
				}
			}
			return true, err
		})
	})
	if err != nil {
		return nil, d.Answer(err)
	}
	newestFirst(out.Body.Rows)
	return out, nil
}

func newestFirst(rows []api.SignIn) {
	slices.SortStableFunc(rows, func(a, b api.SignIn) int { return b.At.Compare(a.At.Time) })
}

// signInsOf are all that are known of one member of staff, newest first.
func (d *Door) signInsOf(tx feed.Tx, staff *record.Record) ([]api.SignIn, error) {
	rows := []api.SignIn{}
	mayEnter := staffRights(staff) != nil
	used := d.sessions.inMemory(staff.Key())
	owner := []record.Value{record.IDValue(staff.ID)}
	err := feed.ByIndex(tx, d.o.Local, clinic.KindSession, "owner", owner, func(r record.Record) (bool, error) {
		old, err := d.sessions.ofAnotherPIN(tx, &r, staff.ID)
		if err != nil || r.Get("ownerKind").Text() != staff.Kind {
			return true, err
		}
		seen := r.Get("seenAt").Time()
		if s := used[r.ID]; s != nil {
			seen = s.lastUse()
		}
		row := rowOf(staff.ID, &r, r.Get("createdAt").Time())
		row.SeenAt, row.EndedAt = api.AtOrNil(seen), api.AtOrNil(r.Get("endedAt").Time())
		row.Open = row.EndedAt == nil && mayEnter && !old && !d.o.Now().After(seen.Add(staffIdle))
		row.Watched = row.Open && d.hears(used[r.ID])
		rows = append(rows, row)
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	wrong, err := d.wrong.of(tx, staff.ID)
	rows = append(rows, wrong...)
	newestFirst(rows)
	return rows, err
}

// hears tells whether a client of a session hears the node now, by socket or by poll.
func (d *Door) hears(s *signedIn) bool { return s != nil && d.o.Now().Sub(s.lastHeard()) <= heardGap }

func rowOf(staff record.ID, r *record.Record, at time.Time) api.SignIn {
	return api.SignIn{
		Staff: staff.String(), At: api.At(at),
		Screen: r.Get("screen").Text(), Address: r.Get("address").Text(), Browser: r.Get("browser").Text(),
	}
}

func (d *Door) devicesNow(ctx context.Context, _ *struct{}) (*struct{ Body api.DevicesNow }, error) {
	if _, err := signedInAs(ctx, clinic.RoleAdmin); err != nil {
		return nil, err
	}
	out := &struct{ Body api.DevicesNow }{api.DevicesNow{Rows: []api.DeviceNow{}}}
	var today string
	d.o.Core.Day(d.o.Site, func(day *clinic.Day) { today = day.ServiceDay() })
	err := d.o.Core.View(func(tx feed.Tx) error {
		tokens, last := map[string]int{}, map[string]time.Time{}
		err := feed.ByDay(tx, d.o.Staff.Scope, clinic.KindEntry, today, func(r record.Record) (bool, error) {
			by, at := r.Get("createdBy").Text(), r.Get("checkedInAt").Time()
			tokens[by]++
			if at.After(last[by]) {
				last[by] = at
			}
			return true, nil
		})
		if err != nil {
			return err
		}
		return feed.ByIndex(tx, d.o.Staff.Scope, clinic.KindDevice, "state", []record.Value{record.Text(deviceApproved)}, func(r record.Record) (bool, error) {
			id := r.ID.String()
			row := api.DeviceNow{Device: id, Tokens: tokens[id], LastTokenAt: api.AtOrNil(last[id])}
			var heard time.Time
			for _, s := range d.sessions.inMemory(r.Key()) {
				row.Live = row.Live || d.hears(s)
				if at := s.lastHeard(); at.After(heard) {
					heard = at
				}
			}
			row.HeardAt = api.AtOrNil(heard)
			out.Body.Rows = append(out.Body.Rows, row)
			return true, nil
		})
	})
	return out, d.Answer(err)
}
