package simulation

import (
	"errors"
	"slices"

	"github.com/aashram-care/sangam/sync/feed"
)

var errReadOnly = errors.New("write in a read-only transaction")

// rows are what is on a disk, in the order of keys. Values are never changed in place, so that a copy is cheap.
type rows []row

type row struct {
	key   string
	value []byte
}

// find tells where a key stands, or would stand.
func (r rows) find(key []byte) (at int, held bool) {
	low, high := 0, len(r)
	for low < high {
		if mid := int(uint(low+high) >> 1); r[mid].key < string(key) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, low < len(r) && r[low].key == string(key)
}

// transaction changes rows, and can take all of it back.
type transaction struct {
	rows  *rows
	write bool
	undo  []row // a nil value: the key was absent
}

var _ feed.Tx = (*transaction)(nil)

func (t *transaction) Get(key []byte) ([]byte, error) {
	if i, held := t.rows.find(key); held {
		return (*t.rows)[i].value, nil
	}
	return nil, nil
}

func (t *transaction) Put(key, value []byte) error {
	return t.set(string(key), append([]byte{}, value...))
}

func (t *transaction) Delete(key []byte) error { return t.set(string(key), nil) }

func (t *transaction) set(key string, value []byte) error {
	if !t.write {
		return errReadOnly
	}
	t.undo = append(t.undo, row{key, t.swap(key, value)})
	return nil
}

// swap puts a value, nil for none, and returns the one that was there.
func (t *transaction) swap(key string, value []byte) (old []byte) {
	i, held := t.rows.find([]byte(key))
	if held {
		old = (*t.rows)[i].value
	}
	switch {
	case held && value == nil:
		*t.rows = slices.Delete(*t.rows, i, i+1)
	case held:
		(*t.rows)[i].value = value
	case value != nil:
		*t.rows = slices.Insert(*t.rows, i, row{key, value})
	}
	return old
}

func (t *transaction) rollback() {
	for _, u := range slices.Backward(t.undo) {
		t.swap(u.key, u.value)
	}
}

func (t *transaction) Scan(from, to []byte, fn func(key, value []byte) (bool, error)) error {
	i, _ := t.rows.find(from)
	for ; i < len(*t.rows); i++ {
		r := (*t.rows)[i]
		if to != nil && r.key >= string(to) {
			return nil
		}
		if more, err := fn([]byte(r.key), r.value); err != nil || !more {
			return err
		}
	}
	return nil
}
