package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/export"
	"github.com/aashram-care/sangam/sync/record"
)

type bundle struct {
	Entry []struct {
		FullURL  string
		Resource map[string]any
	}
}

// TestEveryReadersBundleIsR4 holds the bundle to HL7's schema, and to what a schema cannot say: ids are told once, and
// every address leads to a resource of the bundle.
func TestEveryReadersBundleIsR4(t *testing.T) {
	whole := fhirSchema(t)
	kinds := map[string]map[string]int{}
	for who, reader := range map[string]clinic.Actor{"admin": admin, "app": app, "centre": central, "guruji": healer} {
		text, err := bookOf(t, reader).FHIR()
		if err != nil {
			t.Fatal(err)
		}
		var value any
		var parsed bundle
		if err := json.Unmarshal(text, &value); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &parsed); err != nil {
			t.Fatal(err)
		}
		for _, fault := range whole.faults(whole, "bundle", value) {
			t.Errorf("%s: %s", who, fault)
		}
		kinds[who] = map[string]int{}
		known := map[string]bool{}
		for _, e := range parsed.Entry {
			kinds[who][fmt.Sprint(e.Resource["resourceType"])]++
			if known[e.FullURL] || e.FullURL != "urn:uuid:"+fmt.Sprint(e.Resource["id"]) {
				t.Errorf("%s: %s is told twice, or is not the address of %v", who, e.FullURL, e.Resource["id"])
			}
			known[e.FullURL] = true
		}
		for _, address := range addresses(value) {
			if !known[address] {
				t.Errorf("%s: %s leads nowhere", who, address)
			}
		}
	}
	want := map[string]string{
		"admin":  "Appointment 2 AuditEvent 5 Communication 1 Consent 2 Encounter 4 Location 3 MedicationRequest 2 Patient 2 Practitioner 2",
		"app":    "Encounter 4 Location 3 Practitioner 2",
		"guruji": "Appointment 1 CarePlan 1 Communication 1 Encounter 4 Location 3 MedicationRequest 1 Patient 1 Practitioner 2",
		"centre": "Appointment 2 Encounter 4 Location 3 Practitioner 2",
	}
	for who, counted := range kinds {
		var got []string
		for kind, n := range counted {
			got = append(got, fmt.Sprint(kind, " ", n))
		}
		slices.Sort(got)
		if have := strings.Join(got, " "); have != want[who] {
			t.Errorf("%s has %s\nwant %s", who, have, want[who])
		}
	}
}

// addresses are the urns that anything of a value refers to.
func addresses(value any) (all []string) {
	switch v := value.(type) {
	case map[string]any:
		if to, ok := v["reference"].(string); ok {
			all = append(all, to)
		}
		for _, inner := range v {
			all = append(all, addresses(inner)...)
		}
	case []any:
		for _, inner := range v {
			all = append(all, addresses(inner)...)
		}
	}
	return all
}

func TestTheBundleOfADayFieldByField(t *testing.T) {
	for who, reader := range map[string]clinic.Actor{"admin": admin, "guruji": healer} {
		text, err := bookOf(t, reader).FHIR()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "bundle-"+who+".json", text)
	}
}

func TestTablesAreReadBackAsTheyWere(t *testing.T) {
	b := bookOf(t, admin)
	for _, what := range csvs {
		table, err := b.CSV(what)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, what+".csv", table)
		if lines := readTable(t, table); len(lines) < 2 {
			t.Errorf("%s has %d lines", what, len(lines))
		}
	}
	golden(t, "breach.csv", b.Breach())
	readTable(t, b.Breach())
	if _, err := b.CSV("passwords"); err == nil {
		t.Error("a table that does not exist was written")
	}
}

func readTable(t *testing.T, table []byte) [][]string {
	t.Helper()
	rest, marked := bytes.CutPrefix(table, []byte("\xEF\xBB\xBF"))
	if !marked {
		t.Error("no byte order mark: a spreadsheet takes Devanagari for noise")
	}
	lines, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(table, []byte("\r\n")) < len(lines) {
		t.Error("lines do not end as RFC 4180 says")
	}
	return lines
}

func TestNoCellIsAFormula(t *testing.T) {
	for name, want := range map[string]string{
		"Tara": "Tara", "": "", "Ta\"ra, \"the\" one": "Ta\"ra, \"the\" one", "ताराबाई": "ताराबाई", "two\nlines": "two\nlines",
		"=1+1": "'=1+1", "+91 98": "'+91 98", "-2": "'-2", "@SUM(A1)": "'@SUM(A1)", "  =1+1": "'  =1+1", "\t=1+1": "'\t=1+1",
		"\u00a0=1": "'\u00a0=1", "＝1+1": "'＝1+1", "\r=1": "'\r=1", "a=1": "a=1", "'=1": "'=1", "\ufeff@x": "'\ufeff@x", "\tx": "'\tx", "-": "'-",
	} {
		entry := made(t, clinic.KindEntry, entryID, today, fields{"token": "A001", "status": clinic.StatusWaiting, "name": name, "checkedInAt": at(9, 0)})
		row, _ := export.See(admin, nil, &entry)
		table, err := export.NewBook(export.Site{ID: siteID, Zone: india}, []export.Row{row, row}).CSV(clinic.ExportEntries)
		if err != nil {
			t.Fatal(err)
		}
		lines := readTable(t, table)
		if len(lines) != 2 {
			t.Fatalf("%d lines for one entry", len(lines))
		}
		column := slices.Index(lines[0], "name")
		// encoding/csv reads a lone \r\n inside quotes as \n, and nothing else differently.
		if got := lines[1][column]; got != want {
			t.Errorf("%q is written as %q, want %q", name, got, want)
		}
	}
}

func TestTheReportCountsTheDay(t *testing.T) {
	b := bookOf(t, admin)
	for _, language := range export.Languages {
		page, err := b.Report(today, language)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "report-"+language+".html", page)
		for _, hole := range []string{"<th></th>", "<td></td>", "<h2></h2>", "<no value>", "<style", "<script", " style="} {
			if bytes.Contains(page, []byte(hole)) {
				t.Errorf("%s: the page has %s", language, hole)
			}
		}
	}
	other, err := b.Report(today, "xx")
	if english, _ := b.Report(today, "en"); err != nil || !bytes.Equal(other, english) {
		t.Error("who asks for an unknown language does not get English")
	}
	empty, err := b.Report("2026-01-06", "en")
	if err != nil || !bytes.Contains(empty, []byte("Nobody came")) || bytes.Contains(empty, []byte("Chandra")) {
		t.Errorf("a day without people: %v %s", err, empty)
	}
}

func TestAReportOfOddRecordsIsStillAReport(t *testing.T) {
	name := `<script>alert("x")</script>`
	records := []record.Record{
		made(t, clinic.KindGuruji, gurujiID, "", fields{"name": name}),
		made(t, clinic.KindEntry, entryID, today, fields{"guruji": gurujiID}),
		made(t, clinic.KindEntry, nobodyID, today, fields{"status": clinic.StatusDone, "checkedInAt": at(12, 0), "calledAt": at(11, 0), "startedAt": at(11, 0), "endedAt": at(10, 0)}),
		made(t, clinic.KindRemedy, record.Derive("r"), today, fields{"type": "unheard of"}),
		made(t, clinic.KindPerson, personID, "", fields{"consent": items(t, "yes", 7, nil)}),
	}
	var rows []export.Row
	for i := range records {
		if row, visible := export.See(admin, nil, &records[i]); visible {
			rows = append(rows, row)
		}
	}
	b := export.NewBook(export.Site{ID: siteID, Zone: india}, rows)
	told := everything(t, b)
	page, err := b.Report(today, "en")
	if err != nil || bytes.Contains(page, []byte("<script>")) || strings.Contains(told, "NaN") {
		t.Errorf("%v: %s", err, page)
	}
	bundle, err := b.FHIR()
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(bundle, &value); err != nil {
		t.Fatal(err)
	}
	whole := fhirSchema(t)
	if bad := whole.faults(whole, "bundle", value); len(bad) > 0 {
		t.Errorf("of odd records the bundle is not R4: %v\n%s", bad, bundle)
	}
}
