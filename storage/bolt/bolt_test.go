package bolt_test

import (
	"testing"

	"github.com/aashram-care/sangam/storage/bolt"
	"github.com/aashram-care/sangam/storage/storagetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(path string) (storagetest.Store, error) { return bolt.Open(path, bolt.Options{}) })
}

// Folds of the log are on their way whenever something happens, and now and
// then a transaction is too large for it.
func TestStoreThatFoldsAllTheTime(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(path string) (storagetest.Store, error) {
		return bolt.Open(path, bolt.Options{LogBytes: 8 << 10})
	})
}
