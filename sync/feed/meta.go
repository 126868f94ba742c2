package feed

import "fmt"

// Meta returns a small named value of the store, nil when there is none: its
// schema version, the node's id, the site's. The bytes are the caller's.
func Meta(tx Tx, name string) ([]byte, error) {
	v, err := tx.Get(metaKey(name))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if v == nil {
		return nil, nil
	}
	return append([]byte{}, v...), nil
}

// SetMeta writes a small named value; nil removes it.
func SetMeta(tx Tx, name string, value []byte) error {
	var err error
	if value == nil {
		err = tx.Delete(metaKey(name))
	} else {
		err = tx.Put(metaKey(name), value)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

func metaKey(name string) []byte { return append([]byte{tableMeta}, name...) }
