package bolt

import (
	"errors"
	"fmt"
	"runtime"
)

// Why a store does not open or a transaction does not run. The text of each
// says what a person can do.
var (
	ErrLocked   = errors.New("the store is in use by another process")
	ErrNewer    = errors.New("the store was written by a newer version of this program: update the program, or restore a backup that this version made")
	ErrOlder    = errors.New("the store was written by an older version of this program: start the node once to bring it up to date")
	ErrCorrupt  = errors.New("the store is damaged: stop the node, keep a copy of the file, and restore the last backup; a linked site gets back from the centre what the centre has")
	ErrReplaced = errors.New("the store's file was replaced under the running node: restart the node")
	ErrUnsure   = errors.New("the disk failed in the middle of a commit: check the disk, then restart the node")
	// ErrReadOnlyDisk is often the kernel's answer to a disk that fails.
	ErrReadOnlyDisk = errors.New("the disk may only be read: look for its errors (dmesg), save the directory elsewhere if there are any, and mount it for writing")

	ErrReadOnly = errors.New("write in a read-only transaction")
	ErrClosed   = errors.New("the store is closed")
)

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w (%s)", ErrCorrupt, fmt.Sprintf(format, args...))
}

// caught turns a panic of bbolt, which asserts what it reads from pages, into
// ErrCorrupt. It must be deferred around calls of bbolt alone.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = damaged("%v", r)
	}
}

// caughtFault turns a fault in mapped memory, as when a file is cut short
// under the process, into ErrCorrupt, and lets every other panic through.
func caughtFault(err *error) {
	r := recover()
	if r == nil {
		return
	}
	fault, ok := r.(runtime.Error)
	if _, addressed := r.(interface{ Addr() uintptr }); !ok || !addressed {
		panic(r)
	}
	*err = damaged("%v", fault)
}
