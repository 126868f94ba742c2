package door

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/export"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	fhirPath = "/fhir"
	fhirType = "application/fhir+json; charset=utf-8"
	csvType  = "text/csv; charset=utf-8"
	pageType = "text/html; charset=utf-8"
)

// file is an answer that is a document of its own.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (d *Door) exportOperations(a huma.API) {
	fhir := answersFile(Operation(http.MethodGet, fhirPath, "fhir", "A service-day or a person as a FHIR R4 Bundle, as far as the asking role may see it; audited", false, http.StatusNotFound, http.StatusServiceUnavailable), "application/fhir+json",
		map[string]any{"resourceType": "Bundle", "type": "collection", "timestamp": "2026-01-05T14:00:00.000+05:30"})
	huma.Register(a, fhir, d.fhir)
	table := answersFile(Operation(http.MethodGet, "/api/v1/exports/{what}", "exportTable", "A table of some days as CSV, as far as the asking role may see it; audited", false, http.StatusNotFound, http.StatusServiceUnavailable), "text/csv", "\uFEFF\"date\",\"token\",\"status\"\r\n\"2026-01-05\",\"A012\",\"done\"\r\n")
	huma.Register(a, table, d.exportTable)
	report := answersFile(Operation(http.MethodGet, "/api/v1/report", "report", "The numbers of a service-day as a page to print; audited", false, http.StatusNotFound, http.StatusServiceUnavailable), "text/html", "<!doctype html>")
	huma.Register(a, report, d.report)
}

func answersFile(op huma.Operation, kind string, example any) huma.Operation {
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The document",
		Content:     map[string]*huma.MediaType{kind: {Schema: &huma.Schema{}, Example: example}},
		Headers:     map[string]*huma.Param{"Content-Disposition": {Schema: &huma.Schema{Type: huma.TypeString}, Description: "Under which name to keep it"}},
	}}
	return op
}

func (d *Door) fhir(ctx context.Context, in *struct {
	Day    string `query:"day" maxLength:"10" example:"2026-01-05" doc:"A service-day; or a person"`
	Person string `query:"person" maxLength:"64" doc:"Id of a person, in place of a day"`
	Site   string `query:"site" maxLength:"64" doc:"At the hub: whose"`
}) (*file, error) {
	out := clinic.Export{What: clinic.ExportFHIR, From: in.Day}
	if in.Person != "" {
		person, err := record.ParseID(in.Person)
		if err != nil {
			return nil, invalid("The id of the person is not a UUID.")
		}
		out.Person = person
	}
	book, err := d.takeOut(ctx, in.Site, out)
	if err != nil {
		return nil, err
	}
	bundle, err := book.FHIR()
	return &file{fhirType, "", bundle}, d.Answer(err)
}

func (d *Door) exportTable(ctx context.Context, in *struct {
	What string `path:"what" maxLength:"32" enum:"entries,appointments,consultations,audit,erasures,breach" doc:"breach: who saw which health texts"`
	From string `query:"from" required:"true" maxLength:"10" example:"2026-01-01" doc:"First service-day"`
	To   string `query:"to" maxLength:"10" example:"2026-01-31" doc:"Last service-day, at most 31 in all; the first when left out"`
	Site string `query:"site" maxLength:"64" doc:"At the hub: whose"`
}) (*file, error) {
	book, err := d.takeOut(ctx, in.Site, clinic.Export{What: in.What, From: in.From, To: in.To})
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("attachment; filename=%q", in.What+"-"+in.From+".csv")
	if in.What == clinic.ExportBreach {
		return &file{csvType, name, book.Breach()}, nil
	}
	table, err := book.CSV(in.What)
	return &file{csvType, name, table}, d.Answer(err)
}

func (d *Door) report(ctx context.Context, in *struct {
	Day  string `query:"day" required:"true" maxLength:"10" example:"2026-01-05" doc:"Service-day"`
	Lang string `query:"lang" maxLength:"8" example:"hi" doc:"en or hi"`
	Site string `query:"site" maxLength:"64" doc:"At the hub: whose"`
}) (*file, error) {
	book, err := d.takeOut(ctx, in.Site, clinic.Export{What: clinic.ExportReport, From: in.Day})
	if err != nil {
		return nil, err
	}
	page, err := book.Report(in.Day, in.Lang)
	return &file{pageType, "", page}, d.Answer(err)
}

// takeOut asks the clinic whether the caller may have an export, which leaves the audit of it, and then reads the rows
// that they may see. One is made at a time: a month of a large site is much of a small box's memory.
func (d *Door) takeOut(ctx context.Context, site string, in clinic.Export) (*export.Book, error) {
	s, err := signedInAs(ctx)
	if err != nil {
		return nil, err
	}
	of, err := d.siteOf(site)
	if err != nil {
		return nil, err
	}
	if d.o.Site.IsZero() {
		in.Site = of
	}
	if !d.exporting.TryLock() {
		return nil, retryLater(http.StatusServiceUnavailable, clinic.CodeUnavailable, "Another export is being made. Try again in a moment.", 2*time.Second)
	}
	defer d.exporting.Unlock()
	actor := s.rights().actor
	if _, err := d.command(ctx, s, "data.export", in); err != nil {
		return nil, d.Answer(err)
	}
	book, err := d.bookOf(ctx, actor, of, in)
	return book, d.Answer(err)
}

// siteOf is whose data is asked for: the node's own site, or at a hub the one that is named.
func (d *Door) siteOf(text string) (record.ID, error) {
	if text == "" && !d.o.Site.IsZero() {
		return d.o.Site, nil
	}
	if text == "" {
		return record.ID{}, invalid("Of which site? Give its id as site.")
	}
	site, err := record.ParseID(text)
	if err != nil {
		return record.ID{}, invalid("The id of the site is not a UUID.")
	}
	if !d.o.Site.IsZero() && site != d.o.Site || !d.o.Core.Day(site, func(*clinic.Day) {}) {
		return record.ID{}, refuse(http.StatusNotFound, clinic.CodeNotFound, "This node has no such site.")
	}
	return site, nil
}
