package bolt

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lock opens the file and takes the lock that bbolt takes too: one writer, or
// any number of readers.
func lock(path string, o Options) (*os.File, error) {
	flag, how := os.O_RDWR, syscall.LOCK_EX
	if o.ReadOnly {
		flag, how = os.O_RDONLY, syscall.LOCK_SH
	}
	f, err := os.OpenFile(path, flag, 0o600)
	if errors.Is(err, syscall.EROFS) {
		return nil, fmt.Errorf("%w: %w", ErrReadOnlyDisk, err)
	}
	if err != nil {
		return nil, err
	}
	wait := o.Timeout
	if wait == 0 {
		wait = time.Second
	}
	for until := time.Now().Add(wait); ; time.Sleep(20 * time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("lock: %w", err), f.Close())
		}
		if !time.Now().Before(until) {
			return nil, errors.Join(fmt.Errorf("%w%s", ErrLocked, advice(f)), f.Close())
		}
	}
}

// Hold keeps every process from opening the store at path until release is
// called, for whoever puts another file in its place. It is ErrLocked while
// one has it open, and fs.ErrNotExist where there is none.
func Hold(path string) (release func() error, err error) {
	f, err := lock(path, Options{Timeout: time.Nanosecond})
	if err != nil {
		return nil, fmt.Errorf("hold the store %s: %w", path, err)
	}
	return f.Close, nil
}

// Files names what a store at path may consist of, whether there or not.
func Files(path string) []string {
	g := segmentsOf(path)
	return []string{path, g.two[0].path, g.two[1].path}
}

func advice(f *os.File) string {
	who := holder(f)
	if who == "" {
		who = "most likely a sangam node on this machine"
	}
	return fmt.Sprintf(" (%s): use the command while that node runs, it answers through its control socket; or stop it first", who)
}

// holder names the process that holds a lock on f, by the kernel's list of
// locks: pid and program.
func holder(f *os.File) string {
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	locks, err := os.Open("/proc/locks")
	if err != nil {
		return ""
	}
	defer locks.Close()
	for lines := bufio.NewScanner(locks); lines.Scan(); {
		// 1: FLOCK  ADVISORY  WRITE 1234 08:01:131090 0 EOF
		word := strings.Fields(lines.Text())
		if len(word) < 6 || word[1] != "FLOCK" || !strings.HasSuffix(word[5], ":"+strconv.FormatUint(st.Ino, 10)) {
			continue
		}
		name, err := os.ReadFile("/proc/" + word[4] + "/comm")
		if err != nil {
			return "process " + word[4]
		}
		return fmt.Sprintf("%s, process %s", strings.TrimSpace(string(name)), word[4])
	}
	return ""
}
