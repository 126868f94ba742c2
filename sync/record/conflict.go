package record

import (
	"math"
	"strconv"
)

// ConflictsField is the grow field that lists values dropped in conflict, in
// records of every kind. ConflictKind is the kind of the records derived from
// it: {subjectKind, subject, field, value, at, writer}, all stamped with the
// lost edit's stamp, so that every node derives the same bytes.
const (
	ConflictsField = "conflicts"
	ConflictKind   = "conflict"
)

// listing is the item for one lost value: [field, hlc, writer, value, seen].
// What the lost edit had seen stands in it because its stamp leaves the
// table: the next edit must still know that it saw all that.
func listing(r *Record, d Drop) Item {
	v := appendHead(make([]byte, 0, len(d.Field)+len(d.Value)+24), majorArray, 5)
	v = appendText(v, d.Field)
	v = appendStamp(v, d.Lost.Stamp)
	v = append(v, d.Value...)
	return Item{ID: conflictID(r, d.Field, d.Lost.Stamp), Value: appendSeen(v, d.Lost.Seen)}
}

func conflictID(r *Record, field string, lost Stamp) ID {
	return Derive(ConflictKind, r.Kind, string(r.ID[:]), field,
		strconv.FormatUint(uint64(lost.HLC), 36), strconv.FormatUint(uint64(lost.Writer), 36))
}

// Lost is one listing of a record's conflicts.
type Lost struct {
	ID    ID // of the conflict record
	Field string
	Edit  StampSeen // the lost one
	Value Value
}

// Lost returns what the record lists as dropped in conflict. Items that are
// no listing are left out.
func (r *Record) Lost() []Lost {
	var out []Lost
	for _, it := range r.Items(ConflictsField) {
		if l, ok := readListing(it); ok {
			out = append(out, l)
		}
	}
	return out
}

func readListing(it Item) (Lost, bool) {
	rd := reader{data: it.Value}
	rd.tuple(5)
	l := Lost{ID: it.ID, Field: rd.text(MaxNameBytes)}
	l.Edit.Stamp = rd.stamp()
	l.Value = rd.value()
	l.Edit.Seen = rd.seen()
	ok := rd.end() == nil && l.Edit.checkClock() == nil && checkName("field", l.Field) == nil
	return l, ok
}

// Conflicts returns the conflict records that the listings of r stand for.
// They depend on the listings alone: every node derives the same ones.
func Conflicts(r *Record) []Record {
	lost := r.Lost()
	out := make([]Record, len(lost))
	for i, l := range lost {
		out[i] = r.conflict(l)
	}
	return out
}

// NewConflicts returns the conflict records of listings that after has and
// before (nil: nothing) has not.
func NewConflicts(before, after *Record) []Record {
	var out []Record
	for _, it := range after.Items(ConflictsField) {
		if before != nil {
			if _, held := findItem(before.Items(ConflictsField), it.ID); held {
				continue
			}
		}
		if l, ok := readListing(it); ok {
			out = append(out, after.conflict(l))
		}
	}
	return out
}

func (r *Record) conflict(l Lost) Record {
	at := int64(min(uint64(l.Edit.HLC)>>16, math.MaxInt64))
	return Record{
		Kind: ConflictKind, ID: l.ID, Day: r.Day,
		Stamps: []StampSeen{{Stamp: l.Edit.Stamp}},
		Fields: []Field{
			{Name: "at", Value: Int(at)},
			{Name: "field", Value: Text(l.Field)},
			{Name: "subject", Value: IDValue(r.ID)},
			{Name: "subjectKind", Value: Text(r.Kind)},
			{Name: "value", Value: l.Value},
			{Name: "writer", Value: appendWriter(nil, l.Edit.Writer)},
		},
	}
}
