package bolt

import (
	"bytes"

	"github.com/tidwall/btree"
	bbolt "go.etcd.io/bbolt"
)

// A row is what a transaction put under a key, or that it deleted what stood
// there. Its bytes are those of the line of the log that carries it.
type row struct {
	bytes []byte // key, then value
	key   int    // length of the key
	gone  bool
}

func at(key []byte) row { return row{bytes: key, key: len(key)} }

func (r row) name() []byte { return r.bytes[:r.key:r.key] }

func (r row) value() []byte { return r.bytes[r.key:len(r.bytes):len(r.bytes)] }

// A layer is a sorted map of rows that lie above the file. A copy costs
// nothing and then goes its own way, so what is published never changes.
type layer struct{ *btree.BTreeG[row] }

// degree keeps nodes at about a kilobyte: each transaction copies those that
// it changes.
const degree = 16

func newLayer() layer {
	return layer{btree.NewBTreeGOptions(func(a, b row) bool {
		return bytes.Compare(a.bytes[:a.key], b.bytes[:b.key]) < 0
	}, btree.Options{NoLocks: true, Degree: degree})}
}

func (l layer) copy() layer { return layer{l.Copy()} }

// state is what readers see: rows not in the file yet, the newest first.
type state struct {
	active   layer
	frozen   layer  // being folded into the file; its tree is nil when none is
	frozenTo uint64 // the last transaction in frozen
}

func (st *state) layers() []layer {
	if st.frozen.BTreeG == nil {
		return []layer{st.active}
	}
	return []layer{st.active, st.frozen}
}

func (st *state) rows() int {
	n := 0
	for _, l := range st.layers() {
		n += l.Len()
	}
	return n
}

// stream reads one layer, or the file below them, in the order of keys.
type stream struct {
	over  btree.IterG[row]
	base  *bbolt.Cursor // nil: a layer is read
	key   []byte        // nil at the end
	value []byte        // of the file: as stored
	gone  bool
}

// streams begins to read all layers and the file at from.
func (t *tx) streams(from []byte) ([]stream, error) {
	all := make([]stream, 0, len(t.over)+1)
	for _, l := range t.over {
		if l.Len() == 0 {
			continue
		}
		s := stream{over: l.Iter()}
		s.take(s.over.Seek(at(from)))
		all = append(all, s)
	}
	s := stream{base: t.base.Cursor()}
	var err error
	s.key, s.value, err = move(func() ([]byte, []byte) { return s.base.Seek(from) })
	return append(all, s), err
}

func (s *stream) take(found bool) {
	if !found {
		s.key = nil
		return
	}
	r := s.over.Item()
	s.key, s.value, s.gone = r.name(), r.value(), r.gone
}

func (s *stream) next() (err error) {
	if s.base == nil {
		s.take(s.over.Next())
		return nil
	}
	s.key, s.value, err = move(s.base.Next)
	return err
}

// least is the stream that stands at the least key; of several the newest.
func least(all []stream) *stream {
	first := &all[0]
	for i := range all[1:] {
		s := &all[1+i]
		if s.key != nil && (first.key == nil || bytes.Compare(s.key, first.key) < 0) {
			first = s
		}
	}
	return first
}

// Scan reads the layers and the file side by side.
func (t *tx) Scan(from, to []byte, fn func(key, value []byte) (bool, error)) error {
	if t.base == nil {
		return errEnded
	}
	all, err := t.streams(from)
	for err == nil {
		s := least(all)
		key, value := s.key, s.value
		if key == nil || to != nil && bytes.Compare(key, to) >= 0 {
			return nil
		}
		if !s.gone {
			if s.base != nil {
				if value, err = open(key, value); err != nil {
					return err
				}
			}
			if more, err := fn(key, value); err != nil || !more {
				return err
			}
		}
		err = pass(all, key)
	}
	return err
}

// pass moves every stream that stands at key.
func pass(all []stream, key []byte) error {
	for i := range all {
		if s := &all[i]; s.key != nil && bytes.Equal(s.key, key) {
			if err := s.next(); err != nil {
				return err
			}
		}
	}
	return nil
}

func move(step func() ([]byte, []byte)) (key, stored []byte, err error) {
	defer caught(&err)
	key, stored = step()
	return key, stored, nil
}
