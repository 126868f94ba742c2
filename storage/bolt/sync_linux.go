package bolt

import (
	"errors"
	"os"
	"syscall"
)

// syncData makes what was written to f durable, with what is needed to read
// it again.
func syncData(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if !errors.Is(err, syscall.EINTR) {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
