package feed

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// Hot is a Tx that holds back the few rows which every write of a scope
// touches again, its head and the sums of its days, so that a transaction of
// many edits puts each of them once. Flush must be called before the
// transaction ends; what it holds is lost otherwise.
type Hot struct {
	Tx
	rows map[string]*hotRow
}

type hotRow struct {
	value []byte // nil: there is none
	dirty bool
}

// NewHot returns tx with such rows held back.
func NewHot(tx Tx) *Hot { return &Hot{Tx: tx, rows: map[string]*hotRow{}} }

func isHot(key []byte) bool {
	return len(key) > 0 && (key[0] == tableHead || key[0] == tableDigest)
}

// Get returns what Put or Delete left, or what the store holds.
func (h *Hot) Get(key []byte) ([]byte, error) {
	if !isHot(key) {
		return h.Tx.Get(key)
	}
	if r := h.rows[string(key)]; r != nil {
		return r.value, nil
	}
	value, err := h.Tx.Get(key)
	if err == nil {
		h.rows[string(key)] = &hotRow{value: value}
	}
	return value, err
}

// Put keeps a copy of value where key is one of the rows held back.
func (h *Hot) Put(key, value []byte) error {
	if !isHot(key) {
		return h.Tx.Put(key, value)
	}
	h.set(key, append([]byte{}, value...))
	return nil
}

// Delete is held back as Put is.
func (h *Hot) Delete(key []byte) error {
	if !isHot(key) {
		return h.Tx.Delete(key)
	}
	h.set(key, nil)
	return nil
}

func (h *Hot) set(key, value []byte) {
	r := h.rows[string(key)]
	if r == nil {
		r = &hotRow{}
		h.rows[string(key)] = r
	}
	r.value, r.dirty = value, true
}

// Scan flushes before it reads tables of which rows are held back.
func (h *Hot) Scan(from, to []byte, fn func(key, value []byte) (bool, error)) error {
	if bytes.Compare(from, []byte{tableDigest + 1}) < 0 {
		if err := h.Flush(); err != nil {
			return err
		}
	}
	return h.Tx.Scan(from, to, fn)
}

// Flush writes what is held back, in the order of keys.
func (h *Hot) Flush() error {
	for _, key := range slices.Sorted(maps.Keys(h.rows)) {
		r := h.rows[key]
		if !r.dirty {
			continue
		}
		r.dirty = false
		err := error(nil)
		if r.value == nil {
			err = h.Tx.Delete([]byte(key))
		} else {
			err = h.Tx.Put([]byte(key), r.value)
		}
		if err != nil {
			return fmt.Errorf("write the row %.40x: %w", key, err)
		}
	}
	return nil
}
