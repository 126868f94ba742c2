package commit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

var errDamagedRow = errors.New("row is damaged")

// A keyRow is what is kept of an action: enough to know it again, to give its first answer again, and to undo it.
type keyRow struct {
	hash   [16]byte // of type and data
	at     time.Time
	result json.RawMessage // api.Result, as first answered
	undo   json.RawMessage // clinic.Undo; empty when it cannot be undone
}

// contentHash tells two contents of one action id apart; white space in data makes no difference.
func contentHash(commandType string, data json.RawMessage) [16]byte {
	content := bytes.NewBuffer(make([]byte, 0, len(commandType)+1+len(data)))
	content.WriteString(commandType)
	content.WriteByte(0)
	if json.Compact(content, data) != nil { // it leaves nothing behind then
		content.Write(data)
	}
	sum := sha256.Sum256(content.Bytes())
	return [16]byte(sum[:16])
}

// rowKey is the key of an action's row: actor and action id.
func rowKey(actor string, id record.ID) []byte {
	return space(spaceKeys, []byte{byte(len(actor) >> 8), byte(len(actor))}, []byte(actor), id[:])
}

func loadKeyRow(tx feed.Tx, actor string, id record.ID) (keyRow, bool, error) {
	data, err := tx.Get(rowKey(actor, id))
	if err != nil {
		return keyRow{}, false, fmt.Errorf("read idempotency row of %s: %w", id, err)
	}
	if data == nil {
		return keyRow{}, false, nil
	}
	row, err := decodeKeyRow(bytes.Clone(data))
	if err != nil {
		return keyRow{}, false, fmt.Errorf("read idempotency row of %s: %w", id, err)
	}
	return row, true, nil
}

func (r keyRow) encode() []byte {
	b := make([]byte, 0, 16+8+4+len(r.result)+len(r.undo))
	b = append(b, r.hash[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.at.UnixMilli()))
	b = binary.BigEndian.AppendUint32(b, uint32(len(r.result)))
	b = append(b, r.result...)
	return append(b, r.undo...)
}

func decodeKeyRow(b []byte) (keyRow, error) {
	var r keyRow
	if len(b) < 28 {
		return r, errDamagedRow
	}
	copy(r.hash[:], b)
	r.at = time.UnixMilli(int64(binary.BigEndian.Uint64(b[16:])))
	n := uint64(binary.BigEndian.Uint32(b[24:]))
	if b = b[28:]; uint64(len(b)) < n {
		return r, errDamagedRow
	}
	r.result, r.undo = b[:n], b[n:]
	return r, nil
}
