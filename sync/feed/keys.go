package feed

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/aashram-care/sangam/sync/record"
)

// The tables, by the first byte of a key. Small ones stand together, so that
// they share pages; the four large ones follow.
const (
	tableMeta   = 0x01 // name -> value
	tableScope  = 0x02 // scope -> its name
	tableHead   = 0x03 // scope -> greatest seq
	tableSpans  = 0x04 // scope -> timelines and their first seq
	tableDigest = 0x05 // scope kind day -> count, sum
	tableCursor = 0x06 // scope peer -> cursors
	tableParked = 0x07 // scope hash -> source, reason, record
	tableRecord = 0x10 // scope kind id -> seq, hi, record
	tableSeq    = 0x11 // scope seq -> kind, id, size, time, echo mark
	tableDay    = 0x12 // scope kind day id -> nothing
	tableIndex  = 0x13 // scope kind index values id -> nothing
)

// tag stands for a scope in keys: names are long and stand in every row.
// Mint refuses a scope whose tag another one has.
type tag [8]byte

func tagOf(s Scope) tag {
	sum := sha256.Sum256([]byte(s))
	return tag(sum[:8])
}

// keySize holds most keys without growing.
const keySize = 80

func (t tag) key(table byte) []byte {
	return append(append(make([]byte, 0, keySize), table), t[:]...)
}

// word appends a name that carries no zero byte, and its end.
func word(key []byte, s string) []byte { return append(append(key, s...), 0) }

func (t tag) record(k record.Key) []byte {
	return append(word(t.key(tableRecord), k.Kind), k.ID[:]...)
}

func (t tag) seq(n Seq) []byte {
	return binary.BigEndian.AppendUint64(t.key(tableSeq), uint64(n))
}

func (t tag) day(kind, day string) []byte { return word(word(t.key(tableDay), kind), day) }

func (t tag) digest(kind, day string) []byte {
	return append(word(t.key(tableDigest), kind), day...)
}

func (t tag) index(kind, index string) []byte {
	return word(word(t.key(tableIndex), kind), index)
}

// next returns the least key greater than every key that has prefix.
func next(prefix []byte) []byte {
	out := append([]byte(nil), prefix...)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i]++; out[i] != 0 {
			return out[:i+1]
		}
	}
	return nil
}

// idOf reads the id that ends a key.
func idOf(key []byte) (record.ID, bool) {
	var id record.ID
	if len(key) < len(id) {
		return id, false
	}
	copy(id[:], key[len(key)-len(id):])
	return id, true
}
