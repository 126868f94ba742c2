package bolt_test

import (
	"testing"

	"github.com/aashram-care/sangam/storage/bolt"
	"github.com/aashram-care/sangam/storage/storagetest"
)

func TestStore(t *testing.T) {
	storagetest.Run(t, func(path string) (storagetest.Store, error) { return bolt.Open(path, bolt.Options{}) })
}
