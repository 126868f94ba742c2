package door

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	mostPeople  = 20
	leastLetter = 2
	leastDigits = 4
)

func (d *Door) peopleOperations(a huma.API) {
	huma.Register(a, Operation(http.MethodGet, "/api/v1/people", "people",
		"For the desk of a site: whom it knows, by name, telephone number or id", false, http.StatusNotFound), d.people)
}

// people looks through all whom the site knows. That is a walk over every person, which is why one is made at a time.
func (d *Door) people(ctx context.Context, in *struct {
	Asked string `query:"q" required:"true" maxLength:"200" example:"usha pa" doc:"Beginnings of words of a name (two letters at least), four digits of a telephone number in a row, or an id"`
}) (*struct{ Body api.People }, error) {
	s, err := signedInAs(ctx, clinic.RoleCoordinator, clinic.RoleAdmin)
	if err != nil {
		return nil, err
	}
	fits, err := lookedFor(in.Asked)
	if err != nil {
		return nil, err
	}
	if !d.looking.TryLock() {
		return nil, retryLater(http.StatusServiceUnavailable, clinic.CodeUnavailable, "Somebody else is being looked for. Try again in a moment.", time.Second)
	}
	defer d.looking.Unlock()
	out := &struct{ Body api.People }{api.People{People: []api.PersonRow{}}}
	var found []*record.Record
	var around []around
	err = d.o.Core.View(func(tx feed.Tx) (err error) {
		if found, err = d.knownPeople(ctx, tx, fits); err != nil {
			return err
		}
		out.Body.More = len(found) > mostPeople
		found = found[:min(len(found), mostPeople)]
		around, err = d.aroundAll(tx, found)
		return err
	})
	if err != nil {
		return nil, d.Answer(fmt.Errorf("look for people: %w", err))
	}
	d.o.Core.Day(d.o.Site, func(day *clinic.Day) {
		for i, r := range found {
			out.Body.People = append(out.Body.People, personRow(day, s.rights().actor, r, around[i]))
		}
	})
	return out, nil
}

// lookedFor tells whether a person is meant by what was typed, and how well: 0 not at all.
func lookedFor(asked string) (func(*record.Record) int, error) {
	if id, err := record.ParseID(strings.TrimSpace(asked)); err == nil {
		return func(r *record.Record) int {
			if r.ID == id {
				return 1
			}
			return 0
		}, nil
	}
	name := clinic.NormalName(asked)
	digits := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, asked)
	switch {
	case digits != "" && strings.Trim(name, "0123456789 +-()") == "":
		digits = strings.TrimLeft(digits, "0") // 098220 is 98220 to whoever dials it
		if len(digits) < leastDigits {
			return nil, invalid("Give %d digits at least.", leastDigits)
		}
		return func(r *record.Record) int { return byDigits(r, digits) }, nil
	case !strings.ContainsFunc(name, unicode.IsLetter) || len([]rune(name)) < leastLetter:
		return nil, invalid("Give %d letters at least.", leastLetter)
	}
	return func(r *record.Record) int { return byName(r.Get("nameKey").Text(), name) }, nil
}

// byDigits: the whole number is better than a part of it, the first number better than another.
func byDigits(r *record.Record, digits string) int {
	var others []string
	_ = r.Get("phones").Decode(&others) // an absent list is an empty one
	switch phone := r.Get("phone").Text(); {
	case phone != "" && phone == clinic.NormalPhone(digits):
		return 3
	case strings.Contains(phone, digits):
		return 2
	case slices.ContainsFunc(others, func(other string) bool { return strings.Contains(other, digits) }):
		return 1
	}
	return 0
}

// byName: each word that was typed begins a word of the name; better in its order from the first, best as a whole.
func byName(known, asked string) int {
	words := strings.Fields(known)
	for _, typed := range strings.Fields(asked) {
		if !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, typed) }) {
			return 0
		}
	}
	switch {
	case known == asked:
		return 3
	case strings.HasPrefix(known, asked):
		return 2
	}
	return 1
}

// knownPeople are those who fit, best first and then the latest registered; those who were merged or erased are gone.
func (d *Door) knownPeople(ctx context.Context, tx feed.Tx, fits func(*record.Record) int) ([]*record.Record, error) {
	type one struct {
		r    record.Record
		well int
	}
	var found []one
	err := feed.ByKind(tx, feed.SiteScope(d.o.Site), clinic.KindPerson, func(r record.Record) (bool, error) {
		if well := fits(&r); well > 0 && !r.Get("deleted").Bool() {
			found = append(found, one{r, well})
		}
		return true, ctx.Err()
	})
	slices.SortFunc(found, func(a, b one) int {
		return cmp.Or(cmp.Compare(b.well, a.well), cmp.Compare(b.r.Get("createdAt").Int(), a.r.Get("createdAt").Int()), slices.Compare(a.r.ID[:], b.r.ID[:]))
	})
	list := make([]*record.Record, len(found))
	for i := range found {
		list[i] = &found[i].r
	}
	return list, err
}
