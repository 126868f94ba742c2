package bolt

import (
	"fmt"
	"io"
	"runtime/debug"
)

// Backup writes the store as of now to w while it goes on working, and
// returns the bytes written. What is written is a store that Open takes; it
// begins timelines of its own there. The writer w decides on encryption.
func (s *Store) Backup(w io.Writer) (n int64, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	btx, err := s.begin(false)
	if err != nil {
		return 0, fmt.Errorf("back up: %w", err)
	}
	defer s.rollback(btx)
	if n, err = btx.WriteTo(w); err != nil {
		return n, fmt.Errorf("back up: %w", err)
	}
	return n, nil
}
