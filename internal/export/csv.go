package export

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/aashram-care/sangam/internal/clinic"
)

// byteOrderMark makes spreadsheets read the table as UTF-8.
const byteOrderMark = "\uFEFF"

// column is one column of a table: its heading and what of a row stands in it.
type column struct {
	name string
	cell func(*Book, Row) string
}

func field(name, of string) column {
	return column{name, func(_ *Book, r Row) string { return r.text(of) }}
}

func moment(name, of string) column {
	return column{name, func(b *Book, r Row) string { return b.local(r.time(of)) }}
}

func called(name, kind, of string) column {
	return column{name, func(b *Book, r Row) string { return b.name(kind, r.text(of)) }}
}

func between(name, from, to string) column {
	return column{name, func(_ *Book, r Row) string { return minutes(r.time(from), r.time(to)) }}
}

func yes(name string, holds func(Row) bool) column {
	return column{name, func(_ *Book, r Row) string {
		if holds(r) {
			return "yes"
		}
		return ""
	}}
}

func date(name string) column { return column{name, func(_ *Book, r Row) string { return r.Day }} }

var tables = map[string]struct {
	kinds   []string
	columns []column
}{
	clinic.ExportEntries: {[]string{clinic.KindEntry}, []column{
		date("date"), field("token", "token"), field("status", "status"), called("guruji", clinic.KindGuruji, "guruji"), field("room", "room"),
		moment("checked in", "checkedInAt"), moment("called", "calledAt"), moment("started", "startedAt"), moment("ended", "endedAt"),
		between("minutes until called", "checkedInAt", "calledAt"), between("minutes with the guruji", "startedAt", "endedAt"),
		yes("emergency", func(r Row) bool { n, known := r.number("band"); return known && n == clinic.BandEmergency }),
		field("credit for", "creditFor"), yes("late", func(r Row) bool { return r.flag("late") }), moment("appointment at", "slot"),
		field("misses", "misses"), field("recalls", "recalls"), field("how they came", "createdHow"), field("language", "language"),
		field("name", "name"), field("phone", "phone"), field("id", "id"),
	}},
	clinic.ExportAppointments: {[]string{clinic.KindAppointment}, []column{
		date("date"), moment("time", "slot"), field("minutes", "minutes"), field("status", "status"),
		called("guruji", clinic.KindGuruji, "guruji"), field("recurring", "recurring"), moment("reminded", "remindedAt"),
		field("name", "name"), field("phone", "phone"), field("id", "id"),
	}},
	clinic.ExportConsultations: {[]string{clinic.KindConsultation}, []column{
		date("date"), called("guruji", clinic.KindGuruji, "guruji"),
		{"token", func(b *Book, r Row) string { e, _ := b.find(clinic.KindEntry, r.text("entry")); return e.text("token") }},
		{"name", func(b *Book, r Row) string { e, _ := b.find(clinic.KindEntry, r.text("entry")); return e.text("name") }},
		moment("started", "startedAt"), moment("ended", "endedAt"), between("minutes", "startedAt", "endedAt"),
		yes("undone", func(r Row) bool { return r.flag("void") }),
		{"remedies", func(b *Book, r Row) string { return strconv.Itoa(b.remedies[r.text("entry")]) }}, field("id", "id"),
	}},
	clinic.ExportAudit: {[]string{clinic.KindAudit, clinic.KindCentralAudit}, []column{
		date("date"), moment("at", "at"), {"who", func(b *Book, r Row) string { return b.actorName(r.text("actor")) }},
		field("role", "role"), field("action", "type"), field("on", "kind"),
		{"id of what", func(_ *Book, r Row) string { return strings.Join(subjects(r), " ") }},
		{"fields", func(_ *Book, r Row) string { return strings.Join(texts(r.list("fields")), " ") }},
		field("device", "device"), field("id of who", "actor"), moment("acted at", "actedAt"), field("id", "id"), field("id of the sign-in", "session"),
	}},
	clinic.ExportErasures: {[]string{clinic.KindErasure}, []column{
		moment("erased at", "at"), field("id of the person", "person"), {"erased by", func(b *Book, r Row) string { return b.actorName(r.text("by")) }},
		field("id of who erased", "by"),
	}},
}

// CSV is a table of the book (one of clinic's exports that is a table): UTF-8 with a byte order mark, every cell quoted,
// lines ended as RFC 4180 says, and no cell that a spreadsheet would take for a formula.
func (b *Book) CSV(what string) ([]byte, error) {
	table, ok := tables[what]
	if !ok {
		return nil, fmt.Errorf("write csv: there is no table %q", what)
	}
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	var cells []string
	for _, c := range table.columns {
		cells = append(cells, c.name)
	}
	writeLine(&out, cells)
	for _, kind := range table.kinds {
		for _, r := range b.byKind[kind] {
			cells = cells[:0]
			for _, c := range table.columns {
				cells = append(cells, c.cell(b, r))
			}
			writeLine(&out, cells)
		}
	}
	return out.Bytes(), nil
}

func writeLine(out *bytes.Buffer, cells []string) {
	for i, cell := range cells {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('"')
		out.WriteString(strings.ReplaceAll(harmless(cell), `"`, `""`))
		out.WriteByte('"')
	}
	out.WriteString("\r\n")
}

// harmless puts an apostrophe before what a spreadsheet would compute: quotes alone do not keep it from that, and blanks
// in front are skipped by some.
func harmless(cell string) string {
	if start := strings.TrimLeft(cell, " \t\r\n\u00A0\uFEFF"); start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) || strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r") {
		return "'" + cell
	}
	return cell
}

// local is a time as a spreadsheet reads it, by the site's own clock.
func (b *Book) local(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(b.site.Zone).Format("2006-01-02 15:04:05")
}

// minutes between two times with one decimal, empty when either is unknown.
func minutes(from, to time.Time) string {
	if from.IsZero() || to.Before(from) {
		return ""
	}
	return strconv.FormatFloat(math.Round(to.Sub(from).Minutes()*10)/10, 'f', -1, 64)
}

// actorName is the name of a member of staff, or of a device; empty for apps, patients and the node itself.
func (b *Book) actorName(id string) string {
	for _, kind := range []string{clinic.KindStaff, clinic.KindCentralStaff, clinic.KindDevice} {
		if name := b.name(kind, id); name != "" {
			return name
		}
	}
	return ""
}

// subjects are the ids of the records that an audit is about.
func subjects(audit Row) []string {
	if id := audit.text("subject"); id != "" {
		return []string{id}
	}
	return texts(audit.list("subjects"))
}

func texts(list []any) []string {
	var out []string
	for _, item := range list {
		if text, ok := item.(string); ok {
			out = append(out, text)
		}
	}
	return out
}
