// Package feedtest is a store in memory, for tests of what stands on
// sync/feed. It promises the transactions that storage promises: all or
// nothing, readers see what was committed; and it can be copied and put back
// as a disk can. It refuses to be a store for users: nothing is durable.
package feedtest

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"sort"
	"sync"

	"github.com/aashram-care/sangam/sync/feed"
)

// ErrReadOnly is what a write in a View gets.
var ErrReadOnly = errors.New("write in a read-only transaction")

// Memory is a store in memory. The zero value is an empty one.
type Memory struct {
	mu   sync.RWMutex // guards all below
	rows map[string][]byte
	keys []string // sorted
}

// Snapshot is a copy of a Memory at one moment; the zero value is an empty
// disk.
type Snapshot struct {
	rows map[string][]byte
	keys []string
}

// Update runs fn in a transaction that is kept if fn returns nil.
func (m *Memory) Update(fn func(feed.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	tx := &tx{m: m, write: true}
	kept := false
	defer func() {
		if !kept {
			tx.rollback()
		}
	}()
	err := fn(tx)
	kept = err == nil
	return err
}

// View runs fn in a read-only transaction.
func (m *Memory) View(fn func(feed.Tx) error) error {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return fn(&tx{m: m})
}

// Snapshot copies the store.
func (m *Memory) Snapshot() Snapshot {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return Snapshot{rows: maps.Clone(m.rows), keys: slices.Clone(m.keys)}
}

// Restore puts an old copy in the place of what is there, as a backup does.
// Whoever goes on writing must first mint timelines, as at any open.
func (m *Memory) Restore(s Snapshot) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows, m.keys = maps.Clone(s.rows), slices.Clone(s.keys)
}

// Len returns the number of rows.
func (m *Memory) Len() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.keys)
}

type tx struct {
	m     *Memory
	write bool
	undo  []undo
}

type undo struct {
	key string
	old []byte // nil: was absent
}

func (t *tx) Get(key []byte) ([]byte, error) { return t.m.rows[string(key)], nil }

func (t *tx) Put(key, value []byte) error {
	if !t.write {
		return ErrReadOnly
	}
	k := string(key)
	t.undo = append(t.undo, undo{k, t.m.rows[k]})
	t.m.set(k, append([]byte{}, value...))
	return nil
}

func (t *tx) Delete(key []byte) error {
	if !t.write {
		return ErrReadOnly
	}
	k := string(key)
	t.undo = append(t.undo, undo{k, t.m.rows[k]})
	t.m.set(k, nil)
	return nil
}

func (m *Memory) set(key string, value []byte) {
	i := sort.SearchStrings(m.keys, key)
	held := i < len(m.keys) && m.keys[i] == key
	switch {
	case value == nil && held:
		m.keys = slices.Delete(m.keys, i, i+1)
		delete(m.rows, key)
	case value != nil && !held:
		if m.rows == nil {
			m.rows = map[string][]byte{}
		}
		m.keys = slices.Insert(m.keys, i, key)
		m.rows[key] = value
	case value != nil:
		m.rows[key] = value
	}
}

func (t *tx) rollback() {
	for _, u := range slices.Backward(t.undo) {
		t.m.set(u.key, u.old)
	}
}

func (t *tx) Scan(from, to []byte, fn func(key, value []byte) (bool, error)) error {
	for i := sort.SearchStrings(t.m.keys, string(from)); i < len(t.m.keys); i++ {
		key := []byte(t.m.keys[i])
		if to != nil && bytes.Compare(key, to) >= 0 {
			return nil
		}
		if more, err := fn(key, t.m.rows[t.m.keys[i]]); err != nil || !more {
			return err
		}
	}
	return nil
}
