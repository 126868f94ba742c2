package commit

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/aashram-care/sangam/sync/feed"
)

// corner is the first byte of the committer's own rows; those below feed.FreeKeys are the feed's.
const corner = "c"

const (
	spaceKeys       = 'k' // actor, action id: keyRow
	spaceJournal    = 'j' // time, serial: journalRow
	spaceEvents     = 'e' // scope, last seq: events of one transaction
	spaceTold       = 't' // up to which row of the journal events were deleted
	spaceEventFloor = 'g' // scope: last seq whose events were pruned
)

const epochName = "token epoch"

func space(of byte, parts ...[]byte) []byte {
	n := len(corner) + 1
	for _, p := range parts {
		n += len(p)
	}
	key := append(make([]byte, 0, n), corner...)
	key = append(key, of)
	for _, p := range parts {
		key = append(key, p...)
	}
	return key
}

// spaceEnd is the first key after all of a part.
func spaceEnd(of byte) []byte { return space(of + 1) }

// sized puts a length before a part that others follow, so that no two lists of parts share their bytes.
func sized(part string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(part))), part...)
}

func seqBytes(s feed.Seq) []byte { return binary.BigEndian.AppendUint64(nil, uint64(s)) }

// loadEpoch returns the series the store last gave tokens of, 0 for none.
func loadEpoch(tx feed.Tx) (int, error) {
	data, err := feed.Meta(tx, epochName)
	if err != nil || len(data) == 0 {
		return 0, err
	}
	n, size := binary.Uvarint(data)
	if size != len(data) {
		return 0, fmt.Errorf("read %s: %w", epochName, errDamagedRow)
	}
	return int(n), nil
}

func saveEpoch(tx feed.Tx, epoch int) error {
	return feed.SetMeta(tx, epochName, slices.Clone(binary.AppendUvarint(nil, uint64(epoch))))
}
